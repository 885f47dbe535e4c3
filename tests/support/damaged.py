"""Files as a torn write, a bad disk or a stranger leaves them; seeded, so that a case can be made again."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import yaml

ODD: tuple[Any, ...] = (
    *(None, True, -1, 0, 2**70, 1e308, -0.0, "", " ", "\x1b[2J", "a\nb", "${oc.env:HOME}", "x" * 10_000),
    *([], {}, [[]], [None, 1, "a"], {"a": {"b": 1}}, {"sha256": 3}, "../../etc/passwd", "os.system", "=1+1"),
    *(
        "nan",
        "[1",
        "a=b",
        "/tmp/[",
        "\u202e",
        "\ud800",
        "range(0,100000000000)",
        "hydra.run.dir=x",
        float("inf"),
    ),
)
"""Values that stand where others are expected."""


DIGITS = (b"9" * 30, b"-1e999", b",,,", b'"', b"\n\n", b"nan", b"[" * 2000)
"""What stands where a text has something else."""


def damaged(content: bytes, rng: random.Random) -> bytes:
    """The same bytes with some flipped or overwritten, a stretch gone or repeated, or the end missing."""
    changed = bytearray(content)
    start = rng.randrange(len(changed) + 1)
    end = min(len(changed), start + rng.choice([1, 4, 64, 512]))
    kind = rng.choice(["flip", "flip", "flip", "set", "noise", "cut", "drop", "repeat", "digits"])
    if kind in ("flip", "set"):
        for _ in range(min(len(changed), rng.choice([1, 1, 2, 4, 16]))):
            place = rng.randrange(len(changed))
            old = changed[place]
            changed[place] = (
                old ^ 1 << rng.randrange(8) if kind == "flip" else rng.choice([0, 1, 127, 128, 255])
            )
    elif kind == "noise":
        changed[start:end] = rng.randbytes(end - start)
    elif kind == "cut":
        del changed[start:]
    elif kind == "drop":
        del changed[start:end]
    elif kind == "repeat":
        changed[start:start] = changed[start:end] * rng.choice([1, 50])
    else:
        changed[start:end] = rng.choice(DIGITS)
    return bytes(changed)


def values_changed(content: Any, rng: random.Random) -> Any:
    """Nested mappings and lists in which one to three values are odd, missing, or under another name."""
    changed = copy.deepcopy(content)
    for _ in range(rng.randint(1, 3)):
        node, parents = changed, []
        while isinstance(node, dict | list) and node and (not parents or rng.random() < 0.7):
            key = rng.choice([*node]) if isinstance(node, dict) else rng.randrange(len(node))
            parents.append((node, key))
            node = node[key]
        if not parents:
            return rng.choice(ODD)
        above, key = parents[-1]
        kind = rng.choice(("odd", "odd", "odd", "missing", "renamed"))
        if kind == "odd":
            above[key] = rng.choice(ODD)
        elif kind == "missing":
            del above[key]
        elif isinstance(above, dict):
            above[str(rng.choice(ODD))] = above.pop(key)
    return changed


def damage(file: Path, rng: random.Random) -> None:
    """Damages a file: its bytes or, of JSON and YAML, also its values; the seed decides how."""
    if file.suffix in (".json", ".yaml") and rng.random() < 0.7:
        read, write = (json.loads, json.dumps) if file.suffix == ".json" else (yaml.safe_load, yaml.safe_dump)
        changed = write(values_changed(read(file.read_text()), rng))
        file.write_bytes(changed.encode(errors="surrogatepass"))
    else:
        content = file.read_bytes()
        for _ in range(rng.choice((1, 1, 3, 20))):
            content = damaged(content, rng)
        file.write_bytes(content)
