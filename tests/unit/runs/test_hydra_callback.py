"""What Hydra calls before and after a command: which folder a run goes on in, and what is said in the end."""

from types import SimpleNamespace

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf, open_dict

from vsumlab.config import find_conf
from vsumlab.errors import UserError
from vsumlab.runs.folder import write_record
from vsumlab.runs.hydra_callback import RunFolder, find_unfinished, make_folder, remove_refused


@pytest.fixture(autouse=True)
def no_hydra(monkeypatch) -> None:
    """No test finds what Hydra has kept of another one's command."""
    monkeypatch.setattr(HydraConfig.instance(), "cfg", None)


def commanded(runs, *overrides: str, sweep: tuple[str, ...] = ()):
    """The configuration of a command, as Hydra gives it to callbacks."""
    with initialize_config_dir(str(find_conf()), version_base="1.3"):
        command = ["data=tvsum", f"paths.runs={runs}", *overrides]
        config = compose("config", command, return_hydra_config=True)
    with open_dict(config):
        config.hydra.overrides.task += sweep
    return config


def begun(runs, name: str, *overrides: str, status: str | None = None):
    """The folder of a run that a command has begun."""
    folder = runs / "csnet_canonical" / name
    folder.mkdir(parents=True)
    config = commanded(runs, *overrides)
    own = OmegaConf.masked_copy(config, [key for key in config if key != "hydra"])
    (folder / "config.yaml").write_text(OmegaConf.to_yaml(own, resolve=True))
    if status:
        write_record(folder / "run.json", {"status": status, "overrides": list(overrides)})
    return folder


def test_the_same_command_goes_on_in_the_newest_unfinished_folder(tmp_path, capsys) -> None:
    begun(tmp_path, "2026-01-01")
    newest = begun(tmp_path, "2026-01-02")
    begun(tmp_path, "2026-01-03", "seed=1")
    begun(tmp_path, "2026-01-04", status="done")
    config = commanded(tmp_path)
    assert find_unfinished(config) == newest
    RunFolder().on_run_start(config)
    assert config.hydra.run.dir == str(newest)
    assert f"going on with the unfinished run in {newest}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("seed=1",), id="another configuration"),
        pytest.param(("hydra.run.dir={runs}/mine",), id="a folder that is named"),
    ],
)
def test_another_command_begins_anew(tmp_path, command) -> None:
    begun(tmp_path, "2026-01-01")
    config = commanded(tmp_path, *(override.format(runs=tmp_path) for override in command))
    assert find_unfinished(config) is None


def test_what_a_figure_does_not_depend_on_is_no_other_command(tmp_path) -> None:
    folder = begun(tmp_path, "2026-01-01")
    assert find_unfinished(commanded(tmp_path, "folds_at_once=2")) == folder


@pytest.mark.parametrize("content", ["a: [1", "[1, 2]", "x: ${y}", "text", b"\xff\xfe"])
def test_a_file_that_is_no_configuration_is_in_nobodys_way(tmp_path, content) -> None:
    folder = begun(tmp_path, "2026-01-01")
    odd = tmp_path / "csnet_canonical" / "odd"
    odd.mkdir()
    (odd / "config.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    assert find_unfinished(commanded(tmp_path)) == folder


def test_a_folder_is_made_with_those_above_it(tmp_path) -> None:
    assert make_folder(tmp_path / "a" / "b") is True
    assert make_folder(tmp_path / "a" / "b") is False


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path, capsys) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(UserError, match=r"cannot be written \(.+\): choose another place"):
            make_folder(folder)
    for start in ("on_run_start", "on_multirun_start"):
        with pytest.raises(SystemExit) as end:
            getattr(RunFolder(), start)(commanded(tmp_path / "file"))
        assert end.value.code == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_two_runs_of_a_sweep_that_would_have_one_folder_are_refused(tmp_path, capsys) -> None:
    with pytest.raises(SystemExit, match="2"):
        RunFolder().on_multirun_start(commanded(tmp_path, sweep=("fold=0,1", "threads=1,2")))
    err = capsys.readouterr().err
    assert err.startswith("vsumlab: threads=1 threads=2: make no two runs of a sweep")
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
    RunFolder().on_multirun_start(commanded(tmp_path, sweep=("fold=0,1", "threads=1")))
    assert (tmp_path / "csnet_canonical").is_dir()


@pytest.mark.parametrize("start", ["on_run_start", "on_multirun_start"])
def test_a_name_that_is_a_reference_to_nothing_is_one_line(tmp_path, capsys, start) -> None:
    with pytest.raises(SystemExit, match="2"):
        getattr(RunFolder(), start)(commanded(tmp_path, "name=${x}"))
    assert "Interpolation key 'x' not found: write the value itself" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_refused_runs_folder_goes_with_what_hydra_left_there(tmp_path) -> None:
    run = tmp_path / "run"
    (run / ".hydra").mkdir(parents=True)
    for name in ("run.log", "config.yaml", ".hydra/overrides.yaml", ".fold_0.running"):
        (run / name).touch()
    remove_refused(run, "run.log", ".hydra")
    assert not run.exists()


@pytest.mark.parametrize("name", ["videos.csv", "fold_0/last.ckpt", "notes.txt"])
def test_a_refused_runs_folder_stays_where_something_else_is(tmp_path, name) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    for file in ("run.log", "config.yaml", name):
        (tmp_path / file).touch()
    remove_refused(tmp_path, "run.log", ".hydra")
    assert (tmp_path / name).exists()
    assert (tmp_path / "run.log").exists()


def test_a_sweep_with_failures_says_where_and_ends_in_exit_code_2(tmp_path, capsys) -> None:
    """By what stands in the folders, whichever process ran them."""
    sweep = tmp_path / "csnet_canonical"
    config = commanded(tmp_path)
    sweep.mkdir()
    planned = {"hydra": {"sweeper": {"params": {"seed": "0,1"}}, "overrides": {"task": []}}}
    OmegaConf.save(planned, sweep / "multirun.yaml")
    for seed, status in ((0, "done"), (1, "failed"), (2, "failed")):
        (sweep / f"seed={seed}").mkdir()
        write_record(sweep / f"seed={seed}" / "run.json", {"status": status, "overrides": [f"seed={seed}"]})
    with pytest.raises(SystemExit) as end:
        RunFolder().on_multirun_end(config)
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("vsumlab: 1 of the sweep's runs failed: see run.log in ")
    assert "seed=1" in said
    assert "seed=2" not in said
    write_record(sweep / "seed=1" / "run.json", {"status": "done", "overrides": ["seed=1"]})
    assert RunFolder().on_multirun_end(config) is None


def test_a_sweep_whose_plan_cannot_be_read_is_one_line(tmp_path, capsys) -> None:
    config = commanded(tmp_path)
    (tmp_path / "csnet_canonical").mkdir()
    (tmp_path / "csnet_canonical" / "multirun.yaml").write_text("a: [1")
    with pytest.raises(SystemExit) as end:
        RunFolder().on_multirun_end(config)
    assert end.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_of_a_runs_success_nothing_is_said(monkeypatch, capsys) -> None:
    from hydra.core.utils import JobReturn, JobStatus
    from hydra.types import RunMode

    monkeypatch.setattr(HydraConfig, "get", lambda: SimpleNamespace(mode=RunMode.RUN))
    RunFolder().on_job_end(OmegaConf.create(), JobReturn(status=JobStatus.COMPLETED, _return_value=0.5))
    assert capsys.readouterr() == ("", "")
