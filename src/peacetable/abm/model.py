"""One Mesa model for R tables: the game is R = 1, a study is R in the thousands. See `tables.py` for what it steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import mesa
import numpy as np

from ..chance import Rng
from ..scenario import Scenario, Strategy
from ..table.moves import Move
from ..table.record import Record
from ..table.state import State
from . import people, reporters, results, seat
from .agents import Delegation
from .replay import Replay
from .settings import scenario_of, seed_of
from .tables import Tables, tables_of

# before models got a clock in 3.5, batch_run reads what was collected one step before the last: the end counts as one
READS_ONE_STEP_BACK = not hasattr(mesa.Model, "run_for")


class Negotiation(mesa.Model):
    """R tables of one scenario; `step()` is one step of the talks at all of them.

    Parameters: `scenario`: a Scenario, or the name or path of one; `tables` R >= 1; `seed`, or `rng` by Mesa's name: a
    whole number or whatever else Mesa takes (None for both: a new seed), kept in `seed_used`; `first_table`: number of
    the first table, so that tables 500-599 of a batch are Negotiation(..., tables=100, first_table=500); `human`: ids
    of parties that people play (R = 1); `record`: keep the moves for minutes (default: when R = 1); `strategies`:
    party -> Strategy or text (strategies.registry.read), or one for all; `model_reporters`: more for Mesa's
    DataCollector than ours, `agent_reporters`: a row for each delegation too (True: ours, or more), both as Mesa takes
    them; `settings`: `rounds`, `consent`, `quorum`, `order`, `protocol`, `reservations` (party -> fixed value) and
    `draw` in place of the scenario's. Raises NotationError for what cannot be read, ScenarioError for a bad scenario.
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
        strategies: Mapping[str, Strategy | str] | Strategy | str | None = None,
        rng: Rng | None = None,
        model_reporters: Mapping | None = None,
        agent_reporters: Mapping | bool = False,
        **settings: Any,
    ):
        seed = seed_of(seed, rng)
        super().__init__(rng=seed)
        talks = tables_of(scenario_of(scenario), seed, tables, first_table, human, record, strategies, settings)
        self._host(talks, model_reporters, agent_reporters)

    def _host(self, talks: Tables, model_reporters: Mapping | None, agent_reporters: Mapping | bool) -> None:
        """Step these tables from now on."""
        self._counted_step = self.step  # Mesa counts every call, also those after the end
        self.step = self._step_while_running  # type: ignore[method-assign]
        self.talks, self.tables, self.seed_used = talks, talks.tables, talks.seed
        self.delegations = {party.id: Delegation(self, talks, party) for party in talks.problem.parties}
        self.datacollector = mesa.DataCollector(*reporters.reporters(self, model_reporters, agent_reporters))
        self.running = talks.running
        self.datacollector.collect(self)
        _let_go(self)

    @classmethod
    def resume(cls, scenario: Scenario, header: dict, records: Sequence[Record]) -> Negotiation:
        """The table of the minutes, which stop before the end, as it goes on from there, with chance and people as they
        say. `scenario` is the one in the header (files.from_document). Raises MinutesError."""
        model = cls.__new__(cls)
        mesa.Model.__init__(model, rng=header["seed"])
        model._host(Replay(scenario, header, records, goes_on=True).live(), None, False)
        return model

    # -- steps -------------------------------------------------------------------------------------------------------

    @property
    def awaiting(self) -> tuple[str, ...]:
        """The parties whose persons have to move before the talks go on."""
        return self.talks.awaiting

    @property
    def moment(self) -> str:
        """The name of the present step of the talks, which a move of a person names."""
        return self.talks.moment

    @property
    def state(self) -> State:
        """What lies on the tables."""
        return self.talks.state

    def _step_while_running(self) -> None:
        if self.running:
            self._counted_step()

    def run_model(self) -> None:
        """Mesa's name for `run`."""
        self.run()

    def step(self) -> None:
        """One step of the talks. Does nothing when all tables have ended or a person has to move first."""
        if self.running and not self.awaiting:
            for party in tuple(self.talks.movers):
                self.delegations[self.talks.parties[party]].step()
            self._close_step()
        elif self.running:  # Mesa asks here while a person is awaited, and its own clock (`run_for`) after the end
            self.datacollector.collect(self)  # a row for every step that Mesa counts

    def _close_step(self) -> None:
        self.talks.close_step()
        self.running = self.talks.running
        self.datacollector.collect(self)
        if not self.running and READS_ONE_STEP_BACK:
            self.steps += 1

    def run(self) -> Negotiation:
        """Step until every table has ended, or a person has to move; returns the model."""
        while self.running and not self.awaiting:
            self.step()
        return self

    # -- people ------------------------------------------------------------------------------------------------------

    def submit(self, party: str, move: Move, *, at: str) -> None:
        """Take the move of the person who plays `party`, meant for the step `at` (`moment`). Raises Refusal: what was
        tried, why not, what is possible. The answer of an agent that was asked is the last record of the view's log."""
        people.submit(self.talks, party, move, at, self.delegations)
        if self.talks.complete:
            self._close_step()

    def take_seat(self, party: str, by: str) -> None:
        """From now on the person `by` plays the party. Raises Refusal, NotationError."""
        people.take_seat(self.talks, party, by)

    def leave_seat(self, party: str) -> None:
        """From now on the agent plays the party, as one would that had sat there always. Raises NotationError."""
        people.leave_seat(self.talks, party)

    def view(self, party: str, table: int = 0) -> seat.SeatView:
        """What `party` may see at one table, as plain data. Needs records."""
        return seat.view(self.talks, party, table)

    # -- results -----------------------------------------------------------------------------------------------------

    def utilities(self) -> np.ndarray:
        """Utility each party has of how its table stands, float (R, P), see `results.utilities`."""
        return results.utilities(self.talks)

    def outcomes(self) -> dict[str, np.ndarray]:
        """One row per table, as columns, see `results.outcomes`."""
        return results.outcomes(self.talks)

    def report(self, table: int = 0) -> dict:
        """The result of one table as plain data: the contract of `run --json`. Needs records."""
        return results.report(self.talks, table)

    def minutes(self, table: int = 0) -> tuple[dict, list[Record]]:
        """Header and records of one table, enough to replay it without drawing chance. Needs records."""
        return results.minutes(self.talks, table)

    def close(self) -> None:
        """Give memory back."""
        self.talks.release()
        for delegation in self.delegations.values():
            delegation.forget_ranking()
        self.remove_all_agents()


def _let_go(model: mesa.Model) -> None:
    """Some versions of Mesa keep every model alive in a class-level table, of which nothing is needed later."""
    kept = getattr(mesa.Agent, "_ids", None)
    if kept is not None:
        kept.pop(model, None)
