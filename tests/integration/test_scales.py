"""The leaderboard's table of scales: what is changed, whose its figures are, and what is refused."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau
from support import PROJECT

from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.evaluation.baselines import random_scores
from vsumlab.evaluation.protocol import evaluate_scores

SCRIPT = str(PROJECT / "experiments" / "leaderboard" / "scales.py")


@pytest.fixture
def table(monkeypatch, capsys):
    """The cells that the script prints for some folders, by the name of their line."""

    def printed(*folders: Path) -> dict[str, list[str]]:
        monkeypatch.setattr(sys, "argv", [SCRIPT, *map(str, folders)])
        capsys.readouterr()
        runpy.run_path(SCRIPT, run_name="__main__")
        lines = [line.strip("|").split("|") for line in capsys.readouterr().out.splitlines()]
        return {name.strip(): [cell.strip() for cell in own] for name, *own in lines[2:]}

    return printed


def test_no_scale_changes_the_order() -> None:
    scores = np.random.default_rng(0).random((4, 50)).round(1) ** 3  # with ties
    as_they_are, flattened, ranks = runpy.run_path(SCRIPT)["scaled"](scores)
    assert np.array_equal(as_they_are, scores)
    assert 0.7 <= flattened.min() <= flattened.max() <= 1
    assert 0 <= ranks.min() <= ranks.max() <= 1
    assert np.allclose(ranks.mean(axis=-1), 0.5)
    for scaled in (flattened, ranks):
        assert all(
            kendalltau(*pair).statistic == pytest.approx(1) for pair in zip(scores, scaled, strict=True)
        )


def test_figures_are_those_of_the_runs(demo_folder: Path, tmp_path: Path, command, table) -> None:
    runs = {"rarity": "01", "motion": "0"}  # folds are runs of their own, and one method lacks one
    for method, folds in runs.items():
        for fold in folds:
            run = f"hydra.run.dir={tmp_path / method / fold}"
            assert command(f"method={method}", f"fold={fold}", f"paths.data={demo_folder}", run) == 0
    lines = table(*(tmp_path / method / fold for method, folds in runs.items() for fold in folds))
    assert [*lines] == ["rarity", "motion", "random", "random, to the fourth power"]
    for method, folds in runs.items():
        found = pd.concat(pd.read_csv(tmp_path / method / fold / "videos.csv") for fold in folds)
        for scorer in {method, "random"} if method == "rarity" else {method}:
            of_folds = found[found["scorer"] == scorer].groupby("fold")
            own = of_folds[["kendall_tau", "f1_mean"]].mean().mean()
            assert lines[scorer][:2] == [f"{own['kendall_tau']:.3f}", f"{100 * own['f1_mean']:.1f}"]
    tested = pd.read_csv(tmp_path / "rarity" / "0" / "videos.csv").query("scorer == 'rarity'")["video"]
    tested = pd.concat([tested, pd.read_csv(tmp_path / "rarity" / "1" / "videos.csv")["video"]]).unique()
    file = VideoFile(demo_folder / "demo.h5")
    flat = [
        evaluate_scores(0.7 + 0.3 * random_scores(file[key], 100), file[key], "user_scores") for key in tested
    ]
    assert float(lines["random"][2]) == pytest.approx(100 * np.mean(flat, axis=(0, 1))[0], abs=0.051)


def test_seeds_are_no_further_videos(demo_folder: Path, tmp_path: Path, command, table) -> None:
    """Differences and p are over videos."""
    for seed in "01":
        run = f"hydra.run.dir={tmp_path / seed}"
        assert command("method=rarity", "fold=0", f"seed={seed}", f"paths.data={demo_folder}", run) == 0
    assert table(tmp_path / "0", tmp_path / "1") == table(tmp_path / "0")


def test_what_has_no_table_is_one_line(demo_folder: Path, tmp_path: Path, command, table, capsys) -> None:
    for name, others in {"a": [], "b": ["data.file=demo_2.h5"]}.items():
        run = f"hydra.run.dir={tmp_path / name}"
        assert command("method=rarity", "fold=0", f"paths.data={demo_folder}", run, *others) == 0
    for folders, said in (([], "no finished runs"), (["a", "b"], "another dataset or setting")):
        with pytest.raises(SystemExit) as end:
            table(*(tmp_path / name for name in folders))
        assert end.value.code == 2
        refused = capsys.readouterr().err
        assert said in refused
        assert refused.count("\n") == 1
