"""How strong and how candid the agents are.

easy: every delegation concedes early (the exponent of its concession curve is halved) and always answers a sounding
honestly. normal: as the scenario has it. hard: it concedes late (exponent doubled) and answers honestly every second
time, else one notch harder than it is. Values of no agreement, red lines and saliences are the same in all three.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..scenario import Judgement, Part, Scenario, Strategy

NORMAL = "normal"
USUAL_EXPONENT = 3.0  # of time_dependent where the scenario gives none


@dataclass(frozen=True)
class Difficulty:
    """`concession`: factor on the exponent of time-dependent bidding; `candour`: share of honest answers."""

    concession: float
    candour: float


DIFFICULTIES: dict[str, Difficulty | None] = {"easy": Difficulty(0.5, 1.0), NORMAL: None, "hard": Difficulty(2.0, 0.5)}


def strategies(scenario: Scenario, name: str) -> dict[str, Strategy] | None:
    """The strategies of a level by party; None where they are the scenario's own. Raises KeyError."""
    level = DIFFICULTIES[name]
    if level is None:
        return None
    return {p.id: replace(p.strategy, bidding=_bidding(p.strategy.bidding, level)) for p in scenario.parties}


def _bidding(part: Part, level: Difficulty) -> Part:
    if part.name != "time_dependent":
        return part
    exponent = float(part.params.get("exponent", USUAL_EXPONENT)) * level.concession
    return Part(part.name, {**part.params, "exponent": min(max(exponent, 0.01), 100.0)})


def candid(scenario: Scenario, name: str) -> Scenario:
    """The scenario with the candour of a level. Raises KeyError."""
    level = DIFFICULTIES[name]
    if level is None:
        return scenario
    value = Judgement(level.candour, level.candour, level.candour, f"difficulty {name}")
    return replace(scenario, parties=tuple(replace(p, candour=value) for p in scenario.parties))
