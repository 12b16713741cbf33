"""The moves a delegation can make. Inside the engine a move is a kind and two arrays; these are for people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PROPOSE, ACCEPT, WALK_OUT = 0, 1, 2
KINDS = ("propose", "accept", "walk_out")


@dataclass(frozen=True, eq=False)
class Propose:
    """Put a package (int16 (I,)) on the table, instead of the own one, and against those that need one's signature."""

    package: np.ndarray


@dataclass(frozen=True)
class Accept:
    """Sign the package that the party `offer_of` has on the table."""

    offer_of: str


@dataclass(frozen=True)
class WalkOut:
    """Leave the talks for good."""


Move = Propose | Accept | WalkOut
