"""From stances to numbers: values, weights, utilities.

u_p(x) = sum_i w_pi v_pi(x_i) + sum_k c_pk [condition k holds], clipped to [0, 1]. Weights sum to 1, or to the
`weight_sum` of the party. Utilities are counted in whole
grains as int64: such sums are exact in any order, so the same package has the same utility to the last bit however it
was computed. A grain is 1 / 720,720,000,000: decimals of six places and fractions by 2 to 16 are whole numbers of
grains, so packages that tie on paper in such numbers tie here.

A weight is a salience over the sum of the party's saliences, and 35/340 is no whole number of grains. So what a party
adds up is counted in units of its own, `scale` of them to a utility of 1, of which its weights times such values are
whole numbers; only the sum is rounded to grains.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from .facts import AGAINST, MAX_WEIGHT_SUM, Judgement, Party, Scenario
from .sealed import sealed
from .space import Space, Tests

GRAIN = 720_720_000_000
GONE = -(1 + MAX_WEIGHT_SUM) * GRAIN  # what a level that was closed adds: no other levels make up for it
# values that are whole numbers of so many parts: decimals of 6 to 0 places and their fractions by 2 to 16
PARTS = tuple(720_720 * 10**places for places in range(6, -1, -1))


Between = tuple[int, tuple[int, ...], bool]


@dataclass(frozen=True)
class Cells:
    """How every level (L columns, as in Space.offsets) is valued by every party, before any draw.

    `value`, `low`, `high`: float (P, L); for an assumed cell the prior is uniform on [low, high], or triangular with
    mode `value` where `peaked`. `assumed`: bool (P, L). `red_line`: bool (P, L). `between`: (party, columns, whether
    values rise) for every two or more peaked cells in a row: what is drawn for them is put in that order.
    """

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    peaked: np.ndarray
    assumed: np.ndarray
    red_line: np.ndarray
    between: tuple[Between, ...] = ()

    @property
    def ranged(self) -> np.ndarray:
        """The assumed cells that have a range to draw from, bool (P, L): not those coded by assumption."""
        return self.assumed & (self.low < self.high)


def cells(scenario: Scenario) -> Cells:
    """Coded cells take their stance's value. Unstated levels that stand on an issue's line are interpolated linearly
    between the coded neighbours on it (prior: triangle between their values, drawn ones put in order); all others take
    the middle of the scenario's prior. On the line no guess is worth more than a coded level between it and the party's
    best coded level: preferences fall away from their peak (single-peaked; Black 1948, Journal of Political Economy
    56); see `_along`. Red lines are those stated, and levels that a demand read as a condition rules out.
    """
    parties, columns = len(scenario.parties), sum(len(i.levels) for i in scenario.issues)
    low, high = scenario.prior
    value_, least, most = (np.zeros((parties, columns)) for _ in range(3))
    peaked, assumed, red_line = (np.zeros((parties, columns), dtype=bool) for _ in range(3))
    out = Cells(value_, least, most, peaked, assumed, red_line)
    between: list[Between] = []
    for p, party in enumerate(scenario.parties):
        start = 0
        for issue in scenario.issues:
            coded = {}
            for k, level in enumerate(issue.levels):
                position = party.positions.get((issue.id, level.id))
                if position is not None:
                    value = position.value
                    coded[k] = scenario.stance_values[position.stance] if value is None else value
                    out.red_line[p, start + k] = position.stance == "red_line"
                    out.assumed[p, start + k] = position.basis == "assumed"
            for k in range(len(issue.levels)):
                column = start + k
                if k in coded:
                    out.value[p, column] = out.low[p, column] = out.high[p, column] = coded[k]
                else:
                    out.assumed[p, column] = True
                    out.value[p, column] = (low + high) / 2
                    out.low[p, column], out.high[p, column] = low, high
            line = [start + k for k in issue.line]
            between += _along(out, p, line, [coded.get(k) for k in issue.line], (low + high) / 2)
            for condition in party.conditions:
                if condition.veto and condition.when.keys() == {issue.id}:
                    ruled_out = [k for k, level in enumerate(issue.levels) if level.id in condition.when[issue.id]]
                    out.red_line[p, [start + k for k in ruled_out]] = True
            start += len(issue.levels)
    return replace(out, between=tuple(between))


def _along(out: Cells, p: int, line: list[int], coded: list[float | None], middle: float) -> list[Between]:
    """Values the party's unstated levels on a line of columns, in place, where `coded` has None; the peaked cells that
    are drawn in order.

    Where the ceiling of one peak cuts the range of a guess, the guess lies in what is left: up to the ceiling, from
    where its range began, or from half of the ceiling where nothing would be left.
    """
    at = {n: value for n, value in enumerate(coded) if value is not None}
    ends = sorted(at)
    cut = set()
    for n, column in enumerate(line):
        if n in at or not ends:
            continue
        after = bisect.bisect(ends, n)
        if 0 < after < len(ends):
            below, above = ends[after - 1], ends[after]
            share = (n - below) / (above - below)
            out.value[p, column] = at[below] + share * (at[above] - at[below])
            out.low[p, column], out.high[p, column] = sorted((at[below], at[above]))
            out.peaked[p, column] = True
        ceiling, low = _ceiling(n, at, middle), out.low[p, column]
        if ceiling < out.high[p, column]:
            out.low[p, column] = low if low < ceiling else ceiling / 2
            out.high[p, column] = ceiling
            out.value[p, column] = (out.low[p, column] + ceiling) / 2
            out.peaked[p, column] = False
            cut.add(n)
    steps = [(a, b) for a, b in itertools.pairwise(ends) if b - a > 2 and not cut & {*range(a, b)}]
    return [(p, tuple(line[a + 1 : b]), at[a] < at[b]) for a, b in steps]


def _ceiling(n: int, at: dict[int, float], middle: float) -> float:
    """What a guess at place `n` of a line is worth at most, `at`: place -> value of the coded levels: no more than one
    on the way to the best, nor than the best itself; of several best ones, to the one that leaves it most. Where the
    best is worth less than the `middle` of the prior, the party has only objected: its peak lies elsewhere, and only
    levels beyond a further objection are held down."""
    top = max(at.values())
    found = []
    for best in (m for m, value in at.items() if value == top):
        on_the_way = [at[m] for m in at if min(n, best) < m < max(n, best)]
        found.append(min([*on_the_way, *([top] if top >= middle else [])], default=1.0))
    return max(found)


def unasked(scenario: Scenario, table: Cells) -> np.ndarray:
    """Levels that a party does not propose of its own accord, bool (P, L): another party has publicly ruled them out,
    and it is itself against them or has taken no position on them nor on both sides of them. It may sign them. None
    where no level of the issue would be left."""
    result = np.zeros_like(table.red_line)
    for p, party in enumerate(scenario.parties):
        out = np.delete(table.red_line, p, axis=0).sum(axis=0)
        start = 0
        for issue in scenario.issues:
            end = start + len(issue.levels)
            said = [party.positions.get((issue.id, level.id)) for level in issue.levels]
            coded = {k for k, position in enumerate(said) if position is not None}
            for k, position in enumerate(said):
                against = position is not None and position.stance in AGAINST
                silent = table.assumed[p, start + k] and (k in coded or issue.neighbours(k, coded) is None)
                result[p, start + k] = out[start + k] > 0 and (against or silent)
            if (result[p, start:end] | table.red_line[p, start:end]).all():
                result[p, start:end] = False
            start = end
    return result


def triangular(u: np.ndarray, low: np.ndarray, mode: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Inverse distribution function of the triangle (low, mode, high) at u in [0, 1); where low = high, that value."""
    width = np.where(high > low, high - low, 1.0)
    cut = (mode - low) / width
    rising = low + np.sqrt(u * width * (mode - low))
    falling = high - np.sqrt((1 - u) * width * (high - mode))
    return np.where(high > low, np.where(u < cut, rising, falling), low)


def _between(judgements: Iterable[Judgement], u: np.ndarray | None) -> np.ndarray:
    items = list(judgements)
    if u is None:
        return np.array([[j.value for j in items]])
    low, high = np.array([j.low for j in items]), np.array([j.high for j in items])
    return low + u * (high - low)


def weights(scenario: Scenario, party: Party) -> np.ndarray:
    """Central weight of each issue, float (I,), sum `party.weight_sum`."""
    return shares(np.array([party.saliences[i].value for i in scenario.issue_ids])) * party.weight_sum


def shares(saliences: np.ndarray) -> np.ndarray:
    """Saliences float (..., I) scaled to sum 1."""
    total = np.zeros(saliences.shape[:-1])
    for i in range(saliences.shape[-1]):  # a loop, so that the order of adding never depends on the batch
        total = total + saliences[..., i]
    return saliences / total[..., None]


def exact_scale(saliences: np.ndarray) -> np.ndarray:
    """How many units a utility of 1 has, int64 (n,), at most GRAIN, for saliences float (n, I).

    For decimals, a multiple of the sum of the saliences, these divided by what they have in common, and of as many
    PARTS as fit: weights times such values then are whole units. GRAIN itself where the sum divides it; where not even
    720,720 times the sum fits, as for saliences of many places; and for drawn numbers, which tie by no rule.
    """
    counts = np.rint(saliences * 1e6)
    decimal = (np.abs(saliences * 1e6 - counts) <= 1e-9 * np.maximum(counts, 1.0)).all(axis=1)
    total = counts.sum(axis=1)
    decimal &= (total > 0) & (total < 2**62)  # events may have multiplied them out of all proportion
    scale = np.full(len(saliences), GRAIN, dtype=np.int64)
    if not decimal.any():
        return scale
    kinds, kind = np.unique(counts[decimal].astype(np.int64), axis=0, return_inverse=True)
    units = np.empty(len(kinds), dtype=np.int64)
    for n, whole in enumerate(kinds):
        total = int(whole.sum() // np.gcd.reduce(whole))
        fits = [total * parts for parts in PARTS if total * parts <= GRAIN]
        units[n] = GRAIN // fits[0] * fits[0] if fits and GRAIN % total else GRAIN
    scale[decimal] = units[kind.reshape(-1)]
    return scale


def to_grains(units: np.ndarray, scale: np.ndarray | int) -> np.ndarray:
    """Grains of so many of a party's units, rounded to whole ones, int64: more units are never fewer grains."""
    return np.rint(units * (GRAIN / np.asarray(scale))).astype(np.int64)


def worth(units: np.ndarray | int, scale: np.ndarray | int) -> np.ndarray:
    """The utility in [0, 1] of so many of a party's units: the one place where what adds up becomes a utility."""
    return np.clip(to_grains(np.asarray(units), scale), 0, GRAIN) / GRAIN


def to_units(grains: np.ndarray, scale: np.ndarray | int) -> np.ndarray:
    """The fewest units, int64, that are at least so many grains."""
    units = np.ceil((np.asarray(grains) - 0.5) * (np.asarray(scale) / GRAIN)).astype(np.int64)
    units -= to_grains(units - 1, scale) >= grains
    return units + (to_grains(units, scale) < grains)


@dataclass(frozen=True, eq=False)
class Numbers:
    """One party's utilities at T tables (T = 1: shared by every table; `reservation` may still have one for each).

    `contributions`: int64 (T, L) units each level adds; `bonuses`: int64 (T, K) units per own condition; `scale`: int64
    (T,) units to a utility of 1; `saliences`: float (T, I) >= 0; `reservation`: float (T,) at the start; `drift` of it
    per round; `forbidden`: bool (L,) levels the party never proposes or accepts (its red lines, under `red_lines:
    veto`); `unasked`: bool (L,) levels that agents may sign but do not propose, see `unasked`; `conditions`: K, as
    `Space.tests` has them; `worthless`: bool (K,) those that leave it with nothing wherever they hold; `refusals`:
    those on several issues that it never proposes or accepts. Nobody can write to any of it: `Preferences` puts other
    numbers in their place.
    """

    space: Space
    contributions: np.ndarray
    bonuses: np.ndarray
    scale: np.ndarray
    saliences: np.ndarray
    reservation: np.ndarray
    drift: float
    forbidden: np.ndarray
    unasked: np.ndarray
    conditions: tuple[Tests, ...]
    worthless: np.ndarray
    refusals: tuple[Tests, ...]

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, np.ndarray):
                object.__setattr__(self, name, sealed(value))

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        self.__post_init__()  # an array that was pickled or copied can be written to again

    @property
    def tables(self) -> int:
        return len(self.contributions)

    @cached_property
    def in_grains(self) -> bool:
        """Whether units are grains at all tables: the common case."""
        return bool((self.scale == GRAIN).all())

    @cached_property
    def any_gone(self) -> bool:
        """Whether some level was closed at some table."""
        return bool((self.contributions == GONE).any())

    def gains(self, rows: np.ndarray | int = 0) -> np.ndarray:
        """What each level adds to the utility: float (n, L) at the tables `rows`, (L,) at one."""
        at = self._row(rows)
        found = self.contributions[at] / self.scale[at][..., None]
        return np.broadcast_to(found, (*np.shape(rows), found.shape[-1]))

    def changes(self, row: int = 0) -> np.ndarray:
        """What each of the own conditions adds to the utility where it holds, float (K,)."""
        return self.bonuses[self._row(row)] / self.scale[self._row(row)]

    def _row(self, rows: np.ndarray | int) -> np.ndarray | int:
        return 0 if self.tables == 1 else rows

    def totals(self, packages: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Grains of each package, int64 (n, ...), for packages (n, ..., I) at the tables `rows` (n,)."""
        at = np.reshape(self._row(np.asarray(rows)), (-1,) + (1,) * (packages.ndim - 2))
        total = np.zeros(packages.shape[:-1], dtype=np.int64)
        gains = self.contributions[0] if self.tables == 1 else None
        for i, start in enumerate(self.space.offsets[:-1]):
            columns = packages[..., i] + start
            total += self.contributions[at, columns] if gains is None else gains[columns]
        for k, tests in enumerate(self.conditions):
            total += np.where(self.space.hold(tests, packages), self.bonuses[at, k], 0)
        return np.clip(total if self.in_grains else to_grains(total, self.scale[at]), 0, GRAIN)

    def utility(self, packages: np.ndarray, rows: np.ndarray | None = None) -> np.ndarray:
        """Utility in [0, 1] of packages (n, ..., I), float (n, ...); `rows` default 0..n-1, or shared."""
        if rows is None:
            rows = np.zeros(len(packages), int) if self.tables == 1 else np.arange(len(packages))
        return self.totals(packages, rows) / GRAIN

    def all_totals(
        self, packages: np.ndarray, rows: np.ndarray | slice = slice(None), clipped: bool = True
    ) -> np.ndarray:
        """Grains of the same packages (N, I) at each of the n tables `rows` (default: at all): int64 (n, N); `clipped`
        to [0, GRAIN] or as summed."""
        total = self._sums(packages, self.contributions[rows])
        for tests, bonus in zip(self.conditions, self.bonuses[rows].T, strict=True):
            total += bonus[:, None] * self.space.hold(tests, packages)
        if not self.in_grains:
            total = to_grains(total, self.scale[rows][:, None])
        return np.clip(total, 0, GRAIN, out=total) if clipped else total

    def _sums(self, packages: np.ndarray, gains: np.ndarray) -> np.ndarray:
        """What levels that each add `gains` int64 (n, L) come to in packages (N, I), int64 (n, N)."""
        offsets = self.space.offsets
        if not self.space.enumerable or 2 * len(packages) <= self.space.size:
            total = np.zeros((len(gains), len(packages)), dtype=np.int64)
            for i, start in enumerate(offsets[:-1]):
                total += gains[:, start + packages[:, i].astype(np.int64)]
            return total
        # most packages are asked for: adding along the axes of the space beats looking each level up
        grid = np.zeros((len(gains), 1), dtype=np.int64)
        for start, end in itertools.pairwise(offsets):
            grid = (grid[:, :, None] + gains[:, None, start:end]).reshape(len(gains), -1)
        number = self.space.index(packages)
        everything = len(number) == self.space.size and (np.diff(number) == 1).all()
        return grid if everything else np.take(grid, number, axis=1)

    def vetoed(self, packages: np.ndarray) -> np.ndarray:
        """Whether a package (..., I) crosses one of the party's red lines, or holds what it refuses: bool (...)."""
        result = np.zeros(packages.shape[:-1], dtype=bool)
        for tests in self.refusals:
            result |= self.space.hold(tests, packages)
        if not self.forbidden.any():
            return result
        for i, start in enumerate(self.space.offsets[:-1]):
            result |= self.forbidden[packages[..., i] + start]
        return result

    def refuses(self, k: int) -> bool:
        """Whether condition k is one of the `refusals`."""
        return any(self.conditions[k] is tests for tests in self.refusals)

    def gone(self, packages: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Whether packages (n, I) hold a level that was closed at the tables `rows` (n,): bool (n,)."""
        if not self.any_gone:
            return np.zeros(len(packages), dtype=bool)
        columns = self.space.offsets[:-1] + packages
        return (self.contributions[rows[:, None], columns] == GONE).any(axis=1)

    def redrawn(
        self,
        contributions: np.ndarray,
        bonuses: np.ndarray,
        scale: np.ndarray,
        saliences: np.ndarray,
        reservation: np.ndarray,
    ) -> Numbers:
        """The same party with other numbers, or at other tables; behind its own bonuses may stand more columns."""
        own = bonuses[:, : len(self.conditions)]
        return replace(
            self,
            contributions=contributions,
            bonuses=own,
            scale=scale,
            saliences=saliences,
            reservation=reservation,
        )

    def for_proposals(self) -> Numbers:
        """The same, with what agents do not propose of their own accord among the forbidden."""
        return replace(self, forbidden=self.forbidden | self.unasked, unasked=np.zeros_like(self.unasked))

    def reweighed(self, rows: np.ndarray, factors: np.ndarray) -> Numbers:
        """With saliences multiplied by `factors` (I,) at the tables `rows`; not where that would leave no issue any
        weight, or more than numbers can hold."""
        with np.errstate(over="ignore", under="ignore"):
            total = (self.saliences[rows] * factors).sum(axis=1)
        rows = rows[(total > 0) & np.isfinite(total)]
        old = self.saliences[rows]
        new = old * factors
        scale = exact_scale(new)
        grown = scale / self.scale[rows]
        before = shares(old)
        # an issue that weighs next to nothing has no values left to bring back
        change = shares(new) / np.where(old > 0, np.maximum(before, 1e-15), 1.0) * grown[:, None]
        columns = np.repeat(change, self.space.shape, axis=1)
        gains = np.clip(np.rint(self.contributions[rows] * columns), GONE, MAX_WEIGHT_SUM * GRAIN)
        bonuses = np.rint(self.bonuses[rows] * grown[:, None])
        return replace(
            self,
            contributions=_put(self.contributions, rows, gains),
            bonuses=_put(self.bonuses, rows, bonuses),
            scale=_put(self.scale, rows, scale),
            saliences=_put(self.saliences, rows, new),
        )

    def without(self, rows: np.ndarray, closed: np.ndarray) -> Numbers:
        """With the levels `closed` bool (n, L) worth nothing any more at the tables `rows` (n,)."""
        gains = np.where(closed, GONE, self.contributions[rows])
        return replace(self, contributions=_put(self.contributions, rows, gains))


def _put(array: np.ndarray, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
    """A copy of the array with other values at some rows."""
    result = array.copy()
    result[rows] = values
    return result


class Preferences:
    """The `numbers` of all parties, in the order of the scenario. Events change them here, and nowhere else."""

    def __init__(self, space: Space, numbers: Iterable[Numbers]):
        self.space, self.numbers = space, tuple(numbers)

    @property
    def tables(self) -> int:
        return self.numbers[0].tables

    @property
    def contributions(self) -> np.ndarray:
        """Units that each level adds for each party, int64 (T, P, L): a copy, as all that is stacked here."""
        return np.stack([n.contributions for n in self.numbers], axis=1)

    @property
    def bonuses(self) -> np.ndarray:
        """Units per own condition, int64 (T, P, K); zeros behind those of a party that has fewer than others."""
        found = np.zeros((self.tables, len(self.numbers), max(len(n.conditions) for n in self.numbers)), dtype=np.int64)
        for p, n in enumerate(self.numbers):
            found[:, p, : len(n.conditions)] = n.bonuses
        return found

    @property
    def scale(self) -> np.ndarray:
        """Units to a utility of 1, int64 (T, P)."""
        return np.stack([n.scale for n in self.numbers], axis=1)

    @property
    def saliences(self) -> np.ndarray:
        """float (T, P, I) >= 0."""
        return np.stack([n.saliences for n in self.numbers], axis=1)

    @property
    def weights(self) -> np.ndarray:
        """Weight of each issue, float (T, P, I), sum 1."""
        return shares(self.saliences)

    @property
    def reservation(self) -> np.ndarray:
        """Reservation values at the start, float (T, P), or (1, P) where all tables share them."""
        return np.stack([n.reservation for n in self.numbers], axis=1)

    @property
    def drift(self) -> np.ndarray:
        """What a round adds to each reservation value, float (P,)."""
        return np.array([n.drift for n in self.numbers])

    @property
    def forbidden(self) -> np.ndarray:
        """Levels that each party never proposes or accepts, bool (P, L)."""
        return np.stack([n.forbidden for n in self.numbers])

    @property
    def refusals(self) -> tuple[tuple[Tests, ...], ...]:
        """For each party what it never proposes or accepts together."""
        return tuple(n.refusals for n in self.numbers)

    def gains(self, rows: np.ndarray | int = 0) -> np.ndarray:
        """What each level adds to the utility of each party: float (n, P, L) at the tables `rows`, (P, L) at one."""
        return np.stack([n.gains(rows) for n in self.numbers], axis=-2)

    def totals(self, packages: np.ndarray, party: int, rows: np.ndarray) -> np.ndarray:
        """As `Numbers.totals`, of one party."""
        return self.numbers[party].totals(packages, rows)

    def utility(self, packages: np.ndarray, party: int, rows: np.ndarray | None = None) -> np.ndarray:
        """As `Numbers.utility`, of one party."""
        return self.numbers[party].utility(packages, rows)

    def all_totals(self, packages: np.ndarray, party: int) -> np.ndarray:
        """As `Numbers.all_totals`, of one party at all tables."""
        return self.numbers[party].all_totals(packages)

    def vetoed(self, packages: np.ndarray, party: int) -> np.ndarray:
        """As `Numbers.vetoed`, of one party."""
        return self.numbers[party].vetoed(packages)

    def only(self, rows: np.ndarray | slice) -> Preferences:
        """The same for some of the tables."""
        return self._with(lambda a: a if len(a) == 1 else a[rows])

    def spread(self, tables: int) -> Preferences:
        """A copy with numbers of its own for each of `tables` tables, so that one table's can change."""
        return self._with(lambda a: a.repeat(tables // len(a), axis=0))

    def with_reservation(self, reservation: np.ndarray) -> Preferences:
        """The same with other reservation values, float (T, P) or (1, P), such as those at the end of the talks."""
        changed = (replace(n, reservation=reservation[:, p]) for p, n in enumerate(self.numbers))
        return Preferences(self.space, changed)

    def _with(self, change: Callable[[np.ndarray], np.ndarray]) -> Preferences:
        numbers = ((n.contributions, n.bonuses, n.scale, n.saliences, n.reservation) for n in self.numbers)
        changed = (n.redrawn(*map(change, own)) for n, own in zip(self.numbers, numbers, strict=True))
        return Preferences(self.space, changed)

    def reweigh(self, rows: np.ndarray, party: int, factors: np.ndarray) -> None:
        """From now on `Numbers.reweighed` of the party."""
        changed = self.numbers[party].reweighed(rows, factors)
        self.numbers = (*self.numbers[:party], changed, *self.numbers[party + 1 :])

    def close(self, rows: np.ndarray, closed: np.ndarray) -> None:
        """From now on `Numbers.without` of every party."""
        self.numbers = tuple(n.without(rows, closed) for n in self.numbers)


@dataclass(frozen=True)
class Drawn:
    """The numbers that tables have after the draw, one row per table, or one for all (T = 1) where nothing was drawn.

    `values`: float (T, P, L) of every level; `saliences`: float (T, P, I); `changes`: float (T, P, K) of the utility by
    the party's own conditions (padded with 0); `reservations`: float (T, P).
    """

    values: np.ndarray
    saliences: np.ndarray
    changes: np.ndarray
    reservations: np.ndarray


def drawn(
    scenario: Scenario,
    values: np.ndarray | None = None,
    saliences: np.ndarray | None = None,
    changes: np.ndarray | None = None,
    reservations: np.ndarray | None = None,
) -> Drawn:
    """Central judgements, or one set per table from uniform draws in [0, 1).

    `values`: (T, P, L) draws for the assumed cells; `saliences`: (T, P, I); `changes`: (T, P, K) for the changes of
    conditions (K = most conditions of any party); `reservations`: (T, P). Each may be None: central values.
    """
    table = cells(scenario)
    level_values = table.value[None]
    if values is not None:
        flat = table.low + values * (table.high - table.low)
        peak = triangular(values, table.low, table.value, table.high)
        level_values = np.where(table.assumed, np.where(table.peaked, peak, flat), table.value)
        for p, columns, rise in table.between:
            ordered = np.sort(level_values[:, p, columns], axis=1)
            level_values[:, p, columns] = ordered if rise else ordered[:, ::-1]
    issues, parties = len(scenario.issues), len(scenario.parties)
    most = max((len(p.conditions) for p in scenario.parties), default=0)
    judged = max(1 if u is None else len(u) for u in (saliences, changes))
    every_salience, bonus = np.empty((judged, parties, issues)), np.zeros((judged, parties, most))
    reservation = np.empty((1 if reservations is None else len(reservations), parties))
    for p, party in enumerate(scenario.parties):
        own = (party.saliences[i] for i in scenario.issue_ids)
        every_salience[:, p] = _between(own, None if saliences is None else saliences[:, p])
        k = len(party.conditions)
        if k:
            bonus[:, p, :k] = _between(
                (c.change for c in party.conditions), None if changes is None else changes[:, p, :k]
            )
        r = None if reservations is None else reservations[:, p : p + 1]
        reservation[:, p] = _between([party.reservation], r)[:, 0]
    return Drawn(level_values, every_salience, bonus, reservation)


def preferences(
    scenario: Scenario,
    space: Space | None = None,
    values: np.ndarray | None = None,
    saliences: np.ndarray | None = None,
    changes: np.ndarray | None = None,
    reservations: np.ndarray | None = None,
) -> Preferences:
    """Utilities from central judgements, or one set per table from uniform draws in [0, 1), see `drawn`."""
    space = space or Space(scenario)
    found = drawn(scenario, values, saliences, changes, reservations)
    table = cells(scenario)
    veto = scenario.protocol.red_lines == "veto"
    red_lines, silent = table.red_line & veto, unasked(scenario, table) & veto
    tables, issue_of = max(len(found.values), len(found.saliences)), np.repeat(np.arange(len(space.shape)), space.shape)

    def for_each(array: np.ndarray) -> np.ndarray:
        return np.broadcast_to(array, (tables, *array.shape[1:]))

    numbers = []
    for p, party in enumerate(scenario.parties):
        salience = found.saliences[:, p]
        scale = exact_scale(salience)
        worth = found.values[:, p] * party.weight_sum
        gains = np.rint(shares(salience)[:, issue_of] * worth * scale[:, None]).astype(np.int64)
        conditions = tuple(space.tests(c.when) for c in party.conditions)
        bonuses = np.rint(found.changes[:, p, : len(conditions)] * scale[:, None]).astype(np.int64)
        refusals = tuple(
            tests for c, tests in zip(party.conditions, conditions, strict=True) if c.veto and veto and len(tests) > 1
        )
        own = Numbers(
            space,
            for_each(gains),
            for_each(bonuses),
            for_each(scale),
            for_each(salience),
            found.reservations[:, p],
            party.drift.value,
            red_lines[p],
            silent[p],
            conditions,
            np.array([c.veto for c in party.conditions], dtype=bool),
            refusals,
        )
        numbers.append(own)
    return Preferences(space, numbers)
