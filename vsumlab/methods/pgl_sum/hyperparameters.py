"""What can be chosen of PGL-SUM, each by a switch of the same name in `conf/method/pgl_sum.yaml`."""

from __future__ import annotations

from dataclasses import dataclass

from vsumlab.entries import check_fractions, check_positive, check_weights, check_whole


@dataclass(frozen=True)
class PGLSumHyperparameters:
    """PGL-SUM's hyper-parameters; README.md says which values are the paper's.

    Attributes:
        heads: How many heads the global attention has.
        segments: M, how many segments a video is cut into, each with a local attention of its own.
        local_heads: How many heads each local attention has.
        dropout: The share of attention weights, and of numbers before each layer norm, that training drops.
        learning_rate: Of all weights (Adam).
        weight_decay: Of all weights (Adam).

    Raises:
        UserError: If a number makes no sense.
    """

    heads: int
    segments: int
    local_heads: int
    dropout: float
    learning_rate: float
    weight_decay: float

    def __post_init__(self) -> None:
        check_whole(vars(self), prefix="method.", heads=(1, 1000), segments=(1, 1000), local_heads=(1, 1000))
        check_fractions(vars(self), "dropout", prefix="method.")
        check_positive(vars(self), "learning_rate", prefix="method.")
        check_weights(vars(self), "weight_decay", prefix="method.")
