"""VASNet (Fajtl et al. 2018): soft self-attention over the whole video, trained on ground-truth scores."""

from vsumlab.methods.vasnet.module import VASNet

__all__ = ["VASNet"]
