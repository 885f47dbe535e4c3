"""Experiments in unsupervised video summarization, on one evaluation protocol."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vsumlab.version import __version__

if TYPE_CHECKING:
    from vsumlab.methods.summarizer import Summarizer

__all__ = ["__version__", "load"]


def load(run: Path | str, fold: int | None = None, scorer: str | None = None) -> Summarizer:
    """Gives a run's trained method back, ready to score.

    Args:
        run: A run folder.
        fold: Which fold's method; may be left out where the run has only one.
        scorer: Whose epoch, where `selection=test_oracle` chose one for each of the method's scorers: the
            main one's, unless another is named.

    Returns:
        The method, in evaluation mode, on the CPU: `load(run, fold=0).score(features)` takes features (T, D)
        and gives importance scores (T,) in [0, 1].

    Raises:
        UserError: If the folder holds no such trained method.
    """
    from vsumlab.runs.loading import load_method  # torch takes seconds to import

    return load_method(Path(run), fold, scorer)
