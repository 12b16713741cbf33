"""The program against its promises of speed, by hand: python tests/benchmarks/bench_speed.py

Help in under 0.5 s; a turn of every strategy component over 195 million packages in under 50 ms (the median, as a first
turn sorts); 156 million packages solved in under 60 s. Ends with 1 if a promise is not kept. The game: `bench_game.py`.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from peacetable.abm.model import Negotiation
from peacetable.analysis import solve
from peacetable.files import load
from peacetable.strategies import COMPONENTS
from test_analysis import random_scenario


def seconds(work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def helped() -> float:
    """Seconds of `peacetable --help`, the best of three."""
    program = [sys.executable, "-m", "peacetable", "--help"]
    return min(seconds(lambda: subprocess.run(program, capture_output=True, check=True)) for _ in range(3))


def turn(name: str) -> float:
    """Milliseconds of a turn, the median, where a component plays for all parties."""
    model, taken = Negotiation(load("winter-2026"), seed=1, strategies=name, rounds=8), []
    while model.running:
        taken.append(1000 * seconds(model.step))
    model.close()
    return float(np.median(taken[5:] or taken))


def solved() -> float:
    scenario = random_scenario(1, shape=(5, 4, 4, *[5] * 9), parties=5, reservation=[0.45] * 5)
    return seconds(lambda: solve(scenario))


def main() -> int:
    """Measure everything and say what is kept."""
    results = [("help", helped(), 0.5, "s"), ("156 million packages solved", solved(), 60.0, "s")]
    results += [(f"turn, {c.name}", turn(c.name), 50.0, "ms") for c in COMPONENTS]
    for what, found, most, unit in results:
        print(f"{'kept' if found < most else 'MISSED':7} {what:45} {found:8.2f} {unit} (under {most:g})")
    return int(any(found >= most for _, found, most, _ in results))


if __name__ == "__main__":
    sys.exit(main())
