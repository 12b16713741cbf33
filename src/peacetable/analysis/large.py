"""Spaces too large to enumerate: solution points by integer programming, frontier and zone by what can be sampled.

One 0/1 variable per level, exactly one level per issue. Rules and conditions are linear in them, red lines fix levels
at 0, every party stays at or above its reservation value. Then the ideal of each party, the utilitarian, egalitarian
and Kalai-Smorodinsky points are linear programs, solved by HiGHS (scipy.optimize.milp); the Nash point maximises
the sum of logarithms, concave, by tangents that are added until upper bound and best package meet (Kelley 1960). Each
answer is then counted again in whole grains and improved by changes of one or two issues until none helps, so the
tolerance of the solver decides only between packages that lie closer than it.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from ..scenario import Preferences, Scenario, Space
from ..scenario.ranking import threshold
from ..scenario.utility import GRAIN
from .frontier import dominating, frontier, simplex_weights, spread
from .solutions import NAMES, gains

SCALE = 100.0  # the solver counts in hundredths of utility, well above its absolute tolerances
SECONDS = 3.0  # for one program
TIES = 5  # tied packages searched for each point
WEIGHTINGS = 48  # weighted sums whose maxima stand for the frontier
SAMPLE = 200_000  # packages that estimate the size of the zone
NEIGHBOURS = 20_000  # pairs of changes are tried where there are not more than this


def signable_levels(preferences: Preferences) -> np.ndarray:
    """bool (L,): levels that cross no party's red line."""
    return np.logical_not(preferences.forbidden.any(axis=0))


def vectors(preferences: Preferences, packages: np.ndarray, row: int = 0) -> np.ndarray:
    """Grains of packages (N, I) for every party at the table `row`: int64 (P, N)."""
    rows = np.full(len(packages), row)
    return np.stack([preferences.totals(packages, p, rows) for p in range(preferences.contributions.shape[1])])


def neighbours(space: Space, package: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Feasible packages (N, I) with one issue changed, or two where they are few enough; only `allowed` (L,) levels."""
    singles = [
        (i, k)
        for i, levels in enumerate(space.shape)
        for k in range(levels)
        if k != package[i] and allowed[space.offsets[i] + k]
    ]
    changes = [[one] for one in singles]
    if len(singles) ** 2 <= 2 * NEIGHBOURS:
        changes += [[a, b] for n, a in enumerate(singles) for b in singles[n + 1 :] if a[0] != b[0]]
    found = np.repeat(np.asarray(package, dtype=np.int16)[None], len(changes), axis=0)
    for n, change in enumerate(changes):
        for i, k in change:
            found[n, i] = k
    return found[space.feasible(found)]


def climb(
    preferences: Preferences, package: np.ndarray, row: int, step: Callable[[np.ndarray, np.ndarray], int | None]
) -> np.ndarray:
    """Follows `step` from a package (I,) over its neighbours at the table `row` until it stays: (I,) int16.

    `step` gets the grains of the package (P,) and of the neighbours (P, N) and names the neighbour to go to, or None.
    """
    space, allowed = preferences.space, signable_levels(preferences)
    while True:
        around = neighbours(space, package, allowed)
        if not len(around):
            return package
        here = vectors(preferences, np.asarray(package)[None], row)[:, 0]
        found = step(here, vectors(preferences, around, row))
        if found is None:
            return package
        package = around[found]


def improve(here: np.ndarray, around: np.ndarray) -> int | None:
    """Step to the neighbour that is better for somebody and worse for nobody, and has the largest sum."""
    better = np.flatnonzero(dominating(here, around))
    return int(better[around[:, better].sum(axis=0).argmax()]) if len(better) else None


def uphill(value: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray, np.ndarray], int | None]:
    """Step to the neighbour of the largest `value` (of grains (P, N): float (N,)), the sum deciding ties."""

    def step(here: np.ndarray, around: np.ndarray) -> int | None:
        every = np.concatenate([here[:, None], around], axis=1)
        values, sums = value(every), every.sum(axis=0)
        best = int(np.lexsort((sums, values))[-1])
        gained = values[best] > values[0] or (values[best] == values[0] and sums[best] > sums[0])
        return best - 1 if best and gained else None

    return step


@contextmanager
def _silent() -> Iterator[None]:
    """Keeps HiGHS quiet: some releases write debugging lines to the standard output of the process, where JSON goes."""
    try:
        kept = os.dup(1)
    except OSError:  # a program without standard output
        yield
        return
    sys.stdout.flush()
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    try:
        yield
    finally:
        # what C still holds back would appear at the end of the program
        (ctypes.CDLL("ucrtbase") if sys.platform == "win32" else ctypes.CDLL(None)).fflush(None)
        os.dup2(kept, 1)
        os.close(kept)
        os.close(null)


class Program:
    """The integer program of one scenario at its central values.

    Columns: one per level (L), one per condition of any party (K), utilities in hundredths (P), one for the objective
    to be pushed up and one per party for its logarithm. Parties' conditions hold exactly when their levels are chosen.
    """

    def __init__(self, preferences: Preferences, rational: bool = True):
        self.space, self.preferences = preferences.space, preferences
        self.levels, self.parties = int(self.space.offsets[-1]), preferences.contributions.shape[1]
        conditions = [(p, k, tests) for p, found in enumerate(preferences.conditions) for k, tests in enumerate(found)]
        self.utility = self.levels + len(conditions)
        self.least = self.utility + self.parties
        self.logs = self.least + 1
        self.columns = self.logs + self.parties
        self.rows: list[tuple[np.ndarray, float, float]] = []
        self.lower = np.zeros(self.columns)
        self.upper = np.ones(self.columns)
        self.upper[: self.levels] = signable_levels(preferences)
        self.upper[self.utility : self.least] = SCALE
        if rational:
            self.lower[self.utility : self.least] = threshold(preferences.reservation[0]) / GRAIN * SCALE
        self.lower[self.least], self.upper[self.least] = -np.inf, np.inf
        self.lower[self.logs :], self.upper[self.logs :] = -np.inf, np.log(SCALE)
        self.slow = False
        self._couple(conditions)

    def _couple(self, conditions: list) -> None:
        for i in range(len(self.space.shape)):
            self.add(dict.fromkeys(range(self.space.offsets[i], self.space.offsets[i + 1]), 1.0), 1.0, 1.0)
        for tests in self.space.rules:
            self.add(self._wanted(tests), -np.inf, len(tests) - 1)
        for n, (_, _, tests) in enumerate(conditions):
            holds = self.levels + n
            self.add({**self._wanted(tests), holds: -1.0}, -np.inf, len(tests) - 1)
            for test in tests:
                self.add({**self._wanted([test]), holds: -1.0}, 0.0, np.inf)
        for p in range(self.parties):
            row = {c: float(v) * SCALE for c, v in enumerate(self.preferences.gains()[p])}
            for n, (owner, k, _) in enumerate(conditions):
                if owner == p:
                    row[self.levels + n] = float(self.preferences.changes(p)[k]) * SCALE
            # at most what the levels give, and never more than 1: the clipped utility, where it is pushed up
            self.add({**row, self.utility + p: -1.0}, 0.0, np.inf)

    def _wanted(self, tests: list) -> dict[int, float]:
        return {int(self.space.offsets[i]) + int(k): 1.0 for i, wanted in tests for k in np.flatnonzero(wanted)}

    def add(self, coefficients: dict[int, float], low: float, high: float) -> None:
        row = np.zeros(self.columns)
        for column, value in coefficients.items():
            row[column] += value
        self.rows.append((row, low, high))

    def mark(self) -> int:
        """Number of constraints now, for `forget`."""
        return len(self.rows)

    def forget(self, mark: int) -> None:
        """Drops the constraints added since `mark`."""
        del self.rows[mark:]

    def exclude(self, package: np.ndarray) -> None:
        """Never answer with this package (I,) again."""
        chosen = self.space.offsets[:-1] + np.asarray(package, dtype=np.int64)
        self.add({int(c): 1.0 for c in chosen}, -np.inf, len(package) - 1)

    def maximise(self, objective: dict[int, float]) -> tuple[np.ndarray, float] | None:
        """The best package, int16 (I,), and an upper bound of the objective; None if there is no package."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_matrix

        matrix, low, high = (np.array(part) for part in zip(*self.rows, strict=True))
        cost = np.zeros(self.columns)
        for column, value in objective.items():
            cost[column] = -value
        integer = np.zeros(self.columns)
        integer[: self.levels] = 1
        with _silent():
            result = milp(
                cost,
                integrality=integer,
                bounds=Bounds(self.lower, self.upper),
                constraints=LinearConstraint(csr_matrix(matrix), low, high),
                options={"time_limit": SECONDS, "mip_rel_gap": 0.0},
            )
        self.slow |= result.status == 1
        if result.x is None:
            return None
        bound = result.mip_dual_bound if result.mip_dual_bound is not None else result.fun
        ends = zip(self.space.offsets[:-1], self.space.offsets[1:], strict=True)
        package = [int(result.x[a:b].argmax()) for a, b in ends]
        return np.array(package, dtype=np.int16), -float(bound)

    def sum(self) -> dict[int, float]:
        return {self.utility + p: 1.0 for p in range(self.parties)}


@dataclass
class Found:
    """What `search` found. `ties`: name -> packages (n, I); `zone`: estimated size (0: proved empty, unless `proved` is
    False); `vectors`: distinct vectors found that none of those found dominates; `notes`: what is approximate."""

    ties: dict[str, np.ndarray] = field(default_factory=dict)
    zone: int = 0
    vectors: int = 0
    notes: list[str] = field(default_factory=list)


def search(scenario: Scenario, preferences: Preferences) -> Found:
    """Solution points and sampled sizes of a space that cannot be enumerated, at its central values."""
    program, found = Program(preferences), Found()
    inside = _points(program, found)
    found.vectors = _sampled_frontier(preferences, inside)
    found.notes.append(f"frontier_size counts the distinct vectors found with {WEIGHTINGS} weightings: a lower bound")
    found.zone, error = _zone_size(preferences)
    if len(inside):
        found.zone = max(found.zone, len(np.unique(inside, axis=0)))
        found.notes.append(
            f"zone_of_agreement is estimated from {SAMPLE:,} evenly spread packages (standard error about {error:,})"
        )
    elif not program.slow:
        found.zone = 0
    found.notes.insert(0, "points come from integer programming, right to about 0.000001 in utility")
    found.notes.insert(1, f"at most {TIES} tied packages are listed for each point")
    if program.slow:
        found.notes.append(f"a program was stopped after {SECONDS:g} s, so a point may be short of the best")
    if scenario.protocol.consent != "unanimity":
        found.notes.append("the frontier respects the red lines of all parties, whoever's signature is needed")
    return found


def _points(program: Program, found: Found) -> np.ndarray:
    """Fills `found.ties`; returns every rational package met on the way, (n, I)."""
    preferences, r = program.preferences, program.preferences.reservation[0]
    every: list[np.ndarray] = []

    def gain(columns: np.ndarray) -> np.ndarray:
        return gains(columns.T, r).T

    def inside(columns: np.ndarray) -> np.ndarray:
        return np.all(columns >= threshold(r)[:, None], axis=0)

    def only_inside(value: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
        return lambda columns: np.where(inside(columns), value(columns), -np.inf)

    total = only_inside(lambda u: u.sum(axis=0).astype(float))
    welfare = _ties(program, lambda: program.maximise(program.sum()), total, every)
    if not len(welfare):
        found.ties = dict.fromkeys(NAMES, welfare)
        return welfare
    for p in range(program.parties):
        answer = program.maximise({program.utility + p: 1.0})
        if answer is not None:
            every.append(answer[0])
    ideal = vectors(preferences, np.array(every)).max(axis=1)
    spans = gains(ideal[None], r)[0]
    able = np.flatnonzero(spans > 0)

    def least(scale: np.ndarray, value: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        start = program.mark()
        for p in np.flatnonzero(np.isfinite(scale)):
            # utility - r >= scale * least
            row = {program.utility + int(p): 1.0 / float(scale[p]), program.least: -1.0}
            program.add(row, float(r[p]) * SCALE / float(scale[p]), np.inf)
        answers = _ties(program, lambda: _lexicographic(program), only_inside(value), every)
        program.forget(start)
        return answers

    shares = np.where(spans > 0, spans / GRAIN, np.inf)
    found.ties["egalitarian"] = least(np.ones(program.parties), lambda u: gain(u).min(axis=0).astype(float))
    fair = welfare
    if len(able):
        fair = least(shares, lambda u: (gain(u)[able] / spans[able, None]).min(axis=0))
    found.ties["kalai_smorodinsky"] = fair
    found.ties["nash"] = _nash(program, able, only_inside, gain, every, found)
    found.ties["utilitarian"] = welfare
    met = np.array(every)
    return met[inside(vectors(preferences, met))]


def _lexicographic(program: Program):
    """Largest least value first, then the largest sum: the answer is not dominated."""
    first = program.maximise({program.least: 1.0})
    if first is None:
        return None
    start = program.mark()
    program.add({program.least: 1.0}, first[1] - 1e-6, np.inf)
    second = program.maximise(program.sum())
    program.forget(start)
    return second or first


def _ties(program: Program, ask: Callable, value: Callable[[np.ndarray], np.ndarray], every: list) -> np.ndarray:
    """Asks again, without the packages already given, while the exact value stays the same: (n, I)."""
    start, best = program.mark(), -np.inf
    kept: list[np.ndarray] = []
    for _ in range(TIES):
        answer = ask()
        if answer is None:
            break
        package = climb(program.preferences, answer[0], 0, uphill(value))
        every.append(package)
        worth = float(value(vectors(program.preferences, package[None]))[0])
        kept = [*kept, package] if worth == best else kept
        if worth > best:
            kept, best = [package], worth
        if worth < best:
            break
        program.exclude(answer[0])
        program.exclude(package)
    program.forget(start)
    found = np.unique(np.array(kept), axis=0) if kept else np.empty((0, len(program.space.shape)), dtype=np.int16)
    return _efficient(program.preferences, found)


def _efficient(preferences: Preferences, packages: np.ndarray) -> np.ndarray:
    return packages[frontier(vectors(preferences, packages).T).indices] if len(packages) > 1 else packages


def _nash(program: Program, able: np.ndarray, only_inside, gain, every: list, found: Found) -> np.ndarray:
    """Adds tangents of the logarithms at each answer until the bound meets the best package."""

    def product(columns: np.ndarray) -> np.ndarray:
        winners = (gain(columns) > 0).sum(axis=0)
        return 1000.0 * winners + np.where(gain(columns) > 0, np.log(np.maximum(gain(columns), 1)), 0.0).sum(axis=0)

    value = only_inside(product)
    met = np.array(every)
    best = climb(program.preferences, met[value(vectors(program.preferences, met)).argmax()], 0, uphill(value))
    every.append(best)
    offset = len(able) * np.log(GRAIN / SCALE)
    goal = {program.logs + int(p): 1.0 for p in able}
    start, closed = program.mark(), False
    for package in every:
        _tangents(program, gain(vectors(program.preferences, package[None]))[:, 0], able)
    for _ in range(40):
        answer = program.maximise(goal)
        if answer is None:
            break
        package = climb(program.preferences, answer[0], 0, uphill(value))
        every.extend([answer[0], package])
        worth, top = (float(value(vectors(program.preferences, x[None]))[0]) for x in (package, best))
        best = package if worth > top else best
        if answer[1] + offset + 1000.0 * len(able) <= max(worth, top) + 1e-6:
            closed = True
            break
        _tangents(program, gain(vectors(program.preferences, answer[0][None]))[:, 0], able)
    program.forget(start)
    if not closed:
        found.notes.append("the Nash point is the best found; it was not proved to be the best")
    met = np.unique(np.array(every), axis=0)
    values = value(vectors(program.preferences, met))
    return _efficient(program.preferences, met[values >= values.max() - 1e-9][:TIES])


def _tangents(program: Program, gain: np.ndarray, able: np.ndarray) -> None:
    """log g <= log g0 + (g - g0) / g0, in hundredths of utility, at the gains (P,) grains."""
    r = program.preferences.reservation[0]
    for p in able:
        at = max(float(gain[p]) / GRAIN * SCALE, 0.1)
        # log variable - utility / g0 <= log g0 - 1 - r / g0
        row = {program.logs + int(p): 1.0, program.utility + int(p): -1.0 / at}
        program.add(row, -np.inf, float(np.log(at)) - 1.0 - float(r[p]) * SCALE / at)


def _sampled_frontier(preferences: Preferences, known: np.ndarray) -> int:
    """Distinct vectors, none dominating another, among the maxima of weighted sums and the packages known."""
    program = Program(preferences, rational=False)
    parties = program.parties
    found = list(known)
    for weights in simplex_weights(WEIGHTINGS, parties):
        answer = program.maximise({program.utility + p: float(weights[p]) for p in range(parties)})
        if answer is not None:
            found.append(climb(preferences, answer[0], 0, improve))
    return frontier(vectors(preferences, np.array(found)).T).distinct if found else 0


def _zone_size(preferences: Preferences) -> tuple[int, int]:
    """Estimated number of rational packages and its standard error."""
    space, allowed = preferences.space, signable_levels(preferences)
    spots = spread(SAMPLE, len(space.shape))
    packages = np.empty(spots.shape, dtype=np.int16)
    total = 1
    for i in range(len(space.shape)):
        levels = np.flatnonzero(allowed[space.offsets[i] : space.offsets[i + 1]])
        total *= len(levels)
        if not len(levels):
            return 0, 0
        packages[:, i] = levels[(spots[:, i] * len(levels)).astype(np.int64)]
    inside = space.feasible(packages)
    limits = threshold(preferences.reservation[0])
    for p in range(preferences.contributions.shape[1]):
        inside &= preferences.totals(packages, p, np.zeros(SAMPLE, dtype=np.int64)) >= limits[p]
    share = float(inside.mean())
    error = (max(share, 1 / SAMPLE) * (1 - share) / SAMPLE) ** 0.5
    return round(share * total), round(error * total)
