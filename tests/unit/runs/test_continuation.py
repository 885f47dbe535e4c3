"""Where a fold goes on: only from what is whole, and made as it is made now; else it begins anew."""

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch

from vsumlab.runs.checkpoints import UNFINISHED
from vsumlab.runs.continuation import STATE, go_on_in, kept_state, made_with
from vsumlab.runs.folder import fold_folder, write_record
from vsumlab.runs.record import Origin, file_record

CONDITIONS = {"seed": 0, "data: checksum": "abc"}


def keep(folder: Path, name: str, epoch: int, conditions: dict[str, Any] = CONDITIONS) -> Path:
    """Leaves what a training leaves where an epoch begins."""
    folder.mkdir(exist_ok=True)
    torch.save({"epoch": epoch, STATE: {"made_with": conditions}}, folder / name)
    return folder / name


def test_a_fold_without_a_checkpoint_begins_anew_in_no_folder(tmp_path) -> None:
    fold = fold_folder(tmp_path, 0)
    assert go_on_in(fold, CONDITIONS) is None
    (fold / "figures").mkdir(parents=True)
    (fold / "figures" / "video_1.svg").touch()
    (tmp_path / "config.yaml").touch()
    assert go_on_in(fold, CONDITIONS) is None
    assert not fold.exists()
    assert (tmp_path / "config.yaml").exists(), "of the fold alone"


def test_it_goes_on_from_the_newest_and_leaves_what_was_written(tmp_path, caplog) -> None:
    fold = fold_folder(tmp_path, 0)
    newest, _before = (keep(fold, name, epoch) for name, epoch in zip(UNFINISHED, (2, 1), strict=True))
    write_record(fold / "run.json", {"status": "failed", "error": "no room"})
    (fold / "metrics.csv").touch()
    (fold / ".unfinished.ckpt.123").touch()
    (fold / ".a_users.folder").mkdir()
    caplog.set_level("INFO")
    assert go_on_in(fold, CONDITIONS) == newest
    assert "goes on from unfinished.ckpt" in caplog.text
    left = sorted(file.name for file in fold.iterdir())
    assert left == [".a_users.folder", "metrics.csv", *sorted(UNFINISHED)]


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "other"])
def test_of_a_damaged_one_it_goes_on_from_the_one_before(tmp_path, damage, caplog) -> None:
    fold = fold_folder(tmp_path, 0)
    newest, before = (keep(fold, name, epoch) for name, epoch in zip(UNFINISHED, (2, 1), strict=True))
    content = newest.read_bytes()
    middle = len(content) // 2
    newest.write_bytes(
        {
            "cut": content[:middle],
            "flipped": content.replace(b"checksum", b"chocksum"),
            "empty": b"",
            "other": b"not a checkpoint",
        }[damage]
    )
    assert go_on_in(fold, CONDITIONS) == before
    assert "it is damaged" in caplog.text


@pytest.mark.parametrize(
    "conditions", [{**CONDITIONS, "seed": 1}, {**CONDITIONS, "data: checksum": "abd"}, {"seed": 0}]
)
def test_what_was_made_otherwise_is_no_beginning_of_this(tmp_path, conditions, caplog) -> None:
    fold = fold_folder(tmp_path, 0)
    keep(fold, UNFINISHED[0], 2)
    assert go_on_in(fold, conditions) is None
    assert not fold.exists()
    assert "the fold begins anew" in caplog.text


def test_a_checkpoint_of_a_stranger_runs_no_code(tmp_path) -> None:
    class Runs:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "canary",))

    fold = fold_folder(tmp_path, 0)
    fold.mkdir()
    torch.save({STATE: Runs()}, fold / UNFINISHED[0])
    with pytest.raises(pickle.UnpicklingError):
        kept_state(fold / UNFINISHED[0])
    assert go_on_in(fold, CONDITIONS) is None
    assert not (tmp_path / "canary").exists()


def test_conditions_are_configuration_data_and_code_but_not_where_things_are(composed, tmp_path) -> None:
    def conditions(*overrides: str, data: bytes = b"data") -> dict[str, Any]:
        (tmp_path / "data.h5").write_bytes(data)
        config = composed(*overrides, run=tmp_path)
        return made_with(config, {"data": file_record(tmp_path / "data.h5")["sha256"]}, Origin("made", []))

    first = conditions()
    assert first == conditions("paths.data=/elsewhere", "threads=3", "folds_at_once=2")
    assert json.loads(json.dumps(first)) == first, "plain values, which a checkpoint may hold"
    for other in (conditions("seed=1"), conditions("trainer.max_epochs=3"), conditions(data=b"other")):
        assert other != first
    assert {"git.commit", "git.changes", "versions.torch", "data: checksum"} <= set(first)


def test_a_method_of_ones_own_is_a_condition_by_its_source(composed, tmp_path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    source = tmp_path / "own_method_of_conditions.py"

    def conditions(text: str) -> dict[str, Any]:
        source.write_text(text)
        config = composed("+method={_target_: own_method_of_conditions.Own}", run=tmp_path)
        return made_with(config, {}, Origin("made", []))

    first = conditions("class Own: ...\n")
    assert first != conditions("class Own:\n    changed = True\n")
