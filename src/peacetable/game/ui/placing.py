"""Where words may stand on a picture, so that none covers another."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pygame

STEPS, TURNS = 44, 16


class Places:
    """`room`: where words may stand at all; `gap`: between words; `taken`: where words stand; `marked`: what words keep
    off as long as there is another place for them."""

    def __init__(self, room: pygame.Rect, step: int, gap: int):
        self.room, self.step, self.gap = room, max(2, step), gap
        self.taken: list[pygame.Rect] = []
        self.marked: list[pygame.Rect] = []

    def free(self, rect: pygame.Rect, marks: bool = True) -> bool:
        """Whether a word may stand here. `marks`: marks count as well."""
        if not self.room.contains(rect) or rect.inflate(2 * self.gap, self.gap).collidelist(self.taken) >= 0:
            return False
        return not marks or rect.collidelist(self.marked) < 0

    def first(self, rects: Iterable[pygame.Rect]) -> pygame.Rect | None:
        """The first of some places that is free, taken; or None."""
        return self._take(next((rect for rect in rects if self.free(rect)), None))

    def near(self, rect: pygame.Rect, steps: int = STEPS, marks: bool = True) -> pygame.Rect | None:
        """The place nearest to `rect` that is free, taken; or None within so many steps."""
        rect = rect.clamp(self.room)
        for far in range(steps):
            for turn in range(TURNS if far else 1):
                angle = turn * 2 * math.pi / TURNS + math.pi / 2
                moved = rect.move(
                    round(far * self.step * math.cos(angle)), round(far * self.step * 0.7 * math.sin(angle))
                )
                if self.free(moved, marks):
                    return self._take(moved)
        return None

    def _take(self, rect: pygame.Rect | None) -> pygame.Rect | None:
        if rect is not None:
            self.taken.append(rect)
        return rect


def beside(width: int, height: int, at: tuple[float, float], gap: int) -> list[pygame.Rect]:
    """Places for a word of this size round a point: above, below, right, left, and at the corners."""
    x, y = round(at[0]), round(at[1])
    across, up = width // 2 + gap, height // 2 + gap
    steps = [(0, -up), (0, up), (across, 0), (-across, 0)]
    steps += [(dx, dy) for dy in (-up, up) for dx in (across * 3 // 4, -across * 3 // 4)]
    found = []
    for dx, dy in steps:
        rect = pygame.Rect(0, 0, width, height)
        rect.center = (x + dx, y + dy)
        found.append(rect)
    return found
