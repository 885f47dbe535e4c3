"""Who is drawn: the videos with the smallest priorities, a priority being a keyed hash of the video's id.

The hash makes every video's priority an independent uniform number that depends on the seed and the id
alone. The `count` smallest are thus a uniform sample without replacement, whatever the order of the shards
and however many processes read them; a video that occurs twice has one priority, so it is one video; and each
shard can be read on its own. A reservoir would have to see all videos in one order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

ENTRY = np.dtype([("priority", "<u8"), ("offset", "<u8")])
"""Where a video is: its priority, and the offset of its record in bytes. 98 MB for all of YouTube-8M."""

Entries = npt.NDArray[Any]

ENTRIES_IN_MEMORY = 1 << 20
"""About how many entries are merged at a time: 24 MB."""


@dataclass(frozen=True, eq=False)
class Sample:
    """What was drawn.

    Attributes:
        drawn: Entries by the number of their shard, each shard's in the order of the offsets.
        videos_seen: Different videos that there were to draw from.
    """

    drawn: dict[int, Entries]
    videos_seen: int

    @property
    def size(self) -> int:
        """How many videos were drawn."""
        return sum(map(len, self.drawn.values()))


def priority(video_id: bytes, seed: int) -> int:
    """A video's priority, in [0, 2^64).

    Two videos of YouTube-8M's six million share one with a chance of one in a million; then the second counts
    as a copy of the first.
    """
    return int.from_bytes(blake2b(video_id, digest_size=8, key=str(seed).encode()).digest(), "little")


def draw(
    entries_of: Callable[[int], Entries],
    sizes: Sequence[int],
    count: int | None,
    in_memory: int = ENTRIES_IN_MEMORY,
) -> Sample:
    """Draws the videos with the smallest priorities from all shards.

    The shards' entries are merged in ranges of priorities, from the smallest on, so that memory holds one
    range of all shards, and the drawn. Of a video that occurs several times the first copy counts.

    Args:
        entries_of: Gives a shard's entries by its number.
        sizes: How many entries each shard has.
        count: How many videos are drawn, if there are so many; None for all.
        in_memory: About how many entries are merged at a time.
    """
    n_ranges = max(1, -(-sum(sizes) // in_memory))
    drawn: list[tuple[npt.NDArray[np.intp], Entries]] = []
    missing, seen = sum(sizes) if count is None else count, 0
    for low, high in pairwise(i * 2**64 // n_ranges for i in range(n_ranges + 1)):
        parts = [_between(entries_of(shard), low, high - 1) for shard in range(len(sizes))]
        entries = np.concatenate([np.empty(0, ENTRY), *parts])
        shards = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        in_order = np.lexsort((entries["offset"], shards, entries["priority"]))
        _, first = np.unique(entries["priority"][in_order], return_index=True)
        chosen = in_order[first[:missing]]
        drawn.append((shards[chosen], entries[chosen]))
        missing -= len(chosen)
        seen += len(first)
    shards = np.concatenate([of for of, _ in drawn])
    entries = np.concatenate([of for _, of in drawn])
    in_order = np.lexsort((entries["offset"], shards))
    numbers, starts = np.unique(shards[in_order], return_index=True)
    by_shard = zip(numbers.tolist(), np.split(entries[in_order], starts[1:]), strict=False)
    return Sample(dict(by_shard), seen)


def _between(entries: Entries, low: int, last: int) -> Entries:
    priorities = entries["priority"]
    return entries[(priorities >= np.uint64(low)) & (priorities <= np.uint64(last))]
