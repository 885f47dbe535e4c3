"""Commands in this process, and a finished run that tests look at."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from support.runs import SMALL, exit_code


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., int]:
    """Runs `vsumlab.run` in this process, in an empty folder; gives the exit code."""
    from vsumlab.run import main

    def run(*arguments: str) -> int:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["vsumlab.run", *arguments])
        GlobalHydra.instance().clear()
        return exit_code(main)

    return run


@pytest.fixture
def tiny(tiny_file: Path) -> tuple[str, ...]:
    """What has ten tiny videos for data: a fold of them is trained and tested in less than a second."""
    return (*SMALL, "data=tvsum", f"data.file={tiny_file}")


@pytest.fixture(scope="session")
def demo_run(composed: Callable[..., object], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of all five folds of the demo data; not to be written to."""
    from vsumlab.job import run_job

    HydraConfig.instance().cfg = None
    folder = tmp_path_factory.mktemp("run")
    run_job(composed("experiment=csnet_canonical", *SMALL, run=folder))
    return folder
