"""Experiments in unsupervised video summarization, on one evaluation protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vsumlab.version import __version__

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vsumlab.core.arrays import Numbers
    from vsumlab.core.video import Video
    from vsumlab.methods.summarizer import Summarizer

__all__ = ["__version__", "load", "plot"]


def load(
    run: Path | str, fold: int | None = None, scorer: str | None = None, trust: str | Sequence[str] = ()
) -> Summarizer:
    """Gives a run's trained method back, ready to score.

    Args:
        run: A run folder.
        fold: Which fold's method; may be left out where the run has only one.
        scorer: Whose epoch, where `selection=test_oracle` chose one for each of the method's scorers: the
            main one's, unless another is named.
        trust: Packages, modules or classes, besides this package, those that register methods and what is
            imported already, that the folder may name: to import them runs their code.

    Returns:
        The method, in evaluation mode, on the CPU: `load(run, fold=0).score(features)` takes features (T, D)
        and gives importance scores (T,) in [0, 1].

    Raises:
        UserError: If the folder holds no such trained method, or one that is not trusted.
    """
    from vsumlab.methods.trust import trusting  # torch takes seconds to import
    from vsumlab.runs.loading import load_method

    with trusting(trust):
        return load_method(Path(run), fold, scorer)


def plot(video: Video, scores: Numbers | Mapping[str, Numbers]) -> Figure:
    """Draws importance scores of a video as runs draw theirs: a panel each, with key-shots and people's mean.

    Args:
        video: Such as `VideoFile("data/demo.h5")["video_1"]`.
        scores: One (T,) of numbers >= 0, at the video's picks, or several by name.

    Returns:
        A Matplotlib figure, which a notebook shows; `savefig` writes it.

    Raises:
        UserError: If there are no scores, or some that are not of this video's picks, not finite or below 0.
    """
    from vsumlab.callbacks.video_plot import scores_plot  # Matplotlib takes a while to import

    return scores_plot(video, scores)
