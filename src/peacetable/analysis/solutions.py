"""Bargaining solutions over a finite set of packages: Nash, Kalai-Smorodinsky, egalitarian, utilitarian.

The disagreement point is the vector r of reservation values. A party is content with a package that it holds at or
above its r and that crosses none of its red lines. The zone is what all parties are content with, or, given whose
signatures packages need, what the consent rule allows: everybody needed is content, and enough are (the quorum, and
never one party alone). All four points are taken over the packages of the zone that none of the zone dominates, and
every package that ties is reported. Utilities are whole grains and r is rounded to grains, so ties are exact: no
tolerance decides.

Where consent does not take all, a package is judged by the signatures that carry it: those of the parties that it
needs, and, where these are fewer than it takes, of the content others that gain most (for Kalai-Smorodinsky as a share
of what they could gain). What is compared is thus the best bargain of a group that can sign the package by itself;
parties outside it may lose, and neither their gains nor their losses count, since they can block nothing. So under a
quorum of q without vetoes the egalitarian point has the largest q-th largest gain. Groups of different size (`needed`)
are compared by the mean: the Nash product as geometric mean, which under unanimity orders packages as the product does.
The ideal of a party is its best package of the zone. The utilitarian point counts all parties, signing or not, as
welfare does. If all must sign these are the solutions as published. There is no accepted solution for the other case:
Laruelle and Valenciano (2007, Bargaining in committees as an extension of Nash's bargaining theory, Journal of Economic
Theory 132) weigh all parties by their power and leave nobody below r, which under a symmetric quorum is the point of
the zone of all again; here both zones are reported.

Defined cases: an empty zone has no points. A party whose best package of the zone does not exceed r can gain nothing;
it is left out of the Kalai-Smorodinsky minimum (its share would be 0/0). If no package gives every signing party a
gain, the Nash point first has as few of them as possible gain nothing, then the largest mean over those that do gain
(the convention of Caragiannis et al. 2019, The Unreasonable Fairness of Maximum Nash Welfare, ACM TEAC 7(3)).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key
from math import prod
from typing import Any, NamedTuple

import numpy as np

from ..scenario import Consent
from ..scenario.ranking import threshold
from ..scenario.utility import GRAIN
from .frontier import Frontier, Tell, frontier, quiet

NAMES = ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian")
NOBODY = -1e4  # worse than the mean of any logarithms


@dataclass(frozen=True)
class Points:
    """Indices (int64, ascending) into the packages given. `zone`: see the module's docstring; `efficient`: the Frontier
    of its packages; `ideal`: int64 (P,) grains, each party's best in the zone (0 if it is empty)."""

    zone: np.ndarray
    efficient: Frontier
    ideal: np.ndarray
    nash: np.ndarray
    kalai_smorodinsky: np.ndarray
    egalitarian: np.ndarray
    utilitarian: np.ndarray


class Signers(NamedTuple):
    """Who may carry each of M packages: bool (M, P) whose signature it needs and who is content with it, and the rule
    that says how many are enough; None: all have to sign."""

    needs: np.ndarray
    willing: np.ndarray
    consent: Consent | None = None

    def best(self, score: np.ndarray) -> np.ndarray:
        """bool (M, P): those needed, and of the content others the largest `score` (M, P) until it is enough."""
        if self.consent is None or self.needs.all():
            return self.needs
        order = np.where(self.needs, np.inf, np.where(self.willing, score, -np.inf))
        place = (-order).argsort(axis=1, kind="stable").argsort(axis=1)
        signing: np.ndarray = place < np.maximum(self.needs.sum(axis=1), self.consent.signatures)[:, None]
        return signing

    def carry(self) -> np.ndarray:
        """bool (M,): whether those who are content can sign the package by themselves."""
        if self.consent is None:
            return np.all(self.willing, axis=1)
        return self.consent.signed_enough(self.willing, self.needs)

    def only(self, rows: np.ndarray) -> Signers:
        """The same for some of the packages."""
        return Signers(self.needs[rows], self.willing[rows], self.consent)


def content(utilities: np.ndarray, reservation: np.ndarray, vetoed: np.ndarray | None = None) -> np.ndarray:
    """bool (N, P): which parties hold a package at or above their reservation value and do not veto it.

    `utilities`: int64 grains (N, P); `reservation`: float (P,); `vetoed`: bool (N, P), crosses a red line of the party.
    """
    result: np.ndarray = utilities >= threshold(reservation)
    return result if vetoed is None else result & ~vetoed


def gains(utilities: np.ndarray, reservation: np.ndarray) -> np.ndarray:
    """Utility above the reservation value in grains, int64 (N, P); r (P,) is rounded to whole grains."""
    return utilities - np.rint(np.asarray(reservation) * GRAIN).astype(np.int64)


def points(
    utilities: np.ndarray,
    reservation: np.ndarray,
    vetoed: np.ndarray | None = None,
    needs: np.ndarray | None = None,
    consent: Consent | None = None,
    tell: Tell = quiet,
) -> Points:
    """The four solutions with all ties. Definitions in the module's docstring.

    `utilities`, `reservation`, `vetoed` as `content`; `needs`: bool (N, P) whose signature a package needs by the
    rule `consent`; without them everybody's, which gives the points over the zone of all.

    Nash 1950 (Econometrica 18): largest product of gains. Kalai and Smorodinsky 1975 (Econometrica 43), in the maximin
    form that a finite set needs: largest least share of (ideal - r). Egalitarian (Kalai 1977, Econometrica 45): largest
    least gain. Utilitarian: largest sum.
    """
    willing = content(utilities, reservation, vetoed)
    signers = Signers(np.ones_like(willing) if needs is None else needs, willing, consent)
    zone = np.flatnonzero(signers.carry())
    found = frontier(utilities[zone], tell)
    efficient = Frontier(zone[found.indices], found.distinct)
    at = efficient.indices
    gain = gains(utilities[at], reservation)
    ideal = utilities[zone].max(axis=0) if len(zone) else np.zeros(utilities.shape[1], dtype=np.int64)
    span = gain.max(axis=0) if len(gain) else ideal
    tied = {name: at[rule(gain, span, signers.only(at))] if len(gain) else at for name, rule in _RULES.items()}
    return Points(zone, efficient, ideal, **tied)


# what each point makes largest: float (M,) of gains (M, P) in grains, the largest gain of each party (P,), and Signers


def mean_log(gain: np.ndarray, span: np.ndarray, signers: Signers) -> np.ndarray:
    """For Nash: the mean logarithm of the gains of the signers that gain, far less for each signer that does not."""
    signing = signers.best(gain)
    winning = signing & (gain > 0)
    total = np.where(winning, np.log(np.maximum(gain, 1)), 0.0).sum(axis=1)
    winners = winning.sum(axis=1)
    return total / np.maximum(winners, 1) + NOBODY * (signing.sum(axis=1) - winners)


def least_share(gain: np.ndarray, span: np.ndarray, signers: Signers) -> np.ndarray:
    """For Kalai-Smorodinsky: the least gain of a signer as a share of `span`, without those who can gain nothing."""
    shares, signing = _shares(gain, span, signers)
    least = np.where(signing, shares, np.inf).min(axis=1)
    return np.where(np.isinf(least), 0.0, least)


def _shares(gain: np.ndarray, span: np.ndarray, signers: Signers) -> tuple[np.ndarray, np.ndarray]:
    """Gains (M, P) as shares of `span`, and whose count: bool (M, P). Who can gain nothing signs last."""
    shares = np.where(span > 0, gain / np.maximum(span, 1), -1.0)
    return shares, signers.best(shares) & (span > 0)


def least_gain(gain: np.ndarray, span: np.ndarray, signers: Signers) -> np.ndarray:
    """For the egalitarian point: the least gain of a signer."""
    return np.where(signers.best(gain), gain, np.inf).min(axis=1)


def total(gain: np.ndarray, span: np.ndarray, signers: Signers) -> np.ndarray:
    """For the utilitarian point: the sum of the gains of all parties."""
    return gain.sum(axis=1).astype(float)


SCORES = {"nash": mean_log, "kalai_smorodinsky": least_share, "egalitarian": least_gain, "utilitarian": total}


# positions of the best among M >= 1 packages, exactly


def nash(gain: np.ndarray, span: np.ndarray, signers: Signers) -> np.ndarray:
    signing = signers.best(gain)

    def mean(m: int) -> Any:
        won = [int(g) for g in gain[m, signing[m]] if g > 0]
        return _root((prod(won), max(len(won), 1)))

    return _exact(mean_log(gain, span, signers), 1e-9, mean)


def _compare(a: tuple[int, int], b: tuple[int, int]) -> int:
    """Roots of whole numbers, (number, degree): a ** (1 / k) < b ** (1 / l) where a ** l < b ** k."""
    return a[0] ** b[1] - b[0] ** a[1]


_root = cmp_to_key(_compare)


def kalai_smorodinsky(gain: np.ndarray, span: np.ndarray, signers: Signers) -> np.ndarray:
    _, signing = _shares(gain, span, signers)

    def share(m: int) -> Fraction:
        return min((Fraction(int(gain[m, p]), int(span[p])) for p in np.flatnonzero(signing[m])), default=Fraction(0))

    return _exact(least_share(gain, span, signers), 1e-12, share)


def egalitarian(gain: np.ndarray, span: np.ndarray, signers: Signers) -> np.ndarray:
    least = least_gain(gain, span, signers)
    return np.flatnonzero(least == least.max())


def utilitarian(gain: np.ndarray, span: np.ndarray, signers: Signers) -> np.ndarray:
    summed = gain.sum(axis=1)
    return np.flatnonzero(summed == summed.max())


def _exact(rough: np.ndarray, slack: float, value: Callable[[int], Any]) -> np.ndarray:
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
