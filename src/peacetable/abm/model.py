"""One Mesa model for R tables: the game is R = 1, a study is R in the thousands.

Here are the turns, rounds, events and the replay. What people may do is in `people.py`, what they are shown in
`seat.py`, what came of it in `results.py`; how a delegation decides is in `agents.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import mesa
import numpy as np

from .. import __version__
from ..chance import Chance, Rng, seed_from
from ..errors import MinutesError, NotationError, Refusal, ScenarioError
from ..scenario import Event, Preferences, Scenario, Space, Strategy, cells, preferences
from ..scenario.ranking import feasible_packages
from ..strategies import Decider, Estimates, Moves, Public
from ..table import rules, single_text
from ..table.moves import ACCEPT, DECLINE, KINDS, PROPOSE, WALK_OUT, Move, Sound
from ..table.notation import nearest, read, write
from ..table.state import ENDINGS, State, start
from . import draws, people, reporters, results, seat
from .agents import CANDIDATES, Delegation
from .script import ASIDES, Script
from .seat import Mandate, SeatView
from .settings import names, plain_strategies, read_overrides, read_strategy, whole, with_overrides

# before models got a clock in 3.5, batch_run reads what was collected one step before the last: the end counts as one
READS_ONE_STEP_BACK = not hasattr(mesa.Model, "run_for")


class Negotiation(mesa.Model):
    """R tables of one scenario; `step()` is one turn at all of them.

    Parameters: `scenario`: a Scenario, or the name or path of one; `tables` R >= 1; `seed`, or `rng` by Mesa's name: a
    whole number or whatever else Mesa takes (None for both: a new seed), kept in `seed_used`; `first_table`: number of
    the first table, so that tables 500-599 of a batch are Negotiation(..., tables=100, first_table=500); `human`: ids
    of parties that people play (R = 1); `record`: keep the moves for minutes (default: when R = 1); `rounds`,
    `consent`, `quorum`, `order`, `protocol`: override the scenario's; `strategies`: party -> Strategy or text
    (strategies.registry.read), or one for all; `reservations`: party -> fixed value; `draw`: what each table draws
    (default: the scenario's); `model_reporters`: more for Mesa's DataCollector than ours, `agent_reporters`: a row for
    each delegation too (True: ours, or more), both as Mesa takes them. `script`, `resume`: header and records of
    minutes to follow, see `replay`. Raises NotationError for what cannot be read, ScenarioError for a scenario with
    errors.
    """

    running: bool  # Mesa's: whether any table goes on

    def __init__(
        self,
        scenario: Scenario | str | Path,
        tables: int = 1,
        seed: Rng | None = None,
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
        quorum: int | None = None,
        rng: Rng | None = None,
        model_reporters: Mapping | None = None,
        agent_reporters: Mapping | bool = False,
        script: tuple[dict, list[dict]] | None = None,
        resume: bool = False,
    ):
        seed = _seed(seed, rng)
        scenario = _scenario(scenario)
        super().__init__(rng=seed)
        # Mesa counts every call of step, also those after the end
        self._counted_step = self.step
        self.step = self._step_while_running  # type: ignore[method-assign]
        self.overrides = read_overrides(
            scenario,
            rounds=rounds,
            consent=consent,
            order=order,
            protocol=protocol,
            reservations=reservations,
            draw=draw,
            quorum=quorum,
        )
        # `scenario` is a name of Mesa's
        self.problem = scenario = with_overrides(scenario, self.overrides)
        if strategies is not None:
            self.overrides["strategies"] = plain_strategies(strategies)
        self.seed_used, self.tables = seed, whole("tables", tables, 1, 2**31)
        self.first_table = whole("first_table", first_table, 0, 2**63 - self.tables)
        self.began = {name: script[0][name] for name in ("rules_version", "release") if script and name in script[0]}
        self.rules_version = self.began.get("rules_version", rules.RULES_VERSION)
        self.space = Space(scenario, self.rules_version)
        self.parties = scenario.party_ids
        human = names("human", human)
        for party in human:
            self.party_index(party)
        if human and self.tables != 1:
            raise NotationError("People can only play at one table; use tables=1.")
        self._script = Script(*script) if script else None
        # a replay has no generator at all: everything chance did stands in the minutes
        self.chance = Chance(seed, first_table + np.arange(self.tables)) if resume or not script else None
        self.preferences = self.drawn = self._draw_preferences()
        self.feasible = feasible_packages(self.space)
        values = cells(scenario).value * self._equal_weights()[None]
        self.public = Public(self.space, values, tuple(issue.line for issue in scenario.issues))
        self.record = self.tables == 1 if record is None else record
        self.records: list[list[dict]] = [[] for _ in range(self.tables if self.record else 0)]
        self.shifts = self._draw_shifts()
        self.event_rounds = np.zeros((self.tables, len(scenario.events)), dtype=np.int32)  # 0: not yet
        self.course: list[np.ndarray] = []  # reservation values (R, P) in every round so far, where moves are recorded
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
        self.datacollector = mesa.DataCollector(*reporters.reporters(self, model_reporters, agent_reporters))
        self._next_turn()
        self.datacollector.collect(self)
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
            return self._script.preferences(self.problem, self.space)
        assert self.chance
        return preferences(self.problem, self.space, **draws.uniforms(self.problem, self.chance))

    def _draw_shifts(self) -> np.ndarray:
        """What each event would add to the reservation value of each party, float (R, E, P)."""
        given = self._script.drawn.get("shifts") if self._script else None
        if given:
            return np.array([given])
        return draws.shifts(self.problem, None if self._script else self.chance, self.tables)

    def _strategies(self, given) -> dict[str, Strategy]:
        """The strategy of every party: as given for this run, else as the scenario has it."""
        if given is None:
            given = {}
        elif isinstance(given, str | Strategy):
            given = dict.fromkeys(self.parties, given)
        for party in given:
            self.party_index(party)
        return {
            p.id: read_strategy(given[p.id], p.strategy) if p.id in given else p.strategy for p in self.problem.parties
        }

    def _start(self) -> State:
        deciders = [d.decider for d in self.delegations.values()]
        return start(
            self.tables,
            len(self.parties),
            self.space.shape,
            self.problem.protocol.rounds,
            np.broadcast_to(self.preferences.reservation, (self.tables, len(self.parties))),
            counts=any(d.needs_counts for d in deciders),
            past_rounds=draws.longest(self.problem) if any(d.needs_history for d in deciders) else 0,
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

    @property
    def _due(self) -> bool:
        """Whether a turn can be taken: the talks go on, and no person has to move first."""
        return self.running and not self.awaiting

    def _step_while_running(self) -> None:
        if self.running:
            self._counted_step()

    def run_model(self) -> None:
        """Mesa's name for `run`."""
        self.run()

    def step(self) -> None:
        """One turn. Does nothing when all tables have ended or a person has to move first."""
        if not self._due:  # Mesa asks here while a person is awaited, and its own clock (`run_for`) after the end
            if self.running:
                self.datacollector.collect(self)  # a row for every step that Mesa counts
            return
        if self._script:
            if not self._follow_script():
                self.running = False  # the minutes stop here, before the end of the talks
                return
        else:
            for party in self._turns:
                self.delegations[self.parties[party]].step()
        self._finish_turn()

    def run(self) -> Negotiation:
        """Step until every table has ended, or a person has to move; returns the model."""
        while self._due:
            self.step()
        return self

    @property
    def awaiting(self) -> str | None:
        """The party whose person has to move now, or None."""
        if not self.running or self._script or self.tables != 1:
            return None
        speaker = self.speaker(0)
        return speaker if speaker is not None and self.delegations[speaker].human else None

    def speaker(self, table: int = 0) -> str | None:
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
                over = self._script.left_for_good() if self._script else None  # earlier rules may have gone on
                red_lines, refusals = self.preferences.forbidden, self.preferences.refusals
                rules.walk_out(self.state, self.space, at, party, red_lines, refusals, over)
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
        if not self.running and READS_ONE_STEP_BACK:
            self.steps += 1

    def _next_turn(self) -> None:
        """Give the turn to the next present speaker, opening a new round where the old one is over."""
        while self.state.running.any():
            self._seat = (self._seat + 1) % len(self.parties)
            if self._seat == 0:
                self.state.round += 1
                self._open_round()
                if self.record:
                    self.course.append(self.state.reservation.copy())
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
            rules.shift(self.state, self.state.running, self.preferences.drift, slice(None), self.rules_version)
        self._order = np.arange(parties)
        if self.problem.protocol.order == "rotating":
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
        if self.problem.protocol.order == "random":
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
            table = cells(self.problem)
            # chance only repairs a draft that breaks a rule; a replay is told the result by the first amendment
            draws = np.zeros((self.tables, 0)) if self.chance is None else self.draws("mediator", 0, 200)
            s.draft[:] = self._drafted(table.value, table.red_line, draws)
            self.first_draft = s.draft.copy()
        s.amendment[:] = s.draft
        s.votes[:] = False

    def _drafted(self, values: np.ndarray, red_lines: np.ndarray, draws: np.ndarray) -> np.ndarray:
        if self._script:
            text = self._script.drawn["draft"]
            return read(self.problem, text)[None]
        if self.problem.protocol.draft:
            return self.space.packaged(self.problem.protocol.draft)[None]
        try:
            mediates = np.arange(len(self.parties)) == self.mediator  # nobody: a neutral chair
            own = self.preferences.forbidden[mediates].any(axis=0)
            refused = self.preferences.refusals[self.mediator] if self.mediator >= 0 else []
            return single_text.first_draft(self.space, values, red_lines, own, draws, refused)
        except ValueError as error:
            raise ScenarioError(
                f"There is no first draft: the rules of {self.problem.name} together forbid every package. Delete or "
                "narrow a rule."
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
                record = {"kind": "amend", "round": s.round, "package": write(self.problem, package)}
                self.records[row].append(record)

    def _open_events(self, n: int) -> None:
        events = self.problem.events
        if not events:
            return
        by_chance = any(e.probability is not None for e in events)
        u = self.draws("events", n, len(events)) if by_chance else np.ones((self.tables, len(events)))
        for k, event in enumerate(events):
            now = draws.happens(event, n, u[:, k])
            self._happen(k, np.flatnonzero(now & (self.event_rounds[:, k] == 0) & self.state.running))

    def _happen(self, k: int, rows: np.ndarray) -> None:
        event = self.problem.events[k]
        self.event_rounds[rows, k] = self.state.round
        for party in event.reservation:
            p = self.party_index(party)
            rules.shift(self.state, rows, self.shifts[rows, k, p], p, self.rules_version)
        self.state.deadline[rows] = np.maximum(self.state.deadline[rows] + event.rounds, self.state.round)
        if len(rows) and (event.salience or event.close):
            self._change_preferences(event, rows)
        if self.record:
            for row in rows:
                self.records[row].append({"kind": "event", "round": self.state.round, "event": event.id})

    def _change_preferences(self, event: Event, rows: np.ndarray) -> None:
        s = self.state
        if self.preferences is self.drawn:
            self.preferences = self.drawn.spread(self.tables)
        for party, factors in event.salience.items():
            self.preferences.reweigh(
                rows, self.party_index(party), np.array([factors.get(i, 1.0) for i in self.problem.issue_ids])
            )
        if event.close:
            columns = np.zeros(int(self.space.offsets[-1]), dtype=bool)
            for i, wanted in self.space.tests(event.close):
                columns[self.space.offsets[i] : self.space.offsets[i + 1]] |= wanted
            rules.take_off(s, rows, columns, self.space.offsets)
        if s.closed[rows].any():
            self.preferences.close(rows, s.closed[rows])
        for party, delegation in self.delegations.items():
            if event.close or party in event.salience:
                delegation.rank_again(rows)

    # -- replay ------------------------------------------------------------------------------------------------------

    @classmethod
    def replay(cls, scenario: Scenario, header: dict, records: list[dict], resume: bool = False) -> Negotiation:
        """The table of the minutes: `step()` goes through its moves again. Draws no chance, asks no strategy.

        `scenario` is the one in the header (files.from_document). With `resume`, minutes that stop before the end are
        gone through at once and the talks go on from there, with chance and people as in the header. Raises
        MinutesError where the minutes do not fit the rules.
        """
        model = cls(
            scenario,
            seed=header["seed"],
            first_table=header["table"],
            human=header["people"] if resume else (),
            record=True,
            script=(header, records),
            resume=resume,
            **header["overrides"],
        )
        while resume and model.running and model._script:
            rest = model._script.records[model._script.at :]
            if all(r["kind"] in ASIDES for r in rest):  # nothing is left, or only what was asked before the next move
                model._follow_asides(rest)
                model._script = None
                model._go_on_by_present_rules()
            else:
                model.step()
        return model

    def _follow_asides(self, asides: list[dict]) -> None:
        self.records[0] += asides
        for record in asides:
            if record["kind"] == "rules":
                self._play_by(record["rules_version"])

    def _go_on_by_present_rules(self) -> None:
        """Note in the minutes that what follows is no longer played by the rules that they began under."""
        if self.rules_version == rules.RULES_VERSION:
            return
        now = {"rules_version": rules.RULES_VERSION, "release": __version__}
        self._follow_asides([{"kind": "rules", "round": self.state.round, "turn": self.state.turn, **now}])

    def _play_by(self, version: int) -> None:
        """Whose signatures packages take, and how far reservation values go, may depend on the version of the rules."""
        self.rules_version = version
        rules.shift(self.state, self.state.running, 0.0, slice(None), version)
        self.course[-1] = self.state.reservation.copy()
        self.space = self.preferences.space = self.drawn.space = Space(self.problem, version)
        self.public = replace(self.public, space=self.space)
        for q in np.flatnonzero(self.state.proposals[0]):
            self.state.needs[0, q] = self.space.need_bits(self.state.offers[0, q])

    def _follow_opening(self, opening: list[dict]) -> None:
        for record in opening:
            if record["kind"] == "order":
                self._order = np.array([self.party_index(p) for p in record["order"]])
                self.records[0].append(record)
            elif record["kind"] == "amend":
                single_text.amend(self.state, np.array([0]), read(self.problem, record["package"])[None])
                self.records[0].append(record)
            else:
                known = [e.id for e in self.problem.events]
                if record["event"] not in known:
                    raise MinutesError(
                        f'The minutes name an event "{record["event"]}" that the scenario does not have.'
                    )
                self._happen(known.index(record["event"]), np.array([0]))

    def _follow_script(self) -> bool:
        """Make the next move of the minutes, if there is one."""
        assert self._script
        self._follow_asides(self._script.asides())
        record = self._script.move()
        if record is None:
            return False
        party = self.party_index(record["party"])
        if record["party"] != self.speaker(0):
            raise MinutesError(f"The minutes have {record['party']} moving out of turn in round {self.state.round}.")
        package = read(self.problem, record["package"]) if "package" in record else np.zeros(len(self.space.shape))
        offer_of = self.party_index(record["offer_of"]) if record.get("offer_of") else -1
        moves = Moves(
            np.array([KINDS.index(record["kind"])], dtype=np.int8),
            package[None].astype(np.int16),
            np.array([offer_of]),
            np.array([-1]),
        )
        self._apply(party, np.array([0]), moves)
        self.records[0].append(record)
        return True

    # -- people ------------------------------------------------------------------------------------------------------

    def party_index(self, party: str) -> int:
        """Place of a party in the scenario's order. Raises NotationError with a near spelling."""
        if party not in self.parties:
            raise NotationError(f'No party "{party}" in {self.problem.name}; {nearest(party, self.parties)}')
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
        kind, package, offer_of = people.checked(self, party, move)
        moves = Moves(
            kind=np.array([kind], dtype=np.int8),
            package=np.reshape(package, (1, -1)).astype(np.int16),
            offer_of=np.array([offer_of]),
            best_offer=np.array([-1]),
        )
        self.take(self.party_index(party), np.array([0]), moves)
        self._finish_turn()

    def sound(self, party: str, move: Sound, table: int = 0) -> str:
        """The answer to a private question, see `people.sound`. Raises Refusal."""
        return people.sound(self, party, move, table)

    def view(self, party: str, table: int = 0) -> SeatView:
        """What `party` may see at one table, as plain data. Needs `record`."""
        return seat.view(self, party, table)

    def mandate(self, party: str, table: int = 0) -> Mandate:
        """The own numbers of one party at one table."""
        return seat.mandate(self, party, table)

    # -- results -----------------------------------------------------------------------------------------------------

    def utilities(self) -> np.ndarray:
        """Utility each party has of how its table stands, float (R, P), see `results.utilities`."""
        return results.utilities(self)

    def outcomes(self) -> dict[str, np.ndarray]:
        """One row per table, as columns, see `results.outcomes`."""
        return results.outcomes(self)

    def report(self, table: int = 0) -> dict:
        """The result of one table as plain data: the contract of `run --json`. Needs `record`."""
        return results.report(self, table)

    def minutes(self, table: int = 0) -> tuple[dict, list[dict]]:
        """Header and records of one table, enough to replay it without drawing chance. Needs `record`."""
        return results.minutes(self, table)

    def _note_move(self, party: int, row: int, moves: Moves, n: int) -> None:
        kind = KINDS[moves.kind[n]]
        record = {"kind": kind, "round": self.state.round, "turn": self.state.turn, "party": self.parties[party]}
        if kind == "propose":
            record["package"] = write(self.problem, moves.package[n])
        elif self.single_text and kind != "walk_out":
            record["package"] = write(self.problem, self.state.amendment[row])
        elif kind == "accept":
            record["offer_of"] = self.parties[moves.offer_of[n]]
            record["package"] = write(self.problem, self.state.offers[row, moves.offer_of[n]])
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


def _seed(seed: Rng | None, rng: Rng | None) -> int:
    """The one seed that was given by either name: Mesa's batch_run uses both. Raises NotationError."""
    if seed is not None and rng is not None:
        if not (isinstance(seed, int | np.integer) and isinstance(rng, int | np.integer) and seed == rng):
            raise NotationError(f"Two seeds are given, seed={seed!r} and rng={rng!r}; give one of them.")
    given = rng if seed is None else seed
    try:
        return seed_from(given)
    except (TypeError, ValueError) as error:
        raise NotationError(
            f"Cannot take {given!r} as a seed ({error}); possible: a whole number from 0, a list of them, a "
            "SeedSequence or a generator of NumPy."
        ) from None


def _scenario(given: Scenario | str | Path) -> Scenario:
    """The scenario itself, or the one of that name or path. Raises NotationError, ScenarioError."""
    if isinstance(given, Scenario):
        return given
    if not isinstance(given, str | Path):
        raise NotationError(f"Negotiation needs a scenario, its name or its folder, not {given!r}.")
    from ..files import load

    return load(given)
