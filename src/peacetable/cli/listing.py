"""`peacetable list`: the scenarios that ship with peacetable."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..files import Heading

WIDTH = 80


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def command(as_json: bool) -> None:
    """The scenarios that ship with peacetable and their variants, and where their files lie."""
    from ..files import configs_dir, headings

    folder = configs_dir() / "scenarios"
    found = headings(folder)
    if as_json:
        click.echo(json.dumps({"folder": str(folder), "scenarios": list(map(document, found))}, indent=2))
        return
    click.echo(f"The scenarios that ship with peacetable lie in\n{folder}\n")
    for heading in found:
        tell(heading)
    example = next((f"{heading.folder.name}@{name}" for heading in found for name in heading.variants), "NAME@VARIANT")
    click.echo(f"A variant is named behind its scenario: peacetable run {example}")
    click.echo("To change a scenario, copy it and edit the copy:")
    click.echo(f"  peacetable convert {example.partition('@')[0]} --to yaml -o my-talks")


def tell(heading: Heading) -> None:
    """One scenario and its variants, in lines of at most WIDTH columns."""
    from ..files.problems import one_line

    click.secho(heading.folder.name, bold=True)
    size = f"{heading.parties} parties, {heading.issues} issues, {heading.packages:,} packages"
    for text in (heading.title, size):
        click.echo(textwrap.fill(one_line(text), WIDTH, initial_indent="  ", subsequent_indent="  "))
    room = max(map(len, heading.variants), default=0)
    for name, label in heading.variants.items():
        first = f"  @{name:{room}}  "
        click.echo(textwrap.fill(one_line(label), WIDTH, initial_indent=first, subsequent_indent=" " * len(first)))
    click.echo()


def document(heading: Heading) -> dict:
    """One scenario as plain data."""
    return {
        "name": heading.folder.name,
        "title": heading.title,
        "folder": str(heading.folder),
        "parties": heading.parties,
        "issues": heading.issues,
        "packages": heading.packages,
        "variants": [
            {"name": f"{heading.folder.name}@{name}", "label": label} for name, label in heading.variants.items()
        ],
    }
