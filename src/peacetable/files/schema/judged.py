"""Numbers that are judgements: with a range, a reason and sources."""

from __future__ import annotations

from pydantic import model_validator

from .shape import Shape, key
from .vocabulary import Percent, Share, Signed, SourceId

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


RANGE = "lowest and highest value that the number is studied over; without it there is no range, only the number"


class PercentJudgement(Judged):
    value: Percent = key(says="the number", example="60")
    range: list[Percent] = key([], says=RANGE, example="[45, 75]", min_length=2, max_length=2)


class ShareJudgement(Judged):
    value: Share = key(says="the number", example="0.5")
    range: list[Share] = key([], says=RANGE, example="[0.4, 0.6]", min_length=2, max_length=2)


class SignedJudgement(Judged):
    value: Signed = key(says="the number", example="-0.001")
    range: list[Signed] = key([], says=RANGE, example="[-0.003, 0.001]", min_length=2, max_length=2)
