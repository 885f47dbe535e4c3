"""Work that goes ahead in a thread."""

import threading
import time
from collections.abc import Iterator

import pytest

from vsumlab.video.ahead import ahead


def test_the_items_come_in_order() -> None:
    assert list(ahead(range(100), 2)) == list(range(100))
    assert list(ahead([None, None], 1)) == [None, None]
    assert list(ahead([], 1)) == []


def test_no_more_than_so_many_wait() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for i in range(50):
            made.append(i)
            yield i

    for i in ahead(items(), 3):
        if i < 5:
            time.sleep(0.01)
        assert len(made) <= i + 6  # the one that is used, three that wait, one in each hand


def test_an_error_in_making_is_raised_where_items_are_used() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("no second one")

    found = ahead(items(), 2)
    assert next(found) == 1
    with pytest.raises(ValueError, match="no second one"):
        next(found)


def test_the_thread_ends_when_no_more_is_wanted() -> None:
    before = threading.active_count()
    found = ahead(iter(int, 1), 2)
    next(found)
    assert threading.active_count() == before + 1
    found.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
