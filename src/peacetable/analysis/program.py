"""The integer program of a scenario, for spaces too large to enumerate.

One 0/1 variable per level, exactly one level per issue, and one per party: whether it signs. Rules and conditions are
linear in them; a level takes the signatures that it needs, and a party that signs stays at or above its reservation
value and crosses none of its red lines. HiGHS solves it (scipy.optimize.milp).
"""

from __future__ import annotations

import numpy as np

from ..scenario import Preferences
from ..scenario.ranking import threshold
from ..scenario.space import Tests
from ..scenario.utility import GRAIN
from .frontier import Tell, quiet
from .silence import silent
from .zone import always, signable_levels

SCALE = 100.0  # the solver counts in hundredths of utility, well above its absolute tolerances
SECONDS = 3.0  # for one program


class Program:
    """The integer program of one scenario at its central values.

    Columns: one per level (L), one per condition of any party (K), utilities in hundredths (P), one for the objective
    to be pushed up, one per party for its logarithm and one per party for whether it signs. Parties' conditions hold
    exactly when their levels are chosen; a demand read as a condition bounds the utility at 0 and adds nothing to it. A
    package needs the signatures that the consent rule asks for, or those of all parties if `everybody`; who signs
    crosses none of its red lines and, if `rational`, stays at or above its reservation value.
    """

    def __init__(self, preferences: Preferences, rational: bool = True, everybody: bool = False, tell: Tell = quiet):
        self.tell, self.solved = tell, 0
        self.space, self.preferences = preferences.space, preferences
        self.levels, self.parties = int(self.space.offsets[-1]), len(preferences.numbers)
        self.everybody = everybody or self.space.consent.unanimous
        self.must = always(self.space, everybody)
        conditions = [(p, k, tests) for p, n in enumerate(preferences.numbers) for k, tests in enumerate(n.conditions)]
        self.utility = self.levels + len(conditions)
        self.least = self.utility + self.parties
        self.logs = self.least + 1
        self.signs = self.logs + self.parties
        self.columns = self.signs + self.parties
        self.rows: list[tuple[np.ndarray, float, float]] = []
        self.lower = np.zeros(self.columns)
        self.upper = np.ones(self.columns)
        self.upper[: self.levels] = signable_levels(preferences, self.must)
        self.upper[self.utility : self.least] = SCALE
        # a package can be worth less than 0 before it is clipped
        drops = [np.minimum(numbers.changes()[~numbers.worthless], 0).sum() for numbers in preferences.numbers]
        self.lower[self.utility : self.least] = np.array(drops) * SCALE
        self.lower[self.least], self.upper[self.least] = -np.inf, np.inf
        self.lower[self.logs : self.signs], self.upper[self.logs : self.signs] = -np.inf, np.log(SCALE)
        self.lower[self.signs :] = self.must
        limits = threshold(preferences.reservation[0]) / GRAIN * SCALE
        self.slow = False
        self._couple(conditions)
        self._sign(limits if rational else None)

    def _sign(self, limits: np.ndarray | None) -> None:
        """What signing asks: enough parties, all that the levels need, no red line, the reservation value `limits`."""
        self.add(dict.fromkeys(range(self.signs, self.columns), 1.0), self.space.consent.signatures, np.inf)
        level_needs = self.space.consent.level_needs
        for p in range(self.parties):
            signs, utility = self.signs + p, self.utility + p
            if self.must[p]:
                if limits is not None:
                    self.lower[utility] = limits[p]
                continue
            if limits is not None:
                low = float(self.lower[utility])
                self.add({utility: 1.0, signs: low - float(limits[p])}, low, np.inf)
            for a, b in zip(self.space.offsets[:-1], self.space.offsets[1:], strict=True):
                red = [int(a) + int(k) for k in np.flatnonzero(self.preferences.numbers[p].forbidden[a:b])]
                needing = [int(a) + int(k) for k in np.flatnonzero(level_needs[a:b, p])]
                if red:
                    self.add({**dict.fromkeys(red, 1.0), signs: 1.0}, -np.inf, 1.0)
                if needing:
                    self.add({**dict.fromkeys(needing, 1.0), signs: -1.0}, -np.inf, 0.0)

    def _couple(self, conditions: list) -> None:
        for i in range(len(self.space.shape)):
            self.add(dict.fromkeys(range(self.space.offsets[i], self.space.offsets[i + 1]), 1.0), 1.0, 1.0)
        for tests in self.space.rules:
            self.add(self._wanted(tests), -np.inf, len(tests) - 1)
        for n, (p, k, tests) in enumerate(conditions):
            holds = self.levels + n
            if self.preferences.numbers[p].worthless[k]:
                self.add({self.utility + p: 1.0, holds: SCALE}, -np.inf, SCALE)
            if self.preferences.numbers[p].refuses(k):
                self.add({holds: 1.0, self.signs + p: 1.0}, -np.inf, 1.0)
            self.add({**self._wanted(tests), holds: -1.0}, -np.inf, len(tests) - 1)
            for test in tests:
                self.add({**self._wanted([test]), holds: -1.0}, 0.0, np.inf)
        for p in range(self.parties):
            row = {c: float(v) * SCALE for c, v in enumerate(self.preferences.numbers[p].gains())}
            for n, (owner, k, _) in enumerate(conditions):
                if owner == p and not self.preferences.numbers[p].worthless[k]:
                    row[self.levels + n] = float(self.preferences.numbers[p].changes()[k]) * SCALE
            # at most what the levels give, and never more than 1: the clipped utility, where it is pushed up
            self.add({**row, self.utility + p: -1.0}, 0.0, np.inf)

    def _wanted(self, tests: Tests) -> dict[int, float]:
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

    def bound_least(self, party: int, scale: float, start: float) -> None:
        """If the party signs, its utility is at least `start` + `scale` x the objective (both in hundredths)."""
        column = self.utility + party
        free = 0.0 if self.must[party] else SCALE + (start - float(self.lower[column])) / scale
        row = {column: 1.0 / scale, self.least: -1.0, self.signs + party: -free}
        self.add(row, start / scale - free, np.inf)

    def exclude(self, package: np.ndarray) -> None:
        """Never answer with this package (I,) again."""
        chosen = self.space.offsets[:-1] + np.asarray(package, dtype=np.int64)
        self.add({int(c): 1.0 for c in chosen}, -np.inf, len(package) - 1)

    def maximise(self, objective: dict[int, float]) -> tuple[np.ndarray, float] | None:
        """The best package, int16 (I,), and an upper bound of the objective; None if there is no package."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_matrix

        self.solved += 1
        self.tell(f"searching with integer programs, number {self.solved}")

        matrix, low, high = (np.array(part) for part in zip(*self.rows, strict=True))
        cost = np.zeros(self.columns)
        for column, value in objective.items():
            cost[column] = -value
        integer = np.zeros(self.columns)
        integer[: self.levels] = integer[self.signs :] = 1
        for presolve in (True, False):
            with silent():
                result = milp(
                    cost,
                    integrality=integer,
                    bounds=Bounds(self.lower, self.upper),
                    constraints=LinearConstraint(csr_matrix(matrix), low, high),
                    options={"time_limit": SECONDS, "mip_rel_gap": 0.0, "presolve": presolve},
                )
            if result.status != 2:  # the presolve of scipy 1.11 calls some programs infeasible that are not
                break
        self.slow |= result.status == 1
        if result.x is None:
            return None
        bound = result.mip_dual_bound if result.mip_dual_bound is not None else result.fun
        ends = zip(self.space.offsets[:-1], self.space.offsets[1:], strict=True)
        package = [int(result.x[a:b].argmax()) for a, b in ends]
        return np.array(package, dtype=np.int16), -float(bound)

    def sum(self) -> dict[int, float]:
        return {self.utility + p: 1.0 for p in range(self.parties)}
