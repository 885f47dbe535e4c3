"""What Hydra calls after a sweep, to print the table of all its runs."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from hydra.experimental.callback import Callback
from omegaconf import DictConfig

from vsumlab.errors import UserError
from vsumlab.runs.ranks import is_first
from vsumlab.terminal import say_where

log = logging.getLogger(__name__)


class SweepTable(Callback):
    """Ends a sweep in a table of the runs in its folder, as a run ends in one of its own."""

    def on_multirun_end(self, config: DictConfig, **_: Any) -> None:
        """Prints it, or a line that says why there is none; it is no reason for a sweep to fail."""
        from vsumlab.report.compare import compare  # pandas, which a refused sweep can do without
        from vsumlab.report.contents import result_tables
        from vsumlab.report.terminal import show
        from vsumlab.runs.reading import find_runs

        sweep = Path(config.hydra.sweep.dir)
        if not is_first():
            return
        try:
            runs = find_runs([sweep])
            comparisons = [each for each in compare(runs) if each.measured]
        except UserError as error:
            log.warning("no table of all runs: %s", error)
            return
        if comparisons and len(runs) > 1:  # one run has had its own
            show(result_tables(comparisons))
            say_where(sweep)
