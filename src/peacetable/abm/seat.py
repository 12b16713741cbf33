"""What a person in a seat gets: the public view of a table as plain data, and the own numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ..scenario import Demand, Scenario, Space
from ..table.ledger import Offer, on_table
from ..table.record import Record, Sounded
from ..table.state import ENDINGS, RUNNING
from .tables import Tables


@dataclass(frozen=True)
class SeatView:
    """Everything public at one table, seen by `party`. `moment` names the step of the talks, in which the parties
    `movers` have a move; `moved`: whether the own one was made; `round` counts from 1 to `rounds`; `people`: party ->
    person who plays it; `offers` are on the table; `last_offers` each party's latest proposal; `log` the moves and
    events so far; `soundings` how many the party has left; under a single text the `draft`, the `amendment` being voted
    on and who has voted for it (`votes`); `closed` {issue: levels} that events took off the table; `ended` None |
    agreement | deadline | walk_out; `by`, `package` as they ended."""

    party: str
    moment: str
    movers: tuple[str, ...]
    moved: bool
    round: int
    rounds: int
    turn: int
    people: dict[str, str]
    offers: dict[str, Offer]
    last_offers: dict[str, tuple[int, ...]]
    present: tuple[str, ...]
    log: tuple[Record, ...]
    ended: str | None
    by: str | None
    package: tuple[int, ...] | None
    draft: tuple[int, ...] | None = None
    amendment: tuple[int, ...] | None = None
    votes: tuple[str, ...] = ()
    soundings: int = 0
    closed: dict[str, tuple[str, ...]] = field(default_factory=dict)


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

    def _columns(self, package: Sequence[int] | np.ndarray) -> np.ndarray:
        return self.space.offsets[:-1] + np.asarray(package, dtype=np.int64)

    def utility(self, package: Sequence[int] | np.ndarray) -> float:
        """Own utility in [0, 1] of one package."""
        total = 0.0
        for _, _, change in self.reasons(package):  # in order: `sum` of floats is another on Python 3.12
            total += change
        return min(1.0, max(0.0, total))

    def reasons(self, package: Sequence[int] | np.ndarray) -> list[tuple[str, str, float]]:
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

    def crosses(self, package: Sequence[int] | np.ndarray) -> list[str]:
        """Issues on which the package crosses an own red line."""
        crossed = self.red_lines[self._columns(package)]
        return [i.id for i, bad in zip(self.scenario.issues, crossed, strict=True) if bad]

    def misses(self, package: Sequence[int] | np.ndarray) -> list[Demand]:
        """The own demands that are read as a condition and that the package leaves out."""
        held = np.asarray(package, dtype=np.int64)
        return [demand for demand, tests in self.demands if self.space.hold(tests, held)]


def view(talks: Tables, party: str, table: int = 0) -> SeatView:
    """What `party` may see at one table, as plain data. Needs records."""
    index = talks.party_index(party)
    s, names = talks.state, talks.parties
    lying = on_table(s, table, talks.protocol, names)
    over = s.ended[table] != RUNNING
    log = talks.seen_by(party, table)
    used = soundings_used(log, party)
    return SeatView(
        party=party,
        moment=talks.moment,
        movers=() if over else tuple(names[p] for p, rows in talks.movers.items() if table in rows),
        moved=not over and talks.has_moved(index),
        round=lying.round,
        rounds=lying.rounds,
        turn=s.turn,
        people=dict(talks.people),
        offers={} if over else dict(lying.offers),
        last_offers={names[q]: tuple(s.offers[table, q].tolist()) for q in np.flatnonzero(s.proposals[table])},
        present=lying.present,
        log=log,
        ended=ENDINGS[s.ended[table]] if over else None,
        by=names[s.by[table]] if s.by[table] >= 0 else None,
        package=tuple(s.agreed[table].tolist()) if s.agreed[table, 0] >= 0 else None,
        draft=lying.draft,
        amendment=lying.amendment,
        votes=lying.votes,
        soundings=talks.problem.protocol.soundings - used,
        closed=_closed(talks, table),
    )


def soundings_used(records: Sequence[Record], party: str) -> int:
    """How often the party has sounded out others."""
    return sum(isinstance(record, Sounded) and record.party == party for record in records)


def _closed(talks: Tables, table: int) -> dict[str, tuple[str, ...]]:
    """The levels of each issue that events took off the table."""
    closed, offsets = talks.state.closed[table], talks.space.offsets
    return {
        issue.id: tuple(issue.levels[k].id for k in np.flatnonzero(closed[a:b]))
        for issue, a, b in zip(talks.problem.issues, offsets[:-1], offsets[1:], strict=True)
        if closed[a:b].any()
    }


def mandate(talks: Tables, party: str, table: int = 0) -> Mandate:
    """The own numbers of one party at one table."""
    p = talks.party_index(party)
    facts, numbers = talks.problem.parties[p], talks.preferences.numbers[p]
    changes = numbers.changes(table)
    said, conditions, demands = {demand.id: demand for demand in facts.demands}, [], []
    for k, (c, tests) in enumerate(zip(facts.conditions, numbers.conditions, strict=True)):
        if c.veto:
            demands.append((said.get(c.id) or Demand(c.id, c.change.reason, c.when, "condition", c.change), tests))
        else:
            conditions.append((c.id, tests, float(changes[k])))
    places = [(issue.id, level.id) for issue in talks.problem.issues for level in issue.levels]
    stated = np.array([place in facts.red_lines for place in places])
    return Mandate(
        party,
        talks.problem,
        talks.space,
        numbers.gains(table),
        conditions,
        demands,
        numbers.forbidden & stated,
        float(talks.state.reservation[table, p]),
        float(talks.ranking(p).best(np.array([table]))[0]),
    )
