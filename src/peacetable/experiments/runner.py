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
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from functools import partial

import numpy as np

from ..errors import BatchError
from ..scenario import Scenario, Space
from ..scenario.ranking import feasible_packages
from .store import Chunk, Store, now

Columns = dict[str, np.ndarray]
Task = Callable[[int, int], Columns]  # first table, number of tables
MEMORY = 150_000_000  # bytes that the rankings of one chunk may take
MOST = 2_000  # tables of a chunk; about a second of work
MOST_SHARED = 16_000  # the same where all tables have the same preferences
MOST_SEARCHED = 25  # the same where packages are searched and not enumerated
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


def measured(model) -> Columns:
    """The columns of a finished Negotiation."""
    from ..analysis import Yardstick

    columns = model.outcomes()
    agreed = model.state.agreed
    made = np.flatnonzero(agreed[:, 0] >= 0)
    found = {name: np.full(len(agreed), np.nan) for name in ("pareto_distance", "nash_distance")}
    if len(made):
        distances = Yardstick(model.preferences, model.state.reservation).measure(agreed[made], made)
        for name, column in found.items():
            column[made] = distances[name]
    return columns | found


def run(
    store: Store,
    scenario: Scenario,
    workers: int = 1,
    executor: Callable[[], Executor] | None = None,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Bring a batch to its end. `executor` makes the executor to use (default: processes, if workers > 1); `progress`
    is told the number of tables that are done.

    What is finished is kept whatever happens. Raises BatchError if chunks failed (the others are done by then), and
    passes KeyboardInterrupt on.
    """
    store.clean()
    missing = []
    ended: Counter[str] = Counter()
    for chunk in store.chunks():
        stored = store.read(chunk)
        if stored is None:
            missing.append(chunk)
        else:
            ended.update(stored["ended"].to_pylist())
    manifest = store.manifest
    store.update(status="running", finished=None, failed=[], tables_done=ended.total(), counts=dict(ended))
    tell = progress or (lambda _: None)
    tell(ended.total())
    task = partial(rows, scenario, manifest["overrides"], manifest["seed"])
    if executor is None and workers > 1 and len(missing) > 1:
        executor = _processes(min(workers, len(missing)))
    results = _pooled(task, missing, executor, 2 * workers) if executor else _here(task, missing)
    failed = []
    status = "interrupted"
    try:
        for chunk, result in results:
            if isinstance(result, BaseException):
                failed.append((chunk, result))
            else:
                store.write(chunk, result)
                ended.update(result["ended"].tolist())
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


def _here(task: Task, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, Columns | BaseException]]:
    for chunk in chunks:
        try:
            result: Columns | BaseException = task(chunk.first, chunk.count)
        except Exception as error:
            result = error
        yield chunk, result


# -- processes -------------------------------------------------------------------------------------------------------


def _pooled(
    task: Task, chunks: Iterable[Chunk], make: Callable[[], Executor], width: int
) -> Iterator[tuple[Chunk, Columns | BaseException]]:
    """Results as they come; an exception in place of the columns of a chunk that cannot be had."""
    queue, suspects = deque(chunks), deque[Chunk]()
    deaths: Counter[Chunk] = Counter()
    running: dict[Future, Chunk] = {}
    pool = make()
    try:
        while queue or suspects or running:
            alone = bool(suspects)
            crashed = _send(pool, task, suspects if alone else queue, running, 1 if alone else width)
            while running and not crashed:
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    chunk, error = running.pop(future), future.exception()
                    if isinstance(error, BrokenExecutor):
                        crashed.append(chunk)
                    else:
                        yield chunk, error or future.result()
                if not alone and not crashed:
                    crashed = _send(pool, task, queue, running, width)
            if crashed:
                crashed += running.values()
                running.clear()
                _stop(pool, at_once=True)
                pool = make()
                if len(crashed) == 1:
                    deaths[crashed[0]] += 1
                if deaths[crashed[0]] >= _TRIES:
                    yield crashed[0], BatchError("the process that runs it dies, each time it is tried alone.")
                else:
                    suspects.extend(sorted(crashed))
    finally:
        _stop(pool, at_once=bool(running))


def _send(pool: Executor, task: Task, source: deque, running: dict, most: int) -> list[Chunk]:
    """Fill up to `most` running chunks; the chunk at hand, if the pool turns out to be broken."""
    while source and len(running) < most:
        chunk = source.popleft()
        try:
            with _without_interrupts():
                running[pool.submit(task, chunk.first, chunk.count)] = chunk
        except BrokenExecutor:
            return [chunk]
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
