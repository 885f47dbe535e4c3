"""DR-DSN: Zhou, Qiao, Xiang, Deep Reinforcement Learning for Unsupervised Video Summarization, AAAI 2018."""

from vsumlab.methods.dr_dsn.module import DRDSN

__all__ = ["DRDSN"]
