"""A ranking that sorts all packages, up to a million of them, once per set of preferences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .facts import MAX_WEIGHT_SUM
from .ranking import EVERYTHING, Found, threshold
from .sealed import sealed
from .spare import borrow, give_back
from .utility import GRAIN, Numbers

# packages ranked at a time
BLOCK = 1 << 16

# no sum is kept lower: that of a package with several closed levels would not fit its key
LEAST = -(MAX_WEIGHT_SUM + 1) * GRAIN


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
        self._memory = borrow(self.tables * len(own))
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
        give_back(self._memory)
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
