"""Things that hold others: panels, cards, areas that scroll, and rules between."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from ..theme import RADIUS, Theme
from .base import Action, Widget, walk
from .flags import draw_flag
from .icons import icon
from .paint import box, fade

FADE = 16  # height over which what is cut at an edge fades


class Panel(Widget):
    """A framed surface. `fill`, `border`: names of colours, or "" for none."""

    role = "group"

    def __init__(
        self,
        id: str,
        rect: pygame.Rect,
        children: Sequence[Widget] = (),
        label: str = "",
        fill: str = "panel",
        border: str = "border",
        width: int = 1,
    ):
        super().__init__(id, rect, label, children=children)
        self.fill, self.border, self.width = fill, border, width

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        fill = look.colour(self.fill) if self.fill else None
        border = look.colour(self.border) if self.border else None
        box(surface, self.rect, look.px(RADIUS), fill, border, look.px(self.width))


class Card(Widget):
    """A panel that can be chosen as a whole."""

    role = "radio"
    focusable = True

    def __init__(
        self,
        id: str,
        rect: pygame.Rect,
        label: str,
        action: Action,
        children: Sequence[Widget] = (),
        chosen: bool = False,
    ):
        super().__init__(id, rect, label, action, children=children)
        self.chosen = chosen

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        p = look.palette
        border = p.gold if self.chosen else p.edge if self.hover else p.border
        fill = p.tint if self.chosen else p.panel
        box(surface, self.rect, look.px(RADIUS), fill, border, max(1, look.px(2 if self.chosen else 1)))
        if self.chosen:
            side = look.px(16)
            place = (self.rect.right - side - look.px(12), self.rect.y + look.px(16))
            surface.blit(icon("check", side, p.gold), place)


class Rule(Widget):
    """A thin line."""

    role = "separator"

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        surface.fill(look.palette.border, self.rect)


class Stripe(Widget):
    """A plain coloured band behind a row."""

    role = "presentation"

    def __init__(self, id: str, rect: pygame.Rect, fill: str = "row", radius: int = 4):
        super().__init__(id, rect)
        self.fill, self.radius = fill, radius

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        box(surface, self.rect, look.px(self.radius), look.colour(self.fill))


class Flag(Widget):
    """A party's flag, as high as the rectangle."""

    role = "image"

    def __init__(self, id: str, rect: pygame.Rect, party: str, label: str, pair: bool = False):
        super().__init__(id, rect, label)
        self.party, self.pair = party, pair

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        draw_flag(surface, look, self.party, self.label, self.rect.topleft, self.rect.height, self.pair)


class Sign(Widget):
    """An icon on its own."""

    role = "image"

    def __init__(self, id: str, rect: pygame.Rect, name: str, colour: str, label: str = "", tip: str = ""):
        super().__init__(id, rect, label, tip=tip)
        self.name, self.colour = name, colour

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        surface.blit(icon(self.name, self.rect.height, look.colour(self.colour)), self.rect.topleft)


class ScrollArea(Widget):
    """Shows a part of its children, which are laid out as if there were room for all. Wheel, bar, keys.

    `height`: of the content. `end`: starts at the bottom. Keyboards reach it in the focus order while there is more
    than fits. Where something is hidden above or below, what is left of it fades into `fill`, the colour behind.
    """

    role = "scrollarea"
    fill = "panel"

    def __init__(
        self, id: str, rect: pygame.Rect, children: Sequence[Widget], height: int, label: str = "", end: bool = False
    ):
        super().__init__(id, rect, label, children=children)
        self.height, self.end = height, end
        self.offset = 0
        for widget in walk(self.children):
            widget.clip = self.rect if widget.clip is None else widget.clip.clip(self.rect)

    @property
    def most(self) -> int:
        """How far it can be scrolled."""
        return max(0, self.height - self.rect.height)

    @property
    def focusable(self) -> bool:  # type: ignore[override]
        return self.most > 0

    def scroll_to(self, offset: int) -> bool:
        """Show the content from `offset` on; whether that changed anything."""
        offset = min(max(0, offset), self.most)
        change, self.offset = self.offset - offset, offset
        if change:
            for widget in walk(self.children):
                widget.rect = widget.rect.move(0, change)
        return bool(change)

    def reveal(self, rect: pygame.Rect, margin: int) -> bool:
        """Scroll as little as possible so that `rect` can be seen."""
        if rect.bottom + margin > self.rect.bottom:
            over = min(rect.bottom + margin - self.rect.bottom, rect.y - margin - self.rect.y)
            return self.scroll_to(self.offset + max(0, over))
        if rect.y - margin < self.rect.y:
            return self.scroll_to(self.offset - (self.rect.y - rect.y + margin))
        return False

    def key(self, key: int, shift: bool) -> Action | None:
        step, page = self.rect.height // 6, self.rect.height * 5 // 6
        moves = {
            pygame.K_DOWN: step,
            pygame.K_UP: -step,
            pygame.K_PAGEDOWN: page,
            pygame.K_PAGEUP: -page,
            pygame.K_HOME: -self.height,
            pygame.K_END: self.height,
        }
        if key not in moves:
            return None
        self.scroll_to(self.offset + moves[key])
        return ("nothing",)

    def bar(self, look: Theme) -> pygame.Rect:
        """The thumb of the scroll bar; empty while everything fits."""
        if not self.most:
            return pygame.Rect(0, 0, 0, 0)
        length = max(look.px(24), self.rect.height * self.rect.height // self.height)
        y = self.rect.y + (self.rect.height - length) * self.offset // self.most
        return pygame.Rect(self.rect.right - look.px(6), y, look.px(6), length)

    def drag(self, dy: int, look: Theme) -> bool:
        """Move the thumb by `dy` pixels."""
        track = self.rect.height - self.bar(look).height
        return bool(track) and self.scroll_to(self.offset + round(dy * self.most / track))

    def draw_bar(self, surface: pygame.Surface, look: Theme) -> None:
        """Drawn after the children, so that it stays on top of them."""
        if self.most:
            p = look.palette
            shade = fade((self.rect.width, look.px(FADE)), look.colour(self.fill))
            if self.offset:
                surface.blit(pygame.transform.flip(shade, False, True), self.rect.topleft)
            if self.offset < self.most:
                surface.blit(shade, (self.rect.x, self.rect.bottom - shade.get_height()))
            track = pygame.Rect(self.rect.right - look.px(6), self.rect.y, look.px(6), self.rect.height)
            box(surface, track, look.px(3), p.track)
            box(surface, self.bar(look), look.px(3), p.edge if self.hover or self.focus else p.border)
