"""Small signs drawn as shapes, so that nothing is said by colour alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import pygame

from ..theme import Colour
from .paint import shape

Draw = Callable[[pygame.Surface, Colour], None]


def _points(surface: pygame.Surface, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    side = surface.get_width()
    return [(x * side, y * side) for x, y in points]


def _line(surface: pygame.Surface, colour: Colour, points: list[tuple[float, float]], width: float = 0.12) -> None:
    thick = round(width * surface.get_width())
    placed = _points(surface, points)
    pygame.draw.lines(surface, colour, False, placed, thick)
    for point in placed:
        pygame.draw.circle(surface, colour, point, thick / 2)


def _ring(surface: pygame.Surface, colour: Colour, x: float, y: float, r: float, width: float = 0.0) -> None:
    side = surface.get_width()
    pygame.draw.circle(surface, colour, (x * side, y * side), r * side, round(width * side))


def _check(s: pygame.Surface, c: Colour) -> None:
    _line(s, c, [(0.15, 0.55), (0.4, 0.8), (0.86, 0.24)], 0.15)


def _cross(s: pygame.Surface, c: Colour) -> None:
    _line(s, c, [(0.2, 0.2), (0.8, 0.8)], 0.14)
    _line(s, c, [(0.8, 0.2), (0.2, 0.8)], 0.14)


def _stop(s: pygame.Surface, c: Colour) -> None:
    corner = [(0.5 + 0.48 * math.cos(math.pi * (k + 0.5) / 4), 0.5 + 0.48 * math.sin(math.pi * (k + 0.5) / 4))
              for k in range(8)]  # fmt: skip
    pygame.draw.polygon(s, c, _points(s, corner))
    _line(s, (20, 22, 28), [(0.3, 0.5), (0.7, 0.5)], 0.16)


def _person(s: pygame.Surface, c: Colour) -> None:
    _ring(s, c, 0.5, 0.3, 0.2, 0.1)
    side = s.get_width()
    pygame.draw.arc(s, c, (0.14 * side, 0.56 * side, 0.72 * side, 0.8 * side), 0, math.pi, round(0.1 * side))


def _speech(s: pygame.Surface, c: Colour) -> None:
    side = s.get_width()
    pygame.draw.rect(s, c, (0.06 * side, 0.14 * side, 0.88 * side, 0.56 * side), border_radius=round(0.16 * side))
    pygame.draw.polygon(s, c, _points(s, [(0.22, 0.6), (0.22, 0.94), (0.52, 0.66)]))


def _document(s: pygame.Surface, c: Colour) -> None:
    _line(s, c, [(0.22, 0.1), (0.6, 0.1), (0.8, 0.3), (0.8, 0.9), (0.22, 0.9), (0.22, 0.1)], 0.09)
    for y in (0.45, 0.62):
        _line(s, c, [(0.38, y), (0.64, y)], 0.08)


def _pen(s: pygame.Surface, c: Colour) -> None:
    _line(s, c, [(0.16, 0.84), (0.22, 0.62), (0.7, 0.14), (0.86, 0.3), (0.38, 0.78), (0.16, 0.84)], 0.09)


def _door(s: pygame.Surface, c: Colour) -> None:
    _line(s, c, [(0.56, 0.14), (0.2, 0.14), (0.2, 0.86), (0.56, 0.86)], 0.1)
    _line(s, c, [(0.44, 0.5), (0.9, 0.5)], 0.1)
    _line(s, c, [(0.72, 0.32), (0.9, 0.5), (0.72, 0.68)], 0.1)


def _clock(s: pygame.Surface, c: Colour) -> None:
    _ring(s, c, 0.5, 0.5, 0.42, 0.09)
    _line(s, c, [(0.5, 0.26), (0.5, 0.52), (0.66, 0.62)], 0.09)


def _undo(s: pygame.Surface, c: Colour) -> None:
    side = s.get_width()
    box = (0.2 * side, 0.22 * side, 0.62 * side, 0.62 * side)
    pygame.draw.arc(s, c, box, -math.pi * 0.75, math.pi * 0.72, round(0.1 * side))
    pygame.draw.polygon(s, c, _points(s, [(0.06, 0.3), (0.44, 0.2), (0.32, 0.56)]))


def _bulb(s: pygame.Surface, c: Colour) -> None:
    _ring(s, c, 0.5, 0.38, 0.3, 0.1)
    _line(s, c, [(0.38, 0.76), (0.62, 0.76)], 0.1)
    _line(s, c, [(0.42, 0.92), (0.58, 0.92)], 0.1)


def _up(s: pygame.Surface, c: Colour) -> None:
    pygame.draw.polygon(s, c, _points(s, [(0.5, 0.16), (0.9, 0.82), (0.1, 0.82)]))


def _diamond(s: pygame.Surface, c: Colour) -> None:
    pygame.draw.polygon(s, c, _points(s, [(0.5, 0.06), (0.94, 0.5), (0.5, 0.94), (0.06, 0.5)]))


def _dot(s: pygame.Surface, c: Colour) -> None:
    _ring(s, c, 0.5, 0.5, 0.3)


def _plus(s: pygame.Surface, c: Colour) -> None:
    _line(s, c, [(0.16, 0.5), (0.84, 0.5)], 0.16)
    _line(s, c, [(0.5, 0.16), (0.5, 0.84)], 0.16)


def _minus(s: pygame.Surface, c: Colour) -> None:
    _line(s, c, [(0.16, 0.5), (0.84, 0.5)], 0.16)


def _flash(s: pygame.Surface, c: Colour) -> None:
    pygame.draw.polygon(
        s, c, _points(s, [(0.58, 0.04), (0.2, 0.58), (0.48, 0.58), (0.4, 0.96), (0.8, 0.4), (0.52, 0.4)])
    )


def _table(s: pygame.Surface, c: Colour) -> None:
    _line(s, c, [(0.08, 0.34), (0.92, 0.34)], 0.13)
    _line(s, c, [(0.24, 0.36), (0.18, 0.86)], 0.1)
    _line(s, c, [(0.76, 0.36), (0.82, 0.86)], 0.1)


ICONS: dict[str, Draw] = {
    "check": _check,
    "cross": _cross,
    "stop": _stop,
    "person": _person,
    "speech": _speech,
    "document": _document,
    "pen": _pen,
    "door": _door,
    "clock": _clock,
    "undo": _undo,
    "bulb": _bulb,
    "up": _up,
    "diamond": _diamond,
    "dot": _dot,
    "plus": _plus,
    "minus": _minus,
    "flash": _flash,
    "table": _table,
}


@lru_cache(maxsize=1024)
def icon(name: str, size: int, colour: Colour) -> pygame.Surface:
    """The sign `name` as a square picture of `size` pixels. Raises KeyError for an unknown name."""
    draw = ICONS[name]

    def paint(surface: pygame.Surface) -> None:
        surface.fill((*colour, 0))
        draw(surface, colour)

    return shape((size, size), paint)
