"""Time-dependent bidding: Faratin, Sierra, Jennings, "Negotiation decision functions for autonomous agents" (1998).

The paper's function alpha(t) says what share of the way from the best own package down to the least acceptable one is
conceded at time t; t is the share of the talks that is over, round / (deadline + 1). `exponent` is 1 / beta of the
paper: above 1 boulware (concedes late), 1 linear, below 1 conceder (early).
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from ..table.view import over_time
from .base import Component, Others, Own, Param, Sight
from .choose import CHOICE, choose

EXPONENT = Param(3.0, 0.01, 100.0, "shape of the concession: above 1 boulware, 1 linear, below 1 conceder")

EARLY = Param(0, 0, 1000, "so many rounds before the end plus one all is conceded; 1: in the last round")


def target(view: Sight, own: Own, exponent: float, early: int = 0) -> np.ndarray:
    """Aspiration float (n,): lo + (hi - lo)(1 - t ** exponent), from the best own package down to the reservation.

    t is the share of the talks that is over, round / (deadline + 1 - early), at most 1; lo the larger of the worst own
    package and the reservation value.
    """
    high, low = own.best(), own.low()
    time = view.time if early == 0 else np.minimum(view.round / np.maximum(view.deadline + 1.0 - early, 1.0), 1.0)
    return low + (high - low) * (1.0 - over_time(time, lambda t: t**exponent))


def exponential_target(view: Sight, own: Own, exponent: float, initial: float) -> np.ndarray:
    """Aspiration float (n,): hi - (hi - lo) exp((1 - t) ** (1 / exponent) ln initial). `initial` is kappa of the paper,
    the share of the way conceded at time 0."""
    high, low = own.best(), own.low()
    share = over_time(view.time, lambda t: math.exp((1.0 - t) ** (1.0 / exponent) * math.log(initial)))
    return high - (high - low) * share


def bid(
    view: Sight, own: Own, others: Others | None, draws: None, *, exponent: float, early: int = 0, window: float,
    candidates: int, aim: str, steady: float,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Packages int16 (n, I) to propose and their own utility float (n,)."""
    return choose(own, target(view, own, exponent, early), others, window, candidates, aim, steady)


def bid_exponential(
    view: Sight, own: Own, others: Others | None, draws: None, *, exponent: float, initial: float, window: float,
    candidates: int, aim: str, steady: float,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """As `bid`, with the paper's exponential form."""
    return choose(own, exponential_target(view, own, exponent, initial), others, window, candidates, aim, steady)


TIME_DEPENDENT = Component(
    name="time_dependent",
    kind="bidding",
    summary="concedes with time from the best package to the reservation value; exponent > 1 late, 1 linear, < 1 early",
    source="Faratin, Sierra, Jennings 1998, polynomial form",
    function=bid,
    params={"exponent": EXPONENT, "early": EARLY, **CHOICE},
)
EXPONENTIAL = Component(
    name="exponential",
    kind="bidding",
    summary="concedes with time as time_dependent does, by the exponential form: later, then faster",
    source="Faratin, Sierra, Jennings 1998, exponential form",
    function=bid_exponential,
    params={
        "exponent": Param(1.0, 0.01, 100.0, EXPONENT.about),
        "initial": Param(0.01, 0.0001, 1.0, "share of the way conceded at the very start (kappa)"),
        **CHOICE,
    },
)


def _preset(name: str, exponent: float, summary: str) -> Component:
    return Component(
        name, "bidding", summary, f"Faratin, Sierra, Jennings 1998, exponent {exponent:g}",
        partial(bid, exponent=exponent), CHOICE,
    )  # fmt: skip


# beta 0.2, 1 and 2, as in the experiments with these names in the literature (Baarslag et al. 2013 among others)
BOULWARE = _preset("boulware", 5.0, "time_dependent with exponent 5: holds out, then concedes near the end")
LINEAR = _preset("linear", 1.0, "time_dependent with exponent 1: concedes the same in every round")
CONCEDER = _preset("conceder", 0.5, "time_dependent with exponent 0.5: concedes most in the first rounds")
