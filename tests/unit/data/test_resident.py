"""Videos that stay on a device: what is kept, what is read again, and how much each has room for."""

import pytest
import torch

from vsumlab.core.video import VideoFeatures
from vsumlab.data.collate import collate
from vsumlab.data.resident import ResidentVideos, resident

ELSEWHERE = torch.device("meta")  # a device that is not the CPU, on any machine
KEYS = ("a", "b", "c")
SIZE = 5 * (3 * 4 + 4)  # of a video's five frames


class Disk:
    """Counts what is read."""

    def __init__(self, quantized: bool = False) -> None:
        self.read: list[str] = []
        self.dtype = torch.uint8 if quantized else torch.float32

    def __call__(self, key: str) -> VideoFeatures:
        self.read.append(key)
        number = float(KEYS.index(key))
        return VideoFeatures(key, torch.full((5, 3), number).to(self.dtype), torch.full((5,), number))


def test_a_video_is_read_and_copied_once() -> None:
    disk = Disk()
    videos = ResidentVideos(disk, ELSEWHERE, room=10**6)
    for _ in range(3):
        batch = collate([videos(key) for key in KEYS])
        assert batch.features.device == batch.gtscore.device == ELSEWHERE
    assert disk.read == [*KEYS]


def test_what_has_no_room_is_read_again_and_comes_along() -> None:
    disk = Disk()
    videos = ResidentVideos(disk, ELSEWHERE, room=2 * SIZE + 1)
    for _ in range(2):
        assert collate([videos(key) for key in KEYS]).features.device == ELSEWHERE
    assert disk.read == ["a", "b", "c", "c"]
    assert videos.room == 1


def test_bytes_stay_bytes() -> None:
    videos = ResidentVideos(Disk(quantized=True), torch.device("cpu"), room=10**6)
    assert videos("b").features.dtype == torch.uint8
    assert videos("b").features.equal(torch.ones(5, 3, dtype=torch.uint8))


def test_the_cpu_keeps_what_has_room(monkeypatch) -> None:
    monkeypatch.setattr("vsumlab.data.resident.CPU_ROOM", 2 * SIZE)
    disk = Disk()
    videos = resident(disk, torch.device("cpu"))
    assert [videos(key).key for key in 2 * KEYS] == [*2 * KEYS]
    assert disk.read == ["a", "b", "c", "c"]


def test_any_other_device_keeps_nothing() -> None:
    disk = Disk()
    assert resident(disk, ELSEWHERE) is disk


@pytest.mark.parametrize("free", [0, 100 * SIZE])
def test_a_gpu_keeps_what_half_of_its_free_memory_holds(free, monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free, 10**12))
    videos = resident(Disk(), torch.device("cuda", 0))
    assert videos.room == free // 2
