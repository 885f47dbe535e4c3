"""What people said of a video."""

from dataclasses import FrozenInstanceError
from typing import get_args

import numpy as np
import pytest
import yaml

from vsumlab.config import find_conf
from vsumlab.core.annotations import Annotations, RankReference


def test_every_configured_dataset_names_one_of_the_references() -> None:
    named = {
        content["rank_reference"]
        for path in find_conf().glob("data/*.yaml")
        if "rank_reference" in (content := yaml.safe_load(path.read_text()))
    }
    assert {"user_scores", "user_summary"} <= named <= {*get_args(RankReference)}


def test_annotations_are_fixed_and_compared_as_objects() -> None:
    """Arrays within have no single truth value, so that comparing them by content would raise."""
    one, other = (Annotations(np.ones((2, 9), dtype=bool), np.zeros((0, 3))) for _ in range(2))
    assert one == one
    assert one != other
    with pytest.raises(FrozenInstanceError):
        one.user_scores = np.ones((2, 3))


def test_they_say_in_a_line_what_they_are() -> None:
    summary = np.ones((2, 900), dtype=bool)
    assert repr(Annotations(summary, np.ones((2, 60)))) == "Annotations(2 annotators with scores)"
    assert repr(Annotations(summary, np.ones((0, 60)))) == "Annotations(2 annotators without scores)"
