"""Bidding strategies, acceptance conditions and opponent models as array functions, and their registry."""

from .base import Component, Others, Own, Param, Public
from .decide import Decider
from .estimates import Estimates
from .registry import COMPONENTS, problems, read

__all__ = [
    "COMPONENTS",
    "Component",
    "Decider",
    "Estimates",
    "Others",
    "Own",
    "Param",
    "Public",
    "problems",
    "read",
]
