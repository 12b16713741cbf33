"""Runs the chunks of a batch, here or on any concurrent.futures.Executor, and stores each as it is finished.

A chunk depends on nothing but (scenario, settings, seed, its tables), so it can be sent again at will. When a worker
process dies, the pool is built anew and the chunks that were out go one at a time, until the one that kills its worker
(if there is one) is known by name; everything else is kept.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..errors import BatchError
from ..scenario import Scenario, Space
from ..scenario.ranking import feasible_packages
from .drawn import inputs
from .lock import locked, now
from .store import Chunk, Store

if TYPE_CHECKING:
    from ..abm.model import Negotiation

Columns = dict[str, np.ndarray]
Parts = dict[str, Columns]  # kind of part -> its columns
Task = Callable[[tuple[str, ...], int, int], Parts]  # kinds of part, first table, number of tables
MEMORY = 150_000_000  # bytes that the rankings of one chunk may take
MOST = 2_000  # tables of a chunk; about a second of work
MOST_SHARED = 16_000  # the same where all tables have the same preferences
MOST_SEARCHED = 25  # the same where packages are searched and not enumerated
TRIED = 200  # tables on which the cost of a batch is measured
Job = tuple[Chunk, tuple[str, ...]]  # and the kinds of part to make
_TRIES = 2  # deaths of the only running worker before its chunk is blamed


def chunk_size(scenario: Scenario, tables: int, workers: int = 1) -> int:
    """Tables per chunk: within MEMORY, about a second of work, and enough chunks for all workers."""
    packages = feasible_packages(Space(scenario))
    if packages is None:
        most = MOST_SEARCHED
    else:
        changing = any(e.salience or e.close for e in scenario.events)  # then every table gets numbers of its own
        shared = not {"values", "saliences"} & {*scenario.draw} and not changing
        own = 0 if shared else 8 * max(1, len(packages)) * len(scenario.parties)
        most = min(MOST, MEMORY // own) if own else MOST_SHARED
    return max(1, min(most, -(-tables // workers)))


def rows(scenario: Scenario, overrides: dict, seed: int, first: int, count: int) -> Columns:
    """The rows of tables `first` to `first + count - 1`: Negotiation.outcomes() and the distances of what was agreed.

    `pareto_distance` and `nash_distance` are NaN where nothing was agreed; the Nash point is taken with the reservation
    values at the end, as in r_<party>.
    """
    from ..abm.model import Negotiation

    model = Negotiation(scenario, tables=count, seed=seed, first_table=first, record=False, **overrides)
    try:
        return measured(model.run())
    finally:
        model.close()


def measured(model: Negotiation) -> Columns:
    """The columns of a finished Negotiation."""
    from ..analysis import Yardstick

    columns = model.outcomes()
    agreed = model.state.agreed
    made = np.flatnonzero(agreed[:, 0] >= 0)
    found = {name: np.full(len(agreed), np.nan) for name in ("pareto_distance", "nash_distance")}
    if len(made):
        distances = Yardstick(model.talks.preferences, model.state.reservation).measure(agreed[made], made)
        for name, column in found.items():
            column[made] = distances[name]
    return columns | found


def parts_of(scenario: Scenario, overrides: dict, seed: int, kinds: tuple[str, ...], first: int, count: int) -> Parts:
    """What the parts of a chunk hold."""
    found = {}
    if "tables" in kinds:
        found["tables"] = rows(scenario, overrides, seed, first, count)
    if "inputs" in kinds:
        found["inputs"] = inputs(scenario, range(first, first + count), seed, **overrides)
    return found


class Cost(NamedTuple):
    """What a batch is estimated to take: seconds of one process, bytes on disk; `tried`: tables it was measured on."""

    seconds: float
    bytes: float
    tried: int


def cost(store: Store, scenario: Scenario, tables: int) -> Cost:
    """What `tables` more tables of a batch, which need not be on disk yet, will take: measured on a few of them."""
    task = partial(parts_of, scenario, store.manifest["overrides"], store.manifest["seed"], store.kinds)
    chunk = Chunk(0, 0, min(tables, chunk_size(scenario, tables), TRIED))
    task(0, 1)  # what is done only once does not count
    began = time.perf_counter()
    parts = task(0, chunk.count)
    seconds = time.perf_counter() - began
    bare = sum(store.packed(chunk, columns, kind).size - store.overhead for kind, columns in parts.items())
    heads = len(parts) * store.overhead * -(-tables // store.manifest["chunk"])
    return Cost(seconds * tables / chunk.count, bare * tables / chunk.count + heads, chunk.count)


def run(
    store: Store,
    scenario: Scenario,
    workers: int = 1,
    executor: Callable[[], Executor] | None = None,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Bring a batch to its end. `executor` makes the executor to use (default: processes, if workers > 1); `progress`
    is told the number of tables that are done.

    What is finished is kept whatever happens. Raises BatchError if chunks failed (the others are done by then) or
    another process works in the folder, and passes KeyboardInterrupt on.
    """
    with locked(store.folder):
        store.refresh()
        _run(store, scenario, workers, executor, progress or (lambda _: None))


def _run(
    store: Store,
    scenario: Scenario,
    workers: int,
    executor: Callable[[], Executor] | None,
    tell: Callable[[int], None],
) -> None:
    store.clean()
    lacking: dict[int, tuple[str, ...]] = {}  # of chunks that have a part: the kinds of part they still need
    ended: Counter[str] = Counter()
    for chunk in store.on_disk():
        stored = store.read(chunk)
        others = tuple(kind for kind in store.kinds[1:] if store.read(chunk, kind) is None)
        if stored is not None:
            ended.update(stored["ended"].to_pylist())
        lacking[chunk.number] = others if stored is not None else store.kinds
    missing = len(store) - sum(not kinds for kinds in lacking.values())
    manifest = store.manifest
    store.update(status="running", finished=None, failed=[], tables_done=ended.total(), counts=dict(ended))
    tell(ended.total())
    task = partial(parts_of, scenario, manifest["overrides"], manifest["seed"])
    wanted = ((chunk, lacking.get(chunk.number, store.kinds)) for chunk in store.chunks())
    jobs = (job for job in wanted if job[1])
    if executor is None and workers > 1 and missing > 1:
        executor = _processes(min(workers, missing))
    results = _pooled(task, jobs, executor, 2 * workers) if executor else _here(task, jobs)
    failed = []
    status = "interrupted"
    try:
        for chunk, result in results:
            if isinstance(result, BaseException):
                failed.append((chunk, result))
            else:
                for kind in reversed(result):  # the rows last: what has its rows is whole
                    store.write(chunk, result[kind], kind)
                if "tables" in result:
                    ended.update(result["tables"]["ended"].tolist())
                tell(ended.total())
        status = "failed" if failed else "finished"
    finally:
        told = [{"chunk": c.number, "first": c.first, "count": c.count, "error": _sentence(e)} for c, e in failed]
        finished = None if status == "interrupted" else now()
        store.update(status=status, finished=finished, failed=told, tables_done=ended.total(), counts=dict(ended))
    if failed:
        raise BatchError(_blame(failed, store))


def _sentence(error: BaseException) -> str:
    return str(error) if isinstance(error, BatchError) else f"{type(error).__name__}: {error}"


def _blame(failed: list[tuple[Chunk, BaseException]], store: Store) -> str:
    lines = [f"  {chunk}: {_sentence(error)}" for chunk, error in failed[:5]]
    if len(failed) > 5:
        lines.append(f"  and {len(failed) - 5} more, in the manifest")
    what = "A chunk" if len(failed) == 1 else f"{len(failed)} chunks"
    return "\n".join([f"{what} of the batch failed; all others are kept in {store.folder}.", *lines])


def _here(task: Task, jobs: Iterator[Job]) -> Iterator[tuple[Chunk, Parts | BaseException]]:
    for chunk, kinds in jobs:
        try:
            result: Parts | BaseException = task(kinds, chunk.first, chunk.count)
        except Exception as error:
            result = error
        yield chunk, result


# -- processes -------------------------------------------------------------------------------------------------------


def _pooled(
    task: Task, jobs: Iterator[Job], make: Callable[[], Executor], width: int
) -> Iterator[tuple[Chunk, Parts | BaseException]]:
    """Results as they come; an exception in place of the columns of a chunk that cannot be had."""
    suspects = deque[Job]()
    deaths: Counter[Chunk] = Counter()
    running: dict[Future, Job] = {}
    pool = make()
    try:
        while True:
            alone = bool(suspects)
            crashed = _send(pool, task, _taken(suspects) if alone else jobs, running, 1 if alone else width)
            if not running and not crashed:
                return  # nothing is left
            while running and not crashed:
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    job, error = running.pop(future), future.exception()
                    if isinstance(error, BrokenExecutor):
                        crashed.append(job)
                    else:
                        yield job[0], error or future.result()
                if not alone and not crashed:
                    crashed = _send(pool, task, jobs, running, width)
            if crashed:
                crashed += running.values()
                running.clear()
                _stop(pool, at_once=True)
                pool = make()
                first = crashed[0][0]
                if len(crashed) == 1:
                    deaths[first] += 1
                if deaths[first] >= _TRIES:
                    yield first, BatchError("the process that runs it dies, each time it is tried alone.")
                else:
                    suspects.extend(sorted(crashed))
    finally:
        _stop(pool, at_once=bool(running))


def _taken(suspects: deque[Job]) -> Iterator[Job]:
    while suspects:
        yield suspects.popleft()


def _send(pool: Executor, task: Task, source: Iterator[Job], running: dict[Future, Job], most: int) -> list[Job]:
    """Fill up to `most` running chunks; the one at hand, if the pool turns out to be broken."""
    while len(running) < most and (job := next(source, None)) is not None:
        chunk, kinds = job
        try:
            with _without_interrupts():
                running[pool.submit(task, kinds, chunk.first, chunk.count)] = job
        except BrokenExecutor:
            return [job]
    return []


def _processes(workers: int) -> Callable[[], Executor]:
    if sys.platform == "win32":
        workers = min(workers, 61)  # what Windows can wait for
    return lambda: ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """In a worker: leave Ctrl-C to the parent, and do not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class _without_interrupts:
    """Workers started in here inherit that Ctrl-C is none of their business, from their first instruction on."""

    def __enter__(self) -> None:
        if sys.platform != "win32":
            self.mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

    def __exit__(self, *_: object) -> None:
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_SETMASK, self.mask)


def _stop(pool: Executor, at_once: bool) -> None:
    """End a pool; `at_once`: without waiting for what it runs."""
    workers = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=not at_once, cancel_futures=True)
    if at_once:
        for worker in workers:
            worker.terminate()
