"""The written facts of a scenario, frozen. Nothing here computes: numbers come from `utility.py`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

STANCES = ("demand", "prefer", "acceptable", "neutral", "reluctant", "oppose", "red_line")
UNSTATED = "unstated"  # in place of a stance: looked for, and nothing found
AGAINST = ("reluctant", "oppose", "red_line")
BASES = ("stated", "second_hand", "inferred", "assumed")
UNSAID = ("inferred", "assumed")  # of these a party has not spoken itself, nor anybody for it
STANCE_VALUES = {
    "demand": 1.0,
    "prefer": 0.8,
    "acceptable": 0.6,
    "neutral": 0.5,
    "reluctant": 0.35,
    "oppose": 0.15,
    "red_line": 0.0,
}
MAX_WEIGHT_SUM = 8  # rankings hold a utility and a position in 63 bits


def day(date: str) -> str:
    """A date of a statement or fact without the word in front, "about" or "before": what it is sorted by."""
    return date.removeprefix("about ").removeprefix("before ")


@dataclass(frozen=True)
class Source:
    """One statement: who said what, when, and where it can be read. `reliability` runs from A (primary) to D; `topics`:
    ids of the issues that it speaks about."""

    id: str
    speaker: str
    date: str
    outlet: str
    address: str
    stated: str
    reliability: str
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """A number that a designer chose, with the range to study it over, one line of reason and what supports it."""

    value: float
    low: float
    high: float
    reason: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Level:
    """One discrete value of an issue. `needs`: party ids whose signature it takes under `consent: needed`; `phrase`:
    its name inside a spoken sentence, understood on its own ("" = none)."""

    id: str
    label: str
    short: str
    needs: tuple[str, ...]
    phrase: str = ""


@dataclass(frozen=True)
class Issue:
    """One thing negotiated. Between two coded levels on its `line`, those without a stance are interpolated. `order`:
    the levels on the line where only some stand on it; `sources`: the statements that its levels come from."""

    id: str
    label: str
    short: str
    levels: tuple[Level, ...]
    ordered: bool = True
    about: str = ""
    order: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def line(self) -> tuple[int, ...]:
        """Indices of the levels that stand on a line from one end to the other: all of an `ordered` issue, none of one
        that is not, or those in `order`."""
        if not self.order:
            return tuple(range(len(self.levels))) if self.ordered else ()
        index = {level.id: k for k, level in enumerate(self.levels)}
        return tuple(index[level] for level in self.order)

    def steps(self, a: int, b: int) -> int:
        """How far apart two levels stand on the line; two of which one stands off it are one step apart."""
        line = self.line
        return abs(line.index(a) - line.index(b)) if a in line and b in line else int(a != b)

    def neighbours(self, k: int, among: Collection[int]) -> tuple[int, int, float] | None:
        """The nearest levels of `among` before and after level `k` on the line, and how far it stands between them, 0
        to 1; None where there are not both."""
        line = self.line
        if k not in line:
            return None
        at = line.index(k)
        before = [n for n in range(at) if line[n] in among]
        after = [n for n in range(at + 1, len(line)) if line[n] in among]
        if not before or not after:
            return None
        return line[before[-1]], line[after[0]], (at - before[-1]) / (after[0] - before[-1])


@dataclass(frozen=True)
class Position:
    """What a party has said about one level. `value` (0 to 1) overrides the stance's value: imported profiles, where
    nothing was said and the number is "given"."""

    stance: str
    basis: str
    sources: tuple[str, ...] = ()
    note: str = ""
    value: float | None = None


@dataclass(frozen=True)
class Condition:
    """An interaction: `change` is added to the utility of packages with one of the levels on every issue in `when`.
    `veto`: the party neither proposes nor signs such packages, and `change` makes them worth nothing to it."""

    id: str
    when: Mapping[str, tuple[str, ...]]
    change: Judgement
    veto: bool = False


READINGS = ("weight", "condition")


@dataclass(frozen=True)
class Demand:
    """Something that a party has called part of any settlement; `refuses`: packages without it, as in Condition.when.

    `reading`: "weight", where `change` is added to the utility of these, or "condition", where they are out of the
    question. How it works stands among the party's conditions, under the same id, unless it changes nothing.
    """

    id: str
    says: str
    refuses: Mapping[str, tuple[str, ...]]
    reading: str
    change: Judgement


@dataclass(frozen=True)
class Part:
    """A named strategy component with its parameters."""

    name: str
    params: Mapping[str, float | int | str | bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Strategy:
    """Bidding strategy, acceptance condition and opponent model of a delegation (Baarslag et al. 2014)."""

    bidding: Part
    acceptance: Part
    opponent_model: Part
    reason: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Party:
    """One side: what it has said in public, and the designer's judgements on what it has not.

    `candour`: how often it answers a sounding honestly; else it makes itself one notch harder than it is. `discount`:
    a utility agreed on at time t, round / (deadline + 1), is worth discount ** t of itself; 1 = no loss. So is that of
    no agreement, at the time of a walk-out, or at t = 1 where time ran out. `weight_sum`: what its weights sum to, 1 to
    MAX_WEIGHT_SUM; above 1 as some imported profiles have it, where sums above 1 count as 1. `silences`: levels on
    which a statement was looked for and none found, with a note.
    """

    id: str
    label: str
    short: str
    role: str
    goals: tuple[str, ...]
    no_agreement: str
    capability: Judgement
    reservation: Judgement
    drift: Judgement
    saliences: Mapping[str, Judgement]
    positions: Mapping[tuple[str, str], Position]
    conditions: tuple[Condition, ...]
    strategy: Strategy
    candour: Judgement = field(default_factory=lambda: Judgement(0.8, 0.6, 1.0, "most answers in private are honest"))
    discount: float = 1.0
    weight_sum: float = 1.0
    demands: tuple[Demand, ...] = ()
    silences: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def red_lines(self) -> frozenset[tuple[str, str]]:
        """(issue, level) that it has called a red line."""
        return frozenset(cell for cell, said in self.positions.items() if said.stance == "red_line")


@dataclass(frozen=True)
class Rule:
    """Packages with one of the levels on every issue in `forbid` make no sense, for the reason given."""

    id: str
    forbid: Mapping[str, tuple[str, ...]]
    reason: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event:
    """Something that happens once: at the start of `round` (1 = first), or with `probability` of any past `after`.

    `reservation` adds to the reservation value of the parties named, which stays in [0, 1] as it does under drift, by
    an amount that each table draws from its range;
    `rounds` moves the deadline; `salience` multiplies {party: {issue: factor}}, not where that would leave the party no
    salience at all; `close` takes levels {issue: levels} off the table for good.
    """

    id: str
    label: str
    text: str
    round: int | None
    probability: float | None
    reservation: Mapping[str, Judgement]
    rounds: int
    reason: str
    sources: tuple[str, ...] = ()
    salience: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    close: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: int = 0


ENUMERABLE = 1_000_000  # packages of a space that are gone through one by one
PARTIES_MOST = 60  # signatures are counted in the bits of one int64, of which the sign is none
ORDERS = ("fixed", "rotating", "random")
DRAWS = ("values", "saliences", "reservations")
PARTS = ("bidding", "acceptance", "opponent_model")  # of a strategy


@dataclass(frozen=True)
class Protocol:
    """How the talks run; `name` and `order` as listed above, `consent` as in consent.CONSENTS, `red_lines`: veto |
    penalty.

    Under `consent: quorum` a package is agreed when `quorum` parties have signed it, all of `vetoes` among them.
    `soundings`: how often each party may privately sound out another. Where one text is amended: `mediator` is a party
    or "" for a neutral chair; `temperature` is where annealed voting starts, in utility. At 0 all are hill climbers,
    and a draft that is a compromise already hardly ever moves. `draft`: the level of every issue in the text that the
    talks open with; empty: one made from what is public.
    """

    name: str
    rounds: int = 20
    consent: str = "unanimity"
    order: str = "fixed"
    red_lines: str = "veto"
    quorum: int = 0
    vetoes: tuple[str, ...] = ()
    soundings: int = 0
    mediator: str = ""
    temperature: float = 0.1
    draft: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Fact:
    """Something that everybody at the table knows: what happened before (`date`, "" = none), or holds in any case."""

    id: str
    text: str
    date: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class Scenario:
    """A whole negotiation problem. `parties` stand in speaking order; `prior` is the range for unstated levels.

    `draw` names what each table draws from its range: any of "values", "saliences", "reservations".
    `imported` names the files of another program that the numbers come from ("" = none); such a scenario may stand on
    no day: `anchor` and `cutoff` are "" then. So may one that is `fictional`, which no statement stands behind.
    `settings` are changes given for this run, `PATH=VALUE` each; they are worked into the rest already.
    `document` is what was written, the variant worked in, as plain data without defaults; `hash` is taken over it, so
    equal hashes mean equal talks.
    """

    id: str
    variant: str
    title: str
    summary: str
    anchor: str
    cutoff: str
    issues: tuple[Issue, ...]
    parties: tuple[Party, ...]
    stance_values: Mapping[str, float]
    prior: tuple[float, float]
    draw: tuple[str, ...]
    protocol: Protocol
    rules: tuple[Rule, ...]
    events: tuple[Event, ...]
    sources: Mapping[str, Source]
    glossary: Mapping[str, str]
    document: Mapping = field(compare=False)
    hash: str
    background: tuple[Fact, ...] = ()
    imported: str = ""
    fictional: bool = False
    settings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Scenario {self.name}>"

    def __hash__(self) -> int:
        return hash(self.hash)

    @property
    def name(self) -> str:
        """`id` or `id@variant`."""
        return f"{self.id}@{self.variant}" if self.variant else self.id

    @property
    def party_ids(self) -> tuple[str, ...]:
        return tuple(p.id for p in self.parties)

    @property
    def issue_ids(self) -> tuple[str, ...]:
        return tuple(i.id for i in self.issues)


# columns of a study that every scenario has, those of experiments.runner among them
FIXED = "table ended by round turns package zone deadline pareto_distance nash_distance".split()


def issue_columns(scenario: Scenario) -> list[str]:
    """The name of the column of each issue: its id, or issue_<id> where that is the name of another column."""
    taken = {*FIXED, *(f"{kind}_{party}" for party in scenario.party_ids for kind in ("u", "r0", "r"))}
    taken |= {*(f"event_{event.id}" for event in scenario.events)}
    found = []
    for name in scenario.issue_ids:
        while name in taken:
            name = f"issue_{name}"
        taken.add(name)
        found.append(name)
    return found
