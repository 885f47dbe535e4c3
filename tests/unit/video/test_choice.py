"""From features to the shots of a summary."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.networks import backbone, write_network
from support.summaries import FirstNumber, first_number, seen
from support.videos import encode_numbered

from vsumlab.core.timeline import Timeline
from vsumlab.errors import UserError
from vsumlab.summary.keyshots import select_shots
from vsumlab.video.budget import Budget
from vsumlab.video.choice import check_method, choose, divided, find_shots
from vsumlab.video.scorers import Scorer
from vsumlab.video.source import SourceVideo

SCORES = np.repeat([0.1, 0.9, 0.3, 0.8, 0.2], 8)


@pytest.fixture
def source(tmp_path: Path) -> SourceVideo:
    return SourceVideo(encode_numbered(tmp_path / "a.mp4", 200))


def test_shots_are_where_features_change() -> None:
    found = find_shots(seen(SCORES))
    assert found.tolist() == [[40 * i, 40 * i + 39] for i in range(5)]


def test_the_shots_are_chosen_as_in_evaluation(source: SourceVideo) -> None:
    video = seen(np.random.default_rng(0).random(40))
    shots = np.array([[10 * i, 10 * i + 9] for i in range(20)])
    found = choose(source, video, shots, first_number(), Budget())
    assert np.array_equal(found.selected, select_shots(found.scores, Timeline(video.picks, 200, shots, 10.0)))
    np.testing.assert_allclose(found.scores, video.features[:, 0])
    assert found.scorer == "the first number"
    assert found.summary_duration <= 0.15 * found.duration


def test_the_budget_may_be_another(source: SourceVideo) -> None:
    shots = np.array([[40 * i, 40 * i + 39] for i in range(5)])
    found = choose(source, seen(SCORES), shots, first_number(), Budget.parse("8s"))
    assert [(shot.start, shot.end) for shot in found.key_shots] == [(4.0, 8.0), (12.0, 16.0)]
    everything = choose(source, seen(SCORES), shots, first_number(), Budget.parse("100%"))
    assert everything.selected.all()


def test_a_video_of_one_shot_has_a_summary_all_the_same(source: SourceVideo) -> None:
    found = choose(source, seen(SCORES), np.array([[0, 199]]), first_number(), Budget.parse("3s"))
    assert 2.5 < found.summary_duration <= 3
    assert all(4 <= shot.start < 8 or 12 <= shot.start < 16 for shot in found.key_shots)


def test_a_budget_of_less_than_a_frame_is_refused(source: SourceVideo) -> None:
    with pytest.raises(UserError, match=r"--budget 0.01 s: less than one frame"):
        choose(source, seen(SCORES), np.array([[0, 199]]), first_number(), Budget.parse("0.01s"))
    with pytest.raises(UserError, match="no shot of it has any importance by the first number"):
        choose(source, seen(np.zeros(40)), np.array([[0, 199]]), first_number(), Budget())


@given(
    lengths=st.lists(st.integers(1, 500), min_size=1, max_size=20),
    capacity=st.integers(1, 300),
    longest=st.integers(1, 300),
)
def test_only_shots_that_are_too_long_are_cut(lengths: list[int], capacity: int, longest: int) -> None:
    ends = np.cumsum(lengths)
    shots = np.stack([ends - lengths, ends - 1], axis=1)
    found = divided(shots, capacity, longest)
    assert found[0, 0] == 0
    assert found[-1, 1] == ends[-1] - 1
    assert np.array_equal(found[1:, 0], found[:-1, 1] + 1)
    for first, last in shots:
        parts = found[(found[:, 0] >= first) & (found[:, 1] <= last)]
        part_lengths = parts[:, 1] - parts[:, 0] + 1
        assert part_lengths.sum() == last - first + 1
        if last - first < min(capacity, longest):
            assert len(parts) == 1
        else:
            assert part_lengths.max() <= max(1, min(capacity // 3, longest))
            assert part_lengths.max() - part_lengths.min() <= 1


def test_a_method_of_other_features_is_refused_by_name(tmp_path: Path) -> None:
    network = backbone(write_network(tmp_path / "small.onnx")).load()
    check_method(Scorer(FirstNumber(5), "mine"), network)
    with pytest.raises(UserError, match="mine: takes features of 7 dimensions, small's have 5: name"):
        check_method(Scorer(FirstNumber(7), "mine"), network)
    trained = FirstNumber(5)
    trained.backbone = network.identity
    check_method(Scorer(trained, "mine"), network)
    trained.backbone = {**network.identity, "name": "large", "sha256": "f" * 64}
    with pytest.raises(
        UserError, match=r"mine: was trained on features of large \(ffffffff\), these are of small"
    ):
        check_method(Scorer(trained, "mine"), network)
