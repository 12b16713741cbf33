"""Acceptance conditions: Baarslag, Hindriks and Jonker, "Acceptance conditions in automated negotiation" (2013)."""

from __future__ import annotations

import numpy as np

from .base import Component, Own, Param, View


def ac_next(view: View, own: Own, u_offer: np.ndarray, u_bid: np.ndarray, draws, *, alpha: float, beta: float):
    """AC_next(alpha, beta): sign when alpha u(offer) + beta >= u(own next bid). bool (n,)."""
    return alpha * u_offer + beta >= u_bid


AC_NEXT = Component(
    name="ac_next",
    kind="acceptance",
    summary="signs what is at least as good as its own next proposal",
    source="Baarslag, Hindriks, Jonker 2013",
    function=ac_next,
    params={
        "alpha": Param(1.0, 0.0, 10.0, "factor on the offer's utility"),
        "beta": Param(0.0, -1.0, 1.0, "added to the offer's utility"),
    },
)
