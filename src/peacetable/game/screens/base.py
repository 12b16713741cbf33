"""What a screen is, and what it can ask the app to do.

A screen composes widgets from plain views, and turns their actions into orders. It never holds the session or the app.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pygame

from ..text import Catalogue
from ..theme import Theme
from ..ui import Action, Dialog, Widget
from ..views import Facts, Package


@dataclass(frozen=True)
class Sit:
    """Start a game in this seat."""

    party: str


@dataclass(frozen=True)
class Go:
    """Show the screen with this name."""

    screen: str


@dataclass(frozen=True)
class Propose:
    package: Package


@dataclass(frozen=True)
class Accept:
    offer_of: str


@dataclass(frozen=True)
class WalkOut:
    pass


@dataclass(frozen=True)
class Quit:
    pass


Order = Sit | Go | Propose | Accept | WalkOut | Quit


@dataclass(frozen=True)
class Frame:
    """The room to compose in: `area` of the window, letters, and the settings that the header shows."""

    look: Theme
    area: pygame.Rect
    scale: float
    pace: str

    @property
    def wide(self) -> float:
        """Width in pixels at 100 %."""
        return self.area.width / self.look.scale

    @property
    def tall(self) -> float:
        """Height in pixels at 100 %."""
        return self.area.height / self.look.scale


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

    def first(self) -> Sequence[str]:
        """Ids of widgets that should have the focus at first, best one first."""
        return ()
