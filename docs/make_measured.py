"""Measure what the coding of each scenario comes to, and write it into its README between the markers.

python docs/make_measured.py                                        every shipped scenario
python docs/make_measured.py white-house-2025 --tables 500          one of them, fewer tables
python docs/make_measured.py --json FILE                            store the figures instead

`measured-0.3.0.json` holds the figures before the coding was corrected: this script run on release 0.3.0 (commit
7b8d9b7) with `PYTHONPATH=<checkout>/src ... --json docs/measured-0.3.0.json`. So it uses only what both releases have.
"""

from __future__ import annotations

import argparse
import json
import math
import textwrap
from pathlib import Path

import numpy as np

from peacetable import Negotiation
from peacetable.analysis import solve
from peacetable.analysis.solutions import points
from peacetable.analysis.zone import vetoes
from peacetable.experiments.summary import wilson
from peacetable.files import configs_dir, load, shipped, variants
from peacetable.scenario import Scenario, cells
from peacetable.scenario.utility import GRAIN

BEFORE = Path(__file__).parent / "measured-0.3.0.json"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
READINGS = {"weight": "", "condition": "@as-conditions"}
SMALL, LARGE = 2_000, 200  # tables, in spaces that can be enumerated and in others
AT_ONCE = 100  # tables held in memory
SHOWN = 0.05  # share of the agreements from which a level is named
POINTS = {
    "nash": "Nash",
    "kalai_smorodinsky": "Kalai-Smorodinsky",
    "egalitarian": "egalitarian",
    "utilitarian": "utilitarian",
}


def measured(scenario: Scenario, tables: int) -> dict:
    """The figures of one scenario in one reading, as plain data."""
    found = solve(scenario)

    def nothing() -> list[np.ndarray]:
        return [np.zeros(len(issue.levels), dtype=int) for issue in scenario.issues]

    levels, solutions = nothing(), {name: nothing() for name in POINTS}
    agreed = with_zone = resting = 0
    enumerable = True
    for first in range(0, tables, AT_ONCE):
        model = Negotiation(scenario, tables=min(AT_ONCE, tables - first), seed=1, first_table=first)
        model.run()
        rows = np.flatnonzero(model.state.agreed[:, 0] >= 0)
        agreed += len(rows)
        _count(levels, model.state.agreed[rows])
        resting += int(rests_on_guesses(model, rows).sum())
        zones = model.outcomes()["zone"]
        enumerable = zones[0] is not None
        with_zone += int((zones > 0).sum()) if enumerable else 0
        for name, packages in _solutions(model).items() if enumerable else ():
            _count(solutions[name], packages)
    if not enumerable:
        for name, some in found.points.items():
            _count(
                solutions[name],
                np.array([point.package for point in some[:1]], dtype=np.int64).reshape(-1, len(levels)),
            )
    return {
        "cells": int(cells(scenario).assumed.size),
        "assumed": int(cells(scenario).assumed.sum()),
        "tables": tables,
        "agreed": agreed,
        "with_zone": with_zone if enumerable else None,
        "resting": resting,
        "packages": found.packages,
        "zone": found.zone,
        "approximate": list(found.approximate),
        "points": {
            name: {issue.short: counts.tolist() for issue, counts in zip(scenario.issues, of, strict=True)}
            for name, of in solutions.items()
        },
        "shorts": {issue.short: [level.short for level in issue.levels] for issue in scenario.issues},
        "levels": {issue.short: counts.tolist() for issue, counts in zip(scenario.issues, levels, strict=True)},
    }


def _count(levels: list[np.ndarray], packages: np.ndarray) -> None:
    """Adds the levels of packages (n, I) to the counts of each issue, in place."""
    for i, counts in enumerate(levels):
        counts += np.bincount(packages[:, i], minlength=len(counts))


def _solutions(model: Negotiation) -> dict[str, np.ndarray]:
    """The solution points over the zone of all, of every table that has one, by its own draws and reservation values
    at the start; of tied packages the first. Name -> int16 (n, I)."""
    numbers, packages = model.talks.drawn, model.talks.feasible
    vetoed, everybody = vetoes(numbers, packages), np.arange(len(model.talks.parties))
    found: dict[str, list] = {name: [] for name in POINTS}
    for row in range(model.tables):
        one = numbers.only(np.array([row]))
        utilities = np.stack([one.all_totals(packages, int(p))[0] for p in everybody], axis=1)
        r = one.reservation[0]
        if not ((utilities >= np.ceil(r * GRAIN)) | vetoed).all(axis=1).any():
            continue
        tied = points(utilities, r, vetoed)
        for name in POINTS:
            found[name] += [packages[n] for n in getattr(tied, name)[:1]]
    return {name: np.array(some, dtype=np.int64).reshape(-1, packages.shape[1]) for name, some in found.items()}


def rests_on_guesses(model: Negotiation, rows: np.ndarray) -> np.ndarray:
    """Whether some party whose signature the agreed package needs would not have signed it if its assumed cells stood
    at the low end of their range, bool (n,) for the tables `rows`."""
    numbers, sheet = model.talks.drawn, cells(model.talks.problem)
    packages = model.state.agreed[rows].astype(np.int64)
    needs = model.talks.space.consent.needs(packages)
    columns = model.talks.space.offsets[:-1] + packages
    result = np.zeros(len(rows), dtype=bool)
    gains, weights = numbers.gains(rows), np.broadcast_to(numbers.weights, (model.tables, *numbers.weights.shape[1:]))
    for p in range(len(model.talks.parties)):
        u = numbers.utility(packages, p, rows)
        held = np.take_along_axis(gains[:, p], columns, axis=1)
        least = weights[rows, p] * sheet.low[p, columns]
        u = u - np.where(sheet.assumed[p, columns], held - least, 0.0).sum(axis=1)
        result |= needs[:, p] & (u < model.state.reservation[rows, p])
    return result


def interval(hits: int, of: int) -> str:
    """A share in percent with its 95 % interval."""
    return f"{percent(hits / of)} ({' to '.join(map(percent, wilson(hits, of)))})" if of else "none"


def section(columns: dict[str, dict]) -> str:
    """The figures of each column (heading -> figures) as Markdown."""

    def row(name: str, told) -> str:
        return f"| {name} | " + " | ".join(map(told, columns.values())) + " |"

    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    lines.append(row("cells that are assumed", lambda f: f"{percent(f['assumed'] / f['cells'])} of {f['cells']}"))
    lines.append(row("packages that all hold above no agreement (central values)", _zone))
    if any(found["with_zone"] is not None for found in columns.values()):
        lines.append(row("tables with such packages at the end", lambda f: interval(f["with_zone"], f["tables"])))
    lines.append(row("tables that agree", lambda f: interval(f["agreed"], f["tables"])))
    lines.append(row("agreements that rest on an assumed cell", lambda f: interval(f["resting"], f["agreed"])))
    for heading, found in columns.items():
        tables = found["with_zone"] is not None
        where = "the solution points of the tables with a zone" if tables else "the solution points (central values)"
        lines += ["", f"Levels in the agreements and in {where}, {heading}:", ""]
        lines += ["| | agreements | " + " | ".join(POINTS.values()) + " |", "|---" * (len(POINTS) + 2) + "|"]
        for issue, shorts in found["shorts"].items():
            told = [_levels(shorts, counts[issue]) for counts in (found["levels"], *found["points"].values())]
            lines.append(f"| {issue} | " + " | ".join(told) + " |")
    return "\n".join(lines)


def _zone(found: dict) -> str:
    about = "about " if any("zone" in note for note in found["approximate"]) else ""
    return f"{about}{found['zone']:,} of {found['packages']:,}"


def _levels(shorts: list[str], counts: list[int]) -> str:
    """The levels that occur, the commonest first, with their shares."""
    total = sum(counts)
    shares = {short: n / total for short, n in zip(shorts, counts, strict=True) if total and n / total >= SHOWN}
    if total == 1:
        return next(iter(shares))
    return ", ".join(f"{s} {percent(shares[s])}" for s in sorted(shares, key=lambda s: -shares[s])) or "none"


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def figures(name: str, tables: int | None, reading: str) -> dict | None:
    """The figures of a shipped scenario in that reading; None where the variant for it does not exist."""
    variant = READINGS[reading]
    if variant and variant[1:] not in variants(configs_dir() / "scenarios" / name):
        return None
    scenario = load(name + variant)
    small = math.prod(len(issue.levels) for issue in scenario.issues) <= 1_000_000
    return measured(scenario, tables or (SMALL if small else LARGE))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", nargs="*", help="shipped scenarios; without one, all")
    parser.add_argument("--tables", type=int, help=f"default {SMALL}, or {LARGE} in large spaces")
    parser.add_argument("--json", type=Path, help="store the figures in this file instead")
    asked = parser.parse_args()
    found = {}
    for name in asked.scenario or shipped():
        found[name] = {reading: figures(name, asked.tables, reading) for reading in READINGS}
        print(name, {reading: f and f["agreed"] for reading, f in found[name].items()}, flush=True)
        if not asked.json:
            before = json.loads(BEFORE.read_text(encoding="utf-8")).get(name, {}).get("weight")
            _write(name, before, found[name])
    if asked.json:
        asked.json.write_text(json.dumps(found, separators=(",", ":")) + "\n", encoding="utf-8", newline="\n")


def _write(name: str, before: dict | None, found: dict) -> None:
    page = configs_dir() / "scenarios" / name / "README.md"
    text = page.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, marker, tail = rest.partition(END)
    if not marker:
        raise SystemExit(f"{page} has no {BEGIN} and {END}, so there is no place for the figures. Add both lines.")
    both = {"before (0.3.0)": before, "now": found["weight"], "demands as conditions": found["condition"]}
    columns = {heading: kept for heading, kept in both.items() if kept}
    tables = found["weight"]["tables"]
    words = (
        f"Made by `python docs/make_measured.py {name}`: {tables:,} tables, seed 1, 95 % intervals. Seats, rounds and "
        "the agents' search move these rates as much as the coding does, so compare columns and do not read the rates "
        "as forecasts. An agreement rests on an assumed cell if somebody would not have signed it with the own assumed "
        f"cells at the low end of their range. Levels that occur in less than {percent(SHOWN)} are left out."
    )
    words = "\n".join(textwrap.wrap(words, 120, break_on_hyphens=False))
    body = f"{BEGIN}\n\n{words}\n\n{section(columns)}\n\n{END}"
    page.write_text(head + body + tail, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
