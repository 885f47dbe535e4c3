"""The searches for `wandb sweep`: commands that run, and go by validation videos of one fold."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hydra.utils import instantiate
from support import PROJECT
from support.wandb_offline import read_offline
from wandb.sdk.launch.sweeps.utils import create_sweep_command, create_sweep_command_args

from vsumlab.job import run_job
from vsumlab.methods.registry import methods

SEARCHES = sorted((PROJECT / "experiments").glob("*_search.yaml"))
SMALLER = {"hidden_size": 8, "frames": 20, "segment_length": 5}


def search(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(file.read_text())
    return content


def choices(parameters: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Every value, or both ends of a range, of each parameter with the first ones of the others."""
    values = {name: each.get("values") or [each["min"], each["max"]] for name, each in parameters.items()}
    first = {name: of_one[0] for name, of_one in values.items()}
    return [first, *(first | {name: value} for name in values for value in values[name][1:])]


def overrides(content: dict[str, Any], chosen: dict[str, Any]) -> list[str]:
    """What W&B's agent gives to Hydra."""
    arguments = create_sweep_command_args(
        {"args": {name: {"value": value} for name, value in chosen.items()}}
    )
    command = create_sweep_command(list(content["command"]))
    assert command[-1] == "${args_no_hyphens}"
    assert command[:4] == ["${env}", "${interpreter}", "-m", "vsumlab.run"]
    assert (PROJECT / content["program"]).is_file()
    return [*command[4:-1], *arguments["args_no_hyphens"]]


def test_each_is_of_a_method() -> None:
    assert SEARCHES
    assert {file.stem for file in SEARCHES} <= {f"{name}_search" for name in methods()}


@pytest.mark.parametrize("file", SEARCHES, ids=lambda file: file.stem)
def test_all_that_is_searched_reaches_the_method(file, composed) -> None:
    content = search(file)
    for chosen in choices(content["parameters"]):
        config = composed(*overrides(content, chosen))
        method = instantiate(config.method, feature_dim=8, _convert_="all")
        for name, value in chosen.items():
            assert name.startswith("method.")
            assert getattr(method.hyperparameters, name.removeprefix("method.")) == value
            assert method.hparams[name.removeprefix("method.")] == value
        assert config.name == file.stem
        assert isinstance(config.fold, int)


@pytest.mark.parametrize("folder", ["elsewhere", None])
@pytest.mark.parametrize("file", SEARCHES, ids=lambda file: file.stem)
def test_each_machine_says_where_its_data_is(file, folder, composed, monkeypatch) -> None:
    monkeypatch.delenv("VSUMLAB_DATA", raising=False)
    if folder:
        monkeypatch.setenv("VSUMLAB_DATA", folder)
    content = search(file)
    config = composed(*overrides(content, choices(content["parameters"])[0]))
    assert config.data.folder == (folder or "data")


@pytest.mark.parametrize("file", SEARCHES, ids=lambda file: file.stem)
def test_it_goes_by_validation_videos_and_finds_what_it_goes_by(
    file, composed, tiny_file, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("WANDB_SILENT", "true")
    content = search(file)
    asked = overrides(content, choices(content["parameters"])[0])
    small = [f"method.{name}={value}" for name, value in SMALLER.items() if name in composed(*asked).method]
    quick = ("debug=smoke", "logger.offline=true", "random_draws=2", f"data.file={tiny_file}", *small)
    metrics = run_job(composed(*asked, *quick, run=tmp_path))
    (run,) = read_offline(tmp_path)  # an agent's process may make one run only
    assert (run.group, run.job_type) == (file.stem, "fold")
    metric = content["metric"]["name"]
    assert metric.startswith("validation/")
    assert len([entry for entry in run.history if metric in entry]) == 1
    assert -1 <= run.summary[metric] <= 1
    assert run.summary[metric] == pytest.approx(metrics[metric])
