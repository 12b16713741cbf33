"""Mediated single text: a mediator amends one draft, the parties vote on each amendment.

Fisher's one-text procedure in the form of Klein, Faratin, Sayama and Bar-Yam, "Negotiating complex contracts" (2003):
the draft changes by small steps, each taken only if all whose consent is needed vote for it. In the last round the
draft itself is put to the vote; voting for it is signing it.

1. A round opens with an amendment: the draft with one issue changed. The mediator is a party (its turn comes first) or
   a neutral chair. In the last round nothing is amended.
2. Every party present votes once. The absent vote against.
3. At the end of the round the amendment becomes the draft if the votes it needs were cast for it; in the last round the
   draft is agreed, or the talks end without agreement.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..scenario import Space, carried
from ..scenario.nearest import cheapest
from .rules import end
from .state import AGREEMENT, DEADLINE, State


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
    mean = public.mean(axis=0) - red_lines.any(axis=0) - own
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


def candidates(space: Space, drafts: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """K amendments of each draft, int16 (n, K, I), from `draws` (n, 2 K); a breach of rules is the draft itself."""
    found = []
    for k in range(0, draws.shape[1], 2):
        amended = mutate(space, drafts, draws[:, k : k + 2])
        found.append(np.where(space.feasible(amended)[:, None], amended, drafts))
    return np.stack(found, axis=1)


def amend(state: State, rows: np.ndarray, packages: np.ndarray) -> None:
    """Put amendments (n, I) to the vote at the tables `rows`."""
    state.amendment[rows] = packages
    state.votes[rows] = False


def vote(state: State, rows: np.ndarray, party: int, favour: bool) -> None:
    """The party votes at the tables `rows`."""
    state.votes[rows, party] = favour


def final(state: State, rows: np.ndarray) -> np.ndarray:
    """Whether this is the round in which the draft itself is voted on: bool (n,)."""
    return state.round >= state.deadline[rows]


def close_round(state: State, space: Space) -> None:
    """Count the votes of the round at all running tables."""
    rows = np.flatnonzero(state.running)
    for_it = state.votes[rows] & state.present[rows]
    accepted = carried(for_it, space.needs(state.amendment[rows]), space.votes)
    last = final(state, rows)
    adopted = rows[accepted]
    state.draft[adopted] = state.amendment[adopted]
    signed = rows[accepted & last]
    state.agreed[signed] = state.draft[signed]
    end(state, signed, AGREEMENT, -1)
    end(state, rows[~accepted & last], DEADLINE, -1)
