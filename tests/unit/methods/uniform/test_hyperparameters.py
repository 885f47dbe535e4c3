"""Key frames are a share of the frames."""

import pytest

from vsumlab.errors import UserError
from vsumlab.methods.uniform.hyperparameters import UniformHyperparameters


@pytest.mark.parametrize("share", [0, -1.0, 1.0, "much"])
def test_what_is_no_share_is_refused(share) -> None:
    with pytest.raises(UserError, match=r"method\.share=.*: expected a number above 0 and below 1"):
        UniformHyperparameters(share)
