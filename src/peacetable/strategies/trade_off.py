"""Trade-off by similarity: Faratin, Sierra, Jennings, "Using similarity criteria to make issue trade-offs in automated
negotiations" (2002)."""

from __future__ import annotations

import numpy as np

from .base import Component, Others, Own, Param, Sight, in_any_order
from .choose import CHOICE, choose
from .history import latest, proposals


def likeness(own: Own) -> list[np.ndarray]:
    """How alike two levels of an issue are, one float (levels, levels) per issue: 1 less their distance as a share of
    the line where both stand on the issue's line, else whether they are the same."""
    result = []
    for levels, line in zip(own.public.space.shape, own.public.space.lines, strict=True):
        alike = np.eye(levels)
        k = np.arange(len(line))
        if line:
            alike[np.ix_(line, line)] = 1.0 - np.abs(k[:, None] - k[None, :]) / max(len(k) - 1, 1)
        result.append(alike)
    return result


def closeness(view: Sight, own: Own) -> np.ndarray:
    """Mean similarity float (n, r - 1) of the own and each other's latest proposals after each earlier round, all
    issues weighing the same; 0 while there are none."""
    past, made = proposals(view)
    past, made = past[:, :-1], made[:, :-1]
    n, rounds, parties = made.shape
    at = latest(made)
    held = past[np.arange(n)[:, None, None], np.maximum(at, 0), np.arange(parties)].astype(np.int64)
    found, count = np.zeros((n, rounds, parties)), np.zeros((n, rounds))
    for q in range(parties):
        if q == view.party:
            continue
        both = (at[:, :, q] >= 0) & (at[:, :, view.party] >= 0) & view.present[:, q, None]
        alike = np.zeros((n, rounds))
        for i, table in enumerate(likeness(own)):
            alike += table[held[:, :, view.party, i], held[:, :, q, i]]
        found[:, :, q] = np.where(both, alike / held.shape[3], 0.0)
        count += both
    total = np.zeros((n, rounds))
    for one in in_any_order(found):
        total += one
    return total / np.maximum(count, 1.0)


def wishes(view: Sight, own: Own, others: Others | None) -> np.ndarray:
    """What each party's latest proposal says it wants: float (n, P, L), likeness of each level to the one it proposed,
    times the issue's weight for it (from the opponent model: how far apart its levels are; without one, the same)."""
    offsets = own.public.offsets
    n, parties = view.proposals.shape
    result = np.zeros((n, parties, int(offsets[-1])))
    weights, total = [], np.zeros((n, parties))
    for start, end in zip(offsets[:-1], offsets[1:], strict=True):
        if others is None:
            weights.append(np.ones((n, parties)))
        else:
            block = others.estimate[:, :, start:end]
            weights.append(block.max(axis=2) - block.min(axis=2) + 1e-9)
        total += weights[-1]
    for i, table in enumerate(likeness(own)):
        alike = table[np.maximum(view.offers[:, :, i], 0).astype(np.int64)]
        result[:, :, offsets[i] : offsets[i + 1]] = alike * (weights[i] / total)[:, :, None]
    return result


def bid(
    view: Sight,
    own: Own,
    others: Others | None,
    draws: None,
    *,
    step: float,
    window: float,
    candidates: int,
    aim: str,
    steady: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Packages int16 (n, I) and their own utility float (n,).

    Keeps its aspiration and proposes, among own packages of that utility, the one most similar to what the others last
    proposed. In a deadlock (its and their proposals came no closer in a round in which another party proposed) the
    aspiration drops by `step`: the paper's smart strategy. Several opponents: `aim` says whose similarity counts, the
    mean of all by default.
    """
    close = closeness(view, own)
    said = proposals(view)[1][:, 1:-1] & view.present[:, None]
    said[:, :, view.party] = False
    # a round in which the others signed and proposed nothing shows no deadlock
    deadlocks = ((close[:, 1:] <= close[:, :-1]) & said.any(axis=2)).sum(axis=1)
    goal = np.maximum(own.best() - step * deadlocks, own.low())
    heard = view.present & (view.proposals > 0)
    public = own.public
    wanted = Others(public.offsets, wishes(view, own, others), view.party, heard, public.space.consent)
    return choose(own, goal, wanted, window, candidates, aim, steady)


TRADE_OFF = Component(
    name="trade_off",
    kind="bidding",
    summary="keeps its utility and seeks the package most like what the others proposed; yields in a deadlock",
    source="Faratin, Sierra, Jennings 2002",
    function=bid,
    params={"step": Param(0.05, 0.0, 1.0, "how far the aspiration drops in a deadlock"), **CHOICE},
    needs_history=True,
)
