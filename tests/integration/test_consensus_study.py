"""The tables of the study of the consensus direction, from rows that are known."""

import importlib.util
import json

import h5py
import numpy as np
import pytest
from support import PROJECT
from support.run_folders import Row, made_run, write_rows

from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.errors import UserError
from vsumlab.evaluation.protocol import evaluate_scores
from vsumlab.report.compare import compare
from vsumlab.runs.reading import find_runs


def script(name: str):
    """A script of the study."""
    file = PROJECT / "experiments" / "consensus" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def halves():
    return script("halves")


def rows_of(dataset: str) -> list[Row]:
    """Forty videos; ours has 0.3 up to the 25th and 0.1 after, the reference 0.05 less, random scores 0."""
    rows = []
    for video in range(11, 51):
        ours = 0.3 if video <= 25 else 0.1
        of_scorers = {
            "consensus": ours,
            "align,uniform": ours - 0.05,
            "random": 0.0,
            "human": 0.2,
            "gtscore": 0.4,
        }
        rows += [
            Row(video % 2, 0, dataset, f"video_{video}", scorer, 0.5, 0.6, tau, 2 * tau, 0.1, 1.0)
            for scorer, tau in of_scorers.items()
        ]
    return rows


def made_table(halves, folder, dataset):
    made_run(folder, {"consensus": 0.3, "align,uniform": 0.2}, dataset=dataset)
    write_rows(folder, rows_of(dataset))
    (comparison,) = compare(find_runs([folder]))
    table = halves.table(comparison)
    return {row[0]: dict(zip(table.header[1:], row[1:], strict=True)) for row in table.rows}


def test_tvsums_second_half_stands_next_to_all(halves, tmp_path) -> None:
    rows = made_table(halves, tmp_path, "tvsum")
    ours = rows["consensus"]
    assert float(ours["τ, all"].split()[0]) == pytest.approx((15 * 0.3 + 25 * 0.1) / 40, abs=1e-3)
    assert ours["τ, 1–25"] == "0.300"
    assert ours["τ, 26–50"] == "0.100 (0.100 to 0.100)"
    assert ours["above align,uniform, all"] == "+0.050 (0.050 to 0.050)"
    assert ours["above align,uniform, 26–50"] == "+0.050 (0.050 to 0.050)"
    assert rows["align,uniform"]["above align,uniform, all"] == ""
    low, high = (float(end) for end in ours["τ, all"].split("(")[1].rstrip(")").split(" to "))
    assert low < 0.175 < high
    assert {"random", "human", "gtscore"} <= rows.keys()


def test_on_other_datasets_nothing_was_chosen(halves, tmp_path) -> None:
    rows = made_table(halves, tmp_path, "summe")
    assert [*rows["consensus"]] == ["changed", "τ, all", "ρ, all", "F1 %", "above align,uniform, all"]
    assert float(rows["consensus"]["ρ, all"]) == pytest.approx(0.35)


def test_a_changed_recipe_says_what_was_changed_and_shows_the_whole_score_alone(halves, tmp_path) -> None:
    for number, weight in enumerate((1.0, 1.0, 0.5)):
        scorers = {"pseudo-score": 0.1, "direction": 0.2, "consensus": 0.3}
        changed = (f"method.edge_weight={weight}", f"method.sharpness={8.0 if number else 4.0}")
        made_run(tmp_path / f"{number}", scorers, overrides=changed)
    made_run(tmp_path / "plain", {"pseudo-score": 0.1, "direction": 0.2, "consensus": 0.3},
             overrides=("method.edge_weight=1.0", "method.sharpness=8.0"), folds=(0, 1), seed=1)  # fmt: skip
    (comparison,) = compare(find_runs([tmp_path]))
    found = [(row[0], row[1]) for row in halves.table(comparison).rows]
    assert ("consensus", "edge_weight=0.5") in found
    assert ("consensus", "sharpness=4.0") in found
    assert [scorer for scorer, what in found if what] == ["consensus", "consensus"]
    assert ("pseudo-score", "") in found


def test_the_page_is_made_anew_between_its_marks(halves, tmp_path, monkeypatch) -> None:
    made_run(tmp_path, {"consensus": 0.3}, dataset="tvsum")
    write_rows(tmp_path, [row for row in rows_of("tvsum") if row.scorer != "align,uniform"])
    monkeypatch.setattr(halves, "read_study", lambda folder: find_runs([folder]))
    page = halves.with_tables(f"before\n{halves.BEGIN}\nold\n{halves.END}\nafter", tmp_path)
    assert page.startswith("before\n")
    assert page.endswith("\nafter")
    assert "| consensus |" in page
    assert "old" not in page.replace("threshold", "")
    assert np.char.count(page, "Constants were chosen") == 1


def test_scales_change_f1_at_equal_ranks(demo_run) -> None:
    scales = script("scales")
    drawn = np.random.default_rng(0).random(40)
    named = scales.scales(drawn)
    for name, scaled in named.items():
        assert 0 <= scaled.min() <= scaled.max() <= 1
        if name != "constant":
            assert np.array_equal(np.argsort(scaled), np.argsort(drawn)), name
    rows = scales.figures([demo_run])
    assert rows["video"].nunique() == 10
    assert {*named} < {*rows}
    assert {*rows.groupby("video")["constant"].nunique()} == {1}
    key = rows["video"].iloc[0]
    with h5py.File(demo_run / "scores.h5") as file:
        (fold,) = (fold for fold in file if key in file[fold])
        scores = file[fold][key]["csnet/importance_scores"][()].astype(float)
    video = VideoFile(json.loads((demo_run / "run.json").read_text())["data"]["file"])[key]
    (own,) = rows[rows["video"] == key].to_dict("records")
    for name, scaled in scales.scales(scores).items():
        assert own[name] == evaluate_scores(scaled[None], video, "user_scores")[0, 0]
    assert "| csnet |" in scales.with_table(f"{scales.BEGIN}{scales.END}", rows)


def test_two_networks_features_become_one_file(video_file, tmp_path) -> None:
    one = video_file(n_videos=2, name="one.h5")
    wider = {f"video_{i}": {"features": np.random.default_rng(i).random((12, 5))} for i in (1, 2)}
    other, both = video_file(n_videos=2, changes=wider, name="other.h5"), tmp_path / "both.h5"
    module = script("concatenated")
    module.concatenate(one, other, both)
    for key in ("video_1", "video_2"):
        joined, first = VideoFile(both)[key], VideoFile(one)[key]
        assert joined.features.shape == (12, 13)
        for part in (joined.features[:, :8], joined.features[:, 8:]):
            np.testing.assert_allclose(part.norm(dim=1), 1, atol=1e-3)
        np.testing.assert_array_equal(joined.timeline.shots, first.timeline.shots)
        np.testing.assert_array_equal(joined.annotated.user_scores, first.annotated.user_scores)
    later = {f"video_{i}": {"picks": np.arange(12) * 14} for i in (1, 2)}
    with pytest.raises(UserError, match="video_1: other picks than in"):
        module.concatenate(one, video_file(n_videos=2, changes=later, name="later.h5"), tmp_path / "no.h5")
    with pytest.raises(UserError, match="not of the videos of"):
        module.concatenate(one, video_file(n_videos=3, name="more.h5"), tmp_path / "no.h5")
    assert not (tmp_path / "no.h5").exists()
