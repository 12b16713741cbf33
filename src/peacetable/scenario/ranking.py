"""One party's own packages in order of utility, to find the least good one that is still good enough: what every
ranking shares.

Packages that break a rule or cross the party's own red lines are left out. The order is by the sum before it is clipped
to [0, 1], then by number. `sorting` ranks up to a million packages, `split` larger spaces; `factored` is the faster way
where only one package is ever asked for.
"""

from __future__ import annotations

import numpy as np

from .sealed import sealed
from .space import Space
from .utility import GRAIN

Found = tuple[np.ndarray, np.ndarray, np.ndarray]
EVERYTHING = np.iinfo(np.int64).max


def threshold(u: np.ndarray) -> np.ndarray:
    """Smallest int64 count of grains whose utility is at least u, so that comparing grains is comparing utilities."""
    u = np.asarray(u, dtype=float)
    k = np.ceil(u * GRAIN)
    k -= (k - 1) / GRAIN >= u
    k += k / GRAIN < u
    return k.astype(np.int64)


def feasible_packages(space: Space) -> np.ndarray | None:
    """All feasible packages (N, I) of an enumerable space, else None."""
    if not space.enumerable:
        return None
    packages = space.enumerate()
    return sealed(packages[space.feasible(packages)])
