"""What a single value may be: its type, its bounds, and what is refused beyond them."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationInfo
from pydantic_core import PydanticCustomError, PydanticKnownError

from ...table.protocols import PROTOCOLS
from ..names import reserved

MAX_LEVELS = 10_000  # of one issue


def whole(value: Any) -> Any:
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
Rounds = Annotated[int, BeforeValidator(whole), Field(ge=1, le=100_000)]
Count = Annotated[int, BeforeValidator(whole), Field(ge=0, le=10_000)]
Factor = Annotated[float, Field(gt=0, le=100)]
Levels = Annotated[dict[Id, Annotated[list[Id], Field(min_length=1)]], Field(min_length=1)]
StanceName = Literal["demand", "prefer", "acceptable", "neutral", "reluctant", "oppose", "red_line"]
CellStance = Literal["demand", "prefer", "acceptable", "neutral", "reluctant", "oppose", "red_line", "unstated"]
Reading = Literal["weight", "condition"]
