"""What a person in a seat gets: the public view of a table as plain data, and what its party will never sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ..scenario import Demand
from ..scenario.space import Tests
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


def demands(talks: Tables, party: str) -> list[tuple[Demand, Tests]]:
    """The party's own demands that are read as a condition, each with when a package leaves it out."""
    p = talks.party_index(party)
    facts, numbers = talks.problem.parties[p], talks.preferences.numbers[p]
    said = {demand.id: demand for demand in facts.demands}
    return [
        (said.get(c.id) or Demand(c.id, c.change.reason, c.when, "condition", c.change), tests)
        for c, tests in zip(facts.conditions, numbers.conditions, strict=True)
        if c.veto
    ]


def red_lines(talks: Tables, party: str) -> np.ndarray:
    """The levels that the party has called a red line and therefore neither proposes nor signs, bool (L,)."""
    p = talks.party_index(party)
    places = [(issue.id, level.id) for issue in talks.problem.issues for level in issue.levels]
    stated = np.array([place in talks.problem.parties[p].red_lines for place in places])
    return talks.preferences.numbers[p].forbidden & stated
