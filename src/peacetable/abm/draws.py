"""What every table draws at its start, and when chance has events happen, from its number and the seed alone."""

from __future__ import annotations

import numpy as np

from ..chance import Chance
from ..scenario import Event, Scenario, cells


def uniforms(scenario: Scenario, chance: Chance) -> dict[str, np.ndarray]:
    """Draws in [0, 1) for what `scenario.draw` names, as `scenario.drawn` and `scenario.preferences` take them: each by
    the ids of what it is for, so that a level, issue, condition or party more leaves all others as they are."""
    parties, found = scenario.party_ids, {}
    if "values" in scenario.draw:
        found["values"] = _values(scenario, chance)
    if "saliences" in scenario.draw:
        ids = [_id(party, issue) for party in parties for issue in scenario.issue_ids]
        found["saliences"] = chance.of("saliences", ids).reshape(-1, len(parties), len(scenario.issues))
        found["changes"] = _changes(scenario, chance)
    if "reservations" in scenario.draw:
        found["reservations"] = chance.of("reservations", parties)
    return found


def _id(*ids: str) -> str:
    return " ".join(ids)  # no id holds a space


def _values(scenario: Scenario, chance: Chance) -> np.ndarray:
    """Draws (R, P, L) for the cells that have a range to draw from, 0 for the others."""
    parties, levels = scenario.party_ids, [(i.id, k.id) for i in scenario.issues for k in i.levels]
    found = np.zeros((len(chance.tables), len(parties), len(levels)))
    at = np.nonzero(cells(scenario).ranged)
    found[:, at[0], at[1]] = chance.of("values", [_id(parties[p], *levels[k]) for p, k in zip(*at, strict=True)])
    return found


def _changes(scenario: Scenario, chance: Chance) -> np.ndarray:
    """Draws (R, P, K) for the changes of conditions."""
    most = max((len(p.conditions) for p in scenario.parties), default=0)
    found = np.zeros((len(chance.tables), len(scenario.parties), most))
    for p, party in enumerate(scenario.parties):
        ids = [_id(party.id, condition.id) for condition in party.conditions]
        found[:, p, : len(ids)] = chance.of("changes", ids)
    return found


def shifts(scenario: Scenario, chance: Chance | None, tables: int) -> np.ndarray:
    """What each event adds to the reservation value of each party at each table, float (R, E, P): drawn from its range
    where reservation values are drawn and there is a `chance` to draw from, else the central number."""
    parties, events = scenario.party_ids, scenario.events
    found = np.zeros((tables, len(events), len(parties)))
    if "reservations" not in scenario.draw:
        chance = None
    for k, event in enumerate(events):
        u = None if chance is None else chance.of("shifts", [_id(event.id, party) for party in parties])
        for party, change in event.reservation.items():
            p = parties.index(party)
            found[:, k, p] = change.value if u is None else change.low + u[:, p] * (change.high - change.low)
    return found


def happens(event: Event, n: int, u: np.ndarray) -> np.ndarray:
    """Whether the event, if it has not yet, happens at the start of round `n`, bool (R,), by draws `u` (R,)."""
    return (
        np.full(len(u), event.round == n) if event.probability is None else (u < event.probability) & (n > event.after)
    )


def longest(scenario: Scenario) -> int:
    """The rounds of talks whose deadline every event has put off."""
    return scenario.protocol.rounds + sum(max(e.rounds, 0) for e in scenario.events)


def event_rounds(scenario: Scenario, chance: Chance) -> np.ndarray:
    """The round in which each event happens if the talks last so long, int32 (R, E); 0 if not in the longest talks."""
    found = np.zeros((len(chance.tables), len(scenario.events)), dtype=np.int32)
    last = longest(scenario)
    by_chance = [k for k, event in enumerate(scenario.events) if event.probability]
    for k, event in enumerate(scenario.events):
        if event.round is not None and event.round <= last:
            found[:, k] = event.round
    n = 0
    while n < last and not found[:, by_chance].all():
        n += 1
        u = chance.of("events", [event.id for event in scenario.events], n)
        for k in by_chance:
            found[(found[:, k] == 0) & happens(scenario.events[k], n, u[:, k]), k] = n
    return found
