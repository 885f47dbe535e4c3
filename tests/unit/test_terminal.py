"""What long work shows: a bar in a terminal, nothing elsewhere."""

import io

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
