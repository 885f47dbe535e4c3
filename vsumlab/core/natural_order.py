"""The order in which people list numbered names."""

from __future__ import annotations

import re


def natural_order(key: str) -> tuple[tuple[int, str], ...]:
    """A sort key under which `video_2` comes before `video_10`; no two keys tie.

    >>> sorted(["video_10", "video_2"], key=natural_order)
    ['video_2', 'video_10']
    """
    parts = re.split(r"(\d{1,999})", key)  # Python turns no more than 4300 digits into a number
    return (*((int(part), "") if part.isdecimal() else (-1, part) for part in parts), (-1, key))
