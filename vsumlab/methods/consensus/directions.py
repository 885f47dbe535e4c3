"""Directions that ship with the package: numbers of one network's features, each with where it comes from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vsumlab.errors import UserError

FOLDER = Path(__file__).with_name("directions")


def shipped() -> list[str]:
    """The names of the directions that there are, each with a `.json` that says what it was made from."""
    return sorted(file.stem for file in FOLDER.glob("*.npy"))


def load_direction(name: str, feature_dim: int) -> Tensor:
    """A direction (D,), float32.

    Args:
        name: Of one that ships, or a `.npy` file.
        feature_dim: D.

    Raises:
        UserError: If there is none, or it is not of D finite numbers.
    """
    file = FOLDER / f"{name}.npy" if name in shipped() else Path(name)
    try:
        numbers = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise UserError(
            f"method.direction={name}: no such direction: expected {', '.join(shipped())}, or a .npy file"
        ) from error
    if numbers.shape != (feature_dim,) or numbers.dtype.kind != "f" or not np.isfinite(numbers).all():
        raise UserError(
            f"method.direction={name}: found {numbers.dtype} of shape {numbers.shape}: expected "
            f"{feature_dim} finite numbers, a feature's: take features of the network that it is of"
        )
    return torch.from_numpy(numbers.astype(np.float32))
