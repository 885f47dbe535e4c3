"""Hydra's submitit launchers: jobs of SLURM, and the same jobs as processes of this machine."""

from __future__ import annotations

import logging
import signal
import time
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn, JobStatus

from vsumlab.checks import CPUS
from vsumlab.launchers.worker import Outcome
from vsumlab.launchers.workers import Overrides, Workers, share
from vsumlab.runs.claim import locked
from vsumlab.runs.fold_record import write_failure
from vsumlab.runs.folder import status
from vsumlab.runs.record import Origin, this_process

log = logging.getLogger(__name__)

LOOK_S = 0.2
"""How often this looks whether a local job is done."""


class Submitit(Workers):
    """Jobs of submitit: by the plugin a lost one would end the sweep, though others are at work.

    Attributes:
        cluster: What submitit calls the kind of jobs.
        own: Parameters that submitit takes before the others, or not at all.
    """

    cluster: ClassVar[str]
    own: ClassVar[tuple[str, ...]]

    def work(self, job_overrides: Overrides, initial_job_idx: int) -> Sequence[JobReturn]:
        """Submits the runs, and waits for all of them."""
        calls = [
            (list(overrides), "hydra.sweep.dir", number, f"job_id_for_{number}", Singleton.get_state())
            for number, overrides in enumerate(job_overrides, initial_job_idx)
        ]
        log.info("%d jobs, whose logs are in %s", len(calls), Path(self.parameters["submitit_folder"]).parent)
        jobs = self.submit(self.executor(), calls)
        return [self.result(job, overrides) for job, overrides in zip(jobs, job_overrides, strict=True)]

    def executor(self, **first: Any) -> Any:
        """What submits, with what was asked for of each job.

        Args:
            **first: What submitit takes before the others.
        """
        import submitit
        from hydra_plugins.hydra_submitit_launcher import config  # type: ignore[import-untyped]

        common = config.BaseQueueConf.__dataclass_fields__
        asked = {name: value for name, value in self.launcher.params.items() if name not in self.own}
        executor = submitit.AutoExecutor(
            self.launcher.params["submitit_folder"], cluster=self.cluster, **first
        )
        executor.update_parameters(
            **{name if name in common else f"{self.cluster}_{name}": asked[name] for name in asked}
        )
        return executor

    @abstractmethod
    def submit(self, executor: Any, calls: Sequence[tuple[Any, ...]]) -> Sequence[Any]:
        """Submits a job a run."""

    def result(self, job: Any, overrides: Sequence[str]) -> JobReturn:
        """What a job came to; one that was lost, by a kill or its time limit, is a run that failed."""
        import submitit.core.utils as errors

        try:
            (done,) = job.results()
            assert isinstance(done, JobReturn)
            log.info("job %s has ended: %s", job.job_id, " ".join(overrides))
            return done
        except (errors.UncompletedJobError, errors.FailedJobError):
            said = f"job {job.job_id} ended without a result ({job.state.lower()}): see {job.paths.stderr}"
        config = self.loader.load_sweep_config(self.launcher.config, list(overrides))
        run = Path(config.hydra.sweep.dir, str(config.hydra.sweep.subdir))
        origin = Origin(this_process().command, list(overrides))
        with locked(run) as alone:  # a job that was begun again may have it
            if alone and status(run) != "done":
                write_failure(run, config, origin, RuntimeError(said))
        lost = JobReturn(overrides=overrides, status=JobStatus.COMPLETED)
        lost.return_value = Outcome(None, f"vsumlab: {run.name}: {said}\n")
        return lost


class SubmititLocal(Submitit):
    """Processes of this machine, in number up to `array_parallelism`, by default its CPUs."""

    plugin = "hydra_plugins.hydra_submitit_launcher.submitit_launcher.LocalLauncher"
    cluster, own = "local", ("submitit_folder", "array_parallelism")

    def at_once(self) -> int:
        """As many as are asked for."""
        return int(self.parameters["array_parallelism"] or CPUS)

    def threads(self, runs: int) -> int:
        """A share of this machine's."""
        return share(self.at_once(), runs)

    def submit(self, executor: Any, calls: Sequence[tuple[Any, ...]]) -> Sequence[Any]:
        """Submits a job a run as others end: submitit would begin all of them."""
        self.jobs: list[Any] = []
        for call in calls:
            while sum(not job.done() for job in self.jobs) >= self.at_once():
                time.sleep(LOOK_S)
            handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # which a job's process takes over
            try:
                self.jobs.append(executor.submit(self.launcher, *call))
            finally:
                signal.signal(signal.SIGINT, handler)
        return self.jobs

    def work(self, job_overrides: Overrides, initial_job_idx: int) -> Sequence[JobReturn]:
        """Does the runs, and ends those that are left where the command ends."""
        try:
            return super().work(job_overrides, initial_job_idx)
        finally:
            for job in getattr(self, "jobs", ()):
                if not job.done():
                    job._process.terminate()


class SubmititSlurm(Submitit):
    """Jobs of a cluster's SLURM, which outlive the command."""

    plugin = "hydra_plugins.hydra_submitit_launcher.submitit_launcher.SlurmLauncher"
    cluster, own = "slurm", ("submitit_folder", "max_num_timeout")
    tied = False
    left = "the jobs are left to SLURM (squeue shows them, scancel ends them), what they finish is kept"

    def threads(self, runs: int) -> int | None:
        """Those of the CPUs that a job is given."""
        cpus: int | None = self.parameters["cpus_per_task"]
        return cpus

    def executor(self, **first: Any) -> Any:
        """With how often a job that is out of time goes on in another one."""
        return super().executor(slurm_max_num_timeout=self.parameters["max_num_timeout"], **first)

    def submit(self, executor: Any, calls: Sequence[tuple[Any, ...]]) -> Sequence[Any]:
        """Submits one array."""
        jobs: Sequence[Any] = executor.map_array(self.launcher, *zip(*calls, strict=True))
        return jobs
