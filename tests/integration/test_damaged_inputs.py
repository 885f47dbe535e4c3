"""Damaged files of every kind that a command reads end in a right result or in one line, soon."""

import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np
import pytest
from support import tfrecords
from support.fuzz import Case, damages, faults
from support.videos import encode, numbered

from vsumlab.data.download import unpack
from vsumlab.data.foreign_scores.scores import ForeignScores
from vsumlab.errors import UserError
from vsumlab.video.people import ScoreTable
from vsumlab.video.source import SourceVideo, picked
from vsumlab.youtube8m.first_pass import read_shard

QUICK, SLOW = 8, 400
"""Cases of a format."""

SCORES = {f"video_{number}": np.random.default_rng(number).random(20 + number) for number in (1, 2)}
PEOPLE = "video,time,annotator,score\n" + "".join(
    f"film_{film},{time},{who},{(time + film) % 5}\n" for film in (1, 2) for time in range(9) for who in "ab"
)


class Format(NamedTuple):
    """A kind of file: what a sound one is called and made by, and what reads it and checks what came out."""

    name: str
    write: Callable[[Path], object]
    read: Callable[[Path], object]


def read_scores(path: Path) -> None:
    for of_folds in ForeignScores(path)._scores.values():
        assert all(np.isfinite(scored.scores).all() for scored in of_folds.values())


def write_csv(path: Path) -> None:
    lines = [f"{key},{i},{score}" for key, scores in SCORES.items() for i, score in enumerate(scores)]
    path.write_text("video,pick,score\n" + "\n".join(lines))


def write_hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        for key, scores in SCORES.items():
            file[f"fold_0/{key}/csnet/importance_scores"] = scores


def write_json(path: Path) -> None:
    path.write_text(json.dumps({key: scores.tolist() for key, scores in SCORES.items()}))


def hdf5() -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file["video_1/features"] = np.arange(100.0)
    return content.getvalue()


def write_zip(method: int) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", method) as archive:
            archive.writestr("videos.h5", hdf5())

    return write


def write_tar(path: Path) -> None:
    with tarfile.open(path, f"w:{path.suffix[1:]}") as archive:
        entry = tarfile.TarInfo("videos.h5")
        entry.size = len(hdf5())
        archive.addfile(entry, io.BytesIO(hdf5()))


def read_archive(path: Path) -> None:
    target = path.parent / "out" / "videos.h5"
    target.parent.mkdir(exist_ok=True)
    try:
        unpack(path, target)
    except UserError:
        assert not [*target.parent.iterdir()]
        raise
    assert h5py.is_hdf5(target)
    target.unlink()


def write_shard(path: Path) -> None:
    frames = [bytes([i] * 1024) for i in range(3)]
    records = (tfrecords.record(tfrecords.video_record(b"id%d" % i, (i, 300), frames)) for i in range(4))
    path.write_bytes(b"".join(records))


def write_records(path: Path) -> None:
    """The content of a record, which is framed only when it is damaged: else its checksum would tell."""
    path.write_bytes(tfrecords.video_record(b"id", (1, 300), [bytes([i] * 1024) for i in range(3)]))


def read_records(path: Path) -> None:
    path.write_bytes(tfrecords.record(path.read_bytes()))
    read_tfrecords(path)


def read_tfrecords(path: Path) -> None:
    entries, findings = read_shard(path, 0)
    assert len(entries) == findings.n_videos <= 8
    assert all("\n" not in line for line in findings.lines(path))


def write_video(path: Path) -> None:
    codec, pixels = {".gif": ("gif", "rgb8"), ".webm": ("libvpx", "yuv420p")}.get(
        path.suffix, ("libx264", "yuv420p")
    )
    encode(path, map(numbered, range(30)), codec=codec, pixels=pixels, tone=440.0 * (path.suffix == ".mp4"))


def write_raw(path: Path) -> None:
    path.write_bytes(b"YUV4MPEG2 W32 H24 F25:1 A1:1\n" + (b"FRAME\n" + bytes(32 * 24 * 3 // 2)) * 30)


def read_video(path: Path) -> None:
    source = SourceVideo(path)
    reading = source.read()
    shown = sum(len(picks) for picks, _ in picked(reading, source.fps))
    assert shown <= 2 * reading.n_frames / float(source.fps) + 2
    assert 0 < reading.n_frames < 10**8


FORMATS = [
    Format("scores.csv", write_csv, read_scores),
    Format("scores.json", write_json, read_scores),
    Format("scores.h5", write_hdf5, read_scores),
    Format("scores.npz", lambda path: np.savez(path, **SCORES), read_scores),
    Format("stored.zip", write_zip(zipfile.ZIP_STORED), read_archive),
    Format("lzma.zip", write_zip(zipfile.ZIP_LZMA), read_archive),
    Format("archive.gz", write_tar, read_archive),
    Format("archive.xz", write_tar, read_archive),
    Format("shard.tfrecord", write_shard, read_tfrecords),
    Format("record.tfrecord", write_records, read_records),
    Format("film.mp4", write_video, read_video),
    Format("film.webm", write_video, read_video),
    Format("film.y4m", write_raw, read_video),
    Format("people.csv", lambda path: path.write_text(PEOPLE), ScoreTable),
]


def damaged_files(form: Format, folder: Path, seeds: range) -> list[Case]:
    """The sound file, which has to be read, and one with each damage."""
    whole = folder / f"whole_{form.name}"
    form.write(whole)
    sound = whole.read_bytes()
    as_it_is = Case(f"sound_{form.name}", lambda path: path.write_bytes(sound), "read")
    return [as_it_is, *damages(form.name, sound, seeds)]


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_damaged_file_is_read_or_refused_in_one_line(form: Format, tmp_path: Path) -> None:
    assert faults(damaged_files(form, tmp_path, range(QUICK)), form.read, tmp_path) == {}


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_many_damaged_files_are_read_or_refused_in_one_line(form: Format, tmp_path: Path) -> None:
    assert faults(damaged_files(form, tmp_path, range(QUICK, QUICK + SLOW)), form.read, tmp_path) == {}
