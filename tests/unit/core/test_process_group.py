"""What processes add up and gather, and what gradients come back, against one process that has it all."""

import torch
from support.group import in_group
from torch import Tensor

from vsumlab.core.process_group import gathered, n_processes, of_all_processes, rank, summed

N = 3


def values_of(of_rank: int) -> Tensor:
    return torch.randn(2, 4, generator=torch.Generator().manual_seed(of_rank))


def local_loss(of_rank: int, total: Tensor, everything: Tensor) -> Tensor:
    """Another one in each process, so that gradients of all of them have to come together."""
    return (of_rank + 1) * (total.exp().sum() + (everything.cumsum(0) ** 3).sum())


def work(of_rank: int) -> dict[str, object]:
    values = values_of(of_rank).requires_grad_()
    total, everything = summed(values), gathered(values)
    local_loss(of_rank, total, everything).backward()
    return {
        "place": (n_processes(), rank()),
        "total": total.detach(),
        "everything": everything.detach(),
        "gradient": values.grad,
        "objects": of_all_processes({of_rank: "x" * of_rank}),
    }


def test_several_processes_have_the_sum_all_values_and_the_gradients_of_all_losses(tmp_path) -> None:
    found = in_group(work, N, tmp_path)
    all_values = torch.cat([values_of(i) for i in range(N)]).requires_grad_()
    total = all_values.unflatten(0, (N, 2)).sum(dim=0)
    torch.stack([local_loss(i, total, all_values) for i in range(N)]).sum().backward()
    assert all_values.grad is not None
    for i, of_rank in enumerate(found):
        assert of_rank["place"] == (N, i)
        torch.testing.assert_close(of_rank["total"], total.detach())
        assert torch.equal(of_rank["everything"], all_values.detach())
        torch.testing.assert_close(of_rank["gradient"], all_values.grad[2 * i : 2 * i + 2])
        assert of_rank["objects"] == [{0: ""}, {1: "x"}, {2: "xx"}]


def test_a_process_alone_is_all_there_are() -> None:
    values = values_of(0)
    assert (n_processes(), rank()) == (1, 0)
    assert summed(values) is values
    assert gathered(values) is values
    assert of_all_processes("a") == ["a"]
