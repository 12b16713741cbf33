"""After the end: everybody's numbers, what could have been, and the moves that mattered. Worked out in slices.

What could have been is asked of `analysis.hindsight`; where that searched and did not count, the debrief says so.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..abm.model import Negotiation
from ..analysis import Hindsight, Point, look_around
from ..scenario import cells
from ..scenario.utility import GRAIN
from ..table.notation import read
from ..table.record import Sounded
from . import views
from .turning_points import TurningPoints
from .views import Facts, Package

SPOTS = 900  # packages that the plane shows


class Reckoner:
    """`step` until it says that it is done, then `debrief`; or `make` for all at once. `done` is the share so far."""

    def __init__(self, model: Negotiation, party: str, facts: Facts, view: views.View):
        self.model, self.facts, self.view = model, facts, view
        self.names, self.own = model.talks.parties, model.talks.party_index(party)
        self.reservation = model.state.reservation[0]
        self.done = 0.0
        self.debrief: views.Debrief | None = None
        self._told: list[views.PrivateAnswer] = []
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

    # -- what could have been ------------------------------------------------------------------------------------------

    def _proposed(self) -> set[Package]:
        return {e.package for e in self.view.log if e.kind in ("propose", "amend") and e.package is not None}

    def _alternative(self, found: Point | None) -> views.Alternative | None:
        return None if found is None else views.Alternative(_plain(found.package), self._by_party(found.utilities))

    def _by_party(self, utilities: np.ndarray) -> dict[str, float]:
        return {p: float(u) for p, u in zip(self.names, utilities, strict=True)}

    def _all(self) -> Iterator[float]:
        yield from self._asked()
        agreed = self.model.state.agreed[0]
        numbers = self.model.talks.preferences.with_reservation(self.reservation[None])
        found = yield from look_around(numbers, None if agreed[0] < 0 else agreed, self.own, sorted(self._proposed()))
        fronts = {p: _pairs(found.front(self.own, i)) for i, p in enumerate(self.names) if i != self.own}
        yield 0.98
        self.debrief = self._build(found, fronts)

    def _asked(self) -> Iterator[float]:
        """What was true when it was asked in private: the table is held again up to each question."""
        header, records = self.model.minutes(0)
        for k, record in enumerate(records):
            if isinstance(record, Sounded) and record.answer and record.party == self.view.party:
                then = Negotiation.resume(self.model.talks.problem, header, records[:k])
                package = read(self.model.talks.problem, record.package)
                truth = then.delegations[record.to].honest(package, 0)
                then.close()
                asked = _plain(package)
                self._told.append(views.PrivateAnswer(record.round, record.to, asked, record.answer, truth))
                yield 0.0

    def _build(self, found: Hindsight, fronts: dict) -> views.Debrief:
        better = found.better & found.agreeable
        unseen = better & ~found.proposed(better, self._proposed())
        worths = self._worths(found)
        return views.Debrief(
            scores=tuple(map(views.Score, self.names, found.ended.tolist(), self.reservation.tolist())),
            agreeable=int(found.agreeable.sum()) if found.exact else None,
            own_best=self._alternative(found.best(self.own)),
            better=self._alternative(found.fairest(better)),
            better_count=int(better.sum()) if found.exact else None,
            exact=found.exact,
            path=tuple((w.round, w.party, w.utilities[self.names[self.own]]) for w in worths if w.party),
            assumed=self._assumed(),
            missed=self._alternative(found.fairest(unseen)),
            worths=worths,
            walk_away=self._walk_away(),
            turning_points=tuple(self._turns(worths, found.ended)),
            spots=_spots(found),
            fronts=fronts,
            sealed=self._sealed(),
            told=tuple(self._told),
        )

    def _turns(self, worths: tuple[views.Worth, ...], ended: np.ndarray) -> list[views.TurningPoint]:
        gains = {p: self._gains(i) for i, p in enumerate(self.names)}
        reservation = float(self.reservation[self.own])
        return TurningPoints(self.facts, self.view, worths, reservation, float(ended[self.own]), gains).find()

    def _gains(self, party: int) -> list[list[float]]:
        """Per issue, what each level adds to the party's utility."""
        gains, offsets = self.model.talks.preferences.numbers[party].gains(), self.model.talks.space.offsets
        return [gains[a:b].tolist() for a, b in zip(offsets[:-1], offsets[1:], strict=True)]

    def _worths(self, found: Hindsight) -> tuple[views.Worth, ...]:
        """What each proposal was worth to everybody."""
        entries = [e for e in self.view.log if e.kind in ("propose", "amend") and e.package is not None]
        if not entries:
            return ()
        packages = np.array([e.package for e in entries], dtype=np.int16)
        return tuple(
            views.Worth(
                e.round,
                e.party or "",
                _plain(package),
                self._by_party(utilities),
                tuple(p for p, content in zip(self.names, contents, strict=True) if content),
            )
            for e, package, utilities, contents in zip(
                entries, packages, found.worth(packages), found.content(packages), strict=True
            )
        )

    def _walk_away(self) -> tuple[tuple[int, float], ...]:
        """(round, own value of no agreement) from the start."""
        course = enumerate(self.model.talks.course, start=1)
        return tuple((number, float(values[0, self.own])) for number, values in course)

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


def _plain(package: np.ndarray) -> Package:
    return tuple(int(x) for x in package)


def _pairs(front: np.ndarray) -> tuple[tuple[float, float], ...]:
    return tuple((mine, theirs) for mine, theirs in front.tolist())


def _spots(found: Hindsight) -> tuple[views.Spot, ...]:
    """Some of the packages for the plane: all that could have been agreed first, the others evenly."""
    good, rest = np.flatnonzero(found.agreeable), np.flatnonzero(~found.agreeable)
    good = good[:: max(1, len(good) * 2 // SPOTS)]
    rest = rest[:: max(1, len(rest) // max(1, SPOTS - len(good)))]
    u = found.grains / GRAIN
    return tuple(
        views.Spot(tuple(round(float(x), 3) for x in u[:, k]), bool(found.agreeable[k])) for k in [*rest, *good]
    )
