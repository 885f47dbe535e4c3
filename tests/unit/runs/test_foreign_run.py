"""The folder of a run of scores from elsewhere."""

from datetime import UTC, datetime

import pytest

from vsumlab.config import compose_config
from vsumlab.errors import UserError
from vsumlab.runs.foreign_run import new_folder

STARTED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_folder_is_named_by_name_and_time_as_other_runs_are(tmp_path) -> None:
    config = compose_config([f"paths.runs={tmp_path}", "name=mine"], "evaluate")
    with new_folder(config, STARTED) as run:
        assert run == tmp_path / "mine" / "2026-01-02_03-04-05"
    assert run.is_dir()
    with pytest.raises(UserError, match="is there already"), new_folder(config, STARTED):
        pass
    assert run.is_dir()


@pytest.mark.parametrize("error", [UserError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("others", [False, True])
def test_a_folder_that_could_not_be_filled_goes_again(tmp_path, error, others) -> None:
    config = compose_config([f"paths.runs={tmp_path / 'runs'}", "name=mine"], "evaluate")
    if others:
        (tmp_path / "runs" / "mine" / "other").mkdir(parents=True)

    def fill() -> None:
        with new_folder(config, STARTED) as run:
            (run / "videos.csv").touch()
            raise error

    with pytest.raises(error):
        fill()
    assert not list(tmp_path.rglob("2026*"))
    assert (tmp_path / "runs").exists() == others


def test_where_nothing_can_be_made_it_is_said(tmp_path) -> None:
    (tmp_path / "mine").touch()
    config = compose_config([f"paths.runs={tmp_path}", "name=mine"], "evaluate")
    said = r"cannot be written .*choose another place with paths\.runs=FOLDER"
    with pytest.raises(UserError, match=said), new_folder(config, STARTED):
        pass
