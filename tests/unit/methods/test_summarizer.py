"""What the class that methods share does for them."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from support.training import fit, made_data

from vsumlab.core.batch import Batch
from vsumlab.core.video import VideoFeatures
from vsumlab.data.collate import collate
from vsumlab.data.quantization import dequantize
from vsumlab.errors import CodeError, UserError
from vsumlab.methods.noise import Noise
from vsumlab.methods.summarizer import Summarizer

D = 12


def one_video(features: torch.Tensor) -> Batch:
    return collate([VideoFeatures("video_1", features, torch.rand(len(features)))])


class Plain(Summarizer):
    """The least that a method has to have."""

    name = "plain"

    def __init__(self, feature_dim: int = D) -> None:
        super().__init__()
        self.save_hyperparameters()

    def forward(self, features: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        return features.mean(dim=-1).clamp(0, 1)


def test_a_method_without_parameters_does_not_learn_and_one_with_them_does() -> None:
    assert not Plain().learns
    method = Plain()
    method.layer = torch.nn.Linear(2, 1)
    assert method.learns
    method.layer.requires_grad_(False)
    assert not method.learns


def test_a_methods_own_name_is_its_only_scorer() -> None:
    method = Plain()
    assert (method.main_scorer, method.scorers, method.needs_gtscore) == ("plain", ("plain",), False)
    features = torch.rand(5, D)
    (scores,) = method.all_scores(features).values()
    torch.testing.assert_close(scores, features.mean(dim=-1))


def test_a_prediction_of_scores_in_bfloat16_is_in_float32() -> None:
    """NumPy has no bfloat16, which is what scores are under autocast."""

    class Halved(Plain):
        def forward(self, features: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
            return super().forward(features, lengths).bfloat16()

    features = torch.rand(5, D)
    prediction = Halved().predict_step(one_video(features), 0)
    assert prediction.key == "video_1"
    (scores,) = prediction.scores.values()
    assert scores.dtype == np.float32
    np.testing.assert_array_equal(scores, features.mean(dim=-1).bfloat16().float())


def test_a_method_that_does_not_say_how_it_is_validated_is_refused() -> None:
    with pytest.raises(UserError, match=r"plain has no validation_losses: choose selection=last$"):
        Plain().validation_losses(one_video(torch.rand(3, D)))


def test_it_explains_nothing_unless_it_says_so() -> None:
    curves, pairs = Plain().explain(torch.rand(3, D))
    assert (dict(curves), dict(pairs)) == ({}, {})


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, np.int64])
def test_features_of_any_type_are_scored(dtype) -> None:
    features = np.random.default_rng(0).integers(0, 2, (7, D)).astype(dtype)
    expected = torch.from_numpy(features.astype(np.float32)).mean(dim=-1)
    torch.testing.assert_close(Plain().score(features), expected)
    torch.testing.assert_close(Plain().score(torch.from_numpy(features)), expected)
    torch.testing.assert_close(Plain().score(features.tolist()), expected)


def test_bytes_are_taken_for_youtube_8ms() -> None:
    features = torch.randint(0, 256, (7, D), dtype=torch.uint8)
    torch.testing.assert_close(Plain().score(features), dequantize(features).mean(dim=-1).clamp(0, 1))


@pytest.mark.parametrize("shape", [(), (D,), (0, D), (5, D - 1), (5, D + 1), (1, 5, D)])
def test_features_of_another_shape_are_refused(shape) -> None:
    with pytest.raises(UserError) as error:
        Plain().score(torch.zeros(shape))
    assert str(error.value) == f"features: found shape {shape}: expected (T, {D})"


@pytest.mark.parametrize("odd", [torch.nan, torch.inf, -torch.inf])
def test_features_that_are_not_finite_are_refused(odd) -> None:
    features = torch.rand(5, D)
    features[2, 3] = odd
    with pytest.raises(UserError, match=r"^features: found numbers that are not finite"):
        Plain().score(features)


def test_a_mean_is_over_videos_not_over_batches(video_file) -> None:
    """Two batches of three videos and of one: the one counts for a quarter."""
    values = iter([torch.tensor([1.0, 2.0, 3.0]), torch.tensor([10.0])])

    class Logging(Plain):
        def __init__(self) -> None:
            super().__init__(feature_dim=8)
            self.weight = torch.nn.Parameter(torch.zeros(()))

        def training_step(self, batch: Batch, batch_idx: int) -> torch.Tensor:
            own = next(values)
            assert len(own) == len(batch)
            self.log_mean("train/each", own)
            self.log_mean("train/mean", own.mean(), len(batch))
            self.log_mean("train/rounded", own.to(torch.bfloat16))
            return self.weight

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.SGD(self.parameters())

    trainer = fit(Logging(), made_data(video_file(n_videos=8), n_folds=2, batch_size=3))
    for name in ("train/each", "train/mean", "train/rounded"):
        assert trainer.callback_metrics[name] == 4
        assert trainer.callback_metrics[name].dtype == torch.float32


def test_a_validation_loss_is_the_mean_over_videos() -> None:
    logged = {}

    class Validated(Plain):
        def validation_losses(self, batch: Batch) -> torch.Tensor:
            return batch.features[:, 0, 0]

        def log(self, name: str, value: torch.Tensor, **options: object) -> None:
            logged[name] = (value.item(), options["batch_size"], options["sync_dist"])

    batch = Batch(("a", "b"), torch.tensor([[[1.0]], [[4.0]]]), torch.tensor([1, 1]), None)
    Validated().validation_step(batch, 0)
    assert logged == {"validation/loss": (2.5, 2, True)}


@pytest.mark.parametrize("shape", ["a number a video", "numbers a frame", "a mean"])
def test_training_stops_at_the_first_loss_that_is_no_number(shape, video_file) -> None:
    class Failing(Plain):
        def __init__(self, feature_dim: int = D) -> None:
            super().__init__(feature_dim)
            self.layer = torch.nn.Linear(1, 1)

        def training_step(self, batch: Batch, batch_idx: int) -> torch.Tensor:
            bad = torch.tensor([key == "video_4" and self.current_epoch == 1 for key in batch.keys])
            losses = torch.where(bad, torch.nan, 1.0)
            if shape == "numbers a frame":
                losses = losses[:, None].expand(-1, 7)
            self.log_mean("train/loss", losses.mean() if shape == "a mean" else losses, len(batch))
            return self.layer(torch.ones(1)).sum()

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.SGD(self.parameters(), 0.1)

    data = made_data(video_file(n_videos=6), n_folds=3, batch_size=2)
    data.setup()
    assert "video_4" in data.fold.train
    says = r"^train/loss is not a finite number in epoch 1, of (.*): lower the learning rate, or look at "
    with pytest.raises(UserError, match=says) as error:
        fit(Failing(), data, max_epochs=3)
    named = str(error.value).split(", of ")[1].split(": ")[0].split(", ")
    assert named == ["video_4"] if shape != "a mean" else "video_4" in named


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_processes_share_the_seed_of_noise_and_have_dropout_of_their_own(rank, monkeypatch) -> None:
    strategy = SimpleNamespace(broadcast=lambda own: 7)  # what the first process has
    trainer = SimpleNamespace(global_rank=rank, strategy=strategy, current_epoch=0)
    method = Plain().train()
    monkeypatch.setattr(Plain, "trainer", trainer)
    batch = one_video(torch.rand(3, D))
    torch.manual_seed(7)  # as Lightning seeds all of them
    expected = torch.Generator().manual_seed(7 + rank)
    method.on_fit_start()
    drawn = method.noise(batch).normal(1, 4)
    assert torch.equal(drawn, Noise(7, 0, batch.keys, torch.device("cpu")).normal(1, 4))
    assert torch.equal(torch.rand(4), torch.rand(4, generator=expected))


def test_noise_is_anew_in_each_epoch_but_for_held_out_videos(monkeypatch) -> None:
    batch, method = one_video(torch.rand(3, D)), Plain()
    drawn: dict[bool, list[list[float]]] = {True: [], False: []}
    for epoch in (0, 1):
        monkeypatch.setattr(Plain, "current_epoch", epoch)
        for training in drawn:
            drawn[training].append(method.train(training).noise(batch).normal(1, 4).flatten().tolist())
    assert drawn[False][0] == drawn[False][1]
    assert len({*map(tuple, drawn[True]), tuple(drawn[False][0])}) == 3


def test_a_training_whose_noise_has_no_seed_is_not_done(video_file) -> None:
    class Own(Plain):
        def __init__(self, feature_dim: int = D) -> None:
            super().__init__(feature_dim)
            self.layer = torch.nn.Linear(1, 1)

        def on_fit_start(self) -> None:
            """Forgets the parent's."""

        def training_step(self, batch: Batch, batch_idx: int) -> torch.Tensor:
            return self.layer(self.noise(batch).normal(len(batch), 1)).sum()

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.SGD(self.parameters(), 0.1)

    with pytest.raises(UserError, match=r"^Own\.on_fit_start: has to call super\(\)\.on_fit_start\(\)$"):
        fit(Own(), made_data(video_file(n_videos=4), n_folds=2))


@pytest.mark.parametrize("shape", [(4,), (6,), (5, 1), ()])
def test_scores_that_are_not_one_a_pick_are_refused(shape) -> None:
    class Wrong(Plain):
        def all_scores(self, features, timing=None) -> dict[str, torch.Tensor]:
            return {"plain": torch.zeros(shape)}

    said = re.escape(f"Wrong: plain: Tensor of shape {shape} for 5 picks: return a tensor of one score a")
    with pytest.raises(CodeError, match=f"^{said}"):
        Wrong().exact_scores(torch.rand(5, D))


def test_scores_that_are_no_tensor_are_refused() -> None:
    class Wrong(Plain):
        def forward(self, features, lengths):
            return np.zeros(features.shape[:2])

    with pytest.raises(
        CodeError, match=r"^Wrong: plain: ndarray of shape \(5,\) for 5 picks: return a tensor"
    ):
        Wrong().exact_scores(torch.rand(5, D))
