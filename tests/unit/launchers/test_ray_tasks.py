import signal
import sys
from types import SimpleNamespace

import pytest
from omegaconf import OmegaConf

from vsumlab.launchers.ray_tasks import LOCAL, Ray
from vsumlab.launchers.workers import Workers


@pytest.fixture
def asked(monkeypatch) -> list[dict[str, object]]:
    """What Ray is begun with, in the place of beginning it; it has a GPU, and replaces a signal's handler."""
    found: list[dict[str, object]] = []

    def init(**given: object) -> None:
        found.append(given)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    ray = SimpleNamespace(
        init=init, cluster_resources=lambda: {"GPU": 2.0}, shutdown=lambda: found.append({})
    )
    monkeypatch.setitem(sys.modules, "ray", ray)
    monkeypatch.setattr(Workers, "work", lambda *_: [])
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    return found


def launcher(**init: object) -> Ray:
    node = {"init": {"address": None, "num_cpus": None, **init}, "remote": {"num_cpus": 1, "num_gpus": None}}
    return Ray(OmegaConf.create(node))


def test_a_ray_of_ones_own_has_no_page_and_ends(asked) -> None:
    handler = signal.getsignal(signal.SIGTERM)
    mine = launcher(num_cpus=2)
    mine.work([], 0)
    assert asked == [{**LOCAL, "num_cpus": 2}, {}]
    assert signal.getsignal(signal.SIGTERM) == handler
    assert mine.parameters["ray"].remote.num_gpus == 1


def test_a_cluster_is_asked_for_nothing_that_only_a_new_one_takes(asked) -> None:
    launcher(address="ray://head:10001").work([], 0)
    assert asked[0] == {"address": "ray://head:10001"}
