"""What came of the tables of a model: rows for a study, the report and the minutes of one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..analysis.zone import zone_sizes
from ..scenario.facts import issue_columns
from ..table.notation import as_levels, write
from ..table.state import DEADLINE, ENDINGS, RUNNING, signers
from ..table.view import over_time

if TYPE_CHECKING:
    from .model import Negotiation


def utilities(model: Negotiation) -> np.ndarray:
    """Utility each party has of how its table stands, float (R, P): of the agreed package, else its reservation;
    where a party discounts, both times discount ** t, see `_discounts`."""
    result = model.state.reservation.copy()
    rows = np.flatnonzero(model.state.agreed[:, 0] >= 0)
    for p in range(len(model.parties)):
        result[rows, p] = model.preferences.utility(model.state.agreed[rows], p, rows)
    return result * _discounts(model)


def _discounts(model: Negotiation) -> np.ndarray:
    """What a utility of 1 is worth to each party at the time t that each table has reached: discount ** t, (R, P).

    t is round / (deadline + 1) of the round in which talks were agreed or left, or have got to: who walks out has the
    worth of no agreement from then on, and has waited no longer. Talks that ran out of time took all of it: t = 1 (not
    yet under version 2 of the rules).
    """
    rounds = np.where(model.state.running, model.state.round, model.state.ended_round)
    time = rounds / (model.state.deadline + 1.0)
    if model.rules_version >= 3:
        time[model.state.ended == DEADLINE] = 1.0
    return over_time(time, lambda t: [p.discount**t for p in model.problem.parties])


def outcomes(model: Negotiation) -> dict[str, np.ndarray]:
    """One row per table: table, ended, by, round, turns, package, a column per issue (see `issue_columns`), u_<party>,
    r0_<party>, r_<party>, zone, deadline, event_<id>.

    u_<party> is the utility of the package agreed, or of no agreement; r0_<party> the reservation value at the start,
    r_<party> at the end; `zone` see `zones`, None where packages are not enumerated; `deadline` the last round that the
    table had; event_<id> the round in which the event happened, None where it did not.
    """
    s, scenario = model.state, model.problem
    made = s.agreed[:, 0] >= 0
    columns: dict[str, np.ndarray] = {
        "table": model.first_table + np.arange(model.tables, dtype=np.int64),
        "ended": np.array(ENDINGS, dtype=object)[s.ended],
        "by": np.array([*model.parties, None], dtype=object)[s.by],
        "round": s.ended_round.astype(np.int32),
        "turns": s.ended_turn.astype(np.int32),
    }
    package = np.full(model.tables, None, dtype=object)
    if made.any():
        distinct, where = np.unique(s.agreed[made], axis=0, return_inverse=True)
        package[made] = np.array([write(scenario, d) for d in distinct], dtype=object)[where.reshape(-1)]
    columns["package"] = package
    for i, (issue, column) in enumerate(zip(scenario.issues, issue_columns(scenario), strict=True)):
        names = np.array([*(level.id for level in issue.levels), None], dtype=object)
        columns[column] = names[s.agreed[:, i]]
    u, reservation = utilities(model), s.reservation * _discounts(model)
    for p, party in enumerate(model.parties):
        columns[f"u_{party}"] = u[:, p]
    start = np.broadcast_to(model.drawn.reservation, reservation.shape)
    for p, party in enumerate(model.parties):
        columns[f"r0_{party}"] = start[:, p]
    for p, party in enumerate(model.parties):
        columns[f"r_{party}"] = reservation[:, p]
    found = zones(model)
    columns["zone"] = np.full(model.tables, None, dtype=object) if found is None else found
    columns["deadline"] = s.deadline.copy()
    happened = model.event_rounds > 0
    for k, event in enumerate(scenario.events):
        columns[f"event_{event.id}"] = rounds = np.full(model.tables, None, dtype=object)
        rounds[happened[:, k]] = model.event_rounds[happened[:, k], k]
    return columns


def zones(model: Negotiation, rows: slice = slice(None)) -> np.ndarray | None:
    """How many packages could be agreed as the tables `rows` stand, int64 (n,): those that break no rule, hold no level
    off the table and that everybody whose signature they need, and enough parties in all, hold at or above the
    reservation value and within the red lines, whoever has left. None where packages are too many to enumerate."""
    if model.feasible is None:
        return None
    s = model.state
    return zone_sizes(model.preferences.only(rows), model.feasible, s.reservation[rows], s.closed[rows])


def report(model: Negotiation, table: int = 0) -> dict:
    """The result of one table as plain data: the contract of `run --json`. Needs `record`."""
    s, scenario = model.state, model.problem
    made, over = bool(s.agreed[table, 0] >= 0), s.ended[table] != RUNNING
    agreed = s.agreed[table]
    needs = model.space.level_needs
    by_level = scenario.protocol.consent == "needed"
    everywhere = np.zeros(len(model.parties), dtype=bool) if by_level else model.space.needs(agreed)
    reservation = (s.reservation * _discounts(model))[table]
    zone = zones(model, slice(table, table + 1))
    signatures = {}
    if made:
        for i, issue in enumerate(scenario.issues):
            row = needs[model.space.offsets[i] + int(agreed[i])]
            who = [p for k, p in enumerate(model.parties) if everywhere[k] or (by_level and row[k])]
            signatures[issue.id] = {"level": issue.levels[int(agreed[i])].id, "needs": who}
    return {
        "scenario": scenario.name,
        "scenario_hash": scenario.hash,
        "seed": model.seed_used,
        "table": model.first_table + table,
        "rules_version": model.rules_version,
        "settings": list(scenario.settings),
        "overrides": model.overrides,
        "ended": ENDINGS[s.ended[table]],
        "by": model.parties[s.by[table]] if s.by[table] >= 0 else None,
        "round": int(s.ended_round[table]) if over else s.round,
        "turns": int(s.ended_turn[table]) if over else s.turn - 1,
        "package": as_levels(scenario, agreed) if made else None,
        "notation": write(scenario, agreed) if made else None,
        "consent": scenario.protocol.consent,
        "needed_signatures": signatures,
        "signed_by": _signers(model, table) if made else [],
        "utilities": {p: float(u) for p, u in zip(model.parties, utilities(model)[table], strict=True)},
        "reservation": {p: float(r) for p, r in zip(model.parties, reservation, strict=True)},
        "zone": None if zone is None else int(zone[0]),
        "deadline": int(s.deadline[table]),
        "events": {e.id: int(n) or None for e, n in zip(scenario.events, model.event_rounds[table], strict=True)},
        "moves": model.records[table] if model.record else [],
    }


def _signers(model: Negotiation, table: int) -> list[str]:
    """Who signed the package agreed, in the scenario's order."""
    s = model.state
    if model.single_text:
        return [model.parties[i] for i in np.flatnonzero(s.votes[table])]
    same = (s.offers[table] == s.agreed[table]).all(axis=1) & s.standing[table]
    signed = [int(s.signed[table, q]) for q in np.flatnonzero(same) if not s.needs[table, q] & ~s.signed[table, q]]
    return [model.parties[i] for i in signers(max(signed), len(model.parties))] if signed else []


def minutes(model: Negotiation, table: int = 0) -> tuple[dict, list[dict]]:
    """Header and records of one table, enough to replay it without drawing chance. Needs `record`."""
    drawn = model.drawn.only(np.array([table]))
    header = {
        **model.began,
        "scenario": model.problem.name,
        "scenario_hash": model.problem.hash,
        "document": model.problem.document,
        **({"settings": list(model.problem.settings)} if model.problem.settings else {}),
        "overrides": model.overrides,
        "seed": model.seed_used,
        "table": model.first_table + table,
        "people": [p for p, d in model.delegations.items() if d.human],
        "drawn": {
            "contributions": drawn.contributions[0].tolist(),
            "bonuses": drawn.bonuses[0].tolist(),
            "scale": drawn.scale[0].tolist(),
            "saliences": drawn.saliences[0].tolist(),
            "reservation": drawn.reservation[0].tolist(),
            **({"shifts": model.shifts[table].tolist()} if model.shifts.any() else {}),
            **({"draft": write(model.problem, model.first_draft[table])} if model.single_text else {}),
        },
    }
    return header, model.records[table]
