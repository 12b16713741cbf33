"""From the three parts of a strategy to a move, the same way for every strategy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..scenario import Strategy
from ..table.moves import ACCEPT, PROPOSE, WALK_OUT
from ..table.view import View
from .base import Others, Own, Public
from .registry import KINDS, component, settings


@dataclass(frozen=True)
class Moves:
    """n moves: `kind` int8 (n,), `package` int16 (n, I) for proposals, `offer_of` int64 (n,) for signatures.

    `best_offer` int64 (n,): whose standing package was weighed, -1 if none; kept to explain the move.
    """

    kind: np.ndarray
    package: np.ndarray
    offer_of: np.ndarray
    best_offer: np.ndarray


class Decider:
    """A strategy made ready: parameters checked and filled in. Raises NotationError if they cannot be used."""

    def __init__(self, strategy: Strategy):
        self.parts = {kind: component(kind, getattr(strategy, kind).name) for kind in KINDS}
        self.params = {kind: settings(kind, getattr(strategy, kind)) for kind in KINDS}
        self.needs_chance = any(c.needs_chance for c in self.parts.values())
        self.needs_history = any(c.needs_history for c in self.parts.values())

    def _call(self, kind: str, *args):
        return self.parts[kind].function(*args, **self.params[kind])

    def decide(self, view: View, own: Own, public: Public, draws: np.ndarray | None) -> Moves:
        """One move per table of the view. A party never proposes or signs what crosses its red lines or is worth less
        to it than no agreement; where no package is worth that much, it leaves."""
        estimate = self._call("opponent_model", view, public)
        others = None if estimate is None else Others(public.offsets, estimate, view.party, view.present)
        package, u_bid = self._call("bidding", view, own, others, draws)
        best, u_offer = best_offer(view, own)
        good = (best >= 0) & (u_offer >= own.reservation)
        sign = good & self._call("acceptance", view, own, u_offer, u_bid, draws)
        kind = np.where(sign, ACCEPT, PROPOSE).astype(np.int8)
        kind[~sign & (own.best() < own.reservation)] = WALK_OUT
        return Moves(kind, package, np.where(sign, best, -1), best)


def best_offer(view: View, own: Own) -> tuple[np.ndarray, np.ndarray]:
    """The standing package of another party, not yet signed by this one, that it likes best and that crosses none of
    its red lines: whose, int64 (n,), -1 if none; and its utility, -1.0 if none."""
    best = np.full(len(view.rows), -1, dtype=np.int64)
    u_best = np.full(len(view.rows), -1.0)
    for q in range(view.standing.shape[1]):
        if q == view.party:
            continue
        at = np.flatnonzero(view.standing[:, q] & ~view.signed[:, q, view.party])
        if not len(at):
            continue
        packages = view.offers[at, q]
        u = own.preferences.utility(packages, own.party, own.rows[at])
        better = (u > u_best[at]) & ~own.vetoed(packages)
        best[at[better]], u_best[at[better]] = q, u[better]
    return best, u_best
