"""The evaluation protocol as plainly as the field's code has it, to test and to time the package against.

Nothing here comes from the package: a table of lists, loops, one annotator at a time.
"""

import math

import numpy as np
from scipy.stats import kendalltau, spearmanr


def knapsack(values, weights, capacity):
    """Which items (S,) to take, by dynamic programming over a table of lists."""
    values, weights = np.asarray(values).tolist(), np.asarray(weights).tolist()
    table = [[0.0] * (capacity + 1) for _ in range(len(values) + 1)]
    for item in range(1, len(values) + 1):
        for room in range(capacity + 1):
            leave = table[item - 1][room]
            if weights[item - 1] <= room:
                take = table[item - 1][room - weights[item - 1]] + values[item - 1]
                table[item][room] = max(leave, take)
            else:
                table[item][room] = leave
    taken, room = np.zeros(len(values), dtype=bool), capacity
    for item in range(len(values), 0, -1):
        if table[item][room] != table[item - 1][room]:
            taken[item - 1] = True
            room -= weights[item - 1]
    return taken


def shot_scores(scores, timeline):
    """The mean (S,) over each shot of the scores (T,), stepped up to frames."""
    frames = np.zeros(timeline.n_frames)
    picks = timeline.picks
    for i, pick in enumerate(picks):
        frames[pick : picks[i + 1] if i + 1 < len(picks) else timeline.n_frames] = scores[i]
    return np.array([frames[first : last + 1].mean() for first, last in timeline.shots])


def summary(scores, timeline):
    """The key-shot summary (N,) of scores (T,)."""
    lengths = [last + 1 - first for first, last in timeline.shots]
    taken = knapsack(shot_scores(scores, timeline), lengths, math.floor(0.15 * timeline.n_frames))
    return expand(taken, timeline)


def expand(taken, timeline):
    """The frames (N,) of shots taken (S,)."""
    frames = np.zeros(timeline.n_frames, dtype=bool)
    for (first, last), chosen in zip(timeline.shots, taken, strict=True):
        frames[first : last + 1] = chosen
    return frames


def f1_scores(predicted, user_summary):
    """F1 of a summary (N,) against each annotator's (U, N): a list of U."""
    found = []
    for annotated in user_summary:
        overlap = (predicted & annotated).sum()
        if overlap == 0:
            found.append(0.0)
        else:
            precision, recall = overlap / predicted.sum(), overlap / annotated.sum()
            found.append(2 * precision * recall / (precision + recall))
    return found


def annotator_scores(video, reference):
    """What scores are ranked against: (U, T)."""
    people = video.annotations
    return people.user_scores if reference == "user_scores" else people.user_summary[:, video.timeline.picks]


def rank_correlations(scores, annotators):
    """Mean tau-b and mean rho with those annotators (U, T) who are not constant; NaN without any."""
    varied = [annotator for annotator in annotators if len(set(annotator.tolist())) > 1]
    if not varied or len(set(scores.tolist())) == 1:
        return math.nan, math.nan
    taus = [kendalltau(scores, annotator).statistic for annotator in varied]
    rhos = [spearmanr(scores, annotator).statistic for annotator in varied]
    return sum(taus) / len(taus), sum(rhos) / len(rhos)


def evaluate(scores, video, reference):
    """F1 by mean and by maximum, tau, rho, variance of scores (T,)."""
    f1 = f1_scores(summary(scores, video.timeline), video.annotations.user_summary)
    tau, rho = rank_correlations(scores, annotator_scores(video, reference))
    return [sum(f1) / len(f1), max(f1), tau, rho, float(np.var(scores.astype(np.float64)))]
