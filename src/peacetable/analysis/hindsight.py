"""What could have been: once talks are over, which packages could have been agreed and which were better than the end.

Compared are packages that no red line keeps from being signed (`zone.signable`), in whole grains: no tolerance decides.
What could have been agreed is what `zone.agreeable` says at the reservation values of the end. A package is better for
all than the end if it is worse for nobody and better for somebody than what was agreed, or than no agreement: a joint
gain that was left on the table, the settlement that Raiffa (1985, Post-settlement settlements, Negotiation Journal
1(1)) has the parties look for after their own. The front of two parties holds the packages of which none is better for
one of them and no worse for the other (the efficient frontier of Raiffa 1982, The Art and Science of Negotiation,
chapter 10), whatever the others think of them.

Up to a million packages all are compared. Beyond, the best package for one party comes from an integer program, the
fronts from a few weighted sums, the rest from evenly spread packages and climbs: `exact` is False, and what is not
found may still exist.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from ..scenario import Preferences
from ..scenario.ranking import threshold
from ..scenario.utility import GRAIN
from .climbs import climb, improve, uphill
from .frontier import dominating
from .program import Program
from .samples import sampled
from .solutions import content, points
from .solve import Point
from .zone import signable, signers, vectors, vetoes

SPREAD = 60_000  # evenly spread packages looked at where not all can be
WEIGHTS = np.linspace(0.02, 0.98, 7)  # of the other party, for the points of a front that is not counted
SOME = 3  # packages from which climbs start
SLIGHTLY = 1e-4  # what everybody's utility counts for beside one party's, so that nothing is wasted
SUM = 1e-3  # what the sum of utilities counts for beside the least gain


@dataclass(frozen=True)
class Hindsight:
    """What was compared. `preferences`: with the reservation values at the end; `packages`: int16 (N, I); `grains`:
    int64 (P, N), what they are worth; `agreed`: int16 (I,) what was agreed, or None; `exact`: `packages` are all that
    can be signed, else those that a search met."""

    preferences: Preferences
    packages: np.ndarray
    grains: np.ndarray
    agreed: np.ndarray | None
    exact: bool

    @property
    def reservation(self) -> np.ndarray:
        """What no agreement is worth at the end: float (P,)."""
        return self.preferences.reservation[0]

    @cached_property
    def ended(self) -> np.ndarray:
        """What each party has: the utility of what was agreed, else of no agreement; float (P,)."""
        return self.reservation if self.agreed is None else self.worth(self.agreed[None])[0]

    @cached_property
    def agreeable(self) -> np.ndarray:
        """Which packages could have been agreed: bool (N,)."""
        return signers(self.preferences, self.packages, self.grains).carry()

    @cached_property
    def better(self) -> np.ndarray:
        """Which packages are better for all than the end, whether or not they could have been agreed: bool (N,)."""
        if self.agreed is None:
            return dominating(threshold(self.reservation), self.grains)
        return dominating(vectors(self.preferences, self.agreed[None])[:, 0], self.grains)

    def worth(self, packages: np.ndarray) -> np.ndarray:
        """Utilities of any packages (n, I): float (n, P)."""
        return vectors(self.preferences, packages).T / GRAIN

    def content(self, packages: np.ndarray) -> np.ndarray:
        """For whom any packages (n, I) are as good as no agreement and cross no red line: bool (n, P)."""
        return content(vectors(self.preferences, packages).T, self.reservation, vetoes(self.preferences, packages))

    def proposed(self, among: np.ndarray, made: Collection[tuple[int, ...]]) -> np.ndarray:
        """Which of the packages `among`, bool (N,), are of those `made`: bool (N,)."""
        found, at = np.zeros_like(among), np.flatnonzero(among)
        found[at] = [tuple(package) in made for package in self.packages[at].tolist()]
        return found

    def best(self, party: int) -> Point | None:
        """Of what could have been agreed the package of most utility for the party, of several the first."""
        at = np.flatnonzero(self.agreeable)
        return self._largest(at, self.grains[party, at])

    def fairest(self, among: np.ndarray) -> Point | None:
        """Of the packages `among`, bool (N,), the one of the largest least gain over the end; of nearly as large ones
        that of the largest sum."""
        at = np.flatnonzero(among)
        u = self.grains[:, at].T / GRAIN
        return self._largest(at, (u - self.ended).min(axis=1) + SUM * u.sum(axis=1))

    def richest(self, among: np.ndarray) -> Point | None:
        """Of the packages `among`, bool (N,), the one of the largest sum of utilities, of several the first."""
        at = np.flatnonzero(among)
        return self._largest(at, self.grains[:, at].sum(axis=0))

    def nash(self) -> Point | None:
        """The Nash point of what could have been agreed, as `solutions` has it for the consent rule; of several the
        first."""
        zone, consent = np.flatnonzero(self.agreeable), self.preferences.space.consent
        packages = self.packages[zone]
        vetoed, needs = vetoes(self.preferences, packages), consent.needs(packages)
        found = points(self.grains[:, zone].T, self.reservation, vetoed, needs, consent).nash
        return self._point(zone[found[0]]) if len(found) else None

    def front(self, one: int, other: int) -> np.ndarray:
        """The front of two parties: their utilities, float (n, 2), from the best for `one` to the best for `other`."""
        mine, theirs = self.grains[one], self.grains[other]
        order = np.lexsort((theirs, mine))[::-1]
        tops = np.maximum.accumulate(theirs[order])
        on = order[np.diff(tops, prepend=-1) > 0]
        return np.stack([mine[on], theirs[on]], axis=1) / GRAIN

    def _largest(self, at: np.ndarray, value: np.ndarray) -> Point | None:
        return self._point(at[value.argmax()]) if len(at) else None

    def _point(self, k: int) -> Point:
        return Point(self.packages[k], self.grains[:, k] / GRAIN)


def look_back(preferences: Preferences, agreed: np.ndarray | None = None) -> Hindsight:
    """What could have been, at once. `preferences`: of one table, with the reservation values at the end; `agreed`:
    int16 (I,), or None. Where not all packages can be compared: only the one that a climb from `agreed` by changes of
    one or two issues that worsen nobody comes to, or none."""
    if preferences.space.enumerable:
        packages = _every(preferences)
    elif agreed is None:
        packages = np.empty((0, len(preferences.space.shape)), dtype=np.int16)
    else:
        packages = climb(preferences, agreed, 0, improve)[None]
    return Hindsight(preferences, packages, vectors(preferences, packages), agreed, preferences.space.enumerable)


def look_around(
    preferences: Preferences, agreed: np.ndarray | None, party: int, made: Iterable[tuple[int, ...]]
) -> Generator[float, None, Hindsight]:
    """As `look_back`, in slices: yields the share of the work that is done, from 0 to 1. Where not all packages can be
    compared they are searched, for the best of the `party` and for its fronts first of all, and from those `made`."""
    exact = preferences.space.enumerable
    if exact:
        packages = _every(preferences)
        yield 0.2
    else:
        packages = yield from _met(preferences, party, [np.array(package, dtype=np.int16) for package in made])
    grains = vectors(preferences, packages)
    yield 0.95
    return Hindsight(preferences, packages, grains, agreed, exact)


def _every(preferences: Preferences) -> np.ndarray:
    every = preferences.space.enumerate()
    return every[signable(preferences, every)]


def _met(preferences: Preferences, party: int, made: list[np.ndarray]) -> Generator[float, None, np.ndarray]:
    """What a search meets that can be signed, from the packages `made`, (I,) each, on."""
    fronts = yield from _weighted(preferences, party)
    best = _best(preferences, party)
    yield 0.65
    packages = sampled(preferences.space, SPREAD)
    packages = packages[signable(preferences, packages)]
    yield 0.75
    climbed = yield from _climbed(preferences, best, made[-SOME:])
    found = np.array([*made, *best, *climbed, *fronts], dtype=np.int16).reshape(-1, packages.shape[1])  # or nothing
    met = np.unique(np.concatenate([packages, found]), axis=0)
    return met[signable(preferences, met)]


def _weighted(preferences: Preferences, party: int) -> Generator[float, None, list[np.ndarray]]:
    """The maxima of weighted sums of the party's utility and that of each other party."""
    program, found = Program(preferences, rational=False), []
    others = [p for p in range(program.parties) if p != party]
    for n, other in enumerate(others):
        for share in WEIGHTS:
            answer = program.maximise({program.utility + party: 1 - share, program.utility + other: share})
            found += [] if answer is None else [answer[0]]
            yield 0.05 + 0.45 * (n + 1) / len(others)
    return found


def _best(preferences: Preferences, party: int) -> list[np.ndarray]:
    """The package of most utility for the party that could have been agreed, if there is one."""
    program = Program(preferences)
    goal = {program.utility + p: SLIGHTLY for p in range(program.parties)}
    answer = program.maximise(goal | {program.utility + party: 1.0})
    return [] if answer is None else [answer[0]]


def _climbed(
    preferences: Preferences, best: list[np.ndarray], made: list[np.ndarray]
) -> Generator[float, None, list[np.ndarray]]:
    """Ends of climbs to the largest least gain over no agreement, and of climbs on from there that worsen nobody."""
    least = uphill(partial(_least, floor=np.rint(preferences.reservation[0] * GRAIN)))
    found = []
    for start in [*best, *made]:
        found.append(climb(preferences, start, 0, least))
        yield 0.8
    for start in [*made, *best, *found][-SOME:]:
        found.append(climb(preferences, start, 0, improve))
        yield 0.9
    return found


def _least(packages: np.ndarray, grains: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """The least gain over no agreement among the parties, of grains (P, N): float (N,)."""
    return (grains - floor[:, None]).min(axis=0)
