"""The searches for `wandb sweep`: commands that run, and go by validation videos of one fold."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from hydra.utils import instantiate
from wandb.sdk.launch.sweeps.utils import create_sweep_command, create_sweep_command_args
from wandb_offline import read_offline

from vsumlab.train import train

SEARCHES = sorted((Path(__file__).parents[2] / "experiments").glob("*_search.yaml"))
QUICK = {
    "csnet_search": ("trainer.max_epochs=1", "method.hidden_size=8", "+trainer.limit_train_batches=2"),
    "contrastive_search": ("trainer.max_epochs=1",),
}


def search(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(file.read_text())
    return content


def corners(parameters: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Every choice of values, or of the ends of a range."""
    choices = [each.get("values") or [each["min"], each["max"]] for each in parameters.values()]
    return [dict(zip(parameters, chosen, strict=True)) for chosen in product(*choices)]


def overrides(content: dict[str, Any], chosen: dict[str, Any]) -> list[str]:
    """What W&B's agent would have Hydra told."""
    arguments = create_sweep_command_args(
        {"args": {name: {"value": value} for name, value in chosen.items()}}
    )
    command = create_sweep_command(list(content["command"]))
    assert command[-1] == "${args_no_hyphens}"
    assert command[:4] == ["${env}", "${interpreter}", "-m", "vsumlab.run"]
    return [*command[4:-1], *arguments["args_no_hyphens"]]


def test_there_is_one_for_each_method() -> None:
    assert [file.stem for file in SEARCHES] == sorted(QUICK)


@pytest.mark.parametrize("file", SEARCHES, ids=lambda file: file.stem)
def test_all_that_is_searched_reaches_the_method(file, composed) -> None:
    content = search(file)
    for chosen in corners(content["parameters"]):
        config = composed(*overrides(content, chosen))
        method = instantiate(config.method, feature_dim=8, _convert_="all")
        for name, value in chosen.items():
            assert method.hparams[name.removeprefix("method.")] == value
        assert config.name == file.stem
        assert isinstance(config.fold, int)


@pytest.mark.parametrize("file", SEARCHES, ids=lambda file: file.stem)
def test_it_goes_by_validation_videos_and_finds_what_it_goes_by(
    file, composed, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("WANDB_SILENT", "true")
    content = search(file)
    told = overrides(content, corners(content["parameters"])[0])
    train(composed(*told, "data=demo", "logger.offline=true", *QUICK[file.stem], run=tmp_path))
    (run,) = read_offline(tmp_path)  # an agent's process may make one run only
    assert (run.group, run.job_type) == (file.stem, "fold")
    metric = content["metric"]["name"]
    assert metric.startswith("validation/")
    assert len([entry for entry in run.history if metric in entry]) == 1
    assert -1 <= run.summary[metric] <= 1
