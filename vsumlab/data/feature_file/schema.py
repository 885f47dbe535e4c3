"""What a video's group in a feature file has to hold, key by key.

Each function takes what was found under one key and returns it in the form `Video` wants, or raises a
`SchemaError`. Public files differ in small ways that the field's evaluation code lets pass; these are mended
here: picks and counts stored as floats, counts stored as arrays of one, and lengths that differ from
`n_frames` by at most `FRAME_TOLERANCE`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from vsumlab.core.hdf5_array import RefusedError, stored

FRAME_TOLERANCE = 15
"""Frames by which `user_summary` and the last shot may miss `n_frames`: one step between the field's picks.

Within it they are cut, or padded with zeros and extended; beyond it the file is refused.
"""

MIN_PICKS = 2
"""A video of one frame has no differences, no shots to choose from and no rank correlation."""

Array = npt.NDArray[Any]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Entry:
    """What a key holds: its number of axes, the sentence a user reads, and the dtype kinds it may have."""

    ndim: int
    expected: str
    kinds: str = "iuf"


SCHEMA = {
    "features": Entry(2, "finite numbers of shape (T, D), one row a pick, T at least 2"),
    "picks": Entry(1, "T whole frame indices, strictly increasing, from 0 to n_frames - 1"),
    "n_frames": Entry(0, "one whole number above 0"),
    "n_steps": Entry(0, "one whole number, the T of features"),
    "change_points": Entry(
        2,
        "whole numbers of shape (S, 2): first and last frame of each shot, no gaps, from 0 to n_frames - 1",
    ),
    "n_frame_per_seg": Entry(1, "S whole numbers, last - first + 1 of each of change_points"),
    "user_summary": Entry(2, "0 or 1 of shape (U, n_frames), a row for each annotator", kinds="biuf"),
    "user_scores": Entry(2, "finite numbers of shape (U, T), the same U annotators as in user_summary"),
    "gtscore": Entry(1, "T finite numbers"),
    "fps": Entry(0, "one number above 0, the video's frames a second"),
}


class SchemaError(Exception):
    """A key that does not hold what it should; the message lacks only the file and the video."""

    def __init__(self, key: str, found: str, mend: str) -> None:
        self.key = key
        super().__init__(f"{key}: found {found}; expected {SCHEMA[key].expected}; {mend}")


def load(group: h5py.Group, key: str) -> Array:
    """Reads a key whose dtype and number of axes are as in `SCHEMA`; counts come back as scalar arrays."""
    entry = SCHEMA[key]
    item = group.get(key)
    if item is None:
        raise SchemaError(
            key, "no such key", f"add it or correct its name (there are {', '.join(map(str, [*group][:12]))})"
        )
    if not isinstance(item, h5py.Dataset) or item.shape is None:
        raise SchemaError(key, "a group or an empty key", "store an array")
    if item.dtype.kind not in entry.kinds:
        raise SchemaError(key, f"dtype {item.dtype}", "store numbers")
    is_count = entry.ndim == 0 and item.shape == (1,)
    if item.ndim != entry.ndim and not is_count:
        raise SchemaError(key, f"shape {item.shape}", "store it in that shape")
    try:
        values = stored(item)
    except RefusedError as error:
        raise SchemaError(key, str(error), "write it anew") from error
    return values.reshape(()) if is_count else values


def whole(key: str, values: Array) -> Integers:
    """Whole numbers of any dtype as int64."""
    exact = values.astype(np.float64)
    bad = ~np.isfinite(exact) | (exact != np.rint(exact)) | (np.abs(exact) > 2**53)
    if bad.any():
        raise SchemaError(key, f"{exact[bad].flat[0]}, which is not whole", "round it or write it anew")
    return exact.astype(np.int64)


def finite(key: str, values: Array, axis: int) -> None:
    """Refuses NaN and infinity, naming the first pick; `axis` runs over picks."""
    bad = ~np.isfinite(values)
    if bad.any():
        pick = int(np.argwhere(bad)[:, axis].min())
        raise SchemaError(
            key, f"{int(bad.sum())} of {bad.size} values not finite, first at pick {pick}", "compute it anew"
        )


def features(values: Array) -> npt.NDArray[np.float32 | np.uint8]:
    """(T, D) as float32, or as they are where they are quantized to uint8."""
    n_picks, dim = values.shape
    if n_picks < MIN_PICKS or dim < 1:
        raise SchemaError("features", f"shape {values.shape}", "leave this video out or extract more frames")
    if values.dtype == np.uint8:
        return values
    with np.errstate(over="ignore"):  # a float64 too large for float32 is refused as infinite
        single = values.astype(np.float32)
    finite("features", single, axis=0)
    return single


def n_frames(values: Array) -> int:
    """N as an int."""
    count = int(whole("n_frames", values))
    if count < 1:
        raise SchemaError("n_frames", str(count), "write the video's number of frames")
    return count


def n_steps(values: Array, n_picks: int) -> None:
    """Refuses an `n_steps` that is not T."""
    count = int(whole("n_steps", values))
    if count != n_picks:
        raise SchemaError("n_steps", f"{count} for {n_picks} rows of features", "correct or remove it")


def picks(values: Array, n_picks: int, n_frames: int) -> Integers:
    """(T,) frame indices as int64."""
    frames = whole("picks", values)
    if len(frames) != n_picks:
        raise SchemaError("picks", f"{len(frames)} for {n_picks} rows of features", "give each row its frame")
    backward = np.flatnonzero(np.diff(frames) <= 0)
    if backward.size:
        i = int(backward[0])
        raise SchemaError(
            "picks", f"{frames[i + 1]} after {frames[i]} at pick {i + 1}", "sort picks and features"
        )
    if frames[0] < 0 or frames[-1] >= n_frames:
        raise SchemaError(
            "picks",
            f"{frames[0]} to {frames[-1]} in a video of {n_frames} frames",
            "correct picks or n_frames",
        )
    return frames


def shots(values: Array, n_frames: int) -> Integers:
    """(S, 2) shots as int64, the last one cut or extended to end at N - 1 if it nearly does."""
    key = "change_points"
    found = whole(key, values)
    if found.shape[1] != 2 or not len(found):
        raise SchemaError(key, f"shape {found.shape}", "store one row (first, last) for each shot")
    first, last = found.T
    if (last < first).any():
        i = int(np.argmax(last < first))
        raise SchemaError(key, f"shot {i} from {first[i]} to {last[i]}", "order first and last frame")
    gaps = first[1:] != last[:-1] + 1
    if first[0] != 0 or gaps.any():
        i = int(np.argmax(gaps)) + 1 if first[0] == 0 else 0
        before = f"shot {i - 1} ends at {last[i - 1]}" if i else "the video starts at 0"
        raise SchemaError(
            key, f"shot {i} starts at {first[i]} where {before}", "let each start one after the last"
        )
    if abs(last[-1] + 1 - n_frames) > FRAME_TOLERANCE or first[-1] >= n_frames:
        raise SchemaError(
            key,
            f"a last shot from {first[-1]} to {last[-1]} in a video of {n_frames} frames",
            f"correct it or n_frames (a last frame off by up to {FRAME_TOLERANCE} is mended)",
        )
    mended = found.copy()
    mended[-1, 1] = n_frames - 1
    return mended


def n_frame_per_seg(values: Array, change_points: Array, shots: Integers) -> None:
    """Refuses shot lengths that agree neither with the shots as stored nor as mended."""
    lengths = whole("n_frame_per_seg", values)
    as_stored, as_mended = (np.diff(s.astype(np.int64), axis=1)[:, 0] + 1 for s in (change_points, shots))
    if not (np.array_equal(lengths, as_stored) or np.array_equal(lengths, as_mended)):
        found = f"{len(lengths)} lengths summing to {lengths.sum()} for {len(shots)} shots"
        raise SchemaError("n_frame_per_seg", f"{found} of {as_mended.sum()} frames", "correct or remove it")


def user_summary(values: Array, n_frames: int) -> npt.NDArray[np.bool_]:
    """(U, N) as bool, cut or padded with zeros to N if it nearly has that length."""
    key = "user_summary"
    n_users, length = values.shape
    if not n_users or abs(length - n_frames) > FRAME_TOLERANCE:
        raise SchemaError(
            key,
            f"shape {values.shape} in a video of {n_frames} frames",
            f"give each annotator n_frames values (up to {FRAME_TOLERANCE} more or fewer are mended)",
        )
    chosen = values == 1
    if not (chosen | (values == 0)).all():
        raise SchemaError(key, f"the value {values[~chosen & (values != 0)][0]}", "store key-shot summaries")
    if chosen.any() and not (chosen[:, 1:] & chosen[:, :-1]).any():  # as in OVP and YouTube
        raise SchemaError(key, "single key frames", "store key-shot summaries, or only train on this file")
    mended = np.zeros((n_users, n_frames), dtype=np.bool_)
    mended[:, :length] = chosen[:, :n_frames]
    return mended


def user_scores(values: Array, n_users: int, n_picks: int) -> npt.NDArray[np.float64]:
    """(U, T) as float64."""
    if values.shape != (n_users, n_picks):
        found = f"shape {values.shape} for {n_users} annotators and {n_picks} picks"
        raise SchemaError("user_scores", found, "store each annotator's scores at the picks, or remove it")
    finite("user_scores", values, axis=1)
    return values.astype(np.float64)


def gtscore(values: Array, n_picks: int) -> npt.NDArray[np.float32]:
    """(T,) as float32 in [0, 1]; scores in other units (TVSum's 1 to 5) are min-max scaled."""
    if len(values) != n_picks:
        raise SchemaError("gtscore", f"{len(values)} for {n_picks} rows of features", "store it at the picks")
    finite("gtscore", values, axis=0)
    scores = values.astype(np.float64)
    with np.errstate(over="ignore"):
        low, high, spread = scores.min(), scores.max(), np.ptp(scores)
    if low < 0 or high > 1:
        if not np.isfinite(spread):
            raise SchemaError("gtscore", f"values from {low} to {high}", "compute it anew")
        scores = (scores - low) / max(spread, np.finfo(np.float64).tiny)
    return scores.astype(np.float32)


def fps(values: Array) -> float:
    """Frames a second."""
    rate = float(values)
    if not 0 < rate < np.inf:
        raise SchemaError("fps", str(rate), "correct or remove it (30 is assumed without)")
    return rate
