"""The two ends of the scale, for comparison: a delegation without a plan, and one without concessions."""

from __future__ import annotations

import numpy as np

from .base import Component, Others, Own, Sight


def random_bid(view: Sight, own: Own, others: Others | None, draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Any own package at or above the reservation value, each equally likely: packages (n, I), their utility (n,)."""
    return own.pick(draws[:, 0], own.reservation)


def best_bid(view: Sight, own: Own, others: Others | None, draws: None) -> tuple[np.ndarray, np.ndarray]:
    """The best own package, always: packages (n, I), their utility (n,)."""
    return own.nth_best(np.zeros(len(own.rows), dtype=np.int64))


ZERO_INTELLIGENCE = Component(
    "zero_intelligence", "bidding", "proposes any package that is no worse for it than no agreement, at random",
    "Gode, Sunder 1993", random_bid, needs_chance=True,
)  # fmt: skip
HARD_LINER = Component(
    "hard_liner", "bidding", "proposes its best package in every round", "Baarslag, Hindriks, Jonker 2013", best_bid
)
