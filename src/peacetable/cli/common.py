"""What several commands share: the settings of a run as options, loading, and how things are printed."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..errors import NotationError, ScenarioError, plain

if TYPE_CHECKING:
    from ..scenario import Scenario, Strategy
    from ..words.lines import Line

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


def load_scenario(name: str, settings: Sequence[str] = ()) -> Scenario:
    """The scenario of that name or folder with settings on top, its strategies checked too. Raises ScenarioError, and
    UsageError (exit 2) where nothing but the settings is wrong."""
    from ..files import SETTING, load

    try:
        return load(name, extra=strategy_errors, settings=settings)
    except ScenarioError as error:
        errors = [problem for problem in error.problems if problem.severity == "error"]
        if errors and all(problem.file.startswith(SETTING) for problem in errors):
            raise click.UsageError("\n".join(map(str, errors))) from None
        raise


def strategy_errors(strategy: Strategy) -> Iterator[tuple[tuple, str, str]]:
    """What the strategies layer finds wrong with a party's strategy, for `files.load` and `check`."""
    from ..strategies import problems

    for part, key, sentence in problems(strategy):
        message, _, remedy = sentence.partition("; ")
        name = getattr(strategy, part).name
        yield (part, key), message, remedy or f"`peacetable strategies {name}` tells what it can be"


set_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PATH=VALUE",
    help="Change one setting: ukraine.salience.air_cover=60, protocol.rounds=12, events.storm.probability=0. The path "
    "leads through the scenario's files, VALUE is YAML. May be repeated.",
)


class ProtocolOption(click.Option):
    """Its help ends with the names of the protocols, which are imported only when it is shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        from ..table.protocols import PROTOCOLS

        record = super().get_help_record(ctx)
        return record and (record[0], f"{record[1]}: {' or '.join(PROTOCOLS)}.")


def override_options(command: Callable) -> Callable:
    """Adds `--set` and its short forms; `loaded` reads them."""
    options = (
        set_option,
        click.option(
            "--rounds", type=Whole("a number of rounds", 1, 100_000), metavar="N", help="Hold at most N rounds."
        ),
        click.option("--protocol", cls=ProtocolOption, metavar="NAME", help="How the talks are held"),
        click.option(
            "--consent",
            metavar="RULE",
            help="Who must sign: unanimity, needed (as the levels say) or quorum (so many, see --quorum).",
        ),
        click.option(
            "--quorum",
            type=Whole("a number of signatures", 2, 10_000),
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


def loaded(name: str, given: dict[str, Any], before: Sequence[str] = ()) -> Scenario:
    """The scenario with the options of `override_options`, each a setting; `before`: the settings where none is given.
    Raises UsageError (exit 2) where they are wrong."""
    from ..scenario import CONSENTS

    scenario = load_scenario(name)
    settings = settings_of(scenario, given) or before
    if settings:
        scenario = load_scenario(name, settings)
    consent = scenario.protocol.consent
    if given["quorum"] is not None and not CONSENTS[consent].by_quorum:
        raise click.UsageError(f"A quorum goes with consent quorum; the consent here is {consent}.")
    return scenario


def settings_of(scenario: Scenario, given: dict[str, Any]) -> list[str]:
    """The options of `override_options` as settings, `PATH=VALUE` each. Raises UsageError."""
    try:
        return [*_short_forms(scenario, given), *given["settings"]]
    except NotationError as error:
        raise click.UsageError(str(error)) from None


def _short_forms(scenario: Scenario, given: dict[str, Any]) -> list[str]:
    """The options other than `--set`, in its words. Raises NotationError."""
    from ..scenario.facts import DRAWS
    from ..table.notation import nearest

    names = {"protocol": "name", "rounds": "rounds", "consent": "consent", "quorum": "quorum", "order": "order"}
    top = {name: "scenario." if name in scenario.party_ids else "" for name in ("protocol", "draw")}
    found = [f"{top['protocol']}protocol.{key}={given[n]}" for n, key in names.items() if given[n] is not None]
    for text in given["reservation"]:
        party, equals, number = text.partition("=")
        if not equals or party.strip() not in scenario.party_ids:
            known = f"; {nearest(party.strip(), scenario.party_ids)}" if equals else ""
            raise NotationError(f'Cannot read --reservation "{text}": write PARTY=X, such as russia=0.5{known}')
        found.append(f"{_path(party.strip())}.reservation={number.strip()}")
    if given["draw"] is not None:
        words = [word.strip() for word in given["draw"].split(",") if word.strip()]
        unknown = [word for word in words if word not in DRAWS and words != ["none"]]
        if unknown:
            raise NotationError(f'Cannot draw "{unknown[0]}"; {nearest(unknown[0], (*DRAWS, "none"))}')
        found.append(f"{top['draw']}draw=[{', '.join(words if words != ['none'] else [])}]")
    return [*found, *_strategies(scenario, given["strategy"])]


def _strategies(scenario: Scenario, texts: Sequence[str]) -> list[str]:
    """One without a party is for all; later ones replace the same parts of earlier ones."""
    from ..scenario.facts import PARTS
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
    found = []
    for facts in scenario.parties:
        if facts.id not in chosen:
            continue
        wanted = read("+".join(chosen[facts.id]), facts.strategy)
        other = {kind for kind in PARTS if getattr(wanted, kind) != getattr(facts.strategy, kind)}
        for kind in PARTS:
            # a bidding strategy that is named alone would change the acceptance condition
            if kind in other or (kind == "acceptance" and "bidding" in other):
                part = getattr(wanted, kind)
                flow = ", ".join(f"{key}: {json.dumps(v)}" for key, v in {"name": part.name, **part.params}.items())
                found.append(f"{_path(facts.id)}.strategy.{kind}={{{flow}}}")
    return found


def _path(party: str) -> str:
    """The party as a setting's path begins with it, in full where a file is called the same."""
    from ..files.merge import FILES

    return f"parties.{party}" if party in FILES else party


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
