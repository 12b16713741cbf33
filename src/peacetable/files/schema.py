"""Every key of every kind of scenario file: its type, its bounds, and what it means.

The descriptions are the reference that people read: `docs/configuring.md` is made from them.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    create_model,
    model_validator,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

from ..scenario import CONSENTS
from ..scenario.facts import DRAWS, MAX_WEIGHT_SUM, PARTIES_MOST, PARTS
from ..table.protocols import PROTOCOLS, USUAL, using
from .names import reserved
from .nodes import MAX_NUMBER

MAX_LEVELS = 10_000  # of one issue


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _day(value: str) -> str:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            date.fromisoformat(value)
            return value
    except ValueError:
        pass
    raise PydanticCustomError("day", "is not a day of the calendar")


def _rough_date(value: str) -> str:
    if leading_date(value) is None:
        raise PydanticCustomError("rough_date", "does not begin with a date")
    return value


def leading_date(text: str) -> str | None:
    """The year, month or day that the text begins with, after "about" or "before"."""
    match = re.match(r"(?:about |before )?([0-9]{4}(?:-[0-9]{2}(?![0-9])(?:-[0-9]{2}(?![0-9]))?)?)", text)
    try:
        return (
            date.fromisoformat(match[1] + "0000-01-01"[len(match[1]) :]).isoformat()[: len(match[1])] if match else None
        )
    except ValueError:  # no day of the calendar
        return None


def _portable(value: str, info: ValidationInfo) -> str:
    if reserved(value) and not info.context:
        raise PydanticCustomError("reserved", "cannot be the name of a file")
    return value


def _one_party(value: str, info: ValidationInfo) -> str:
    if value == EVERYBODY and not info.context:
        raise PydanticCustomError("everybody", "stands for every party")
    return value


def _protocol(value: Any) -> Any:
    if value not in list(PROTOCOLS):
        raise PydanticKnownError("literal_error", {"expected": " or ".join(f"'{name}'" for name in PROTOCOLS)})
    return value


def _zero(value: float) -> float:
    return value + 0.0  # -0.0 becomes 0.0: equal numbers, equal hash


# what is stored may have been written before these were refused: validated with a context, it passes
EVERYBODY = "all"

ID = r"^[a-z0-9][a-z0-9_-]*$"
Id = Annotated[str, StringConstraints(pattern=ID, max_length=60)]
FileId = Annotated[Id, AfterValidator(_portable)]
PartyId = Annotated[FileId, AfterValidator(_one_party)]
SourceId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1)]
Short14 = Annotated[str, StringConstraints(min_length=1, max_length=14)]
Short16 = Annotated[str, StringConstraints(min_length=1, max_length=16)]
Phrase = Annotated[str, StringConstraints(min_length=1, max_length=50)]
ProtocolName = Annotated[str, BeforeValidator(_protocol)]
Day = Annotated[str, AfterValidator(_day)]
RoughDate = Annotated[str, AfterValidator(_rough_date)]
Share = Annotated[float, Field(ge=0, le=1), AfterValidator(_zero)]
Percent = Annotated[float, Field(ge=0, le=100), AfterValidator(_zero)]
Signed = Annotated[float, Field(ge=-1, le=1), AfterValidator(_zero)]
Rounds = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=100_000)]
Count = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=10_000)]
Factor = Annotated[float, Field(gt=0, le=100)]
Levels = Annotated[dict[Id, Annotated[list[Id], Field(min_length=1)]], Field(min_length=1)]
StanceName = Literal["demand", "prefer", "acceptable", "neutral", "reluctant", "oppose", "red_line"]
CellStance = Literal["demand", "prefer", "acceptable", "neutral", "reluctant", "oppose", "red_line", "unstated"]
Reading = Literal["weight", "condition"]


def key(default: Any = ..., *, says: str, example: str, unit: str = "", **bounds: Any) -> Any:
    """A field with what the reference says of it; `example` is YAML for the value."""
    bounds["default_factory" if callable(default) else "default"] = default
    return Field(description=says, examples=[example], json_schema_extra={"unit": unit} if unit else None, **bounds)


class Shape(BaseModel):
    """A mapping with known keys. `short`: the key that a bare value in its place stands for ("" = none)."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    short_form: ClassVar[str] = ""

    @model_validator(mode="before")
    @classmethod
    def _written_short(cls, data: Any) -> Any:
        bare = cls.short_form and data is not None and not isinstance(data, dict | list)
        return {cls.short_form: data} if bare else data


SOURCES = "ids of the statements in sources.yaml that it rests on"


class Judged(Shape):
    """A number with its range; a missing range is the number itself."""

    short_form = "value"
    reason: str = key("", says="where the number comes from, in one line", example="Holds most of the front.")
    sources: list[SourceId] = key([], says=SOURCES, example="[S1-097]")

    @model_validator(mode="after")
    def _default_range(self) -> Judged:
        if not getattr(self, "range"):  # noqa: B009  the field is declared, with its bounds, by the kinds below
            number = getattr(self, "change" if hasattr(self, "change") else "value")
            self.__dict__["range"] = [number, number]  # not set: `written` leaves it out
        return self


_RANGE = "lowest and highest value that the number is studied over; without it there is no range, only the number"


class PercentJudgement(Judged):
    value: Percent = key(says="the number", example="60")
    range: list[Percent] = key([], says=_RANGE, example="[45, 75]", min_length=2, max_length=2)


class ShareJudgement(Judged):
    value: Share = key(says="the number", example="0.5")
    range: list[Share] = key([], says=_RANGE, example="[0.4, 0.6]", min_length=2, max_length=2)


class SignedJudgement(Judged):
    value: Signed = key(says="the number", example="-0.001")
    range: list[Signed] = key([], says=_RANGE, example="[-0.003, 0.001]", min_length=2, max_length=2)


class Condition(Judged):
    short_form = ""
    id: Id = key(says="its name, by which variants change it", example="force-with-air")
    when: Levels = key(
        says="issues with levels: it holds for packages that have one of the levels named on every issue named",
        example="{ground_force: [corps_60_100k], air_cover: [none]}",
    )
    change: Signed = key(says="added to the party's utility where it holds", unit="utility", example="-0.1")
    range: list[Signed] = key([], says=_RANGE, example="[-0.15, -0.05]", min_length=2, max_length=2)


class _Demand(Judged):
    short_form = ""
    id: Id = key(says="its name, by which variants change it", example="limits")
    says: Text = key(says="the demand in a sentence", example="A settlement limits the size of the army.")
    refuses: Levels = key(
        says="issues with levels, as in `when`: the packages that do not meet it", example="{military_caps: [no_cap]}"
    )
    change: Signed = key(
        0.0,
        says="read as a weight: added to the party's utility where it is not met, beside what the levels are worth",
        unit="utility",
        example="-0.1",
    )
    range: list[Signed] = key([], says=_RANGE, example="[-0.15, -0.05]", min_length=2, max_length=2)


_AS = key(
    None,
    says="how this demand is read whatever the scenario's `demands` says: as a `weight` or as a `condition`",
    example="condition",
)
if TYPE_CHECKING:
    Demand = _Demand
else:  # `as` is a word of Python's own, so the field cannot be declared in the class
    Demand = create_model("Demand", __base__=_Demand, **{"as": (Reading | None, _AS)})


class Level(Shape):
    id: Id = key(says="its name in files, on the command line and in results", example="tripwire_10k")
    label: Text = key(says="its name in full, for people", example="About 10,000, away from the front")
    short: Short16 | None = key(
        None, says="its name where room is scarce; without it the first words of the label", example="About 10,000"
    )
    phrase: Phrase | None = key(
        None, says="its name inside a spoken sentence; without it the label is used", example="a force of about 10,000"
    )
    needs: Annotated[list[PartyId], Field(min_length=1)] | None = key(
        None,
        says="the parties whose signature it takes under `consent: needed`; without it that of all",
        example="[ukraine, coalition]",
    )


class Issue(Shape):
    id: Id = key(says="its name in files, on the command line, and its column in results", example="air_cover")
    label: Text = key(says="its name in full, for people", example="Air cover")
    short: Short14 | None = key(
        None, says="its name where room is scarce; without it the first words of the label", example="Air cover"
    )
    ordered: bool = key(
        True,
        says="whether the levels run from one end to the other; between two coded levels of an ordered issue "
        "a party's value is interpolated, on an unordered issue an uncoded level has the prior",
        example="false",
    )
    order: list[Id] = key(
        [],
        says="in place of `ordered`, where only some of the levels run from one end to the other: these, in order; "
        "the others stand off the line, and nothing is interpolated from, to or across them",
        example="[none, patrol, base]",
    )
    about: str = key("", says="what it is about, in a sentence or two", example="Who watches the sky, and from where.")
    levels: Annotated[list[Level], Field(min_length=2, max_length=MAX_LEVELS)] = key(
        says="what can be agreed on it, in order", example="[{id: none, label: None}, {id: patrol, label: Patrols}]"
    )
    sources: list[SourceId] = key([], says="ids of the statements that its levels come from", example="[S1-027]")


class Prior(Shape):
    low: Share = key(0.35, says="lower end", unit="value", example="0.35")
    high: Share = key(0.65, says="upper end", unit="value", example="0.65")


def _under(setting: str) -> str:
    return f"under {' or '.join(f'`{name}`' for name in using(setting))}"


class Protocol(Shape):
    name: ProtocolName = key(
        USUAL,
        says="; ".join(f"`{name}`: {protocol.ABOUT}" for name, protocol in PROTOCOLS.items()),
        example=[*PROTOCOLS][-1],
    )
    rounds: Rounds = key(20, says="how long the talks may last", unit="rounds", example="30")
    consent: Literal[tuple(CONSENTS)] = key(  # type: ignore[valid-type]
        "unanimity",
        says="whose signature a package takes: that of all, of those whom its levels `needs`, or of a `quorum`",
        example="needed",
    )
    order: Literal["fixed", "rotating", "random"] = key(
        "fixed", says="who speaks when: as listed, the first one later by one each round, or by lot", example="rotating"
    )
    red_lines: Literal["veto", "penalty"] = key(
        "veto",
        says="`veto`: a party never proposes or signs what it has called a red line; `penalty`: a red line is "
        "worth nothing to it, and that is all",
        example="penalty",
    )
    quorum: Count = key(
        0,
        says="how many parties have to sign under `consent: quorum`; 0 or left out: more than half of all",
        unit="signatures",
        example="3",
    )
    vetoes: list[PartyId] = key(
        [], says="parties whose signature is needed in any case under `consent: quorum`", example="[ukraine, russia]"
    )
    soundings: Count = key(
        0,
        says="how often each party may ask another in private, before its move, whether it would sign a package",
        unit="soundings a party",
        example="3",
    )
    mediator: Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9_-]*)?$", max_length=60)] = key(
        "", says=f"the party that amends the draft {_under('mediator')}; left out: a neutral chair", example="us"
    )
    temperature: Share = key(
        0.1,
        says=f"{_under('temperature')}: by how much a vote may be against the own interest at first (it falls to 0 in "
        "the last round); at 0 nobody ever votes for a step back",
        unit="utility",
        example="0.05",
    )
    draft: dict[Id, Id] = key(
        dict,
        says=f"{_under('draft')}: issue: level, for every issue: the text that the talks open with; left out: a "
        "compromise of what the parties have said",
        example="{water: half, border: old_line}",
    )


def _several(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


class Rule(Shape):
    id: Id = key(says="its name, by which variants change it", example="no-force-no-bases")
    forbid: Annotated[list[Levels], BeforeValidator(_several), Field(min_length=1)] = key(
        says="issues with levels: packages that have one of the levels named on every issue named make no sense; "
        "a list of such mappings where there are several of them for the same reason",
        example="{air_cover: [based_in_ukraine], ground_force: [none]}",
    )
    reason: Text = key(says="why it makes no sense, in a sentence", example="Aircraft based there need guards.")
    sources: list[SourceId] = key([], says=SOURCES, example="[S2-048]")


class Event(Shape):
    id: Id = key(says="its name, by which variants change it", example="offensive")
    label: Text = key(says="its headline", example="New offensive")
    text: Text = key(says="what happens, for people", example="A new offensive begins.")
    round: Rounds | None = key(None, says="it happens at the start of this round", unit="round", example="8")
    probability: Annotated[float, Field(ge=0, le=1)] | None = key(
        None, says="the chance that it happens in any one round, once at most", unit="chance a round", example="0.05"
    )
    after: Rounds | None = key(
        None, says="with `probability`: not before this round is over", unit="round", example="3"
    )
    reservation: dict[Id, SignedJudgement] = key(
        dict,
        says="party (or `all`): added to what no agreement is worth to it: a number, or one with a `range` that each "
        "table draws from",
        unit="utility",
        example="{ukraine: {value: -0.05, range: [-0.08, -0.02]}}",
    )
    rounds: Annotated[int, BeforeValidator(_whole), Field(ge=-10_000, le=10_000)] = key(
        0, says="by how many rounds the deadline moves", unit="rounds", example="-4"
    )
    salience: dict[Id, dict[Id, Factor]] = key(
        dict,
        says="party (or `all`), then issue: the factor by which its salience is multiplied (a factor, not points: 2 "
        "doubles it, 0.5 halves it)",
        unit="factor",
        example="{all: {air_cover: 1.5}}",
    )
    close: dict[Id, Annotated[list[Id], Field(min_length=1)]] = key(
        dict,
        says="issues with levels that are off the table from then on",
        example="{ground_force: [corps_60_100k]}",
    )
    reason: str = key("", says="why it is in the scenario", example="Announced for the autumn.")
    sources: list[SourceId] = key([], says=SOURCES, example="[S1-040]")


class Fact(Shape):
    id: Id = key(says="its name, by which variants change it", example="no-american-troops")
    date: RoughDate | None = key(None, says="when it happened: a day, month or year", unit="day", example='"1994-12"')
    text: Text = key(says="the fact, in a sentence or two", example="No American ground troops are on offer.")
    sources: list[SourceId] = key([], says=SOURCES, example="[S1-025]")


class ScenarioFile(Shape):
    format: Annotated[Literal[1], BeforeValidator(_whole)] = key(says="the format of these files", example="1")
    id: FileId = key(says="the scenario's name in results; by custom that of its folder", example="grey-strait")
    title: Text = key(says="its name for people", example="A regime for the Grey Strait")
    summary: Text = key(says="what is negotiated by whom, in a few sentences", example="Four coastal states ...")
    fictional: bool = key(
        False,
        says="whether it is invented: no days, sources and reasons are asked for then, and results say so",
        example="true",
    )
    imported: Text | None = key(
        None, says="the files of another program that the numbers were read from", example="GENIUS files: party.xml"
    )
    anchor: Day | None = key(None, says="the day on which the talks begin", unit="day", example='"2025-08-20"')
    cutoff: Day | None = key(None, says="no statement later than this day is used", unit="day", example='"2025-08-26"')
    parties: Annotated[list[PartyId], Field(min_length=2, max_length=PARTIES_MOST)] = key(
        says="who negotiates, in speaking order; each has a file parties/ID.yaml", example="[north, west]"
    )
    issues: Annotated[list[Issue], Field(min_length=1)] = key(says="what is negotiated", example="see below")
    stance_values: dict[StanceName, Share] = key(
        dict,
        says="what a stance is worth; those left out keep the usual value: demand 1, prefer 0.8, acceptable 0.6, "
        "neutral 0.5, reluctant 0.35, oppose 0.15, red_line 0",
        unit="value",
        example="{prefer: 0.85}",
    )
    prior: Prior = key(
        Prior,
        says="what a level is worth on which a party has said nothing, where nothing can be interpolated: the middle "
        "of the range, or drawn from it",
        example="{low: 0.35, high: 0.65}",
    )
    draw: list[Literal["values", "saliences", "reservations"]] = key(
        lambda: list(DRAWS),
        says="what each table draws from its range: values of levels without a statement, saliences (and changes of "
        "conditions), reservation values; [] = nothing, all tables have the central numbers",
        example="[values, reservations]",
    )
    demands: Reading = key(
        "weight",
        says="how demands are read that stand under `demands` of a party: as a `weight`, so that enough else makes up "
        "for them, or as a `condition`, without which the party proposes and signs nothing",
        example="condition",
    )
    protocol: Protocol = key(Protocol, says="how the talks run", example="see below")
    rules: list[Rule] = key([], says="packages that make no sense", example="see below")
    events: list[Event] = key([], says="what may happen during the talks", example="see below")
    glossary: dict[str, Text] = key(
        dict, says="words that the game explains: word, then explanation", example="{tripwire: A small force ...}"
    )
    background: list[Fact] = key(
        [],
        says="what everybody at the table knows: what happened before, and what holds whatever is agreed; it stands in "
        "the game's brief and in `explain`",
        example="see below",
    )


class Cell(Shape):
    short_form = "stance"
    stance: CellStance = key(
        says="what the party has said of the level, on the scale from demand to red_line; `unstated`: it was looked "
        "for and nothing was found, so the level is valued like one that is left out",
        example="prefer",
    )
    basis: Literal["stated", "second_hand", "inferred", "assumed"] = key(
        "assumed",
        says="how good the evidence is: its own words, told by others, inferred from what it did or said, or a guess",
        example="stated",
    )
    sources: list[SourceId] = key([], says=f"{SOURCES}; needed unless assumed", example="[S2-002]")
    note: str = key("", says="what a reader of the sources should know", example="repeated in September")
    over: list[Id] = key(
        [],
        says="further levels of the issue that the same statement covers, such as all sizes where it names none: each "
        "has this stance too, unless it has a cell of its own",
        example="[tripwire_10k, division_25_30k]",
    )


class PartShape(Shape):
    """A strategy component; its parameters are checked by the strategies themselves."""

    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False)
    short_form = "name"
    name: Text = key(says="the component; its parameters stand beside it, see strategies.md", example="time_dependent")

    @model_validator(mode="after")
    def _parameters(self) -> PartShape:
        extra = self.__pydantic_extra__ or {}
        for name, value in extra.items():
            if not isinstance(value, str | int | float) or (
                not isinstance(value, str) and not abs(value) <= MAX_NUMBER
            ):
                raise PydanticCustomError("parameter", "{name}", {"name": name})
            extra[name] = _whole(value)
        return self


def part(name: str, **parameters: Any) -> Any:
    """A default component, as a factory."""
    return lambda: PartShape(name=name, **parameters)


class StrategyShape(Shape):
    bidding: PartShape = key(
        part("time_dependent", exponent=5), says="what it proposes", example="{name: time_dependent, exponent: 3}"
    )
    acceptance: PartShape = key(
        part("ac_next", beta=0.05, final=1),
        says="when it signs; where `bidding` is named and this is not: `ac_next` without parameters",
        example="{name: ac_combi, time: 0.9}",
    )
    opponent_model: PartShape = key(
        part("frequency", prior=5, gamma=0.25), says="how it learns what the others want", example="bayesian"
    )
    reason: str = key("", says="why it negotiates so", example="Known for patience.")
    sources: list[SourceId] = key([], says=SOURCES, example="[E101]")

    short_form = "bidding"

    @model_validator(mode="before")
    @classmethod
    def _unnamed_parts(cls, data: Any) -> Any:
        """A part with parameters and no name is the default part with these parameters changed."""
        if not isinstance(data, dict):
            return data
        changed = dict(data)
        for name in PARTS:
            given = data.get(name)
            if isinstance(given, dict) and given and "name" not in given:
                changed[name] = _usual(name) | given
                if name == "bidding":
                    changed.setdefault("acceptance", _usual("acceptance"))
        return changed

    @model_validator(mode="after")
    def _plain_acceptance(self) -> StrategyShape:
        """As on the command line: naming a bidding strategy and no acceptance condition means plain `ac_next`."""
        if "bidding" in self.model_fields_set and "acceptance" not in self.model_fields_set:
            self.__dict__["acceptance"] = PartShape(name="ac_next")  # not set: `written` leaves it out
        return self


def _usual(name: str) -> dict:
    """The default component of a strategy as plain data."""
    return complete(StrategyShape.model_fields[name].get_default(call_default_factory=True))


def _default_candour() -> ShareJudgement:
    return ShareJudgement(value=0.8, range=[0.6, 1.0], reason="most answers in private are taken to be honest")


class PartyFile(Shape):
    id: PartyId = key(says="the party's name in files and results; that of the file", example="north")
    label: Text = key(says="its name for people", example="Northland")
    short: Short14 | None = key(
        None, says="its name where room is scarce; without it the first words of the label", example="North"
    )
    role: Text = key(says="who it is, in a sentence", example="The upper neighbour, which holds the springs.")
    goals: list[Text] = key([], says="what it wants, for the player's brief", example="[Water for its fields.]")
    no_agreement: Text = key(says="what no agreement means for it, in words", example="The pumps stay as they are.")
    capability: PercentJudgement = key(
        says="how much it can bring to bear on the outcome; weighs its position in the forecasts of `solve`, and in "
        "nothing else",
        unit="points, 0 to 100",
        example="60",
    )
    reservation: ShareJudgement = key(
        says="what no agreement is worth to it at the start: it signs nothing that is worth less",
        unit="utility",
        example="0.4",
    )
    drift: SignedJudgement = key(
        lambda: SignedJudgement(value=0.0),
        says="what is added to the reservation value after each round",
        unit="utility a round",
        example="-0.001",
    )
    salience: dict[Id, PercentJudgement] = key(
        says="issue: how much it matters to the party; its weight is its share in the sum of all issues",
        unit="points, 0 to 100",
        example="{water: 70, border: 30}",
    )
    positions: dict[Id, dict[Id, Cell]] = key(
        dict,
        says="issue, then level: what it has said of it; levels left out are interpolated or have the prior",
        example="{water: {half: prefer, west_most: red_line}}",
    )
    values: dict[Id, dict[Id, Share]] = key(
        dict,
        says="issue, then level: a value as a plain number in place of a position, where numbers are known and "
        "statements are not",
        unit="value",
        example="{water: {half: 0.7}}",
    )
    conditions: list[Condition] = key([], says="what changes its utility where levels meet", example="see below")
    demands: list[Demand] = key(
        [],
        says="what it has called part of any settlement, where that can be read as a large weight or as a condition",
        example="see below",
    )
    strategy: StrategyShape = key(
        StrategyShape, says="how its delegation negotiates; a bare name is its bidding strategy", example="boulware"
    )
    candour: ShareJudgement = key(
        _default_candour,
        says="how often it answers honestly when it is sounded out; else it makes itself one notch harder than it is",
        unit="share of answers",
        example="0.8",
    )
    discount: Annotated[float, Field(gt=0, le=1)] = key(
        1.0,
        says="what a utility of 1 is still worth to it when all the time is used up; 1 = it does not mind waiting",
        unit="factor",
        example="0.9",
    )
    weight_sum: Annotated[float, Field(ge=1, le=MAX_WEIGHT_SUM)] = key(
        1.0,
        says="what the weights of all issues sum to; above 1 only where another program's numbers have it so, and "
        "utilities above 1 count as 1 then",
        example="1.5",
    )


class SourceEntry(Shape):
    speaker: Text = key(says="who said it", example="Minister of Water")
    date: RoughDate = key(
        says="when: a day, month or year; `about` or `before` may stand in front", unit="day", example='"2024-04-02"'
    )
    outlet: str = key("", says="where it was published", example="The Gazette")
    address: str = key("", says="where it can be read", example="https://example.org/statement")
    stated: Text = key(says="what was said, in your own words", example="The north wants most water.")
    reliability: Literal["A", "B", "C", "D"] = key(
        says="how good the text is: A a primary record, B an established outlet, C a relay, D uncorroborated",
        example="A",
    )
    topics: list[Id] = key(
        [], says="the issues that it speaks about; a position on another issue cannot rest on it", example="[water]"
    )


class SourcesFile(Shape):
    """`sources.yaml` is a bare mapping; it is validated as the one field of this model."""

    sources: dict[SourceId, SourceEntry]


class Changes(Shape):
    scenario: dict[str, Any] = key(dict, says="changes to scenario.yaml", example="{protocol: {rounds: 30}}")
    parties: dict[str, Any] = key(dict, says="party: changes to its file", example="{north: {reservation: 0.2}}")
    sources: dict[str, Any] = key(dict, says="statements that it adds, changes or removes", example="{A9: null}")


class VariantFile(Shape):
    label: Text = key(says="its name for people", example="A dry year")
    reason: Text = key(says="what it asks, or why one would look at it", example="What if water is scarce.")
    sources: list[SourceId] = key([], says=SOURCES, example="[A2]")
    changes: Changes = key(
        says="only what differs: mappings are merged key by key, lists whose entries have an `id` entry by entry; "
        "`null` removes; anything else replaces what was there",
        example="see below",
    )


class Folder(Shape):
    """All files of a scenario together, for paths that lead through them."""

    scenario: ScenarioFile
    parties: dict[Id, PartyFile]
    sources: dict[SourceId, SourceEntry]


def complete(shape: BaseModel) -> dict:
    """Everything that holds, defaults filled in."""
    return shape.model_dump(exclude_none=True)


def written(shape: BaseModel) -> dict:
    """What was written, without the defaults, so that a new field with a default changes nothing of it."""
    return shape.model_dump(exclude_none=True, exclude_unset=True)
