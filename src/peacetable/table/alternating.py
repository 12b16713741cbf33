"""Alternating offers. Every party gets one turn a round; on its turn it proposes a package, signs one that is on the
table, lets everything stand, or leaves.

1. Each party may have one package on the table. Proposing replaces the own one (the same package again keeps its
   signatures) and takes off every other package that needs the proposer's signature: to counter is to reject.
2. Proposing is signing. A package is agreed with the last signature it takes.

Under unanimity rule 1 leaves at most one package on the table: this is the stacked alternating offers protocol (SAOP)
of Aydogan, Festen, Hindriks and Jonker, "Alternating offers protocols for multilateral negotiation" (2017).
"""

from __future__ import annotations

import numpy as np

from ..scenario import Space
from .attempt import Attempt
from .moves import PROPOSE, SIGN, STAND, WALK_OUT, Main, Moves, Propose, Sign, Stand, WalkOut, single
from .protocol import Draw, Step, Table, Told
from .record import Kind
from .rules import agree, run_out
from .state import State

NAME = "alternating_offers"
ABOUT = "each party in its turn proposes, signs or leaves"
STORY = "every party proposes a package, signs one, or leaves"
SETTINGS: tuple[str, ...] = ()
ONE_TEXT = False


def steps(parties: int, mediator: int) -> tuple[Step, ...]:
    """A step for each party."""
    return tuple(Step("turn", (place,)) for place in range(parties))


def seated(order: np.ndarray, mediator: int) -> np.ndarray:
    """As the order of the scenario has it."""
    return order


def begin(table: Table, state: State, draw: Draw) -> np.ndarray | None:
    """The table is empty at first."""
    return None


def open_round(state: State) -> None:
    """Packages stay on the table from round to round."""


def chair(table: Table, state: State, draw: Draw) -> tuple[np.ndarray, np.ndarray] | None:
    """Nobody but the parties puts anything on the table."""
    return None


def amend(state: State, rows: np.ndarray, packages: np.ndarray) -> None:
    """Never called, since there is no chair."""


def amendments(state: State, space: Space, rows: np.ndarray, draw: Draw) -> np.ndarray:
    """There is no text to amend."""
    return state.offers[rows, :0]


def final(state: State, rows: np.ndarray) -> np.ndarray:
    """There is no text to vote on."""
    return np.zeros(len(rows), dtype=bool)


def may_move(state: State, step: Step, party: int, mediator: int) -> np.ndarray | bool:
    """Whoever has the turn may move."""
    return True


def open_to(state: State, row: int, party: int) -> list[int]:
    """Whose packages the party could sign at one table."""
    unsigned = state.standing[row] & (state.signed[row] >> party & 1 == 0)
    return [q for q in np.flatnonzero(unsigned).tolist() if q != party]


def possible(state: State, step: Step, row: int, party: int, mediator: int) -> tuple[Kind, ...]:
    """The moves that a party has at one table, in its turn."""
    sign = (Kind.SIGN,) if open_to(state, row, party) else ()
    return (Kind.PROPOSE, *sign, Kind.STAND, Kind.WALK_OUT)


def check(attempt: Attempt, move: Main) -> Moves:
    """A person's move as arrays. Raises Refusal."""
    state, row, index = attempt.state, attempt.row, attempt.party
    if isinstance(move, WalkOut | Stand):
        return single(WALK_OUT if isinstance(move, WalkOut) else STAND, attempt.nothing)
    if isinstance(move, Propose):
        return single(PROPOSE, attempt.own("propose this package", move.package))
    refused = move.offer_of if isinstance(move, Sign) else ""
    names = [name for q in open_to(state, row, index) if (name := attempt.parties[q]) != refused]
    there = f"propose, let everything stand, walk out{', sign ' + ' or '.join(names) if names else ''}"
    if not isinstance(move, Sign):
        raise attempt.refusal("not_possible", "do this", f"{move!r} is no move", there)
    q = attempt.index(move.offer_of)
    whose = attempt.labels[q]
    if not state.standing[row, q]:
        raise attempt.refusal("no_package", "sign", f"{whose} has no package on the table", there)
    if q == index or state.signed[row, q] >> index & 1:
        raise attempt.refusal("signed", f"sign the package of {whose}", "it has signed it already", there)
    why = attempt.objection(state.offers[row, q])
    if why is not None:
        raise attempt.refusal("refused", f"sign the package of {whose}", why[0], there)
    return single(SIGN, attempt.nothing, q)


def apply(state: State, space: Space, rows: np.ndarray, party: int, moves: Moves) -> None:
    """The party proposes, signs or lets stand at the tables `rows`, increasing."""
    if not moves.kind.any():  # the common case: everybody proposes
        propose(state, space, rows, party, moves.package)
        return
    at = moves.kind == SIGN
    if at.any():
        sign(state, space, rows[at], party, moves.offer_of[at])
    at = moves.kind == PROPOSE
    if at.any():
        propose(state, space, rows[at], party, moves.package[at])


def close_step(state: State, space: Space, step: Step, last: bool) -> None:
    """After the last turn of a round: tables at their deadline end."""
    if last:
        run_out(state, np.flatnonzero(state.running))


def told(state: State, row: int) -> Told:
    """The packages on the table."""
    offers = {
        q: (tuple(state.offers[row, q].tolist()), int(state.signed[row, q]), int(state.needs[row, q]))
        for q in np.flatnonzero(state.standing[row]).tolist()
    }
    return Told(offers)


def package_of(state: State, row: int, moves: Moves, n: int) -> np.ndarray | None:
    """The package that move n is about, (I,)."""
    kind = moves.kind[n]
    if kind == SIGN:
        return state.offers[row, moves.offer_of[n]]
    return moves.package[n] if kind == PROPOSE else None


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
    state.needs[at, party] = space.consent.need_bits(packages)
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


def sign(state: State, space: Space, rows: np.ndarray, party: int, offer_of: np.ndarray) -> None:
    """Party signs the standing package of the party `offer_of` int (n,) at `rows` (n,)."""
    signatures = state.signed[rows, offer_of] | 1 << party
    state.signed[rows, offer_of] = signatures
    _settle(state, space, rows, state.needs[rows, offer_of], signatures, state.offers[rows, offer_of], party)


def _settle(
    state: State,
    space: Space,
    rows: np.ndarray,
    needs: np.ndarray,
    signed: np.ndarray,
    packages: np.ndarray,
    signer: int,
) -> None:
    complete = space.consent.signed_enough_bits(signed, needs)
    if complete.any():
        agree(state, rows[complete], packages[complete], signed[complete], signer)
