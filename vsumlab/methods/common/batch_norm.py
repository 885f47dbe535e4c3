"""Batch normalization by the videos of all processes."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from vsumlab.core.process_group import n_processes, summed


class BatchNorm(nn.BatchNorm1d):
    """`BatchNorm1d` whose batch is the global one, on the CPU as well, where torch has no `SyncBatchNorm`."""

    def forward(self, values: Tensor) -> Tensor:
        """Normalizes (B, C, T), C the same in all processes."""
        if not self.training or n_processes() == 1:
            return super().forward(values)
        values = values.to(torch.promote_types(values.dtype, torch.float32))
        count = summed(values.new_tensor(float(values.shape[0] * values.shape[2])))
        mean = summed(values.sum(dim=(0, 2))) / count
        centred = values - mean.unsqueeze(-1)
        variance = summed(centred.square().sum(dim=(0, 2))) / count
        self._remember(mean.detach(), variance.detach() * count / (count - 1))
        scale = self.weight * (variance + self.eps).rsqrt()
        return centred * scale.unsqueeze(-1) + self.bias.unsqueeze(-1)

    @torch.no_grad()
    def _remember(self, mean: Tensor, variance: Tensor) -> None:
        """Moves what is normalized by after training towards a batch's."""
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        assert self.momentum is not None
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)
        self.num_batches_tracked.add_(1)
