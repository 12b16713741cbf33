"""The row of levels of an issue: what each is called, who offered it, whose red line it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pygame

from ..theme import RADIUS, Theme
from .base import Action
from .controls import BACK, ON, Cells
from .flags import draw_flag, flag_width
from .icons import icon
from .paint import box, dashes, hatch

STRIP = 12  # height of the marks above and below a label
EDGE = 4  # from the border of a cell to its marks
FLAG = 11


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


@dataclass(frozen=True)
class Spot:
    """A mark in a cell. `kind`: flag | struck (a flag crossed out) | icon | count; `what`: party id, icon or text;
    `label`: of the party."""

    kind: str
    what: str
    rect: pygame.Rect
    label: str = ""


class Segmented(Cells):
    """One of several levels: arrows or mouse. Action + (index,). Above each label stand the flags of those who offered
    the level last, below it the flags of those whose red line it is, in strips of their own; where flags find no room
    a number says how many more there are. `more` + (index,): what Enter, or a click on the red lines, gives."""

    role = "radiogroup"

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

    def count(self) -> int:
        return len(self.options)

    @staticmethod
    def height_for(look: Theme, options: Sequence[Option], width: int) -> int:
        """Height at which every label fits between its two strips of marks."""
        room = width // max(1, len(options)) - look.px(4) - look.px(6)
        lines = max(len(look.wrap(o.label, "small_strong", room)) for o in options)
        return lines * look.line("small_strong") + 2 * _strip(look) + look.px(4)

    def click(self, place: tuple[int, int]) -> Action | None:
        at = self.at(place)
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

    def tip_now(self) -> str:
        at = self._at if self.hover and self._at >= 0 else self.index
        return self.options[at].tip or self.tip

    # -- where things stand ------------------------------------------------------------------------------------------

    def text_rects(self, look: Theme, k: int) -> list[tuple[str, pygame.Rect]]:
        """The lines of the label of level `k`, each with its place."""
        return self._lines(look, k, _inner(look, self.cell(k)))

    def spots(self, look: Theme, k: int) -> list[Spot]:
        """The marks of level `k`, each with its place: none is on the label, none on another mark."""
        return self._marks(look, k, _inner(look, self.cell(k)))

    def _lines(self, look: Theme, k: int, inner: pygame.Rect) -> list[tuple[str, pygame.Rect]]:
        style = self._style(k)
        lines, height = look.wrap(self.options[k].label, style, inner.width - look.px(6)), look.line(style)
        found, y = [], inner.centery - len(lines) * height // 2
        for line in lines:
            width = look.width(line, style)
            found.append((line, pygame.Rect(inner.centerx - width // 2, y, width, height)))
            y += height
        return found

    def _marks(self, look: Theme, k: int, inner: pygame.Rect) -> list[Spot]:
        option, side = self.options[k], look.px(STRIP)
        strip = pygame.Rect(inner.x + look.px(5), 0, inner.width - look.px(10), side)
        top, low = strip.copy(), strip.copy()
        top.top, low.bottom = inner.y + look.px(EDGE), inner.bottom - look.px(EDGE)
        found = []
        if k == self.index:
            found.append(Spot("icon", "check", _cut(top, side, look.px(3), right=True)))
        if option.closed:
            found.append(Spot("icon", "cross", _cut(low, side, look.px(3), right=True)))
        if option.red or option.barred:
            found.append(Spot("icon", "stop", _cut(low, side, look.px(4))))
        return [*found, *_flags(look, option.offered, top, "flag"), *_flags(look, option.barred, low, "struck")]

    def _style(self, k: int) -> str:
        return "small_strong" if k == self.index else "small"

    # -- drawing -----------------------------------------------------------------------------------------------------

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        p = look.palette
        box(surface, self.rect, look.px(RADIUS), p.well, p.border)
        for k, (option, cell) in enumerate(zip(self.options, self.cells(), strict=True)):
            if k and k not in (self.index, self.index + 1):
                surface.fill(p.border, (cell.x, cell.y + look.px(8), 1, cell.height - look.px(16)))
            self._draw_cell(surface, look, k, option, _inner(look, cell))

    def _draw_cell(self, surface: pygame.Surface, look: Theme, k: int, option: Option, inner: pygame.Rect) -> None:
        p = look.palette
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
            bar = pygame.Rect(inner.x + look.px(6), inner.bottom - look.px(3), inner.width - look.px(12), look.px(3))
            surface.fill(p.gold, bar)
        ink = p.on_accent if chosen else p.text if lit or option.ghost or option.standing else p.muted
        for line, place in self._lines(look, k, inner):
            surface.blit(look.image(line, self._style(k), ink), place)
            if option.closed:
                surface.fill(ink, (place.x, place.centery, place.width, max(1, look.px(1))))
        for spot in self._marks(look, k, inner):
            _draw_spot(surface, look, spot, chosen)

    def overflow(self, look: Theme) -> list[str]:
        found = []
        for k, (option, cell) in enumerate(zip(self.options, self.cells(), strict=True)):
            inner = _inner(look, cell)
            room = inner.height - 2 * _strip(look)
            lines = look.wrap(option.label, "small_strong", inner.width - look.px(6))
            if len(lines) * look.line("small_strong") > room:
                found.append(f"{self.id}: {option.label!r} is too high for {cell.size}")
            if any(look.width(line, "small_strong") > inner.width for line in lines):
                found.append(f"{self.id}: {option.label!r} is too wide for {cell.width} pixels")
            if not all(inner.contains(spot.rect) for spot in self.spots(look, k)):
                found.append(f"{self.id}: the marks of {option.label!r} leave {inner.size}")
        return found


def _strip(look: Theme) -> int:
    """Height that is kept free above and below a label."""
    return look.px(EDGE) + look.px(STRIP)


def _inner(look: Theme, cell: pygame.Rect) -> pygame.Rect:
    return cell.inflate(-look.px(4), -look.px(4))


def _cut(strip: pygame.Rect, side: int, gap: int, right: bool = False) -> pygame.Rect:
    """Take a square off an end of the strip, which gets shorter."""
    square = pygame.Rect(strip.right - side if right else strip.x, strip.y, side, side)
    strip.width = max(0, strip.width - side - gap)
    if not right:
        strip.x += side + gap
    return square


def _flags(look: Theme, parties: Sequence[tuple[str, str]], strip: pygame.Rect, kind: str) -> list[Spot]:
    """Flags from the left; what finds no room is counted."""
    height = look.px(FLAG)
    width, gap = flag_width("ukraine", height), look.px(3)
    fits = (strip.width + gap) // (width + gap)
    if fits < len(parties):
        fits = max(0, (strip.width - _count_width(look, parties)) // (width + gap))
    y, found = strip.centery - height // 2, []
    for n, (party, label) in enumerate(parties[:fits]):
        found.append(Spot(kind, party, pygame.Rect(strip.x + n * (width + gap), y, width, height), label))
    if fits < len(parties):
        text = f"+{len(parties) - fits}" if fits else str(len(parties))
        place = pygame.Rect(strip.x + fits * (width + gap), strip.y, look.width(text, "tiny_strong"), strip.height)
        found.append(Spot("count", text, place))
    return found


def _count_width(look: Theme, parties: Sequence[tuple[str, str]]) -> int:
    return look.width(f"+{len(parties)}", "tiny_strong")


def _draw_spot(surface: pygame.Surface, look: Theme, spot: Spot, chosen: bool) -> None:
    p, rect = look.palette, spot.rect
    if spot.kind == "icon":
        colour = p.on_accent if chosen else p.bad
        surface.blit(icon(spot.what, rect.height, colour), rect)
    elif spot.kind == "count":
        image = look.image(spot.what, "tiny_strong", p.on_accent if chosen else p.text)
        surface.blit(image, image.get_rect(center=rect.center))
    else:
        draw_flag(surface, look, spot.what, spot.label, rect.topleft, rect.height)
    if spot.kind == "struck":
        pygame.draw.line(surface, p.background, (rect.x, rect.bottom), (rect.right, rect.y), look.px(3))
        pygame.draw.line(surface, p.bad, rect.bottomleft, rect.topright, max(1, look.px(1)))
