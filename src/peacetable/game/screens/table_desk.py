"""What lies before the person at the table: the plain data that all parts of the table screen read."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...seat import estimates
from ...seat.estimates import Change, Estimate
from ...seat.views import Entry, Facts, Mandate, Package, View
from ...table.ledger import Offer
from ...table.record import MOVES
from ...words import log, moods
from ...words.catalogue import Catalogue, difference, number
from ...words.moods import Mood
from .base import Kept

VERDICTS = {"likely": ("check", "good"), "may": ("question", "gold"), "unlikely": ("cross", "bad")}


@dataclass(frozen=True)
class Desk:
    """`draft`: the package being built; `spoken`: what was said with each entry of the log; `cursor`: the cell of the
    matrix that the keyboard is at; `kept`: what was worked out for the last desk of the same screen."""

    facts: Facts
    t: Catalogue
    view: View
    mandate: Mandate
    draft: Package
    spoken: tuple[str, ...] = ()
    cursor: tuple[int, int] = (0, 1)
    kept: Kept = field(default_factory=Kept, compare=False, repr=False)

    @property
    def others(self) -> list[str]:
        """The other delegations, in speaking order."""
        return [p.id for p in self.facts.parties if p.id != self.view.party]

    def name(self, party: str) -> str:
        """How a party is called in running text."""
        return self.t("you") if party == self.view.party else log.called(self.facts, self.t, party)

    def names(self, parties) -> str:
        return self.t.join(self.name(p) for p in parties)

    def standing(self) -> Offer | None:
        """The offer of another party to look at first: one that can be signed, else any."""
        offers = self.view.acceptable() or [o for o in self.view.offers.values() if o.of != self.view.party]
        return max(offers, key=lambda o: self.mandate.utility(o.package)) if offers else None

    @property
    def question(self) -> Entry | None:
        """What the person is asked in private and can answer in its turn."""
        return next(iter(self.view.open_questions()), None) if self.view.mine else None

    def before(self) -> Package | None:
        """The package that lies before the person: the amendment of a single text, else an offer of another party."""
        if self.facts.one_text:
            return self.view.amendment
        standing = self.standing()
        return standing.package if standing else None

    def on_table(self) -> list[Package]:
        """All packages on the table."""
        if self.facts.one_text:
            return [p for p in (self.view.draft, self.view.amendment) if p is not None]
        return [o.package for o in self.view.offers.values()]

    def waiting(self) -> bool:
        """Whether a single text waits for its next amendment."""
        view = self.view
        return self.facts.one_text and view.amendment == view.draft and not view.final and not view.ended

    def amends(self) -> bool:
        """Whether the person has to put an amendment to the vote."""
        return self.facts.one_text and self.facts.mediator == self.view.party and not self.view.final

    def since(self) -> int:
        """Place in the log after the person's own last move; 0 before the first."""
        log, me = self.view.log, self.view.party
        return next((n + 1 for n in reversed(range(len(log))) if log[n].party == me and log[n].kind in MOVES), 0)

    def difference(self, u: float) -> str:
        """How a value compares with the walk-away, as a sentence."""
        change, mark = difference(u, self.mandate.reservation), number(self.mandate.reservation)
        if change == 0:
            return self.t("value.equal", mark=mark)
        return self.t("value.above" if change > 0 else "value.below", change=number(abs(change)), mark=mark)

    def why_refused(self, package: Package) -> str:
        """What keeps the person from proposing and signing a package, as the end of a sentence; "" if nothing does."""
        missed = self.mandate.misses(package)
        if missed:
            return self.t("refused.demand", says=missed[0].says)
        return self.t("refused.red") if self.mandate.crossed(package) else ""

    @property
    def moods(self) -> dict[str, Mood]:
        facts, view, t = self.facts, self.view, self.t
        return self.kept("moods", (view,), lambda: {p.id: moods.mood(facts, view, p.id, t) for p in facts.parties})

    @property
    def estimates(self) -> dict[str, Estimate]:
        """What the others at the table would likely say to the draft."""
        facts, view, draft = self.facts, self.view, self.draft
        here = [p for p in self.others if p in view.present]
        make = estimates.estimate
        return self.kept("estimates", (view, draft), lambda: {p: make(facts, view, p, draft) for p in here})

    def need(self, party: str) -> Change | None:
        """The smallest change of the draft that the estimate says would bring `party` in."""
        facts, view, mandate, draft = self.facts, self.view, self.mandate, self.draft
        search = estimates.smallest_change
        return self.kept(
            ("need", party),
            (view, mandate, draft),
            lambda: search(facts, view, party, draft, mandate),
        )

    def verdict(self, guess: Estimate) -> str:
        """The estimate in words: would likely sign, may sign, unlikely."""
        voting = self.facts.one_text and not self.view.final
        return self.t(f"guess.{guess.verdict}{'.vote' if voting else ''}")

    def explain(self, guess: Estimate) -> list[str]:
        """Sentences that say where the estimate comes from."""
        t, issues = self.t, self.t.join(self.facts.issues[i].short for i in guess.against)
        missed = self.facts.party(guess.party).misses(self.draft)
        says = " ".join(demand.says for demand in missed)
        lines = [t(f"guess.why.{guess.why}", answer=self._answer(guess), says=says)]
        if guess.why in ("offers", "positions", "votes", "red_line", "demand"):
            lines.append(t("guess.range", low=guess.low, high=guess.high, least=guess.asks_low, most=guess.asks_high))
            if issues and guess.verdict != "likely":
                lines.append(t("guess.against", issues=issues))
        return lines

    def _answer(self, guess: Estimate) -> str:
        """What the party told about the draft, in words; "" if nothing."""
        answer = estimates.told(self.view, guess.party).get(self.draft)
        return self.t(f"talk.answer.{answer}") if answer else ""

    def changes(self, change: Change) -> list[str]:
        """A change of the draft in words, issue by issue."""
        return [
            self.t(
                "need.change",
                issue=self.facts.issues[i].short,
                before=self.facts.short(i, self.draft[i]),
                after=self.facts.short(i, change.package[i]),
            )
            for i in change.differ
        ]
