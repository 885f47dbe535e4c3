"""Blocks of rows: each row once, in order, and never more numbers than memory is for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsumlab.methods.common import row_blocks as blocks


@given(n_rows=st.integers(0, 60), row_elements=st.integers(1, 60), most=st.integers(1, 500))
def test_every_row_is_in_one_block_that_is_as_large_as_it_may_be(n_rows, row_elements, most) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_ELEMENTS", most)
        found = blocks.row_blocks(n_rows, row_elements)
    sizes = [rows.stop - rows.start for rows in found]
    assert [row for rows in found for row in range(rows.start, rows.stop)] == [*range(n_rows)]
    assert all(size == 1 or size * row_elements <= most for size in sizes)
    assert all((size + 1) * row_elements > most for size in sizes[:-1])
