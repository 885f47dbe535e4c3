"""The scorer against plain equations, and videos alone against videos in a batch."""

import itertools

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from vsumlab.methods.csnet.scorer import DifferenceAttention, Scorer, fuse

D, H, M = 12, 8, 4
LENGTHS = [1, 2, 3, 4, 5, 9, 10, 31]
SWITCHES = list(itertools.product([True, False], repeat=2))


@pytest.fixture
def videos() -> list[Tensor]:
    torch.manual_seed(0)
    return [torch.randn(T, D) for T in LENGTHS]


@pytest.mark.parametrize(("chunk_stride", "difference_attention"), SWITCHES)
def test_a_video_scores_the_same_alone_and_in_a_batch(videos, chunk_stride, difference_attention) -> None:
    scorer = Scorer(D, H, M, chunk_stride, difference_attention)
    padded = pad_sequence(videos, batch_first=True)
    for row, T in zip(padded, LENGTHS, strict=True):
        row[T:] = 1e3  # whatever stands in the padding
    together = scorer(padded, torch.tensor(LENGTHS))
    for video, scores in zip(videos, together, strict=True):
        alone = scorer(video.unsqueeze(0), torch.tensor([len(video)]))[0]
        torch.testing.assert_close(scores[: len(video)], alone, atol=1e-5, rtol=0)
        assert ((alone >= 0) & (alone <= 1)).all()


def test_difference_attention_is_the_loop_of_eq_8_to_11(videos) -> None:
    attention = DifferenceAttention(D)
    for x in videos:
        T = len(x)
        expected = [
            sum(
                layer((x[min(t + k, T - 1)] - x[t]).abs()).item()
                for k, layer in zip((1, 2, 4), attention.layers, strict=True)
            )
            for t in range(T)
        ]
        ours = attention(x.unsqueeze(0), torch.tensor([T]))[0]
        torch.testing.assert_close(ours, torch.tensor(expected), atol=1e-5, rtol=1e-5)


def test_the_scorer_is_eq_3_to_11_frame_by_frame(videos) -> None:
    scorer = Scorer(D, H, M, chunk_stride=True, difference_attention=True)
    nn.init.normal_(scorer.fusion)
    x = videos[-1]
    T = len(x)
    d = scorer.difference_attention(x.unsqueeze(0), torch.tensor([T]))[0]
    logits = {}
    for stream, sequences in (
        (scorer.chunk, [range(m * T // M, (m + 1) * T // M) for m in range(M)]),
        (scorer.stride, [range(m, T, M) for m in range(M)]),
    ):
        logits[stream] = torch.empty(T)
        for frames in map(list, sequences):
            states = stream.lstm(scorer.reduce(x[frames]).unsqueeze(0), torch.tensor([len(frames)]))[0]
            logits[stream][frames] = stream.output(states).squeeze(-1)
    p1, p2 = (torch.sigmoid(logits[stream] + d) for stream in (scorer.chunk, scorer.stride))
    a, b = scorer.fusion.exp() / scorer.fusion.exp().sum()
    ours = scorer(x.unsqueeze(0), torch.tensor([T]))[0]
    torch.testing.assert_close(ours, a * p1 + b * p2, atol=1e-6, rtol=1e-5)


def test_fusion_starts_from_equal_weights_and_learns() -> None:
    p1, p2, logits = torch.rand(2, 5), torch.rand(2, 5), torch.zeros(2, requires_grad=True)
    fused = fuse(p1, p2, logits)
    torch.testing.assert_close(fused, (p1 + p2) / 2)
    fused.sum().backward()
    assert logits.grad is not None
    assert logits.grad.abs().sum() > 0


@pytest.mark.parametrize(("chunk_stride", "difference_attention"), SWITCHES)
def test_every_weight_learns(videos, chunk_stride, difference_attention) -> None:
    scorer = Scorer(D, H, M, chunk_stride, difference_attention)
    scorer(pad_sequence(videos, batch_first=True), torch.tensor(LENGTHS)).sum().backward()
    for name, parameter in scorer.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name
