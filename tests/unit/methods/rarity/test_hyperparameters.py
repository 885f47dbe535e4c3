"""The constants of rarity are numbers above 0."""

import pytest

from vsumlab.errors import UserError
from vsumlab.methods.rarity.hyperparameters import RarityHyperparameters


@pytest.mark.parametrize("name", ["sharpness", "smoothing_seconds"])
@pytest.mark.parametrize("value", [0, -1.0, "much"])
def test_a_number_that_makes_no_sense_is_refused(name, value) -> None:
    with pytest.raises(UserError, match=rf"method\.{name}=.*: expected a number above 0"):
        RarityHyperparameters(**({"sharpness": 8.0, "smoothing_seconds": 1.5} | {name: value}))
