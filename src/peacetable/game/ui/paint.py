"""Smooth shapes for software surfaces: drawn four times as large, scaled down, and kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pygame

from ..theme import Colour

TIMES = 4


def shape(size: tuple[int, int], draw: Callable[[pygame.Surface], None]) -> pygame.Surface:
    """What `draw` paints on a transparent surface of four times `size`, scaled down to `size`."""
    width, height = max(1, size[0]), max(1, size[1])
    large = pygame.Surface((width * TIMES, height * TIMES), pygame.SRCALPHA)
    draw(large)
    return pygame.transform.smoothscale(large, (width, height))


@lru_cache(maxsize=32)
def fade(size: tuple[int, int], colour: Colour) -> pygame.Surface:
    """A strip of `size` pixels that is clear at the top and all `colour` at the bottom."""
    found = pygame.Surface(size, pygame.SRCALPHA)
    for y in range(size[1]):
        found.fill((*colour, round(255 * ((y + 1) / size[1]) ** 2)), (0, y, size[0], 1))
    return found


@lru_cache(maxsize=512)
def _corners(radius: int, fill: Colour | None, border: Colour | None, width: int) -> pygame.Surface:
    side = 2 * radius + 1

    def draw(surface: pygame.Surface) -> None:
        box = surface.get_rect()
        outer, inner = fill, border
        # the transparent surround takes the edge's colour, or scaling down would mix black into it
        surface.fill((*(inner or outer or (0, 0, 0)), 0))
        if outer:
            pygame.draw.rect(surface, outer, box, border_radius=radius * TIMES)
        if inner:
            pygame.draw.rect(surface, inner, box, width * TIMES, border_radius=radius * TIMES)

    return shape((side, side), draw)


def fill_rect(surface: pygame.Surface, colour: Colour, rect: pygame.Rect | tuple[float, float, float, float]) -> None:
    """Fill a rectangle; what begins above the surface does not end lower than it should, as with surface.fill."""
    if rect[0] < 0 or rect[1] < 0:
        rect = pygame.Rect(rect).clip(surface.get_rect())
    surface.fill(colour, rect)


def box(
    surface: pygame.Surface,
    rect: pygame.Rect,
    radius: int = 0,
    fill: Colour | None = None,
    border: Colour | None = None,
    width: int = 1,
) -> None:
    """A rectangle with smooth round corners, filled and/or with a border inside `rect`."""
    radius = min(radius, (rect.width - 1) // 2, (rect.height - 1) // 2)
    if radius < 1:
        if fill and rect.width > 0 and rect.height > 0:
            fill_rect(surface, fill, rect)
        if border:
            pygame.draw.rect(surface, border, rect, width)
        return
    tile = _corners(radius, fill, border, width)
    far_x, far_y = rect.right - radius, rect.bottom - radius
    for x, y, sx, sy in (
        (rect.x, rect.y, 0, 0),
        (far_x, rect.y, radius + 1, 0),
        (rect.x, far_y, 0, radius + 1),
        (far_x, far_y, radius + 1, radius + 1),
    ):
        surface.blit(tile, (x, y), (sx, sy, radius, radius))
    if fill:
        fill_rect(surface, fill, (rect.x, rect.y + radius, rect.width, rect.height - 2 * radius))
        fill_rect(surface, fill, (rect.x + radius, rect.y, rect.width - 2 * radius, radius))
        fill_rect(surface, fill, (rect.x + radius, far_y, rect.width - 2 * radius, radius))
    if border:
        fill_rect(surface, border, (rect.x + radius, rect.y, rect.width - 2 * radius, width))
        fill_rect(surface, border, (rect.x + radius, rect.bottom - width, rect.width - 2 * radius, width))
        fill_rect(surface, border, (rect.x, rect.y + radius, width, rect.height - 2 * radius))
        fill_rect(surface, border, (rect.right - width, rect.y + radius, width, rect.height - 2 * radius))


def hatch(surface: pygame.Surface, rect: pygame.Rect, colour: Colour, step: int) -> None:
    """Thin diagonal lines over a rectangle."""
    before = surface.get_clip()
    surface.set_clip(rect.clip(before))
    for x in range(rect.x - rect.height, rect.right, max(3, step)):
        pygame.draw.aaline(surface, colour, (x, rect.bottom), (x + rect.height, rect.y))
    surface.set_clip(before)


def dashes(surface: pygame.Surface, rect: pygame.Rect, colour: Colour, dash: int, width: int = 1) -> None:
    """A dashed border inside `rect`."""
    surface.blit(_dashed(rect.size, colour, dash, width), rect)


@lru_cache(maxsize=128)
def _dashed(size: tuple[int, int], colour: Colour, dash: int, width: int) -> pygame.Surface:
    found = pygame.Surface(size, pygame.SRCALPHA)
    for x in range(0, size[0], 2 * dash):
        found.fill(colour, (x, 0, dash, width))
        found.fill(colour, (x, size[1] - width, dash, width))
    for y in range(0, size[1], 2 * dash):
        found.fill(colour, (0, y, width, dash))
        found.fill(colour, (size[0] - width, y, width, dash))
    return found


@lru_cache(maxsize=512)
def dots(width: int, colour: Colour, dot: int, gap: int) -> pygame.Surface:
    """A dotted line: dots of `dot` pixels, `gap` from one to the next."""
    found = pygame.Surface((max(1, width), max(1, dot // 2)), pygame.SRCALPHA)
    for x in range(0, width, gap):
        found.fill(colour, (x, 0, dot, found.get_height()))
    return found
