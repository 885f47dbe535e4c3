"""The report's front door, on runs of a real sweep and on made-up ones."""

import csv
import locale
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hydra.core.global_hydra import GlobalHydra
from support.run_folders import earlier_run, made_fold, made_run
from support.runs import SMALL, exit_code, module, process

from vsumlab.report.__main__ import main
from vsumlab.run import main as run_main


@pytest.fixture
def report(monkeypatch, capsys) -> Callable[..., tuple[int, str, str]]:
    """Runs the command line in this process; gives the exit code and what was printed."""

    def call(*arguments: str | Path, columns: int = 200) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["vsumlab.report", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", str(columns))
        capsys.readouterr()
        code = exit_code(main)
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture(scope="module")
def sweep(demo_folder, tmp_path_factory) -> Path:
    """A study's sweep of four runs: two are done, one failed, one was never started."""
    folder = tmp_path_factory.mktemp("sweep")
    arguments = ["experiment=csnet_m", *SMALL, "fold=0"]
    arguments += [f"paths.data={demo_folder}", f"hydra.sweep.dir={folder}/csnet_m"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["vsumlab.run", "-m", *arguments, "method.divisions=1,0,2,3"])
        GlobalHydra.instance().clear()
        with pytest.raises(SystemExit, match="2"):
            run_main()
    (last,) = (path for path in (folder / "csnet_m").iterdir() if "divisions=3" in path.name)
    shutil.rmtree(last)
    return folder


def test_a_sweep_is_shown_with_what_failed_and_what_is_missing(report, sweep) -> None:
    code, out, err = report(sweep)
    assert (code, err) == (0, "")
    assert "demo figures are no benchmark" in out
    rows = [re.sub(r"\s+", " ", line).strip() for line in out.splitlines()]
    figures = [row for row in rows if row.startswith("csnet divisions=") and row.endswith("a smoke run")]
    assert [row.split()[1] for row in figures[:2]] == ["divisions=1", "divisions=2"]
    assert "divisions=0 1 failed" in rows
    assert "divisions=3 1 not run" in rows
    for scorer in ("random", "human", "gtscore"):
        assert any(row.startswith(f"{scorer} 0") for row in rows)
    said = " ".join(out.split())
    assert "Not done: 1 failed, 1 not run. What went wrong: UserError: method.divisions=0: " in said
    assert "How the runs were made" in out


def test_markdown_and_csv_say_the_same(report, sweep, tmp_path) -> None:
    assert report(sweep, "-o", tmp_path / "m.md") == (0, "", "")
    assert report(sweep, "-o", tmp_path / "m.csv") == (0, "", "")
    page = (tmp_path / "m.md").read_text()
    with (tmp_path / "m.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["missing"] for row in rows].count("1 failed") == 1
    done = [row for row in rows if row["kendall_tau"] and row["scorer"] != "random"]
    assert len(done) == 4
    for row in done:
        assert f"{100 * float(row['f1_mean']):.1f}" in page
        assert f"{float(row['kendall_tau']):.3f}" in page
        assert f"{100 * float(row['minus_random_mean_of_f1_mean']):+.1f}" in page
        assert float(row["minus_random_low_of_kendall_tau"]) <= float(row["minus_random_mean_of_kendall_tau"])
    for block in page.split("\n\n"):
        if block.startswith("| "):
            widths = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(widths) == 1, "every row of a table has as many cells"


def test_a_study_is_kept_and_its_page_made_anew(report, sweep, tmp_path) -> None:
    study = tmp_path / "experiments" / "csnet_m"
    study.mkdir(parents=True)
    (study / "README.md").write_text("# M\n\n<!-- csnet_m results -->\nSTALE\n<!-- end -->\n\nText stays.\n")
    (tmp_path / "README.md").write_text("<!-- csnet_m runs -->\n<!-- end -->\n")
    assert report(sweep, "-o", study) == (0, "", "")
    page = (study / "README.md").read_text()
    assert "STALE" not in page
    assert page.endswith("Text stays.\n")
    assert "divisions=2" in page
    assert "| took together |" in (tmp_path / "README.md").read_text()
    before = page, (study / "results.csv").read_bytes()
    assert report(study, "-o", study) == (0, "", ""), "a study can be made anew from its own files"
    assert before == ((study / "README.md").read_text(), (study / "results.csv").read_bytes())


@pytest.fixture
def kept(report, tmp_path) -> Path:
    """A study whose page has letters that ASCII lacks."""
    made_run(tmp_path / "runs" / "one", {"schärfe": 0.4})
    study = tmp_path / "experiments" / "one"
    study.mkdir(parents=True)
    (study / "README.md").write_text("τ: é\n<!-- one results -->\n<!-- end -->\n", encoding="utf-8")
    report(tmp_path / "runs", "-o", study)
    assert "| schärfe |".encode() in (study / "README.md").read_bytes()
    return study


@pytest.mark.skipif(sys.flags.utf8_mode == 1, reason="Python reads UTF-8 whatever the locale")
def test_pages_are_the_same_in_a_locale_that_lacks_their_letters(report, kept, tmp_path) -> None:
    page = (kept / "README.md").read_bytes()
    before = locale.setlocale(locale.LC_CTYPE)
    locale.setlocale(locale.LC_CTYPE, "C")
    try:
        with (tmp_path / "file").open("w") as file:
            assert "UTF" not in file.encoding.upper(), "what is not said otherwise is written in ASCII"
        assert report(kept, "-o", kept) == (0, "", "")
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    assert (kept / "README.md").read_bytes() == page


@pytest.mark.slow
def test_pages_are_the_same_in_a_process_of_such_a_locale(kept) -> None:
    """Standard output and file names as well: a locale's encoding for them is chosen as Python starts."""
    page = (kept / "README.md").read_bytes()
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = process(*module("report"), str(kept), "-o", str(kept), cwd=kept, **ascii_only)
    assert (done.returncode, done.stderr) == (0, "")
    assert (kept / "README.md").read_bytes() == page


def test_a_figure_that_is_not_distinguishable_from_random_is_marked(report, tmp_path) -> None:
    made_run(tmp_path / "runs" / "one", {"alike": 0.301, "better": 0.9})
    out = report(tmp_path / "runs")[1]
    alike = next(line for line in out.splitlines() if line.strip().startswith("alike"))
    assert "≈" in alike
    assert "≈" not in next(line for line in out.splitlines() if line.strip().startswith("better"))
    assert "≈: not distinguishable from random" in " ".join(out.split())


def test_few_videos_are_said_to_tell_nothing(report, tmp_path) -> None:
    made_run(tmp_path / "runs" / "one", {"alike": 0.301, "better": 0.9}, folds=(0,))
    out = " ".join(report(tmp_path / "runs")[1].split())
    assert "≈" not in out
    assert "Fewer than 6 videos are too few to tell anything from random." in out


def test_differences_are_from_the_row_that_one_names(report, tmp_path) -> None:
    ours = made_run(tmp_path / "runs" / "one", {"ours": 0.4, "theirs": 0.45})
    out = report(tmp_path / "runs", "--against", "theirs")[1]
    f1 = {(row.scorer, row.video): row.f1_mean for row in ours}
    videos = {row.video for row in ours}
    expected = sum(f1["ours", video] - f1["theirs", video] for video in videos) / len(videos)
    (line,) = (
        line.split()
        for line in out.split("differences from theirs")[1].splitlines()
        if line.startswith("ours ")
    )
    assert line[:3] == ["ours", "7", f"{100 * expected:+.1f}"]
    code, _, err = report(tmp_path / "runs", "--against", "nobody")
    assert (code, err.count("\n")) == (2, 1)
    assert "write one of ours; theirs; random; human; gtscore" in err


@pytest.mark.parametrize("kind", ["md", "csv", "html"])
def test_a_report_that_cannot_be_made_leaves_the_last_one_alone(report, tmp_path, kind) -> None:
    made_run(tmp_path / "runs" / "one", {"ours": 0.4})
    output = tmp_path / "out" / f"report.{kind}"
    output.parent.mkdir()
    output.write_text("the last one")
    if kind != "csv":  # which has the differences from random alone
        assert report(tmp_path / "runs", "--against", "nobody", "-o", output)[0] == 2
    (tmp_path / "runs" / "one" / "videos.csv").write_text("nonsense\n1\n")
    assert report(tmp_path / "runs", "-o", output)[0] == 2
    assert output.read_text() == "the last one"
    assert [file.name for file in output.parent.iterdir()] == [output.name]


def test_a_report_that_cannot_be_put_where_it_should_be_leaves_nothing(report, tmp_path) -> None:
    made_run(tmp_path / "runs" / "one", {"ours": 0.4})
    (tmp_path / "report.html").mkdir()
    code, _, err = report(tmp_path / "runs", "-o", tmp_path / "report.html")
    assert (code, err.count("\n")) == (2, 1)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["report.html", "runs"]


def test_names_from_data_are_shown_as_they_are(report, tmp_path) -> None:
    made_run(tmp_path / "runs" / "one", {"[red]a|b": 0.4, "<b>c": 0.5}, dataset="<i>d")
    assert "[red]a|b" in report(tmp_path / "runs")[1]
    report(tmp_path / "runs", "-o", tmp_path / "page.md")
    page = (tmp_path / "page.md").read_text()
    for shown in (r"| [red]a\|b |", r"| \<b>c |", r"**\<i>d"):
        assert shown in page


@pytest.mark.parametrize("width", [30, 40, 80])
def test_no_number_is_broken_where_the_terminal_is_narrow(report, tmp_path, monkeypatch, width) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    rows = made_run(
        tmp_path / "runs" / "one", {"a_scorer_with_a_long_name": 0.4}, overrides=("option=" + "x" * 30,)
    )
    made_run(tmp_path / "runs" / "two", {"a_scorer_with_a_long_name": 0.5}, overrides=("option=y",))
    words = report(tmp_path / "runs", columns=width)[1].split()
    folds = [
        [row for row in rows if row.scorer == "a_scorer_with_a_long_name" and row.fold == i] for i in (0, 1)
    ]
    for metric, digits in (("kendall_tau", 3), ("spearman_rho", 3), ("score_variance", 4)):
        means = [sum(getattr(row, metric) for row in own) / len(own) for own in folds]
        assert f"{sum(means) / 2:.{digits}f}" in words


def test_errors_are_shown_as_they_are_and_break_no_page(report, tmp_path) -> None:
    made_run(tmp_path / "runs" / "one", {"ours": 0.4})
    made_run(tmp_path / "runs" / "two", {}, overrides=("x=2",), status="failed", error="[/b] <script>a")
    assert "[/b] <script>a" in " ".join(report(tmp_path / "runs")[1].split())
    report(tmp_path / "runs", "-o", tmp_path / "page.md")
    assert r"[/b] \<script>a" in (tmp_path / "page.md").read_text()


def test_a_study_may_have_a_dot_in_its_name(report, tmp_path) -> None:
    made_run(tmp_path / "runs" / "one", {"ours": 0.4})
    study = tmp_path / "study_v0.5"
    study.mkdir()
    assert report(tmp_path / "runs", "-o", study)[0] == 0
    assert "ours" in report(study)[1]


def test_a_page_that_names_no_table_is_one_line(report, tmp_path) -> None:
    made_run(tmp_path / "runs" / "one", {"ours": 0.4})
    study = tmp_path / "experiments" / "a+b"
    study.mkdir(parents=True)
    (study / "README.md").write_text("<!-- a+b results -->\n<!-- end -->\n")
    assert report(tmp_path / "runs", "-o", study)[0] == 0
    assert "| ours |" in (study / "README.md").read_text()
    (study / "README.md").write_text("<!-- a+b reslts -->\n<!-- end -->\n")
    code, _, err = report(tmp_path / "runs", "-o", study)
    assert (code, err.count("\n")) == (2, 1)
    assert "a+b reslts" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing",), "no such folder"),
        ((".",), "no run.json"),
        (("runs", "-o", "page.pdf"), "page.pdf: write FILE.html, .md or .csv"),
        (("runs", "-o", "page.txt"), "page.txt: write FILE.html, .md or .csv"),
        (("runs", "-o", "nowhere/page.md"), "cannot be written"),
    ],
)
def test_errors_are_one_line(report, tmp_path, monkeypatch, arguments, said) -> None:
    made_run(tmp_path / "runs" / "one", {"ours": 0.4})
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty if arguments == (".",) else tmp_path)
    code, out, err = report(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("vsumlab: ")
    assert said in err


def test_what_an_interrupted_run_has_come_to_is_shown(report, tmp_path) -> None:
    for fold in (0, 1):
        made_fold(tmp_path / "runs" / "begun", fold, {"ours": 0.4})
    code, out, err = report(tmp_path / "runs")
    assert (code, err) == (0, "")
    (line,) = (
        line.split() for line in out.split("differences from")[0].splitlines() if " ours " in f" {line}"
    )
    assert line[:3] == ["ours", "0", "0–1"], "its seed and its folds"


def test_a_run_of_an_earlier_version_stands_next_to_one_of_today(report, tmp_path) -> None:
    earlier_run(tmp_path / "runs" / "before", {"csnet": 0.4})
    made_run(tmp_path / "runs" / "today", {"ours": 0.5}, overrides=("x=1",))
    assert report(tmp_path / "runs", "-o", tmp_path / "page.md") == (0, "", "")
    rows = [line.split(" | ") for line in (tmp_path / "page.md").read_text().splitlines()]
    (before, *_) = (row for row in rows if row[0] == "| csnet")
    assert "58.8" in " ".join(before), "the paper's figure"
    assert any(row[0] == "| ours" for row in rows)


@pytest.mark.parametrize(("content", "code"), [("hydra: {launcher: {n_jobs: 2}}", 0), ("", 0), ("a: [1", 2)])
def test_an_odd_plan_of_a_sweep_is_no_traceback(report, tmp_path, content, code) -> None:
    made_run(tmp_path / "runs" / "one", {"ours": 0.4})
    (tmp_path / "runs" / "multirun.yaml").write_text(content)
    found, out, err = report(tmp_path / "runs")
    assert found == code
    assert ("ours" in out) == (code == 0)
    assert err.count("\n") == (code != 0)
    assert "Traceback" not in err


def test_a_page_is_written_whole(report, tmp_path) -> None:
    made_run(tmp_path / "runs" / "one", {"ours": 0.4})
    assert report(tmp_path / "runs", "-o", tmp_path / "page.html") == (0, "", "")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")
    assert "<td>ours</td>" in page
