"""The command of `python -m vsumlab.youtube8m`, killed by itself (kill -9) at the n-th call of a function.

    python killed.py MODULE:FUNCTION N ARGUMENTS…

Before that it prints the ids of its processes.
"""

import importlib
import multiprocessing
import os
import signal
import sys

from vsumlab.youtube8m.__main__ import main


def kill_at(target: str, call: int) -> None:
    module_name, _, name = target.partition(":")
    owner = importlib.import_module(f"vsumlab.youtube8m.{module_name}")
    *classes, name = name.split(".")
    for class_name in classes:
        owner = getattr(owner, class_name)
    function = getattr(owner, name)
    calls = 0

    def killing(*arguments, **named):
        nonlocal calls
        calls += 1
        if calls == call:
            print(*(process.pid for process in multiprocessing.active_children()), flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **named)

    setattr(owner, name, killing)


if __name__ == "__main__":
    kill_at(sys.argv[1], int(sys.argv[2]))
    sys.argv[1:] = sys.argv[3:]
    main()
