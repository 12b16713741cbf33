"""Mediated single text: a mediator amends one draft, the parties vote on each amendment.

Fisher's one-text procedure in the form of Klein, Faratin, Sayama and Bar-Yam, "Negotiating complex contracts" (2003):
the draft changes by small steps, each taken only if all whose consent is needed vote for it. In the last round the
draft itself is put to the vote; voting for it is signing it.

1. A round opens with an amendment: the draft with one issue changed. The mediator is a party (its turn comes first) or
   a neutral chair. In the last round nothing is amended.
2. All others who are present vote, without seeing each other's votes; in the last round the mediator with them. The
   absent vote against, and so does who lets the draft stand as it is.
3. Then the amendment becomes the draft if the votes it needs were cast for it; in the last round the draft is agreed,
   or the talks end without agreement.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..scenario import Space, cells
from ..scenario.nearest import cheapest
from .attempt import Attempt
from .moves import PROPOSE, SIGN, STAND, WALK_OUT, Main, Moves, Propose, Sign, Stand, WalkOut, single
from .protocol import Draw, Step, Table, Told
from .record import Kind
from .rules import agree, bits, run_out
from .state import State

NAME = "single_text"
ABOUT = "a mediator amends one draft and all vote on each amendment"
STORY = "a mediator changes one draft, and every party votes for or against it"
SETTINGS: tuple[str, ...] = ("mediator", "temperature", "draft")
ONE_TEXT = True
REPAIRS = 100  # changes by chance that a first draft is given to keep the rules


def steps(parties: int, mediator: int) -> tuple[Step, ...]:
    """The mediator's amendment, then the votes; with a neutral chair the votes alone."""
    vote = Step("vote", tuple(range(parties)))
    return (Step("amend", (0,)), vote) if mediator >= 0 else (vote,)


def seated(order: np.ndarray, mediator: int) -> np.ndarray:
    """The mediator comes first."""
    if mediator < 0:
        return order
    return np.take_along_axis(order, np.argsort(order != mediator, axis=-1, kind="stable"), axis=-1)


def begin(table: Table, state: State, draw: Draw) -> np.ndarray | None:
    """The first draft: the scenario's, or one made from what is public. Raises ValueError where no package is
    feasible."""
    if table.scenario.protocol.draft:
        state.draft[:] = table.space.packaged(table.scenario.protocol.draft)
    else:
        public = cells(table.scenario)
        draws = draw(0, 2 * REPAIRS, np.arange(state.tables))
        own = table.red_lines
        state.draft[:] = first_draft(table.space, public.value, public.red_line, own, draws, table.refusals)
    return state.draft.copy()


def open_round(state: State) -> None:
    """A round starts with nothing amended and nobody for it."""
    state.amendment[:] = state.draft
    state.votes[:] = False
    state.adopted[:] = False


def chair(table: Table, state: State, draw: Draw) -> tuple[np.ndarray, np.ndarray] | None:
    """A neutral chair takes the first amendment by chance that changes something."""
    rows = np.flatnonzero(state.running & (state.round < state.deadline))
    if table.mediator >= 0 or not len(rows):
        return None
    found = amendments(state, table.space, rows, draw)
    changes = (found != state.draft[rows][:, None]).any(axis=2)
    return rows, found[np.arange(len(rows)), changes.argmax(axis=1)]


def may_move(state: State, step: Step, party: int, mediator: int) -> np.ndarray | bool:
    """The mediator amends but in the last round; all others vote, in the last round the mediator too."""
    last = state.round >= state.deadline
    return ~last if step.kind == "amend" else last | (party != mediator)


def possible(state: State, step: Step, row: int, party: int, mediator: int) -> tuple[Kind, ...]:
    """The moves that a party has at one table."""
    return (Kind.PROPOSE if step.kind == "amend" else Kind.SIGN, Kind.STAND, Kind.WALK_OUT)


def check(attempt: Attempt, move: Main) -> Moves:
    """A person's move as arrays: the mediator amends, all others vote; the last round is a vote. Raises Refusal."""
    s, row = attempt.state, attempt.row
    if isinstance(move, WalkOut | Stand):
        return single(WALK_OUT if isinstance(move, WalkOut) else STAND, attempt.nothing)
    amends = attempt.party == attempt.mediator and s.round < s.deadline[row]
    if amends and isinstance(move, Propose):
        return single(PROPOSE, attempt.own("put this amendment to the vote", move.package))
    if amends:
        what, why = "vote now", "it mediates and has to put an amendment to the vote, or let the draft stand"
        raise attempt.refusal("not_possible", what, why, "amend, let it stand, walk out")
    if not isinstance(move, Sign):
        raise attempt.refusal("not_possible", "amend the draft", "the mediator does", "vote for, vote against")
    if s.closed[row, attempt.space.offsets[:-1] + s.amendment[row]].any():
        why = "an event took one of its levels off the table"
        raise attempt.refusal("no_package", "vote for this", why, "vote against")
    objection = attempt.objection(s.amendment[row])
    if objection is not None:
        raise attempt.refusal("refused", "vote for this", objection[0], "vote against")
    return single(SIGN, attempt.nothing)


def apply(state: State, space: Space, rows: np.ndarray, party: int, moves: Moves) -> None:
    """The party amends, which is voting for it, or votes."""
    amended = moves.kind == PROPOSE
    if amended.any():
        amend(state, rows[amended], moves.package[amended])
    state.votes[rows, party] = amended | (moves.kind == SIGN)


def close_step(state: State, space: Space, step: Step, last: bool) -> None:
    """Count the votes at all running tables."""
    if not last:
        return
    rows = np.flatnonzero(state.running)
    for_it = state.votes[rows] & state.present[rows]
    accepted = space.consent.voted_enough(for_it, space.consent.needs(state.amendment[rows]))
    state.adopted[rows] = accepted
    adopted = rows[accepted]
    state.draft[adopted] = state.amendment[adopted]
    signed = accepted & final(state, rows)
    agree(state, rows[signed], state.draft[rows[signed]], bits(state.votes[rows[signed]]), -1)
    run_out(state, rows)


def told(state: State, row: int) -> Told:
    """The draft, the amendment and who has voted for it in a step that is over."""
    draft, amendment = (tuple(text[row].tolist()) for text in (state.draft, state.amendment))
    return Told({}, draft, amendment, tuple(np.flatnonzero(state.votes[row]).tolist()), bool(state.adopted[row]))


def package_of(state: State, row: int, moves: Moves, n: int) -> np.ndarray | None:
    """The package that move n is about, (I,)."""
    kind = moves.kind[n]
    return None if kind == WALK_OUT else moves.package[n] if kind == PROPOSE else state.amendment[row]


# amendments that are looked at each round
CANDIDATES = 8


def first_draft(
    space: Space,
    public: np.ndarray,
    red_lines: np.ndarray,
    own: np.ndarray,
    draws: np.ndarray,
    refused: Sequence[Sequence] = (),
) -> np.ndarray:
    """A feasible draft from what is public, int16 (n, I): on every issue the level with the highest mean of the public
    values (P, L), passing over levels (P, L) that are anybody's red line where others are left, and first of all over
    what the mediator never signs, `own` bool (L,). It is repaired by chance, `draws` (n, 2 K), where it breaks a rule,
    holds such a level or what the mediator refuses together, `refused` as `Space.tests` has it; after K repairs in
    vain, it is of all feasible packages the one that has the fewest such levels, then the highest sum of those means,
    then the most of the levels first chosen. Raises ValueError if none is feasible."""
    # in the order of values, so that the sum does not depend on the order of parties
    mean = np.sort(public, axis=0).mean(axis=0) - red_lines.any(axis=0) - own
    ends = list(zip(space.offsets[:-1], space.offsets[1:], strict=True))
    draft = np.array([mean[a:b].argmax() for a, b in ends])
    drafts = np.repeat(draft[None].astype(np.int16), len(draws), axis=0)
    crossed = [own[a:b] & (not own[a:b].all()) for a, b in ends]  # where no level is left, none is better

    def good() -> np.ndarray:
        ok = space.feasible(drafts)
        for i, levels in enumerate(crossed):
            ok &= ~levels[drafts[:, i]]
        for tests in refused:
            ok &= ~space.hold(tests, drafts)
        return ok

    for k in range(0, draws.shape[1], 2):
        broken = np.flatnonzero(~good())
        if not len(broken):
            return drafts
        drafts[broken] = mutate(space, drafts[broken], draws[broken, k : k + 2])
    broken = np.flatnonzero(~good())
    if len(broken):
        best = np.repeat(mean[space.offsets[:-1] + draft], space.shape)
        loss = np.rint((best - mean) * 1e6).astype(np.int64).astype(object) * 10**6
        loss += np.concatenate([np.arange(b - a) != k for (a, b), k in zip(ends, draft, strict=True)]).astype(int)
        found = cheapest(space, loss + np.concatenate(crossed).astype(object) * 10**20, draws[broken])
        if found is None:
            raise ValueError("no package is feasible")
        drafts[broken] = found
    return drafts


def mutate(space: Space, drafts: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """The drafts (n, I) with one issue moved to another of its levels, both by `draws` float (n, 2)."""
    shape = np.array(space.shape)
    issue = (draws[:, 0] * len(shape)).astype(np.int64)
    steps = 1 + (draws[:, 1] * (shape[issue] - 1)).astype(np.int64)
    amended = drafts.copy()
    rows = np.arange(len(drafts))
    amended[rows, issue] = (drafts[rows, issue] + steps) % shape[issue]
    return amended


def amendments(state: State, space: Space, rows: np.ndarray, draw: Draw) -> np.ndarray:
    """Drafts with one issue changed by chance; where that breaks a rule, the draft itself."""
    drafts, draws = state.draft[rows], draw(state.round, 2 * CANDIDATES, rows)
    found = []
    for k in range(0, draws.shape[1], 2):
        amended = mutate(space, drafts, draws[:, k : k + 2])
        found.append(np.where(space.feasible(amended)[:, None], amended, drafts))
    return np.stack(found, axis=1)


def amend(state: State, rows: np.ndarray, packages: np.ndarray) -> None:
    """Put amendments (n, I) to the vote at the tables `rows`."""
    state.amendment[rows] = packages
    state.votes[rows] = False


def final(state: State, rows: np.ndarray) -> np.ndarray:
    """In the last round the draft itself is voted on."""
    return state.round >= state.deadline[rows]
