"""Checkpoints that are damaged, or a stranger's: refused in one line, and nothing in them is run."""

import pickle
import zipfile
from pathlib import Path

import pytest
import torch

from vsumlab.errors import UserError
from vsumlab.methods.consensus import Consensus
from vsumlab.methods.csnet import CSNet
from vsumlab.runs.checkpoint_file import load_checkpoint, read_checkpoint
from vsumlab.runs.record import file_record


@pytest.fixture(scope="session")
def content(trained) -> dict:
    """What a real checkpoint holds; not to be changed."""
    return torch.load(trained / "fold_0" / "validation.ckpt", weights_only=True)


class Touch:
    """What a malicious pickle does when it is loaded."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple:
        return Path.touch, (self.canary,)


def changed(content: dict, **changes: object) -> dict:
    return content | {name: {**content[name], **value} for name, value in changes.items()}


def refused(file: Path, kind: type = CSNet, sha256: str | None = None) -> str:
    with pytest.raises(UserError) as caught:
        load_checkpoint(kind, file, sha256)
    said = str(caught.value)
    assert said.startswith(f"{file}: ")
    assert "\n" not in said
    return said


def test_a_pickle_that_would_run_code_does_not(content, tmp_path) -> None:
    canary, file = tmp_path / "canary", tmp_path / "last.ckpt"
    for place in (content | {"more": Touch(canary)}, Touch(canary), {"state_dict": Touch(canary)}):
        torch.save(place, file)
        refused(file)
        assert not canary.exists()
    file.write_bytes(pickle.dumps(Touch(canary)))
    refused(file)
    assert not canary.exists()
    torch.save(Touch(canary), file)
    torch.load(file, weights_only=False)
    assert canary.exists(), "the pickle is one that would have"


def test_a_class_that_a_checkpoint_names_is_not_imported(content, tmp_path, monkeypatch) -> None:
    """Neither by Lightning's own way of naming one, nor as what a method is built on."""
    canary, file = tmp_path / "canary", tmp_path / "last.ckpt"
    (tmp_path / "stranger_base.py").write_text(f"import pathlib\npathlib.Path({str(canary)!r}).touch()\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("_instantiator", "_class_path"):
        torch.save(changed(content, hyper_parameters={name: "stranger_base.anything"}), file)
        refused(file)
    consensus = Consensus(feature_dim=16, **consensus_settings())
    weights = {**consensus.state_dict(), "segments": torch.zeros(0, 16)}
    base = {"class": "stranger_base:Mine", "hyper_parameters": {}}
    settings = dict(consensus.hparams)
    torch.save({"state_dict": weights, "hyper_parameters": settings, "base": base}, file)
    with pytest.raises(UserError, match="names 'stranger_base:Mine'"):
        load_checkpoint(Consensus, file, None)
    assert not canary.exists()


def consensus_settings() -> dict:
    from omegaconf import OmegaConf

    from vsumlab.config import compose_config

    node = OmegaConf.to_container(compose_config(["method=consensus"]).method, resolve=True)
    return {name: value for name, value in node.items() if name != "_target_"}


def test_weights_that_are_no_numbers_are_refused(content, tmp_path) -> None:
    name = next(iter(content["state_dict"]))
    weights = content["state_dict"][name].clone()
    weights.view(-1)[-1] = float("nan")
    torch.save(changed(content, state_dict={name: weights}), tmp_path / "last.ckpt")
    assert f"{name!r}: has weights that are no numbers" in refused(tmp_path / "last.ckpt")


class Masked(CSNet):
    """As researchers write them: made with numbers that are computed, and with a mask."""

    def __init__(self, depth: int, **settings: object) -> None:
        super().__init__(**settings)
        self.save_hyperparameters()
        self.rates = [rate.item() for rate in torch.linspace(0, 0.1, depth)]
        self.register_buffer("mask", torch.full((4, 4), float("-inf")).triu(1))


def test_a_method_of_ones_own_may_compute_and_have_masks(content, tmp_path) -> None:
    method = Masked(depth=3, **content["hyper_parameters"])
    saved = {"state_dict": method.state_dict(), "hyper_parameters": dict(method.hparams)}
    torch.save(saved, tmp_path / "last.ckpt")
    loaded = load_checkpoint(Masked, tmp_path / "last.ckpt", None)
    assert loaded.rates == method.rates
    assert loaded.mask.tolist() == method.mask.tolist()


def test_any_byte_that_is_not_the_runs_is_noticed_where_it_is_recorded(trained, tmp_path) -> None:
    whole = (trained / "fold_0" / "validation.ckpt").read_bytes()
    sha256 = file_record(trained / "fold_0" / "validation.ckpt")["sha256"]
    file = tmp_path / "validation.ckpt"
    file.write_bytes(whole)
    load_checkpoint(CSNet, file, sha256)
    for place in range(0, len(whole), len(whole) // 7):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert "another checksum than when the run was made" in refused(file, sha256=sha256)


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
def test_a_torn_file_is_refused(trained, tmp_path, share) -> None:
    whole = (trained / "fold_0" / "validation.ckpt").read_bytes()
    (tmp_path / "last.ckpt").write_bytes(whole[: int(share * len(whole))])
    assert "no checkpoint of CSNet that can be loaded" in refused(tmp_path / "last.ckpt")


@pytest.mark.parametrize(
    "changes",
    [
        {"state_dict": {"foreign": torch.zeros(1)}},
        {"state_dict": {"scorer": "text"}},
        {"state_dict": {"scorer": torch.zeros(1).expand(10**9)}},
        {"state_dict": {"scorer": torch.zeros(10**12, device="meta")}},
        {"hyper_parameters": {"hidden_size": 16}},
        {"hyper_parameters": {"hidden_size": 10**8}},
        {"hyper_parameters": {"hidden_size": "wide"}},
        {"hyper_parameters": {"hidden_size": torch.zeros(1)}},
        {"hyper_parameters": {"hidden_size": -1}},
        {"VideoDataModule": {"backbone": {"sha256": "a"}}},
        {"VideoDataModule": {"backbone": 3}},
    ],
    ids=range(11),
)
def test_what_is_not_of_the_method_is_refused(content, tmp_path, changes) -> None:
    content.setdefault("VideoDataModule", {})
    torch.save(changed(content, **changes), tmp_path / "last.ckpt")
    assert refused(tmp_path / "last.ckpt").startswith(f"{tmp_path / 'last.ckpt'}: ")


def test_values_without_end_are_refused(content, tmp_path) -> None:
    laughs: list = ["ha"]
    for _ in range(40):
        laughs = [laughs, laughs]
    torch.save(changed(content, hyper_parameters={"laughs": laughs}), tmp_path / "last.ckpt")
    assert "more than 10000 values" in refused(tmp_path / "last.ckpt")


def test_another_methods_checkpoint_and_no_checkpoint_are_refused(trained, content, tmp_path) -> None:
    refused(trained / "fold_0" / "validation.ckpt", Consensus)
    for odd in ([1], {"state_dict": [1]}, {"state_dict": {1: torch.zeros(1)}}, {}):
        torch.save(odd, tmp_path / "last.ckpt")
        refused(tmp_path / "last.ckpt")
    refused(tmp_path / "missing.ckpt")


def test_compressed_parts_are_not_unpacked(trained, tmp_path) -> None:
    with (
        zipfile.ZipFile(trained / "fold_0" / "validation.ckpt") as whole,
        zipfile.ZipFile(tmp_path / "last.ckpt", "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for entry in whole.namelist():
            packed.writestr(entry, whole.read(entry))
    with pytest.raises(ValueError, match="compressed"):
        read_checkpoint(tmp_path / "last.ckpt")
