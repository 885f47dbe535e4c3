"""The leaderboard's table of scales: what is changed, and that its figures are those of the runs."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau
from support import PROJECT

SCRIPT = str(PROJECT / "experiments" / "leaderboard" / "scales.py")


def test_no_scale_changes_the_order() -> None:
    scores = np.random.default_rng(0).random((4, 50)) ** 3
    as_they_are, flattened, ranks = runpy.run_path(SCRIPT)["scaled"](scores)
    assert np.array_equal(as_they_are, scores)
    assert 0.7 <= flattened.min() <= flattened.max() <= 1
    assert np.allclose(np.sort(ranks), np.linspace(0, 1, 50))
    for scaled in (flattened, ranks):
        assert all(
            kendalltau(one, two).statistic == pytest.approx(1)
            for one, two in zip(scores, scaled, strict=True)
        )


def test_figures_of_scores_as_they_are_are_those_of_the_run(
    demo_folder: Path, tmp_path: Path, command, monkeypatch, capsys
) -> None:
    for fold in "01":  # each a run of its own
        run = f"hydra.run.dir={tmp_path / fold}"
        assert command("method=rarity", f"fold={fold}", f"paths.data={demo_folder}", run) == 0
    capsys.readouterr()
    monkeypatch.setattr(sys, "argv", [SCRIPT, str(tmp_path / "0"), str(tmp_path / "1")])
    runpy.run_path(SCRIPT, run_name="__main__")
    lines = [line.strip("| ").split(" | ") for line in capsys.readouterr().out.splitlines()]
    of_runs = pd.concat(pd.read_csv(tmp_path / fold / "videos.csv") for fold in "01")
    for line in lines[2:4]:
        own = of_runs[of_runs["scorer"] == line[0]].groupby("fold")[["kendall_tau", "f1_mean"]].mean().mean()
        assert line[1:3] == [f"{own['kendall_tau']:.3f}", f"{100 * own['f1_mean']:.1f}"]
    assert [line[0] for line in lines[2:]] == ["rarity", "random", "random, to the fourth power"]


def test_no_run_is_one_line(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", [SCRIPT])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(SCRIPT, run_name="__main__")
    assert end.value.code == 2
    assert capsys.readouterr().err == "vsumlab: scales.py: no finished runs: name their folders\n"
