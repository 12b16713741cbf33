"""What every table draws at its start, and when chance has events happen, from its number and the seed alone."""

from __future__ import annotations

import zlib

import numpy as np

from ..chance import Chance
from ..scenario import Event, Scenario


def uniforms(scenario: Scenario, chance: Chance) -> dict[str, np.ndarray]:
    """Draws in [0, 1) for what `scenario.draw` names, as `scenario.drawn` and `scenario.preferences` take them."""
    parties, levels = len(scenario.parties), sum(len(issue.levels) for issue in scenario.issues)
    sizes = {"values": (parties, levels), "saliences": (parties, len(scenario.issues)), "reservations": (parties,)}
    found = {
        what: chance.uniform(what, 0, int(np.prod(size))).reshape(-1, *size)
        for what, size in sizes.items()
        if what in scenario.draw
    }
    return found | ({"changes": _changes(scenario, chance)} if "saliences" in scenario.draw else {})


def _changes(scenario: Scenario, chance: Chance) -> np.ndarray:
    """Draws (R, P, K) for the changes of conditions, each by its id: one more condition, or a demand that is read
    otherwise, leaves all others as they are."""
    most = max((len(p.conditions) for p in scenario.parties), default=0)
    found = np.zeros((len(chance.tables), len(scenario.parties), most))
    for p, party in enumerate(scenario.parties):
        for k, condition in enumerate(party.conditions):
            found[:, p, k] = chance.uniform("changes", _place(condition.id), p + 1)[:, p]
    return found


def _place(id: str) -> int:
    """A number of 32 bits for an id, the same everywhere."""
    return zlib.crc32(id.encode("utf-8"))


def shifts(scenario: Scenario, chance: Chance | None, tables: int) -> np.ndarray:
    """What each event adds to the reservation value of each party at each table, float (R, E, P): drawn from its range
    where reservation values are drawn and there is a `chance` to draw from, else the central number."""
    parties, events = scenario.party_ids, scenario.events
    found = np.zeros((tables, len(events), len(parties)))
    if "reservations" not in scenario.draw:
        chance = None
    for k, event in enumerate(events):
        u = None if chance is None else chance.uniform("shifts", _place(event.id), len(parties))
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
        u = chance.uniform("events", n, len(scenario.events))
        for k in by_chance:
            found[(found[:, k] == 0) & happens(scenario.events[k], n, u[:, k]), k] = n
    return found
