"""A step of CSNet-GAN: who learns from what."""

from itertools import product

import pytest
import pytorch_lightning as pl
import torch
from support.noise import some_noise
from support.small_csnet import PAPER, csnet
from support.training import fit, made_data
from torch import Tensor

from vsumlab.core.batch import Batch
from vsumlab.core.video import VideoFeatures
from vsumlab.data.collate import collate
from vsumlab.methods.csnet import CSNet
from vsumlab.methods.csnet.scorer import DifferenceAttention

SWITCHES = [
    *product([True, False], [True, False], ["median", "mean", "none"], [False]),
    (True, True, "median", True),
]


def switched(chunk_stride: bool, difference_attention: bool, variance_loss: str, supervised: bool) -> CSNet:
    return csnet(
        chunk_stride=chunk_stride,
        difference_attention=difference_attention,
        variance_loss=variance_loss,
        supervised=supervised,
    )


@pytest.fixture
def data(video_file) -> pl.LightningDataModule:
    """A fold of five training videos and a test video."""
    return made_data(video_file(n_videos=6), n_folds=6)


def made_batch(*lengths: int, feature_dim: int = 8) -> Batch:
    generator = torch.Generator().manual_seed(1)
    return collate(
        [
            VideoFeatures(
                f"video_{length}",
                torch.rand(length, feature_dim, generator=generator),
                torch.rand(length, generator=generator),
            )
            for length in lengths
        ]
    )


def originals(method: CSNet, batch: Batch) -> tuple[Tensor, Tensor]:
    """What the discriminator makes of a batch: hidden states, detached, and logits."""
    hidden, logits = method.discriminator(batch.features, batch.lengths)
    return hidden.detach(), logits


def snapshot(method: CSNet) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in method.named_parameters()}


@pytest.mark.parametrize("switches", SWITCHES)
def test_every_part_learns_with_every_switch(data, switches) -> None:
    method = switched(*switches)
    before = snapshot(method)
    fit(method, data, limit_train_batches=1)
    same = [name for name, value in snapshot(method).items() if torch.equal(value, before[name])]
    assert same == []
    assert all(value.isfinite().all() for value in snapshot(method).values())


def test_each_of_the_three_steps_changes_its_own_part_alone(data) -> None:
    """Spies on the optimizers: between two steps only the parameters of the one that stepped have moved."""
    method = csnet()
    parts = ({"scorer", "encoder"}, {"decoder"}, {"discriminator"})
    moved: list[set[str]] = []
    descend = method.descend

    def spy(part, optimizer, terms) -> None:
        before = snapshot(method)
        descend(part, optimizer, terms)
        after = snapshot(method)
        moved.append({name.split(".")[0] for name in before if not torch.equal(before[name], after[name])})

    method.descend = spy
    fit(method, data, limit_train_batches=2)
    assert moved == [*parts, *parts]


@pytest.mark.parametrize(("decay_epoch", "max_epochs", "expected"), [(2, 3, 1e-4), (3, 2, 1e-3)])
def test_the_learning_rates_follow_the_papers_schedule(data, decay_epoch, max_epochs, expected) -> None:
    method = csnet(decay_epoch=decay_epoch)
    trainer = fit(method, data, max_epochs=max_epochs, limit_train_batches=1)
    rates = [optimizer.param_groups[0]["lr"] for optimizer in trainer.optimizers]
    assert rates == pytest.approx([expected] * 3)


def test_the_discriminator_has_a_rate_of_its_own(data) -> None:
    trainer = fit(csnet(discriminator_learning_rate=1e-5), data, limit_train_batches=1)
    rates = [optimizer.param_groups[0]["lr"] for optimizer in trainer.optimizers]
    assert rates == pytest.approx([1e-3, 1e-3, 1e-5])


def test_gradients_are_clipped(data, monkeypatch) -> None:
    norms = []
    step = torch.optim.Adam.step

    def spy(self, closure=None):
        gradients = [p.grad for group in self.param_groups for p in group["params"] if p.grad is not None]
        norms.append(torch.stack([gradient.norm() for gradient in gradients]).norm().item())
        return step(self, closure)

    monkeypatch.setattr(torch.optim.Adam, "step", spy)
    fit(csnet(gradient_clip=0.5), data, limit_train_batches=2)
    assert len(norms) == 6
    assert max(norms) <= 0.5 * (1 + 1e-4)
    assert norms[0] == pytest.approx(0.5, rel=1e-3), "the first variance loss is very large"


def widened(method: CSNet, videos: list[Tensor]) -> Tensor:
    return torch.stack([method.score(video).var() for video in videos]).mean()


def test_the_variance_loss_widens_the_scores() -> None:
    """The paper's claim, in small: without it the scores stay flat, with it their variance grows."""
    batch = made_batch(12, 12, 12)
    variance = {}
    for kind in ("none", "median", "mean"):
        method = csnet(variance_loss=kind)
        learned = [*method.scorer.parameters(), *method.encoder.parameters()]
        optimizer = torch.optim.Adam(learned, lr=1e-2)
        noise = some_noise(3)
        for _ in range(20):
            scores = method(batch.features, batch.lengths)
            losses = method.summarizer_losses(batch, scores, originals(method, batch)[0], noise)
            optimizer.zero_grad()
            torch.stack([loss.mean() for loss in losses.values()]).sum().backward()
            torch.nn.utils.clip_grad_norm_(learned, PAPER["gradient_clip"])
            optimizer.step()
        variance[kind] = widened(method, list(batch.features))
    assert variance["none"] < 0.01 < variance["median"]
    assert variance["none"] < 0.01 < variance["mean"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["none", "median", "mean"])
def test_the_variance_loss_widens_the_scores_of_the_whole_vae_gan(data, kind) -> None:
    """The same where decoder and discriminator learn as well, at the paper's pace."""
    method = csnet(variance_loss=kind, decay_epoch=1000)
    fit(method, data, max_epochs=40)
    videos = data.pool.evaluated
    variance = widened(method, [videos.features(key).features for key in videos.keys])
    assert (variance < 0.01) == (kind == "none")


def test_losses_of_a_video_do_not_depend_on_its_batch() -> None:
    lengths = (31, 12, 20)
    together = made_batch(*lengths)
    alone = [
        Batch(
            (together.keys[i],),
            together.features[i : i + 1, :length],
            together.lengths[i : i + 1],
            together.gtscore[i : i + 1, :length],
        )
        for i, length in enumerate(lengths)
    ]
    method = csnet(supervised=True)

    def losses(batch: Batch) -> dict[str, Tensor]:
        scores = method(batch.features, batch.lengths)
        return method.summarizer_losses(batch, scores, originals(method, batch)[0], method.noise(batch))

    for name, of_all in losses(together).items():
        each = torch.cat([losses(batch)[name] for batch in alone])
        torch.testing.assert_close(of_all, each, rtol=1e-4, atol=1e-5, msg=name)

    codes = torch.randn(2, 3, 8)  # of the videos' own scores and of random ones, three videos
    fakes = torch.randn(2, 3, max(lengths), 8)
    for which, (part, read) in enumerate(
        ((method.decoder_losses, codes), (method.discriminator_losses, fakes))
    ):
        of_all = part(together, read.flatten(0, 1), originals(method, together)[which])
        for name, values in of_all.items():
            each = torch.cat(
                [
                    part(batch, read[:, i], originals(method, batch)[which])[name]
                    for i, batch in enumerate(alone)
                ]
            )
            torch.testing.assert_close(values, each, rtol=1e-4, atol=1e-5, msg=name)


def test_reconstructions_compete_with_those_of_random_scores(monkeypatch) -> None:
    """The codes that decoder and discriminator learn from: of the videos' scores, then of uniform ones."""
    method, batch = csnet(), made_batch(9, 9)
    seen: list[Tensor] = []

    def encoder(weighted: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        seen.append(weighted)
        return weighted, weighted

    monkeypatch.setattr(method.encoder, "forward", encoder)
    monkeypatch.setattr("vsumlab.methods.common.vae_gan_training.sample", lambda mean, *_: mean)
    method.codes(batch, method.noise(batch))
    scores = method(batch.features, batch.lengths)
    uniform = method.noise(batch).uniform(batch.lengths, 9)
    (weighted,) = seen
    torch.testing.assert_close(weighted[:2], batch.features * scores[..., None])
    torch.testing.assert_close(weighted[2:], batch.features * uniform[..., None])


@pytest.mark.parametrize("T", [1, 2, 3, 4, 5, 300])
def test_any_number_of_frames_scores_and_trains(T) -> None:
    method = csnet()
    batch = Batch(("video",), torch.rand(1, T, 8), torch.tensor([T]), None)
    target, original = originals(method, batch)
    noise = method.noise(batch)
    terms = method.summarizer_losses(batch, method(batch.features, batch.lengths), target, noise)
    codes = method.codes(batch, noise)
    terms |= method.decoder_losses(batch, codes, target)
    terms |= method.discriminator_losses(batch, method.decoder(codes, T), original)
    torch.stack(list(terms.values())).sum().backward()
    gradients = [parameter.grad for parameter in method.parameters() if parameter.grad is not None]
    assert all(gradient.isfinite().all() for gradient in gradients)
    assert method.score(torch.rand(T, 8)).shape == (T,)


def test_what_is_supervised_has_a_name_of_its_own_and_needs_labels() -> None:
    assert (csnet().main_scorer, csnet().needs_gtscore) == ("csnet", False)
    supervised = csnet(supervised=True)
    assert (supervised.main_scorer, supervised.needs_gtscore) == ("csnet_supervised", True)


def test_a_supervised_methods_criterion_is_agreement_with_labels() -> None:
    method = csnet(supervised=True).eval()
    features, lengths = torch.randn(2, 30, 8), torch.tensor([30, 20])
    with torch.no_grad():
        scores = method(features, lengths)
        for target in (scores, 1 - scores):
            batch = Batch(("a", "b"), features, lengths, target)
            expected = [
                torch.nn.functional.binary_cross_entropy(scores[i, :length], target[i, :length])
                for i, length in enumerate(lengths)
            ]
            torch.testing.assert_close(method.validation_losses(batch), torch.stack(expected))


def test_an_unsupervised_methods_criterion_is_what_its_scorer_learns_from() -> None:
    method, batch = csnet().eval(), made_batch(12, 7)
    with torch.no_grad():
        losses = method.validation_losses(batch)
        scores, noise = method(batch.features, batch.lengths), method.noise(batch)
        terms = method.summarizer_losses(batch, scores, originals(method, batch)[0], noise)
    assert {*terms} == {"reconstruction", "prior", "sparsity", "variance"}
    torch.testing.assert_close(losses, sum(terms.values()))


@pytest.mark.parametrize("loss", ["variance", "supervised"])
def test_the_weight_of_a_loss_is_of_nothing_else(loss) -> None:
    batch = made_batch(12, 7)
    terms = []
    for weight in (1.0, 0.25):
        method = csnet(supervised=True, **{f"{loss}_weight": weight})
        scores, noise = method(batch.features, batch.lengths), method.noise(batch)
        terms.append(method.summarizer_losses(batch, scores, originals(method, batch)[0], noise))
    plain, weighted = terms
    torch.testing.assert_close(weighted.pop(loss), 0.25 * plain.pop(loss))
    torch.testing.assert_close(weighted, plain)


@pytest.mark.parametrize(("difference_scale", "size"), [("unit", 1.0), ("input", 8**0.5)])
def test_difference_attention_reads_what_its_switch_says(difference_scale, size) -> None:
    """Frames of 8 dimensions and root mean square 1 are sqrt(8) long."""
    method, features = csnet(input_scale="rms", difference_scale=difference_scale), torch.randn(9, 8)
    frames = size * torch.nn.functional.normalize(features, dim=-1)
    plain = DifferenceAttention(8)
    plain.load_state_dict(method.scorer.difference_attention.state_dict())
    expected = plain(frames[None], torch.tensor([9]))[0].detach()
    (curve,) = method.explain(features).curves.values()
    torch.testing.assert_close(torch.from_numpy(curve), expected)


def test_decoder_and_discriminator_learn_from_numbers_alone(data, monkeypatch) -> None:
    """No step goes back through the graph of another: codes and fakes have none."""
    method, read = csnet(), []
    for name in ("decoder_losses", "discriminator_losses"):
        losses = getattr(method, name)
        monkeypatch.setattr(
            method, name, lambda *given, losses=losses: (read.append(given[1]), losses(*given))[1]
        )
    fit(method, data, limit_train_batches=1)
    codes, fakes = read
    assert codes.shape == (2, 8)
    assert fakes.shape[::2] == (2, 8)
    assert not codes.requires_grad
    assert not fakes.requires_grad
