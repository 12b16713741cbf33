"""Many tables in one process, served by several threads: each is the same as alone, and standard output stays whole."""

import hashlib
import json
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import pytest

from peacetable import Negotiation, load
from peacetable.analysis import solve
from peacetable.scenario import preferences, spare
from peacetable.scenario.ranking import feasible_packages
from peacetable.scenario.sorting import SortedRanking

THREADS = 8
# name of the scenario, tables, seed, settings
TABLES: list[tuple[str, int, int, dict]] = [
    *[("venue-2025", tables, seed, {}) for seed, tables in enumerate((1, 1, 40, 1))],
    *[("white-house-2025", tables, seed, {}) for seed, tables in enumerate((1, 20, 1, 5))],
    ("white-house-2025", 3, 5, {"strategies": "linear+ac_combi+bayesian"}),
    *[("winter-2026", 1, seed, {"rounds": 3}) for seed in range(2)],
]


@pytest.fixture(autouse=True)
def _threads_take_turns_often():
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


def together(work, given: list) -> list:
    """`work` of everything given, by THREADS threads."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, given))


def ended(table: tuple[str, int, int, dict]) -> str:
    """All rows and moves of a batch to the last bit; its memory is given back for those that come after."""
    name, tables, seed, settings = table
    model = Negotiation(load(name), tables=tables, seed=seed, record=True, **settings).run()
    rows = {column: values.tolist() for column, values in model.outcomes().items()}
    told = [model.report(k)["moves"] for k in range(tables)]
    model.close()
    return hashlib.sha256(json.dumps([rows, told], sort_keys=True).encode()).hexdigest()


def test_a_table_is_the_same_alone_and_beside_others_in_other_threads():
    assert together(ended, TABLES) == [ended(table) for table in TABLES]


def test_threads_solve_what_one_solves():
    def solved(name: str) -> str:
        return str(asdict(solve(load(name))))

    names = ["winter-2026", "white-house-2025", "winter-2026"]
    alone = {name: solved(name) for name in {*names}}
    assert together(solved, names) == [alone[name] for name in names]


class Slow(list):
    """A list that lets other threads go first just before it gives something up."""

    def pop(self, n):
        time.sleep(1e-6)
        return super().pop(n)


def test_rankings_never_share_the_memory_they_borrow(monkeypatch):
    """What one gives back goes to one other that it is large enough for, also where most of it is thrown away."""
    numbers = preferences(load("venue-2025"))
    packages = feasible_packages(numbers.space)
    monkeypatch.setattr(spare, "SPARE", 2 * len(packages))
    monkeypatch.setattr(spare, "_spare", Slow())
    sizes = [len(packages) // 3**k for k in range(4)]
    wanted = {size: SortedRanking(numbers.numbers[0], packages[:size]).keys.copy() for size in sizes}

    def right(n: int) -> bool:
        found = {size: SortedRanking(numbers.numbers[0], packages[:size]) for size in (sizes[n % 4], sizes[n % 3])}
        same = all((r.keys == wanted[size]).all() for size, r in found.items())
        for r in found.values():
            r.release()
        return same

    assert all(together(right, list(range(300))))


# standard output

HEAD = """
import os, sys, tempfile, threading, time
sys.setswitchinterval(1e-5)

def say(line):  # in one call: print writes the end of the line in a second one
    print(line + "\\n", end="", flush=True)
"""
SILENCED = """
from peacetable.analysis.silence import silent

def work(n):
    for k in range(50):
        try:
            with silent():
                os.write(1, b"HighsMipSolverData::somewhere\\n")
                say(f"inside {n} {k}")
                time.sleep(0)
                if n % 2:
                    raise ValueError
        except ValueError:
            pass
        say(f"outside {n} {k}")
"""
SEARCHED = """
import peacetable
from peacetable.analysis.program import Program
from peacetable.scenario import preferences

numbers = preferences(peacetable.load("winter-2026"))

def work(n):
    program = Program(numbers, tell=lambda _: say(f"inside {n} {program.solved}"))
    for k in range(3):
        program.maximise({program.utility + n: 1.0})
        say(f"outside {n} {k}")
"""
THREADED = """
threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
[t.start() for t in threads]
[t.join() for t in threads]
say("still here")
"""


@pytest.mark.parametrize(("work", "inside"), [(SILENCED, range(50)), (SEARCHED, range(1, 4))])
def test_threads_that_silence_the_solver_lose_nothing_that_is_printed(work, inside):
    done = subprocess.run([sys.executable, "-c", HEAD + work + THREADED], capture_output=True, text=True, check=True)
    lines = [f"inside {n} {k}" for n in range(4) for k in inside]
    lines += [f"outside {n} {k}" for n in range(4) for k in range(len(inside))]
    assert Counter(done.stdout.splitlines()) == Counter([*lines, "still here"]) and not done.stderr


@pytest.mark.parametrize(
    "before",
    [
        "os.close(1)",
        "os.close(1); sys.stdout = None",
        "r, w = os.pipe(); os.dup2(w, 1); os.close(r)",  # nobody reads it any more
        "tempfile.tempdir = '/nowhere/at/all'",  # what is written cannot be held back
    ],
)
def test_threads_search_where_standard_output_is_of_no_use(before):
    script = HEAD + before + SEARCHED + THREADED + "os._exit(0)"  # what Python still holds back is not written any more
    script = script.replace("print(line", "sys.stderr.write(line").replace(', end="", flush=True', "")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, len(done.stderr.splitlines())) == (0, 4 * 6 + 1), done.stderr
