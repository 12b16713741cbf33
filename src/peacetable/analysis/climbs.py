"""Climbs from a package over those with one issue changed, or two: for spaces too large to compare all packages."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..scenario import Preferences
from .frontier import dominating
from .zone import signable, signable_levels, vectors

NEIGHBOURS = 20_000  # pairs of changes are tried where there are not more than this

Value = Callable[[np.ndarray, np.ndarray], np.ndarray]  # packages (N, I) and their grains (P, N) -> float (N,)
Step = Callable[[np.ndarray, np.ndarray], int]


def neighbours(preferences: Preferences, package: np.ndarray) -> np.ndarray:
    """Packages (N, I) with one issue changed, or two where they are few enough: feasible ones that can be signed, or
    whose change crosses nobody's red line (so that a climb may start from a package that cannot be signed)."""
    space, shape, open_ = preferences.space, preferences.space.shape, signable_levels(preferences).tolist()
    offsets = space.offsets.tolist()
    singles = [(i, k) for i, levels in enumerate(shape) for k in range(levels) if k != package[i]]
    changes = [[one] for one in singles]
    if len(singles) ** 2 <= 2 * NEIGHBOURS:
        changes += [[a, b] for n, a in enumerate(singles) for b in singles[n + 1 :] if a[0] != b[0]]
    found = np.repeat(np.asarray(package, dtype=np.int16)[None], len(changes), axis=0)
    for n, change in enumerate(changes):
        for i, k in change:
            found[n, i] = k
    clean = np.array([all(open_[offsets[i] + k] for i, k in change) for change in changes], dtype=bool)
    good = clean.copy()
    good[clean], good[~clean] = space.feasible(found[clean]), signable(preferences, found[~clean])
    if any(preferences.refusals) and signable(preferences, np.asarray(package)[None])[0]:
        good &= signable(preferences, found)  # levels that are clean one by one may be refused together
    return found[good]


def climb(preferences: Preferences, package: np.ndarray, row: int, step: Step) -> np.ndarray:
    """Follows `step` from a package (I,) over its neighbours at the table `row` until it stays: (I,) int16.

    `step` gets packages (N, I), the present one first, and their grains (P, N), and says to which to go; 0 is to stay.
    """
    while True:
        every = np.concatenate([np.asarray(package, dtype=np.int16)[None], neighbours(preferences, package)])
        found = step(every, vectors(preferences, every, row))
        if not found:
            return every[0]
        package = every[found]


def improve(packages: np.ndarray, columns: np.ndarray) -> int:
    """Step to the neighbour that is better for somebody and worse for nobody, and has the largest sum."""
    better = np.flatnonzero(dominating(columns[:, 0], columns))
    return int(better[columns[:, better].sum(axis=0).argmax()]) if len(better) else 0


def uphill(value: Value) -> Step:
    """Step to the neighbour of the largest `value`, the sum deciding ties."""

    def step(packages: np.ndarray, columns: np.ndarray) -> int:
        values, sums = value(packages, columns), columns.sum(axis=0)
        best = int(np.lexsort((sums, values))[-1])
        gained = values[best] > values[0] or (values[best] == values[0] and sums[best] > sums[0])
        return best if gained else 0

    return step
