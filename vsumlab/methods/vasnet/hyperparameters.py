"""What can be chosen of VASNet, each by a switch of the same name in `conf/method/vasnet.yaml`."""

from __future__ import annotations

from dataclasses import dataclass

from vsumlab.entries import check_fractions, check_positive, check_switches, check_weights


@dataclass(frozen=True)
class VASNetHyperparameters:
    """VASNet's hyper-parameters; README.md says which values are the paper's.

    Attributes:
        scale: s, what the energies of the attention are multiplied by.
        transposed: Whether the attention matrix is transposed before it is applied, as in the authors' code:
            each frame then gives itself out in shares; else each takes shares of the others.
        dropout: The share of attention weights, and of numbers before each layer norm, that training drops.
        learning_rate: Of all weights (Adam).
        weight_decay: Of all weights (Adam).

    Raises:
        UserError: If a number makes no sense.
    """

    scale: float
    transposed: bool
    dropout: float
    learning_rate: float
    weight_decay: float

    def __post_init__(self) -> None:
        check_switches(vars(self), "transposed", prefix="method.")
        check_fractions(vars(self), "dropout", prefix="method.")
        check_positive(vars(self), "scale", "learning_rate", prefix="method.")
        check_weights(vars(self), "weight_decay", prefix="method.")
