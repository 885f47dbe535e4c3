"""The command `vsumlab youtube8m`: what a user types, reads and finds."""

import subprocess
import sys

import h5py
import numpy as np
import pytest
from support.runs import module, process

from vsumlab.youtube8m.__main__ import main
from vsumlab.youtube8m.sequence_example import FrameLevelVideo
from vsumlab.youtube8m.write import write_shard


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
            main()
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
    ended = process(*module("youtube8m"), *job, cwd=folder)
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

    monkeypatch.setattr("vsumlab.youtube8m.convert.convert", interrupted)
    code, _, err = run("shards", "-o", "o.h5")
    assert (code, err) == (130, "vsumlab: interrupted; repeat the command to go on\n")


def test_importing_it_does_not_import_torch():
    code = "import sys, vsumlab.youtube8m.convert; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.fixture(params=["google.protobuf", "google_crc32c"])
def without(request, monkeypatch):
    """The package of the extra that is not there; what imports it is imported anew."""
    own = "vsumlab.youtube8m"
    for name in [name for name in sys.modules if name.startswith((f"{own}.", f"{request.param}."))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, request.param, None)
    # a package keeps its modules as attributes, too
    package = sys.modules[own]
    for name in [name for name in vars(package) if not name.startswith("_")]:
        monkeypatch.delattr(package, name)
    return request.param


def test_without_the_extra_the_command_says_how_to_get_it(folder, run, without):
    code, out, err = run("shards", "--videos", 4, "-o", "o.h5", "--processes", 1)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"vsumlab: {without}")
    assert err.endswith("pip install 'vsumlab[youtube8m]'\n")


def test_without_the_extra_a_run_on_the_demo_shards_says_how_to_get_it(tmp_path, command, capsys, without):
    """The demo's YouTube-8M is made by this package's own writer of shards."""
    assert command("data=demo", "setting=youtube8m", "debug=smoke", "hydra.run.dir=run") == 2
    err = capsys.readouterr().err
    assert err.startswith(f"vsumlab: {without}")
    assert err.endswith("pip install 'vsumlab[youtube8m]'\n")
    assert err.count("\n") == 1
    assert not (tmp_path / "run").exists()


def test_parts_of_a_sample_and_then_the_file(folder, run):
    job = ("shards", "--videos", 4, "-o", "o.h5", "--processes", 1)
    for number in (1, 2):
        code, out, err = run(*job, "--part", f"{number}/2")
        found = "3 videos; 0 corrupt records, 0 corrupt shards"
        said = f"o.h5: part {number}/2: {found}; --part left out makes the file\n"
        assert (code, out, err) == (0, said, "")
        assert not (folder / "o.h5").exists()
    assert run(*job)[:2] == (0, "o.h5: 4 of 6 videos; 0 corrupt records, 0 corrupt shards\n")


def test_all_videos_in_a_file_for_each_part(folder, run):
    job = ("shards", "--videos", "all", "-o", "o.h5", "--processes", 1)
    for number in (1, 2):
        code, out, err = run(*job, "--part", f"{number}/2")
        said = f"o-{number}-of-2.h5: 3 of 3 videos; 0 corrupt records, 0 corrupt shards\n"
        assert (code, out, err) == (0, said, "")
    assert run(*job)[1] == "o.h5: 6 of 6 videos; 0 corrupt records, 0 corrupt shards\n"


@pytest.mark.parametrize(
    ("part", "said"), [("3/2", "3/2 is not like 3/64"), ("3/3", "--part 3/3: there are 2")]
)
def test_parts_that_there_are_not(folder, run, part, said):
    code, out, err = run("shards", "-o", "o.h5", "--part", part)
    assert (code, out) == (2, "")
    assert said in err
    assert not (folder / ".o.h5.work").exists()
