"""A delegation: the Mesa agent that acts for one party at all tables at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np

from ..scenario import Party, Strategy
from ..scenario.ranking import SortedRanking, SplitRanking, ranking
from ..strategies import Decider, Moves, Own
from ..table.view import view_for

if TYPE_CHECKING:
    from .model import Negotiation


class Delegation(mesa.Agent):
    """Decides for its party at every table where it has the turn. `party`: the facts; `index`: its place in the order
    of the scenario; `human`: a person moves for it."""

    model: Negotiation

    def __init__(self, model: Negotiation, party: Party, index: int, strategy: Strategy, human: bool):
        super().__init__(model)
        self.party, self.index, self.human = party, index, human
        self.strategy = strategy
        self.decider = Decider(strategy)
        self._ranking: SortedRanking | SplitRanking | None = None

    @property
    def id(self) -> str:
        return self.party.id

    @property
    def ranking(self) -> SortedRanking | SplitRanking:
        """The party's packages in order of utility, made when first asked for."""
        if self._ranking is None:
            self._ranking = ranking(self.model.preferences, self.index, self.model.feasible)
        return self._ranking

    def own(self, rows: np.ndarray) -> Own:
        """The party's own numbers at the tables `rows`."""
        return Own(
            self.model.preferences, self.ranking, self.index, rows, self.model.state.reservation[rows, self.index]
        )

    def step(self) -> None:
        """Take the turn at every running table where this party speaks now."""
        rows = self.model.speaking(self.index)
        if not len(rows) or self.human:
            return
        view = view_for(self.model.state, self.index, rows, self.decider.needs_history)
        draws = None
        if self.decider.needs_chance:
            draws = self.model.draws("bidding", self.model.state.turn, 4, rows)
        moves = self.decider.decide(view, self.own(rows), self.model.public, draws)
        self.model.take(self.index, rows, moves)

    def because(self, moves: Moves, n: int, table: int) -> list[dict]:
        """What decided move n at `table`: the two issues on which the party's own contributions spoke most for what it
        signed or proposed, or most against the package it countered. Names issues and levels, no numbers."""
        model = self.model
        gains = model.preferences.contributions[0 if model.preferences.tables == 1 else table, self.index]
        offsets = model.space.offsets
        middle = np.array([gains[a:b].mean() for a, b in zip(offsets[:-1], offsets[1:], strict=True)])
        own = moves.package[n].astype(np.int64)
        if moves.best_offer[n] < 0:
            effect, named, margin = "seeks", own, gains[offsets[:-1] + own] - middle
        else:
            named = model.state.offers[table, moves.best_offer[n]].astype(np.int64)
            if moves.offer_of[n] >= 0:
                effect, margin = "for", gains[offsets[:-1] + named] - middle
            else:
                effect, margin = "against", gains[offsets[:-1] + own] - gains[offsets[:-1] + named]
        found = []
        for i in np.argsort(-margin, kind="stable")[:2]:
            if margin[i] > 0:
                levels = model.scenario.issues[i].levels
                reason = {"issue": model.scenario.issues[i].id, "level": levels[named[i]].id, "effect": effect}
                found.append(reason | ({"wanted": levels[own[i]].id} if effect == "against" else {}))
        return found
