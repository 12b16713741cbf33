"""Every error that peacetable raises on purpose: its text is a sentence meant for the person at the keyboard.

And what may be shown to that person of a text that came from elsewhere.
"""

from __future__ import annotations

# control characters, but the tabulator and the end of a line, and what turns the direction of writing around
_COMMANDS = dict.fromkeys(
    {*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)} - {ord("\t"), ord("\n")}
)


def plain(text: str) -> str:
    """The text without characters that a terminal or a window would not show but obey."""
    return text.translate(_COMMANDS)


class PeacetableError(Exception):
    """Base of all errors whose text can be shown as it is: what was tried, why not, what is possible, where."""


class ScenarioError(PeacetableError):
    """A scenario cannot be used. `problems` holds every problem found, each already printable on one line."""

    def __init__(self, message: str, problems: tuple = ()):
        super().__init__(message)
        self.problems = problems


class ScenarioWarning(UserWarning):
    """Something in a file is read otherwise than it is written, or not at all: one sentence, with its place."""


class NotationError(PeacetableError):
    """A package, party, strategy or move written as text cannot be read."""


# why a move is refused, for programs; the sentence that goes with it is for people
REASONS = {
    "unknown_party": "no party of that name takes part",
    "empty_seat": "nobody was assigned to that seat: the agent sits there",
    "over": "the talks have ended",
    "stale": "the step of the talks that the move was meant for is over",
    "not_awaited": "the party has no move in this step: it is not its turn, it has moved, or it has left",
    "not_possible": "this step or this protocol knows no such move",
    "no_package": "the package cannot exist, or is not on the table",
    "signed": "the party has signed that package already",
    "refused": "the party's own red line or demand rules the package out",
    "no_answer": "nobody is there to be asked or answered, or no question is left",
    "words": "there is nothing to say, or too much",
}


class Refusal(PeacetableError):
    """A move that the rules do not allow here and now. `reason`: one of REASONS; `tried`, `why`, `possible`: the parts
    of the sentence (`possible` may be "")."""

    def __init__(self, reason: str, tried: str, why: str, possible: str = ""):
        assert reason in REASONS, reason
        self.reason, self.tried, self.why, self.possible = reason, tried, why, possible
        more = f" Possible: {possible.rstrip('.')}." if possible else ""
        super().__init__(f"{tried}: {why.rstrip('.')}.{more}")

    def __reduce__(self) -> tuple:
        return type(self), (self.reason, self.tried, self.why, self.possible)


class MinutesError(PeacetableError):
    """A minutes file is foreign, altered, or needs another version of the rules."""


class BatchError(PeacetableError):
    """A batch on disk cannot be read or continued."""


def as_word(name: object) -> str:
    """A name or path as one word of a command line, for sentences that say what to type."""
    return f'"{name}"' if " " in str(name) else str(name)
