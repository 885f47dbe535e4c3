"""Which files are made where they are asked for."""

import h5py
import pytest
import yaml

from vsumlab.config import find_conf
from vsumlab.data.demo import make_demo
from vsumlab.data.demo.files import SEEDS


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """All demo datasets, made."""
    folder = tmp_path_factory.mktemp("demos")
    for name in SEEDS:
        make_demo(folder / name)
    return folder


def test_the_demo_is_the_demo(made, demo_folder):
    assert (made / "demo.h5").read_bytes() == (demo_folder / "demo.h5").read_bytes()


def test_every_file_that_the_demo_is_configured_with_can_be_made():
    (dataset,) = find_conf().glob("data/demo.yaml")
    (others,) = find_conf().glob("setting/others/demo.yaml")
    named = yaml.safe_load(others.read_text())["others"].values()
    assert {*SEEDS} == {yaml.safe_load(dataset.read_text())["file"], *named}


def test_siblings_have_ten_videos_each_and_none_of_the_others(made):
    contents = set()
    for name in SEEDS:
        with h5py.File(made / name) as file:
            contents |= {group["features"][()].tobytes() for group in file.values()}
    assert len(contents) == 10 * len(SEEDS)


@pytest.mark.parametrize("name", ["demo_5.h5", "tvsum.h5", "demo_youtube8m.h5", "Demo.h5"])
def test_a_file_of_another_name_is_left_to_be_found_missing(name, tmp_path):
    make_demo(tmp_path / name)
    assert not list(tmp_path.iterdir())
