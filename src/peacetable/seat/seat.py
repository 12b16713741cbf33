"""A party's place at a table: what whoever sits there sees and may do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..abm.model import Negotiation
from ..errors import PeacetableError
from ..table.moves import Answer, Move, Propose, Say, Sign, Sound, Stand, WalkOut
from . import views
from .chronicle import Chronicle, tell
from .debrief import Reckoner
from .reader import Reader
from .views import Facts, Package


class Seat:
    """The seat of `party` at the one table of a model. `made`: called after each of its moves; `open_`: whether the
    table is still held, else PeacetableError is raised. Several people at one table have a seat each, and none of them
    leads to what another knows."""

    def __init__(
        self, party: str, model: Negotiation, reader: Reader, made: Callable[[], None], open_: Callable[[], bool]
    ):
        model.talks.party_index(party)
        self.party = party
        self._table, self._reader, self._made, self._open = model, reader, made, open_

    @property
    def _model(self) -> Negotiation:
        if not self._open():
            raise PeacetableError("This table was closed: ask the session for the seat at the present one.")
        return self._table

    # -- what may be seen ----------------------------------------------------------------------------------------------

    @property
    def facts(self) -> Facts:
        """The public side of the scenario."""
        return self._reader.facts

    @property
    def running(self) -> bool:
        """Whether the talks go on."""
        return bool(self._model.running)

    @property
    def awaiting(self) -> bool:
        """Whether this seat has to move before anything goes on."""
        return self.party in self._model.awaiting

    @property
    def moment(self) -> str:
        """The present step of the talks, which a move names."""
        return self._model.moment

    def view(self) -> views.View:
        """The table as this party sees it."""
        return self._reader.view(self._model.talks, self.party)

    def mandate(self) -> views.Mandate:
        """The party's own numbers, now."""
        return self._reader.mandate(self._model.talks, self.party)

    def debrief(self) -> views.Debrief:
        """Everybody's numbers. Only after the end: raises PeacetableError before."""
        return self.reckoner().make()

    def reckoner(self) -> Reckoner:
        """The debrief in slices, so that a window stays awake. Only after the end: raises PeacetableError before."""
        if self._model.running:
            raise PeacetableError("The sealed numbers are opened when the talks have ended.")
        return Reckoner(self._model, self.party, self.facts, self.view())

    def chronicle(self) -> Chronicle:
        """The game so far, step by step; with everybody's numbers after the end, before with the own ones only."""
        return tell(self._reader, *self._model.minutes(0), self.party)

    # -- what may be done: all raise Refusal ---------------------------------------------------------------------------

    def submit(self, move: Move, at: str | None = None) -> None:
        """Make a move, meant for the step `at` of the talks (None: the present one)."""
        self._model.submit(self.party, move, at=self.moment if at is None else at)
        self._made()

    def propose(self, package: Package) -> None:
        """Put a package on the table, or an amendment to the vote."""
        self.submit(Propose(np.array(package, dtype=np.int16)))

    def sign(self, offer_of: str) -> None:
        """Sign the package of that party."""
        self.submit(Sign(offer_of))

    def vote(self, favour: bool) -> None:
        """For or against the amendment of a single text, or its final draft."""
        self.submit(Sign() if favour else Stand())

    def stand(self) -> None:
        """Propose nothing and sign nothing in this turn."""
        self.submit(Stand())

    def walk_out(self) -> None:
        """Leave the talks for good."""
        self.submit(WalkOut())

    def sound(self, to: str, package: Package) -> None:
        """Ask a delegation in private about a package; an agent's answer stands in the view's log at once."""
        self.submit(Sound(to, np.array(package, dtype=np.int16)))

    def answer(self, to: str, answer: str) -> None:
        """Answer in private what the party `to` asked, with one of ANSWERS of `table.moves`."""
        self.submit(Answer(to, answer))

    def say(self, text: str, to: str | None = None) -> None:
        """Words to everybody, or in private to one party: in the minutes; no log shows them yet."""
        self.submit(Say(text, to))
