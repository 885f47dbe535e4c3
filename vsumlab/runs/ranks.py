"""Several processes of one run: the first one decides, the others follow."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import TypeVar

import torch
from lightning_fabric.utilities.rank_zero import rank_zero_only

JOURNAL = "VSUMLAB_DECISIONS"
"""The environment variable by which decisions reach processes that are started after them."""

Plain = TypeVar("Plain", bound=str)

_replayed = 0


def is_first() -> bool:
    """Whether this is the first process of its run, or the only one."""
    return bool(rank_zero_only.rank == 0)  # type: ignore[attr-defined]


def from_first_process(decide: Callable[[], Plain]) -> Plain:
    """What the first process decides, in all of them.

    Lightning starts the others in the middle of the first one's run, and they repeat the whole command from
    its beginning. What was decided before they started they find in the environment; later decisions come
    through the process group that Lightning has made by then.

    Args:
        decide: Called in the first process alone.
    """
    global _replayed
    journal: list[Plain] = json.loads(os.environ.get(JOURNAL, "[]"))
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        decision = [decide() if is_first() else None]
        torch.distributed.broadcast_object_list(decision, src=0)
        return decision[0]  # type: ignore[return-value]
    if is_first():
        made = decide()
        os.environ[JOURNAL] = json.dumps([*journal, made])
        return made
    _replayed += 1
    return journal[_replayed - 1]
