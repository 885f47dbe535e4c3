"""Whole runs of ridge regression by several processes."""

import pytest
import torch
from support.runs import module, process


@pytest.mark.slow
def test_several_processes_find_the_same_weights(video_file, tmp_path) -> None:
    data = (f"data.file={video_file(n_videos=8)}", "fold=0", "setting.n_folds=3", "random_draws=2")
    weights = []
    for count in (1, 2):
        run = tmp_path / f"run_{count}"
        devices = ("trainer.accelerator=cpu", f"trainer.devices={count}", f"hydra.run.dir={run}")
        command = (*module("run"), "method=ridge", "callbacks.figures.videos=0", *data, *devices)
        done = process(*command, cwd=tmp_path, OMP_NUM_THREADS="1")
        assert done.returncode == 0, done.stderr
        weights.append(torch.load(run / "fold_0" / "last.ckpt", weights_only=True)["state_dict"]["weights"])
    assert weights[0].abs().max() > 0.01
    torch.testing.assert_close(weights[1], weights[0], rtol=1e-4, atol=1e-5)
