"""Streams against a loop over frames written from eq. 3 and 4."""

import pytest
import torch
from torch import Tensor

from vsumlab.methods.csnet.streams import Sequences, chunk_sequences, merge, split, stride_sequences

LENGTHS = [*range(1, 14), 59, 60, 61]


def chunks(T: int, M: int) -> list[list[int]]:
    """Eq. 3 frame by frame: frame i (from 0) is in chunk m where m T / M <= i < (m + 1) T / M."""
    return [[i for i in range(T) if m * T // M <= i < (m + 1) * T // M] for m in range(M)]


def strides(T: int, M: int) -> list[list[int]]:
    """Eq. 4 frame by frame: sequence m takes every k-th frame from m on, k = M."""
    sequences: list[list[int]] = [[] for _ in range(M)]
    for i in range(T):
        sequences[i % M].append(i)
    return sequences


def as_lists(sequences: Sequences, video: int) -> list[list[int]]:
    return [
        row[:size].tolist()
        for row, size in zip(sequences.positions[video], sequences.sizes[video].tolist(), strict=True)
    ]


@pytest.mark.parametrize("M", [1, 2, 3, 4, 7])
@pytest.mark.parametrize(("make", "plain"), [(chunk_sequences, chunks), (stride_sequences, strides)])
def test_sequences_are_those_of_the_loop(make, plain, M: int) -> None:
    sequences = make(torch.tensor(LENGTHS), M)
    for video, T in enumerate(LENGTHS):
        assert as_lists(sequences, video) == plain(T, M)


def test_where_M_divides_T_chunks_are_as_printed() -> None:
    T, M = 12, 4
    printed = [[i - 1 for i in range((m - 1) * (T // M) + 1, m * (T // M) + 1)] for m in range(1, M + 1)]
    assert as_lists(chunk_sequences(torch.tensor([T]), M), 0) == printed


def test_where_M_divides_T_strides_are_as_printed() -> None:
    T, M = 12, 4
    printed = [[i - 1 for i in range(m, m + T - M + 1, M)] for m in range(1, M + 1)]
    assert as_lists(stride_sequences(torch.tensor([T]), M), 0) == printed


@pytest.mark.parametrize("make", [chunk_sequences, stride_sequences])
def test_split_then_merge_gives_every_frame_back_in_order(make) -> None:
    lengths = torch.tensor(LENGTHS)
    T = max(LENGTHS)
    frames = torch.arange(1.0, T + 1).expand(len(LENGTHS), T) * (torch.arange(T) < lengths.unsqueeze(-1))
    sequences = make(lengths, 4)
    gathered: Tensor = split(frames.unsqueeze(-1), sequences).squeeze(-1)
    assert torch.equal(merge(gathered, sequences, T), frames)
