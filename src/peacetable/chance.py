"""The only source of random numbers: a counter-based generator, vectorised over tables.

A number depends on (seed, table, purpose, turn, index) and on nothing else, so a table is the same alone, in any
chunk and on any number of workers. Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy
as 1, 2, 3", SC11 (2011); the tests hold it to the known answers published with it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Rng = int | np.integer | Sequence[int] | np.random.SeedSequence | np.random.BitGenerator | np.random.Generator

# one number per use of chance; never reorder, only append: the numbers are part of RULES_VERSION
PURPOSES = (
    "values", "saliences", "reservations", "order", "events", "bidding", "acceptance", "mediator", "voting", "sounding",
    "shifts", "changes",
)  # fmt: skip

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = 0x9E3779B9, 0xBB67AE85
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)


def philox4x32(counter: np.ndarray, key: tuple[int, int]) -> np.ndarray:
    """Ten rounds of Philox on `counter`, uint64 (..., 4) of 32-bit words, with two 32-bit key words; same shape."""
    c0, c1, c2, c3 = (counter[..., i].astype(np.uint64) for i in range(4))
    k0, k1 = key
    for _ in range(10):
        p0, p1 = c0 * _M0, c2 * _M1
        c0, c1, c2, c3 = (p1 >> _32) ^ c1 ^ np.uint64(k0), p1 & _LOW, (p0 >> _32) ^ c3 ^ np.uint64(k1), p0 & _LOW
        k0, k1 = (k0 + _W0) & 0xFFFFFFFF, (k1 + _W1) & 0xFFFFFFFF
    return np.stack([c0, c1, c2, c3], axis=-1)


def seed_from(rng: Rng | None) -> int:
    """The seed that follows from what Mesa and NumPy take as `rng`: None gives a new one from the operating system, a
    whole number below 2**64 is the seed itself, a generator gives its next number. Raises TypeError, ValueError."""
    if isinstance(rng, np.random.BitGenerator):
        rng = np.random.Generator(rng)
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(2**64, dtype=np.uint64))
    if isinstance(rng, bool | float | str):
        raise TypeError(f"{rng!r} is no whole number")
    if isinstance(rng, int | np.integer) and 0 <= rng < 2**64:
        return int(rng)
    if not isinstance(rng, np.random.SeedSequence):
        rng = np.random.SeedSequence(rng)
    return int(rng.generate_state(1, np.uint64)[0])


class Chance:
    """Draws for a set of tables. `seed`: 0 <= seed < 2**64. `tables`: int array (R,) of table numbers, each < 2**64."""

    def __init__(self, seed: int, tables: np.ndarray):
        if not 0 <= int(seed) < 2**64:
            raise ValueError(f"seed {seed} is outside 0 to 2**64 - 1")
        self.seed = int(seed)
        self.tables = np.asarray(tables, dtype=np.uint64)

    def uniform(
        self, purpose: str, turn: int | np.ndarray = 0, count: int = 1, rows: np.ndarray | None = None
    ) -> np.ndarray:
        """float64 (R, count) in [0, 1), 53 random bits each; `rows` picks some of the tables; `turn`: one number for
        all, or one for each."""
        tables = self.tables if rows is None else self.tables[rows]
        blocks = (count + 1) // 2
        counter = np.empty((len(tables), blocks, 4), dtype=np.uint64)
        counter[..., 0] = tables[:, None] & _LOW
        counter[..., 1] = tables[:, None] >> _32
        counter[..., 2] = np.reshape(np.asarray(turn, dtype=np.uint64), (-1, 1))
        counter[..., 3] = np.uint64(PURPOSES.index(purpose) << 24) + np.arange(blocks, dtype=np.uint64)
        words = philox4x32(counter, (self.seed & 0xFFFFFFFF, self.seed >> 32)).reshape(len(tables), blocks, 2, 2)
        high, low = words[..., 0] >> np.uint64(5), words[..., 1] >> np.uint64(6)
        return ((high * np.uint64(1 << 26) + low) / float(1 << 53)).reshape(len(tables), -1)[:, :count]
