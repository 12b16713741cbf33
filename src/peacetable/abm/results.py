"""What came of the tables of a model: rows for a study, the report and the minutes of one table."""

from __future__ import annotations

import numpy as np

from ..analysis.zone import zone_sizes
from ..scenario.facts import issue_columns
from ..table.notation import as_levels, write
from ..table.record import Record, plain
from ..table.state import DEADLINE, ENDINGS, RUNNING, signers
from ..table.view import over_time
from .tables import Tables


def utilities(talks: Tables) -> np.ndarray:
    """Utility each party has of how its table stands, float (R, P): of the agreed package, else its reservation;
    where a party discounts, both times discount ** t, see `_discounts`."""
    result = talks.state.reservation.copy()
    rows = np.flatnonzero(talks.state.agreed[:, 0] >= 0)
    for p in range(len(talks.parties)):
        result[rows, p] = talks.preferences.utility(talks.state.agreed[rows], p, rows)
    return result * _discounts(talks)


def _discounts(talks: Tables) -> np.ndarray:
    """What a utility of 1 is worth to each party at the time t that each table has reached: discount ** t, (R, P).

    t is round / (deadline + 1) of the round in which talks were agreed or left, or have got to: who walks out has the
    worth of no agreement from then on, and has waited no longer. Talks that ran out of time took all of it: t = 1 (not
    yet under version 2 of the rules).
    """
    rounds = np.where(talks.state.running, talks.state.round, talks.state.ended_round)
    time = rounds / (talks.state.deadline + 1.0)
    if talks.rules_version >= 3:
        time[talks.state.ended == DEADLINE] = 1.0
    return over_time(time, lambda t: [p.discount**t for p in talks.problem.parties])


def outcomes(talks: Tables) -> dict[str, np.ndarray]:
    """One row per table: table, ended, by, round, turns, package, a column per issue (see `issue_columns`), u_<party>,
    r0_<party>, r_<party>, zone, deadline, event_<id>.

    u_<party> is the utility of the package agreed, or of no agreement; r0_<party> the reservation value at the start,
    r_<party> at the end; `zone` see `zones`, None where packages are not enumerated; `deadline` the last round that the
    table had; event_<id> the round in which the event happened, None where it did not.
    """
    s, scenario = talks.state, talks.problem
    made = s.agreed[:, 0] >= 0
    columns: dict[str, np.ndarray] = {
        "table": talks.first_table + np.arange(talks.tables, dtype=np.int64),
        "ended": np.array(ENDINGS, dtype=object)[s.ended],
        "by": np.array([*talks.parties, None], dtype=object)[s.by],
        "round": s.ended_round.astype(np.int32),
        "turns": s.ended_turn.astype(np.int32),
    }
    package = np.full(talks.tables, None, dtype=object)
    if made.any():
        distinct, where = np.unique(s.agreed[made], axis=0, return_inverse=True)
        package[made] = np.array([write(scenario, d) for d in distinct], dtype=object)[where.reshape(-1)]
    columns["package"] = package
    for i, (issue, column) in enumerate(zip(scenario.issues, issue_columns(scenario), strict=True)):
        names = np.array([*(level.id for level in issue.levels), None], dtype=object)
        columns[column] = names[s.agreed[:, i]]
    u, reservation = utilities(talks), s.reservation * _discounts(talks)
    for p, party in enumerate(talks.parties):
        columns[f"u_{party}"] = u[:, p]
    start = np.broadcast_to(talks.drawn.reservation, reservation.shape)
    for p, party in enumerate(talks.parties):
        columns[f"r0_{party}"] = start[:, p]
    for p, party in enumerate(talks.parties):
        columns[f"r_{party}"] = reservation[:, p]
    found = zones(talks)
    columns["zone"] = np.full(talks.tables, None, dtype=object) if found is None else found
    columns["deadline"] = s.deadline.copy()
    happened = talks.event_rounds > 0
    for k, event in enumerate(scenario.events):
        columns[f"event_{event.id}"] = rounds = np.full(talks.tables, None, dtype=object)
        rounds[happened[:, k]] = talks.event_rounds[happened[:, k], k]
    return columns


def zones(talks: Tables, rows: slice = slice(None)) -> np.ndarray | None:
    """How many packages could be agreed as the tables `rows` stand, int64 (n,): those that break no rule, hold no level
    off the table and that everybody whose signature they need, and enough parties in all, hold at or above the
    reservation value and within the red lines, whoever has left. None where packages are too many to enumerate."""
    if talks.feasible is None:
        return None
    s = talks.state
    return zone_sizes(talks.preferences.only(rows), talks.feasible, s.reservation[rows], s.closed[rows])


def report(talks: Tables, table: int = 0) -> dict:
    """The result of one table as plain data: the contract of `run --json`. Needs `record`."""
    s, scenario = talks.state, talks.problem
    made, over = bool(s.agreed[table, 0] >= 0), s.ended[table] != RUNNING
    agreed = s.agreed[table]
    consent = talks.space.consent
    needs, by_level = consent.level_needs, consent.by_level
    everywhere = np.zeros(len(talks.parties), dtype=bool) if by_level else consent.needs(agreed)
    reservation = (s.reservation * _discounts(talks))[table]
    zone = zones(talks, slice(table, table + 1))
    signatures = {}
    if made:
        for i, issue in enumerate(scenario.issues):
            row = needs[talks.space.offsets[i] + int(agreed[i])]
            who = [p for k, p in enumerate(talks.parties) if everywhere[k] or (by_level and row[k])]
            signatures[issue.id] = {"level": issue.levels[int(agreed[i])].id, "needs": who}
    return {
        "scenario": scenario.name,
        "scenario_hash": scenario.hash,
        "seed": talks.seed,
        "table": talks.first_table + table,
        "rules_version": talks.rules_version,
        "settings": list(scenario.settings),
        "overrides": talks.overrides,
        "ended": ENDINGS[s.ended[table]],
        "by": talks.parties[s.by[table]] if s.by[table] >= 0 else None,
        "round": int(s.ended_round[table]) if over else s.round,
        "turns": int(s.ended_turn[table]) if over else s.turn - 1,
        "package": as_levels(scenario, agreed) if made else None,
        "notation": write(scenario, agreed) if made else None,
        "consent": scenario.protocol.consent,
        "needed_signatures": signatures,
        "signed_by": [talks.parties[i] for i in signers(int(s.signatures[table]), len(talks.parties))],
        "utilities": {p: float(u) for p, u in zip(talks.parties, utilities(talks)[table], strict=True)},
        "reservation": {p: float(r) for p, r in zip(talks.parties, reservation, strict=True)},
        "zone": None if zone is None else int(zone[0]),
        "deadline": int(s.deadline[table]),
        "events": {e.id: int(n) or None for e, n in zip(scenario.events, talks.event_rounds[table], strict=True)},
        "moves": [plain(record) for record in talks.records[table]] if talks.keep else [],
    }


def minutes(talks: Tables, table: int = 0) -> tuple[dict, list[Record]]:
    """Header and records of one table, enough to replay it without drawing chance. Needs `record`."""
    drawn = talks.drawn.only(np.array([table]))
    header = {
        **talks.began,
        "scenario": talks.problem.name,
        "scenario_hash": talks.problem.hash,
        "document": talks.problem.document,
        **({"settings": list(talks.problem.settings)} if talks.problem.settings else {}),
        "overrides": talks.overrides,
        "seed": talks.seed,
        "table": talks.first_table + table,
        "people": list(talks.header_people),
        "drawn": {
            "contributions": drawn.contributions[0].tolist(),
            "bonuses": drawn.bonuses[0].tolist(),
            "scale": drawn.scale[0].tolist(),
            "saliences": drawn.saliences[0].tolist(),
            "reservation": drawn.reservation[0].tolist(),
            **({"shifts": talks.shifts[table].tolist()} if talks.shifts.any() else {}),
            **({} if talks.first_draft is None else {"draft": write(talks.problem, talks.first_draft[table])}),
        },
    }
    return header, talks.records[table]
