"""Damage to files, the same for the same seed: what disks, networks and strangers do to them."""

import random

LIES = [bytes([value]) * size for value in (0, 255, 127, 128) for size in (1, 2, 4, 8)]


def damaged(content: bytes, seed: int) -> bytes:
    """Bytes flipped, overwritten, taken out, put in, doubled or broken off, mostly near an end of a file."""
    rng = random.Random(seed)
    data = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 4, 16])):
        if not data:
            break
        window = min(len(data), rng.choice([64, 600, len(data)]))
        at = rng.randrange(window)
        if rng.random() < 0.3:
            at = len(data) - 1 - at
        match rng.randrange(6):
            case 0:
                data[at] ^= 1 << rng.randrange(8)
            case 1:
                lie = rng.choice(LIES)
                data[at : at + len(lie)] = lie
            case 2:
                del data[at : at + rng.randrange(1, 40)]
            case 3:
                data[at:at] = rng.randbytes(rng.randrange(1, 9))
            case 4:
                data[at:at] = data[at : at + rng.randrange(1, 200)]
            case 5:
                if rng.random() < 0.3:
                    del data[at:]
    return bytes(data)
