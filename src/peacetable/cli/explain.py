"""`peacetable explain`: a party's utility, level by level, back to what was said by whom and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from .common import load_scenario, print_json, set_option

if TYPE_CHECKING:
    from rich.console import Console

    from ..analysis import Explanation
    from ..scenario import Fact, Scenario


WIDTH = 120  # columns where the output is not a terminal


@click.command("explain")
@click.argument("scenario")
@click.option("--party", metavar="PARTY", help="One party, for example russia; without it, all of them.")
@click.option("--package", help='One level for every issue: "air_cover=outside_bases ..."; without it, all levels.')
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@set_option
def command(scenario: str, party: str | None, package: str | None, as_json: bool, settings: tuple[str, ...]) -> None:
    """Where the numbers of a party in SCENARIO come from: stance, basis, weight, value and sources of every level.

    Then what it has called part of any settlement and how that is read here; for all parties together also what
    everybody at the table knows.

    Stated, second_hand and inferred stances name their sources; assumed ones rest on no statement: the share of them is
    shown, and of those that every table draws anew. Given ones are plain numbers from the files of another program.
    """
    from ..analysis import background, explain
    from ..table.notation import nearest, read, write

    facts = load_scenario(scenario, settings)
    if party is not None and party not in facts.party_ids:
        raise click.BadParameter(
            f'no party "{party}" in {facts.name}; {nearest(party, facts.party_ids)}', param_hint="--party"
        )
    row = None if package is None else read(facts, package)
    notation = None if row is None else write(facts, row)
    found = [explain(facts, who, row) for who in ([party] if party else facts.party_ids)]
    if as_json:
        documents = [one.document(notation) for one in found]
        known = [asdict(fact) for fact in background(facts)]
        print_json(documents[0] if party else {"scenario": facts.name, "parties": documents, "background": known})
        return
    from .terminal import Terminal

    console = Terminal(WIDTH)
    for n, one in enumerate(found):
        if n:
            console.print()
        tell(facts, one, notation, console)
    if not party:
        _background(facts, background(facts), console)


def tell(scenario: Scenario, found: Explanation, notation: str | None, console: Console) -> None:
    """The explanation as text."""
    from rich.markup import escape

    party = scenario.parties[scenario.party_ids.index(found.party)]
    console.print(f"[bold]{escape(party.label)}[/] in {scenario.name}: {escape(party.role)}")
    if notation:
        console.print(f"Package: {notation}")
        verdict = "at or above" if (found.utility or 0.0) >= found.reservation else "below"
        console.print(
            f"Utility {found.utility:.3f}, {verdict} no agreement ({found.reservation:.3f}). Assumed values carry "
            f"{found.assumed_weight:.0%} of the weight."
        )
    else:
        console.print(f"No agreement is worth {found.reservation:.3f}: {escape(party.no_agreement)}")
    if scenario.imported:
        console.print(f"The numbers were read from {escape(scenario.imported)}; no statement stands behind them.")
    elif scenario.fictional:
        console.print("The scenario is invented: no statement stands behind its numbers.")
    else:
        drawn = f"; {found.drawn_share:.0%} are drawn anew for every table" if found.drawn_share else ""
        console.print(f"{found.assumed_share:.0%} of this party's cells are assumed, not stated{drawn}.")
    if found.red_lines:
        veto = "it would never sign" if scenario.protocol.red_lines == "veto" else "it counts as nothing there"
        console.print(f"The package crosses a red line on {', '.join(found.red_lines)}: {veto}.", style="bold")
    for row in found.demands:
        if row.holds and row.reading == "condition":
            never = "it would never sign" if scenario.protocol.red_lines == "veto" else "it is worth nothing to it"
            unmet = f"The package does not meet what it calls part of any settlement: {never}. {row.says}"
            console.print(escape(unmet), style="bold")
    console.print()
    _rows(scenario, found, console)
    _demands(scenario, found, console)
    _conditions(found, console)
    given = [row.sources for row in found.rows]
    given += [row.sources for row in found.demands] + [row.sources for row in found.conditions]
    _sources(scenario, given, console)


def _rows(scenario: Scenario, found: Explanation, console: Console) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("Issue", "Level", "Stance", "Basis"):
        table.add_column(heading)
    for heading in ("Weight", "Value", "Adds"):
        table.add_column(heading, justify="right")
    table.add_column("Sources, or why", overflow="fold", ratio=1)
    shorts = {(i.id, level.id): (i.short, level.short) for i in scenario.issues for level in i.levels}
    before = None
    for row in found.rows:
        issue, level = shorts[row.issue, row.level]
        why = ", ".join([*row.sources, *([row.note] if row.note and not row.sources else [])])
        cells = ["" if row.issue == before else issue, level, row.stance.replace("_", " "), row.basis.replace("_", " ")]
        numbers = [f"{row.weight:.3f}", f"{row.value:.3f}", f"{row.contribution:.3f}"]
        table.add_row(*map(escape, cells), *numbers, escape(why), style="dim" if row.basis == "assumed" else None)
        before = row.issue
    console.print(table)


def _conditions(found: Explanation, console: Console) -> None:
    from rich.markup import escape

    demands = {row.id for row in found.demands}
    conditions = [row for row in found.conditions if row.id not in demands]
    if conditions:
        console.print("\nConditions between issues (a designer's judgement):")
    for row in conditions:
        state = "" if row.holds is None else (" It holds here." if row.holds else " It does not hold here.")
        change = "worth nothing" if row.change is None else f"{row.change:+.3f}"
        console.print(escape(f"  {change} when {_when(row.when)}.{state} {row.reason}{_support(row.sources)}"))


def _demands(scenario: Scenario, found: Explanation, console: Console) -> None:
    """What the party has called part of any settlement, in words, and how it is read."""
    from rich.markup import escape

    if found.demands:
        console.print("\nWhat it has called part of any settlement:")
    for row in found.demands:
        if row.change is None:
            veto = scenario.protocol.red_lines == "veto"
            means = "it proposes and signs nothing else" if veto else "all else is worth nothing to it"
            reading = f"Read as a condition: {means}"
        elif row.change:
            reading = f"Read as a weight: {row.change:+.3f} for a package that does not meet it"
        else:
            reading = "Read as a weight: what the levels are worth carries it"
        state = "" if row.holds is None else f" This package {'does not meet it' if row.holds else 'meets it'}."
        words = f"  {row.says} {reading}. It is not met when {_when(row.refuses)}.{state} {row.reason}"
        console.print(escape(f"{words}{_support(row.sources)}"))


def _when(levels: Mapping[str, tuple[str, ...]]) -> str:
    return " and ".join(f"{issue} is {' or '.join(some)}" for issue, some in levels.items())


def _support(sources: tuple[str, ...]) -> str:
    return f" Sources: {', '.join(sources)}." if sources else ""


def _background(scenario: Scenario, known: list[Fact], console: Console) -> None:
    """What everybody at the table knows, each with its sources."""
    from rich.markup import escape

    if not known:
        return
    console.print("\n[bold]What everybody knows[/]")
    for fact in known:
        date = f"{fact.date}: " if fact.date else ""
        console.print(escape(f"  {date}{fact.text}{_support(fact.sources)}"))
    _sources(scenario, [fact.sources for fact in known], console)


def _sources(scenario: Scenario, given: Iterable[tuple[str, ...]], console: Console) -> None:
    """Who said it, when and where, for every source named above."""
    from rich.markup import escape

    named = dict.fromkeys(source for sources in given for source in sources)
    if named:
        console.print("\nSources:")
    for name in named:
        source = scenario.sources.get(name)
        if source:
            where = f"{source.speaker}, {source.date}, {source.outlet} [{source.reliability}]"
            console.print(escape(f"  {name}: {where}: {source.stated}"), f"[dim]{escape(source.address)}[/]")
