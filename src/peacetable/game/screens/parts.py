"""Pieces that several screens share: header, footer, lists of levels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pygame

from ...seat.views import Facts
from ...words.catalogue import Catalogue
from ..theme import BUTTON, Theme
from ..ui import Action, Button, Column, Label, Sign, Stripe, Widget, cut_bottom, cut_right
from ..ui.paint import dashes
from .base import Frame

MARGIN = 16


def inside(frame: Frame) -> pygame.Rect:
    """The window without its margins; small windows have small ones."""
    margin = frame.look.px(MARGIN if frame.wide >= 1000 and frame.tall >= 600 else 10)
    return frame.area.inflate(-2 * margin, -2 * margin)


def settings(
    frame: Frame,
    t: Catalogue,
    rect: pygame.Rect,
    extra: Sequence[tuple[str, str, Action, str]] = (),
    pace: bool = False,
) -> tuple[list[Widget], pygame.Rect]:
    """Quiet buttons at the right end of a header, and what is left of it. `extra`: (id, label, action, icon)."""
    look = frame.look
    buttons = [(*one, "") for one in extra]
    if pace:
        buttons.append(("pace", t("pace", name=t(f"pace.{frame.pace}")), ("pace",), "clock", t("pace.tip")))
    buttons.append(("menu", t("menu"), ("menu",), "menu", t("menu.tip")))
    widgets: list[Widget] = []
    for id, label, action, sign, tip in reversed(buttons):
        width = Button.width_for(look, label, sign, style="small")
        place, rect = cut_right(rect, width, look.px(2))
        place = pygame.Rect(place.x, place.y, place.width, min(place.height, look.px(34)))
        widgets.insert(0, Button(id, place, label, action, "quiet", sign, tip=tip, style="small"))
    return widgets, rect


def headline(look: Theme, rect: pygame.Rect, style: str) -> pygame.Rect:
    """Where a title begins in the first line of a screen, level with the buttons at its end."""
    return pygame.Rect(rect.x, rect.y + max(0, (look.px(34) - look.line(style)) // 2), rect.width, 0)


def footer(
    look: Theme, rect: pygame.Rect, text: str, sign: str = "bulb", colour: str = "muted", keys: str = ""
) -> tuple[list[Widget], pygame.Rect]:
    """The hint line at the bottom, as high as it needs to be, and what is left above it."""
    room = rect.width
    widgets: list[Widget] = []
    keys_width = look.width(keys, "tiny") if keys else 0
    text_width = look.width(text, "small") + look.px(24)
    if keys and text_width + keys_width + look.px(30) <= room:
        room -= keys_width + look.px(16)
    else:
        keys = ""
    height = look.height(text, "small", room - look.px(24))
    strip, rest = cut_bottom(rect, height, look.px(8))
    side = look.px(15)
    widgets.append(Sign("hint.sign", pygame.Rect(strip.x, strip.y + look.px(1), side, side), sign, colour))
    place = pygame.Rect(strip.x + look.px(24), strip.y, room - look.px(24), height)
    widgets.append(Label("hint", place, text, "small", colour))
    if keys:
        place = pygame.Rect(strip.right - keys_width - 2, strip.y, keys_width + 2, height)
        widgets.append(Label("hint.keys", place, keys, "tiny", "muted", align="right"))
    return widgets, rest


def button_row(
    look: Theme, rect: pygame.Rect, buttons: Iterable[Button], high: float = BUTTON
) -> tuple[list[Widget], pygame.Rect]:
    """Buttons of their own widths (their rects' widths) from the left, in as many rows as it takes, at the bottom of
    `rect`; and what is left above. `high`: their height at 100 %."""
    gap, height = look.px(10), look.px(high)
    rows: list[list[Button]] = [[]]
    x = 0
    for button in buttons:
        button.rect.width = min(button.rect.width, rect.width)
        if x and x + button.rect.width > rect.width:
            rows.append([])
            x = 0
        rows[-1].append(button)
        x += button.rect.width + gap
    strip, rest = cut_bottom(rect, len(rows) * height + (len(rows) - 1) * look.px(6), look.px(high // 4))
    for r, row in enumerate(rows):
        x = strip.x
        for button in row:
            button.rect = pygame.Rect(x, strip.y + r * (height + look.px(6)), button.rect.width, height)
            x += button.rect.width + gap
    return [b for row in rows for b in row], rest


def button(
    look: Theme,
    id: str,
    label: str,
    action: Action,
    kind: str = "normal",
    sign: str = "",
    keycap: str = "",
    tip: str = "",
    enabled: bool = True,
) -> Button:
    """A button as wide as its text needs, to be placed by `button_row`."""
    width = Button.width_for(look, label, sign, keycap)
    return Button(id, pygame.Rect(0, 0, width, look.px(BUTTON)), label, action, kind, sign, keycap, tip, enabled)


def red_line_lines(facts: Facts, red_lines: Iterable[tuple[int, int]]) -> list[str]:
    """Red lines by issue: 'Ground force: About 10,000; 25,000-30,000'."""
    by_issue: dict[int, list[str]] = {}
    for issue, level in sorted(red_lines):
        by_issue.setdefault(issue, []).append(facts.short(issue, level))
    return [f"{facts.issues[i].short}: {'; '.join(levels)}" for i, levels in by_issue.items()]


class Ghost(Widget):
    """A dashed box, for the legend."""

    role = "presentation"

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        dashes(surface, self.rect, look.palette.edge, look.px(3), max(1, look.px(1)))


def legend_column(look: Theme, rect: pygame.Rect, name: str, items: Iterable[tuple[str, str, str]]) -> Column:
    """Small signs with their meaning, in as many lines as it takes. `items`: (icon, dashes or bar; colour; text)."""
    column = Column(look, rect, f"{name}.legend")
    x, line, side = rect.x, look.line("tiny") + look.px(3), look.px(11)
    for n, (sign, colour, text) in enumerate(items):
        width = look.width(text, "tiny") + 2
        if x > rect.x and x + side + look.px(5) + width > rect.right:
            x, column.y = rect.x, column.y + line
        place = pygame.Rect(x, column.y + (look.line("tiny") - side) // 2, side, side)
        id = f"{name}.legend.{n}"
        if sign == "dashes":
            column.add(Ghost(f"{id}.sign", place, text))
        elif sign == "bar":
            bar = pygame.Rect(place.x, place.centery - look.px(1), side, look.px(3))
            column.add(Stripe(f"{id}.sign", bar, colour, 0))
        else:
            column.add(Sign(f"{id}.sign", place, sign, colour, text))
        place = pygame.Rect(x + side + look.px(5), column.y, width, look.line("tiny"))
        column.add(Label(id, place, text, "tiny", "muted"))
        x = place.right + look.px(14)
    column.y += line
    return column
