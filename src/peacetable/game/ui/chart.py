"""Charts drawn with the kit: values over rounds, one line per party, and packages in the plane of two utilities."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pygame

from ...seat.plots import Curves, Plane, Series
from ...words.catalogue import number
from ..theme import Colour, Theme, contrast, mixed
from .base import Widget
from .flags import draw_flag, flag_width
from .paint import box

# Okabe and Ito's palette, told apart with every common colour vision; the shape of the dots differs as well
LINES: tuple[Colour, ...] = (
    (240, 228, 66),
    (230, 120, 60),
    (86, 180, 233),
    (60, 190, 140),
    (224, 140, 186),
    (200, 200, 200),
)
ON_PAPER: tuple[Colour, ...] = (
    (148, 118, 0),
    (190, 80, 0),
    (0, 104, 170),
    (0, 122, 88),
    (170, 76, 128),
    (90, 90, 90),
)
WHITE: Colour = (255, 255, 255)


def line_colours(look: Theme) -> tuple[Colour, ...]:
    """The colours of lines, bright on dark panels and dark on light ones."""
    light = contrast(look.palette.panel, WHITE) < 3
    return ON_PAPER if light else LINES


class Chart(Widget):
    """Values over rounds, one line for each party, and the walk-away line."""

    role = "chart"

    def __init__(self, id: str, rect: pygame.Rect, label: str, curves: Curves):
        super().__init__(id, rect, label)
        self.curves = curves

    def _plot(self, look: Theme) -> pygame.Rect:
        left, bottom, right = look.px(36), look.px(22), look.px(34)
        rect = self.rect
        return pygame.Rect(
            rect.x + left, rect.y + look.px(8), rect.width - left - right, rect.height - bottom - look.px(8)
        )

    def _place(self, plot: pygame.Rect, round_: float, value: float) -> tuple[float, float]:
        x, y = self.curves.x, self.curves.y
        return x.place(round_, plot.x, plot.width), y.place(value, plot.bottom, -plot.height)

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        p, plot, curves = look.palette, self._plot(look), self.curves
        for value in curves.y.ticks():
            y = round(self._place(plot, 1, value)[1])
            surface.fill(p.border, (plot.x, y, plot.width, 1))
            image = look.image(number(value), "tiny", p.muted)
            surface.blit(image, image.get_rect(midright=(plot.x - look.px(6), y)))
        for r in curves.numbered(plot.width // look.px(34)):
            image = look.image(str(r), "tiny", p.muted)
            place = (self._place(plot, r, curves.y.low)[0], plot.bottom + look.px(4))
            surface.blit(image, image.get_rect(midtop=place))
        _dashes(surface, p.gold, [self._place(plot, r, v) for r, v in curves.walk_away()], look)
        self._draw_lines(surface, look, plot)

    def _draw_lines(self, surface: pygame.Surface, look: Theme, plot: pygame.Rect) -> None:
        ends, colours = [], line_colours(look)
        for series in self.curves.series:
            colour = colours[series.kind % len(colours)]
            places = [self._place(plot, r, v) for r, v in series.points]
            _line(surface, colour, places, look.px(2))
            for place in places:
                draw_dot(surface, colour, place, max(2, look.px(3)), series.kind)
            if places and series.party:
                ends.append((places[-1][1], series.kind, series))
        height, last = look.px(11), -1e9
        for y, kind, series in sorted(ends, key=lambda e: (e[0], e[1])):
            y = last = max(y, last + height + look.px(3))
            x = plot.right + look.px(8)
            draw_flag(surface, look, series.party, series.label, (x, round(y - height / 2)), height)
            colour = colours[kind % len(colours)]
            surface.fill(colour, (x, round(y + height / 2), flag_width(series.party, height), max(1, look.px(2))))


class Key(Widget):
    """The dot of the `kind`-th party, for the legend."""

    role = "presentation"

    def __init__(self, id: str, rect: pygame.Rect, label: str, kind: int):
        super().__init__(id, rect, label)
        self.kind = kind

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        colours = line_colours(look)
        draw_dot(surface, colours[self.kind % len(colours)], self.rect.center, max(2, self.rect.width // 3), self.kind)


class PlaneChart(Widget):
    """Packages in the plane of two utilities, the offers of each party as a path, and the zone in which both gain."""

    role = "chart"

    def __init__(self, id: str, rect: pygame.Rect, label: str, plane: Plane):
        super().__init__(id, rect, label)
        self.plane = plane

    def _plot(self, look: Theme) -> pygame.Rect:
        left, below, above = look.px(38), look.px(24) + look.line("tiny"), look.line("tiny") + look.px(6)
        rect = self.rect
        return pygame.Rect(
            rect.x + left, rect.y + above, rect.width - left - look.px(10), max(1, rect.height - below - above)
        )

    def _place(self, plot: pygame.Rect, x: float, y: float) -> tuple[float, float]:
        return self.plane.x.place(x, plot.x, plot.width), self.plane.y.place(y, plot.bottom, -plot.height)

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        p, plot = look.palette, self._plot(look)
        box(surface, plot, 0, p.well, p.border)
        self._zone(surface, look, plot)
        self._axes(surface, look, plot)
        r = max(1, look.px(1.6))
        for x, y, agreeable in self.plane.spots:
            if not agreeable:
                pygame.draw.circle(surface, p.edge, self._place(plot, x, y), r)
        _line(surface, p.text, [self._place(plot, x, y) for x, y in self.plane.front], look.px(2))
        for series, near in self.plane.paths():
            self._path(surface, look, plot, series, near)
        for x, y, agreeable in self.plane.spots:
            if agreeable:
                pygame.draw.circle(surface, p.gold, self._place(plot, x, y), r + look.px(2.4), max(1, look.px(1.5)))
        if self.plane.end is not None:
            _star(surface, look, self._place(plot, *self.plane.end))

    def _path(self, surface: pygame.Surface, look: Theme, plot: pygame.Rect, series: Series, near: bool) -> None:
        """The offers of one party; those of the two sides of the plane stand out."""
        kind, colours = series.kind, line_colours(look)
        colour = colours[kind % len(colours)]
        places = [self._place(plot, x, y) for x, y in series.points]
        _line(surface, colour if near else mixed(look.palette.well, colour, 0.4), places, look.px(1.6) if near else 1)
        for place in places:
            draw_dot(surface, colour, place, max(2, look.px(3.4 if near else 2.2)), kind)
        if places:
            x, y = places[-1]
            pygame.draw.circle(surface, colour, (x, y), look.px(7), max(1, look.px(1.5)))
            if series.party:
                draw_flag(surface, look, series.party, series.label, (round(x + look.px(8)), round(y)), look.px(9))

    def _zone(self, surface: pygame.Surface, look: Theme, plot: pygame.Rect) -> None:
        p, (x, y) = look.palette, self._place(plot, *self.plane.marks)
        zone = pygame.Rect(round(x), plot.y, plot.right - round(x), round(y) - plot.y)
        zone = zone.clip(plot)
        tint = pygame.Surface(zone.size, pygame.SRCALPHA)
        tint.fill((*p.good, 30))
        surface.blit(tint, zone)
        _dashes(surface, p.gold, [(x, plot.y), (x, plot.bottom)], look)
        _dashes(surface, p.gold, [(plot.x, y), (plot.right, y)], look)
        text = self.plane.names[2]
        if zone.height > look.line("tiny") and zone.width > look.width(text, "tiny") + look.px(8):
            image = look.image(text, "tiny", p.good)
            surface.blit(image, image.get_rect(topright=(zone.right - look.px(4), zone.y + look.px(2))))

    def _axes(self, surface: pygame.Surface, look: Theme, plot: pygame.Rect) -> None:
        p = look.palette
        for value in self.plane.x.ticks():
            x = self._place(plot, value, self.plane.y.low)[0]
            surface.fill(p.border, (round(x), plot.bottom, 1, look.px(4)))
            image = look.image(number(value), "tiny", p.muted)
            surface.blit(image, image.get_rect(midtop=(x, plot.bottom + look.px(4))))
        for value in self.plane.y.ticks():
            y = self._place(plot, self.plane.x.low, value)[1]
            surface.fill(p.border, (plot.x - look.px(4), round(y), look.px(4), 1))
            image = look.image(number(value), "tiny", p.muted)
            surface.blit(image, image.get_rect(midright=(plot.x - look.px(7), y)))
        image = look.image(self.plane.names[0], "tiny_strong", p.text)
        surface.blit(image, image.get_rect(bottomright=(plot.right, self.rect.bottom)))
        surface.blit(look.image(self.plane.names[1], "tiny_strong", p.text), (self.rect.x, self.rect.y))

    def overflow(self, look: Theme) -> list[str]:
        wide = max(look.width(name, "tiny_strong") for name in self.plane.names[:2])
        return [f"{self.id}: {self.plane.names} is wider than the chart"] if wide > self.rect.width else []


def _line(surface: pygame.Surface, colour: Colour, places: Sequence[tuple[float, float]], width: int) -> None:
    for a, b in zip(places, places[1:], strict=False):
        for dy in range(max(1, width)):
            pygame.draw.aaline(surface, colour, (a[0], a[1] + dy), (b[0], b[1] + dy))


def _dashes(surface: pygame.Surface, colour: Colour, places: Sequence[tuple[float, float]], look: Theme) -> None:
    """A dashed line through places; the dashes go on from piece to piece."""
    dash, gap, width, done = look.px(6), look.px(4), max(1, look.px(2)), 0.0
    for (ax, ay), (bx, by) in zip(places, places[1:], strict=False):
        length = math.hypot(bx - ax, by - ay)
        if not length:
            continue
        at = -(done % (dash + gap))
        while at < length:
            start, end = max(0.0, at), min(length, at + dash)
            if start < end:
                a = (ax + (bx - ax) * start / length, ay + (by - ay) * start / length)
                b = (ax + (bx - ax) * end / length, ay + (by - ay) * end / length)
                pygame.draw.line(surface, colour, a, b, width)
            at += dash + gap
        done += length


def draw_dot(surface: pygame.Surface, colour: Colour, place: tuple[float, float], r: int, kind: int) -> None:
    """The dot of the `kind`-th party: its shape differs from those of its neighbours."""
    x, y = place
    if kind % 3 == 0:
        pygame.draw.circle(surface, colour, place, r)
    elif kind % 3 == 1:
        pygame.draw.rect(surface, colour, (x - r, y - r, 2 * r, 2 * r))
    else:
        pygame.draw.polygon(surface, colour, [(x, y - r - 1), (x + r + 1, y), (x, y + r + 1), (x - r - 1, y)])


def _star(surface: pygame.Surface, look: Theme, place: tuple[float, float]) -> None:
    """What was agreed."""
    points = []
    for k in range(10):
        far = look.px(10) if k % 2 == 0 else look.px(4.4)
        points.append((place[0] + far * math.sin(math.pi * k / 5), place[1] - far * math.cos(math.pi * k / 5)))
    pygame.draw.polygon(surface, look.palette.gold, points)
    pygame.draw.polygon(surface, look.palette.background, points, max(1, look.px(1.4)))
