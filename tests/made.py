"""Videos made up for a test."""

import numpy as np
import torch

from vsumlab.data.video import Video


def made_video(seed, n_picks=20, n_annotators=4, first_pick=0):
    """A video of random picks, shots and annotations, none of which lines up with another."""
    rng = np.random.default_rng(seed)
    picks = first_pick + np.cumsum(np.r_[0, rng.integers(1, 20, n_picks - 1)])
    n_frames = int(picks[-1]) + int(rng.integers(1, 20))
    cuts = np.unique(rng.integers(1, n_frames, 12)) if n_frames > 1 else np.empty(0, dtype=np.int64)
    shots = np.stack([np.r_[0, cuts], np.r_[cuts, n_frames] - 1], axis=1)
    return Video(
        key=f"video_{seed}",
        features=torch.zeros(n_picks, 1),
        gtscore=None,
        picks=picks.astype(np.int64),
        n_frames=n_frames,
        shots=shots.astype(np.int64),
        user_summary=rng.random((n_annotators, n_frames)) < rng.uniform(0, 0.5, (n_annotators, 1)),
        user_scores=rng.integers(1, 6, (n_annotators, n_picks)).astype(np.float64),
    )
