"""What can be chosen of CSNet, each by a switch of the same name in `conf/method/csnet.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vsumlab.entries import check_positive, check_shares, check_switches, check_whole
from vsumlab.errors import UserError


@dataclass(frozen=True)
class CSNetHyperparameters:
    """CSNet's hyper-parameters; the paper's values are the defaults of the configuration.

    Attributes:
        hidden_size: What features are reduced to for the scorer, and the size of all LSTMs.
        divisions: M of eq. 3 and 4, how many chunks and how many strides a video is divided into.
        chunk_stride: Score by chunk and stride streams (eq. 3-7), else by one BiLSTM.
        difference_attention: Add difference attention (eq. 8-11).
        variance_loss: The variance of scores that is rewarded: about the median (eq. 2), about the mean
            (eq. 1), or none.
        variance_epsilon: The epsilon of eq. 1.
        sparsity: The share of a video that the sparsity loss wants kept.
        supervised: Add binary cross entropy against the ground-truth scores.
        learning_rate: Of scorer, encoder and decoder (Adam).
        discriminator_learning_rate: Of the discriminator (Adam).
        decay_epoch: After how many epochs the learning rates are multiplied by `decay_factor`.
        decay_factor: What the learning rates are multiplied by after `decay_epoch` epochs.
        gradient_clip: The norm that each of the three gradients is clipped to.
        input_scale: What features are scaled to first: `none` leaves them as they are, `rms` gives each frame
            a root mean square of 1, `standardized` each dimension mean 0 and standard deviation 1 over the
            training videos.
        difference_start: Whether the weights of difference attention start as torch draws them (`random`), or
            with those numbers' sizes (`nonnegative`), so that change raises importance.
        difference_scale: What difference attention reads: features as all networks do (`input`), or each
            frame at length 1 (`unit`), which keeps d about as small as the streams' logits.
        variance_weight: The weight of the variance loss.
        supervised_weight: The weight of the cross entropy against the ground-truth scores; all other losses
            have 1.

    Raises:
        UserError: If a number or a choice makes no sense.
    """

    hidden_size: int
    divisions: int
    chunk_stride: bool
    difference_attention: bool
    variance_loss: Literal["median", "mean", "none"]
    variance_epsilon: float
    sparsity: float
    supervised: bool
    learning_rate: float
    discriminator_learning_rate: float
    decay_epoch: int
    decay_factor: float
    gradient_clip: float
    input_scale: Literal["none", "rms", "standardized"] = "none"  # what checkpoints without these had
    difference_start: Literal["random", "nonnegative"] = "random"
    difference_scale: Literal["input", "unit"] = "input"
    variance_weight: float = 1.0
    supervised_weight: float = 1.0

    def __post_init__(self) -> None:
        if self.variance_loss not in ("median", "mean", "none"):
            raise UserError(f"method.variance_loss={self.variance_loss}: expected median, mean or none")
        if self.input_scale not in ("none", "rms", "standardized"):
            raise UserError(f"method.input_scale={self.input_scale}: expected none, rms or standardized")
        if self.difference_start not in ("random", "nonnegative"):
            raise UserError(
                f"method.difference_start={self.difference_start}: expected random or nonnegative"
            )
        if self.difference_scale not in ("input", "unit"):
            raise UserError(f"method.difference_scale={self.difference_scale}: expected input or unit")
        check_whole(vars(self), prefix="method.", hidden_size=1, divisions=(1, 1000), decay_epoch=1)
        rates = ("learning_rate", "discriminator_learning_rate", "decay_factor")
        sizes = ("variance_epsilon", "gradient_clip", "variance_weight", "supervised_weight")
        switches = ("chunk_stride", "difference_attention", "supervised")
        check_switches(vars(self), *switches, prefix="method.")
        check_shares(vars(self), "sparsity", prefix="method.")
        check_positive(vars(self), *rates, *sizes, prefix="method.")
