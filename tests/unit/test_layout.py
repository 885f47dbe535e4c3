"""The tests mirror the package, no module shadows the standard library, and words say one thing."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from support import PROJECT

PACKAGE = PROJECT / "vsumlab"
MODULES = sorted(
    file.relative_to(PACKAGE)
    for file in PACKAGE.rglob("*.py")
    if file.name not in ("__init__.py", "__main__.py")
)


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_every_module_has_a_test_file_of_its_name(module: Path) -> None:
    assert (PROJECT / "tests" / "unit" / module.parent / f"test_{module.name}").is_file()


def test_every_unit_test_is_of_a_module_there_is() -> None:
    general = {Path("test_layout.py"), Path("methods/test_every_method.py")}
    for file in (PROJECT / "tests" / "unit").rglob("test_*.py"):
        test = file.relative_to(PROJECT / "tests" / "unit")
        if test not in general:
            assert test.parent / test.name.removeprefix("test_") in MODULES, test


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_no_module_has_a_name_of_the_standard_library(module: Path) -> None:
    assert module.stem not in sys.stdlib_module_names


def test_a_file_that_is_run_by_its_path_finds_the_standard_library() -> None:
    """`vsumlab/inspect` has no `__init__.py`, so that the standard library's `inspect` goes first."""
    code = "import sys; sys.path.insert(0, sys.argv[1]); import inspect; print(inspect.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", code, str(PACKAGE)], capture_output=True, text=True, check=True
    )
    assert not Path(found.stdout.strip()).is_relative_to(PROJECT / "vsumlab")
    assert not (PACKAGE / "inspect" / "__init__.py").exists()


UNCLEAR = re.compile(r"\b(told|beside|alike|known|spelt)\b")
"""Words that say too little, or several things."""


def test_names_comments_and_messages_are_in_plain_words() -> None:
    found = [
        f"{file.relative_to(PROJECT)}:{number}: {line.strip()}"
        for file in PACKAGE.rglob("*.py")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if UNCLEAR.search(line.replace("_", " "))
    ]
    assert found == []
