"""Normalization by the videos of two processes, against torch's by all of them in one."""

import torch
from support.group import in_group
from torch import Tensor, nn

from vsumlab.methods.common.batch_norm import BatchNorm

N = 2


def all_values() -> Tensor:
    return 3 + 2 * torch.randn(2 * N, 4, 5, generator=torch.Generator().manual_seed(0))


def steps(norm: nn.BatchNorm1d, values: Tensor) -> dict[str, Tensor]:
    """Two of training, with a loss that is no mean, and then what new values become."""
    values = values.clone().requires_grad_()
    for _ in range(2):
        normalized = norm(values)
        (normalized**3).sum().backward()
    assert values.grad is not None
    gradients = {f"gradient of {name}": parameter.grad for name, parameter in norm.named_parameters()}
    later = norm.eval()(values).detach()
    norm.train()
    own = {"normalized": normalized.detach(), "gradient": values.grad, "later": later}
    return own | gradients | norm.state_dict()


def work(rank: int) -> dict[str, Tensor]:
    return steps(BatchNorm(4), all_values()[2 * rank : 2 * rank + 2])


def test_the_batch_is_that_of_all_processes(tmp_path) -> None:
    expected, shares = steps(nn.BatchNorm1d(4), all_values()), in_group(work, N, tmp_path)
    for name in ("normalized", "gradient", "later"):
        torch.testing.assert_close(
            torch.cat([share[name] for share in shares]), expected[name], rtol=1e-4, atol=1e-4
        )
    for name in ("running_mean", "running_var", "num_batches_tracked"):
        for share in shares:
            torch.testing.assert_close(share[name], expected[name])
    for name in ("gradient of weight", "gradient of bias"):  # of each process's own videos
        added = torch.stack([share[name] for share in shares]).sum(dim=0)
        torch.testing.assert_close(added, expected[name], rtol=1e-4, atol=1e-4)


def test_in_one_process_it_is_torchs_to_the_bit() -> None:
    expected, found = steps(nn.BatchNorm1d(4), all_values()), steps(BatchNorm(4), all_values())
    assert all(torch.equal(found[name], value) for name, value in expected.items())
