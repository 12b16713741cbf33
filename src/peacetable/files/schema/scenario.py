"""`scenario.yaml`: what is negotiated, by which rules, and what may happen meanwhile."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from ...scenario import CONSENTS
from ...scenario.facts import DRAWS, PARTIES_MOST
from ...table.protocols import PROTOCOLS, USUAL, using
from .judged import SOURCES, SignedJudgement
from .shape import Shape, key
from .vocabulary import (
    MAX_LEVELS,
    Count,
    Day,
    Factor,
    FileId,
    Id,
    Levels,
    PartyId,
    Phrase,
    ProtocolName,
    Reading,
    RoughDate,
    Rounds,
    Share,
    Short14,
    Short16,
    SourceId,
    StanceName,
    Text,
    whole,
)


class LevelShape(Shape):
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


class IssueShape(Shape):
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
    levels: Annotated[list[LevelShape], Field(min_length=2, max_length=MAX_LEVELS)] = key(
        says="what can be agreed on it, in order", example="[{id: none, label: None}, {id: patrol, label: Patrols}]"
    )
    sources: list[SourceId] = key([], says="ids of the statements that its levels come from", example="[S1-027]")


class Prior(Shape):
    low: Share = key(0.35, says="lower end", unit="value", example="0.35")
    high: Share = key(0.65, says="upper end", unit="value", example="0.65")


def _under(setting: str) -> str:
    return f"under {' or '.join(f'`{name}`' for name in using(setting))}"


class ProtocolShape(Shape):
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


class RuleShape(Shape):
    id: Id = key(says="its name, by which variants change it", example="no-force-no-bases")
    forbid: Annotated[list[Levels], BeforeValidator(_several), Field(min_length=1)] = key(
        says="issues with levels: packages that have one of the levels named on every issue named make no sense; "
        "a list of such mappings where there are several of them for the same reason",
        example="{air_cover: [based_in_ukraine], ground_force: [none]}",
    )
    reason: Text = key(says="why it makes no sense, in a sentence", example="Aircraft based there need guards.")
    sources: list[SourceId] = key([], says=SOURCES, example="[S2-048]")


class EventShape(Shape):
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
    rounds: Annotated[int, BeforeValidator(whole), Field(ge=-10_000, le=10_000)] = key(
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


class FactShape(Shape):
    id: Id = key(says="its name, by which variants change it", example="no-american-troops")
    date: RoughDate | None = key(None, says="when it happened: a day, month or year", unit="day", example='"1994-12"')
    text: Text = key(says="the fact, in a sentence or two", example="No American ground troops are on offer.")
    sources: list[SourceId] = key([], says=SOURCES, example="[S1-025]")


class ScenarioFile(Shape):
    format: Annotated[Literal[1], BeforeValidator(whole)] = key(says="the format of these files", example="1")
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
    issues: Annotated[list[IssueShape], Field(min_length=1)] = key(says="what is negotiated", example="see below")
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
    protocol: ProtocolShape = key(ProtocolShape, says="how the talks run", example="see below")
    rules: list[RuleShape] = key([], says="packages that make no sense", example="see below")
    events: list[EventShape] = key([], says="what may happen during the talks", example="see below")
    glossary: dict[str, Text] = key(
        dict, says="words that the game explains: word, then explanation", example="{tripwire: A small force ...}"
    )
    background: list[FactShape] = key(
        [],
        says="what everybody at the table knows: what happened before, and what holds whatever is agreed; it stands in "
        "the game's brief and in `explain`",
        example="see below",
    )
