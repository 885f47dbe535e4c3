import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support import plain
from support.forms import SUMMARY_FORMS
from support.made import made_video

from vsumlab.metrics.f1 import f1_from_counts, f1_of_shots, f1_scores


def f1_of_sets(predicted, annotated):
    overlap = len(predicted & annotated)
    if not overlap:
        return 0.0
    precision, recall = overlap / len(predicted), overlap / len(annotated)
    return 2 * precision * recall / (precision + recall)


@given(arrays(np.bool_, st.tuples(st.integers(2, 6), st.integers(1, 30))))
def test_f1_of_sets_of_frames(summaries):
    summary, user_summary = summaries[0], summaries[1:]
    frames = [set(np.flatnonzero(row).tolist()) for row in summaries]
    expected = [f1_of_sets(frames[0], annotated) for annotated in frames[1:]]
    assert f1_scores(summary, user_summary).tolist() == pytest.approx(expected, abs=1e-15)


@given(arrays(np.bool_, st.tuples(st.just(2), st.integers(1, 30))))
def test_f1_is_symmetric_and_one_for_itself(summaries):
    one, other = summaries
    assert f1_scores(one, other[None])[0] == f1_scores(other, one[None])[0]
    assert f1_scores(one, one[None])[0] == float(one.any())


@given(arrays(np.int64, 3, elements=st.integers(0, 50)))
def test_f1_of_counts_is_the_equation_as_it_is_written(counts):
    """F1 = 2PR / (P + R), csnet eq. 13, of an overlap that neither summary is smaller than."""
    overlap, predicted, annotated = counts[0], counts[0] + counts[1], counts[0] + counts[2]
    expected = 0.0
    if overlap:
        precision, recall = overlap / predicted, overlap / annotated
        expected = 2 * precision * recall / (precision + recall)
    assert f1_from_counts(overlap, predicted, annotated) == pytest.approx(expected, abs=1e-15)


@given(st.integers(0, 10_000), st.integers(1, 5))
def test_by_shots_is_by_frames(seed, n_draws):
    video = made_video(seed)
    timeline, user_summary = video.timeline, video.annotations.user_summary
    selected = np.random.default_rng(seed).random((n_draws, len(timeline.shots))) < 0.3
    found = f1_of_shots(selected, timeline, user_summary)
    expected = [plain.f1_scores(plain.expand(row, timeline), user_summary) for row in selected]
    assert found == pytest.approx(np.array(expected), abs=1e-15)
    frames = plain.expand(selected[0], timeline)
    assert f1_scores(frames, user_summary).tolist() == found[0].tolist()


@given(st.integers(0, 10_000))
def test_summaries_of_every_form_and_of_several_scorers_give_the_same_to_the_bit(seed):
    video = made_video(seed)
    timeline, people = video.timeline, video.annotations.user_summary
    selected = np.random.default_rng(seed).random((3, len(timeline.shots))) < 0.3
    frames = np.stack([plain.expand(row, timeline) for row in selected])
    for ours, function in (
        (frames, f1_scores),
        (selected, lambda shots, people: f1_of_shots(shots, timeline, people)),
    ):
        expected = np.array([plain.f1_scores(row, people) for row in frames])
        found = function(ours, people)
        assert found == pytest.approx(expected, abs=1e-15)
        for name, form in SUMMARY_FORMS.items():
            np.testing.assert_array_equal(function(form(ours), form(people)), found, err_msg=name)
            np.testing.assert_array_equal(function(form(ours[0]), form(people)), found[0], err_msg=name)
            np.testing.assert_array_equal(function(form(ours), form(people[0])), found[:, 0], err_msg=name)
            assert function(form(ours[0]), form(people[0])) == found[0, 0]
        np.testing.assert_array_equal(function(ours.astype(int), people.astype(float)), found)
