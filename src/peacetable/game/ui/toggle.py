"""Things to choose with: buttons that stay down, and the digits of a number."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from ..theme import RADIUS, Theme
from .base import Action, Widget
from .controls import Button
from .flags import draw_flag, flag_width
from .icons import icon
from .layout import Column
from .paint import box

TALL = 34
DIGITS = {getattr(pygame, f"{pad}{d}"): d for d in range(10) for pad in ("K_", "K_KP")}


class Toggle(Button):
    """A button that is chosen or not. `role`: radio (one of several) or checkbox; `party`: whose flag stands in it;
    `note`: said at its right end where there is room."""

    def __init__(
        self,
        id: str,
        label: str,
        action: Action,
        chosen: bool,
        look: Theme,
        party: str = "",
        tip: str = "",
        role: str = "radio",
        enabled: bool = True,
        note: str = "",
    ):
        rect = pygame.Rect(0, 0, self.wide(look, label, party), look.px(TALL))
        super().__init__(id, rect, label, action, tip=tip, enabled=enabled, style="small_strong")
        self.chosen, self.party, self.role, self.note = chosen, party, role, note

    @staticmethod
    def wide(look: Theme, label: str, party: str = "") -> int:
        """Width at which the label fits, with room for the sign of being chosen and for a flag."""
        flag = flag_width(party, look.px(13)) + look.px(8) if party else 0
        return look.width(label, "small_strong") + look.px(42) + flag

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        p = look.palette
        lit = (self.hover or self.pressed) and self.enabled
        ink = p.on_accent if self.chosen else p.text if self.enabled else p.muted
        fill = (p.accent_hover if lit else p.accent) if self.chosen else p.raised_hover if lit else p.raised
        box(surface, self.rect, look.px(RADIUS), fill if self.enabled else None, None if self.chosen else p.edge)
        side, x, y = look.px(13), self.rect.x + look.px(10), self.rect.centery
        if self.chosen:
            surface.blit(icon("check", side, ink), (x, y - side // 2))
        else:
            place = pygame.Rect(x, y - side // 2, side, side)
            box(surface, place, look.px(3) if self.role == "checkbox" else side // 2, None, ink)
        x += side + look.px(8)
        if self.party:
            x += draw_flag(surface, look, self.party, self.label, (x, y - look.px(13) // 2), look.px(13)) + look.px(8)
        image = look.image(look.elide(self.label, self.style, self._room(look)), self.style, ink)
        surface.blit(image, image.get_rect(midleft=(x, y)))
        if self.note and look.width(self.note, "tiny") + look.px(24) <= self.rect.right - x - image.get_width():
            said = look.image(self.note, "tiny", ink if self.chosen else p.muted)
            surface.blit(said, said.get_rect(midright=(self.rect.right - look.px(12), y)))

    def _room(self, look: Theme) -> int:
        return self.rect.width - (self.wide(look, "", self.party) - look.px(8))


def flow(column: Column, widgets: Sequence[Widget], gap: float = 6) -> None:
    """Put widgets of their own sizes side by side into a column, in as many lines as it takes."""
    space = column.look.px(gap)
    x, tall = column.x, 0
    for widget in widgets:
        widget.rect.width = min(widget.rect.width, column.width)
        if x > column.x and x + widget.rect.width > column.x + column.width:
            x, column.y = column.x, column.y + tall + space
        widget.rect.topleft = (x, column.y)
        x, tall = widget.rect.right + space, widget.rect.height
        column.add(widget)
    column.y += tall


class NumberField(Widget):
    """A whole number to be typed: gives action + ("digit", d) and action + ("rub",)."""

    role = "spinbutton"
    focusable = True

    def __init__(self, id: str, rect: pygame.Rect, label: str, value: str, action: Action, tip: str = ""):
        super().__init__(id, rect, label, action, tip)
        self.value = value

    def click(self, place: tuple[int, int]) -> Action | None:
        return None

    def key(self, key: int, shift: bool) -> Action | None:
        if key in DIGITS:
            return (*self.action, "digit", DIGITS[key])
        if key in (pygame.K_BACKSPACE, pygame.K_DELETE):
            return (*self.action, "rub")
        return None

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        p = look.palette
        box(surface, self.rect, look.px(RADIUS), p.well, p.gold if self.focus else p.edge)
        image = look.image(self.value, "strong", p.text)
        place = image.get_rect(midleft=(self.rect.x + look.px(10), self.rect.centery))
        surface.blit(image, place)
        if self.focus:
            surface.fill(
                p.gold, (place.right + look.px(2), place.y + look.px(2), look.px(2), place.height - look.px(4))
            )

    def overflow(self, look: Theme) -> list[str]:
        if look.width(self.value, "strong") + look.px(18) > self.rect.width:
            return [f"{self.id}: {self.value} does not fit into {self.rect.width} pixels"]
        return []
