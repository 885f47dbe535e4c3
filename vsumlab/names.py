"""Names that come with data, such as those of videos, as text, cells and file names."""

from __future__ import annotations

import hashlib
import re

LONGEST = 200
"""Bytes of a file's name without its suffix: file systems take 255."""
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
"""What Windows takes for a device, whatever suffix it has."""
FORMULA = "=+-@\t\r"
"""What a cell that spreadsheets calculate begins with."""
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
"""What is no formula, though it may begin like one."""


def file_name(name: str) -> str:
    """A name as the name of a file or folder: each has one of its own, in one folder, on any system.

    What no file's name should have is percent-encoded, which most names have nothing of: separators, what
    cannot be seen, a point or blank at an end, a device's name. One that is too long is cut, and ends in a
    digest of all of it.

    >>> file_name("video_1"), file_name("a/b"), file_name(".."), file_name("CON")
    ('video_1', 'a%2Fb', '%2E%2E', '%43ON')
    """
    odd = r'[%/\\:*?"<>|]|^[. ]|[. ]$'
    encoded = re.sub(odd, lambda found: percent(found[0]), name)
    encoded = "".join(each if each.isprintable() else percent(each) for each in encoded)
    if DEVICES.match(encoded):
        encoded = f"%{ord(encoded[0]):X}{encoded[1:]}"
    if len(encoded.encode()) > LONGEST:
        digest = hashlib.sha256(encoded.encode()).hexdigest()[:16]
        encoded = f"{encoded.encode()[: LONGEST - 17].decode(errors='ignore')}-{digest}"
    return encoded or "%"


def percent(character: str) -> str:
    """A character as URLs have it, whichever it is."""
    encoded = character.encode("utf-8", "surrogatepass")
    return "".join(f"%{byte:02X}" for byte in encoded)


def to_cell(text: str) -> str:
    """A text as a cell of a CSV file that no spreadsheet calculates: an apostrophe says that it is text.

    >>> to_cell("=1+1"), to_cell("video_1")
    ("'=1+1", 'video_1')
    """
    return f"'{text}" if calculates(text.lstrip("'")) else text


def from_cell(cell: str) -> str:
    """The text that `to_cell` made a cell of."""
    return cell[1:] if cell.startswith("'") and calculates(cell.lstrip("'")) else cell


def calculates(text: str) -> bool:
    """Whether a spreadsheet takes a text for a formula; a number is none, whatever its sign.

    >>> calculates("-1+1"), calculates("-1.5e-3")
    (True, False)
    """
    return text.startswith(tuple(FORMULA)) and not NUMBER.fullmatch(text)
