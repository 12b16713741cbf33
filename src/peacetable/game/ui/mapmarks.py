"""What a package puts on the map, kind by kind: areas, lines, bases, soldiers, cities."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pygame

from ...seat.cartography import Fit, Mark, Sheet, atlas, circle
from ...seat.linework import arrowhead, bounds, dashes, evenly, heap, heap_reach, rounded
from ...seat.placing import Box, Places
from ..theme import Colour, Theme
from .icons import icon
from .mapland import TIMES, border, draw_lines, draw_polygon, draw_ring, draw_stroke, land, masked

TONES = {"air": "link", "arms": "good", "sea": "link", "line": "text", "watch": "gold", "force": "gold"}
MARKS_PER_KM = 0.45  # pixels of a kilometre at which marks are as large as the letters


class Marks:
    """Draws on `large`, a picture TIMES as large as the one shown, of which the map takes `area`. `labels`: (place,
    reach, text key) of what has a name; `symbols`: kind and place of what stands on the map, for tests; `places`: where
    words may stand."""

    def __init__(self, sheet: Sheet, size: tuple[int, int], area: pygame.Rect, look: Theme):
        self.sheet, self.area, self.look, self.p = sheet, area, look, look.palette
        self.fit = Fit(sheet, (area.width * TIMES, area.height * TIMES), (area.x * TIMES, area.y * TIMES))
        self.large = pygame.Surface((size[0] * TIMES, size[1] * TIMES))
        self.large.fill(look.palette.panel)
        self.large.blit(land(sheet, area.size, look.palette), (area.x * TIMES, area.y * TIMES))
        self.large.set_clip(pygame.Rect([v * TIMES for v in area]))
        self.small_map = area.width < look.px(420)  # too small for words beside the marks; the legend has them
        self.unit = min(look.scale * TIMES, self.fit.scale / MARKS_PER_KM)  # so that marks do not crowd a small map
        self.labels: list[tuple[tuple[float, float], float, str]] = []
        self.symbols: list[tuple[str, Box]] = []
        self.places = Places(area.inflate(-look.px(6), -look.px(6)), look.px(6), look.px(5))

    def draw(self, mark: Mark) -> None:
        """One mark of any kind but those that are words."""
        getattr(self, f"_{mark.kind}")(mark)

    def _px(self, measure: float) -> int:
        return max(1, round(self.unit * measure))

    def _tone(self, mark: Mark, other: str) -> Colour:
        return self.look.colour(TONES[mark.data.get("tone", other)])

    def _spots(self, mark: Mark) -> list[tuple[float, float]]:
        """Pixels of the places of a mark."""
        return [(float(x), float(y)) for x, y in self.fit(atlas().spots(mark))]

    def _label(self, mark: Mark, place: tuple[float, float], r: float = math.inf) -> None:
        """`r`: how far what is named reaches from `place`; beyond it a line leads to the label."""
        if mark.label:
            self.labels.append(((place[0] / TIMES, place[1] / TIMES), r / TIMES, mark.label))

    def _keep_off(self, kind: str, x: float, y: float, r: float) -> None:
        """Words do not cover what is drawn here."""
        self.places.marked.append(Box.round(x / TIMES, y / TIMES, r / TIMES))
        self.symbols.append((kind, self.places.marked[-1]))

    def _area(self, mark: Mark) -> None:
        rings = [self.fit(ring) for ring in atlas().rings_of(mark)]
        around = self._seen(rings)
        mask = masked(rings, Box(*around))
        if "clip" in mark.data:
            inside = masked([self.fit(ring) for ring in atlas().outline(mark.data["clip"])], Box(*around))
            mask.blit(inside, (0, 0), special_flags=pygame.BLEND_RGBA_MIN)
        pattern = self._pattern(mark.data["style"], around.size)
        pattern.blit(mask, (0, 0), special_flags=pygame.BLEND_RGBA_MULT)
        self.large.blit(pattern, around)
        if "clip" not in mark.data:
            for ring in rings:
                draw_lines(self.large, self._style(mark.data["style"])[0], True, ring, self._px(1))
        if "at" in mark.data:
            self._label(mark, self.fit.point(mark.data["at"]))

    def _seen(self, rings: Sequence[np.ndarray]) -> pygame.Rect:
        """The part of the picture that outlines take."""
        return pygame.Rect(bounds(rings)).clip(self.large.get_rect())

    def _style(self, style: str) -> tuple[Colour, int, str]:
        """Colour, opacity of the fill, and the pattern of an area."""
        p = self.p
        return {
            "air": (p.link, 46, "rising"),
            "sea": (p.link, 60, "level"),
            "mines": (p.gold, 36, "dots"),
            "closed": (p.text, 40, "crossed"),
            "limits": (p.text, 20, "falling"),
            "recognised": (p.text, 26, "level"),
            "withdrawal": (p.gold, 30, "crossed"),
        }[style]

    def _pattern(self, style: str, size: tuple[int, int]) -> pygame.Surface:
        colour, opacity, kind = self._style(style)
        surface = pygame.Surface(size, pygame.SRCALPHA)
        surface.fill((*colour, opacity))
        width, height = size
        step, thick, ink = self._px(11), self._px(1), (*colour, 150)
        if kind == "dots":
            for row, y in enumerate(range(step // 2, height, step)):
                for x in range(step // 2 + (row % 2) * step // 2, width, step):
                    pygame.draw.circle(surface, ink, (x, y), self._px(1.6))
        if kind == "level":
            for y in range(0, height, step):
                pygame.draw.line(surface, ink, (0, y), (width, y), thick)
        if kind in ("rising", "crossed"):
            for x in range(-height, width, step):
                pygame.draw.line(surface, ink, (x, height), (x + height, 0), thick)
        if kind in ("falling", "crossed"):
            for x in range(-height, width, step):
                pygame.draw.line(surface, ink, (x, 0), (x + height, height), thick)
        return surface

    def _reach(self, mark: Mark) -> None:
        colour = self._tone(mark, "air")
        for at in mark.data["places"]:
            ring = self.fit(circle(at, mark.data["km"]))
            around = self._seen([ring])
            glow = pygame.Surface(around.size, pygame.SRCALPHA)
            draw_polygon(glow, (*colour, 44), ring - around.topleft)
            self.large.blit(glow, around)
            closed = np.concatenate([ring, ring[:1]])
            self._dashed(closed, colour, self._px(2), self._px(8))

    def _outline(self, mark: Mark) -> None:
        """A line round Ukraine with Crimea, a little simpler than the coast, which would fray it."""
        colour = self._tone(mark, "force") if "tone" not in mark.data else self._tone(mark, "line")
        style = mark.data["style"]
        for line in border(self.sheet, self.area.size, self.area.topleft, self._px(1.5)):
            if style in ("solid", "double"):
                width = self._px(3 if style == "solid" else 6)
                draw_stroke(self.large, self.p.background, line, width + self._px(2))
                draw_stroke(self.large, colour, line, width)
                if style == "double":
                    draw_stroke(self.large, self.p.background, line, self._px(2.4))
            else:
                self._dashed(line, colour, self._px(2.6), self._px(9 if style == "dashed" else 2.5))

    def _dashed(self, line: np.ndarray, colour: Colour, width: int, dash: int) -> None:
        for piece in dashes(line, dash):
            draw_lines(self.large, colour, False, piece, width)

    def _line(self, mark: Mark) -> None:
        line = self.fit(rounded(atlas().shapes[mark.data["shape"]]))
        colour, width = self._tone(mark, "line"), self._px(1.2 * mark.data["width"])
        draw_stroke(self.large, self.p.background, line, width + self._px(2))
        if mark.data["style"] == "dashed":
            self._dashed(line, colour, width, self._px(6))
        else:
            draw_stroke(self.large, colour, line, width)
            self._head(line[-1], line[-1] - line[-4], colour, width + self._px(5))
        for x, y in evenly(line, self._px(8)):
            self._keep_off(mark.data["style"], x, y, self._px(4))
        if "at" in mark.data:
            self._label(mark, self.fit.point(mark.data["at"]))

    def _head(self, tip: np.ndarray, way: np.ndarray, colour: Colour, size: int) -> None:
        corners = arrowhead(tip, way, size)
        draw_polygon(self.large, self.p.background, corners + (corners - tip) * 0.3)
        draw_polygon(self.large, colour, corners)

    def _base(self, mark: Mark) -> None:
        for n, (x, y) in enumerate(self._spots(mark)):
            r = self._px(8)
            corners = [(x, y - r), (x + r, y + r * 0.8), (x - r, y + r * 0.8)]
            pygame.draw.polygon(self.large, self.p.background, [(a, b + (b - y) * 0.15) for a, b in corners], 0)
            pygame.draw.polygon(self.large, self._tone(mark, "air"), corners)
            pygame.draw.polygon(self.large, self.p.background, corners, self._px(1))
            self._keep_off("base", x, y, r)
            if n == 0:
                self._label(mark, (x, y), r)

    def _signs(self, mark: Mark) -> None:
        side = self._px(17)
        for n, (x, y) in enumerate(self._spots(mark)):
            pygame.draw.circle(self.large, self.p.panel, (x, y), side * 0.72)
            pygame.draw.circle(self.large, self._tone(mark, "line"), (x, y), side * 0.72, self._px(1.2))
            picture = icon(mark.data["sign"], side, self._tone(mark, "line"))
            self.large.blit(picture, (x - side / 2, y - side / 2))
            self._keep_off("sign", x, y, side * 0.72)
            if n == 0:
                self._label(mark, (x, y), side * 0.72)

    def _dots(self, mark: Mark) -> None:
        """A dot for a thousand soldiers, in groups: longitude, latitude, how many."""
        groups = mark.data["groups"]
        r = max(1.5 * TIMES, 3.0 * self.unit)
        for k, (lon, lat, count) in enumerate(groups):
            x, y = self.fit.point((lon, lat))
            for dx, dy in heap(count, r):
                spot = (x + dx, y + dy)
                pygame.draw.circle(self.large, self.p.background, spot, r + self._px(0.8))
                pygame.draw.circle(self.large, self._tone(mark, "force"), spot, r)
            wide = heap_reach(count, r)
            self._keep_off("dots", x, y, wide)
            if k == min(1, len(groups) - 1):
                self._label(mark, (x, y), wide)

    def cities(self, listed: Sequence[Mark], chosen: Sequence[Mark]) -> None:
        """Dots for cities, rings for those between which a choice is."""
        for key, at in self.sheet.cities:
            if key not in {m.label for m in listed}:
                x, y = self.fit.point(at)
                self._keep_off("city", x, y, self._px(4))
        for mark in listed:
            if self.sheet.holds(mark.data["at"]):
                x, y = self.fit.point(mark.data["at"])
                r = TIMES * self.look.px((8 if mark in chosen else 6) - self.small_map)
                draw_ring(self.large, self.p, (x, y), r, mark in chosen)
                self._keep_off("city", x, y, r)
