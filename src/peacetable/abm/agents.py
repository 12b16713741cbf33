"""A delegation: the Mesa agent that acts for one party at all tables at once."""

from __future__ import annotations

from functools import cached_property

import mesa
import numpy as np

from ..scenario import Numbers, Party
from ..scenario.factored import Ranking, ranking
from ..scenario.facts import AGAINST, UNSAID
from ..strategies import Decider, Own
from ..strategies.voting import votes_for
from ..table.moves import ANSWERS, PROPOSE, SIGN, STAND, Moves
from ..table.view import view_for
from .tables import Tables


class Delegation(mesa.Agent):
    """Decides for its party at every table where it has a move and no person sits in its place. `party`: the facts;
    `index`: its place in the order of the scenario; `talks`: the tables."""

    def __init__(self, model: mesa.Model, talks: Tables, party: Party):
        super().__init__(model)
        self.talks, self.party, self.index = talks, party, talks.parties.index(party.id)
        self.strategy = self.decider.strategy
        talks.changed[party.id] = self.rank_again
        self._ranking: Ranking | None = None
        self._blunt = False

    @property
    def id(self) -> str:
        return self.party.id

    @property
    def decider(self) -> Decider:
        return self.talks.deciders[self.id]

    @property
    def ranking(self) -> Ranking:
        """The packages that the party may propose in order of utility, made when first asked for."""
        if self._ranking is None:
            single = self.decider.single
            self._ranking = ranking(self.numbers(), self.talks.feasible, single)
            if self._ranking.empty and not self._blunt:  # rules may leave only what it never asked for
                self._blunt = True
                self._ranking = ranking(self.numbers(), self.talks.feasible, single)
        return self._ranking

    def numbers(self) -> Numbers:
        """An agent does not propose what another party rules out and it never asked for; a person may."""
        numbers = self.talks.preferences.numbers[self.index]
        free = self._blunt or not numbers.unasked.any()
        return numbers if free else numbers.for_proposals()

    def own(self, rows: np.ndarray) -> Own:
        """The party's own numbers at the tables `rows`."""
        state = self.talks.state
        at = slice(None) if len(rows) == len(state.reservation) else rows
        reservation, last = state.reservation[at, self.index], state.offers[at, self.index]
        numbers = self.talks.preferences.numbers[self.index]
        return Own(numbers, self.ranking, self.talks.public, rows, reservation, last)

    def rank_again(self, rows: np.ndarray) -> None:
        """An event changed what the party wants at the tables `rows`."""
        if self._ranking is not None and self._ranking.tables == self.talks.preferences.tables:
            self._ranking.again(self.numbers(), rows)
        else:  # the tables shared one ranking until now
            self.forget_ranking()

    def forget_ranking(self) -> None:
        """Give the ranking's memory back; it is made anew when next asked for."""
        if self._ranking is not None:
            self._ranking.release()
            self._ranking = None

    def step(self) -> None:
        """Make the party's move of this step at every table where it has one."""
        rows = self.talks.movers.get(self.index)
        if rows is None or self.id in self.talks.people or self.talks.has_moved(self.index):
            return
        moves = {"amend": self._amend, "vote": self._vote}.get(self.talks.rounds.step.kind, self._decide)(rows)
        because = [self.because(moves, n, row) for n, row in enumerate(rows.tolist())] if self.talks.keep else ()
        self.talks.take(self.index, rows, moves, because)

    def _decide(self, rows: np.ndarray) -> Moves:
        talks, decider = self.talks, self.decider
        view = view_for(talks.state, self.index, rows, decider.needs_counts, decider.needs_history)
        draws = None
        if decider.needs_chance:
            draws = talks.draws("bidding", self.id, 4, rows)
        truth = talks.preferences.gains(rows) if decider.needs_truth else None
        return decider.decide(view, self.own(rows), draws, talks.estimates(decider), truth)

    def _amend(self, rows: np.ndarray) -> Moves:
        """The mediator puts the amendment it likes best of a few to the vote, if it would vote for it, else leaves the
        draft as it is, even where an event has closed a level of it."""
        talks, own = self.talks, self.own(rows)
        draft = talks.state.draft[rows]
        found = talks.protocol.amendments(talks.state, talks.space, rows, talks.mediation)
        changed = (found != draft[:, None]).any(axis=2)
        possible = changed & ~self._impossible(found, own, rows[:, None])
        liked = np.where(possible, own.utility(found), -1.0).argmax(axis=1)
        package = found[np.arange(len(rows)), liked]
        favour = self._favours(rows, own, package)
        return _moves(np.full(len(rows), PROPOSE), np.where(favour[:, None], package, draft))

    def _vote(self, rows: np.ndarray) -> Moves:
        """For or against the amendment, in the last round the draft."""
        package = self.talks.state.amendment[rows].copy()
        return _moves(np.where(self._favours(rows, self.own(rows), package), SIGN, STAND), package)

    def _impossible(self, packages: np.ndarray, own: Own, rows: np.ndarray) -> np.ndarray:
        """Whether packages (n, ..., I) cross an own red line or hold a level that is off the table: bool (n, ...)."""
        gone = self.talks.state.closed[rows[..., None], self.talks.space.offsets[:-1] + packages].any(axis=-1)
        return own.vetoed(packages) | gone

    def _favours(self, rows: np.ndarray, own: Own, amendment: np.ndarray) -> np.ndarray:
        """Whether it votes for the amendment (n, I) to the draft or, in the last round, for the draft: bool (n,)."""
        state, protocol = self.talks.state, self.talks.problem.protocol
        last = self.talks.protocol.final(state, rows)
        heat = protocol.temperature * np.maximum(0.0, 1.0 - state.round / state.deadline[rows])
        draws = self.talks.draws("voting", self.id, 1, rows)[:, 0]
        u, vetoed = own.utility(amendment), self._impossible(amendment, own, rows)
        climbing = votes_for(own.utility(state.draft[rows]), u, vetoed, heat, draws)
        return np.where(last, ~vetoed & (u >= own.reservation), climbing)

    def answer(self, package: np.ndarray, table: int, draw: float) -> str:
        """What the party says in private to a package (I,) at one table: with probability candour what is `honest`,
        else one notch less."""
        honest = ANSWERS.index(self.honest(package, table))
        return ANSWERS[max(honest - (draw >= self.party.candour.value), 0)]

    def honest(self, package: np.ndarray, table: int) -> str:
        """What is true of a package (I,) now at one table: "would_sign" if it is as good as what the party would
        propose next, "could_move" if it beats no agreement, else "no"."""
        rows = np.array([table])
        own = self.own(rows)
        u = float(own.utility(package[None])[0])
        if own.vetoed(package[None])[0] or u < own.reservation[0]:
            return ANSWERS[0]
        bid = self._decide(rows).package
        return ANSWERS[2 if u >= float(own.utility(bid)[0]) else 1]

    def because(self, moves: Moves, n: int, table: int) -> list[dict]:
        """What decided move n at `table`: the two issues on which the party's own contributions spoke most for what it
        signed or proposed, or most against the package it countered. Names issues and levels, no numbers; nothing on
        which its interest is a guess, since nobody gives as a reason what it never said."""
        talks, (wanted, opposed) = self.talks, self._spoken
        numbers = talks.preferences.numbers[self.index]
        gains = numbers.contributions[0 if numbers.tables == 1 else table]
        offsets = talks.space.offsets
        middle = np.array([gains[a:b].mean() for a, b in zip(offsets[:-1], offsets[1:], strict=True)])
        own = moves.package[n].astype(np.int64)
        if talks.protocol.ONE_TEXT:
            draft = talks.state.draft[table].astype(np.int64)
            gain = gains[offsets[:-1] + own] - gains[offsets[:-1] + draft]
            effect = "against" if moves.kind[n] == STAND else "for"
            named, own, margin = own, draft, -gain if effect == "against" else gain
        elif moves.best_offer[n] < 0:
            effect, named, margin = "seeks", own, gains[offsets[:-1] + own] - middle
        else:
            named = talks.state.offers[table, moves.best_offer[n]].astype(np.int64)
            if moves.offer_of[n] >= 0:
                effect, margin = "for", gains[offsets[:-1] + named] - middle
            else:
                effect, margin = "against", gains[offsets[:-1] + own] - gains[offsets[:-1] + named]
        found: list[dict] = []
        against = effect == "against"
        for i in np.argsort(-margin, kind="stable"):
            known = (opposed if against else wanted)[offsets[i] + named[i]]
            asked = against and wanted[offsets[i] + own[i]]
            if margin[i] > 0 and (known or asked) and len(found) < 2:
                levels = talks.problem.issues[i].levels
                reason = {"issue": talks.problem.issues[i].id, "level": levels[named[i]].id, "effect": effect}
                found.append(reason | ({"wanted": levels[own[i]].id} if asked else {}))
        return found

    @cached_property
    def _spoken(self) -> tuple[np.ndarray, np.ndarray]:
        """Levels (L,) that the party can be said to want, since it has taken a position on them that is not against
        them, and those that it has publicly spoken against. What is inferred or assumed of it, it does not say."""
        places = [(issue.id, level.id) for issue in self.talks.problem.issues for level in issue.levels]
        positions = [self.party.positions.get(place) for place in places]
        spoken = np.array([p is not None and p.basis not in UNSAID for p in positions])
        opposed = np.array([p is not None and p.stance in AGAINST for p in positions])
        return spoken & ~opposed, spoken & opposed


def _moves(kind: np.ndarray, package: np.ndarray) -> Moves:
    """Amendments or votes (n,) as moves."""
    nobody = np.full(len(kind), -1)
    return Moves(kind.astype(np.int8), package, nobody, nobody)
