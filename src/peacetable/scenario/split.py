"""A ranking for spaces too large to enumerate: exact, and nothing enumerates the whole.

Once the levels of a few hub issues are fixed, the others fall into two groups that no rule or condition joins (`plan`);
each group is enumerated, one is sorted, and a query looks up what each package of the other lacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .plan import split
from .ranking import EVERYTHING, Found, threshold
from .space import radix_index, radix_packages
from .utility import GRAIN, Numbers, to_grains, to_units

# bytes of the sorted halves that one split ranking keeps, and answers that it remembers of each table
HALVES, ANSWERS = 64_000_000, 8


class Half(NamedTuple):
    """A part at one table, sorted: units int64 of the first group (with the hub), highest first, and of the second,
    lowest first; and which of the part's packages, int32, stand where."""

    first: np.ndarray
    second: np.ndarray
    by_first: np.ndarray
    by_second: np.ndarray

    def reach(self, goal: int) -> np.ndarray:
        """Place in `second` of the first that lifts each of `first` to the goal; past the end where none does."""
        return np.searchsorted(self.second, goal - self.first)

    def sums(self, lines: np.ndarray | slice, places: np.ndarray) -> np.ndarray:
        """Units of `first` at the lines and `second` at the places together; EVERYTHING past the end."""
        last, first = len(self.second) - 1, self.first[lines]
        first = first.reshape(-1, *(1,) * (places.ndim - 1))
        return np.where(places <= last, first + self.second[np.minimum(places, last)], EVERYTHING)


class SplitRanking:
    """As SortedRanking, for spaces too large to enumerate; see `plan` for how the issues are divided.

    Exact while no issue is passive. Passive issues (only in spaces of many issues, `approximate` is then True) follow
    the target: each, or each few that a rule or condition joins, takes the levels whose gain lies nearest to the
    target's place between the worst and the best; the answer is the lowest that the other issues reach from there. A
    query costs (levels of the hub) x (first group) x log(second group) per table. Memory: HALVES bytes at most, or what
    one table takes, and a few kilobytes a table.

    What was worked out of a table is remembered until `again` says that its numbers have changed: `_halves` what is
    sorted, of the first tables that ask; `_ends_of` the lowest and highest sum; `_tops` the best packages; `_answers`
    the last ANSWERS of `at_least`, as tables that share their numbers ask the same, and so does a party whose target
    stands still, such as one that does as others do. Whatever is remembered besides has to be forgotten in `again` too,
    or it would answer for the time before an event.
    """

    def __init__(self, numbers: Numbers):
        self.space, self.numbers, self.tables = numbers.space, numbers, numbers.tables
        allowed, self.empty, (self.hub, self.first, self.second, passive) = split(numbers)
        self.approximate = bool(passive)
        self._levels = allowed
        self._refused = numbers.refusals
        self._enumerate(passive)
        if not self._parts or not all(len(choices) for _, choices in self._passive):
            self.empty, self._refused = True, ()  # as in SortedRanking: no answer is used, but each can be asked for
            self._enumerate(passive)
        self._halves: dict[int, list[Half]] = {}
        self._tops: dict[int, tuple[np.ndarray, np.ndarray, int]] = {}
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

    def _half(self, row: int) -> list[Half]:
        """The parts at a table. Those of the first tables that ask are kept, as many as HALVES holds."""
        halves = self._halves.get(row)
        if halves is None:
            halves = self._sort(row)
            size = sum(array.nbytes for half in halves for array in half)
            # none gives way: going round all tables, the oldest would do so just before it is asked for again
            if not self._halves or (len(self._halves) + 1) * size <= HALVES:
                self._halves[row] = halves
        return halves

    def _sort(self, row: int) -> list[Half]:
        of_second = self._about(self.second)
        of_first = [k for k in self._about([*self.hub, *self.first]) if k not in of_second]
        halves = []
        for a, b in self._parts:
            first = self._sums(row, a, [*self.hub, *self.first], of_first)
            second = self._sums(row, b, self.second, of_second)
            by_first, by_second = np.argsort(-first, kind="stable"), np.argsort(second, kind="stable")
            places = by_first.astype(np.int32), by_second.astype(np.int32)
            halves.append(Half(first[by_first], second[by_second], *places))
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
    def _span(halves: list[Half]) -> tuple[int, int]:
        """Lowest and highest sum that the two groups reach together."""
        lowest = min(int(half.first[-1] + half.second[0]) for half in halves)
        return lowest, max(int(half.first[0] + half.second[-1]) for half in halves)

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
            packages[n], units[n] = self._picked(row, float(share[n]), int(limit))
        return packages, self._utility(units, rows)

    def _picked(self, row: int, share: float, limit: int) -> tuple[np.ndarray, int]:
        """The package (I,) a share of the way through those that reach the limit, and its units."""
        halves = self._half(row)
        followed, given = self._follow(row, limit)
        goal = min(limit - given, self._span(halves)[1])
        counts = [len(half.second) - half.reach(goal) for half in halves]
        ends = np.cumsum(np.concatenate(counts))
        place = int(share * ends[-1])
        line = int(np.searchsorted(ends, place, side="right"))
        part = 0
        while line >= len(counts[part]):
            line -= len(counts[part])
            part += 1
        half = halves[part]
        column = len(half.second) - 1 - place % int(counts[part][line])
        (package,) = self._joined(part, half, np.array([line]), np.array([column]), followed)
        return package, int(half.first[line] + half.second[column]) + given

    def _joined(
        self, part: int, half: Half, lines: np.ndarray, columns: np.ndarray, followed: np.ndarray
    ) -> np.ndarray:
        """Packages (n, I): those of the first group at the lines with the second group of those at the columns, and the
        passive issues of the package `followed` (I,)."""
        a, b = self._parts[part]
        packages = a[half.by_first[lines]]
        packages[:, self.second] = b[half.by_second[columns]][:, self.second]
        for piece, _ in self._passive:
            packages[:, piece] = followed[piece]
        return packages

    def _in_order(self, packages: np.ndarray, units: np.ndarray) -> np.ndarray:
        """Where the packages stand that come first, second and so on by (units, number); in spaces whose numbers do not
        fit 63 bits those of the same units stay as they are."""
        number = radix_index(packages, self.space.shape) if self.space.size < 2**63 else np.arange(len(packages))
        return np.lexsort((number, units))

    def _top(self, row: int, k: int) -> tuple[np.ndarray, np.ndarray, int]:
        """The k highest packages and their units, highest first (highest number first on ties), and how many there
        are in all; passive issues stand at their best."""
        halves = self._half(row)
        count = sum(len(a) * len(b) for a, b in self._parts)
        k = min(k, count)
        lowest = self._reached_by(halves, k)
        best, added = self._follow(row, self._ends(row)[1])
        found, sums = [], []
        for part, half in enumerate(halves):
            start = half.reach(lowest)
            lengths = len(half.second) - start
            lines = np.repeat(np.arange(len(half.first)), lengths)
            columns = np.arange(len(lines)) - np.repeat(np.cumsum(lengths) - len(half.second), lengths)
            found.append(self._joined(part, half, lines, columns, best))
            sums.append(half.first[lines] + half.second[columns])
        packages, units = np.concatenate(found), np.concatenate(sums) + added
        order = self._in_order(packages, units)[::-1][:k]
        return packages[order], units[order], count

    def _reached_by(self, halves: list[Half], k: int) -> int:
        """The highest sum that at least k packages reach."""
        low, high = self._span(halves)
        while low < high:
            middle = (low + high + 1) // 2
            reach = sum(int((len(half.second) - half.reach(middle)).sum()) for half in halves)
            low, high = (middle, high) if reach >= k else (low, middle - 1)
        return low

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
        units; where there is none, the first that reaches the limit, or else the best.

        Each package of the first group has a line: itself with one of the second group after the other, from the first
        that reaches the limit. A line rises, so the k lowest stand in the first k places of the lines that begin no
        higher than the k-th lowest beginning does. Equal sums follow each other in a line by their numbers (the sort is
        stable), so that no package of a lower number stands past these places.
        """
        halves = self._half(row)
        followed, given = self._follow(row, limit)
        goal = min(limit - given, self._span(halves)[1])
        starts = [half.reach(goal) for half in halves]
        firsts = [half.sums(slice(None), start) for half, start in zip(halves, starts, strict=True)]
        highest = EVERYTHING - 1
        if sum(map(len, firsts)) >= k:
            highest = min(highest, int(np.partition(np.concatenate(firsts), k - 1)[k - 1]))
        found, sums = [], []
        for part, (half, start, first) in enumerate(zip(halves, starts, firsts, strict=True)):
            live = np.flatnonzero(first <= highest)
            if not len(live):
                continue
            places = start[live][:, None] + np.arange(k)
            sum_ = half.sums(live, places)
            line, step = np.nonzero(sum_ <= highest)
            found.append(self._joined(part, half, live[line], places[line, step], followed))
            sums.append(sum_[line, step])
        return self._lowest(np.concatenate(found), np.concatenate(sums) + given, above, k)

    def _lowest(self, packages: np.ndarray, units: np.ndarray, above: int, k: int) -> Found:
        """What `_query` gives, of the packages that may be among the k lowest: the last again where there are fewer."""
        order = self._in_order(packages, units)[:k]
        place = np.arange(k)
        again = order[np.minimum(place, len(order) - 1)]
        units = units[again]
        return packages[again], units, (place < len(order)) & (units < max(above, int(units[0]) + 1))
