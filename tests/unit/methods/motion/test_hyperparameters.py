"""The constant of motion is a number above 0."""

import pytest

from vsumlab.errors import UserError
from vsumlab.methods.motion.hyperparameters import MotionHyperparameters


@pytest.mark.parametrize("seconds", [0, -1.0, "long", True])
def test_a_smoothing_that_makes_no_sense_is_refused(seconds) -> None:
    with pytest.raises(UserError, match=r"method\.smoothing_seconds=.*: expected a number above 0"):
        MotionHyperparameters(seconds)
