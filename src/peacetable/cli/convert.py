"""`peacetable convert`: a scenario as YAML, GENIUS or GeniusWeb files."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import ScenarioError
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
    file and its profiles one after the other, in the order of the parties. What the format cannot hold is told on
    standard error.
    """
    from ..files import load, to_yaml
    from ..files.foreign import FORMATS, foreign_files, read, write

    text = inputs[0] if len(inputs) == 1 else ",".join(inputs)
    paths = foreign_files(text) if len(inputs) == 1 else [Path(name) for name in inputs]
    if paths is None:
        scenario = load(text)
    else:
        found, problems = read(paths)
        for problem in problems:
            say(str(problem), err=True)
        if found is None:
            errors = [p for p in problems if p.severity == "error"]
            raise ScenarioError(f"Nothing is written: {text} cannot be read.", tuple(errors))
        scenario = found
    if target == "yaml":
        to_yaml(scenario, out)
        say(f"Wrote {scenario.name} to {out}.")
        return
    files, lost = write(scenario, target, out)
    say(f"Wrote {len(files)} files to {out}: {', '.join(path.name for path in files)}.")
    if lost:
        say(f"{FORMATS[target]} files cannot hold all of it. Lost or changed:", err=True)
        for sentence in lost:
            say(f"  - {sentence}", err=True)
