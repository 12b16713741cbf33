"""Every word on the screens comes from one catalogue per language; every number is formatted here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from ..resources import asset

MINUS = "\N{MINUS SIGN}"


class Catalogue:
    """Texts by key. `t("table.round", round=3)` fills {round}; with `plural=` the key gets .one or .other."""

    def __init__(self, texts: dict[str, str]):
        self.texts = texts

    def __call__(self, key: str, **values: object) -> str:
        if "plural" in values:
            key += ".one" if values["plural"] == 1 else ".other"
        return self.texts[key].format(**values) if values else self.texts[key]

    def has(self, key: str) -> bool:
        return key in self.texts

    def join(self, words: Iterable[str]) -> str:
        """A list as in running text: a, b and c."""
        items = list(words)
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self.texts['and']} {items[-1]}"


@lru_cache(maxsize=8)
def catalogue(language: str = "en") -> Catalogue:
    """The texts of a language. Raises FileNotFoundError if there are none."""
    return Catalogue(json.loads(asset("text", f"{language}.json").read_text(encoding="utf-8")))


def number(value: float) -> str:
    """A utility or another share: 0.62."""
    return f"{abs(value) if round(value, 2) == 0 else value:.2f}".replace("-", MINUS)


def signed(value: float) -> str:
    """A difference with its sign: +0.05, −0.14; a plain 0.00 without."""
    text = number(value)
    return f"+{text}" if round(value, 2) > 0 else text


def difference(value: float, mark: float) -> float:
    """value - mark of the two as they are shown, so that what is on the screen adds up."""
    return round(round(value, 2) - round(mark, 2), 2)


def percent(value: float) -> str:
    """A share of one as 62 %."""
    return f"{round(value * 100)}\N{NO-BREAK SPACE}%"


def percents(shares: Sequence[float]) -> list[str]:
    """Shares of one, each as a percentage; those shown sum to 100 (largest remainders)."""
    parts = [int(share * 100) for share in shares]
    for k in sorted(range(len(parts)), key=lambda k: parts[k] - shares[k] * 100)[: 100 - sum(parts)]:
        parts[k] += 1
    return [percent(part / 100) for part in parts]


def whole(value: int) -> str:
    """A count with thin groups of three: 2,500."""
    return f"{value:,}"


def date(t: Catalogue, iso: str) -> str:
    """The day or month in a text such as 2025-08-20 or "about 1994-12" in words; the rest of it stays as it is."""

    def worded(found: re.Match) -> str:
        year, number, day = found.groups()
        month = t(f"month.{int(number)}")
        return t("date", day=int(day), month=month, year=year) if day else t("date.month", month=month, year=year)

    return re.sub(r"\b([0-9]{4})-(0[1-9]|1[0-2])(?:-([0-9]{2}))?(?![0-9-])", worded, iso)
