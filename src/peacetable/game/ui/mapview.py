"""The map as a picture: land, sea and what a package puts on them. Pictures are made once and kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pygame

from ...seat.cartography import Fit, Mark, Sheet, along, atlas, bearing, circle, distance, rounded, thinned
from ...words.catalogue import Catalogue, whole
from ..theme import RADIUS, Colour, Palette, Theme, mixed
from .base import Widget
from .icons import icon
from .paint import box
from .placing import Places, beside

TIMES = 2  # land and marks are drawn this much larger and scaled down, which smooths their edges
OWN = ("map.land.ukraine", "map.land.crimea")  # names that even a small map shows
SEAS = ("map.land.black_sea", "map.land.baltic_sea")
SQUARES, COLUMNS = 100, 20  # squares of ten thousand soldiers each, in the picture of an army
TONES = {"air": "link", "arms": "good", "sea": "link", "line": "text", "watch": "gold", "force": "gold"}
MARKS_PER_KM = 0.45  # pixels of a kilometre at which marks are as large as the letters
WINDS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
KYIV = (30.52, 50.45)
Row = tuple[Mark, tuple[str, ...]]  # of the list of cities: a place, and what is said of it


class Ground:
    """The colours of land and sea, made from a palette so that every palette has its map. All neighbours look alike."""

    def __init__(self, p: Palette):
        self.sea = mixed(p.background, p.accent, 0.24)
        self.land = mixed(p.panel, p.edge, 0.36)
        self.border = mixed(p.background, p.panel, 0.5)
        self.ukraine = mixed(mixed(p.panel, p.edge, 0.5), p.gold, 0.46)
        self.inner = mixed(self.ukraine, p.background, 0.28)
        self.occupied = mixed(self.ukraine, p.background, 0.78)


class MapView(Widget):
    """What `shown`, (issue, level) pairs, mean on the ground. `chips`: (issue id, text) for what has no place; `title`:
    which package it is, written in the corner; `cities`: (issue, level) of all places between which a choice is."""

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
        cities: Sequence[tuple[str, str]] = (),
    ):
        super().__init__(id, rect, label)
        self.sheet, self.shown, self.chips, self.title, self.t = sheet, tuple(shown), tuple(chips), title, t
        self.cities = tuple(cities)

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        key = (self.sheet, self.rect.size, look.palette, look.scale, look.large, self.shown, self.chips, self.title)
        picture = _PICTURES.get((*key, self.cities))
        if picture is None:
            while len(_PICTURES) >= KEEP:
                del _PICTURES[next(iter(_PICTURES))]
            picture = _PICTURES[(*key, self.cities)] = Painter(self, look).picture()
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
        choice = view.cities or view.shown
        self.listed = [m for issue, level in choice for m in atlas().marks(issue, level) if m.kind == "place"]
        self.area, self.list_area = self._split()
        large = (self.area.width * TIMES, self.area.height * TIMES)
        self.fit = Fit(view.sheet, large, (self.area.x * TIMES, self.area.y * TIMES))
        self.large = pygame.Surface((self.size[0] * TIMES, self.size[1] * TIMES))
        self.large.fill(look.palette.panel)
        self.large.blit(_land(view.sheet, self.area.size, look.palette), (self.area.x * TIMES, self.area.y * TIMES))
        self.large.set_clip(pygame.Rect([v * TIMES for v in self.area]))
        self.small_map = self.area.width < look.px(420)  # too small for words beside the marks; the legend has them
        self.unit = min(look.scale * TIMES, self.fit.scale / MARKS_PER_KM)  # so that marks do not crowd a small map
        self.labels: list[tuple[tuple[float, float], float, str]] = []
        self.symbols: list[tuple[str, pygame.Rect]] = []  # kind and place of what stands on the map; for tests
        self.places = Places(self.area.inflate(-look.px(6), -look.px(6)), look.px(6), look.px(5))
        self.words: list[tuple[str, pygame.Rect, str, Colour]] = []  # a line, its place, style and colour
        self.lost: list[str] = []

    def picture(self) -> pygame.Surface:
        marks = [(issue, level, m) for issue, level in self.view.shown for m in atlas().marks(issue, level)]
        order = ["area", "reach", "outline", "line", "base", "signs", "dots"]
        for kind in order:
            for _, _, mark in marks:
                if mark.kind == kind:
                    getattr(self, f"_{kind}")(mark)
        chosen = [m for _, _, m in marks if m.kind == "place"]
        self._cities(chosen)
        self.small = pygame.transform.smoothscale(self.large, self.size)
        self._sheet_edge()
        self._title()
        self._chips([(issue, m) for issue, _, m in marks if m.kind == "chip"])
        for _, _, mark in marks:
            if mark.kind == "army":
                self._army(mark)
        self._note(any(m.illustrative for _, _, m in marks))
        self._list(chosen)
        self._names(OWN)
        self._city_names(chosen)
        self._labels()
        self._names([key for key, _ in self.view.sheet.names if key not in OWN])
        self._write()
        return self.small

    # -- marks, on the large picture ---------------------------------------------------------------------------------

    def _px(self, measure: float) -> int:
        return max(1, round(self.unit * measure))

    def _tone(self, mark: Mark, other: str) -> Colour:
        return self.look.colour(TONES[mark.data.get("tone", other)])

    def _places(self, mark: Mark) -> list[tuple[float, float]]:
        """Pixels of the places of a mark: listed, or spread along a line."""
        if "shape" in mark.data:
            first, step = mark.data.get("every", (0, 1))
            where = along(atlas().shapes[mark.data["shape"]], mark.data["count"])[first::step]
        else:
            where = np.array(mark.data["places"], dtype=float)
        return [(float(x), float(y)) for x, y in self.fit(where)]

    def _label(self, mark: Mark, place: tuple[float, float], r: float = math.inf) -> None:
        """`r`: how far what is named reaches from `place`; beyond it a line leads to the label."""
        if mark.label:
            self.labels.append(((place[0] / TIMES, place[1] / TIMES), r / TIMES, self.view.t(mark.label)))

    def _keep_off(self, kind: str, x: float, y: float, r: float) -> None:
        """Words do not cover what is drawn here."""
        a, b, side = (x - r) / TIMES, (y - r) / TIMES, 2 * r / TIMES
        self.places.marked.append(pygame.Rect(round(a), round(b), round(side), round(side)))
        self.symbols.append((kind, self.places.marked[-1]))

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
            _polygon(glow, (*colour, 44), ring - around.topleft)
            self.large.blit(glow, around)
            closed = np.concatenate([ring, ring[:1]])
            self._dashed(closed, colour, self._px(2), self._px(8))

    def _outline(self, mark: Mark) -> None:
        """A line round Ukraine with Crimea, a little simpler than the coast, which would fray it."""
        colour = self._tone(mark, "force") if "tone" not in mark.data else self._tone(mark, "line")
        style = mark.data["style"]
        for line in _border(self.view.sheet, self.area.size, self.area.topleft, self._px(1.5)):
            if style in ("solid", "double"):
                width = self._px(3 if style == "solid" else 6)
                _stroke(self.large, self.p.background, line, width + self._px(2))
                _stroke(self.large, colour, line, width)
                if style == "double":
                    _stroke(self.large, self.p.background, line, self._px(2.4))
            else:
                self._dashed(line, colour, self._px(2.6), self._px(9 if style == "dashed" else 2.5))

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
        _stroke(self.large, self.p.background, line, width + self._px(2))
        if mark.data["style"] == "dashed":
            self._dashed(line, colour, width, self._px(6))
        else:
            _stroke(self.large, colour, line, width)
            self._head(line[-1], line[-1] - line[-4], colour, width + self._px(5))
        for x, y in _evenly(line, self._px(8)):
            self._keep_off(mark.data["style"], x, y, self._px(4))
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
            self._keep_off("base", x, y, r)
            if n == 0:
                self._label(mark, (x, y), r)

    def _signs(self, mark: Mark) -> None:
        side = self._px(17)
        for n, (x, y) in enumerate(self._places(mark)):
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
            for n in range(count):
                far, angle = 1.8 * r * math.sqrt(n + 0.4), n * 2.39996
                spot = (x + far * math.cos(angle), y + far * math.sin(angle))
                pygame.draw.circle(self.large, self.p.background, spot, r + self._px(0.8))
                pygame.draw.circle(self.large, self._tone(mark, "force"), spot, r)
            wide = 1.8 * r * math.sqrt(count - 0.6) + r
            self._keep_off("dots", x, y, wide)
            if k == min(1, len(groups) - 1):
                self._label(mark, (x, y), wide)

    def _cities(self, chosen: Sequence[Mark]) -> None:
        """Dots for cities, rings for those between which a choice is."""
        for key, at in self.view.sheet.cities:
            if key not in {m.label for m in self.listed}:
                x, y = self.fit.point(at)
                self._keep_off("city", x, y, self._px(4))
        for mark in self.listed:
            if self.view.sheet.holds(mark.data["at"]):
                x, y = self.fit.point(mark.data["at"])
                r = TIMES * self.look.px((8 if mark in chosen else 6) - self.small_map)
                _ring(self.large, self.p, (x, y), r, mark in chosen)
                self._keep_off("city", x, y, r)

    # -- words, on the small picture -----------------------------------------------------------------------------------

    def _split(self) -> tuple[pygame.Rect, pygame.Rect]:
        """The part for the map, and beside or below it the part for the list of cities, empty if there is no list."""
        look, (width, height) = self.look, self.size
        whole_ = pygame.Rect((0, 0), self.size)
        if not self.listed:
            return whole_, pygame.Rect(0, 0, 0, 0)
        wide = max(look.px(196), width - round(1.32 * height))
        if width - wide >= 0.85 * height:
            return pygame.Rect(wide, 0, width - wide, height), pygame.Rect(0, 0, wide, height)
        least = self._rows_height(self._outside(self._rows(width)))
        tall = max(height // 3, min(height - least, round(width / 1.1)))
        return pygame.Rect(0, 0, width, tall), pygame.Rect(0, tall, width, height - tall)

    def _sheet_edge(self) -> None:
        corner = pygame.Surface(self.size, pygame.SRCALPHA)
        corner.fill((*self.p.panel, 255))
        r = self.look.px(RADIUS)
        pygame.draw.rect(corner, (0, 0, 0, 0), corner.get_rect(), border_radius=r)
        self.small.blit(corner, (0, 0))
        box(self.small, self.small.get_rect(), r, None, self.p.border)

    def _plate(self, rect: pygame.Rect) -> None:
        box(self.small, rect, self.look.px(5), self.p.panel, self.p.border)
        self.places.taken.append(rect)

    def _title(self) -> None:
        look, pad = self.look, self.look.px(8)
        if not self.view.title:
            return
        text = look.elide(self.view.title, "small_strong", self.size[0] - 6 * pad)
        image = look.image(text, "small_strong", self.p.text)
        rect = pygame.Rect(self.area.x + pad, pad, image.get_width() + 2 * pad, image.get_height() + pad)
        self._plate(rect)
        self.small.blit(image, image.get_rect(center=rect.center))

    def _note(self, illustrative: bool) -> None:
        """What is true of every place drawn, once, in the corner."""
        if not illustrative or self.small_map:
            return
        look, pad = self.look, self.look.px(6)
        image = look.image(self.view.t("map.illustrative.short"), "tiny", self.p.text)
        rect = pygame.Rect(0, 0, image.get_width() + 2 * pad, image.get_height() + pad)
        rect.bottomleft = (self.area.x + look.px(8), self.area.bottom - look.px(8))
        self._plate(rect)
        self.small.blit(image, image.get_rect(center=rect.center))

    def _chips(self, found: Sequence[tuple[str, Mark]]) -> None:
        """What has no place, in the corner: sign and words, or the signs alone where words would cover Ukraine."""
        look, p, words = self.look, self.p, dict(self.view.chips)
        texts = [words.get(issue, "") for issue, _ in found]
        if any(rect.width > self.size[0] * 0.6 or self._covers(rect) for rect in self._chip_places(texts)):
            texts = [""] * len(texts)
        pad, side = look.px(6), look.px(12)
        for (_, mark), text, rect in zip(found, texts, self._chip_places(texts), strict=True):
            self._plate(rect)
            self.small.blit(icon(mark.data["sign"], side, p.gold), (rect.x + pad, rect.centery - side // 2))
            image = look.image(text, "tiny", p.text)
            self.small.blit(image, image.get_rect(midleft=(rect.x + side + 2 * pad, rect.centery)))

    def _chip_places(self, texts: Sequence[str]) -> list[pygame.Rect]:
        """A column in the upper right corner."""
        look, pad, found = self.look, self.look.px(6), []
        right, y, high = self.size[0] - look.px(8), look.px(8), look.line("tiny") + look.px(6)
        for text in texts:
            width = look.px(12) + 2 * pad + (look.width(text, "tiny") + pad if text else 0)
            found.append(pygame.Rect(right - width, y, width, high))
            y += high + look.px(4)
        return found

    def _covers(self, rect: pygame.Rect) -> bool:
        """Whether a plate would hide a part of Ukraine's border, or a mark."""
        around = rect.inflate(self.look.px(6), self.look.px(6))
        border = np.concatenate([self.fit(line) for line in atlas().border]) / TIMES
        inside = (border >= around.topleft).all(axis=1) & (border <= around.bottomright).all(axis=1)
        return bool(inside.any()) or rect.collidelist(self.places.marked) >= 0

    def _army(self, mark: Mark) -> None:
        """One square for ten thousand soldiers; the limit filled, the rest empty; without a limit all are filled."""
        look, p, text = self.look, self.p, self.view.t(mark.label)
        found = self._army_place(text)
        if found is None:
            self.lost.append(text)
            return
        rect, side, pad, lines = found
        self._plate(rect)
        for n, line in enumerate(lines):
            self.small.blit(look.image(line, "tiny", p.text), (rect.x + pad, rect.y + pad // 2 + n * look.line("tiny")))
        top, step = rect.y + pad + look.line("tiny"), side + max(1, look.px(2))
        limit = mark.data["thousands"] / 10 or SQUARES
        for n in range(SQUARES if side else 0):
            square = pygame.Rect(rect.x + pad + n % COLUMNS * step, top + n // COLUMNS * step, side, side)
            if n < limit:
                part = min(1.0, limit - n)
                self.small.fill(p.gold, (square.x, square.y, max(1, round(side * part)), side))
            elif mark.data["thousands"]:
                pygame.draw.rect(self.small, p.edge, square, 1)

    def _army_place(self, text: str) -> tuple[pygame.Rect, int, int, Sequence[str]] | None:
        """A corner where the plate covers neither Ukraine nor a mark; the side of its squares, 0 where only words fit;
        its margin; and the lines of its text."""
        look, edge, line = self.look, self.look.px(8), self.look.line("tiny")
        # the note on illustrative places stands below
        low = 0 if self.small_map else line + look.px(16)
        whole_line = look.width(text, "tiny")
        for measure, margin, share in ((8, 8, 1.0), (6, 8, 1.0), (4, 4, 1.0), (0, 4, 1.0), (0, 4, 0.7)):
            pad, side = look.px(margin), max(3, look.px(measure)) if measure else 0
            step = side + max(1, look.px(2)) if side else 0
            lines = look.wrap(text, "tiny", math.ceil(whole_line * share))
            wide = max(COLUMNS * step, *(look.width(words, "tiny") for words in lines))
            high = SQUARES // COLUMNS * step + len(lines) * line + (2 * pad if side else pad)
            rect = pygame.Rect(0, 0, wide + 2 * pad, high)
            rect.bottomright = (self.size[0] - edge, self.size[1] - edge)
            for place in (rect, rect.move(2 * edge + rect.width - self.size[0], -low)):
                if not self._covers(place) and self.places.free(place, marks=False):
                    return place, side, pad, lines
        return None

    def _rows(self, width: int) -> list[Row]:
        """The cities of the list with what is said of each."""
        found = []
        for mark in self.listed:
            wind = self.view.t(f"map.wind.{WINDS[round(bearing(KYIV, mark.data['at']) / 45) % 8]}")
            far = whole(round(distance(KYIV, mark.data["at"]) / 100) * 100)
            key = "map.from_kyiv" if self.view.sheet.holds(mark.data["at"]) else "map.outside"
            text = self.view.t(key, km=far, wind=wind)
            found.append((mark, self.look.wrap(text, "tiny", width - self.look.px(44))))
        return found

    def _outside(self, rows: Sequence[Row]) -> list[Row]:
        return [(mark, lines) for mark, lines in rows if not self.view.sheet.holds(mark.data["at"])]

    def _rows_height(self, rows: Sequence[Row]) -> int:
        look = self.look
        each = look.line("small_strong") + look.px(7)
        return look.px(20) + sum(each + len(lines) * look.line("tiny") for _, lines in rows)

    def _list(self, chosen: Sequence[Mark]) -> None:
        """All cities of the choice beside the map, above all those that lie outside it."""
        look, p, area = self.look, self.p, self.list_area
        if not area.width:
            return
        rows = self._rows(area.width)
        outside = self._outside(rows)
        bare = [(mark, lines if (mark, lines) in outside else ()) for mark, lines in rows]
        rows = next((r for r in (rows, bare) if self._rows_height(r) <= area.height), outside)
        x, y = area.x + look.px(14), area.y + look.px(12)
        for mark, lines in rows:
            picked, line = mark in chosen, look.line("small_strong")
            _ring(self.small, p, (x + look.px(6), y + line // 2), look.px(6), picked)
            colour = p.gold if picked else p.text
            self.small.blit(look.image(self.view.t(mark.label), "small_strong", colour), (x + look.px(20), y))
            y += line
            for text in lines:
                self.small.blit(look.image(text, "tiny", p.muted), (x + look.px(20), y))
                y += look.line("tiny")
            y += look.px(7)

    def _spot(self, at: Sequence[float]) -> tuple[float, float]:
        """Where a place is on the small picture."""
        x, y = self.fit.point(at)
        return x / TIMES, y / TIMES

    def _names(self, keys: Sequence[str]) -> None:
        """Countries and seas: the own ones always, the others where nothing else stands."""
        look, p = self.look, self.p
        for key, at in self.view.sheet.names:
            own = key in OWN
            spot = self._spot(at)
            if key not in keys or (self.small_map and not own) or not self.area.collidepoint(spot):
                continue
            text = self.view.t(key)
            styles = ("small_strong", "tiny_strong") if self.small_map else ("strong", "small_strong")
            style = styles[OWN.index(key)] if own else "small"
            if key == OWN[1]:
                short = self.view.t("map.land.crimea.short")
                texts = [short] if self.small_map else [text, short]
            else:
                texts = [text if key in SEAS else text.upper()]
            for lines in (text.split("\n") for text in texts):
                rect = pygame.Rect(0, 0, max(look.width(line, style) for line in lines), len(lines) * look.line(style))
                rect.center = (round(spot[0]), round(spot[1]))
                place = self.places.near(rect, 14 if own else 8)
                if place is None and own:
                    place = self.places.near(rect, 14, marks=False)
                if place is not None:
                    self._word(lines, place, style, p.text if own else p.muted)
                    break

    def _city_names(self, chosen: Sequence[Mark]) -> None:
        """Cities with their dots, where the name finds room."""
        look, p, r = self.look, self.p, self.look.px(2.5)
        listed = {m.label: m for m in self.listed}
        extra = [(m.label, m.data["at"]) for m in self.listed if self.view.sheet.holds(m.data["at"])]
        for key, at in [*extra, *((key, at) for key, at in self.view.sheet.cities if key not in listed)]:
            spot = self._spot(at)
            style = "tiny_strong" if key in listed else "tiny"
            text = self.view.t(key)
            gap = look.px(11 if key in listed else 4)
            around = beside(look.width(text, style), look.line(style), spot, gap)
            place = self.places.first(around) or self.places.first(a.clamp(self.places.room) for a in around)
            if key not in listed and place is not None:
                pygame.draw.circle(self.small, p.background, spot, r + 1)
                pygame.draw.circle(self.small, p.text, spot, r)
            if place is not None:
                self._word([text], place, style, p.gold if listed.get(key) in chosen else p.text)

    def _word(self, lines: Sequence[str], rect: pygame.Rect, style: str, colour: Colour) -> None:
        for n, line in enumerate(lines):
            place = pygame.Rect(0, 0, self.look.width(line, style), self.look.line(style))
            place.midtop = (rect.centerx, rect.y + n * place.height)
            self.words.append((line, place, style, colour))

    def _write(self) -> None:
        """All words on a dark rim, so that they can be read on every ground."""
        d = max(1, self.look.px(1.5))
        for line, place, style, colour in self.words:
            image, rim = self.look.image(line, style, colour), self.look.image(line, style, self.p.background)
            for dx, dy in ((d, 0), (-d, 0), (0, d), (0, -d), (d, d), (-d, -d), (d, -d), (-d, d)):
                self.small.blit(rim, place.move(dx, dy))
            self.small.blit(image, place)

    def _labels(self) -> None:
        """What marks are called, on small plates, with a line to a mark that is not beside its plate."""
        look, p = self.look, self.p
        placed = []
        for (x, y), r, text in () if self.small_map else self.labels:
            lines = look.wrap(text, "tiny", min(look.px(170), self.size[0] // 2))
            width, height = max(look.width(line, "tiny") for line in lines), len(lines) * look.line("tiny")
            rect = pygame.Rect(0, 0, width + look.px(10), height + look.px(4))
            rect.center = (round(x), round(y))
            place = self.places.near(rect) or self.places.near(rect, marks=False)
            if place is None:
                self.lost.append(text)
                continue
            end = (min(max(x, place.left), place.right), min(max(y, place.top), place.bottom))
            far = math.dist(end, (x, y))
            if far > r + look.px(9):
                start = (x + (end[0] - x) * r / far, y + (end[1] - y) * r / far)
                pygame.draw.line(self.small, p.background, start, end, look.px(3))
                pygame.draw.line(self.small, p.text, start, end, max(1, look.px(1)))
            placed.append((place, lines))
        for place, lines in placed:
            box(self.small, place, look.px(5), p.panel, p.border)
            for n, line in enumerate(lines):
                image = look.image(line, "tiny", p.text)
                self.small.blit(image, (place.x + look.px(5), place.y + look.px(2) + n * look.line("tiny")))


def _ring(surface: pygame.Surface, p: Palette, at: tuple[float, float], r: int, chosen: bool) -> None:
    """An open ring, or a thick one with a dot in it for what is chosen."""
    thick = max(2, r // 4)
    pygame.draw.circle(surface, p.background, at, r + thick)
    pygame.draw.circle(surface, p.gold if chosen else p.text, at, r, thick)
    if chosen:
        pygame.draw.circle(surface, p.gold, at, r - 2 * thick)


def _stroke(surface: pygame.Surface, colour: Sequence[int], line: np.ndarray, width: int) -> None:
    """A line whose corners are round."""
    _lines(surface, colour, False, line, width)
    if width > 3:
        for point in line.tolist():
            pygame.draw.circle(surface, colour, point, width / 2)


def _evenly(line: np.ndarray, step: float) -> np.ndarray:
    """Points on a line, about so far from one another."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.linspace(0, lengths[-1], 2 + int(lengths[-1] / step))
    return np.stack([np.interp(at, lengths, line[:, 0]), np.interp(at, lengths, line[:, 1])], axis=1)


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
    surface.fill(ground.sea)
    fit = Fit(sheet, large)
    unit = max(1, size[0] // 700) * TIMES
    for name, rings in known.rings.items():
        colour = ground.ukraine if name in ("ukraine", "crimea") else ground.land
        for ring in rings:
            _polygon(surface, colour, fit(ring))
            _lines(surface, ground.border, True, fit(ring), unit)
    for line in known.inner:
        _lines(surface, ground.inner, False, fit(line), max(1, unit // 2))
    _hatch_crimea(surface, fit, ground, unit)
    return surface


@lru_cache(maxsize=6)
def _border(sheet: Sheet, size: tuple[int, int], origin: tuple[int, int], far: int) -> list[np.ndarray]:
    """The border of Ukraine with Crimea on the large picture, to `far` pixels, without its small islands."""
    fit = Fit(sheet, (size[0] * TIMES, size[1] * TIMES), (origin[0] * TIMES, origin[1] * TIMES))
    lines = [fit(line) for line in atlas().border]
    return [thinned(line, far) for line in lines if np.ptp(line, axis=0).max() > 25 * far]


def _hatch_crimea(surface: pygame.Surface, fit: Fit, ground: Ground, unit: int) -> None:
    rings = [fit(ring) for ring in atlas().rings["crimea"]]
    around = _around(rings)
    lines = pygame.Surface(around.size, pygame.SRCALPHA)
    lines.fill((*ground.occupied, 0))
    for x in range(-around.height, around.width, 6 * unit):
        pygame.draw.line(lines, (*ground.occupied, 255), (x, around.height), (x + around.height, 0), unit)
    lines.blit(_mask(rings, around), (0, 0), special_flags=pygame.BLEND_RGBA_MULT)
    surface.blit(lines, around)
