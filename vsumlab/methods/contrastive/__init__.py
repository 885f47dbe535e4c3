"""The contrastive criteria (Pang et al. 2023): training-free, or refined by a small Transformer."""

from vsumlab.methods.contrastive.module import Contrastive

__all__ = ["Contrastive"]
