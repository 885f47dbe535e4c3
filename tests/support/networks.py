"""Networks as small as can be, in ONNX files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from vsumlab.video.backbone import Backbone

SIZE, DIM = 8, 5


def write_network(
    path: Path, *, dim: int = DIM, size: int = SIZE, layout: str = "nchw", pooled: bool = True
) -> Path:
    """Writes a network of one linear layer of each pixel's channels; its output is their mean.

    Args:
        path: The file.
        dim: D.
        size: Of an image.
        layout: Of the input.
        pooled: Whether the output is that mean, (N, D), or of each position, in the input's layout.
    """
    weights = np.random.default_rng(0).normal(size=(dim, 3, 1, 1)).astype(np.float32)
    shape: Any = ["N", 3, size, size] if layout == "nchw" else ["N", size, size, 3]
    first = "input"
    nodes = []
    if layout == "nhwc":
        nodes.append(helper.make_node("Transpose", ["input"], ["transposed"], perm=[0, 3, 1, 2]))
        first = "transposed"
    nodes.append(helper.make_node("Conv", [first, "weights"], ["mapped"]))
    if pooled:
        nodes += [
            helper.make_node("GlobalAveragePool", ["mapped"], ["mean"]),
            helper.make_node("Flatten", ["mean"], ["out"]),
        ]
    else:
        order = [0, 1, 2, 3] if layout == "nchw" else [0, 2, 3, 1]
        nodes.append(helper.make_node("Transpose", ["mapped"], ["out"], perm=order))
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    onnx.save(model, path)
    return path


def weights_of(path: Path) -> np.ndarray:
    """The layer (D, 3) of a network that `write_network` wrote."""
    return numpy_helper.to_array(onnx.load(path).graph.initializer[0])[:, :, 0, 0]


def backbone(file: Path, **changes: Any) -> Backbone:
    """The configuration of a network that `write_network` wrote, with some of it changed."""
    settings: dict[str, Any] = {
        "name": "small",
        "file": str(file),
        "channels": "rgb",
        "layout": "nchw",
        "size": SIZE,
        "mean": [10.0, 20.0, 30.0],
        "scale": 4.0,
        "output": "out",
        "feature_dim": DIM,
    }
    return Backbone(**settings | changes)
