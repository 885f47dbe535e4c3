"""A recorded run made again: whether its figures agree, and what is not as it was."""

import json
import logging
import shutil
import sys
from pathlib import Path

import h5py
import pandas as pd
import pytest
from support.runs import SMALL, record, rows

from vsumlab import repeat as command
from vsumlab.config import compose_config
from vsumlab.core.metric_names import METRICS
from vsumlab.job import run_job
from vsumlab.repeat import conditions_table, figure_differences
from vsumlab.runs.folder import repetitions
from vsumlab.runs.reading import find_runs
from vsumlab.runs.record import Origin

OWN = """
from vsumlab.methods.csnet import CSNet

class Mine(CSNet):
    pass
"""


@pytest.fixture
def data(tiny_file, tmp_path) -> Path:
    """A feature file that may be changed."""
    return shutil.copy(tiny_file, tmp_path / "videos.h5")


@pytest.fixture
def make(data, tmp_path):
    """Makes a small run."""

    def run(*overrides: str) -> Path:
        folder = tmp_path / "run"
        arguments = (*SMALL, "data=tvsum", f"data.file={data}", f"paths.run={folder}", "setting.n_folds=3")
        run_job(compose_config([*arguments, *overrides]), Origin("vsumlab run", list(overrides)))
        return folder

    return run


@pytest.fixture
def again(monkeypatch, capsys):
    """Runs `vsumlab repeat` in this process; gives exit code, standard output and error."""

    def run(folder: Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["vsumlab.repeat", str(folder)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            command.main()
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    lightning = logging.getLogger("pytorch_lightning")
    level = lightning.level
    yield run
    lightning.setLevel(level)  # which the command, in a process of its own, need not


@pytest.mark.parametrize("fold", ["0", "all"])
def test_a_run_is_made_again_in_its_folder_and_agrees(make, again, fold) -> None:
    run = make(f"fold={fold}")
    before = {file: file.read_bytes() for file in run.rglob("*") if file.is_file()}
    code, out, _ = again(run)
    assert code == 0
    assert "All figures agree to the last digit." in out
    assert "as far as they are recorded" in out
    other = run / "repeated"
    assert rows(other) == rows(run)
    assert record(other)["overrides"] == record(run)["overrides"]
    assert before == {file: file.read_bytes() for file in before}
    assert again(run)[0] == 0
    assert (run / "repeated_2").is_dir()
    assert len(find_runs([run.parent])) == 1


def test_relative_paths_are_from_where_a_run_was_started(data, again, tmp_path, monkeypatch, caplog) -> None:
    run, there, here = (tmp_path / name for name in ("run", "there", "here"))
    for folder in (there, here):
        folder.mkdir()
    shutil.copy(data, there / "videos.h5")
    monkeypatch.chdir(there)
    config = compose_config([*SMALL, "data=tvsum", "data.file=./videos.h5", f"paths.run={run}", "fold=0"])
    run_job(config)
    assert record(run)["working_directory"] == str(there)
    monkeypatch.chdir(here)
    assert again(Path("../run"))[0] == 0
    assert not any(here.iterdir())
    assert Path.cwd() == here
    there.rename(tmp_path / "moved")
    code, _, err = again(run)
    assert code == 2
    assert f"{there}: where the run was started is not there" in caplog.text
    assert err.count("\n") == 1


def test_a_method_without_training_is_made_again(data, again, tmp_path) -> None:
    run = tmp_path / "run"
    own = (
        "method=contrastive",
        "refinement=none",
        "data=tvsum",
        f"data.file={data}",
        "fold=0",
        "random_draws=5",
    )
    run_job(compose_config([*own, f"paths.run={run}"]))
    assert again(run)[0] == 0


def test_figures_that_differ_are_said_by_their_largest_difference(make, again) -> None:
    run = make("fold=0")
    table = pd.read_csv(run / "videos.csv")
    table.loc[table["scorer"] == "csnet", "kendall_tau"] += [0.25, -0.5, *[0] * (len(table) // 4 - 2)]
    table.to_csv(run / "videos.csv", index=False)
    code, out, _ = again(run)
    assert code == 1
    lines = out.split("largest difference")[1].splitlines()
    shown = dict(line.split() for line in lines[2 : 2 + len(METRICS)])
    assert {name: float(value) for name, value in shown.items()} == {
        name: pytest.approx(0.5 if name == "kendall_tau" else 0, abs=1e-12) for name in METRICS
    }


def test_rows_that_one_run_lacks_are_no_agreement() -> None:
    table = pd.DataFrame(
        [{"fold": 0, "video": video, "scorer": "s", **dict.fromkeys(METRICS, 0.1)} for video in "ab"]
    )
    assert figure_differences(table, table) == dict.fromkeys(METRICS, 0)
    assert figure_differences(table, table[:1]) == dict.fromkeys(METRICS, float("inf"))
    lacking = table.assign(kendall_tau=[0.1, None])
    found = figure_differences(table, lacking)
    assert {name for name in METRICS if found[name]} == {"kendall_tau"}
    assert figure_differences(lacking, lacking) == dict.fromkeys(METRICS, 0)


def test_another_content_of_the_data_is_said_before_anything_is_trained(
    make, again, data, monkeypatch, caplog
) -> None:
    run = make("fold=0")
    with h5py.File(data, "a") as file:
        for key in file:
            file[f"{key}/user_summary"][0] = 0
    repeated = command.run_job

    def after_the_warning(*arguments: object) -> dict[str, float]:
        (said,) = (each for each in caplog.messages if "checksum" in each)
        assert said == f"{data}: has another checksum than when the run was made: figures may differ"
        return repeated(*arguments)

    monkeypatch.setattr(command, "run_job", after_the_warning)
    code, out, _ = again(run)
    assert code == 1
    assert "Figures differ." in out
    assert "data: checksum" in out


def test_a_data_file_that_is_gone_is_one_line_and_nothing_is_made(make, again, data) -> None:
    run = make("fold=0")
    data.unlink()
    code, _, err = again(run)
    assert code == 2
    assert len(err.splitlines()) == 1
    assert str(data) in err
    assert not (run / "repeated").exists()


def test_a_method_of_ones_own_that_has_changed_since_is_named(make, again, tmp_path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    source = tmp_path / "own_for_repeat.py"
    source.write_text(OWN)
    run = make("fold=0", "method._target_=own_for_repeat.Mine")
    own = record(run)["sources"]
    assert own.keys() == {"own_for_repeat.Mine"}
    assert own["own_for_repeat.Mine"]["file"] == str(source)
    source.write_text(f"{OWN}\n# the same, in other words\n")
    code, out, _ = again(run)
    assert code == 0
    assert "own_for_repeat.Mine: checksum" in out


def test_what_is_no_finished_run_of_this_version_is_refused(make, again, tmp_path) -> None:
    (tmp_path / "empty").mkdir()
    run = make("fold=0")
    text = (run / "config.yaml").read_text()
    (run / "config.yaml").write_text(text.replace("training_videos: null\n", ""))
    no_run = "no folder of a finished run"
    for folder, said in (("empty", no_run), ("run/fold_0", no_run), ("run", "no training_videos")):
        code, _, err = again(tmp_path / folder)
        assert code == 2
        assert said in err
        assert len(err.splitlines()) == 1


def test_what_differs_is_a_row_each() -> None:
    def made(**changes: object) -> dict:
        return {
            "data": {"file": "a", "sha256": "d" * 64},
            "annotations": None,
            "vsumlab": "1",
            "versions": {"torch": "2.1", "numpy": "2.0"},
            "git": {"commit": "c", "dirty": False, "changes": None},
            "machine": {"cpus": 2, "torch_threads": 1},
        } | changes

    assert conditions_table(made(), made(command="another")).rows == []
    now = made(
        versions={"torch": "2.2", "numpy": "2.0"},
        machine={"cpus": 2, "torch_threads": 4},
        git={"commit": "e", "dirty": True, "changes": "f"},
        annotations={"file": "b", "sha256": "a" * 64},
    )
    assert conditions_table(made(), now).rows == [
        ["annotations: checksum", "None", "a" * 12],
        ["versions.torch", "2.1", "2.2"],
        ["machine.torch_threads", "1", "4"],
        ["git.commit", "c", "e"],
        ["git.changes", "None", "f"],
    ]


def test_repetitions_are_numbered() -> None:
    folders = repetitions(Path("runs/x"))
    assert [next(folders) for _ in range(3)] == [Path(f"runs/x/repeated{end}") for end in ("", "_2", "_3")]


def test_scores_from_elsewhere_are_evaluated_again_by_their_command(make, again) -> None:
    run = make()
    content = record(run) | {"scores": [], "command": "vsumlab evaluate mine.json"}
    (run / "run.json").write_text(json.dumps(content))
    code, out, err = again(run)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.endswith("scores from elsewhere: give its command again: vsumlab evaluate mine.json\n")
