"""What can be chosen of SUM-GAN-AAE, each by a switch of the same name in `conf/method/sum_gan_aae.yaml`."""

from __future__ import annotations

from dataclasses import dataclass

from vsumlab.entries import check_positive, check_shares, check_whole


@dataclass(frozen=True)
class SumGANAAEHyperparameters:
    """SUM-GAN-AAE's hyper-parameters; README.md says which are the paper's.

    Attributes:
        hidden_size: What features are reduced to for all networks, and the size of all LSTMs.
        layers: How many bidirectional LSTMs the scorer has, one on the other.
        sparsity: The share of a video that the sparsity loss wants kept.
        learning_rate: Of all but the discriminator (Adam).
        discriminator_learning_rate: Of the discriminator (Adam).
        gradient_clip: The norm that each of the three gradients is clipped to.

    Raises:
        UserError: If a number makes no sense.
    """

    hidden_size: int
    layers: int
    sparsity: float
    learning_rate: float
    discriminator_learning_rate: float
    gradient_clip: float

    def __post_init__(self) -> None:
        check_whole(vars(self), prefix="method.", hidden_size=1, layers=(1, 100))
        rates = ("learning_rate", "discriminator_learning_rate")
        check_shares(vars(self), "sparsity", prefix="method.")
        check_positive(vars(self), *rates, "gradient_clip", prefix="method.")
