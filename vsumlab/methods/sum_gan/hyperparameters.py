"""What can be chosen of SUM-GAN, each by a switch of the same name in `conf/method/sum_gan.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vsumlab.entries import check_positive, check_shares, check_whole
from vsumlab.errors import UserError


@dataclass(frozen=True)
class SumGANHyperparameters:
    """SUM-GAN's hyper-parameters; README.md says which are the paper's.

    Attributes:
        hidden_size: The size of all LSTMs.
        layers: How many bidirectional LSTMs the scorer has, one on the other.
        regularization: What scores are trained by besides the reconstruction: the `length` of the summary,
            `repelling`, that the encoder's states be unlike each other, or the `labels`.
        sparsity: The share of a video that the regularization of the length wants kept.
        learning_rate: Of scorer, encoder and decoder (Adam).
        discriminator_learning_rate: Of the discriminator (Adam).
        gradient_clip: The norm that each of the three gradients is clipped to.

    Raises:
        UserError: If a number or a choice makes no sense.
    """

    hidden_size: int
    layers: int
    regularization: Literal["length", "repelling", "labels"]
    sparsity: float
    learning_rate: float
    discriminator_learning_rate: float
    gradient_clip: float

    def __post_init__(self) -> None:
        if self.regularization not in ("length", "repelling", "labels"):
            raise UserError(
                f"method.regularization={self.regularization}: expected length, repelling or labels"
            )
        check_whole(vars(self), prefix="method.", hidden_size=1, layers=(1, 100))
        rates = ("learning_rate", "discriminator_learning_rate")
        check_shares(vars(self), "sparsity", prefix="method.")
        check_positive(vars(self), *rates, "gradient_clip", prefix="method.")
