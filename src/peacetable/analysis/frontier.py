"""The Pareto frontier of N parties over any set of packages.

Written here rather than taken from moocore (LGPL-2.1-or-later, needs cffi): on 390,625 packages x 5 parties this is as
fast on random and up to three times slower on strongly opposed preferences, compares grains as integers, and keeps
a compiled package out of the base installation. `tests/benchmarks/bench_analysis.py` compares both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

PIVOTS = 32
BLOCK = 512

Tell = Callable[[str], None]
"""Told now and then what is being done, in a few words; what it raises ends the work."""


def quiet(_: str) -> None:
    """Tells nobody."""


class Frontier(NamedTuple):
    """`indices`: int64, ascending, every package whose vector is on the frontier; `distinct`: how many vectors."""

    indices: np.ndarray
    distinct: int


def spread(count: int, dimensions: int) -> np.ndarray:
    """Evenly spread points of the unit cube, float (count, dimensions), without chance: multiples of the square roots
    of the primes (Richtmyer 1951)."""
    primes: list[int] = []
    candidate = 2
    while len(primes) < dimensions:
        if all(candidate % p for p in primes):
            primes.append(candidate)
        candidate += 1
    return np.arange(1, count + 1)[:, None] * np.sqrt(np.array(primes, dtype=float)) % 1.0


def simplex_weights(count: int, parties: int) -> np.ndarray:
    """Evenly spread weights, float (count, parties), each row sums to 1; the first row has equal weights."""
    weights = -np.log1p(-spread(count, parties))
    weights[0] = 1.0
    return weights / weights.sum(axis=1, keepdims=True)


def dominated_by(vector: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Which columns of `columns` (P, N) the vector (P,) dominates: nowhere less, somewhere more. bool (N,)."""
    lower = columns[0] <= vector[0]
    equal = columns[0] == vector[0]
    for p in range(1, len(columns)):
        lower &= columns[p] <= vector[p]
        equal &= columns[p] == vector[p]
    return lower & ~equal


def dominating(vector: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Which columns of `columns` (P, N) dominate the vector (P,). bool (N,)."""
    higher = columns[0] >= vector[0]
    equal = columns[0] == vector[0]
    for p in range(1, len(columns)):
        higher &= columns[p] >= vector[p]
        equal &= columns[p] == vector[p]
    return higher & ~equal


def frontier(utilities: np.ndarray, tell: Tell = quiet) -> Frontier:
    """Packages that no other dominates (nowhere worse for any party, better for at least one).

    `utilities`: (N, P), integers (grains: exact ties) or floats without NaN. Packages with equal vectors are on the
    frontier together. First a few maxima of weighted sums remove most packages; the rest, by falling sum, is compared
    block by block with what was kept, since a package can only be dominated by one with a larger sum.
    """
    columns = np.ascontiguousarray(np.asarray(utilities).T)
    alive = np.arange(columns.shape[1])
    if not len(alive):
        return Frontier(alive, 0)
    for weights in simplex_weights(PIVOTS, len(columns)):
        best = columns[:, np.einsum("p,pn->n", weights, columns).argmax()]
        out = dominated_by(best, columns)
        if out.any():
            columns, alive = columns[:, ~out], alive[~out]
    order = np.lexsort((*columns[::-1], columns.sum(axis=0)))[::-1]
    ranks = _ranks(columns)[:, order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (ranks[:, 1:] != ranks[:, :-1]).any(axis=0)
    kept = _sweep(np.ascontiguousarray(ranks[:, first]), tell)
    return Frontier(np.sort(alive[order[kept[np.cumsum(first) - 1]]]), int(kept.sum()))


def _ranks(columns: np.ndarray) -> np.ndarray:
    """Each row replaced by dense ranks: the same order in small integers, which compare faster."""
    ranks = np.stack([np.unique(row, return_inverse=True)[1] for row in columns])
    return ranks.astype(np.int16 if ranks.max() < 2**15 else np.int32)


def _covered(by: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """bool (M, K): whether column k of `by` (P, K) is nowhere less than column m of `columns` (P, M)."""
    result = by[0][None, :] >= columns[0][:, None]
    for p in range(1, len(by)):
        result &= by[p][None, :] >= columns[p][:, None]
    return result


def _sweep(columns: np.ndarray, tell: Tell) -> np.ndarray:
    """Which of the distinct columns (P, M), sorted by falling sum, are not dominated: bool (M,)."""
    on = np.zeros(columns.shape[1], dtype=bool)
    kept, count = np.empty_like(columns), 0
    for start in range(0, columns.shape[1], BLOCK):
        tell(f"comparing packages for the frontier, {start / columns.shape[1]:.0%}")
        block = columns[:, start : start + BLOCK]
        index = np.arange(start, start + block.shape[1])
        for at in range(0, count, BLOCK):
            out = _covered(kept[:, at : min(count, at + BLOCK)], block).any(axis=1)
            block, index = block[:, ~out], index[~out]
        # a column always covers itself; distinct columns that cover it dominate it
        alone = _covered(block, block).sum(axis=1) == 1 if len(index) else np.zeros(0, dtype=bool)
        block, index = block[:, alone], index[alone]
        kept[:, count : count + len(index)] = block
        count += len(index)
        on[index] = True
    return on
