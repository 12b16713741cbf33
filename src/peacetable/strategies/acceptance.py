"""Acceptance conditions: Baarslag, Hindriks, Jonker, "Acceptance conditions in automated negotiation" (2013).

Each returns bool (n,): sign the standing offer worth `u_offer` (n,) to the party (the best one, where several stand),
when its own next proposal would be worth `u_bid` (n,). Whatever they say, nothing below the reservation value and
nothing that crosses an own red line is signed.
"""

from __future__ import annotations

import numpy as np

from .base import Component, Own, Param, Sight
from .history import own_utility, proposals

SOURCE = "Baarslag, Hindriks, Jonker 2013"
ALPHA = Param(1.0, 0.0, 10.0, "factor on the offer's utility")
BETA = Param(0.0, -1.0, 1.0, "added to the offer's utility")
# not in the paper, whose talks have thousands of rounds: in few rounds the last counter-proposal comes too late
FINAL = Param(0, 0, 1000, "in so many last rounds it signs anything it may")


def ac_next(
    view: Sight,
    own: Own,
    u_offer: np.ndarray,
    u_bid: np.ndarray,
    draws: None,
    *,
    alpha: float,
    beta: float,
    final: int,
) -> np.ndarray:
    """AC_next(alpha, beta): sign when alpha u(offer) + beta >= u(own next bid); in the last `final` rounds anything."""
    return (alpha * u_offer + beta >= u_bid) | (view.deadline - view.round < final)


def ac_const(view: Sight, own: Own, u_offer: np.ndarray, u_bid: np.ndarray, draws: None, *, least: float) -> np.ndarray:
    """AC_const(alpha): sign when u(offer) >= `least`."""
    return u_offer >= least


def ac_time(view: Sight, own: Own, u_offer: np.ndarray, u_bid: np.ndarray, draws: None, *, time: float) -> np.ndarray:
    """AC_time(T): sign anything once the share `time` of the talks is over."""
    return view.time >= time


def ac_combi(
    view: Sight, own: Own, u_offer: np.ndarray, u_bid: np.ndarray, draws: None, *, alpha: float, beta: float,
    final: int, time: float,
) -> np.ndarray:  # fmt: skip
    """AC_combi(T, MAX_W): AC_next, or, once the share `time` of the talks is over, no proposal of another party in the
    past as long as what is left was worth more.

    With r rounds left after this one, the past r + 1 rounds, this one among them, are looked at.
    """
    sign = ac_next(view, own, u_offer, u_bid, draws, alpha=alpha, beta=beta, final=final)
    late = (view.time >= time) & ~sign
    if not late.any():
        return sign
    left = np.maximum(view.deadline - view.round, 0)
    first = max(view.round - int(left[late].max()), 1)
    past, made = (x[:, first - 1 :] for x in proposals(view))
    recent = made & (np.arange(first, view.round + 1)[None, :] >= (view.round - left)[:, None])[:, :, None]
    recent &= ~own.vetoed(past)
    recent[:, :, view.party] = False
    return sign | (late & (u_offer >= own_utility(own, past, recent, -1.0).max(axis=(1, 2))))


AC_NEXT = Component(
    "ac_next", "acceptance", "signs what is at least as good as its own next proposal", SOURCE, ac_next,
    {"alpha": ALPHA, "beta": BETA, "final": FINAL},
)  # fmt: skip
AC_CONST = Component(
    "ac_const", "acceptance", "signs what is worth at least a fixed utility", SOURCE, ac_const,
    {"least": Param(0.8, 0.0, 1.0, "utility from which on it signs")},
)  # fmt: skip
AC_TIME = Component(
    "ac_time", "acceptance", "signs anything late in the talks, nothing before", SOURCE, ac_time,
    {"time": Param(0.9, 0.0, 1.0, "share of the talks after which it signs")},
)  # fmt: skip
AC_COMBI = Component(
    "ac_combi", "acceptance", "ac_next; late in the talks also the best offer of a window as long as what is left",
    SOURCE, ac_combi,
    {
        "alpha": ALPHA,
        "beta": BETA,
        "final": FINAL,
        "time": Param(0.9, 0.0, 1.0, "share of the talks after which it signs the best recent offer"),
    },
    needs_history=True,
)  # fmt: skip
