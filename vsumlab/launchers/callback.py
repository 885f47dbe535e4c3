"""What Hydra calls before a sweep, to find our launchers and to say which extra one needs."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, NamedTuple

from hydra.core.plugins import Plugins
from hydra.experimental.callback import Callback
from omegaconf import DictConfig, OmegaConf

from vsumlab.checks import check_optimized
from vsumlab.errors import UserError, one_line_errors
from vsumlab.launchers.ray_tasks import Ray
from vsumlab.launchers.search import Optuna
from vsumlab.launchers.submitit_jobs import SubmititLocal, SubmititSlurm
from vsumlab.launchers.worker import check_one_device
from vsumlab.launchers.workers import Joblib


class Plugin(NamedTuple):
    """A class that Hydra makes, and the extra of this package that installs what it needs."""

    made: type[Any]
    extra: str
    module: str


PLUGINS = {
    "hydra_plugins.vsumlab.Joblib": Plugin(Joblib, "joblib", "hydra_joblib_launcher"),
    "hydra_plugins.vsumlab.SubmititLocal": Plugin(SubmititLocal, "submitit", "hydra_submitit_launcher"),
    "hydra_plugins.vsumlab.SubmititSlurm": Plugin(SubmititSlurm, "submitit", "hydra_submitit_launcher"),
    "hydra_plugins.vsumlab.Ray": Plugin(Ray, "ray", "hydra_ray_launcher"),
    "hydra_plugins.vsumlab.Optuna": Plugin(Optuna, "optuna", "hydra_optuna_sweeper"),
}
"""By their names in `conf/hydra/plugins`: Hydra makes nothing that is not in its own package of plugins."""


class Launchers(Callback):
    """Gives Hydra our launchers, and refuses a sweep that could not be made with them."""

    def on_multirun_start(self, config: DictConfig, **_: Any) -> None:
        """Before a sweep."""
        with one_line_errors():
            for part in ("launcher", "sweeper"):
                name = str(OmegaConf.select(config, f"hydra.{part}._target_"))
                if name in PLUGINS:
                    asked = f"hydra/{part}={config.hydra.runtime.choices[f'hydra/{part}']}"
                    check_installed(PLUGINS[name], asked)
                    check_asked(PLUGINS[name], config, asked)
                    Plugins.instance().class_name_to_class[name] = PLUGINS[name].made


def check_installed(plugin: Plugin, asked: str) -> None:
    """Refuses a plugin that is not installed.

    Raises:
        UserError: Naming the extra.
    """
    if find_spec("hydra_plugins") is None or find_spec(f"hydra_plugins.{plugin.module}") is None:
        raise UserError(f"{asked}: is not installed: pip install 'vsumlab[{plugin.extra}]'")


def check_asked(plugin: Plugin, config: DictConfig, asked: str) -> None:
    """Refuses what each of a sweep's runs would be refused for, or could not do in a worker.

    Raises:
        UserError: If a search has no metric to go by, or one of test videos, or if a worker would start
            processes.
    """
    if plugin.made is Optuna:
        if config.get("optimized_metric") is None:
            raise UserError(
                f"{asked}: goes by no metric: name one of validation videos, as in "
                "optimized_metric=validation/chosen/kendall_tau selection=validation"
            )
        check_optimized(config.optimized_metric)
    else:
        check_one_device(config, asked)
