"""Rank correlations between importance scores and annotators' scores, many of both at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from vsumlab.core.arrays import Numbers, as_array

Floats = npt.NDArray[np.float64]
BLOCK_ELEMENTS = 2**18  # of the largest array at a time: 1 MB stays in cache; float32 counts exactly to 2^24


def kendall_tau(scores: Numbers, references: Numbers, block_elements: int = BLOCK_ELEMENTS) -> Floats:
    """Kendall's tau-b of every row of scores with every row of references.

    With s_x the matrix of sign(x_i - x_j) over all places i, j, tau-b is the cosine between s_x and s_y. The
    products are taken as matrix products over blocks of i, from the diagonal on: O(D U T^2) time, bounded
    memory.

    Args:
        scores: (T,) or (D, T).
        references: (T,) or (U, T).
        block_elements: How many elements the largest temporary array may have.

    Returns:
        (D, U) in [-1, 1], without the dimension that an argument has not; NaN where either row is constant.

    >>> kendall_tau(np.array([[1.0, 2.0, 3.0]]), np.array([[1, 2, 3], [3, 2, 1], [5.0, 5.0, 5.0]]))
    array([[ 1., -1., nan]])
    >>> kendall_tau([1.0, 2.0, 3.0], [[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])
    array([ 1., -1.])
    """
    scores, references = as_array(scores), as_array(references)
    pairs = scores.shape[:-1] + references.shape[:-1]
    x, y = (rankdata(np.atleast_2d(rows), axis=-1).astype(np.float32) for rows in (scores, references))
    T = x.shape[1]
    products = np.zeros((len(x), len(y)))
    if not products.size:
        return products.reshape(pairs)  # a dataset may lack its annotators' scores
    step = max(1, block_elements // (T * max(len(x), len(y))))
    for start in range(0, T, step):
        signs_x, signs_y = (
            np.sign(rows[:, start : start + step, None] - rows[:, None, start:]) for rows in (x, y)
        )
        signs_x[:, :, step:] *= 2  # pairs beyond the block stand for their mirror images, too
        products += signs_x.reshape(len(x), -1) @ signs_y.reshape(len(y), -1).T
    return ratio(products, np.sqrt(np.outer(untied_pairs(x), untied_pairs(y)))).reshape(pairs)


def untied_pairs(rows: npt.NDArray[np.floating]) -> Floats:
    """How many ordered pairs of places of each row (D, T) hold different values: (D,).

    >>> untied_pairs(np.array([[1.0, 1.0, 2.0]]))
    array([4.])
    """
    tied = rankdata(rows, "max", axis=-1) - rankdata(rows, "min", axis=-1) + 1
    pairs: Floats = rows.shape[1] ** 2 - tied.sum(axis=-1, dtype=np.float64)
    return pairs


def spearman_rho(scores: Numbers, references: Numbers) -> Floats:
    """Spearman's rho of every row of scores with every row of references: Pearson's r of their ranks.

    Args:
        scores: (T,) or (D, T).
        references: (T,) or (U, T).

    Returns:
        (D, U) in [-1, 1], without the dimension that an argument has not; NaN where either row is constant.

    >>> spearman_rho(np.array([[1.0, 2.0, 9.0]]), np.array([[1.0, 3.0, 4.0]]))
    array([[1.]])
    """
    scores, references = as_array(scores), as_array(references)
    pairs = scores.shape[:-1] + references.shape[:-1]
    x, y = (rankdata(np.atleast_2d(rows), axis=-1) for rows in (scores, references))
    x, y = (rows - rows.mean(axis=-1, keepdims=True) for rows in (x, y))
    norms = np.outer(np.linalg.norm(x, axis=-1), np.linalg.norm(y, axis=-1))
    return ratio(x @ y.T, norms).reshape(pairs)


def ratio(products: Floats, norms: Floats) -> Floats:
    """Products over norms, NaN where a norm is 0.

    >>> ratio(np.array([1.0, 1.0]), np.array([2.0, 0.0]))
    array([0.5, nan])
    """
    quotients: Floats = np.full(products.shape, np.nan)
    return np.divide(products, norms, out=quotients, where=norms > 0)
