"""Self-attention of one video, however long: O(T^2) time, and without gradients memory of a block of rows."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from vsumlab.methods.common.row_blocks import row_blocks


def energy_blocks(query: Tensor, key: Tensor) -> Iterator[tuple[slice, Tensor]]:
    """How well query frames match all key frames, for as many query frames at a time as memory is for.

    Args:
        query: (…, T, E), such as (T, E) or, with heads, (H, T, E).
        key: (…, T, E) of the same shape.

    Yields:
        Which query frames, R of them in order, and their energies (…, R, T), the products with each key, as
        float32.

    >>> import torch
    >>> [(rows, energies.tolist()) for rows, energies in energy_blocks(torch.eye(2), 2 * torch.eye(2))]
    [(slice(0, 2, None), [[2.0, 0.0], [0.0, 2.0]])]
    """
    for rows in row_blocks(query.shape[-2], key.shape[:-1].numel()):
        yield rows, (query[..., rows, :] @ key.mT).float()
