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
from pathlib import Path

import numpy as np

from peacetable import Negotiation
from peacetable.abm.results import outcomes
from peacetable.analysis import solve
from peacetable.files import configs_dir, load, shipped, variants
from peacetable.scenario import Scenario, cells

BEFORE = Path(__file__).parent / "measured-0.3.0.json"
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
READINGS = {"weight": "", "condition": "@as-conditions"}
SMALL, LARGE = 2_000, 200  # tables, in spaces that can be enumerated and in others
AT_ONCE = 100  # tables held in memory
SHOWN = 0.05  # share of the agreements from which a level is named
POINTS = {
    "nash": "Nash point",
    "kalai_smorodinsky": "Kalai-Smorodinsky point",
    "egalitarian": "egalitarian point",
    "utilitarian": "utilitarian point",
}


def measured(scenario: Scenario, tables: int) -> dict:
    """The figures of one scenario in one reading, as plain data."""
    found = solve(scenario)
    levels = [np.zeros(len(issue.levels), dtype=int) for issue in scenario.issues]
    agreed = with_zone = resting = 0
    enumerable = True
    for first in range(0, tables, AT_ONCE):
        model = Negotiation(scenario, tables=min(AT_ONCE, tables - first), seed=1, first_table=first)
        model.run()
        rows = np.flatnonzero(model.state.agreed[:, 0] >= 0)
        agreed += len(rows)
        for i, counts in enumerate(levels):
            counts += np.bincount(model.state.agreed[rows, i], minlength=len(counts))
        resting += int(rests_on_guesses(model, rows).sum())
        zones = outcomes(model)["zone"]
        enumerable = zones[0] is not None
        with_zone += int((zones > 0).sum()) if enumerable else 0
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
        "points": {name: [list(map(int, point.package)) for point in some] for name, some in found.points.items()},
        "shorts": {issue.short: [level.short for level in issue.levels] for issue in scenario.issues},
        "levels": {issue.short: counts.tolist() for issue, counts in zip(scenario.issues, levels, strict=True)},
    }


def rests_on_guesses(model: Negotiation, rows: np.ndarray) -> np.ndarray:
    """Whether some party whose signature the agreed package needs would not have signed it if its assumed cells stood
    at the low end of their range, bool (n,) for the tables `rows`."""
    numbers, sheet = model.drawn, cells(model.problem)
    packages = model.state.agreed[rows].astype(np.int64)
    needs = model.space.needs(packages)
    columns = model.space.offsets[:-1] + packages
    result = np.zeros(len(rows), dtype=bool)
    gains, weights = numbers.gains(rows), np.broadcast_to(numbers.weights, (model.tables, *numbers.weights.shape[1:]))
    for p in range(len(model.parties)):
        u = numbers.utility(packages, p, rows)
        held = np.take_along_axis(gains[:, p], columns, axis=1)
        least = weights[rows, p] * sheet.low[p, columns]
        u = u - np.where(sheet.assumed[p, columns], held - least, 0.0).sum(axis=1)
        result |= needs[:, p] & (u < model.state.reservation[rows, p])
    return result


def interval(hits: int, of: int) -> str:
    """A share in percent with its 95 % interval (Wilson 1927)."""
    if not of:
        return "none"
    z, share = 1.96, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{share:.0%} ({max(middle - half, 0):.0%} to {min(middle + half, 1):.0%})".replace("%", " %")


def section(columns: dict[str, dict | None]) -> str:
    """The figures of each column (heading -> figures, None where there are none) as Markdown."""
    known = {heading: found for heading, found in columns.items() if found}

    def row(name: str, told) -> str:
        return f"| {name} | " + " | ".join(told(found) if found else "-" for found in columns.values()) + " |"

    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    lines.append(row("cells that are assumed", lambda f: f"{f['assumed'] / f['cells']:.0%} of {f['cells']}"))
    lines.append(row("packages that all hold above no agreement (central values)", _zone))
    if any(found["with_zone"] is not None for found in known.values()):
        lines.append(row("tables with such packages at the end", lambda f: interval(f["with_zone"], f["tables"])))
    lines.append(row("tables that agree", lambda f: interval(f["agreed"], f["tables"])))
    lines.append(row("agreements that rest on an assumed cell", lambda f: interval(f["resting"], f["agreed"])))
    for issue in dict.fromkeys(issue for found in known.values() for issue in found["levels"]):
        lines.append(row(f"in agreements: {issue}", lambda f, issue=issue: _levels(f, issue)))
    lines.append("")
    for name, title in POINTS.items():
        lines += [f"- {title}, {heading}: {_point(found, name)}" for heading, found in known.items()]
    return "\n".join(lines)


def _zone(found: dict) -> str:
    about = "about " if any("zone" in note for note in found["approximate"]) else ""
    return f"{about}{found['zone']:,} of {found['packages']:,}"


def _levels(found: dict, issue: str) -> str:
    counts = found["levels"].get(issue)
    if counts is None or not found["agreed"]:
        return "-"
    shares = {short: n / found["agreed"] for short, n in zip(found["shorts"][issue], counts, strict=True)}
    shown = sorted((s for s in shares if shares[s] >= SHOWN), key=lambda s: -shares[s])
    return ", ".join(f"{s} {shares[s]:.0%}".replace("%", " %") for s in shown)


def _point(found: dict, name: str) -> str:
    tied = found["points"][name]
    if not tied:
        return "none, the zone is empty"
    levels = [found["shorts"][issue][k] for issue, k in zip(found["shorts"], tied[0], strict=True)]
    return "; ".join(levels) + (f" (and {len(tied) - 1} more tied)" if len(tied) > 1 else "")


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
    columns = {"before (0.3.0)": before} if before else {}
    columns |= {"now": found["weight"], "demands as conditions": found["condition"]}
    if not found["condition"]:
        del columns["demands as conditions"]
    tables = found["weight"]["tables"]
    words = (
        f"Made by `python docs/make_measured.py {name}`: {tables:,} tables, seed 1, 95 % intervals. Seats, rounds and "
        "the agents' search move these rates as much as the coding does, so compare columns and do not read the rates "
        "as forecasts. An agreement rests on an assumed cell if somebody would not have signed it with the own assumed "
        f"cells at the low end of their range. Levels in less than {SHOWN:.0%} of the agreements are left out."
    ).replace(f"{SHOWN:.0%}", f"{SHOWN:.0%}".replace("%", " %"))
    body = f"{BEGIN}\n\n{_wrapped(words)}\n\n{section(columns)}\n\n{END}"
    page.write_text(head + body + tail, encoding="utf-8", newline="\n")


def _wrapped(words: str) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(words, 120, break_on_hyphens=False))


if __name__ == "__main__":
    main()
