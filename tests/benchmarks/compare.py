"""Speed and memory, side by side with NegMAS where that is installed.

    python tests/benchmarks/compare.py [--quick] [--only NAME] [--markdown] [--million] [--profile]

Speeds are negotiations per second of processor time in one process. The engines take turns, every run is repeated, and
what is printed are medians, of the speeds and of the ratios of neighbouring runs. Install NegMAS (AGPL) only in an
environment of its own, next to this package: it is never a dependency. `docs/performance.md` explains the cases.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import importlib.util
import json
import pstats
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from problem import AGREE, DISAGREE, LARGE, SMALL, problem

from peacetable.abm.model import Negotiation
from peacetable.analysis import frontier
from peacetable.experiments import runner
from peacetable.files import load
from peacetable.scenario import Scenario, Space
from peacetable.scenario.utility import GRAIN

try:
    import with_negmas as negmas
except ImportError:
    negmas = None

SHARED = 16000  # tables of one Negotiation where all share their preferences; else as many as a batch takes
MANY = 10**6
MODEL = {"model": "frequency", "window": 0.05}


@dataclass
class Row:
    """One line of the table. `ratio`: how many times faster than `other`; `target`: what was asked for."""

    what: str
    ours: str
    other: str
    theirs: str
    ratio: float | None
    target: str
    note: str = ""


def race(runners: dict[str, Callable[[], int]], times: int) -> dict[str, list[float]]:
    """Work per second of processor time, `times` runs of each in turn; every runner returns how much it did."""
    speeds: dict[str, list[float]] = {name: [] for name in runners}
    for turn in range(times + 1):
        for name, run in runners.items():
            gc.collect()
            start = time.process_time()
            count = run()
            if turn:  # the first is a warm-up
                speeds[name].append(count / (time.process_time() - start))
    return speeds


def ratio(speeds: dict[str, list[float]], other: str) -> float:
    return statistics.median(a / b for a, b in zip(speeds["ours"], speeds[other], strict=True))


# -- negotiations ----------------------------------------------------------------------------------------------------


class Ours:
    """Runs the next `tables` tables, and remembers how many agreed and after how many rounds they ended."""

    def __init__(self, scenario: Scenario, tables: int | None = None):
        self.scenario, self.tables, self.first = scenario, tables or runner.chunk_size(scenario, MANY), 0
        self.agreed: list[float] = []
        self.rounds: list[float] = []

    def __call__(self) -> int:
        model = Negotiation(self.scenario, seed=0, tables=self.tables, first_table=self.first, record=False).run()
        model.outcomes()
        self.agreed.append(float((model.state.agreed[:, 0] >= 0).mean()))
        self.rounds.append(float(model.state.ended_round.mean()))
        model.close()
        self.first += self.tables
        return self.tables


class Theirs:
    """Runs the next `count` of the same tables in NegMAS. `how`: best (everything shared, callbacks off), quiet (all
    made anew, callbacks off) or fresh (all made anew, its defaults)."""

    def __init__(self, scenario: Scenario, how: str, count: int, tables: int):
        model = Negotiation(scenario, seed=0, tables=tables, record=False)
        self.shape = model.talks.space.shape
        self.gains = model.talks.preferences.contributions / GRAIN
        self.reservations = np.broadcast_to(model.talks.preferences.reservation, (tables, len(model.talks.parties)))
        model.close()
        self.count, self.results = count, []
        self.how = how
        self.shared = negmas.shared(self.shape, self.gains[0]) if how == "best" else None

    def one(self, table: int):
        reservations = self.reservations[table]
        if self.shared:
            return self.shared(reservations)
        settings = negmas.QUIET if self.how == "quiet" else {}
        return negmas.fresh(self.shape, self.gains[table % len(self.gains)], reservations, **settings)

    def __call__(self) -> int:
        for _ in range(self.count):
            self.results.append(self.one(len(self.results) % len(self.reservations)))
        return self.count

    def same(self, scenario: Scenario) -> str:
        """On how many of the tables both engines ended in the same round with the same package, or with none."""
        tables = min(len(self.results), len(self.reservations))
        state = Negotiation(scenario, seed=0, tables=tables, record=False).run().state
        mine = [
            (None if package[0] < 0 else tuple(map(int, package)), int(end))
            for package, end in zip(state.agreed, state.ended_round, strict=True)
        ]
        alike = sum(a == b for a, b in zip(mine, self.results, strict=False))
        return f"{alike} of {tables} the same"


def against(
    what: str, scenario: Scenario, tables: int | None, rivals: dict[str, int], times: int, targets: dict[str, str],
    compare: bool = True,
) -> Iterator[Row]:  # fmt: skip
    """Rows for our engine beside NegMAS used in each of the ways in `rivals` (way -> negotiations per run)."""
    ours = Ours(scenario, tables)
    others = {how: Theirs(scenario, how, count, max(20, count)) for how, count in rivals.items()} if negmas else {}
    speeds = race({"ours": ours, **others}, times)
    note = f"{statistics.mean(ours.agreed):.0%} agree, {statistics.mean(ours.rounds):.1f} rounds"
    middle = f"{statistics.median(speeds['ours']):,.0f}/s"
    if not others:
        yield Row(what, middle, "-", "-", None, ", ".join(targets.values()), note)
    for how, other in others.items():
        rounds = statistics.mean(r for _, r in other.results)
        also = f"{other.same(scenario)}" if compare else "models on our side only"
        yield Row(
            what, middle, f"NegMAS {how}", f"{statistics.median(speeds[how]):,.2f}/s", ratio(speeds, how),
            targets.get(how, ""), f"{note}; NegMAS {rounds:.1f} rounds, {also}",
        )  # fmt: skip


def shared(quick: bool) -> Iterator[Row]:
    for name, reservation in (("most agree", AGREE), ("nobody agrees", DISAGREE)):
        scenario = problem(SMALL, False, reservation)
        yield from against(
            f"3,125 packages, shared preferences, {name}", scenario, SHARED, {"best": 4, "fresh": 2},
            3 if quick else 9, {"best": "300x"},
        )  # fmt: skip


def own(quick: bool) -> Iterator[Row]:
    for name, reservation in (("most agree", AGREE), ("nobody agrees", DISAGREE)):
        scenario = problem(SMALL, True, reservation)
        yield from against(
            f"3,125 packages, own preferences, {name}", scenario, None, {"fresh": 3, "quiet": 3},
            3 if quick else 9, {"fresh": "200x"},
        )  # fmt: skip


def models(quick: bool) -> Iterator[Row]:
    for name, mine in (("shared", False), ("own", True)):
        scenario = problem(SMALL, mine, AGREE, **MODEL)
        yield from against(
            f"3,125 packages, {name} preferences, frequency models", scenario, None, {"fresh": 3},
            3 if quick else 9, {"fresh": "50x"}, compare=False,
        )  # fmt: skip


def large(quick: bool) -> Iterator[Row]:
    for name, mine in (("shared", False), ("own", True)):
        scenario = problem(LARGE, mine, AGREE)
        yield from against(
            f"390,625 packages, {name} preferences", scenario, None if mine else SHARED, {"fresh": 1},
            1 if quick else 3, {"fresh": "1,000x"},
        )  # fmt: skip


# -- one side only ---------------------------------------------------------------------------------------------------


def frontiers(quick: bool) -> Iterator[Row]:
    """Utilities of all 390,625 packages for five parties; `opposed` draws every second party to the other end."""
    for opposed in (0.0,) if quick else (0.0, 0.5):
        points = _points(LARGE, opposed)
        floats = points / GRAIN
        found: dict[str, int] = {}

        def ours(points=points, found=found) -> int:
            found["ours"] = len(frontier(points).indices)
            return 1

        def theirs(floats=floats, found=found) -> int:
            found["NegMAS"] = len(negmas.pareto_frontier_numpy(floats))
            return 1

        speeds = race({"ours": ours} | ({"NegMAS": theirs} if negmas else {}), 1 if quick else 3)
        seconds = {name: f"{1 / statistics.median(s):.3g} s" for name, s in speeds.items()}
        yield Row(
            f"Pareto frontier, 390,625 x 5, opposed {opposed}", seconds["ours"], "NegMAS pareto_frontier_numpy",
            seconds.get("NegMAS", "-"), ratio(speeds, "NegMAS") if negmas else None, "5x",
            "on it: " + ", ".join(f"{v:,} ({k})" for k, v in found.items()),
        )  # fmt: skip


def _points(shape: tuple[int, ...], opposed: float) -> np.ndarray:
    """Grains (N, 5) of additive preferences with random weights."""
    chance = np.random.default_rng(3)
    index = np.stack(np.unravel_index(np.arange(int(np.prod(shape))), shape), axis=1)
    result = np.zeros((len(index), 5), dtype=np.int64)
    for p in range(5):
        weight = chance.dirichlet(np.ones(len(shape)))
        for i, levels in enumerate(shape):
            slope = np.linspace(p % 2, 1 - p % 2, levels)
            value = weight[i] * ((1 - opposed) * chance.random(levels) + opposed * slope)
            result[:, p] += np.rint(value * GRAIN).astype(np.int64)[index[:, i]]
    return result


def monte_carlo(quick: bool) -> Iterator[Row]:
    scenario = load("white-house-2025")
    size = runner.chunk_size(scenario, MANY)

    def batch() -> int:
        runner.rows(scenario, {}, 1, 0, size)
        return size

    speeds = race({"ours": Ours(scenario, size), "batch": batch}, 3 if quick else 7)
    for name, what in (("ours", "the talks alone"), ("batch", "as batch runs it, with distances to frontier and Nash")):
        speed = statistics.median(speeds[name])
        yield Row(
            f"white-house-2025, own preferences, {what}", f"{speed:,.0f}/s", "-", "-", None,
            "2,000/s" if name == "ours" else "", f"{size} tables at a time",
        )  # fmt: skip


# -- in a process of their own, so that memory is theirs alone ---------------------------------------------------------


def child(*arguments: str) -> dict:
    """What `compare.py --child ...` printed."""
    command = [sys.executable, __file__, "--child", *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    return json.loads(done.stdout.splitlines()[-1])


def peak() -> float | None:
    """Most memory this process has had, MiB; None where the system does not say."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss would count the parent's memory too
        line = next(x for x in status.read_text(encoding="utf-8").splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 1024


def _mib(value: float | None) -> str:
    return "not told by this system" if value is None else f"{value:,.0f} MiB"


def turns_of(name: str, games: int) -> dict:
    """One table at a time, every turn timed on the clock."""
    scenario = load(name)
    starts, turns = [], []
    for seed in range(games):
        begin = time.perf_counter()
        model = Negotiation(scenario, seed=seed)
        starts.append(time.perf_counter() - begin)
        while model.running:
            begin = time.perf_counter()
            model.step()
            turns.append(time.perf_counter() - begin)
        model.close()
    low, high = statistics.median(turns), float(np.percentile(turns, 99))
    return {"start": statistics.median(starts), "slowest_start": max(starts), "median": low, "p99": high,
            "slowest": max(turns), "turns": len(turns), "peak": peak()}  # fmt: skip


def batch_of(name: str, tables: int) -> dict:
    """A whole batch in this process, parts and all."""
    from peacetable.experiments.store import Store

    scenario = load(name)
    size = runner.chunk_size(scenario, tables)
    with tempfile.TemporaryDirectory() as folder:
        store = Store.create(Path(folder) / "batch", scenario, 1, tables, size, {})
        begin = time.process_time()
        runner.run(store, scenario)
        return {"seconds": time.process_time() - begin, "chunk": size, "peak": peak()}


def turns(quick: bool) -> Iterator[Row]:
    told = child("turns", "winter-2026", 2 if quick else 10)
    packages = Space(load("winter-2026")).size
    what = f"winter-2026 ({packages:,} packages), one table"
    ms = {k: f"{told[k] * 1e3:,.1f} ms" for k in ("start", "slowest_start", "median", "p99", "slowest")}
    yield Row(f"{what}: a turn, 99th percentile", ms["p99"], "-", "-", None, "50 ms",
              f"median {ms['median']}, slowest of {told['turns']} {ms['slowest']}")  # fmt: skip
    yield Row(f"{what}: start", ms["start"], "-", "-", None, "1 s", f"slowest {ms['slowest_start']}")
    yield Row(f"{what}: memory", _mib(told["peak"]), "-", "-", None, "500 MiB", "the whole process")


def growth(quick: bool, million: bool = False) -> Iterator[Row]:
    if importlib.util.find_spec("pyarrow") is None:
        print("Batches need pyarrow, which is not installed here: growth is not measured.", file=sys.stderr)
        return
    sizes = [1_000, 5_000, 20_000] if quick else [1_000, 10_000, 100_000]
    for tables in sizes + ([1_000_000] if million else []):
        told = child("batch", "white-house-2025", tables)
        yield Row(
            f"white-house-2025, batch of {tables:,} tables", f"{told['seconds'] / tables * 1e3:.3f} ms a table", "-",
            "-", None, "1,536 MiB for 1,000,000", f"peak {_mib(told['peak'])}, {told['chunk']:,} tables a chunk",
        )  # fmt: skip


# -- where the time goes ---------------------------------------------------------------------------------------------


def profiles() -> None:
    """The functions that take the most processor time, by their own time, in four cases."""
    cases = {
        "3,125 packages, shared preferences": Ours(problem(SMALL, False, AGREE), SHARED),
        "3,125 packages, own preferences": Ours(problem(SMALL, True, AGREE)),
        "3,125 packages, own preferences, frequency models": Ours(problem(SMALL, True, AGREE, **MODEL)),
        "white-house-2025": Ours(load("white-house-2025")),
    }
    for name, run in cases.items():
        run()
        profile = cProfile.Profile()
        profile.runcall(run)
        stats = pstats.Stats(profile)
        found = sorted(((own, place) for place, (_, _, own, _, _) in stats.stats.items()), reverse=True)[:12]
        print(f"\n{name}")
        for seconds, (file, _, function) in found:
            where = f"{Path(file).stem}.{function}" if file != "~" else function
            print(f"  {seconds / stats.total_tt:4.0%}  {where}")


CASES = {
    "shared": shared, "own": own, "models": models, "large": large, "turns": turns, "frontier": frontiers,
    "monte-carlo": monte_carlo, "growth": growth,
}  # fmt: skip


def show(rows: list[Row], markdown: bool) -> None:
    head = ("case", "ours", "other", "theirs", "ratio", "target", "note")
    lines = [head] + [
        (r.what, r.ours, r.other, r.theirs, f"{r.ratio:,.0f}x" if r.ratio else "-", r.target, r.note) for r in rows
    ]
    if markdown:
        for n, line in enumerate(lines):
            print("| " + " | ".join(line) + " |")
            if n == 0:
                print("|" + "---|" * len(head))
        return
    widths = [max(len(line[c]) for line in lines) for c in range(len(head))]
    for line in lines:
        print("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    parser.add_argument("--only", choices=CASES, action="append", help="only this case; may be given more than once")
    parser.add_argument("--markdown", action="store_true", help="print the table for a document")
    parser.add_argument("--million", action="store_true", help="growth: also a batch of a million tables")
    parser.add_argument("--profile", action="store_true", help="show where the time goes instead")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        what, name, count = arguments.child
        print(json.dumps((turns_of if what == "turns" else batch_of)(name, int(count))))
        return
    if arguments.profile:
        profiles()
        return
    if negmas is None:
        print("NegMAS is not installed here, so only this engine is measured.\n")
    rows = []
    for name in arguments.only or CASES:
        print(f"{name} ...", file=sys.stderr, flush=True)
        more = {"million": arguments.million} if name == "growth" else {}
        rows += CASES[name](arguments.quick, **more)
    show(rows, arguments.markdown)


if __name__ == "__main__":
    warnings.filterwarnings("ignore", module="negmas")
    main()
