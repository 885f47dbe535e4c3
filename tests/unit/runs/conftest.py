"""A finished run that tests look at."""

from pathlib import Path

import pytest
from support.runs import SMALL

from vsumlab.config import compose_config
from vsumlab.job import run_job


@pytest.fixture(scope="session")
def trained(tiny_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two folds that trained for three epochs, chose one, scored and drew; not to be written to."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    overrides = (*SMALL, "data=tvsum", f"data.file={tiny_file}", "setting.n_folds=2", "selection=validation")
    more = ("trainer.max_epochs=3", "callbacks.figures.videos=1", f"paths.run={folder}")
    run_job(compose_config([*overrides, *more]))
    return folder
