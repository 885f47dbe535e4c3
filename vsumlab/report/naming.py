"""What rows are called: by what differs between the resolved configurations of their runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

import pandas as pd

from vsumlab.config import snake_case
from vsumlab.places import BASE, ELSEWHERE
from vsumlab.runs.reading import Run

NOT_COMPARED = ("fold", "seed", "name", "published", "remark", "random_draws", "workers")
NOT_COMPARED_IN = (
    *ELSEWHERE,
    *("logger.", "callbacks.", "optimized_metric", "setting.make."),
    *("data.source", "data.annotations", "data.make."),  # what files hold is compared
    *("trainer.devices", "trainer.strategy", "trainer.enable_", "trainer.log_every"),
    *("trainer.num_sanity", "trainer.use_distributed"),
)
"""Entries, or the beginnings of their names, in which runs may differ and yet be one but for fold and seed.

With another value of these a run does not go on, unless it is one of ELSEWHERE.
"""

WITHOUT_A_SAY = {"method.supervised_weight": ("method.supervised", False)}
"""Entries that change nothing where another one has some value."""

OVERRIDE = re.compile(r"(?:^|,)([^=,]+)=(.*?)(?=,[^=,]+=|$)")
"""An entry and its value in the name that a sweep gives to a run's folder."""

MANY = 6
"""How many entries a row's name has at most before it leaves out what most rows have."""

TARGET = "._target_"
SELECTION = "selection._target_"
FEATURES, ANNOTATIONS, TRAINED_ON = "data", "annotations", "trained on"
OWN_CODE, CODE = "own code", "uncommitted code"
"""What runs may differ in besides their configurations: contents of files, and changes of the code."""


def compared(name: str, config: Mapping[str, Any]) -> bool:
    """Whether a run that differs from one of this configuration in an entry is a different one."""
    where, value = WITHOUT_A_SAY.get(name, ("", None))
    has_a_say = not where or config.get(where) != value
    return has_a_say and name not in NOT_COMPARED and not name.startswith(NOT_COMPARED_IN)


def with_last_epoch(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """A test oracle's configuration as that of the last epoch, which it tests as well; any other as it is.

    The epochs that were chosen are no other run's: their scorers have names of their own.
    """
    if not is_oracle(config):
        return config
    others = {name: value for name, value in config.items() if not name.startswith("selection.")}
    return {**others, SELECTION: "vsumlab.callbacks.selection.Last"}


def is_oracle(config: Mapping[str, Any]) -> bool:
    """Whether epochs are chosen on the test videos."""
    return str(config.get(SELECTION, "")).endswith(".TestOracle")


def identities(runs: Sequence[Run]) -> pd.DataFrame:
    """What each run depends on but for fold and seed: a row a run, a column an entry, all of them text.

    A test oracle's run is one of the last epoch. An entry that a configuration lacks is empty. Besides the
    configuration there are checksums of the data, of the sources of a user's own classes, and of uncommitted
    changes of the code: where the last are not recorded, each run is one by itself.
    """
    found = pd.DataFrame(
        [
            {
                name: of_any_fold(str(value), config.get("fold")) if name == BASE else str(value)
                for name, value in config.items()
                if compared(name, config)
            }
            | contents(run, number)
            for number, run in enumerate(runs)
            for config in (with_last_epoch(run.config),)
        ]
    ).fillna("")
    one = pd.Series("", index=found.index)
    for column in (FEATURES, ANNOTATIONS, TRAINED_ON, OWN_CODE):  # which a planned or failed run has not seen
        same = found.get(f"method{TARGET}", one) if column == OWN_CODE else one
        seen = found[column] != "?"
        first = found[seen].groupby(same[seen])[column].first()
        found[column] = found[column].where(seen, same.map(first)).fillna("")
    return found


def of_any_fold(folder: str, fold: Any) -> str:
    """A folder that a sweep names by overrides, without this fold.

    Where folds are run one by one, so is what builds on them.

    >>> of_any_fold("runs/x/data=tvsum,fold=1,method=csnet", 1), of_any_fold("runs/x/fold=1,method=csnet", 2)
    ('runs/x/data=tvsum,method=csnet', 'runs/x/fold=1,method=csnet')
    """
    parent, slash, name = folder.rpartition("/")
    return parent + slash + ",".join(each for each in name.split(",") if each != f"fold={fold}")


def contents(run: Run, number: int) -> dict[str, str]:
    """Checksums, in short, of the data, a user's own code and uncommitted code that a run depends on."""
    if not run.done:
        return {FEATURES: "?", ANNOTATIONS: "?", TRAINED_ON: "?", OWN_CODE: "?", CODE: ""}
    git = run.record["git"]
    changes = str(git.get("changes") or f"of run {number}")[:8] if git["dirty"] else ""
    others = run.record.get("trained_on") or {}
    with_a_say = {str(value) for name, value in run.config.items() if compared(name, run.config)}
    sources = [file for target, file in run.record.get("sources", {}).items() if target in with_a_say]
    return {
        FEATURES: checksum(run.record.get("data")),
        ANNOTATIONS: checksum(run.record.get("annotations")),
        TRAINED_ON: " ".join(f"{name}:{checksum(others[name])}" for name in sorted(others)),
        OWN_CODE: " ".join(dict.fromkeys(map(checksum, sources))),
        CODE: f"{(git['commit'] or '')[:9]} changed {changes}" if changes else "",
    }


def checksum(file: Mapping[str, str] | None) -> str:
    """The beginning of a file's checksum; empty where none is recorded."""
    return file["sha256"][:8] if file else ""


def differing(identity: pd.DataFrame) -> list[str]:
    """The entries that tell rows apart, without those that follow from dataset, setting and earlier ones.

    `method_name` stands before the hyper-parameters that the method's file sets, so that two files
    differ in their names alone.
    """
    several = [str(name) for name in identity if identity[name].nunique() > 1]
    found: list[str] = []
    given = [name for name in ("data.name", "setting.name") if name in identity]
    for name in several:
        if name not in given and not follows(identity, name, [*given, *found]):
            found.append(name)
    return found


def follows(identity: pd.DataFrame, name: str, from_names: Sequence[str]) -> bool:
    """Whether rows that agree in some entries agree in another, too."""
    if not from_names:
        return False
    return bool((identity.groupby(list(from_names))[name].nunique() == 1).all())


def labels(identity: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """A row's name: the entries that it has of those that tell rows apart, in short where that is clear.

    A class stands for what it is of: `selection=validation`, not `selection._target_=….Validation`. Where
    very many entries differ, as where one is changed at a time, the values that most rows have are left out.
    Scores from elsewhere have no method but a name, which is their scorer's.
    """
    if BASE in names:
        identity = identity.assign(**{BASE: folders_in_short(identity[BASE])})
    short = [re.split("[./]", name.removesuffix(TARGET))[-1].removesuffix("_name") for name in names]
    shown = [last if short.count(last) == 1 else whole for last, whole in zip(short, names, strict=True)]

    usual = {} if len(names) <= MANY else {name: identity[name].mode()[0] for name in names}
    usual.pop("method_name", None)

    def label(row: pd.Series) -> str:
        return ", ".join(
            f"{said}={snake_case(row[name]) if name.endswith(TARGET) else row[name]}"
            for said, name in zip(shown, names, strict=True)
            if row[name] not in ("", usual.get(name))
            and (name != "method_name" or row.get(f"method{TARGET}", ""))
        )

    return identity.apply(label, axis=1) if names else pd.Series("", index=identity.index, dtype=str)


def folders_in_short(folders: pd.Series) -> pd.Series:
    """Of folders that sweeps name by overrides, the method and what else differs; others as they are.

    >>> runs = ["r/data=tvsum,method=motion", "r/data=tvsum,method=csnet,x=1", "r/data=tvsum,method=csnet"]
    >>> folders_in_short(pd.Series(["None", *runs])).tolist()
    ['None', 'motion', 'csnet,x=1', 'csnet']
    """
    swept = [folder for folder in folders.unique() if OVERRIDE.match(PurePath(folder).name)]
    overrides = [{"method": ""} | dict(OVERRIDE.findall(PurePath(folder).name)) for folder in swept]
    others = [name for name in differing(pd.DataFrame(overrides).fillna("")) if name != "method"]
    names = [
        ",".join(filter(None, [own["method"], *(f"{name}={own[name]}" for name in others if name in own)]))
        for own in overrides
    ]
    short = folders.replace(dict(zip(swept, names, strict=True)))
    return short if all(names) and short.nunique() == folders.nunique() else folders
