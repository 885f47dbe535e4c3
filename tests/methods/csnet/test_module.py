"""A step of CSNet-GAN: who learns from what."""

from itertools import product

import pytest
import pytorch_lightning as pl
import torch
from torch import Tensor

from vsumlab.data.batch import Batch
from vsumlab.data.datamodule import VideoDataModule
from vsumlab.data.folds import Fold
from vsumlab.data.pool import VideoPool
from vsumlab.data.reader import VideoFile
from vsumlab.methods.csnet import CSNet

PAPER = {
    "hidden_size": 8,
    "divisions": 4,
    "chunk_stride": True,
    "difference_attention": True,
    "variance_loss": "median",
    "variance_epsilon": 1e-8,
    "sparsity": 0.3,
    "supervised": False,
    "learning_rate": 1e-3,
    "discriminator_learning_rate": 1e-3,
    "decay_epoch": 2,
    "decay_factor": 0.1,
    "gradient_clip": 5.0,
}


def csnet(feature_dim: int = 8, **changes) -> CSNet:
    torch.manual_seed(0)
    return CSNet(feature_dim, **(PAPER | changes))


@pytest.fixture
def file(video_file) -> VideoFile:
    return VideoFile(video_file(n_videos=6))


def fit(method: CSNet, file: VideoFile, **trainer) -> pl.Trainer:
    options = {"max_epochs": 1, "logger": False, "enable_checkpointing": False, "enable_progress_bar": False}
    trainer = pl.Trainer(
        accelerator="cpu", use_distributed_sampler=False, enable_model_summary=False, **(options | trainer)
    )
    trainer.fit(
        method,
        datamodule=VideoDataModule(VideoPool(file, {}), Fold(0, file.keys[1:], file.keys[:1]), 1, seed=0),
    )
    return trainer


def snapshot(method: CSNet) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in method.named_parameters()}


@pytest.mark.parametrize(
    ("chunk_stride", "difference_attention", "variance_loss", "supervised"),
    [
        *product([True, False], [True, False], ["median", "mean", "none"], [False]),
        (True, True, "median", True),
    ],
)
def test_every_part_learns_with_every_switch(
    file, chunk_stride, difference_attention, variance_loss, supervised
) -> None:
    method = csnet(
        chunk_stride=chunk_stride,
        difference_attention=difference_attention,
        variance_loss=variance_loss,
        supervised=supervised,
    )
    before = snapshot(method)
    fit(method, file)
    same = [name for name, value in snapshot(method).items() if torch.equal(value, before[name])]
    assert same == []
    assert all(value.isfinite().all() for value in snapshot(method).values())


def test_each_of_the_three_steps_changes_its_own_part_alone(file) -> None:
    """Spies on the optimizers: between two steps only the parameters of the one that stepped have moved."""
    method = csnet()
    parts = ({"scorer", "encoder"}, {"decoder"}, {"discriminator"})
    moved: list[set[str]] = []
    descend = method._descend

    def spy(part, optimizer, terms) -> None:
        before = snapshot(method)
        descend(part, optimizer, terms)
        after = snapshot(method)
        moved.append({name.split(".")[0] for name in before if not torch.equal(before[name], after[name])})

    method._descend = spy
    fit(method, file, limit_train_batches=2)
    assert moved == [*parts, *parts]


def test_the_learning_rates_follow_the_papers_schedule(file) -> None:
    method = csnet(decay_epoch=2)
    trainer = fit(method, file, max_epochs=3)
    assert [optimizer.param_groups[0]["lr"] for optimizer in trainer.optimizers] == pytest.approx([1e-4] * 3)
    method = csnet(decay_epoch=3)
    trainer = fit(method, file, max_epochs=2)
    assert [optimizer.param_groups[0]["lr"] for optimizer in trainer.optimizers] == pytest.approx([1e-3] * 3)


def test_gradients_are_clipped(file, monkeypatch) -> None:
    norms = []
    step = torch.optim.Adam.step

    def spy(self, closure=None):
        gradients = [p.grad for group in self.param_groups for p in group["params"] if p.grad is not None]
        norms.append(torch.stack([gradient.norm() for gradient in gradients]).norm().item())
        return step(self, closure)

    monkeypatch.setattr(torch.optim.Adam, "step", spy)
    fit(csnet(gradient_clip=0.5), file, limit_train_batches=2)
    assert len(norms) == 6
    assert max(norms) <= 0.5 * (1 + 1e-4)
    assert norms[0] == pytest.approx(0.5, rel=1e-3), "the first variance loss is very large"


def test_the_variance_loss_widens_the_scores(file) -> None:
    """The paper's claim, in small: without it the scores stay flat, with it their variance grows."""
    variance = {}
    for kind in ("none", "median", "mean"):
        method = csnet(variance_loss=kind, decay_epoch=1000)
        fit(method, file, max_epochs=40)
        variance[kind] = torch.stack([method.score(file[key].features).var() for key in file.keys]).mean()
    assert variance["none"] < 0.01 < variance["median"]
    assert variance["none"] < 0.01 < variance["mean"]


def test_losses_of_a_video_do_not_depend_on_its_batch(demo_folder) -> None:
    file = VideoFile(demo_folder / "demo.h5")
    videos = [file[key] for key in file.keys[:3]]
    method = csnet(feature_dim=file.feature_dim, supervised=True)
    together = Batch.collate(videos)
    alone = [Batch.collate([video]) for video in videos]

    def losses(batch: Batch) -> dict[str, Tensor]:
        scores = method(batch.features, batch.lengths)
        terms = method.summarizer_losses(batch, scores)
        del terms["reconstruction"]  # draws a latent code at random
        return terms

    for name, of_all in losses(together).items():
        each = torch.cat([losses(batch)[name] for batch in alone])
        torch.testing.assert_close(of_all, each, rtol=1e-4, atol=1e-5, msg=name)

    codes = torch.randn(2, 3, 8)  # of the videos' own scores and of random ones, three videos
    for part in (method.decoder_losses, method.discriminator_losses):
        of_all = part(together, codes.flatten(0, 1))
        for name, values in of_all.items():
            each = torch.cat([part(batch, codes[:, i])[name] for i, batch in enumerate(alone)])
            torch.testing.assert_close(values, each, rtol=1e-4, atol=1e-5, msg=name)


@pytest.mark.parametrize("T", [1, 2, 3, 4, 5, 300])
def test_any_number_of_frames_scores_and_trains(T) -> None:
    method = csnet()
    batch = Batch(("video",), torch.rand(1, T, 8), torch.tensor([T]), None)
    terms = method.summarizer_losses(batch, method(batch.features, batch.lengths))
    terms |= method.decoder_losses(batch, method.codes(batch))
    terms |= method.discriminator_losses(batch, method.codes(batch))
    torch.stack(list(terms.values())).sum().backward()
    gradients = [parameter.grad for parameter in method.parameters() if parameter.grad is not None]
    assert all(gradient.isfinite().all() for gradient in gradients)
    assert method.score(torch.rand(T, 8)).shape == (T,)
