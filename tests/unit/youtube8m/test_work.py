"""The folder that holds what is done, and who may use it."""

import os

import pytest
from filelock import FileLock
from support.shards import kill, run

from vsumlab.errors import UserError
from vsumlab.youtube8m.work import Job, reason, size, stamp, work_folder, write_whole


@pytest.mark.parametrize(
    ("change", "said"),
    [({"seed": 4}, "--seed 3"), ({"count": 11}, "--videos 12"), ({"shards": 5}, "other shards")],
)
def test_the_work_of_another_job_is_refused(shards, tmp_path, change, said):
    kill("second_pass:framed", 1, shards, tmp_path / "o.h5", processes=1)
    given = {"shards": 6, "seed": 3, "count": 12} | change
    with pytest.raises(UserError, match=rf"another job \({said}\)"):
        run(shards[: given.pop("shards")], tmp_path / "o.h5", **given)


def test_two_processes_do_not_do_the_same_job(shards, tmp_path):
    (tmp_path / ".o.h5.work").mkdir()
    with FileLock(tmp_path / ".o.h5.work" / "lock"), pytest.raises(UserError, match="another process"):
        run(shards, tmp_path / "o.h5")


def job(tmp_path, **changes):
    given = {"shards": (tmp_path / "a.tfrecord",), "output": tmp_path / "o.h5", "count": 12, "seed": 3}
    return Job(**given | changes)


def test_what_is_done_is_there_for_the_same_job_and_gone_when_it_is_removed(tmp_path):
    with work_folder(job(tmp_path)) as work:
        write_whole(work.index(7), lambda file: file.write(b"kept"))
    with work_folder(job(tmp_path)) as again:
        assert again.index(7).read_bytes() == b"kept"
        assert again.index(7) != again.index(70) != again.records(7)
        again.remove()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": 4}, r"\(--seed 3\)"),
        ({"count": 1, "seed": 4}, r"\(--videos 12, --seed 3\)"),
        ({"shards": ()}, r"\(other shards\)"),
    ],
)
def test_another_job_is_told_in_what_it_differs(tmp_path, changes, said):
    with work_folder(job(tmp_path)):
        pass
    with pytest.raises(UserError, match=said), work_folder(job(tmp_path, **changes)):
        pass


def test_a_folder_that_says_nothing_of_its_job_is_refused(tmp_path):
    with work_folder(job(tmp_path)) as work:
        (work.path / "job.json").write_text("{")
    with pytest.raises(UserError, match="another job"), work_folder(job(tmp_path)):
        pass


def test_outputs_that_exist_or_have_no_folder_are_refused(tmp_path):
    with (
        pytest.raises(UserError, match="no such folder"),
        work_folder(job(tmp_path, output=tmp_path / "a" / "o.h5")),
    ):
        pass
    (tmp_path / "o.h5").touch()
    with pytest.raises(UserError, match="exists already"), work_folder(job(tmp_path)):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["o.h5"]


def test_a_file_is_whole_or_not_there(tmp_path):
    def fail(file):
        file.write(b"half")
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "a", fail)
    assert not (tmp_path / "a").exists()
    write_whole(tmp_path / "a", lambda file: file.write(b"whole"))
    assert (tmp_path / "a").read_bytes() == b"whole"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_another_size_or_time_is_another_stamp(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    first = stamp(path)
    assert first[0] == size(path) == 3
    os.utime(path, ns=(first[1] + 1, first[1] + 1))
    later = stamp(path)
    path.write_bytes(b"abcd")
    assert len({first, later, stamp(path)}) == 3
    assert size(tmp_path / "nowhere") == 0


def test_a_reason_is_one_line_without_the_path(tmp_path):
    with pytest.raises(OSError, match="nowhere") as error:
        (tmp_path / "nowhere").read_bytes()
    assert reason(error.value) == "No such file or directory"
    assert reason(OSError("of\n  two lines")) == "of two lines"
