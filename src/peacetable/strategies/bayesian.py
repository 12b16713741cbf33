"""Scalable Bayesian opponent model: Hindriks, Tykhonov, "Opponent modelling in automated multi-issue negotiation using
Bayesian learning" (2008)."""

from __future__ import annotations

import numpy as np

from .base import Component, Param, Public, View
from .history import firsts, proposals

WEIGHTS = 11


def bayesian(view: View, public: Public, *, trust: float, concession: float, sigma: float) -> np.ndarray:
    """Gain from each level for each party, float (n, P, L): expected weight times expected value, weights sum to 1.

    Per issue there are 11 hypotheses on its weight, and on the values of its levels one triangle with its peak at each
    level (issues without an order: 1 at that level, 0 elsewhere) and one as the party's public positions say. A
    proposal's likelihood is normal, with standard deviation `sigma`, in the relative distance of its expected utility
    from 1 - concession x t, what a proposer is taken to ask for at time t. Issue by issue the other issues stand at
    their expectation; every proposal counts once, in order, weights before values.
    """
    past, made = proposals(view)
    new = firsts(view, tuple(np.diff(public.offsets).tolist()))
    n, rounds, parties = made.shape
    offsets = public.offsets
    issues = len(offsets) - 1
    value = [_hypotheses(public, i) for i in range(issues)]
    chance = [_prior(v.shape[1], trust, n, parties) for v in value]
    weight = np.arange(WEIGHTS) / (WEIGHTS - 1) * min(1.0, 5.0 / issues)
    p = (1.0 - np.arange(1, WEIGHTS + 1) / WEIGHTS) ** 3
    belief = [np.broadcast_to(p / p.sum(), (n, parties, WEIGHTS)) for _ in range(issues)]
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
            belief[i] = _update(belief[i], u, asked, sigma, fresh & heard)
        expected = [(belief[i] * weight).sum(axis=2) for i in range(issues)]
        whole = _total(expected, means)
        for i in range(issues):
            rest = whole - expected[i] * means[i]
            u = expected[i][:, :, None] * seen[i] + rest[:, :, None]
            chance[i] = _update(chance[i], u, asked, sigma, fresh)
        heard |= fresh
    return _gains(belief, weight, chance, value, offsets)


def _hypotheses(public: Public, i: int) -> np.ndarray:
    """Values of the levels of issue i under each hypothesis, float (P, H, K): K peaks, then the public positions."""
    start, end = int(public.offsets[i]), int(public.offsets[i + 1])
    k = end - start
    peak, level = np.arange(k)[:, None], np.arange(k)[None, :]
    if public.ordered is None or public.ordered[i]:
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
    return np.broadcast_to(each, (n, parties, hypotheses))


def _total(weights: list[np.ndarray], values: list[np.ndarray]) -> np.ndarray:
    total = np.zeros(values[0].shape)
    for w, v in zip(weights, values, strict=True):
        total += w * v
    return total


def _update(belief: np.ndarray, u: np.ndarray, asked: np.ndarray, sigma: float, where: np.ndarray) -> np.ndarray:
    """Bayes' rule for beliefs (n, P, H) given the utility u (n, P, H) each expects of the proposal."""
    off = (asked[:, :, None] - u) / (asked[:, :, None] * sigma)
    after = belief * np.exp(-0.5 * off * off)
    after = after / np.maximum(after.sum(axis=2, keepdims=True), 1e-300)
    return np.where(where[:, :, None], after, belief)


def _gains(
    belief: list[np.ndarray], weight: np.ndarray, chance: list[np.ndarray], value: list[np.ndarray], offsets: np.ndarray
) -> np.ndarray:
    expected = [(b * weight).sum(axis=2) for b in belief]
    total = np.zeros(expected[0].shape)
    for w in expected:
        total += w
    gains = np.empty((*total.shape, int(offsets[-1])))
    for i, start in enumerate(offsets[:-1]):
        for k in range(value[i].shape[2]):
            gains[:, :, start + k] = (chance[i] * value[i][:, :, k]).sum(axis=2) * (expected[i] / total)
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
