"""The consensus direction: what co-varies with a label-free score over many videos (vsumlab's own)."""

from vsumlab.methods.consensus.module import Consensus

__all__ = ["Consensus"]
