"""dppLSTM: Zhang, Chao, Sha, Grauman, Video Summarization with Long Short-term Memory, ECCV 2016."""

from vsumlab.methods.dpp_lstm.module import DPPLSTM

__all__ = ["DPPLSTM"]
