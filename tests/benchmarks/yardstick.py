"""How far the engine is from a plain compiled loop: python tests/benchmarks/yardstick.py [--quick]

The loop below does what the engine does for time-dependent strategies with ac_next and without opponent models, one
table after the other, compiled by numba. It is a yardstick and no part of the product: it knows one protocol, one
strategy and one kind of preferences. Both must end at the same packages in the same rounds, or this fails.
"""

from __future__ import annotations

import argparse
import statistics
import sys

import numpy as np
from compare import SHARED, Ours, race
from problem import AGREE, DISAGREE, EXPONENTS, ROUNDS, SMALL, problem

from peacetable.abm.model import Negotiation

try:
    from numba import njit
except ImportError:
    sys.exit("numba is not installed here, so there is no compiled loop to compare with.")

GRAIN = 720_720_000_000.0


@njit
def totals(gains, packages, offsets, bits):
    """Sorted keys (T, P, N): grains of every package and its number, as SortedRanking has them."""
    tables, parties, _ = gains.shape
    keys = np.empty((tables, parties, len(packages)), dtype=np.int64)
    for r in range(tables):
        for p in range(parties):
            for n in range(len(packages)):
                total = 0
                for i in range(packages.shape[1]):
                    total += gains[r, p, offsets[i] + packages[n, i]]
                keys[r, p, n] = (total << bits) + n
    return keys


@njit
def first_at_least(keys, target, bits):
    low, high = 0, len(keys) - 1
    while low < high:
        middle = (low + high) // 2
        if (keys[middle] >> bits) / GRAIN >= target:
            high = middle
        else:
            low = middle + 1
    return keys[low]


@njit
def talk(keys, gains, packages, offsets, bits, reservations, conceded):
    """Number of the agreed package (T,), -1 for none, and the round in which the talks ended (T,)."""
    tables, parties = reservations.shape
    agreed, ended = np.full(tables, -1), np.full(tables, conceded.shape[0])
    for r in range(tables):
        own = r if len(keys) > 1 else 0
        standing, signed = -1, 0
        for s in range(conceded.shape[0]):
            for p in range(parties):
                mine = keys[own, p]
                best, worst = (mine[-1] >> bits) / GRAIN, (mine[0] >> bits) / GRAIN
                low = min(max(worst, reservations[r, p]), best)
                key = first_at_least(mine, low + (best - low) * (1.0 - conceded[s, p]), bits)
                if standing >= 0:
                    total = 0
                    for i in range(packages.shape[1]):
                        total += gains[own, p, offsets[i] + packages[standing, i]]
                    if total >= key >> bits and total / GRAIN >= reservations[r, p]:
                        signed += 1
                        if signed == parties:
                            break
                        continue
                standing, signed = key & ((1 << bits) - 1), 1
            if signed == parties:
                agreed[r], ended[r] = standing, s + 1
                break
    return agreed, ended


class Loop:
    """The compiled loop over the same tables; drawing the preferences is not counted."""

    def __init__(self, scenario, tables: int):
        self.model = Negotiation(scenario, seed=0, tables=tables, record=False)
        self.packages = self.model.talks.space.enumerate()
        self.bits = int(len(self.packages) - 1).bit_length()
        time = np.arange(1, ROUNDS + 1) / (ROUNDS + 1)
        self.conceded = np.stack([time**e for e in EXPONENTS], axis=1)
        self.reservations = np.broadcast_to(self.model.talks.preferences.reservation, (tables, len(EXPONENTS))).copy()

    def __call__(self) -> int:
        gains, offsets = self.model.talks.preferences.contributions, self.model.talks.space.offsets
        keys = totals(gains, self.packages, offsets, self.bits)
        keys.sort(axis=2)
        self.agreed, self.ended = talk(
            keys, gains, self.packages, offsets, self.bits, self.reservations, self.conceded
        )  # fmt: skip
        return len(self.reservations)

    def check(self) -> None:
        state = self.model.run().state
        mine = np.where(state.agreed[:, 0] < 0, -1, self.model.talks.space.index(state.agreed))
        if not (np.array_equal(mine, self.agreed) and np.array_equal(state.ended_round, self.ended)):
            sys.exit("The engine and the compiled loop do not end alike.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="fewer runs")
    times = 3 if parser.parse_args().quick else 9
    for name, own in (("shared", False), ("own", True)):
        for end, reservation in (("most agree", AGREE), ("nobody agrees", DISAGREE)):
            scenario = problem(SMALL, own, reservation)
            ours = Ours(scenario, None if own else SHARED)
            loop = Loop(scenario, ours.tables)
            speeds = race({"ours": ours, "loop": loop}, times)
            loop.check()
            speed, compiled = (statistics.median(speeds[k]) for k in ("ours", "loop"))
            distance = statistics.median(b / a for a, b in zip(speeds["ours"], speeds["loop"], strict=True))
            print(f"{name} preferences, {end}: ours {speed:,.0f}/s, compiled loop {compiled:,.0f}/s, {distance:.1f}x")


if __name__ == "__main__":
    main()
