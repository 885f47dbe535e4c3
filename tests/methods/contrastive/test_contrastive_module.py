"""The contrastive LightningModule: its scorers, its gradients, and what a run of it leaves behind."""

import csv
from collections.abc import Callable

import h5py
import numpy as np
import pytest
import pytorch_lightning as pl
import torch
from torch.nn.utils.rnn import pad_sequence

import vsumlab
from vsumlab.config import build
from vsumlab.data.datamodule import VideoDataModule
from vsumlab.data.folds import Fold
from vsumlab.data.pool import VideoPool
from vsumlab.data.reader import VideoFile
from vsumlab.errors import UserError
from vsumlab.methods.contrastive import Contrastive
from vsumlab.train import train

METHODS = ("contrastive", "contrastive_paper")
LENGTHS = (1, 2, 5, 9, 10, 40, 230)
ALL = ["align", "align,uniform", "align,filter", "align,uniform,filter"]


@pytest.fixture
def method(composed) -> Callable[..., Contrastive]:
    def make(*overrides: str, feature_dim: int = 12) -> Contrastive:
        torch.manual_seed(0)
        return build(composed("method=contrastive", *overrides).method, feature_dim=feature_dim).eval()

    return make


@pytest.mark.parametrize(
    ("overrides", "scorers"),
    [
        ((), ALL),
        (("method.uniqueness=false",), ALL[:2]),
        (("method.refine=false",), ALL[:2]),
    ],
)
def test_a_video_is_scored_by_all_combinations_that_there_are(method, overrides, scorers) -> None:
    assert list(method(*overrides).all_scores(torch.rand(30, 12))) == scorers


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("refine", [True, False])
def test_scores_do_not_depend_on_the_batch(method, name, refine) -> None:
    contrastive = method(f"method={name}", f"method.refine={refine}")
    videos = [torch.rand(length, 12) for length in LENGTHS]
    batch = contrastive(pad_sequence(videos, batch_first=True), torch.tensor(LENGTHS))
    assert batch.shape == (len(LENGTHS), max(LENGTHS))
    for video, scores in zip(videos, batch, strict=True):
        torch.testing.assert_close(scores[: len(video)], contrastive.score(video), atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("refine", [True, False])
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("features", ["random", "constant", "zero", "two halves"])
def test_every_scorer_is_finite_and_in_range(method, name, refine, length, features) -> None:
    video = {
        "random": torch.rand(length, 12),
        "constant": torch.rand(12).repeat(length, 1),
        "zero": torch.zeros(length, 12),
        "two halves": torch.eye(12)[torch.arange(length) // (length // 2 + 1)],
    }[features]
    for scorer, scores in method(f"method={name}", f"method.refine={refine}").all_scores(video).items():
        assert scores.shape == (length,)
        assert scores.isfinite().all(), scorer
        assert scores.min() >= 0, scorer
        assert scores.max() <= 1, scorer


def test_identical_frames_are_equally_important(method) -> None:
    for scores in method().all_scores(torch.rand(12).repeat(50, 1)).values():
        torch.testing.assert_close(scores, scores[:1].expand(50))


@pytest.mark.parametrize("name", METHODS)
def test_gradients_of_filter_and_projector_do_not_mix(method, name) -> None:
    def reached(*wanted: str) -> set[str]:
        contrastive = method(f"method={name}")
        losses = contrastive.losses(torch.rand(3, 40, 12))
        torch.stack([losses[loss].sum() for loss in wanted]).sum().backward()
        return {
            parameter_name.split(".")[0]
            for parameter_name, parameter in contrastive.named_parameters()
            if parameter.grad is not None and parameter.grad.any()
        }

    assert reached("filter") == {"filter"}
    for loss in ("align", "uniform", "unique"):
        assert reached(loss) == {"projector"}


def test_a_video_alone_in_its_batch_has_no_others_to_be_unlike(method) -> None:
    alone = torch.rand(1, 40, 12)
    assert list(method("method=contrastive_paper").losses(alone)) == ["align", "uniform"]
    assert list(method("method=contrastive").losses(alone)) == ["align", "uniform", "unique", "filter"]
    assert list(method("method.uniqueness=false").losses(alone)) == ["align", "uniform"]


@pytest.mark.parametrize(
    ("override", "changed"),
    [
        ("method.neighbour_itself=false", {"align"}),
        ("method.consistency_itself=false", {"uniform"}),
        ("method.own_segments=false", {"unique", "filter"}),
        ("method.normalized_outputs=true", {"unique", "filter"}),
        ("method.filter_target=[0,1]", {"filter"}),
    ],
)
def test_a_switch_changes_its_own_losses_alone(method, override, changed) -> None:
    features = torch.randn(3, 40, 12, dtype=torch.float64)

    def losses(*overrides: str) -> dict[str, torch.Tensor]:
        contrastive = method(*overrides).double()
        for parameter in contrastive.parameters():  # an untrained layer norm gives outputs of one length
            parameter.data += 0.2 * torch.randn_like(parameter)
        return contrastive.losses(features)

    ours, switched = losses(), losses(override)
    assert {name for name in ours if (ours[name] - switched[name]).abs().max() > 1e-9} == changed


def test_the_paper_variant_is_the_code_with_every_switch_turned(composed) -> None:
    code, paper = (composed(f"method={name}").method for name in METHODS)
    assert {name for name in code if code[name] != paper[name]} == {
        "neighbour_itself",
        "consistency_itself",
        "own_segments",
        "normalized_outputs",
        "filter_target",
        "magnitude",
    }


def test_summe_has_the_codes_own_values(composed) -> None:
    for name in METHODS:
        config = composed(f"method={name}", "data=summe")
        assert (config.batch_size, config.method.magnitude) == (8, "offset")
    config = composed("method=contrastive", "data=summe", "batch_size=4", "method.magnitude=exponential")
    assert (config.batch_size, config.method.magnitude) == (4, "exponential")


@pytest.mark.parametrize("uniqueness", [True, False])
def test_training_lowers_the_loss(method, demo_folder, uniqueness) -> None:
    file = VideoFile(demo_folder / "demo.h5")
    contrastive = method(f"method.uniqueness={uniqueness}", feature_dim=file.feature_dim)
    videos = torch.stack([file[key].features[:60] for key in file.keys])

    def loss() -> dict[str, float]:
        with torch.no_grad():
            return {name: value.mean().item() for name, value in contrastive.losses(videos).items()}

    before = loss()
    pl.Trainer(
        accelerator="cpu",
        max_epochs=6,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
    ).fit(
        contrastive.train(),
        datamodule=VideoDataModule(VideoPool(file, {}), Fold(0, file.keys, ()), batch_size=5, seed=0),
    )
    after = loss()
    assert after["uniform"] < before["uniform"]
    assert after["align"] + 0.5 * after["uniform"] < before["align"] + 0.5 * before["uniform"]
    if uniqueness:
        assert after["filter"] < before["filter"]


BAD = {
    "method.magnitude=square": "exponential or offset",
    "method.neighbour_share=0": "above 0",
    "method.neighbour_share=1.5": "at most 1",
    "method.segment_length=201": "at most method.frames, 200",
    "method.frames=1": "at least 2",
    "method.filter_target=[0.5]": "two numbers",
    "method.filter_target=[0.7,0.3]": "two numbers",
    "method.dropout=1.5": "from 0 to below 1",
}


@pytest.mark.parametrize("override", BAD)
def test_what_cannot_be_meant_is_refused(method, override) -> None:
    with pytest.raises(UserError, match=BAD[override]) as error:
        method(override)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("experiment", ["contrastive_canonical", "contrastive_pretrained"])
def test_a_run_has_a_row_for_every_combination_and_gives_the_method_back(
    composed, tmp_path, demo_folder, experiment
) -> None:
    train(composed(f"experiment={experiment}", "debug=smoke", "random_draws=5", run=tmp_path))
    scorers = ALL if experiment == "contrastive_canonical" else ALL[:2]
    with (tmp_path / "videos.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    videos = VideoFile(demo_folder / "demo.h5")
    for scorer in scorers:
        assert sorted(row["video"] for row in rows if row["scorer"] == scorer) == sorted(videos.keys)
    assert {row["scorer"] for row in rows} == {*scorers, "random", "human", "gtscore"}
    table = (tmp_path / "table.txt").read_text()
    for scorer in scorers:
        assert sum(line.split()[0] == scorer for line in table.splitlines() if line.strip()) == 1
    method = vsumlab.load(tmp_path, fold=0)
    with (tmp_path / "fold_0" / "metrics.csv").open(newline="") as file:
        assert f"test/{scorers[-1]}/kendall_tau" in next(csv.reader(file))
    video = videos[next(row["video"] for row in rows if row["fold"] == "0")]
    with h5py.File(tmp_path / "scores.h5") as file:
        recorded = file[f"fold_0/{video.key}/{scorers[-1]}/importance_scores"][()]
    np.testing.assert_array_equal(method.score(video.features.numpy().astype(np.float64)), recorded)


def test_published_figures_stand_where_the_paper_has_them(method) -> None:
    assert method().published_names == {name: name for name in ALL[2:]}
    assert method("method.uniqueness=false").published_names == {name: name for name in ALL[:2]}
    assert method("method.refine=false").published_names == {name: f"{name}*" for name in ALL[:2]}
    assert method("method.neighbour_share=0.2").published_names == {}
