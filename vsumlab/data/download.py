"""Downloads a public file: resumed, verified, and whole before it takes its name."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import h5py
import pooch
import requests
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from vsumlab.errors import UserError

CHUNK = 2**16
"""Bytes; of a connection that breaks, the last chunk is lost."""
Entry = TypeVar("Entry")


class DownloadError(Exception):
    """A download that stopped before its end; the message says why."""


class Downloader:
    """What pooch downloads with: goes on where an earlier attempt, or process, has stopped.

    A partial file is gone on with only if the server says, by `If-Range`, that it still has the same file;
    else it is begun again.

    Args:
        partial: Where the part that there is lies, with its validator in a file beside it.
        timeout: Seconds without an answer after which an attempt ends.
        attempts: How many there are.
        console: Where the bar is shown, if it is a terminal.
    """

    def __init__(self, partial: Path, timeout: float, attempts: int, console: Console) -> None:
        self.partial = partial
        self.validator = partial.with_name(f"{partial.name}.validator")
        self.timeout = timeout
        self.attempts = attempts
        self.console = console

    def __call__(self, url: str, output_file: str | Path, _: Any) -> None:
        """Downloads a URL.

        Raises:
            DownloadError: If no attempt came to the end.
        """
        for attempt in range(1, self.attempts + 1):
            try:
                self._attempt(url)
                break
            except (requests.RequestException, DownloadError) as error:
                if attempt == self.attempts:
                    raise DownloadError(" ".join(str(error).split())) from error
        shutil.move(self.partial, output_file)
        self.validator.unlink(missing_ok=True)

    def _attempt(self, url: str) -> None:
        headers = {"Accept-Encoding": "identity"}  # lengths are of what is stored
        if self.partial.is_file() and self.validator.is_file():
            headers["Range"] = f"bytes={self.partial.stat().st_size}-"
            headers["If-Range"] = self.validator.read_text()
        with requests.get(url, headers=headers, stream=True, timeout=self.timeout) as response:
            if response.status_code == requests.codes.requested_range_not_satisfiable:
                self.validator.unlink()
                raise DownloadError("the server has less than what was downloaded: beginning again")
            response.raise_for_status()
            resumed = response.status_code == requests.codes.partial_content
            start = self.partial.stat().st_size if resumed else 0
            self._keep_validator(response.headers.get("ETag") or response.headers.get("Last-Modified"))
            length = response.headers.get("Content-Length")
            total = None if length is None else start + int(length)
            with self.partial.open("ab" if resumed else "wb") as file, self._bar(start, total) as advance:
                for chunk in response.iter_content(CHUNK):
                    file.write(chunk)
                    advance(len(chunk))
        found = self.partial.stat().st_size
        if total is not None and found != total:
            raise DownloadError(f"{found} of {total} bytes came")

    def _keep_validator(self, validator: str | None) -> None:
        if validator and not validator.startswith("W/"):  # a weak one does not say that bytes are the same
            self.validator.write_text(validator)
        else:
            self.validator.unlink(missing_ok=True)

    @contextmanager
    def _bar(self, start: int, total: int | None) -> Iterator[Callable[[int], None]]:
        columns = (TextColumn("downloading"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        hidden = not self.console.is_terminal
        with Progress(*columns, console=self.console, transient=True, disable=hidden) as bar:
            task = bar.add_task("", total=total, completed=start)
            yield lambda count: bar.advance(task, count)


def download(
    url: str, sha256: str | None, folder: Path, timeout: float, attempts: int, console: Console
) -> Path:
    """Downloads a URL into a folder, unless it is there.

    Returns:
        The file, whole and, where a checksum is given, verified.

    Raises:
        UserError: If it cannot be had; what came of it stays for the next attempt.
    """
    name = hashlib.sha256(url.encode()).hexdigest()[:16]
    partial = folder / f"{name}.part"
    downloader = Downloader(partial, timeout, attempts, console)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        pooch.get_logger().setLevel("WARNING")  # the front door says what is to be said
        known = None if sha256 is None else f"sha256:{sha256}"
        return Path(pooch.retrieve(url, known, fname=name, path=folder, downloader=downloader))
    except DownloadError as error:
        raise UserError(
            f"{url}: {error}: repeat the command to go on, replace the link with sources.NAME.url=URL, or "
            "fetch the file by hand"
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
            shutil.copyfileobj(source, file, CHUNK)
        if not h5py.is_hdf5(unfinished):
            raise UserError(
                f"{target.name}: what was downloaded is no HDF5 file, perhaps a web page: replace the link "
                "with sources.NAME.url=URL, or fetch the file by hand"
            )
        unfinished.replace(target)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
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
