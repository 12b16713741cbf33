"""`peacetable strategies`: every strategy component, with its parameters and where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .common import print_json

if TYPE_CHECKING:
    from ..strategies import Component

TITLES = {"bidding": "Bidding", "acceptance": "Acceptance", "opponent_model": "Opponent models"}


@click.command("strategies")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def command(name: str | None, as_json: bool) -> None:
    """The parts a delegation's strategy can be made of; with NAME, one of them in full.

    A strategy has one part of each kind: what to propose, when to sign, what the others seem to want. It is written
    with the parts joined by +, for example time_dependent:exponent=5+ac_next:final=1+frequency; a part left out stays
    as the scenario has it.
    """
    from ..errors import NotationError
    from ..strategies import COMPONENTS
    from ..table.notation import nearest

    chosen = [c for c in COMPONENTS if name in (None, c.name)]
    if not chosen:
        raise NotationError(f'No strategy "{name}"; {nearest(str(name), [c.name for c in COMPONENTS])}')
    if as_json:
        print_json([document(c) for c in chosen])
    elif name:
        tell(chosen[0])
    else:
        listing(chosen)


def listing(components: list[Component]) -> None:
    """A line for each, with the defaults of its parameters."""
    width = max(len(c.name) for c in components)
    for kind, title in TITLES.items():
        click.secho(title, bold=True)
        for c in components:
            if c.kind == kind:
                defaults = ", ".join(f"{key}={p.default}" for key, p in c.params.items())
                click.echo(f"  {c.name:{width}}  {c.summary}{f' ({defaults})' if defaults else ''}")
        click.echo()
    click.echo("peacetable strategies NAME tells what the parameters do and what they can be.")


def tell(component: Component) -> None:
    """One component in full."""
    click.echo(f"{component.name} ({TITLES[component.kind].lower().removesuffix('s')}): {component.summary}.")
    if component.source != "-":
        click.echo(f"Source: {component.source}.")
    width = max((len(key) for key in component.params), default=0)
    for key, p in component.params.items():
        possible = " | ".join(p.choices) if p.choices else f"{p.low:g} to {p.high:g}"
        click.echo(f"  {key:{width}}  {p.about}; default {p.default}, possible: {possible}")


def document(component: Component) -> dict:
    """One component as plain data."""
    params = {
        name: {"default": p.default, "about": p.about}
        | ({"choices": list(p.choices)} if p.choices else {"low": p.low, "high": p.high})
        for name, p in component.params.items()
    }
    return {
        "name": component.name,
        "kind": component.kind,
        "summary": component.summary,
        "source": None if component.source == "-" else component.source,
        "params": params,
        "uses_chance": component.needs_chance,
        "uses_history": component.needs_history,
        "analysis_only": component.needs_truth,
    }
