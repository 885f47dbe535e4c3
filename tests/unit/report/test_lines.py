"""What the lines of a comparison are of, and their order."""

import math
import statistics as plain

import pandas as pd
import pytest
from support.run_folders import made_run

from vsumlab.core.metric_names import METRICS
from vsumlab.methods.published import TableRow
from vsumlab.report.lines import (
    OVER_FOLDS,
    OVER_SEEDS,
    as_lines,
    in_paper_order,
    method_lines,
    published_line,
    with_means,
)
from vsumlab.runs.reading import find_runs


def row(name: str, f1: float = 50.0, kind: str = "own") -> TableRow:
    return TableRow("some table 1", kind, name, "tvsum", "canonical", f1, math.nan, math.nan)


def test_runs_have_a_line_a_scorer_and_say_what_is_missing(tmp_path) -> None:
    made_run(tmp_path / "a", {"one": 0.4, "two": 0.5})
    made_run(tmp_path / "b", {}, status="failed", error="no")
    runs = find_runs([tmp_path])
    lines = method_lines(runs)
    assert [line["scorer"] for line in lines] == ["one", "two"]
    assert {line["missing"] for line in lines} == {"1 failed"}
    assert method_lines([run for run in runs if not run.done]) == [{"missing": "1 failed"}]


def test_scores_from_elsewhere_may_be_judged_by_a_program_with_overrides_of_its_own(tmp_path) -> None:
    """The configuration of an evaluation has no Trainer."""
    made_run(tmp_path, {"ours": 0.4}, overrides=("trainer.max_epochs=3",))
    (run,) = find_runs([tmp_path])
    foreign = run._replace(config={k: v for k, v in run.config.items() if not k.startswith("trainer.")})
    assert [line["epochs"] for line in method_lines([foreign])] == [""]


def test_ours_stand_in_the_papers_order_and_what_was_not_run_is_there() -> None:
    ours = [{"paper_row": "C"}, {"paper_row": ""}, {"paper_row": "A"}]
    listed = in_paper_order(ours, [row("A"), row("B"), row("C"), row("else", kind="previous")])
    assert [line["paper_row"] for line in listed] == ["A", "B", "C", ""]
    assert listed[1] == published_line(row("B"))


def test_what_a_line_lacks_is_empty_text_or_no_number() -> None:
    lines = as_lines([{"scorer": "ours", "setting": "canonical", "kind": "method"}, published_line(row("A"))])
    assert lines["run"].tolist() == ["", ""]
    assert math.isnan(lines.loc[0, "paper_f1"])
    assert lines.loc[1, "paper_f1"] == 50.0


def test_means_are_over_videos_then_folds_then_seeds_and_spreads_over_each() -> None:
    values = {(0, 0): [1.0, 2.0], (0, 1): [5.0], (1, 0): [3.0, 3.0], (1, 1): [9.0]}  # by seed and fold
    rows = pd.DataFrame(
        [
            {"line": 0, "seed": seed, "fold": fold, "video": f"{fold} {i}", **dict.fromkeys(METRICS, value)}
            for (seed, fold), own in values.items()
            for i, value in enumerate(own)
        ]
    )
    lines = as_lines([{"scorer": "ours", "kind": "method"}, {"scorer": "none", "kind": "method"}])
    found = with_means(lines, rows)
    by_seed = [plain.mean([1.5, 5.0]), plain.mean([3.0, 9.0])]
    by_fold = [plain.mean([1.5, 3.0]), plain.mean([5.0, 9.0])]
    for metric in METRICS:
        assert found.loc[0, metric] == pytest.approx(plain.mean(by_seed))
        assert found.loc[0, metric + OVER_SEEDS] == pytest.approx(plain.stdev(by_seed))
        assert found.loc[0, metric + OVER_FOLDS] == pytest.approx(plain.stdev(by_fold))
        assert math.isnan(found.loc[1, metric])
    assert (found.loc[0, "seeds"], found.loc[0, "folds"], found.loc[0, "videos"]) == ((0, 1), (0, 1), 3)
    assert (found.loc[1, "seeds"], found.loc[1, "videos"]) == ((), 0)
