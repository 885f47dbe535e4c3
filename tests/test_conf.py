"""Every file in conf composes, and nothing in it goes unread."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import wandb
from hydra import compose, initialize_config_dir
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import ConfigCompositionException
from hydra.utils import get_object
from omegaconf import DictConfig, OmegaConf, open_dict
from pytorch_lightning.loggers import WandbLogger

from vsumlab.config import build, find_conf
from vsumlab.train import train

CONF = find_conf()
PACKAGE = Path(inspect.getfile(train)).parent
EXPERIMENTS = sorted(path.stem for path in CONF.glob("experiment/*.yaml"))
CHOICES = sorted(
    f"{path.parent.name}={path.stem}" for path in CONF.glob("*/*.yaml") if path.parent.name != "hydra"
)
# where a target passes keyword arguments on
PASSED_ON = {WandbLogger: wandb.init}


def parameters(target: Any) -> set[str]:
    """The names that a target takes."""
    names = set(inspect.signature(target).parameters)
    return names | set(inspect.signature(PASSED_ON[target]).parameters) if target in PASSED_ON else names


def leaves(config: DictConfig, path: str = "") -> Iterator[tuple[str, Any, str]]:
    """Every leaf as (its path, the nearest node above with a _target_, its name below that node)."""
    target = get_object(config._target_) if "_target_" in config else None
    for key in config:
        if key == "_target_":
            continue
        here = f"{path}.{key}" if path else str(key)
        if OmegaConf.is_dict(config._get_node(key)) and (target is None or "_target_" in config[key]):
            yield from leaves(config[key], here)
        else:
            yield here, target, str(key)


def program_reads(path: str) -> bool:
    """Whether the package's code or an interpolation in conf names this leaf."""
    code = "\n".join(file.read_text() for file in PACKAGE.rglob("*.py"))
    conf = "\n".join(file.read_text() for file in CONF.rglob("*.yaml"))
    return bool(re.search(rf"config\.{re.escape(path)}\b", code)) or f"${{{path}}}" in conf


# groups that only some choices of another group have
GROUP_OF = {"refinement": "method=contrastive"}


@pytest.mark.parametrize("choice", CHOICES)
def test_every_leaf_is_taken_by_its_target_or_read_by_the_program(choice: str, composed) -> None:
    taken = 0
    other = GROUP_OF.get(choice.split("=")[0])
    for path, target, name in leaves(composed(*filter(None, [other]), choice)):
        if target is None:
            assert program_reads(path), f"{path} is read by nothing"
        else:
            assert name in parameters(target), f"{path} is no parameter of {target}"
        taken += 1
    assert taken > 20


def test_every_leaf_of_evaluate_is_read_too() -> None:
    with initialize_config_dir(str(CONF), version_base="1.3"):
        config = compose("evaluate")
    for path, target, name in leaves(config):
        assert name in parameters(target) if target else program_reads(path), path


def test_there_are_experiments() -> None:
    assert "csnet_canonical" in EXPERIMENTS


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_experiment_says_its_command(experiment: str) -> None:
    text = (CONF / "experiment" / f"{experiment}.yaml").read_text()
    assert re.search(rf"^# python -m vsumlab\.run (-m )?experiment={experiment}\b", text, re.MULTILINE)


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_experiment_runs_a_fold(experiment: str, composed, tmp_path: Path) -> None:
    train(composed(f"experiment={experiment}", "fold=0", "debug=smoke", run=tmp_path))
    assert (tmp_path / "run.json").is_file()


STUDIES = [name for name in EXPERIMENTS if "MULTIRUN" in (CONF / "experiment" / f"{name}.yaml").read_text()]


@pytest.mark.parametrize("study", STUDIES)
def test_every_run_of_a_study_can_be_built(study: str) -> None:
    with initialize_config_dir(str(CONF), version_base="1.3"):
        config = compose("config", [f"experiment={study}"], return_hydra_config=True)
    params = OmegaConf.to_container(config.hydra.sweeper.params)
    swept = [f"{name}={values}" for name, values in params.items() if name not in ("seed", "fold")]
    (runs,) = BasicSweeper.split_arguments(OverridesParser.create().parse_overrides(swept), None)
    assert len({tuple(run) for run in runs}) == len(runs)
    built = set()
    for run in runs:
        cell = composed_run(f"experiment={study}", *run)
        built.add(str({**cell, "name": None}))
        with torch.device("meta"):
            build(cell.method, feature_dim=16)
    assert len(built) == len(runs), "every run is another"


def composed_run(*overrides: str) -> DictConfig:
    """The configuration of a run."""
    with initialize_config_dir(str(CONF), version_base="1.3"):
        config = compose("config", ["paths.run=unused", *overrides], return_hydra_config=True)
    HydraConfig.instance().set_config(config)
    with open_dict(config):
        del config["hydra"]
    return config


def test_a_misspelt_override_is_an_error(composed) -> None:
    with pytest.raises(ConfigCompositionException, match="variance_los"):
        composed("method.variance_los=none")


def test_table_2_is_reached_by_switches(composed) -> None:
    from hydra.utils import instantiate

    names = {}
    for cs in (True, False):
        for difference in (True, False):
            for variance in ("median", "none"):
                method = instantiate(
                    composed(
                        f"method.chunk_stride={cs}",
                        f"method.difference_attention={difference}",
                        f"method.variance_loss={variance}",
                    ).method,
                    feature_dim=16,
                )
                names[method.published_names["csnet"]] = (cs, difference, variance)
    assert len(names) == 8
    assert names["CSNet1"] == (False, False, "none")
    assert names["CSNet2"] == (True, False, "none")
    assert names["CSNet6"] == (True, False, "median")
    assert names["CSNet7"] == (False, True, "median")
    assert names["CSNet"] == (True, True, "median")
