"""Downloads a public file: verified, and whole before it takes its name."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TypeVar

import h5py
import pooch
import requests

from vsumlab.errors import UserError

DAMAGE = (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, lzma.LZMAError, zlib.error, EOFError)
"""What is raised on damaged archives."""
Entry = TypeVar("Entry")


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
            f"{folder}: cannot be written ({error}): make room or choose paths.data=FOLDER"
        ) from error


def unpack(downloaded: Path, target: Path) -> None:
    """Puts a feature file in its place: what was downloaded, or the file of the target's name in an archive.

    Nothing else is unpacked, and an archive's own paths are not used.

    Raises:
        UserError: If there is no such feature file in it, or it cannot be written.
    """
    unfinished = target.with_name(f".{target.name}.part")
    try:
        with member(downloaded, target.name) as source, unfinished.open("wb") as file:
            shutil.copyfileobj(source, file)
        if not h5py.is_hdf5(unfinished):
            raise UserError(
                f"{target.name}: what was downloaded is no HDF5 file, perhaps a web page: replace the link "
                "with sources.NAME.url=URL, or fetch the file by hand"
            )
        unfinished.replace(target)
    except DAMAGE as error:
        raise UserError(f"{target.name}: the archive is damaged ({error}): repeat the command") from error
    except OSError as error:
        raise UserError(
            f"{target}: cannot be written ({error}): make room or choose paths.data=FOLDER"
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def member(downloaded: Path, name: str) -> Iterator[IO[bytes]]:
    """Opens the one regular file of a name in a zip or tar archive, or what is no archive itself.

    Raises:
        UserError: If there is none, or several.
    """
    if zipfile.is_zipfile(downloaded):
        with zipfile.ZipFile(downloaded) as archive:
            found = [
                entry for entry in archive.infolist() if not entry.is_dir() and is_named(entry.filename, name)
            ]
            with archive.open(only(found, name)) as file:
                yield file
    elif tarfile.is_tarfile(downloaded):
        with tarfile.open(downloaded) as tar:
            entries = [entry for entry in tar.getmembers() if entry.isfile() and is_named(entry.name, name)]
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


def is_named(path: str, name: str) -> bool:
    """Whether the last part of an archive's path is a name."""
    return path.replace("\\", "/").rpartition("/")[2] == name


def only(found: list[Entry], name: str) -> Entry:
    """The one entry."""
    if len(found) != 1:
        raise UserError(f"{name}: found {len(found)} files of that name in the archive: fetch it by hand")
    return found[0]
