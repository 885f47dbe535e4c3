"""How unlike the rest of its video a frame is: a reference without training."""

from vsumlab.methods.rarity.module import Rarity

__all__ = ["Rarity"]
