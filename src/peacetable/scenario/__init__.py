"""The written problem and its numbers. NumPy only."""

from .consent import carried, signable_count
from .facts import (
    BASES,
    STANCE_VALUES,
    STANCES,
    Condition,
    Event,
    Issue,
    Judgement,
    Level,
    Part,
    Party,
    Position,
    Protocol,
    Rule,
    Scenario,
    Source,
    Strategy,
)
from .space import Space
from .utility import Drawn, Preferences, cells, drawn, preferences, weights

__all__ = [
    "BASES",
    "STANCES",
    "STANCE_VALUES",
    "Condition",
    "Drawn",
    "Event",
    "Issue",
    "Judgement",
    "Level",
    "Part",
    "Party",
    "Position",
    "Preferences",
    "Protocol",
    "Rule",
    "Scenario",
    "Source",
    "Space",
    "Strategy",
    "carried",
    "cells",
    "drawn",
    "preferences",
    "signable_count",
    "weights",
]
