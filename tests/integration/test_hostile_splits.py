"""Split files that are damaged or made to harm: read, or one line."""

import json

import pytest
import yaml
from support.fuzz import Case, damages, faults
from support.hostile_text import HOSTILE_JSON, HOSTILE_YAML

from vsumlab.data.folds import n_folds_in, read_folds
from vsumlab.errors import UserError

KEYS = [f"video_{i}" for i in range(1, 7)]
GOOD = [
    {"train_keys": [f"../a.h5/{key}" for key in KEYS if key != test], "test_keys": [f"../a.h5/{test}"]}
    for test in KEYS
]


def read(path):
    """Reads a file in both ways; each fold is of the dataset's videos."""
    folds = read_folds(path, KEYS)
    assert n_folds_in(path) == len(folds)
    for fold in folds:
        assert {*fold.train, *fold.test} <= {*KEYS}
        assert not {*fold.train} & {*fold.test}


def texts(texts, ending):
    for name, text in texts.items():
        yield Case(
            f"{name}.{ending}",
            lambda path, text=text: path.write_text(text, encoding="utf-8"),
            "refused",
        )


def some_damages(seeds):
    yield from damages("splits.json", json.dumps(GOOD).encode(), seeds)
    yield from damages("splits.yml", yaml.safe_dump(GOOD).encode(), seeds)


def test_hostile_text_is_one_line(tmp_path):
    assert faults([*texts(HOSTILE_YAML, "yml"), *texts(HOSTILE_JSON, "json")], read, tmp_path) == {}


def test_a_damaged_split_file_is_read_or_refused(tmp_path):
    assert faults([*some_damages(range(40))], read, tmp_path) == {}


@pytest.mark.slow
def test_many_damaged_split_files_are_read_or_refused(tmp_path):
    assert faults([*some_damages(range(100, 400))], read, tmp_path) == {}


def test_an_alias_is_named(tmp_path):
    path = tmp_path / "splits.yml"
    path.write_text("- &a x\n- *a\n")
    with pytest.raises(UserError, match=r"is no YAML: it has an alias .*write it out\); give"):
        n_folds_in(path)
