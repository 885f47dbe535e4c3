"""Importance scores from anywhere, under the same protocol as a run's."""

import csv
import hashlib
import json
import shlex
import shutil
import signal
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from scipy.stats import permutation_test
from support.runs import module, process
from support.scores import write_scores_file

from vsumlab.config import build
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.evaluate import main
from vsumlab.evaluation.baselines import mean_annotator_scores
from vsumlab.report import __main__ as report
from vsumlab.report.board import boards
from vsumlab.report.leaderboard import leaderboard_tables
from vsumlab.report.page import html_report
from vsumlab.runs.reading import find_runs


@pytest.fixture
def runs(tmp_path) -> Path:
    """Where runs go: those of the last command are there."""
    return tmp_path / "runs"


@pytest.fixture
def evaluate(monkeypatch, capsys, demo_folder, runs):
    """Runs the command line in this process; gives exit code, standard output and error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        shutil.rmtree(runs, ignore_errors=True)  # a second has one run of a name
        small = (f"paths.data={demo_folder}", f"paths.runs={runs}", "random_draws=5")
        monkeypatch.setattr(sys, "argv", ["vsumlab.evaluate", *arguments, *small])
        monkeypatch.setenv("COLUMNS", "120")
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture(scope="module")
def videos(demo_folder) -> VideoFile:
    return VideoFile(demo_folder / "demo.h5")


@pytest.fixture
def scores(videos) -> dict[str, np.ndarray]:
    """What the mean annotator would say."""
    return {key: mean_annotator_scores(videos[key], "user_scores") for key in videos.keys}


def write_csv(
    path: Path, videos: VideoFile, scores: dict[str, np.ndarray], header="video,pick,score"
) -> Path:
    lines = [header]
    for key, of_video in scores.items():
        lines += [
            f"{key},{pick},{score!r}"
            for pick, score in zip(videos[key].timeline.picks, of_video.tolist(), strict=True)
        ]
    path.write_text("\n".join(lines) + "\n")
    return path


def write_h5(path: Path, scores: dict[str, np.ndarray]) -> Path:
    with h5py.File(path, "w") as file:
        for key, of_video in scores.items():
            file[key] = of_video
    return path


def rows_of(text: str) -> dict[str, list[str]]:
    """The metrics of the first table's lines, which is over all folds, by scorer."""
    lines = iter(text.splitlines())
    header = next(line for line in lines if "F1 %" in line)
    next(lines)
    starts = [header.index(name) for name in ("F1 %", "τ", "ρ", "variance")]
    found = {}
    while (line := next(lines)).strip():
        cells = [line[a:b].strip() for a, b in pairwise([*starts, None])]
        found[line.split()[0]] = [cell.split("  ")[0] for cell in cells]  # without what is missing of a run
    return found


def first(cell: str) -> float:
    """The mean in a cell."""
    return float(cell.split()[0])


def test_csv_and_h5_give_the_same_table(evaluate, videos, scores, tmp_path) -> None:
    tables = []
    for path in (write_csv(tmp_path / "mine.csv", videos, scores), write_h5(tmp_path / "mine.h5", scores)):
        code, out, err = evaluate(str(path))
        assert (code, err) == (0, "")
        tables.append([line for line in out.splitlines() if line.startswith(" ")])  # no titles
    assert tables[0] == tables[1]
    assert set(rows_of(out)) == {"mine", "random", "human", "gtscore"}


def test_the_mean_annotator_beats_random_on_the_demo(evaluate, scores, tmp_path) -> None:
    metrics = rows_of(evaluate(str(write_h5(tmp_path / "mean.h5", scores)))[1])
    f1, tau, rho = (first(cell) for cell in metrics["mean"][:3])
    random_f1, random_tau, _ = (first(cell) for cell in metrics["random"][:3])
    assert f1 > random_f1 + 5
    assert tau > 0.3 > abs(random_tau) + 0.2
    assert rho > tau


@pytest.fixture
def tested(composed) -> dict[int, list[str]]:
    """The test videos of each fold of the demo data."""
    config = composed()
    dataset, setting = build(config.data), build(config.setting)
    return {fold.index: fold.test for fold in setting.folds(dataset, setting.open(dataset.open()))}


def test_a_runs_scores_evaluate_to_the_runs_own_rows(evaluate, demo_run) -> None:
    code, out, err = evaluate(str(demo_run / "scores.h5"))
    assert (code, err) == (0, "")
    assert rows_of(out) == rows_of((demo_run / "table.txt").read_text())
    assert "csnet" in rows_of(out)


def test_a_runs_file_evaluates_as_the_same_scores_by_video(evaluate, scores, tested, tmp_path) -> None:
    one = {fold: {"align,uniform": {key: scores[key] for key in keys}} for fold, keys in tested.items()}
    code, out, err = evaluate(str(write_scores_file(tmp_path / "scores.h5", one)))
    assert (code, err) == (0, "")
    by_video = rows_of(evaluate(str(write_h5(tmp_path / "mean.h5", scores)))[1])
    assert rows_of(out)["align,uniform"] == by_video["mean"]


def test_of_several_scorers_one_is_named(evaluate, scores, tested, tmp_path) -> None:
    """Also among the overrides; the metrics are the named one's."""
    flat = {key: np.zeros_like(of_video) for key, of_video in scores.items()}
    both = {
        fold: {
            "align": {key: scores[key] for key in keys},
            "align,uniform": {key: flat[key] for key in keys},
        }
        for fold, keys in tested.items()
    }
    path = str(write_scores_file(tmp_path / "scores.h5", both))
    for arguments, says in (((), "no scorer is named"), (("--scorer", "csnet"), "no scorer csnet")):
        code, out, err = evaluate(path, *arguments)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert says in err
        assert err.endswith("choose one with --scorer: align align,uniform\n")
    for scorer, of_videos in (("align", scores), ("align,uniform", flat)):
        code, out, err = evaluate(path, "fold=all", "--scorer", scorer, "data=demo")
        assert (code, err) == (0, "")
        by_video = rows_of(evaluate(str(write_h5(tmp_path / "mine.h5", of_videos)))[1])
        assert rows_of(out)[scorer] == by_video["mine"]


@pytest.mark.parametrize("first", [0, 1])
def test_a_folder_by_split_is_evaluated_fold_by_fold(evaluate, scores, tested, tmp_path, first) -> None:
    """Of splits that are counted from 1, too; another split's scores are never taken."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    for fold, keys in tested.items():
        write_h5(theirs / f"split_{fold + first}.h5", {key: scores[key] for key in keys})
    code, out, err = evaluate(str(theirs))
    assert (code, err) == (0, "")
    assert rows_of(out)["theirs"] == rows_of(evaluate(str(write_h5(tmp_path / "mine.h5", scores)))[1])["mine"]
    (theirs / f"split_{2 + first}.h5").rename(theirs / f"split_{7 + first}.h5")
    code, out, err = evaluate(str(theirs))
    assert (code, out, err.count("\n")) == (2, "", 1)
    lacking = 2 if first == 0 else 0  # those from 1 on are no longer all of them, and keep their numbers
    assert f"fold {lacking} has no scores of {tested[lacking][0]}, and another fold's" in err


def test_the_recorded_command_makes_the_one_run_again(evaluate, scores, tmp_path, runs, monkeypatch) -> None:
    a, b = (str(write_h5(tmp_path / f"{name}.h5", scores)) for name in "ab")
    monkeypatch.setattr(sys, "orig_argv", ["/bin/vsumlab", "evaluate", a, "data=demo", b, "seed=1"])
    assert evaluate(a, "data=demo", b, "seed=1")[0] == 0
    for name, path in (("a", a), ("b", b)):
        (record,) = (runs / name).glob("*/run.json")
        words = ["vsumlab", "evaluate", path, "data=demo", "seed=1"]
        assert sorted(shlex.split(json.loads(record.read_text())["command"])) == sorted(words)


@pytest.mark.parametrize(("supervised", "title"), [("true", "with labels"), ("false", "without labels")])
def test_scores_stand_with_or_without_labels_as_is_said(
    evaluate, scores, tmp_path, runs, supervised, title
) -> None:
    assert evaluate(str(write_h5(tmp_path / "mine.h5", scores)), f"supervised={supervised}")[0] == 0
    table, _ = leaderboard_tables(boards(find_runs([runs])))
    assert title in table.title.split(" · ")
    assert table.rows[0][table.header.index("method")] == "mine"
    assert "hours" not in table.header, "how long training took is not known"


def test_whether_labels_were_learned_from_is_yes_or_no(evaluate, scores, tmp_path) -> None:
    code, _, err = evaluate(str(write_h5(tmp_path / "mine.h5", scores)), "supervised=partly")
    assert (code, err) == (2, "vsumlab: supervised=partly: expected true or false\n")


@pytest.mark.parametrize("remark", ["x" * 300, "a/b"])
def test_an_override_may_be_longer_than_a_files_name(evaluate, scores, tmp_path, runs, remark) -> None:
    assert evaluate(str(write_h5(tmp_path / "mine.h5", scores)), f"remark={remark}")[0] == 0
    (record,) = runs.glob("mine/*/run.json")
    assert json.loads(record.read_text())["remarks"] == [remark]


def test_a_name_that_would_be_a_reference_is_one_line(evaluate, scores, tmp_path, runs) -> None:
    odd, mine = (str(write_h5(tmp_path / f"{name}.h5", scores)) for name in ("${x}", "mine"))
    for words in ((odd,), (mine, "name=${x}"), (mine, "remark=${x}")):
        code, out, err = evaluate(*words)
        assert (code, out, err.count("\n"), runs.exists()) == (2, "", 1, False), words
    assert evaluate(odd, "name=mine")[0] == 0


@pytest.fixture
def interruptible() -> Iterator[None]:
    """An interrupt is heard, also where a shell that runs the tests in the background has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize(("end", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("where", ["vsumlab.evaluate.evaluate_fold", "vsumlab.runs.foreign_run.write_scores"])
def test_an_interrupt_is_one_line_and_leaves_no_run(
    evaluate, scores, tmp_path, runs, monkeypatch, end, code, where
) -> None:
    monkeypatch.setattr(where, lambda *_: signal.raise_signal(end))
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    found, out, err = evaluate(str(write_h5(tmp_path / "mine.h5", scores)))
    assert (found, out, err.count("\n")) == (code, "", 1)
    assert "no unfinished run is left" in err
    assert not runs.exists()


@pytest.mark.parametrize(
    "write",
    [write_h5, lambda path, scores: write_scores_file(path, {fold: {"csnet": scores} for fold in range(5)})],
)
def test_scores_of_unknown_videos_are_warned_of_in_one_line(
    evaluate, scores, tmp_path, caplog, write
) -> None:
    expected = rows_of(evaluate(str(write(tmp_path / "mine.h5", scores)))[1])
    assert not caplog.records
    more = {**scores, **{f"video_{n}": np.ones(3) for n in (111, 22, 33, 44)}}
    code, out, _ = evaluate(str(write(tmp_path / "mine.h5", more)))
    assert code == 0
    assert rows_of(out) == expected
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert "mine.h5: video_22, video_33, video_44, …: not among the videos of" in record.message
    assert "\n" not in record.message


def test_a_warning_is_a_line_on_standard_error(scores, demo_folder, tmp_path) -> None:
    """In a process of its own, since this one's logging is pytest's."""
    path = write_h5(tmp_path / "mine.h5", {**scores, "vidoe_1": np.ones(3)})
    done = process(*module("evaluate"), path, f"paths.data={demo_folder}", "random_draws=5", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.startswith(f"vsumlab: {path}: vidoe_1: not among")
    assert done.stderr.count("\n") == 1


def test_help_says_that_overrides_may_be_left_out_and_what_scores_may_be(evaluate, capsys) -> None:
    code, out, _ = evaluate("--help")
    words = " ".join(out.split())
    assert code == 0
    assert "SCORES ... [override ...]" in words
    assert "if not all folds of the demo data" in words
    assert "a finite score for each pick, or for each frame" in words


def test_one_fold_needs_only_its_own_videos(evaluate, scores, tested, tmp_path) -> None:
    path = write_h5(tmp_path / "part.h5", {key: scores[key] for key in tested[2]})
    code, out, _ = evaluate(str(path), "fold=2")
    assert code == 0
    assert "part" in out
    code, _, err = evaluate(str(path))
    assert code == 2
    assert "no scores" in err
    assert "fold=N" in err


def spoilt(videos: VideoFile, scores: dict[str, np.ndarray], folder: Path) -> dict[str, tuple[Path, str]]:
    """Files that cannot be evaluated, and what is said of each."""
    key = videos.keys[0]
    text = folder / "text.csv"
    text.write_text("video,pick,score\nvideo_1,0,high\n")
    foreign = folder / "foreign.h5"
    foreign.write_bytes(b"not HDF5")
    nested = {f"{key}/scores": scores[key]}
    no_scorer = {f"fold_0/{key}/importance_scores": scores[key]}
    swapped = {**scores, key: scores[key][:-1]}
    (folder / "empty").mkdir()
    return {
        "only groups": (write_h5(folder / "nested.h5", nested), "no scores"),
        "a run's file without scorers": (
            write_h5(folder / "no_scorer.h5", no_scorer),
            "or a run's scores.h5",
        ),
        "a folder": (folder / "empty", "no file of scores in there"),
        "missing": (folder / "missing.csv", "no such file"),
        "no header": (write_csv(folder / "bare.csv", videos, scores, header="a,b,c"), "video,pick,score"),
        "words": (text, "not a CSV file"),
        "foreign": (foreign, "found no readable HDF5 file"),
        "too short": (write_h5(folder / "short.h5", swapped), "picks"),
        "not finite": (write_h5(folder / "nan.h5", {**scores, key: scores[key] * np.nan}), "not finite"),
        "a number a video": (write_h5(folder / "scalar.h5", {**scores, key: np.float64(1)}), "picks"),
        "a baseline's name": (write_h5(folder / "random.h5", scores), "name of a row"),
        "only a header": (write_csv(folder / "header.csv", videos, {}), "no"),
        "no video": (write_h5(folder / "few.h5", {key: scores[key]}), "no scores"),
    }


def test_what_cannot_be_evaluated_ends_in_one_line_and_exit_code_2(
    evaluate, videos, scores, tmp_path
) -> None:
    for what, (path, says) in spoilt(videos, scores, tmp_path).items():
        code, out, err = evaluate(str(path))
        assert code == 2, what
        assert out == "", what
        assert err.count("\n") == 1, what
        assert says in err, what


def test_csv_as_spreadsheets_and_pandas_write_it(evaluate, videos, scores, tmp_path) -> None:
    plain = write_csv(tmp_path / "mine.csv", videos, scores)
    expected = evaluate(str(plain))[1]
    lines = plain.read_text().splitlines()
    cells = [line.split(",") for line in lines]
    quoted = [",".join(f'"{cell}"' for cell in line) for line in cells]
    floats = [lines[0], *(f"{video},{float(pick)},{score}" for video, pick, score in cells[1:])]
    for text in ("\ufeff" + "\r\n".join(quoted) + "\r\n\r\n", "\n".join(floats)):
        plain.write_text(text, encoding="utf-8")
        code, out, err = evaluate(str(plain))
        assert (code, rows_of(out), err) == (0, rows_of(expected), "")


def test_scores_at_other_picks_are_refused(evaluate, videos, scores, tmp_path) -> None:
    path = write_csv(tmp_path / "mine.csv", videos, scores)
    with path.open() as file:
        lines = list(csv.reader(file))
    lines[1][1] = str(int(lines[1][1]) + 1)
    path.write_text("\n".join(map(",".join, lines)) + "\n")
    code, _, err = evaluate(str(path))
    assert code == 2
    assert "pick" in err


def test_a_misspelt_override_is_one_line(evaluate, scores, tmp_path) -> None:
    code, _, err = evaluate(str(write_h5(tmp_path / "mine.h5", scores)), "data=tvsam")
    assert code == 2
    assert err.count("\n") == 1
    assert "tvsam" in err


def test_a_run_folder_is_left_that_says_where_the_scores_are_from(evaluate, scores, tmp_path, runs) -> None:
    path = write_h5(tmp_path / "theirs.h5", scores)
    code, out, _ = evaluate(str(path), "name=dsnet", "seed=3")
    (run,) = (runs / "dsnet").iterdir()
    assert code == 0
    assert f"run folder: {run}" in out
    files = {"config.yaml", "run.json", "scores.h5", "table.txt", "videos.csv"}
    assert {file.name for file in run.iterdir()} == files | {f"fold_{fold}" for fold in range(5)}
    (picture,) = (run / "fold_2" / "figures").glob("*.svg")
    assert f"<h3>demo {picture.stem}</h3>" in html_report(find_runs([runs]), videos=[picture.stem])
    record = json.loads((run / "run.json").read_text())
    assert record["scores"] == [{"file": str(path), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}]
    assert (record["status"], record["seed"], record["name"]) == ("done", 3, "dsnet")
    assert record["overrides"][:2] == ["name=dsnet", "seed=3"]
    rows = pd.read_csv(run / "videos.csv")
    assert set(rows["scorer"]) == {"dsnet", "random", "human", "gtscore"}
    assert set(rows["seed"]) == {3}
    kept = (run / "scores.h5").rename(tmp_path / "kept.h5")
    again = evaluate(str(kept), "seed=3")[1]
    assert rows_of(again) == rows_of(out)


def test_a_method_and_anybodys_scores_are_in_one_table_with_a_paired_test(
    evaluate, demo_run, scores, tmp_path, runs, monkeypatch, capsys
) -> None:
    """Against the figures of each by itself, and SciPy's test of the same videos."""
    out = evaluate(str(write_h5(tmp_path / "theirs.h5", scores)), "random_draws=100")[1]
    monkeypatch.setattr(sys, "argv", ["vsumlab.report", str(demo_run), str(runs), "--against", "theirs"])
    report.main()
    shown = capsys.readouterr().out
    found = rows_of(shown)
    assert set(found) == {"csnet", "theirs", "random", "human", "gtscore"}
    assert found["theirs"][0].startswith(rows_of(out)["theirs"][0].split()[0])
    ours = pd.read_csv(demo_run / "videos.csv").query("scorer == 'csnet'").set_index("video")["kendall_tau"]
    theirs = pd.concat(
        [pd.read_csv(file).query("scorer == 'theirs'") for file in runs.rglob("videos.csv")]
    ).set_index("video")["kendall_tau"]
    differences = (ours - theirs).to_numpy()
    p = permutation_test((differences,), np.mean, permutation_type="samples", n_resamples=np.inf).pvalue
    assert "differences from theirs" in shown
    (line,) = [
        line
        for line in shown[shown.index("differences from theirs") :].splitlines()
        if line.startswith("csnet ")
    ]
    assert f"{differences.mean():+.3f}" in line
    assert f"{p:.3f}" in line


def test_several_scores_are_rows_of_one_table_and_a_run_each(evaluate, scores, tmp_path, runs) -> None:
    turned = {key: 1 - of_video for key, of_video in scores.items()}
    paths = [str(write_h5(tmp_path / f"{name}.h5", own)) for name, own in (("a", scores), ("b", turned))]
    code, out, _ = evaluate(*paths)
    assert code == 0
    assert set(rows_of(out)) == {"a", "b", "random", "human", "gtscore"}
    assert sorted(folder.name for folder in runs.iterdir()) == ["a", "b"]
    (tmp_path / "more").mkdir()
    code, _, err = evaluate(paths[0], str(write_h5(tmp_path / "more" / "a.h5", turned)))
    assert (code, err.count("\n"), runs.exists()) == (2, 1, False)
    assert "a: would name several rows" in err
    code, _, err = evaluate(*paths, "name=both")
    assert code == 2
    assert "name=both: names one row" in err
    assert not runs.exists()


def test_without_data_an_error_says_what_was_compared_with(evaluate, scores, tmp_path) -> None:
    path = write_h5(tmp_path / "few.h5", dict([*scores.items()][:1]))
    for arguments, said in (((), True), (("data=demo",), False)):
        code, _, err = evaluate(str(path), *arguments)
        assert code == 2
        assert ("this is the demo data, since no data= was given" in err) == said


def test_refused_scores_leave_no_run(evaluate, scores, tmp_path, runs) -> None:
    assert evaluate(str(write_h5(tmp_path / "few.h5", dict([*scores.items()][:1]))))[0] == 2
    assert not runs.exists()


def test_data_sets_of_ones_own_are_in_a_folder_that_is_named(
    evaluate, scores, demo_folder, tmp_path, monkeypatch
) -> None:
    path = str(write_h5(tmp_path / "mine.h5", scores))
    monkeypatch.chdir(tmp_path)
    code, _, err = evaluate(path, "--config-dir", "own, conf", "data=own")
    assert (code, err.count("\n")) == (2, 1)
    assert "own, conf: no such folder" in err
    (tmp_path / "own, conf" / "data").mkdir(parents=True)
    (tmp_path / "own, conf" / "data" / "own.yaml").write_text("defaults: [demo]\nname: own\n")
    code, out, _ = evaluate(path, "--config-dir", "own, conf", "data=own")
    assert code == 0
    assert out.startswith("own · canonical")


def test_the_forms_are_listed(evaluate) -> None:
    code, out, _ = evaluate("--list-formats")
    assert code == 0
    for name in (".csv", ".h5", ".json", ".npz", "a folder"):
        assert name in out
    assert "one such file a split, with split_0, fold1, … in its name or its folder's" in out
