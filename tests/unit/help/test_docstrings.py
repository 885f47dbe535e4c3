"""What Google-style docstrings say of parameters."""

from dataclasses import dataclass
from pathlib import Path

from vsumlab.help.docstrings import class_entries, entries

WHOLE = """Does a thing: with a colon.

    Attributes:
        one: Of one line.
        two (float): Over
            two lines: `none`, or more.

            And a paragraph.
        **others: Whatever there is.
        empty:

    Raises:
        ValueError: Which is no parameter.

    Prose: not one either.
    """


def test_each_entry_is_one_line_without_its_type() -> None:
    assert entries(WHOLE) == {
        "one": "Of one line.",
        "two": "Over two lines: `none`, or more. And a paragraph.",
        "others": "Whatever there is.",
        "empty": "",
    }


def test_both_sections_count_and_nothing_else_does() -> None:
    assert entries("A.\n\n    Args:\n        a: One.\n\n    Attributes:\n      b: Two.\n") == {
        "a": "One.",
        "b": "Two.",
    }
    for docstring in (
        "",
        "Nothing: of that kind.",
        "A.\n\nReturns:\n    a: Not a parameter.",
        "A.\n\nArgs:\n",
    ):
        assert entries(docstring) == {}


def test_a_name_that_is_deeper_than_its_entry_is_text() -> None:
    assert entries("A.\n\n    Args:\n        a: One of\n            b: which is no entry.") == {
        "a": "One of b: which is no entry."
    }


SOURCE = '''
import dataclasses

class Part:
    """A part.

    Args:
        size: Of a part.
    """

@dataclasses.dataclass(frozen=True)
class Chosen:
    """Choices.

    Attributes:
        rate: Of learning.
    """

class Method:
    """A method.

    Args:
        feature_dim: D.
    """

    def __init__(self, feature_dim, size):
        """Makes it.

        Args:
            size: Of the method.
        """

    def forward(self, features):
        """Scores.

        Args:
            features: No parameter of it.
        """
'''


def test_a_class_has_its_own_entries_and_those_of_dataclasses_next_to_it() -> None:
    dataclass = {"rate": "Of learning."}
    assert class_entries(SOURCE, "Part") == dataclass | {"size": "Of a part."}
    assert class_entries(SOURCE, "Method") == dataclass | {"feature_dim": "D.", "size": "Of the method."}


@dataclass
class Here:
    """A class of this very file.

    Attributes:
        here: In this file.
    """

    here: int


def test_source_and_object_say_the_same() -> None:
    found = class_entries(Path(__file__).read_text(encoding="utf-8"), "Here")
    assert found == entries(Here.__doc__ or "") == {"here": "In this file."}
