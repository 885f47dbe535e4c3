"""What can be chosen of CA-SUM, each by a switch of the same name in `conf/method/ca_sum.yaml`."""

from __future__ import annotations

from dataclasses import dataclass

from vsumlab.config import check_positive, check_weights, check_whole
from vsumlab.errors import UserError


@dataclass(frozen=True)
class CASumHyperparameters:
    """CA-SUM's hyper-parameters; README.md says which values are the paper's.

    Attributes:
        block_size: M, how many frames a block of the concentrated attention has.
        sigma: The mean score that training wants.
        dropout: The share of numbers that training drops before each layer norm.
        learning_rate: Of all weights (Adam).
        weight_decay: Of all weights (Adam).

    Raises:
        UserError: If a number makes no sense.
    """

    block_size: int
    sigma: float
    dropout: float
    learning_rate: float
    weight_decay: float

    def __post_init__(self) -> None:
        check_whole(vars(self), prefix="method.", block_size=1)
        check_positive(vars(self), "sigma", "learning_rate", prefix="method.")
        check_weights(vars(self), "dropout", "weight_decay", prefix="method.")
        if self.sigma >= 1:
            raise UserError(f"method.sigma={self.sigma}: expected below 1")
        if self.dropout >= 1:
            raise UserError(f"method.dropout={self.dropout}: expected from 0 to below 1")
