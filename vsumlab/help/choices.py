"""What `GROUP=NAME` chooses from, in `conf` and folders like it, each with the line that heads its file."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

WIDTH = 80
LONGEST_NAME = 30


def list_choices(sources: Sequence[Mapping[str, str]], first: Sequence[str] = ()) -> str:
    """All choices, group by group, for a help template: `$` stands there for itself as `$$`.

    Args:
        sources: Hydra's `runtime.config_sources`; of a name that is in several, the first counts.
        first: The groups that come first; others follow by the alphabet.
    """
    folders = [Path(source["path"]) for source in sources if source["schema"] == "file"]
    groups = find_choices(folders)
    order = [*(group for group in first if group in groups), *sorted(groups.keys() - {*first})]
    return "\n\n".join(f"{group}=\n{columns(groups[group])}" for group in order).replace("$", "$$")


def find_choices(folders: Sequence[Path]) -> dict[str, dict[str, str]]:
    """What each group can be, each with its head; Hydra's own group and groups in groups are left out."""
    found: dict[str, dict[str, str]] = {}
    for folder in folders:
        for file in sorted(folder.glob("*/*.yaml")):
            if file.parent.name != "hydra":
                found.setdefault(file.parent.name, {}).setdefault(file.stem, head(file))
    return found


def head(file: Path) -> str:
    """The comment that a file begins with, its first line; `# @package` does not count."""
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        text = line.lstrip("# ")
        if line and not line.startswith("#"):
            break
        if text and not text.startswith("@package"):
            return text.strip()
    return ""


def columns(texts: Mapping[str, str]) -> str:
    """Names to the left of their texts."""
    width = min(max(map(len, texts)), LONGEST_NAME)
    return "\n".join(
        in_lines(text, f"  {name:<{width}}  ", " " * (width + 4)) for name, text in texts.items()
    )


def in_lines(text: str, first: str, other: str) -> str:
    """A text in lines of at most 80 characters, with what its first and its other lines begin with."""
    lines = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=other,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines) or first.rstrip()
