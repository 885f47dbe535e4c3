"""Which network features are of, where a file says so."""

import json

import pytest

from vsumlab.core.backbone_identity import described, identity_in

IDENTITY = {"name": "small", "sha256": "0123456789abcdef", "mean": [1.0, 2.0, 3.0]}


def test_it_is_read_as_it_was_written() -> None:
    assert identity_in({"backbone": json.dumps(IDENTITY)}) == IDENTITY
    assert described(IDENTITY) == "small (01234567)"


@pytest.mark.parametrize("said", ["googlenet", "{", "[1]", "{}", 3, None, b"\xff"], ids=str)
def test_what_cannot_be_read_says_nothing(said: object) -> None:
    assert identity_in({"backbone": said}) is None
    assert identity_in({}) is None


@pytest.mark.parametrize("said", ["[" * 60_000, '{"name":' * 9000, "9" * 9000], ids=range(3))
def test_what_python_does_not_read_says_nothing(said: object) -> None:
    assert identity_in({"backbone": said}) is None
