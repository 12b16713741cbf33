"""Kills batches at random moments and goes on with them, until they are whole: every byte must be as without a kill.

    python tests/benchmarks/kills.py [--kills 20] [--tables 600] [--seed 1]

For each way to run (one process, two workers, two workers with inputs stored) the whole process group is killed so that
nothing can be tidied up (SIGKILL), `--kills` times in all. Needs POSIX signals.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCENARIO = "white-house-2025"
WAYS = {
    "one process": [],
    "two workers": ["--workers", "2"],
    "two workers, inputs stored": ["--workers", "2", "--inputs"],
}


def batch(out: Path, tables: int, *more: str) -> subprocess.Popen:
    command = ["batch", SCENARIO, "--tables", str(tables), "--chunk", "20", "--rounds", "6", "--out", str(out), *more]
    return subprocess.Popen(
        [sys.executable, "-m", "peacetable", *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def finished(program: subprocess.Popen) -> None:
    _, told = program.communicate(timeout=900)
    if program.returncode:
        raise SystemExit(f"a batch ended with {program.returncode}: {told}")


def contents(out: Path) -> dict[str, bytes]:
    """The bytes of all parts by their places; the manifest has times in it."""
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*.parquet")}


def killed(out: Path, tables: int, kills: int, draw: random.Random, *how: str) -> list[int]:
    """Bring a batch to its end through so many kills; how many parts there were at each."""
    found = []
    program = batch(out, tables, *how)
    for _ in range(kills):
        before = len(contents(out))
        # a moment before the first new part, or soon after one
        until, wait = before + draw.choice((0, 1, 1, 2, 3)), draw.uniform(0, 0.4)
        while len(list(out.rglob("*.parquet"))) < until and program.poll() is None:
            time.sleep(0.002)
        time.sleep(wait)
        os.killpg(program.pid, signal.SIGKILL)
        program.communicate()
        found.append(len(list(out.rglob("*.parquet"))))
        program = batch(out, tables, "--resume", *how)
    finished(program)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--tables", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    given = parser.parse_args()
    draw = random.Random(given.seed)  # noqa: NPY002
    with tempfile.TemporaryDirectory() as folder:
        for n, (way, how) in enumerate(WAYS.items()):
            kills = given.kills // len(WAYS) + (n < given.kills % len(WAYS))
            whole, cut = Path(folder) / f"whole{n}", Path(folder) / f"cut{n}"
            finished(batch(whole, given.tables, *how))
            at = killed(cut, given.tables, kills, draw, *how)
            same = contents(cut) == contents(whole)
            left = [
                p.name for p in cut.rglob("*") if p.is_file() and p.suffix != ".parquet" and p.name != "manifest.json"
            ]
            print(
                f"{way}: {kills} kills, at {at} parts of {len(contents(whole))}; equal bytes: {same}; left over: {left}"
            )
            if not same or left:
                raise SystemExit(1)


if __name__ == "__main__":
    main()
