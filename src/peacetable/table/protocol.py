"""What a protocol is: a module with the functions listed in `Protocol`. They are chosen once, in `protocols.py`.

Nothing outside these modules asks which protocol talks are held under. A round is a row of steps; what several parties
decide in one step they decide without seeing each other's moves of that step.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..scenario import Scenario, Space
from .attempt import Attempt
from .moves import Main, Moves
from .record import Kind
from .state import State

Draw = Callable[[int, int, np.ndarray], np.ndarray]  # (round, count, tables (n,)) -> uniform draws (n, count)


@dataclass(frozen=True)
class Step:
    """What is decided together. `kind`: what the parties are asked for, of which delegations know turn (propose or
    sign), amend and vote; `places`: those in the order of the round that are asked; `base`: turns of the round before
    this step, so that every move has a turn of its own."""

    kind: str
    places: tuple[int, ...]
    base: int = 0


@dataclass(frozen=True)
class Table:
    """What does not change while talks go on and a protocol may want to know. `red_lines` bool (P, L) and `refusals`
    are those of the mediator alone, whom others may ask; `mediator`: a party, -1 for nobody."""

    scenario: Scenario
    space: Space
    mediator: int
    red_lines: np.ndarray
    refusals: list


@dataclass(frozen=True)
class Told:
    """What everybody is told of one table. `offers`: party -> package on the table, bits of who has signed it, bits of
    whose signatures it takes; where one text is amended: `draft`, `amendment`, who has voted for it (`votes`), and
    whether this round's vote made the draft what the amendment says (`adopted`)."""

    offers: dict[int, tuple[tuple[int, ...], int, int]] = field(default_factory=dict)
    draft: tuple[int, ...] | None = None
    amendment: tuple[int, ...] | None = None
    votes: tuple[int, ...] = ()
    adopted: bool = False


class Protocol(typing.Protocol):
    """The functions of a protocol's module. `NAME`: in files; `ABOUT`, `STORY`: what happens in it, for lists of
    settings and for a story; `SETTINGS`: settings of the scenario's protocol that it uses and another may not;
    `ONE_TEXT`: whether one draft is amended and voted on, instead of packages that lie side by side."""

    NAME: str
    ABOUT: str
    STORY: str
    SETTINGS: tuple[str, ...]
    ONE_TEXT: bool

    def steps(self, parties: int, mediator: int) -> tuple[Step, ...]:
        """The steps of a round."""

    def seated(self, order: np.ndarray, mediator: int) -> np.ndarray:
        """The order of a round, (P,) or (R, P), from that of the scenario."""

    def begin(self, table: Table, state: State, draw: Draw) -> np.ndarray | None:
        """Before the first round: the text that the talks open with, int16 (R, I), put into the state; None: none."""

    def open_round(self, state: State) -> None:
        """A round begins: what becomes of what is on the table."""

    def chair(self, table: Table, state: State, draw: Draw) -> tuple[np.ndarray, np.ndarray] | None:
        """What a neutral chair puts to the vote as a round opens: tables (n,) and packages (n, I); None: nothing."""

    def amend(self, state: State, rows: np.ndarray, packages: np.ndarray) -> None:
        """Put to the vote what `chair` said."""

    def amendments(self, state: State, space: Space, rows: np.ndarray, draw: Draw) -> np.ndarray:
        """What the mediator may put to the vote at the tables `rows`: int16 (n, K, I)."""

    def final(self, state: State, rows: np.ndarray) -> np.ndarray:
        """At which of the tables `rows` a vote is on the draft itself, as the text to be agreed: bool (n,)."""

    def may_move(self, state: State, step: Step, party: int, mediator: int) -> np.ndarray | bool:
        """At which tables a party that is present has a move in this step, bool (R,)."""

    def possible(self, state: State, step: Step, row: int, party: int, mediator: int) -> tuple[Kind, ...]:
        """The kinds of moves that a party has in this step at one table."""

    def check(self, attempt: Attempt, move: Main) -> Moves:
        """A person's move as arrays of one. Raises Refusal."""

    def apply(self, state: State, space: Space, rows: np.ndarray, party: int, moves: Moves) -> None:
        """The moves of one party at the tables `rows`, increasing; leaving is the same everywhere, see rules."""

    def close_step(self, state: State, space: Space, step: Step, last: bool) -> None:
        """Everybody has moved; `last`: the step is the last of its round."""

    def told(self, state: State, row: int) -> Told:
        """What everybody is told of one table."""

    def package_of(self, state: State, row: int, moves: Moves, n: int) -> np.ndarray | None:
        """The package (I,) that move n, about to be made at a table, is about."""
