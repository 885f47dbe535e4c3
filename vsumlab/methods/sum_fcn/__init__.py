"""SUM-FCN: Rochan et al., Video Summarization Using Fully Convolutional Sequence Networks, ECCV 2018."""

from vsumlab.methods.sum_fcn.module import SumFCN

__all__ = ["SumFCN"]
