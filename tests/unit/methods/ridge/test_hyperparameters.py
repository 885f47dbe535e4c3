"""Penalties are numbers above 0, and there is one."""

import pytest

from vsumlab.errors import UserError
from vsumlab.methods.ridge.hyperparameters import RidgeHyperparameters

INF, NAN = float("inf"), float("nan")


@pytest.mark.parametrize("penalties", [[], [0.0], [0.1, -1], [INF], [NAN], ["much"], [True]])
def test_penalties_that_make_no_sense_are_refused(penalties) -> None:
    with pytest.raises(UserError, match=r"method\.penalties=.*: expected numbers above 0"):
        RidgeHyperparameters(penalties)


def test_one_is_enough() -> None:
    assert RidgeHyperparameters([3]).penalties == [3]
