"""What can be chosen of the consensus direction: what makes no sense is refused in a line."""

import dataclasses

import pytest
from support.methods import made_method

from vsumlab.errors import UserError

BAD = [
    ("sharpness", 0, "above 0"),
    ("smoothing_seconds", -1, "above 0"),
    ("segment_seconds", 0, "above 0"),
    ("max_segments", 0, "at least 1"),
    ("max_segments", 1.5, "a whole number"),
    ("rarity_weight", -1, "at least 0"),
    ("direction_weight", "some", "at least 0"),
    ("continuity_weight", ".inf", "at least 0"),
]


@pytest.mark.parametrize(("name", "value", "says"), BAD)
def test_what_cannot_be_meant_is_refused(name, value, says) -> None:
    with pytest.raises(UserError, match=says) as error:
        made_method("method=consensus", f"method.{name}={value}")
    assert str(error.value).startswith(f"method.{name}=")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "names",
    [
        ("rarity_weight", "edge_weight", "uniqueness_weight"),
        ("direction_weight", "pseudo_weight", "continuity_weight"),
    ],
)
def test_a_score_of_no_terms_is_refused(names) -> None:
    with pytest.raises(UserError, match="all are 0: give one of them a weight"):
        made_method("method=consensus", *(f"method.{name}=0" for name in names))
    made_method("method=consensus", *(f"method.{name}=0" for name in names[1:]))


def test_they_stay_as_they_were_chosen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        made_method("method=consensus").hyperparameters.sharpness = 2.0
