"""What fits a form, and what does not."""

import pytest

from vsumlab.runs.forms import (
    COUNT,
    FLAG,
    NAME,
    PLAIN,
    TEXT,
    TIME,
    entries,
    list_of,
    maybe,
    names_of,
    one_of,
    whole,
)


@pytest.mark.parametrize(
    ("form", "fitting", "others"),
    [
        (COUNT, [0, 7], [-1, True, 1.0, "1", None, 2**60]),
        (whole(1, 3), [1, 3], [0, 4]),
        (TIME, [0, 1.5], [-1, float("inf"), float("nan"), True, 1e300, "1"]),
        (TEXT, ["", "a"], [1, None, b"a"]),
        (NAME, ["a"], ["", " ", 1]),
        (FLAG, [True, False], [0, "true", None]),
        (one_of("a", "b"), ["a"], ["c", ["a"], {}]),
        (maybe(COUNT), [None, 1], [-1, ""]),
        (list_of(TEXT), [[], ["a"]], ["a", ["a", 1], {}]),
        (names_of(COUNT), [{}, {"a": 1}], [{"a": "b"}, {1: 1}, []]),
        (
            entries({"a": COUNT}, {"b": TEXT}),
            [{"a": 1}, {"a": 1, "b": "", "c": 0}],
            [{}, {"a": 1, "b": 2}, []],
        ),
        (PLAIN, [{"a": [1, None, "b", {"c": 1.5}]}], [{1: 2}, {"a": {1}}, [b"a"], object()]),
    ],
)
def test_values_fit(form, fitting, others) -> None:
    assert all(map(form.fits, fitting))
    assert not any(map(form.fits, others))
    assert form.said
