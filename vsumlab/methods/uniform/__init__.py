"""Evenly spaced key frames, whatever they show: a reference without training."""

from vsumlab.methods.uniform.module import Uniform

__all__ = ["Uniform"]
