"""Names from data are shown, written and made files of without doing anything else."""

import csv
import io
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.shown import is_line

from vsumlab.errors import printable
from vsumlab.names import file_name, from_cell, to_cell

NAMES = st.text(st.characters(codec=None))  # surrogates, too
ODD = [
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "..",
    ".",
    "",
    " ",
    "a.",
    "CON",
    "nul.mp4",
    "a\nb\x1b[31m",
    "\ud800",
    "caf\udce9",
    "\u202egpj.exe",
    "x" * 5000,
    "é" * 5000,
    "=cmd()",
    "50% off",
    "50%25 off",
    "%",
    "C:\\x",
]


@settings(deadline=None)
@given(NAMES)
def test_what_is_shown_is_one_printable_line_in_any_encoding_of_text(name) -> None:
    shown = printable(name)
    assert is_line(shown)
    shown.encode("utf-8")
    if is_line(name) and len(name) < 2000:
        assert shown.isprintable() or shown == name


def is_sound(name: str) -> bool:
    """Whether a name is that of a file on any system, in the folder it is put in, and to be seen there."""
    parts = (not set(name) & set('/\\:*?"<>|')) and name.isprintable()
    stem = name.partition(".")[0].lower()
    devices = {"con", "prn", "aux", "nul", *(f"{port}{i}" for port in ("com", "lpt") for i in range(10))}
    return bool(
        name
        and parts
        and name[0] not in ". "
        and name[-1] not in ". "
        and stem not in devices
        and len(name.encode()) <= 200
    )


@settings(deadline=None)
@given(NAMES)
def test_every_name_makes_a_sound_file_name(name) -> None:
    assert is_sound(file_name(name))


@settings(deadline=None)
@given(st.lists(NAMES, unique=True))
def test_no_two_names_share_a_file(names) -> None:
    assert len({file_name(name) for name in names}) == len(names)


def test_files_of_odd_names_stay_in_their_folder(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ODD:
        assert is_sound(file_name(name)), name
        (folder / file_name(name)).touch()
    assert len([*folder.iterdir()]) == len(ODD)
    assert [*tmp_path.iterdir()] == [folder]


@pytest.mark.parametrize("name", ["video_1", "Air_Force_One", "clip é 2", "a.b-c", "-x", "$x^2$"])
def test_usual_names_stay_as_they_are(name) -> None:
    assert file_name(name) == name == printable(name)


@settings(deadline=None)
@given(st.text())
def test_a_cell_is_no_formula_and_read_again_as_it_was(name) -> None:
    cell = to_cell(name)
    formula = cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert not formula or math.isfinite(float(cell)), "a number may have a sign"
    assert from_cell(cell) == name
    written = io.StringIO(newline="")
    csv.writer(written).writerow([cell])
    ((found,),) = csv.reader(io.StringIO(written.getvalue(), newline="")) if cell else (("",),)
    assert from_cell(found) == name


SAFE = ("'quoted'", "-1", "'-1", "+1e-5", "plain", "")
"""A number is no formula, whatever its sign."""


@pytest.mark.parametrize(
    "name", ["=1+1", "'=1+1", "''-1+1", "-a", "'quoted'", "-1", "'-1", "+1e-5", "plain", ""]
)
def test_apostrophes_are_added_only_where_a_formula_follows(name) -> None:
    assert to_cell(name) == (name if name in SAFE else f"'{name}")
    assert from_cell(to_cell(name)) == name
