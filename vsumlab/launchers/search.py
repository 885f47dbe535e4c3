"""Hydra's Optuna sweeper, as a search that goes on by the same command."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf

from vsumlab.core.plain_files import read_json, read_yaml
from vsumlab.errors import UserError, first_line, one_line_errors
from vsumlab.places import own_overrides
from vsumlab.runs.folder import status


def direction_of(metric: str | None) -> str:
    """Whether a metric is to be small or large.

    >>> direction_of("validation/chosen/loss"), direction_of("validation/chosen/kendall_tau")
    ('minimize', 'maximize')
    """
    return "minimize" if str(metric).endswith("loss") else "maximize"


class Optuna(Sweeper):
    """Chooses hyper-parameters of the next runs by what the last ones came to."""

    def __init__(self, **parameters: Any) -> None:
        self.parameters = parameters

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Makes the plugin's sweeper."""
        from hydra_plugins.hydra_optuna_sweeper.optuna_sweeper import OptunaSweeper

        self.folder, self.metric = Path(config.hydra.sweep.dir), str(config.optimized_metric)
        OmegaConf.save(config, self.folder / "multirun.yaml")  # as Hydra's own sweeper does
        self.sweeper = OptunaSweeper(**self.parameters)
        self.sweeper.setup(hydra_context=hydra_context, task_function=task_function, config=config)

    def sweep(self, arguments: list[str]) -> None:
        """Searches until so many trials are complete, with those of earlier commands."""
        logging.getLogger("alembic").setLevel(logging.WARNING)  # which Optuna imports
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of SQLAlchemy's, which it imports too
            import optuna

        optuna.logging.set_verbosity(logging.WARNING)
        with one_line_errors():
            try:
                if self.parameters["storage"] is None:
                    with warnings.catch_warnings():  # of what Optuna's version 2 called experimental
                        warnings.simplefilter("ignore")
                        self.recall(arguments)
                self.sweeper.sweep(arguments)
            except Exception as error:
                raise UserError(f"hydra/sweeper=optuna: {first_line(error)}") from error

    def recall(self, arguments: list[str]) -> None:
        """Gives the sweeper the trials in the sweep's folder; one that was broken off comes next.

        The runs' records say it all: a data base could only differ.
        """
        import optuna
        from hydra_plugins.hydra_optuna_sweeper._impl import create_params_from_overrides

        search = self.sweeper.sweeper
        swept = [f"{name!s}={values}" for name, values in dict(search.params or {}).items()]
        space, fixed = create_params_from_overrides([*swept, *arguments])
        search.storage = optuna.storages.InMemoryStorage()
        study = optuna.create_study(
            study_name=search.study_name, storage=search.storage, directions=search._get_directions()
        )
        asked = {f"{name}={value!s}" for name, value in fixed.items()}
        for params, value in earlier_trials(self.folder, space, asked, self.metric):
            if value is None:
                study.enqueue_trial(params)
            else:
                study.add_trial(optuna.trial.create_trial(params=params, distributions=space, value=value))
                search.n_trials = max(0, search.n_trials - 1)


def earlier_trials(
    sweep: Path, space: Mapping[str, Any], asked: set[str], metric: str
) -> Iterator[tuple[dict[str, Any], float | None]]:
    """What a search has tried, by its runs' folders: hyper-parameters and what they came to.

    Args:
        sweep: The sweep's folder.
        space: Optuna's distributions, by the entries that are searched.
        asked: The other overrides of each run of this search.
        metric: What it goes by.

    Yields:
        The values of the entries, and the metric; none of a run that was broken off. What failed is left out.
    """
    for file in sorted(sweep.glob("*/.hydra/overrides.yaml")):
        run, overrides = file.parent.parent, [str(each) for each in read_yaml(file)]
        texts = {name: text for name, _, text in (each.partition("=") for each in overrides) if name in space}
        rest = [each for each in overrides if each.partition("=")[0] not in space]
        if texts.keys() != space.keys() or own_overrides(rest) != own_overrides(asked):
            continue
        params = {name: value_of(texts[name], space[name]) for name in space}
        if status(run) is None:
            yield params, None
        elif status(run) == "done":
            value = read_json(run / "run.json")["metrics"].get(metric)
            if value is not None:
                yield params, float(value)


def value_of(text: str, distribution: Any) -> Any:
    """The value that an override's text is of a distribution: one of its choices, or a number."""
    for choice in getattr(distribution, "choices", ()):
        if str(choice) == text:
            return choice
    return int(text) if type(distribution).__name__.startswith("Int") else float(text)
