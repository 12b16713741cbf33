"""What minutes hold, one record after the other. In files a record is a plain mapping: `plain` and `read`.

Packages stand in notation. `round` and `turn` count from 1; what is not a move and belongs to a step that several
parties decide together stands before the moves of that step, which are written when it closes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, ClassVar

from ..errors import MinutesError

AGENT = "agent"  # who sits where no person does


class Kind(StrEnum):
    """What a record is about, as it stands in files."""

    ORDER = "order"
    EVENT = "event"
    AMEND = "amend"
    PROPOSE = "propose"
    SIGN = "sign"
    STAND = "stand"
    WALK_OUT = "walk_out"
    SOUND = "sound"
    ANSWER = "answer"
    SAID = "said"
    SEAT_TAKEN = "seat_taken"
    SEAT_LEFT = "seat_left"
    RULES = "rules"
    END = "end"


MOVES = (Kind.PROPOSE, Kind.SIGN, Kind.STAND, Kind.WALK_OUT)
OPENINGS = (Kind.ORDER, Kind.EVENT, Kind.AMEND)  # what chance and the chair do before the first move of a round


@dataclass(frozen=True)
class Order:
    """In which order the parties come in this round, where chance decided it."""

    kind: ClassVar[Kind] = Kind.ORDER
    round: int
    order: tuple[str, ...]


@dataclass(frozen=True)
class Happened:
    """An event of the scenario, by its id, at the start of a round."""

    kind: ClassVar[Kind] = Kind.EVENT
    round: int
    event: str


@dataclass(frozen=True)
class Amended:
    """The neutral chair of a single text puts an amendment to the vote."""

    kind: ClassVar[Kind] = Kind.AMEND
    round: int
    package: str


@dataclass(frozen=True)
class Moved:
    """A move of a party. `kind`: one of MOVES; `package`: what it proposes, signs or votes on; `offer_of`: whose
    package it signs; `because`: the reasons of an agent, {issue, level, effect, wanted}."""

    kind: Kind
    round: int
    turn: int
    party: str
    package: str | None = None
    offer_of: str | None = None
    because: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class _Aside:
    """What a party says without taking its turn."""

    round: int
    turn: int
    party: str


@dataclass(frozen=True)
class Sounded(_Aside):
    """A party asks another in private what it would say to a package. `answer`: of an agent; None where a person is
    asked, who answers when it likes."""

    kind: ClassVar[Kind] = Kind.SOUND
    to: str
    package: str
    answer: str | None = None


@dataclass(frozen=True)
class Answered(_Aside):
    """What a person says in private to the package that the party `to` asked about."""

    kind: ClassVar[Kind] = Kind.ANSWER
    to: str
    package: str
    answer: str


@dataclass(frozen=True)
class Said(_Aside):
    """Words of a person, to everybody or in private to the party `to`."""

    kind: ClassVar[Kind] = Kind.SAID
    text: str
    to: str | None = None


@dataclass(frozen=True)
class SeatChanged:
    """`kind`: seat_taken (by the person `by`) or seat_left (by that person: from then on the agent sits there)."""

    kind: Kind
    round: int
    turn: int
    party: str
    by: str


@dataclass(frozen=True)
class RulesChanged:
    """From here on talks that were begun under earlier rules go on by these."""

    kind: ClassVar[Kind] = Kind.RULES
    round: int
    turn: int
    rules_version: int
    release: str


@dataclass(frozen=True)
class Ended:
    """`ended`: agreement | deadline | walk_out; `by`: who signed last or left; `scores`: what each person got, where a
    game says so."""

    kind: ClassVar[Kind] = Kind.END
    round: int
    ended: str
    by: str | None
    scores: Mapping[str, float] | None = None


Record = Order | Happened | Amended | Moved | Sounded | Answered | Said | SeatChanged | RulesChanged | Ended
TYPES: dict[Kind, type] = {
    **{one.kind: one for one in (Order, Happened, Amended, Sounded, Answered, Said, RulesChanged, Ended)},
    **dict.fromkeys(MOVES, Moved),
    Kind.SEAT_TAKEN: SeatChanged,
    Kind.SEAT_LEFT: SeatChanged,
}
PRIVATE = (Kind.SOUND, Kind.ANSWER, Kind.SAID)  # seen by `party` and `to` alone, where there is a `to`
_LEFT_OUT = {"package", "offer_of", "to", "scores", "answer"}  # not written where there is none


def plain(record: Record) -> dict[str, Any]:
    """The record as a mapping that JSON can hold."""
    found: dict[str, Any] = {"kind": str(record.kind)}
    for field in fields(record):
        value = getattr(record, field.name)
        if field.name != "kind" and not (value is None and field.name in _LEFT_OUT):
            found[field.name] = list(value) if isinstance(value, tuple) else value
    return found


def read(given: Mapping[str, Any]) -> Record:
    """The record that `plain` wrote. Raises MinutesError for anything else."""
    try:
        kind = Kind(given["kind"])
        known = TYPES[kind]
        written = {**given, "kind": kind}
        named = {field.name: written[field.name] for field in fields(known) if field.name in written}
        return known(**{name: tuple(value) if isinstance(value, list) else value for name, value in named.items()})
    except (KeyError, TypeError, ValueError) as error:
        raise MinutesError(f"The minutes hold a record that cannot be read: {dict(given)!r}.") from error


def visible(record: Record, party: str) -> bool:
    """Whether the party may see the record: of the talks, all but what others said to each other in private."""
    to = getattr(record, "to", None)
    return record.kind not in PRIVATE or to is None or party in (getattr(record, "party", ""), to)
