"""Every file in conf composes, and nothing in it goes unread."""

import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import pytest
import torch
import wandb
from hydra import compose, initialize_config_dir
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.utils import get_object
from omegaconf import DictConfig, OmegaConf
from pytorch_lightning.loggers import WandbLogger
from support.runs import record, scored

from vsumlab.config import build, changed, compose_config, find_conf, flattened
from vsumlab.errors import UserError
from vsumlab.job import run_job
from vsumlab.report.paper_rows import paper_rows
from vsumlab.runs.earlier_versions import modernized
from vsumlab.runs.reading import NO_ROWS, Run
from vsumlab.train import train

CONF = find_conf()
PACKAGE = Path(inspect.getfile(train)).parent
EXPERIMENTS = sorted(path.stem for path in CONF.glob("experiment/*.yaml"))
SETTINGS = sorted(path.stem for path in CONF.glob("setting/*.yaml"))
CHOICES = sorted(
    f"{path.parent.name}={path.stem}" for path in CONF.glob("*/*.yaml") if path.parent.name != "hydra"
)
# where a target passes keyword arguments on
PASSED_ON = {WandbLogger: wandb.init}


def parameters(target: Any) -> set[str]:
    """The names that a target takes: of a method, also those of its hyper-parameters."""
    names = set(inspect.signature(target).parameters)
    if "hyperparameters" in names:
        names |= {field.name for field in fields(get_type_hints(target)["hyperparameters"])}
    return names | set(inspect.signature(PASSED_ON[target]).parameters) if target in PASSED_ON else names


def leaves(config: DictConfig, path: str = "") -> Iterator[tuple[str, Any, str]]:
    """Every leaf as (its path, the nearest node above with a _target_, its name below that node)."""
    target = get_object(config._target_) if "_target_" in config else None
    for key in config:
        if key in ("_target_", "_partial_"):
            continue
        here = f"{path}.{key}" if path else str(key)
        if OmegaConf.is_dict(config._get_node(key)) and (target is None or "_target_" in config[key]):
            yield from leaves(config[key], here)
        else:
            yield here, target, str(key)


@cache
def everything(folder: Path, suffix: str) -> str:
    """All text of a kind in a folder."""
    return "\n".join(file.read_text(encoding="utf-8") for file in folder.rglob(f"*.{suffix}"))


def program_reads(path: str) -> bool:
    """Whether the package's code or an interpolation in conf names this leaf."""
    code, conf = everything(PACKAGE, "py"), everything(CONF, "yaml")
    return bool(re.search(rf"config\.{re.escape(path)}\b", code)) or f"${{{path}}}" in conf


# groups that only some choices of another group have
GROUP_OF = {"refinement": "method=contrastive"}


@pytest.mark.parametrize("choice", [choice for choice in CHOICES if not choice.startswith("backbone=")])
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


@pytest.mark.parametrize("choice", [choice for choice in CHOICES if choice.startswith("backbone=")])
def test_every_leaf_of_a_backbone_is_a_parameter_of_it(choice: str) -> None:
    config = compose_config(
        [choice, "+backbone.file=F"] if "lite0" in choice else [choice, "backbone.file=F"], "extract"
    )
    for path, target, name in leaves(config):
        assert target is not None, path
        assert name in parameters(target), path


def test_every_leaf_of_evaluate_is_read_too() -> None:
    for path, target, name in leaves(compose_config([], "evaluate")):
        assert name in parameters(target) if target else program_reads(path), path


def test_there_are_experiments() -> None:
    assert "csnet_canonical" in EXPERIMENTS


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_experiment_says_its_command(experiment: str) -> None:
    text = (CONF / "experiment" / f"{experiment}.yaml").read_text()
    assert re.search(rf"^# vsumlab run (-m )?experiment={experiment}\b", text, re.MULTILINE)


SMALLER = {"hidden_size": 8, "frames": 20, "segment_length": 5}


def smaller(config: DictConfig) -> list[str]:
    """What makes any method small."""
    own = [f"method.{name}={value}" for name, value in SMALLER.items() if name in config.method]
    return ["debug=smoke", "random_draws=2", "fold=0", *own]


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_experiment_runs_a_fold(experiment: str, video_file, tmp_path: Path) -> None:
    """On small files of all the names that it has, none with a video of another."""
    data, run = tmp_path / "data", tmp_path / "run"
    data.mkdir()
    asked = [f"experiment={experiment}", "data=tvsum", f"paths.data={data}", f"paths.run={run}"]
    config = compose_config(asked)
    for seed, name in enumerate([config.data.file, *config.setting.get("others", {}).values()]):
        rng = np.random.default_rng(seed)
        features = {f"video_{i}": {"features": rng.standard_normal((12, 8))} for i in range(1, 11)}
        video_file(10, features, name=f"data/{name}")
    run_job(compose_config([*asked, *smaller(config)]))
    assert record(run)["status"] == "done"
    assert len(scored(run)) >= 2


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_runs_on_the_demo_data(setting: str, composed, tmp_path: Path) -> None:
    asked = ("data=demo", f"setting={setting}")
    train(composed(*asked, *smaller(composed(*asked)), run=tmp_path))
    assert record(tmp_path / "fold_0")["setting"] == setting


SWEEPS = [name for name in EXPERIMENTS if "MULTIRUN" in (CONF / "experiment" / f"{name}.yaml").read_text()]
STUDIES = [name for name in SWEEPS if not name.endswith("_search")]  # which choose their values as they go


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
        cell = quickly_composed(study, run)
        built.add(str({**cell, "name": None}))
        with torch.device("meta"):
            build(cell.method, feature_dim=16)
    assert len(built) == len(runs), "every run is another"
    assert cell == compose_config([f"experiment={study}", *runs[-1]])


composed_once = cache(lambda *overrides: compose_config(overrides))


def quickly_composed(study: str, run: Sequence[str]) -> DictConfig:
    """The configuration of a study's run: files are composed once, values put into copies."""
    parsed = OverridesParser.create().parse_overrides(list(run))
    files = [each.input_line for each in parsed if (CONF / each.key_or_group).is_dir()]
    values = {each.key_or_group: each.value() for each in parsed if each.input_line not in files}
    return changed(
        composed_once(f"experiment={study}", *files),
        **{name.replace(".", "__"): value for name, value in values.items()},
    )


@pytest.mark.parametrize("path", sorted(CONF.glob("method/*.yaml")), ids=lambda path: path.stem)
def test_a_method_that_builds_on_no_other_leaves_the_number_of_threads_or_chooses_one(path) -> None:
    own, common = OmegaConf.load(path), OmegaConf.load(CONF / "config.yaml")
    if "defaults" not in own:
        assert "threads" not in own or own.threads != common.threads


def test_a_misspelt_override_is_an_error(composed) -> None:
    with pytest.raises(UserError, match="variance_los"):
        composed("method.variance_los=none")


def rows_in_the_paper(*overrides: str) -> dict[str, str]:
    """What the paper calls the scorers of a run."""
    config = modernized(flattened(compose_config(["data=tvsum", *overrides])))
    return paper_rows(Run({}, config, NO_ROWS))


def test_table_2_is_reached_by_switches() -> None:
    names = {}
    for switches in product((True, False), (True, False), ("median", "none")):
        cs, difference, variance = switches
        chosen = (f"method.chunk_stride={cs}", f"method.difference_attention={difference}")
        rows = rows_in_the_paper(*chosen, f"method.variance_loss={variance}")
        names[rows["csnet"]] = switches
    assert len(names) == 8
    assert names["CSNet1"] == (False, False, "none")
    assert names["CSNet2"] == (True, False, "none")
    assert names["CSNet6"] == (True, False, "median")
    assert names["CSNet7"] == (False, True, "median")
    assert names["CSNet"] == (True, True, "median")


@pytest.mark.parametrize("change", ["method.learning_rate=1", "trainer.max_epochs=21", "batch_size=2"])
def test_any_other_change_is_no_row_of_the_paper(change: str) -> None:
    assert rows_in_the_paper() == {"csnet": "CSNet"}
    assert rows_in_the_paper(change) == {}
