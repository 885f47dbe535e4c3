"""Commands that are given hostile input files: exit code 2 and one line, soon."""

import os
import subprocess
import sys

import h5py
import pytest
from support.hostile_hdf5 import IN_PLACE_OF_AN_ARRAY

SECONDS = 60


def pipe(path):
    os.mkfifo(path)


def virtual_itself(path):
    good_and(path, IN_PLACE_OF_AN_ARRAY["virtual_itself"])


def terabytes(path):
    good_and(path, IN_PLACE_OF_AN_ARRAY["terabytes_chunked"])


def good_and(path, change):
    from conftest import write_videos

    write_videos(path, 2, {})
    with h5py.File(path, "a") as file:
        change(file, "video_2/features")


@pytest.mark.parametrize(
    ("command", "option", "made", "found"),
    [
        ("run", "data.file", virtual_itself, "video_2/features has its values in other files"),
        pytest.param("run", "data.file", pipe, "no feature file", marks=pytest.mark.slow),
        pytest.param("run", "data.file", terabytes, "not all was written", marks=pytest.mark.slow),
        pytest.param("run", "data.splits", pipe, "no regular file", marks=pytest.mark.slow),
        pytest.param("run", "data.annotations", pipe, "no such file", marks=pytest.mark.slow),
        pytest.param("inspect", "", pipe, "no regular file", marks=pytest.mark.slow),
        pytest.param("inspect", "", virtual_itself, "in other files", marks=pytest.mark.slow),
    ],
)
def test_a_command_ends_with_a_line(command, option, made, found, tmp_path):
    path = tmp_path / "hostile.h5"
    made(path)
    given = [f"{option}={path}", f"paths.runs={tmp_path / 'runs'}"] if option else [str(path)]
    if option not in ("", "data.file"):
        given.append("data=demo")
    ended = subprocess.run(
        [sys.executable, "-m", f"vsumlab.{command}", *given],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    lines = ended.stderr.splitlines()
    assert ended.returncode == 2, ended.stderr
    assert found in lines[-1]
    assert "Traceback" not in ended.stderr
    assert not [*(tmp_path / "runs").rglob("run.json")]
