"""The map as a picture: land, sea and what a package puts on them. Pictures are made once and kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import pygame

from ..cartography import Fit, Mark, Sheet, along, atlas, circle, frame, rounded
from ..text import Catalogue
from ..theme import RADIUS, Colour, Palette, Theme
from .base import Widget
from .chart import mix
from .icons import icon
from .paint import box

TIMES = 2  # land and marks are drawn this much larger and scaled down, which smooths their edges
OWN = ("map.land.ukraine", "map.land.crimea")  # names that even a small map shows
SQUARES = 100  # of ten thousand soldiers each, in the picture of an army
TONES = {"air": "link", "arms": "good", "sea": "link", "line": "text", "watch": "gold", "force": "gold"}


class Ground:
    """The colours of land and sea, made from a palette so that every palette has its map. All neighbours look alike."""

    def __init__(self, p: Palette):
        self.sea = mix(p.background, p.accent, 0.22)
        self.land = mix(p.panel, p.edge, 0.28)
        self.border = mix(p.background, p.panel, 0.5)
        self.ukraine = mix(mix(p.panel, p.edge, 0.45), p.gold, 0.24)
        self.inner = mix(self.ukraine, p.background, 0.28)
        self.occupied = mix(self.ukraine, p.background, 0.72)


class MapView(Widget):
    """What `shown`, (issue, level) pairs, mean on the ground. `chips`: (issue id, text) for what has no place; `title`:
    which package it is, written in the corner."""

    role = "image"

    def __init__(
        self,
        id: str,
        rect: pygame.Rect,
        label: str,
        sheet: Sheet,
        shown: Sequence[tuple[str, str]],
        t: Catalogue,
        chips: Sequence[tuple[str, str]] = (),
        title: str = "",
    ):
        super().__init__(id, rect, label)
        self.sheet, self.shown, self.chips, self.title, self._t = sheet, tuple(shown), tuple(chips), title, t

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        key = (self.sheet, self.rect.size, look.palette, look.scale, look.large, self.shown, self.chips, self.title)
        picture = _PICTURES.get(key)
        if picture is None:
            while len(_PICTURES) >= KEEP:
                del _PICTURES[next(iter(_PICTURES))]
            picture = _PICTURES[key] = Painter(self, look).picture()
        surface.blit(picture, self.rect)

    def overflow(self, look: Theme) -> list[str]:
        painter = Painter(self, look)
        painter.picture()
        return [f"{self.id}: the label {text!r} finds no place" for text in painter.lost]


KEEP = 6  # pictures: a few steps back and forth, or two maps side by side
_PICTURES: dict[tuple, pygame.Surface] = {}


class Painter:
    """Draws one picture. `lost`: labels for which there was no room."""

    def __init__(self, view: MapView, look: Theme):
        self.view, self.look, self.p = view, look, look.palette
        self.size = (max(1, view.rect.width), max(1, view.rect.height))
        self.fit = Fit(view.sheet.box, (self.size[0] * TIMES, self.size[1] * TIMES))
        self.large = _land(view.sheet, self.size, look.palette).copy()
        self.small_map = self.size[0] < look.px(420)  # too small for words beside the marks; the legend has them
        self.unit = min(look.scale, self.size[0] / 620) * TIMES
        self.labels: list[tuple[tuple[float, float], str, bool]] = []
        self.taken: list[pygame.Rect] = []
        self.lost: list[str] = []

    def picture(self) -> pygame.Surface:
        marks = [(issue, level, m) for issue, level in self.view.shown for m in atlas().marks(issue, level)]
        order = ["area", "reach", "outline", "line", "base", "signs", "dots", "place"]
        for kind in order:
            for _, _, mark in marks:
                if mark.kind == kind:
                    getattr(self, f"_{kind}")(mark)
        self.small = pygame.transform.smoothscale(self.large, self.size)
        self._sheet_edge()
        self._title()
        self._chips([(issue, m) for issue, _, m in marks if m.kind == "chip"])
        for _, _, mark in marks:
            if mark.kind == "army" and not self.small_map:
                self._army(mark)
        if self.small_map and any(m.illustrative for _, _, m in marks):
            self.labels = [((0.0, float(self.size[1])), self.view._t("map.illustrative.short"), False)]
        elif self.small_map:
            self.labels = []
        self._labels()
        self._names()
        return self.small

    # -- marks, on the large picture ---------------------------------------------------------------------------------

    def _px(self, measure: float) -> int:
        return max(1, round(self.unit * measure))

    def _tone(self, mark: Mark, other: str) -> Colour:
        return self.look.colour(TONES[mark.data.get("tone", other)])

    def _places(self, mark: Mark) -> list[tuple[float, float]]:
        """Pixels of the places of a mark: listed, or spread along a line."""
        if "shape" in mark.data:
            where = along(atlas().shapes[mark.data["shape"]], mark.data["count"])
        else:
            where = np.array(mark.data["places"], dtype=float)
        return [(float(x), float(y)) for x, y in self.fit(where)]

    def _label(self, mark: Mark, place: tuple[float, float], beside: bool = False) -> None:
        if mark.label:
            text = self.view._t(mark.label)
            text = self.view._t("map.illustrative.label", text=text) if mark.illustrative else text
            self.labels.append(((place[0] / TIMES, place[1] / TIMES), text, beside))

    def _area(self, mark: Mark) -> None:
        if "shape" in mark.data:
            rings = [self.fit(rounded(atlas().shapes[mark.data["shape"]]))]
        else:
            rings = [self.fit(ring) for name in mark.data["of"] for ring in atlas().outline(name)]
        around = _around(rings).clip(self.large.get_rect())
        mask = _mask(rings, around)
        if "clip" in mark.data:
            inside = _mask([self.fit(ring) for ring in atlas().outline(mark.data["clip"])], around)
            mask.blit(inside, (0, 0), special_flags=pygame.BLEND_RGBA_MIN)
        pattern = self._pattern(mark.data["style"], around.size)
        pattern.blit(mask, (0, 0), special_flags=pygame.BLEND_RGBA_MULT)
        self.large.blit(pattern, around)
        if "clip" not in mark.data:
            for ring in rings:
                _lines(self.large, self._style(mark.data["style"])[0], True, ring, self._px(1))
        if "at" in mark.data:
            self._label(mark, self.fit.point(mark.data["at"]))

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
            around = _around([ring]).clip(self.large.get_rect())
            glow = pygame.Surface(around.size, pygame.SRCALPHA)
            _polygon(glow, (*colour, 34), ring - around.topleft)
            self.large.blit(glow, around)
            self._dashed(np.concatenate([ring, ring[:1]]), colour, self._px(1.4), self._px(7))

    def _outline(self, mark: Mark) -> None:
        colour = self._tone(mark, "force") if "tone" not in mark.data else self._tone(mark, "line")
        style = mark.data["style"]
        for ring in (*atlas().rings["ukraine"], *atlas().rings["crimea"]):
            line = self.fit(np.concatenate([ring, ring[:1]]))
            if style == "solid":
                _lines(self.large, colour, False, line, self._px(2.5))
            elif style == "double":
                _lines(self.large, colour, False, line, self._px(5))
                _lines(self.large, Ground(self.p).ukraine, False, line, self._px(2))
            else:
                self._dashed(line, colour, self._px(2.2), self._px(9 if style == "dashed" else 2.5))

    def _dashed(self, line: np.ndarray, colour: Colour, width: int, dash: int) -> None:
        lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        if lengths[-1] <= 0:
            return
        for start in np.arange(0, lengths[-1], 2 * dash):
            at = np.array([start, *lengths[(lengths > start) & (lengths < start + dash)], start + dash])
            piece = np.stack([np.interp(at, lengths, line[:, 0]), np.interp(at, lengths, line[:, 1])], axis=1)
            _lines(self.large, colour, False, piece, width)

    def _line(self, mark: Mark) -> None:
        line = self.fit(rounded(atlas().shapes[mark.data["shape"]]))
        colour, width = self._tone(mark, "line"), self._px(1.2 * mark.data["width"])
        if mark.data["style"] == "dashed":
            _lines(self.large, self.p.background, False, line, width + self._px(2))
            self._dashed(line, colour, width, self._px(6))
        else:
            _lines(self.large, self.p.background, False, line, width + self._px(2))
            _lines(self.large, colour, False, line, width)
            self._head(line[-1], line[-1] - line[-4], colour, width + self._px(5))
        if "at" in mark.data:
            self._label(mark, self.fit.point(mark.data["at"]))

    def _head(self, tip: np.ndarray, along_: np.ndarray, colour: Colour, size: int) -> None:
        ahead = along_ / max(1e-9, float(np.hypot(*along_)))
        side = np.array([-ahead[1], ahead[0]])
        corners = [tip + ahead * size, tip + side * size * 0.7, tip - side * size * 0.7]
        _polygon(self.large, self.p.background, [c + (c - tip) * 0.3 for c in corners])
        _polygon(self.large, colour, corners)

    def _base(self, mark: Mark) -> None:
        for n, (x, y) in enumerate(self._places(mark)):
            r = self._px(8)
            corners = [(x, y - r), (x + r, y + r * 0.8), (x - r, y + r * 0.8)]
            pygame.draw.polygon(self.large, self.p.background, [(a, b + (b - y) * 0.15) for a, b in corners], 0)
            pygame.draw.polygon(self.large, self._tone(mark, "air"), corners)
            pygame.draw.polygon(self.large, self.p.background, corners, self._px(1))
            if n == 0:
                self._label(mark, (x, y + r), beside=True)

    def _signs(self, mark: Mark) -> None:
        side = self._px(17)
        for n, (x, y) in enumerate(self._places(mark)):
            pygame.draw.circle(self.large, self.p.panel, (x, y), side * 0.72)
            pygame.draw.circle(self.large, self._tone(mark, "line"), (x, y), side * 0.72, self._px(1.2))
            picture = icon(mark.data["sign"], side, self._tone(mark, "line"))
            self.large.blit(picture, (x - side / 2, y - side / 2))
            if n == 0:
                self._label(mark, (x, y + side), beside=True)

    def _dots(self, mark: Mark) -> None:
        if "shape" in mark.data:
            centres = along(atlas().shapes[mark.data["shape"]], mark.data["clusters"])
            counts = [len(part) for part in np.array_split(np.arange(mark.data["count"]), len(centres))]
            groups = [(*centre, n) for centre, n in zip(centres, counts, strict=True)]
        else:
            groups = mark.data["groups"]
        r = max(1.5 * TIMES, 3.2 * self.unit)
        for k, (lon, lat, count) in enumerate(groups):
            x, y = self.fit.point((lon, lat))
            for n in range(count):
                far, angle = 2.1 * r * math.sqrt(n + 0.4), n * 2.39996
                spot = (x + far * math.cos(angle), y + far * math.sin(angle))
                pygame.draw.circle(self.large, self.p.background, spot, r + self._px(0.8))
                pygame.draw.circle(self.large, self._tone(mark, "force"), spot, r)
            if k == min(1, len(groups) - 1):
                self._label(mark, (x, y + 2.1 * r * math.sqrt(count) + r), beside=True)

    def _place(self, mark: Mark) -> None:
        x, y = self.fit.point(mark.data["at"])
        width, height = self.large.get_size()
        edge = self._px(16)
        inside = (min(max(x, edge), width - edge), min(max(y, edge), height - edge))
        r = self._px(7)
        if inside != (x, y):
            ahead = np.array([x - inside[0], y - inside[1]])
            self._head(np.array(inside), ahead, self.p.gold, self._px(11))
            text = self.view._t("map.off_map", place=self.view._t(mark.label))
            self.labels.append(((inside[0] / TIMES, inside[1] / TIMES + self.look.px(16)), text, True))
            return
        pygame.draw.circle(self.large, self.p.background, (x, y), r + self._px(2))
        pygame.draw.circle(self.large, self.p.gold, (x, y), r)
        pygame.draw.circle(self.large, self.p.gold, (x, y), r + self._px(6), self._px(2))
        self._label(mark, (x, y + r + self._px(6)), beside=True)

    # -- words, on the small picture -----------------------------------------------------------------------------------

    def _sheet_edge(self) -> None:
        corner = pygame.Surface(self.size, pygame.SRCALPHA)
        corner.fill((*self.p.panel, 255))
        r = self.look.px(RADIUS)
        pygame.draw.rect(corner, (0, 0, 0, 0), corner.get_rect(), border_radius=r)
        self.small.blit(corner, (0, 0))
        box(self.small, self.small.get_rect(), r, None, self.p.border)

    def _plate(self, rect: pygame.Rect) -> None:
        box(self.small, rect, self.look.px(5), self.p.panel, self.p.border)
        self.taken.append(rect)

    def _title(self) -> None:
        look, pad = self.look, self.look.px(8)
        if not self.view.title:
            return
        text = look.elide(self.view.title, "small_strong", self.size[0] - 6 * pad)
        image = look.image(text, "small_strong", self.p.text)
        rect = pygame.Rect(pad, pad, image.get_width() + 2 * pad, image.get_height() + pad)
        self._plate(rect)
        self.small.blit(image, image.get_rect(center=rect.center))

    def _chips(self, found: Sequence[tuple[str, Mark]]) -> None:
        """What has no place, in the corner: sign and words, on a small map the signs alone."""
        look, p = self.look, self.p
        words, pad, side = dict(self.view.chips), look.px(6), look.px(12)
        x, y = self.size[0] - look.px(8), look.px(8)
        for issue, mark in found:
            text = "" if self.small_map else look.elide(words.get(issue, ""), "tiny", round(self.size[0] * 0.42))
            width = side + 2 * pad + (look.width(text, "tiny") + pad if text else 0)
            rect = pygame.Rect(x - width, y, width, look.line("tiny") + pad)
            self._plate(rect)
            self.small.blit(icon(mark.data["sign"], side, p.gold), (rect.x + pad, rect.centery - side // 2))
            image = look.image(text, "tiny", p.text)
            self.small.blit(image, image.get_rect(midleft=(rect.x + side + 2 * pad, rect.centery)))
            if self.small_map:
                x = rect.x - look.px(4)
            else:
                y = rect.bottom + look.px(4)

    def _army(self, mark: Mark) -> None:
        """One square for ten thousand soldiers; the limit filled, the rest empty; without a limit all are filled."""
        look, p, pad = self.look, self.p, self.look.px(8)
        text = self.view._t(mark.label)
        side = max(3, min(look.px(8), self.size[0] // 90))
        step, columns = side + max(1, look.px(2)), 20
        wide = max(columns * step, look.width(text, "tiny"))
        rect = pygame.Rect(0, 0, wide + 2 * pad, SQUARES // columns * step + look.line("tiny") + 2 * pad)
        rect.bottomright = (self.size[0] - pad, self.size[1] - pad)
        self._plate(rect)
        self.small.blit(look.image(text, "tiny", p.text), (rect.x + pad, rect.y + pad // 2))
        top = rect.y + pad + look.line("tiny")
        limit = mark.data["thousands"] / 10 or SQUARES
        for n in range(SQUARES):
            square = pygame.Rect(rect.x + pad + n % columns * step, top + n // columns * step, side, side)
            if n < limit:
                part = min(1.0, limit - n)
                self.small.fill(p.gold, (square.x, square.y, max(1, round(side * part)), side))
            elif mark.data["thousands"]:
                pygame.draw.rect(self.small, p.edge, square, 1)

    def _names(self) -> None:
        """Countries and cities, where nothing else stands."""
        look, p = self.look, self.p
        ringed = {m.label for issue, level in self.view.shown for m in atlas().marks(issue, level) if m.kind == "place"}
        for key, at in self.view.sheet.cities:
            x, y = (v / TIMES for v in self.fit.point(at))
            r = look.px(2.5)
            pygame.draw.circle(self.small, p.background, (x, y), r + 1)
            pygame.draw.circle(self.small, p.text, (x, y), r)
            if not self.small_map and key not in ringed:
                self._word(self.view._t(key), (x, y - look.px(10)), "tiny", p.text)
        for key, at in self.view.sheet.names:
            own = key in OWN
            if own or not self.small_map:
                place = self.fit.point(at)
                style = "small_strong" if own else "small"
                self._word(self.view._t(key), (place[0] / TIMES, place[1] / TIMES), style, p.text if own else p.muted)

    def _word(self, text: str, place: tuple[float, float], style: str, colour: Colour) -> None:
        """A word on a dark rim, so that it can be read on every ground."""
        image = self.look.image(text, style, colour)
        rim = self.look.image(text, style, self.p.background)
        whole = self.small.get_rect().inflate(-self.look.px(8), -self.look.px(8))
        rect = image.get_rect(center=place)
        if not whole.collidepoint(rect.center):
            return
        rect.clamp_ip(whole)
        if rect.collidelist(self.taken) >= 0:
            return
        d = max(1, self.look.px(1.5))
        for dx, dy in ((d, 0), (-d, 0), (0, d), (0, -d), (d, d), (-d, -d), (d, -d), (-d, d)):
            self.small.blit(rim, rect.move(dx, dy))
        self.small.blit(image, rect)
        self.taken.append(rect)

    def _labels(self) -> None:
        """What marks are called, on small plates that do not cover one another."""
        look, p = self.look, self.p
        for (x, y), text, beside in self.labels:
            lines = look.wrap(text, "tiny", min(look.px(170), self.size[0] // 2))
            width, height = max(look.width(line, "tiny") for line in lines), len(lines) * look.line("tiny")
            rect = pygame.Rect(0, 0, width + look.px(10), height + look.px(4))
            rect.midtop = (round(x), round(y) + look.px(3) if beside else round(y) - rect.height // 2)
            place = self._free(rect)
            if place is None:
                self.lost.append(text)
                continue
            self._plate(place)
            for n, line in enumerate(lines):
                image = look.image(line, "tiny", p.text)
                self.small.blit(image, (place.x + look.px(5), place.y + look.px(2) + n * look.line("tiny")))

    def _free(self, rect: pygame.Rect) -> pygame.Rect | None:
        """The nearest spot where the plate covers no other, or None."""
        whole = self.small.get_rect().inflate(-self.look.px(6), -self.look.px(6))
        rect = rect.clamp(whole)
        step = self.look.px(7)
        for far in range(60):
            for turn in range(8 if far else 1):
                angle = turn * math.pi / 4 + math.pi / 2
                moved = rect.move(round(far * step * math.cos(angle)), round(far * step * math.sin(angle)))
                if whole.contains(moved) and moved.collidelist(self.taken) < 0:
                    return moved
        return None


def _polygon(surface: pygame.Surface, colour: Sequence[int], points: np.ndarray | list[np.ndarray]) -> None:
    pygame.draw.polygon(surface, colour, np.asarray(points).tolist())


def _lines(surface: pygame.Surface, colour: Sequence[int], closed: bool, points: np.ndarray, width: int) -> None:
    pygame.draw.lines(surface, colour, closed, points.tolist(), width)


def _around(rings: Sequence[np.ndarray]) -> pygame.Rect:
    """The rectangle round outlines in pixels."""
    every = np.concatenate(rings)
    low, high = np.floor(every.min(axis=0)) - 2, np.ceil(every.max(axis=0)) + 2
    return pygame.Rect(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))


def _mask(rings: Sequence[np.ndarray], around: pygame.Rect) -> pygame.Surface:
    """White inside the outlines, transparent outside; its top left corner is that of `around`."""
    mask = pygame.Surface(around.size, pygame.SRCALPHA)
    mask.fill((255, 255, 255, 0))
    for ring in rings:
        _polygon(mask, (255, 255, 255, 255), ring - around.topleft)
    return mask


@lru_cache(maxsize=3)
def _land(sheet: Sheet, size: tuple[int, int], palette: Palette) -> pygame.Surface:
    """Sea, countries, Ukraine with Crimea, and the hatching of what is occupied; TIMES as large as `size`."""
    ground, known = Ground(palette), atlas()
    large = (size[0] * TIMES, size[1] * TIMES)
    surface = pygame.Surface(large)
    surface.fill(palette.panel)
    fit = Fit(sheet.box, large)
    _polygon(surface, ground.sea, fit(frame(known.edge)))
    unit = max(1, size[0] // 700) * TIMES
    for name, rings in known.rings.items():
        colour = ground.ukraine if name in ("ukraine", "crimea") else ground.land
        for ring in rings:
            _polygon(surface, colour, fit(ring))
            _lines(surface, ground.border, True, fit(ring), unit)
    for line in known.inner:
        _lines(surface, ground.inner, False, fit(line), max(1, unit // 2))
    _cut_outside(surface, fit, palette)
    _hatch_crimea(surface, fit, ground, unit)
    return surface


def _cut_outside(surface: pygame.Surface, fit: Callable, palette: Palette) -> None:
    """What lies beyond the edge of the data is no land or sea but the table that the sheet lies on."""
    cover = pygame.Surface(surface.get_size(), pygame.SRCALPHA)
    cover.fill((*palette.panel, 255))
    _polygon(cover, (0, 0, 0, 0), fit(frame(atlas().edge)))
    surface.blit(cover, (0, 0))


def _hatch_crimea(surface: pygame.Surface, fit: Callable, ground: Ground, unit: int) -> None:
    rings = [fit(ring) for ring in atlas().rings["crimea"]]
    around = _around(rings)
    lines = pygame.Surface(around.size, pygame.SRCALPHA)
    lines.fill((*ground.occupied, 0))
    for x in range(-around.height, around.width, 6 * unit):
        pygame.draw.line(lines, (*ground.occupied, 255), (x, around.height), (x + around.height, 0), unit)
    lines.blit(_mask(rings, around), (0, 0), special_flags=pygame.BLEND_RGBA_MULT)
    surface.blit(lines, around)
