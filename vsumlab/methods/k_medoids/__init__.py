"""The medoids of a video's frames as key frames (Hadi et al. 2006): a reference without training."""

from vsumlab.methods.k_medoids.module import KMedoids

__all__ = ["KMedoids"]
