"""What networks are fed, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from support.networks import DIM, SIZE, backbone, weights_of, write_network

from vsumlab.config import build, compose_config
from vsumlab.errors import UserError


def images(n: int) -> np.ndarray:
    return np.random.default_rng(n).integers(0, 256, (n, SIZE, SIZE, 3), dtype=np.uint8)


@pytest.mark.parametrize("channels", ["rgb", "bgr"])
@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
@pytest.mark.parametrize("pooled", [True, False])
@pytest.mark.parametrize("n", [1, 7])
def test_features_are_those_of_the_layer_by_hand(
    tmp_path: Path, channels: str, layout: str, pooled: bool, n: int
) -> None:
    file = write_network(tmp_path / "small.onnx", layout=layout, pooled=pooled)
    found = backbone(file, channels=channels, layout=layout).load()(images(n))
    for image, features in zip(images(n).astype(np.float64), found, strict=True):
        fed = (image[..., :: -1 if channels == "bgr" else 1] - [10, 20, 30]) / 4
        expected = weights_of(file) @ fed.mean(axis=(0, 1))
        np.testing.assert_allclose(features, expected / np.linalg.norm(expected), atol=1e-6)


def test_a_feature_of_nothing_stays_nothing(tmp_path: Path) -> None:
    network = backbone(write_network(tmp_path / "small.onnx"), mean=[0.0, 0.0, 0.0]).load()
    assert network(np.zeros((2, SIZE, SIZE, 3), np.uint8)).tolist() == [[0.0] * DIM] * 2


def test_what_features_depend_on_tells_networks_apart(tmp_path: Path) -> None:
    one = backbone(write_network(tmp_path / "small.onnx")).identity()
    assert one == backbone(write_network(tmp_path / "small.onnx")).identity()
    assert one["file"] == "small.onnx"  # not where it lies
    other = backbone(write_network(tmp_path / "small.onnx", dim=6), feature_dim=6).identity()
    assert one["sha256"] != other["sha256"]
    assert one != backbone(write_network(tmp_path / "small.onnx"), channels="bgr").identity()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"channels": "rbg"}, "backbone.channels=rbg: expected one of rgb, bgr"),
        ({"layout": "chwn"}, "backbone.layout=chwn: expected one of nchw, nhwc"),
        ({"layout": "nhwc"}, "does not take images of 8 pixels as nhwc"),
        ({"size": 9}, "does not take images of 9 pixels as nchw"),
        ({"size": 0}, "backbone.size=0: expected a whole number, at least 1"),
        ({"mean": [1.0]}, r"backbone.mean=\[1.0\]: expected three numbers"),
        ({"scale": 0.0}, "backbone.scale=0.0: expected a number above 0"),
        ({"output": "pool5"}, "has no such output: take one of out"),
        ({"feature_dim": 4}, r"out is \(5,\) a frame, not \(4,\)"),
    ],
    ids=str,
)
def test_what_does_not_fit_the_network_is_refused_in_one_line(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    file = write_network(tmp_path / "small.onnx")
    with pytest.raises(UserError, match=message) as error:
        backbone(file, **changes).load()
    assert "\n" not in str(error.value)


def test_a_file_that_is_no_network_is_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "small.onnx"
    for content in (b"", b"not a network", write_network(tmp_path / "whole.onnx").read_bytes()[:200]):
        file.write_bytes(content)
        with pytest.raises(UserError, match=r"backbone\.file=.*small.onnx: no ONNX network that runs here"):
            backbone(file).load()
    with pytest.raises(UserError, match=r"backbone\.file=.*missing.onnx: cannot be read"):
        backbone(tmp_path / "missing.onnx").load()


def test_googlenet_is_a_configuration_whose_file_is_to_be_named(tmp_path: Path) -> None:
    made = build(compose_config(["backbone=googlenet", "backbone.file=pool5.onnx"], "extract").backbone)
    assert (made.name, made.file, made.channels, made.feature_dim) == ("googlenet", "pool5.onnx", "bgr", 1024)
    assert list(made.mean) == [104.0, 117.0, 123.0]


@pytest.mark.data
def test_the_real_googlenet_sees_what_it_is_fed_by_hand(real_data: Path) -> None:
    import onnxruntime

    file = real_data / "googlenet_pool5.onnx"
    made = build(compose_config(["backbone=googlenet", f"backbone.file={file}"], "extract").backbone)
    image = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), dtype=np.uint8)
    fed = np.stack([image[..., 2] - 104.0, image[..., 1] - 117.0, image[..., 0] - 123.0], axis=1)
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    (expected,) = session.run(["pool5"], {"data": fed.astype(np.float32)})
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(made.load()(image), expected, atol=1e-6)


def test_weights_in_other_files_are_refused_since_no_checksum_would_tell_them_apart(tmp_path: Path) -> None:
    model = onnx.load(write_network(tmp_path / "small.onnx"))
    file = tmp_path / "split.onnx"
    onnx.save(model, file, save_as_external_data=True, location="split.data", size_threshold=0)
    with pytest.raises(UserError, match=r"split\.onnx: its weights are in other files"):
        backbone(file).load()
