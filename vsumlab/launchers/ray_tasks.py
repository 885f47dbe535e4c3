"""Hydra's Ray launcher: tasks of a Ray cluster, or of one that is begun on this machine."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from types import FrameType
from typing import Any

from hydra.core.utils import JobReturn
from omegaconf import DictConfig, OmegaConf

from vsumlab.launchers.workers import Overrides, Workers
from vsumlab.processes import Terminated, terminate

LOCAL = {"include_dashboard": False, "object_store_memory": 78_643_200}
"""Of a Ray of this command's own: runs give Ray nothing to store (it takes no less), and need no page."""


class Ray(Workers):
    """Tasks of Ray, which tries a task again whose worker was lost."""

    plugin = "hydra_plugins.hydra_ray_launcher.ray_launcher.RayLauncher"
    tied = False  # Ray itself ends a command's tasks with it, on whatever machine they are

    def __init__(self, ray: DictConfig) -> None:
        own = OmegaConf.create(OmegaConf.to_container(ray, resolve=True))  # to which the plugin may add
        super().__init__(ray=own)

    def threads(self, runs: int) -> int:
        """Those of the CPUs that a task is given."""
        return max(1, int(self.parameters["ray"].remote.num_cpus or 1))

    def work(self, job_overrides: Overrides, initial_job_idx: int) -> Sequence[JobReturn]:
        """Connects to Ray, or begins it, until the runs are done."""
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        import ray

        asked = self.parameters["ray"]
        there: dict[Any, Any] = {str(name): value for name, value in asked.init.items() if value is not None}
        own = {} if "address" in there or "RAY_ADDRESS" in os.environ else LOCAL
        handler, asked_to_end = signal.getsignal(signal.SIGTERM), list[int]()

        def end(number: int, frame: FrameType | None) -> None:
            asked_to_end.append(number)
            terminate(number, frame)

        try:
            ray.init(**own | there)
            signal.signal(signal.SIGTERM, end)  # in the place of Ray's own
            if asked.remote.num_gpus is None:
                asked.remote.num_gpus = int("GPU" in ray.cluster_resources())  # type: ignore[no-untyped-call]
            return super().work(job_overrides, initial_job_idx)
        except SystemExit as stop:  # Ray raises one of its own for what a handler raises
            if asked_to_end:
                raise Terminated(143) from stop
            raise
        finally:
            ray.shutdown()
            signal.signal(signal.SIGTERM, handler)
