"""What several commands share: the settings of a run as options, loading, and how things are printed."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..errors import NotationError, plain

if TYPE_CHECKING:
    from ..scenario import Scenario
    from .story import Line

WIDEST = 100
_STYLES = {"title": "bold", "heading": "bold cyan", "round": "bold"}


class Whole(click.ParamType):
    """A whole number from `low` to `high`; `what` it is stands in the sentence that refuses anything else."""

    name = "integer"

    def __init__(self, what: str, low: int, high: int):
        self.what, self.low, self.high = what, low, high

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            number = int(value)
        except ValueError:
            number = self.low - 1
        if not self.low <= number <= self.high:
            self.fail(f'"{value}" is not {self.what}: write a whole number from {self.low} to {self.high}.', param, ctx)
        return number


SEED = Whole("a seed, the number that all chance follows from", 0, 2**64 - 1)
TABLE = Whole("the number of a table, counted from 0", 0, 2**62)


def load_scenario(name: str) -> Scenario:
    """The scenario of that name or folder, its strategies checked too. Raises ScenarioError."""
    from ..files import load
    from .check import strategy_errors

    return load(name, extra=strategy_errors)


def override_options(command: Callable) -> Callable:
    """Adds the options that replace settings of the scenario; `overrides` reads them."""
    options = (
        click.option(
            "--rounds", type=Whole("a number of rounds", 1, 100_000), metavar="N", help="Hold at most N rounds."
        ),
        click.option("--protocol", metavar="NAME", help="alternating_offers or single_text."),
        click.option(
            "--consent",
            metavar="RULE",
            help="Who must sign: unanimity, needed (as the levels say) or quorum (so many, see --quorum).",
        ),
        click.option(
            "--quorum",
            type=Whole("a number of signatures", 2, 100),
            metavar="N",
            help="How many must sign under consent quorum.  [default: the scenario's, else more than half]",
        ),
        click.option("--order", metavar="ORDER", help="Who speaks when: fixed, rotating or random."),
        click.option(
            "--reservation",
            multiple=True,
            metavar="PARTY=X",
            help="What no agreement is worth to PARTY, 0 to 1. May be repeated.",
        ),
        click.option(
            "--strategy",
            multiple=True,
            metavar="[PARTY=]NAME",
            help="A strategy for PARTY, or for all: NAME[:param=value,...], parts joined by +. May be repeated.",
        ),
        click.option(
            "--draw",
            metavar="LIST",
            help="What each table draws from its range: any of values,saliences,reservations, or none.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def overrides(scenario: Scenario, given: dict[str, Any]) -> dict[str, Any]:
    """The options of `override_options` as arguments of Negotiation, where given. Raises UsageError (exit 2)."""
    found = {key: given[key] for key in ("rounds", "consent", "quorum", "order", "protocol") if given[key] is not None}
    if given["reservation"]:
        found["reservations"] = dict(_reservation(text) for text in given["reservation"])
    if given["draw"] is not None:
        found["draw"] = [word.strip() for word in given["draw"].split(",") if word.strip()]
    from ..abm.settings import read_overrides

    try:
        found = read_overrides(scenario, **found)
        if given["strategy"]:
            found["strategies"] = _strategies(scenario, given["strategy"])
    except NotationError as error:
        raise click.UsageError(str(error)) from None
    return found


def _reservation(text: str) -> tuple[str, float]:
    party, _, number = text.partition("=")
    try:
        return party.strip(), float(number)
    except ValueError:
        raise click.UsageError(
            f'Cannot read --reservation "{text}": write PARTY=X with X from 0 to 1, such as russia=0.5.'
        ) from None


def _strategies(scenario: Scenario, texts: Sequence[str]) -> dict[str, str]:
    """Party -> strategy text. One without a party is for all; later ones replace the same parts of earlier ones."""
    from ..strategies import read
    from ..table.notation import nearest

    chosen: dict[str, list[str]] = {}
    for text in texts:
        party, equals, name = text.partition("=")
        if not equals or ":" in party or "+" in party:
            who, name = scenario.party_ids, text
        elif party.strip() in scenario.party_ids:
            who = (party.strip(),)
        else:
            raise NotationError(f'No party "{party}" in {scenario.name}; {nearest(party, scenario.party_ids)}')
        for one in who:
            chosen.setdefault(one, []).append(name)
    joined = {party: "+".join(names) for party, names in chosen.items()}
    for facts in scenario.parties:
        if facts.id in joined:
            read(joined[facts.id], facts.strategy)
    return joined


def print_json(document: Any) -> None:
    """One JSON document on standard output, and nothing else."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False))


def notice(sentence: str) -> None:
    """A sentence on standard error."""
    say(sentence, err=True)


def say(text: str, err: bool = False) -> None:
    """A line on standard output, or on standard error, that no text from elsewhere can make do more."""
    click.echo(plain(text), err=err)


def print_story(lines: Iterable[Line]) -> None:
    """Lines of a story on standard output: coloured on a terminal, plain text elsewhere, wrapped to be read."""
    from rich.text import Text

    from .terminal import Terminal

    console = Terminal(soft_wrap=True)
    width = min(console.width, WIDEST) if sys.stdout.isatty() else WIDEST
    for kind, text in lines:
        hanging = "    " if kind == "item" else ""
        whole = kind == "row" or len(text) <= width
        wrapped = textwrap.wrap(text, width, subsequent_indent=hanging, break_on_hyphens=False)
        for piece in [text] if whole else wrapped:
            console.print(Text(piece, style=_STYLES.get(kind, "")))


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of cells as lines, the first column to the left, the others to the right."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows]


def as_word(name: object) -> str:
    """A name or path as one word of a command line."""
    return f'"{name}"' if " " in str(name) else str(name)


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    words = list(words)
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
