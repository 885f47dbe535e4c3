import math

import numpy as np
import pytest
import torch
from support import plain
from support.forms import FORMS
from support.made import annotated, made_video

from vsumlab.errors import UserError
from vsumlab.metrics import KendallTau, KeyShotF1, SpearmanRho

METRICS = {
    "F1, mean": (lambda: KeyShotF1("mean"), 0),
    "F1, maximum": (lambda: KeyShotF1("max"), 1),
    "tau": (lambda: KendallTau("user_scores"), 2),
    "rho": (lambda: SpearmanRho("user_scores"), 3),
}


@pytest.fixture(params=METRICS)
def metric(request):
    """How a metric is made, and its place among the plain protocol's metrics."""
    return METRICS[request.param]


@pytest.fixture
def scored():
    """Videos and their scores (T,)."""
    videos = [made_video(seed, n_picks=10 + seed) for seed in range(5)]
    return [(torch.rand(v.n_picks, generator=torch.Generator().manual_seed(1)), v) for v in videos]


def plain_mean(scored, column):
    of_videos = [plain.evaluate(scores.numpy(), video, "user_scores")[column] for scores, video in scored]
    return sum(of_videos) / len(of_videos)


@pytest.mark.filterwarnings("ignore:The ``compute`` method")
def test_the_mean_over_videos(metric, scored):
    make, column = metric
    computed = make()
    for scores, video in scored:
        computed.update(scores, video)
    assert computed.compute().item() == pytest.approx(plain_mean(scored, column), abs=1e-12)
    computed.reset()
    assert math.isnan(computed.compute().item())


def test_processes_add_up(metric, scored):
    """What torchmetrics does between processes: each state is reduced as it is declared to be."""
    make, column = metric
    halves = [make(), make()]
    for i, (scores, video) in enumerate(scored):
        halves[i >= 3].update(scores, video)  # of unlike sizes: a mean of means would be another
    merged = make()
    for state, reduction in merged._reductions.items():
        setattr(merged, state, reduction(torch.stack([getattr(half, state) for half in halves])))
    merged._update_count = 1
    assert merged.compute().item() == pytest.approx(plain_mean(scored, column), abs=1e-12)


@pytest.mark.parametrize("make", [KendallTau, SpearmanRho])
def test_videos_without_a_rank_correlation_are_left_out(make, scored):
    scores, video = scored[0]
    alone, both = make("user_scores"), make("user_scores")
    alone.update(scores, video)
    both.update(scores, video)
    both.update(scores, annotated(video, user_scores=np.ones((4, video.n_picks))))
    assert both.compute() == alone.compute()


@pytest.mark.parametrize("make", [KendallTau, SpearmanRho])
def test_the_reference_is_the_one_named(make, scored):
    scores, video = scored[0]
    metric = make("user_summary")
    metric.update(scores, video)
    expected = plain.evaluate(scores.numpy(), video, "user_summary")[2 if make is KendallTau else 3]
    assert metric.compute().item() == pytest.approx(expected, abs=1e-12)


def test_scores_may_come_from_a_network_in_half_precision(scored):
    scores, video = scored[0]
    half, whole = KendallTau("user_scores"), KendallTau("user_scores")
    half.update(scores.bfloat16().requires_grad_(), video)
    whole.update(scores.bfloat16().float(), video)
    assert half.compute() == whole.compute()


def mean_of(make, scored):
    computed = make()
    for scores, video in scored:
        computed.update(scores, video)
    return computed.compute()


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_scores_of_every_form_have_the_same_mean_to_the_bit(form, metric, scored):
    make, _ = metric
    formed = [(form(scores.numpy()), video) for scores, video in scored]
    assert mean_of(make, formed) == mean_of(make, scored)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_several_scorers_have_a_mean_each(form, metric):
    make, _ = metric
    videos = [made_video(seed, n_picks=10 + seed) for seed in range(4)]
    rows = [np.random.default_rng(seed).random((3, 10 + seed)) for seed in range(4)]
    rows[1][2] = 0.5  # a scorer whose scores of a video are all the same has no rank correlation there
    together = mean_of(make, [(form(scores), video) for scores, video in zip(rows, videos, strict=True)])
    assert together.shape == (3,)
    for row in range(3):
        alone = [(scores[row], video) for scores, video in zip(rows, videos, strict=True)]
        assert together[row].item() == pytest.approx(mean_of(make, alone).item(), abs=1e-14)


def test_scorers_that_come_later_are_refused_and_a_reset_forgets_them(metric, scored):
    make, _ = metric
    computed = make()
    (scores, video), (other, other_video) = scored[:2]
    computed.update(torch.stack([scores, scores]), video)
    with pytest.raises(UserError, match=r"^video_1: found scores of more or fewer scorers[^\n]*$"):
        computed.update(other, other_video)
    computed.reset()
    computed.update(other, other_video)
    assert computed.compute().shape == ()
