"""Opponent models from how often things were proposed.

Value and weight frequencies after the frequency analysis of van Galen Last, "Agent Smith: Opponent model estimation in
bilateral multi-issue negotiation" (2012), started from the public positions instead of from nothing.
"""

from __future__ import annotations

import numpy as np

from .base import Component, Param, Public, View


def no_model(view: View, public: Public) -> None:
    """No estimate: bidding takes the lowest package that reaches its target."""
    return None


def frequency(view: View, public: Public, *, prior: float, stability: float) -> np.ndarray:
    """Gain from each level for each party, float (n, P, L).

    A level's value is (prior x public value + times proposed) / (prior + times the issue's favourite was proposed); an
    issue's weight grows by `stability` for every proposal that left it unchanged; weights sum to 1.
    """
    counts, offsets = view.tally, public.offsets
    repeats = np.maximum(view.proposals - 1, 0)[:, :, None] - view.changed
    weight = 1.0 + stability * np.maximum(repeats, 0)
    total = np.zeros(weight.shape[:2])
    for i in range(weight.shape[2]):
        total += weight[:, :, i]
    estimate = np.empty(counts.shape)
    for i, start in enumerate(offsets[:-1]):
        block = slice(start, offsets[i + 1])
        favourite = counts[:, :, block].max(axis=2, keepdims=True)
        value = (prior * public.values[None, :, block] + counts[:, :, block]) / (prior + favourite)
        estimate[:, :, block] = value * (weight[:, :, i] / total)[:, :, None]
    return estimate


NO_MODEL = Component("none", "opponent_model", "no estimate of the others", "-", no_model)
FREQUENCY = Component(
    name="frequency",
    kind="opponent_model",
    summary="counts what the others propose, starting from their public positions",
    source="van Galen Last 2012",
    function=frequency,
    params={
        "prior": Param(2.0, 0.0001, 1000.0, "how many proposals the public positions are worth"),
        "stability": Param(0.25, 0.0, 100.0, "weight an issue gains each time a proposal leaves it unchanged"),
    },
)
