"""Means over videos and folds of rows as `evaluate_fold` gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vsumlab.core.metric_names import METRICS

if TYPE_CHECKING:
    import pandas as pd


def fold_means(rows: pd.DataFrame) -> pd.DataFrame:
    """The mean over the videos of each fold, by (scorer, fold), in order of appearance.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"scorer": "csnet", "fold": [0, 0, 1], **dict.fromkeys(METRICS, [0.2, 0.4, 0.9])})
    >>> fold_means(rows)["f1_mean"].round(2).to_dict()
    {('csnet', 0): 0.3, ('csnet', 1): 0.9}
    """
    return rows.groupby(["scorer", "fold"], sort=False)[list(METRICS)].mean()


def summarize(rows: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """What a run's record says of each scorer; both kinds of means are in use in the literature.

    Returns:
        By scorer: `folds`, the means over each fold's videos; `mean` and `spread`, their mean and sample
        standard deviation over folds; `videos`, the means over all videos; `n_videos`; and `n_without_rank`,
        how many rows have no part in the means of rank correlations, as scores are constant.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"scorer": "csnet", "fold": [0, 0, 1], "video": ["a", "b", "c"]})
    >>> csnet = summarize(rows.assign(**dict.fromkeys(METRICS, [0.2, 0.4, 0.9])))["csnet"]
    >>> round(csnet["mean"]["f1_mean"], 2), round(csnet["videos"]["f1_mean"], 2), csnet["n_videos"]
    (0.6, 0.5, 3)
    """
    summary = {}
    for scorer, own in rows.groupby("scorer", sort=False):
        by_fold = fold_means(own).droplevel("scorer")
        by_video = own.groupby("video", sort=False)[list(METRICS)].mean()  # some split files test one twice
        summary[str(scorer)] = {
            "folds": by_fold.to_dict("index"),
            "mean": by_fold.mean().to_dict(),
            "spread": by_fold.std().to_dict(),
            "videos": by_video.mean().to_dict(),
            "n_videos": len(by_video),
            "n_without_rank": int(own["kendall_tau"].isna().sum()),
        }
    return summary
