"""Whole runs of the consensus direction: by several processes, and built on another run."""

from pathlib import Path

import numpy as np
import pytest
import torch
from support.runs import module, process, record, rows

import vsumlab

DATA = (
    "data=tvsum",
    "data.file=videos.h5",
    "setting.n_folds=3",
    "random_draws=2",
    "callbacks.figures.videos=0",
)


@pytest.fixture
def folder(video_file, tmp_path) -> Path:
    video_file(n_videos=7).rename(tmp_path / "videos.h5")
    return tmp_path


def kept(run: Path, fold: int) -> dict[str, torch.Tensor]:
    return torch.load(run / f"fold_{fold}" / "last.ckpt", weights_only=True)["state_dict"]


@pytest.mark.slow
def test_several_processes_find_the_same_direction(folder) -> None:
    runs = {}
    for count in (1, 2, 3):
        runs[count] = folder / f"run_{count}"
        devices = ("trainer.accelerator=cpu", f"trainer.devices={count}", f"hydra.run.dir={runs[count]}")
        done = process(
            *module("run"), "experiment=consensus_canonical", *DATA, *devices, cwd=folder, OMP_NUM_THREADS="1"
        )
        assert done.returncode == 0, done.stderr
    for fold in range(3):
        alone = kept(runs[1], fold)
        assert alone["direction"].abs().max() > 0.001
        for count in (2, 3):
            several = kept(runs[count], fold)
            torch.testing.assert_close(several["direction"], alone["direction"], rtol=0, atol=1e-6)
            torch.testing.assert_close(several["segments"], alone["segments"], rtol=0, atol=1e-6)


@pytest.mark.slow
def test_a_run_is_built_on_another_ones_folds(folder) -> None:
    base, run = folder / "base", folder / "run"
    command = (*module("run"), *DATA)
    done = process(*command, "experiment=contrastive_pretrained", f"hydra.run.dir={base}", cwd=folder)
    assert done.returncode == 0, done.stderr
    built = ("experiment=consensus_canonical", f"method.base={base}", f"hydra.run.dir={run}")
    done = process(*command, *built, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert record(run)["status"] == "done"
    taus = {
        (scorer, row["video"]): float(row["kendall_tau"])
        for path in (base, run)
        for row in rows(path)
        if (scorer := row["scorer"]) in ("align,uniform", "pseudo-score", "direction")
    }
    assert len(taus) == 3 * 7
    method = vsumlab.load(run, fold=1)
    assert method.base is not None
    np.testing.assert_allclose(method.direction.detach(), kept(run, 1)["direction"])

    done = process(*command, *built[:2], "setting.fold_seed=5", "hydra.run.dir=other", cwd=folder)
    assert done.returncode == 2
    assert "which is not trained on now: name a run with the same setting, folds and selection" in done.stderr


def test_a_base_that_is_no_run_is_an_error_in_one_line(folder) -> None:
    built = ("experiment=consensus_canonical", "method.base=nowhere", "hydra.run.dir=run")
    done = process(*module("run"), *DATA, *built, cwd=folder)
    assert done.returncode == 2
    assert done.stderr.strip().splitlines()[-1].startswith("vsumlab: nowhere: holds no finished fold")
