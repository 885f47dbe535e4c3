"""The files of conf/hydra/plugins are what the plugins' names mean, and fit the plugins."""

import inspect
import pkgutil

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from vsumlab.config import find_conf
from vsumlab.launchers.callback import PLUGINS
from vsumlab.launchers.search import Optuna
from vsumlab.launchers.workers import Workers
from vsumlab.plugins import store_plugins

FILES = sorted(find_conf().glob("hydra/plugins/*/*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_name_means_our_file(file, recwarn) -> None:
    store_plugins(find_conf())
    part = file.parent.name
    with initialize_config_dir(str(find_conf()), version_base="1.3"):
        config = compose("config", [f"hydra/{part}={file.stem}"], return_hydra_config=True)
    found, ours = config.hydra[part], OmegaConf.load(file)
    assert found._target_ == ours._target_
    assert {*ours} - {"defaults"} <= {*found}
    assert found._target_ in PLUGINS
    assert not [each for each in recwarn if "schema" in str(each.message)]


def test_every_plugin_has_a_file() -> None:
    assert {OmegaConf.load(file)._target_ for file in FILES} == PLUGINS.keys()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_entry_is_a_parameter_of_the_plugins_class(file) -> None:
    plugin = PLUGINS[OmegaConf.load(file)._target_]
    pytest.importorskip(f"hydra_plugins.{plugin.module}", reason=f"needs {plugin.extra}")
    if plugin.made is Optuna:
        theirs = pkgutil.resolve_name("hydra_plugins.hydra_optuna_sweeper.optuna_sweeper.OptunaSweeper")
    else:
        assert issubclass(plugin.made, Workers)
        theirs = pkgutil.resolve_name(plugin.made.plugin)
    taken = inspect.signature(theirs).parameters
    if not any(each.kind is inspect.Parameter.VAR_KEYWORD for each in taken.values()):
        assert {*OmegaConf.load(file)} - {"_target_", "defaults"} <= {*taken}
