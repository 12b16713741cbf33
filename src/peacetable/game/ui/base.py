"""What every widget is: a rectangle with an id, a role and a label, which draws itself and answers clicks and keys.

A widget holds no callback. Activated, it gives its `action`, a plain tuple, which the screen understands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pygame

from ..theme import Theme

Action = tuple


class Widget:
    """`focusable` ones stand in the focus order as they were composed. `clip`: the part of the window it may use."""

    role = "group"
    focusable = False
    parts = False  # whether the mouse can point at different parts of it

    def __init__(
        self,
        id: str,
        rect: pygame.Rect,
        label: str = "",
        action: Action = (),
        tip: str = "",
        children: Sequence[Widget] = (),
        enabled: bool = True,
    ):
        self.id = id
        self.rect = pygame.Rect(rect)
        self.label = label
        self.action = action
        self.tip = tip
        self.children = list(children)
        self.enabled = enabled
        self.clip: pygame.Rect | None = None
        self.focus = False
        self.hover = False
        self.pressed = False

    @property
    def visible(self) -> pygame.Rect:
        """The part of the rectangle that can be seen and clicked."""
        return self.rect if self.clip is None else self.rect.clip(self.clip)

    @property
    def spot(self) -> pygame.Rect:
        """The part of it that the keyboard is at."""
        return self.rect

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        """Paint. Changes nothing but the surface."""

    def click(self, place: tuple[int, int]) -> Action | None:
        """The action of a click at `place`, or None."""
        return self.action or None

    def key(self, key: int, shift: bool) -> Action | None:
        """The action of a key while in focus, or None if the key means nothing here."""
        if key in (pygame.K_RETURN, pygame.K_KP_ENTER, pygame.K_SPACE):
            return self.action or None
        return None

    def point(self, place: tuple[int, int]) -> bool:
        """The mouse is here: note what it points at; whether that changed."""
        return False

    def tip_now(self) -> str:
        """The text of the tooltip for what is pointed at or in focus."""
        return self.tip

    def overflow(self, look: Theme) -> list[str]:
        """What does not fit into the rectangle, as sentences; empty if all is well. For tests."""
        return []

    def move(self, dx: int, dy: int) -> None:
        self.rect = self.rect.move(dx, dy)
        if self.clip is not None:
            self.clip = self.clip.move(dx, dy)


def walk(widgets: Iterable[Widget]) -> Iterator[Widget]:
    """All widgets, parents before children, in focus and drawing order."""
    for widget in widgets:
        yield widget
        yield from walk(widget.children)


def ring(surface: pygame.Surface, look: Theme, widget: Widget) -> None:
    """The focus ring: a light line with a dark one inside, visible on every surface."""
    from .paint import box

    width = max(2, look.px(2))
    grown = widget.rect.inflate(2 * width, 2 * width)
    box(surface, grown, look.px(9), None, look.colour("gold"), width)
