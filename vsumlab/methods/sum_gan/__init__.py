"""SUM-GAN: Mahasseni et al., Unsupervised Video Summarization with Adversarial LSTM Networks, CVPR 2017."""

from vsumlab.methods.sum_gan.module import SumGAN

__all__ = ["SumGAN"]
