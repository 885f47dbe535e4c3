"""What a thousand jobs on a shared folder cost: claims and reports, and whether they grow as their number."""

import multiprocessing
import time
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path

from support.run_folders import made_run

from vsumlab.report.contents import report_tables
from vsumlab.runs.claim import BusyError, DoneError, claimed
from vsumlab.runs.folder import fold_folder, write_record
from vsumlab.runs.reading import find_runs

JOBS = (100, 300, 1000)
SEEDS = 10
"""Of each configuration: a thousand jobs are a hundred rows of ten seeds."""
PROCESSES = 2


def work_through(run: Path, n_folds: int, ready: Barrier, seconds: SimpleQueue[float]) -> None:
    """Claims one fold after the other, and leaves a record where it got one that is not done."""
    ready.wait()
    started = time.perf_counter()
    for fold in range(n_folds):
        folder = fold_folder(run, fold)
        try:
            with claimed(folder):
                folder.mkdir()
                write_record(folder / "run.json", {"status": "done"})
                with (run / "claims.txt").open("a") as file:
                    file.write(f"{fold}\n")
        except (BusyError, DoneError):
            continue
    seconds.put(time.perf_counter() - started)


def seconds_of_claims(run: Path, n_jobs: int) -> float:
    """Several processes that go over the same jobs; each job is done once."""
    run.mkdir()
    spawn = multiprocessing.get_context("spawn")
    ready, seconds = spawn.Barrier(PROCESSES), spawn.SimpleQueue()
    shared = (run, n_jobs, ready, seconds)
    processes = [spawn.Process(target=work_through, args=shared) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert sorted(map(int, (run / "claims.txt").read_text().split())) == list(range(n_jobs))
    assert not list(run.glob(".fold_*")), "nothing is left of claims"
    return max(seconds.get() for _ in processes)


def seconds_of_a_report(sweep: Path, n_jobs: int) -> float:
    """From runs of two folds in a folder to tables."""
    for job in range(n_jobs):
        made_run(sweep / str(job), {"ours": 0.3}, seed=job % SEEDS, overrides=(f"x={job // SEEDS}",))
    started = time.perf_counter()
    assert report_tables(find_runs([sweep]))
    return time.perf_counter() - started


def test_a_thousand_jobs(tmp_path, benchmark, capsys) -> None:
    claims, reports, files = {}, {}, {}

    def measure() -> None:
        for n_jobs in JOBS:
            claims[n_jobs] = seconds_of_claims(tmp_path / f"claims_{n_jobs}", n_jobs)
            reports[n_jobs] = seconds_of_a_report(tmp_path / f"sweep_{n_jobs}", n_jobs)
            files[n_jobs] = sum(path.is_file() for path in (tmp_path / f"sweep_{n_jobs}").rglob("*"))

    benchmark.pedantic(measure, rounds=1)
    with capsys.disabled():
        for n_jobs in JOBS:
            print(
                f"\n{n_jobs} jobs: claims by {PROCESSES} processes {claims[n_jobs]:.2f} s, "
                f"{1000 * claims[n_jobs] / n_jobs:.1f} ms each; a report {reports[n_jobs]:.2f} s, "
                f"{1000 * reports[n_jobs] / n_jobs:.1f} ms each, of {files[n_jobs]} files"
            )
        few, many = JOBS[0], JOBS[-1]
        print(
            f"{many // few} times the jobs: {claims[many] / claims[few]:.1f} times the seconds of claims, "
            f"{reports[many] / reports[few]:.1f} times those of a report"
        )
