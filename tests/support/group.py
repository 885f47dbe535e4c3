"""A function in each process of a group."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
from torch import distributed, multiprocessing


def in_group(function: Callable[[int], Any], n_processes: int, folder: Path) -> list[Any]:
    """What a function of a module gives in each process of a group, by their ranks."""
    multiprocessing.spawn(_call, (function, n_processes, str(folder)), nprocs=n_processes)
    return [torch.load(folder / f"{rank}.pt") for rank in range(n_processes)]


def _call(rank: int, function: Callable[[int], Any], n_processes: int, folder: str) -> None:
    store = distributed.FileStore(f"{folder}/store", n_processes)
    limit = timedelta(seconds=60)
    distributed.init_process_group("gloo", store=store, rank=rank, world_size=n_processes, timeout=limit)
    torch.save(function(rank), f"{folder}/{rank}.pt")
    distributed.destroy_process_group()
