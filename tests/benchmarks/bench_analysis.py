"""Speed of the analysis: `python tests/benchmarks/bench_analysis.py`. Prints medians of three runs.

The frontier stands beside moocore where that is installed; it is not needed otherwise.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from peacetable.analysis import Yardstick, frontier, solve
from peacetable.scenario import Space, preferences
from test_analysis import random_scenario, scenario_of_ranges

try:
    import moocore
except ImportError:
    moocore = None


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Median seconds of three runs, and the last result."""
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), result


def utilities(shape: tuple[int, ...], opposed: float, seed: int = 3) -> np.ndarray:
    """Grains (N, 5) of additive preferences; every second party is drawn to the other end with strength `opposed`."""
    chance = np.random.default_rng(seed)
    index = np.stack(np.unravel_index(np.arange(int(np.prod(shape))), shape), axis=1)
    result = np.zeros((len(index), 5), dtype=np.int64)
    for p in range(5):
        weight = chance.dirichlet(np.ones(len(shape)))
        for i, levels in enumerate(shape):
            slope = np.linspace(p % 2, 1 - p % 2, levels)
            value = weight[i] * ((1 - opposed) * chance.random(levels) + opposed * slope)
            result[:, p] += np.rint(value * 1e12).astype(np.int64)[index[:, i]]
    return result


def frontiers() -> None:
    for shape, opposed in (((5, 5, 5, 5, 4), 0.0), ((5,) * 8, 0.0), ((5,) * 8, 0.5), ((5,) * 8, 0.9)):
        rows = utilities(shape, opposed)
        seconds, found = timed(lambda rows=rows: frontier(rows))
        line = (
            f"frontier of {len(rows):7,} x 5, opposed {opposed}: {found.distinct:6,} vectors, {seconds * 1e3:8.1f} ms"
        )
        if moocore:
            other, same = timed(
                lambda rows=rows: moocore.is_nondominated(rows.astype(float), maximise=True, keep_weakly=True)
            )
            line += f", moocore {other * 1e3:8.1f} ms, same: {np.array_equal(np.flatnonzero(same), found.indices)}"
        print(line)


def yardstick(tables: int = 1000) -> None:
    scenario = scenario_of_ranges(random_scenario(1, shape=(5, 5, 5, 5, 4), parties=5))
    space, chance = Space(scenario), np.random.default_rng(0)
    numbers = preferences(scenario, space, saliences=chance.random((tables, 5, 5)))
    every = space.enumerate()
    every = every[space.feasible(every)]
    sums = np.stack([numbers.all_totals(every, p) for p in range(5)], axis=1)
    for name, chosen in (
        ("fair", sums.min(axis=1).argmax(axis=1)),
        ("middling", np.argsort(sums.sum(axis=1), axis=1)[:, -300]),
        ("arbitrary", chance.integers(0, len(every), tables)),
    ):
        measure = Yardstick(numbers).measure
        seconds, _ = timed(lambda chosen=chosen, measure=measure: measure(every[chosen], np.arange(tables)))
        print(
            f"both distances, own utilities, 2,500 packages, {name} agreements: {seconds / tables * 1e3:.3f} ms a table"
        )


def whole() -> None:
    for shape in ((5, 5, 5, 5, 4), (5, 4, 4, *[5] * 9), (10,) * 50):
        scenario = random_scenario(1, shape=shape, parties=5, reservation=[0.45] * 5)
        start = time.perf_counter()
        found = solve(scenario)
        print(
            f"solve, {found.packages:.3g} packages: {time.perf_counter() - start:.2f} s; {'; '.join(found.approximate)}"
        )


if __name__ == "__main__":
    frontiers()
    yardstick()
    whole()
