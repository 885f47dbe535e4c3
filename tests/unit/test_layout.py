"""The tests mirror the package, no module shadows the standard library, and words say one thing."""

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
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


def words(file: Path) -> Iterator[tuple[int, str]]:
    """What stands in a file's names, comments and docstrings, with the number of the line."""
    text = file.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME:
            yield token.start[0], token.string.replace("_", " ")
        elif token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):  # also of constants
            yield node.lineno, str(node.value.value)


def test_names_comments_and_docstrings_are_in_plain_words() -> None:
    found = [
        f"{file.relative_to(PROJECT)}:{line}: {text}"
        for file in PACKAGE.rglob("*.py")
        for line, text in words(file)
        if UNCLEAR.search(text)
    ]
    assert found == []
