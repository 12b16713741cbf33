"""What a party may see: everything public, and its own reservation value. Plain arrays that cannot be written to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..scenario.sealed import sealed
from .state import State


@dataclass(frozen=True)
class Sight:
    """The n tables at which `party` has the turn; arrays as in State, with n rows.

    `rows` int (n,) numbers of the tables in the batch; `round` from 1; `deadline` int (n,); `reservation` float (n,);
    `tally`, `changed`, `past` and `since` only for strategies that ask for them; `since` int32 (n, P): how many
    proposals each party has made since this one's latest (`past` does not tell who spoke first within a round).
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
    reservation: np.ndarray
    tally: np.ndarray | None = None
    changed: np.ndarray | None = None
    past: np.ndarray | None = None
    since: np.ndarray | None = None

    @property
    def time(self) -> np.ndarray:
        """Share of the talks that is over after this round, in (0, 1): round / (deadline + 1), float (n,)."""
        return self.round / (self.deadline + 1.0)


def over_time(time: np.ndarray, function: Callable[[float], float | list[float]]) -> np.ndarray:
    """The function of each share of the talks, float (n, ...) for `time` float (n,), of which few are different.

    Asked of Python's numbers, because NumPy's powers and exponentials have other last bits in other versions of NumPy.
    """
    times, which = np.unique(time, return_inverse=True)
    return np.array([function(t) for t in times.tolist()])[which.reshape(-1)]


def view_for(state: State, party: int, rows: np.ndarray, counts: bool = True, history: bool = False) -> Sight:
    """The view of one party at the tables `rows` (n,), increasing; with `tally` and `changed` where `counts`, with all
    proposals so far where `history`. Nothing in it can be written to, or leads to what others alone know."""
    whole = len(rows) == state.tables

    def seen(array: np.ndarray) -> np.ndarray:
        return sealed(array if whole else array[rows])

    return Sight(
        party=party,
        rows=sealed(rows),
        turn=state.turn,
        round=state.round,
        deadline=seen(state.deadline),
        offers=seen(state.offers),
        proposals=seen(state.proposals),
        standing=seen(state.standing),
        signed=seen(state.signed),
        needs=seen(state.needs),
        present=seen(state.present),
        reservation=seen(state.reservation[:, party]),
        tally=seen(state.tally) if counts else None,
        changed=seen(state.changed) if counts else None,
        past=seen(state.past) if history else None,
        since=seen(state.since[:, party]) if history else None,
    )
