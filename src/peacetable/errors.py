"""Every error that peacetable raises on purpose: its text is a sentence meant for the person at the keyboard."""

from __future__ import annotations


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


class Refusal(PeacetableError):
    """A move that the rules do not allow here and now."""


class MinutesError(PeacetableError):
    """A minutes file is foreign, altered, or needs another version of the rules."""


class BatchError(PeacetableError):
    """A batch on disk cannot be read or continued."""


def as_word(name: object) -> str:
    """A name or path as one word of a command line, for sentences that say what to type."""
    return f'"{name}"' if " " in str(name) else str(name)
