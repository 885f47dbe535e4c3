"""What a reader of a page has to know of the words and marks that occur in its tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vsumlab.methods.registry import method_of
from vsumlab.report.tables import Table
from vsumlab.runs.reading import Run

Entry = tuple[str, str]
"""A term, and what it means."""

METRICS: tuple[Entry, ...] = (
    (
        "τ",
        "Kendall's rank correlation of a method's importance scores with each person's, from −1 to 1; 0 is "
        "chance. The figure to go by.",
    ),
    ("ρ", "Spearman's rank correlation of the same."),
    (
        "F1",
        "How far the shots that are selected by the scores, at most 15 % of a video, are those that people "
        "chose. Random scores can come close to people by it (Otani et al., CVPR 2019): compare the rows of "
        "both.",
    ),
)
BASELINES: tuple[Entry, ...] = (
    ("random", "Random scores."),
    ("human", "Each person judged by the others, which is what a method can hope for."),
    ("gtscore", "The people's mean, which no method can know."),
)
MARKS: tuple[Entry, ...] = (
    (
        "test oracle",
        "A row whose epoch was chosen on the test videos: what that would flatter it by, no result.",
    ),
    ("≈", "What chance could make of random scores: p is 0.05 or more."),
    ("†", "A row that is on purpose otherwise than in its paper, as the method's page says."),
    (
        "p",
        "How often chance alone would make a mean difference as large, by a paired permutation test over "
        "videos. On fewer than 6 videos it cannot be below 0.05, and nothing is marked.",
    ),
)


def glossary(runs: Sequence[Run], tables: Sequence[Table]) -> list[Entry]:
    """The terms in the headers and cells of some tables, and no others, in the order of a reader's questions.

    Args:
        runs: What the tables are of: their methods explain their own terms.
        tables: What the reader is shown.
    """
    targets = dict.fromkeys(str(run.config.get("method._target_")) for run in runs)
    of_methods = [entry for target in targets if (method := method_of(target)) for entry in method.glossary]
    shown = "\n".join(
        cell for table in tables if table.rows for row in (table.header, *table.rows) for cell in row
    )
    entries = dict.fromkeys([*METRICS, *BASELINES, *of_methods, *MARKS])
    return [(term, meaning) for term, meaning in entries if occurs(term, shown)]


def occurs(term: str, text: str) -> bool:
    """Whether a text has a term as a word of its own.

    >>> occurs("csnet", "csnet_unscaled, lr=1"), occurs("align", "align,uniform"), occurs("≈", "0.1 ≈")
    (False, True, True)
    """
    return re.search(rf"(?<![\w-]){re.escape(term)}(?![\w-])", text) is not None
