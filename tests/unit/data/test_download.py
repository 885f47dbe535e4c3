"""Whole, verified files, from a server of this machine and out of archives."""

import hashlib
import io
import random
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest
from support.full_disk import full_disk
from support.server import Server, serving

from vsumlab.data.download import BadDownloadError, download, is_named, member, unpack
from vsumlab.errors import UserError

NAME = "videos.h5"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def no_waiting(monkeypatch) -> None:
    """Attempts follow each other at once."""
    monkeypatch.setattr("pooch.core.time.sleep", lambda seconds: None)


def get(server: Server, folder: Path, sha256: str | None = None, attempts: int = 1) -> Path:
    return download(server.url, sha256, folder, timeout=5, attempts=attempts, progress=False)


def test_a_file_is_downloaded_once_and_verified(server, tmp_path) -> None:
    sha256 = hashlib.sha256(server.content).hexdigest()
    assert get(server, tmp_path, sha256).read_bytes() == server.content
    assert get(server, tmp_path, sha256) == get(server, tmp_path, sha256)
    assert len(server.sent) == 1
    assert len([*tmp_path.iterdir()]) == 1


def test_another_content_than_the_checksums_is_refused_and_not_kept(server, tmp_path) -> None:
    with pytest.raises(UserError, match=r"not what sources\.NAME\.sha256=0000") as refusal:
        get(server, tmp_path, "0" * 64)
    assert "\n" not in str(refusal.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("no_waiting")
def test_a_broken_download_is_tried_again_as_often_as_asked(server, tmp_path) -> None:
    server.failures = 2
    with pytest.raises(UserError, match=r"repeat the command") as refusal:
        get(server, tmp_path, attempts=2)
    assert "\n" not in str(refusal.value)
    assert len(server.sent) == 2
    assert not list(tmp_path.iterdir())
    server.failures = 4
    assert get(server, tmp_path, attempts=3).read_bytes() == server.content
    assert len(server.sent) == 5


def test_a_server_that_is_not_there_is_one_line(tmp_path) -> None:
    with pytest.raises(UserError, match=r"^http://127\.0\.0\.1:9/file: ") as refusal:
        download("http://127.0.0.1:9/file", None, tmp_path, timeout=5, attempts=1, progress=False)
    assert "\n" not in str(refusal.value)


def test_a_folder_that_cannot_be_written_is_one_line(server, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"cannot be written.*paths\.data=FOLDER"):
        get(server, tmp_path / "file" / "folder")


@pytest.fixture(scope="module")
def content(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("file") / NAME
    with h5py.File(path, "w") as file:
        file["video_1/features"] = np.random.default_rng(0).integers(0, 9, (50, 20)).astype(float)
    return path.read_bytes()


def zipped(path: Path, *entries: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir(f"{NAME}/")
        for name, data in entries:
            archive.writestr(name, data)
    return path


def tarred(path: Path, *entries: tuple[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        folder = tarfile.TarInfo(NAME)
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, data in entries:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return path


ARCHIVES = pytest.mark.parametrize("pack", [zipped, tarred])


def test_what_is_no_archive_is_the_file_itself(tmp_path, content) -> None:
    downloaded = tmp_path / "abc"
    downloaded.write_bytes(content)
    unpack(downloaded, tmp_path / NAME)
    assert (tmp_path / NAME).read_bytes() == content
    assert downloaded.is_file()


@ARCHIVES
@pytest.mark.parametrize("place", ["", "deep/deeper/", "../../"])
def test_the_file_of_the_name_is_taken_out_of_an_archive_and_nothing_else(
    pack, place, tmp_path, content
) -> None:
    folder = tmp_path / "in" / "here"
    folder.mkdir(parents=True)
    downloaded = pack(tmp_path / "abc", ("other.h5", b"other"), (f"{place}{NAME}", content))
    unpack(downloaded, folder / NAME)
    assert (folder / NAME).read_bytes() == content
    assert {path.name for path in tmp_path.rglob("*")} == {"in", "here", NAME, "abc"}


@ARCHIVES
@pytest.mark.parametrize("places", [(), ("a/", "b/")])
def test_an_archive_with_no_such_file_or_several_is_refused(pack, places, tmp_path, content) -> None:
    downloaded = pack(tmp_path / "abc", *((f"{place}{NAME}", content) for place in places))
    with pytest.raises(UserError, match=rf"^videos\.h5: found {len(places)} files of that name"):
        unpack(downloaded, tmp_path / NAME)
    assert [*tmp_path.iterdir()] == [downloaded]


def attempt(downloaded: Path, target: Path) -> str:
    """What is said of a file that cannot be unpacked."""
    try:
        unpack(downloaded, target)
    except UserError as error:
        return str(error)
    return ""


@ARCHIVES
def test_a_damaged_archive_is_one_line_and_leaves_the_old_file(pack, tmp_path, content) -> None:
    """Whichever bit is changed: what comes out is either right or refused."""
    whole = pack(tmp_path / "abc", (NAME, content)).read_bytes()
    refused = 0
    for seed in range(60):
        rng = random.Random(seed)
        damaged = bytearray(whole)
        damaged[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        (tmp_path / "abc").write_bytes(damaged)
        (tmp_path / NAME).write_bytes(b"old")
        said = attempt(tmp_path / "abc", tmp_path / NAME)
        refused += said != ""
        assert "\n" not in said
        assert (tmp_path / NAME).read_bytes() == (b"old" if said else content)
        assert {path.name for path in tmp_path.iterdir()} == {"abc", NAME}
    assert refused > 30


def changed(path: Path, at: int, value: int, in_directory: int | None = None) -> None:
    """Puts a 16-bit number into a zip archive of one file: in its head, and where the directory has it."""
    data = bytearray(path.read_bytes())
    struct.pack_into("<H", data, at, value)
    if in_directory is not None:
        struct.pack_into("<H", data, data.find(b"PK\x01\x02") + in_directory, value)
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("compression", "at", "value", "in_directory", "said"),
    [
        (zipfile.ZIP_DEFLATED, 6, 1, 8, "encrypted"),
        (zipfile.ZIP_DEFLATED, 6, 0x41, 8, "strong encryption"),
        (zipfile.ZIP_DEFLATED, 8, 99, 10, "compression method is not supported"),
        (zipfile.ZIP_DEFLATED, 4, 99, 6, "version 9.9"),
        (zipfile.ZIP_LZMA, 60, 0xFFFF, None, "Corrupt input data"),
        (zipfile.ZIP_BZIP2, 60, 0xFFFF, None, "Invalid data stream"),
    ],
)
def test_a_zip_that_cannot_be_unpacked_is_bad_and_one_line(
    compression, at, value, in_directory, said, tmp_path, content
) -> None:
    downloaded = tmp_path / "abc"
    with zipfile.ZipFile(downloaded, "w", compression) as archive:
        archive.writestr(NAME, content)
    changed(downloaded, at, value, in_directory)
    with pytest.raises(BadDownloadError, match=said) as refusal:
        unpack(downloaded, tmp_path / NAME)
    assert "\n" not in str(refusal.value)
    assert [*tmp_path.iterdir()] == [downloaded]


@pytest.mark.parametrize("mode", ["w:xz", "w:bz2", "w:gz"])
def test_a_tar_that_breaks_off_anywhere_is_bad(mode, tmp_path, content) -> None:
    whole = tmp_path / "whole"
    with tarfile.open(whole, mode) as archive:
        entry = tarfile.TarInfo(NAME)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    packed = whole.read_bytes()
    for length in range(0, len(packed) - 10, len(packed) // 7):
        (tmp_path / "abc").write_bytes(packed[:length])
        with pytest.raises(BadDownloadError):
            unpack(tmp_path / "abc", tmp_path / NAME)
        assert {path.name for path in tmp_path.iterdir()} == {"abc", "whole"}


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_an_archive_that_would_fill_the_disk_is_bad_before_it_is_unpacked(kind, tmp_path, content) -> None:
    """It says that it has more than 3 GiB, of which nothing is there."""
    downloaded, said = tmp_path / "abc", 3 * 2**30 + 1
    if kind == "zip":
        zipped(downloaded, (NAME, content))
        data = bytearray(downloaded.read_bytes())
        struct.pack_into("<I", data, data.rfind(b"PK\x01\x02") + 24, said)
        downloaded.write_bytes(data)
    else:
        entry = tarfile.TarInfo(NAME)
        entry.size = said
        downloaded.write_bytes(entry.tobuf())
    with pytest.raises(BadDownloadError, match="unpacks to 3 GiB"):
        unpack(downloaded, tmp_path / NAME)
    assert [*tmp_path.iterdir()] == [downloaded]


@ARCHIVES
def test_a_full_disk_is_not_the_archives_fault(pack, tmp_path, content) -> None:
    downloaded = pack(tmp_path / "abc", (NAME, content))
    (tmp_path / NAME).write_bytes(b"old")
    with full_disk(1000), pytest.raises(UserError, match=r"cannot be written \(File too large\)") as refusal:
        unpack(downloaded, tmp_path / NAME)
    assert not isinstance(refusal.value, BadDownloadError)
    assert (tmp_path / NAME).read_bytes() == b"old"
    assert {path.name for path in tmp_path.iterdir()} == {"abc", NAME}


def test_a_full_disk_ends_a_download_in_one_line(server, tmp_path) -> None:
    with full_disk(5), pytest.raises(UserError, match=r"cannot be written.*paths\.data=FOLDER") as refusal:
        get(server, tmp_path)
    assert "\n" not in str(refusal.value)
    assert [*tmp_path.iterdir()] == []


def test_a_web_page_in_place_of_the_file_is_refused(tmp_path) -> None:
    (tmp_path / "abc").write_bytes(b"<html>404</html>")
    with pytest.raises(UserError, match=r"no HDF5 file, perhaps a web page"):
        unpack(tmp_path / "abc", tmp_path / NAME)
    assert [path.name for path in tmp_path.iterdir()] == ["abc"]


def test_a_target_that_cannot_be_written_is_one_line(tmp_path, content) -> None:
    (tmp_path / "abc").write_bytes(content)
    with pytest.raises(UserError, match=r"cannot be written"):
        unpack(tmp_path / "abc", tmp_path / "nowhere" / NAME)


def test_a_member_is_read_as_it_is(tmp_path) -> None:
    with member(zipped(tmp_path / "abc", ("a/b.txt", b"text")), "b.txt") as file:
        assert file.read() == b"text"


@pytest.mark.parametrize(
    ("path", "named"),
    [("a.h5", True), ("x/a.h5", True), ("x\\a.h5", True), ("xa.h5", False), ("a.h5/x", False)],
)
def test_a_name_is_the_last_part_of_a_path(path, named) -> None:
    assert is_named(path, "a.h5") == named
