"""The moves a party can make: for people, and as arrays for the n tables at which a party moves together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .record import Kind

PROPOSE, SIGN, WALK_OUT, STAND = range(4)
KINDS = (Kind.PROPOSE, Kind.SIGN, Kind.WALK_OUT, Kind.STAND)
ANSWERS = ("no", "could_move", "would_sign")


@dataclass(frozen=True, eq=False)
class Propose:
    """Put a package (int16 (I,)) on the table, instead of the own one, and against those that need one's signature.

    Under a single text: the mediator's amendment.
    """

    package: np.ndarray


@dataclass(frozen=True)
class Sign:
    """Sign the package that the party `offer_of` has on the table. Under a single text: vote for it (any name)."""

    offer_of: str = ""


@dataclass(frozen=True)
class Stand:
    """Let what is on the table stand: propose nothing new and sign nothing. Under a single text: vote against it."""


@dataclass(frozen=True)
class WalkOut:
    """Leave the talks for good."""


@dataclass(frozen=True, eq=False)
class Sound:
    """Ask one party privately what it would say to a package; takes no turn, but there are only so many."""

    to: str
    package: np.ndarray


@dataclass(frozen=True)
class Answer:
    """A person's own answer, one of ANSWERS, to what the party `to` asked last; takes no turn."""

    to: str
    answer: str


@dataclass(frozen=True)
class Say:
    """Words to everybody, or in private to the party `to`; takes no turn."""

    text: str
    to: str | None = None


Main = Propose | Sign | Stand | WalkOut
Aside = Sound | Answer | Say
Move = Main | Aside


@dataclass(frozen=True)
class Moves:
    """n moves: `kind` int8 (n,), `package` int16 (n, I) for proposals, `offer_of` int64 (n,) for signatures.

    `best_offer` int64 (n,): whose standing package was weighed, -1 if none; kept to explain the move.
    """

    kind: np.ndarray
    package: np.ndarray
    offer_of: np.ndarray
    best_offer: np.ndarray

    def only(self, at: np.ndarray) -> Moves:
        """Those at the places `at`."""
        return Moves(self.kind[at], self.package[at], self.offer_of[at], self.best_offer[at])


def single(kind: int, package: np.ndarray, offer_of: int = -1) -> Moves:
    """One move at one table; `package` int16 (I,)."""
    return Moves(
        np.array([kind], dtype=np.int8), np.reshape(package, (1, -1)).astype(np.int16), np.array([offer_of]), _NOBODY
    )


_NOBODY = np.array([-1])
