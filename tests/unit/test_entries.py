"""What values an entry may have."""

import pytest

from vsumlab.entries import (
    LARGEST,
    MOST,
    check_fractions,
    check_positive,
    check_shares,
    check_switches,
    check_weights,
    check_whole,
    refusal,
)
from vsumlab.errors import UserError


@pytest.mark.parametrize("value", [0, 1.0, True, "2", None])
def test_what_is_no_whole_number_of_at_least_one_is_refused(value) -> None:
    with pytest.raises(UserError, match=r"method\.heads=.*: expected a whole number, at least 1"):
        check_whole({"heads": value}, prefix="method.", heads=1)
    check_whole({"heads": 1}, heads=1)


@pytest.mark.parametrize("value", [0, -1.0, True, "2", None, float("nan")])
def test_what_is_no_number_above_0_is_refused(value) -> None:
    with pytest.raises(UserError, match=r"rate=.*: expected a number above 0"):
        check_positive({"rate": value}, "rate")
    check_positive({"rate": 1e-9}, "rate")


@pytest.mark.parametrize("value", [0, 0.0, 1, 1.0, -0.5, 1.5, True, "0.5", None, float("nan")])
def test_what_is_no_share_is_refused(value) -> None:
    with pytest.raises(UserError, match=r"method\.sparsity=.*: expected a number above 0 and below 1$"):
        check_shares({"sparsity": value}, "sparsity", prefix="method.")
    check_shares({"sparsity": 1e-9, "length": 1 - 1e-9}, "sparsity", "length")


@pytest.mark.parametrize("value", [1, 1.0, -0.5, 1.5, False, "0.5", None, float("nan")])
def test_what_is_no_fraction_is_refused(value) -> None:
    with pytest.raises(UserError, match=r"method\.dropout=.*: expected a number, at least 0 and below 1$"):
        check_fractions({"dropout": value}, "dropout", prefix="method.")
    check_fractions({"dropout": 0, "momentum": 1 - 1e-9}, "dropout", "momentum")


@pytest.mark.parametrize("value", [-1e-9, False, "2", None, float("nan")])
def test_what_is_no_weight_is_refused(value) -> None:
    with pytest.raises(UserError, match=r"method\.weight=.*: expected a number, at least 0$"):
        check_weights({"weight": value}, "weight", prefix="method.")
    check_weights({"weight": 0, "other": 0.5}, "weight", "other")


@pytest.mark.parametrize("value", [0, 1, "true", None])
def test_what_is_no_switch_is_refused(value) -> None:
    with pytest.raises(UserError, match=r"compile=.*: expected true or false$"):
        check_switches({"compile": value}, "compile")
    check_switches({"compile": True, "other": False}, "compile", "other")


def test_what_is_larger_than_any_use_has_is_refused() -> None:
    with pytest.raises(UserError, match=r"at most 1000000$"):
        check_whole({"heads": MOST + 1}, heads=1)
    with pytest.raises(UserError, match=r"at most 8$"):
        check_whole({"heads": 9}, heads=(1, 8))
    for check in (check_positive, check_weights):
        with pytest.raises(UserError, match=r"at most 1e\+30$"):
            check({"rate": 10 * LARGEST}, "rate")
        check({"rate": LARGEST}, "rate")
    check_whole({"heads": 8}, heads=(1, 8))


def test_a_refusal_is_one_short_line_whatever_the_value() -> None:
    said = str(refusal("method.rate", "a\nb" * 1000, "a number"))
    assert "\n" not in said
    assert len(said) < 200
    assert said.startswith("method.rate=")
    assert said.endswith(": expected a number")
