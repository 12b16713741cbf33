"""The negotiation that the speed benchmarks run: five parties, 60 rounds, five time-dependent strategies."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "src")]

import make  # noqa: E402
from peacetable.scenario import Judgement, Scenario  # noqa: E402

PARTIES = ("north", "west", "south", "east", "centre")
EXPONENTS = (0.5, 1.0, 2.0, 3.0, 5.0)
ROUNDS = 60
SMALL, LARGE = (5,) * 5, (5,) * 8  # 3,125 and 390,625 packages
AGREE, DISAGREE = 0.4, 0.87  # reservation values: talks that end early, and talks that go on to the last round


def problem(
    shape: tuple[int, ...], own: bool, reservation: float = AGREE, model: str = "none", window: float = 0.0
) -> Scenario:
    """Random values in [0, 1], one level of every issue worth 1, so that everybody's best package is worth 1.

    `own`: every table draws its own values, else all share one set. Reservation values are always drawn per table, so
    that no two tables are the same.
    """
    chance = np.random.default_rng(1)
    values = chance.random((len(PARTIES), sum(shape)))
    best = (np.arange(len(shape)) * shape[0])[None] + chance.integers(0, shape[0], (len(PARTIES), len(shape)))
    np.put_along_axis(values, best, 1.0, axis=1)
    made = make.scenario(
        1, shape, PARTIES, rounds=ROUNDS, conditions=0, rules=0, events=False, values=values, reservation=reservation,
        draw=("values", "reservations") if own else ("reservations",),
        strategies=tuple(make.strategy(e, window, model) for e in EXPONENTS),
    )  # fmt: skip
    still = Judgement(0.0, 0.0, 0.0)
    spread = Judgement(reservation, reservation - 0.02, reservation + 0.02)
    parties = tuple(
        replace(
            p, drift=still, reservation=spread,
            positions={k: v for k, v in p.positions.items() if v.value == 1.0} if own else p.positions,
        )
        for p in made.parties
    )  # fmt: skip
    return replace(made, parties=parties, prior=(0.0, 1.0))
