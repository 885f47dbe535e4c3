"""A run whose configuration tests change."""

import pytest
from support.run_folders import composed_run

from vsumlab.runs.reading import Run, find_runs


@pytest.fixture(scope="session")
def run(tmp_path_factory) -> Run:
    """A run of CSNet on TVSum as its paper has it."""
    folder = tmp_path_factory.mktemp("run")
    composed_run(folder, {"csnet": 0.4}, "method=csnet", "data=tvsum")
    return find_runs([folder])[0]
