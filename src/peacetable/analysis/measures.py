"""How good agreements are: distance to the Pareto frontier and to the Nash point, welfare; how opposed a scenario is.

All distances are Euclidean in the space of utilities (one axis per party, each 0 to 1).
"""

from __future__ import annotations

import numpy as np

from ..scenario import Preferences
from ..scenario.ranking import threshold
from ..scenario.utility import GRAIN
from .climbs import climb, improve, neighbours, uphill
from .frontier import dominated_by, dominating
from .solutions import gains, points
from .zone import signable, signable_levels, vectors, vetoes

CHUNK = 2**21  # grains held at a time


def welfare(utilities: np.ndarray) -> np.ndarray:
    """Social welfare: the sum over the parties, float (n,), of utilities (n, P) in [0, 1]."""
    return np.sort(utilities, axis=-1).sum(axis=-1)  # whatever the order of parties


def opposition(utilities: np.ndarray) -> float:
    """Least distance of any package to the point where everybody has utility 1 (Baarslag et al. 2013, Artificial
    Intelligence 198): 0 = no conflict, at most sqrt(P). `utilities`: (N, P) in [0, 1]."""
    return float(np.sqrt(((1.0 - utilities) ** 2).sum(axis=1)).min())


def distance_to_frontier(vector: np.ndarray, columns: np.ndarray) -> float:
    """Exact distance of the utilities (P,) to the Pareto frontier of the packages (P, N), all int64 grains.

    0 where no package dominates the vector. Else: a package's dominator of largest sum is on the frontier, so it bounds
    the distance and rules out all that it dominates; candidates inside the bound are tried nearest first until none is
    left. A fraction of the work of the whole frontier, and the same answer.
    """
    better = np.flatnonzero(dominating(vector, columns))
    if not len(better):
        return 0.0
    squares = ((columns - vector[:, None]) / GRAIN) ** 2
    far = squares[0].copy()
    for p in range(1, len(columns)):
        far += squares[p]
    top = better[columns[:, better].sum(axis=0).argmax()]
    bound = far[top]
    near = np.flatnonzero(far < bound)
    while True:
        near = near[(far[near] < bound) & ~dominated_by(columns[:, top], columns[:, near])]
        if not len(near):
            return float(np.sqrt(bound))
        candidate = near[far[near].argmin()]
        better = np.flatnonzero(dominating(columns[:, candidate], columns))
        if not len(better):
            return float(np.sqrt(far[candidate]))
        top = better[columns[:, better].sum(axis=0).argmax()]
        bound = min(bound, far[top])


class Yardstick:
    """Measures the agreements of many tables against each table's own frontier and Nash point.

    The frontier is over the signable packages (feasible, no red line of a party whose signature they need), the Nash
    point as in `solutions`, with the reservation values given (default: those of the start); of tied Nash points the
    nearest counts. Exact up to a million packages. Beyond, `approximate` is a sentence: the distance to the frontier is
    that to the end of a climb by changes of one or two issues that worsen nobody, and the Nash point is the best of two
    climbs of the product of gains, from the agreement and from a package good for all.
    """

    def __init__(self, preferences: Preferences, reservation: np.ndarray | None = None):
        """`reservation`: float (T, P) or (1, P), T the tables of `preferences` or, if those are shared, any number."""
        self.preferences, self.space = preferences, preferences.space
        self.reservation = preferences.reservation if reservation is None else reservation
        self.approximate = "" if self.space.enumerable else "distances come from climbs by one or two changes"
        self.parties = range(len(preferences.numbers))
        if self.space.enumerable:
            every = self.space.enumerate()
            self.packages = every[signable(preferences, every)]
            self.open = ~vetoes(preferences, self.packages).any(axis=1)

    def measure(self, packages: np.ndarray, rows: np.ndarray) -> dict[str, np.ndarray]:
        """{"pareto_distance", "nash_distance", "welfare"}: float (n,) each, for the packages (n, I) agreed at the
        tables `rows` (n,). `nash_distance` is NaN where the table's zone of possible agreement is empty."""
        packages, rows = np.asarray(packages), np.asarray(rows)
        agreed = np.stack([self.preferences.totals(packages, p, rows) for p in self.parties], axis=1)
        if not self.space.enumerable:
            measured = self._climbed(packages, agreed, rows)
        elif self.preferences.tables == 1:
            measured = self._shared(agreed, rows)
        else:
            measured = self._own(agreed, rows)
        return {"pareto_distance": measured[0], "nash_distance": measured[1], "welfare": welfare(agreed / GRAIN)}

    def _limits(self, rows: np.ndarray) -> np.ndarray:
        return self.reservation[np.zeros(len(rows), dtype=np.int64) if len(self.reservation) == 1 else rows]

    def _shared(self, agreed: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """One set of utilities: every distinct agreement is measured once, every distinct reservation solved once."""
        columns = np.stack([self.preferences.all_totals(self.packages, p)[0] for p in self.parties])
        kinds, back = np.unique(agreed, axis=0, return_inverse=True)
        pareto = np.array([distance_to_frontier(kind, columns) for kind in kinds])[back.reshape(-1)]
        nash = np.empty(len(rows))
        limits, which = np.unique(self._limits(rows), axis=0, return_inverse=True)
        for n, limit in enumerate(limits):
            at = np.flatnonzero(which.reshape(-1) == n)
            nash[at] = _nearest(agreed[at], columns[:, self._nash(columns, limit)])
        return pareto, nash

    def _own(self, agreed: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Utilities per table, a chunk of tables at a time."""
        pareto, nash = np.empty(len(rows)), np.empty(len(rows))
        limits = self._limits(rows)
        size = max(1, CHUNK // max(1, len(self.packages) * len(self.parties)))
        for start in range(0, len(rows), size):
            some = self.preferences.only(rows[start : start + size])
            totals = [some.all_totals(self.packages, p) for p in self.parties]
            for n in range(some.tables):
                columns = np.stack([total[n] for total in totals])
                at = start + n
                pareto[at] = distance_to_frontier(agreed[at], columns)
                nash[at] = _nearest(agreed[at : at + 1], columns[:, self._nash(columns, limits[at])])[0]
        return pareto, nash

    def _nash(self, columns: np.ndarray, limit: np.ndarray) -> np.ndarray:
        """Indices of the Nash points among the packages, the quick way where one product is clearly the largest."""
        bounds = threshold(limit)
        zone = self.open.copy()
        for p in self.parties:
            zone &= columns[p] >= bounds[p]
        inside = np.flatnonzero(zone)
        product = np.ones(len(inside))
        for p in self.parties:
            product *= columns[p, inside] / GRAIN - limit[p]
        if len(inside) and product.max() > 0:
            near = inside[product >= product.max() * (1 - 1e-9)]
            if len(near) == 1:
                return near
            inside = near
        return inside[points(columns[:, inside].T, limit).nash]

    def _climbed(self, packages: np.ndarray, agreed: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        pareto, nash = np.empty(len(rows)), np.empty(len(rows))
        known: dict = {}
        for n, row in enumerate(rows):
            table, limit = 0 if self.preferences.tables == 1 else int(row), self._limits(rows[n : n + 1])[0]
            key = (table, packages[n].tobytes(), limit.tobytes())
            if key not in known:
                known[key] = self._climb(packages[n], agreed[n], table, limit)
            pareto[n], nash[n] = known[key]
        return pareto, nash

    def _climb(self, package: np.ndarray, vector: np.ndarray, table: int, limit: np.ndarray) -> tuple[float, float]:
        end = climb(self.preferences, package, table, improve)
        bounds = threshold(limit)[:, None]

        def value(packages: np.ndarray, columns: np.ndarray) -> np.ndarray:
            """Below the zone of all the distance to it, negative; inside, the product of gains, plus 1."""
            short = np.minimum(columns - bounds, 0).sum(axis=0) / GRAIN - vetoes(self.preferences, packages).sum(axis=1)
            gain = np.maximum(gains(columns.T, limit).T, 0) / GRAIN
            return np.where(short < 0, short, 1 + gain.prod(axis=0))

        ends = [climb(self.preferences, start, table, uphill(value)) for start in (end, self._good_for_all(table))]
        found = vectors(self.preferences, np.array(ends), table)
        worth = value(np.array(ends), found)
        nearest = _nearest(vector[None], found[:, worth == worth.max()])[0] if worth.max() >= 1 else np.nan
        return float(_nearest(vector[None], vectors(self.preferences, end[None], table))[0]), float(nearest)

    def _good_for_all(self, table: int) -> np.ndarray:
        """Issue by issue the level with the largest sum; where rules forbid that, the nearest feasible change."""
        space, allowed = self.space, signable_levels(self.preferences)
        total = np.where(allowed, self.preferences.gains(table).sum(axis=0), -1)
        ends = zip(space.offsets[:-1], space.offsets[1:], strict=True)
        best = np.array([int(total[a:b].argmax()) for a, b in ends], dtype=np.int16)
        if space.feasible(best):
            return best
        around = neighbours(self.preferences, best)
        return around[vectors(self.preferences, around, table).sum(axis=0).argmax()] if len(around) else best


def _nearest(vectors_: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Distance of each vector (n, P) to the nearest of the columns (P, M), in grains; NaN if there are none. (n,)"""
    if not columns.shape[1]:
        return np.full(len(vectors_), np.nan)
    squares = ((vectors_[:, :, None] - columns[None]) / GRAIN) ** 2
    return np.sqrt(squares.sum(axis=1)).min(axis=1)
