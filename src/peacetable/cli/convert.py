"""`peacetable convert`: a scenario as YAML, GENIUS or GeniusWeb files."""

from __future__ import annotations

from pathlib import Path

import click

from .common import say


@click.command("convert")
@click.argument("inputs", metavar="IN...", nargs=-1, required=True)
@click.option(
    "--to", "target", type=click.Choice(["yaml", "genius", "geniusweb"]), required=True, help="What to write."
)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), required=True, metavar="OUT", help="A folder to write to."
)
def command(inputs: tuple[str, ...], target: str, out: Path) -> None:
    """Write a scenario in another format: YAML, GENIUS XML or GeniusWeb JSON.

    IN is a scenario as every command takes it (a name, a folder, domain.xml,profile1.xml,profile2.xml), or the domain
    file and its profiles one after the other, in the order of the parties. A scenario in YAML is copied to YAML as it
    stands, with its comments, variants and README, under the name of the folder OUT. What cannot be kept is told on
    standard error.
    """
    from ..files import copy_scenario, load, targets, to_yaml
    from ..files.foreign import FORMATS, foreign_files, load_files, write

    text = inputs[0] if len(inputs) == 1 else ",".join(inputs)
    foreign = len(inputs) > 1 or foreign_files(text) is not None
    scenario = load(text) if len(inputs) == 1 else load_files([Path(name) for name in inputs], text)
    if target != "yaml":
        files, lost = write(scenario, target, out)
        say(f"Wrote {len(files)} files to {out}: {', '.join(path.name for path in files)}.")
        _tell(f"{FORMATS[target]} files cannot hold all of it. Lost or changed:", lost)
    elif foreign:
        to_yaml(scenario, out)
        say(f"Wrote {scenario.name} to {out}.")
    else:
        lost = copy_scenario(scenario, targets(text)[0][0], out)
        say(f"Copied {scenario.name} to {out}.")
        _tell("Not all of it could be kept. Lost or changed:", lost)


def _tell(heading: str, sentences: list[str]) -> None:
    """The sentences as a list on standard error, if there are any."""
    for line in [heading, *(f"  - {sentence}" for sentence in sentences)] if sentences else ():
        say(line, err=True)
