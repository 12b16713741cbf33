"""One Mesa model for R tables: the game is R = 1, a study is R in the thousands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import mesa
import numpy as np

from ..chance import Chance
from ..errors import MinutesError, NotationError, Refusal, ScenarioError
from ..scenario import Event, Preferences, Scenario, Space, Strategy, cells, preferences
from ..scenario.ranking import feasible_packages
from ..scenario.utility import GRAIN
from ..strategies import Decider, Estimates, Moves, Public
from ..table import rules, single_text
from ..table.moves import ACCEPT, DECLINE, KINDS, PROPOSE, WALK_OUT, Accept, Decline, Move, Propose, Sound, WalkOut
from ..table.notation import as_levels, nearest, read, write
from ..table.state import AGREEMENT, ENDINGS, RUNNING, WALKED_OUT, State, signers, start
from .agents import CANDIDATES, Delegation
from .script import Script
from .seat import Mandate, Offer, SeatView, visible
from .settings import plain, plain_strategies, read_strategy, with_overrides


class Negotiation(mesa.Model):
    """R tables of one scenario; `step()` is one turn at all of them.

    Parameters: `scenario`; `tables` R >= 1; `seed` in [0, 2**64); `first_table`: number of the first table, so that
    tables 500-599 of a batch are Negotiation(..., tables=100, first_table=500); `human`: ids of parties that people
    play (R = 1); `record`: keep the moves for minutes (default: when R = 1); `rounds`, `consent`, `order`, `protocol`:
    override the scenario's; `strategies`: party -> Strategy or text (strategies.registry.read), or one for all;
    `reservations`: party
    -> fixed value; `draw`: what each table draws (default: the scenario's). `rng` is a synonym of `seed`, for
    mesa.batch_run. `script`, `resume`: header and records of minutes to follow, see `replay`. Raises NotationError
    for what cannot be read.
    """

    def __init__(
        self,
        scenario: Scenario,
        tables: int = 1,
        seed: int | None = 0,
        first_table: int = 0,
        human: Sequence[str] = (),
        record: bool | None = None,
        rounds: int | None = None,
        consent: str | None = None,
        order: str | None = None,
        protocol: str | None = None,
        strategies: Mapping[str, Strategy | str] | Strategy | str | None = None,
        reservations: Mapping[str, float] | None = None,
        draw: Sequence[str] | None = None,
        rng: int | None = None,
        script: tuple[dict, list[dict]] | None = None,
        resume: bool = False,
    ):
        # some versions of mesa.batch_run hand over seed=None; the clock is never a seed here
        seed = int(next((s for s in (rng, seed) if s is not None), 0))
        if not isinstance(scenario, Scenario):
            raise NotationError(f"Negotiation needs a scenario, not {scenario!r}; peacetable.load(name) gives one.")
        super().__init__(rng=seed)
        self.overrides = plain(
            {
                "rounds": rounds,
                "consent": consent,
                "order": order,
                "protocol": protocol,
                "reservations": reservations,
                "draw": draw,
            }
        )
        if strategies is not None:
            self.overrides["strategies"] = plain_strategies(strategies)
        self.scenario = scenario = with_overrides(scenario, rounds, consent, order, protocol, reservations, draw)
        self.seed_used, self.first_table, self.tables = seed, int(first_table), int(tables)
        if self.tables < 1:
            raise NotationError(f"Cannot hold {tables} tables; possible: 1 or more.")
        self.space = Space(scenario)
        self.parties = scenario.party_ids
        for party in human:
            self.party_index(party)
        if human and self.tables != 1:
            raise NotationError("People can only play at one table; use tables=1.")
        self._script = Script(*script) if script else None
        # a replay has no generator at all: everything chance did stands in the minutes
        self.chance = Chance(seed, first_table + np.arange(self.tables)) if resume or not script else None
        self.preferences = self._drawn = self._draw_preferences()
        self.feasible = feasible_packages(self.space)
        self.public = Public(
            self.space.offsets,
            cells(scenario).value * self._equal_weights()[None],
            ordered=np.array([issue.ordered for issue in scenario.issues]),
        )
        self.record = self.tables == 1 if record is None else record
        self.records: list[list[dict]] = [[] for _ in range(self.tables if self.record else 0)]
        self._happened = np.zeros((self.tables, len(scenario.events)), dtype=bool)
        self._seat = -1
        self._turns: dict[int, np.ndarray] = {}
        chosen = self._strategies(strategies)
        self.single_text = scenario.protocol.name == "single_text"
        self.mediator = self.parties.index(scenario.protocol.mediator) if scenario.protocol.mediator else -1
        self.delegations = {
            p.id: Delegation(self, p, i, chosen[p.id], p.id in human) for i, p in enumerate(scenario.parties)
        }
        self.state = self._start()
        self._estimates: dict[tuple, Estimates | None] = {}
        self.datacollector = mesa.DataCollector(model_reporters=_model_reporters(self.parties))
        self._next_turn()
        # some versions of Mesa keep every model alive in a class-level table; nothing of it is needed from here on
        kept = getattr(mesa.Agent, "_ids", None)
        if kept is not None:
            kept.pop(self, None)

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
            p.id: read_strategy(given[p.id], p.strategy) if p.id in given else p.strategy for p in self.scenario.parties
        }

    def _start(self) -> State:
        deciders = [d.decider for d in self.delegations.values()]
        rounds = self.scenario.protocol.rounds + sum(max(e.rounds, 0) for e in self.scenario.events)
        return start(
            self.tables,
            len(self.parties),
            self.space.shape,
            self.scenario.protocol.rounds,
            np.broadcast_to(self.preferences.reservation, (self.tables, len(self.parties))),
            counts=any(d.needs_counts for d in deciders),
            past_rounds=rounds if any(d.needs_history for d in deciders) else 0,
        )

    def _equal_weights(self) -> np.ndarray:
        return np.full(int(self.space.offsets[-1]), 1.0 / len(self.space.shape))

    def estimates(self, decider: Decider) -> Estimates | None:
        """The estimates of the others that all delegations with the same opponent model share."""
        kind = (decider.parts["opponent_model"].name, *sorted(decider.params["opponent_model"].items()))
        if kind not in self._estimates:
            self._estimates[kind] = decider.estimates(self.tables, self.public)
        return self._estimates[kind]

    # -- turns -------------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One turn. Does nothing when all tables have ended or a person has to move first."""
        if not self.running or self.awaiting:
            return
        if self._script:
            self._follow_script()
        else:
            for party in self._turns:
                self.delegations[self.parties[party]].step()
        self._finish_turn()

    def run(self) -> Negotiation:
        """Step until every table has ended, or a person has to move; returns the model."""
        while self.running and not self.awaiting:
            self.step()
        return self

    @property
    def awaiting(self) -> str | None:
        """The party whose person has to move now, or None."""
        if not self.running or self._script or self.tables != 1:
            return None
        speaker = self._speaker(0)
        return speaker if speaker is not None and self.delegations[speaker].human else None

    def _speaker(self, table: int) -> str | None:
        """The party that has the turn at one table, or None where it is over."""
        for party, rows in self._turns.items():
            if table in rows:
                return self.parties[party]
        return None

    def speaking(self, party: int) -> np.ndarray:
        """Numbers (n,) of the running tables at which the party has the turn now, increasing."""
        return self._turns.get(party, np.zeros(0, dtype=np.int64))

    def take(self, party: int, rows: np.ndarray, moves: Moves) -> None:
        """Apply the moves of one party at the tables `rows`."""
        if self.record:
            for n, row in enumerate(rows):
                self._note_move(party, int(row), moves, n)
        self._apply(party, rows, moves)

    def _apply(self, party: int, rows: np.ndarray, moves: Moves) -> None:
        if not self.single_text and not moves.kind.any():  # the common case: everybody proposes
            rules.propose(self.state, self.space, rows, party, moves.package)
            return
        for kind in (WALK_OUT, ACCEPT, PROPOSE, DECLINE):
            chosen = np.flatnonzero(moves.kind == kind)
            if not len(chosen):
                continue
            at = rows[chosen]
            if kind == WALK_OUT:
                rules.walk_out(self.state, self.space, at, party)
            elif self.single_text and kind == PROPOSE:
                single_text.amend(self.state, at, moves.package[chosen])
                single_text.vote(self.state, at, party, True)
            elif self.single_text:
                single_text.vote(self.state, at, party, kind == ACCEPT)
            elif kind == ACCEPT:
                rules.accept(self.state, self.space, at, party, moves.offer_of[chosen])
            else:
                rules.propose(self.state, self.space, at, party, moves.package[chosen])

    def _close_round(self) -> None:
        if self.single_text:
            single_text.close_round(self.state, self.space)
        else:
            rules.close_round(self.state)

    def _finish_turn(self) -> None:
        if self._seat == len(self.parties) - 1:
            self._close_round()
        if self.state.running.any():
            self._next_turn()
        if not self.state.running.any():
            self.running = False
            self._turns = {}
            self._note_ends()
        self.datacollector.collect(self)

    def _next_turn(self) -> None:
        """Give the turn to the next present speaker, opening a new round where the old one is over."""
        while self.state.running.any():
            self._seat = (self._seat + 1) % len(self.parties)
            if self._seat == 0:
                self.state.round += 1
                self._open_round()
            self.state.turn += 1
            self._turns = self._speaking_now()
            if self._turns:
                return
            if self._seat == len(self.parties) - 1:
                self._close_round()

    def _speaking_now(self) -> dict[int, np.ndarray]:
        """Party -> numbers of the running tables where it has this turn. `_order` is (P,) or, by chance, (R, P)."""
        running, seat = self.state.running, self._order[..., self._seat]
        found = {}
        for party in range(len(self.parties)) if seat.ndim else (int(seat),):
            here = running & self.state.present[:, party]
            if seat.ndim:
                here &= seat == party
            rows = np.flatnonzero(here)
            if len(rows):
                found[party] = rows
        return found

    def _open_round(self) -> None:
        n, parties = self.state.round, len(self.parties)
        if n > 1:
            self.state.reservation[self.state.running] += self.preferences.drift
        self._order = np.arange(parties)
        if self.scenario.protocol.order == "rotating":
            self._order = (self._order + n - 1) % parties
        self._order = self._mediator_first(self._order)
        if self.single_text:
            self._open_draft()
        if self._script:
            opening = self._script.opening(n)
            # minutes cut off here are gone on from: with the same seed chance opens the round as it did before
            if not (self._script.over and self.chance):
                self._follow_opening(opening)
                return
        if self.scenario.protocol.order == "random":
            shuffled = np.argsort(self.draws("order", n, parties), axis=1, kind="stable")
            self._order = self._mediator_first(shuffled)
            if self.record:
                for row, records in enumerate(self.records):
                    order = [self.parties[p] for p in self._order[row]]
                    records.append({"kind": "order", "round": n, "order": order})
        self._open_events(n)
        if self.single_text and self.mediator < 0:
            self._chair_amends()

    def _mediator_first(self, order: np.ndarray) -> np.ndarray:
        if self.mediator < 0 or not self.single_text:
            return order
        return np.take_along_axis(order, np.argsort(order != self.mediator, axis=-1, kind="stable"), axis=-1)

    def _open_draft(self) -> None:
        """In round 1 the draft is made from what is public; a round starts with nothing amended."""
        s = self.state
        if s.round == 1:
            table = cells(self.scenario)
            # chance only repairs a draft that breaks a rule; a replay is told the result by the first amendment
            draws = np.zeros((self.tables, 0)) if self.chance is None else self.draws("mediator", 0, 200)
            s.draft[:] = self._drafted(table.value, table.red_line, draws)
            self._first_draft = s.draft.copy()
        s.amendment[:] = s.draft
        s.votes[:] = False

    def _drafted(self, values: np.ndarray, red_lines: np.ndarray, draws: np.ndarray) -> np.ndarray:
        if self._script:
            text = self._script.drawn["draft"]
            return read(self.scenario, text)[None]
        try:
            return single_text.first_draft(self.space, values, red_lines, draws)
        except ValueError as error:
            raise ScenarioError(
                f"The mediator finds no first draft that {self.scenario.name}'s rules allow; loosen the rules."
            ) from error

    def _chair_amends(self) -> None:
        s = self.state
        rows = np.flatnonzero(s.running & (s.round < s.deadline))
        if not len(rows):
            return
        draws = self.draws("mediator", s.round, 2 * CANDIDATES, rows)
        found = single_text.candidates(self.space, s.draft[rows], draws)
        # the chair takes the first amendment that changes something
        changes = (found != s.draft[rows][:, None]).any(axis=2)
        chosen = found[np.arange(len(rows)), changes.argmax(axis=1)]
        single_text.amend(s, rows, chosen)
        if self.record:
            for row, package in zip(rows, chosen, strict=True):
                record = {"kind": "amend", "round": s.round, "package": write(self.scenario, package)}
                self.records[row].append(record)

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
        if len(rows) and (event.salience or event.close):
            self._change_preferences(event, rows)
        if self.record:
            for row in rows:
                self.records[row].append({"kind": "event", "round": self.state.round, "event": event.id})

    def _change_preferences(self, event: Event, rows: np.ndarray) -> None:
        s = self.state
        if self.preferences is self._drawn:
            self.preferences = self._drawn.spread(self.tables)
        for party, factors in event.salience.items():
            self.preferences.reweigh(
                rows, self.party_index(party), np.array([factors.get(i, 1.0) for i in self.scenario.issue_ids])
            )
        if event.close:
            columns = np.zeros(int(self.space.offsets[-1]), dtype=bool)
            for i, wanted in self.space.tests(event.close):
                columns[self.space.offsets[i] : self.space.offsets[i + 1]] |= wanted
            rules.take_off(s, rows, columns, self.space.offsets)
        for row in rows[s.closed[rows].any(axis=1)]:
            self.preferences.close(np.array([row]), s.closed[row])
        for delegation in getattr(self, "delegations", {}).values():
            delegation.forget_ranking()

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
            rest = model._script.records[model._script.at :]
            if all(r["kind"] == "sound" for r in rest):  # nothing is left, or only what was asked before the next move
                model.records[0] += rest
                model._script = None
            else:
                model.step()
        return model

    def _follow_opening(self, opening: list[dict]) -> None:
        for record in opening:
            if record["kind"] == "order":
                self._order = np.array([self.party_index(p) for p in record["order"]])
                self.records[0].append(record)
            elif record["kind"] == "amend":
                single_text.amend(self.state, np.array([0]), read(self.scenario, record["package"])[None])
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
        self.records[0] += self._script.soundings()
        record = self._script.move()
        if record is None:
            self.running = False
            return
        party = self.party_index(record["party"])
        if record["party"] != self._speaker(0):
            raise MinutesError(f"The minutes have {record['party']} moving out of turn in round {self.state.round}.")
        package = read(self.scenario, record["package"]) if "package" in record else np.zeros(len(self.space.shape))
        offer_of = self.party_index(record["offer_of"]) if record.get("offer_of") else -1
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
        """Take the move of the person whose turn it is. Raises Refusal: what was tried, why not, what is possible.

        A sounding leaves the turn where it is; its answer is the last entry of the person's `view` log.
        """
        party = self.awaiting
        if party is None:
            where = "the talks have ended" if not self.running else "it is another delegation's turn"
            raise Refusal(f"No move is awaited: {where}.")
        if isinstance(move, Sound):
            self.sound(party, move)
            return
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

    def sound(self, party: str, move: Sound, table: int = 0) -> str:
        """Ask another party privately about a package: "would_sign", "could_move" or "no", as that party's strategy and
        candour have it. Only the two see it in the minutes. Needs `record`. Raises Refusal."""
        index, to = self.party_index(party), self.party_index(move.to)
        label, whom = self.scenario.parties[index].label, self.scenario.parties[to].label
        here = f"(round {self.state.round} of {int(self.state.deadline[table])})"
        used = self._soundings_used(party, table)
        most = self.scenario.protocol.soundings
        if used >= most:
            left = f"all {most} soundings are used" if most else "this scenario allows no soundings"
            raise Refusal(f"{label} cannot sound out {whom}: {left} {here}.")
        if to == index or not self.state.present[table, to]:
            raise Refusal(f"{label} cannot sound out {whom}: choose another delegation that is at the table {here}.")
        if self.delegations[move.to].human:
            raise Refusal(f"{label} cannot sound out {whom} here: a person plays it; ask them {here}.")
        package = self._checked_package(label, f"ask about this package {here}", move.package)
        draw = self.draws("sounding", self.state.turn, used + 1)[table, used]
        answer = self.delegations[move.to].answer(package, table, float(draw))
        record = {"kind": "sound", "round": self.state.round, "turn": self.state.turn, "party": party, "to": move.to}
        self.records[table].append(record | {"package": write(self.scenario, package), "answer": answer})
        return answer

    def _soundings_used(self, party: str, table: int) -> int:
        return sum(r["kind"] == "sound" and r["party"] == party for r in self.records[table])

    def _checked_package(self, label: str, what: str, package: np.ndarray) -> np.ndarray:
        """The package if it can exist here. Raises Refusal."""
        package = np.asarray(package)
        if package.shape != (len(self.space.shape),) or not np.issubdtype(package.dtype, np.integer):
            raise Refusal(f"{label} cannot {what}: a package has one level for each of {len(self.space.shape)} issues.")
        if (package < 0).any() or (package >= self.space.shape).any():
            raise Refusal(f"{label} cannot {what}: a level is outside its issue's levels.")
        for rule in self.space.broken_rules(package):
            about = " and ".join(i.label for i in self.scenario.issues if i.id in rule.forbid)
            raise Refusal(f"{label} cannot {what}: {rule.reason} Possible: another level on {about}.")
        shut = self.state.closed[0, self.space.offsets[:-1] + package]
        if shut.any():
            gone = ", ".join(i.label for i, closed in zip(self.scenario.issues, shut, strict=True) if closed)
            raise Refusal(
                f"{label} cannot {what}: an event took its level off the table on {gone}. "
                "Possible: another level there."
            )
        return package.astype(np.int16)

    def _checked(self, party: str, index: int, move: Move) -> tuple[int, np.ndarray, int]:
        label = self.scenario.parties[index].label
        here = f"(round {self.state.round} of {int(self.state.deadline[0])})"
        nothing = np.zeros(len(self.space.shape), dtype=np.int16)
        if isinstance(move, WalkOut):
            return WALK_OUT, nothing, -1
        if self.single_text:
            return self._checked_vote(label, here, index, move)
        if isinstance(move, Accept):
            q = self.party_index(move.offer_of)
            whose = self.scenario.parties[q].label
            standing = [p for k, p in enumerate(self.parties) if self.state.standing[0, k] and k != index]
            possible = f"Possible: propose, walk out{', accept ' + ' or '.join(standing) if standing else ''}."
            if not self.state.standing[0, q]:
                raise Refusal(f"{label} cannot accept: {whose} has no package on the table {here}. {possible}")
            if q == index or self.state.signed[0, q] >> index & 1:
                raise Refusal(f"{label} has signed the package of {whose} already {here}. {possible}")
            if self.preferences.vetoed(self.state.offers[0, q], index):
                raise Refusal(f"{label} cannot accept: the package crosses its own red line {here}. {possible}")
            return ACCEPT, nothing, q
        if isinstance(move, Decline):
            raise Refusal(
                f"{label} cannot decline {here}: to reject is to propose. Possible: propose, accept, walk out."
            )
        if not isinstance(move, Propose):
            raise Refusal(f"{label} cannot do this {here}: {move!r} is no move. Possible: propose, accept, walk out.")
        package = self._checked_package(label, f"propose this package {here}", move.package)
        if self.preferences.vetoed(package, index):
            crossed = self.mandate(party).crosses(package)
            about = " and ".join(i.label for i in self.scenario.issues if i.id in crossed)
            raise Refusal(
                f"{label} cannot propose this package {here}: it crosses its own red line. "
                f"Possible: another level on {about}."
            )
        return PROPOSE, package, -1

    def _checked_vote(self, label: str, here: str, index: int, move: Move) -> tuple[int, np.ndarray, int]:
        """A person's move under a single text: the mediator amends, all others vote; the last round is a vote."""
        s, nothing = self.state, np.zeros(len(self.space.shape), dtype=np.int16)
        amends = index == self.mediator and s.round < s.deadline[0]
        if isinstance(move, Decline) and not amends:
            return DECLINE, nothing, -1
        if isinstance(move, Accept) and not amends:
            if s.closed[0, self.space.offsets[:-1] + s.amendment[0]].any():
                raise Refusal(
                    f"{label} cannot vote for this {here}: an event took one of its levels off the table. "
                    "Possible: vote against."
                )
            if self.preferences.vetoed(s.amendment[0], index):
                raise Refusal(
                    f"{label} cannot vote for this {here}: it crosses its own red line. Possible: vote against."
                )
            return ACCEPT, nothing, -1
        if not amends:
            raise Refusal(
                f"{label} cannot amend the draft {here}: the mediator does. Possible: vote for, vote against."
            )
        if not isinstance(move, Propose):
            raise Refusal(
                f"{label} mediates and has to put an amendment to the vote {here}. Possible: amend, walk out."
            )
        package = self._checked_package(label, f"put this amendment to the vote {here}", move.package)
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
                tuple(names[i] for i in signers(int(s.signed[table, q]), len(names))),
                tuple(names[i] for i in signers(int(s.needs[table, q]), len(names))),
            )
        made = np.flatnonzero(s.proposals[table])
        over = s.ended[table] != RUNNING
        return SeatView(
            party=party,
            round=s.round,
            rounds=int(s.deadline[table]),
            turn=s.turn,
            speaker=None if over else self._speaker(table),
            offers={} if over else offers,
            last_offers={names[q]: tuple(map(int, s.offers[table, q])) for q in made},
            present=tuple(n for i, n in enumerate(names) if s.present[table, i]),
            log=visible(self.records[table], party) if self.record else (),
            ended=ENDINGS[s.ended[table]] if over else None,
            by=names[s.by[table]] if s.by[table] >= 0 else None,
            package=tuple(map(int, s.agreed[table])) if s.agreed[table, 0] >= 0 else None,
            draft=tuple(map(int, s.draft[table])) if self.single_text else None,
            amendment=tuple(map(int, s.amendment[table])) if self.single_text else None,
            votes=tuple(n for i, n in enumerate(names) if s.votes[table, i]),
            soundings=self.scenario.protocol.soundings - (self._soundings_used(party, table) if self.record else 0),
            closed={
                issue.id: tuple(issue.levels[k].id for k in np.flatnonzero(s.closed[table, a:b]))
                for issue, a, b in zip(
                    self.scenario.issues, self.space.offsets[:-1], self.space.offsets[1:], strict=True
                )
                if s.closed[table, a:b].any()
            },
        )

    def mandate(self, party: str, table: int = 0) -> Mandate:
        """The own numbers of one party at one table."""
        p = self.party_index(party)
        row = 0 if self.preferences.tables == 1 else table
        facts = self.scenario.parties[p]
        conditions = [
            (c.id, tests, float(self.preferences.bonuses[row, p, k]) / GRAIN)
            for k, (c, tests) in enumerate(zip(facts.conditions, self.preferences.conditions[p], strict=True))
        ]
        return Mandate(
            party,
            self.scenario,
            self.space,
            self.preferences.contributions[row, p] / GRAIN,
            conditions,
            self.preferences.forbidden[p].copy(),
            float(self.state.reservation[table, p]),
            float(self.delegations[party].ranking.best(np.array([table]))[0]),
        )

    # -- results -----------------------------------------------------------------------------------------------------

    def utilities(self) -> np.ndarray:
        """Utility each party has of how its table stands, float (R, P): of the agreed package, else its reservation;
        where a party discounts, both times discount ** (share of the talks that is over)."""
        result = self.state.reservation.copy()
        rows = np.flatnonzero(self.state.agreed[:, 0] >= 0)
        for p in range(len(self.parties)):
            result[rows, p] = self.preferences.utility(self.state.agreed[rows], p, rows)
        return result * self._discounts()

    def _discounts(self) -> np.ndarray:
        rounds = np.where(self.state.running, self.state.round, self.state.ended_round)
        time = rounds / (self.state.deadline + 1.0)
        discount = np.array([p.discount for p in self.scenario.parties])
        return discount[None] ** time[:, None]

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
        u, reservation = self.utilities(), s.reservation * self._discounts()
        for p, party in enumerate(self.parties):
            columns[f"u_{party}"] = u[:, p]
        for p, party in enumerate(self.parties):
            columns[f"r_{party}"] = reservation[:, p]
        return columns

    def report(self, table: int = 0) -> dict:
        """The result of one table as plain data: the contract of `run --json`. Needs `record`."""
        s, scenario = self.state, self.scenario
        made = bool(s.agreed[table, 0] >= 0)
        agreed = s.agreed[table]
        needs = self.space.level_needs
        by_level = scenario.protocol.consent == "needed"
        everywhere = np.zeros(len(self.parties), dtype=bool) if by_level else self.space.needs(agreed)
        reservation = (s.reservation * self._discounts())[table]
        signatures = {}
        if made:
            for i, issue in enumerate(scenario.issues):
                row = needs[self.space.offsets[i] + int(agreed[i])]
                who = [p for k, p in enumerate(self.parties) if everywhere[k] or (by_level and row[k])]
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
            "reservation": {p: float(r) for p, r in zip(self.parties, reservation, strict=True)},
            "moves": self.records[table] if self.record else [],
        }

    def _signers(self, table: int) -> list[str]:
        s = self.state
        if self.single_text:
            return [self.parties[i] for i in np.flatnonzero(s.votes[table])]
        same = (s.offers[table] == s.agreed[table]).all(axis=1) & s.standing[table]
        signed = [int(s.signed[table, q]) for q in np.flatnonzero(same) if not s.needs[table, q] & ~s.signed[table, q]]
        return [self.parties[i] for i in signers(max(signed), len(self.parties))] if signed else []

    # -- minutes -----------------------------------------------------------------------------------------------------

    def minutes(self, table: int = 0) -> tuple[dict, list[dict]]:
        """Header and records of one table, enough to replay it without drawing chance. Needs `record`."""
        drawn = self._drawn.only(np.array([table]))
        header = {
            "scenario": self.scenario.name,
            "scenario_hash": self.scenario.hash,
            "document": self.scenario.document,
            "overrides": self.overrides,
            "seed": self.seed_used,
            "table": self.first_table + table,
            "people": [p for p, d in self.delegations.items() if d.human],
            "drawn": {
                "contributions": drawn.contributions[0].tolist(),
                "bonuses": drawn.bonuses[0].tolist(),
                "weights": drawn.weights[0].tolist(),
                "reservation": drawn.reservation[0].tolist(),
                **({"draft": write(self.scenario, self._first_draft[table])} if self.single_text else {}),
            },
        }
        return header, self.records[table]

    def _note_move(self, party: int, row: int, moves: Moves, n: int) -> None:
        kind = KINDS[moves.kind[n]]
        record = {"kind": kind, "round": self.state.round, "turn": self.state.turn, "party": self.parties[party]}
        if kind == "propose":
            record["package"] = write(self.scenario, moves.package[n])
        elif self.single_text and kind != "walk_out":
            record["package"] = write(self.scenario, self.state.amendment[row])
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
        """Give memory back."""
        for delegation in self.delegations.values():
            delegation.forget_ranking()
        self.remove_all_agents()


def _model_reporters(parties: tuple[str, ...]) -> dict:
    """Shares and means over the tables, one row a turn: cheap numbers while it runs, utilities at the end."""
    reporters: dict[str, Callable[[Negotiation], float | None]] = {
        "round": lambda m: m.state.round,
        "running": lambda m: float(m.state.running.mean()),
        "agreement": lambda m: float((m.state.ended == AGREEMENT).mean()),
        "walk_out": lambda m: float((m.state.ended == WALKED_OUT).mean()),
    }
    for p, party in enumerate(parties):
        reporters[f"u_{party}"] = partial(_mean_utility, party=p)
    return reporters


def _mean_utility(model: Negotiation, party: int) -> float | None:
    return None if model.running else float(model.utilities()[:, party].mean())
