"""`peacetable replay`: the same table again, from its number in a batch or from its minutes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import PeacetableError
from .common import TABLE, notice, print_json, print_story, say

if TYPE_CHECKING:
    from ..abm.tables import Tables


@click.command("replay")
@click.argument("source", metavar="DIR|FILE", type=click.Path(path_type=Path))
@click.option("--table", type=TABLE, metavar="K", help="The number of the table, for the folder of a batch.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of the story.")
@click.option("--window", is_flag=True, help="Show it in the game window, to go through move by move.")
def command(source: Path, table: int | None, as_json: bool, window: bool) -> int:
    """Hold a table again: table K of the batch in DIR, or the minutes in FILE.

    From a batch the talks are held again with the settings, seed and scenario in its manifest, and compared with the
    stored row. From minutes every move is taken from the file, and no chance is drawn.
    """
    from ..abm.results import report

    if window and as_json:
        raise click.UsageError("--window and --json do not go together: choose one.")
    if not source.exists():
        raise PeacetableError(f"Cannot replay {source}: there is no such file or folder.")
    if source.is_dir():
        if table is None:
            raise click.UsageError(f"{source} is a folder: say which table, with --table K.")
        talks, row, differences = _from_batch(source, table)
    else:
        if table is not None:
            raise click.UsageError(f"{source} is not a folder: --table goes with the folder of a batch.")
        talks, row, differences = _from_minutes(source), None, []
    if window:
        _show(source, talks, table)
    elif as_json:
        print_json(report(talks) | ({} if row is None else {"row": row}))
    else:
        from ..files import shipped
        from ..words.story import tell

        called = talks.problem.name if talks.problem.id in shipped() else ""
        print_story(tell(talks, called))
    talks.release()
    if differences:
        notice(
            f"Table {table} held again differs from its row in {source}, in {', '.join(differences)}: the batch was "
            "made by other code or its files were changed."
        )
    elif row is not None and not as_json and not window:
        say(f"\nThe same as row {table} of {source}.")
    return 1 if differences else 0


def _show(source: Path, talks: Tables, table: int | None) -> None:
    """The talks in the game window; `talks` holds those of a batch, the minutes in a file say more."""
    from .play import game_window

    window_error = game_window()
    from platformdirs import user_config_path, user_data_path

    from ..abm.results import minutes
    from ..game.app import App
    from ..game.store import load_settings
    from ..seat.session import chronicle_of, read_chronicle
    from ..words.catalogue import catalogue

    t = catalogue()
    name = source.resolve().name
    if table is None:
        heading, (chronicle, _) = t("history.file", name=name), read_chronicle(source)
    else:
        heading = t("history.table", table=table, folder=name)
        chronicle = chronicle_of(talks.problem, *minutes(talks))
    config = user_config_path("peacetable", appauthor=False)
    settings, trouble = load_settings(config, t)
    try:
        app = App(
            settings=settings,
            config=config,
            games=user_data_path("peacetable", appauthor=False) / "games",
            chronicle=chronicle,
            heading=heading,
            notice=trouble,
            minutes=source if table is None else None,
        )
    except window_error as error:
        raise click.ClickException(f"The window cannot be opened: {error}. It needs a screen.") from None
    app.run()


def _from_batch(folder: Path, table: int) -> tuple[Tables, dict, list[str]]:
    """The finished table, its stored row, and the columns in which they differ."""
    from ..abm.model import Negotiation
    from ..experiments.runner import measured
    from ..experiments.store import Store

    store = Store.open(folder)
    row = store.row(table)
    manifest = store.manifest
    model = Negotiation(store.scenario(), seed=manifest["seed"], first_table=table, **manifest["overrides"]).run()
    again = {name: column.tolist()[0] for name, column in measured(model).items()}
    again = {name: None if value != value else value for name, value in again.items()}
    return model.talks, row, [name for name, value in row.items() if value != again.get(name)]


def _from_minutes(path: Path) -> Tables:
    from ..abm.replay import Replay
    from ..files import from_document
    from ..table.minutes import load, older_rules
    from ..table.record import Kind

    header, records, torn = load(path)
    scenario = from_document(header["document"], header["scenario_hash"], path)
    talks = Replay(scenario, header, records).run()
    if torn:
        notice(torn)
    if older := older_rules(header, records):
        notice(f"{path}: these talks were held {older}, and are told as they were.")
    if not records or records[-1].kind != Kind.END:
        notice(f"{path}: the minutes stop in round {talks.state.round}, before the end of the talks.")
    return talks
