"""Questions to the proposals made so far, `view.past` (n, N, P, I); for strategies that ask for it."""

from __future__ import annotations

import math

import numpy as np

from .base import Own, Sight


def proposals(view: Sight) -> tuple[np.ndarray, np.ndarray]:
    """Every proposal up to this round, int16 (n, r, P, I), -1 where none was, and where one was, bool (n, r, P)."""
    assert view.past is not None, "the strategy has to say needs_history"
    past = view.past[:, : view.round]
    return past, past[..., 0] >= 0


def back(view: Sight, steps: int | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each party's proposal `steps`, one number or (n, P), before its latest (0 = the latest): packages (n, P, I), and
    which exist, (n, P)."""
    past, made = proposals(view)
    count = made.cumsum(axis=1)
    wanted = count[:, -1] - steps
    place = (count == np.maximum(wanted, 1)[:, None]).argmax(axis=1)
    n, parties = place.shape
    return past[np.arange(n)[:, None], place, np.arange(parties)], wanted >= 1


def own_utility(own: Own, packages: np.ndarray, there: np.ndarray, missing: float) -> np.ndarray:
    """What packages (n, ..., I) are worth to the party itself, float (n, ...); `missing` where `there` is False."""
    return np.where(there, own.utility(packages), missing)


def firsts(view: Sight, shape: tuple[int, ...]) -> np.ndarray:
    """In a space of `shape`: which proposals a party made for the first time, bool (n, r, P)."""
    past, made = proposals(view)
    code = np.zeros(made.shape, dtype=np.int64)
    # in larger spaces the numbers wrap around: two packages meet with a chance of 2 ** -64
    factors = shape if math.prod(shape) < 2**63 else (6364136223846793005,) * len(shape)
    for i, factor in enumerate(factors):
        code = code * factor + past[..., i]
    code = np.where(made, code, -1)
    order = np.argsort(code, axis=1, kind="stable")
    ranked = np.take_along_axis(code, order, axis=1)
    new = np.ones(code.shape, dtype=bool)
    new[:, 1:] = ranked[:, 1:] != ranked[:, :-1]
    result = np.zeros(code.shape, dtype=bool)
    np.put_along_axis(result, order, new, axis=1)
    return result & made


def latest(made: np.ndarray) -> np.ndarray:
    """For proposals made, bool (n, r, P): the round index of each party's latest one at each round, -1 if none yet."""
    rounds = np.arange(made.shape[1])[None, :, None]
    return np.maximum.accumulate(np.where(made, rounds, -1), axis=1)
