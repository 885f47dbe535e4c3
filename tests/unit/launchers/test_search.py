import json
from pathlib import Path

import pytest

from vsumlab.launchers.search import earlier_trials, value_of

optuna = pytest.importorskip("optuna")
SPACE = {
    "method.a": optuna.distributions.CategoricalDistribution(["none", "1"]),
    "method.b": optuna.distributions.UniformDistribution(0, 1),
    "method.c": optuna.distributions.IntUniformDistribution(1, 9),
}


def run(sweep: Path, name: str, overrides: list[str], record: dict[str, object] | None) -> None:
    (sweep / name / ".hydra").mkdir(parents=True)
    (sweep / name / ".hydra" / "overrides.yaml").write_text(json.dumps(overrides))
    if record is not None:
        (sweep / name / "run.json").write_text(json.dumps(record))


def test_what_was_tried_is_read_from_the_runs(tmp_path) -> None:
    asked = ["seed=0", "paths.data=elsewhere"]
    tried = ["method.a=none", "method.b=0.1250000001", "method.c=3"]
    done = {"status": "done", "metrics": {"validation/loss": 0.5}}
    run(tmp_path, "1 done", [*tried, *asked], done)
    run(tmp_path, "2 broken off", ["method.a=1", *tried[1:], "seed=0"], None)
    run(tmp_path, "3 failed", [*tried, *asked], {"status": "failed"})
    run(tmp_path, "4 another search", [*tried, "seed=1"], done)
    run(tmp_path, "5 another space", [*tried[1:], *asked], done)
    run(tmp_path, "6 another metric", [*tried, *asked], {"status": "done", "metrics": {}})
    found = list(earlier_trials(tmp_path, SPACE, {*asked[:1], "paths.data=here"}, "validation/loss"))
    same = {"method.b": 0.1250000001, "method.c": 3}
    assert found == [({"method.a": "none", **same}, 0.5), ({"method.a": "1", **same}, None)]


def test_values_are_those_of_the_distribution() -> None:
    assert value_of("1", SPACE["method.a"]) == "1"
    assert isinstance(value_of("3", SPACE["method.c"]), int)
    assert value_of("1e-05", SPACE["method.b"]) == 1e-5
