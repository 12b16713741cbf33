"""A small line chart: values in [0, 1] over rounds, one line per party, named by its flag."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pygame

from ..text import number
from ..theme import Colour, Theme
from .base import Widget
from .flags import draw_flag, flag_width

# Okabe and Ito's palette, told apart with every common colour vision; the shape of the dots differs as well
LINES: tuple[Colour, ...] = (
    (240, 228, 66),
    (230, 120, 60),
    (86, 180, 233),
    (60, 190, 140),
    (224, 140, 186),
    (200, 200, 200),
)


@dataclass(frozen=True)
class Series:
    """`points`: (round, value) in the order of rounds."""

    party: str
    label: str
    points: tuple[tuple[int, float], ...]


class Chart(Widget):
    """`rounds`: right end of the axis; `mark`: a line across, such as the walk-away value."""

    role = "chart"

    def __init__(self, id: str, rect: pygame.Rect, label: str, series: Sequence[Series], rounds: int, mark: float):
        super().__init__(id, rect, label)
        self.series, self.rounds, self.mark = list(series), max(2, rounds), mark
        values = [v for s in self.series for _, v in s.points] + [mark]
        self.low = math.floor(min(values) * 5 + 1e-9) / 5
        self.high = max(self.low + 0.2, math.ceil(max(values) * 5 - 1e-9) / 5)

    def _plot(self, look: Theme) -> pygame.Rect:
        left, bottom, right = look.px(34), look.px(22), look.px(34)
        return pygame.Rect(
            self.rect.x + left,
            self.rect.y + look.px(8),
            self.rect.width - left - right,
            self.rect.height - bottom - look.px(8),
        )

    def _place(self, plot: pygame.Rect, round_: float, value: float) -> tuple[float, float]:
        x = plot.x + plot.width * (round_ - 1) / (self.rounds - 1)
        return x, plot.bottom - plot.height * (value - self.low) / (self.high - self.low)

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        p, plot = look.palette, self._plot(look)
        steps = round((self.high - self.low) / 0.2)
        for k in range(steps + 1):
            value = self.low + (self.high - self.low) * k / steps
            y = round(self._place(plot, 1, value)[1])
            surface.fill(p.border, (plot.x, y, plot.width, 1))
            image = look.image(number(value), "tiny", p.muted)
            surface.blit(image, image.get_rect(midright=(plot.x - look.px(6), y)))
        every = max(1, -(-self.rounds // max(1, plot.width // look.px(34))))
        for r in range(1, self.rounds + 1, every):
            image = look.image(str(r), "tiny", p.muted)
            surface.blit(image, image.get_rect(midtop=(self._place(plot, r, self.low)[0], plot.bottom + look.px(4))))
        y = round(self._place(plot, 1, self.mark)[1])
        for x in range(plot.x, plot.right, look.px(10)):
            surface.fill(p.gold, (x, y, look.px(6), max(1, look.px(2))))
        self._draw_lines(surface, look, plot)

    def _draw_lines(self, surface: pygame.Surface, look: Theme, plot: pygame.Rect) -> None:
        ends = []
        for n, series in enumerate(self.series):
            colour = LINES[n % len(LINES)]
            places = [self._place(plot, r, v) for r, v in series.points]
            for a, b in zip(places, places[1:], strict=False):
                for dy in range(max(1, look.px(2))):
                    pygame.draw.aaline(surface, colour, (a[0], a[1] + dy), (b[0], b[1] + dy))
            for place in places:
                _dot(surface, colour, place, max(2, look.px(3)), n)
            if places:
                ends.append((places[-1][1], n, series))
        height, last = look.px(11), -1e9
        for y, n, series in sorted(ends, key=lambda e: (e[0], e[1])):
            y = last = max(y, last + height + look.px(3))
            x = plot.right + look.px(8)
            draw_flag(surface, look, series.party, series.label, (x, round(y - height / 2)), height)
            surface.fill(
                LINES[n % len(LINES)], (x, round(y + height / 2), flag_width(series.party, height), max(1, look.px(2)))
            )


def _dot(surface: pygame.Surface, colour: Colour, place: tuple[float, float], r: int, kind: int) -> None:
    x, y = place
    if kind % 3 == 0:
        pygame.draw.circle(surface, colour, place, r)
    elif kind % 3 == 1:
        pygame.draw.rect(surface, colour, (x - r, y - r, 2 * r, 2 * r))
    else:
        pygame.draw.polygon(surface, colour, [(x, y - r - 1), (x + r + 1, y), (x, y + r + 1), (x - r - 1, y)])
