"""What the command line makes of a run's end: a metric, a record of failure, a line."""

import json
import sys

import pytest

from vsumlab import run as door
from vsumlab.errors import UserError
from vsumlab.run import run_alone, run_cell
from vsumlab.runs.claim import DoneError
from vsumlab.runs.folder import write_record

METRICS = {"validation/chosen/loss": 2.0, "validation/chosen/kendall_tau": 0.25, "test/f1": 0.5}


@pytest.fixture
def ends(monkeypatch):
    """Has every run end in some metrics, or in an error."""

    def end(result: dict[str, float] | Exception) -> list[object]:
        configs: list[object] = []

        def run_job(config: object) -> dict[str, float]:
            configs.append(config)
            if isinstance(result, Exception):
                raise result
            return result

        monkeypatch.setattr("vsumlab.job.run_job", run_job)
        return configs

    return end


def test_the_metric_that_is_named_is_given(ends, composed) -> None:
    ends(METRICS)
    assert run_alone(composed()) is None
    assert run_alone(composed("optimized_metric=validation/chosen/kendall_tau")) == 0.25


def test_a_metric_of_test_videos_is_refused_before_anything_is_trained(ends, composed) -> None:
    configs = ends(METRICS)
    with pytest.raises(UserError, match="nothing is chosen on test videos"):
        run_alone(composed("optimized_metric=test/f1"))
    assert configs == []


def test_a_metric_that_there_is_not_is_named_with_those_that_there_are(ends, composed) -> None:
    ends(METRICS)
    with pytest.raises(UserError, match="the run has validation/chosen/loss, validation/chosen/kendall_tau:"):
        run_alone(composed("optimized_metric=validation/f1"))
    ends({})
    assert run_alone(composed("optimized_metric=validation/f1")) is None, "another process sums the run up"


def test_a_failure_in_a_sweep_is_a_line_and_a_record(ends, composed, tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    ends(ArithmeticError("not a number\nmore"))
    assert run_cell(composed(run=tmp_path), tmp_path) is None
    assert f"vsumlab: {tmp_path.name}: not a number" in capsys.readouterr().err.splitlines()
    record = json.loads((tmp_path / "run.json").read_text())
    assert (record["status"], record["error"]) == ("failed", "ArithmeticError: not a number")


def test_a_finished_run_in_a_sweep_stays_so_and_is_no_failure(ends, composed, tmp_path, capsys) -> None:
    write_record(tmp_path / "run.json", {"status": "done", "metrics": METRICS})
    before = (tmp_path / "run.json").read_bytes()
    for error, said in ((DoneError("is finished"), ""), (UserError("refused"), "refused")):
        ends(error)
        config = composed("optimized_metric=validation/chosen/loss", run=tmp_path)
        given = run_cell(config, tmp_path)
        assert given == (2.0 if isinstance(error, DoneError) else None)
        assert said in capsys.readouterr().err
        assert (tmp_path / "run.json").read_bytes() == before


def test_of_several_processes_none_goes_on_alone(ends, composed, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("LOCAL_RANK", "1")
    ends(ArithmeticError("not a number"))
    with pytest.raises(ArithmeticError):
        run_cell(composed(run=tmp_path), tmp_path)
    assert not (tmp_path / "run.json").exists()


def test_an_interrupt_that_lightning_turns_into_an_exit_is_one_too(capsys, monkeypatch) -> None:
    def interrupted() -> None:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            sys.exit(1)

    monkeypatch.delenv("LOCAL_RANK", raising=False)
    monkeypatch.setattr(door, "job", interrupted)
    with pytest.raises(SystemExit, match="130"):
        door.main()
    assert capsys.readouterr().err.startswith("vsumlab: interrupted:")
