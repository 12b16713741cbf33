"""Words that explain themselves: terms of the scenario's glossary, underlined, their meaning on hover and focus."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import pygame

from ..theme import Theme
from .base import Action
from .label import Label, sign_width
from .layout import Column
from .paint import dots


def terms(text: str, glossary: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """(start, end, term) of every term in `text`, in order; the longer of two that overlap. Plurals count too."""
    return list(_terms(text, tuple(glossary)))


@lru_cache(maxsize=4096)
def _terms(text: str, words: tuple[str, ...]) -> tuple[tuple[int, int, str], ...]:
    pattern = _pattern(words)
    if pattern is None:
        return ()
    lower = {term.lower(): term for term in words}
    return tuple((m.start(1), m.end(1), lower[m[1].lower()]) for m in pattern.finditer(text))


@lru_cache(maxsize=32)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str] | None:
    longest_first = sorted(words, key=len, reverse=True)
    either = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?<![\w-])({either})(?:e?s)?(?![\w-])", re.IGNORECASE) if words else None


def explain(text: str, glossary: Mapping[str, str]) -> str:
    """One line for each term in `text`: what it means; "" if there is none."""
    found = dict.fromkeys(term for _, _, term in terms(text, glossary))
    return "\n".join(f"{term[0].upper()}{term[1:]}: {glossary[term]}" for term in found)


def tip_with(tip: str, glossary: Mapping[str, str], *texts: str) -> str:
    """A tooltip followed by the meaning of the terms in it and in `texts`."""
    return "\n".join(part for part in (tip, explain("\n".join([tip, *texts]), glossary)) if part)


class Glossed(Label):
    """Text in which terms are underlined. The tooltip explains the term under the mouse, on focus all of them."""

    role = "text"

    def __init__(
        self,
        id: str,
        rect: pygame.Rect,
        text: str,
        glossary: Mapping[str, str],
        look: Theme,
        style: str = "body",
        colour: str = "text",
        sign: str = "",
        tip: str = "",
        action: Action = (),
        middle: bool = False,
    ):
        super().__init__(id, rect, text, style, colour, middle=middle, sign=sign, tip=tip, action=action)
        self.meanings = {term: glossary[term] for _, _, term in terms(text, glossary)}
        self.parts = self.focusable = bool(self.meanings)
        self._spots = self._find(look, glossary)
        self._at = ""

    def _find(self, look: Theme, glossary: Mapping[str, str]) -> list[tuple[pygame.Rect, str]]:
        """Where the terms stand, against the top left corner of the text."""
        lines, height, spots, cursor = self.lines(look), look.line(self.style), [], 0
        found = terms(self.label, glossary)
        top = (self.rect.height - height * len(lines)) // 2 if self.middle else 0
        for n, line in enumerate(lines):
            start = self.label.find(line, cursor)
            if start < 0:
                break
            cursor = start + len(line)
            for a, b, term in found:
                a, b = max(a, start), min(b, cursor)
                if a < b:
                    x = self._indent(look) + look.width(line[: a - start], self.style)
                    width = look.width(line[a - start : b - start], self.style)
                    spots.append((pygame.Rect(x, top + n * height, width, height), term))
        return spots

    def point(self, place: tuple[int, int]) -> bool:
        before = self._at
        spot = (place[0] - self.rect.x, place[1] - self.rect.y)
        self._at = next((term for rect, term in self._spots if rect.collidepoint(spot)), "")
        return before != self._at

    def tip_now(self) -> str:
        if self.hover and self._at:
            return explain(self._at, self.meanings)
        if self.focus:
            return tip_with(self.tip, self.meanings, self.label)
        return self.tip

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        super().draw(surface, look)
        dot, gap = max(1, look.px(2)), max(2, look.px(4))
        for rect, term in self._spots:
            colour = look.palette.gold if self.hover and term == self._at else look.palette.link
            at = (self.rect.x + rect.x, self.rect.y + rect.bottom - dot)
            surface.blit(dots(rect.width, colour, dot, gap), at)


def gloss(
    column: Column,
    text: str,
    glossary: Mapping[str, str],
    style: str = "body",
    colour: str = "text",
    sign: str = "",
    id: str = "",
    tip: str = "",
) -> Column:
    """A wrapped text over the whole width of the column, like Column.text, whose terms explain themselves."""
    if not terms(text, glossary):
        return column.text(text, style, colour, sign=sign, id=id, tip=tip)
    look = column.look
    room = column.width - (sign_width(look, style) if sign else 0)
    rect = column.take(look.height(text, style, room))
    name = id or f"{column.prefix}.{len(column.items)}"
    return column.add(Glossed(name, rect, text, glossary, look, style, colour, sign, tip))
