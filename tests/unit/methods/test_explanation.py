"""What methods show of a video besides its scores."""

import numpy as np
import pytest
import torch
from support.methods import VARIANTS, made_method, made_variant

from vsumlab.methods.explanation import NOTHING


@pytest.mark.parametrize("autocast", [False, True])
@pytest.mark.parametrize(("name", "switch"), VARIANTS)
def test_every_method_explains_in_numbers_of_each_pick(name, switch, autocast) -> None:
    features = torch.rand(30, 12, generator=torch.Generator().manual_seed(0))
    with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
        explanation = made_variant(name, switch).explain(features)
    for curve in explanation.curves.values():
        assert isinstance(curve, np.ndarray)
        assert (curve.dtype, curve.shape) == (np.float32, (30,))
        assert np.isfinite(curve).all()
    for pair, anchors in explanation.pairs.items():
        assert {*pair} <= {*explanation.curves}
        assert len({*pair}) == 2
        assert anchors
        for anchor in anchors:
            assert 0 <= anchor.pick < 30
            assert anchor.pick not in anchor.neighbours
            assert len({*anchor.neighbours}) == len(anchor.neighbours)
            assert {*anchor.neighbours} <= {*range(30)}


@pytest.mark.parametrize(
    ("overrides", "curves", "pairs"),
    [
        (("method=csnet",), ["difference attention"], []),
        (("method=csnet", "method.difference_attention=false"), [], []),
        (
            ("method=contrastive",),
            ["align", "uniform", "filter"],
            [("align", "uniform"), ("align", "filter")],
        ),
        (("method=contrastive", "refinement=none"), ["align", "uniform"], [("align", "uniform")]),
    ],
)
def test_what_methods_show(overrides, curves, pairs) -> None:
    explanation = made_method(*overrides).explain(torch.rand(30, 12))
    assert list(explanation.curves) == curves
    assert list(explanation.pairs) == pairs


def test_the_curve_of_csnet_is_its_scorers_difference_attention() -> None:
    method, features = made_method("method=csnet"), torch.rand(9, 12)
    expected = method.scorer.difference_attention(method.scaled(features)[None], torch.tensor([9]))[0]
    (curve,) = method.explain(features).curves.values()
    np.testing.assert_array_equal(curve, expected.detach().numpy())


def test_the_curves_of_the_contrastive_criteria_are_the_criteria() -> None:
    method, features = made_method("method=contrastive"), torch.rand(9, 12)
    curves = method.explain(features).curves
    for name, criterion in method.criteria(features).items():
        np.testing.assert_array_equal(curves[name], criterion.numpy())


def test_nothing_is_no_curve_and_no_pair() -> None:
    assert (dict(NOTHING.curves), dict(NOTHING.pairs)) == ({}, {})
