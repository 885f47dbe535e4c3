"""What runs of earlier versions of the framework call otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOVED = {
    "vsumlab.data.settings.Canonical": "vsumlab.data.settings.Folds",
    "vsumlab.selection.Selection": "vsumlab.callbacks.selection.Last",
    "vsumlab.selection.Validation": "vsumlab.callbacks.selection.Validation",
    "vsumlab.selection.TestOracle": "vsumlab.callbacks.selection.TestOracle",
    "vsumlab.progress.FoldProgress": "vsumlab.callbacks.progress.FoldProgress",
    "vsumlab.results.drawing.VideoFigures": "vsumlab.callbacks.plots.VideoPlots",
    "vsumlab.data.dataset.DemoDataset": "vsumlab.data.dataset.Dataset",
}
"""Targets that a configuration may name, and what they are now."""
CHANGED = {"trainer.enable_checkpointing": True}
"""Entries whose value says nothing else than it did."""
ASSUMED: dict[str, Any] = {
    "selection._target_": "vsumlab.callbacks.selection.Last",
    "training_videos": None,
    "trainer.precision": None,
}
"""Entries that earlier versions did not have, and what they did."""
SAME = {"trainer.precision": ([32, "32", "32-true"], None)}
"""Entries of which some values say the same as another one."""
ASSUMED_OF: dict[str, dict[str, Any]] = {
    "vsumlab.methods.contrastive.Contrastive": {
        "method.normalize_training": True,
        "method.normalize_testing": True,
    },
    "vsumlab.methods.csnet.CSNet": {
        "method.input_scale": "none",
        "method.difference_start": "random",
        "method.difference_scale": "input",
        "method.variance_weight": 1.0,
        "method.supervised_weight": 1.0,
    },
}
"""The same of a method's hyper-parameters, by its target."""
RENAMED = {
    "csnet": (
        "csnet_unscaled",
        {
            "method.input_scale": "none",
            "method.difference_start": "random",
            "method.difference_scale": "input",
            "method.variance_weight": 1.0,
            "method.supervised_weight": 1.0,
        },
    )
}
"""Files of `conf/method` that say something else now: the file that says what they said, and what that is."""
NEW = (
    *("method_name", "folds_at_once", "threads", "compile", "optimized_metric"),
    *("data.make._target_", "data.make._partial_", "setting.make._target_", "setting.make._partial_"),
)
"""Entries that configurations of earlier versions do not have, and that change no figure."""


def modernized(config: Mapping[str, Any]) -> dict[str, Any]:
    """A flat configuration of any version, as this one would have it."""
    found = {
        name: MOVED.get(value, value) if isinstance(value, str) else value for name, value in config.items()
    }
    assumed = ASSUMED | ASSUMED_OF.get(str(found.get("method._target_")), {})
    missing = {name: value for name, value in assumed.items() if name not in found}
    found |= missing
    new_name, said = RENAMED.get(str(found.get("method_name")), ("", {}))
    if new_name and said.items() <= found.items():
        found["method_name"] = new_name
    same = {name: usual for name, (others, usual) in SAME.items() if found.get(name) in others}
    return found | same | {name: value for name, value in CHANGED.items() if name in found}


def method_name(config: Mapping[str, Any], overrides: list[str]) -> str:
    """The file of `conf/method` that a flat configuration of any version is of."""
    if "method_name" in config:
        return str(config["method_name"])
    chosen = [override.split("=", 1)[1] for override in overrides if override.startswith("method=")]
    target = str(config.get("method._target_", "unknown"))
    return chosen[-1] if chosen else target.removeprefix("vsumlab.methods.").split(".")[0]
