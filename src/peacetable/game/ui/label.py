"""Text that wraps and never leaves its rectangle."""

from __future__ import annotations

import pygame

from ..theme import Theme
from .base import Action, Widget
from .icons import icon


class Label(Widget):
    """Wrapped text. `align`: left | center | right; `middle`: centred in height; `sign`: an icon in front."""

    role = "text"
    sign_colour = ""  # of the icon, where it is not that of the text

    def __init__(
        self,
        id: str,
        rect: pygame.Rect,
        text: str,
        style: str = "body",
        colour: str = "text",
        align: str = "left",
        middle: bool = False,
        sign: str = "",
        tip: str = "",
        action: Action = (),
        elide: bool = False,
    ):
        super().__init__(id, rect, text, action, tip)
        self.style, self.colour, self.align, self.middle, self.sign, self.elide = (
            style,
            colour,
            align,
            middle,
            sign,
            elide,
        )

    def _indent(self, look: Theme) -> int:
        return sign_width(look, self.style) if self.sign else 0

    def lines(self, look: Theme) -> list[str]:
        """What is drawn: the wrapped lines that fit, the last one with an ellipsis if there are more."""
        width = self.rect.width - self._indent(look)
        lines = list(look.wrap(self.label, self.style, width))
        room = max(1, self.rect.height // look.line(self.style))
        if len(lines) <= room:
            return lines
        # a word parted after a hyphen comes together again
        rest = "".join(line if line.endswith(("-", "/")) else line + " " for line in lines[room - 1 :])
        return [*lines[: room - 1], look.elide(rest.rstrip(), self.style, width)]

    def _sign_colour(self) -> str:
        return self.sign_colour or self.colour

    def _text_colour(self) -> str:
        return self.colour

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        lines, height = self.lines(look), look.line(self.style)
        indent, colour = self._indent(look), look.colour(self._text_colour())
        y = self.rect.y + ((self.rect.height - height * len(lines)) // 2 if self.middle else 0)
        if self.sign:
            size = round(height * 0.68)
            sign = icon(self.sign, size, look.colour(self._sign_colour()))
            surface.blit(sign, (self.rect.x, y + (height - size) // 2))
        for line in lines:
            image = look.image(line, self.style, colour)
            x = self.rect.x + indent
            if self.align != "left":
                spare = self.rect.width - indent - image.get_width()
                x += spare if self.align == "right" else spare // 2
            surface.blit(image, (x, y))
            y += height

    def overflow(self, look: Theme) -> list[str]:
        width = self.rect.width - self._indent(look)
        lines = look.wrap(self.label, self.style, width)
        found = []
        if not self.elide and len(lines) * look.line(self.style) > self.rect.height:
            found.append(f"{self.id}: {len(lines)} lines of {self.label!r} in {self.rect.height} pixels")
        if any(look.width(line, self.style) > width for line in lines):
            found.append(f"{self.id}: a word of {self.label!r} is wider than {width} pixels")
        return found


class Note(Label):
    """A line with a coloured sign that explains itself: the tooltip shows on hover and on focus."""

    role = "note"
    focusable = True

    def __init__(self, id: str, rect: pygame.Rect, text: str, style: str, colour: str, sign: str, tip: str):
        super().__init__(id, rect, text, style, "text", sign=sign, tip=tip)
        self.sign_colour = colour

    @staticmethod
    def height_for(look: Theme, text: str, style: str, width: int) -> int:
        return look.height(text, style, width - sign_width(look, style))

    def key(self, key: int, shift: bool) -> Action | None:
        return None

    def _sign_colour(self) -> str:
        return self.sign_colour

    def _text_colour(self) -> str:
        return "link" if self.hover or self.focus else self.colour


def sign_width(look: Theme, style: str) -> int:
    """Room that a label keeps free for its icon."""
    return round(look.line(style) * 0.68) + look.px(6)
