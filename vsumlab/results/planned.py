"""The runs that a sweep is to make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf, open_dict

from vsumlab.config import find_conf
from vsumlab.results.claim import flat


def planned_runs(sweep: Path) -> list[list[str]]:
    """The overrides of every run of a sweep, in order, by the `multirun.yaml` that Hydra leaves there."""
    hydra = OmegaConf.load(sweep / "multirun.yaml").hydra
    swept = [f"{name}={values}" for name, values in (hydra.sweeper.params or {}).items()]
    parsed = OverridesParser.create().parse_overrides([*swept, *hydra.overrides.task])
    (batch,) = BasicSweeper.split_arguments(parsed, max_batch_size=None)
    return batch


def composed(overrides: list[str]) -> dict[str, Any]:
    """The flat configuration of a run that a command would make."""
    before = HydraConfig.instance().cfg
    try:
        with initialize_config_dir(str(find_conf()), version_base="1.3"):
            config = compose("config", ["paths.run=''", *overrides], return_hydra_config=True)
        HydraConfig.instance().set_config(config)
        with open_dict(config):
            del config["hydra"]
        return dict(flat(OmegaConf.to_container(config, resolve=True)))
    finally:
        HydraConfig.instance().cfg = before
