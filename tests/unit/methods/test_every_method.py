"""What every method has to do, as its file in `conf/method` has it and with each switch turned."""

import dataclasses

import numpy as np
import pytest
import torch
from support.methods import METHOD_FILES, VARIANTS, clipping, made_method, made_variant, small, switches
from support.scores import recorded_scores
from support.training import fit, made_data
from torch.nn.utils.rnn import pad_sequence

from vsumlab.callbacks.selection import Validation
from vsumlab.core.batch import Batch
from vsumlab.core.video import VideoFeatures
from vsumlab.data.collate import collate
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.train import train

D = 12
LENGTHS = (1, 3, 9, 40)
LEARNING = [variant for variant in VARIANTS if made_variant(*variant).learns]
LEARNERS = [name for name in METHOD_FILES if (name, None) in LEARNING]
UNSUPERVISED = [name for name in LEARNERS if not made_method(f"method={name}").needs_gtscore]
LABELLED = [variant for variant in VARIANTS if made_variant(*variant).needs_gtscore]


@pytest.fixture
def videos() -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.rand(length, D, generator=generator) for length in LENGTHS]


def one_video(features: torch.Tensor) -> Batch:
    return collate([VideoFeatures("video_1", features, torch.rand(len(features)))])


@pytest.mark.parametrize(("name", "switch"), VARIANTS)
def test_a_prediction_has_scores_by_every_scorer(name, switch, videos) -> None:
    method = made_variant(name, switch, D)
    with torch.no_grad():
        prediction = method.predict_step(one_video(videos[-1]), 0)
    assert prediction.key == "video_1"
    assert tuple(prediction.scores) == method.scorers
    for scores in prediction.scores.values():
        assert isinstance(scores, np.ndarray)
        assert (scores.dtype, scores.shape) == (np.float32, (LENGTHS[-1],))
        assert np.isfinite(scores).all()
        assert 0 <= scores.min() <= scores.max() <= 1
    np.testing.assert_array_equal(prediction.scores[method.main_scorer], method.score(videos[-1]))


@pytest.mark.parametrize("name", METHOD_FILES)
def test_a_video_scores_the_same_alone_and_next_to_others_whatever_is_in_the_padding(name, videos) -> None:
    method = made_method(f"method={name}")
    padded = pad_sequence(videos, batch_first=True, padding_value=1e3)
    with torch.no_grad():
        together = method(padded, torch.tensor(LENGTHS))
    assert together.shape == padded.shape[:2]
    for video, scores in zip(videos, together, strict=True):
        torch.testing.assert_close(scores[: len(video)], method.score(video), atol=1e-5, rtol=0)


@pytest.mark.parametrize(("name", "switch"), VARIANTS)
def test_scores_under_autocast_are_those_without_to_the_last_bit(name, switch, videos) -> None:
    """Rounded to bfloat16, scores of an untrained method are nearly all the same."""
    method = made_variant(name, switch, D)
    batch = one_video(videos[-1])
    with torch.no_grad():
        exact = method.predict_step(batch, 0)
        with torch.autocast("cpu", torch.bfloat16):
            rounded, score = method.predict_step(batch, 0), method.score(videos[-1])
    assert rounded.scores.keys() == exact.scores.keys()
    for scorer, scores in rounded.scores.items():
        np.testing.assert_array_equal(scores, exact.scores[scorer])
    np.testing.assert_array_equal(score, exact.scores[method.main_scorer])


@pytest.mark.parametrize(("name", "switch"), LEARNING)
def test_losses_under_autocast_are_close_to_those_without(name, switch) -> None:
    method = made_variant(name, switch, D)
    generator = torch.Generator().manual_seed(0)
    features, gtscore = (torch.rand(2, 40, *size, generator=generator) for size in ((D,), ()))
    batch = Batch(("a", "b"), features, torch.tensor([40, 20]), gtscore)
    losses = []
    for enabled in (False, True):
        torch.manual_seed(0)
        with torch.autocast("cpu", torch.bfloat16, enabled=enabled):
            losses.append(method.validation_losses(batch).float().mean())
    torch.testing.assert_close(*losses, rtol=0.1, atol=0.05)
    losses[1].backward()
    gradients = [each.grad for each in method.parameters() if each.grad is not None]
    assert gradients
    assert all(gradient.isfinite().all() for gradient in gradients)


@pytest.mark.parametrize(
    ("name", "switch"), [*{**dict.fromkeys((name, None) for name in LEARNERS), **dict.fromkeys(LABELLED)}]
)
def test_a_step_of_training_works_under_autocast(name, switch, video_file) -> None:
    method = made_variant(name, switch, feature_dim=8)
    before = {parameter: value.clone() for parameter, value in method.named_parameters()}
    data = made_data(video_file(n_videos=4), n_folds=2, batch_size=2)
    with torch.autocast("cpu", torch.bfloat16):
        fit(method, data, limit_train_batches=1)
    after = dict(method.named_parameters())
    assert all(value.isfinite().all() for value in after.values())
    assert any(not torch.equal(after[parameter], before[parameter]) for parameter in before)


@pytest.mark.parametrize("name", LEARNERS)
@pytest.mark.parametrize("selection", ["validation", pytest.param("test_oracle", marks=pytest.mark.slow)])
def test_a_fold_in_bf16_is_trained_scored_drawn_and_recorded(
    name, selection, composed, video_file, tmp_path
) -> None:
    data = (f"data.file={video_file(n_videos=6)}", "setting.n_folds=2", "fold=0", "debug=smoke")
    drawn = selection == "validation"
    metrics = train(
        composed(
            *small(name),
            f"selection={selection}",
            "trainer.precision=bf16-mixed",
            f"callbacks.figures.videos={int(drawn)}",
            "random_draws=2",
            *data,
            run=tmp_path,
        )
    )
    assert any(metric.startswith("test/") for metric in metrics)
    assert all(np.isfinite(value) for value in metrics.values())
    assert bool(list(tmp_path.glob("fold_0/figures/*.svg"))) == drawn
    for videos in recorded_scores(tmp_path / "fold_0" / "scores.h5", fold=0).values():
        assert len(videos) == 3
        assert all(np.isfinite(scores).all() for scores in videos.values())


@pytest.mark.parametrize("batch_size", [1, 4])
@pytest.mark.parametrize("name", LEARNERS)
def test_a_few_steps_in_bf16_come_to_the_scores_of_float32_and_weights_stay_float32(
    name, batch_size, video_file
) -> None:
    """To a hundredth, three steps on."""
    file = video_file(n_videos=13)
    features = VideoFile(file).features("video_1").features
    scores, before = [], made_variant(name, None, feature_dim=8).score(features)
    for precision in ("32-true", "bf16-mixed"):
        method = made_variant(name, None, feature_dim=8)
        torch.manual_seed(1)
        options = {"precision": precision, "limit_train_batches": 3} | clipping(name)
        fit(method, made_data(file, n_folds=13, batch_size=batch_size), **options)
        assert {value.dtype for value in method.parameters()} == {torch.float32}
        scores.append(method.eval().score(features))
    assert not torch.equal(scores[0], before)
    assert scores[1].dtype == torch.float32
    torch.testing.assert_close(*scores, rtol=0, atol=0.01)


@pytest.mark.parametrize("name", METHOD_FILES)
def test_a_loaded_method_scores_bit_for_bit_as_it_was_recorded(name, composed, video_file, tmp_path) -> None:
    file = video_file(n_videos=4)
    data = (f"data.file={file}", "setting.n_folds=2", "fold=0", "random_draws=2", "debug=smoke")
    train(composed(*small(name), *data, run=tmp_path))
    (checkpoint,) = tmp_path.glob("fold_0/*.ckpt")
    kept = torch.load(checkpoint, weights_only=True)["hyper_parameters"]
    assert kept["feature_dim"] == 8
    loaded = type(made_method(f"method={name}")).load_from_checkpoint(checkpoint, map_location="cpu").eval()
    for scorer, videos in recorded_scores(tmp_path / "fold_0" / "scores.h5", fold=0).items():
        for key, scores in videos.items():
            with torch.no_grad():
                found = loaded.predict_step(collate([VideoFile(file).features(key)]), 0)
            np.testing.assert_array_equal(found.scores[scorer], scores)


@pytest.mark.parametrize("n_videos", [1, 3])
@pytest.mark.parametrize(("name", "switch"), LEARNING)
def test_parameters_that_a_step_leaves_out_are_owned_up_to(name, switch, n_videos, video_file) -> None:
    """Else several processes wait for each other's gradients for ever."""
    method = made_variant(name, switch, feature_dim=8)
    if method.find_unused_parameters:
        return
    backward, reached = method.backward, []

    def spy(loss: torch.Tensor, *rest: object, **named: object) -> None:
        method.zero_grad()
        backward(loss, *rest, **named)
        reached.append(
            {parameter for parameter, value in method.named_parameters() if value.grad is not None}
        )

    method.backward = spy
    fit(method, made_data(video_file(2 * n_videos), 2, batch_size=n_videos), limit_train_batches=1)
    assert reached == [{parameter for parameter, _ in method.named_parameters()}]


@pytest.mark.parametrize("name", UNSUPERVISED)
def test_the_criterion_of_validation_needs_no_labels(name, videos) -> None:
    method = made_method(f"method={name}")
    batch = Batch(("a", "b"), torch.rand(2, 40, D), torch.tensor([40, 20]), gtscore=None)
    with torch.no_grad():
        losses = method.validation_losses(batch)
    assert losses.isfinite().all()
    assert losses.shape in ((), (2,))


@pytest.mark.parametrize("name", LEARNERS)
def test_training_is_the_same_with_and_without_a_look_at_held_out_videos(name, video_file) -> None:
    path, trained = video_file(n_videos=8), []
    held_out = Validation(0.25, "user_scores").divide
    for n_batches in (0, 1):
        torch.manual_seed(0)
        method = made_variant(name, None, feature_dim=8)
        data = made_data(path, n_folds=2, batch_size=2, divide=lambda fold: held_out(fold, 0))
        fit(method, data, max_epochs=2, limit_val_batches=n_batches, num_sanity_val_steps=0)
        trained.append(method.state_dict())
    assert all(torch.equal(value, trained[1][parameter]) for parameter, value in trained[0].items())


@pytest.mark.parametrize("name", LEARNERS)
def test_a_held_out_video_gets_the_same_draws_in_each_epoch(name, videos, monkeypatch) -> None:
    method = made_variant(name, None, D)
    batch, logged = one_video(videos[-1]), []
    monkeypatch.setattr(method, "log_mean", lambda name, values, n_videos: logged.append(values))
    with torch.no_grad():
        for _ in range(2):
            method.validation_step(batch, 3)
    torch.testing.assert_close(*logged, rtol=0, atol=0)


@pytest.mark.parametrize("name", LEARNERS)
def test_what_is_logged_has_a_curve(name, video_file) -> None:
    method = made_method(f"method={name}", feature_dim=8)
    trainer = fit(method, made_data(video_file(n_videos=4), 2, batch_size=2), limit_train_batches=1)
    logged = {metric for metric in trainer.callback_metrics if metric.startswith("train/")}
    assert logged
    assert logged <= {metric for metric, _ in method.curves}


@pytest.mark.parametrize("name", METHOD_FILES)
def test_its_hyperparameters_are_what_its_file_has(name) -> None:
    method = made_method(f"method={name}")
    assert dataclasses.is_dataclass(method.hyperparameters)
    assert method.hyperparameters.__dataclass_params__.frozen
    fields = {field.name for field in dataclasses.fields(method.hyperparameters)}
    assert fields == set(method.hparams) - {"feature_dim"}
    assert {switch for switch in fields if isinstance(method.hparams[switch], bool)} == {*switches(name)}
