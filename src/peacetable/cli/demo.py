"""`peacetable demo`: what the program is about, in two minutes of reading."""

from __future__ import annotations

import click

from ..words.lines import Line
from .common import SEED, load_scenario, print_story

SCENARIO = "white-house-2025"
DEFAULT_SEED = 1  # the smallest whose talks end in agreement, which most do not


@click.command("demo")
@click.option(
    "--seed", type=SEED, default=DEFAULT_SEED, show_default=True, metavar="N", help="Other seeds, other talks."
)
def command(seed: int) -> None:
    """Five agents negotiate the August 2025 scenario: the talks told as minutes, then the debrief."""
    scenario = load_scenario(SCENARIO)
    from ..abm.model import Negotiation
    from ..words.story import tell

    model = Negotiation(scenario, seed=seed).run()
    lines = tell(model.talks, SCENARIO)
    model.close()
    lines += [
        Line("text", ""),
        Line("text", f"These talks had seed {seed}. Other talks: peacetable demo --seed {seed + 1}"),
        Line("text", "Most talks of this scenario end without agreement; the usual seed is the first that has one."),
        Line("text", "A seat of your own: peacetable play"),
        Line("text", f"Thousands of tables: peacetable batch {SCENARIO} --out talks"),
    ]
    print_story(lines)
