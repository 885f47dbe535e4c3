"""The forms in which people have scores and summaries."""

import torch

FORMS = {
    "array": lambda array: array,
    "tensor": lambda array: torch.from_numpy(array.copy()),
    "tensor with a gradient": lambda array: torch.from_numpy(array.copy()).requires_grad_(),
    "lists": lambda array: array.tolist(),
    "tensors in a list": lambda array: (
        [*torch.from_numpy(array.copy())] if array.ndim > 1 else array.tolist()
    ),
}
"""What an array becomes; of bools, which have no gradient, see `SUMMARY_FORMS`."""

SUMMARY_FORMS = {name: form for name, form in FORMS.items() if "gradient" not in name}
