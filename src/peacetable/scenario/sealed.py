"""Arrays that are handed out and that nobody can write to."""

from __future__ import annotations

import numpy as np


def sealed(array: np.ndarray) -> np.ndarray:
    """The same numbers in memory of their own, which nobody can make writable again."""
    owner = array.base.base if isinstance(array.base, np.ndarray) else array.base
    return array if isinstance(owner, bytes) else np.ndarray(array.shape, array.dtype, array.tobytes())
