"""What holds under every protocol, readable in ten minutes; what differs stands in a module for each protocol.

1. A package is agreed as soon as the consent rule is met: every party whose signature it needs has signed it (and,
   under a quorum, enough parties have), but never by one party alone.
2. A party that leaves takes its own package and all that need it off the table, and its signatures. If those who stay
   could sign no package at all (one that breaks no rule, holds no level off the table and crosses none of their red
   lines), the talks end.
3. An event can move the deadline, and take levels off the table with every package that holds one.
4. After the last round the talks end without agreement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..scenario import Event, Space, signable_count
from .state import AGREEMENT, DEADLINE, RUNNING, WALKED_OUT, State

# moves only when the same seed gives other tables; see CHANGELOG "Results change for the same seed"
RULES_VERSION = 6


def shift(state: State, rows: np.ndarray, change: np.ndarray | float, party: int | slice, version: int) -> None:
    """Add to what no agreement is worth to a party (or several) at the tables `rows`: like every utility it stays in
    [0, 1] (not yet before version 4 of the rules)."""
    shifted = state.reservation[rows, party] + change
    state.reservation[rows, party] = np.clip(shifted, 0.0, 1.0) if version >= 4 else shifted


def walk_out(state: State, rows: np.ndarray, party: int, hopeless: Callable[[np.ndarray], np.ndarray]) -> None:
    """Party leaves the talks at `rows` (n,). `hopeless`: says at which of some tables those who stay can sign nothing,
    bool (n,): there the talks end."""
    state.present[rows, party] = False
    state.standing[rows, party] = False
    state.standing[rows] &= (state.needs[rows] & 1 << party) == 0
    state.signed[rows] &= ~(1 << party)
    end(state, rows[hopeless(rows)], WALKED_OUT, party)


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


def happen(state: State, space: Space, rows: np.ndarray, event: Event) -> None:
    """What everybody sees of an event at `rows`: the deadline moves, levels go off the table."""
    state.deadline[rows] = np.maximum(state.deadline[rows] + event.rounds, state.round)
    if event.close and len(rows):
        take_off(state, rows, closing(space, event), space.offsets)


def closing(space: Space, event: Event) -> np.ndarray:
    """The levels that an event closes, bool (L,)."""
    columns = np.zeros(int(space.offsets[-1]), dtype=bool)
    for i, wanted in space.tests(event.close):
        columns[space.offsets[i] : space.offsets[i + 1]] |= wanted
    return columns


def take_off(state: State, rows: np.ndarray, closed: np.ndarray, offsets: np.ndarray) -> None:
    """Levels `closed` bool (L,) are no longer possible at `rows`: packages on the table that hold one are off it."""
    state.closed[rows] |= closed
    for i, offset in enumerate(offsets[:-1]):
        state.standing[rows] &= ~closed[offset + state.offers[rows][:, :, i].astype(np.int64)]


def agree(state: State, rows: np.ndarray, packages: np.ndarray, signatures: np.ndarray, by: int) -> None:
    """`packages` (n, I) are agreed at `rows`, with the `signatures` int64 (n,); `by` was the last to sign, or -1."""
    state.agreed[rows] = packages
    state.signatures[rows] = signatures
    end(state, rows, AGREEMENT, by)


def run_out(state: State, rows: np.ndarray) -> None:
    """No time is left at those of `rows` that have got to their last round."""
    end(state, rows[state.round >= state.deadline[rows]], DEADLINE, -1)


def end(state: State, rows: np.ndarray, how: int, by: int) -> None:
    """End the talks at those of `rows` that are running; `by` is a party or -1."""
    rows = rows[state.ended[rows] == RUNNING]
    state.ended[rows] = how
    state.by[rows] = by
    state.ended_round[rows] = state.round
    state.ended_turn[rows] = state.turn


def bits(flags: np.ndarray) -> np.ndarray:
    """Flags (..., P) as int64 (...), bit p for flag p."""
    power = 1 << np.arange(flags.shape[-1], dtype=np.int64)
    return (flags * power).sum(axis=-1)
