"""One Mesa model for R tables: the game is R = 1, a study is R in the thousands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import mesa
import numpy as np

from ..chance import Chance
from ..errors import MinutesError, NotationError, Refusal
from ..scenario.facts import CONSENTS, DRAWS, ORDERS
from ..scenario import Judgement, Part, Preferences, Scenario, Space, Strategy, cells, preferences
from ..scenario.ranking import feasible_packages
from ..strategies import Moves, Public
from ..strategies import read as read_strategy
from ..strategies.registry import KINDS as PARTS
from ..table import rules
from ..table.moves import ACCEPT, KINDS, PROPOSE, WALK_OUT, Accept, Move, WalkOut
from ..table.notation import as_levels, nearest, read, write
from ..table.state import AGREEMENT, ENDINGS, RUNNING, WALKED_OUT, State, start
from .agents import Delegation
from .seat import Mandate, Offer, SeatView


class Negotiation(mesa.Model):
    """R tables of one scenario; `step()` is one turn at all of them.

    Parameters: `scenario`; `tables` R >= 1; `seed` in [0, 2**64); `first_table`: number of the first table, so that
    tables 500-599 of a batch are Negotiation(..., tables=100, first_table=500); `human`: ids of parties that people
    play (R = 1); `record`: keep the moves for minutes (default: when R = 1); `rounds`, `consent`, `order`: override the
    protocol; `strategies`: party -> Strategy or text (strategies.registry.read), or one for all; `reservations`: party
    -> fixed value; `draw`: what each table draws (default: the scenario's). `rng` is a synonym of `seed`, for
    mesa.batch_run. `script`, `resume`: header and records of minutes to follow, see `replay`. Raises NotationError
    for what cannot be read.
    """

    def __init__(
        self,
        scenario: Scenario,
        tables: int = 1,
        seed: int = 0,
        first_table: int = 0,
        human: Sequence[str] = (),
        record: bool | None = None,
        rounds: int | None = None,
        consent: str | None = None,
        order: str | None = None,
        strategies: Mapping[str, Strategy | str] | Strategy | str | None = None,
        reservations: Mapping[str, float] | None = None,
        draw: Sequence[str] | None = None,
        rng: int | None = None,
        script: tuple[dict, list[dict]] | None = None,
        resume: bool = False,
    ):
        seed = int(seed if rng is None else rng)
        super().__init__(rng=seed)
        self.overrides = _plain(
            {"rounds": rounds, "consent": consent, "order": order, "reservations": reservations, "draw": draw}
        )
        if strategies is not None:
            self.overrides["strategies"] = _plain_strategies(strategies)
        self.scenario = scenario = with_overrides(scenario, rounds, consent, order, reservations, draw)
        self.seed_used, self.first_table, self.tables = seed, int(first_table), int(tables)
        if self.tables < 1:
            raise NotationError(f"Cannot hold {tables} tables; possible: 1 or more.")
        self.space = Space(scenario)
        self.parties = scenario.party_ids
        for party in human:
            self.party_index(party)
        if human and self.tables != 1:
            raise NotationError("People can only play at one table; use tables=1.")
        self._script = _Script(*script) if script else None
        # a replay has no generator at all: everything chance did stands in the minutes
        self.chance = Chance(seed, first_table + np.arange(self.tables)) if resume or not script else None
        self.preferences = self._draw_preferences()
        self.feasible = feasible_packages(self.space)
        self.public = Public(self.space.offsets, cells(scenario).value * self._equal_weights()[None])
        reservation = np.broadcast_to(self.preferences.reservation, (self.tables, len(self.parties)))
        self.state: State = start(
            self.tables,
            len(self.parties),
            self.space.shape,
            scenario.protocol.rounds,
            scenario.protocol.rounds + sum(max(e.rounds, 0) for e in scenario.events),
            reservation,
        )
        self.record = self.tables == 1 if record is None else record
        self.records: list[list[dict]] = [[] for _ in range(self.tables if self.record else 0)]
        self._happened = np.zeros((self.tables, len(scenario.events)), dtype=bool)
        self._seat = -1
        self._speaker = np.full(self.tables, -1, dtype=np.int64)
        chosen = self._strategies(strategies)
        self.delegations = {
            p.id: Delegation(self, p, i, chosen[p.id], p.id in human) for i, p in enumerate(scenario.parties)
        }
        self.datacollector = mesa.DataCollector(model_reporters=_model_reporters(self.parties))
        self._next_turn()
        self.datacollector.collect(self)

    # -- chance ------------------------------------------------------------------------------------------------------

    def draws(self, purpose: str, turn: int, count: int, rows: np.ndarray | None = None) -> np.ndarray:
        """Uniform draws (n, count). Raises MinutesError in a replay, which draws nothing."""
        if self.chance is None:
            raise MinutesError("A replay tried to draw chance; everything it needs stands in the minutes.")
        return self.chance.uniform(purpose, turn, count, rows)

    def _draw_preferences(self) -> Preferences:
        if self._script:
            return self._script.preferences(self.scenario, self.space)
        parties, levels = len(self.parties), int(self.space.offsets[-1])
        judged = len(self.space.shape) + max((len(p.conditions) for p in self.scenario.parties), default=0)
        sizes = {"values": (parties, levels), "saliences": (parties, judged), "reservations": (parties,)}
        drawn = {
            what: self.draws(what, 0, int(np.prod(size))).reshape(self.tables, *size)
            for what, size in sizes.items()
            if what in self.scenario.draw
        }
        return preferences(self.scenario, self.space, **drawn)

    def _strategies(self, given) -> dict[str, Strategy]:
        """The strategy of every party: as given for this run, else as the scenario has it."""
        if given is None:
            given = {}
        elif isinstance(given, str | Strategy):
            given = dict.fromkeys(self.parties, given)
        for party in given:
            self.party_index(party)
        return {
            p.id: _read_strategy(given[p.id], p.strategy) if p.id in given else p.strategy
            for p in self.scenario.parties
        }

    def _equal_weights(self) -> np.ndarray:
        return np.full(int(self.space.offsets[-1]), 1.0 / len(self.space.shape))

    # -- turns -------------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One turn. Does nothing when all tables have ended or a person has to move first."""
        if not self.running or self.awaiting:
            return
        if self._script:
            self._follow_script()
        else:
            for delegation in self.delegations.values():
                delegation.step()
        self._finish_turn()

    def run(self) -> Negotiation:
        """Step until every table has ended, or a person has to move; returns the model."""
        while self.running and not self.awaiting:
            self.step()
        return self

    @property
    def awaiting(self) -> str | None:
        """The party whose person has to move now, or None."""
        if not self.running or self._script or self.tables != 1 or self._speaker[0] < 0:
            return None
        speaker = self.parties[self._speaker[0]]
        return speaker if self.delegations[speaker].human else None

    def speaking(self, party: int) -> np.ndarray:
        """Numbers (n,) of the running tables at which the party has the turn now."""
        return np.flatnonzero((self._speaker == party) & self.state.running)

    def take(self, party: int, rows: np.ndarray, moves: Moves) -> None:
        """Apply the moves of one party at the tables `rows`."""
        if self.record:
            for n, row in enumerate(rows):
                self._note_move(party, int(row), moves, n)
        self._apply(party, rows, moves)

    def _apply(self, party: int, rows: np.ndarray, moves: Moves) -> None:
        for kind in (WALK_OUT, ACCEPT, PROPOSE):
            chosen = np.flatnonzero(moves.kind == kind)
            if not len(chosen):
                continue
            if kind == WALK_OUT:
                rules.walk_out(self.state, self.space, rows[chosen], party)
            elif kind == ACCEPT:
                rules.accept(self.state, self.space, rows[chosen], party, moves.offer_of[chosen])
            else:
                rules.propose(self.state, self.space, rows[chosen], party, moves.package[chosen])

    def _finish_turn(self) -> None:
        if self._seat == len(self.parties) - 1:
            rules.close_round(self.state)
        if not self.state.running.any():
            self.running = False
            self._speaker[:] = -1
            self._note_ends()
        else:
            self._next_turn()
        self.datacollector.collect(self)

    def _next_turn(self) -> None:
        """Give the turn to the next present speaker, opening a new round where the old one is over."""
        while True:
            self._seat = (self._seat + 1) % len(self.parties)
            if self._seat == 0:
                self.state.round += 1
                self._open_round()
            self.state.turn += 1
            seat_of = self._order[:, self._seat]
            present = self.state.present[np.arange(self.tables), seat_of] & self.state.running
            self._speaker = np.where(present, seat_of, -1)
            if present.any():
                return
            if self._seat == len(self.parties) - 1:
                rules.close_round(self.state)
                if not self.state.running.any():
                    self.running = False
                    self._note_ends()
                    return

    def _open_round(self) -> None:
        n, parties = self.state.round, len(self.parties)
        if n > 1:
            self.state.reservation[self.state.running] += self.preferences.drift
        self._order = np.broadcast_to(np.arange(parties), (self.tables, parties))
        if self.scenario.protocol.order == "rotating":
            self._order = (self._order + n - 1) % parties
        if self._script:
            opening = self._script.opening(n)
            # minutes cut off here are gone on from: with the same seed chance opens the round as it did before
            if not (self._script.over and self.chance):
                self._follow_opening(opening)
                return
        if self.scenario.protocol.order == "random":
            self._order = np.argsort(self.draws("order", n, parties), axis=1, kind="stable")
            if self.record:
                for records, order in zip(self.records, self._order, strict=True):
                    records.append({"kind": "order", "round": n, "order": [self.parties[p] for p in order]})
        self._open_events(n)

    def _open_events(self, n: int) -> None:
        events = self.scenario.events
        if not events:
            return
        by_chance = any(e.probability is not None for e in events)
        u = self.draws("events", n, len(events)) if by_chance else np.ones((self.tables, len(events)))
        for k, event in enumerate(events):
            now = np.full(self.tables, event.round == n) if event.probability is None else u[:, k] < event.probability
            self._happen(k, np.flatnonzero(now & ~self._happened[:, k] & self.state.running))

    def _happen(self, k: int, rows: np.ndarray) -> None:
        event = self.scenario.events[k]
        self._happened[rows, k] = True
        for party, change in event.reservation.items():
            self.state.reservation[rows, self.party_index(party)] += change
        self.state.deadline[rows] = np.maximum(self.state.deadline[rows] + event.rounds, self.state.round)
        if self.record:
            for row in rows:
                self.records[row].append({"kind": "event", "round": self.state.round, "event": event.id})

    # -- replay ------------------------------------------------------------------------------------------------------

    @classmethod
    def replay(cls, scenario: Scenario, header: dict, records: list[dict], resume: bool = False) -> Negotiation:
        """The table of the minutes: `step()` goes through its moves again. Draws no chance, asks no strategy.

        `scenario` is the one in the header (files.from_document). With `resume`, minutes that stop before the end are
        gone through at once and the talks go on from there, with chance and people as in the header. Raises
        MinutesError where the minutes do not fit the rules.
        """
        people = header["people"] if resume else ()
        overrides = header["overrides"]
        model = cls(
            scenario,
            seed=header["seed"],
            first_table=header["table"],
            human=people,
            record=True,
            script=(header, records),
            resume=resume,
            **overrides,
        )
        while resume and model.running and model._script:
            if model._script.over:
                model._script = None
            else:
                model.step()
        return model

    def _follow_opening(self, opening: list[dict]) -> None:
        for record in opening:
            if record["kind"] == "order":
                self._order = np.array([[self.party_index(p) for p in record["order"]]])
                self.records[0].append(record)
            else:
                known = [e.id for e in self.scenario.events]
                if record["event"] not in known:
                    raise MinutesError(
                        f'The minutes name an event "{record["event"]}" that the scenario does not have.'
                    )
                self._happen(known.index(record["event"]), np.array([0]))

    def _follow_script(self) -> None:
        assert self._script
        record = self._script.move()
        if record is None:
            self.running = False
            return
        party = self.party_index(record["party"])
        if party != self._speaker[0]:
            raise MinutesError(f"The minutes have {record['party']} moving out of turn in round {self.state.round}.")
        package = read(self.scenario, record["package"]) if "package" in record else np.zeros(len(self.space.shape))
        offer_of = self.party_index(record["offer_of"]) if "offer_of" in record else -1
        moves = Moves(
            np.array([KINDS.index(record["kind"])], dtype=np.int8),
            package[None].astype(np.int16),
            np.array([offer_of]),
            np.array([-1]),
        )
        self._apply(party, np.array([0]), moves)
        self.records[0].append(record)

    # -- people ------------------------------------------------------------------------------------------------------

    def party_index(self, party: str) -> int:
        """Place of a party in the scenario's order. Raises NotationError with a near spelling."""
        if party not in self.parties:
            raise NotationError(f'No party "{party}" in {self.scenario.name}; {nearest(party, self.parties)}')
        return self.parties.index(party)

    def submit(self, move: Move) -> None:
        """Take the move of the person whose turn it is. Raises Refusal: what was tried, why not, what is possible."""
        party = self.awaiting
        if party is None:
            where = "the talks have ended" if not self.running else "it is another delegation's turn"
            raise Refusal(f"No move is awaited: {where}.")
        index = self.party_index(party)
        kind, package, offer_of = self._checked(party, index, move)
        moves = Moves(
            kind=np.array([kind], dtype=np.int8),
            package=np.reshape(package, (1, -1)).astype(np.int16),
            offer_of=np.array([offer_of]),
            best_offer=np.array([-1]),
        )
        self.take(index, np.array([0]), moves)
        self._finish_turn()

    def _checked(self, party: str, index: int, move: Move) -> tuple[int, np.ndarray, int]:
        label = self.scenario.parties[index].label
        here = f"(round {self.state.round} of {int(self.state.deadline[0])})"
        nothing = np.zeros(len(self.space.shape), dtype=np.int16)
        if isinstance(move, WalkOut):
            return WALK_OUT, nothing, -1
        if isinstance(move, Accept):
            q = self.party_index(move.offer_of)
            whose = self.scenario.parties[q].label
            standing = [p for k, p in enumerate(self.parties) if self.state.standing[0, k] and k != index]
            possible = f"Possible: propose, walk out{', accept ' + ' or '.join(standing) if standing else ''}."
            if not self.state.standing[0, q]:
                raise Refusal(f"{label} cannot accept: {whose} has no package on the table {here}. {possible}")
            if q == index or self.state.signed[0, q, index]:
                raise Refusal(f"{label} has signed the package of {whose} already {here}. {possible}")
            if self.preferences.vetoed(self.state.offers[0, q], index):
                raise Refusal(f"{label} cannot accept: the package crosses its own red line {here}. {possible}")
            return ACCEPT, nothing, q
        package = np.asarray(move.package)
        if package.shape != nothing.shape or not np.issubdtype(package.dtype, np.integer):
            raise Refusal(f"{label} cannot propose this: a package has one level for each of {len(nothing)} issues.")
        if (package < 0).any() or (package >= self.space.shape).any():
            raise Refusal(f"{label} cannot propose this: a level is outside its issue's levels.")
        for rule in self.space.broken_rules(package):
            raise Refusal(f"{label} cannot propose this package {here}: {rule.reason}")
        if self.preferences.vetoed(package, index):
            raise Refusal(f"{label} cannot propose this package {here}: it crosses its own red line.")
        return PROPOSE, package, -1

    def view(self, party: str, table: int = 0) -> SeatView:
        """What `party` may see at one table, as plain data. Needs `record`."""
        self.party_index(party)
        s, names = self.state, self.parties
        offers = {}
        for q in np.flatnonzero(s.standing[table]):
            offers[names[q]] = Offer(
                names[q],
                tuple(map(int, s.offers[table, q])),
                tuple(names[i] for i in np.flatnonzero(s.signed[table, q])),
                tuple(names[i] for i in np.flatnonzero(s.needs[table, q])),
            )
        made = np.flatnonzero(s.proposals[table])
        over = s.ended[table] != RUNNING
        return SeatView(
            party=party,
            round=s.round,
            rounds=int(s.deadline[table]),
            turn=s.turn,
            speaker=None if over or self._speaker[table] < 0 else names[self._speaker[table]],
            offers={} if over else offers,
            last_offers={names[q]: tuple(map(int, s.offers[table, q])) for q in made},
            present=tuple(n for i, n in enumerate(names) if s.present[table, i]),
            log=tuple(dict(r) for r in self.records[table]) if self.record else (),
            ended=ENDINGS[s.ended[table]] if over else None,
            by=names[s.by[table]] if s.by[table] >= 0 else None,
            package=tuple(map(int, s.agreed[table])) if s.agreed[table, 0] >= 0 else None,
        )

    def mandate(self, party: str, table: int = 0) -> Mandate:
        """The own numbers of one party at one table."""
        p = self.party_index(party)
        row = 0 if self.preferences.tables == 1 else table
        facts = self.scenario.parties[p]
        conditions = [
            (c.id, tests, float(self.preferences.bonuses[row, p, k]) / 1e12)
            for k, (c, tests) in enumerate(zip(facts.conditions, self.preferences.conditions[p], strict=True))
        ]
        return Mandate(
            party,
            self.scenario,
            self.space,
            self.preferences.contributions[row, p] / 1e12,
            conditions,
            self.preferences.forbidden[p].copy(),
            float(self.state.reservation[table, p]),
            float(self.delegations[party].ranking.best(np.array([table]))[0]),
        )

    # -- results -----------------------------------------------------------------------------------------------------

    def utilities(self) -> np.ndarray:
        """Utility each party has of how its table stands, float (R, P): of the agreed package, else its reservation."""
        result = self.state.reservation.copy()
        rows = np.flatnonzero(self.state.agreed[:, 0] >= 0)
        for p in range(len(self.parties)):
            result[rows, p] = self.preferences.utility(self.state.agreed[rows], p, rows)
        return result

    def outcomes(self) -> dict[str, np.ndarray]:
        """One row per table: table, ended, by, round, turns, package, a column per issue, u_<party>, r_<party>.

        u_<party> is the utility of the package agreed, or of no agreement; r_<party> the reservation value at the end.
        """
        s, scenario = self.state, self.scenario
        made = s.agreed[:, 0] >= 0
        columns: dict[str, np.ndarray] = {
            "table": self.first_table + np.arange(self.tables, dtype=np.int64),
            "ended": np.array(ENDINGS, dtype=object)[s.ended],
            "by": np.array([*self.parties, None], dtype=object)[s.by],
            "round": s.ended_round.astype(np.int32),
            "turns": s.ended_turn.astype(np.int32),
        }
        package = np.full(self.tables, None, dtype=object)
        if made.any():
            distinct, where = np.unique(s.agreed[made], axis=0, return_inverse=True)
            package[made] = np.array([write(scenario, d) for d in distinct], dtype=object)[where.reshape(-1)]
        columns["package"] = package
        for i, issue in enumerate(scenario.issues):
            names = np.array([*(level.id for level in issue.levels), None], dtype=object)
            columns[issue.id] = names[s.agreed[:, i]]
        u = self.utilities()
        for p, party in enumerate(self.parties):
            columns[f"u_{party}"] = u[:, p]
        for p, party in enumerate(self.parties):
            columns[f"r_{party}"] = s.reservation[:, p].copy()
        return columns

    def report(self, table: int = 0) -> dict:
        """The result of one table as plain data: the contract of `run --json`. Needs `record`."""
        s, scenario = self.state, self.scenario
        made = bool(s.agreed[table, 0] >= 0)
        agreed = s.agreed[table]
        needs = self.space.level_needs
        unanimous = scenario.protocol.consent == "unanimity"
        signatures = {}
        if made:
            for i, issue in enumerate(scenario.issues):
                row = needs[self.space.offsets[i] + int(agreed[i])]
                who = [p for k, p in enumerate(self.parties) if unanimous or row[k]]
                signatures[issue.id] = {"level": issue.levels[int(agreed[i])].id, "needs": who}
        return {
            "scenario": scenario.name,
            "scenario_hash": scenario.hash,
            "seed": self.seed_used,
            "table": self.first_table + table,
            "rules_version": rules.RULES_VERSION,
            "overrides": self.overrides,
            "ended": ENDINGS[s.ended[table]],
            "by": self.parties[s.by[table]] if s.by[table] >= 0 else None,
            "round": int(s.ended_round[table]),
            "turns": int(s.ended_turn[table]),
            "package": as_levels(scenario, agreed) if made else None,
            "notation": write(scenario, agreed) if made else None,
            "consent": scenario.protocol.consent,
            "needed_signatures": signatures,
            "signed_by": self._signers(table) if made else [],
            "utilities": {p: float(u) for p, u in zip(self.parties, self.utilities()[table], strict=True)},
            "reservation": {p: float(r) for p, r in zip(self.parties, s.reservation[table], strict=True)},
            "moves": self.records[table] if self.record else [],
        }

    def _signers(self, table: int) -> list[str]:
        s = self.state
        same = (s.offers[table] == s.agreed[table]).all(axis=1) & s.standing[table]
        complete = [q for q in np.flatnonzero(same) if (s.signed[table, q] | ~s.needs[table, q]).all()]
        return [self.parties[i] for i in np.flatnonzero(s.signed[table, complete[0]])] if complete else []

    # -- minutes -----------------------------------------------------------------------------------------------------

    def minutes(self, table: int = 0) -> tuple[dict, list[dict]]:
        """Header and records of one table, enough to replay it without drawing chance. Needs `record`."""
        row = 0 if self.preferences.tables == 1 else table
        header = {
            "scenario": self.scenario.name,
            "scenario_hash": self.scenario.hash,
            "document": self.scenario.document,
            "overrides": self.overrides,
            "seed": self.seed_used,
            "table": self.first_table + table,
            "people": [p for p, d in self.delegations.items() if d.human],
            "drawn": {
                "contributions": self.preferences.contributions[row].tolist(),
                "bonuses": self.preferences.bonuses[row].tolist(),
                "reservation": self.preferences.reservation[row].tolist(),
            },
        }
        return header, self.records[table]

    def _note_move(self, party: int, row: int, moves: Moves, n: int) -> None:
        kind = KINDS[moves.kind[n]]
        record = {"kind": kind, "round": self.state.round, "turn": self.state.turn, "party": self.parties[party]}
        if kind == "propose":
            record["package"] = write(self.scenario, moves.package[n])
        elif kind == "accept":
            record["offer_of"] = self.parties[moves.offer_of[n]]
            record["package"] = write(self.scenario, self.state.offers[row, moves.offer_of[n]])
        delegation = self.delegations[self.parties[party]]
        record["because"] = [] if delegation.human else delegation.because(moves, n, row)
        self.records[row].append(record)

    def _note_ends(self) -> None:
        s = self.state
        for row, records in enumerate(self.records):
            by = self.parties[s.by[row]] if s.by[row] >= 0 else None
            end = {"kind": "end", "round": int(s.ended_round[row]), "ended": ENDINGS[s.ended[row]], "by": by}
            if not records or records[-1]["kind"] != "end":
                records.append(end)

    def close(self) -> None:
        """Let Mesa forget the model: some versions keep every model alive through a class-level table."""
        self.remove_all_agents()
        kept = getattr(mesa.Agent, "_ids", None)
        if kept is not None:
            kept.pop(self, None)


class _Script:
    """Minutes being followed: what was drawn, and the records in order."""

    def __init__(self, header: dict, records: list[dict]):
        self.drawn, self.records, self.at = header["drawn"], records, 0

    @property
    def over(self) -> bool:
        return self.at >= len(self.records)

    def preferences(self, scenario: Scenario, space: Space) -> Preferences:
        central = preferences(scenario, space)
        arrays = (np.array([self.drawn[k]]) for k in ("contributions", "bonuses", "reservation"))
        contributions, bonuses, reservation = arrays
        parties = len(scenario.parties)
        bonuses = bonuses.reshape(1, parties, -1).astype(np.int64)
        if contributions.shape != central.contributions.shape or bonuses.shape != central.bonuses.shape:
            raise MinutesError("The minutes were drawn for another scenario: their numbers do not fit its issues.")
        return Preferences(space, contributions, bonuses, reservation, central.drift, central.forbidden)

    def opening(self, n: int) -> list[dict]:
        found = []
        while not self.over and self.records[self.at]["kind"] in ("order", "event"):
            if self.records[self.at]["round"] != n:
                break
            found.append(self.records[self.at])
            self.at += 1
        return found

    def move(self) -> dict | None:
        if self.over or self.records[self.at]["kind"] not in KINDS:
            return None
        self.at += 1
        return self.records[self.at - 1]


def with_overrides(scenario, rounds=None, consent=None, order=None, reservations=None, draw=None) -> Scenario:
    """The scenario with some settings replaced; its hash stays that of the written one. Raises NotationError."""
    for name, value, known in (("consent", consent, CONSENTS), ("order", order, ORDERS)):
        if value is not None and value not in known:
            raise NotationError(f'No {name} "{value}"; {nearest(value, known)}')
    if rounds is not None and not 1 <= rounds <= 100_000:
        raise NotationError(f"Cannot hold {rounds} rounds; possible: 1 to 100000.")
    given = {"rounds": rounds, "consent": consent, "order": order}
    protocol = replace(scenario.protocol, **{k: v for k, v in given.items() if v is not None})
    parties = scenario.parties
    if reservations:
        for party, value in reservations.items():
            if party not in scenario.party_ids:
                raise NotationError(f'No party "{party}" in {scenario.name}; {nearest(party, scenario.party_ids)}')
            if not 0 <= value <= 1:
                raise NotationError(f"A reservation value is between 0 and 1; {party} cannot have {value}.")
        fixed = {p: Judgement(v, v, v, "given for this run") for p, v in reservations.items()}
        parties = tuple(replace(p, reservation=fixed.get(p.id, p.reservation)) for p in parties)
    for what in draw or ():
        if what not in DRAWS:
            raise NotationError(f'Cannot draw "{what}"; {nearest(what, DRAWS)}')
    return replace(scenario, protocol=protocol, parties=parties, draw=scenario.draw if draw is None else tuple(draw))


def _plain(settings: dict) -> dict:
    return {
        k: dict(v) if isinstance(v, Mapping) else list(v) if isinstance(v, tuple) else v
        for k, v in settings.items()
        if v is not None
    }


def _plain_strategy(strategy: Strategy | str | Mapping) -> str | dict:
    if isinstance(strategy, Strategy):
        parts = {k: getattr(strategy, k) for k in PARTS}
        return {k: {"name": p.name, **p.params} for k, p in parts.items()}
    return dict(strategy) if isinstance(strategy, Mapping) else strategy


def _read_strategy(given: Strategy | str | Mapping, base: Strategy) -> Strategy:
    if isinstance(given, str):
        return read_strategy(given, base)
    if isinstance(given, Mapping):
        parts = {k: Part(v["name"], {a: b for a, b in v.items() if a != "name"}) for k, v in given.items()}
        return replace(base, **parts)
    return given


def _plain_strategies(strategies) -> str | dict:
    if isinstance(strategies, str | Strategy):
        return _plain_strategy(strategies)
    return {party: _plain_strategy(s) for party, s in strategies.items()}


def _model_reporters(parties: tuple[str, ...]) -> dict:
    """Shares and means over the tables, one row a turn: cheap numbers while it runs, utilities at the end."""
    reporters = {
        "round": lambda m: m.state.round,
        "running": lambda m: float(m.state.running.mean()),
        "agreement": lambda m: float((m.state.ended == AGREEMENT).mean()),
        "walk_out": lambda m: float((m.state.ended == WALKED_OUT).mean()),
    }
    for p, party in enumerate(parties):
        reporters[f"u_{party}"] = lambda m, p=p: None if m.running else float(m.utilities()[:, p].mean())
    return reporters
