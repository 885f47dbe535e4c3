"""A step of SUM-GAN-AAE: who learns from what."""

import pytest
import torch
from support.methods import made_method
from support.training import fit, made_data

from vsumlab.core.batch import Batch

D = 8


def small():
    return made_method("method=sum_gan_aae", "method.hidden_size=6", feature_dim=D)


@pytest.fixture
def batch() -> Batch:
    torch.manual_seed(0)
    return Batch(("a", "b"), torch.randn(2, 9, D), torch.tensor([9, 4]), None)


def test_each_of_the_three_steps_changes_its_own_part_and_the_compression(video_file) -> None:
    method, moved = small(), []
    descend = method.descend

    def spy(part, optimizer, terms) -> None:
        before = {name: value.detach().clone() for name, value in method.named_parameters()}
        descend(part, optimizer, terms)
        changed = {name for name, value in method.named_parameters() if not torch.equal(value, before[name])}
        moved.append((part, {name.split(".")[0] for name in changed}, changed))

    method.descend = spy
    fit(method, made_data(video_file(n_videos=4), n_folds=2, batch_size=2), limit_train_batches=1)
    assert [(part, names) for part, names, _ in moved] == [
        ("summarizer", {"compression", "scorer", "encoder"}),
        ("decoder", {"compression", "decoder"}),
        ("discriminator", {"compression", "discriminator"}),
    ]
    assert set().union(*(changed for *_, changed in moved)) == {name for name, _ in method.named_parameters()}


def test_losses_are_of_each_video_alone(batch) -> None:
    """By the networks, a video at a time and without padding."""
    method = small()
    compressed = method.compression(batch.features)
    scores = method.scorer(compressed, batch.lengths)
    together = {
        **{f"s/{name}": x for name, x in method.summarizer_losses(batch, compressed, scores).items()},
        **{f"d/{name}": x for name, x in method.decoder_losses(batch).items()},
        **{f"c/{name}": x for name, x in method.discriminator_losses(batch).items()},
    }
    for i, length in enumerate(batch.lengths.tolist()):
        video, own = compressed[i : i + 1, :length], batch.lengths[i : i + 1]
        p = method.scorer(video, own)
        states, _ = method.encoder(video * p.unsqueeze(-1))
        original, original_logit = method.discriminator(video, own)
        restored, logit = method.discriminator(method.decoder(states, own), own)
        distance = (original - restored).norm()
        expected = {
            "s/reconstruction": distance,
            "s/sparsity": (p.mean() - 0.15).abs(),
            "d/reconstruction": distance,
            "d/restored_as_original": (1 - logit.sigmoid()[0]) ** 2,
            "c/original": (1 - original_logit.sigmoid()[0]) ** 2,
            "c/restored": logit.sigmoid()[0] ** 2,
        }
        assert expected.keys() == together.keys()
        for name, value in expected.items():
            torch.testing.assert_close(together[name][i], value, msg=name)


def test_the_discriminator_learns_from_restored_numbers_alone(batch) -> None:
    method = small()
    method.discriminator_losses(batch)["restored"].sum().backward()
    reached = {name.split(".")[0] for name, value in method.named_parameters() if value.grad is not None}
    assert reached == {"compression", "discriminator"}


def test_the_criterion_of_validation_is_what_its_scorer_learns_from(batch) -> None:
    method = small()
    compressed = method.compression(batch.features)
    scores = method(batch.features, batch.lengths)
    expected = sum(method.summarizer_losses(batch, compressed, scores).values())
    torch.testing.assert_close(method.validation_losses(batch), expected)
