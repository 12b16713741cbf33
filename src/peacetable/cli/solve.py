"""`peacetable solve`: what could be agreed, and what would be fair, by several definitions and forecasts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from ..analysis import Point, Solution

NAMES = {
    "nash": ("Nash", "Nash", "the largest product of gains over no agreement"),
    "kalai_smorodinsky": (
        "Kalai-Smorodinsky (KS)",
        "KS",
        "the worst-off party gets the largest share of the best it could hope for",
    ),
    "egalitarian": ("Egalitarian", "Egalitarian", "the least gain is as large as possible"),
    "utilitarian": ("Utilitarian", "Utilitarian", "the largest sum of utilities"),
    "compromise": (
        "Compromise model",
        "Compromise model",
        "mean of the positions, weighted by capability and salience",
    ),
    "weighted_median": (
        "Weighted median",
        "Weighted median",
        "median of the positions, weighted by capability and salience",
    ),
}
SHOWN = 3  # tied packages in the text; --json has all


@click.command("solve")
@click.argument("scenario")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def command(scenario: str, as_json: bool) -> None:
    """What could be agreed in SCENARIO: the Pareto frontier, solution points, forecasts.

    All at the central values of the scenario and the reservation values of the start. Up to a million packages
    everything is exact; beyond, the output says what is approximate.
    """
    from ..analysis import solve
    from ..files import load

    found = solve(load(scenario))
    if as_json:
        click.echo(json.dumps(document(found), indent=2, ensure_ascii=False))
    else:
        from rich.console import Console

        console = Console(highlight=False)
        if not console.is_terminal:
            console.width = 120
        tell(found, console)


def document(found: Solution) -> dict:
    """The solution as plain data."""
    parties = found.scenario.party_ids
    return {
        "scenario": found.scenario.name,
        "packages": found.packages,
        "feasible": found.feasible,
        "signable": found.signable,
        "frontier_size": found.frontier_size,
        "zone_of_agreement": found.zone,
        "agreeable": found.agreeable,
        "reservation": dict(zip(parties, found.reservation.tolist(), strict=True)),
        "points": {name: [_point(found, p) for p in points] for name, points in found.points.items()},
        "forecasts": {name: _forecast(found, name) for name in found.forecasts},
        "approximate": "; ".join(found.approximate) or False,
    }


def _point(found: Solution, point: Point) -> dict:
    from ..table.notation import as_levels, write

    utilities = dict(zip(found.scenario.party_ids, point.utilities.tolist(), strict=True))
    package = point.package
    return {
        "notation": write(found.scenario, package),
        "package": as_levels(found.scenario, package),
        "utilities": utilities,
    }


def _forecast(found: Solution, name: str) -> dict:
    outlook = found.forecasts[name]
    chosen = outlook.forecast.levels
    levels = {i.id: None if (k := chosen[i.id]) is None else i.levels[k].id for i in found.scenario.issues}
    whole = _point(found, outlook.point) if outlook.point else {"notation": None, "package": None, "utilities": None}
    judged = {"feasible": outlook.feasible, "red_lines": list(outlook.red_lines)}
    return {"positions": outlook.forecast.positions, "levels": levels, **whole, **judged}


def tell(found: Solution, console: Console) -> None:
    """The solution as text."""
    scenario, about = found.scenario, "about " if found.approximate else ""
    console.print(f"[bold]{scenario.title or scenario.name}[/] ({scenario.name})\n", soft_wrap=True)
    console.print(
        f"{found.packages:,} packages; {found.feasible:,} break no rule, {found.signable:,} of them cross no red line "
        f"of a party whose signature they need. On the Pareto frontier of these: {'at least ' if about else ''}"
        f"{found.frontier_size:,} different vectors of utilities."
    )
    if found.zone:
        share = f"{found.zone / found.feasible:.1%}" if found.zone >= found.feasible / 1000 else "less than 0.1%"
        console.print(
            f"Zone of possible agreement: {about}{found.zone:,} packages ({share}) that every party holds at or above "
            "no agreement."
        )
    else:
        console.print("There is no zone of possible agreement: every package is worse than none for some party.")
    if found.agreeable is not None and found.agreeable != found.zone:
        console.print(f"{found.agreeable:,} packages suit all those parties whose signature they need.")
    _points_table(found, console)
    _levels_table(found, console)
    for note in found.approximate:
        console.print(f"Approximate: {note}.")


def _heading(table, found: Solution) -> None:
    for party in found.scenario.parties:
        table.add_column(party.short, justify="right")


def _points_table(found: Solution, console: Console) -> None:
    """Every point and forecast with the utility for each party; tied packages get a line each."""
    from rich.table import Table

    console.print("\n[bold]What each party would have[/]")
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    _heading(table, found)
    table.add_row("No agreement", *(f"{r:.3f}" for r in found.reservation))
    for name, points in found.points.items():
        for n, point in enumerate(points[:SHOWN]):
            label = NAMES[name][0] if len(points) == 1 else f"{NAMES[name][0]} {n + 1} of {len(points)}"
            table.add_row(label, *(f"{u:.3f}" for u in point.utilities))
    for name, outlook in found.forecasts.items():
        if outlook.point:
            table.add_row(NAMES[name][0], *(f"{u:.3f}" for u in outlook.point.utilities))
    console.print(table)
    for name, (label, _, meaning) in NAMES.items():
        if found.points.get(name) or name in found.forecasts:
            console.print(f"  {label}: {meaning}.", style="dim")
    for name, outlook in found.forecasts.items():
        if outlook.point and not outlook.feasible:
            console.print(f"  The package of the {NAMES[name][0].lower()} breaks a rule.")
        if outlook.red_lines:
            shorts = {party.id: party.short for party in found.scenario.parties}
            who = ", ".join(shorts[party] for party in outlook.red_lines)
            console.print(f"  The package of the {NAMES[name][0].lower()} crosses a red line of {who}.")


def _levels_table(found: Solution, console: Console) -> None:
    """Issue by issue, the level of every first point and of the forecasts; equal columns are joined."""
    from rich.table import Table

    columns: dict[tuple, list[str]] = {}
    for name, points in found.points.items():
        if points:
            columns.setdefault(tuple(points[0].package.tolist()), []).append(NAMES[name][1])
    for name, outlook in found.forecasts.items():
        columns.setdefault(tuple(outlook.forecast.levels.values()), []).append(NAMES[name][1])
    console.print("\n[bold]The packages[/]")
    table = Table(box=None, pad_edge=False)
    table.add_column("Issue")
    for labels in columns:
        table.add_column("\n".join(columns[labels]), overflow="fold")
    for i, issue in enumerate(found.scenario.issues):
        levels = [levels[i] for levels in columns]
        table.add_row(issue.short, *("-" if k is None else issue.levels[k].short for k in levels))
    console.print(table)
