"""What lies on one table after each of its records: the packages, and who has signed them.

Everything that tells a story of the table reads it here. The protocol's own module follows the records, so that what is
told cannot differ from what was held.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ..errors import MinutesError
from ..scenario import Scenario, Space
from . import rules
from .moves import KINDS, PROPOSE, single
from .notation import read
from .protocol import Protocol
from .protocols import PROTOCOLS
from .record import OPENINGS, Amended, Ended, Happened, Moved, Order, Record, RulesChanged
from .rounds import Rounds
from .state import ENDINGS, WALKED_OUT, State, signers, start

TABLE = np.array([0])


@dataclass(frozen=True)
class Offer:
    """A package on the table. `of`: whose; `package`: level indices; `signed`, `needs`: who has signed it and whose
    signatures it takes: parties in the order of the scenario, in a ledger `signed` in the order of signing."""

    of: str
    package: tuple[int, ...]
    signed: tuple[str, ...]
    needs: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Whose signatures it still needs."""
        return tuple(p for p in self.needs if p not in self.signed)


@dataclass(frozen=True)
class OnTable:
    """What lies on a table. `round` counts from 1 to `rounds`; `present`: who has not left; `offers`: party -> its
    package; where one text is amended, the `draft`, the `amendment`, who has voted for it (`votes`) and, once the vote
    is over, whether the draft is now as it says (`adopted`). `round_over`: the record was the last of its
    round, in talks that had not ended by it."""

    round: int
    rounds: int
    present: tuple[str, ...]
    offers: Mapping[str, Offer] = field(default_factory=dict)
    draft: tuple[int, ...] | None = None
    amendment: tuple[int, ...] | None = None
    votes: tuple[str, ...] = ()
    adopted: bool = False
    round_over: bool = False


def on_table(state: State, row: int, protocol: Protocol, parties: tuple[str, ...]) -> OnTable:
    """What lies on one of R tables."""
    told = protocol.told(state, row)

    def named(bits: int) -> tuple[str, ...]:
        return tuple(parties[p] for p in signers(bits, len(parties)))

    lying = told.offers.items()
    return OnTable(
        state.round,
        int(state.deadline[row]),
        tuple(parties[p] for p in np.flatnonzero(state.present[row])),
        {parties[q]: Offer(parties[q], x, named(signed), named(needs)) for q, (x, signed, needs) in lying},
        told.draft,
        told.amendment,
        tuple(parties[p] for p in told.votes),
        told.adopted,
    )


class Ledger:
    """One table of a scenario (with the settings of the run). `draft`: the text (I,) that the talks open with, where
    there is one; `rules_version`: that of the rules they were begun under, None: the present one.

    `extend` it by the records; `lines`: what lies on the table after each; `now`: what lies on it now, which is another
    round's where the last record closed one.
    """

    def __init__(self, scenario: Scenario, draft: np.ndarray | None = None, rules_version: int | None = None):
        self.scenario, self.parties = scenario, scenario.party_ids
        self.lines: list[OnTable] = []
        settings = scenario.protocol
        self.space = Space(scenario, rules_version)
        parties = len(self.parties)
        self.state = start(1, parties, self.space.shape, settings.rounds, np.zeros((1, parties)), counts=False)
        if draft is not None:
            self.state.draft[:] = draft
        mediator = self.parties.index(settings.mediator) if settings.mediator else -1
        self.rounds = Rounds(self.state, self.space, settings.name, mediator, settings.order, self._hopeless)
        self._left: deque[Record] = deque()
        self._moved: set[int] = set()

    @property
    def protocol(self) -> Protocol:
        """The module of the protocol."""
        return PROTOCOLS[self.rounds.name]

    @property
    def now(self) -> OnTable:
        """What lies on the table."""
        return self._in_order(on_table(self.state, 0, self.protocol, self.parties))

    def extend(self, records: Iterable[Record]) -> Ledger:
        """Go on with what was done next, to the end of a step or as far as there are records. Raises MinutesError where
        they do not follow each other."""
        self._left.extend(records)
        if not self.state.round:
            self.rounds.advance(self._opening)
        while self._left:
            record = self._left.popleft()
            over = self._follow(record)
            self.lines.append(replace(self.now, round_over=over))
            if self._complete:
                self._moved.clear()
                self.rounds.advance(self._opening)
        return self

    def _follow(self, record: Record) -> bool:
        """Follow one record; whether it was the last of its round."""
        if isinstance(record, RulesChanged):
            self._play_by(record.rules_version)
        if not isinstance(record, Moved):
            return False
        party, s = self._mover(record), self.state
        package = read(self.scenario, record.package or "") if record.kind == KINDS[PROPOSE] else s.draft[0]
        offer_of = self._index(record.offer_of) if record.offer_of else -1
        self._moved.add(party)
        turn, s.turn = s.turn, record.turn
        self.rounds.apply(party, TABLE, single(KINDS.index(record.kind), package, offer_of))
        s.turn = turn
        last = self._complete and s.step == len(self.rounds.steps) - 1
        if self._complete:
            self.rounds.close()
        return last and bool(s.running[0])

    def _index(self, party: str) -> int:
        if party not in self.parties:
            raise MinutesError(f'The minutes name a party "{party}" that the scenario does not have.')
        return self.parties.index(party)

    def _mover(self, record: Moved) -> int:
        party = self.parties.index(record.party) if record.party in self.parties else -1
        if party not in self.rounds.movers or party in self._moved:
            raise MinutesError(f"The minutes have {record.party} moving out of turn in round {self.state.round}.")
        return party

    @property
    def _complete(self) -> bool:
        """Whether the step is over: all have moved, or the talks have ended with this move."""
        following = self._left[0] if self._left else None
        return bool(self._moved) and (len(self._moved) == len(self.rounds.movers) or isinstance(following, Ended))

    def _opening(self) -> None:
        """What chance and the chair do as a round begins."""
        while self._left and self._left[0].kind in OPENINGS and self._left[0].round == self.state.round:
            record = self._left.popleft()
            if isinstance(record, Order):
                self.rounds.seat(np.array([self._index(p) for p in record.order]))
            elif isinstance(record, Amended):
                self.protocol.amend(self.state, TABLE, read(self.scenario, record.package)[None])
            elif isinstance(record, Happened):
                event = next((event for event in self.scenario.events if event.id == record.event), None)
                if event is None:
                    raise MinutesError(f'The minutes name an event "{record.event}" that the scenario does not have.')
                rules.happen(self.state, self.space, TABLE, event)
            self.lines.append(self.now)

    def _hopeless(self, rows: np.ndarray) -> np.ndarray:
        """Where those who stay can sign nothing, the end follows: nothing private need be known."""
        following = self._left[0] if self._left else None
        return np.array([isinstance(following, Ended) and following.ended == ENDINGS[WALKED_OUT]])

    def _play_by(self, version: int) -> None:
        """Whose signatures packages take may depend on the version of the rules."""
        self.space = self.rounds.space = Space(self.scenario, version)
        for q in np.flatnonzero(self.state.proposals[0]):
            self.state.needs[0, q] = self.space.consent.need_bits(self.state.offers[0, q])

    def _in_order(self, found: OnTable) -> OnTable:
        """Those who have signed, in the order in which they did."""
        before = self.lines[-1].offers if self.lines else {}
        offers = {}
        for of, offer in found.offers.items():
            old = before[of].signed if of in before else ()
            signed = [p for p in old if p in offer.signed]
            new = [p for p in offer.signed if p not in signed]
            offers[of] = replace(offer, signed=(*signed, *sorted(new, key=lambda p: p != of)))
        return replace(found, offers=offers)
