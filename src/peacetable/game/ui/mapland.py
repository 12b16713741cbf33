"""Land and sea of the map, and what all of its parts are drawn with. Twice as large as shown, which smooths edges."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pygame

from ...seat.cartography import Fit, Sheet, atlas
from ...seat.linework import bounds, thinned
from ...seat.placing import Box
from ..theme import Palette, mixed

TIMES = 2  # land and marks are drawn this much larger and scaled down, which smooths their edges


class Ground:
    """The colours of land and sea, made from a palette so that every palette has its map. All neighbours look alike."""

    def __init__(self, p: Palette):
        self.sea = mixed(p.background, p.accent, 0.24)
        self.land = mixed(p.panel, p.edge, 0.36)
        self.border = mixed(p.background, p.panel, 0.5)
        self.ukraine = mixed(mixed(p.panel, p.edge, 0.5), p.gold, 0.46)
        self.inner = mixed(self.ukraine, p.background, 0.28)
        self.occupied = mixed(self.ukraine, p.background, 0.78)


def draw_ring(surface: pygame.Surface, p: Palette, at: tuple[float, float], r: int, chosen: bool) -> None:
    """An open ring, or a thick one with a dot in it for what is chosen."""
    thick = max(2, r // 4)
    pygame.draw.circle(surface, p.background, at, r + thick)
    pygame.draw.circle(surface, p.gold if chosen else p.text, at, r, thick)
    if chosen:
        pygame.draw.circle(surface, p.gold, at, r - 2 * thick)


def draw_stroke(surface: pygame.Surface, colour: Sequence[int], line: np.ndarray, width: int) -> None:
    """A line whose corners are round."""
    draw_lines(surface, colour, False, line, width)
    if width > 3:
        for point in line.tolist():
            pygame.draw.circle(surface, colour, point, width / 2)


def draw_polygon(surface: pygame.Surface, colour: Sequence[int], points: np.ndarray | list[np.ndarray]) -> None:
    pygame.draw.polygon(surface, colour, np.asarray(points).tolist())


def draw_lines(surface: pygame.Surface, colour: Sequence[int], closed: bool, points: np.ndarray, width: int) -> None:
    pygame.draw.lines(surface, colour, closed, points.tolist(), width)


def masked(rings: Sequence[np.ndarray], around: Box) -> pygame.Surface:
    """White inside the outlines, transparent outside; its top left corner is that of `around`."""
    mask = pygame.Surface(around[2:], pygame.SRCALPHA)
    mask.fill((255, 255, 255, 0))
    for ring in rings:
        draw_polygon(mask, (255, 255, 255, 255), ring - around[:2])
    return mask


@lru_cache(maxsize=3)
def land(sheet: Sheet, size: tuple[int, int], palette: Palette) -> pygame.Surface:
    """Sea, countries, Ukraine with Crimea, and the hatching of what is occupied; TIMES as large as `size`."""
    ground, known = Ground(palette), atlas()
    large = (size[0] * TIMES, size[1] * TIMES)
    surface = pygame.Surface(large)
    surface.fill(ground.sea)
    fit = Fit(sheet, large)
    unit = max(1, size[0] // 700) * TIMES
    for name, rings in known.rings.items():
        colour = ground.ukraine if name in ("ukraine", "crimea") else ground.land
        for ring in rings:
            draw_polygon(surface, colour, fit(ring))
            draw_lines(surface, ground.border, True, fit(ring), unit)
    for line in known.inner:
        draw_lines(surface, ground.inner, False, fit(line), max(1, unit // 2))
    _hatch_crimea(surface, fit, ground, unit)
    return surface


@lru_cache(maxsize=6)
def border(sheet: Sheet, size: tuple[int, int], origin: tuple[int, int], far: int) -> list[np.ndarray]:
    """The border of Ukraine with Crimea on the large picture, to `far` pixels, without its small islands."""
    fit = Fit(sheet, (size[0] * TIMES, size[1] * TIMES), (origin[0] * TIMES, origin[1] * TIMES))
    lines = [fit(line) for line in atlas().border]
    return [thinned(line, far) for line in lines if np.ptp(line, axis=0).max() > 25 * far]


def _hatch_crimea(surface: pygame.Surface, fit: Fit, ground: Ground, unit: int) -> None:
    rings = [fit(ring) for ring in atlas().rings["crimea"]]
    around = bounds(rings)
    lines = pygame.Surface(around[2:], pygame.SRCALPHA)
    lines.fill((*ground.occupied, 0))
    for x in range(-around.height, around.width, 6 * unit):
        pygame.draw.line(lines, (*ground.occupied, 255), (x, around.height), (x + around.height, 0), unit)
    lines.blit(masked(rings, around), (0, 0), special_flags=pygame.BLEND_RGBA_MULT)
    surface.blit(lines, around)
