"""Training by processes that share the feature files of one dataset."""

import json
import subprocess
from collections import Counter

import h5py
import numpy as np
import pytest
import torch
from support.loaders import write_parts
from support.runs import module, process, record
from support.shards import command, kill

from vsumlab.youtube8m.sequence_example import FrameLevelVideo
from vsumlab.youtube8m.write import write_shard

EPOCHS = ("setting=youtube8m", "batch_size=4", "trainer.max_epochs=2", "trainer.limit_train_batches=1.0")
DEMO = ("experiment=contrastive_youtube8m", "debug=smoke", "callbacks.figures.videos=0")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Four feature files of 3, 9, 5 and 8 videos."""
    return write_parts(tmp_path_factory.mktemp("files"))


def keys_in(*paths):
    keys = set()
    for path in paths:
        with h5py.File(path) as file:
            keys |= {*file}
    return keys


def train(cwd, data, pattern, n_processes, *more):
    """A run by some processes, each of which notes what it opens and trains on."""
    cwd.mkdir(exist_ok=True)
    overrides = (f"setting.others.youtube8m={pattern}", "hydra.run.dir=run", "trainer.accelerator=cpu")
    sees = ("+callbacks.sees._target_=support.ranks.Sees", "+callbacks.sees.folder=.")
    devices = f"trainer.devices={n_processes}"
    return process(
        *module("run"), *data, *EPOCHS, *overrides, *sees, devices, *more, cwd=cwd, OMP_NUM_THREADS="1"
    )


def trained(cwd, data, pattern, n_processes, *more):
    """What each process of a run opened and trained on."""
    done = train(cwd, data, pattern, n_processes, *more)
    assert done.returncode == 0, done.stderr
    return [json.loads((cwd / f"{rank}.json").read_text()) for rank in range(n_processes)]


def assert_epochs(ranks, shares):
    """Each process has its share once an epoch but for what makes all equally long, in orders of its own."""
    most = max(map(len, shares))
    for seen, share in zip(ranks, shares, strict=True):
        for epoch in seen["epochs"]:
            counts = Counter(epoch)
            assert (counts.keys(), len(epoch)) == (share, most)
            assert max(counts.values()) - min(counts.values()) <= 1
        assert seen["epochs"][0] != seen["epochs"][1]


@pytest.mark.slow
def test_two_processes_open_and_read_files_of_their_own(files, tiny, tmp_path) -> None:
    ranks = trained(tmp_path, tiny, files / "part-*.h5", 2)
    halves = [files / "part-0.h5", files / "part-1.h5"], [files / "part-2.h5", files / "part-3.h5"]
    for seen, own in zip(ranks, halves, strict=True):
        assert [name for name in seen["opened"] if "part" in name] == [path.name for path in own]
    assert_epochs(ranks, [keys_in(*own) for own in halves])
    said = record(tmp_path / "run" / "fold_0")
    assert said["folds"]["0"]["train"] == [f"youtube8m/part-{number}.h5" for number in range(4)]
    assert said["trained_on"]["youtube8m"]["file"] == f"{files}/part-0.h5 and 3 more"


@pytest.mark.slow
def test_64_shards_by_parts_of_which_one_is_killed_are_the_same_files_and_trained_on(tmp_path) -> None:
    (tmp_path / "shards").mkdir()
    rng = np.random.default_rng(0)
    videos = [
        FrameLevelVideo(b"v%03d" % number, np.arange(3), rng.integers(128, 256, (12, 1024), dtype=np.uint8))
        for number in range(192)
    ]
    for number in range(64):
        write_shard(tmp_path / "shards" / f"train{number:04d}.tfrecord", videos[3 * number : 3 * number + 3])
    shards = [tmp_path / "shards"]
    for folder in ("one", "several"):
        (tmp_path / folder).mkdir()

    def part(folder, number):
        options = ("--seed", "3", "--videos", "all", "--part", f"{number}/4")
        return subprocess.Popen(
            command(shards, tmp_path / folder / "o.h5", *options), stdout=subprocess.DEVNULL
        )

    for number in range(1, 5):  # one job after the other
        assert part("one", number).wait() == 0
    options = ("--videos", "all", "--part", "3/4")
    killed = kill("feature_file:group_name", 20, shards, tmp_path / "several" / "o.h5", options=options)
    assert killed.returncode == -9
    at_once = [part("several", number) for number in (4, 3, 2, 1)]
    assert [each.wait() for each in at_once] == [0, 0, 0, 0]
    files = [sorted((tmp_path / folder).iterdir()) for folder in ("one", "several")]
    assert [file.name for file in files[1]] == [f"o-{number}-of-4.h5" for number in range(1, 5)]
    assert [file.read_bytes() for file in files[0]] == [file.read_bytes() for file in files[1]]

    for folder, parts in (("one-sample", 1), ("several-sample", 5)):
        sample = tmp_path / f"{folder}.h5"
        job = command(shards, sample, "--seed", "3", "--videos", "20")
        at_once = [subprocess.Popen([*job, "--part", f"{number}/{parts}"]) for number in range(1, parts + 1)]
        assert not any(each.wait() for each in at_once)
        subprocess.run(job, check=True)
    assert (tmp_path / "one-sample.h5").read_bytes() == (tmp_path / "several-sample.h5").read_bytes()

    ranks = trained(tmp_path / "two", DEMO, tmp_path / "several" / "o-*-of-4.h5", 2)
    assert_epochs(ranks, [keys_in(*files[1][:2]), keys_in(*files[1][2:])])
    seen = [key for rank in ranks for key in rank["epochs"][0]]
    assert sorted(seen) == [f"v{number:03d}" for number in range(192)]


@pytest.mark.slow
def test_a_training_that_is_killed_in_an_epoch_goes_on_to_the_same_weights(files, tiny, tmp_path) -> None:
    kills = ("+callbacks.kills._target_=support.ranks.KilledOnce", "+callbacks.kills.rank=1")
    kills = (*kills, f"+callbacks.kills.file={tmp_path}/killed")
    assert train(tmp_path / "two", tiny, files / "part-*.h5", 2, *kills).returncode != 0
    assert (tmp_path / "killed").exists()
    ranks = trained(tmp_path / "two", tiny, files / "part-*.h5", 2, *kills)
    whole = trained(tmp_path / "whole", tiny, files / "part-*.h5", 2, *kills)
    for ours, theirs in zip(ranks, whole, strict=True):
        assert ours["epochs"] == theirs["epochs"][1:], "the second epoch alone, in the same order"
    weights = [
        torch.load(tmp_path / name / "run" / "fold_0" / "last.ckpt", weights_only=True)["state_dict"]
        for name in ("two", "whole")
    ]
    assert weights[0].keys() == weights[1].keys()
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
