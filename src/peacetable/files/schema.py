"""The vocabulary of scenario files as pydantic models, and pydantic's errors as sentences."""

from __future__ import annotations

import os.path
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from ..scenario.facts import MAX_WEIGHT_SUM, STANCE_VALUES
from .names import reserved
from .nodes import MAX_NUMBER, Node
from .problems import Problems, nearest, quoted, suggestion

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
    return match[1] if match else None


def _portable(value: str) -> str:
    if reserved(value):
        raise PydanticCustomError("reserved", "cannot be the name of a file")
    return value


def _named(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def _strategy(value: Any) -> Any:
    return {"bidding": {"name": value}} if isinstance(value, str) else value


def _zero(value: float) -> float:
    return value + 0.0  # -0.0 becomes 0.0: equal numbers, equal hash


Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
FileId = Annotated[Id, AfterValidator(_portable)]
SourceId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1)]
Short14 = Annotated[str, StringConstraints(min_length=1, max_length=14)]
Short16 = Annotated[str, StringConstraints(min_length=1, max_length=16)]
Phrase = Annotated[str, StringConstraints(min_length=1, max_length=50)]
Day = Annotated[str, AfterValidator(_day)]
RoughDate = Annotated[str, AfterValidator(_rough_date)]
Share = Annotated[float, Field(ge=0, le=1), AfterValidator(_zero)]
Percent = Annotated[float, Field(ge=0, le=100), AfterValidator(_zero)]
Signed = Annotated[float, Field(ge=-1, le=1), AfterValidator(_zero)]
Rounds = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=10_000)]
Count = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=10_000)]
Factor = Annotated[float, Field(gt=0, le=100)]
Levels = Annotated[dict[Id, Annotated[list[Id], Field(min_length=1)]], Field(min_length=1)]
StanceName = Literal["demand", "prefer", "acceptable", "neutral", "reluctant", "oppose", "red_line"]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Judged(Shape):
    """A number with its range; a missing range is the number itself."""

    reason: str = ""
    sources: list[SourceId] = []

    @model_validator(mode="after")
    def _default_range(self) -> Judged:
        if not getattr(self, "range"):  # noqa: B009  the field is declared, with its bounds, by the kinds below
            number = getattr(self, "change" if hasattr(self, "change") else "value")
            self.__dict__["range"] = [number, number]  # not set: `written` leaves it out
        return self


class PercentJudgement(Judged):
    value: Percent
    range: list[Percent] = Field(default=[], min_length=2, max_length=2)


class ShareJudgement(Judged):
    value: Share
    range: list[Share] = Field(default=[], min_length=2, max_length=2)


class SignedJudgement(Judged):
    value: Signed
    range: list[Signed] = Field(default=[], min_length=2, max_length=2)


class Condition(Judged):
    id: Id
    when: Levels
    change: Signed
    range: list[Signed] = Field(default=[], min_length=2, max_length=2)


class Level(Shape):
    id: Id
    label: Text
    short: Short16 | None = None
    phrase: Phrase | None = None
    needs: Annotated[list[Id], Field(min_length=1)] | None = None


class Issue(Shape):
    id: Id
    label: Text
    short: Short14 | None = None
    ordered: bool = True
    about: str = ""
    levels: Annotated[list[Level], Field(min_length=2, max_length=MAX_LEVELS)]


class Prior(Shape):
    low: Share = 0.35
    high: Share = 0.65


class Protocol(Shape):
    name: Literal["alternating_offers", "single_text"] = "alternating_offers"
    rounds: Rounds = 20
    consent: Literal["unanimity", "needed", "quorum"] = "unanimity"
    order: Literal["fixed", "rotating", "random"] = "fixed"
    red_lines: Literal["veto", "penalty"] = "veto"
    quorum: Count = 0
    vetoes: list[Id] = []
    soundings: Count = 0
    mediator: Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9_-]*)?$", max_length=60)] = ""
    temperature: Share = 0.1


class Rule(Shape):
    id: Id
    forbid: Levels
    reason: Text
    sources: list[SourceId] = []


class Event(Shape):
    id: Id
    label: Text
    text: Text
    round: Rounds | None = None
    probability: Annotated[float, Field(gt=0, le=1)] | None = None
    after: Rounds | None = None
    reservation: dict[Id, Signed] = {}
    rounds: Annotated[int, BeforeValidator(_whole), Field(ge=-10_000, le=10_000)] = 0
    salience: dict[Id, dict[Id, Factor]] = {}
    close: dict[Id, Annotated[list[Id], Field(min_length=1)]] = {}
    reason: str = ""
    sources: list[SourceId] = []


class ScenarioFile(Shape):
    format: Annotated[Literal[1], BeforeValidator(_whole)]
    id: FileId
    title: Text
    summary: Text
    imported: Text | None = None
    anchor: Day | None = None
    cutoff: Day | None = None
    parties: Annotated[list[FileId], Field(min_length=2, max_length=100)]
    issues: Annotated[list[Issue], Field(min_length=1)]
    stance_values: dict[StanceName, Share] = {}
    prior: Prior = Field(default_factory=Prior)
    draw: list[Literal["values", "saliences", "reservations"]] = ["values", "saliences", "reservations"]
    protocol: Protocol = Field(default_factory=Protocol)
    rules: list[Rule] = []
    events: list[Event] = []
    glossary: dict[str, Text] = {}


class Cell(Shape):
    stance: StanceName
    basis: Literal["stated", "second_hand", "inferred", "assumed"]
    sources: list[SourceId] = []
    note: str = ""


class PartShape(Shape):
    """A strategy component; its parameters are checked by the strategies themselves."""

    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False)
    name: Text

    @model_validator(mode="after")
    def _parameters(self) -> PartShape:
        extra = self.__pydantic_extra__ or {}
        for key, value in extra.items():
            if not isinstance(value, str | int | float) or (
                not isinstance(value, str) and not abs(value) <= MAX_NUMBER
            ):
                raise PydanticCustomError("parameter", "{name}", {"name": key})
            extra[key] = _whole(value)
        return self


class StrategyShape(Shape):
    bidding: Annotated[PartShape, BeforeValidator(_named)] = Field(
        default_factory=lambda: PartShape(name="time_dependent", exponent=5)  # type: ignore[call-arg]
    )
    acceptance: Annotated[PartShape, BeforeValidator(_named)] = Field(
        default_factory=lambda: PartShape(name="ac_next", beta=0.05, final=1)  # type: ignore[call-arg]
    )
    opponent_model: Annotated[PartShape, BeforeValidator(_named)] = Field(
        default_factory=lambda: PartShape(name="frequency", prior=5, gamma=0.25)  # type: ignore[call-arg]
    )
    reason: str = ""
    sources: list[SourceId] = []

    @model_validator(mode="after")
    def _plain_acceptance(self) -> StrategyShape:
        """As on the command line: naming a bidding strategy and no acceptance condition means plain `ac_next`."""
        if "bidding" in self.model_fields_set and "acceptance" not in self.model_fields_set:
            self.__dict__["acceptance"] = PartShape(name="ac_next")  # not set: `written` leaves it out
        return self


class PartyFile(Shape):
    id: FileId
    label: Text
    short: Short14 | None = None
    role: Text
    goals: list[Text] = []
    no_agreement: Text
    capability: PercentJudgement
    reservation: ShareJudgement
    drift: SignedJudgement = Field(default_factory=lambda: SignedJudgement(value=0.0))
    salience: dict[Id, PercentJudgement]
    positions: dict[Id, dict[Id, Cell]] = {}
    values: dict[Id, dict[Id, Share]] = {}
    conditions: list[Condition] = []
    strategy: Annotated[StrategyShape, BeforeValidator(_strategy)] = Field(default_factory=StrategyShape)
    candour: ShareJudgement = Field(
        default_factory=lambda: ShareJudgement(
            value=0.8, range=[0.6, 1.0], reason="most answers in private are taken to be honest"
        )
    )
    discount: Annotated[float, Field(gt=0, le=1)] = 1.0
    weight_sum: Annotated[float, Field(ge=1, le=MAX_WEIGHT_SUM)] = 1.0


class SourceEntry(Shape):
    speaker: Text
    date: RoughDate
    outlet: str = ""
    address: str = ""
    stated: Text
    reliability: Literal["A", "B", "C", "D"]


class SourcesFile(Shape):
    """`sources.yaml` is a bare mapping; it is validated as the one field of this model."""

    sources: dict[SourceId, SourceEntry]


class Changes(Shape):
    scenario: dict[str, Any] = {}
    parties: dict[str, Any] = {}
    sources: dict[str, Any] = {}


class VariantFile(Shape):
    label: Text
    reason: Text
    sources: list[SourceId] = []
    changes: Changes


Valid = TypeVar("Valid", bound=BaseModel)


def complete(shape: BaseModel) -> dict:
    """Everything that holds, defaults filled in."""
    return shape.model_dump(exclude_none=True)


def written(shape: BaseModel) -> dict:
    """What was written, without the defaults, so that a new field with a default changes nothing of it."""
    return shape.model_dump(exclude_none=True, exclude_unset=True)


def validated(model: type[Valid], node: Node, what: str, problems: Problems, prefix: tuple = ()) -> Valid | None:
    """The node's data in the model's shape, or None with problems added.

    `what` names the file's subject ("the party"); `prefix` is the path inside the model at which the node stands.
    """
    data = node.plain()
    for step in reversed(prefix):
        data = {step: data}
    try:
        return model.model_validate(data)
    except ValidationError as errors:
        found = errors.errors(include_url=False)
        misspelled = {_meant(model, e["loc"]) for e in found if e["type"] == "extra_forbidden"}
        for error in found:
            if error["type"] != "missing" or error["loc"] not in misspelled:
                _report(model, node, what, error, problems, len(prefix))
        return None


def _meant(model: type[BaseModel], loc: tuple) -> tuple:
    """The path that an unknown field was probably meant to be."""
    return (*loc[:-1], nearest(str(loc[-1]), _fields(model, loc[:-1])))


def path_text(path: tuple) -> str:
    """('issues', 0, 'levels') as issues[0].levels."""
    return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path).lstrip(".")


_KINDS = {
    "string_type": ("text", "put it in quotes"),
    "float_type": ("a number", "write a decimal number with a point"),
    "int_type": ("a whole number", "write it without quotes or decimals"),
    "bool_type": ("true or false", "write true or false"),
    "list_type": ("a list", "write it in brackets: [a, b]"),
    "dict_type": ("a mapping", "write it as name: value"),
    "model_type": ("a mapping", "write it as name: value"),
    "model_attributes_type": ("a mapping", "write it as name: value"),
}


def _report(model: type[BaseModel], node: Node, what: str, error: Any, problems: Problems, skip: int) -> None:
    kind, loc, value, ctx = error["type"], tuple(error["loc"]), error["input"], error.get("ctx", {})
    is_key = loc[-1:] == ("[key]",)
    loc = loc[:-1] if is_key else loc
    path = loc[skip:]
    name = path_text(path) or what
    owner = path_text(path[:-1]) or what
    place = node.key_at(path) if is_key else node.at(path)
    if kind == "missing":
        problems.add("E07", node.at(path[:-1]), f'{owner} has no "{loc[-1]}"', "add it")
    elif kind == "extra_forbidden":
        fields = _fields(model, loc[:-1])
        remedy = suggestion(str(loc[-1]), fields)
        problems.add("E04", node.key_at(path), f"{owner} has no field {quoted(loc[-1])}", remedy)
    elif kind in _KINDS:
        wanted, remedy = _KINDS[kind]
        if kind == "list_type" and isinstance(value, str):
            remedy = f"write it in brackets: [{value[:40]}]"
        if kind == "float_type" and isinstance(value, str) and re.fullmatch(r"-?[0-9]*,[0-9]+", value):
            remedy = f"write {value.replace(',', '.')}"
        if kind == "string_type" and isinstance(value, int | float):
            remedy = f'put it in quotes: "{str(value)[:40]}"'
        if value is None:
            remedy = "fill it in, or delete the line"
        problems.add("E08", place, f"{name} must be {wanted}, not {_told(value)}", remedy)
    elif kind == "literal_error" and loc[-1:] == ("format",):
        problems.add("E09", place, f"format {_told(value)} is not known to this version", "write format: 1")
    elif kind == "literal_error":
        allowed = [word.strip("' ") for word in re.split(r", | or ", ctx["expected"])]
        message = f"{owner} has an unknown stance {quoted(value)}" if is_key else f"{name} cannot be {_told(value)}"
        problems.add("E09", place, message, suggestion(str(value), allowed))
    elif kind in ("too_short", "too_long", "string_too_short", "string_too_long"):
        _report_length(kind, name, value, ctx, place, problems)
    elif kind == "string_pattern_mismatch":
        message = f"{quoted(value)} cannot be an id" if is_key else f"{name}: {quoted(value)} cannot be an id"
        upper = " and capitals" if "A-Z" in str(ctx.get("pattern")) else ""
        problems.add("E09", place, message, f"use lower case letters{upper}, digits, - and _")
    elif kind in ("greater_than_equal", "less_than_equal", "greater_than"):
        bound = {"greater_than_equal": "at least", "less_than_equal": "at most", "greater_than": "more than"}[kind]
        limit = next(iter(ctx.values()))
        problems.add("E09", place, f"{name} is {_told(value)}, but must be {bound} {limit:g}", "correct the number")
    elif kind == "reserved":
        message = f"{name}: {quoted(value)} cannot be the id, because Windows has no files and folders of that name"
        problems.add("E09", place, message, f"choose another, such as {value}_1")
    elif kind == "day":
        problems.add("E09", place, f"{name} {quoted(value)} is not a day of the calendar", 'write it as "2025-08-20"')
    elif kind == "rough_date":
        problems.add(
            "E09",
            place,
            f"{name} {quoted(value)} does not begin with a date",
            'write "2025-08-20", "2025-08" or "2025"',
        )
    elif kind == "parameter":
        message = f"{name}.{ctx['name']} must be a number, text, true or false"
        problems.add("E08", node.at((*path, ctx["name"])), message, "give one plain value")
    else:
        problems.add("E08", place, f"{name} cannot be {_told(value)}: {error['msg']}", "correct it")


def _report_length(kind: str, name: str, value: Any, ctx: Mapping, place: Any, problems: Problems) -> None:
    short = "short" in kind
    limit = ctx["min_length" if short else "max_length"]
    actual = len(value) if isinstance(value, str | list | dict) else ctx.get("actual_length", 0)
    unit = ("character", "characters") if isinstance(value, str) else ("entry", "entries")
    units = unit[0] if limit == 1 else unit[1]
    bound = "at least" if short else "at most"
    if isinstance(value, str):
        message = f"{name} is empty" if short else f"{name} has {actual} characters, {bound} {limit} are possible"
        problems.add("E09", place, message, "fill it in" if short else "shorten it")
    else:
        message = f"{name} has {actual}, but needs {bound} {limit} {units}"
        problems.add("E12", place, message, "add to it" if short else "shorten it")


def _told(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return quoted(value) if isinstance(value, str) else str(value)[:40]


def _fields(model: Any, path: tuple) -> list[str]:
    """Field names of the model reached from `model` by `path`."""
    for step in path:
        if isinstance(model, type) and issubclass(model, BaseModel):
            model = _bare(model.model_fields[step].annotation)
        else:
            model = _bare(get_args(model)[-1])
    return list(model.model_fields)


def _bare(annotation: Any) -> Any:
    """The annotation without Annotated and without `| None`."""
    while get_origin(annotation) is Annotated or (get_origin(annotation) and type(None) in get_args(annotation)):
        annotation = get_args(annotation)[0]
    return annotation


def with_defaults(scenario: dict, parties: dict[str, dict]) -> None:
    """Fill in what a file may leave out and put mappings in the scenario's or in alphabetical order, in place."""
    everyone = scenario["parties"]
    scenario["stance_values"] = {**STANCE_VALUES, **scenario["stance_values"]}
    wanted = ("values", "saliences", "reservations")
    scenario["draw"] = [name for name in wanted if name in scenario["draw"]]
    for issue in scenario["issues"]:
        fill_shorts(issue["levels"], 16)
        for level in issue["levels"]:
            level["needs"] = in_order(dict.fromkeys(level.get("needs", everyone)), everyone)
    fill_shorts(scenario["issues"], 14)
    scenario["glossary"] = dict(sorted(scenario["glossary"].items()))
    issues = [issue["id"] for issue in scenario["issues"]]
    levels = {issue["id"]: [level["id"] for level in issue["levels"]] for issue in scenario["issues"]}
    for rule in scenario["rules"]:
        rule["forbid"] = _levels_in_order(rule["forbid"], levels)
    for event in scenario["events"]:
        for name in ("reservation", "salience"):
            given = event[name]
            if "all" in given:  # short for every party; a party named beside it keeps its own
                given = dict.fromkeys(everyone, given["all"]) | {k: v for k, v in given.items() if k != "all"}
            event[name] = {who: given[who] for who in in_order(given, everyone)}
        event["close"] = _levels_in_order(event["close"], levels)
    fill_shorts([parties[name] for name in everyone], 14)
    for party in parties.values():
        party["salience"] = {i: party["salience"][i] for i in in_order(party["salience"], issues)}
        for name in ("positions", "values"):
            cells = party[name]
            party[name] = {
                i: {k: cells[i][k] for k in in_order(cells[i], levels.get(i, []))} for i in in_order(cells, issues)
            }
        for condition in party["conditions"]:
            condition["when"] = _levels_in_order(condition["when"], levels)
        for part in ("bidding", "acceptance", "opponent_model"):
            party["strategy"][part] = dict(sorted(party["strategy"][part].items()))


def fill_shorts(items: list[dict], room: int) -> None:
    """A short label of at most `room` characters where none is given: the label's first words, no two alike."""
    taken = {item["short"] for item in items if "short" in item}
    bare = [item for item in items if "short" not in item]
    labels = [" ".join(item["label"].split()) for item in bare]
    cuts = [first_words(label, room) for label in labels]
    twins: dict[str, list[list[str]]] = {}
    for label, cut in zip(labels, cuts, strict=True):
        twins.setdefault(cut, []).append(label.split())
    # words that all of them begin with do not tell them apart
    shared = {cut: len(os.path.commonprefix(words)) for cut, words in twins.items()}
    left = {cut: len(words) > 1 and 0 < shared[cut] < min(map(len, words)) for cut, words in twins.items()}
    numbers: dict[str, int] = {}
    for item, label, cut in zip(bare, labels, cuts, strict=True):
        if left[cut]:
            cut = f"…{first_words(' '.join(label.split()[shared[cut] :]), room - 1)}"
        short, number = cut, numbers.get(cut, 1)
        while short in taken:
            number += 1
            short = f"{first_words(cut, room - len(f' {number}'))} {number}"
        item["short"], numbers[cut] = short, number
        taken.add(short)


def first_words(text: str, room: int) -> str:
    """As many whole words as fit in `room` characters, an ellipsis for the rest; a first word too long is cut."""
    if len(text) <= room:
        return text
    words = text[:room].rpartition(" ")[0].rstrip(" ,;:.-–(&…")
    return f"{words or text[: room - 1]}…"


def _levels_in_order(chosen: dict, levels: dict) -> dict:
    return {i: in_order(dict.fromkeys(chosen[i]), levels.get(i, [])) for i in in_order(chosen, list(levels))}


def in_order(names: Mapping | list, order: list) -> list:
    """The names in the given order; unknown ones last."""
    there, known = set(names), set(order)
    return [*dict.fromkeys(name for name in order if name in there), *(name for name in names if name not in known)]
