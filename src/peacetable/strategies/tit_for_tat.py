"""Behaviour-dependent bidding: answers the others' concessions, measured in the own utility of what they propose.

Relative, random-absolute and averaged tit-for-tat and their mix with time: Faratin, Sierra, Jennings, "Negotiation
decision functions for autonomous agents" (1998), there for one issue of one opponent. Here, for whole packages: the
"value" of a proposal is its utility to the party itself, and the targets stay between the least acceptable and the best
own package.

What an opponent proposes is answered once, in the next own proposal. Only opponents that have proposed since the
party's own latest proposal call for an answer, by the order in which all spoke at that table; where nothing new came
(the others signed), the own level stays, with no further concession and none taken back. Several opponents: what each
one's concession calls for is worked out alone, then the `mean`, the `least` or the `most` of them is conceded; those
that have proposed nothing since, or not enough proposals yet, do not count. Nice tit-for-tat answers all that they have
ever conceded by a level, not by a further step, and so once by construction.
"""

from __future__ import annotations

import numpy as np

from .base import Component, Others, Own, Param, Sight, in_any_order
from .choose import CHOICE, choose
from .history import back, own_utility, proposals
from .time_dependent import EXPONENT, target

OVER = Param(
    "mean", None, None, "whose concessions are answered: the mean, the least or the most", ("mean", "least", "most")
)
DELAY = Param(1, 1, 1000, "how many of the others' proposals ago their concession began")


def combine(calls: np.ndarray, counted: np.ndarray, over: str) -> np.ndarray:
    """One number per table (n,) out of one per opponent, calls (n, P) where `counted`; 0 where there is none."""
    if over != "mean":
        some = counted.any(axis=1)
        if over == "least":
            return np.where(some, np.where(counted, calls, np.inf).min(axis=1), 0.0)
        return np.where(some, np.where(counted, calls, -np.inf).max(axis=1), 0.0)
    total = np.zeros(len(calls))
    for call in in_any_order(np.where(counted, calls, 0.0)):
        total += call
    return total / np.maximum(counted.sum(axis=1), 1)


def moved(
    view: Sight, own: Own, delay: int, whole: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The own latest proposal's utility (n,) (the best at first); what the others' proposals were worth where the
    change began that is to be answered and where it ended, (n, P) each; and whose calls for an answer, bool (n, P).

    A change is the step that began `delay` proposals ago, and is answered once: with m proposals since the own latest,
    m steps in a row are answered together. `whole`: it is all they changed over their last `delay` proposals, or over
    all m where these are more. With no new proposal, or fewer than `delay` + 1 in all, nothing is called for.
    """
    assert view.since is not None, "the strategy has to say needs_history"
    end = 0 if whole else delay - 1
    begin = np.maximum(view.since, delay) if whole else end + view.since
    then, there_then = back(view, np.minimum(begin, np.maximum(view.proposals - 1, 0)))
    now, there_now = back(view, end)
    counted = (view.since > 0) & (view.proposals > delay) & view.present
    previous = np.where(own.last[:, 0] >= 0, own.utility(own.last), own.best())
    return previous, own_utility(own, then, there_then, 0.0), own_utility(own, now, there_now, 0.0), counted


def bounded(own: Own, goal: np.ndarray) -> np.ndarray:
    return np.minimum(np.maximum(goal, own.low()), own.best())


def ratio_target(view: Sight, own: Own, delay: int, over: str, whole: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Target (n,): the own previous utility times what theirs was worth before the change over what it is worth now
    (see `moved`); and whether anybody called for it, bool (n,)."""
    previous, then, now, counted = moved(view, own, delay, whole)
    ratio = np.where(now > 0, then / np.where(now > 0, now, 1.0), 1.0)
    goal = previous - combine(previous[:, None] * (1.0 - ratio), counted, over)
    return bounded(own, goal), np.any(counted, axis=1)


def answer(
    own: Own, goal: np.ndarray, called: np.ndarray, others: Others | None, window: float, candidates: int, aim: str,
    steady: float,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """As `choose`; where nothing `called` (n,) for another level, the last proposal again: in a window above it the
    level would creep up, and another package would lose the signatures that this one has."""
    packages, u = choose(own, goal, others, window, candidates, aim, steady)
    worth = own.utility(own.last)
    # worth nothing: an event may have taken one of its levels off the table
    again = ~called & (own.last[:, 0] >= 0) & (worth > 0) & (worth >= own.low())
    return np.where(again[:, None], own.last, packages), np.where(again, worth, u)


def relative(
    view: Sight, own: Own, others: Others | None, draws: None, *, delay: int, over: str, window: float, candidates: int,
    aim: str, steady: float,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Concedes in the same proportion as the others did from their proposal `delay` before the latest to the next.

    Faratin's delta is `delay`: x_next = x_last * y(-delay) / y(-delay + 1), in utilities.
    """
    goal, called = ratio_target(view, own, delay, over, whole=False)
    return answer(own, goal, called, others, window, candidates, aim, steady)


def absolute(
    view: Sight, own: Own, others: Others | None, draws: np.ndarray, *, delay: int, amount: float, over: str,
    window: float, candidates: int, aim: str, steady: float,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Concedes as much utility as the others did, plus a random amount up to `amount` (R(M) of the paper), which is
    part of an answer and is not given without one."""
    previous, then, now, counted = moved(view, own, delay)
    called = np.any(counted, axis=1)
    more = np.where(called, amount * draws[:, 0], 0.0)
    goal = bounded(own, previous - combine(now - then, counted, over) - more)
    return answer(own, goal, called, others, window, candidates, aim, steady)


def averaged(
    view: Sight, own: Own, others: Others | None, draws: None, *, delay: int, over: str, window: float, candidates: int,
    aim: str, steady: float,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Concedes in the proportion of the others' change over their last `delay` proposals (gamma of the paper). This
    window moves on with each of their proposals, so that a step counts in up to `delay` answers, as in the paper."""
    goal, called = ratio_target(view, own, delay, over)
    return answer(own, goal, called, others, window, candidates, aim, steady)


def mixed(
    view: Sight, own: Own, others: Others | None, draws: None, *, weight: float, exponent: float, delay: int, over: str,
    window: float, candidates: int, aim: str, steady: float,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """`weight` of the time-dependent target plus the rest of averaged tit-for-tat's: a row of the paper's matrix Gamma.

    Tit-for-tat starts from the own previous proposal, so what time has conceded is never taken back by it. Where nobody
    calls for an answer its part stays there; time may concede then, but takes nothing back.
    """
    answered, called = ratio_target(view, own, delay, over)
    goal = weight * target(view, own, exponent) + (1.0 - weight) * answered
    return answer(own, goal, called | (goal < answered), others, window, candidates, aim, steady)


def nash_utility(own: Own, others: Others) -> np.ndarray:
    """Own utility (n,) at the estimated Nash point: the largest product of the own gain over the reservation value and
    the estimated utilities of the others.

    Approximate: searched among the packages that are best, issue by issue, for nine weightings of own and others'
    gains, where rules and conditions are not looked at.
    """
    numbers, offsets = own.numbers, others.offsets
    mine = np.where(numbers.forbidden, -10.0, numbers.gains(own.rows))
    weights = np.arange(1, 10) / 10.0
    packages = np.empty((len(mine), len(weights), len(offsets) - 1), dtype=np.int16)
    for k, w in enumerate(weights):
        gain = w * mine + (1.0 - w) * others.mean
        for i, start in enumerate(offsets[:-1]):
            packages[:, k, i] = gain[:, start : offsets[i + 1]].argmax(axis=1)
    u = own.utility(packages)
    product = np.maximum(u - own.reservation[:, None], 0.0)
    liked = np.stack([others.utility(q, packages) for q in range(others.counted.shape[1])], axis=-1)
    for factor in in_any_order(np.where(others.counted[:, None], liked, 1.0)):
        product *= factor
    return u[np.arange(len(mine)), product.argmax(axis=1)]


def nice(
    view: Sight, own: Own, others: Others | None, draws: None, *, hurry: float, over: str, window: float,
    candidates: int, aim: str, steady: float,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Nice tit-for-tat: concedes towards the estimated Nash point the share that the others have conceded of the way
    there from their first proposal, seen in its own utility; from time `hurry` on it gives up what is left of that way.

    share = (best of their proposals - first) / (Nash - first), at most 1; target = best - share (best - Nash), less a
    bonus min(1, 20 (t - hurry)) of the rest. Without an opponent model the middle of the own range stands for Nash.
    """
    best, low = own.best(), own.low()
    nash = (best + low) / 2.0 if others is None else np.minimum(np.maximum(nash_utility(own, others), low), best)
    past, made = proposals(view)
    u = own_utility(own, past, made, -1.0)
    start = u[np.arange(len(u))[:, None], made.argmax(axis=1), np.arange(u.shape[2])]
    counted = made.any(axis=1) & view.present
    counted[:, view.party] = False
    way = nash[:, None] - start
    share = np.where(way > 0, (u.max(axis=1) - start) / np.where(way > 0, way, 1.0), 1.0)
    conceded = combine(np.minimum(share, 1.0), counted, over)
    goal = best - conceded * (best - nash)
    bonus = np.minimum(np.maximum(20.0 * (view.time - hurry), 0.0), 1.0)
    goal = goal - bonus * np.maximum(goal - nash, 0.0)
    return choose(own, bounded(own, goal), others, window, candidates, aim, steady)


FARATIN = "Faratin, Sierra, Jennings 1998"
RELATIVE = Component(
    "tit_for_tat_relative", "bidding", "concedes in the proportion in which the others conceded", FARATIN, relative,
    {"delay": DELAY, "over": OVER, **CHOICE}, needs_history=True,
)  # fmt: skip
ABSOLUTE = Component(
    "tit_for_tat_absolute", "bidding", "concedes as much as the others did, and a random amount more", FARATIN,
    absolute,
    {
        "delay": DELAY,
        "amount": Param(0.02, 0.0, 1.0, "largest random concession added, in own utility"),
        "over": OVER,
        **CHOICE,
    },
    needs_chance=True, needs_history=True,
)  # fmt: skip
AVERAGED = Component(
    "tit_for_tat_averaged", "bidding", "concedes in the proportion of the others' last few concessions", FARATIN,
    averaged,
    {
        "delay": Param(3, 1, 1000, "how many of the others' proposals their change is taken over"),
        "over": OVER,
        **CHOICE,
    },
    needs_history=True,
)  # fmt: skip
MIXED = Component(
    "mixed_tactics", "bidding", "a weighted mix of time-dependent and averaged tit-for-tat targets", FARATIN, mixed,
    {
        "weight": Param(0.5, 0.0, 1.0, "weight of the time-dependent target"),
        "exponent": EXPONENT,
        "delay": DELAY,
        "over": OVER,
        **CHOICE,
    },
    needs_history=True,
)  # fmt: skip
NICE = Component(
    "nice_tit_for_tat", "bidding", "answers concessions in kind, aiming for the estimated Nash point",
    "Baarslag, Hindriks, Jonker 2013", nice,
    {
        "hurry": Param(0.91, 0.0, 1.0, "time from which it moves to the Nash point whatever the others do"),
        "over": OVER,
        **CHOICE,
    },
    needs_history=True,
)  # fmt: skip
