"""LSTMs as loops over frames in Python, as peers write them."""

import torch
from torch import Tensor, nn


class CellByCell(nn.Module):
    """What an `nn.LSTM` does, as a loop over frames in Python."""

    def __init__(self, lstm: nn.LSTM) -> None:
        super().__init__()
        self.lstm = lstm

    def forward(self, sequences: Tensor) -> tuple[Tensor, None]:
        names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        weights = [getattr(self.lstm, name) for name in names]
        hidden = cell = sequences.new_zeros(len(sequences), self.lstm.hidden_size)
        states = []
        for frame in sequences.unbind(dim=1):
            hidden, cell = torch.lstm_cell(frame, (hidden, cell), *weights)
            states.append(hidden)
        return torch.stack(states, dim=1), None


def unroll(module: nn.Module) -> nn.Module:
    """Replaces every `nn.LSTM` of a module, keeping its weights."""
    for name, child in module.named_children():
        setattr(module, name, CellByCell(child)) if isinstance(child, nn.LSTM) else unroll(child)
    return module
