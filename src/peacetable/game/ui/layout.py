"""Cutting rectangles and letting text flow down a column."""

from __future__ import annotations

import pygame

from ..theme import Theme
from .base import Action, Widget
from .label import Label, sign_width


def cut_top(rect: pygame.Rect, height: int, gap: int = 0) -> tuple[pygame.Rect, pygame.Rect]:
    """The top strip, and the rest below the gap."""
    height = min(height, rect.height)
    rest = pygame.Rect(rect.x, rect.y + height + gap, rect.width, max(0, rect.height - height - gap))
    return pygame.Rect(rect.x, rect.y, rect.width, height), rest


def cut_bottom(rect: pygame.Rect, height: int, gap: int = 0) -> tuple[pygame.Rect, pygame.Rect]:
    """The bottom strip, and the rest above the gap."""
    height = min(height, rect.height)
    rest = pygame.Rect(rect.x, rect.y, rect.width, max(0, rect.height - height - gap))
    return pygame.Rect(rect.x, rect.bottom - height, rect.width, height), rest


def cut_left(rect: pygame.Rect, width: int, gap: int = 0) -> tuple[pygame.Rect, pygame.Rect]:
    """The left strip, and the rest right of the gap."""
    width = min(width, rect.width)
    rest = pygame.Rect(rect.x + width + gap, rect.y, max(0, rect.width - width - gap), rect.height)
    return pygame.Rect(rect.x, rect.y, width, rect.height), rest


def cut_right(rect: pygame.Rect, width: int, gap: int = 0) -> tuple[pygame.Rect, pygame.Rect]:
    """The right strip, and the rest left of the gap."""
    width = min(width, rect.width)
    rest = pygame.Rect(rect.x, rect.y, max(0, rect.width - width - gap), rect.height)
    return pygame.Rect(rect.right - width, rect.y, width, rect.height), rest


def columns(rect: pygame.Rect, count: int, gap: int) -> list[pygame.Rect]:
    """Equal columns."""
    width = (rect.width - gap * (count - 1)) / count
    lefts = [rect.x + round(k * (width + gap)) for k in range(count)]
    return [pygame.Rect(x, rect.y, round(width), rect.height) for x in lefts]


class Column:
    """Stacks widgets from the top of a rectangle down; `y` is where the next one goes."""

    def __init__(self, look: Theme, rect: pygame.Rect, prefix: str):
        self.look, self.prefix = look, prefix
        self.x, self.y, self.width, self.top = rect.x, rect.y, rect.width, rect.y
        self.items: list[Widget] = []

    @property
    def height(self) -> int:
        """Height of what was stacked."""
        return self.y - self.top

    def gap(self, measure: float) -> Column:
        self.y += self.look.px(measure)
        return self

    def take(self, height: int) -> pygame.Rect:
        """The next strip of `height` pixels."""
        rect = pygame.Rect(self.x, self.y, self.width, height)
        self.y += height
        return rect

    def add(self, widget: Widget) -> Column:
        """A widget that was placed with `take`."""
        self.items.append(widget)
        return self

    def text(
        self,
        text: str,
        style: str = "body",
        colour: str = "text",
        sign: str = "",
        indent: float = 0,
        id: str = "",
        tip: str = "",
        action: Action = (),
        align: str = "left",
    ) -> Column:
        """A wrapped text over the whole width."""
        dx = self.look.px(indent)
        room = self.width - dx - (sign_width(self.look, style) if sign else 0)
        rect = self.take(self.look.height(text, style, room))
        rect.x += dx
        rect.width -= dx
        name = id or f"{self.prefix}.{len(self.items)}"
        return self.add(Label(name, rect, text, style, colour, sign=sign, tip=tip, action=action, align=align))
