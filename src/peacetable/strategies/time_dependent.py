"""Time-dependent bidding: Faratin, Sierra, Jennings, "Negotiation decision functions for autonomous agents" (1998)."""

from __future__ import annotations

import numpy as np

from .base import Component, Others, Own, Param, View


def target(view: View, own: Own, exponent: float) -> np.ndarray:
    """Aspiration float (n,): lo + (hi - lo)(1 - t ** exponent), from the best own package down to the reservation.

    t is the share of the talks that is over; lo the larger of the worst own package and the reservation value.
    exponent > 1 concedes late (boulware; it is 1/beta in the paper), 1 linearly, < 1 early (conceder).
    """
    high = own.best()
    low = np.minimum(np.maximum(own.worst(), own.reservation), high)
    return low + (high - low) * (1.0 - view.time**exponent)


def choose(own: Own, goal: np.ndarray, others: Others | None, window: float, candidates: int):
    """Among own packages in [goal, goal + window] the one that the others should like best: packages (n, I), u (n,).

    Without an opponent model, or with window 0, the lowest that reaches the goal (lowest number on ties).
    """
    if others is None or window <= 0:
        packages, u, _ = own.at_least(goal)
        return packages[:, 0], u[:, 0]
    packages, u, there = own.at_least(goal, window, candidates)
    pick = np.where(there, others.score(packages), -np.inf).argmax(axis=1)
    rows = np.arange(len(pick))
    return packages[rows, pick], u[rows, pick]


def bid(view: View, own: Own, others: Others | None, draws, *, exponent: float, window: float, candidates: int):
    """Packages int16 (n, I) to propose and their own utility float (n,)."""
    return choose(own, target(view, own, exponent), others, window, candidates)


TIME_DEPENDENT = Component(
    name="time_dependent",
    kind="bidding",
    summary="concedes with time from the best package to the reservation value; exponent > 1 late, 1 linear, < 1 early",
    source="Faratin, Sierra, Jennings 1998",
    function=bid,
    params={
        "exponent": Param(3.0, 0.01, 100.0, "shape of the concession: above 1 boulware, 1 linear, below 1 conceder"),
        "window": Param(0.05, 0.0, 1.0, "how far above the target to look for what the others like better"),
        "candidates": Param(48, 1, 1000, "most packages looked at in the window"),
    },
)
