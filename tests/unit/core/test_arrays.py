"""Tensors, arrays and lists of the same numbers are the same array."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from support.forms import FORMS

from vsumlab.core.arrays import as_array
from vsumlab.errors import UserError


@given(
    arrays(
        st.sampled_from([np.float32, np.float64]),
        array_shapes(max_dims=2, min_side=1, max_side=6),
        elements=st.floats(-100, 100, width=32),
    )
)
def test_the_same_numbers_in_every_form(array) -> None:
    for name, form in FORMS.items():
        np.testing.assert_array_equal(as_array(form(array)), array, err_msg=name)


def test_arrays_and_tensors_are_not_copied() -> None:
    array = np.arange(3.0)
    assert as_array(array) is array
    assert np.shares_memory(as_array(torch.from_numpy(array)), array)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.int64, torch.bool])
def test_tensors_of_any_type_keep_their_values(dtype) -> None:
    tensor = torch.tensor([0.0, 0.7, 1.0]).to(dtype)
    assert as_array(tensor).tolist() == tensor.tolist()


@pytest.mark.parametrize(
    ("values", "said"),
    [([[1.0, 2.0], [3.0]], "rows of unlike lengths"), (["a"], "<U1 where numbers are expected")],
)
def test_what_is_no_array_of_numbers_is_refused_in_a_line(values, said) -> None:
    with pytest.raises(UserError, match=rf"^found {said}[^\n]*: give [^\n]*$"):
        as_array(values)
