"""The contrastive LightningModule: its scorers, its gradients, and what a run of it leaves behind."""

import h5py
import numpy as np
import pandas as pd
import pytest
import torch
from support.methods import METHOD_FILES, made_method, method_config
from torch.nn.utils.rnn import pad_sequence

import vsumlab
from vsumlab.core.batch import Batch
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.job import run_job
from vsumlab.methods.contrastive import Contrastive

METHODS = [name for name in METHOD_FILES if name.startswith("contrastive")]
LENGTHS = (1, 2, 5, 9, 10, 40, 230)
ALL = ["align", "align,uniform", "align,filter", "align,uniform,filter"]


def method(*overrides: str) -> Contrastive:
    named = any(override.startswith("method=") for override in overrides)
    return made_method(*overrides) if named else made_method("method=contrastive", *overrides)


@pytest.mark.parametrize(
    ("overrides", "scorers"),
    [
        ((), ALL),
        (("method.uniqueness=false",), ALL[:2]),
        (("method.refine=false",), ALL[:2]),
    ],
)
def test_a_video_is_scored_by_all_combinations_that_there_are(overrides, scorers) -> None:
    assert list(method(*overrides).all_scores(torch.rand(30, 12))) == scorers


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("refine", [True, False])
def test_scores_do_not_depend_on_the_batch(name, refine) -> None:
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
def test_every_scorer_is_finite_and_in_range(name, refine, length, features) -> None:
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


def test_identical_frames_are_equally_important() -> None:
    for scores in method().all_scores(torch.rand(12).repeat(50, 1)).values():
        torch.testing.assert_close(scores, scores[:1].expand(50))


@pytest.mark.parametrize("name", METHODS)
def test_gradients_of_filter_and_projector_do_not_mix(name) -> None:
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


def test_a_video_alone_in_its_batch_has_no_others_to_be_unlike() -> None:
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
def test_a_switch_changes_its_own_losses_alone(override, changed) -> None:
    features = torch.randn(3, 40, 12, dtype=torch.float64)

    def losses(*overrides: str) -> dict[str, torch.Tensor]:
        contrastive = method(*overrides).double()
        for parameter in contrastive.parameters():  # an untrained layer norm gives outputs of one length
            parameter.data += 0.2 * torch.randn_like(parameter)
        return contrastive.losses(features)

    ours, switched = losses(), losses(override)
    assert {name for name in ours if (ours[name] - switched[name]).abs().max() > 1e-9} == changed


def test_the_paper_variant_is_the_code_with_every_switch_turned() -> None:
    code, paper = (method_config(f"method={name}").method for name in METHODS)
    assert {name for name in code if code[name] != paper[name]} == {
        "neighbour_itself",
        "consistency_itself",
        "own_segments",
        "normalized_outputs",
        "filter_target",
        "magnitude",
    }


def test_summe_has_the_codes_own_values() -> None:
    for name in METHODS:
        config = method_config(f"method={name}", "data=summe")
        assert (config.batch_size, config.method.magnitude) == (8, "offset")
    config = method_config("method=contrastive", "data=summe", "batch_size=4", "method.magnitude=exponential")
    assert (config.batch_size, config.method.magnitude) == (4, "exponential")


@pytest.mark.parametrize("uniqueness", [True, False])
def test_training_lowers_the_loss(uniqueness) -> None:
    contrastive = method(f"method.uniqueness={uniqueness}").train()
    videos = torch.rand(3, 40, 12, generator=torch.Generator().manual_seed(0))

    def loss() -> dict[str, float]:
        with torch.no_grad():
            return {name: value.mean().item() for name, value in contrastive.losses(videos).items()}

    before = loss()
    optimizer = contrastive.configure_optimizers()
    weights = contrastive.hyperparameters.loss_weights
    for _ in range(8):
        optimizer.zero_grad()
        losses = contrastive.losses(videos)
        torch.stack([weights[name] * value.mean() for name, value in losses.items()]).sum().backward()
        optimizer.step()
    after = loss()
    assert after["uniform"] < before["uniform"]
    assert after["align"] + 0.5 * after["uniform"] < before["align"] + 0.5 * before["uniform"]
    if uniqueness:
        assert after["filter"] < before["filter"]


def test_what_is_trained_by_is_the_weighted_sum_of_the_losses() -> None:
    """Eq. 11 with the paper's weights, of a batch whose videos need no resampling."""
    contrastive = method("method.frames=30")
    batch = Batch(("a", "b"), torch.rand(2, 30, 12), torch.tensor([30, 30]), None)
    with torch.no_grad():
        losses = {name: value.mean() for name, value in contrastive.losses(batch.features).items()}
        joint = contrastive.validation_losses(batch)
    expected = losses["align"] + 0.5 * losses["uniform"] + 0.1 * losses["unique"] + 0.1 * losses["filter"]
    torch.testing.assert_close(joint, expected)


@pytest.mark.parametrize("experiment", ["contrastive_canonical", "contrastive_pretrained"])
def test_a_run_has_a_row_for_every_combination_and_gives_the_method_back(
    composed, tmp_path, demo_folder, experiment
) -> None:
    run_job(composed(f"experiment={experiment}", "debug=smoke", "random_draws=2", "fold=0", run=tmp_path))
    scorers = ALL if experiment == "contrastive_canonical" else ALL[:2]
    rows, videos = pd.read_csv(tmp_path / "videos.csv"), VideoFile(demo_folder / "demo.h5")
    tested = sorted(rows.loc[rows["scorer"] == "random", "video"])
    assert tested
    for scorer in scorers:
        assert sorted(rows.loc[rows["scorer"] == scorer, "video"]) == tested
    assert {*rows["scorer"]} == {*scorers, "random", "human", "gtscore"}
    table = (tmp_path / "table.txt").read_text()
    for scorer in scorers:
        assert sum(line.split()[0] == scorer for line in table.splitlines() if line.strip()) == 1
    method = vsumlab.load(tmp_path, fold=0)
    assert f"test/{scorers[-1]}/kendall_tau" in pd.read_csv(tmp_path / "fold_0" / "metrics.csv")
    video = videos[tested[0]]
    with h5py.File(tmp_path / "scores.h5") as file:
        recorded = file[f"fold_0/{video.key}/{scorers[-1]}/importance_scores"][()]
    np.testing.assert_array_equal(method.score(video.features.numpy().astype(np.float64)), recorded)


def test_the_papers_rows_are_the_combinations_of_each_training() -> None:
    def rows(*overrides: str) -> dict[str, str]:
        chosen = vars(method(*overrides).hyperparameters)
        return {
            row.scorer: row.row
            for row in Contrastive.paper_rows
            if row.preset == "contrastive" and chosen.items() >= row.switches.items()
        }

    assert rows() == {name: name for name in ALL[2:]}
    assert rows("method.uniqueness=false") == {name: name for name in ALL[:2]}
    assert rows("refinement=none") == {name: f"{name}*" for name in ALL[:2]}
