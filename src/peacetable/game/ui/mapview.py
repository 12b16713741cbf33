"""The map as a picture: land, sea and what a package puts on them. Pictures are made once and kept."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from ...seat.cartography import Sheet, atlas
from ...words.catalogue import Catalogue
from ..theme import Theme
from .base import Widget
from .mapmarks import Marks
from .mapwords import Cities, Words


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
        return [f"{self.id}: the label {text!r} finds no place" for text in painter.words.lost]


WORDED = ("place", "chip", "army")  # kinds of marks that words are drawn with
KEEP = 6  # pictures: a few steps back and forth, or two maps side by side
_PICTURES: dict[tuple, pygame.Surface] = {}


class Painter:
    """Draws one picture: `marks` on the land, then `words` around them, and the list of `cities` beside the map."""

    def __init__(self, view: MapView, look: Theme):
        self.view, self.look = view, look
        self.size = (max(1, view.rect.width), max(1, view.rect.height))
        choice = atlas().drawn(view.cities or view.shown)
        self.listed = [mark for _, mark in choice if mark.kind == "place"]
        self.cities = Cities(view.sheet, view.t, look, self.listed)
        self.area, self.list_area = self._split()
        self.marks = Marks(view.sheet, self.size, self.area, look)

    def picture(self) -> pygame.Surface:
        drawn = atlas().drawn(self.view.shown)
        for _, mark in drawn:
            if mark.kind not in WORDED:
                self.marks.draw(mark)
        chosen = [mark for _, mark in drawn if mark.kind == "place"]
        self.marks.cities(self.listed, chosen)
        self.words = Words(self.marks, self.view.t, self.look, self.view.chips)
        self.words.plates(self.view.title, drawn)
        if self.list_area.width:
            self.cities.draw(self.words.small, self.list_area, chosen)
        self.words.names(self.listed, chosen)
        return self.words.small

    def _split(self) -> tuple[pygame.Rect, pygame.Rect]:
        """The part for the map, and beside or below it the part for the list of cities, empty if there is no list."""
        look, (width, height) = self.look, self.size
        both = pygame.Rect((0, 0), self.size)
        if not self.listed:
            return both, pygame.Rect(0, 0, 0, 0)
        wide = max(look.px(196), width - round(1.32 * height))
        if width - wide >= 0.85 * height:
            return pygame.Rect(wide, 0, width - wide, height), pygame.Rect(0, 0, wide, height)
        least = self.cities.height(self.cities.outside(self.cities.rows(width)))
        tall = max(height // 3, min(height - least, round(width / 1.1)))
        return pygame.Rect(0, 0, width, tall), pygame.Rect(0, tall, width, height - tall)
