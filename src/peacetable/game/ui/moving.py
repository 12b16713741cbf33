"""What moves by itself: numbers that glide to where they belong, light that fades. Only `advance` moves anything."""

from __future__ import annotations

import pygame

from .base import Widget

GLIDE, GLOW = 0.2, 1.0  # seconds
RISE = 0.15  # of that time until a light has its full strength
STEPS = 12  # of brightness


class Moving(Widget):
    """A widget that is on its way for a moment. Composed, it is where it belongs; `follow` lets it start elsewhere."""

    @property
    def moving(self) -> bool:
        """Whether `advance` would still change how it looks."""
        raise NotImplementedError

    def follow(self, before: Moving) -> None:
        """Start as the widget of the same kind looked that stood here before."""
        raise NotImplementedError

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        raise NotImplementedError


class Gliding(Moving):
    """Draws `shown`, numbers that glide to `ends`: fast at first, then slower."""

    def __init__(self, id: str, rect: pygame.Rect, label: str, ends: tuple[float, ...], tip: str = ""):
        super().__init__(id, rect, label, tip=tip)
        self.ends = self.shown = self._start = ends
        self._gone = 1.0

    @property
    def moving(self) -> bool:
        return self._gone < 1.0

    def follow(self, before: Moving) -> None:
        if isinstance(before, Gliding) and before.shown != self.ends:
            self.shown = self._start = before.shown
            self._gone = 0.0

    def advance(self, seconds: float) -> None:
        self._gone = min(1.0, self._gone + seconds / GLIDE)
        left = (1.0 - self._gone) ** 2
        self.shown = tuple(b + (a - b) * left for a, b in zip(self._start, self.ends, strict=True))
        if not self.moving:
            self.shown = self._start = self.ends


class Lighting(Moving):
    """Lights up for a moment, softly, whenever `count` is not what it was."""

    def __init__(self, id: str, rect: pygame.Rect, *args, count: int = 0, **options):
        super().__init__(id, rect, *args, **options)
        self.count = count
        self._gone = 1.0

    @property
    def moving(self) -> bool:
        return self._gone < 1.0

    @property
    def light(self) -> float:
        """How bright it is, 0 to 1 in steps."""
        return round(STEPS * min(self._gone / RISE, (1.0 - self._gone) / (1.0 - RISE))) / STEPS

    def follow(self, before: Moving) -> None:
        if isinstance(before, Lighting):
            self._gone = before._gone if before.count == self.count else 0.0

    def advance(self, seconds: float) -> None:
        self._gone = min(1.0, self._gone + seconds / GLOW)
