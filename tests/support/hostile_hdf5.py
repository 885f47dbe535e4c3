"""What an HDF5 file can have in place of an array that was written to it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import h5py
import numpy as np

from support.fuzz import Case

ABSURD = (
    np.nan,
    np.inf,
    -np.inf,
    -1,
    0,
    1e300,
    2.0**31,
    2.0**53,
    -(2.0**63),
    float(np.finfo(np.float32).max) * 10,
    0.5,
)
"""Numbers that hardly any place of a file is meant for."""


def absurd(array: np.ndarray, seed: int) -> np.ndarray:
    """An array of numbers with another shape, dtype or order, or with absurd numbers in it."""
    rng = random.Random(seed)
    array = np.asarray(array)
    kind = rng.choice(["one", "all", "type", "fewer", "more", "axis", "order", "none", "words"])
    if kind == "one" and array.size:
        changed = array.astype(np.float64)
        changed.flat[rng.randrange(array.size)] = rng.choice(ABSURD)
        return changed
    if kind in ("one", "all"):
        return np.full(array.shape, rng.choice(ABSURD))
    if kind == "type":
        with np.errstate(all="ignore"):
            return array.astype(rng.choice(["i1", "u1", "f2", ">f8", "i8", "u8", "c8", "?", "S3", "g"]))
    if kind in ("fewer", "more") and array.ndim:
        axis = rng.randrange(array.ndim)
        return np.delete(array, -1, axis) if kind == "fewer" else np.repeat(array, 2, axis)
    if kind == "axis":
        return array[None] if rng.random() < 0.5 else array.T
    if kind == "order" and array.ndim:
        return array[::-1]
    return np.empty((0, *array.shape[1:])) if kind == "none" else np.full(array.shape, b"words")


def unwritten(file: h5py.File, name: str) -> None:
    """An array of the same shape that was declared and never written."""
    shape, dtype = file[name].shape, file[name].dtype
    del file[name]
    file.create_dataset(name, shape, dtype)


def unwritten_chunks(file: h5py.File, name: str) -> None:
    """An array of which the first row alone was written."""
    values = file[name][()]
    del file[name]
    array = file.create_dataset(name, values.shape, values.dtype, chunks=(1, *values.shape[1:]))
    array[:1] = values[:1]


def declared(shape: tuple[int, ...], **layout: object) -> Callable[[h5py.File, str], None]:
    """An array of any shape, never written."""

    def change(file: h5py.File, name: str) -> None:
        del file[name]
        file.create_dataset(name, shape, "f8", **layout)

    return change


def virtual(source: str) -> Callable[[h5py.File, str], None]:
    """An array that shows what another file has, or `.`, itself."""

    def change(file: h5py.File, name: str) -> None:
        shape, dtype = file[name].shape, file[name].dtype
        layout = h5py.VirtualLayout(shape, dtype)
        layout[...] = h5py.VirtualSource(source, name, shape=shape, dtype=dtype)
        del file[name]
        file.create_virtual_dataset(name, layout)

    return change


def external_link(target: str) -> Callable[[h5py.File, str], None]:
    """A link to another file."""

    def change(file: h5py.File, name: str) -> None:
        del file[name]
        file[name] = h5py.ExternalLink(target, "/" + name)

    return change


def external_values(target: str) -> Callable[[h5py.File, str], None]:
    """An array whose bytes are another file's."""

    def change(file: h5py.File, name: str) -> None:
        shape, dtype, size = file[name].shape, file[name].dtype, file[name].nbytes
        del file[name]
        file.create_dataset(name, shape, dtype, external=[(target, 0, size)])

    return change


def soft_link(target: str) -> Callable[[h5py.File, str], None]:
    """A link to a name in the same file."""

    def change(file: h5py.File, name: str) -> None:
        del file[name]
        file[name] = h5py.SoftLink(target)

    return change


IN_PLACE_OF_AN_ARRAY = {
    "unwritten": unwritten,
    "virtual": virtual("nowhere.h5"),
    "virtual_itself": virtual("."),
    "link": external_link("nowhere.h5"),
    "link_to_zeros": external_link("/dev/zero"),
    "values_of_zeros": external_values("/dev/zero"),
    "terabytes": declared((1_000_000, 500_000)),
    "terabytes_chunked": declared((1_000_000, 500_000), chunks=(1000, 100), compression="gzip"),
    "one_column_too_many": declared((2**62, 1), chunks=(1, 1)),
    "soft_circle": lambda file, name: soft_link(f"/{name}")(file, name),
    "soft_nowhere": soft_link("/nowhere/at/all"),
}
"""By name, what must be refused where the array is needed."""


def h5_cases(good: Path, names: Sequence[str]) -> Iterator[Case]:
    """Each change in place of each array that a file needs, all of which are to be refused."""
    content = good.read_bytes()

    def write(path: Path, change: Callable[[h5py.File, str], None], name: str) -> None:
        path.write_bytes(content)
        with h5py.File(path, "a") as file:
            change(file, name)

    for kind, change in IN_PLACE_OF_AN_ARRAY.items():
        for name in names:
            label = f"{kind}_{name.replace('/', '_')}.h5"
            yield Case(label, lambda path, change=change, name=name: write(path, change, name), "refused")


def absurd_cases(good: Path, names: Sequence[str], seeds: range) -> Iterator[Case]:
    """One array of a file made absurd, for each seed."""
    content = good.read_bytes()

    def write(path: Path, seed: int) -> None:
        path.write_bytes(content)
        name = random.Random(seed).choice(names)
        with h5py.File(path, "a") as file:
            values = absurd(file[name][()], seed)
            del file[name]
            file[name] = values

    for seed in seeds:
        yield Case(f"absurd_{seed}.h5", lambda path, seed=seed: write(path, seed))
