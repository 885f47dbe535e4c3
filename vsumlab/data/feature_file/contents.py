"""What a video's group in a feature file holds, and all that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import h5py

from vsumlab.data.feature_file import schema

Part = Literal["features", "timeline", "annotations"]
"""How far a group is looked at: each of these with those before it."""


def contents(group: h5py.Group, part: Part) -> tuple[dict[str, Any], list[schema.SchemaError]]:
    """Reads and checks each key of `schema.SCHEMA`.

    What a key is checked against comes first, and a key is not checked against one that is itself amiss.

    Args:
        group: The video's.
        part: `features` (and `gtscore`) of a video that is only trained on; with its `timeline` of one that
            is scored; with its `annotations` of one that is evaluated.

    Returns:
        What is right, by key, in the form that `schema` gives it, with the numbers of picks and annotators as
        `n_picks` and `n_users`; and what is wrong, in the order in which it was found.
    """
    found: dict[str, Any] = {}
    wrong: list[schema.SchemaError] = []

    def read(key: str, check: Callable[..., Any], *needed: str, optional: bool = False) -> None:
        if optional and key not in group:
            return
        try:
            values = schema.load(group, key)
            if all(name in found for name in needed):
                found[key] = check(values, *(found[name] for name in needed))
        except schema.SchemaError as error:
            wrong.append(error)

    read("features", schema.features)
    if "features" in found:
        found["n_picks"] = len(found["features"])
    read("gtscore", schema.gtscore, "n_picks", optional=True)
    if part == "features":
        return found, wrong

    read("n_frames", schema.n_frames)
    read("picks", schema.picks, "n_picks", "n_frames")
    read("change_points", schema.shots, "n_frames")
    read("fps", schema.fps, optional=True)
    if part == "timeline":
        return found, wrong

    read("user_summary", schema.user_summary, "n_frames")
    if "user_summary" in found:
        found["n_users"] = len(found["user_summary"])
    read("user_scores", schema.user_scores, "n_users", "n_picks", optional=True)
    read("n_steps", schema.n_steps, "n_picks", optional=True)
    if "change_points" in found:
        found["stored_shots"] = schema.load(group, "change_points")
    read("n_frame_per_seg", schema.n_frame_per_seg, "stored_shots", "change_points", optional=True)
    return found, wrong
