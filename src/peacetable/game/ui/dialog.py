"""What floats above a screen: dialogs that ask, tooltips that explain."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from ..theme import BUTTON, RADIUS, Theme
from .base import Action, Widget
from .controls import Button
from .label import Label
from .paint import box


class Dialog(Widget):
    """Asks before something that cannot be undone. `first`: id of the button in focus; `cancel`: the action of Esc."""

    role = "dialog"

    def __init__(self, id: str, rect: pygame.Rect, label: str, children: Sequence[Widget], first: str, cancel: Action):
        super().__init__(id, rect, label, children=children)
        self.first, self.cancel = first, cancel

    @classmethod
    def ask(
        cls,
        id: str,
        look: Theme,
        window: pygame.Rect,
        title: str,
        text: str,
        buttons: Sequence[tuple[str, str, Action, str]],
        cancel: Action,
    ) -> Dialog:
        """A dialog in the middle of the window. `buttons`: (id, label, action, kind), the first one in focus."""
        width = min(window.width - look.px(24), look.px(520))
        pad, gap = look.px(22), look.px(12)
        inner = width - 2 * pad
        title_height = look.height(title, "heading", inner)
        text_height = look.height(text, "body", inner)
        widths = [Button.width_for(look, label) for _, label, _, _ in buttons]
        stacked = sum(widths) + gap * (len(widths) - 1) > inner
        rows = len(buttons) if stacked else 1
        buttons_height = rows * look.px(BUTTON) + (rows - 1) * gap
        height = 2 * pad + title_height + gap + text_height + 2 * gap + buttons_height
        rect = pygame.Rect(0, 0, width, height)
        rect.center = window.center
        x, y = rect.x + pad, rect.y + pad
        children: list[Widget] = [
            Label(f"{id}.title", pygame.Rect(x, y, inner, title_height), title, "heading"),
            Label(f"{id}.text", pygame.Rect(x, y + title_height + gap, inner, text_height), text, "body", "muted"),
        ]
        y = rect.bottom - pad - buttons_height
        for (name, label, action, kind), w in zip(buttons, widths, strict=True):
            place = pygame.Rect(x, y, inner if stacked else w, look.px(BUTTON))
            children.append(Button(name, place, label, action, kind))
            x, y = (x, y + look.px(BUTTON) + gap) if stacked else (x + w + gap, y)
        return cls(id, rect, title, children, buttons[0][0], cancel)

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        box(surface, self.rect, look.px(RADIUS + 3), look.palette.panel, look.palette.edge)


def _area(rect: pygame.Rect) -> int:
    return rect.width * rect.height


class Tooltip(Widget):
    """A short explanation beside what it explains."""

    role = "tooltip"

    @classmethod
    def near(cls, rect: pygame.Rect, text: str, look: Theme, window: pygame.Rect, mouse: tuple[int, int]) -> Tooltip:
        """Placed under `rect` (under the mouse if that is high), or above where there is no room below, inside the
        window: what stands beside `rect` stays free."""
        width, height = cls._size(text, look, window)
        high = rect.height > look.px(BUTTON + 8)
        around = pygame.Rect(mouse, (1, look.px(18))) if high else rect
        place = pygame.Rect(mouse[0], around.bottom + look.px(6), width, height)
        if place.bottom > window.bottom - look.px(4):
            place.bottom = around.y - look.px(6)
        place.clamp_ip(window.inflate(-look.px(8), -look.px(8)))
        return cls("tooltip", place, text)

    @classmethod
    def beside(
        cls, rect: pygame.Rect, text: str, look: Theme, window: pygame.Rect, keep: Sequence[pygame.Rect]
    ) -> Tooltip:
        """Placed right, left, above or below `rect`, where it covers least of `rect` and of the places in `keep`, those
        further down counting more, because they come next."""
        size, gap, room = cls._size(text, look, window), look.px(6), window.inflate(-look.px(8), -look.px(8))
        right, left = rect.right + gap, rect.x - gap - size[0]
        corners = [(x, y) for x in (right, left) for y in (rect.y, rect.centery)]
        corners += [(rect.x, rect.y - gap - size[1]), (rect.x, rect.bottom + gap)]
        places = [pygame.Rect(corner, size).clamp(room) for corner in corners]
        weights = [(rect, 100), *((other, 4 if other.y >= rect.bottom else 1) for other in keep)]
        covered = [sum(weight * _area(place.clip(other)) for other, weight in weights) for place in places]
        return cls("tooltip", places[covered.index(min(covered))], text)

    @staticmethod
    def _size(text: str, look: Theme, window: pygame.Rect) -> tuple[int, int]:
        lines = look.wrap(text, "small", min(look.px(340), window.width - look.px(40)))
        width = max(look.width(line, "small") for line in lines) + look.px(22)
        return width, len(lines) * look.line("small") + look.px(16)

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        p = look.palette
        box(surface, self.rect, look.px(6), p.well, p.gold)
        lines = look.wrap(self.label, "small", self.rect.width - look.px(20))
        y = self.rect.y + look.px(8)
        for line in lines:
            surface.blit(look.image(line, "small", p.text), (self.rect.x + look.px(11), y))
            y += look.line("small")
