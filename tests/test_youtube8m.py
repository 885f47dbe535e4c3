"""The front door: what a user types, reads and finds."""

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from vsumlab import youtube8m
from vsumlab.data.youtube8m.sequence_example import FrameLevelVideo
from vsumlab.data.youtube8m.write import write_shard


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working directory, with two shards of three videos in a folder."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    (tmp_path / "shards" / "deeper").mkdir(parents=True)
    for name, ids in (("train0.tfrecord", "abc"), ("deeper/train1.tfrecord", "def")):
        write_shard(
            tmp_path / "shards" / name,
            (
                FrameLevelVideo(key.encode(), np.arange(3), rng.integers(0, 256, (4, 1024), dtype=np.uint8))
                for key in ids
            ),
        )
    return tmp_path


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs the command in this process; its exit code, standard output and standard error."""

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["youtube8m", *map(str, arguments)])
        try:
            youtube8m.main()
            code = 0
        except SystemExit as stop:
            code = stop.code
        return (code, *capsys.readouterr())

    return command


@pytest.mark.parametrize(
    "given",
    [
        ["shards"],
        ["shards/train0.tfrecord", "shards/deeper/train1.tfrecord"],
        ["shards/deeper/*", "shards/*.tfrecord", "shards"],  # each shard once
        ["shards/**/train?.tfrecord"],
    ],
)
def test_files_folders_and_globs(folder, run, given):
    code, out, err = run(*given, "--videos", 4, "-o", "o.h5", "--processes", 1)
    assert (code, out, err) == (0, "o.h5: 4 of 6 videos; 0 corrupt records, 0 corrupt shards\n", "")
    with h5py.File(folder / "o.h5") as file:
        assert len(file) == 4


def test_as_a_command_with_two_processes(folder):
    output = folder / "o.h5"
    job = [folder / "shards", "--videos", "6", "-o", output, "--processes", "2"]
    command = [sys.executable, "-m", "vsumlab.youtube8m", *job]
    project = Path(__file__).parents[1]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=project)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == f"{output}: 6 of 6 videos; 0 corrupt records, 0 corrupt shards\n"


def test_fewer_than_asked_for_is_said(folder, run):
    code, _, err = run("shards", "-o", "o.h5", "--processes", 1)
    assert (code, err) == (0, "vsumlab: 10000 videos asked for, found 6; all are written\n")


def test_a_corrupt_record_is_one_line(folder, run):
    shard = folder / "shards" / "train0.tfrecord"
    content = bytearray(shard.read_bytes())
    content[100] ^= 4
    shard.write_bytes(content)
    code, out, err = run("shards", "--videos", 5, "-o", "o.h5", "--processes", 1)
    assert (code, out) == (0, "o.h5: 5 of 5 videos; 1 corrupt records, 0 corrupt shards\n")
    assert err == f"vsumlab: {shard}: offset 0: corrupt record skipped: wrong checksum\n"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nothing.tfrecord", "-o", "o.h5"], "nothing.tfrecord: no TFRecord file there; "),
        (["shards", "none*.tfrecord", "-o", "o.h5"], "none*.tfrecord: no TFRecord file there; "),
        (["empty", "-o", "o.h5"], "empty: no TFRecord file there; "),
        (["shards", "-o", "there.h5"], "{folder}/there.h5: exists already; "),
        (["shards", "-o", "empty"], "{folder}/empty: exists already; "),
        (["shards", "-o", "no/o.h5"], "{folder}/no/o.h5: no such folder as {folder}/no; "),
        (["shards", "-o", "/proc/o.h5"], "/proc/o.h5: cannot be written: "),
    ],
)
def test_errors_are_one_line(folder, run, arguments, line):
    (folder / "empty").mkdir()
    (folder / "there.h5").write_text("mine")
    code, out, err = run(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("vsumlab: " + line.format(folder=folder))
    assert (folder / "there.h5").read_text() == "mine"


@pytest.mark.parametrize(
    "option", ["--videos=0", "--videos=x", "--seed=-1", f"--seed={2**63}", "--processes=0"]
)
def test_numbers_that_cannot_be_meant(folder, run, option):
    code, _, err = run("shards", "-o", "o.h5", option)
    assert code == 2
    assert option.partition("=")[0] in err


def test_ctrl_c_says_how_to_go_on(folder, run, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(youtube8m, "convert", interrupted)
    code, _, err = run("shards", "-o", "o.h5")
    assert (code, err) == (130, "vsumlab: interrupted; repeat the command to go on\n")


def test_importing_it_does_not_import_torch():
    code = "import sys, vsumlab.youtube8m; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
