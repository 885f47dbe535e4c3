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


def bytes_changed(content: bytes, rng: random.Random) -> bytes:
    """A file with some bytes flipped, cut off, left out, doubled or replaced by others."""
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 3, 20))):
        place = rng.randrange(len(changed) + 1)
        end = min(len(changed), place + rng.choice((1, 2, 16, 200)))
        kind = rng.choice(("flip", "cut", "drop", "double", "noise", "digits"))
        if kind == "flip" and place < len(changed):
            changed[place] ^= 1 << rng.randrange(8)
        elif kind == "cut":
            del changed[place:]
        elif kind == "drop":
            del changed[place:end]
        elif kind == "double":
            changed[place:place] = changed[place:end] * rng.choice((1, 50))
        elif kind == "noise":
            changed[place:end] = rng.randbytes(end - place)
        else:
            changed[place:end] = rng.choice(
                (b"9" * 30, b"-1e999", b",,,", b'"', b"\n\n", b"nan", b"[" * 2000)
            )
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
        file.write_bytes(bytes_changed(file.read_bytes(), rng))
