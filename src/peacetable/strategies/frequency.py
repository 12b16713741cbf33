"""Opponent models from how often things were proposed.

`frequency`: the values of van Galen Last, "Agent Smith: opponent model estimation in bilateral multi-issue
negotiation" (2012), and the weights of van Krimpen, Looije, Hajizadeh, "HardHeaded" (2013), started from the public
positions instead of from nothing. `distribution`: Tunali, Aydogan, Sanchez-Anguix, "Rethinking frequency opponent
modeling in automated negotiation" (2017), which compares windows of proposals instead of single ones.
"""

from __future__ import annotations

import numpy as np

from .base import Component, Param, Public, Sight
from .history import proposals


def no_model(view: Sight, public: Public) -> None:
    """No estimate: bidding takes the lowest package that reaches its target."""
    return None


def frequency(view: Sight, public: Public, *, prior: float, gamma: float, stability: float) -> np.ndarray:
    """Gain from each level for each party, float (n, P, L).

    A level's value is ((prior x public value + times proposed) / (prior + times the issue's favourite was proposed)) **
    gamma; an issue's weight grows by `stability` for every proposal that left it unchanged; weights sum to 1.
    """
    parties = range(view.proposals.shape[1])
    every = slice(None)
    settings = {"prior": prior, "gamma": gamma, "stability": stability}
    return np.stack([frequency_of(view, public, q, every, **settings) for q in parties], axis=1)


def frequency_of(
    view: Sight,
    public: Public,
    party: int,
    at: np.ndarray | slice,
    *,
    prior: float,
    gamma: float,
    stability: float,
) -> np.ndarray:
    """`frequency` for one party at the rows `at` (m,) of the view: float (m, L)."""
    assert view.tally is not None and view.changed is not None, "the model has to say needs_counts"
    # levels first: the few levels of an issue then are rows, and adding and comparing rows is quick
    counts = np.ascontiguousarray(view.tally[at, party].T).astype(float)
    changed = np.ascontiguousarray(view.changed[at, party].T)
    weight = 1.0 + stability * np.maximum(np.maximum(view.proposals[at, party] - 1, 0) - changed, 0)
    total = np.zeros(weight.shape[1])
    for row in weight:
        total += row
    known = prior * public.worth[party]
    for i, (start, end) in enumerate(zip(public.offsets[:-1], public.offsets[1:], strict=True)):
        block = counts[start:end]
        _to_values(block, known[start:end, None], prior, gamma, axis=0)
        block *= weight[i] / total
    return np.ascontiguousarray(counts.T)


def distribution(
    view: Sight, public: Public, *, prior: float, gamma: float, window: int, alpha: float, beta: float
) -> np.ndarray:
    """Gain from each level for each party, float (n, P, L).

    A level's value is ((prior x public value + times proposed) / (prior + times the favourite was proposed)) ** gamma.
    A party's proposals are cut into windows of `window`. Whenever one is full, the issues whose distribution of levels
    has not changed since the window before (chi-squared test at 0.05) gain the weight alpha (1 - t ** beta), if on some
    other issue the party has conceded: the new window has less expected value there than the old.

    Two things differ from the paper, whose talks have far more rounds. It tests the new window against the old one with
    shares smoothed by (1 + count) / (window + levels), all levels of the issue counted; with few proposals that hides
    even a total switch. Here both windows are samples of equal right, unsmoothed, and only
    levels that occur in them count (see `_compare`), so the test is the same on an issue of 2 or of 12 levels. And the
    values by which a new window is judged are those learnt before it: its own proposals would raise the very levels to
    which the party has conceded, after a total switch as high as the ones that it left.

    A total switch is told where no more than `window` levels occur in the two windows; with windows of 4 so is a move
    of 3 of 4 proposals to one other level, but not of 2 of 4. Spread more widely, there are too few proposals on each
    level to tell anything, and the issue neither gains weight nor counts as conceded. Windows of 1 tell nothing.
    """
    assert view.tally is not None, "the model has to say needs_counts"
    past, made = proposals(view)
    n, rounds, parties = made.shape
    sequence = made.cumsum(axis=1) - 1
    slots = max(1, -(-rounds // window))
    counts = _counts(past, made, sequence // window, slots, public.offsets)
    full = made & ((sequence + 1) % window == 0)
    issues = len(public.offsets) - 1
    weight = np.ones((n, parties, issues)) / issues
    seen = np.zeros(counts.shape[2:]) + counts[:, 0]
    for k in range(1, slots):
        value = _values(seen, public, prior, gamma)
        seen = seen + counts[:, k]
        closed = full & (sequence // window == k)
        t = (closed.argmax(axis=1) + 1) / (view.deadline[:, None] + 1.0)
        kept, yielded = _compare(counts[:, k - 1], counts[:, k], value, public.offsets)
        grows = closed.any(axis=1)[:, :, None] & kept & yielded.any(axis=2, keepdims=True)
        weight = weight + np.where(grows, (alpha * (1.0 - t**beta))[:, :, None], 0.0)
    total = np.zeros((n, parties))
    for i in range(issues):
        total += weight[:, :, i]
    value = _values(view.tally, public, prior, gamma)
    for i, start in enumerate(public.offsets[:-1]):
        value[:, :, start : public.offsets[i + 1]] *= (weight[:, :, i] / total)[:, :, None]
    return value


def _counts(past: np.ndarray, made: np.ndarray, slot: np.ndarray, slots: int, offsets: np.ndarray) -> np.ndarray:
    """How often each level was proposed in each window, float (n, slots, P, L)."""
    n, _, parties = made.shape
    levels = int(offsets[-1])
    at = (np.arange(n)[:, None, None] * slots + slot) * parties + np.arange(parties)
    place = (at[..., None] * levels + offsets[:-1] + past)[made]
    counts = np.bincount(place.reshape(-1), minlength=n * slots * parties * levels)
    return counts.reshape(n, slots, parties, levels).astype(float)


def _values(counts: np.ndarray, public: Public, prior: float, gamma: float) -> np.ndarray:
    values, known = counts.astype(float), prior * public.worth
    for start, end in zip(public.offsets[:-1], public.offsets[1:], strict=True):
        _to_values(values[:, :, start:end], known[None, :, start:end], prior, gamma, axis=2)
    return values


def _to_values(block: np.ndarray, known: np.ndarray, prior: float, gamma: float, axis: int) -> None:
    """From how often the levels of an issue, which lie along `axis`, were proposed to what they are worth, in place.
    `known`: `prior` times their public values."""
    favourite = block.max(axis=axis, keepdims=True)
    block += known
    block /= prior + favourite
    if gamma != 1.0:
        block **= gamma


def _compare(old: np.ndarray, new: np.ndarray, value: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Per issue, bool (n, P, I) each: whether the levels are distributed as before, and, where not, whether the new
    ones are worth less. Pearson's test of homogeneity for two samples of the same size, counts (n, P, L): the sum of
    (old - new) ** 2 / (old + new) over the levels that occur, of which there are one more than degrees of freedom.
    Neither holds where even windows without a level in common would pass: there the test cannot tell."""
    both = old + new
    parts = (old - new) ** 2 / np.maximum(both, 1.0)
    limits = np.array([critical(k - 1) for k in range(int(np.diff(offsets).max()) + 1)])
    kept = np.empty((*old.shape[:2], len(offsets) - 1), dtype=bool)
    yielded = np.empty_like(kept)
    for i, (start, end) in enumerate(zip(offsets[:-1], offsets[1:], strict=True)):
        statistic, change = np.zeros(old.shape[:2]), np.zeros(old.shape[:2])
        for k in range(start, end):
            statistic += parts[:, :, k]
            change += (new[:, :, k] - old[:, :, k]) * value[:, :, k]
        limit = limits[(both[:, :, start:end] > 0).sum(axis=2)]
        most = both[:, :, start:end].sum(axis=2)  # the statistic of windows without a level in common
        kept[:, :, i] = (statistic <= limit) & (limit < most)
        yielded[:, :, i] = (statistic > limit) & (change < 0)
    return kept, yielded


def critical(freedom: int) -> float:
    """The 95 % point of the chi-squared distribution, after Wilson and Hilferty (1931), within 3 %; 0 degrees: 0."""
    if freedom < 1:
        return 0.0
    part = 2.0 / (9.0 * freedom)
    return freedom * (1.0 - part + 1.6448536 * part**0.5) ** 3


NO_MODEL = Component("none", "opponent_model", "no estimate of the others", "-", no_model)
FREQUENCY = Component(
    name="frequency",
    kind="opponent_model",
    summary="counts what the others propose, starting from their public positions",
    source="van Galen Last 2012; van Krimpen, Looije, Hajizadeh 2013",
    function=frequency,
    one_party=frequency_of,
    needs_counts=True,
    params={
        "prior": Param(2.0, 0.0001, 1000.0, "how many proposals the public positions are worth"),
        "gamma": Param(1.0, 0.01, 1.0, "below 1 a level proposed seldom is still worth something"),
        "stability": Param(0.25, 0.0, 100.0, "weight an issue gains each time a proposal leaves it unchanged"),
    },
)
DISTRIBUTION = Component(
    name="distribution",
    kind="opponent_model",
    summary="compares windows of proposals: what a party keeps while it concedes elsewhere weighs more",
    source="Tunali, Aydogan, Sanchez-Anguix 2017",
    function=distribution,
    needs_counts=True,
    params={
        "prior": Param(2.0, 0.0001, 1000.0, "how many proposals the public positions are worth"),
        "gamma": Param(0.25, 0.01, 1.0, "below 1 a level proposed seldom is still worth something"),
        "window": Param(4, 1, 1000, "proposals in a window; 1 is too few to tell any change"),
        "alpha": Param(10.0, 0.0, 1000.0, "weight an issue gains at the start of the talks"),
        "beta": Param(5.0, 0.01, 100.0, "how late the gain falls with time"),
    },
    needs_history=True,
)
