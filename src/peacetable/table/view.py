"""What a party may see: everything public, and its own reservation value. Plain arrays, copied, no way back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .state import State


@dataclass(frozen=True)
class View:
    """The n tables at which `party` has the turn; arrays as in State, with n rows.

    `rows` int (n,) numbers of the tables in the batch; `round` from 1; `deadline` int (n,); `reservation` float (n,);
    `past` (n, N, P, I) only for strategies that ask for it.
    """

    party: int
    rows: np.ndarray
    turn: int
    round: int
    deadline: np.ndarray
    offers: np.ndarray
    proposals: np.ndarray
    standing: np.ndarray
    signed: np.ndarray
    needs: np.ndarray
    present: np.ndarray
    tally: np.ndarray
    changed: np.ndarray
    reservation: np.ndarray
    past: np.ndarray | None = None

    @property
    def time(self) -> np.ndarray:
        """Share of the talks that is over after this round, in (0, 1): round / (deadline + 1), float (n,)."""
        return self.round / (self.deadline + 1.0)


def view_for(state: State, party: int, rows: np.ndarray, history: bool = False) -> View:
    """The view of one party at the tables `rows` (n,), with all proposals so far where `history`."""
    return View(
        party=party,
        rows=rows,
        turn=state.turn,
        round=state.round,
        deadline=state.deadline[rows],
        offers=state.offers[rows],
        proposals=state.proposals[rows],
        standing=state.standing[rows],
        signed=state.signed[rows],
        needs=state.needs[rows],
        present=state.present[rows],
        tally=state.tally[rows],
        changed=state.changed[rows],
        reservation=state.reservation[rows, party],
        past=state.past[rows] if history else None,
    )
