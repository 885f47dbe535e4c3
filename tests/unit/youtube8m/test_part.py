"""Parts of a conversion: any number of jobs, killed or given twice, make the bytes that one job makes."""

import multiprocessing
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import h5py
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console
from support.shards import by_hand, command, contents, kill, run

from vsumlab.errors import UserError
from vsumlab.youtube8m import first_pass
from vsumlab.youtube8m.convert import convert, read_part
from vsumlab.youtube8m.part import Part
from vsumlab.youtube8m.work import Job

QUIET = Console(quiet=True)


def a_job(shards, output, count=12):
    return Job(tuple(shards), output, count, 3)


@pytest.mark.parametrize("text", ["0/3", "4/3", "1/0", "1", "1/2/3", "a/3", "-1/3", "1/³", "1.0/3", " 1/3"])
def test_what_is_no_part_is_refused(text):
    with pytest.raises(ValueError, match="not like 3/64"):
        Part.parse(text)


@given(st.integers(1, 40), st.data())
def test_parts_have_each_shard_once_and_equally_many(n_shards, data):
    of = data.draw(st.integers(1, n_shards))
    job = a_job([Path(f"/{number:02d}") for number in range(n_shards)], Path("/o.h5"), None)
    parts = [Part.parse(f"{number}/{of}") for number in range(1, of + 1)]
    shares = [part.shards(job) for part in parts]
    assert sorted(shard for share in shares for shard in share) == list(range(n_shards))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1
    jobs = [part.job(job) for part in parts]
    assert [shard for each in jobs for shard in each.shards] == [job.shards[i] for s in shares for i in s]
    names = [each.output.name for each in jobs]
    assert len(set(names)) == of
    assert names == sorted(names), "the order of names is that of numbers"


def test_more_parts_than_shards_are_refused(shards, tmp_path):
    with pytest.raises(UserError, match="--part 7/7: there are 6 shards; make at most as many parts"):
        read_part(a_job(shards, tmp_path / "o.h5"), Part(7, 7), 1, QUIET)
    assert not list(tmp_path.glob(".o*"))


@pytest.mark.parametrize("of", [2, 4])
def test_after_all_parts_no_shard_is_read_as_a_whole_again(shards, tmp_path, monkeypatch, of):
    run(shards, tmp_path / "whole.h5")
    job = a_job(shards, tmp_path / "o.h5")
    assert sum(read_part(job, Part(i, of), 1, QUIET).videos_seen for i in range(of, 0, -1)) == 31
    monkeypatch.setattr(first_pass, "read_shard", None)
    convert(job, 1, QUIET)
    assert job.output.read_bytes() == (tmp_path / "whole.h5").read_bytes()
    with pytest.raises(UserError, match="exists already"):
        read_part(job, Part(1, of), 1, QUIET)


def test_what_parts_have_left_is_read_then(shards, tmp_path):
    run(shards, tmp_path / "whole.h5")
    job = a_job(shards, tmp_path / "o.h5")
    read_part(job, Part(2, 3), 1, QUIET)
    read_part(job, Part(1, 2), 1, QUIET)
    convert(job, 1, QUIET)
    assert job.output.read_bytes() == (tmp_path / "whole.h5").read_bytes()


def test_another_jobs_part_is_refused(shards, tmp_path):
    job = a_job(shards, tmp_path / "o.h5")
    read_part(job, Part(1, 2), 1, QUIET)
    with pytest.raises(UserError, match="another job \\(--videos 12\\)"):
        read_part(a_job(shards, tmp_path / "o.h5", 13), Part(2, 2), 1, QUIET)


def test_all_videos_are_in_the_files_of_the_parts_once_each(shards, tmp_path):
    job = a_job([*shards[:2], *shards[3:]], tmp_path / "o.h5", None)  # without the copy
    for number in (1, 2):
        convert(Part(number, 2).job(job), 1, QUIET)
    files = sorted(tmp_path.glob("*.h5"))
    assert [file.name for file in files] == ["o-1-of-2.h5", "o-2-of-2.h5"]
    found = [contents(file) for file in files]
    assert not found[0].keys() & found[1].keys()
    assert found[0] | found[1] == by_hand(job.shards)
    assert found[0] == by_hand(job.shards[::2])
    with h5py.File(files[1]) as file:
        assert (file.attrs["videos_seen"], file.attrs["corrupt_records"]) == (10, 0)
    assert {path.name for path in tmp_path.iterdir()} == {"shards", *(file.name for file in files)}


def test_of_all_videos_nothing_is_copied_and_one_that_occurs_twice_is_one(shards, tmp_path, monkeypatch):
    monkeypatch.setattr("vsumlab.youtube8m.convert.second_pass", None)
    assert run(shards, tmp_path / "o.h5", count=None)[0].n_videos == 30
    assert contents(tmp_path / "o.h5") == by_hand(shards)


# where a process kills itself: in the first pass, and of all videos in the second pass and the writing
@pytest.mark.parametrize(
    ("where", "call", "videos"),
    [
        ("work:write_whole", 3, "12"),
        ("second_pass:priority", 8, "all"),
        ("feature_file:group_name", 9, "all"),
    ],
)
def test_a_part_that_is_killed_is_repeated_to_the_same_bytes(shards, tmp_path, where, call, videos):
    whole, output = tmp_path / "whole.h5", tmp_path / "o.h5"
    count = None if videos == "all" else 12
    job, other = a_job(shards, output, count), a_job(shards, whole, count)
    killed = kill(where, call, shards, output, options=("--videos", videos, "--part", "1/2"))
    assert killed.returncode == -9
    for number in (1, 2):
        options = ("--seed", "3", "--videos", videos, "--part", f"{number}/2")
        subprocess.run(command(shards, output, *options), check=True, capture_output=True)
    if count is None:
        for part in (Part(1, 2), Part(2, 2)):
            convert(part.job(other), 1, QUIET)
            assert part.job(job).output.read_bytes() == part.job(other).output.read_bytes()
    else:
        convert(job, 1, QUIET)
        convert(other, 1, QUIET)
        assert output.read_bytes() == whole.read_bytes()
    assert not list(tmp_path.glob(".*"))


def a_part(job, number, barrier):
    barrier.wait()
    read_part(job, Part(number, 2), 1, QUIET)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 2), st.floats(0, 0.03)), min_size=2, max_size=5))
def test_jobs_at_once_that_are_killed_at_any_moment_do_no_harm(shards, jobs):
    """Forked, so that a moment falls into the work and not into the start of Python."""
    context = multiprocessing.get_context("fork")
    with TemporaryDirectory() as folder:
        whole, job = Path(folder, "whole.h5"), a_job(shards, Path(folder, "o.h5"))
        run(shards, whole)
        barrier = context.Barrier(len(jobs) + 1)
        processes = [context.Process(target=a_part, args=(job, number, barrier)) for number, _ in jobs]
        for process in processes:
            process.start()
        barrier.wait()
        for process, (_, seconds) in zip(processes, jobs, strict=True):
            process.join(seconds)
            process.kill()
        for process in processes:
            process.join()
        for number in (1, 2):
            read_part(job, Part(number, 2), 1, QUIET)
        convert(job, 1, QUIET)
        assert job.output.read_bytes() == whole.read_bytes()
        assert {path.name for path in Path(folder).iterdir()} == {"whole.h5", "o.h5"}


def test_one_part_twice_at_once_is_done_by_both(shards, tmp_path):
    options = ("--seed", "3", "--videos", "12", "--part", "1/1")
    both = [subprocess.Popen(command(shards, tmp_path / "o.h5", *options)) for _ in range(2)]
    assert [each.wait() for each in both] == [0, 0]
    run(shards, tmp_path / "whole.h5")
    convert(a_job(shards, tmp_path / "o.h5"), 1, QUIET)
    assert (tmp_path / "o.h5").read_bytes() == (tmp_path / "whole.h5").read_bytes()


def test_a_file_of_a_part_is_made_by_one_job_at_a_time(shards, tmp_path, monkeypatch):
    own = Part(1, 2).job(a_job(shards, tmp_path / "o.h5", None))

    def meanwhile(*arguments):
        with pytest.raises(UserError, match=r"o-1-of-2\.h5: another process is making it; wait"):
            convert(own, 1, QUIET)
        return found(*arguments)

    found = first_pass.read_shard
    monkeypatch.setattr(first_pass, "read_shard", meanwhile)
    convert(own, 1, QUIET)
    assert own.output.is_file()


def test_a_part_whose_job_is_finished_meanwhile_says_so(shards, tmp_path, monkeypatch):
    """The folder is gone at once: nothing that a late part writes can be left in it."""
    job = a_job(shards, tmp_path / "o.h5")
    found = first_pass.read_shard

    def late(shard, seed):
        monkeypatch.setattr(first_pass, "read_shard", found)
        convert(job, 1, QUIET)
        return found(shard, seed)

    monkeypatch.setattr(first_pass, "read_shard", late)
    with pytest.raises(UserError, match="exists already"):
        read_part(job, Part(1, 2), 1, QUIET)
    assert {path.name for path in tmp_path.iterdir()} == {"shards", "o.h5"}
