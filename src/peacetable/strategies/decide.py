"""From the three parts of a strategy to a move, the same way for every strategy."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from ..scenario import Strategy
from ..scenario.consent import count_bits
from ..table.moves import PROPOSE, SIGN, WALK_OUT, Moves
from ..table.view import Sight
from .base import Others, Own, Public, rounded
from .estimates import Estimates
from .registry import KINDS, component, settings


class Decider:
    """A strategy made ready: parameters checked and filled in. Raises NotationError if they cannot be used."""

    def __init__(self, strategy: Strategy):
        self.strategy = strategy
        self.parts = {kind: component(kind, getattr(strategy, kind).name) for kind in KINDS}
        self.params = {kind: settings(kind, getattr(strategy, kind)) for kind in KINDS}
        self.needs_chance = any(c.needs_chance for c in self.parts.values())
        self.needs_history = any(c.needs_history for c in self.parts.values())
        # without a window or a model of the others, bidding takes the one package that just reaches its target
        no_choice = self.params["bidding"].get("window") == 0 or self.parts["opponent_model"].name == "none"
        self.single = no_choice and "window" in self.params["bidding"]
        self.needs_counts = any(c.needs_counts for c in self.parts.values())
        self.needs_truth = self.parts["opponent_model"].needs_truth

    def _call(self, kind: str, *args: Any) -> Any:
        return self.parts[kind].function(*args, **self.params[kind])

    def estimates(self, tables: int, public: Public) -> Estimates | None:
        """Where the opponent model's estimates can be kept from turn to turn, if it is of that kind."""
        one_party = self.parts["opponent_model"].one_party
        if one_party is None:
            return None
        return Estimates(partial(one_party, **self.params["opponent_model"]), tables, public)

    def decide(
        self,
        view: Sight,
        own: Own,
        draws: np.ndarray | None,
        kept: Estimates | None = None,
        truth: np.ndarray | None = None,
    ) -> Moves:
        """One move per table of the view. A party never proposes or signs what crosses its red lines or is worth less
        to it than no agreement, and proposes nothing that an event took off the table; where nothing else is left, it
        leaves. `truth`: every party's gains float (n, P, L), for a model that `needs_truth` and nobody else."""
        public, told = own.public, (truth,) if self.needs_truth else ()
        estimate = partial(kept.of, view) if kept else self._call("opponent_model", view, public, *told)
        if isinstance(estimate, np.ndarray):
            estimate = rounded(estimate.copy())
        consent = public.space.consent
        others = None if estimate is None else Others(public.offsets, estimate, view.party, view.present, consent)
        package, u_bid = self._call("bidding", view, own, others, draws)
        best, u_offer = best_offer(view, own)
        good = (best >= 0) & (u_offer >= own.reservation)
        sign = good & self._call("acceptance", view, own, u_offer, u_bid, draws)
        kind = np.full(len(sign), PROPOSE, dtype=np.int8)
        gone = own.gone(package)
        if gone.any():  # a strategy may come to the end of what is still possible, or nothing is
            package = np.where(gone[:, None], own.nth_best(np.zeros(len(gone), dtype=np.int64))[0], package)
        kind[(own.best() < own.reservation) | own.gone(package)] = WALK_OUT
        kind[sign] = SIGN
        return Moves(kind, package, np.where(sign, best, -1), best)


def best_offer(view: Sight, own: Own) -> tuple[np.ndarray, np.ndarray]:
    """The standing package of another party, not yet signed by this one, that it likes best and that crosses none of
    its red lines: whose, int64 (n,), -1 if none; and its utility, -1.0 if none. Of several such the package of lowest
    number, of those the one with most signatures, then that of the first party in the order of ids."""
    best = np.full(len(view.rows), -1, dtype=np.int64)
    u_best = np.full(len(view.rows), -1.0)
    open_to_sign = view.standing & (view.signed >> view.party & 1 == 0)
    open_to_sign[:, view.party] = False
    at, whose = np.nonzero(open_to_sign)
    packages = view.offers[at, whose]
    u = own.numbers.utility(packages, own.rows[at])
    vetoed = own.vetoed(packages)
    if vetoed.any():
        at, whose, u, packages = at[~vetoed], whose[~vetoed], u[~vetoed], packages[~vetoed]
    if len(at) > 1 and (at[1:] == at[:-1]).any():  # several to choose from: of the best in each row the first
        signed, rank = view.signed[at, whose], own.public.space.rank[whose]
        order = np.lexsort((rank, -count_bits(signed, len(own.public.space.rank)), *packages[:, ::-1].T, -u, at))
        order = order[np.concatenate([[True], np.diff(at[order]) > 0])]
        at, whose, u = at[order], whose[order], u[order]
    best[at], u_best[at] = whose, u
    return best, u_best
