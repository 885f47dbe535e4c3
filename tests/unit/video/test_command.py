"""What the commands on videos have in common."""

from dataclasses import asdict
from pathlib import Path

import pytest
import yaml
from support.networks import backbone, write_network

from vsumlab.errors import UserError
from vsumlab.video.command import load_network, one_by_one, paths_and_overrides


def test_words_with_an_equals_sign_are_overrides_unless_there_is_such_a_file(tmp_path: Path) -> None:
    odd, long = tmp_path / "a=b.mp4", "a=" + "b" * 300
    odd.touch()
    found = paths_and_overrides([str(odd), "backbone=googlenet", "x.mp4", long])
    assert found == ([odd, Path("x.mp4")], ["backbone=googlenet", long])


def test_the_default_network_is_efficientnet() -> None:
    assert load_network([]).identity["name"] == "efficientnet_lite0"


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["backbone=googlenet"], "backbone.file: has to be named: backbone.file=FILE"),
        (["backbone=gogglenet"], "did you mean"),
        (["backbone=googlenet", "backbone.file=missing.onnx"], "missing.onnx: cannot be read"),
        (
            ["backbone=googlenet", "backbone.file=missing.onnx", "backbone.size=no"],
            "backbone.size=no: expected",
        ),
    ],
)
def test_what_is_no_backbone_is_refused_in_one_line(overrides: list[str], message: str) -> None:
    with pytest.raises(UserError, match=message) as error:
        load_network(overrides)
    assert "\n" not in str(error.value)


def test_a_backbone_of_ones_own_is_a_file_in_a_folder_that_is_named(tmp_path: Path) -> None:
    file = write_network(tmp_path / "small.onnx")
    (tmp_path / "my conf" / "backbone").mkdir(parents=True)
    settings = yaml.safe_dump(asdict(backbone(file)) | {"_target_": "vsumlab.video.backbone.Backbone"})
    (tmp_path / "my conf" / "backbone" / "mine.yaml").write_text(settings)
    found = load_network(["backbone=mine"], tmp_path / "my conf")
    assert found.identity == backbone(file).identity()
    with pytest.raises(UserError, match=r"nowhere: no such folder: name one with backbone/NAME\.yaml in it"):
        load_network(["backbone=mine"], tmp_path / "nowhere")


def test_one_that_fails_is_said_and_the_others_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    def work(name: str, path: Path) -> list[str]:
        if name == "b":
            raise UserError(f"{path}: no video")
        return [f"said of {name}"]

    videos = {name: Path(f"{name}.mp4") for name in "abc"}
    assert one_by_one(videos, work) == ["b.mp4: no video"]
    said = capsys.readouterr().err.splitlines()
    assert said == ["a.mp4: said of a", "vsumlab: b.mp4: no video", "c.mp4: said of c"]
