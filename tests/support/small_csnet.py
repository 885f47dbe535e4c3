"""CSNet with small networks and the paper's switches, from the same weights each time."""

from typing import Any

import torch

from vsumlab.methods.csnet import CSNet

PAPER = {
    "hidden_size": 8,
    "divisions": 4,
    "chunk_stride": True,
    "difference_attention": True,
    "variance_loss": "median",
    "variance_epsilon": 1e-8,
    "sparsity": 0.3,
    "supervised": False,
    "learning_rate": 1e-3,
    "discriminator_learning_rate": 1e-3,
    "decay_epoch": 2,
    "decay_factor": 0.1,
    "gradient_clip": 5.0,
}


def csnet(feature_dim: int = 8, **changes: Any) -> CSNet:
    """The method, with some hyper-parameters changed."""
    torch.manual_seed(0)
    return CSNet(feature_dim, **(PAPER | changes))
