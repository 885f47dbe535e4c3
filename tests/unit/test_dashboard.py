"""The door to the dashboard: it saves it and prints its address, or says in one line why it cannot."""

import sys

import pytest

from vsumlab import dashboard


def test_what_keeps_it_from_being_saved_is_one_line(monkeypatch, capsys) -> None:
    def refused(self: object) -> None:
        raise RuntimeError("No API key configured. Use `wandb login` to log in.\nmore")

    monkeypatch.setattr("wandb_workspaces.workspaces.Workspace.save", refused)
    monkeypatch.setattr(sys, "argv", ["dashboard", "someone"])
    with pytest.raises(SystemExit) as stop:
        dashboard.main()
    assert stop.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("vsumlab: dashboard: someone/vsumlab: No API key configured")
    assert len(said.splitlines()) == 1


def test_without_its_package_it_says_how_to_get_it(monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "wandb_workspaces", None)
    monkeypatch.delitem(sys.modules, "vsumlab.tracking.workspace", raising=False)
    monkeypatch.setattr(sys, "argv", ["dashboard", "someone", "project"])
    with pytest.raises(SystemExit) as stop:
        dashboard.main()
    assert stop.value.code == 2
    assert "pip install 'vsumlab[dashboard]'" in capsys.readouterr().err


def test_the_address_is_printed(monkeypatch, capsys) -> None:
    saved = []

    def save(self: object) -> object:
        saved.append(self)
        return self

    monkeypatch.setattr("wandb_workspaces.workspaces.Workspace.save", save)
    monkeypatch.setattr("wandb_workspaces.workspaces.Workspace.url", "https://made.up/view")
    monkeypatch.setattr(sys, "argv", ["dashboard", "someone", "theirs"])
    dashboard.main()
    assert capsys.readouterr().out == "https://made.up/view\n"
    assert [(each.entity, each.project) for each in saved] == [("someone", "theirs")]
