"""All the numbers of a comparison in one frame, for a CSV file."""

import statistics as plain

import pytest
from support.run_folders import composed_run, made_run

from vsumlab.core.metric_names import METRICS
from vsumlab.report.compare import compare
from vsumlab.report.flat import all_numbers
from vsumlab.runs.reading import find_runs


def test_every_line_has_all_its_numbers(tmp_path) -> None:
    rows = {
        seed: made_run(tmp_path / f"{seed}", {"ours": 0.4}, seed=seed, overrides=(f"seed={seed}",))
        for seed in (0, 1)
    }
    made_run(tmp_path / "failed", {}, status="failed", error="no", overrides=("x=1",))
    found = all_numbers(compare(find_runs([tmp_path])))
    ours = found[found["scorer"] == "ours"].iloc[0]
    assert (ours["dataset"], ours["seeds"], ours["folds"], ours["videos"]) == ("tvsum", "0–1", "0–1", 7)
    of = {(seed, r.fold, r.video): r for seed, own in rows.items() for r in own if r.scorer == "ours"}
    random = {r.video: r for r in rows[0] if r.scorer == "random"}
    for metric in METRICS:
        means = {
            (seed, fold): plain.mean(getattr(r, metric) for key, r in of.items() if key[:2] == (seed, fold))
            for seed in (0, 1)
            for fold in (0, 1)
        }
        of_seeds = [plain.mean(means[seed, fold] for fold in (0, 1)) for seed in (0, 1)]
        of_folds = [plain.mean(means[seed, fold] for seed in (0, 1)) for fold in (0, 1)]
        assert ours[metric] == pytest.approx(plain.mean(of_seeds))
        assert ours[f"{metric}_over_seeds"] == pytest.approx(plain.stdev(of_seeds))
        assert ours[f"{metric}_over_folds"] == pytest.approx(plain.stdev(of_folds))
        expected = plain.mean(
            plain.mean(getattr(of[seed, fold, video], metric) for seed in (0, 1))
            - getattr(random[video], metric)
            for _, fold, video in {(0, fold, video) for _, fold, video in of}
        )
        assert ours[f"minus_random_mean_of_{metric}"] == pytest.approx(expected)
        low, high, p = (ours[f"minus_random_{part}_of_{metric}"] for part in ("low", "high", "p"))
        assert low <= expected <= high
        assert 0 < p <= 1
    of_random = found[found["scorer"] == "random"].iloc[0]
    assert of_random.filter(like="minus_random").isna().all()
    assert found["missing"].tolist() == ["", "1 failed", "", "", ""]


def test_published_figures_are_in_percent_and_of_their_dataset(tmp_path) -> None:
    composed_run(tmp_path / "one", {"csnet": 0.4}, "method=csnet", "data=tvsum", published="csnet table 3")
    found = all_numbers(compare(find_runs([tmp_path])))
    assert set(found["dataset"]) == {"tvsum", "summe"}
    ours = found[found["scorer"] == "csnet"].iloc[0]
    assert (ours["paper_row"], ours["paper_f1"]) == ("CSNet", 58.8)
    published = found[found["videos"] == ""]
    assert published["paper_f1"].notna().any()
    assert published[list(METRICS)].isna().all(axis=None)
