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


def _shield(s: pygame.Surface, c: Colour) -> None:
    _line(s, c, [(0.5, 0.08), (0.86, 0.2), (0.82, 0.56), (0.5, 0.92), (0.18, 0.56), (0.14, 0.2), (0.5, 0.08)], 0.12)


def _eye(s: pygame.Surface, c: Colour) -> None:
    side = s.get_width()
    pygame.draw.ellipse(s, c, (0.04 * side, 0.24 * side, 0.92 * side, 0.52 * side), round(0.1 * side))
    _ring(s, c, 0.5, 0.5, 0.15)


def _plane(s: pygame.Surface, c: Colour) -> None:
    body = [(0.5, 0.04), (0.58, 0.36), (0.96, 0.6), (0.96, 0.7), (0.58, 0.6), (0.55, 0.82), (0.7, 0.92), (0.7, 0.98)]
    other = [(1 - x, y) for x, y in reversed(body)]
    pygame.draw.polygon(s, c, _points(s, body + other))


def _ship(s: pygame.Surface, c: Colour) -> None:
    pygame.draw.polygon(s, c, _points(s, [(0.04, 0.6), (0.96, 0.6), (0.8, 0.88), (0.2, 0.88)]))
    pygame.draw.polygon(
        s,
        c,
        _points(
            s,
            [
                (0.28, 0.54),
                (0.28, 0.36),
                (0.44, 0.36),
                (0.44, 0.12),
                (0.56, 0.12),
                (0.56, 0.36),
                (0.72, 0.36),
                (0.72, 0.54),
            ],
        ),
    )


def _satellite(s: pygame.Surface, c: Colour) -> None:
    pygame.draw.polygon(s, c, _points(s, [(0.36, 0.36), (0.64, 0.36), (0.64, 0.64), (0.36, 0.64)]))
    for x in (0.02, 0.72):
        pygame.draw.polygon(s, c, _points(s, [(x, 0.38), (x + 0.26, 0.38), (x + 0.26, 0.62), (x, 0.62)]))
    _line(s, c, [(0.1, 0.5), (0.9, 0.5)], 0.06)
    _line(s, c, [(0.5, 0.64), (0.5, 0.9)], 0.08)


def _works(s: pygame.Surface, c: Colour) -> None:
    wall = [(0.08, 0.9), (0.08, 0.44), (0.36, 0.6), (0.36, 0.44), (0.64, 0.6), (0.64, 0.14), (0.9, 0.14), (0.9, 0.9)]
    pygame.draw.polygon(s, c, _points(s, wall))


def _swap(s: pygame.Surface, c: Colour) -> None:
    _line(s, c, [(0.12, 0.34), (0.84, 0.34)], 0.1)
    _line(s, c, [(0.64, 0.14), (0.86, 0.34), (0.64, 0.52)], 0.1)
    _line(s, c, [(0.88, 0.7), (0.16, 0.7)], 0.1)
    _line(s, c, [(0.36, 0.5), (0.14, 0.7), (0.36, 0.9)], 0.1)


def _map(s: pygame.Surface, c: Colour) -> None:
    _line(
        s,
        c,
        [
            (0.08, 0.24),
            (0.36, 0.12),
            (0.64, 0.26),
            (0.92, 0.14),
            (0.92, 0.78),
            (0.64, 0.9),
            (0.36, 0.76),
            (0.08, 0.88),
            (0.08, 0.24),
        ],
        0.09,
    )
    _line(s, c, [(0.36, 0.14), (0.36, 0.76)], 0.08)
    _line(s, c, [(0.64, 0.26), (0.64, 0.88)], 0.08)


def _save(s: pygame.Surface, c: Colour) -> None:
    _line(s, c, [(0.5, 0.1), (0.5, 0.6)], 0.12)
    _line(s, c, [(0.28, 0.4), (0.5, 0.64), (0.72, 0.4)], 0.12)
    _line(s, c, [(0.12, 0.66), (0.12, 0.9), (0.88, 0.9), (0.88, 0.66)], 0.1)


def _gear(s: pygame.Surface, c: Colour) -> None:
    for k in range(4):
        x, y = 0.44 * math.cos(math.pi * k / 4), 0.44 * math.sin(math.pi * k / 4)
        _line(s, c, [(0.5 - x, 0.5 - y), (0.5 + x, 0.5 + y)], 0.12)
    _ring(s, c, 0.5, 0.5, 0.3)
    _ring(s, (20, 22, 28), 0.5, 0.5, 0.12)


def _menu(s: pygame.Surface, c: Colour) -> None:
    for y in (0.24, 0.5, 0.76):
        _line(s, c, [(0.14, y), (0.86, y)], 0.12)


def _play(s: pygame.Surface, c: Colour) -> None:
    pygame.draw.polygon(s, c, _points(s, [(0.24, 0.1), (0.24, 0.9), (0.9, 0.5)]))


def _left(s: pygame.Surface, c: Colour) -> None:
    _line(s, c, [(0.64, 0.16), (0.3, 0.5), (0.64, 0.84)], 0.14)


def _right(s: pygame.Surface, c: Colour) -> None:
    _line(s, c, [(0.36, 0.16), (0.7, 0.5), (0.36, 0.84)], 0.14)


def _pin(s: pygame.Surface, c: Colour) -> None:
    _ring(s, c, 0.5, 0.32, 0.24)
    _line(s, c, [(0.5, 0.5), (0.5, 0.92)], 0.1)


def _folder(s: pygame.Surface, c: Colour) -> None:
    points = [(0.08, 0.2), (0.4, 0.2), (0.5, 0.32), (0.92, 0.32), (0.92, 0.82), (0.08, 0.82), (0.08, 0.2)]
    _line(s, c, points, 0.1)


def _face(s: pygame.Surface, c: Colour, mouth: list[tuple[float, float]]) -> None:
    _ring(s, c, 0.5, 0.5, 0.46, 0.09)
    for x in (0.34, 0.66):
        _ring(s, c, x, 0.4, 0.07)
    _line(s, c, mouth, 0.09)


def _smile(s: pygame.Surface, c: Colour) -> None:
    _face(s, c, [(0.28, 0.6), (0.38, 0.7), (0.5, 0.74), (0.62, 0.7), (0.72, 0.6)])


def _straight(s: pygame.Surface, c: Colour) -> None:
    _face(s, c, [(0.3, 0.66), (0.7, 0.66)])


def _frown(s: pygame.Surface, c: Colour) -> None:
    _face(s, c, [(0.28, 0.74), (0.38, 0.66), (0.5, 0.62), (0.62, 0.66), (0.72, 0.74)])


def _lock(s: pygame.Surface, c: Colour) -> None:
    side = s.get_width()
    pygame.draw.rect(s, c, (0.14 * side, 0.44 * side, 0.72 * side, 0.5 * side), border_radius=round(0.08 * side))
    _line(s, c, [(0.28, 0.44), (0.28, 0.26), (0.4, 0.1), (0.6, 0.1), (0.72, 0.26), (0.72, 0.44)], 0.1)


def _question(s: pygame.Surface, c: Colour) -> None:
    _line(s, c, [(0.28, 0.3), (0.36, 0.14), (0.6, 0.12), (0.72, 0.28), (0.66, 0.42), (0.5, 0.52), (0.5, 0.66)], 0.13)
    _ring(s, c, 0.5, 0.88, 0.08)


def _ear(s: pygame.Surface, c: Colour) -> None:
    _line(s, c, [(0.24, 0.4), (0.28, 0.18), (0.5, 0.08), (0.72, 0.18), (0.76, 0.42), (0.6, 0.62), (0.54, 0.84),
                 (0.4, 0.92), (0.28, 0.82)], 0.1)  # fmt: skip
    _line(s, c, [(0.4, 0.4), (0.5, 0.28), (0.6, 0.4), (0.5, 0.54)], 0.09)


def _star(s: pygame.Surface, c: Colour) -> None:
    far = [0.5 if k % 2 == 0 else 0.21 for k in range(10)]
    turn = [math.pi * k / 5 for k in range(10)]
    places = [(0.5 + r * math.sin(a), 0.5 - r * math.cos(a)) for r, a in zip(far, turn, strict=True)]
    pygame.draw.polygon(s, c, _points(s, places))


def _square(s: pygame.Surface, c: Colour) -> None:
    pygame.draw.polygon(s, c, _points(s, [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)]))


def _circle(s: pygame.Surface, c: Colour) -> None:
    _ring(s, c, 0.5, 0.5, 0.36, 0.12)


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
    "smile": _smile,
    "straight": _straight,
    "frown": _frown,
    "lock": _lock,
    "question": _question,
    "ear": _ear,
    "shield": _shield,
    "eye": _eye,
    "plane": _plane,
    "ship": _ship,
    "satellite": _satellite,
    "works": _works,
    "swap": _swap,
    "map": _map,
    "save": _save,
    "gear": _gear,
    "menu": _menu,
    "play": _play,
    "left": _left,
    "right": _right,
    "pin": _pin,
    "folder": _folder,
    "star": _star,
    "square": _square,
    "circle": _circle,
}


@lru_cache(maxsize=1024)
def icon(name: str, size: int, colour: Colour) -> pygame.Surface:
    """The sign `name` as a square picture of `size` pixels. Raises KeyError for an unknown name."""
    draw = ICONS[name]

    def paint(surface: pygame.Surface) -> None:
        surface.fill((*colour, 0))
        draw(surface, colour)

    return shape((size, size), paint)
