"""Fetching feature files from a server of this machine."""

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest
from support.full_disk import full_disk
from support.server import Server, serving

from vsumlab import fetch

TARGET = "eccv16_dataset_tvsum_google_pool5.h5"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def feature_file(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("file") / "videos.h5"
    with h5py.File(path, "w") as file:
        file["video_1/features"] = np.random.default_rng(0).random((4000, 100))
    return path.read_bytes()


@pytest.fixture
def command(monkeypatch, tmp_path, server) -> Callable[..., int]:
    """Runs the command line for TVSum from the server; gives the exit code."""

    def run(*arguments: str) -> int:
        given = (f"paths.data={tmp_path}", f"sources.tvsum.url={server.url}", "timeout=0.5", "attempts=1")
        monkeypatch.setattr("sys.argv", ["vsumlab.fetch", "tvsum", *given, *arguments])
        try:
            fetch.main()
        except SystemExit as end:
            return int(end.code or 0)
        return 0

    return run


def nothing_to_trust(folder: Path) -> bool:
    """Whether no file has its final name."""
    return not [path for path in folder.iterdir() if path.is_file()]


def test_a_file_is_fetched_once(command, server, feature_file, tmp_path) -> None:
    server.content = feature_file
    assert command() == 0
    assert (tmp_path / TARGET).read_bytes() == feature_file
    assert [path.name for path in tmp_path.iterdir()] == [TARGET]
    assert command() == 0
    assert len(server.sent) == 1


@pytest.mark.parametrize("behaviour", ["truncates", "stalls"])
def test_a_broken_download_is_one_line_and_leaves_nothing_to_trust(
    command, server, feature_file, tmp_path, capsys, behaviour
) -> None:
    server.content, server.behaviour = feature_file, behaviour
    assert command() == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "repeat the command" in error
    assert nothing_to_trust(tmp_path)
    server.behaviour = "right"
    assert command() == 0
    assert (tmp_path / TARGET).read_bytes() == feature_file


def test_a_broken_download_is_tried_as_often_as_one_says(command, server, feature_file, monkeypatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)  # pooch waits longer each time
    server.content, server.behaviour = feature_file, "truncates"
    assert command("attempts=4") == 2
    assert len(server.sent) == 4


@pytest.mark.parametrize("behaviour", ["404", "500"])
def test_a_dead_link_says_how_to_replace_it(command, server, tmp_path, capsys, behaviour) -> None:
    server.behaviour = behaviour
    assert command() == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert behaviour in error
    assert "sources.NAME.url=URL" in error
    assert nothing_to_trust(tmp_path)


def test_no_server_is_one_line(command, tmp_path, capsys) -> None:
    assert command("sources.tvsum.url=http://127.0.0.1:1/file") == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert nothing_to_trust(tmp_path)


def test_a_wrong_checksum_is_refused_and_not_kept(command, server, feature_file, tmp_path, capsys) -> None:
    server.content = feature_file
    assert command(f"sources.tvsum.sha256={'0' * 64}") == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "the file has changed there" in error
    assert nothing_to_trust(tmp_path)
    assert command(f"sources.tvsum.sha256={hashlib.sha256(feature_file).hexdigest()}") == 0
    assert (tmp_path / TARGET).read_bytes() == feature_file


def test_a_web_page_is_no_feature_file(command, server, feature_file, tmp_path, capsys) -> None:
    server.content = b"<html>log in</html>"
    assert command() == 2
    assert "perhaps a web page" in capsys.readouterr().err
    assert nothing_to_trust(tmp_path)
    server.content = feature_file
    assert command() == 0


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(files: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        for name, to in (links or {}).items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, to
            archive.addfile(entry)
    return buffer.getvalue()


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("inside", [TARGET, f"datasets/{TARGET}", f"../../{TARGET}", f"/{TARGET}"])
def test_an_archives_own_paths_are_not_used(command, server, feature_file, tmp_path, pack, inside) -> None:
    server.content = pack({"readme.txt": b"hello", inside: feature_file, "../evil.txt": b"out"})
    assert command() == 0
    assert (tmp_path / TARGET).read_bytes() == feature_file
    assert [path.name for path in tmp_path.iterdir()] == [TARGET]
    assert not list(tmp_path.parent.glob("evil*"))
    assert not list(tmp_path.parent.glob("*.h5"))


@pytest.mark.parametrize(
    "content",
    [
        zipped({"readme.txt": b"hello"}),
        zipped({f"a/{TARGET}": b"1", f"b/{TARGET}": b"2"}),
        tarred({}, {TARGET: "/etc/passwd"}),
        tarred({f"{TARGET}": b"no HDF5"}),
    ],
)
def test_an_archive_without_the_file_is_refused(command, server, tmp_path, capsys, content) -> None:
    server.content = content
    assert command() == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert nothing_to_trust(tmp_path)


def test_a_damaged_archive_is_refused(command, server, feature_file, tmp_path, capsys) -> None:
    archive = bytearray(zipped({TARGET: feature_file}))
    archive[len(archive) // 2] ^= 255
    server.content = bytes(archive)
    assert command() == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert nothing_to_trust(tmp_path)


def encrypted(archive: bytes) -> bytes:
    """The same, with the mark of encryption."""
    changed = bytearray(archive)
    for at in (6, archive.find(b"PK\x01\x02") + 8):
        changed[at] |= 1
    return bytes(changed)


@pytest.mark.parametrize("spoil", [encrypted, lambda archive: archive[:100] + archive[101:]])
def test_a_bad_archive_is_downloaded_anew_from_a_server_that_was_mended(
    command, server, feature_file, tmp_path, capsys, spoil
) -> None:
    server.content = spoil(zipped({TARGET: feature_file}))
    for _ in range(2):
        assert command() == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert len(server.sent) == 2
    server.content = zipped({TARGET: feature_file})
    assert command() == 0
    assert (tmp_path / TARGET).read_bytes() == feature_file


def test_a_full_disk_is_one_line_and_what_was_downloaded_is_kept(
    command, server, feature_file, tmp_path, capsys
) -> None:
    server.content = zipped({TARGET: feature_file + bytes(10**7)})  # the archive has room on the disk
    with full_disk(len(server.content) + 1000):
        assert command() == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "make room" in error
    assert nothing_to_trust(tmp_path)
    assert command() == 0
    assert len(server.sent) == 1


def test_one_archive_is_downloaded_once_for_all_its_datasets(
    monkeypatch, server, feature_file, tmp_path
) -> None:
    names = {name: f"eccv16_dataset_{name}_google_pool5.h5" for name in ("tvsum", "summe", "ovp", "youtube")}
    server.content = zipped(dict.fromkeys(names.values(), feature_file))
    monkeypatch.setattr("sys.argv", ["vsumlab.fetch", f"paths.data={tmp_path}", f"archive={server.url}"])
    fetch.main()
    assert {path.name for path in tmp_path.iterdir()} == set(names.values())
    assert len(server.sent) == 1


@pytest.mark.parametrize(
    ("argument", "says"),
    [("cosum", "cosum: not among the datasets tvsum, summe"), ("sources.x=1", "sources")],
)
def test_what_is_not_known_is_one_line(command, tmp_path, capsys, argument, says) -> None:
    assert command(argument) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert says in error


def test_an_interrupt_leaves_nothing_under_the_final_name(
    command, server, feature_file, tmp_path, monkeypatch, capsys
) -> None:
    server.content = feature_file

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("h5py.is_hdf5", interrupt)
    assert command() == 130
    assert capsys.readouterr().err == "vsumlab: interrupted: repeat the command to go on\n"
    assert nothing_to_trust(tmp_path)
