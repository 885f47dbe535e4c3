"""What there is to choose from, each with its line."""

import pytest

from vsumlab.config import find_conf
from vsumlab.help.choices import find_choices, head, list_choices

FILES = sorted(file for file in find_conf().glob("*/*.yaml") if file.parent.name != "hydra")


@pytest.fixture
def folder(tmp_path):
    """Writes a folder of choices."""

    def write(name: str, **files: str):
        for path, text in files.items():
            file = tmp_path / name / f"{path.replace('__', '/')}.yaml"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# One.\n# Two.\na: 1\n", "One."),
        ("# @package _global_\n# One.\na: 1\n", "One."),
        ("\n#@package _global_\n\n#  One.\n", "One."),
        ("a: 1 # of a value\n# late\n", ""),
        ("# @package _global_\na: 1\n# late\n", ""),
        ("", ""),
    ],
)
def test_a_files_head_is_its_first_comment(folder, text, expected) -> None:
    assert head(folder("conf", method__one=text) / "method" / "one.yaml") == expected


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}={file.stem}")
def test_every_file_of_the_package_has_a_head(file) -> None:
    assert len(head(file).split()) > 1
    assert find_choices([find_conf()])[file.parent.name][file.stem] == head(file)


def test_folders_are_joined_and_the_first_counts(folder) -> None:
    mine = folder("mine", method__one="# Mine.", method__deep__two="# No.", hydra__x="# No.", config="# No.")
    theirs = folder("theirs", method__one="# Theirs.", method__three="# Three.", data__four="# Four.")
    assert find_choices([mine, theirs, mine / "nowhere"]) == {
        "method": {"one": "Mine.", "three": "Three."},
        "data": {"four": "Four."},
    }


def sources(*folders) -> list[dict[str, str]]:
    other = {"schema": "pkg", "path": "hydra.conf", "provider": "hydra"}
    return [other, *({"schema": "file", "path": str(each), "provider": "main"} for each in folders)]


def test_groups_come_in_the_order_that_is_asked_for_then_by_the_alphabet(folder) -> None:
    conf = folder("conf", b__x="# X.", a__yy="", c__z="# Costs $5.")
    assert list_choices(sources(conf), ["c", "nothing"]) == "c=\n  z  Costs $$5.\n\na=\n  yy\n\nb=\n  x  X."


def test_everything_is_there_in_80_columns() -> None:
    text = list_choices(sources(find_conf()))
    assert max(map(len, text.splitlines())) <= 80
    words = " ".join(text.split())
    for file in FILES:
        assert f" {file.stem} {head(file)}" in words


def test_long_names_leave_room_for_the_text(folder) -> None:
    name = "x" * 60
    text = list_choices(sources(folder("conf", **{f"a__{name}": "# " + "word " * 30, "a__b": "# B."})))
    assert text.splitlines()[:2] == ["a=", f"  {'b':<30}  B."]
    assert all(len(line) <= 80 for line in text.splitlines())
