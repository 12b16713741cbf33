"""`sources.yaml`, `variants/NAME.yaml`, and all files of a scenario together."""

from __future__ import annotations

from typing import Any, Literal

from .judged import SOURCES
from .party import PartyFile
from .scenario import ScenarioFile
from .shape import Shape, key
from .vocabulary import Id, RoughDate, SourceId, Text


class SourceEntry(Shape):
    speaker: Text = key(says="who said it", example="Minister of Water")
    date: RoughDate = key(
        says="when: a day, month or year; `about` or `before` may stand in front", unit="day", example='"2024-04-02"'
    )
    outlet: str = key("", says="where it was published", example="The Gazette")
    address: str = key("", says="where it can be read", example="https://example.org/statement")
    stated: Text = key(says="what was said, in your own words", example="The north wants most water.")
    reliability: Literal["A", "B", "C", "D"] = key(
        says="how good the text is: A a primary record, B an established outlet, C a relay, D uncorroborated",
        example="A",
    )
    topics: list[Id] = key(
        [], says="the issues that it speaks about; a position on another issue cannot rest on it", example="[water]"
    )


class SourcesFile(Shape):
    """`sources.yaml` is a bare mapping; it is validated as the one field of this model."""

    sources: dict[SourceId, SourceEntry]


class Changes(Shape):
    scenario: dict[str, Any] = key(dict, says="changes to scenario.yaml", example="{protocol: {rounds: 30}}")
    parties: dict[str, Any] = key(dict, says="party: changes to its file", example="{north: {reservation: 0.2}}")
    sources: dict[str, Any] = key(dict, says="statements that it adds, changes or removes", example="{A9: null}")


class VariantFile(Shape):
    label: Text = key(says="its name for people", example="A dry year")
    reason: Text = key(says="what it asks, or why one would look at it", example="What if water is scarce.")
    sources: list[SourceId] = key([], says=SOURCES, example="[A2]")
    changes: Changes = key(
        says="only what differs: mappings are merged key by key, lists whose entries have an `id` entry by entry; "
        "`null` removes; anything else replaces what was there",
        example="see below",
    )


class Folder(Shape):
    """All files of a scenario together, for paths that lead through them."""

    scenario: ScenarioFile
    parties: dict[Id, PartyFile]
    sources: dict[SourceId, SourceEntry]
