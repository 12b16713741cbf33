"""The others' true gains: an upper bound for opponent models. For analysis only; no delegation could know this."""

from __future__ import annotations

import numpy as np

from .base import Component, Public, Sight


def oracle(view: Sight, public: Public, truth: np.ndarray) -> np.ndarray:
    """Every party's gain from each level, float (n, P, L), as it is at each table; conditions are left out."""
    return truth


ORACLE = Component(
    "oracle", "opponent_model", "knows what the others want; for analysis only", "-", oracle, needs_truth=True
)
