import json
import logging
import random
from itertools import pairwise

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from vsumlab.data.folds import Fold, draw_folds, fewer, read_folds
from vsumlab.errors import UserError

KEYS = [f"video_{i}" for i in range(1, 7)]

key_sets = st.lists(st.text(max_size=8), min_size=2, max_size=60, unique=True)
seeds = st.integers(0, 2**63)


@given(keys=key_sets, data=st.data(), seed=seeds)
def test_each_video_is_tested_exactly_once(keys, data, seed):
    n_folds = data.draw(st.integers(2, len(keys)))
    folds = draw_folds(keys, n_folds, seed)
    assert [fold.index for fold in folds] == list(range(n_folds))
    assert sorted(key for fold in folds for key in fold.test) == sorted(keys)
    sizes = [len(fold.test) for fold in folds]
    assert max(sizes) - min(sizes) <= 1
    for fold in folds:
        assert sorted(fold.train + fold.test) == sorted(keys)


@given(keys=key_sets, seed=seeds, shuffler=st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(keys, seed, shuffler):
    other = list(keys)
    shuffler.shuffle(other)
    assert draw_folds(other, 2, seed) == draw_folds(keys, 2, seed)


def test_seeds_draw_different_folds_and_every_division_can_occur():
    keys = ["a", "b", "c", "d"]
    drawn = {tuple(fold.test for fold in draw_folds(keys, 2, seed)) for seed in range(200)}
    assert len(drawn) == 6  # four choose two


def test_global_random_states_are_neither_read_nor_changed():
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    folds = draw_folds(KEYS, 3, 0)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before  # noqa: NPY002
    np.random.seed(2)  # noqa: NPY002
    assert draw_folds(KEYS, 3, 0) == folds


def test_the_draw_is_pinned():
    """Runs are repeated from a seed alone, so a change of the draw would be a change of results."""
    assert [fold.test for fold in draw_folds(KEYS, 3, 0)] == PINNED


PINNED = [("video_1", "video_5"), ("video_4", "video_6"), ("video_2", "video_3")]


@pytest.mark.parametrize(("n_folds", "seed"), [(7, 0), (1, 0), (0, 0), (-2, 0), (2, -1)])
def test_refuses_impossible_draws(n_folds, seed):
    with pytest.raises(UserError, match="folds: found"):
        draw_folds(KEYS, n_folds, seed)


@pytest.fixture
def split_file(tmp_path):
    def write(content):
        path = tmp_path / "split.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


@pytest.fixture
def yaml_file(tmp_path):
    """Writes folds as DSNet's `make_split.py` does."""

    def write(content, name="split.yml"):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else yaml.dump(content), encoding="utf-8")
        return path

    return write


def in_file(keys, name="tvsum"):
    return [f"../datasets/eccv16_dataset_{name}_google_pool5.h5/{key}" for key in keys]


def fold(train, test):
    return {"train_keys": train, "test_keys": test}


GOOD = [fold(KEYS[2:], KEYS[:2]), fold(KEYS[:2] + KEYS[4:], KEYS[2:4]), fold(KEYS[:4], KEYS[4:])]


def test_reads_folds_as_they_stand(split_file, caplog):
    folds = read_folds(split_file(GOOD), KEYS)
    assert folds[1] == Fold(1, ("video_1", "video_2", "video_5", "video_6"), ("video_3", "video_4"))
    assert len(folds) == 3
    assert not caplog.records


def test_keys_may_carry_the_path_of_a_feature_file(split_file):
    prefixed = [
        {side: [f"../data/tvsum_google_pool5.h5/{key}" for key in keys] for side, keys in item.items()}
        for item in GOOD
    ]
    path = split_file(GOOD)
    plain = read_folds(path, KEYS)
    assert read_folds(split_file(prefixed), KEYS) == plain


def test_other_entries_of_a_fold_are_ignored(split_file):
    assert len(read_folds(split_file([item | {"seed": 3} for item in GOOD]), KEYS)) == 3


REFUSED = {
    "not JSON": ("train: a", "is no JSON"),
    "an empty file": ("", "is no JSON"),
    "no folds": ([], "found list of no folds"),
    "an object": (GOOD[0], "found dict"),
    "a list of lists": ([[KEYS[:2], KEYS[2:]]], "fold 0: train_keys: found None"),
    "no test side": ([GOOD[0], {"train_keys": KEYS}], "fold 1: test_keys: found None"),
    "an empty train side": ([fold([], KEYS)], r"fold 0: train_keys: found \[\]"),
    "an empty test side": ([GOOD[0], fold(KEYS, [])], r"fold 1: test_keys: found \[\]"),
    "a side that is a string": ([fold("video_1", KEYS[1:])], "fold 0: train_keys: found video_1"),
    "numbers for keys": ([fold([1, 2], [3])], "fold 0: train_keys: found"),
    "an unknown key": (
        [fold(KEYS[1:], ["video_99"])],
        "fold 0: test_keys: found video_99, not in the dataset of 6",
    ),
    "an overlap": ([GOOD[0], fold(KEYS[:4], KEYS[3:])], "fold 1: found video_4 more than once"),
    "a video twice on one side": ([fold(KEYS[1:], KEYS[:1] * 2)], "fold 0: found video_1 more than once"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses_in_one_line(case, split_file):
    content, found = REFUSED[case]
    path = split_file(content)
    with pytest.raises(UserError, match=found) as refusal:
        read_folds(path, KEYS)
    assert str(refusal.value).startswith(f"{path}: ")
    assert "\n" not in str(refusal.value)


def test_refuses_unreadable_files(tmp_path):
    with pytest.raises(UserError, match=r"none\.json: no such file"):
        read_folds(tmp_path / "none.json", KEYS)
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\x89HDF\r\n\xff\xfe")
    with pytest.raises(UserError, match="is no text in UTF-8"):
        read_folds(binary, KEYS)


@pytest.mark.parametrize("name", ["split.yml", "split.yaml"])
def test_yaml_with_paths_gives_the_same_folds_as_json(name, split_file, yaml_file):
    content = [fold(in_file(item["train_keys"]), in_file(item["test_keys"])) for item in GOOD]
    assert read_folds(yaml_file(content, name), KEYS) == read_folds(split_file(GOOD), KEYS)


def test_yaml_as_it_is_published(yaml_file):
    text = """\
- test_keys:
  - ../datasets/eccv16_dataset_tvsum_google_pool5.h5/video_2
  - ../datasets/eccv16_dataset_tvsum_google_pool5.h5/video_6
  train_keys:
  - ../datasets/eccv16_dataset_tvsum_google_pool5.h5/video_3
"""
    assert read_folds(yaml_file(text), KEYS) == [Fold(0, ("video_3",), ("video_2", "video_6"))]


def test_paths_of_windows_are_paths(yaml_file):
    content = [fold([f"..\\data\\a.h5\\{key}" for key in KEYS[1:]], [f"..\\data\\a.h5\\{KEYS[0]}"])]
    assert read_folds(yaml_file(content), KEYS) == [Fold(0, tuple(KEYS[1:]), (KEYS[0],))]


REFUSED_YAML = {
    "not YAML": ("- train_keys: [a\n- b", "is no YAML"),
    "an object of Python": ("- !!python/object/apply:os.getcwd []", "is no YAML"),
    "an impossible date": ("- 2020-99-99", "fold 0: train_keys: found None"),
    "nested without end": ("[" * 1000, "is no YAML"),
    "an empty file": ("", "found NoneType of no folds"),
    "a word": ("folds", "found str of no folds"),
    "a mapping": (GOOD[0], "found dict"),
    "numbers for keys": ([fold([1, 2], [3])], "fold 0: train_keys: found"),
    "an unknown key": (
        [fold(in_file(KEYS), in_file(["video_99"]))],
        "fold 0: test_keys: found video_99, not",
    ),
    "an overlap": ([fold(in_file(KEYS), in_file(KEYS[:1]))], "fold 0: found video_1 more than once"),
}


@pytest.mark.parametrize("case", REFUSED_YAML)
def test_refuses_yaml_in_one_line(case, yaml_file):
    content, found = REFUSED_YAML[case]
    path = yaml_file(content)
    with pytest.raises(UserError, match=found) as refusal:
        read_folds(path, KEYS)
    assert str(refusal.value).startswith(f"{path}: ")
    assert "\n" not in str(refusal.value)


OTHER_VIDEOS = {
    "augmented": [fold(in_file(KEYS[1:]) + in_file(["video_1"], "ovp"), in_file(KEYS[:1]))],
    "augmented with other keys": [fold(in_file(KEYS[1:]) + in_file(["video_9"], "ovp"), in_file(KEYS[:1]))],
    "in the last fold alone": [
        fold(in_file(KEYS[1:]), in_file(KEYS[:1])),
        fold(in_file(KEYS[2:]) + in_file(["video_2"], "ovp"), in_file(KEYS[:1])),
    ],
    "transfer": [fold(in_file(KEYS[:3], "ovp") + in_file(KEYS[:3], "summe"), in_file(KEYS))],
    "transfer, no key twice": [fold(in_file(KEYS[:3], "ovp"), in_file(KEYS[3:]))],
    "paths and bare keys": [fold(KEYS[1:5] + in_file(KEYS[5:], "ovp"), KEYS[:1])],
}


@pytest.mark.parametrize("case", OTHER_VIDEOS)
@pytest.mark.parametrize("form", ["json", "yaml"])
def test_training_keys_of_another_file_are_refused(case, form, split_file, yaml_file):
    path = (yaml_file if form == "yaml" else split_file)(OTHER_VIDEOS[case])
    with pytest.raises(UserError) as refusal:
        read_folds(path, KEYS)
    message = str(refusal.value)
    setting = "transfer" if "transfer" in case else "augmented"
    assert message.startswith(
        f"{path}: train_keys: found videos of ../datasets/eccv16_dataset_ovp_google_pool5.h5"
    )
    assert f"use setting={setting} instead" in message
    assert "\n" not in message


def test_test_keys_of_two_files_are_refused(yaml_file):
    folds = [fold(in_file(KEYS[1:], name), in_file(KEYS[:1], name)) for name in ("tvsum", "summe")]
    with pytest.raises(UserError, match=r"test_keys: found videos of .*summe.*, .*tvsum.*expected all of"):
        read_folds(yaml_file(folds), KEYS)


def test_warns_of_videos_tested_twice_and_never(split_file, caplog):
    with caplog.at_level(logging.WARNING):
        read_folds(split_file([fold(KEYS[1:], KEYS[:1]), fold(KEYS[2:], KEYS[:2])]), KEYS)
    twice, never = (record.getMessage() for record in caplog.records)
    assert twice.endswith("1 of 6 videos tested more than once: video_1")
    assert never.endswith("4 of 6 videos never tested: video_3, video_4, video_5, …")


@pytest.mark.data
@pytest.mark.parametrize("name", ["summe_non_overlapping", "tvsum_random"])
def test_real_split_files_as_yaml_are_the_same(name, real_data, yaml_file):
    path = real_data / "splits" / f"{name}.json"
    content = [
        fold(in_file(item["train_keys"]), in_file(item["test_keys"])) for item in json.loads(path.read_text())
    ]
    keys = [f"video_{i}" for i in range(1, 51)]
    assert read_folds(yaml_file(content), keys) == read_folds(path, keys)


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "n_videos", "n_never"),
    [
        ("summe_random", 25, 8),
        ("tvsum_random", 50, 19),
        ("summe_non_overlapping", 25, 0),
        ("tvsum_non_overlapping", 50, 0),
    ],
)
def test_real_split_files(name, n_videos, n_never, real_data, caplog):
    keys = [f"video_{i}" for i in range(1, n_videos + 1)]
    folds = read_folds(real_data / "splits" / f"{name}.json", keys)
    assert [(len(fold.train), len(fold.test)) for fold in folds] == [(n_videos * 4 // 5, n_videos // 5)] * 5
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == (2 if n_never else 0)
    assert all(f"{n_never} of {n_videos} videos never tested" in message for message in said[1:])


@given(st.integers(1, 40), st.integers(0, 9))
def test_fewer_training_videos_are_among_those_of_more(n_videos, index) -> None:
    fold = Fold(index, tuple(f"video_{i}" for i in range(n_videos)), ("tested",), ("held out",))
    kept = [fewer(fold, count) for count in range(1, n_videos + 1)]
    for count, each in enumerate(kept, start=1):
        assert len(each.train) == count
        assert [key for key in fold.train if key in each.train] == [*each.train]
        assert (each.index, each.test, each.validation) == (index, fold.test, fold.validation)
    assert all({*less.train} < {*more.train} for less, more in pairwise(kept))
    assert kept[-1] == fewer(fold, None) == fold
    for count in (0, -1, n_videos + 1):
        with pytest.raises(UserError, match=rf"^training_videos={count}: fold {index} has {n_videos}: "):
            fewer(fold, count)
