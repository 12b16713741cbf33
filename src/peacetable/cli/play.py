"""`peacetable play`: the game window."""

from __future__ import annotations

import click

from .common import SEED, load_scenario, notice

PACES = ("slow", "normal", "fast")


@click.command("play")
@click.argument("scenario_name", metavar="[SCENARIO]", default="white-house-2025")
@click.option("--side", metavar="PARTY", help="Start with the brief of this party, such as ukraine.")
@click.option("--seed", type=SEED, metavar="N", help="The seed of all chance. Default: a new one, which is told.")
@click.option(
    "--scale", type=click.FloatRange(1, 2), default=1.0, show_default=True, metavar="X", help="Size of letters."
)
@click.option("--pace", type=click.Choice(PACES), default="normal", show_default=True, help="Rest after each move.")
def command(scenario_name: str, side: str | None, seed: int | None, scale: float, pace: str) -> None:
    """Take a side in the game window; the agents play the rest.

    The minutes of every game are kept: `peacetable replay FILE` tells it again.
    """
    pygame_error = _pygame_error()
    scenario = load_scenario(scenario_name)
    if side is not None and side not in scenario.party_ids:
        from ..table.notation import nearest

        raise click.UsageError(f'No party "{side}" in {scenario.name}; {nearest(side, scenario.party_ids)}')
    if seed is None:
        import secrets

        seed = secrets.randbelow(1_000_000)
        notice(f"The seed is {seed}; --seed {seed} gives the same talks again.")
    from platformdirs import user_data_path

    from ..game.app import App
    from ..game.session import Session

    session = Session(scenario, seed, user_data_path("peacetable", appauthor=False) / "games")
    try:
        app = App(session, scale=scale, pace=pace, party=side or "")
    except pygame_error as error:
        raise click.ClickException(f"The game window cannot be opened: {error}. It needs a screen.") from None
    app.run()
    if session.minutes_path is not None:
        notice(f"The minutes of the last game are in {session.minutes_path}.")


def _pygame_error() -> type[Exception]:
    try:
        from ..game.app import window_error
    except ImportError as error:
        if error.name != "pygame":
            raise
        raise click.ClickException(
            "The game window needs pygame. Install it: pip install pygame (on Python 3.14 and later: pygame-ce)."
        ) from None
    return window_error
