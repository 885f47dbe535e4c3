"""A part of the shards: what one of several jobs does, on whatever machine."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from vsumlab.errors import UserError
from vsumlab.youtube8m.work import Job


@dataclass(frozen=True)
class Part:
    """One of several parts, which have the shards in turn.

    Attributes:
        number: Which one, from 1.
        of: How many there are.
    """

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Part:
        """From `3/64`.

        Raises:
            ValueError: It is no such text, or there is no such part.
        """
        match = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text, re.ASCII)
        if not match or not 1 <= int(match[1]) <= int(match[2]):
            raise ValueError(f"{text} is not like 3/64, from 1/64 to 64/64")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def shards(self, job: Job) -> range:
        """Numbers of the part's shards.

        Raises:
            UserError: There are more parts than shards.
        """
        if self.of > len(job.shards):
            raise UserError(f"--part {self}: there are {len(job.shards)} shards; make at most as many parts")
        return range(self.number - 1, len(job.shards), self.of)

    def job(self, whole: Job) -> Job:
        """What makes a file of the part alone: of FILE.h5, FILE-03-of-64.h5.

        Raises:
            UserError: There are more parts than shards.
        """
        number = str(self.number).zfill(len(str(self.of)))
        name = f"{whole.output.stem}-{number}-of-{self.of}{whole.output.suffix}"
        shards = tuple(whole.shards[shard] for shard in self.shards(whole))
        return replace(whole, shards=shards, output=whole.output.with_name(name))
