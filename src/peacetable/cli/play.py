"""`peacetable play`: the game window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .common import SEED, load_scenario, notice, set_option

if TYPE_CHECKING:
    from ..game.app import App

PACES = ("slow", "normal", "fast")
LEVELS = ("easy", "normal", "hard")


@click.command("play")
@click.argument("scenario_name", metavar="[SCENARIO]", required=False)
@click.option("--side", metavar="PARTY", help="Start with the brief of this party, such as ukraine.")
@click.option("--seed", type=SEED, metavar="N", help="The seed of all chance. Default: a new one, which is told.")
@click.option("--level", type=click.Choice(LEVELS), default="normal", help="How strong and how candid the agents are.")
@click.option("--scale", type=click.FloatRange(1, 2), metavar="X", help="Size of everything, 1 to 2, for this time.")
@click.option("--pace", type=click.Choice(PACES), help="Rest after each move of the agents, for this time.")
@set_option
def command(
    scenario_name: str | None,
    side: str | None,
    seed: int | None,
    level: str,
    scale: float | None,
    pace: str | None,
    settings: tuple[str, ...],
) -> None:
    """Take a side in the game window; the agents play the rest.

    Without SCENARIO and --side the window opens with the choice of scenario, sides, difficulty and saved games.
    Every move is saved at once: a game can be continued from there, and `peacetable replay FILE` tells it again.
    """
    window_error = game_window()
    if seed is None:
        import secrets

        seed = secrets.randbelow(1_000_000)
        notice(f"The seed is {seed}; --seed {seed} gives the same talks again.")
    from platformdirs import user_config_path, user_data_path

    from ..game.app import App
    from ..game.store import load_settings, unkept
    from ..seat.session import Session
    from ..words.catalogue import catalogue

    t = catalogue()
    games = user_data_path("peacetable", appauthor=False) / "games"
    config = user_config_path("peacetable", appauthor=False)
    kept, trouble = load_settings(config, t)
    trouble = " ".join(filter(None, (trouble, unkept(games, config, t))))
    if trouble:
        notice(trouble)
    session = None
    if scenario_name is not None or side is not None or settings:
        scenario = load_scenario(scenario_name or "white-house-2025", settings)
        if side is not None and side not in scenario.party_ids:
            from ..table.notation import nearest

            raise click.UsageError(f'No party "{side}" in {scenario.name}; {nearest(side, scenario.party_ids)}')
        session = Session(scenario, seed, games, level=level)
    try:
        app = App(
            session,
            scale=scale,
            pace=pace,
            party=side or "",
            settings=kept,
            config=config,
            games=games,
            seed=seed,
            level=level,
            notice=trouble,
        )
    except window_error as error:
        raise click.ClickException(f"The game window cannot be opened: {error}. It needs a screen.") from None
    show(app)


def show(app: App) -> None:
    """Hold the window open, and say afterwards where the minutes of the last game lie."""
    app.run()
    if app.session is not None and app.session.minutes_path is not None:
        notice(f"The minutes of the last game are in {app.session.minutes_path}.")


def game_window() -> type[Exception]:
    """What is raised where no window can be opened. Raises ClickException without pygame."""
    try:
        from ..game.display import window_error
    except ImportError as error:
        if error.name != "pygame":
            raise
        raise click.ClickException(
            "The game window needs pygame. Install it: pip install pygame (on Python 3.14 and later: pygame-ce)."
        ) from None
    return window_error
