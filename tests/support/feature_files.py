"""What is read from a feature file, by the names that it has there."""

import numpy as np


def as_arrays(file, key):
    """A video's arrays as the reader gives them."""
    video, seen = file[key], file.features(key)
    timeline, people = video.timeline, video.annotations
    found = {
        "features": video.features,
        "picks": timeline.picks,
        "n_frames": timeline.n_frames,
        "change_points": timeline.shots,
        "user_summary": people.user_summary,
        "user_scores": people.user_scores,
        "gtscore": seen.gtscore,
    }
    return {name: np.asarray(array) for name, array in found.items()}
