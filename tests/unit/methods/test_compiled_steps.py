"""What `compile=true` does to each method that trains: the same steps through other code."""

import logging

import numpy as np
import pytest
import torch
from support.loaders import training_data, write_labelled
from support.methods import METHOD_FILES, clipping, made_method, made_variant, small
from support.runs import module, process
from support.scores import recorded_scores
from support.training import quiet_trainer
from torch import nn
from torch._dynamo.utils import counters

import vsumlab
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.errors import UserError
from vsumlab.methods.compiled_steps import check_compiler, compile_steps, compiled_in_training
from vsumlab.methods.summarizer import Summarizer
from vsumlab.train import train

CPU = torch.device("cpu")
D, LENGTHS = 32, (40, 57, 33, 91, 20, 64, 48, 77, 25, 83, 39, 61)  # a block of ca_sum is 60 frames
NETWORKS = [name for name in METHOD_FILES if any(made_method(f"method={name}").children())]
QUICK = "vasnet"  # the quickest to make code for


def but(quick: list[str]) -> list[object]:
    """All methods that train, of which only some are quick enough for every change."""
    return [pytest.param(name, marks=[] if name in quick else pytest.mark.slow) for name in NETWORKS]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> VideoFile:
    """Videos of as many lengths as there are, with features of unit length."""
    path = write_labelled(tmp_path_factory.mktemp("data") / "videos.h5", LENGTHS, D)
    return VideoFile(path, evaluated=False)


@pytest.fixture
def captured_alone(monkeypatch) -> None:
    """Has graphs captured, with all that guards them, but not made into code, which takes long."""
    compiled = torch.compile
    monkeypatch.setattr(torch, "compile", lambda called, **_: compiled(called, dynamic=True, backend="eager"))


@pytest.fixture(autouse=True)
def forgotten(monkeypatch) -> None:
    monkeypatch.setattr(logging.getLogger("torch.__trace"), "disabled", True)  # pytest would keep all of it
    forget_graphs()


def forget_graphs() -> None:
    """Has everything captured, and counted, anew."""
    torch._dynamo.reset()
    counters.clear()


def trained(
    name: str, file: VideoFile, batch_size: int, compiled: bool, steps: int = len(LENGTHS), **options: object
) -> Summarizer:
    """A method after some steps of its first epoch."""
    method = made_variant(name, None, feature_dim=D)
    if compiled:
        compile_steps(method, CPU)
    torch.manual_seed(1)
    trainer = quiet_trainer(limit_train_batches=steps, **clipping(name), **options)
    trainer.fit(method.train(), datamodule=training_data(file, batch_size))
    return method.eval()


def all_scores(method: Summarizer, file: VideoFile) -> torch.Tensor:
    return torch.cat([method.score(file.features(key).features) for key in file.keys])


@pytest.mark.parametrize("name", but(["vasnet", "vs_lstm"]))
def test_videos_of_twelve_lengths_share_the_graphs_of_one(name, file, captured_alone) -> None:
    """But for one more, where a video is longer than a block."""
    trained(name, file, 1, compiled=True, steps=1)
    of_one = counters["stats"]["unique_graphs"]
    assert of_one > 0
    forget_graphs()
    compiled = trained(name, file, 1, compiled=True)
    assert counters["stats"]["unique_graphs"] <= of_one + 1
    before = counters["frames"].copy()
    scores = all_scores(compiled, file)
    assert counters["frames"] == before, "what is scored is not compiled"
    plain = trained(name, file, 1, compiled=False)
    assert torch.equal(scores, all_scores(plain, file))
    assert compiled.state_dict().keys() == plain.state_dict().keys()


@pytest.mark.parametrize("name", [name for name in METHOD_FILES if name not in NETWORKS])
def test_a_method_without_networks_that_train_is_left_as_it_is(name, monkeypatch) -> None:
    monkeypatch.setattr(torch, "compile", lambda *_, **__: pytest.fail("compiled"))
    compile_steps(made_method(f"method={name}"), CPU)


@pytest.mark.parametrize("batch_size", [1, 4])
@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed"])
@pytest.mark.parametrize("name", but([]))
def test_compiled_steps_come_to_the_same_scores(name, precision, batch_size, file) -> None:
    """After three steps; under bf16, where compiled code rounds less often, to three digits."""
    scores = [
        all_scores(trained(name, file, batch_size, compiled, steps=3, precision=precision), file)
        for compiled in (True, False)
    ]
    assert counters["stats"]["unique_graphs"] > 0
    torch.testing.assert_close(*scores, rtol=0, atol=1e-4 if precision == "32-true" else 1e-2)


def test_a_compiled_fold_is_recorded_as_its_checkpoint_scores(composed, video_file, tmp_path) -> None:
    """By the code that is made for this computer, and by a method that is not compiled."""
    data = (f"data.file={video_file(n_videos=4)}", "setting.n_folds=2", "fold=0", "random_draws=2")
    for compiled in (True, False):
        overrides = (*small(QUICK), *data, "debug=smoke", f"compile={compiled}", "trainer=cpu")
        train(composed(*overrides, run=tmp_path / str(compiled)))
    assert counters["stats"]["unique_graphs"] > 0
    found, expected = (
        recorded_scores(tmp_path / str(compiled) / "fold_0" / "scores.h5", fold=0)[QUICK]
        for compiled in (True, False)
    )
    loaded = vsumlab.load(tmp_path / "True", fold=0)
    videos = VideoFile(tmp_path / "videos.h5")
    for key, scores in found.items():
        np.testing.assert_array_equal(loaded.score(videos.features(key).features), scores)
        np.testing.assert_allclose(scores, expected[key], rtol=0, atol=1e-5)


def test_a_network_takes_inputs_by_name_as_before(captured_alone) -> None:
    network = nn.Bilinear(2, 3, 4).train()
    inputs = {"input1": torch.ones(2), "input2": torch.ones(3)}
    expected = network(**inputs)
    torch.testing.assert_close(compiled_in_training(network)(**inputs), expected)


def test_where_nothing_can_be_compiled_a_line_says_so(monkeypatch) -> None:
    def fails(*_: object, **__: object) -> object:
        raise RuntimeError("No working C++ compiler found\nand more")

    monkeypatch.setattr(torch, "compile", fails)
    with pytest.raises(UserError, match=r"^compile=true: .*No working C\+\+ compiler found\): install a C"):
        check_compiler(CPU)


@pytest.mark.slow
def test_a_run_without_a_compiler_ends_before_anything_is_made(demo_folder, tmp_path) -> None:
    command = (*module("run"), f"paths.data={demo_folder}", "compile=true", "trainer=cpu", "fold=0")
    ended = process(*command, cwd=tmp_path, CXX="/nonexistent")
    assert ended.returncode == 2
    assert ended.stderr.startswith("vsumlab: compile=true: nothing can be compiled here (")
    assert ended.stderr.count("\n") == 1
    assert not list(tmp_path.rglob("fold_0"))


def test_a_network_that_torch_cannot_compile_is_one_line_and_its_own_errors_stay(monkeypatch) -> None:
    class Failing(nn.Module):
        def __init__(self, error: Exception) -> None:
            super().__init__()
            self.error = error

        def forward(self) -> None:
            raise self.error

    monkeypatch.setattr(torch, "compile", lambda forward, **_: forward)
    compilers = type("InductorError", (Exception,), {"__module__": "torch._inductor.exc"})
    with pytest.raises(UserError, match=r"^compile=true: .* compile Failing \(no code\): write comp"):
        compiled_in_training(Failing(compilers("no code\nand more")))()
    with pytest.raises(ZeroDivisionError):
        compiled_in_training(Failing(ZeroDivisionError()))()
