"""Training videos that stay on the device that trains."""

from __future__ import annotations

from collections.abc import Callable

import torch

from vsumlab.core.video import VideoFeatures

SHARE = 0.5
"""How much of what is free of a GPU's memory, where training begins, may be filled with videos."""

CPU_ROOM = 2**28
"""How many bytes of videos a process on the CPU keeps: over twice what TVSum takes."""


class ResidentVideos:
    """Reads videos onto a device, and keeps them there as far as there is room: an epoch copies the rest.

    Args:
        read: Reads a video by its key.
        device: Where it is wanted.
        room: In bytes.
    """

    def __init__(self, read: Callable[[str], VideoFeatures], device: torch.device, room: int) -> None:
        self.read = read
        self.device = device
        self.room = room
        self.kept: dict[str, VideoFeatures] = {}

    def __call__(self, key: str) -> VideoFeatures:
        """The video, on the device."""
        if key in self.kept:
            return self.kept[key]
        read = self.read(key)
        gtscore = None if read.gtscore is None else read.gtscore.to(self.device)
        video = read._replace(features=read.features.to(self.device), gtscore=gtscore)
        size = video.features.nbytes + (0 if gtscore is None else gtscore.nbytes)
        if size <= self.room:
            self.room -= size
            self.kept[key] = video
        return video


def resident(read: Callable[[str], VideoFeatures], device: torch.device) -> Callable[[str], VideoFeatures]:
    """Reads videos for a CPU or a GPU and keeps them: each reading decompresses and checks anew."""
    if device.type == "cuda":
        return ResidentVideos(read, device, int(SHARE * torch.cuda.mem_get_info(device)[0]))
    return ResidentVideos(read, device, CPU_ROOM) if device.type == "cpu" else read
