"""`parties/ID.yaml`: what a party has said, how it is judged, how it negotiates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import ConfigDict, Field, create_model, model_validator
from pydantic_core import PydanticCustomError

from ...scenario.facts import MAX_WEIGHT_SUM, PARTS
from ..nodes import MAX_NUMBER
from .judged import RANGE, SOURCES, Judged, PercentJudgement, ShareJudgement, SignedJudgement
from .shape import Shape, complete, key
from .vocabulary import CellStance, Id, Levels, PartyId, Reading, Share, Short14, Signed, SourceId, Text, whole


class Condition(Judged):
    short_form = ""
    id: Id = key(says="its name, by which variants change it", example="force-with-air")
    when: Levels = key(
        says="issues with levels: it holds for packages that have one of the levels named on every issue named",
        example="{ground_force: [corps_60_100k], air_cover: [none]}",
    )
    change: Signed = key(says="added to the party's utility where it holds", unit="utility", example="-0.1")
    range: list[Signed] = key([], says=RANGE, example="[-0.15, -0.05]", min_length=2, max_length=2)


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
    range: list[Signed] = key([], says=RANGE, example="[-0.15, -0.05]", min_length=2, max_length=2)


_AS = key(
    None,
    says="how this demand is read whatever the scenario's `demands` says: as a `weight` or as a `condition`",
    example="condition",
)
if TYPE_CHECKING:
    Demand = _Demand
else:  # `as` is a word of Python's own, so the field cannot be declared in the class
    Demand = create_model("Demand", __base__=_Demand, **{"as": (Reading | None, _AS)})


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
            extra[name] = whole(value)
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
