"""What is wrong with a file, where, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import NamedTuple

SETTING = "--set "  # what the name of a place begins with that is no file
_PLACES = 3  # of the same problem that are told by name
SUGGESTIONS = 200  # comparing spellings is slow; after so many findings the cause is another


class Place(NamedTuple):
    """Where something is written; lines and columns count from 1."""

    file: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True)
class Problem:
    """One finding of the reader. `code`: E.. or W..; `severity`: "error" or "warning". `str()` is one line."""

    file: str
    line: int
    column: int
    code: str
    severity: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        text = f"{self.message}; {self.remedy}" if self.remedy else self.message
        return f"{self.place}  {self.code}  {text}"

    @property
    def place(self) -> str:
        """`file:line:column`; a setting is short enough to stand for itself."""
        return self.file if self.file.startswith(SETTING) else f"{self.file}:{self.line}:{self.column}"

    def as_dict(self) -> dict:
        return asdict(self)


class Problems:
    """Collects problems; after an error at a place, later errors at the same place are its echoes and left out."""

    def __init__(self) -> None:
        self._found: dict[Problem, None] = {}
        self._error_places: set[Place] = set()

    def add(self, code: str, place: Place, message: str, remedy: str = "") -> None:
        severity = "error" if code.startswith("E") else "warning"
        if severity == "error":
            # Line 1, column 1 stands for a file as a whole, which may have several things missing.
            if place in self._error_places and place[1:] != (1, 1):
                return
            self._error_places.add(place)
        problem = Problem(place.file, place.line, place.column, code, severity, one_line(message), one_line(remedy))
        self._found[problem] = None

    def suggestion(self, word: str, known: Iterable[str]) -> str:
        """What was probably meant, see `suggestion`; no more of them where there are very many problems."""
        return suggestion(word, known) if len(self) < SUGGESTIONS else "see the findings before"

    @property
    def found(self) -> list[Problem]:
        return list(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @property
    def errors(self) -> list[Problem]:
        return [p for p in self.found if p.severity == "error"]

    def sorted(self) -> list[Problem]:
        return in_order(self.found)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """By their places."""
    return sorted(problems, key=lambda p: (p.file, p.line, p.column, p.code))


def one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def quoted(value: object) -> str:
    """The value as text in double quotes, cut to a readable length."""
    text = str(value) if not isinstance(value, str) else value
    return f'"{text[:57]}..."' if len(text) > 60 else f'"{text}"'


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word spelled most like `word`, if any is alike."""
    words = [w for w in known if isinstance(w, str)]
    folded = {w.lower(): w for w in reversed(words)}
    close = difflib.get_close_matches(word[:80].lower(), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def suggestion(word: str, known: Iterable[str]) -> str:
    """`did you mean "x"?` where something is spelled alike, else what is known."""
    words = list(known)
    near = nearest(word, words)
    if near is not None:
        return f'did you mean "{near}"?'
    if not words:
        return "there is none to choose from"
    more = f" and {len(words) - 20} more" if len(words) > 20 else ""
    return f"possible: {', '.join(words[:20])}{more}"


def told(problems: Iterable[Problem]) -> list[str]:
    """One line for each problem; those that differ in their place alone share the line of the first."""
    alike: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        alike.setdefault((problem.code, problem.message, problem.remedy), []).append(problem)
    lines = []
    for first, *others in alike.values():
        places = [p.place for p in others[:_PLACES]]
        more = f" and {len(others) - _PLACES} more places" if len(others) > _PLACES else ""
        lines.append(f"{first} [also at {', '.join(places)}{more}]" if others else str(first))
    return lines
