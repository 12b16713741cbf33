"""Among own packages of like utility, the one the others should like best; shared by every bidding strategy."""

from __future__ import annotations

import numpy as np

from .base import AIMS, Others, Own, Param

CHOICE = {
    "window": Param(0.05, 0.0, 1.0, "how far above the target to look for what the others like better"),
    "candidates": Param(48, 1, 10_000, "most packages looked at in the window, from the target up"),
    "aim": Param(
        "mean", None, None, "whose liking counts: all others, the least happy, the next in the scenario's list", AIMS
    ),
    "steady": Param(0.0, 0.0, 1.0, "how much liking it forgoes to leave its last proposal as it was, on all issues"),
}


def choose(
    own: Own,
    goal: np.ndarray,
    others: Others | None,
    window: float,
    candidates: int,
    aim: str = "mean",
    steady: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Among own packages in [goal, goal + window] the one that the others should like best: packages (n, I), u (n,).

    `steady` times the share of issues that stay as in the own last proposal is added to what the others like.

    Without an opponent model, or with window 0, the lowest that reaches the goal (lowest number on ties).
    """
    if others is None or window <= 0:
        packages, u, _ = own.at_least(goal)
        return packages[:, 0], u[:, 0]
    packages, u, there = own.at_least(goal, window, candidates)
    score = others.score(packages, aim)
    if steady:
        score = score + steady * (packages == own.last[:, None]).mean(axis=2)
    pick = np.where(there, score, -np.inf).argmax(axis=1)
    rows = np.arange(len(pick))
    return packages[rows, pick], u[rows, pick]
