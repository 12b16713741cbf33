"""Estimates of an opponent model, kept from turn to turn: only a party that has proposed since is estimated anew.

What is kept is what the model would say now, so nothing depends on whether, or by whom, it was asked before.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..table.view import Sight
from .base import Public, rounded


class Estimates:
    """Gains float (R, L) for each party at R tables, by a model of one party: `function(view, public, q, at)` gives
    float (m, L) for the party q at the rows `at` (m,) of the view."""

    def __init__(self, function: Callable[..., np.ndarray], tables: int, public: Public):
        self.function, self.public = function, public
        parties, levels = public.values.shape
        self._gains = np.zeros((parties, tables, levels))
        self._asked = np.full((parties, tables), -1, dtype=np.int32)

    def of(self, view: Sight, party: int) -> np.ndarray:
        """The estimate of one party at the tables of the view, float (n, L), read-only."""
        whole = len(view.rows) == self._asked.shape[1]
        rows = slice(None) if whole else view.rows
        made = view.proposals[:, party]
        stale = np.flatnonzero(self._asked[party, rows] != made)
        if len(stale):
            at = slice(None) if len(stale) == len(view.rows) else stale
            place = at if whole else view.rows[at]
            self._gains[party, place] = rounded(self.function(view, self.public, party, at))
            self._asked[party, place] = made[at]
        found = self._gains[party, rows]
        found.flags.writeable = False
        return found
