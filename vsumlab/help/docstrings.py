"""What Google-style docstrings say of each parameter, by reading a module's source alone."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator

SECTIONS = ("Args:", "Attributes:")
ENTRY = re.compile(r"\*{0,2}(?P<name>\w+)(?: \([^)]*\))?:(?P<text>.*)")


def entries(docstring: str) -> dict[str, str]:
    """The text of each entry of `Args:` and `Attributes:`, on one line.

    >>> entries(class_entries.__doc__)
    {'source': "The module's.", 'name': "The class's."}
    """
    found: dict[str, list[str]] = {}
    inside, depth, name = False, 0, ""
    for line in inspect.cleandoc(docstring).splitlines():
        text = line.strip()
        if not text:
            continue
        indent = len(line) - len(line.lstrip())
        if indent == 0:  # a heading, or prose
            inside, depth, name = text in SECTIONS, 0, ""
            continue
        depth = depth or indent
        entry = ENTRY.fullmatch(text) if indent == depth else None
        if inside and entry:
            name = entry["name"]
            found[name] = [entry["text"].strip()]
        elif inside and name:
            found[name].append(text)
    return {name: " ".join(lines).strip() for name, lines in found.items()}


def class_entries(source: str, name: str) -> dict[str, str]:
    """The entries of a class and its `__init__`, and of all dataclasses of its module.

    Args:
        source: The module's.
        name: The class's.

    Raises:
        SyntaxError: If the source is no Python.
    """
    found: dict[str, str] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef) and (node.name == name or is_dataclass(node)):
            for docstring in docstrings(node):
                found |= entries(docstring)
    return found


def is_dataclass(node: ast.ClassDef) -> bool:
    """Whether a class is decorated as one, with arguments or without."""
    names = (ast.unparse(each).partition("(")[0] for each in node.decorator_list)
    return any(name.rpartition(".")[2] == "dataclass" for name in names)


def docstrings(node: ast.ClassDef) -> Iterator[str]:
    """The docstring of a class and that of its `__init__`."""
    yield ast.get_docstring(node) or ""
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            yield ast.get_docstring(each) or ""
