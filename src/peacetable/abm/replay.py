"""Talks held again from their minutes: chance draws nothing and no strategy is asked, all stands in the records.

This alone drives tables without the Mesa model. Where minutes stop before the end of the talks, `live` lets them go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..chance import Chance
from ..errors import MinutesError
from ..scenario import Preferences, Scenario, Space, preferences
from ..table import rules
from ..table.moves import KINDS, PROPOSE, SIGN, single
from ..table.notation import read
from ..table.record import (
    MOVES,
    OPENINGS,
    Amended,
    Ended,
    Happened,
    Kind,
    Moved,
    Order,
    Record,
    RulesChanged,
    SeatChanged,
)
from ..version import __version__
from . import draws, results
from .settings import strategies_of, with_overrides
from .tables import TABLE, Tables

ASIDES = (Kind.SOUND, Kind.ANSWER, Kind.SAID, Kind.SEAT_TAKEN, Kind.SEAT_LEFT, Kind.RULES)


class Replay(Tables):
    """The table of the minutes: `step()` goes through its moves again, one step of the talks at a time.

    `scenario` is the one in the `header` (files.from_document). Raises MinutesError where the minutes do not fit the
    scenario or the rules. `stopped`: the records are at their end, before that of the talks.
    """

    def __init__(self, scenario: Scenario, header: dict[str, Any], records: Sequence[Record], goes_on: bool = False):
        """`goes_on`: the talks are to go on by themselves where the records stop."""
        self.header, self.script, self.at, self.goes_on = header, list(records), 0, goes_on
        overrides = header["overrides"]
        given = {key: value for key, value in overrides.items() if key != "strategies"}
        problem = with_overrides(scenario, given)
        strategies = strategies_of(problem, overrides.get("strategies"))
        people = dict.fromkeys(header["people"], "")
        super().__init__(problem, strategies, header["seed"], 1, header["table"], True, people, overrides)
        self.stopped = False

    def _began(self) -> dict[str, Any]:
        return {name: self.header[name] for name in ("rules_version", "release") if name in self.header}

    def _chance(self) -> Chance | None:
        return super()._chance() if self.goes_on else None

    def _drawn(self) -> Preferences:
        return _drawn(self.problem, self.space, self.header["drawn"])

    def _shifts(self) -> np.ndarray:
        given = self.header["drawn"].get("shifts")
        return np.array([given]) if given else draws.shifts(self.problem, None, 1)

    def _begin(self) -> np.ndarray | None:
        text = self.header["drawn"].get("draft")
        if text is None:
            return None
        self.state.draft[:] = read(self.problem, text)
        return self.state.draft.copy()

    @property
    def over(self) -> bool:
        """Whether all records have been followed."""
        return self.at >= len(self.script)

    def _opening(self) -> None:
        opening = self._next(OPENINGS, self.state.round)
        # minutes cut off here are gone on from: by the same rules chance opens the round as it did before
        if self.over and self.goes_on and (self.rules_version == rules.RULES_VERSION or not opening):
            del self.records[0][len(self.records[0]) - len(opening) :]
            super()._opening()
            return
        for record in opening:
            if isinstance(record, Order):
                self.rounds.seat(np.array([self.party_index(p) for p in record.order]))
            elif isinstance(record, Amended):
                self.protocol.amend(self.state, TABLE, read(self.problem, record.package)[None])
            elif isinstance(record, Happened):
                self._again(record)

    def _again(self, record: Happened) -> None:
        known = [event.id for event in self.problem.events]
        if record.event not in known:
            raise MinutesError(f'The minutes name an event "{record.event}" that the scenario does not have.')
        self.keep = False  # its record is there already
        self._happen(known.index(record.event), TABLE)
        self.keep = True

    def _next(self, kinds: Sequence[Kind], number: int | None = None) -> list[Record]:
        """The records from here on that are of these kinds and, if one is named, of this round; they are followed."""
        start = self.at
        while not self.over and self.script[self.at].kind in kinds:
            if number is not None and self.script[self.at].round != number:
                break
            self.records[0].append(self.script[self.at])
            self.at += 1
        return self.script[start : self.at]

    def _hopeless(self, rows: np.ndarray) -> np.ndarray:
        """Earlier rules may have gone on where the present ones end: the next record says so."""
        if self.over:
            return super()._hopeless(rows)
        following = self.script[self.at]
        return np.array([isinstance(following, Ended) and following.ended == "walk_out"])

    def step(self) -> None:
        """Follow the minutes to the end of the present step, or as far as they go."""
        while self.running and not self.stopped:
            self._asides()
            if self.over or self.script[self.at].kind not in MOVES:
                self.stopped = True  # the minutes stop here, before the end of the talks
            elif self._follow(self.script[self.at]):
                return
        if not self.goes_on:
            self._make()

    def _asides(self) -> None:
        for record in self._next(ASIDES):
            if isinstance(record, RulesChanged):
                self._play_by(record.rules_version)
            elif isinstance(record, SeatChanged) and record.kind == Kind.SEAT_TAKEN:
                self.people[record.party] = record.by
            elif isinstance(record, SeatChanged):
                self.people.pop(record.party, None)

    def _follow(self, record: Record) -> bool:
        """Hand in the next move; whether the step has closed with it."""
        assert isinstance(record, Moved)
        party = self.party_index(record.party)
        if party not in self.movers or self.has_moved(party):
            raise MinutesError(f"The minutes have {record.party} moving out of turn in round {self.state.round}.")
        kind = KINDS.index(record.kind)
        nothing = np.zeros(len(self.space.shape), dtype=np.int16)
        package = read(self.problem, record.package or "") if kind == PROPOSE else nothing
        offer_of = self.party_index(record.offer_of) if kind == SIGN and record.offer_of else -1
        self.records[0].append(record)
        self.at += 1
        self.take(party, TABLE, single(kind, package, offer_of), None)
        following = None if self.over else self.script[self.at]
        if self.complete or isinstance(following, Ended):  # who left for good cut the others short
            self.close_step()
            return True
        return False

    def run(self) -> Replay:
        """Follow the minutes as far as they go."""
        while self.running and not self.stopped:
            self.step()
        return self

    def report(self) -> dict[str, Any]:
        """The result as plain data, see `results.report`."""
        return results.report(self)

    def minutes(self) -> tuple[dict[str, Any], list[Record]]:
        """Header and records so far."""
        return results.minutes(self)

    def live(self) -> Tables:
        """The table where the minutes stop, from where the talks go on by the present rules. Needs `goes_on`."""
        self.run()
        if self.running and self.rules_version != rules.RULES_VERSION:
            now = RulesChanged(self.state.round, self.state.turn, rules.RULES_VERSION, __version__)
            self.records[0].append(now)
            self._play_by(now.rules_version)
        return self

    def _play_by(self, version: int) -> None:
        """Whose signatures packages take, and how far reservation values go, may depend on the version of the rules."""
        self.rules_version = version
        rules.shift(self.state, self.state.running, 0.0, slice(None), version)
        self.course[-1] = self.state.reservation.copy()
        self.use(Space(self.problem, version))
        for q in np.flatnonzero(self.state.proposals[0]):
            self.state.needs[0, q] = self.space.consent.need_bits(self.state.offers[0, q])


def _drawn(scenario: Scenario, space: Space, given: dict[str, Any]) -> Preferences:
    """The preferences that a header holds. Raises MinutesError."""
    central = preferences(scenario, space)
    named = ("contributions", "bonuses", "scale", "saliences", "reservation")
    contributions, bonuses, *others = (np.array([given[name]]) for name in named)
    bonuses = bonuses.reshape(1, len(scenario.parties), -1).astype(np.int64)
    if contributions.shape != central.contributions.shape or bonuses.shape != central.bonuses.shape:
        raise MinutesError("The minutes were drawn for another scenario: their numbers do not fit its issues.")
    drawn = contributions, bonuses, *others
    numbers = (n.redrawn(*(array[:, p] for array in drawn)) for p, n in enumerate(central.numbers))
    return Preferences(space, numbers)
