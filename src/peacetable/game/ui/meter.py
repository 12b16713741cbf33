"""Bars for utilities, and the clock of the talks."""

from __future__ import annotations

import pygame

from ..theme import Theme
from .base import Widget
from .moving import Gliding
from .paint import box


class Bar(Gliding):
    """A value in [0, 1] against the walk-away `mark`; filled differently below it, and the mark is a line across.
    `ghost`: a second value as a thin outline, such as the best that was possible."""

    role = "meter"

    def __init__(
        self,
        id: str,
        rect: pygame.Rect,
        label: str,
        value: float,
        mark: float | None,
        ghost: float | None = None,
        tip: str = "",
    ):
        super().__init__(id, rect, label, (value,), tip)
        self.value, self.mark, self.ghost = value, mark, ghost

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        p = look.palette
        inset = look.px(4) if self.mark is not None else 0
        track = self.rect.inflate(0, -2 * inset)
        radius = max(1, track.height // 2)
        box(surface, track, radius, p.track, p.border)
        width = round(track.width * min(1.0, max(0.0, self.shown[0])))
        below = self.mark is not None and self.shown[0] < self.mark - 1e-9
        if width > 2:
            fill = pygame.Rect(track.x, track.y, max(width, 2 * radius), track.height)
            box(surface, fill, radius, p.bar_below if below else p.bar)
        if self.ghost is not None:
            x = track.x + round(track.width * min(1.0, self.ghost))
            foot, half = self.rect.bottom + look.px(2), look.px(5)
            pygame.draw.polygon(surface, p.text, [(x, track.bottom), (x - half, foot), (x + half, foot)])
        if self.mark is not None:
            x = track.x + round(track.width * min(1.0, max(0.0, self.mark)))
            surface.fill(p.panel, (x - look.px(2), self.rect.y, look.px(5), self.rect.height))
            surface.fill(p.gold, (x - look.px(1), self.rect.y, look.px(3), self.rect.height))


class Clock(Widget):
    """The rounds of the talks as a row of ticks: over, now, to come."""

    role = "progressbar"

    def __init__(self, id: str, rect: pygame.Rect, label: str, now: int, rounds: int, tip: str = ""):
        super().__init__(id, rect, label, tip=tip)
        self.now, self.rounds = now, rounds

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        p = look.palette
        gap = max(1, look.px(2)) if self.rect.width > 6 * self.rounds else 0
        for k in range(self.rounds):
            left = self.rect.x + self.rect.width * k // self.rounds
            right = self.rect.x + self.rect.width * (k + 1) // self.rounds - gap
            tick = pygame.Rect(left, self.rect.y, max(1, right - left), self.rect.height)
            over, now = k + 1 < self.now, k + 1 == self.now
            box(
                surface,
                tick,
                look.px(2),
                p.gold if now else p.edge if over else p.track,
                None if now or over else p.border,
            )
