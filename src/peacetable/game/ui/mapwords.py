"""The words on the map: names, labels, plates in the corners, and the list of cities beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pygame

from ...seat.cartography import SQUARES, Mark, Sheet, atlas
from ...seat.placing import beside
from ...words.catalogue import Catalogue
from ...words.mapping import from_kyiv
from ..theme import RADIUS, Colour, Theme
from .icons import icon
from .mapland import TIMES, draw_ring
from .mapmarks import Marks
from .paint import box

OWN = ("map.land.ukraine", "map.land.crimea")  # names that even a small map shows
SEAS = ("map.land.black_sea", "map.land.baltic_sea")
COLUMNS = 20  # of the squares of an army
Row = tuple[Mark, tuple[str, ...]]  # of the list of cities: a place, and what is said of it


class Cities:
    """The list of cities between which a choice is, with what is said of each."""

    def __init__(self, sheet: Sheet, t: Catalogue, look: Theme, listed: Sequence[Mark]):
        self.sheet, self.t, self.look, self.listed = sheet, t, look, listed

    def rows(self, width: int) -> list[Row]:
        """All of them, in lines of this width."""
        look = self.look
        found = [(mark, from_kyiv(self.t, self.sheet, mark.data["at"])) for mark in self.listed]
        return [(mark, tuple(look.wrap(text, "tiny", width - look.px(44)))) for mark, text in found]

    def outside(self, rows: Sequence[Row]) -> list[Row]:
        """Those that are not on the sheet."""
        return [(mark, lines) for mark, lines in rows if not self.sheet.holds(mark.data["at"])]

    def height(self, rows: Sequence[Row]) -> int:
        look = self.look
        each = look.line("small_strong") + look.px(7)
        return look.px(20) + sum(each + len(lines) * look.line("tiny") for _, lines in rows)

    def draw(self, surface: pygame.Surface, area: pygame.Rect, chosen: Sequence[Mark]) -> None:
        """All cities of the choice beside the map, above all those that lie outside it."""
        look, p = self.look, self.look.palette
        rows = self.rows(area.width)
        outside = self.outside(rows)
        bare = [(mark, lines if (mark, lines) in outside else ()) for mark, lines in rows]
        rows = next((r for r in (rows, bare) if self.height(r) <= area.height), outside)
        x, y = area.x + look.px(14), area.y + look.px(12)
        for mark, lines in rows:
            picked, line = mark in chosen, look.line("small_strong")
            draw_ring(surface, p, (x + look.px(6), y + line // 2), look.px(6), picked)
            colour = p.gold if picked else p.text
            surface.blit(look.image(self.t(mark.label), "small_strong", colour), (x + look.px(20), y))
            y += line
            for text in lines:
                surface.blit(look.image(text, "tiny", p.muted), (x + look.px(20), y))
                y += look.line("tiny")
            y += look.px(7)


class Words:
    """Draws on the map as it is shown, beside and around its marks. `chips`, `title`: as of a MapView; `written`: each
    line with its place, style and colour; `lost`: labels for which there was no room."""

    def __init__(self, marks: Marks, t: Catalogue, look: Theme, chips: Sequence[tuple[str, str]]):
        self.look, self.p, self.t, self.chip_words = look, look.palette, t, dict(chips)
        self.sheet, self.area, self.fit, self.places = marks.sheet, marks.area, marks.fit, marks.places
        self.labels, self.small_map = marks.labels, marks.small_map
        self.size = (marks.large.get_width() // TIMES, marks.large.get_height() // TIMES)
        self.small = pygame.transform.smoothscale(marks.large, self.size)
        self.written: list[tuple[str, pygame.Rect, str, Colour]] = []
        self.lost: list[str] = []

    def plates(self, title: str, drawn: Sequence[tuple[str, Mark]]) -> None:
        """The edge of the sheet, and what stands in its corners."""
        self._edge()
        self._title(title)
        self._chips([(issue, mark) for issue, mark in drawn if mark.kind == "chip"])
        for _, mark in drawn:
            if mark.kind == "army":
                self._army(mark)
        self._note(any(mark.illustrative for _, mark in drawn))

    def names(self, listed: Sequence[Mark], chosen: Sequence[Mark]) -> None:
        """What lands, cities and marks are called."""
        self._names(OWN)
        self._city_names(listed, chosen)
        self._labels()
        self._names([key for key, _ in self.sheet.names if key not in OWN])
        self._write()

    def _edge(self) -> None:
        corner = pygame.Surface(self.size, pygame.SRCALPHA)
        corner.fill((*self.p.panel, 255))
        r = self.look.px(RADIUS)
        pygame.draw.rect(corner, (0, 0, 0, 0), corner.get_rect(), border_radius=r)
        self.small.blit(corner, (0, 0))
        box(self.small, self.small.get_rect(), r, None, self.p.border)

    def _plate(self, rect: pygame.Rect) -> None:
        box(self.small, rect, self.look.px(5), self.p.panel, self.p.border)
        self.places.take(rect)

    def _title(self, title: str) -> None:
        look, pad = self.look, self.look.px(8)
        if not title:
            return
        text = look.elide(title, "small_strong", self.size[0] - 6 * pad)
        image = look.image(text, "small_strong", self.p.text)
        rect = pygame.Rect(self.area.x + pad, pad, image.get_width() + 2 * pad, image.get_height() + pad)
        self._plate(rect)
        self.small.blit(image, image.get_rect(center=rect.center))

    def _note(self, illustrative: bool) -> None:
        """What is true of every place drawn, once, in the corner."""
        if not illustrative or self.small_map:
            return
        look, pad = self.look, self.look.px(6)
        image = look.image(self.t("map.illustrative.short"), "tiny", self.p.text)
        rect = pygame.Rect(0, 0, image.get_width() + 2 * pad, image.get_height() + pad)
        rect.bottomleft = (self.area.x + look.px(8), self.area.bottom - look.px(8))
        self._plate(rect)
        self.small.blit(image, image.get_rect(center=rect.center))

    def _chips(self, found: Sequence[tuple[str, Mark]]) -> None:
        """What has no place, in the corner: sign and words, or the signs alone where words would cover Ukraine."""
        look, p, words = self.look, self.p, self.chip_words
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
        return bool(inside.any()) or self.places.crosses_mark(rect)

    def _army(self, mark: Mark) -> None:
        """One square for ten thousand soldiers; the limit filled, the rest empty; without a limit all are filled."""
        look, p, text = self.look, self.p, self.t(mark.label)
        found = self._army_place(text)
        if found is None:
            self.lost.append(text)
            return
        rect, side, pad, lines = found
        self._plate(rect)
        for n, line in enumerate(lines):
            self.small.blit(look.image(line, "tiny", p.text), (rect.x + pad, rect.y + pad // 2 + n * look.line("tiny")))
        top, step = rect.y + pad + look.line("tiny"), side + max(1, look.px(2))
        for n, part in enumerate(mark.army() if side else ()):
            square = pygame.Rect(rect.x + pad + n % COLUMNS * step, top + n // COLUMNS * step, side, side)
            if part:
                self.small.fill(p.gold, (square.x, square.y, max(1, round(side * part)), side))
            else:
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

    def _spot(self, at: Sequence[float]) -> tuple[float, float]:
        """Where a place is on the small picture."""
        x, y = self.fit.point(at)
        return x / TIMES, y / TIMES

    def _names(self, keys: Sequence[str]) -> None:
        """Countries and seas: the own ones always, the others where nothing else stands."""
        look, p = self.look, self.p
        for key, at in self.sheet.names:
            own = key in OWN
            spot = self._spot(at)
            if key not in keys or (self.small_map and not own) or not self.area.collidepoint(spot):
                continue
            text = self.t(key)
            styles = ("small_strong", "tiny_strong") if self.small_map else ("strong", "small_strong")
            style = styles[OWN.index(key)] if own else "small"
            if key == OWN[1]:
                short = self.t("map.land.crimea.short")
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
                    self._word(lines, pygame.Rect(place), style, p.text if own else p.muted)
                    break

    def _city_names(self, listed: Sequence[Mark], chosen: Sequence[Mark]) -> None:
        """Cities with their dots, where the name finds room."""
        look, p, r = self.look, self.p, self.look.px(2.5)
        known = {m.label: m for m in listed}
        extra = [(m.label, m.data["at"]) for m in listed if self.sheet.holds(m.data["at"])]
        for key, at in [*extra, *((key, at) for key, at in self.sheet.cities if key not in known)]:
            spot = self._spot(at)
            style = "tiny_strong" if key in known else "tiny"
            text = self.t(key)
            gap = look.px(11 if key in known else 4)
            around = beside(look.width(text, style), look.line(style), spot, gap)
            place = self.places.first(around) or self.places.first(a.within(self.places.room) for a in around)
            if key not in known and place is not None:
                pygame.draw.circle(self.small, p.background, spot, r + 1)
                pygame.draw.circle(self.small, p.text, spot, r)
            if place is not None:
                self._word([text], pygame.Rect(place), style, p.gold if known.get(key) in chosen else p.text)

    def _word(self, lines: Sequence[str], rect: pygame.Rect, style: str, colour: Colour) -> None:
        for n, line in enumerate(lines):
            place = pygame.Rect(0, 0, self.look.width(line, style), self.look.line(style))
            place.midtop = (rect.centerx, rect.y + n * place.height)
            self.written.append((line, place, style, colour))

    def _write(self) -> None:
        """All words on a dark rim, so that they can be read on every ground."""
        d = max(1, self.look.px(1.5))
        for line, place, style, colour in self.written:
            image, rim = self.look.image(line, style, colour), self.look.image(line, style, self.p.background)
            for dx, dy in ((d, 0), (-d, 0), (0, d), (0, -d), (d, d), (-d, -d), (d, -d), (-d, d)):
                self.small.blit(rim, place.move(dx, dy))
            self.small.blit(image, place)

    def _labels(self) -> None:
        """What marks are called, on small plates, with a line to a mark that is not beside its plate."""
        look, p = self.look, self.p
        placed = []
        for (x, y), r, key in () if self.small_map else self.labels:
            text = self.t(key)
            lines = look.wrap(text, "tiny", min(look.px(170), self.size[0] // 2))
            width, height = max(look.width(line, "tiny") for line in lines), len(lines) * look.line("tiny")
            rect = pygame.Rect(0, 0, width + look.px(10), height + look.px(4))
            rect.center = (round(x), round(y))
            found = self.places.near(rect) or self.places.near(rect, marks=False)
            if found is None:
                self.lost.append(text)
                continue
            place = pygame.Rect(found)
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
