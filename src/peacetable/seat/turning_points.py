"""The moves that mattered most for how talks came out, told from one person's seat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..table.ledger import OnTable
from ..table.record import MOVES
from . import views
from .views import Facts, Package, TurningPoint

TOLD = 7  # turning points
MOVED = 0.03  # a change of the own utility that is worth telling
CLIMB = 0.1  # one over all offers of a side
MOST = {"missed": 2, "waiting": 1, "swept": 1, "event": 1}  # of a kind
# kinds after which others say nothing new about the same package
SAME = {("missed", "waiting"): ("missed", "waiting", "all"), ("climb", "stuck"): ("worth",)}
NOISE = 2  # steps of sides that were not the hardest to win


class TurningPoints:
    """What was missed, who signed, what the side that was hardest to win did. `reservation`, `ended`: what no agreement
    and the end are worth to the person; `gains`: per party, issue and level what it adds to that party's utility."""

    def __init__(
        self,
        facts: Facts,
        view: views.View,
        worths: Sequence[views.Worth],
        reservation: float,
        ended: float,
        gains: Mapping[str, Sequence[Sequence[float]]],
    ):
        self.facts, self.view, self.me, self.gains = facts, view, view.party, gains
        self.reservation, self.ended = reservation, ended
        self.made = worths
        self.worths = {(w.party, w.package): w for w in worths}
        self.of_package = {w.package: w for w in worths}
        self.hard = "" if facts.one_text else self._hardest(worths)
        self.found: list[tuple[float, int, TurningPoint]] = []
        self.most = max(1, len(facts.parties) // 2)
        self.good: set[str] = set()  # parties that have made an offer the person could sign
        self.all_told = False

    def find(self) -> list[TurningPoint]:
        """At most TOLD of them, in the order in which they happened; nobody's same kind of move again and again."""
        self._walk()
        self._climb()
        chosen: list[tuple[int, TurningPoint]] = []
        for _, n, turn in sorted(self.found, key=lambda x: (-x[0], x[1])):
            if len(chosen) < TOLD and self._new(turn, [t for _, t in chosen]):
                chosen.append((n, turn))
        return [turn for _, turn in sorted(chosen, key=lambda x: x[0])]

    def _new(self, turn: TurningPoint, others: list[TurningPoint]) -> bool:
        """Whether it says something that the others do not."""
        if self._noise(turn):
            return sum(self._noise(t) for t in others) < NOISE
        for about, kinds in SAME.items():
            if turn.kind in kinds and any(t.kind in about and t.package == turn.package for t in others):
                return False
        same = [t for t in others if t.kind == turn.kind]
        if turn.kind in MOST:
            return len(same) < MOST[turn.kind] and turn.party not in (t.party for t in same)
        return sum(t.party == turn.party for t in same) < 2

    def _noise(self, turn: TurningPoint) -> bool:
        return turn.kind in ("towards", "away") and (not self.hard or turn.party != self.hard)

    def _hardest(self, worths: Sequence[views.Worth]) -> str:
        """The side that was last to offer what the person could sign; of those that never did, or at the same time,
        the one that began worst for the person."""
        first: dict[str, float] = {}
        reached: dict[str, int] = {}
        for w in worths:
            if w.party and w.party != self.me:
                first.setdefault(w.party, w.utilities[self.me])
                if self.me in w.willing:
                    reached.setdefault(w.party, w.round)
        return max(first, key=lambda p: (reached.get(p, self.view.round + 1), -first[p]), default="")

    def _add(self, weight: float, n: int, turn: TurningPoint) -> None:
        self.found.append((weight, n, turn))

    # -- the talks once more -----------------------------------------------------------------------------------------

    def _walk(self) -> None:
        last: dict[str, views.Worth] = {}
        before: OnTable | None = None
        for n, e in enumerate(self.view.log):
            if e.party == self.me and e.kind in MOVES and before is not None:
                self._own_turn(n, e, before)
            if e.kind == "event":
                self._add(0.3, n, TurningPoint(e.round, "event", event=e.event or ""))
            elif e.kind == "walk_out":
                self._add(2.0, n, TurningPoint(e.round, "walk_out", e.party or ""))
            elif e.kind == "sign" and e.offer_of:
                self._signature(n, e)
            elif e.kind == "carried" and e.package is not None:
                self._add(0.4, n, TurningPoint(e.round, "carried", package=e.package))
            elif e.kind in ("propose", "amend") and e.package is not None:
                worth = self.worths[e.party or "", e.package]
                self._step(n, e, worth, last.get(e.party or ""))
                self._firsts(n, e, worth)
                self._swept(n, e, before)
                last[e.party or ""] = worth
            before = e.table

    def _lying(self, table: OnTable) -> Iterator[tuple[views.Worth, tuple[str, ...]]]:
        """What could be signed or voted for, and who has signed it or put it to the vote."""
        if table.amendment is not None and table.amendment in self.of_package:
            worth = self.of_package[table.amendment]
            yield worth, (worth.party,)
        for of, offer in table.offers.items():
            yield self.worths[of, offer.package], offer.signed

    def _own_turn(self, n: int, e: views.Entry, before: OnTable) -> None:
        """What lay on the table when the person did something else."""
        for worth, names in self._lying(before):
            of, value = worth.party, worth.utilities[self.me]
            against = e.offer_of != of and self.me not in names
            if self.facts.one_text:
                against = e.kind == "stand" and e.package == worth.package
            able = self.me in worth.willing and self._possible(worth, names, before)
            if not against or of == self.me or not able:
                continue
            more = value - self.ended
            if more > MOVED:
                turn = TurningPoint(e.round, "missed", of, amount=value, package=worth.package, more=more, act=e.kind)
                self._add(3.0 + more + e.round / 1000, n, turn)  # of the same, the last chance
            elif set(self.facts.needs(worth.package)) - set(names) == {self.me}:
                turn = TurningPoint(e.round, "waiting", of, amount=value, count=len(names), package=worth.package)
                self._add(1.2 + value / 100, n, turn)

    def _possible(self, worth: views.Worth, signed: Sequence[str], table: OnTable) -> bool:
        """Whether everybody it needs is there and has signed or, by the opened numbers, had reason to."""
        return self.facts.carried(worth.package, {*worth.willing, *signed} & set(table.present))

    def _signature(self, n: int, e: views.Entry) -> None:
        """More signatures than before; of several on the same offer in a round, only the last is kept."""
        of, party = e.offer_of or "", e.party or ""
        offer = e.table.offers[of] if e.table else None
        if offer is None:
            return
        if self.view.ended == "agreement" and n == self._closing():
            self._last(n, e, self.worths[of, offer.package])
        elif len(offer.signed) > self.most:
            self.most = len(offer.signed)
            self.found = [f for f in self.found if (f[2].kind, f[2].round, f[2].other) != ("signed", e.round, of)]
            self._add(0.45 + 0.1 * self.most, n, TurningPoint(e.round, "signed", party, of, count=self.most))

    def _closing(self) -> int:
        return max(n for n, e in enumerate(self.view.log) if e.kind == "sign")

    def _last(self, n: int, e: views.Entry, agreed: views.Worth) -> None:
        """The signature that closed it, and what had become better for that side since an earlier text."""
        party = e.party or ""
        before = [w for w in self.made if w.party != party and w.package != agreed.package]
        same = [w for w in before if w.party == agreed.party] or before
        old = same[-1] if same and party != self.me else None
        amount = agreed.utilities[party] - (old or agreed).utilities[party]
        kept = self._better(party, old.package, agreed.package) if old is not None and amount > 0.005 else None
        kept = None if kept == agreed.package else kept
        act = "better" if kept is not None else "time" if old is not None and amount <= 0.005 else ""
        value = amount if kept is not None else agreed.utilities[self.me]
        self._add(
            1.9,
            n,
            TurningPoint(e.round, "last", party, amount=value, package=agreed.package, before=kept, act=act),
        )

    def _better(self, party: str, old: Package, new: Package) -> Package:
        """`new` with the old levels where the new ones are worth more to the party, so that only those differ."""
        gains = self.gains[party]
        return tuple(a if gains[i][b] > gains[i][a] else b for i, (a, b) in enumerate(zip(old, new, strict=True)))

    def _step(self, n: int, e: views.Entry, worth: views.Worth, before: views.Worth | None) -> None:
        """A side's new proposal against its last one, as it matters to the person."""
        if before is None or e.party == self.me:
            return
        change = worth.utilities[self.me] - before.utilities[self.me]
        if abs(change) >= MOVED:
            kind, hard = "towards" if change > 0 else "away", e.party == self.hard
            issues = self._that_way(before.package, worth.package, change)
            turn = TurningPoint(
                e.round, kind, e.party or "", amount=change, package=e.package, before=before.package, issues=issues
            )
            self._add(min(1.4, 8 * abs(change)) if hard else min(0.5, 2 * abs(change)), n, turn)

    def _that_way(self, old: Package, new: Package, change: float) -> tuple[int, ...]:
        """The issues on which a step changed what it is worth to the person in the sense of the whole, most first."""
        gains = self.gains[self.me]
        by = [
            (gains[i][b] - gains[i][a]) * (1 if change > 0 else -1)
            for i, (a, b) in enumerate(zip(old, new, strict=True))
        ]
        return tuple(sorted((i for i, moved in enumerate(by) if moved > 0), key=lambda i: -by[i]))

    def _firsts(self, n: int, e: views.Entry, worth: views.Worth) -> None:
        """The first package that everybody had reason to sign, and each side's first that the person could sign."""
        value, party = worth.utilities[self.me], worth.party
        if not self.all_told and e.table is not None and self._possible(worth, (), e.table):
            self.all_told = True
            self._add(1.5, n, TurningPoint(e.round, "all", party, package=worth.package))
        elif party not in (self.me, *self.good) and self.me in worth.willing and value > self.reservation:
            weight = 0.9 if party == self.hard else 0.45 if self.good else 0.6
            self._add(weight, n, TurningPoint(e.round, "worth", party, amount=value, package=worth.package))
            self.good.add(party)

    def _swept(self, n: int, e: views.Entry, before: OnTable | None) -> None:
        """A proposal took packages off the table, with what was signed."""
        if before is None or e.table is None:
            return
        left = {(of, offer.package) for of, offer in e.table.offers.items()}
        gone = [offer for of, offer in before.offers.items() if (of, offer.package) not in left]
        lost = max((len(offer.signed) for offer in gone), default=0)
        if lost >= max(2, len(self.facts.parties) // 2):
            turn = TurningPoint(e.round, "swept", e.party or "", count=lost, package=e.package)
            self._add(0.3 + 0.12 * lost, n, turn)

    def _climb(self) -> None:
        """How far the side that was hardest to win came, at the round of its best offer."""
        made = [(n, e, self.worths[self.hard, e.package]) for n, e in enumerate(self.view.log)
                if e.kind == "propose" and e.party == self.hard and e.package is not None]  # fmt: skip
        if len(made) < 2:
            return
        _, begun, first = made[0]
        n, e, best = max(made, key=lambda x: x[2].utilities[self.me])
        start, value = first.utilities[self.me], best.utilities[self.me]
        kind = "climb" if value - start >= CLIMB else "stuck"
        if kind == "climb" or self.view.ended != "agreement":
            turn = TurningPoint(e.round, kind, self.hard, "", value, begun.round, package=best.package, start=start)
            self._add(1.45, n, turn)
