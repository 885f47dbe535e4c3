import copy
from types import SimpleNamespace

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.utils import JobReturn, JobStatus

from vsumlab.config import find_conf
from vsumlab.launchers.submitit_jobs import SubmititLocal
from vsumlab.launchers.worker import Outcome
from vsumlab.launchers.workers import Joblib, in_any_folder, show


def test_a_workers_folder_is_the_commands(tmp_path, monkeypatch) -> None:
    folder = tmp_path / "it's, here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    with initialize_config_dir(str(find_conf()), version_base="1.3"):
        config = compose("config", ["hydra.sweep.dir=sweep"], return_hydra_config=True)
        before = copy.deepcopy(config)
        own = in_any_folder(config)
        monkeypatch.chdir("/")
        again = compose("config", list(own.hydra.overrides.hydra), return_hydra_config=True)
    assert again.hydra.sweep.dir == str(folder / "sweep")
    assert config == before


def returned(value: object, status: JobStatus = JobStatus.COMPLETED) -> JobReturn:
    done = JobReturn(status=status)
    done.return_value = value
    return done


def test_the_main_process_says_what_workers_said_and_returns_what_they_returned(capsys) -> None:
    done, plain = returned(Outcome(0.5, "vsumlab: fold=9: no such fold\n")), returned(0.25)
    for each in (done, plain):
        show(each)
    assert capsys.readouterr().err == "vsumlab: fold=9: no such fold\n"
    assert (done.return_value, plain.return_value) == (0.5, 0.25)


def test_a_worker_that_could_not_begin_is_an_error() -> None:
    with pytest.raises(FileNotFoundError, match="no folder"):
        show(returned(FileNotFoundError("no folder"), JobStatus.FAILED))


def test_an_error_of_the_launchers_own_names_it_as_the_command_did(tmp_path, capsys) -> None:
    with initialize_config_dir(str(find_conf()), version_base="1.3"):
        sweep = f"hydra.sweep.dir={tmp_path}"
        config = compose("config", [sweep, "hydra/launcher=submitit_local"], return_hydra_config=True)
    launcher = SubmititLocal(array_parallelism=1)
    launcher.setup(
        hydra_context=SimpleNamespace(config_loader=None), task_function=lambda config: None, config=config
    )
    with pytest.raises(SystemExit, match="2"):
        launcher.launch([["fold=0"]], "no number")
    assert capsys.readouterr().err.startswith("vsumlab: hydra/launcher=submitit_local: ")


def test_processes_share_the_threads(monkeypatch) -> None:
    pytest.importorskip("joblib")
    monkeypatch.setattr("torch.get_num_threads", lambda: 12)
    assert Joblib(n_jobs=3).threads(runs=8) == 4
    assert Joblib(n_jobs=3).threads(runs=2) == 6, "no more processes than runs"
    assert Joblib(n_jobs=100).threads(runs=100) == 1
