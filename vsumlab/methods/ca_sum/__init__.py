"""CA-SUM (Apostolidis et al. 2022): concentrated attention, trained by the mean of its scores alone."""

from vsumlab.methods.ca_sum.module import CASum

__all__ = ["CASum"]
