"""After the end: everybody's numbers, what could have been, and the moves that mattered. Worked out in slices.

Up to a million packages all are compared. Beyond, the best package for the person comes from an integer program, the
rest from evenly spread samples and climbs, and the debrief says that it was searched, not counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from ..abm.model import Negotiation
from ..analysis import agreeable, signable
from ..scenario import cells
from ..scenario.utility import GRAIN
from ..table.notation import read
from ..table.record import Sounded
from . import views
from .turning_points import Turns
from .views import Facts, Package

SPOTS = 900  # packages that the plane shows
SAMPLE = 60_000  # packages looked at where not all can be
WEIGHTINGS = 7  # points of a frontier that is not counted


class Reckoner:
    """`step` until it says that it is done, then `debrief`; or `make` for all at once. `done` is the share so far."""

    def __init__(self, model: Negotiation, party: str, facts: Facts, view: views.View):
        self.model, self.facts, self.view = model, facts, view
        self.names, self.own = model.talks.parties, model.talks.party_index(party)
        self.reservation = model.state.reservation[0]
        self.numbers = model.talks.preferences.with_reservation(self.reservation[None])
        self.exact = model.talks.space.enumerable
        self.done = 0.0
        self.debrief: views.Debrief | None = None
        self._told: list[views.Told] = []
        self._work = self._all()

    def step(self) -> bool:
        """Work for a moment; whether everything is done."""
        if self.debrief is None:
            self.done = next(self._work, 1.0)
        return self.debrief is not None

    def make(self) -> views.Debrief:
        """The whole debrief at once."""
        while not self.step():
            pass
        assert self.debrief is not None
        return self.debrief

    # -- numbers -----------------------------------------------------------------------------------------------------

    def _utilities(self, packages: np.ndarray) -> np.ndarray:
        """float (n, P) of packages (n, I)."""
        rows = np.zeros(len(packages), dtype=int)
        return np.stack([self.numbers.utility(packages, p, rows) for p in range(len(self.names))], axis=1)

    def _ended(self) -> np.ndarray:
        """What each party has: the utility of what was agreed, else of no agreement; float (P,)."""
        agreed = self.model.state.agreed[:1]
        return self.reservation.copy() if agreed[0, 0] < 0 else self._utilities(agreed)[0]

    def _proposed(self) -> set[Package]:
        return {e.package for e in self.view.log if e.kind in ("propose", "amend") and e.package is not None}

    def _pick(self, packages: np.ndarray, u: np.ndarray, among: np.ndarray, value) -> views.Alternative | None:
        if not among.any():
            return None
        k = int(np.flatnonzero(among)[value[among].argmax()])
        return self._alternative(packages[k], u[k])

    def _alternative(self, package: np.ndarray, u: np.ndarray) -> views.Alternative:
        return views.Alternative(tuple(int(x) for x in package), {p: float(u[i]) for i, p in enumerate(self.names)})

    def _all(self) -> Iterator[float]:
        yield from self._asked()
        yield from self._counted() if self.exact else self._searched()

    def _asked(self) -> Iterator[float]:
        """What was true when it was asked in private: the table is held again up to each question."""
        header, records = self.model.minutes(0)
        for k, record in enumerate(records):
            if isinstance(record, Sounded) and record.answer and record.party == self.view.party:
                then = Negotiation.resume(self.model.talks.problem, header, records[:k])
                package = read(self.model.talks.problem, record.package)
                truth = then.delegations[record.to].honest(package, 0)
                then.close()
                asked = tuple(int(x) for x in package)
                self._told.append(views.Told(record.round, record.to, asked, record.answer, truth))
                yield 0.0

    # -- what could have been ----------------------------------------------------------------------------------------

    def _counted(self) -> Iterator[float]:
        packages = self.model.talks.space.enumerate()
        packages = packages[signable(self.numbers, packages)]
        yield 0.2
        u = self._utilities(packages)
        yield 0.5
        fronts = {p: _front(u[:, self.own], u[:, i]) for i, p in enumerate(self.names) if i != self.own}
        yield 0.7
        self.debrief = self._build(packages, u, fronts)

    def _searched(self) -> Iterator[float]:
        from ..analysis.large import Program, climb, improve, spread, uphill

        space = self.model.talks.space
        made = sorted(self._proposed())
        found = [np.array(p, dtype=np.int16) for p in made]
        program, free = Program(self.numbers), Program(self.numbers, rational=False)
        yield 0.05
        points: dict[str, list[np.ndarray]] = {}
        others = [(i, p) for i, p in enumerate(self.names) if i != self.own]
        for n, (i, party) in enumerate(others):
            for share in np.linspace(0.02, 0.98, WEIGHTINGS):
                answer = free.maximise({free.utility + self.own: 1 - share, free.utility + i: share})
                points.setdefault(party, []).extend([] if answer is None else [answer[0]])
                yield 0.05 + 0.45 * (n + 1) / len(others)
        best = program.maximise({program.utility + self.own: 1.0, **_slightly(program, self.names)})
        yield 0.65
        packages = (spread(SAMPLE, len(space.shape)) * np.array(space.shape)).astype(np.int16)
        packages = packages[signable(self.numbers, packages)]
        yield 0.75
        starts = [best[0]] if best is not None else []
        least = uphill(partial(_least, floor=np.rint(self.reservation * GRAIN)))
        found += [*starts, *(climb(self.numbers, s, 0, least) for s in [*starts, *found[-3:]])]
        yield 0.85
        found += [climb(self.numbers, s, 0, improve) for s in found[-3:]]
        found += [package for front in points.values() for package in front]
        packages = np.unique(np.concatenate([packages, np.array(found, dtype=np.int16)]), axis=0)
        packages = packages[signable(self.numbers, packages)]
        u = self._utilities(packages)
        yield 0.95
        fronts = {p: _front(u[:, self.own], u[:, i]) for i, p in others}
        self.debrief = self._build(packages, u, fronts)

    def _build(self, packages: np.ndarray, u: np.ndarray, fronts: dict) -> views.Debrief:
        ended, agreed = self._ended(), agreeable(self.numbers, packages)
        better = (u >= ended - 1e-12).all(axis=1) & (u > ended + 1e-9).any(axis=1) & agreed
        made = self._proposed()
        unseen = np.array([tuple(p) not in made for p in packages[better].tolist()], dtype=bool)
        missed = better.copy()
        missed[better] = unseen
        fairness = (u - ended).min(axis=1) + 1e-3 * u.sum(axis=1)
        worths = self._worths()
        return views.Debrief(
            scores=tuple(views.Score(p, float(ended[i]), float(self.reservation[i])) for i, p in enumerate(self.names)),
            agreeable=int(agreed.sum()) if self.exact else None,
            own_best=self._pick(packages, u, agreed, u[:, self.own]),
            better=self._pick(packages, u, better, fairness),
            better_count=int(better.sum()) if self.exact else None,
            exact=self.exact,
            path=tuple((w.round, w.party, w.utilities[self.names[self.own]]) for w in worths if w.party),
            assumed=self._assumed(),
            missed=self._pick(packages, u, missed, fairness),
            worths=worths,
            walk_away=self._walk_away(),
            turns=tuple(self._turns(worths, ended)),
            spots=self._spots(u, agreed),
            fronts=fronts,
            sealed=self._sealed(),
            told=tuple(self._told),
        )

    def _turns(self, worths: tuple[views.Worth, ...], ended: np.ndarray) -> list[views.Turn]:
        gains = {p: self._gains(i) for i, p in enumerate(self.names)}
        reservation = float(self.reservation[self.own])
        return Turns(self.facts, self.view, worths, reservation, float(ended[self.own]), gains).find()

    def _gains(self, party: int) -> list[list[float]]:
        """Per issue, what each level adds to the party's utility."""
        gains, offsets = self.model.talks.preferences.numbers[party].gains(), self.model.talks.space.offsets
        return [gains[a:b].tolist() for a, b in zip(offsets[:-1], offsets[1:], strict=True)]

    def _worths(self) -> tuple[views.Worth, ...]:
        """What each proposal was worth to everybody."""
        entries = [e for e in self.view.log if e.kind in ("propose", "amend") and e.package is not None]
        if not entries:
            return ()
        packages = np.array([e.package for e in entries], dtype=np.int16)
        u = self._utilities(packages)
        red = np.stack([self.model.talks.drawn.vetoed(packages, p) for p in range(len(self.names))], axis=1)
        return tuple(
            views.Worth(
                e.round,
                e.party or "",
                tuple(int(x) for x in package),
                {p: float(row[i]) for i, p in enumerate(self.names)},
                tuple(p for i, p in enumerate(self.names) if can[i]),
            )
            for e, package, row, can in zip(entries, packages, u, (u >= self.reservation - 1e-12) & ~red, strict=True)
        )

    def _walk_away(self) -> tuple[tuple[int, float], ...]:
        """(round, own value of no agreement) from the start."""
        course = enumerate(self.model.talks.course, start=1)
        return tuple((number, float(values[0, self.own])) for number, values in course)

    def _spots(self, u: np.ndarray, agreed: np.ndarray) -> tuple[views.Spot, ...]:
        """Some of the packages for the plane: all that could have been agreed first, the others evenly."""
        good, rest = np.flatnonzero(agreed), np.flatnonzero(~agreed)
        good = good[:: max(1, len(good) * 2 // SPOTS)]
        rest = rest[:: max(1, len(rest) // max(1, SPOTS - len(good)))]
        return tuple(views.Spot(tuple(round(float(x), 3) for x in u[k]), bool(agreed[k])) for k in [*rest, *good])

    def _sealed(self) -> tuple[views.Sealed, ...]:
        """The numbers of every party, as they were drawn for this table."""
        found = []
        for i, party in enumerate(self.model.talks.problem.parties):
            columns = self._gains(i)
            found.append(
                views.Sealed(
                    party=party.id,
                    start=float(self.model.talks.drawn.reservation[0, i]),
                    end=float(self.reservation[i]),
                    weights=views.stakes(columns),
                    best=views.favourites(columns),
                    strategy="" if party.id in self.model.talks.people else party.strategy.reason,
                )
            )
        return tuple(found)

    def _assumed(self) -> dict[str, float]:
        share = cells(self.model.talks.problem).assumed.mean(axis=1)
        return {p: float(share[i]) for i, p in enumerate(self.names)}


def _slightly(program, names) -> dict[int, float]:
    """A little for everybody, so that of equally good packages one is chosen that wastes nothing."""
    return {program.utility + p: 1e-4 for p in range(len(names))}


def _least(packages: np.ndarray, grains: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """The least gain over walking away among the parties, of grains (P, N): float (N,)."""
    return (grains - floor[:, None]).min(axis=0)


def _front(mine: np.ndarray, theirs: np.ndarray) -> tuple[tuple[float, float], ...]:
    """The packages of which none is better for both, in the order of the first side's utility."""
    order = np.lexsort((theirs, mine))[::-1]
    top, found = -1.0, []
    for k in order.tolist():
        if theirs[k] > top + 1e-12:
            top = float(theirs[k])
            found.append((float(mine[k]), top))
    return tuple(found)
