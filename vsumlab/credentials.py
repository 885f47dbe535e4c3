"""Keys and passwords, which have no place in a configuration: it is kept in the run's files, and logged."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Any

from omegaconf import DictConfig, OmegaConf

from vsumlab.errors import UserError

SECRET = re.compile(
    r"(?:(?:^|[._{,\s+~'\"])(?:\w+_)?(?:api_?key|password|passwd|secret)|\blogger\.(?:\w+\.)*key)"
    r"['\"]?\s*[:=]\s*(?!(?:true|false|null|none|[\d.]+)?\s*$)"
    r"|(?:^|[._{,\s+~'\"])(?:\w+_)?token['\"]?\s*[:=]\s*['\"]?(?=\S*\d)[\w.-]{16}",
    re.IGNORECASE,
)
"""An entry that is called as keys are, with text for its value; networks have tokens that are none."""
KEYS = ("WANDB_API_KEY",)
"""Variables of the environment that hold some."""
LEAST = 8
"""How many characters a key has at least."""


def check_no_credentials(entries: Iterable[str]) -> None:
    """Refuses a key among the entries of a configuration, or among overrides, as NAME=VALUE.

    Raises:
        UserError: Naming the entry, without its value.
    """
    keys = [key for name in KEYS if len(key := os.environ.get(name, "")) >= LEAST]
    for entry in entries:
        if SECRET.search(entry) or any(key in entry for key in keys):
            raise UserError(
                f"{entry.partition('=')[0]}: a key would be kept in the run's files: leave it out, and log "
                "in with `wandb login` or set WANDB_API_KEY in the environment"
            )


def as_entries(flat: Iterable[tuple[str, Any]]) -> Iterable[str]:
    """The leaves of a configuration, by their dotted names, as NAME=VALUE."""
    return (f"{name}={value}" for name, value in flat)


def asked_in(hydra: DictConfig) -> list[str]:
    """The overrides of a sweep's command, and what it sweeps over, as NAME=VALUE; not resolved."""
    plain: Any = OmegaConf.to_container(OmegaConf.masked_copy(hydra, ["sweeper", "overrides"]))
    params = plain["sweeper"].get("params") or {}
    return [*plain["overrides"]["task"], *as_entries(params.items())]
