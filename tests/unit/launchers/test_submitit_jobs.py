import time

from vsumlab.checks import CPUS
from vsumlab.launchers.submitit_jobs import SubmititLocal, SubmititSlurm


class Job:
    """A job that is done a moment after it was begun."""

    running = most = 0

    def __init__(self) -> None:
        Job.running += 1
        Job.most = max(Job.most, Job.running)
        self.until, self.counted = time.monotonic() + 0.3, True

    def done(self) -> bool:
        if self.counted and time.monotonic() > self.until:
            self.counted = False
            Job.running -= 1
        return not self.counted


class Executor:
    def submit(self, launcher, *call) -> Job:
        return Job()


def test_no_more_local_jobs_at_once_than_are_asked_for() -> None:
    launcher = SubmititLocal(array_parallelism=2)
    launcher.launcher = None
    assert len(launcher.submit(Executor(), [(number,) for number in range(5)])) == 5
    assert Job.most == 2


def test_by_default_there_are_as_many_as_cpus_and_share_the_threads(monkeypatch) -> None:
    assert SubmititLocal(array_parallelism=None).at_once() == CPUS
    monkeypatch.setattr("torch.get_num_threads", lambda: 8 * CPUS)
    assert SubmititLocal(array_parallelism=None).threads(runs=1000) == 8


def test_a_job_computes_with_the_cpus_that_it_is_given() -> None:
    assert SubmititSlurm(cpus_per_task=7).threads(runs=100) == 7
    assert SubmititSlurm(cpus_per_task=None).threads(runs=100) is None
