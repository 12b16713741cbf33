"""Bargaining solutions over a finite set of packages: Nash, Kalai-Smorodinsky, egalitarian, utilitarian.

The disagreement point is the vector r of reservation values. A package is rational if every party holds it at or above
its r and crosses none of its red lines; the rational packages are the zone of possible agreement. All four points are
taken over the rational packages that no rational package dominates, and every package that ties is reported. Utilities
are whole grains and r is rounded to grains, so ties are exact: no tolerance decides.

Defined cases: an empty zone has no points. A party whose best rational package only equals r can gain nothing; it is
left out of the Kalai-Smorodinsky minimum (its share would be 0/0). If no package gives every party a gain, the Nash
point first maximises the number of parties that gain, then the product of their gains (the convention of Caragiannis et
al. 2019, The Unreasonable Fairness of Maximum Nash Welfare, ACM TEAC 7(3)).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import prod

import numpy as np

from ..scenario.ranking import threshold
from ..scenario.utility import GRAIN
from .frontier import frontier

NAMES = ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian")


@dataclass(frozen=True)
class Points:
    """Indices (int64, ascending) into the packages given. `zone`: the rational ones; `efficient`: those of them that
    no rational one dominates; `ideal`: int64 (P,) grains, each party's best in the zone (0 if it is empty)."""

    zone: np.ndarray
    efficient: np.ndarray
    ideal: np.ndarray
    nash: np.ndarray
    kalai_smorodinsky: np.ndarray
    egalitarian: np.ndarray
    utilitarian: np.ndarray


def rational(utilities: np.ndarray, reservation: np.ndarray, vetoed: np.ndarray | None = None) -> np.ndarray:
    """bool (N,): every party holds the package at or above its reservation value and does not veto it.

    `utilities`: int64 grains (N, P); `reservation`: float (P,); `vetoed`: bool (N, P), crosses a red line of the party.
    """
    result = np.all(utilities >= threshold(reservation), axis=1)
    return result if vetoed is None else result & ~vetoed.any(axis=1)


def gains(utilities: np.ndarray, reservation: np.ndarray) -> np.ndarray:
    """Utility above the reservation value in grains, int64 (N, P); r (P,) is rounded to whole grains."""
    return utilities - np.rint(np.asarray(reservation) * GRAIN).astype(np.int64)


def points(utilities: np.ndarray, reservation: np.ndarray, vetoed: np.ndarray | None = None) -> Points:
    """The four solutions with all ties; arguments as `rational`. Definitions in the module's docstring.

    Nash 1950 (Econometrica 18): largest product of gains. Kalai and Smorodinsky 1975 (Econometrica 43), in the maximin
    form that a finite set needs: largest least share of (ideal - r). Egalitarian (Kalai 1977, Econometrica 45): largest
    least gain. Utilitarian: largest sum.
    """
    zone = np.flatnonzero(rational(utilities, reservation, vetoed))
    efficient = zone[frontier(utilities[zone]).indices]
    gain = gains(utilities[efficient], reservation)
    ideal = utilities[zone].max(axis=0) if len(zone) else np.zeros(utilities.shape[1], dtype=np.int64)
    span = gain.max(axis=0) if len(gain) else np.zeros(utilities.shape[1], dtype=np.int64)
    tied = {name: efficient[rule(gain, span)] if len(gain) else efficient for name, rule in _RULES.items()}
    return Points(zone, efficient, ideal, **tied)


def nash(gain: np.ndarray, span: np.ndarray) -> np.ndarray:
    """Positions of the Nash points among gains (M, P) >= 0, M >= 1. `span` is not used."""
    winners = (gain > 0).sum(axis=1)
    logs = np.where(gain > 0, np.log(np.maximum(gain, 1)), 0.0).sum(axis=1)
    logs[winners < winners.max()] = -np.inf
    return _exact(logs, 1e-9, lambda m: prod(int(g) for g in gain[m] if g > 0))


def kalai_smorodinsky(gain: np.ndarray, span: np.ndarray) -> np.ndarray:
    """Positions of the largest least share of `span` (P,), each party's largest gain, among gains (M, P)."""
    able = np.flatnonzero(span > 0)
    if not len(able):
        return np.arange(len(gain))
    shares = (gain[:, able] / span[able]).min(axis=1)
    return _exact(shares, 1e-12, lambda m: min(Fraction(int(gain[m, p]), int(span[p])) for p in able))


def egalitarian(gain: np.ndarray, span: np.ndarray) -> np.ndarray:
    """Positions of the largest least gain. `span` is not used."""
    least = gain.min(axis=1)
    return np.flatnonzero(least == least.max())


def utilitarian(gain: np.ndarray, span: np.ndarray) -> np.ndarray:
    """Positions of the largest sum of gains. `span` is not used."""
    total = gain.sum(axis=1)
    return np.flatnonzero(total == total.max())


def _exact(rough: np.ndarray, slack: float, value: Callable[[int], int | Fraction]) -> np.ndarray:
    """Positions of the largest exact `value`, looking only where the float `rough` is within `slack` of its maximum."""
    near = np.flatnonzero(rough >= rough.max() - slack)
    values = [value(int(m)) for m in near]
    best = max(values)
    return near[[v == best for v in values]]


_RULES = {
    "nash": nash,
    "kalai_smorodinsky": kalai_smorodinsky,
    "egalitarian": egalitarian,
    "utilitarian": utilitarian,
}
