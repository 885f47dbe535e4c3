"""What the checkpoints of a fold are called."""

from __future__ import annotations

LAST = "last"


def checkpoint_name(selection: str, scorer: str | None = None) -> str:
    """The file of the weights that a selection tests, without its `.ckpt`.

    Args:
        selection: As in `selection=NAME`.
        scorer: Which scorer's, where the selection chooses an epoch for each; None for the method's main one.

    >>> checkpoint_name("last"), checkpoint_name("test_oracle", "align")
    ('last', 'test_oracle_align')
    """
    return selection if scorer is None else f"{selection}_{scorer}"
