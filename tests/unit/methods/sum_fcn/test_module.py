"""What SUM-FCN is trained by, and which frames' scores a video has."""

import pytest
import torch
import torch.nn.functional as F
from support.methods import made_method
from support.training import fit, made_data

from vsumlab.core.batch import Batch
from vsumlab.methods.sum_fcn.module import key_probability

D, N = 6, 20


@pytest.fixture
def batch() -> Batch:
    torch.manual_seed(0)
    return Batch(("a", "b"), torch.randn(2, 50, D), torch.tensor([50, 7]), torch.rand(2, 50))


def small(objective: str):
    options = ("method.frames=20", "method.hidden_size=8", f"method.objective={objective}")
    return made_method("method=sum_fcn", *options, feature_dim=D)


def middles(length: int) -> list[int]:
    """The picks in the middles of 20 equal parts of a video."""
    return [int((place + 0.5) * length / N) for place in range(N)]


@pytest.mark.parametrize("objective", ["diversity", "labels"])
def test_every_parameter_learns(objective, video_file) -> None:
    method = made_method(
        "method=sum_fcn", f"method.objective={objective}", "method.hidden_size=8", feature_dim=8
    )
    before = {name: value.detach().clone() for name, value in method.named_parameters()}
    fit(method, made_data(video_file(n_videos=4), n_folds=2, batch_size=2), max_epochs=2)
    after = dict(method.named_parameters())
    assert all(value.isfinite().all() for value in after.values())
    assert [name for name, value in after.items() if torch.equal(value, before[name])] == []


def test_scores_are_of_sampled_frames(batch) -> None:
    method = small("labels")
    with torch.no_grad():
        found = method(batch.features, batch.lengths)
        for video, scores, length in zip(batch.features, found, batch.lengths.tolist(), strict=True):
            decoded = method.network(video[middles(length)][None])[0]
            expected = [decoded[int((pick + 0.5) * N / length)].softmax(dim=-1)[1] for pick in range(length)]
            torch.testing.assert_close(scores[:length], torch.stack(expected))


def test_labels_are_the_frames_that_people_find_most_important(batch) -> None:
    method = small("labels")
    sampled = torch.stack([batch.features[i, middles(int(batch.lengths[i]))] for i in range(2)])
    decoded = method.network(sampled)
    (found,) = method.losses(batch, sampled, decoded).values()
    people = batch.gtscore[0, middles(50)]  # all different, so there are no ties
    key = people.argsort(descending=True)[:3].tolist()  # 15 % of 20
    logs = decoded[0].log_softmax(dim=-1)
    others = [t for t in range(N) if t not in key]
    torch.testing.assert_close(found[0], -(logs[key, 1].mean() + logs[others, 0].mean()) / 2)
    assert found.isfinite().all()


def test_selected_frames_are_to_differ_and_to_be_restored(batch) -> None:
    method = small("diversity")
    for values in method.restorer.parameters():
        torch.nn.init.normal_(values)  # at first it restores features nearly as they are
    sampled = torch.stack([batch.features[i, middles(int(batch.lengths[i]))] for i in range(2)])
    decoded = torch.randn(2, N, 2)
    losses = method.losses(batch, sampled, decoded)
    for i in range(2):
        selected = (decoded[i, :, 1] - decoded[i, :, 0]).argsort(descending=True)[:3]
        restored = method.restorer(decoded[i, selected], sampled[i, selected])
        pairs = [(0, 1), (0, 2), (1, 2)]
        likeness = sum(F.cosine_similarity(restored[a], restored[b], dim=0) for a, b in pairs) / 3
        torch.testing.assert_close(losses["diversity"][i], likeness)
        distance = (restored - sampled[i, selected]).norm(dim=-1)
        torch.testing.assert_close(losses["restoration"][i], distance.square().mean())


def test_a_criterion_of_validation_is_what_it_is_trained_by(batch) -> None:
    method = small("diversity")
    sampled = method._sampled(batch.features, batch.lengths)
    expected = sum(method.losses(batch, sampled, method.network(sampled)).values())
    torch.testing.assert_close(method.validation_losses(batch), expected)


def test_what_is_trained_on_labels_has_a_name_of_its_own() -> None:
    found = [(small(each).main_scorer, small(each).needs_gtscore) for each in ("diversity", "labels")]
    assert found == [("sum_fcn", False), ("sum_fcn_supervised", True)]


def test_the_probability_is_that_of_the_second_class() -> None:
    torch.testing.assert_close(key_probability(torch.tensor([[[0.0, 2.0]]])), torch.tensor([[2.0]]).sigmoid())
