"""What tables draw, as columns: made again from the seed at any time, or stored beside the rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..abm.draws import event_rounds, shifts, uniforms
from ..abm.settings import settled
from ..chance import Chance
from ..errors import NotationError
from ..scenario import Scenario, drawn
from .dictionary import drawn_columns
from .store import MANIFEST, Store


def inputs(
    source: Scenario | str | Path, tables: Sequence[int] | np.ndarray, seed: int | None = None, **settings: Any
) -> dict[str, np.ndarray]:
    """What the given tables draw: one row for each, a column for every number that has a range and every event that
    chance decides, as docs/batches.md tells; equal to the last bit to what `batch --inputs` stores.

    `source`: the folder of a batch, which has seed and settings; or a scenario, its name or its folder, with `seed`
    (default 0) and `settings` as Negotiation takes them. `tables`: numbers of tables, from 0, in any order. An event's
    round is NaN where chance does not have it happen. Raises BatchError, ScenarioError, NotationError.
    """
    numbers = np.asarray(tables)
    if numbers.ndim != 1 or (numbers.size and (numbers.dtype.kind not in "iu" or numbers.min() < 0)):
        raise NotationError(f"tables must be numbers of tables, whole and from 0, not {tables!r}.")
    if not isinstance(source, Scenario) and (Path(source) / MANIFEST).is_file():
        if seed is not None or settings:
            raise NotationError(f"The batch in {source} has its seed and settings; do not give others.")
        store = Store.open(Path(source))
        source, seed, settings = store.scenario(), store.manifest["seed"], store.manifest["overrides"]
    elif not isinstance(source, Scenario):
        from ..files import load

        source = load(source)
    scenario = settled(source, settings)
    return drawn_of(scenario, Chance(seed or 0, numbers.astype(np.uint64)))


def drawn_of(scenario: Scenario, chance: Chance) -> dict[str, np.ndarray]:
    """The columns of `inputs` for the tables of `chance`, the settings worked into the scenario."""
    count = len(chance.tables)
    found = drawn(scenario, **uniforms(scenario, chance))
    happened = event_rounds(scenario, chance)
    arrays = {
        "value": found.values,
        "salience": found.saliences,
        "change": found.changes,
        "reservation": found.reservations,
        "event": np.where(happened > 0, happened, np.nan),
        "shift": shifts(scenario, chance, count),
    }
    columns: dict[str, np.ndarray] = {}
    for name, _, place in drawn_columns(scenario):
        if not place:
            columns[name] = chance.tables.astype(np.int64)
        else:
            array = arrays[name.partition(".")[0]]
            columns[name] = np.broadcast_to(array[(slice(None), *place)], (count,))
    return columns
