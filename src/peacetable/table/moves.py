"""The moves a delegation can make. Inside the engine a move is a kind and two arrays; these are for people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PROPOSE, ACCEPT, WALK_OUT, DECLINE = range(4)
KINDS = ("propose", "accept", "walk_out", "decline")
ANSWERS = ("no", "could_move", "would_sign")


@dataclass(frozen=True, eq=False)
class Propose:
    """Put a package (int16 (I,)) on the table, instead of the own one, and against those that need one's signature.

    Under a single text: the mediator's amendment.
    """

    package: np.ndarray


@dataclass(frozen=True)
class Accept:
    """Sign the package that the party `offer_of` has on the table. Under a single text: vote for it (any name)."""

    offer_of: str


@dataclass(frozen=True)
class Decline:
    """Vote against the amendment or the final draft; only under a single text."""


@dataclass(frozen=True, eq=False)
class Sound:
    """Ask one party privately what it would say to a package; does not take the turn, but there are only so many."""

    to: str
    package: np.ndarray


@dataclass(frozen=True)
class WalkOut:
    """Leave the talks for good."""


Move = Propose | Accept | WalkOut | Decline | Sound
