"""Simple flags drawn for this project; a party without one gets its letters on a tile."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pygame

from ..theme import Theme
from .paint import box, shape

Draw = Callable[[pygame.Surface, pygame.Rect], None]
WHITE = (244, 246, 250)


def _bands(surface: pygame.Surface, rect: pygame.Rect, colours: list[tuple[int, int, int]], upright: bool) -> None:
    for k, colour in enumerate(colours):
        if upright:
            a, b = rect.x + rect.width * k // len(colours), rect.x + rect.width * (k + 1) // len(colours)
            surface.fill(colour, (a, rect.y, b - a, rect.height))
        else:
            a, b = rect.y + rect.height * k // len(colours), rect.y + rect.height * (k + 1) // len(colours)
            surface.fill(colour, (rect.x, a, rect.width, b - a))


def _ukraine(surface: pygame.Surface, rect: pygame.Rect) -> None:
    _bands(surface, rect, [(40, 112, 208), (255, 214, 64)], upright=False)


def _russia(surface: pygame.Surface, rect: pygame.Rect) -> None:
    _bands(surface, rect, [WHITE, (30, 78, 170), (206, 48, 42)], upright=False)


def _us(surface: pygame.Surface, rect: pygame.Rect) -> None:
    red, blue = (190, 46, 58), (44, 62, 118)
    _bands(surface, rect, [red, WHITE] * 3 + [red], upright=False)
    canton = pygame.Rect(rect.x, rect.y, round(rect.width * 0.44), rect.height * 4 // 7)
    surface.fill(blue, canton)
    for column in range(3):
        for row in range(3):
            x = canton.x + canton.width * (2 * column + 1) / 6
            y = canton.y + canton.height * (2 * row + 1) / 6
            pygame.draw.circle(surface, WHITE, (x, y), rect.height * 0.045)


def _uk(surface: pygame.Surface, rect: pygame.Rect) -> None:
    blue, red = (30, 56, 120), (204, 40, 56)
    before = surface.get_clip()
    surface.set_clip(rect.clip(before))
    surface.fill(blue, rect)
    h = rect.height
    for colour, width in ((WHITE, h * 0.2), (red, h * 0.07)):
        for a, b in ((rect.topleft, rect.bottomright), (rect.bottomleft, rect.topright)):
            pygame.draw.line(surface, colour, a, b, round(width))
    for colour, width in ((WHITE, h * 0.34), (red, h * 0.2)):
        surface.fill(colour, (rect.centerx - width / 2, rect.y, width, h))
        surface.fill(colour, (rect.x, rect.centery - width / 2, rect.width, width))
    surface.set_clip(before)


def _coalition(surface: pygame.Surface, rect: pygame.Rect) -> None:
    half = rect.width // 2
    _uk(surface, pygame.Rect(rect.x, rect.y, half, rect.height))
    right = pygame.Rect(rect.x + half, rect.y, rect.width - half, rect.height)
    _bands(surface, right, [(34, 62, 140), WHITE, (214, 50, 56)], upright=True)
    surface.fill((20, 24, 32), (rect.x + half - rect.height // 24, rect.y, max(1, rect.height // 12), rect.height))


def _nato(surface: pygame.Surface, rect: pygame.Rect) -> None:
    surface.fill((38, 84, 158), rect)
    x, y, far, near = rect.centerx, rect.centery, rect.height * 0.42, rect.height * 0.1
    tips = [(x, y - far), (x + far, y), (x, y + far), (x - far, y)]
    waists = [(x + near, y - near), (x + near, y + near), (x - near, y + near), (x - near, y - near)]
    for k in range(4):
        pygame.draw.polygon(surface, WHITE, [(x, y), tips[k], waists[k]])
        pygame.draw.polygon(surface, (160, 196, 244), [(x, y), tips[k], waists[k - 1]])


FLAGS: dict[str, Draw] = {"ukraine": _ukraine, "russia": _russia, "us": _us, "coalition": _coalition, "nato": _nato}
PAIRS = {"coalition"}


@lru_cache(maxsize=256)
def flag(party: str, height: int, pair: bool = False) -> pygame.Surface | None:
    """The flag of a party, `height` pixels high, or None if there is none. `pair`: two flags at their full width."""
    if party not in FLAGS:
        return None
    ratio = 2.8 if pair and party in PAIRS else 1.5

    def draw(surface: pygame.Surface) -> None:
        FLAGS[party](surface, surface.get_rect())
        mask = pygame.Surface(surface.get_size(), pygame.SRCALPHA)
        pygame.draw.rect(mask, (255, 255, 255, 255), mask.get_rect(), border_radius=surface.get_height() // 10)
        surface.blit(mask, (0, 0), special_flags=pygame.BLEND_RGBA_MIN)

    return shape((round(height * ratio), height), draw)


def flag_width(party: str, height: int, pair: bool = False) -> int:
    return round(height * (2.8 if pair and party in PAIRS else 1.5))


def draw_flag(
    surface: pygame.Surface,
    look: Theme,
    party: str,
    label: str,
    place: tuple[int, int],
    height: int,
    pair: bool = False,
) -> int:
    """Draw the flag (or the letters of `label`) with its top left at `place`; gives the width used."""
    picture = flag(party, height, pair)
    if picture is not None:
        surface.blit(picture, place)
        return picture.get_width()
    rect = pygame.Rect(place, (round(height * 1.5), height))
    box(surface, rect, max(1, height // 10), look.colour("accent"))
    style = "strong" if height >= look.px(24) else "tiny_strong"
    image = look.image(label[:2].upper(), style, look.colour("on_accent"))
    if image.get_height() > height:
        image = pygame.transform.smoothscale_by(image, height / image.get_height())
    surface.blit(image, image.get_rect(center=rect.center))
    return rect.width
