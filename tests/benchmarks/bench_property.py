"""What `check` passes, every command takes: `python tests/benchmarks/bench_property.py --count 1000 --seed 0`.

Tries so many random scenarios and as many shipped ones with mistakes in them; prints a summary and everything that
does not hold, and keeps the folders in which it does not under --keep.
"""

from __future__ import annotations

import argparse
import faulthandler
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from random_scenarios import failures, write_mutated, write_random

SHIPPED = (*["venue-2025"] * 5, *["white-house-2025"] * 4, "winter-2026")
LONG = 120  # seconds after which it is shown where a folder spends its time
STEP = 50  # folders between lines of progress


def main() -> int:
    """Exit code 1 if anything does not hold."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=1000, help="folders of each kind")
    options.add_argument("--seed", type=int, default=0, help="number of the first folder")
    options.add_argument("--kind", choices=["random", "mutated"], action="append", help="only this kind")
    options.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "peacetable-property")
    given = options.parse_args()
    bad = 0
    for kind in given.kind or ("random", "mutated"):
        counts: Counter[str] = Counter()
        began = time.perf_counter()
        for n, seed in enumerate(range(given.seed, given.seed + given.count), 1):
            counts.update(one(kind, seed, given.keep))
            if n % STEP == 0:
                print(f"{kind}: {n} of {given.count}", file=sys.stderr, flush=True)
        bad += counts["failing"]
        print(
            f"{kind}: {given.count} folders, {counts['clean']} passed by check, {counts['failing']} failing, "
            f"{time.perf_counter() - began:.0f} s",
            flush=True,
        )
    return 1 if bad else 0


def one(kind: str, seed: int, keep: Path) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as top:
        folder, work, mistakes = Path(top) / f"{kind}-{seed}", Path(top) / "work", []
        work.mkdir()
        if kind == "random":
            write_random(seed, folder)
        else:
            shipped = SHIPPED[seed % len(SHIPPED)]
            folder, mistakes = write_mutated(seed, Path(top) / shipped, shipped)
        faulthandler.dump_traceback_later(LONG, repeat=True)
        began = time.perf_counter()
        clean, found = failures(folder, seed, work)
        faulthandler.cancel_dump_traceback_later()
        seconds = time.perf_counter() - began
        if seconds > LONG:
            print(f"{kind} {seed} took {seconds:.0f} s", flush=True)
        if found:
            kept = keep / f"{kind}-{seed}" / folder.name
            shutil.copytree(folder, kept, dirs_exist_ok=True)
            print(f"{kind} {seed}: {kept}")
            for sentence in [*(f"  mistake: {m}" for m in mistakes), *(f"  {s}" for s in found[:6])]:
                print(sentence.replace(top, ""), flush=True)
        return {"clean": clean, "failing": bool(found)}


if __name__ == "__main__":
    sys.exit(main())
