"""The game window against its promises, by hand: python tests/benchmarks/bench_game.py [--games N]

Frames at 1920 x 1080 with the software driver: median under 8 ms, 99th percentile under 16 ms; window up in under 2 s;
an agent's turn under 100 ms; memory under 300 MiB after ten games in a row. Ends with 1 if a promise is not kept.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import numpy as np
import pygame

from peacetable.files import load, shipped
from peacetable.game.app import App
from peacetable.seat.session import Session

START = """
import time, os
began = time.perf_counter()
from peacetable.game.app import App
app = App(size=(1920, 1080))
app.tick()
print(time.perf_counter() - began)
"""


def window_up() -> float:
    """Seconds from a fresh interpreter's first line to the first picture of the title screen; the better of three."""
    runs = [subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True) for _ in range(3)]
    return min(float(run.stdout.split()[-1]) for run in runs)


DEEDS = ("draft", "draft", "party", "close", "draft", "sources", "close", "draft", "propose")


def frames(name: str) -> np.ndarray:
    """Milliseconds of frames of a busy game at the fast pace, from the event to the picture: the mouse never rests, the
    person does something six times a second, the agents move, bars glide and cards light up."""
    app = App(Session(load(name), 1), (1920, 1080), pause=0.25, party="ukraine")
    facts, rng, times = app.session.facts, random.Random(1), []

    def deed(n: int) -> tuple | None:
        if app.table.waits():
            return ("card",)
        if n % 10 or app.table.view.ended:
            return None
        what, issue = DEEDS[n // 10 % len(DEEDS)], rng.randrange(len(facts.issues))
        more = {
            "draft": (issue, rng.randrange(len(facts.issues[issue].levels))),
            "party": (rng.choice(facts.parties).id,),
            "sources": (issue,),
        }
        return (what, *more.get(what, ()))

    app._act(("go",))
    for n in range(1500):
        place = (rng.randrange(1920), rng.randrange(1080))
        app.post(pygame.event.Event(pygame.MOUSEMOTION, pos=place, rel=(1, 1), buttons=(0, 0, 0)))
        began = time.perf_counter()
        action = deed(n)
        if action is not None:
            app._act(action)
        app.tick(1 / 60)
        times.append(1000 * (time.perf_counter() - began))
    app.close()
    return np.array(times)


def turns(name: str) -> float:
    """Milliseconds of the slowest turn of an agent in three games, the first ones included."""
    slowest = 0.0
    for seed in range(3):
        session = Session(load(name), seed)
        session.start("ukraine")
        while session.running:
            if session.awaiting:
                seat = session.at(session.awaiting[0])
                seat.propose(seat.mandate().opening)
                continue
            began = time.perf_counter()
            session.step()
            slowest = max(slowest, 1000 * (time.perf_counter() - began))
        session.close()
    return slowest


def memory(games: int) -> float:
    """MiB that the process holds after so many whole games of the largest scenario, minutes and debrief included."""
    with tempfile.TemporaryDirectory() as folder:
        app = App(Session(load("winter-2026"), 3, Path(folder)), (1920, 1080), pause=0.0, party="ukraine")
        for game in range(games):
            app._act(("go",))
            for _ in range(3000):
                if app.table is not None and app.table.waits():
                    app._act(("card",))
                if not app.session.running:
                    break
                if app.session.awaiting:
                    app._act(("propose",))
                app.tick()
            app._act(("debrief",))
            app.tick()
            print(f"  game {game + 1}: {resident():.0f} MiB", file=sys.stderr)
            app._act(("again",))
        app.close()
    return resident()


def resident() -> float:
    """MiB of this process that are in memory now."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def main() -> int:
    """Measure everything and say what is kept."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--games", type=int, default=10, metavar="N")
    games = arguments.parse_args().games
    results = [("window up", window_up(), 2.0, "s")]
    for name in shipped():
        times = frames(name)
        results.append((f"frame, median, {name}", float(np.median(times)), 8.0, "ms"))
        results.append((f"frame, 99th percentile, {name}", float(np.percentile(times, 99)), 16.0, "ms"))
        results.append((f"slowest agent's turn, {name}", turns(name), 100.0, "ms"))
    results.append((f"memory after {games} games", memory(games), 300.0, "MiB"))
    for what, found, most, unit in results:
        print(f"{'kept' if found < most else 'MISSED':7} {what:45} {found:8.2f} {unit} (under {most:g})")
    return int(any(found >= most for _, found, most, _ in results))


if __name__ == "__main__":
    sys.exit(main())
