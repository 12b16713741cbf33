"""The only source of random numbers: a counter-based generator, vectorised over tables.

A number depends on (seed, table, purpose, turn, id of what is drawn, index) and on nothing else, so a table is the same
alone, in any chunk and on any number of workers, and what is added to a scenario leaves the draws of the rest alone.
Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (2011); the tests
hold it to the known answers published with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

Rng = int | np.integer | Sequence[int] | np.random.SeedSequence | np.random.BitGenerator | np.random.Generator

# one number per use of chance; never reorder, only append: the numbers are part of RULES_VERSION
PURPOSES = (
    "values", "saliences", "reservations", "order", "events", "bidding", "acceptance", "mediator", "voting", "sounding",
    "shifts", "changes",
)  # fmt: skip

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)


def philox4x32(counter: Sequence[np.ndarray], key: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
    """Ten rounds of Philox on four counter words with two key words, all uint64 below 2**32 and of shapes that go
    together: the four words that come out."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p0, p1 = c0 * _M0, c2 * _M1
        c0, c1, c2, c3 = (p1 >> _32) ^ c1 ^ k0, p1 & _LOW, (p0 >> _32) ^ c3 ^ k1, p0 & _LOW
        k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@lru_cache(maxsize=100_000)
def _mark(id: str) -> int:
    """64 bits for an id, the same everywhere; 0 for none. Seeds that people choose differ in a few low bits, and never
    bring the streams of two ids together."""
    return int.from_bytes(hashlib.blake2b(id.encode("utf-8"), digest_size=8).digest(), "little") if id else 0


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
        self, purpose: str, turn: int = 0, count: int = 1, rows: np.ndarray | None = None, id: str = ""
    ) -> np.ndarray:
        """float64 (R, count) in [0, 1), 53 random bits each; `rows` picks some of the tables; `turn` < 2**32."""
        blocks = np.arange((count + 1) // 2, dtype=np.uint64)
        words = self._words(purpose, turn, blocks, (id,), rows)
        return np.stack([_fraction(*words[:2]), _fraction(*words[2:])], axis=-1).reshape(-1, 2 * len(blocks))[:, :count]

    def of(self, purpose: str, ids: Sequence[str], turn: int = 0, rows: np.ndarray | None = None) -> np.ndarray:
        """float64 (R, K) in [0, 1): for each of K ids the first that `uniform` draws for it."""
        return _fraction(*self._words(purpose, turn, np.zeros(1, dtype=np.uint64), ids, rows)[:2])

    def _words(
        self, purpose: str, turn: int, blocks: np.ndarray, ids: Sequence[str], rows: np.ndarray | None
    ) -> tuple[np.ndarray, ...]:
        """Four words uint64 (R, n) each: n blocks of one id, or one block of n ids."""
        tables = (self.tables if rows is None else self.tables[rows])[:, None]
        marks = np.array([_mark(id) ^ self.seed for id in ids], dtype=np.uint64)
        kind = np.uint64(PURPOSES.index(purpose) << 24) + blocks
        counter = tables & _LOW, tables >> _32, np.array([turn], dtype=np.uint64), kind
        return philox4x32(counter, (marks & _LOW, marks >> _32))


def _fraction(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """float64 in [0, 1) of 53 bits from two words of 32."""
    found: np.ndarray = ((one >> np.uint64(5)) * np.uint64(1 << 26) + (other >> np.uint64(6))) / float(1 << 53)
    return found
