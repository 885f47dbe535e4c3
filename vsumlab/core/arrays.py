"""What callers have, tensors, arrays or lists, as arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from vsumlab.errors import UserError

Numbers = Tensor | npt.ArrayLike
"""A PyTorch tensor of any type, on any device, a NumPy array, or lists of numbers, a list a row."""


def as_array(values: Numbers) -> npt.NDArray[Any]:
    """The same numbers as an array of as many dimensions; an array comes back as it is.

    A tensor's array shares its memory where that is the CPU's; bfloat16, which NumPy lacks, becomes float32.

    Raises:
        UserError: If rows are of unlike lengths, or there are other things than numbers.

    >>> as_array(torch.tensor([0.5, 1.0], dtype=torch.bfloat16, requires_grad=True))
    array([0.5, 1. ], dtype=float32)
    >>> as_array([[True, False], [True, True]]).shape
    (2, 2)
    """
    if isinstance(values, np.ndarray):
        return values
    if isinstance(values, Tensor):
        there = values.detach().cpu()
        return (there.float() if there.dtype is torch.bfloat16 else there).numpy()
    if isinstance(values, (list, tuple)) and any(isinstance(row, Tensor) for row in values):
        values = [as_array(row) for row in values]
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise UserError(f"found rows of unlike lengths ({error}): give each row as many numbers") from error
    if array.dtype.kind not in "biuf":
        raise UserError(f"found {array.dtype} where numbers are expected: give a tensor, an array or lists")
    return array
