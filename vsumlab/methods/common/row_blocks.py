"""Blocks of the rows of a matrix that is too large to be held at a time."""

from __future__ import annotations

BLOCK_ELEMENTS = 2**24
"""Of a block: 64 MB; a few are alive at a time."""


def row_blocks(n_rows: int, row_elements: int) -> list[slice]:
    """The rows in order, in blocks of as many as memory is for, at least one.

    Args:
        n_rows: How many there are.
        row_elements: How many numbers are held for each.

    >>> row_blocks(3, BLOCK_ELEMENTS // 2)
    [slice(0, 2, None), slice(2, 3, None)]
    """
    if n_rows * row_elements <= BLOCK_ELEMENTS:
        return [slice(0, n_rows)]  # without a loop, which `torch.compile` would unroll for each length anew
    step = max(1, BLOCK_ELEMENTS // row_elements)
    return [slice(start, min(start + step, n_rows)) for start in range(0, n_rows, step)]
