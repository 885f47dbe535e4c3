"""What checkpoints are called, and that what stands under their names is whole."""

import errno
from itertools import product
from pathlib import Path

import pytest
import torch
from support import PROJECT

from vsumlab.runs.checkpoints import (
    LAST,
    UNFINISHED,
    WholeCheckpoints,
    checkpoint_name,
    is_whole,
    remove_unfinished,
)

SELECTIONS = sorted(file.stem for file in (PROJECT / "conf" / "selection").glob("*.yaml"))


def test_each_selection_and_scorer_has_a_file_of_its_own() -> None:
    """None replaces another in a fold's folder: the last epoch is there next to the chosen one."""
    assert LAST in SELECTIONS
    names = [
        checkpoint_name(selection, scorer)
        for selection, scorer in product(SELECTIONS, (None, "align", "align,filter"))
    ]
    assert len(set(names)) == len(names)
    assert checkpoint_name("last") == LAST
    assert not any("/" in name for name in names)


def test_a_checkpoint_that_cannot_be_written_leaves_the_one_before(tmp_path, monkeypatch) -> None:
    file = tmp_path / "folder" / "last.ckpt"
    WholeCheckpoints().save_checkpoint({"epoch": 0}, file)
    written = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        written(path, bytes(content)[:100])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        WholeCheckpoints().save_checkpoint({"epoch": 1}, file)
    assert torch.load(file, weights_only=True) == {"epoch": 0}
    assert [path.name for path in file.parent.iterdir()] == ["last.ckpt"]


def test_every_flipped_byte_of_what_was_written_is_seen(tmp_path) -> None:
    file = tmp_path / "last.ckpt"
    WholeCheckpoints().save_checkpoint({"weights": torch.rand(50)}, file)
    assert is_whole(file)
    assert not is_whole(tmp_path / "none.ckpt")
    content = file.read_bytes()
    place = content.index(torch.load(file, weights_only=True)["weights"].numpy().tobytes())
    for i in range(place, place + 200, 7):
        file.write_bytes(content[:i] + bytes([content[i] ^ 1]) + content[i + 1 :])
        assert not is_whole(file)
    for length in range(0, len(content), 97):
        file.write_bytes(content[:length])
        assert not is_whole(file)


def test_every_flipped_bit_of_its_directory_is_no_crash(tmp_path) -> None:
    file = tmp_path / "last.ckpt"
    WholeCheckpoints().save_checkpoint({"weights": torch.rand(5)}, file)
    content = file.read_bytes()
    for i in range(len(content) - 700, len(content)):
        file.write_bytes(content[:i] + bytes([content[i] ^ 4]) + content[i + 1 :])
        assert is_whole(file) in (True, False)


def test_what_lies_elsewhere_than_in_a_folder_is_left_to_lightning(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    WholeCheckpoints().save_checkpoint({"epoch": 1}, "memory://somewhere/last.ckpt")
    assert WholeCheckpoints().load_checkpoint("memory://somewhere/last.ckpt") == {"epoch": 1}
    assert not [*tmp_path.iterdir()]


def test_what_a_done_fold_would_go_on_from_is_removed_as_far_as_it_is_there(tmp_path) -> None:
    for name in (UNFINISHED[1], "last.ckpt"):
        (tmp_path / name).touch()
    for _ in range(2):
        remove_unfinished(tmp_path)
        assert [file.name for file in tmp_path.iterdir()] == ["last.ckpt"]
