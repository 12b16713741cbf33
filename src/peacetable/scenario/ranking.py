"""One party's own packages in order of utility: find the least good one that is still good enough.

Up to a million packages are sorted once per set of preferences. Larger spaces are split: once the levels of a few hub
issues are fixed, the others fall into two groups that no rule or condition joins; each group is enumerated, one is
sorted, and a query looks up what each package of the other lacks. It is exact and nothing enumerates the whole.
Packages that break a rule or cross the party's own red lines are left out. The order is by the sum before it is clipped
to [0, 1], then by number.
"""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable, Iterator

import numpy as np

from ..errors import ScenarioError
from .facts import MAX_WEIGHT_SUM
from .sealed import sealed
from .space import Space, radix_index, radix_packages
from .utility import GRAIN, Numbers, Preferences, to_grains, to_units

Found = tuple[np.ndarray, np.ndarray, np.ndarray]
EVERYTHING = np.iinfo(np.int64).max


def threshold(u: np.ndarray) -> np.ndarray:
    """Smallest int64 count of grains whose utility is at least u, so that comparing grains is comparing utilities."""
    u = np.asarray(u, dtype=float)
    k = np.ceil(u * GRAIN)
    k -= (k - 1) / GRAIN >= u
    k += k / GRAIN < u
    return k.astype(np.int64)


def sort_keys(
    keys: np.ndarray, bits: int, rows: np.ndarray | None, totals: Callable[[np.ndarray | slice], np.ndarray]
) -> None:
    """Fill and sort the keys (T, N) of the tables `rows` (None: of all): grains and position in one integer, so that it
    takes one sort, and the lowest position comes first on ties. `totals`: the grains (n, N) at some tables."""
    tables, count = keys.shape
    block = max(1, BLOCK // count)  # a block at a time, so that it stays in the processor's cache
    number = np.arange(count, dtype=np.int64)
    for start in range(0, tables if rows is None else len(rows), block):
        at = slice(start, start + block) if rows is None else rows[start : start + block]
        some = keys[at]  # a view of a slice, a copy of chosen rows
        np.left_shift(np.maximum(totals(at), LEAST), bits, out=some)
        some += number
        some.sort(axis=1)
        if rows is not None:
            keys[at] = some


class SortedRanking:
    """All own packages, sorted by (utility, number), at T tables. Memory: 8 bytes x T x packages."""

    def __init__(self, numbers: Numbers, packages: np.ndarray):
        own = packages[~numbers.vetoed(packages)]
        self.empty = not len(own)
        if self.empty:  # its red lines leave it nothing: `best` says so, and no answer of `at_least` is ever used
            own = packages[:1]
        self.packages = own
        self.packages.flags.writeable = False
        self.bits = max(1, int(len(own) - 1).bit_length())
        self.tables = numbers.tables
        self._memory = _borrow(self.tables * len(own))
        self.keys = self._memory[: self.tables * len(own)].reshape(self.tables, len(own))
        self.again(numbers, None)

    def again(self, numbers: Numbers, rows: np.ndarray | None) -> None:
        """Sort anew at the tables `rows` (None: at all): the `numbers` have changed there, and red lines nowhere."""
        self.numbers = numbers
        sort_keys(self.keys, self.bits, rows, self._totals)
        ends = np.clip(self.keys[:, [0, -1]] >> self.bits, 0, GRAIN) / GRAIN
        self._worst, self._best = sealed(ends[:, 0]), sealed(np.full(self.tables, -1.0) if self.empty else ends[:, 1])
        self._top_grains = self.keys[:, -1] >> self.bits

    def _totals(self, rows: np.ndarray | slice) -> np.ndarray:
        return self.numbers.all_totals(self.packages, rows, clipped=False)

    def __len__(self) -> int:
        return len(self.packages)

    def release(self) -> None:
        """Give the memory of the keys back for the next ranking; this one cannot be asked any more."""
        _give_back(self._memory)
        del self.keys, self._memory

    def best(self, rows: np.ndarray) -> np.ndarray:
        """Highest utility, float (n,); -1 for a party whose red lines leave it no package."""
        return self._of(self._best, rows)

    def worst(self, rows: np.ndarray) -> np.ndarray:
        """Lowest utility, float (n,)."""
        return self._of(self._worst, rows)

    def _of(self, values: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Values (T,) at the tables `rows`: read-only (n,)."""
        if self.tables == 1:
            return np.broadcast_to(values, len(rows))
        return values if len(rows) == self.tables else values[rows]

    def _search(self, limit: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Position of the first key whose grains are >= limit, int64 (n,)."""
        wanted = limit << self.bits
        if self.tables == 1:
            return np.searchsorted(self.keys[0], wanted)
        # binary search in every row at once; `count` plus one step always fits below the next power of two
        flat, count = self.keys.reshape(-1), self.keys.shape[1]
        base = rows * count - 1
        low = np.zeros(len(rows), dtype=np.int64)
        step = 1 << (count.bit_length() - 1)
        while step:
            middle = low + step
            ok = flat[base + np.minimum(middle, count)] < wanted
            ok &= middle <= count
            low += step * ok
            step >>= 1
        return low

    def _first(self, target: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Position of the first key that reaches the target, or else the best utility; and the target in grains."""
        limit = threshold(target)
        return self._search(np.minimum(limit, self._of(self._top_grains, rows)), rows), limit

    def at_least(self, target: np.ndarray, width: float, most: int, rows: np.ndarray) -> Found:
        """The up to `most` packages of lowest utility in [target, target + width], lowest first.

        `target` float (n,), `rows` (n,) tables, increasing. Returns packages (n, K, I), utility (n, K), there bool
        (n, K). Where no package reaches the target, the best stand for it. Width 0 gives the single lowest package
        (K = 1).
        """
        count = self.keys.shape[1]
        first, limit = self._first(target, rows)
        if width <= 0:
            packages, u = self._packages_at(first, rows)
            return packages[:, None], u[:, None], np.ones((len(rows), 1), dtype=bool)
        place = first[:, None] + np.arange(most)
        inside = place < count
        keys = self._keys_at(np.minimum(place, count - 1), rows[:, None])
        grains = keys >> self.bits
        top = limit + round(width * GRAIN)
        limit = np.where(top < GRAIN, np.maximum(top, grains[:, 0]), EVERYTHING)  # a sum above 1 counts as 1
        there = (grains <= limit[:, None]) & inside
        longest = max(1, int(there.sum(axis=1).max(initial=0)))  # nothing is there past it, in any row
        keys, grains, there = keys[:, :longest], grains[:, :longest], there[:, :longest]
        return self.packages[keys & ((1 << self.bits) - 1)], np.clip(grains, 0, GRAIN) / GRAIN, there

    def _keys_at(self, place: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return self.keys[0][place] if self.tables == 1 else self.keys[rows, place]

    def nth_best(self, n: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The package at place `n` int64 (n,) from the top (0 = the best): packages (n, I), utility (n,). Past the end
        the worst stands for it."""
        place = self.keys.shape[1] - 1 - np.clip(n, 0, self.keys.shape[1] - 1)
        return self._packages_at(place, rows)

    def pick(self, share: np.ndarray, target: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The package a `share` float (n,) in [0, 1) of the way through those with utility >= target: all are equally
        likely for a uniform share. Packages (n, I), utility (n,). Where none reaches the target, the best."""
        first = self._search(threshold(target), rows)
        count = np.maximum(self.keys.shape[1] - first, 1)
        return self._packages_at(np.minimum(first, self.keys.shape[1] - 1) + (share * count).astype(np.int64), rows)

    def _packages_at(self, place: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        keys = self._keys_at(place, rows)
        return self.packages[keys & ((1 << self.bits) - 1)], np.clip(keys >> self.bits, 0, GRAIN) / GRAIN


class SplitRanking:
    """The same for spaces too large to enumerate; see `plan` for how the issues are split.

    Exact while no issue is passive. Passive issues (only in spaces of many issues, `approximate` is then True) follow
    the target: each, or each few that a rule or condition joins, takes the levels whose gain lies nearest to the
    target's place between the worst and the best; the answer is the lowest that the other issues reach from there. A
    query costs (levels of the hub) x (first group) x log(second group) per table, and each table remembers its last
    answers. Memory: HALVES bytes at most, or what one table takes, and a few kilobytes a table.
    """

    def __init__(self, numbers: Numbers):
        self.space, self.numbers, self.tables = numbers.space, numbers, numbers.tables
        allowed, self.empty, (self.hub, self.first, self.second, passive) = _split(numbers)
        self.approximate = bool(passive)
        self._levels = allowed
        self._refused = numbers.refusals
        self._enumerate(passive)
        if not self._parts or not all(len(choices) for _, choices in self._passive):
            self.empty, self._refused = True, ()  # as in SortedRanking: no answer is used, but each can be asked for
            self._enumerate(passive)
        self._halves: dict[int, list] = {}
        self._tops: dict[int, tuple] = {}
        self._ends_of: dict[int, tuple[int, int]] = {}
        self._answers: dict[int, dict[tuple[int, int, int], Found]] = {}

    def release(self) -> None:
        """Nothing to give back: the halves are small."""

    def again(self, numbers: Numbers, rows: np.ndarray) -> None:
        """As SortedRanking.again: what is remembered of the tables `rows` is forgotten."""
        self.numbers = numbers
        for remembered in (self._halves, self._tops, self._ends_of, self._answers):
            for row in rows.tolist():
                remembered.pop(row, None)

    def _enumerate(self, passive: list[list[int]]) -> None:
        self._passive = [(piece, self._feasible(self._combinations(piece), piece)) for piece in passive]
        self._parts = [part for hub in self._combinations(self.hub) for part in self._part(hub)]

    def _combinations(self, issues: list[int]) -> np.ndarray:
        """Every choice of allowed levels on `issues`, as packages (N, I) that are 0 elsewhere."""
        shape = tuple(len(self._levels[i]) for i in issues)
        chosen = radix_packages(np.arange(int(np.prod(shape))), shape)
        packages = np.zeros((len(chosen), len(self.space.shape)), dtype=np.int16)
        for n, i in enumerate(issues):
            packages[:, i] = self._levels[i][chosen[:, n]]
        return packages

    def _part(self, hub: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """(first group, second group) packages that go with the hub's levels, where any are feasible."""
        halves = []
        for group in (self.first, self.second):
            packages = self._combinations(group)
            packages[:, self.hub] = hub[self.hub]
            halves.append(self._feasible(packages, [*self.hub, *group]))
        if len(halves[0]) and len(halves[1]):
            yield halves[0], halves[1]

    def _feasible(self, packages: np.ndarray, issues: list[int]) -> np.ndarray:
        """Those of the packages that break no rule, and hold nothing the party refuses, as far as that is about
        `issues` only."""
        ok = np.ones(len(packages), dtype=bool)
        for tests in (*self.space.rules, *self._refused):
            if {i for i, _ in tests} <= {*issues}:
                ok &= ~self.space.hold(tests, packages)
        return packages[ok]

    def _about(self, issues: list[int]) -> list[int]:
        """The party's conditions on any of `issues`."""
        return [k for k, tests in enumerate(self.numbers.conditions) if any(i in issues for i, _ in tests)]

    def _sums(self, row: int, packages: np.ndarray, issues: list[int], conditions: list[int]) -> np.ndarray:
        gains = self.numbers.contributions[row]
        total = np.zeros(len(packages), dtype=np.int64)
        for i in issues:
            total += gains[self.space.offsets[i] + packages[:, i].astype(np.int64)]
        for k in conditions:
            held = self.space.hold(self.numbers.conditions[k], packages)
            total += np.where(held, self.numbers.bonuses[row, k], 0)
        return total

    def _half(self, row: int) -> list:
        """Per part: units of the first group (with the hub), highest first, of the second, lowest first, and for each
        which package stands where. Those of the first tables that ask are kept, as many as HALVES holds."""
        halves = self._halves.get(row)
        if halves is None:
            halves = self._sort(row)
            size = sum(array.nbytes for half in halves for array in half)
            # none gives way: going round all tables, the oldest would do so just before it is asked for again
            if not self._halves or (len(self._halves) + 1) * size <= HALVES:
                self._halves[row] = halves
        return halves

    def _sort(self, row: int) -> list:
        of_b = self._about(self.second)
        of_a = [k for k in self._about([*self.hub, *self.first]) if k not in of_b]
        halves = []
        for a, b in self._parts:
            ua = self._sums(row, a, [*self.hub, *self.first], of_a)
            ub = self._sums(row, b, self.second, of_b)
            by_a, by_b = np.argsort(-ua, kind="stable"), np.argsort(ub, kind="stable")
            halves.append((ua[by_a], ub[by_b], by_a.astype(np.int32), by_b.astype(np.int32)))
        return halves

    def _ends(self, row: int) -> tuple[int, int]:
        """Lowest and highest sum of all packages, in units; remembered."""
        if row in self._ends_of:
            return self._ends_of[row]
        halves = self._half(row)
        low, high = self._span(halves)
        gains = self._gains(row)
        self._ends_of[row] = low + sum(int(g.min()) for g in gains), high + sum(int(g.max()) for g in gains)
        return self._ends_of[row]

    @staticmethod
    def _span(halves: list) -> tuple[int, int]:
        """Lowest and highest sum that the two groups reach together."""
        return min(int(ua[-1] + ub[0]) for ua, ub, *_ in halves), max(int(ua[0] + ub[-1]) for ua, ub, *_ in halves)

    def _gains(self, row: int) -> list[np.ndarray]:
        """Units of every choice on each piece of passive issues."""
        return [self._sums(row, choices, piece, self._about(piece)) for piece, choices in self._passive]

    def best(self, rows: np.ndarray) -> np.ndarray:
        """Highest utility, float (n,); -1 for a party whose red lines leave it no package."""
        if self.empty:
            return np.full(len(rows), -1.0)
        return self._utility(np.array([self._ends(r)[1] for r in self._at(rows)]), rows)

    def worst(self, rows: np.ndarray) -> np.ndarray:
        """Lowest utility, float (n,)."""
        return self._utility(np.array([self._ends(r)[0] for r in self._at(rows)]), rows)

    def _scale(self, rows: np.ndarray) -> np.ndarray:
        """Units to a utility of 1 at the tables `rows`, int64 (n,)."""
        return self.numbers.scale[self._at(rows)]

    def _utility(self, units: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Units (n, ...) at the tables `rows` (n,) as utility in [0, 1]."""
        scale = self._scale(rows).reshape(-1, *(1,) * (units.ndim - 1))
        return np.clip(to_grains(units, scale), 0, GRAIN) / GRAIN

    def _at(self, rows: np.ndarray) -> list[int]:
        return [0] * len(rows) if self.tables == 1 else [int(r) for r in rows]

    def at_least(self, target: np.ndarray, width: float, most: int, rows: np.ndarray) -> Found:
        """As SortedRanking.at_least; ties in utility go to the lowest package number where numbers fit 63 bits."""
        k = 1 if width <= 0 else most
        packages = np.zeros((len(rows), k, len(self.space.shape)), dtype=np.int16)
        units = np.zeros((len(rows), k), dtype=np.int64)
        there = np.zeros((len(rows), k), dtype=bool)
        limits, scale = threshold(target), self._scale(rows)
        top = limits + round(width * GRAIN)
        # a sum above 1 counts as 1
        lowest, above = to_units(limits, scale), np.where(top < GRAIN, to_units(top + 1, scale), EVERYTHING)
        for n, row in enumerate(self._at(rows)):
            question, answers = (int(lowest[n]), int(above[n]), k), self._answers.setdefault(row, {})
            if question not in answers:
                if len(answers) == ANSWERS:
                    answers.pop(next(iter(answers)))
                answers[question] = self._query(row, *question)
            packages[n], units[n], there[n] = answers[question]
        return packages, self._utility(units, rows), there

    def nth_best(self, n: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As SortedRanking.nth_best. The top of the list is kept, so that only a longer one is computed anew."""
        packages = np.empty((len(rows), len(self.space.shape)), dtype=np.int16)
        units = np.empty(len(rows), dtype=np.int64)
        for k, row in enumerate(self._at(rows)):
            top = self._tops.get(row)
            if top is None or (len(top[0]) <= n[k] and len(top[0]) < top[2]):
                top = self._tops[row] = self._top(row, max(64, 2 * int(n[k]) + 2))
            place = min(int(n[k]), len(top[0]) - 1)
            packages[k], units[k] = top[0][place], top[1][place]
        return packages, self._utility(units, rows)

    def pick(self, share: np.ndarray, target: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As SortedRanking.pick; passive issues follow the target."""
        packages = np.empty((len(rows), len(self.space.shape)), dtype=np.int16)
        units = np.empty(len(rows), dtype=np.int64)
        limits = to_units(threshold(target), self._scale(rows))
        for n, (row, limit) in enumerate(zip(self._at(rows), limits, strict=True)):
            halves = self._half(row)
            followed, given = self._follow(row, int(limit))
            goal = min(int(limit) - given, self._span(halves)[1])
            counts = [len(ub) - np.searchsorted(ub, goal - ua) for ua, ub, *_ in halves]
            ends = np.cumsum(np.concatenate(counts))
            place = int(share[n] * ends[-1])
            line = int(np.searchsorted(ends, place, side="right"))
            part = 0
            while line >= len(counts[part]):
                line -= len(counts[part])
                part += 1
            (a, b), (ua, ub, by_a, by_b) = self._parts[part], halves[part]
            column = len(ub) - 1 - place % int(counts[part][line])
            packages[n] = a[by_a[line]]
            packages[n, self.second] = b[by_b[column], self.second]
            for piece, _ in self._passive:
                packages[n, piece] = followed[piece]
            units[n] = ua[line] + ub[column] + given
        return packages, self._utility(units, rows)

    def _top(self, row: int, k: int) -> tuple[np.ndarray, np.ndarray, int]:
        """The k highest packages and their units, highest first (highest number first on ties), and how many there
        are in all; passive issues stand at their best."""
        halves = self._half(row)
        count = sum(len(a) * len(b) for a, b in self._parts)
        k = min(k, count)
        low, high = self._span(halves)
        while low < high:  # the highest sum that at least k packages reach
            middle = (low + high + 1) // 2
            reach = sum(int((len(ub) - np.searchsorted(ub, middle - ua)).sum()) for ua, ub, *_ in halves)
            low, high = (middle, high) if reach >= k else (low, middle - 1)
        found, sums = [], []
        for (a, b), (ua, ub, by_a, by_b) in zip(self._parts, halves, strict=True):
            start = np.searchsorted(ub, low - ua)
            lengths = len(ub) - start
            line = np.repeat(np.arange(len(ua)), lengths)
            column = np.arange(len(line)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + np.repeat(start, lengths)
            packages = a[by_a[line]]
            packages[:, self.second] = b[by_b[column]][:, self.second]
            found.append(packages)
            sums.append(ua[line] + ub[column])
        packages, units = np.concatenate(found), np.concatenate(sums)
        for (piece, choices), gains in zip(self._passive, self._gains(row), strict=True):
            packages[:, piece] = choices[int(gains.argmax()), piece]
            units = units + int(gains.max())
        number = radix_index(packages, self.space.shape) if self.space.size < 2**63 else np.arange(len(packages))
        best = np.lexsort((number, units))[::-1][:k]
        return packages[best], units[best], count

    def _follow(self, row: int, limit: int) -> tuple[np.ndarray, int]:
        """A package (I,) with the passive levels nearest to the target's place between worst and best; their sum."""
        low, high = self._ends(row)
        place = 0.0 if high == low else min(max((limit - low) / (high - low), 0.0), 1.0)
        package, total = np.zeros(len(self.space.shape), dtype=np.int16), 0
        for (piece, choices), gains in zip(self._passive, self._gains(row), strict=True):
            wanted = gains.min() + place * (gains.max() - gains.min())
            pick = int(np.abs(gains - wanted).argmin())
            package[piece] = choices[pick, piece]
            total += int(gains[pick])
        return package, total

    def _query(self, row: int, limit: int, above: int, k: int) -> Found:
        """Packages (k, I), their units (k,) and which are there (k,): the k lowest from `limit` to below `above`, in
        units; where there is none, the first that reaches the limit, or else the best."""
        everything = np.iinfo(np.int64).max
        halves = self._half(row)
        followed, given = self._follow(row, limit)
        goal = min(limit - given, self._span(halves)[1])
        # the k lowest sums lie among the k lowest "first that reaches" of each half-package and their successors
        positions = [np.searchsorted(ub, goal - ua) for ua, ub, *_ in halves]
        firsts = [
            np.where(at < len(ub), ua + ub[np.minimum(at, len(ub) - 1)], everything)
            for at, (ua, ub, *_) in zip(positions, halves, strict=True)
        ]
        joined = np.concatenate(firsts)
        cut = np.partition(joined, k - 1)[k - 1] if len(joined) >= k else everything
        cut = min(int(cut), everything - 1)
        found, numbers = [], []
        for (a, b), (ua, ub, by_a, by_b), at, first in zip(self._parts, halves, positions, firsts, strict=True):
            live = np.flatnonzero(first <= cut)
            if not len(live):
                continue
            steps = min(max(64, k), len(ub))
            place = at[live][:, None] + np.arange(steps)
            sums = np.where(place < len(ub), ua[live][:, None] + ub[np.minimum(place, len(ub) - 1)], everything)
            line, column = np.nonzero(sums <= cut)
            packages = a[by_a[live[line]]]
            packages[:, self.second] = b[by_b[place[line, column]]][:, self.second]
            for piece, _ in self._passive:
                packages[:, piece] = followed[piece]
            found.append(packages)
            numbers.append(sums[line, column])
        packages, sums = np.concatenate(found), np.concatenate(numbers)
        number = radix_index(packages, self.space.shape) if self.space.size < 2**63 else np.arange(len(packages))
        order = np.lexsort((number, sums))[:k]
        units = sums[order] + given
        pad = k - len(order)
        there = np.concatenate([units < max(above, int(units[0]) + 1), np.zeros(pad, dtype=bool)])
        return (
            np.concatenate([packages[order], np.repeat(packages[order[-1:]], pad, axis=0)]),
            np.concatenate([units, np.repeat(units[-1:], pad)]),
            there,
        )


def check_splits(preferences: Preferences) -> None:
    """Raises ScenarioError if the packages of some party cannot be split: no talks can be held in such a space."""
    for numbers in preferences.numbers:
        _split(numbers)


def _split(numbers: Numbers) -> tuple[list[np.ndarray], bool, tuple]:
    """The levels of each issue that are no red line of the party, whether some issue has none (then those of all issues
    are given), and the `plan`."""
    space = numbers.space
    ends = zip(space.offsets[:-1], space.offsets[1:], strict=True)
    allowed = [np.flatnonzero(~numbers.forbidden[a:b]) for a, b in ends]
    empty = not all(len(levels) for levels in allowed)
    if empty:
        allowed = [np.arange(n) for n in space.shape]
    tests = [*space.rules, *numbers.conditions]
    return allowed, empty, plan([len(levels) for levels in allowed], [tuple(i for i, _ in some) for some in tests])


# int64 arrays that rankings have given back: touching fresh memory costs as much as sorting; any thread may borrow them
_spare: list[np.ndarray] = []
_spare_lock = threading.Lock()
SPARE = 25_000_000


def _borrow(size: int) -> np.ndarray:
    """An int64 array of at least `size`, from what was given back if one fits well, else new."""
    with _spare_lock:
        for n, array in enumerate(_spare):
            if size <= len(array) <= 2 * size:
                array[size:] = 0  # what another party left there
                return _spare.pop(n)
    return np.empty(size, dtype=np.int64)


def _give_back(array: np.ndarray) -> None:
    """Keep an array for `_borrow`, and of all only the last SPARE numbers."""
    with _spare_lock:
        _spare.append(array)
        while sum(map(len, _spare)) > SPARE:
            _spare.pop(0)


# packages ranked at a time
BLOCK = 1 << 16

# no sum is kept lower: that of a package with several closed levels would not fit its key
LEAST = -(MAX_WEIGHT_SUM + 1) * GRAIN

# bytes of the sorted halves that one split ranking keeps, and answers that it remembers of each table
HALVES, ANSWERS = 64_000_000, 8

# largest group of a split that is enumerated, and largest hub
GROUP, HUB = 60_000, 300


def plan(counts: list[int], coupled: list[tuple[int, ...]]) -> tuple[list[int], list[int], list[int], list[list[int]]]:
    """Split issues with `counts` levels into (hub, first, second, passive), so that no rule or condition (each a tuple
    of issues in `coupled`) joins first and second once the hub is fixed, and both groups are small enough to enumerate.

    The hub is the cheapest set of up to three coupled issues; what is left falls into groups that nothing joins, and
    these are dealt out, largest first, to the smaller side. What fits on neither side is passive, each group on its
    own. Raises ScenarioError where a group is too large.
    """
    bound = sorted({i for tests in coupled for i in tests})
    best = None
    for size in range(min(4, len(bound) + 1)):
        for hub in itertools.combinations(bound, size):
            levels = math.prod(counts[i] for i in hub)
            if levels <= HUB:
                first, second, passive = _deal(counts, coupled, hub)
                near = {i for tests in coupled if {*tests} & {*hub} for i in tests}
                if any(near & {*piece} or math.prod(counts[i] for i in piece) > GROUP for piece in passive):
                    continue
                a, b = (math.prod(counts[i] for i in group) for group in (first, second))
                cost = (sum(map(len, passive)), levels * (a + 0.2 * b))
                if best is None or cost < best[0]:
                    best = (cost, sorted(hub), sorted(first), sorted(second), passive)
    if best is None:
        raise ScenarioError(
            f"rules and conditions join {len(bound)} issues so closely that this space can be neither enumerated nor "
            "split"
        )
    return best[1:]


def _deal(
    counts: list[int], coupled: list[tuple[int, ...]], hub: tuple[int, ...]
) -> tuple[list[int], list[int], list[list[int]]]:
    group = {i: {i} for i in range(len(counts)) if i not in hub}
    for tests in coupled:
        joined = set().union(*(group[i] for i in tests if i in group))
        for i in joined:
            group[i] = joined
    pieces = {id(g): sorted(g) for g in group.values()}.values()
    sides: list[list[int]] = [[], []]
    sizes = [1, 1]
    passive: list[list[int]] = []
    for piece in sorted(pieces, key=lambda g: (-math.prod(counts[i] for i in g), g)):
        smaller = 0 if sizes[0] <= sizes[1] else 1
        size = math.prod(counts[i] for i in piece)
        if sizes[smaller] * size <= GROUP:
            sides[smaller] += piece
            sizes[smaller] *= size
        else:
            passive.append(piece)
    if sizes[0] > sizes[1]:  # search each of the fewer in the sorted list of the more
        sides.reverse()
    return sides[0], sides[1], passive


def feasible_packages(space: Space) -> np.ndarray | None:
    """All feasible packages (N, I) of an enumerable space, else None."""
    if not space.enumerable:
        return None
    packages = space.enumerate()
    return sealed(packages[space.feasible(packages)])
