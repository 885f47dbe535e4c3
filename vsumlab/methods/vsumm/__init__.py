"""VSUMM (De Avila et al. 2011): the frames nearest to the centres of k-means. Nothing is trained."""

from vsumlab.methods.vsumm.module import Vsumm

__all__ = ["Vsumm"]
