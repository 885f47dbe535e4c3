"""SUM-GAN's regularizations, and who learns from what."""

import pytest
import torch
from support.methods import made_method
from support.padded import LENGTHS, each, own_frames, padded_scores
from support.training import fit, made_data

from vsumlab.core.batch import Batch

FORMS = ("sum_gan", "sum_gan_rep", "sum_gan_supervised")


@pytest.mark.parametrize("form", FORMS)
def test_every_part_learns(form, video_file) -> None:
    method = made_method(f"method={form}", "method.hidden_size=8", feature_dim=8)
    before = {name: value.detach().clone() for name, value in method.named_parameters()}
    fit(method, made_data(video_file(n_videos=4), n_folds=2, batch_size=2), limit_train_batches=1)
    after = dict(method.named_parameters())
    assert all(value.isfinite().all() for value in after.values())
    assert [name for name, value in after.items() if torch.equal(value, before[name])] == []


@pytest.mark.parametrize("form", FORMS)
def test_a_form_has_a_name_and_one_regularization_of_its_own(form) -> None:
    method = made_method(f"method={form}", "method.hidden_size=8")
    scores, labels = padded_scores(), padded_scores().flip(-1).contiguous()
    states = torch.randn(*scores.shape, 8)
    batch = Batch(("a",) * 5, torch.zeros(*scores.shape, 12), torch.tensor(LENGTHS), labels)
    ((name, loss),) = method.regularization(batch, scores, states).items()
    assert (method.main_scorer, method.needs_gtscore) == (form, form == "sum_gan_supervised")
    expected = {
        "sum_gan": ("sparsity", [abs(video.mean() - 0.3) for video in each(scores)]),
        "sum_gan_rep": (
            "repelling",
            [
                torch.nn.functional.cosine_similarity(video[:, None], video[None], dim=-1)
                .fill_diagonal_(0)
                .sum()
                / max(1, len(video) * (len(video) - 1))
                for video in (row[:length] for row, length in zip(states, LENGTHS, strict=True))
            ],
        ),
        "sum_gan_supervised": (
            "supervised",
            [
                torch.nn.functional.binary_cross_entropy(scores[i, :length], labels[i, :length])
                for i, length in enumerate(LENGTHS)
            ],
        ),
    }[form]
    assert name == expected[0]
    torch.testing.assert_close(loss, torch.tensor([float(value) for value in expected[1]]))
    assert own_frames().sum(dim=-1).tolist() == [*LENGTHS]
