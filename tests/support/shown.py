"""What a terminal does with a text."""

from unicodedata import bidirectional, category

CONTROLS = {"Cc", "Cs", "Zl", "Zp"}
TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def is_line(text: str) -> bool:
    """Whether a text is one line that moves no cursor, turns no direction and can be written as UTF-8."""
    return not any(category(each) in CONTROLS or bidirectional(each) in TURNS for each in text)
