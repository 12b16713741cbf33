"""What the screens are given: plain frozen facts. Nothing leads back to the model or to another party's numbers."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..scenario import Consent, Issue
from ..scenario import Source as Source
from ..scenario.utility import worth
from ..table.ledger import Offer, OnTable
from ..table.protocols import PROTOCOLS

Package = tuple[int, ...]


@dataclass(frozen=True)
class Stated:
    """A public position: what a party has said about one level (places in Facts.issues), and where."""

    issue: int
    level: int
    stance: str
    basis: str
    sources: tuple[Source, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class StatedDemand:
    """What a party has called part of any settlement, in words. A package for which every (issue, levels) of `tests`
    holds leaves it out. `reading`: weight (that counts for something), condition (the party proposes and signs no such
    package) or penalty (it is worth nothing to the party)."""

    id: str
    says: str
    reading: str
    tests: tuple[tuple[int, frozenset[int]], ...]
    sources: tuple[Source, ...] = ()

    def left_out(self, package: Package) -> bool:
        return all(package[issue] in levels for issue, levels in self.tests)

    @property
    def issues(self) -> tuple[int, ...]:
        return tuple(issue for issue, _ in self.tests)


def conditions(demands: Sequence[StatedDemand]) -> list[StatedDemand]:
    """Those without which the party proposes and signs nothing."""
    return [demand for demand in demands if demand.reading == "condition"]


def ruled_out(demands: Sequence[StatedDemand]) -> frozenset[tuple[int, int]]:
    """(issue, level) that by themselves leave out a condition."""
    alone = [demand.tests[0] for demand in conditions(demands) if len(demand.tests) == 1]
    return frozenset((issue, level) for issue, levels in alone for level in levels)


@dataclass(frozen=True)
class Known:
    """Something that everybody at the table knows. `date`: when it happened, "" for what holds in any case."""

    text: str
    date: str = ""
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class PartyFacts:
    """The public side of a party. `silences`: (issue, level) -> what was looked for and not found."""

    id: str
    label: str
    short: str
    role: str
    goals: tuple[str, ...]
    no_agreement: str
    stated: tuple[Stated, ...]
    demands: tuple[StatedDemand, ...] = ()
    silences: Mapping[tuple[int, int], str] = field(default_factory=dict)

    @cached_property
    def red_lines(self) -> frozenset[tuple[int, int]]:
        """(issue, level) of what it has called a red line in public."""
        return frozenset((s.issue, s.level) for s in self.stated if s.stance == "red_line")

    def misses(self, package: Package) -> list[StatedDemand]:
        """Its conditions that the package leaves out."""
        return [demand for demand in conditions(self.demands) if demand.left_out(package)]


@dataclass(frozen=True)
class Happening:
    """What an event is called and what it says; why it can happen, and who said so. `rounds` it adds to the talks,
    `closes` (issue, level) for good, `concerns`: parties for which no agreement or an issue now counts differently."""

    label: str
    text: str
    reason: str = ""
    sources: tuple[Source, ...] = ()
    rounds: int = 0
    closes: tuple[tuple[int, int], ...] = ()
    concerns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clash:
    """A rule: packages for which every (issue, levels) of `tests` holds make no sense."""

    reason: str
    tests: tuple[tuple[int, frozenset[int]], ...]

    def holds(self, package: Package) -> bool:
        return all(package[issue] in levels for issue, levels in self.tests)


@dataclass(frozen=True)
class Facts:
    """The public side of a scenario. `consent`: the rule that says whose signatures a package takes; `veto`: red lines
    cannot be signed; `packages`: how many there are; `protocol`, `mediator` (a party or "" for a neutral chair) and
    `soundings` (how often a party may sound out another) as in the scenario; `background`: as it is told; `origins`:
    for each issue, the statements that its levels come from."""

    name: str
    title: str
    summary: str
    anchor: str
    cutoff: str
    issues: tuple[Issue, ...]
    parties: tuple[PartyFacts, ...]
    consent: Consent
    veto: bool
    rounds: int
    packages: int
    rules: tuple[Clash, ...]
    events: Mapping[str, Happening]
    glossary: Mapping[str, str]
    protocol: str
    mediator: str = ""
    soundings: int = 0
    fictional: bool = False
    background: tuple[Known, ...] = ()
    origins: tuple[tuple[Source, ...], ...] = ()

    @property
    def dated(self) -> bool:
        """Whether the scenario stands on a day; one imported from another program may not."""
        return bool(self.anchor and self.cutoff)

    @property
    def one_text(self) -> bool:
        """Whether one draft is amended and voted on, instead of offers side by side."""
        return PROTOCOLS[self.protocol].ONE_TEXT

    def needs(self, package: Package) -> tuple[str, ...]:
        """Whose signatures the package takes whatever else: those with a veto under a quorum, unless that is all."""
        needs = self.consent.needs(np.array(package))
        return tuple(p.id for p, needed in zip(self.parties, needs, strict=True) if needed)

    def carried(self, package: Package, willing: Collection[str]) -> bool:
        """Whether the parties `willing` can agree on the package by themselves."""
        signing = np.array([p.id in willing for p in self.parties])
        return bool(self.consent.signed_enough(signing, self.consent.needs(np.array(package))))

    def party(self, id: str) -> PartyFacts:
        return next(p for p in self.parties if p.id == id)

    def issue_index(self, id: str) -> int:
        return next(k for k, issue in enumerate(self.issues) if issue.id == id)

    def short(self, issue: int, level: int) -> str:
        return self.issues[issue].levels[level].short


@dataclass(frozen=True)
class Bonus:
    """An interaction in the own mandate: `change`, in units `units`, where every (issue, levels) of `tests` holds.
    `demand`: the id of the own demand that weighs so, or ""."""

    change: float
    units: int
    reason: str
    tests: tuple[tuple[int, frozenset[int]], ...]
    demand: str = ""

    def holds(self, package: Package) -> bool:
        return all(package[issue] in levels for issue, levels in self.tests)


@dataclass(frozen=True)
class Reason:
    """Why a package is better or worse than walking away: an issue, or a bonus or demand (issue is None)."""

    change: float
    issue: int | None
    bonus: Bonus | None = None
    demand: StatedDemand | None = None


def holding(packages: np.ndarray, tests: Sequence[tuple[int, frozenset[int]]]) -> np.ndarray:
    """Whether every (issue, levels) of the tests holds for packages (N, I): bool (N,)."""
    held = np.ones(len(packages), dtype=bool)
    for i, levels in tests:
        among = np.zeros(max(levels, default=0) + 1 + int(packages[:, i].max(initial=0)), dtype=bool)
        among[list(levels)] = True
        held &= among[packages[:, i]]
    return held


def stakes(gains: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """How much each issue counts: what its best level adds, as a share of what all can add; they sum to 1.

    `gains`: per issue and level, what it adds to the utility of a party.
    """
    tops = [float(max(levels)) for levels in gains]
    total = math.fsum(tops)
    return tuple(top / total if total else 1 / len(tops) for top in tops)


def favourites(gains: Sequence[Sequence[float]]) -> tuple[tuple[int, ...], ...]:
    """The best level of each issue; several where they are worth the same. `gains`: as for `stakes`."""
    return tuple(tuple(k for k, gain in enumerate(levels) if gain >= max(levels) - 1e-9) for levels in gains)


@dataclass(frozen=True)
class Mandate:
    """The own numbers, and only those. `units`: per issue and level, what it adds, in whole units of which `scale` make
    a utility of 1; `reservation`: what no agreement is worth now; `opening`: the best own package, `best` its utility;
    `red_lines`: (issue, level); `demands`: the own ones."""

    party: str
    units: tuple[tuple[int, ...], ...]
    scale: int
    bonuses: tuple[Bonus, ...]
    red_lines: frozenset[tuple[int, int]]
    reservation: float
    best: float
    opening: Package
    demands: tuple[StatedDemand, ...] = ()

    @cached_property
    def gains(self) -> tuple[tuple[float, ...], ...]:
        """Per issue and level, what it adds to the own utility."""
        return tuple(tuple(units / self.scale for units in levels) for levels in self.units)

    def utility(self, package: Package) -> float:
        """Own utility in [0, 1], to the last bit as the engine has it."""
        return float(self.utilities(np.array([package]))[0])

    def utilities(self, packages: np.ndarray) -> np.ndarray:
        """Own utility float (N,) of packages (N, I)."""
        total = self._total(packages)
        for demand in self.demands:
            if demand.reading != "weight":
                total[holding(packages, demand.tests)] = 0
        return worth(total, self.scale)

    def _total(self, packages: np.ndarray) -> np.ndarray:
        """What levels and bonuses come to, int64 (N,) units."""
        total = np.zeros(len(packages), dtype=np.int64)
        for i, units in enumerate(self.units):
            total += np.array(units)[packages[:, i]]
        for bonus in self.bonuses:
            total += bonus.units * holding(packages, bonus.tests)
        return total

    def stakes(self) -> tuple[float, ...]:
        """How much each issue counts."""
        return stakes(self.gains)

    def reasons(self, package: Package) -> list[Reason]:
        """What lifts the package above walking away and what pulls it below, largest first; sums to the
        difference, as far as the utility is not cut off at 0 or 1.

        Each issue is held against its share (by stakes) of the value of no agreement. A demand that makes the package
        worthless takes all that the rest adds.
        """
        shares = self.stakes()
        rows = [Reason(self.gains[i][k] - shares[i] * self.reservation, i) for i, k in enumerate(package)]
        said = {demand.id: demand for demand in self.demands}
        rows += [Reason(b.change, None, b, said.get(b.demand)) for b in self.bonuses if b.holds(package)]
        left_out = self.worthless(package)
        added = max(0.0, float(self._total(np.array([package]))[0]) / self.scale) if left_out else 0.0
        rows += [Reason(0.0 if n else -added, None, None, d) for n, d in enumerate(left_out)]
        return sorted(rows, key=lambda r: -abs(r.change))

    def crossed(self, package: Package) -> list[int]:
        """Issues on which the package crosses an own red line."""
        return [i for i, k in enumerate(package) if (i, k) in self.red_lines]

    def worthless(self, package: Package) -> list[StatedDemand]:
        """Own demands that are read so that the package, which leaves them out, is worth nothing."""
        return [demand for demand in self.demands if demand.reading != "weight" and demand.left_out(package)]

    def misses(self, package: Package) -> list[StatedDemand]:
        """Own conditions that the package leaves out."""
        return conditions(self.worthless(package))

    def refuses(self, package: Package) -> bool:
        """Whether the person can neither propose nor sign it."""
        return bool(self.crossed(package) or self.misses(package))


@dataclass(frozen=True)
class Because:
    """A reason that an agent gave: an issue, the level it spoke for or against, and what it wanted instead."""

    issue: int
    level: int
    against: bool
    wanted: int | None = None


@dataclass(frozen=True)
class Entry:
    """One line of the log. `kind`: propose | sign | stand | walk_out | amend (by the neutral chair) | sound | answer |
    event | end | carried | failed (what came of a vote). `changes`: issues that differ from the party's proposal
    before; None for its first; under a single text those that differ from the draft. `to`, `answer`: of a sounding,
    whose answer is None where a person was asked, and of what that person answered. `table`: what lies on the table
    after it."""

    kind: str
    round: int
    party: str | None = None
    offer_of: str | None = None
    package: Package | None = None
    changes: tuple[int, ...] | None = None
    because: tuple[Because, ...] = ()
    event: str | None = None
    to: str | None = None
    answer: str | None = None
    table: OnTable | None = field(default=None, repr=False)


@dataclass(frozen=True)
class View:
    """The table as `party` sees it. `movers` have a move now, `moved`: whether the own one was made; `ended`: None |
    agreement | deadline | walk_out; `soundings` left; `closed`: (issue, level) that events took off the table. Under a
    single text: the `draft`, the `amendment` that is voted on (the draft itself in the last round), who has voted for
    it (`votes`)."""

    party: str
    round: int
    rounds: int
    movers: tuple[str, ...]
    moved: bool
    offers: Mapping[str, Offer]
    last: Mapping[str, Package]
    changed: Mapping[str, tuple[int, ...]]
    present: tuple[str, ...]
    log: tuple[Entry, ...]
    ended: str | None = None
    by: str | None = None
    package: Package | None = None
    draft: Package | None = None
    amendment: Package | None = None
    votes: tuple[str, ...] = ()
    soundings: int = 0
    closed: frozenset[tuple[int, int]] = frozenset()

    @property
    def mine(self) -> bool:
        """Whether the person has to move now."""
        return self.party in self.movers and not self.moved and self.ended is None

    @property
    def final(self) -> bool:
        """Whether this is the last round, in which a single text is voted on as a whole."""
        return self.round >= self.rounds

    def asked(self) -> list[tuple[Entry, str | None]]:
        """What the person asked in private and was asked, each with its answer so far; answers come in order."""
        given: dict[tuple, list[str | None]] = {}
        for e in self.log:
            if e.kind == "answer":
                given.setdefault((e.to, e.party), []).append(e.answer)
        questions = [e for e in self.log if e.kind == "sound"]
        rest = {pair: iter(answers) for pair, answers in given.items()}
        return [(e, e.answer or next(rest.get((e.party, e.to), iter(())), None)) for e in questions]

    def open_questions(self) -> list[Entry]:
        """What others at the table have asked the person and it has not answered, the oldest first."""
        asked = [e for e, answer in self.asked() if e.to == self.party and answer is None]
        return [e for e in asked if e.party in self.present]

    def acceptable(self) -> list[Offer]:
        """What the person could sign: offers of others without the own signature."""
        return [o for o in self.offers.values() if o.of != self.party and self.party not in o.signed]


@dataclass(frozen=True)
class Score:
    """How a party came out: its utility of how the talks ended, and its value of no agreement."""

    party: str
    utility: float
    reservation: float


@dataclass(frozen=True)
class Alternative:
    """A package that was possible, with every party's utility."""

    package: Package
    utilities: Mapping[str, float]


@dataclass(frozen=True)
class Worth:
    """What a proposal was worth to everybody. `party` is "" for the neutral chair of a single text; `willing`: for whom
    it was as good as no agreement and crossed no red line."""

    round: int
    party: str
    package: Package
    utilities: Mapping[str, float]
    willing: tuple[str, ...] = ()


@dataclass(frozen=True)
class TurningPoint:
    """A moment that mattered. `kind`: towards | away (a side moved by `amount` for the person, by what it changed on
    `issues`, the most first), worth (the first offer of a side, worth `amount`, above the own walk-away value), all
    (one that everybody had reason to sign), signed (by `count`), swept (took `count` signatures off the table),
    carried (an amendment), event, walk_out.

    missed: in the own turn a package of `party` worth `amount` could have been had, `more` than what it came to, and
    `act` was done instead; waiting: one on which only the own signature is missing; climb | stuck: the offers of the
    side that was hardest to win went from `start` in round `count` to `amount`; last: the signature that closed it,
    after changes worth `amount` to that side."""

    round: int
    kind: str
    party: str = ""
    other: str = ""
    amount: float = 0.0
    count: int = 0
    event: str = ""
    package: Package | None = None
    before: Package | None = None
    start: float = 0.0
    more: float = 0.0
    act: str = ""
    issues: tuple[int, ...] = ()


@dataclass(frozen=True)
class PrivateAnswer:
    """What a delegation said in private about a package, and what was true then by the opened numbers."""

    round: int
    party: str
    package: Package
    answer: str
    truth: str


@dataclass(frozen=True)
class Sitting:
    """Which game it was. `day`: on which it was last played, as 2025-08-20; `minutes`: where they lie, or ""."""

    seed: int
    level: str
    day: str = ""
    minutes: str = ""


@dataclass(frozen=True)
class Spot:
    """A package in the plane: utilities in the order of the parties; `agreeable`: everybody it needs could have
    signed it."""

    utilities: tuple[float, ...]
    agreeable: bool


@dataclass(frozen=True)
class Sealed:
    """The numbers of a party, opened. `start`, `end`: value of no agreement; `weights`: its stakes, sum 1; `best`:
    its best levels of each; `strategy`: why it bargained as it did, "" for a person."""

    party: str
    start: float
    end: float
    weights: tuple[float, ...]
    best: tuple[tuple[int, ...], ...]
    strategy: str


@dataclass(frozen=True)
class Debrief:
    """The sealed numbers, opened after the end.

    `agreeable`: how many packages all needed parties hold at or above their value of no agreement, None if not counted;
    `own_best`: the best of them for the person; `better`: a package nobody would have lost by, against the end, and
    `better_count`; `exact`: everything was compared, not only searched; `path`: (round, party, what its proposal was
    worth to the person); `assumed`: share of each party's cells.

    `missed`: the best of `better` that nobody proposed; `worths`: every proposal, to everybody; `walk_away`: (round,
    own value of no agreement); `turning_points`: what mattered; `spots`, `fronts`: packages in the plane, and for each
    other party those of which none is better for both, as (own, its) utility; `sealed`: all numbers; `told`: own side
    talks.
    """

    scores: tuple[Score, ...]
    agreeable: int | None
    own_best: Alternative | None
    better: Alternative | None
    better_count: int | None
    exact: bool
    path: tuple[tuple[int, str, float], ...] = ()
    assumed: Mapping[str, float] = field(default_factory=dict)
    missed: Alternative | None = None
    worths: tuple[Worth, ...] = ()
    walk_away: tuple[tuple[int, float], ...] = ()
    turning_points: tuple[TurningPoint, ...] = ()
    spots: tuple[Spot, ...] = ()
    fronts: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)
    sealed: tuple[Sealed, ...] = ()
    told: tuple[PrivateAnswer, ...] = ()
