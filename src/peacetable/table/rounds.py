"""The way of talks through rounds, steps and turns, the same for every protocol: live, held again, or followed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..scenario import Space
from . import rules
from .moves import WALK_OUT, Moves
from .protocol import Protocol, Step
from .protocols import PROTOCOLS
from .state import State


class Rounds:
    """R tables in the same step. `protocol`: its name; `mediator`: a party, -1 for nobody; `order`: the scenario's;
    `hopeless(rows)`: where those who stay after a walk-out can sign nothing, bool (n,).

    `movers`: party -> numbers (n,) of the tables at which it has a move in the present step, increasing.
    """

    def __init__(
        self,
        state: State,
        space: Space,
        protocol: str,
        mediator: int,
        order: str,
        hopeless: Callable[[np.ndarray], np.ndarray],
    ):
        self.state, self.space, self.name, self.mediator, self.order = state, space, protocol, mediator, order
        self.hopeless = hopeless
        self.steps = self.protocol.steps(state.present.shape[1], mediator)
        self.turns = max(step.base + len(step.places) + step.places[0] for step in self.steps)  # in a round
        self.movers: dict[int, np.ndarray] = {}

    @property
    def protocol(self) -> Protocol:
        """The module of the protocol, looked up each time since modules cannot be pickled."""
        return PROTOCOLS[self.name]

    @property
    def step(self) -> Step:
        return self.steps[self.state.step]

    def advance(self, opened: Callable[[], None]) -> None:
        """Go to the next step in which somebody may move, if any table runs on; `opened`: as a round has begun."""
        s = self.state
        self.movers = {}
        while s.running.any():
            if s.round == 0 or s.step == len(self.steps) - 1:
                s.round, s.step = s.round + 1, 0
                self.seat(self._usual_order())
                self.protocol.open_round(s)
                opened()
            else:
                s.step += 1
            self.find_movers()
            if self.movers:
                return
            self.close()

    def _usual_order(self) -> np.ndarray:
        parties = self.state.present.shape[1]
        order = np.arange(parties)
        return (order + self.state.round - 1) % parties if self.order == "rotating" else order

    def seat(self, order: np.ndarray) -> None:
        """The parties come in this order, (P,) or (R, P), as far as the protocol lets them."""
        self.state.order = self.protocol.seated(order, self.mediator)

    def find_movers(self) -> None:
        """Who may move in the present step, and the turn that comes first in it."""
        s, found = self.state, []
        first = len(s.present[0])
        for place in self.step.places:
            seat = s.order[..., place]
            for party in range(len(s.present[0])) if seat.ndim else (int(seat),):
                here = s.running & s.present[:, party]
                if seat.ndim:
                    here &= seat == party
                rows = np.flatnonzero(here & self.protocol.may_move(s, self.step, party, self.mediator))
                if len(rows):
                    found.append((party, rows))
                    first = min(first, place)
        self.movers = {}
        for party, rows in found:  # by chance a party has another place at another table
            mine = self.movers.get(party)
            self.movers[party] = rows if mine is None else np.sort(np.concatenate([mine, rows]))
        if found or len(self.step.places) == 1:
            s.turn = self._before + (first if found else self.step.places[0]) + 1

    @property
    def _before(self) -> int:
        """Turns before the present step."""
        return (self.state.round - 1) * self.turns + self.step.base

    @property
    def number(self) -> int:
        """The number of the present step, counted from 0 over all rounds."""
        return (self.state.round - 1) * len(self.steps) + self.state.step

    def turn_of(self, party: int, rows: np.ndarray) -> np.ndarray | int:
        """The turn of the party in the present step at the tables `rows`: one number, or int64 (n,)."""
        if len(self.step.places) == 1:
            return self.state.turn
        order = self.state.order
        place = (order[rows] if order.ndim == 2 else order[None]) == party
        found = self._before + place.argmax(axis=-1) + 1
        return int(found[0]) if len(found) == 1 else found

    def apply(self, party: int, rows: np.ndarray, moves: Moves) -> None:
        """The moves of one party at the tables `rows`, increasing."""
        leaving = moves.kind == WALK_OUT
        if leaving.any():
            rules.walk_out(self.state, rows[leaving], party, self.hopeless)
            rows, moves = rows[~leaving], moves.only(~leaving)
        if len(rows):
            self.protocol.apply(self.state, self.space, rows, party, moves)

    def close(self) -> None:
        """All who may move in the present step have moved."""
        last = self.state.step == len(self.steps) - 1
        if last:
            self.state.turn = self.state.round * self.turns
        self.protocol.close_step(self.state, self.space, self.step, last)
