"""Memory that rankings give back, for those that come after.

The chunks of a batch sort keys of the same size again and again, and touching fresh memory costs as much as sorting it.
An array is either in the list or with one borrower: without the lock two threads could be given the same one, and one
that is given back while it is still in use would change under its user.
"""

from __future__ import annotations

import threading

import numpy as np

# int64 arrays that rankings have given back, the oldest first; any thread may borrow them
_spare: list[np.ndarray] = []
_spare_lock = threading.Lock()
SPARE = 25_000_000  # numbers in all


def borrow(size: int) -> np.ndarray:
    """An int64 array of at least `size`, from what was given back if one fits well, else new."""
    with _spare_lock:
        for n, array in enumerate(_spare):
            if size <= len(array) <= 2 * size:
                array[size:] = 0  # what another party left there
                return _spare.pop(n)
    return np.empty(size, dtype=np.int64)


def give_back(array: np.ndarray) -> None:
    """Keep an array for `borrow`, and of all only the last SPARE numbers."""
    with _spare_lock:
        _spare.append(array)
        while sum(map(len, _spare)) > SPARE:
            _spare.pop(0)
