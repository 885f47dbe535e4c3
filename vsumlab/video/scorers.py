"""What scores a video where no trained run is named."""

from __future__ import annotations

from typing import NamedTuple

from vsumlab.config import build, compose_config
from vsumlab.methods.consensus.directions import shipped
from vsumlab.methods.summarizer import Summarizer
from vsumlab.video.backbone import Backbone
from vsumlab.video.efficientnet_lite0 import EfficientNetLite0


class Scorer(NamedTuple):
    """A method, ready to score.

    Attributes:
        method: In evaluation mode.
        title: What it is, in a few words.
    """

    method: Summarizer
    title: str


def ready_made(backbone: Backbone) -> Scorer:
    """What scores features of a backbone without any training here.

    The consensus direction where one of this very backbone ships with the package, else the training-free
    contrastive criteria, which suit any.
    """
    if backbone.name in shipped() and backbone == EfficientNetLite0():
        overrides = ["method=consensus", f"method.direction={backbone.name}"]
        title = f"the consensus direction of {backbone.name} that comes with vsumlab (no labels)"
    else:
        overrides = ["method=contrastive", "refinement=none"]
        title = f"the contrastive criteria of {backbone.name}, without training"
    method = build(compose_config(overrides).method, feature_dim=backbone.feature_dim)
    return Scorer(method.eval(), title)
