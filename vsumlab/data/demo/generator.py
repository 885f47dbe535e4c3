"""The bundled demo dataset: ten made-up videos, small enough to train on in a minute, in the field's schema.

How it comes about, so that nobody mistakes it for more than it is:

A *world* has a few backgrounds, which several videos share, and a few kinds of event. A *video* of 60 to 100
picks, 15 frames apart, is a run of scenes. Each scene has a place, which is one of the shared backgrounds or
the video's own, and is filmed in a few shots from different angles. In some shots an event of some kind and
strength takes place. Some other shots are mere distractions (a title, a shaken camera): as distinctive as an
event, but of no interest to anybody.

The *features* are what a network like GoogLeNet would make of it: a latent vector, the sum of place, angle,
event or distraction, slow drift and noise, the last two larger in lively shots, events being livelier than
the rest on average; then max(0, x)^2 and L2 normalisation. The share of zeros, the quantiles of values, and
the distances between neighbouring frames and between any two are close to those of real pool5 features.

The *interest* of a frame is the strength of the event, as it swells and fades, plus a little for being lively
and for a scene being new, less a little in a shared background. A dozen *annotators* each see it with their
own gain, offset, taste for kinds of event, time lag, attention span and wandering mind, and score it from 1
to 5. Each one's key-shot summary is the best choice of shots, by mean score, in 15 % of the frames.

So no single measure of the features is the interest, and no method has an advantage by construction.
Annotators agree with a Kendall tau of about 0.3, the mean of all with each of about 0.5, and what simple
differences between frames earn is about 0.1: all close to TVSum, or slightly higher.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from vsumlab.errors import UserError
from vsumlab.summary.keyshots import budget
from vsumlab.summary.knapsack import knapsack

N_VIDEOS = 10
N_ANNOTATORS = 12
N_BACKGROUNDS = 5
N_KINDS = 4
FEATURE_DIM = 1024
MIN_PICKS, MAX_PICKS = 60, 100
STEP = 15
"""Frames between two picks."""
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class World:
    """What the videos have in common: (n, D) latent vectors of shared places and kinds of event."""

    backgrounds: Floats
    kinds: Floats


@dataclass(frozen=True)
class Story:
    """What happens in a video, shot by shot: (S,) arrays, and what follows from it at each of T picks."""

    shot_of: Integers  # (T,) the shot of each pick
    scene: Integers  # the scene of each shot, from 0
    background: Integers  # the shared background of each shot, or -1 where the place is the video's own
    kind: Integers  # the kind of event, or -1
    strength: Floats  # of the event, 0 to 1
    distinct: Floats  # how much a distraction changes the picture, 0 to 1
    lively: Floats  # how much moves, 0 to 1


@dataclass(frozen=True)
class People:
    """(U,) traits of the annotators; `taste` is (U, N_KINDS)."""

    gain: Floats
    offset: Floats
    taste: Floats
    lag: Floats  # picks
    span: Floats  # picks
    wandering: Floats


def write_demo(path: Path, seed: int = 0) -> None:
    """Writes the demo dataset, whole or not at all.

    The same seed gives the same file, byte for byte, under the same versions of NumPy and h5py.

    Args:
        path: The HDF5 file to write or replace; missing folders are made.
        seed: Of everything that is drawn.

    Raises:
        UserError: The file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=path.parent, prefix=".demo") as folder:
            partial = Path(folder) / path.name
            _write(partial, np.random.default_rng(seed))
            partial.replace(path)
    except OSError as error:
        raise UserError(
            f"{path}: cannot be written ({error}); make room or choose another folder with paths.data=FOLDER"
        ) from error


def _write(path: Path, rng: np.random.Generator) -> None:
    world = World(_latent(rng, N_BACKGROUNDS), _latent(rng, N_KINDS))
    people = _people(rng)
    with h5py.File(path, "w") as file:
        for i in range(N_VIDEOS):
            group = file.create_group(f"video_{i + 1}")
            for key, value in _video(f"demo {i + 1}", world, people, rng).items():
                group.create_dataset(key, data=value, track_times=False)


def demo_features(n_videos: int, seed: int) -> Iterator[npt.NDArray[np.float16]]:
    """The features (T, FEATURE_DIM) of further videos, which nobody has annotated."""
    rng = np.random.default_rng(seed)
    world = World(_latent(rng, N_BACKGROUNDS), _latent(rng, N_KINDS))
    for _ in range(n_videos):
        yield _features(_story(rng), world, rng)


def _video(name: str, world: World, people: People, rng: np.random.Generator) -> dict[str, Any]:
    story = _story(rng)
    n_picks = len(story.shot_of)
    n_frames = (n_picks - 1) * STEP + int(rng.integers(1, STEP + 1))
    shots = _shots(story.shot_of, n_frames, rng)
    features = _features(story, world, rng)
    scores = _scores(story, people, rng)
    mean = scores.mean(0)
    gtscore = (mean - mean.min()) / (mean.max() - mean.min())
    picks = np.arange(n_picks) * STEP
    return {
        "features": features,
        "picks": picks.astype(np.int32),
        "n_frames": n_frames,
        "n_steps": n_picks,
        "change_points": shots.astype(np.int32),
        "n_frame_per_seg": (shots[:, 1] - shots[:, 0] + 1).astype(np.int32),
        "user_summary": np.stack([_key_shots(s, shots, n_frames) for s in scores]),
        "user_scores": scores,
        "gtscore": gtscore.astype(np.float32),
        "gtsummary": _key_shots(gtscore, shots, n_frames)[picks],
        "video_name": name,
    }


def _latent(rng: np.random.Generator, *shape: int) -> Floats:
    return rng.standard_normal((*shape, FEATURE_DIM))


def _people(rng: np.random.Generator) -> People:
    n = N_ANNOTATORS
    return People(
        gain=rng.uniform(0.7, 1.3, n),
        offset=rng.normal(0.0, 0.1, n),
        taste=rng.uniform(0.2, 1.2, (n, N_KINDS)),
        lag=rng.uniform(0.0, 3.0, n),
        span=rng.uniform(0.5, 2.5, n),
        wandering=rng.uniform(0.1, 0.24, n),
    )


def _story(rng: np.random.Generator) -> Story:
    n_picks = int(rng.integers(MIN_PICKS, MAX_PICKS + 1))
    cuts = np.cumsum(rng.integers(3, 8, n_picks // 3))
    cuts = cuts[cuts < n_picks - 2]
    n_shots = len(cuts) + 1
    scene = np.cumsum(np.r_[0, rng.integers(0, 2, n_shots - 1)])
    place = np.where(rng.random(n_shots) < 0.5, rng.integers(0, N_BACKGROUNDS, n_shots), -1)
    role = rng.permutation(np.arange(n_shots) / n_shots)  # the same share of each role in every video
    event, distraction = role < 0.35, role > 0.8
    return Story(
        shot_of=np.searchsorted(cuts, np.arange(n_picks), side="right"),
        scene=scene,
        background=place[scene],
        kind=np.where(event, rng.integers(0, N_KINDS, n_shots), -1),
        strength=np.where(event, rng.uniform(0.3, 1.0, n_shots), 0.0),
        distinct=np.where(distraction, rng.uniform(0.3, 1.0, n_shots), 0.0),
        lively=np.clip(rng.beta(2.0, 4.0, n_shots) + np.where(event, 0.3, 0.0), 0.0, 1.0),
    )


def _shots(shot_of: Integers, n_frames: int, rng: np.random.Generator) -> Integers:
    """(S, 2) first and last frames; a cut falls anywhere between the two picks that it parts."""
    first_pick = np.flatnonzero(np.diff(shot_of)) + 1
    cuts = first_pick * STEP - rng.integers(0, STEP, len(first_pick))
    return np.stack([np.r_[0, cuts], np.r_[cuts, n_frames] - 1], axis=1)


def _features(story: Story, world: World, rng: np.random.Generator) -> npt.NDArray[np.float16]:
    """(T, D): variances of what adds up in the latent vector are 1 in all, as max(0, x)^2 was fitted for."""
    n_picks, n_shots = len(story.shot_of), len(story.scene)
    own = _latent(rng, n_shots)[story.scene]
    place = np.where(story.background[:, None] < 0, own, world.backgrounds[story.background])
    angle = _latent(rng, n_shots)
    special = np.where(story.kind[:, None] < 0, _latent(rng, n_shots), world.kinds[story.kind])
    share = 0.4 * np.maximum(story.strength, story.distinct)[:, None]
    scenery = np.sqrt(0.6) * place + np.sqrt(0.4) * angle
    shot = np.sqrt(1 - share) * scenery + np.sqrt(share) * special
    moving = (0.03 + 0.25 * story.lively)[story.shot_of, None]
    drift = gaussian_filter1d(_latent(rng, n_picks), 2.0, axis=0)
    drift /= drift.std()
    motion = np.sqrt(0.6) * drift + np.sqrt(0.4) * _latent(rng, n_picks)
    x = np.sqrt(1 - moving) * shot[story.shot_of] + np.sqrt(moving) * motion
    features = np.maximum(0.0, x + 0.77) ** 2
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(unit, dtype=np.float16)


def _scores(story: Story, people: People, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """(U, T) scores from 1 to 5."""
    n_picks = len(story.shot_of)
    time = np.arange(n_picks)
    start = np.searchsorted(story.shot_of, story.shot_of)
    length = np.bincount(story.shot_of)[story.shot_of]
    swell = np.sin(np.pi * (time - start + 0.5) / length)
    taste = np.where(story.kind < 0, 0.0, people.taste[:, story.kind])  # (U, S)
    event = (taste * story.strength)[:, story.shot_of] * (0.5 + 0.5 * swell)
    scene = story.scene[story.shot_of]
    novelty = np.exp(-(time - np.searchsorted(scene, scene)) / 4.0)
    common = 0.2 * story.lively[story.shot_of] + 0.1 * novelty - 0.1 * (story.background[story.shot_of] >= 0)
    seen = people.gain[:, None] * (event + common)  # (U, T)
    late = (np.interp(time - lag, time, one) for lag, one in zip(people.lag, seen, strict=True))
    felt = np.stack([gaussian_filter1d(one, span) for span, one in zip(people.span, late, strict=True)])
    mind = gaussian_filter1d(rng.standard_normal(felt.shape), 3.0, axis=1)
    mind *= (people.wandering / mind.std(1))[:, None]
    return np.clip(np.rint(1.2 + 4.0 * (felt + mind + people.offset[:, None])), 1, 5).astype(np.uint8)


def _key_shots(scores: npt.NDArray[Any], shots: Integers, n_frames: int) -> npt.NDArray[np.uint8]:
    """(N,) the best shots by mean score over frames within the budget; scores are at picks."""
    frames = np.repeat(scores.astype(np.float64), STEP)[:n_frames]
    lengths = shots[:, 1] - shots[:, 0] + 1
    values = np.add.reduceat(frames, shots[:, 0]) / lengths
    chosen = knapsack(values, lengths, budget(n_frames))
    return np.repeat(chosen, lengths).astype(np.uint8)
