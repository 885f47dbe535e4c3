"""Training steps through `torch.compile`: the networks of a method, wherever they are in training mode."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from vsumlab.errors import UserError, first_line
from vsumlab.methods.summarizer import Summarizer

OPTIONS: dict[str, Any] = {"fallback_random": True}
"""Of Inductor: dropout draws what it draws otherwise, from the generators whose states a checkpoint has."""


def compile_steps(method: Summarizer, device: torch.device) -> None:
    """Has a method's networks compiled where training steps call them; of a method without any, nothing.

    Weights keep their names. Out of training mode all computes as ever, so that scores of a checkpoint do not
    depend on how it was trained. Lengths are taken for variable, else each video would be compiled for anew.

    Args:
        method: Before it is trained.
        device: Where that will be.

    Raises:
        UserError: If nothing can be compiled there.
    """
    networks = [part for part in method.children() if any(each.requires_grad for each in part.parameters())]
    if not networks:
        return
    check_compiler(device)
    # nn.LSTM and lengths that are read from tensors stay as they are, which is no news
    logging.getLogger("torch._dynamo.variables").setLevel(logging.ERROR)
    for network in networks:
        network.forward = compiled_in_training(network)


def compiled_in_training(network: nn.Module) -> Callable[..., Any]:
    """A network's `forward`, compiled as long as the network is in training mode.

    Raises:
        UserError: When it is called, if the compiler cannot make anything of it.
    """
    plain = network.forward
    compiled = torch.compile(plain, dynamic=True, options=OPTIONS)

    def forward(*inputs: Any, **named: Any) -> Any:
        try:
            return (compiled if network.training else plain)(*inputs, **named)
        except Exception as error:
            if not type(error).__module__.startswith(("torch._dynamo", "torch._inductor")):
                raise
            raise UserError(
                f"compile=true: torch cannot compile {type(network).__name__} ({first_line(error)}): write "
                "compile=false"
            ) from error

    return forward


def check_compiler(device: torch.device) -> None:
    """Compiles something small.

    Raises:
        UserError: If that fails, as without a C++ compiler.
    """
    try:
        torch.compile(torch.sin, options=OPTIONS)(torch.ones(2, device=device))
    except Exception as error:  # torch's, Triton's or the system's
        inner = getattr(error, "inner_exception", error)
        raise UserError(
            f"compile=true: nothing can be compiled here ({first_line(inner)}): "
            "install a C++ compiler such as g++, or write compile=false"
        ) from error
