"""One party's own packages in order of utility: find the least good one that is still good enough.

Up to a million packages are sorted once per set of preferences. Larger spaces are split: the issues that occur in rules
or conditions (and more, up to about the square root of the size) form one half, enumerated with everything that couples
them; the rest is additive, sorted once. A query joins the two halves and is exact; nothing enumerates the whole.
Packages that break a rule or cross the party's own red lines are left out. The order is by the sum before it is clipped
to [0, 1], then by number.
"""

from __future__ import annotations

import numpy as np

from .space import Space, radix_index, radix_packages
from .utility import PICO, Preferences


def threshold(u: np.ndarray) -> np.ndarray:
    """Smallest int64 count of picos whose utility is at least u, so that comparing picos is comparing utilities."""
    u = np.asarray(u, dtype=float)
    k = np.ceil(u * PICO).astype(np.int64)
    k = np.where((k - 1) / PICO >= u, k - 1, k)
    return np.where(k / PICO < u, k + 1, k)


class SortedRanking:
    """All own packages, sorted by (utility, number), at T tables. Memory: 8 bytes x T x packages."""

    def __init__(self, preferences: Preferences, party: int, packages: np.ndarray):
        own = packages[~preferences.vetoed(packages, party)]
        self.empty = not len(own)
        if self.empty:  # its red lines leave it nothing: `best` says so, and no answer of `at_least` is ever used
            own = packages[:1]
        self.packages = own
        # key = picos and position in one integer: one sort, no ties, lowest number first
        self.bits = max(1, int(len(own) - 1).bit_length())
        keys = preferences.all_totals(own, party, clipped=False) << self.bits
        keys |= np.arange(len(own), dtype=np.int64)
        keys.sort(axis=1)
        self.keys = keys
        self.tables = len(keys)

    def __len__(self) -> int:
        return len(self.packages)

    def best(self, rows: np.ndarray) -> np.ndarray:
        """Highest utility, float (n,); -1 for a party whose red lines leave it no package."""
        if self.empty:
            return np.full(len(rows), -1.0)
        return np.minimum(self.keys[self._at(rows), -1] >> self.bits, PICO) / PICO

    def worst(self, rows: np.ndarray) -> np.ndarray:
        """Lowest utility, float (n,)."""
        return np.maximum(self.keys[self._at(rows), 0] >> self.bits, 0) / PICO

    def _at(self, rows):
        return np.zeros(len(rows), dtype=np.int64) if self.tables == 1 else rows

    def _search(self, limit: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Position of the first key whose picos are >= limit, int64 (n,)."""
        wanted = limit << self.bits
        if self.tables == 1:
            return np.searchsorted(self.keys[0], wanted)
        flat, count = self.keys.reshape(-1), self.keys.shape[1]
        base = rows * count
        low = np.zeros(len(rows), dtype=np.int64)
        step = 1 << (count.bit_length() - 1)
        while step:
            middle = low + step
            ok = (middle <= count) & (flat[base + np.minimum(middle, count) - 1] < wanted)
            low = np.where(ok, middle, low)
            step >>= 1
        return low

    def at_least(self, target: np.ndarray, width: float, most: int, rows: np.ndarray):
        """The up to `most` packages of lowest utility in [target, target + width], lowest first.

        `target` float (n,), `rows` (n,) tables. Returns packages (n, K, I), utility (n, K), there bool (n, K). Where no
        package reaches the target, the best stand for it. Width 0 gives the single lowest package (K = 1).
        """
        count = self.keys.shape[1]
        goal = np.minimum(threshold(target), self.keys[self._at(rows), -1] >> self.bits)
        first = self._search(goal, rows)
        span = np.arange(1 if width <= 0 else most)
        place = np.minimum(first[:, None] + span, count - 1)
        keys = self.keys[self._at(rows)[:, None], place]
        picos = keys >> self.bits
        limit = np.maximum(threshold(target) + round(width * PICO), picos[:, 0])
        there = (picos <= limit[:, None]) & (first[:, None] + span < count)
        return self.packages[keys & ((1 << self.bits) - 1)], np.clip(picos, 0, PICO) / PICO, there

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
        keys = self.keys[self._at(rows), place]
        return self.packages[keys & ((1 << self.bits) - 1)], np.clip(keys >> self.bits, 0, PICO) / PICO


class SplitRanking:
    """The same for spaces too large to enumerate. Exact; a query costs (first half) x log(second half) per table."""

    def __init__(self, preferences: Preferences, party: int):
        space = preferences.space
        self.space, self.preferences, self.party, self.tables = space, preferences, party, preferences.tables
        coupled = {i for tests in [*space.rules, *preferences.conditions[party]] for i, _ in tests}
        first, size = sorted(coupled), 1
        for i in first:
            size *= space.shape[i]
        for i in range(len(space.shape)):
            if i not in coupled and size * space.shape[i] <= max(space.size**0.5, 1):
                first.append(i)
                size *= space.shape[i]
        self.first = sorted(first)
        self.second = [i for i in range(len(space.shape)) if i not in first]
        shape_a, shape_b = (tuple(space.shape[i] for i in half) for half in (self.first, self.second))
        a, b = (np.zeros((n, len(space.shape)), dtype=np.int16) for n in (int(np.prod(shape_a)), int(np.prod(shape_b))))
        a[:, self.first] = radix_packages(np.arange(len(a)), shape_a)
        b[:, self.second] = radix_packages(np.arange(len(b)), shape_b)
        self.a = a[self._allowed(a, self.first) & space.feasible(a)]
        self.b = b[self._allowed(b, self.second)]
        self.empty = not (len(self.a) and len(self.b))
        if self.empty:
            self.a, self.b = a[space.feasible(a)][:1], b[:1]
        self._cache: dict = {}
        self._tops: dict = {}
        self._halves: dict[int, tuple] = {}

    def _allowed(self, packages, issues):
        ok = np.ones(len(packages), dtype=bool)
        for i in issues:
            ok &= ~self.preferences.forbidden[self.party, self.space.offsets[i] + packages[:, i].astype(np.int64)]
        return ok

    def _half(self, row: int) -> tuple:
        """Picos of the first half (with conditions), and the second half's sorted by (picos, number)."""
        if row not in self._halves:
            if len(self._halves) > 64:
                self._halves.clear()
            c = self.preferences.contributions[row, self.party]
            ua = np.zeros(len(self.a), dtype=np.int64)
            for i in self.first:
                ua += c[self.space.offsets[i] + self.a[:, i].astype(np.int64)]
            for k, tests in enumerate(self.preferences.conditions[self.party]):
                ua += np.where(self.space.hold(tests, self.a), self.preferences.bonuses[row, self.party, k], 0)
            ub = np.zeros(len(self.b), dtype=np.int64)
            for i in self.second:
                ub += c[self.space.offsets[i] + self.b[:, i].astype(np.int64)]
            order = np.argsort(ub, kind="stable")
            by_a = np.argsort(ua, kind="stable")
            self._halves[row] = (ua[by_a], by_a, ub[order], order)
        return self._halves[row]

    def best(self, rows: np.ndarray) -> np.ndarray:
        """Highest utility, float (n,); -1 for a party whose red lines leave it no package."""
        if self.empty:
            return np.full(len(rows), -1.0)
        return np.array([min(self._half(r)[0][-1] + self._half(r)[2][-1], PICO) for r in self._at(rows)]) / PICO

    def worst(self, rows: np.ndarray) -> np.ndarray:
        """Lowest utility, float (n,)."""
        return np.array([max(self._half(r)[0][0] + self._half(r)[2][0], 0) for r in self._at(rows)]) / PICO

    def _at(self, rows) -> list[int]:
        return [0] * len(rows) if self.tables == 1 else [int(r) for r in rows]

    def at_least(self, target: np.ndarray, width: float, most: int, rows: np.ndarray):
        """As SortedRanking.at_least; ties in utility go to the lowest package number where numbers fit 63 bits."""
        k = 1 if width <= 0 else most
        packages = np.zeros((len(rows), k, len(self.space.shape)), dtype=np.int16)
        picos = np.zeros((len(rows), k), dtype=np.int64)
        there = np.zeros((len(rows), k), dtype=bool)
        limits = threshold(target)
        for n, row in enumerate(self._at(rows)):
            question = (row, int(limits[n]), width, k)
            if question not in self._cache:
                if len(self._cache) > 4096:
                    self._cache.clear()
                self._cache[question] = self._query(row, int(limits[n]), round(width * PICO), k)
            packages[n], picos[n], there[n] = self._cache[question]
        return packages, np.clip(picos, 0, PICO) / PICO, there

    def nth_best(self, n: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As SortedRanking.nth_best; the top of the list is kept, so that only a longer one is computed anew."""
        packages = np.zeros((len(rows), len(self.space.shape)), dtype=np.int16)
        picos = np.zeros(len(rows), dtype=np.int64)
        for k, row in enumerate(self._at(rows)):
            length, top = self._tops.get(row, (0, None))
            if top is None or (n[k] >= len(top[1]) and length < self.space.size):
                length = max(64, 2 * int(n[k]) + 2)
                top = self._top(row, length)
                if len(self._tops) > 64:
                    self._tops.clear()
                self._tops[row] = length, top
            place = min(max(int(n[k]), 0), len(top[1]) - 1)
            packages[k], picos[k] = top[0][place], top[1][place]
        return packages, np.clip(picos, 0, PICO) / PICO

    def _top(self, row: int, count: int) -> tuple[np.ndarray, np.ndarray]:
        """The best `count` packages (or all), best first, and their picos; of tied ones the highest number first."""
        ua, by_a, ub, by_b = self._half(row)
        # place i of one half can only go with places j of the other where (i + 1)(j + 1) <= count
        i = np.repeat(np.arange(len(ua)), np.minimum(count // np.arange(1, len(ua) + 1), len(ub)))
        j = np.arange(len(i)) - np.searchsorted(i, i)
        sums = ua[len(ua) - 1 - i] + ub[len(ub) - 1 - j]
        if len(sums) > count:
            lowest = np.partition(sums, len(sums) - count)[len(sums) - count]
            # all ties of the last one: of each half-package, everything that reaches it
            reach = len(ub) - np.searchsorted(ub, lowest - ua)
            if reach.sum() <= 64 * count + 4096:
                i = np.repeat(np.arange(len(ua)), reach)
                j = np.arange(len(i)) - np.searchsorted(i, i)
                i = len(ua) - 1 - i
                sums = ua[len(ua) - 1 - i] + ub[len(ub) - 1 - j]
        packages = self.a[by_a[len(ua) - 1 - i]].copy()
        packages[:, self.second] = self.b[by_b[len(ub) - 1 - j]][:, self.second]
        number = radix_index(packages, self.space.shape) if self.space.size < 2**63 else np.arange(len(packages))
        order = np.lexsort((number, sums))[::-1][:count]
        return packages[order], sums[order]

    def pick(self, share: np.ndarray, target: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As SortedRanking.pick, each package equally likely, in another order."""
        packages = np.zeros((len(rows), len(self.space.shape)), dtype=np.int16)
        picos = np.zeros(len(rows), dtype=np.int64)
        limits = threshold(target)
        for k, row in enumerate(self._at(rows)):
            ua, by_a, ub, by_b = self._half(row)
            reach = np.cumsum(len(ub) - np.searchsorted(ub, min(int(limits[k]), int(ua[-1] + ub[-1])) - ua))
            place = min(int(share[k] * reach[-1]), int(reach[-1]) - 1)
            i = int(np.searchsorted(reach, place, side="right"))
            j = len(ub) - int(reach[i]) + place
            packages[k] = self.a[by_a[i]]
            packages[k, self.second] = self.b[by_b[j], self.second]
            picos[k] = ua[i] + ub[j]
        return packages, np.clip(picos, 0, PICO) / PICO

    def _query(self, row: int, limit: int, width: int, k: int):
        ua, by_a, ub, by_b = self._half(row)
        position = np.searchsorted(ub, min(limit, int(ua[-1] + ub[-1])) - ua)
        # the k lowest sums lie among the k lowest "first that reaches" of each half-package and their successors
        live = np.flatnonzero(position < len(ub))
        firsts = ua[live] + ub[position[live]]
        everything = np.iinfo(np.int64).max
        cut = np.partition(firsts, k - 1)[k - 1] if len(live) >= k else everything - 1
        live = live[firsts <= cut]
        # every tie of the lowest sum counts: the lowest number among them is the answer
        steps = min(max(64, k), len(ub))
        place = position[live][:, None] + np.arange(steps)
        sums = np.where(place < len(ub), ua[live][:, None] + ub[np.minimum(place, len(ub) - 1)], everything)
        rows_, columns = np.nonzero(sums <= cut)
        found = sums[rows_, columns]
        packages = self.a[by_a[live[rows_]]].copy()
        packages[:, self.second] = self.b[by_b[place[rows_, columns]]][:, self.second]
        number = radix_index(packages, self.space.shape) if self.space.size < 2**63 else np.arange(len(packages))
        order = np.lexsort((number, found))[:k]
        picos = found[order]
        pad = k - len(order)
        there = np.concatenate([picos <= max(limit + width, int(picos[0])), np.zeros(pad, dtype=bool)])
        return (
            np.concatenate([packages[order], np.repeat(packages[order[-1:]], pad, axis=0)]),
            np.concatenate([picos, np.repeat(picos[-1:], pad)]),
            there,
        )


def ranking(preferences: Preferences, party: int, packages: np.ndarray | None) -> SortedRanking | SplitRanking:
    """The ranking of one party; `packages`: the feasible packages (N, I) if the space was enumerated, else None."""
    if packages is not None:
        return SortedRanking(preferences, party, packages)
    return SplitRanking(preferences, party)


def feasible_packages(space: Space) -> np.ndarray | None:
    """All feasible packages (N, I) of an enumerable space, else None."""
    if not space.enumerable:
        return None
    packages = space.enumerate()
    return packages[space.feasible(packages)]
