"""Videos made up for a test."""

from dataclasses import replace

import numpy as np
import torch

from vsumlab.core.annotations import Annotations
from vsumlab.core.timeline import Timeline
from vsumlab.core.video import Video


def made_timeline(rng, n_picks=20, first_pick=0):
    """Random picks and shots, neither of which lines up with the other."""
    picks = first_pick + np.cumsum(np.r_[0, rng.integers(1, 20, n_picks - 1)])
    n_frames = int(picks[-1]) + int(rng.integers(1, 20))
    cuts = np.unique(rng.integers(1, n_frames, 12)) if n_frames > 1 else np.empty(0, dtype=np.int64)
    shots = np.stack([np.r_[0, cuts], np.r_[cuts, n_frames] - 1], axis=1)
    return Timeline(picks.astype(np.int64), n_frames, shots.astype(np.int64))


def made_video(seed, n_picks=20, n_annotators=4, first_pick=0):
    """A video of random picks, shots and annotations, none of which lines up with another."""
    rng = np.random.default_rng(seed)
    timeline = made_timeline(rng, n_picks, first_pick)
    shares = rng.uniform(0, 0.5, (n_annotators, 1))
    annotations = Annotations(
        user_summary=rng.random((n_annotators, timeline.n_frames)) < shares,
        user_scores=rng.integers(1, 6, (n_annotators, n_picks)).astype(np.float64),
    )
    return Video(f"video_{seed}", torch.zeros(n_picks, 1), timeline, annotations)


def annotated(video, **changes):
    """The video with other annotations: `user_scores=`, `user_summary=`."""
    return replace(video, annotations=replace(video.annotated, **changes))


def made_features(seed, n_frames, dim):
    """Unit features (T, D) of shots of some 13 frames, each frame a noisy copy of its shot's."""
    rng = np.random.default_rng(seed)
    shot = np.cumsum(rng.random(n_frames) < 1 / 13)
    frames = rng.standard_normal((shot[-1] + 1, dim))[shot]
    frames += 0.5 * rng.standard_normal((n_frames, dim))
    return (frames / np.linalg.norm(frames, axis=1, keepdims=True)).astype(np.float32)
