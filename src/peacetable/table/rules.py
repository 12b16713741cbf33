"""The rules of the table, readable in ten minutes.

Every party gets one turn a round. On its turn it proposes a package, signs one that is on the table, or leaves.
1. Each party may have one package on the table. Proposing replaces the own one (the same package again keeps its
   signatures) and takes off every other package that needs the proposer's signature: to counter is to reject.
2. A package is agreed as soon as every party whose signature it needs has signed it (and, under a quorum, enough
   parties have). Proposing is signing.
3. A party that leaves takes off its own package and all that need it. If nothing can be agreed without the absent, the
   talks end.
4. After the last round the talks end without agreement.

Under unanimity rule 1 leaves at most one package on the table: this is the stacked alternating offers protocol (SAOP)
of Aydogan, Festen, Hindriks and Jonker, "Alternating offers protocols for multilateral negotiation" (2017).
"""

from __future__ import annotations

import numpy as np

from ..scenario import Space
from .state import AGREEMENT, DEADLINE, RUNNING, WALKED_OUT, State

# moves only when the same seed gives other tables; see CHANGELOG "Results change for the same seed"
RULES_VERSION = 1


def propose(state: State, space: Space, rows: np.ndarray, party: int, packages: np.ndarray) -> None:
    """Party puts `packages` int16 (n, I) on the table at `rows` (n,) distinct table numbers."""
    before = state.offers[rows, party]
    again = state.standing[rows, party] & (packages == before).all(axis=1)
    state.changed[rows, party] += (packages != before) & (state.proposals[rows, party] > 0)[:, None]
    state.proposals[rows, party] += 1
    for i, offset in enumerate(space.offsets[:-1]):
        state.tally[rows, party, offset + packages[:, i].astype(np.int64)] += 1
    state.past[rows, state.round - 1, party] = packages
    needed = space.needs(packages)
    state.standing[rows] &= ~state.needs[rows, :, party]
    state.signed[rows] &= state.standing[rows][:, :, None] | (np.arange(state.signed.shape[1]) == party)[None, :, None]
    state.offers[rows, party] = packages
    state.needs[rows, party] = needed
    state.standing[rows, party] = True
    state.signed[rows, party] &= again[:, None]
    state.signed[rows, party, party] = True
    _settle(state, space, rows, np.full(len(rows), party), party)


def accept(state: State, space: Space, rows: np.ndarray, party: int, offer_of: np.ndarray) -> None:
    """Party signs the standing package of the party `offer_of` int (n,) at `rows` (n,)."""
    state.signed[rows, offer_of, party] = True
    _settle(state, space, rows, offer_of, party)


def walk_out(state: State, space: Space, rows: np.ndarray, party: int) -> None:
    """Party leaves the talks at `rows` (n,)."""
    state.present[rows, party] = False
    state.standing[rows, party] = False
    state.standing[rows] &= ~state.needs[rows, :, party]
    state.signed[rows] &= state.standing[rows][:, :, None]
    over = rows[~can_agree(space, state.present[rows])]
    end(state, over, WALKED_OUT, party)


def can_agree(space: Space, present: np.ndarray) -> np.ndarray:
    """Whether those present (n, P) could sign a package: a level on every issue that needs none of the absent."""
    if space.scenario.protocol.consent != "needed":
        nobody = np.zeros((1, len(space.shape)), dtype=np.int16)  # the same signatures for every package
        return (present | ~space.needs(nobody)).all(axis=1) & (present.sum(axis=1) >= max(space.quorum, 2))
    possible = present.sum(axis=1) >= 2
    for i in range(len(space.shape)):
        needs = space.level_needs[space.offsets[i] : space.offsets[i + 1]]
        possible &= (~needs[None] | present[:, None, :]).all(axis=2).any(axis=1)
    return possible


def take_off(state: State, rows: np.ndarray, closed: np.ndarray, offsets: np.ndarray) -> None:
    """Levels `closed` bool (L,) are no longer possible at `rows`: packages on the table that hold one are off it."""
    state.closed[rows] |= closed
    for i, offset in enumerate(offsets[:-1]):
        state.standing[rows] &= ~closed[offset + state.offers[rows][:, :, i].astype(np.int64)]
    state.signed[rows] &= state.standing[rows][:, :, None]


def close_round(state: State) -> None:
    """After the last turn of a round: tables at their deadline end."""
    end(state, np.flatnonzero(state.running & (state.round >= state.deadline)), DEADLINE, -1)


def _settle(state: State, space: Space, rows: np.ndarray, offer_of: np.ndarray, signer: int) -> None:
    signed = state.signed[rows, offer_of]
    complete = (signed | ~state.needs[rows, offer_of]).all(axis=1)
    if space.quorum:
        complete &= signed.sum(axis=1) >= space.quorum
    done = rows[complete]
    state.agreed[done] = state.offers[done, offer_of[complete]]
    end(state, done, AGREEMENT, signer)


def end(state: State, rows: np.ndarray, how: int, by: int) -> None:
    """End the talks at those of `rows` that are running; `by` is a party or -1."""
    rows = rows[state.ended[rows] == RUNNING]
    state.ended[rows] = how
    state.by[rows] = by
    state.ended_round[rows] = state.round
    state.ended_turn[rows] = state.turn
