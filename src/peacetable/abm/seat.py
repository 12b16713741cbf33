"""What a person in a seat gets: the public view of a table as plain data, and the own numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ..scenario import Demand, Scenario, Space
from ..table.state import ENDINGS, RUNNING, signers
from .people import soundings_used

if TYPE_CHECKING:
    from .model import Negotiation


@dataclass(frozen=True)
class Offer:
    """A package on the table. `package`: level indices; `signed`, `needs`: party ids in the scenario's order."""

    of: str
    package: tuple[int, ...]
    signed: tuple[str, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True)
class SeatView:
    """Everything public at one table, seen by `party`. `round` counts from 1 to `rounds`; `speaker` has the turn (None
    when it is over); `offers` are on the table; `last_offers` each party's latest proposal; `log` the moves and events
    so far; `soundings` how many the party has left; under a single text the `draft`, the `amendment` being voted on and
    who has voted for it (`votes`); `closed` {issue: levels} that events took off the table; `ended` None |
    agreement | deadline | walk_out; `by`, `package` as they ended."""

    party: str
    round: int
    rounds: int
    turn: int
    speaker: str | None
    offers: dict[str, Offer]
    last_offers: dict[str, tuple[int, ...]]
    present: tuple[str, ...]
    log: tuple[dict, ...]
    ended: str | None
    by: str | None
    package: tuple[int, ...] | None
    draft: tuple[int, ...] | None = None
    amendment: tuple[int, ...] | None = None
    votes: tuple[str, ...] = ()
    soundings: int = 0
    closed: dict[str, tuple[str, ...]] = field(default_factory=dict)


def visible(records: list[dict], party: str) -> tuple[dict, ...]:
    """Copies of the records that `party` may see: of the talks, all but soundings between others."""
    shown = (r for r in records if r["kind"] != "rules")
    return tuple(dict(r) for r in shown if r["kind"] != "sound" or party in (r["party"], r["to"]))


class Mandate:
    """One party's own numbers at one table: what a person who plays it is told.

    `gains`: float (L,) what each level adds; `conditions`: (id, tests, change) of what changes the utility; `demands`:
    (demand, tests) of those read as a condition; `red_lines`: bool (L,), those stated; `reservation`: value of no
    agreement now; `best`: utility of the best own package.
    """

    def __init__(
        self,
        party: str,
        scenario: Scenario,
        space: Space,
        gains: np.ndarray,
        conditions: list,
        demands: list,
        red_lines: np.ndarray,
        reservation: float,
        best: float,
    ):
        self.party, self.scenario, self.space = party, scenario, space
        self.gains, self.red_lines, self.conditions, self.demands = gains, red_lines, conditions, demands
        self.reservation, self.best = reservation, best

    def _columns(self, package) -> np.ndarray:
        return self.space.offsets[:-1] + np.asarray(package, dtype=np.int64)

    def utility(self, package) -> float:
        """Own utility in [0, 1] of one package."""
        total = 0.0
        for _, _, change in self.reasons(package):  # in order: `sum` of floats is another on Python 3.12
            total += change
        return min(1.0, max(0.0, total))

    def reasons(self, package) -> list[tuple[str, str, float]]:
        """(kind, id, contribution): one row per issue (kind "issue"), one per condition that holds ("condition"), one
        per demand read as a condition that is left out ("demand"): the first of these takes all that the rest adds."""
        rows = [
            ("issue", issue.id, float(gain))
            for issue, gain in zip(self.scenario.issues, self.gains[self._columns(package)], strict=True)
        ]
        held = np.asarray(package, dtype=np.int64)
        rows += [("condition", cid, change) for cid, tests, change in self.conditions if self.space.hold(tests, held)]
        left_out = self.misses(package)
        if left_out:
            total = 0.0
            for _, _, change in rows:
                total += change
            rows += [("demand", d.id, 0.0 if n else -max(0.0, total)) for n, d in enumerate(left_out)]
        return rows

    def crosses(self, package) -> list[str]:
        """Issues on which the package crosses an own red line."""
        crossed = self.red_lines[self._columns(package)]
        return [i.id for i, bad in zip(self.scenario.issues, crossed, strict=True) if bad]

    def misses(self, package) -> list[Demand]:
        """The own demands that are read as a condition and that the package leaves out."""
        held = np.asarray(package, dtype=np.int64)
        return [demand for demand, tests in self.demands if self.space.hold(tests, held)]


def view(model: Negotiation, party: str, table: int = 0) -> SeatView:
    """What `party` may see at one table, as plain data. Needs `record`."""
    model.party_index(party)
    s, names = model.state, model.parties
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
        speaker=None if over else model.speaker(table),
        offers={} if over else offers,
        last_offers={names[q]: tuple(map(int, s.offers[table, q])) for q in made},
        present=tuple(n for i, n in enumerate(names) if s.present[table, i]),
        log=visible(model.records[table], party) if model.record else (),
        ended=ENDINGS[s.ended[table]] if over else None,
        by=names[s.by[table]] if s.by[table] >= 0 else None,
        package=tuple(map(int, s.agreed[table])) if s.agreed[table, 0] >= 0 else None,
        draft=tuple(map(int, s.draft[table])) if model.single_text else None,
        amendment=tuple(map(int, s.amendment[table])) if model.single_text else None,
        votes=tuple(n for i, n in enumerate(names) if s.votes[table, i]),
        soundings=model.problem.protocol.soundings - (soundings_used(model, party, table) if model.record else 0),
        closed={
            issue.id: tuple(issue.levels[k].id for k in np.flatnonzero(s.closed[table, a:b]))
            for issue, a, b in zip(model.problem.issues, model.space.offsets[:-1], model.space.offsets[1:], strict=True)
            if s.closed[table, a:b].any()
        },
    )


def mandate(model: Negotiation, party: str, table: int = 0) -> Mandate:
    """The own numbers of one party at one table."""
    p = model.party_index(party)
    facts, numbers = model.problem.parties[p], model.preferences.numbers[p]
    changes = numbers.changes(table)
    said, conditions, demands = {demand.id: demand for demand in facts.demands}, [], []
    for k, (c, tests) in enumerate(zip(facts.conditions, numbers.conditions, strict=True)):
        if c.veto:
            demands.append((said.get(c.id) or Demand(c.id, c.change.reason, c.when, "condition", c.change), tests))
        else:
            conditions.append((c.id, tests, float(changes[k])))
    places = [(issue.id, level.id) for issue in model.problem.issues for level in issue.levels]
    stated = np.array([place in facts.red_lines for place in places])
    return Mandate(
        party,
        model.problem,
        model.space,
        numbers.gains(table),
        conditions,
        demands,
        numbers.forbidden & stated,
        float(model.state.reservation[table, p]),
        float(model.delegations[party].ranking.best(np.array([table]))[0]),
    )
