"""The moves of talks in a row, to go back and forth in."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from ..theme import Theme
from .base import Action, Widget
from .paint import box


class Timeline(Widget):
    """`steps`: the round of each; `at`: the one shown. Arrows, Page Up and Down (a round), Home, End, mouse: action +
    (step,)."""

    role = "slider"
    parts = True
    focusable = True

    def __init__(self, id: str, rect: pygame.Rect, label: str, steps: Sequence[int], at: int, action: Action):
        super().__init__(id, rect, label, action)
        self.steps, self.at = list(steps), at

    def key(self, key: int, shift: bool) -> Action | None:
        last = len(self.steps) - 1
        moves = {pygame.K_LEFT: self.at - 1, pygame.K_RIGHT: self.at + 1, pygame.K_HOME: 0, pygame.K_END: last}
        here = self.steps[self.at]
        if key == pygame.K_PAGEUP:
            start = self.steps.index(here)
            moves[key] = start if start < self.at else self.steps.index(self.steps[max(start - 1, 0)])
        elif key == pygame.K_PAGEDOWN:
            moves[key] = next((n for n in range(self.at, last + 1) if self.steps[n] > here), last)
        if key not in moves:
            return None
        return (*self.action, min(max(moves[key], 0), last))

    def cell(self, step: int) -> pygame.Rect:
        """Where one step lies."""
        edges = [self.rect.x + self.rect.width * k // len(self.steps) for k in (step, step + 1)]
        return pygame.Rect(edges[0], self.rect.y, max(1, edges[1] - edges[0]), self.rect.height)

    def click(self, place: tuple[int, int]) -> Action | None:
        step = (place[0] - self.rect.x) * len(self.steps) // max(1, self.rect.width)
        return (*self.action, min(max(step, 0), len(self.steps) - 1))

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        p = look.palette
        track = self.rect.inflate(0, -look.px(10))
        box(surface, track, look.px(3), p.track, p.border)
        for n, number in enumerate(self.steps):
            cell = self.cell(n)
            if n and number != self.steps[n - 1]:
                surface.fill(p.edge, (cell.x, track.y, max(1, look.px(1)), track.height))
            if n < self.at:
                surface.fill(p.bar, (cell.x, track.centery - look.px(2), cell.width, look.px(4)))
        here = self.cell(self.at)
        thumb = pygame.Rect(0, self.rect.y, max(look.px(6), here.width), self.rect.height)
        thumb.centerx = here.centerx
        box(surface, thumb.clamp(self.rect), look.px(3), p.gold)
