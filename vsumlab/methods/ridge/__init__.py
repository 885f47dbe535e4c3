"""Ridge regression of people's importance scores on frame features: a supervised reference."""

from vsumlab.methods.ridge.module import Ridge

__all__ = ["Ridge"]
