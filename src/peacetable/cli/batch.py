"""`peacetable batch`: many tables of a scenario, written as Parquet."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import BatchError
from .common import SEED, Whole, aligned, as_word, load_scenario, notice, override_options, overrides, say

if TYPE_CHECKING:
    from ..experiments.store import Store
    from ..experiments.summary import Summary
    from ..scenario import Scenario

TABLES = 1000
_PAUSE = 5.0  # seconds between two lines of progress


@click.command("batch")
@click.argument("scenario_name", metavar="[SCENARIO]", required=False)
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="A new folder to write to.")
@click.option(
    "--tables", type=Whole("a number of tables", 1, 2**40), metavar="N", help=f"How many tables.  [default: {TABLES}]"
)
@click.option("--seed", type=SEED, metavar="N", help="The seed of all chance.  [default: 0]")
@click.option(
    "--workers",
    type=Whole("a number of processes", 1, 1024),
    default=1,
    show_default=True,
    metavar="N",
    help="Processes.",
)
@click.option(
    "--chunk",
    type=Whole("a number of tables", 1, 1_000_000),
    metavar="N",
    help="Tables per file.  [default: what fits]",
)
@click.option(
    "--resume", is_flag=True, help="Go on with the batch in DIR; SCENARIO and settings need not be said again."
)
@override_options
def command(
    scenario_name: str | None,
    out: Path,
    tables: int | None,
    seed: int | None,
    workers: int,
    chunk: int | None,
    resume: bool,
    **given: Any,
) -> int:
    """Hold many tables of SCENARIO and write one row for each to DIR, as Parquet, with a manifest.

    The rows are the same to the last bit for every number of workers and every size of chunk. Ctrl-C stops; what is
    finished is kept, and --resume goes on from there.
    """
    from ..experiments import runner
    from ..experiments.store import MANIFEST, Store
    from ..experiments.summary import summarise

    there = resume and (out / MANIFEST).exists()
    if scenario_name is not None:
        scenario = load_scenario(scenario_name)
    elif there:
        scenario = Store.open(out).scenario()
    elif resume:
        raise BatchError(f"There is no batch in {out} to go on with. To start one there, name a SCENARIO.")
    else:
        raise click.UsageError("Name a SCENARIO; only --resume goes without, as the batch in DIR has it.")
    settings = overrides(scenario, given)
    if there:
        store = _resumed(out, scenario, tables, seed, chunk, settings)
    else:
        wanted = tables or TABLES
        size = chunk or runner.chunk_size(scenario, wanted, workers)
        store = Store.create(out, scenario, seed or 0, wanted, size, settings)
    started = time.monotonic()
    try:
        with _progress(store.tables) as tell:
            runner.run(store, scenario, workers, progress=tell)
    except KeyboardInterrupt:
        notice(
            f"Stopped after {store.manifest['tables_done']:,} of {store.tables:,} tables, as you asked; what is "
            f"finished is kept in {out}. To go on: peacetable batch --out {as_word(out)} --resume"
        )
        return 1
    for line in _told(store, scenario, summarise(store, scenario.party_ids), time.monotonic() - started):
        say(line)
    return 0


def _resumed(
    out: Path, scenario: Scenario, tables: int | None, seed: int | None, chunk: int | None, settings: dict
) -> Store:
    """The batch in `out`, if it is the one asked for; what was not given is as it was. It may become longer."""
    from ..experiments.store import Store

    store = Store.open(out)
    was = store.manifest
    asked = {"scenario_hash": scenario.hash, "seed": seed, "chunk": chunk, "overrides": settings or None}
    words = {"scenario_hash": "scenario", "chunk": "chunk size", "overrides": "settings"}
    for key, value in asked.items():
        if value is not None and value != was[key]:
            what = words.get(key, key)
            shown = "" if key == "scenario_hash" else f" ({was[key]} there, {value} asked for)"
            raise BatchError(f"Cannot go on with {out}: it has another {what}{shown}. Name another folder.")
    if tables is not None and tables < was["tables"]:
        raise BatchError(f"Cannot go on with {out}: it has {was['tables']} tables, more than the {tables} asked for.")
    if tables is not None and tables != was["tables"]:
        store.update(tables=tables)
    return store


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """Something to tell the number of finished tables to; shows it on standard error."""
    if not sys.stderr.isatty():
        yield _Lines(total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Tables"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("left"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Tables", total=total)
        yield lambda done: bar.update(task, completed=done)


class _Lines:
    """Progress as plain lines, one every few seconds."""

    def __init__(self, total: int):
        self.total, self.first, self.began, self.last = total, 0, 0.0, 0.0

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if not self.began:
            self.began, self.last, self.first = now, now, done
        if now - self.last >= _PAUSE and self.first < done < self.total:
            self.last = now
            left = (self.total - done) * (now - self.began) / (done - self.first)
            notice(f"{done:,} of {self.total:,} tables ({done / self.total:.0%}), about {left:.0f} s left")


def _told(store: Store, scenario: Scenario, found: Summary, seconds: float) -> Iterator[str]:
    from ..experiments.summary import wilson

    where = f"seed {store.manifest['seed']}, in {store.folder}"
    yield f"{found.tables:,} tables of {scenario.name}, {where} ({seconds:.0f} s)."
    yield ""
    cells = [["How it ended", "tables", "share", "95 % interval"]]
    for ended, count in found.ended.most_common():
        low, high = wilson(count, found.tables)
        share = f"{count / found.tables:.1%}"
        cells.append([ended.replace("_", "-"), f"{count:,}", share, f"{low:.1%} to {high:.1%}"])
    yield from aligned(cells)
    yield ""
    cells = [["Means, 0 to 1", "utility", "no agreement", "gain if agreed"]]
    for party in scenario.parties:
        gain = f"{found.gain[party.id]:+.3f}" if found.gain else "-"
        cells.append([party.label, f"{found.utility[party.id]:.3f}", f"{found.reservation[party.id]:.3f}", gain])
    yield from aligned(cells)
    if found.packages:
        package, count = found.packages.most_common(1)[0]
        yield ""
        yield f"Agreements lie {found.distance:.3f} from the Pareto frontier on average."
        part = count / found.ended["agreement"]
        yield f"Most frequent package, in {count:,} of {found.ended['agreement']:,} agreements ({part:.1%}):"
        yield f"  {package}"
