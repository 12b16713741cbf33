"""A ranking for tables with preferences of their own whose parties only ask for the single lowest package.

Sorting all packages of every table is most of the work then. Issues that no rule and no condition of the party is about
add the same to every package of the others: only those others are sorted, once, and a query looks up, for each of the
few combinations of the free issues, what it lacks. Exact, and equal to `SortedRanking`, which answers everything else.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from .ranking import EVERYTHING, Found, threshold
from .sealed import sealed
from .sorting import SortedRanking, sort_keys
from .space import radix_index, radix_packages
from .split import SplitRanking
from .utility import GRAIN, Numbers, to_grains, to_units

# a query costs the combinations, sorting costs the rest: balanced at combinations = sqrt(packages / SHARE)
SHARE = 100


def free_issues(numbers: Numbers, packages: int) -> list[int]:
    """The issues to leave out of the sorting: the largest set of those free of rules and of the party's conditions with
    at most sqrt(packages / SHARE) combinations of allowed levels; none if that is empty."""
    space = numbers.space
    bound = {i for tests in (*space.rules, *numbers.conditions) for i, _ in tests}
    free = [i for i in range(len(space.shape)) if i not in bound]
    counts = {i: len(_allowed(numbers, i)) for i in free}
    best: tuple[int, ...] = ()
    for size in range(1, min(len(free), 3) + 1):
        for some in itertools.combinations(free, size):
            combinations = math.prod(counts[i] for i in some)
            larger = combinations > math.prod(counts[i] for i in best)
            if larger and combinations**2 * SHARE <= packages:
                best = some
    return list(best)


def _allowed(numbers: Numbers, issue: int) -> np.ndarray:
    """Levels of an issue that are not the party's red line."""
    start, end = numbers.space.offsets[issue], numbers.space.offsets[issue + 1]
    return np.flatnonzero(np.logical_not(numbers.forbidden[start:end]))


class FactoredRanking:
    """Answers as SortedRanking does, at T tables. Memory: 8 bytes x T x (packages / combinations).

    A key is what `sort_keys` makes: units of the other issues, shifted by `bits`, and in the low bits the place in
    `rest`. One sort of integers then sorts units with their packages, and the first key of (units << bits) or more is
    the first package of that many units. `rest` stands in the order of numbers and must stay so: where units are equal,
    the lowest place is the lowest number only because of that. Units may be negative; the shifts keep their sign.
    """

    empty = False

    def __init__(self, numbers: Numbers, packages: np.ndarray, free: list[int]):
        """`packages`: the feasible ones (N, I), `free`: from `free_issues`, not empty; the party has own packages."""
        space = numbers.space
        self.given, self.free, self.tables = packages, free, numbers.tables
        levels = [_allowed(numbers, i) for i in free]
        shape = tuple(map(len, levels))
        chosen = radix_packages(np.arange(math.prod(shape)), shape)
        self.combinations = np.stack([known[chosen[:, n]] for n, known in enumerate(levels)], axis=1)
        own = packages[~numbers.vetoed(packages)]
        first = np.array([known[0] for known in levels])
        self.rest = own[(own[:, free] == first).all(axis=1)]
        self.bits = max(1, (len(self.rest) - 1).bit_length())
        self.keys = np.empty((self.tables, len(self.rest)), dtype=np.int64)
        self._others = [i for i in range(len(space.shape)) if i not in free]
        self._other_levels = [_allowed(numbers, i) for i in self._others]
        self._held = [space.hold(tests, self.rest) for tests in numbers.conditions]
        # numbers of packages are sums too: of the combination's and of the rest's
        alone = np.zeros((len(self.combinations), len(space.shape)), dtype=np.int16)
        alone[:, free] = self.combinations
        self.number = radix_index(alone, space.shape)
        bare = self.rest.copy()
        bare[:, free] = 0
        self.rest_number = radix_index(bare, space.shape)
        self._full: SortedRanking | None = None
        self.again(numbers, None)

    def again(self, numbers: Numbers, rows: np.ndarray | None) -> None:
        """As SortedRanking.again."""
        self.numbers, gains = numbers, numbers.contributions
        self.added = np.zeros((self.tables, len(self.combinations)), dtype=np.int64)
        for n, i in enumerate(self.free):
            self.added += gains[:, numbers.space.offsets[i] + self.combinations[:, n]]
        sort_keys(self.keys, self.bits, rows, self._totals)
        lowest, highest = self.keys[:, 0] >> self.bits, self.keys[:, -1] >> self.bits
        self._scale = numbers.scale
        self._top = self.added.max(axis=1) + highest
        self._best = sealed(self._utility(self._top, slice(None)))
        self._worst = sealed(self._utility(self.added.min(axis=1) + lowest, slice(None)))
        if self._full is not None:
            self._full.again(numbers, rows)

    def _totals(self, rows: np.ndarray | slice) -> np.ndarray:
        """What the other issues and the conditions add at some tables: units (n, rest)."""
        offsets, gains = self.numbers.space.offsets, self.numbers.contributions[rows]
        if len(self.rest) == math.prod(map(len, self._other_levels)):
            # adding along the axes of the space beats looking each level up
            total = np.zeros((len(gains), 1), dtype=np.int64)
            for i, known in zip(self._others, self._other_levels, strict=True):
                total = (total[:, :, None] + gains[:, None, offsets[i] + known]).reshape(len(total), -1)
        else:
            total = np.zeros((len(gains), len(self.rest)), dtype=np.int64)
            for i in self._others:
                total += gains[:, offsets[i] + self.rest[:, i].astype(np.int64)]
        for k, holds in enumerate(self._held):
            total += self.numbers.bonuses[rows, k, None] * holds
        return total

    def _utility(self, units: np.ndarray, rows: np.ndarray | slice) -> np.ndarray:
        return np.clip(to_grains(units, self._scale[rows]), 0, GRAIN) / GRAIN

    def full(self) -> SortedRanking:
        """The ranking that sorts everything, made when first needed."""
        if self._full is None:
            self._full = SortedRanking(self.numbers, self.given)
        return self._full

    def release(self) -> None:
        """Give memory back; the ranking cannot be asked any more."""
        if self._full is not None:
            self._full.release()

    def best(self, rows: np.ndarray) -> np.ndarray:
        """Highest utility, float (n,), read-only."""
        return self._best if len(rows) == self.tables else self._best[rows]

    def worst(self, rows: np.ndarray) -> np.ndarray:
        """Lowest utility, float (n,), read-only."""
        return self._worst if len(rows) == self.tables else self._worst[rows]

    def nth_best(self, n: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As SortedRanking.nth_best."""
        return self.full().nth_best(n, rows)

    def pick(self, share: np.ndarray, target: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As SortedRanking.pick."""
        return self.full().pick(share, target, rows)

    def at_least(self, target: np.ndarray, width: float, most: int, rows: np.ndarray) -> Found:
        """As SortedRanking.at_least."""
        if width > 0:
            return self.full().at_least(target, width, most, rows)
        whole = len(rows) == self.tables
        at = slice(None) if whole else rows
        limit = np.minimum(to_units(threshold(target), self._scale[at]), self._top[at])
        added = self.added if whole else self.added[rows]
        after = self._search((limit[:, None] - added) << self.bits, rows)
        count, flat = self.keys.shape[1], self.keys.reshape(-1)
        keys = flat.take(after + 1, mode="clip")
        there = after < (rows * count - 1 + count)[:, None]
        total = np.where(there, added + (keys >> self.bits), EVERYTHING)
        place = keys & ((1 << self.bits) - 1)
        n = np.arange(len(rows))
        pick = total.argmin(axis=1)
        lowest = total[n, pick]
        tied = np.flatnonzero((total == lowest[:, None]).sum(axis=1) > 1)
        if len(tied):  # the lowest number among packages of the same utility
            number = self.number + self.rest_number[place[tied]]
            pick[tied] = np.where(total[tied] == lowest[tied, None], number, EVERYTHING).argmin(axis=1)
        packages = self.rest[place[n, pick]]
        packages[:, self.free] = self.combinations[pick]
        return packages[:, None], self._utility(lowest, at)[:, None], np.ones((len(rows), 1), dtype=bool)

    def _search(self, wanted: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Place in the flat keys of the last one below `wanted` int64 (n, combinations), in its table's row."""
        count, flat = self.keys.shape[1], self.keys.reshape(-1)
        base = (rows * count - 1)[:, None]
        low = np.repeat(base, wanted.shape[1], axis=1)
        step = 1 << (count.bit_length() - 1)
        while step:
            middle = np.minimum(low + step, base + count)
            np.copyto(low, middle, where=flat.take(middle, mode="clip") < wanted)
            step >>= 1
        return low


Ranking = SortedRanking | SplitRanking | FactoredRanking


def ranking(numbers: Numbers, packages: np.ndarray | None, single: bool = False) -> Ranking:
    """The ranking of one party. `packages`: the feasible ones (N, I) if the space was enumerated, else None; `single`:
    it is only ever asked for the one lowest package that reaches a target."""
    if packages is None:
        return SplitRanking(numbers)
    if single and numbers.tables > 1:
        free = free_issues(numbers, len(packages))
        if free and not numbers.vetoed(packages).all():
            return FactoredRanking(numbers, packages, free)
    return SortedRanking(numbers, packages)
