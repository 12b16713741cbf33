"""`peacetable batch`: many tables of a scenario, written as Parquet."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import BatchError, as_word
from ..words.lines import aligned, listed
from .common import SEED, Whole, loaded, notice, override_options, say, settings_of

if TYPE_CHECKING:
    from ..experiments.runner import Cost
    from ..experiments.store import Store
    from ..experiments.summary import Summary
    from ..scenario import Scenario

TABLES = 1000
# what a batch may take, estimated, without --yes; and the tables up to which nothing is estimated
HOURS, GIGABYTES, SURE = 72, 100, 100_000
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
@click.option(
    "--inputs", is_flag=True, help="Also store what every table draws (values, saliences, ...), in DIR/inputs."
)
@click.option("--yes", is_flag=True, help=f"Begin even what may take more than {HOURS} hours or {GIGABYTES} GB.")
@override_options
def command(
    scenario_name: str | None,
    out: Path,
    tables: int | None,
    seed: int | None,
    workers: int,
    chunk: int | None,
    resume: bool,
    inputs: bool,
    yes: bool,
    **given: Any,
) -> int:
    """Hold many tables of SCENARIO and write one row for each to DIR/tables, as Parquet, with a manifest.

    The rows are the same to the last bit for every number of workers and every size of chunk. Ctrl-C stops; what is
    finished is kept, and --resume goes on from there; it also makes a manifest again that was lost or damaged. What the
    columns mean stands in docs/batches.md and in the manifest.
    """
    from ..experiments import runner
    from ..experiments.store import Store, is_batch
    from ..experiments.summary import summarise

    there = _there(out) if resume and is_batch(out) else None
    if scenario_name is not None:
        scenario = loaded(scenario_name, given, there.scenario().settings if there else ())
    elif there:
        scenario = there.scenario()
    elif resume:
        raise BatchError(f"There is no batch in {out} to go on with. To start one there, name a SCENARIO.")
    else:
        raise click.UsageError("Name a SCENARIO; only --resume goes without, as the batch in DIR has it.")
    if there:
        store, settings = there, list(scenario.settings) if scenario_name else settings_of(scenario, given)
        _check_same(store, scenario, tables, seed, chunk, settings)
        more = (tables or store.tables) - store.tables
        if not yes and more > 0:
            _check_cost(runner.cost(store, scenario, more), store.folder, more, workers)
        _extend(store, tables, inputs)
    else:
        wanted = tables or TABLES
        size = chunk or runner.chunk_size(scenario, wanted, min(workers, os.cpu_count() or 1))
        overrides: dict = {}
        plan = out, scenario, seed or 0, wanted, size, overrides, inputs
        if not yes and wanted > SURE:
            _check_cost(runner.cost(Store.planned(*plan), scenario, wanted), out, wanted, workers)
        store = Store.create(*plan)
    workers = _capped(workers, len(store))
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


def _there(out: Path) -> Store:
    """The batch in `out`, its manifest made again from the parts where that is needed."""
    from ..experiments.store import MANIFEST, Damaged, Store

    try:
        return Store.open(out)
    except Damaged:
        if not any((out / "tables").glob("part-*.parquet")):
            raise
        store = Store.repaired(out)
        notice(
            f"{out / MANIFEST} was lost or damaged, and was made again from the parts. They hold tables up to "
            f"{store.tables - 1}; if the batch was to be longer, say so with --tables."
        )
        return store


def _check_same(
    store: Store, scenario: Scenario, tables: int | None, seed: int | None, chunk: int | None, settings: list[str]
) -> None:
    """Raises BatchError if the batch is not the one asked for; what was not given is as it was."""
    out, was = store.folder, store.manifest
    asked = {"settings": settings or None, "scenario_hash": scenario.hash, "seed": seed, "chunk": chunk}
    words = {"settings": "other settings", "scenario_hash": "another scenario", "chunk": "another chunk size"}
    for key, value in asked.items():
        if value is not None and value != was[key]:
            what = words.get(key, f"another {key}")
            shown = "" if key == "scenario_hash" else f" ({was[key]} there, {value} asked for)"
            raise BatchError(f"Cannot go on with {out}: it has {what}{shown}. Name another folder.")
    if tables is not None and tables < was["tables"]:
        raise BatchError(f"Cannot go on with {out}: it has {was['tables']} tables, more than the {tables} asked for.")


def _extend(store: Store, tables: int | None, inputs: bool) -> None:
    """Make a batch longer, or have it store inputs from now on."""
    from ..experiments.lock import locked

    with locked(store.folder):
        store.refresh()
        if tables is not None and tables != store.tables:
            store.update(tables=tables)
        if inputs and not store.manifest["inputs"]:
            store.add_inputs()


def _check_cost(cost: Cost, out: Path, tables: int, workers: int) -> None:
    """Raises BatchError where a batch would take longer than HOURS, or more than GIGABYTES or than the disk has."""
    hours, size = cost.seconds / max(1, min(workers, os.cpu_count() or 1)) / 3600, cost.bytes / 1e9
    there = next(folder for folder in (out.absolute(), *out.absolute().parents) if folder.exists())
    free = shutil.disk_usage(there).free / 1e9
    reasons = [f"{HOURS} hours"] * (hours > HOURS) + [f"{GIGABYTES} GB"] * (size > GIGABYTES)
    if free < size:
        reasons.append(f"the {free:,.1f} GB that are free there")
    if reasons:
        raise BatchError(
            f"{tables:,} tables would take about {hours:,.1f} hours and {size:,.1f} GB in {out}, by what "
            f"{cost.tried} of them take: more than {listed(reasons)}. Ask for fewer, or add --yes if that is meant."
        )


def _capped(workers: int, chunks: int) -> int:
    """No more processes than have something to do; says so if these are fewer than asked for."""
    cores = os.cpu_count() or 1
    most = min(workers, cores, chunks)
    if most < workers:
        what = f"this computer has {cores} processors" if most == cores else f"there are {chunks} parts to make"
        use = "1 is used" if most == 1 else f"{most} are used"
        notice(f"Of the {workers} processes asked for {use}: {what}.")
    return most


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
