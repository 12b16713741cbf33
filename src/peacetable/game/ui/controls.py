"""Things to press: buttons, tabs, and the row of levels of an issue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pygame

from ..theme import RADIUS, Colour, Theme
from .base import Action, Widget
from .flags import draw_flag, flag_width
from .icons import icon
from .paint import box, dashes, hatch

BACK = (pygame.K_LEFT,)
ON = (pygame.K_RIGHT,)


class Button(Widget):
    """`kind`: primary | normal | danger | quiet; `sign`: an icon; `keycap`: the key that does the same, shown small."""

    role = "button"
    focusable = True

    def __init__(
        self,
        id: str,
        rect: pygame.Rect,
        label: str,
        action: Action,
        kind: str = "normal",
        sign: str = "",
        keycap: str = "",
        tip: str = "",
        enabled: bool = True,
        style: str = "strong",
    ):
        super().__init__(id, rect, label, action, tip, enabled=enabled)
        self.kind, self.sign, self.keycap, self.style = kind, sign, keycap, style

    @staticmethod
    def width_for(look: Theme, label: str, sign: str = "", keycap: str = "", style: str = "strong") -> int:
        """Width at which label, icon and keycap fit on one line."""
        width = look.width(label, style) + look.px(32)
        width += look.px(24) if sign else 0
        return width + (look.width(keycap, "tiny") + look.px(20) if keycap else 0)

    def colours(self, look: Theme) -> tuple[Colour | None, Colour | None, Colour]:
        """Fill, border, ink."""
        p = look.palette
        if not self.enabled:
            return None, p.border, p.muted
        lit = self.hover or self.pressed
        if self.kind == "primary":
            return (p.accent_hover if lit else p.accent), None, p.on_accent
        if self.kind == "danger":
            return (p.danger_hover if lit else p.danger), None, p.on_accent
        if self.kind == "quiet":
            return (p.raised if lit else None), None, (p.text if lit else p.muted)
        return (p.raised_hover if lit else p.raised), p.edge, p.text

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        fill, border, ink = self.colours(look)
        box(surface, self.rect, look.px(RADIUS), fill, border)
        image = look.image(look.elide(self.label, self.style, self._room(look)), self.style, ink)
        side = look.px(16)
        width = image.get_width() + (side + look.px(8) if self.sign else 0)
        cap = look.image(self.keycap, "tiny", ink) if self.keycap and self.enabled else None
        width += cap.get_width() + look.px(20) if cap else 0
        x = self.rect.centerx - width // 2
        y = self.rect.centery + (look.px(1) if self.pressed and self.enabled else 0)
        if self.sign:
            surface.blit(icon(self.sign, side, ink), (x, y - side // 2))
            x += side + look.px(8)
        surface.blit(image, image.get_rect(midleft=(x, y)))
        if cap:
            place = cap.get_rect(midleft=(x + image.get_width() + look.px(15), y))
            box(surface, place.inflate(look.px(10), look.px(3)), look.px(4), None, ink)
            surface.blit(cap, place)

    def _room(self, look: Theme) -> int:
        other = self.width_for(look, "", self.sign, self.keycap if self.enabled else "", self.style) - look.px(20)
        return self.rect.width - other

    def overflow(self, look: Theme) -> list[str]:
        if look.width(self.label, self.style) > self._room(look) or look.line(self.style) > self.rect.height:
            return [f"{self.id}: {self.label!r} does not fit into {self.rect.size}"]
        return []


class Tabs(Widget):
    """A few views of which one is shown. Activated with arrows, keys or mouse: action + (index,)."""

    role = "tablist"
    parts = True
    focusable = True

    def __init__(self, id: str, rect: pygame.Rect, label: str, names: Sequence[str], index: int, action: Action):
        super().__init__(id, rect, label, action)
        self.names, self.index = list(names), index
        self._at = -1

    def _cells(self) -> list[pygame.Rect]:
        n, r = len(self.names), self.rect
        edges = [r.x + r.width * k // n for k in range(n + 1)]
        return [pygame.Rect(edges[k], r.y, edges[k + 1] - edges[k], r.height) for k in range(n)]

    def cell(self, index: int) -> pygame.Rect:
        return self._cells()[index]

    def click(self, place: tuple[int, int]) -> Action | None:
        return next(((*self.action, k) for k, cell in enumerate(self._cells()) if cell.collidepoint(place)), None)

    def key(self, key: int, shift: bool) -> Action | None:
        step = -1 if key in BACK else 1 if key in ON else 0
        return (*self.action, (self.index + step) % len(self.names)) if step else None

    def point(self, place: tuple[int, int]) -> bool:
        before = self._at
        self._at = next((k for k, cell in enumerate(self._cells()) if cell.collidepoint(place)), -1)
        return before != self._at

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        p = look.palette
        surface.fill(p.border, (self.rect.x, self.rect.bottom - 1, self.rect.width, 1))
        for k, (name, cell) in enumerate(zip(self.names, self._cells(), strict=True)):
            chosen, lit = k == self.index, self.hover and k == self._at
            ink = p.text if chosen or lit else p.muted
            style = "strong" if chosen else "body"
            image = look.image(look.elide(name, style, cell.width - look.px(8)), style, ink)
            surface.blit(image, image.get_rect(center=(cell.centerx, cell.centery - look.px(1))))
            if chosen:
                surface.fill(p.gold, (cell.x, cell.bottom - look.px(3), cell.width, look.px(3)))

    def overflow(self, look: Theme) -> list[str]:
        return [
            f"{self.id}: tab {name!r} does not fit into {cell.width} pixels"
            for name, cell in zip(self.names, self._cells(), strict=True)
            if look.width(name, "strong") > cell.width - look.px(8)
        ]


@dataclass(frozen=True)
class Option:
    """One level in a Segmented row. `offered`, `barred`: (party id, label) of who offered it last, and of whose public
    red line it is; `red`: the own red line; `ghost`: in the own last offer; `standing`: in a package on the table;
    `closed`: taken off the table by an event."""

    label: str
    tip: str = ""
    offered: tuple[tuple[str, str], ...] = ()
    barred: tuple[tuple[str, str], ...] = ()
    red: bool = False
    ghost: bool = False
    standing: bool = False
    closed: bool = False


class Segmented(Widget):
    """One of several levels: arrows or mouse. Action + (index,). Above each level stand the flags of those who offered
    it last, below it the flags of those whose red line it is. `more` + (index,): what Enter, or a click on the red
    lines, gives."""

    role = "radiogroup"
    parts = True
    focusable = True

    def __init__(
        self,
        id: str,
        rect: pygame.Rect,
        label: str,
        options: Sequence[Option],
        index: int,
        action: Action,
        tip: str = "",
        more: Action = (),
    ):
        super().__init__(id, rect, label, action, tip)
        self.options, self.index, self.more = list(options), index, more
        self._at = -1

    @staticmethod
    def height_for(look: Theme, options: Sequence[Option], width: int) -> int:
        """Height at which every level's text fits, with a strip for marks above and below."""
        room = width // max(1, len(options)) - look.px(10)
        lines = max(len(look.wrap(o.label, "small_strong", room)) for o in options)
        return lines * look.line("small_strong") + 2 * look.px(15) + look.px(4)

    def cells(self) -> list[pygame.Rect]:
        n, r = len(self.options), self.rect
        edges = [r.x + r.width * k // n for k in range(n + 1)]
        return [pygame.Rect(edges[k], r.y, edges[k + 1] - edges[k], r.height) for k in range(n)]

    def cell(self, index: int) -> pygame.Rect:
        return self.cells()[index]

    def click(self, place: tuple[int, int]) -> Action | None:
        at = next((k for k, cell in enumerate(self.cells()) if cell.collidepoint(place)), -1)
        if at < 0:
            return None
        cell = self.cell(at)
        low = pygame.Rect(cell.x, cell.bottom - cell.height // 3, min(cell.width // 2, cell.height), cell.height // 3)
        asked = self.more and (self.options[at].barred or self.options[at].red) and low.collidepoint(place)
        return (*self.more, at) if asked else (*self.action, at)

    def key(self, key: int, shift: bool) -> Action | None:
        if key in (pygame.K_RETURN, pygame.K_KP_ENTER) and self.more:
            return (*self.more, self.index)
        if key in BACK and self.index > 0:
            return (*self.action, self.index - 1)
        if key in ON and self.index < len(self.options) - 1:
            return (*self.action, self.index + 1)
        if key == pygame.K_HOME:
            return (*self.action, 0)
        if key == pygame.K_END:
            return (*self.action, len(self.options) - 1)
        return ("nothing",) if key in (*BACK, *ON) else None

    def point(self, place: tuple[int, int]) -> bool:
        before = self._at
        self._at = next((k for k, cell in enumerate(self.cells()) if cell.collidepoint(place)), -1)
        return before != self._at

    def tip_now(self) -> str:
        at = self._at if self.hover and self._at >= 0 else self.index
        return self.options[at].tip or self.tip

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        p = look.palette
        box(surface, self.rect, look.px(RADIUS), p.well, p.border)
        for k, (option, cell) in enumerate(zip(self.options, self.cells(), strict=True)):
            if k and k not in (self.index, self.index + 1):
                surface.fill(p.border, (cell.x, cell.y + look.px(8), 1, cell.height - look.px(16)))
            self._draw_cell(surface, look, k, option, cell)

    def _draw_cell(self, surface: pygame.Surface, look: Theme, k: int, option: Option, cell: pygame.Rect) -> None:
        p = look.palette
        inner = cell.inflate(-look.px(4), -look.px(4))
        chosen, lit = k == self.index, self.hover and k == self._at
        if chosen:
            box(surface, inner, look.px(5), p.accent_hover if lit else p.accent)
        elif lit:
            box(surface, inner, look.px(5), p.raised)
        if option.red and not chosen:
            hatch(surface, inner, p.hatch, look.px(9))
        if option.ghost and not chosen:
            dashes(surface, inner, p.edge, look.px(4), max(1, look.px(1)))
        if option.standing:
            surface.fill(
                p.gold, (inner.x + look.px(6), inner.bottom - look.px(3), inner.width - look.px(12), look.px(3))
            )
        ink = p.on_accent if chosen else p.text if lit or option.ghost or option.standing else p.muted
        if option.closed:
            cross = icon("cross", look.px(12), p.on_accent if chosen else p.bad)
            surface.blit(cross, (inner.right - look.px(15), inner.bottom - look.px(15)))
            surface.fill(ink, (inner.x + look.px(8), inner.centery, inner.width - look.px(16), max(1, look.px(1))))
        self._draw_text(surface, look, option.label, inner, "small_strong" if chosen else "small", ink)
        strip = look.px(14)
        side = look.px(12)
        if chosen:
            surface.blit(icon("check", side, p.on_accent), (inner.right - side - look.px(3), inner.y + look.px(3)))
        top = pygame.Rect(inner.x + look.px(4), inner.y + look.px(3), inner.width - look.px(8), strip)
        self._flags(surface, look, option.offered, top)
        barred = list(option.barred)
        low = pygame.Rect(top.x, inner.bottom - strip - look.px(3), top.width, strip)
        if option.red or barred:
            stop = icon("stop", side, p.on_accent if chosen else p.bad)
            surface.blit(stop, stop.get_rect(midleft=(low.x, low.centery - look.px(1))))
            low.x += side + look.px(4)
            low.width -= side + look.px(4)
            self._flags(surface, look, barred, low, struck=True)

    def _draw_text(
        self, surface: pygame.Surface, look: Theme, text: str, inner: pygame.Rect, style: str, ink: Colour
    ) -> None:
        lines, height = look.wrap(text, style, inner.width - look.px(6)), look.line(style)
        y = inner.centery - len(lines) * height // 2
        for line in lines:
            image = look.image(line, style, ink)
            surface.blit(image, (inner.centerx - image.get_width() // 2, y))
            y += height

    @staticmethod
    def _flags(surface: pygame.Surface, look: Theme, parties, strip: pygame.Rect, struck: bool = False) -> None:
        height, x = look.px(10), strip.x
        step = flag_width("ukraine", height) + look.px(3)
        if parties and step * len(parties) > strip.width:
            step = max(look.px(4), (strip.width - step) // max(1, len(parties) - 1))
        for party, label in parties:
            width = draw_flag(surface, look, party, label, (x, strip.y + look.px(1)), height)
            if struck:
                y = strip.y + look.px(1)
                pygame.draw.aaline(surface, look.colour("bad"), (x, y + height), (x + width, y))
            x += step

    def overflow(self, look: Theme) -> list[str]:
        found = []
        for option, cell in zip(self.options, self.cells(), strict=True):
            room = cell.width - look.px(10)
            lines = look.wrap(option.label, "small_strong", room)
            if len(lines) * look.line("small_strong") + 2 * look.px(15) > cell.height:
                found.append(f"{self.id}: {option.label!r} is too high for {cell.size}")
            if any(look.width(line, "small_strong") > room for line in lines):
                found.append(f"{self.id}: {option.label!r} is too wide for {cell.width} pixels")
        return found
