"""The consensus direction as its formulae are written: loops over frames, in float64.

Nothing here comes from the package.
"""

import math

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.stats import rankdata

from support.plain_contrastive import distance, unit


def z(values):
    """With mean 0 and standard deviation 1."""
    values = np.asarray(values, dtype=np.float64)
    return (values - values.mean()) / values.std() if np.ptp(values) > 1e-9 else np.zeros_like(values)


def shaped(values, deviation):
    """f."""
    return gaussian_filter1d(z(rankdata(np.round(values, 5))), deviation)


def rarity(frames, references, sharpness):
    """-log of each frame's mean potential with the references."""
    distances = [[distance(x, r) for r in references] for x in frames]
    everything = sorted(each for row in distances for each in row)
    median = everything[(len(everything) - 1) // 2]
    return [-math.log(sum(math.exp(-sharpness * d / median) for d in row) / len(row)) for row in distances]


def segments(frames, length):
    """Unit means of so many frames each."""
    return [
        unit(sum(part) / len(part))
        for i in range(0, len(frames), length)
        if len(part := frames[i : i + length])
    ]


def continuity(frames, shots):
    """Minus the mean distance of each frame's shot to the one or two around it."""
    present = sorted({*shots})
    means = [
        unit(np.mean([x for x, s in zip(frames, shots, strict=True) if s == shot], axis=0))
        for shot in present
    ]
    found = []
    for shot in shots:
        own = present.index(shot)
        around = [means[i] for i in (own - 1, own + 1) if 0 <= i < len(means)]
        found.append(-sum(distance(means[own], each) for each in around) / len(around) if around else 0.0)
    return found


def pseudo_score(frames, others, rate, sharpness=8.0, seconds=1.5, weights=(1.0, 1.0, 0.5)):
    """p of a video, of unit vectors, unlike those of others' segments."""
    n = len(frames)
    edges = [min(t, n - 1 - t) for t in range(n)]
    terms = [rarity(frames, frames, sharpness), edges, rarity(frames, others, sharpness)]
    return sum(weight * shaped(term, seconds * rate) for weight, term in zip(weights, terms, strict=True))


def direction(videos, rates, seconds=5.0):
    """w of training videos, each compared with the segments of the others."""
    videos = [unit(video) for video in videos]
    own = [segments(video, max(1, round(seconds * rate))) for video, rate in zip(videos, rates, strict=True)]
    found = []
    for i, video in enumerate(videos):
        others = [each for j, of_video in enumerate(own) if j != i for each in of_video]
        scores = z(pseudo_score(video, others, rates[i]))
        found.append(sum(score * x for score, x in zip(scores, video, strict=True)) / len(video))
    return np.mean(found, axis=0), [each for of_video in own for each in of_video]


def score(video, w, others, rate, shots):
    """A video's score, in [0, 1]."""
    frames = unit(video)
    c = gaussian_filter1d(z(frames @ w), 1.5 * rate)
    p = pseudo_score(frames, others, rate)
    both = 2 * z(c) + z(p) + 0.5 * z(shaped(continuity(frames, shots), 1.5 * rate))
    return (both - both.min()) / (both.max() - both.min())
