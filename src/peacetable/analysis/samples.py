"""Evenly spread packages, and what they tell of spaces too large to enumerate."""

from __future__ import annotations

import numpy as np

from ..scenario import Preferences, Space
from .frontier import spread
from .zone import agreeable, always, signable_levels

SAMPLE = 200_000  # packages that estimate a number of packages


def sampled(space: Space, count: int) -> np.ndarray:
    """Evenly spread packages of the space, some of them perhaps more than once: int16 (count, I)."""
    return (spread(count, len(space.shape)) * np.array(space.shape)).astype(np.int16)


def zone_size(preferences: Preferences, everybody: bool) -> tuple[int, int, np.ndarray]:
    """Estimated number of packages that all parties, or those the consent rule asks, are content with; its standard
    error; and those of the sample, (n, I)."""
    space = preferences.space
    allowed = signable_levels(preferences, always(space, everybody))
    spots = spread(SAMPLE, len(space.shape))
    packages = np.empty(spots.shape, dtype=np.int16)
    total = 1
    for i in range(len(space.shape)):
        levels = np.flatnonzero(allowed[space.offsets[i] : space.offsets[i + 1]])
        total *= len(levels)
        if not len(levels):
            return 0, 0, packages[:0]
        packages[:, i] = levels[(spots[:, i] * len(levels)).astype(np.int64)]
    good = agreeable(preferences, packages, everybody)
    share = float(good.mean())
    error = (max(share, 1 / SAMPLE) * (1 - share) / SAMPLE) ** 0.5
    return round(share * total), round(error * total), packages[good]
