"""`peacetable run`: one table, from the first offer to the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .common import SEED, TABLE, loaded, notice, override_options, print_json, print_story


@click.command("run")
@click.argument("scenario_name", metavar="SCENARIO")
@click.option("--seed", type=SEED, default=0, show_default=True, metavar="N", help="The seed of all chance.")
@click.option("--table", type=TABLE, default=0, show_default=True, metavar="K", help="Which table of a batch to hold.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of the story.")
@click.option(
    "--minutes",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the minutes to a new file.",
)
@override_options
def command(scenario_name: str, seed: int, table: int, as_json: bool, minutes: Path | None, **given: Any) -> None:
    """Hold one table of SCENARIO and tell the story of the talks.

    A run is one table of a batch: `run --seed 1 --table 12345` is row 12345 of `batch --seed 1`. The minutes replay
    without drawing chance: `peacetable replay FILE`.
    """
    from ..table.minutes import check_free, save

    scenario = loaded(scenario_name, given)
    if minutes:
        check_free(minutes)
    from ..abm.model import Negotiation
    from ..words.story import tell

    model = Negotiation(scenario, seed=seed, first_table=table).run()
    if minutes:
        save(minutes, *model.minutes())
    if as_json:
        print_json(model.report())
    else:
        talks = model.talks
        print_story(tell(talks, scenario_name))
        if minutes:
            notice(f"The minutes are in {minutes}.")
    model.close()
