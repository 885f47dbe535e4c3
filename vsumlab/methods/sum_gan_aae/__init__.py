"""SUM-GAN-AAE: Apostolidis et al., an attention auto-encoder in the place of SUM-GAN's VAE, MMM 2020."""

from vsumlab.methods.sum_gan_aae.module import SumGANAAE

__all__ = ["SumGANAAE"]
