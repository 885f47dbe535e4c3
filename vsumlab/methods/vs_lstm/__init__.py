"""vsLSTM: Zhang, Chao, Sha, Grauman, Video Summarization with Long Short-term Memory, ECCV 2016."""

from vsumlab.methods.vs_lstm.module import VSLSTM

__all__ = ["VSLSTM"]
