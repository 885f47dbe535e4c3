"""The folder of a run of scores from elsewhere."""

from datetime import UTC, datetime

import pytest

from vsumlab.config import compose_config
from vsumlab.errors import UserError
from vsumlab.runs.foreign_run import new_folder

STARTED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_folder_is_named_by_name_and_time_as_other_runs_are(tmp_path) -> None:
    config = compose_config([f"paths.runs={tmp_path}", "name=mine"], "evaluate")
    assert new_folder(config, STARTED) == tmp_path / "mine" / "2026-01-02_03-04-05"
    with pytest.raises(UserError, match="is there already"):
        new_folder(config, STARTED)


@pytest.mark.parametrize("name", ["a/b", "../outside", "/absolute", ".."])
def test_a_name_is_no_path(tmp_path, name) -> None:
    with pytest.raises(UserError, match="is not the name of a folder"):
        new_folder(compose_config([f"paths.runs={tmp_path}", f"name={name}"], "evaluate"), STARTED)
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_made_it_is_said(tmp_path) -> None:
    (tmp_path / "mine").touch()
    with pytest.raises(UserError, match=r"cannot be written .*choose another place with paths\.runs=FOLDER"):
        new_folder(compose_config([f"paths.runs={tmp_path}", "name=mine"], "evaluate"), STARTED)
