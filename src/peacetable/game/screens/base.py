"""What a screen is, and what it can ask the app to do.

A screen composes widgets from plain views, and turns their actions into orders. It never holds the session or the app.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pygame

from ...seat.views import Facts
from ...words.catalogue import Catalogue
from ..store import KEYS, Settings
from ..theme import Theme
from ..ui import Action, Dialog, Widget

T = TypeVar("T")
WIDER = 1.1  # how much more room large letters take


@dataclass(frozen=True)
class Sit:
    """Start a game in this seat."""

    party: str


@dataclass(frozen=True)
class Go:
    """Show the screen with this name; "back" is the one before."""

    screen: str


@dataclass(frozen=True)
class Begin:
    """A new game of the scenario with this name. `people`: parties that persons play; none: choose by the cards."""

    scenario: str
    level: str
    seed: int
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class Look:
    """Read the scenario with this name, so that the title screen can show it."""

    scenario: str


@dataclass(frozen=True)
class Resume:
    """Go on with the game of these minutes."""

    path: Path


@dataclass(frozen=True)
class Replay:
    """Show the talks of these minutes, step by step."""

    path: Path


@dataclass(frozen=True)
class Reveal:
    """Open the debrief of the finished game of these minutes."""

    path: Path


@dataclass(frozen=True)
class Rewind:
    """Go back to the start of this round and go on from there."""

    round: int


@dataclass(frozen=True)
class Lift:
    """The person of this party is alone at the screen: show its side."""

    party: str


@dataclass(frozen=True)
class Change:
    """Use and remember these settings."""

    settings: Settings


@dataclass(frozen=True)
class Act:
    """What the person does at its seat: the name of one of the moves of `seat.Seat`, and what it takes."""

    move: str
    given: tuple = ()


@dataclass(frozen=True)
class Quit:
    pass


Order = Sit | Go | Begin | Look | Resume | Replay | Reveal | Rewind | Lift | Change | Act | Quit


@dataclass(frozen=True)
class Frame:
    """The room to compose in: `area` of the window, letters, and the settings that screens show. `keys`: what a key
    does -> how it is called."""

    look: Theme
    area: pygame.Rect
    scale: float
    pace: str
    keys: Mapping[str, str] = field(default_factory=lambda: {what: key.upper() for what, key in KEYS.items()})

    @property
    def wide(self) -> float:
        """Width in pixels at 100 %, less where large letters need more of it."""
        return self.area.width / self.look.scale / (WIDER if self.look.large else 1)

    @property
    def tall(self) -> float:
        """Height in pixels at 100 %."""
        return self.area.height / self.look.scale


class Kept:
    """What was made for a part of a screen last time: it is made again only for other data than then."""

    def __init__(self) -> None:
        self._parts: dict[Hashable, tuple[tuple, Any]] = {}

    def __call__(self, part: Hashable, data: tuple, make: Callable[[], T]) -> T:
        """What `make` gives for `data`, which never changes in place."""
        found = self._parts.get(part)
        if found is None or found[0] != data:
            found = self._parts[part] = (data, make())
        return found[1]


class Screen:
    """One screen. `name` is what Go calls it."""

    name = ""

    def __init__(self, facts: Facts, t: Catalogue):
        self.facts, self.t = facts, t

    def compose(self, frame: Frame) -> list[Widget]:
        """The widgets for this room. Changes nothing."""
        raise NotImplementedError

    def dialog(self, frame: Frame) -> Dialog | None:
        """What is asked above the screen just now."""
        return None

    def act(self, action: Action) -> Order | None:
        """Take an action of a widget: change what is shown, or order something from the app."""
        return None

    def shortcut(self, key: int) -> Action | None:
        """The action of a key that no widget took."""
        return None

    def waits(self) -> bool:
        """Whether the agents wait while this is shown, because the person has to read something first."""
        return False

    def first(self) -> Sequence[str]:
        """Ids of widgets that should have the focus at first, best one first."""
        return ()
