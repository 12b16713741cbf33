"""Scalable Bayesian opponent model: Hindriks, Tykhonov, "Opponent modelling in automated multi-issue negotiation using
Bayesian learning" (2008)."""

from __future__ import annotations

import math

import numpy as np

from .base import Component, Param, Public, Sight
from .history import firsts, proposals

WEIGHTS = 11


def bayesian(view: Sight, public: Public, *, trust: float, concession: float, sigma: float) -> np.ndarray:
    """Gain from each level for each party, float (n, P, L): expected weight times expected value, weights sum to 1.

    Per issue there are 11 hypotheses on its weight, and on the values of its levels one triangle with its peak at each
    level (issues without an order: 1 at that level, 0 elsewhere) and one as the party's public positions say. A
    proposal's likelihood is normal, with standard deviation `sigma`, in the relative distance of its expected utility
    from 1 - concession x t, what a proposer is taken to ask for at time t. Issue by issue the other issues stand at
    their expectation; every proposal counts once, in order, weights before values.

    Beliefs are kept as logarithms too, that of the likeliest hypothesis at 0: where a proposal is as good as impossible
    under all of them, the one that misses least is believed, and none is ruled out for good.
    """
    past, made = proposals(view)
    new = firsts(view, public.space.shape)
    n, rounds, parties = made.shape
    offsets = public.offsets
    issues = len(offsets) - 1
    value = [_hypotheses(public, i) for i in range(issues)]
    log_chance = [_prior(v.shape[1], trust, n, parties) for v in value]
    chance = [_shares(c) for c in log_chance]
    weight = np.arange(WEIGHTS) / (WEIGHTS - 1) * min(1.0, 5.0 / issues)
    p = (1.0 - np.arange(1, WEIGHTS + 1) / WEIGHTS) ** 3
    log_belief = [np.broadcast_to(_log(p), (n, parties, WEIGHTS)) for _ in range(issues)]
    belief = [_shares(b) for b in log_belief]
    heard = np.zeros((n, parties), dtype=bool)
    q = np.arange(parties)[None, :]
    for k in range(rounds):
        fresh = new[:, k]
        fresh[:, view.party] = False
        if not fresh.any():
            continue
        asked = (1.0 - concession * (k + 1) / (view.deadline + 1.0))[:, None]
        levels = np.maximum(past[:, k], 0).astype(np.int64)
        seen = [value[i][q, :, levels[:, :, i]] for i in range(issues)]  # value of the level proposed, (n, P, H)
        means = [(chance[i] * seen[i]).sum(axis=2) for i in range(issues)]
        expected = [(belief[i] * weight).sum(axis=2) for i in range(issues)]
        whole = _total(expected, means)
        for i in range(issues):
            rest = whole - expected[i] * means[i]
            u = weight * means[i][:, :, None] + rest[:, :, None]
            log_belief[i] = _update(log_belief[i], u, asked, sigma, fresh & heard)
            belief[i] = _shares(log_belief[i])
        expected = [(belief[i] * weight).sum(axis=2) for i in range(issues)]
        whole = _total(expected, means)
        for i in range(issues):
            rest = whole - expected[i] * means[i]
            u = expected[i][:, :, None] * seen[i] + rest[:, :, None]
            log_chance[i] = _update(log_chance[i], u, asked, sigma, fresh)
            chance[i] = _shares(log_chance[i])
        heard |= fresh
    return _gains(log_belief, weight, chance, value, offsets)


def _hypotheses(public: Public, i: int) -> np.ndarray:
    """Values of the levels of issue i under each hypothesis, float (P, H, K): K peaks, then the public positions."""
    start, end = int(public.offsets[i]), int(public.offsets[i + 1])
    k = end - start
    peak, level = np.arange(k)[:, None], np.arange(k)[None, :]
    if public.ordered(i):
        rising = level / np.maximum(peak, 1)
        falling = (k - 1 - level) / np.maximum(k - 1 - peak, 1)
        shapes = np.where(level < peak, rising, np.where(level > peak, falling, 1.0))
    else:
        shapes = (level == peak).astype(float)
    stated = public.worth[:, start:end]
    top = stated.max(axis=1, keepdims=True)
    stated = np.where(top > 0, stated / np.where(top > 0, top, 1.0), 1.0)
    return np.concatenate([np.broadcast_to(shapes, (len(stated), k, k)), stated[:, None]], axis=1)


def _prior(hypotheses: int, trust: float, n: int, parties: int) -> np.ndarray:
    each = np.full(hypotheses, (1.0 - trust) / max(hypotheses - 1, 1))
    each[-1] = trust
    return np.broadcast_to(_log(each), (n, parties, hypotheses))


def _log(chances: np.ndarray) -> np.ndarray:
    """Natural logarithms of chances (H,), the largest moved to 0; -inf for 0."""
    return np.array([math.log(c) if c > 0 else -math.inf for c in chances / chances.max()])


def _shares(belief: np.ndarray) -> np.ndarray:
    """Logarithms of beliefs (n, P, H) as chances that sum to 1."""
    shares = np.exp(belief)
    return shares / shares.sum(axis=2, keepdims=True)


def _total(weights: list[np.ndarray], values: list[np.ndarray]) -> np.ndarray:
    total = np.zeros(values[0].shape)
    for w, v in zip(weights, values, strict=True):
        total += w * v
    return total


def _update(belief: np.ndarray, u: np.ndarray, asked: np.ndarray, sigma: float, where: np.ndarray) -> np.ndarray:
    """Bayes' rule for logarithms of beliefs (n, P, H) given the utility u (n, P, H) each expects of the proposal."""
    off = (asked[:, :, None] - u) / (asked[:, :, None] * sigma)
    after = belief - 0.5 * off * off
    after -= after.max(axis=2, keepdims=True)
    return np.where(where[:, :, None], after, belief)


def _gains(
    log_belief: list[np.ndarray],
    weight: np.ndarray,
    chance: list[np.ndarray],
    value: list[np.ndarray],
    offsets: np.ndarray,
) -> np.ndarray:
    parts = [b + _log(weight) for b in log_belief]
    top = [x.max(axis=2) for x in parts]
    # every issue may be sure to weigh nothing, but for chances too small for a number; how these compare still counts
    highest = np.max(top, axis=0)
    expected = [
        np.exp(t - highest) * np.exp(x - t[:, :, None]).sum(axis=2) / np.exp(b).sum(axis=2)
        for x, t, b in zip(parts, top, log_belief, strict=True)
    ]
    total = np.zeros(highest.shape)
    for w in expected:
        total += w
    gains = np.empty((*total.shape, int(offsets[-1])))
    for i, start in enumerate(offsets[:-1]):
        for k in range(value[i].shape[2]):
            mean = np.minimum((chance[i] * value[i][:, :, k]).sum(axis=2), 1.0)  # chances may sum to a rounding above 1
            gains[:, :, start + k] = mean * (expected[i] / total)
    return gains


BAYESIAN = Component(
    name="bayesian",
    kind="opponent_model",
    summary="weighs hypotheses on what matters to the others and what they want, proposal by proposal",
    source="Hindriks, Tykhonov 2008",
    function=bayesian,
    params={
        "trust": Param(0.5, 0.0, 1.0, "chance given at the start to the public positions being the whole truth"),
        "concession": Param(0.5, 0.0, 0.99, "how much utility a party is taken to give up until the deadline"),
        "sigma": Param(0.25, 0.01, 10.0, "how loosely it is taken to keep to that"),
    },
    needs_history=True,
)
