"""PGL-SUM (Apostolidis et al. 2021): global and local attention, trained on ground-truth scores."""

from vsumlab.methods.pgl_sum.module import PGLSum

__all__ = ["PGLSum"]
