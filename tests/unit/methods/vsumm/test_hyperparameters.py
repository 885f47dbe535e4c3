"""What a large step is, is a number above 0."""

import pytest

from vsumlab.errors import UserError
from vsumlab.methods.vsumm.hyperparameters import VsummHyperparameters


@pytest.mark.parametrize("jump", [0, -1.0, "large"])
def test_a_jump_that_makes_no_sense_is_refused(jump) -> None:
    with pytest.raises(UserError, match=r"method\.jump=.*: expected a number above 0"):
        VsummHyperparameters(jump)
