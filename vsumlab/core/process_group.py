"""Numbers and objects of all processes that train together, as if one process had them."""

from __future__ import annotations

from typing import Any, TypeVar

import torch
from torch import Tensor
from torch import distributed as dist

Value = TypeVar("Value")


def n_processes() -> int:
    """How many processes train together: 1 where there is no group of them."""
    return dist.get_world_size() if _in_group() else 1


def rank() -> int:
    """Which of them this one is, from 0."""
    return dist.get_rank() if _in_group() else 0


def _in_group() -> bool:
    return dist.is_available() and dist.is_initialized()


def summed(values: Tensor) -> Tensor:
    """The sum over processes of a tensor that has the same shape in all of them.

    What is computed from it in any process has a gradient in each, also in those that only added to the sum.
    """
    if n_processes() == 1:
        return values
    total: Tensor = _Sum.apply(values)  # type: ignore[no-untyped-call]
    return total


def gathered(values: Tensor) -> Tensor:
    """What all processes have (B, …), one after the other: (W * B, …), gradients included as in `summed`.

    All of them have the same B.
    """
    if n_processes() == 1:
        return values
    n_own, first = len(values), rank() * len(values)
    places = values.new_zeros(n_processes() * n_own, *values.shape[1:])
    return summed(places.index_copy(0, torch.arange(first, first + n_own, device=values.device), values))


def of_all_processes(value: Value) -> list[Value]:
    """What each process has, in all of them, by their ranks: anything that can be pickled."""
    values = [value] * n_processes()
    if len(values) > 1:
        dist.all_gather_object(values, value)
    return values


class _Sum(torch.autograd.Function):
    """All-reduce; torch's own with gradients is deprecated in one version and not public in another."""

    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:
        total = values.clone(memory_format=torch.contiguous_format)
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        return _Sum.forward(ctx, gradient)
