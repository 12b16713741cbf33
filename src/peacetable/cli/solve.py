"""`peacetable solve`: what could be agreed, and what would be fair, by several definitions and forecasts."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from .common import load_scenario, notice, print_json, set_option

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

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
CONSENT = {
    "unanimity": "every party has to sign",
    "needed": "those have to sign whose signature the levels need",
    "quorum": "{quorum} of {parties} parties have to sign{vetoes}",
}
SHOWN = 3  # tied packages in the text; --json has all
WIDTH = 100  # columns where the output is not a terminal
QUIET, PAUSE = 1.0, 5.0  # seconds until progress is shown, and between its lines where it is no terminal


@click.command("solve")
@click.argument("scenario")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@set_option
def command(scenario: str, as_json: bool, settings: tuple[str, ...]) -> None:
    """What could be agreed in SCENARIO: the Pareto frontier, solution points, forecasts.

    All at the central values of the scenario and the reservation values of the start, over the packages that every
    party could agree to and over those that the consent rule allows. Up to a million packages everything is exact;
    beyond, the output says what is approximate.
    """
    from ..analysis import solve

    facts = load_scenario(scenario, settings)
    with _progress() as show:
        found = solve(facts, show)
    if as_json:
        print_json(document(found))
    else:
        from .terminal import Terminal

        tell(found, Terminal(WIDTH))


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Something to tell what is being done; shows it on standard error once that takes longer than a second."""
    began = time.monotonic()
    due = began + QUIET
    status: Status | None = None

    def show(what: str) -> None:
        nonlocal due, status
        now = time.monotonic()
        if now < due:
            return
        if not sys.stderr.isatty():
            due = now + PAUSE
            notice(f"{what[0].upper()}{what[1:]} ({now - began:.0f} s).")
        elif status is None:
            from rich.console import Console

            status = Console(stderr=True).status(what)
            status.start()
        else:
            status.update(what)

    try:
        yield show
    finally:
        if status is not None:
            status.stop()


def document(found: Solution) -> dict:
    """The solution as plain data."""
    parties = found.scenario.party_ids
    return {
        "scenario": found.scenario.name,
        "packages": found.packages,
        "feasible": found.feasible,
        "signable": found.signable,
        "frontier_size": found.frontier_size,
        "rational_frontier_size": found.rational_frontier_size,
        "zone_of_agreement": found.zone,
        "agreeable": found.agreeable,
        "reservation": dict(zip(parties, found.reservation.tolist(), strict=True)),
        "points": _document(found, found.points),
        "points_by_consent": _document(found, found.points_by_consent),
        "forecasts": {name: _forecast(found, name) for name in found.forecasts},
        "approximate": "; ".join(found.approximate) or False,
    }


def _document(found: Solution, points: dict[str, list[Point]]) -> dict:
    return {name: [_point(found, point) for point in tied] for name, tied in points.items()}


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
    demands = [{"party": party, "id": demand.id, "says": demand.says} for party, demand in outlook.demands]
    judged = {"feasible": outlook.feasible, "red_lines": list(outlook.red_lines), "demands": demands}
    return {"positions": outlook.forecast.positions, "levels": levels, **whole, **judged}


def tell(found: Solution, console: Console) -> None:
    """The solution as text."""
    from rich.markup import escape

    scenario = found.scenario
    conditions = any(c.veto for party in scenario.parties for c in party.conditions)
    lines = "red lines and demands" if conditions and scenario.protocol.red_lines == "veto" else "red lines"
    console.print(f"[bold]{escape(scenario.title or scenario.name)}[/] ({scenario.name})\n", soft_wrap=True)
    part = _unless_counted(found, "frontier_size", " (of those found; there are more)")
    console.print(
        f"{found.packages:,} packages; {_about(found, 'feasible')}{found.feasible:,} break no rule, and {lines} "
        f"leave {_about(found, 'signable')}{found.signable:,} of them that can be signed. On the Pareto frontier lie "
        f"{found.frontier_size:,} different vectors of utilities among these"
        f"{f', {found.rational_frontier_size:,} in the zone of possible agreement' if found.zone else ''}{part}."
    )
    if found.zone:
        share = f"{found.zone / found.feasible:.1%}" if found.zone >= found.feasible / 1000 else "less than 0.1%"
        console.print(
            f"Zone of possible agreement: {_about(found, 'zone_of_agreement')}{found.zone:,} packages ({share}) that "
            "every party holds at or above no agreement."
        )
    else:
        console.print("There is no zone of possible agreement: every package is worse than none for some party.")
    if _same(found):
        console.print(f"Consent: {escape(_consent(found))}, so these are all that can be agreed.")
    else:
        count = f"{_about(found, 'agreeable')}{found.agreeable:,}" if found.agreeable else "no"
        console.print(
            f"Consent: {escape(_consent(found))}; {count} packages give all who would sign at least no agreement."
        )
    _points_table(found, console)
    groups = [("The packages" if _same(found) else "The packages, if all had to sign", found.points)]
    if not _same(found):
        groups.append(("The packages, by the consent rule", found.points_by_consent))
    for heading, points in groups:
        _levels_table(found, console, heading, {n: p[0].package.tolist() for n, p in points.items() if p})
        tied = [f"{NAMES[name][1]} {len(some)}" for name, some in points.items() if len(some) > 1]
        if tied:
            told = f"  Of packages that tie the first stands here ({', '.join(tied)}); --json has all."
            console.print(told, style="dim")
    levels = {name: list(outlook.forecast.levels.values()) for name, outlook in found.forecasts.items()}
    _levels_table(found, console, "The packages of the forecasts", levels)
    for note in found.approximate:
        console.print(f"Approximate: {escape(note)}.")


def _unless_counted(found: Solution, name: str, words: str) -> str:
    """`words` where the number is not exact."""
    return words if any(note.startswith(name) for note in found.approximate) else ""


def _about(found: Solution, name: str) -> str:
    return _unless_counted(found, name, "about ")


def _same(found: Solution) -> bool:
    """Whether what the consent rule allows is the zone of all, by its definition."""
    return found.points_by_consent is found.points


def _consent(found: Solution) -> str:
    """The consent rule in words."""
    from ..words.lines import listed

    protocol, parties = found.scenario.protocol, found.scenario.parties
    vetoes = [party.label for party in parties if party.id in protocol.vetoes]
    among = f", {listed(vetoes)} among them" if vetoes else ""
    return CONSENT[protocol.consent].format(quorum=protocol.quorum, parties=len(parties), vetoes=among)


def _points_table(found: Solution, console: Console) -> None:
    """Every point and forecast with the utility for each party; tied packages get a line each."""
    from rich.markup import escape
    from rich.table import Table

    console.print("\n[bold]What each party would have[/]")
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for party in found.scenario.parties:
        table.add_column(escape(party.short), justify="right")
    table.add_row("No agreement", *(f"{r:.3f}" for r in found.reservation))
    groups = [("", found.points)]
    if not _same(found):
        groups = [("If all had to sign", found.points), ("By the consent rule", found.points_by_consent)]
    for heading, points in groups:
        if heading:
            table.add_row(f"[bold]{heading}[/]")
        for name, tied in points.items():
            for n, point in enumerate(tied[:SHOWN]):
                label = NAMES[name][0] if len(tied) == 1 else f"{NAMES[name][0]} {n + 1} of {len(tied)}"
                table.add_row(label, *(f"{u:.3f}" for u in point.utilities))
        if heading and not any(points.values()):
            table.add_row("nothing to agree on")
    if not _same(found):
        table.add_row("[bold]Forecasts[/]")
    for name, outlook in found.forecasts.items():
        if outlook.point:
            table.add_row(NAMES[name][0], *(f"{u:.3f}" for u in outlook.point.utilities))
    console.print(table)
    for name, (label, _, meaning) in NAMES.items():
        if found.points.get(name) or found.points_by_consent.get(name) or name in found.forecasts:
            console.print(f"  {label}: {meaning}.", style="dim")
    if not _same(found):
        console.print(
            "  By the consent rule the gains of those who would sign count (for Nash their mean); sums are over all.",
            style="dim",
        )
    shorts = {party.id: escape(party.short) for party in found.scenario.parties}
    for name, outlook in found.forecasts.items():
        package = f"  The package of the {NAMES[name][0].lower()}"
        if outlook.point and not outlook.feasible:
            console.print(f"{package} breaks a rule.")
        if outlook.red_lines:
            console.print(f"{package} crosses a red line of {', '.join(shorts[party] for party in outlook.red_lines)}.")
        for who, demand in outlook.demands:
            unmet = f"does not meet what {shorts[who]} has called part of any settlement"
            console.print(f"{package} {unmet}: {escape(demand.says)}")


def _levels_table(found: Solution, console: Console, heading: str, packages: dict[str, list]) -> None:
    """Issue by issue, the level (None: none) of every package {name: levels}; equal columns are joined."""
    from rich.markup import escape
    from rich.table import Table

    columns: dict[tuple, list[str]] = {}
    for name, levels in packages.items():
        columns.setdefault(tuple(levels), []).append(NAMES[name][1])
    if not columns:
        return
    console.print(f"\n[bold]{heading}[/]")
    table = Table(box=None, pad_edge=False)
    table.add_column("Issue")
    for labels in columns:
        table.add_column("\n".join(columns[labels]), overflow="fold")
    for i, issue in enumerate(found.scenario.issues):
        shorts = ["-" if (k := levels[i]) is None else issue.levels[k].short for levels in columns]
        table.add_row(*map(escape, (issue.short, *shorts)))
    console.print(table)
