"""The demo's YouTube-8M, made where it is asked for."""

import os
import subprocess
import sys

import h5py
import numpy as np
import pytest
import yaml
from support import PROJECT
from support.shards import by_hand, contents

from vsumlab.config import find_conf
from vsumlab.data.quantization import quantize
from vsumlab.errors import UserError
from vsumlab.youtube8m.demo import NAME, SCALE, make_demo_youtube8m, write_demo_youtube8m


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The feature file."""
    path = tmp_path_factory.mktemp("demo") / "new" / NAME
    make_demo_youtube8m(path)
    return path


def test_it_holds_all_videos_of_the_shards_next_to_it(made):
    shards = sorted((made.parent / "demo_youtube8m").iterdir())
    assert [shard.name for shard in shards] == [f"train{number:04d}.tfrecord" for number in range(3)]
    assert contents(made) == by_hand(shards)
    assert len(contents(made)) == 36
    with h5py.File(made) as file:
        assert file.attrs["quantized"]
        assert file.attrs["corrupt_records"] == file.attrs["corrupt_shards"] == 0
    assert sorted(entry.name for entry in made.parent.iterdir()) == ["demo_youtube8m", NAME]


def test_its_features_lose_little_by_being_bytes(made):
    """Those of the demo are from 0 to well below 2 / SCALE, and a byte's step is 1/64."""
    with h5py.File(made) as file:
        stored = np.concatenate([group["features"][()] for group in file.values()]).astype(float)
    numbers = (stored * 4 / 255 + 4 / 512 - 2) / SCALE
    assert (quantize(np.array([2.0]))[0] == stored).mean() < 1e-3  # hardly any is cut
    assert numbers.min() >= -1 / 64
    norms = np.linalg.norm(numbers, axis=1)
    np.testing.assert_allclose(norms, 1, atol=0.05)


def test_it_is_the_same_each_time_and_may_be_made_again(made, tmp_path):
    path = tmp_path / NAME
    for _ in range(2):
        write_demo_youtube8m(path)
        assert contents(path) == contents(made)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["demo_youtube8m", NAME]


def test_the_demo_is_configured_with_it():
    (path,) = find_conf().glob("setting/youtube8m_of/demo.yaml")
    assert yaml.safe_load(path.read_text())["others"]["youtube8m"] == NAME


def test_a_file_of_another_name_is_left_to_be_found_missing(tmp_path):
    make_demo_youtube8m(tmp_path / "youtube8m.h5")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        make_demo_youtube8m(tmp_path / "file" / NAME)


@pytest.mark.slow
def test_processes_that_make_it_at_once_each_find_it_whole(tmp_path):
    path = tmp_path / NAME
    code = (
        "from vsumlab.youtube8m.demo import make_demo_youtube8m; from pathlib import Path; "
        f"make_demo_youtube8m(Path('{path}'))"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(PROJECT), os.environ.get("PYTHONPATH", "")]),
    }
    processes = [subprocess.Popen([sys.executable, "-c", code], env=environment) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    with h5py.File(path) as file:
        assert len(file) == 36
        assert file.attrs["corrupt_records"] == file.attrs["corrupt_shards"] == 0
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["demo_youtube8m", NAME]
