"""The rules of the table, readable in ten minutes.

Every party gets one turn a round. On its turn it proposes a package, signs one that is on the table, or leaves.
1. Each party may have one package on the table. Proposing replaces the own one (the same package again keeps its
   signatures) and takes off every other package that needs the proposer's signature: to counter is to reject.
2. A package is agreed as soon as every party whose signature it needs has signed it (and, under a quorum, enough
   parties have), but never by one party alone. Proposing is signing.
3. A party that leaves takes off its own package and all that need it, and its signatures. If those who stay could sign
   no package at all (one that breaks no rule, holds no level off the table and crosses none of their red lines), the
   talks end.
4. After the last round the talks end without agreement.

Under unanimity rule 1 leaves at most one package on the table: this is the stacked alternating offers protocol (SAOP)
of Aydogan, Festen, Hindriks and Jonker, "Alternating offers protocols for multilateral negotiation" (2017).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..scenario import Space, signable_count
from .state import AGREEMENT, DEADLINE, RUNNING, WALKED_OUT, State

# moves only when the same seed gives other tables; see CHANGELOG "Results change for the same seed"
RULES_VERSION = 5


def shift(state: State, rows: np.ndarray, change: np.ndarray | float, party: int | slice, version: int) -> None:
    """Add to what no agreement is worth to a party (or several) at the tables `rows`: like every utility it stays in
    [0, 1] (not yet before version 4 of the rules)."""
    shifted = state.reservation[rows, party] + change
    state.reservation[rows, party] = np.clip(shifted, 0.0, 1.0) if version >= 4 else shifted


def propose(state: State, space: Space, rows: np.ndarray, party: int, packages: np.ndarray) -> None:
    """Party puts `packages` int16 (n, I) on the table at `rows` (n,), increasing table numbers."""
    bit = 1 << party
    at = _index(state, rows)
    signatures = np.full(len(rows), bit, dtype=np.int64)
    own = np.flatnonzero(state.standing[at, party])
    if len(own):
        again = own[(packages[own] == state.offers[rows[own], party]).all(axis=1)]
        signatures[again] |= state.signed[rows[again], party]
    if len(state.tally) or len(state.past):
        _count(state, space, rows, party, packages)
    state.standing[at] &= (state.needs[at] & bit) == 0
    state.offers[at, party] = packages
    state.proposals[at, party] += 1
    state.needs[at, party] = space.need_bits(packages)
    state.standing[at, party] = True
    state.signed[at, party] = signatures
    _settle(state, space, rows, state.needs[at, party], signatures, packages, party)


def _index(state: State, rows: np.ndarray) -> np.ndarray | slice:
    """A slice where `rows` are all tables: the same cells, without the cost of gathering them."""
    return slice(None) if len(rows) == state.tables else rows


def _count(state: State, space: Space, rows: np.ndarray, party: int, packages: np.ndarray) -> None:
    if len(state.past):
        state.past[rows, state.round - 1, party] = packages
        state.since[rows, :, party] += 1
        state.since[rows, party] = 0
    if len(state.tally):
        earlier = (state.proposals[rows, party] > 0)[:, None]
        state.changed[rows, party] += (packages != state.offers[rows, party]) & earlier
        for i, offset in enumerate(space.offsets[:-1]):
            state.tally[rows, party, packages[:, i] + offset] += 1


def accept(state: State, space: Space, rows: np.ndarray, party: int, offer_of: np.ndarray) -> None:
    """Party signs the standing package of the party `offer_of` int (n,) at `rows` (n,)."""
    signatures = state.signed[rows, offer_of] | 1 << party
    state.signed[rows, offer_of] = signatures
    _settle(state, space, rows, state.needs[rows, offer_of], signatures, state.offers[rows, offer_of], party)


def walk_out(
    state: State,
    space: Space,
    rows: np.ndarray,
    party: int,
    red_lines: np.ndarray,
    refusals: Sequence[Sequence] = (),
    over: np.ndarray | None = None,
) -> None:
    """Party leaves the talks at `rows` (n,). `red_lines`: bool (P, L) and `refusals`: what each party never signs, as
    in Preferences; `over`: bool (n,) where the talks end with that, if minutes tell, else where those who stay can sign
    nothing."""
    state.present[rows, party] = False
    state.standing[rows, party] = False
    state.standing[rows] &= (state.needs[rows] & 1 << party) == 0
    state.signed[rows] &= ~(1 << party)
    if over is None:
        over = ~can_agree(space, state.present[rows], state.closed[rows], red_lines, refusals)
    end(state, rows[over], WALKED_OUT, party)


def can_agree(
    space: Space, present: np.ndarray, closed: np.ndarray, red_lines: np.ndarray, refusals: Sequence[Sequence] = ()
) -> np.ndarray:
    """Whether those present (n, P) could sign any package, bool (n,): one that breaks no rule, holds no level `closed`
    (n, L), crosses no red line (P, L) of those who would sign, and holds nothing that they refuse, `refusals` as in
    Preferences. Exact; True where that is too much to work out."""
    parties = present.shape[1]
    kinds, which = np.unique(np.concatenate([present, closed], axis=1), axis=0, return_inverse=True)
    counts = [signable_count(space, red_lines, kind[:parties], kind[parties:], refusals) for kind in kinds]
    return np.array([count != 0 for count in counts], dtype=bool)[which.reshape(-1)]


def take_off(state: State, rows: np.ndarray, closed: np.ndarray, offsets: np.ndarray) -> None:
    """Levels `closed` bool (L,) are no longer possible at `rows`: packages on the table that hold one are off it."""
    state.closed[rows] |= closed
    for i, offset in enumerate(offsets[:-1]):
        state.standing[rows] &= ~closed[offset + state.offers[rows][:, :, i].astype(np.int64)]


def close_round(state: State) -> None:
    """After the last turn of a round: tables at their deadline end."""
    end(state, np.flatnonzero(state.running & (state.round >= state.deadline)), DEADLINE, -1)


def _settle(
    state: State,
    space: Space,
    rows: np.ndarray,
    needs: np.ndarray,
    signed: np.ndarray,
    packages: np.ndarray,
    signer: int,
) -> None:
    complete = (needs & ~signed) == 0
    if not complete.any():
        return
    complete &= count_bits(signed, state.present.shape[1]) >= space.signatures
    done = rows[complete]
    state.agreed[done] = packages[complete]
    end(state, done, AGREEMENT, signer)


def count_bits(bits: np.ndarray, most: int) -> np.ndarray:
    """How many of the lowest `most` bits are set, int64 (...)."""
    return sum((bits >> p & 1 for p in range(most)), np.zeros_like(bits))


def end(state: State, rows: np.ndarray, how: int, by: int) -> None:
    """End the talks at those of `rows` that are running; `by` is a party or -1."""
    rows = rows[state.ended[rows] == RUNNING]
    state.ended[rows] = how
    state.by[rows] = by
    state.ended_round[rows] = state.round
    state.ended_turn[rows] = state.turn
