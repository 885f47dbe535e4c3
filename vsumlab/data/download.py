"""Downloads a public file: verified, and whole before it takes its name."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TypeVar

import h5py
import pooch
import requests

from vsumlab.errors import UserError, first_line

DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    lzma.LZMAError,
    zlib.error,
    struct.error,
    EOFError,
    OSError,  # bz2's, and of places in the file that there cannot be
    RuntimeError,  # an encrypted file, or one compressed in a way that zipfile does not know
    ValueError,
    IndexError,
    OverflowError,
)
"""What zipfile and tarfile have been seen to raise on damaged archives, or those that they cannot open."""
MOST_UNPACKED = 100
"""Times its own size that an archive may unpack to, from a gigabyte on: features hardly get smaller."""
Entry = TypeVar("Entry")


class BadDownloadError(UserError):
    """What was downloaded is of no use: it is to be downloaded anew rather than looked at once more."""


def download(
    url: str, sha256: str | None, folder: Path, timeout: float, attempts: int, progress: bool
) -> Path:
    """Downloads a URL into a folder, unless it is there.

    Args:
        url: What to get.
        sha256: Its checksum in hexadecimal; None where nobody has one.
        folder: Where to.
        timeout: Seconds without an answer after which an attempt ends.
        attempts: How many there are.
        progress: Whether to show a bar.

    Returns:
        The file, whole and, where a checksum is given, verified.

    Raises:
        UserError: If it cannot be had.
    """
    name = hashlib.sha256(url.encode()).hexdigest()[:16]
    pooch.get_logger().setLevel("ERROR")  # the door says what is to be said
    files = pooch.create(folder, "", registry={name: sha256}, urls={name: url}, retry_if_failed=attempts - 1)
    try:
        downloader = pooch.HTTPDownloader(progressbar=progress, timeout=timeout)
        return Path(files.fetch(name, downloader=downloader))
    except requests.RequestException as error:
        raise UserError(
            f"{url}: {' '.join(str(error).split())}: repeat the command, replace the link with "
            "sources.NAME.url=URL, or fetch the file by hand"
        ) from error
    except ValueError as error:  # pooch's for a wrong checksum
        raise UserError(
            f"{url}: not what sources.NAME.sha256={sha256} says: the file has changed there; "
            "replace the link, or the checksum if you trust it"
        ) from error
    except OSError as error:
        raise UserError(
            f"{folder}: cannot be written ({error.strerror or first_line(error)}): make room or choose "
            "paths.data=FOLDER"
        ) from error


def unpack(downloaded: Path, target: Path) -> None:
    """Puts a feature file in its place: what was downloaded, or the file of the target's name in an archive.

    Nothing else is unpacked, and an archive's own paths are not used.

    Raises:
        BadDownloadError: If there is no such feature file in it.
        UserError: If it cannot be written.
    """
    unfinished = target.with_name(f".{target.name}.part")
    try:
        with unfinished.open("wb") as file:
            for part in contents(downloaded, target.name):
                file.write(part)
        if not h5py.is_hdf5(unfinished):
            raise BadDownloadError(
                f"{target.name}: what was downloaded is no HDF5 file, perhaps a web page: replace the link "
                "with sources.NAME.url=URL, or fetch the file by hand"
            )
        unfinished.replace(target)
    except OSError as error:
        raise UserError(
            f"{target}: cannot be written ({error.strerror}): make room or choose paths.data=FOLDER"
        ) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def contents(downloaded: Path, name: str) -> Iterator[bytes]:
    """What `member` opens, part by part.

    Raises:
        BadDownloadError: If it cannot be read.
    """
    try:
        with member(downloaded, name) as file:
            while part := file.read(2**20):
                yield part
    except DAMAGE as error:
        raise BadDownloadError(
            f"{name}: the archive is damaged, or none that can be unpacked ({first_line(error)}): repeat "
            "the command, or fetch the file by hand"
        ) from error


@contextmanager
def member(downloaded: Path, name: str) -> Iterator[IO[bytes]]:
    """Opens the one regular file of a name in a zip or tar archive, or what is no archive itself.

    Raises:
        BadDownloadError: If there is none, or several, or it would be beyond all measure.
    """
    if zipfile.is_zipfile(downloaded):
        with zipfile.ZipFile(downloaded) as archive:
            found = [
                entry for entry in archive.infolist() if not entry.is_dir() and is_named(entry.filename, name)
            ]
            entry = only(found, name)
            check_size(entry.file_size, downloaded, name)
            with archive.open(entry) as file:
                yield file
    elif tarfile.is_tarfile(downloaded):
        with tarfile.open(downloaded) as tar:
            entries = []
            for stored in tar:  # before what it holds is unpacked to get to the next
                check_size(stored.size, downloaded, name)
                if stored.isfile() and is_named(stored.name, name):
                    entries.append(stored)
            opened = tar.extractfile(only(entries, name))
            assert opened is not None  # a regular file
            with opened:
                yield opened
            assert tar.fileobj is not None
            while tar.fileobj.read(2**20):  # gzip's checksum stands at the end
                pass
    else:
        with downloaded.open("rb") as plain:
            yield plain


def check_size(size: int, downloaded: Path, name: str) -> None:
    """Refuses what would fill the disk.

    Raises:
        BadDownloadError: If a file in an archive is said to be of a size that no feature file has.
    """
    if size > max(2**30, MOST_UNPACKED * downloaded.stat().st_size):
        raise BadDownloadError(
            f"{name}: the archive says that it unpacks to {size / 2**30:.0f} GiB: replace the link with "
            "sources.NAME.url=URL, or fetch the file by hand"
        )


def is_named(path: str, name: str) -> bool:
    """Whether the last part of an archive's path is a name."""
    return path.replace("\\", "/").rpartition("/")[2] == name


def only(found: list[Entry], name: str) -> Entry:
    """The one entry."""
    if len(found) != 1:
        raise BadDownloadError(
            f"{name}: found {len(found)} files of that name in the archive: fetch it by hand"
        )
    return found[0]
