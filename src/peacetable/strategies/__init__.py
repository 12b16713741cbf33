"""Bidding strategies, acceptance conditions and opponent models as array functions, and their registry."""

from .base import Component, Others, Own, Param, Public
from .decide import Decider, Moves
from .estimates import Estimates
from .registry import COMPONENTS, problems, read

__all__ = [
    "COMPONENTS",
    "Component",
    "Decider",
    "Estimates",
    "Moves",
    "Others",
    "Own",
    "Param",
    "Public",
    "problems",
    "read",
]
