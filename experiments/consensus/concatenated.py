"""Makes one feature file of two networks' features of the same videos.

`python experiments/consensus/concatenated.py ONE.h5 OTHER.h5 BOTH.h5` scales both networks' features of each
frame to unit length and puts them one after the other; all else is as in the first file.
"""

from __future__ import annotations

import sys
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt

from vsumlab.errors import UserError
from vsumlab.runs.folder import replacing


def concatenate(one: Path, other: Path, both: Path) -> None:
    """Writes the file of both.

    Raises:
        UserError: If the files are not of the same videos at the same picks.
    """
    with h5py.File(one) as first, h5py.File(other) as second, replacing(both) as unfinished:
        if set(first) != set(second):
            raise UserError(f"{other}: not of the videos of {one}: name two files of the same videos")
        with h5py.File(unfinished, "w") as file:
            for key in first:
                if not np.array_equal(first[key]["picks"], second[key]["picks"]):
                    raise UserError(f"{other}: {key}: other picks than in {one}: extract at the same frames")
                group = file.create_group(key)
                for name in first[key]:
                    if name != "features":
                        first.copy(first[key][name], group, name)
                parts = [unit(each[key]["features"][()]) for each in (first, second)]
                group["features"] = np.concatenate(parts, axis=1).astype(np.float16)


def unit(features: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Frames (T, D) at length 1."""
    numbers = features.astype(np.float32)
    scaled: npt.NDArray[np.float32] = numbers / np.linalg.norm(numbers, axis=1, keepdims=True).clip(1e-12)
    return scaled


if __name__ == "__main__":
    concatenate(*map(Path, sys.argv[1:4]))
