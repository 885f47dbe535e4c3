"""The door: `vsumlab COMMAND …` runs what `python -m vsumlab.COMMAND …` runs."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import vsumlab

COMMANDS = {
    "run": "train and test a method on folds of a dataset",
    "repeat": "make a recorded run again, and compare its figures",
    "evaluate": "evaluate importance scores from anywhere",
    "summarize": "make summaries of videos of one's own, each with a page to look at",
    "extract": "make a feature file of videos of one's own",
    "report": "compare runs: tables, a page, a study",
    "fetch": "download public feature files",
    "inspect": "show what is in a feature file, and what is wrong with it",
    "youtube8m": "sample videos of YouTube-8M into a feature file",
    "dashboard": "save a dashboard of runs in W&B",
}
"""What each command does, by the module that does it."""


def main() -> None:
    """The console script."""
    command, *arguments = sys.argv[1:] or ["--help"]
    if command in COMMANDS:
        sys.argv = [sys.argv[0], *arguments]
        sys.path.insert(0, str(Path.cwd()))  # as `python -m` does: methods of one's own may lie there
        try:
            # as `python -m` would: Lightning and multiprocessing start processes by the main module's name
            runpy.run_module(f"vsumlab.{command}", run_name="__main__", alter_sys=True)
        except KeyboardInterrupt:  # before the command has begun: it says itself what is left
            print("vsumlab: interrupted: the same command begins anew", file=sys.stderr)
            sys.exit(130)
    elif command == "--version":
        print(vsumlab.__version__)
    elif command in ("-h", "--help"):
        print(usage())
    else:
        print(refusal(command), file=sys.stderr)
        sys.exit(2)


def refusal(command: str) -> str:
    """What is said of a command that there is not."""
    from vsumlab.suggestions import closest  # with Hydra, which takes a moment to import

    meant = closest(command, COMMANDS)
    hint = f" (did you mean {meant}?)" if meant else ""
    return f"vsumlab: {command}: no such command{hint}: choose one of {', '.join(COMMANDS)}"


def usage() -> str:
    """What there is, a line a command."""
    lines = [f"  {name:<10} {what}" for name, what in COMMANDS.items()]
    return "\n".join(["usage: vsumlab COMMAND …, or vsumlab COMMAND --help", "", *lines])


if __name__ == "__main__":
    main()
