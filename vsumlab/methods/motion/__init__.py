"""How much the picture changes: a reference without training."""

from vsumlab.methods.motion.module import Motion

__all__ = ["Motion"]
