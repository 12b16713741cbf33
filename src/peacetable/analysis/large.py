"""Spaces too large to enumerate: solution points by integer programming, frontier and zone by what can be sampled.

One 0/1 variable per level, exactly one level per issue, and one per party: whether it signs. Rules and conditions are
linear in them; a level takes the signatures that it needs, and a party that signs stays at or above its reservation
value and crosses none of its red lines. Then the ideal of each party, the utilitarian, egalitarian and
Kalai-Smorodinsky points are linear programs, solved by HiGHS (scipy.optimize.milp); the Nash point maximises the sum of
logarithms, concave, by tangents that are added until upper bound and best package meet (Kelley 1960); where not all
have to sign it is the best of many climbs. Each answer is then counted again in whole grains and improved by changes of
one or two issues until none helps, so the tolerance of the solver decides only between packages that lie closer than
it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from ..scenario import Preferences, Space
from ..scenario.ranking import threshold
from ..scenario.space import Tests
from ..scenario.utility import GRAIN
from .frontier import Tell, dominating, frontier, quiet, simplex_weights, spread
from .solutions import NAMES, NOBODY, SCORES, gains
from .zone import agreeable, signable, signers, vectors

SCALE = 100.0  # the solver counts in hundredths of utility, well above its absolute tolerances
SECONDS = 3.0  # for one program
TIES = 5  # tied packages searched for each point
CLIMBS = 40  # starts of climbs to the Nash point where not all have to sign
WEIGHTINGS = 48  # weighted sums whose maxima stand for the frontier
SAMPLE = 200_000  # packages that estimate the size of a zone
NEIGHBOURS = 20_000  # pairs of changes are tried where there are not more than this


def always(space: Space, everybody: bool = False) -> np.ndarray:
    """bool (P,): whose signature every package takes by the consent rule, or all parties if `everybody`."""
    return space.consent.always | everybody


def signable_levels(preferences: Preferences, signing: np.ndarray | slice = slice(None)) -> np.ndarray:
    """bool (L,): levels that cross no red line of the parties `signing` bool (P,), or of any."""
    return np.logical_not(preferences.forbidden[signing].any(axis=0))


def neighbours(preferences: Preferences, package: np.ndarray) -> np.ndarray:
    """Packages (N, I) with one issue changed, or two where they are few enough: feasible ones that can be signed, or
    whose change crosses nobody's red line (so that a climb may start from a package that cannot be signed)."""
    space, shape, open_ = preferences.space, preferences.space.shape, signable_levels(preferences).tolist()
    offsets = space.offsets.tolist()
    singles = [(i, k) for i, levels in enumerate(shape) for k in range(levels) if k != package[i]]
    changes = [[one] for one in singles]
    if len(singles) ** 2 <= 2 * NEIGHBOURS:
        changes += [[a, b] for n, a in enumerate(singles) for b in singles[n + 1 :] if a[0] != b[0]]
    found = np.repeat(np.asarray(package, dtype=np.int16)[None], len(changes), axis=0)
    for n, change in enumerate(changes):
        for i, k in change:
            found[n, i] = k
    clean = np.array([all(open_[offsets[i] + k] for i, k in change) for change in changes], dtype=bool)
    good = clean.copy()
    good[clean], good[~clean] = space.feasible(found[clean]), signable(preferences, found[~clean])
    if any(preferences.refusals) and signable(preferences, np.asarray(package)[None])[0]:
        good &= signable(preferences, found)  # levels that are clean one by one may be refused together
    return found[good]


Value = Callable[[np.ndarray, np.ndarray], np.ndarray]  # packages (N, I) and their grains (P, N) -> float (N,)
Step = Callable[[np.ndarray, np.ndarray], int]


def climb(preferences: Preferences, package: np.ndarray, row: int, step: Step) -> np.ndarray:
    """Follows `step` from a package (I,) over its neighbours at the table `row` until it stays: (I,) int16.

    `step` gets packages (N, I), the present one first, and their grains (P, N), and says to which to go; 0 is to stay.
    """
    while True:
        every = np.concatenate([np.asarray(package, dtype=np.int16)[None], neighbours(preferences, package)])
        found = step(every, vectors(preferences, every, row))
        if not found:
            return every[0]
        package = every[found]


def improve(packages: np.ndarray, columns: np.ndarray) -> int:
    """Step to the neighbour that is better for somebody and worse for nobody, and has the largest sum."""
    better = np.flatnonzero(dominating(columns[:, 0], columns))
    return int(better[columns[:, better].sum(axis=0).argmax()]) if len(better) else 0


def uphill(value: Value) -> Step:
    """Step to the neighbour of the largest `value`, the sum deciding ties."""

    def step(packages: np.ndarray, columns: np.ndarray) -> int:
        values, sums = value(packages, columns), columns.sum(axis=0)
        best = int(np.lexsort((sums, values))[-1])
        gained = values[best] > values[0] or (values[best] == values[0] and sums[best] > sums[0])
        return best if gained else 0

    return step


_alone = threading.Lock()
_DEBUGGING = re.compile(rb"HighsMipSolverData::[^\r\n]*\r?\n")  # of scipy 1.17 and 1.18; 1.10 to 1.15 do not write it


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Keeps HiGHS quiet: it writes a debugging line to the standard output of the process, where JSON goes, whatever
    it is told.

    Standard output is one for all threads, so one at a time is in here; what others write meanwhile comes at the end.
    """
    with _alone, contextlib.ExitStack() as stack:
        if sys.stdout is not None:  # else 1 is any file that was opened later
            with contextlib.suppress(OSError):  # closed, or nowhere to hold it back
                stack.enter_context(_held_back())
        yield


@contextlib.contextmanager
def _held_back() -> Iterator[None]:
    """What is written to standard output goes to a file, and from there on at the end, but for the debugging line.
    Raises OSError."""
    with tempfile.TemporaryFile() as held:
        kept = os.dup(1)
        try:
            os.dup2(held.fileno(), 1)
            yield
        finally:
            # what C still holds back would appear at the end of the program
            (ctypes.CDLL("ucrtbase") if sys.platform == "win32" else ctypes.CDLL(None)).fflush(None)
            os.dup2(kept, 1)
            held.seek(0)
            with contextlib.suppress(OSError), os.fdopen(kept, "wb") as out:  # nobody reads it any more
                out.write(_DEBUGGING.sub(b"", held.read()))


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
            with _silent():
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


@dataclass
class Found:
    """What was found of one zone. `ties`: name -> packages (n, I); `inside`: distinct packages met in the zone (n, I);
    `notes`: what is approximate; `slow`: a program was stopped before its end."""

    ties: dict[str, np.ndarray] = field(default_factory=dict)
    inside: np.ndarray = field(default_factory=lambda: np.empty((0, 0), dtype=np.int16))
    notes: list[str] = field(default_factory=list)
    slow: bool = False


def search(
    preferences: Preferences, everybody: bool = True, known: Iterable[np.ndarray] = (), tell: Tell = quiet
) -> Found:
    """Solution points at the central values of a space that cannot be enumerated: over the zone of all, or, if not
    `everybody`, over what the consent rule allows. `known`: packages (I,) to start from besides."""
    program, found = Program(preferences, everybody=everybody, tell=tell), Found()
    _points(program, found, list(known))
    found.slow = program.slow
    return found


def _points(program: Program, found: Found, every: list[np.ndarray]) -> None:
    """Fills `ties` and `inside`; `every` collects the packages met on the way."""
    preferences, r = program.preferences, program.preferences.reservation[0]
    span = np.ones(program.parties, dtype=np.int64)

    def score(name: str) -> Value:
        def value(packages: np.ndarray, columns: np.ndarray) -> np.ndarray:
            asked = signers(preferences, packages, columns, program.everybody)
            good = np.flatnonzero(asked.carry())
            result = np.full(len(packages), -np.inf)
            result[good] = SCORES[name](gains(columns[:, good].T, r), span, asked.only(good))
            return result

        return value

    welfare = _ties(program, lambda: program.maximise(program.sum()), score("utilitarian"), every)
    if not len(welfare):
        found.ties = dict.fromkeys(NAMES, welfare)
        found.inside = welfare
        return
    for p in range(program.parties):
        answer = program.maximise({program.utility + p: 1.0})
        if answer is not None:
            every.append(answer[0])
    met = np.array(every)
    best = vectors(preferences, met[agreeable(preferences, met, program.everybody)]).max(axis=1)
    span[:] = gains(best[None], r)[0]
    able = np.flatnonzero(span > 0)

    def least(scale: np.ndarray, value: Value) -> np.ndarray:
        start = program.mark()
        for p in np.flatnonzero(np.isfinite(scale)):
            program.bound_least(int(p), float(scale[p]), float(r[p]) * SCALE)
        answers = _ties(program, lambda: _lexicographic(program), value, every)
        program.forget(start)
        return answers

    found.ties["egalitarian"] = least(np.ones(program.parties), score("egalitarian"))
    fair = welfare
    if len(able):
        fair = least(np.where(span > 0, span / GRAIN, np.inf), score("kalai_smorodinsky"))
    found.ties["kalai_smorodinsky"] = fair
    if program.must.all():
        found.ties["nash"] = _nash(program, able, score("nash"), every, found)
    else:
        found.ties["nash"] = _climbed(program, score("nash"), every, found)
    found.ties["utilitarian"] = welfare
    met = np.unique(np.array(every), axis=0)
    found.inside = met[agreeable(preferences, met, program.everybody)]


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


def _ties(program: Program, ask: Callable, value: Value, every: list) -> np.ndarray:
    """Asks again, without the packages already given, while the exact value stays the same: (n, I)."""
    start, best = program.mark(), -np.inf
    kept: list[np.ndarray] = []
    for _ in range(TIES):
        answer = ask()
        if answer is None:
            break
        package = climb(program.preferences, answer[0], 0, uphill(value))
        every.append(package)
        worth = _worth(program, value, package[None])[0]
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


def _worth(program: Program, value: Value, packages: np.ndarray) -> np.ndarray:
    return value(packages, vectors(program.preferences, packages))


def _nash(program: Program, able: np.ndarray, value: Value, every: list, found: Found) -> np.ndarray:
    """Adds tangents of the logarithms at each answer until the bound meets the best package. All sign."""
    preferences, r = program.preferences, program.preferences.reservation[0]

    def gain(package: np.ndarray) -> np.ndarray:
        return gains(vectors(preferences, package[None]).T, r)[0]

    met = np.array(every)
    best = climb(preferences, met[_worth(program, value, met).argmax()], 0, uphill(value))
    every.append(best)
    goal = {program.logs + int(p): 1.0 for p in able}
    start, closed = program.mark(), False
    for package in every:
        _tangents(program, gain(package), able)
    for _ in range(40):
        answer = program.maximise(goal)
        if answer is None:
            break
        package = climb(preferences, answer[0], 0, uphill(value))
        every.extend([answer[0], package])
        worth, top = _worth(program, value, np.stack([package, best]))
        best = package if worth > top else best
        bound = answer[1] / max(len(able), 1) + np.log(GRAIN / SCALE) + NOBODY * (program.parties - len(able))
        if bound <= max(worth, top) + 1e-6 / program.parties:
            closed = True
            break
        _tangents(program, gain(answer[0]), able)
    program.forget(start)
    if not closed:
        found.notes.append("the Nash point is the best found; it was not proved to be the best")
    return _best(program, value, every)


def _best(program: Program, value: Value, every: list) -> np.ndarray:
    met = np.unique(np.array(every), axis=0)
    values = _worth(program, value, met)
    return _efficient(program.preferences, met[values >= values.max() - 1e-9][:TIES])


def _climbed(program: Program, value: Value, every: list, found: Found) -> np.ndarray:
    """The best of climbs from the packages met with the largest value: a mean over changing signers is not linear."""
    met = np.unique(np.array(every), axis=0)
    for k in np.argsort(-_worth(program, value, met), kind="stable")[:CLIMBS]:
        every.append(climb(program.preferences, met[k], 0, uphill(value)))
    found.notes.append("the Nash point by consent is the best of climbs; it was not proved to be the best")
    return _best(program, value, every)


def _tangents(program: Program, gain: np.ndarray, able: np.ndarray) -> None:
    """log g <= log g0 + (g - g0) / g0, in hundredths of utility, at the gains (P,) grains."""
    r = program.preferences.reservation[0]
    for p in able:
        at = max(float(gain[p]) / GRAIN * SCALE, 0.1)
        # log variable - utility / g0 <= log g0 - 1 - r / g0
        row = {program.logs + int(p): 1.0, program.utility + int(p): -1.0 / at}
        program.add(row, -np.inf, float(np.log(at)) - 1.0 - float(r[p]) * SCALE / at)


def found_frontier(preferences: Preferences, known: np.ndarray, tell: Tell = quiet) -> int:
    """What is found of the frontier: how many distinct vectors, none dominating another, among the maxima of weighted
    sums and the packages known (N, I). Where the size could be counted it was 0.1 to 39 % of it."""
    program = Program(preferences, rational=False, tell=tell)
    parties = program.parties
    found = list(known)
    for weights in simplex_weights(WEIGHTINGS, parties):
        answer = program.maximise({program.utility + p: float(weights[p]) for p in range(parties)})
        if answer is not None:
            found.append(climb(preferences, answer[0], 0, improve))
    return frontier(vectors(preferences, np.array(found)).T).distinct if found else 0


def zone_size(preferences: Preferences, everybody: bool) -> tuple[int, int, np.ndarray]:
    """Estimated number of packages that all parties, or those the consent rule asks, are content with; its standard
    error; and those of the sample, (n, I)."""
    space = preferences.space
    allowed = signable_levels(preferences, always(space, everybody))
    spots = spread(SAMPLE, len(space.shape))
    packages = np.empty(spots.shape, dtype=np.int16)
    total = 1
    for i in range(len(space.shape)):
        levels = np.flatnonzero(allowed[space.offsets[i] : space.offsets[i + 1]])
        total *= len(levels)
        if not len(levels):
            return 0, 0, packages[:0]
        packages[:, i] = levels[(spots[:, i] * len(levels)).astype(np.int64)]
    good = agreeable(preferences, packages, everybody)
    share = float(good.mean())
    error = (max(share, 1 / SAMPLE) * (1 - share) / SAMPLE) ** 0.5
    return round(share * total), round(error * total), packages[good]
