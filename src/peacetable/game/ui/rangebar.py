"""A guess drawn as a range: how much a package gives, against what is asked for."""

from __future__ import annotations

import pygame

from ..theme import Theme
from .moving import Gliding
from .paint import box, hatch


class RangeBar(Gliding):
    """`low` to `high` of 100 as a solid band, `asks` (low, high) as a hatched one with a line at each end."""

    role = "meter"

    def __init__(
        self,
        id: str,
        rect: pygame.Rect,
        label: str,
        low: int,
        high: int,
        asks: tuple[int, int],
        tip: str = "",
    ):
        super().__init__(id, rect, label, (low, high, *asks), tip)
        self.low, self.high, self.asks = low, high, asks

    def _span(self, track: pygame.Rect, low: float, high: float, least: int) -> pygame.Rect:
        x = track.x + int(track.width * low // 100)
        width = max(least, int(track.width * high // 100) - (x - track.x))
        return pygame.Rect(min(x, track.right - width), track.y, width, track.height)

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        p = look.palette
        track = self.rect.inflate(0, -2 * look.px(3))
        box(surface, track, look.px(3), p.track, p.border)
        low, high, least, most = self.shown
        colour = p.bar_below if high < least else p.bar
        box(surface, self._span(track, low, high, look.px(5)), look.px(3), colour)
        asked = self._span(track, least, most, look.px(6))
        asked = pygame.Rect(asked.x, self.rect.y, asked.width, self.rect.height)
        hatch(surface, asked, p.gold, look.px(5))
        for x in (asked.x, asked.right - look.px(2)):
            surface.fill(p.gold, (x, asked.y, look.px(2), asked.height))
