"""CSNet: Jung et al., Discriminative Feature Learning for Unsupervised Video Summarization, AAAI 2019."""

from vsumlab.methods.csnet.module import CSNet

__all__ = ["CSNet"]
