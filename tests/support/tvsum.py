"""Annotation files of TVSum as its authors publish them, of made-up scores."""

import h5py
import numpy as np

N_FRAMES, N_USERS = 170, 3  # as in the feature files that tests write


def made_scores(n_videos=3, n_frames=N_FRAMES):
    """Each video's scores (U, N), from 1 to 5."""
    rng = np.random.default_rng(0)
    return [rng.integers(1, 6, (N_USERS, n_frames)) for _ in range(n_videos)]


def write_mat(path, of_videos):
    """As MATLAB 7.3 lays out a struct array: references to arrays, which h5py reads transposed."""
    with h5py.File(path, "w", userblock_size=512) as file:
        of_fields = file.create_dataset("tvsum50/user_anno", (len(of_videos), 1), dtype=h5py.ref_dtype)
        for i, scores in enumerate(of_videos):
            of_fields[i, 0] = file.create_dataset(f"#refs#/{i}", data=np.asarray(scores, float)).ref
    return path


def write_tsv(path, of_videos, end="\n"):
    """A line a person: video id, category, scores."""
    lines = [
        f"id_{i}\tVT\t{','.join(map(str, of_person.astype(int).tolist()))}{end}"
        for i, of_video in enumerate(of_videos)
        for of_person in of_video
    ]
    path.write_bytes("".join(lines).encode())
    return path


WRITERS = {"ydata-tvsum50.mat": write_mat, "ydata-tvsum50-anno.tsv": write_tsv}
NAMES = [*WRITERS]


def without_scores(*keys):
    """Changes of a feature file that take the videos' own scores out."""
    return {key: {"user_scores": None} for key in keys}
