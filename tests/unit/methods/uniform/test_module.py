"""A key frame every so many, whatever the features are."""

import torch
from support.methods import made_method


def test_there_is_a_key_frame_every_fifty_frames_whatever_they_show() -> None:
    scores = made_method("method=uniform").score(torch.rand(200, 12))
    assert scores.nonzero().flatten().tolist() == [25, 75, 125, 175]
    assert scores.sum() == 4


def test_the_share_is_the_share_of_key_frames() -> None:
    scores = made_method("method=uniform", "method.share=0.15").score(torch.rand(100, 12))
    places = scores.nonzero().flatten()
    assert len(places) == 15
    assert {*places.diff().tolist()} == {6, 7}
