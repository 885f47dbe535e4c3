"""Networks that make features of frames: what each is fed, and how it is run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from vsumlab.entries import check_positive, check_whole
from vsumlab.errors import UserError, needs_extra

with needs_extra("video"):
    import onnx
    import onnxruntime
    from onnx.external_data_helper import uses_external_data

CHANNELS = {"rgb": [0, 1, 2], "bgr": [2, 1, 0]}
LAYOUTS = ("nchw", "nhwc")


@dataclass(frozen=True)
class Backbone:
    """A network whose features of frames are those of one of its layers, scaled to unit length.

    Attributes:
        name: What it is called; features of networks of other names are never mixed.
        file: The network, ONNX, of one input: images, N at a time.
        channels: The order of an image's, `rgb` or `bgr`.
        layout: Of the input: `nchw` or `nhwc`.
        size: Of an image, in pixels, for both sides.
        mean: What is subtracted from values of 0 to 255, a number a channel in their order.
        scale: What they are divided by then.
        output: Which of the network's outputs: (N, D), or one of positions in the input's layout, of which
            the mean is taken.
        feature_dim: D.

    Raises:
        UserError: If one of these makes no sense.
    """

    name: str
    file: str
    channels: str
    layout: str
    size: int
    mean: Sequence[float]
    scale: float
    output: str
    feature_dim: int

    def __post_init__(self) -> None:
        check_whole(vars(self), "backbone.", size=1, feature_dim=1)
        check_positive(vars(self), "scale", prefix="backbone.")
        for name, value, choices in (
            ("channels", self.channels, CHANNELS),
            ("layout", self.layout, LAYOUTS),
        ):
            if value not in choices:
                raise UserError(f"backbone.{name}={value}: expected one of {', '.join(choices)}")
        if len(self.mean) != 3:
            raise UserError(f"backbone.mean={list(self.mean)}: expected three numbers, one a channel")

    def content(self) -> bytes:
        """The network, as the content of an ONNX file.

        Raises:
            UserError: If it cannot be read.
        """
        return self.weights()

    def weights(self) -> bytes:
        """The content of `file`, which tells it from other networks.

        Raises:
            UserError: If it cannot be read.
        """
        try:
            content = Path(self.file).read_bytes()
        except OSError as error:
            raise UserError(
                f"backbone.file={self.file}: cannot be read ({error.strerror}): name an ONNX file"
            ) from error
        if has_external_data(content):
            raise UserError(
                f"backbone.file={self.file}: its weights are in other files, which no checksum would tell "
                "apart: save it as one file"
            )
        return content

    def identity(self) -> dict[str, Any]:
        """What its features depend on, as plain Python: all of the above, the file by its checksum."""
        sha256 = hashlib.sha256(self.weights()).hexdigest()
        return asdict(self) | {"file": Path(self.file).name, "mean": [*self.mean], "sha256": sha256}

    def prepared(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """What the network is fed of images (N, size, size, 3), RGB, 0 to 255: float32, in its layout."""
        ordered = images[..., CHANNELS[self.channels]].astype(np.float32)
        values = (ordered - np.asarray(self.mean, np.float32)) / np.float32(self.scale)
        return np.ascontiguousarray(values.transpose(0, 3, 1, 2)) if self.layout == "nchw" else values

    def load(self) -> Network:
        """The network, ready to run.

        Raises:
            UserError: If it cannot be read, is no network that runs here, or has another output.
        """
        return Network(self)


def has_external_data(content: bytes) -> bool:
    """Whether an ONNX file keeps weights in files of their own."""
    try:
        graph = onnx.load_model_from_string(content).graph
    except Exception:  # what is no ONNX file is refused when it is run
        return False
    return any(uses_external_data(tensor) for tensor in graph.initializer)


class Network:
    """A backbone's network, on the CPU.

    Attributes:
        backbone: What it is fed.
        identity: What its features depend on.
    """

    def __init__(self, backbone: Backbone) -> None:
        self.backbone = backbone
        self.identity = backbone.identity()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        options.add_session_config_entry(
            "session.intra_op.allow_spinning", "0"
        )  # decoding needs the cores, too
        options.log_severity_level = 4  # what is wrong is said below, in one line
        try:
            self._session = onnxruntime.InferenceSession(
                backbone.content(), options, ["CPUExecutionProvider"]
            )
        except UserError:
            raise
        except Exception as error:  # ONNX Runtime's own have no base of theirs
            raise UserError(f"backbone.file={backbone.file}: no ONNX network that runs here") from error
        outputs = [output.name for output in self._session.get_outputs()]
        if backbone.output not in outputs:
            raise UserError(
                f"backbone.output={backbone.output}: {backbone.file} has no such output: "
                f"take one of {', '.join(outputs)}"
            )
        self._input = self._session.get_inputs()[0].name
        self(
            np.zeros((1, backbone.size, backbone.size, 3), np.uint8)
        )  # refused now, not after the first frames

    def __call__(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """The features (N, D) of images (N, size, size, 3), RGB, each of unit length, or 0.

        Raises:
            UserError: If the network takes no such images, or has features of another dimension.
        """
        backbone = self.backbone
        try:
            (found,) = self._session.run([backbone.output], {self._input: backbone.prepared(images)})
        except Exception as error:
            raise UserError(
                f"backbone.file={backbone.file}: does not take images of {backbone.size} pixels as "
                f"{backbone.layout}: correct backbone.size or backbone.layout"
            ) from error
        features = np.asarray(found, np.float32)
        if features.ndim == 4:
            features = features.mean((2, 3) if backbone.layout == "nchw" else (1, 2))
        if features.shape != (len(images), backbone.feature_dim):
            raise UserError(
                f"backbone.file={backbone.file}: {backbone.output} is {features.shape[1:]} a frame, not "
                f"({backbone.feature_dim},): correct backbone.output or backbone.feature_dim"
            )
        lengths = np.linalg.norm(features, axis=1, keepdims=True)
        return (features / np.where(lengths > 0, lengths, 1)).astype(np.float32, copy=False)
