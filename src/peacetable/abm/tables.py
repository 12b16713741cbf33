"""R tables of one scenario: what was drawn, what lies on them, what was done, and how they go on. Knows no Mesa.

What the delegations decide comes from outside: `take` is handed their moves. What people may do is in `people.py`,
what they are shown in `seat.py`, what came of it in `results.py`; minutes are held again in `replay.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..chance import Chance
from ..errors import NotationError, ScenarioError
from ..scenario import Event, Preferences, Scenario, Space, Strategy, cells, preferences
from ..scenario.factored import Ranking, ranking
from ..scenario.ranking import feasible_packages
from ..strategies import Decider, Estimates, Public
from ..table import rules
from ..table.ledger import Ledger
from ..table.moves import KINDS, SIGN, Moves
from ..table.notation import write
from ..table.protocol import Protocol, Table
from ..table.record import Amended, Ended, Happened, Kind, Moved, Order, Record, visible
from ..table.rounds import Rounds
from ..table.state import ENDINGS, State, start
from . import draws
from .settings import names, place_of, plain_strategies, read_overrides, strategies_of, whole, with_overrides

Reasons = Sequence[Sequence[Mapping[str, str]]]
TABLE = np.array([0])  # the one table where people play


class Tables:
    """`problem`: the scenario with the settings of the run; `strategies`: party -> Strategy; `first_table`: number of
    the first; `keep`: keep records; `people`: party -> label of the person who plays it, at one table only;
    `overrides`: the settings as minutes note them.

    Each table is the same to the last bit alone, in any batch and held again: chance depends on the seed, the table,
    the purpose, the turn and what is drawn.
    """

    def __init__(
        self,
        problem: Scenario,
        strategies: Mapping[str, Strategy],
        seed: int,
        tables: int = 1,
        first_table: int = 0,
        keep: bool = True,
        people: Mapping[str, str] | None = None,
        overrides: Mapping[str, Any] | None = None,
    ):
        self.problem, self.seed, self.tables, self.first_table = problem, seed, tables, first_table
        self.overrides = dict(overrides or {})
        self.parties = problem.party_ids
        self.people = dict(people or {})
        self.header_people = tuple(self.people)
        for party in self.people:
            self.party_index(party)
        if self.people and tables != 1:
            raise NotationError("People can only play at one table; use tables=1.")
        self.began = self._began()
        self.rules_version = self.began.get("rules_version", rules.RULES_VERSION)
        self.space = Space(problem, self.rules_version)
        self.chance = self._chance()
        self.preferences = self.drawn = self._drawn()
        self.shifts = self._shifts()
        self.deciders = {party: Decider(strategies[party]) for party in self.parties}
        self.feasible = feasible_packages(self.space)
        self.public = self._public()
        self.keep = keep
        self.records: list[list[Record]] = [[] for _ in range(tables if keep else 0)]
        self.event_rounds = np.zeros((tables, len(problem.events)), dtype=np.int32)  # 0: not yet
        self.course: list[np.ndarray] = []  # reservation values (R, P) in every round so far, where records are kept
        self.changed: dict[str, Callable[[np.ndarray], None]] = {}  # party -> whom to tell of its new wishes
        self._open_rankings: dict[int, Ranking] = {}
        self._estimates: dict[tuple, Estimates | None] = {}
        self._seen: dict[tuple[str, int], tuple[int, tuple[Record, ...]]] = {}
        self._made: dict[int, tuple[np.ndarray, Moves, Reasons | None]] = {}
        mediator = problem.protocol.mediator
        self.mediator = self.parties.index(mediator) if mediator else -1
        self.state = self._start()
        settings = problem.protocol
        self.rounds = Rounds(self.state, self.space, settings.name, self.mediator, settings.order, self._hopeless)
        self.ground = self._ground()
        self.first_draft = self._begin()
        self.rounds.advance(self._open_round)
        self._note_ends()

    # -- what tables start from ----------------------------------------------------------------------------------------

    def _began(self) -> dict[str, Any]:
        """What a header says of the rules that the talks were begun under."""
        return {}

    def _chance(self) -> Chance | None:
        return Chance(self.seed, self.first_table + np.arange(self.tables))

    def _drawn(self) -> Preferences:
        assert self.chance
        return preferences(self.problem, self.space, **draws.uniforms(self.problem, self.chance))

    def _shifts(self) -> np.ndarray:
        """What each event would add to the reservation value of each party, float (R, E, P)."""
        return draws.shifts(self.problem, self.chance, self.tables)

    def _public(self) -> Public:
        equal = np.full(int(self.space.offsets[-1]), 1.0 / len(self.space.shape))
        values = cells(self.problem).value * equal[None]
        return Public(self.space, values)

    def _start(self) -> State:
        deciders = self.deciders.values()
        return start(
            self.tables,
            len(self.parties),
            self.space.shape,
            self.problem.protocol.rounds,
            np.broadcast_to(self.preferences.reservation, (self.tables, len(self.parties))),
            counts=any(d.needs_counts for d in deciders),
            past_rounds=draws.longest(self.problem) if any(d.needs_history for d in deciders) else 0,
        )

    def _begin(self) -> np.ndarray | None:
        try:
            return self.protocol.begin(self.ground, self.state, self.mediation)
        except ValueError as error:
            raise ScenarioError(
                f"There is no first draft: the rules of {self.problem.name} together forbid every package. Delete or "
                "narrow a rule."
            ) from error

    def _ground(self) -> Table:
        """What the protocol may want to know; red lines never change."""
        mediates = np.arange(len(self.parties)) == self.mediator  # nobody: a neutral chair
        own = self.preferences.forbidden[mediates].any(axis=0)
        refused = list(self.preferences.refusals[self.mediator]) if self.mediator >= 0 else []
        return Table(self.problem, self.space, self.mediator, own, refused)

    def mediation(self, number: int, count: int, rows: np.ndarray) -> np.ndarray:
        """What is drawn for a neutral chair or the agent of a mediator: uniform (n, count)."""
        return self.live_chance.uniform("mediator", number, count, rows)

    @property
    def live_chance(self) -> Chance:
        """Where draws come from while talks are held."""
        assert self.chance is not None, "minutes that are held again draw no chance"
        return self.chance

    def draws(self, purpose: str, party: str, count: int, rows: np.ndarray) -> np.ndarray:
        """Uniform draws (n, count) for what a party decides in this step."""
        return self.live_chance.uniform(purpose, self.rounds.number, count, rows, party)

    # -- rounds and steps ----------------------------------------------------------------------------------------------

    @property
    def protocol(self) -> Protocol:
        """The module of the protocol."""
        return self.rounds.protocol

    @property
    def running(self) -> bool:
        """Whether any table goes on."""
        return bool(self.state.running.any())

    @property
    def moment(self) -> str:
        """The name of the present step of the talks: it changes when the step closes, not with each move."""
        return f"{self.state.round}.{self.state.step + 1}"

    @property
    def movers(self) -> dict[int, np.ndarray]:
        """Party -> tables (n,) at which it has a move in this step."""
        return self.rounds.movers

    def has_moved(self, party: int) -> bool:
        """Whether the party has made its move of this step, which nobody sees before the step closes."""
        return party in self._made

    @property
    def awaiting(self) -> tuple[str, ...]:
        """The parties whose persons have a move to make before this step can close."""
        names = (self.parties[p] for p in self.movers if p not in self._made)
        return tuple(name for name in names if name in self.people)

    def take(self, party: int, rows: np.ndarray, moves: Moves, because: Reasons | None = ()) -> None:
        """The moves of one party at the tables `rows`, its tables in this step; they are made when the step closes.
        `because`: the reasons for each; None where records of them are there already."""
        self._made[party] = rows, moves, because

    def withdraw(self, party: int) -> None:
        """What was handed in for the party in this step is not made."""
        self._made.pop(party, None)

    @property
    def complete(self) -> bool:
        """Whether everybody who has a move in this step has made it."""
        return len(self._made) == len(self.movers) and bool(self.movers)

    def close_step(self) -> None:
        """Make the moves of this step, and go on to the next one."""
        self._make()
        self.rounds.close()
        self.rounds.advance(self._open_round)
        self._note_ends()

    def _make(self) -> None:
        """What was handed in is done, one turn after the other; where it ends the talks, the rest is not done."""
        single = len(self.rounds.step.places) == 1
        after = self.state.turn
        for party, rows, moves, because in [*self._in_turn()]:
            if not single:
                self.state.turn = self._one_turn(party, rows)
                open_ = self.state.running[rows]
                rows, moves, because = rows[open_], moves.only(open_), _some(because, open_)
                if not len(rows):
                    continue
            if self.keep and because is not None:
                self._note_moves(party, rows, moves, because)
            self.rounds.apply(party, rows, moves)
        self.state.turn = after
        self._made = {}

    def _in_turn(self) -> Iterator[tuple[int, np.ndarray, Moves, Reasons | None]]:
        """What was handed in, in the order of turns; a party that comes at another place elsewhere, place by place."""
        order = self.state.order
        for place in self.rounds.step.places:
            for party, (rows, moves, because) in self._made.items():
                at = (order[rows, place] if order.ndim == 2 else order[place]) == party
                if np.ndim(at) == 0:
                    if at:
                        yield party, rows, moves, because
                elif at.all():
                    yield party, rows, moves, because
                elif at.any():
                    yield party, rows[at], moves.only(at), _some(because, at)

    def _one_turn(self, party: int, rows: np.ndarray) -> int:
        return int(np.ravel(self.rounds.turn_of(party, rows))[0])

    def _hopeless(self, rows: np.ndarray) -> np.ndarray:
        """At which tables those who stay can sign no package at all, bool (n,)."""
        s, numbers = self.state, self.preferences
        return ~rules.can_agree(self.space, s.present[rows], s.closed[rows], numbers.forbidden, numbers.refusals)

    def _open_round(self) -> None:
        n = self.state.round
        if n > 1:
            rules.shift(self.state, self.state.running, self.preferences.drift, slice(None), self.rules_version)
        self._opening()
        if self.keep:
            self.course.append(self.state.reservation.copy())

    def _opening(self) -> None:
        """What chance and the chair do as a round begins."""
        n = self.state.round
        if self.problem.protocol.order == "random":
            self.rounds.seat(np.argsort(self.live_chance.of("order", self.parties, n), axis=1, kind="stable"))
            self._note_orders()
        self._chance_events(n)
        put = self.protocol.chair(self.ground, self.state, self.mediation)
        if put is not None:
            self.protocol.amend(self.state, *put)
            for row, package in zip(*put, strict=True) if self.keep else ():
                self.note(Amended(n, write(self.problem, package)), int(row))

    def _note_orders(self) -> None:
        for row in range(len(self.records)):
            order = tuple(self.parties[p] for p in self.state.order[row])
            self.note(Order(self.state.round, order), row)

    def _chance_events(self, n: int) -> None:
        events = self.problem.events
        if not events:
            return
        by_chance = any(e.probability is not None for e in events)
        ids = [event.id for event in events]
        u = self.live_chance.of("events", ids, n) if by_chance else np.ones((self.tables, len(events)))
        for k, event in enumerate(events):
            now = draws.happens(event, n, u[:, k])
            self._happen(k, np.flatnonzero(now & (self.event_rounds[:, k] == 0) & self.state.running))

    def _happen(self, k: int, rows: np.ndarray) -> None:
        event = self.problem.events[k]
        self.event_rounds[rows, k] = self.state.round
        for party in event.reservation:
            p = self.party_index(party)
            rules.shift(self.state, rows, self.shifts[rows, k, p], p, self.rules_version)
        rules.happen(self.state, self.space, rows, event)
        if len(rows) and (event.salience or event.close):
            self._change_preferences(event, rows)
        for row in rows if self.keep else ():
            self.note(Happened(self.state.round, event.id), int(row))

    def _change_preferences(self, event: Event, rows: np.ndarray) -> None:
        s = self.state
        if self.preferences is self.drawn:
            self.preferences = self.drawn.spread(self.tables)
        for party, factors in event.salience.items():
            self.preferences.reweigh(
                rows, self.party_index(party), np.array([factors.get(i, 1.0) for i in self.problem.issue_ids])
            )
        shut = rows[s.closed[rows].any(axis=1)]
        if len(shut):
            self.preferences.close(shut, s.closed[shut])
        for index, party in enumerate(self.parties):
            if event.close or party in event.salience:
                self._open_rankings.pop(index, None)
                if party in self.changed:
                    self.changed[party](rows)

    # -- what parties have ---------------------------------------------------------------------------------------------

    def party_index(self, party: str) -> int:
        """Place of a party in the scenario's order. Raises NotationError with a near spelling."""
        return place_of(self.problem, party)

    def ranking(self, party: int) -> Ranking:
        """All packages that the party may propose in order of utility, as a person may who plays it."""
        if party not in self._open_rankings:
            self._open_rankings[party] = ranking(self.preferences.numbers[party], self.feasible, False)
        return self._open_rankings[party]

    def use(self, space: Space) -> None:
        """From now on packages need whose signatures this space says."""
        self.space = self.rounds.space = self.preferences.space = self.drawn.space = space
        self.public, self.ground = self._public(), self._ground()

    def estimates(self, decider: Decider) -> Estimates | None:
        """The estimates of the others that all delegations with the same opponent model share."""
        kind = (decider.parts["opponent_model"].name, *sorted(decider.params["opponent_model"].items()))
        if kind not in self._estimates:
            self._estimates[kind] = decider.estimates(self.tables, self.public)
        return self._estimates[kind]

    # -- records -------------------------------------------------------------------------------------------------------

    def note(self, record: Record, row: int = 0) -> None:
        """Keep a record of one table, where records are kept."""
        if self.keep:
            self.records[row].append(record)

    def seen_by(self, party: str, row: int = 0) -> tuple[Record, ...]:
        """The records of one table that the party may see."""
        if not self.keep:
            return ()
        read, seen = self._seen.get((party, row), (0, ()))
        new = self.records[row][read:]
        if new:
            seen = (*seen, *(record for record in new if visible(record, party)))
            self._seen[party, row] = len(self.records[row]), seen
        return seen

    def ledger(self, row: int = 0) -> Ledger:
        """What lies on one table, from before its first record."""
        draft = None if self.first_draft is None else self.first_draft[row]
        return Ledger(self.problem, draft, self.began.get("rules_version"))

    def _note_moves(self, party: int, rows: np.ndarray, moves: Moves, because: Reasons) -> None:
        turns = np.broadcast_to(self.rounds.turn_of(party, rows), len(rows)).tolist()
        for n, row in enumerate(rows.tolist()):
            package = self.protocol.package_of(self.state, row, moves, n)
            offer_of = int(moves.offer_of[n]) if moves.kind[n] == SIGN else -1
            record = Moved(
                Kind(KINDS[moves.kind[n]]),
                self.state.round,
                turns[n],
                self.parties[party],
                None if package is None else write(self.problem, package),
                self.parties[offer_of] if offer_of >= 0 else None,
                tuple(because[n]) if because else (),
            )
            self.note(record, row)

    def _note_ends(self) -> None:
        """The end of every table, once all have ended."""
        s = self.state
        for row, records in enumerate(self.records if not self.running else ()):
            if not records or records[-1].kind != Kind.END:
                by = self.parties[s.by[row]] if s.by[row] >= 0 else None
                records.append(Ended(int(s.ended_round[row]), ENDINGS[s.ended[row]], by))

    def release(self) -> None:
        """Give memory back."""
        for known in self._open_rankings.values():
            known.release()
        self._open_rankings = {}


def tables_of(
    scenario: Scenario,
    seed: int,
    tables: int,
    first_table: int,
    human: Sequence[str],
    record: bool | None,
    strategies: Mapping[str, Strategy | str] | Strategy | str | None,
    settings: Mapping[str, Any],
) -> Tables:
    """New tables by what Negotiation was given, see there. Raises NotationError."""
    tables = whole("tables", tables, 1, 2**31)
    first_table = whole("first_table", first_table, 0, 2**63 - tables)
    overrides = read_overrides(scenario, **settings)
    problem = with_overrides(scenario, overrides)
    if strategies is not None:
        overrides["strategies"] = plain_strategies(strategies)
    chosen, people = strategies_of(problem, strategies), dict.fromkeys(names("human", human), "")
    keep = tables == 1 if record is None else record
    return Tables(problem, chosen, seed, tables, first_table, keep, people, overrides)


def _some(because: Reasons | None, at: np.ndarray) -> Reasons | None:
    """The reasons at some places, where there are any."""
    return [reasons for reasons, here in zip(because, at, strict=True) if here] if because else because
