"""Things to press: buttons and tabs."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from ..theme import RADIUS, Colour, Theme
from .base import Action, Widget
from .icons import icon
from .paint import box

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


class Cells(Widget):
    """A row cut into equally wide cells, one for each name or option, that the mouse points at."""

    parts = True
    focusable = True

    def __init__(self, id: str, rect: pygame.Rect, label: str, action: Action, tip: str = ""):
        super().__init__(id, rect, label, action, tip)
        self._at = -1  # the cell pointed at

    def count(self) -> int:
        """How many cells there are."""
        raise NotImplementedError

    def cells(self) -> list[pygame.Rect]:
        n, r = self.count(), self.rect
        edges = [r.x + r.width * k // n for k in range(n + 1)]
        return [pygame.Rect(edges[k], r.y, edges[k + 1] - edges[k], r.height) for k in range(n)]

    def cell(self, index: int) -> pygame.Rect:
        return self.cells()[index]

    def at(self, place: tuple[int, int]) -> int:
        """The cell at this place, -1 for none."""
        return next((k for k, cell in enumerate(self.cells()) if cell.collidepoint(place)), -1)

    def point(self, place: tuple[int, int]) -> bool:
        before = self._at
        self._at = self.at(place)
        return before != self._at


class Tabs(Cells):
    """A few views of which one is shown. Activated with arrows, keys or mouse: action + (index,)."""

    role = "tablist"

    def __init__(self, id: str, rect: pygame.Rect, label: str, names: Sequence[str], index: int, action: Action):
        super().__init__(id, rect, label, action)
        self.names, self.index = list(names), index

    def count(self) -> int:
        return len(self.names)

    def click(self, place: tuple[int, int]) -> Action | None:
        at = self.at(place)
        return (*self.action, at) if at >= 0 else None

    def key(self, key: int, shift: bool) -> Action | None:
        step = -1 if key in BACK else 1 if key in ON else 0
        return (*self.action, (self.index + step) % len(self.names)) if step else None

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        p = look.palette
        surface.fill(p.border, (self.rect.x, self.rect.bottom - 1, self.rect.width, 1))
        for k, (name, cell) in enumerate(zip(self.names, self.cells(), strict=True)):
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
            for name, cell in zip(self.names, self.cells(), strict=True)
            if look.width(name, "strong") > cell.width - look.px(8)
        ]
