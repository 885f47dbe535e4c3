"""What long work shows: a bar in a terminal, elsewhere a line for what is done."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from vsumlab import terminal


@pytest.mark.parametrize("n_items", [0, 1, 5])
@pytest.mark.parametrize("is_terminal", [True, False])
def test_all_items_come_in_order_whatever_is_shown(monkeypatch, n_items, is_terminal) -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=is_terminal)
    monkeypatch.setattr(terminal, "Console", lambda **_: console)
    items = list(range(n_items))
    assert list(terminal.track(items, "counting")) == items
    assert ("counting" in shown.getvalue()) == (is_terminal and n_items > 1)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_what_is_done_is_said_where_there_is_no_bar(monkeypatch, is_terminal) -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=is_terminal, width=10)
    monkeypatch.setattr(terminal, "Console", lambda **_: console)
    terminal.say_done("fold 1 of [b] is done")
    assert shown.getvalue() == ("" if is_terminal else "vsumlab: fold 1 of [b] is done\n")


def test_where_runs_are_is_said_with_the_command_that_compares_them(capsys) -> None:
    terminal.say_where(Path("runs/mine/[1]"), Path("runs/a b"))
    assert capsys.readouterr().out.splitlines() == [
        "run folder: runs/mine/[1]",
        "run folder: runs/a b",
        "next to others: vsumlab report 'runs/mine/[1]' 'runs/a b' …",
    ]
