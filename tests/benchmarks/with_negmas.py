"""The same negotiations in NegMAS (https://github.com/yasserfarouk/negmas), for compare.py alone.

NegMAS is under the AGPL and no part of this product: it is imported here where somebody has installed it, and none of
its code is copied. `sao` is its stacked alternating offers protocol with one AspirationNegotiator per party, which
follows the same rule as our time_dependent strategy with window 0 and no opponent model.
"""

from __future__ import annotations

import itertools

import numpy as np
from negmas.outcomes import make_issue, make_os
from negmas.preferences import LinearAdditiveUtilityFunction, MappingUtilityFunction
from negmas.preferences.inv_ufun import PresortingInverseUtilityFunction
from negmas.preferences.ops import pareto_frontier_numpy
from negmas.preferences.value_fun import TableFun
from negmas.sao import SAOMechanism
from negmas.sao.negotiators import AspirationNegotiator
from problem import EXPONENTS, ROUNDS

QUIET = {"extra_callbacks": False, "checkpoint_every": 0}

__all__ = ["QUIET", "fresh", "pareto_frontier_numpy", "sao", "shared"]


def _space(shape):
    return make_os([make_issue(n, f"i{i}") for i, n in enumerate(shape)])


def _levels(shape, gains):
    """Gains (L,) cut into one array per issue."""
    return np.split(np.asarray(gains, dtype=float), np.cumsum(shape)[:-1])


def sao(space, utilities, inverters=None, **settings):
    """One negotiation to its end: (agreement as a tuple of levels or None, rounds)."""
    talks = SAOMechanism(outcome_space=space, n_steps=ROUNDS, **settings)
    for p, utility in enumerate(utilities):
        more = {} if inverters is None else {"ufun_inverter": lambda _, p=p: inverters[p]}
        talks.add(AspirationNegotiator(aspiration_type=EXPONENTS[p], tolerance=0.0, **more), ufun=utility)
    talks.run()
    return talks.agreement, talks.current_step


def fresh(shape, gains, reservations, **settings):
    """Everything made anew: `gains` (P, L) utility each level adds, `reservations` (P,)."""
    space = _space(shape)
    utilities = [
        LinearAdditiveUtilityFunction(
            values=[TableFun(dict(enumerate(map(float, v)))) for v in _levels(shape, g)],
            weights=[1.0] * len(shape), outcome_space=space, reserved_value=float(r),
        )
        for g, r in zip(gains, reservations, strict=True)
    ]  # fmt: skip
    return sao(space, utilities, **settings)


def shared(shape, gains):
    """A function reservations -> result that keeps the space, utilities looked up in a table and sorted inverters."""
    space = _space(shape)
    utilities, inverters = [], []
    for g in gains:
        sums = _levels(shape, g)
        every = itertools.product(*map(range, shape))
        table = {o: float(sum(v[k] for v, k in zip(sums, o, strict=True))) for o in every}
        utility = MappingUtilityFunction(table, outcome_space=space)
        inverter = PresortingInverseUtilityFunction(utility, rational_only=True)
        inverter.init()
        utilities.append(utility)
        inverters.append(inverter)

    def run(reservations):
        for utility, r in zip(utilities, reservations, strict=True):
            utility.reserved_value = float(r)
        return sao(space, utilities, inverters, **QUIET)

    return run
