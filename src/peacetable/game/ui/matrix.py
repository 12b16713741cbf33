"""A table of short texts with marks: issues down, packages across."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pygame

from ..theme import Theme
from .base import Action, Widget
from .flags import draw_flag, flag_width
from .icons import icon
from .paint import box

FLAG = 12  # height in the heads of columns


@dataclass(frozen=True)
class Cell:
    """`signs`: (icon, colour) in front of the text; `frame`: drawn in a box; `tip`: the full text."""

    text: str
    colour: str = "text"
    strong: bool = False
    signs: tuple[tuple[str, str], ...] = ()
    frame: bool = False
    tip: str = ""


@dataclass(frozen=True)
class Heading:
    """Head of a column: a flag or an icon over a text, and a line on its state. `lit`: the whole column stands out."""

    text: str
    party: str = ""
    sign: str = ""
    note: str = ""
    lit: bool = False


class Matrix(Widget):
    """`rows` of cells, the first of each the row's name; `weights` share the width between the columns. With an
    `action`, a click or Enter on a cell gives action + (row, column); arrows move from cell to cell."""

    role = "table"
    parts = True

    def __init__(
        self,
        id: str,
        rect: pygame.Rect,
        label: str,
        headings: Sequence[Heading],
        rows: Sequence[Sequence[Cell]],
        weights: Sequence[float],
        look: Theme,
        action: Action = (),
        spare: int = 0,
    ):
        super().__init__(id, rect, label, action)
        self.headings, self.rows, self.weights = list(headings), [list(r) for r in rows], list(weights)
        self.small = False  # letters, where a word would not fit into its column
        self._at = (-1, -1)
        self.cursor = (0, 1)
        self.focusable = bool(action)
        self.aside = 17 if any(cell.frame for row in self.rows for cell in row) else 12  # of a cell beside its text
        self.xs = self._columns()
        self.small = not all(self._fits(look, c, cell) for row in self.rows for c, cell in enumerate(row))
        self.beside = all(self._fits_beside(look, c, h) for c, h in enumerate(self.headings))
        self.head = self._head(look)
        self.heights = [self._row(look, row) for row in self.rows]
        extra = max(0, min(look.px(16), (spare - self.needed()) // max(1, len(self.rows))))
        self.heights = [h + extra for h in self.heights]
        self.rect.height = self.needed()

    def needed(self) -> int:
        return self.head + sum(self.heights)

    def _columns(self) -> list[int]:
        total, x, xs = sum(self.weights), 0.0, []
        for weight in self.weights:
            xs.append(self.rect.x + round(x))
            x += self.rect.width * weight / total
        return [*xs, self.rect.right]

    def _style(self, cell: Cell) -> str:
        return ("tiny" if self.small else "small") + ("_strong" if cell.strong else "")

    def _fits(self, look: Theme, column: int, cell: Cell) -> bool:
        room = self.xs[column + 1] - self.xs[column] - look.px(self.aside)
        return all(look.width(word, self._style(cell)) <= room for word in cell.text.replace("-", "- ").split())

    def _above(self, look: Theme, column: int, cell: Cell) -> bool:
        """Whether the signs stand above the text, because a word would not fit beside them."""
        style = self._style(cell)
        room = self.xs[column + 1] - self.xs[column] - look.px(self.aside) - look.px(16) * len(cell.signs)
        return bool(cell.signs) and any(look.width(word, style) > room for word in cell.text.replace("-", "- ").split())

    def _room(self, look: Theme, column: int, cell: Cell) -> int:
        room = self.xs[column + 1] - self.xs[column] - look.px(self.aside)
        return room if self._above(look, column, cell) else room - look.px(16) * len(cell.signs)

    def _lines(self, look: Theme, column: int, cell: Cell) -> tuple[str, ...]:
        style = self._style(cell)
        return look.wrap(cell.text, style, self._room(look, column, cell))

    def _row(self, look: Theme, row: Sequence[Cell]) -> int:
        heights = [
            len(self._lines(look, c, cell)) * look.line(self._style(cell))
            + (look.px(14) if self._above(look, c, cell) else 0)
            for c, cell in enumerate(row)
        ]
        return max(heights) + look.px(14)

    def _head_lines(self, look: Theme, column: int, text: str, style: str) -> tuple[str, ...]:
        room = self.xs[column + 1] - self.xs[column] - look.px(12)
        return look.wrap(text, style, room) if text else ()

    def _head(self, look: Theme) -> int:
        lines = [self._head_lines(look, c, h.text, "small_strong") for c, h in enumerate(self.headings)]
        notes = [self._head_lines(look, c, h.note, "tiny") for c, h in enumerate(self.headings)]
        height = max(map(len, lines)) * look.line("small_strong") + max(map(len, notes)) * look.line("tiny")
        return height + look.px(20) + (0 if self.beside else look.px(16))

    def _fits_beside(self, look: Theme, column: int, heading: Heading) -> bool:
        """Whether the text of a heading has room on the line of its flag or icon."""
        room = self.xs[column + 1] - self.xs[column] - look.px(14) - self._mark_width(look, heading)
        return look.width(heading.text, "small_strong") <= room

    @staticmethod
    def _mark_width(look: Theme, heading: Heading) -> int:
        if not heading.party and not heading.sign:
            return 0
        return (flag_width(heading.party, look.px(FLAG)) if heading.party else look.px(FLAG)) + look.px(5)

    def point(self, place: tuple[int, int]) -> bool:
        before = self._at
        self._at = (-1, -1)
        column = next((c for c in range(len(self.xs) - 1) if self.xs[c] <= place[0] < self.xs[c + 1]), -1)
        y = self.rect.y + self.head
        for r, height in enumerate(self.heights):
            if y <= place[1] < y + height:
                self._at = (r, column)
            y += height
        return before != self._at

    def click(self, place: tuple[int, int]) -> Action | None:
        self.point(place)
        if not self.action or min(self._at) < 0:
            return None
        self.cursor = self._at
        return (*self.action, *self._at)

    def key(self, key: int, shift: bool) -> Action | None:
        if not self.action:
            return None
        if key in (pygame.K_RETURN, pygame.K_KP_ENTER, pygame.K_SPACE):
            return (*self.action, *self.cursor)
        steps = {pygame.K_LEFT: (0, -1), pygame.K_RIGHT: (0, 1), pygame.K_UP: (-1, 0), pygame.K_DOWN: (1, 0)}
        if key not in steps:
            return None
        row, column = (a + b for a, b in zip(self.cursor, steps[key], strict=True))
        if not 0 <= row < len(self.rows):
            return None
        self.cursor = (row, min(max(column, 0), len(self.xs) - 2))
        return ("nothing",)

    def cell(self, row: int, column: int) -> pygame.Rect:
        """Where a cell lies."""
        y = self.rect.y + self.head + sum(self.heights[:row])
        return pygame.Rect(self.xs[column], y, self.xs[column + 1] - self.xs[column], self.heights[row])

    @property
    def spot(self) -> pygame.Rect:
        row, column = self.cursor
        here = self.cell(row, column)
        return here if row else here.union(pygame.Rect(self.rect.topleft, (1, 1)))  # the first row with the headings

    def tip_now(self) -> str:
        row, column = self._at if self.hover else self.cursor if self.focus else (-1, -1)
        return self.rows[row][column].tip if row >= 0 and column >= 0 else ""

    def draw(self, surface: pygame.Surface, look: Theme) -> None:
        p = look.palette
        y = self.rect.y + self.head
        for r, height in enumerate(self.heights):
            if r % 2 == 0:
                box(surface, pygame.Rect(self.rect.x, y, self.rect.width, height), look.px(4), p.row)
            y += height
        for c, heading in enumerate(self.headings):
            if heading.lit:
                column = pygame.Rect(
                    self.xs[c], self.rect.y, self.xs[c + 1] - self.xs[c] - look.px(2), self.rect.height
                )
                box(surface, column, look.px(6), p.tint, p.gold)
            self._draw_heading(surface, look, c, heading)
        y = self.rect.y + self.head
        for row, height in zip(self.rows, self.heights, strict=True):
            for c, cell in enumerate(row):
                self._draw_cell(surface, look, c, cell, y, height)
            y += height
        if self.focus and self.action:
            place = self.cell(*self.cursor).inflate(-look.px(2), -look.px(2))
            box(surface, place, look.px(5), None, p.gold, max(2, look.px(2)))

    def _draw_heading(self, surface: pygame.Surface, look: Theme, c: int, heading: Heading) -> None:
        x, y = self.xs[c] + look.px(8), self.rect.y + look.px(8)
        down = (look.line("small_strong") - look.px(FLAG)) // 2 if self.beside else 0
        if heading.party:
            draw_flag(surface, look, heading.party, heading.text, (x, y + down), look.px(FLAG))
        elif heading.sign:
            surface.blit(icon(heading.sign, look.px(FLAG), look.colour("muted")), (x, y + down))
        indent = self._mark_width(look, heading) if self.beside else 0
        y += 0 if self.beside else look.px(17)
        for line in (heading.text,) if self.beside else self._head_lines(look, c, heading.text, "small_strong"):
            surface.blit(look.image(line, "small_strong", look.colour("text")), (x + indent, y))
            y += look.line("small_strong")
        for line in self._head_lines(look, c, heading.note, "tiny"):
            surface.blit(look.image(line, "tiny", look.colour("gold" if heading.lit else "muted")), (x, y))
            y += look.line("tiny")

    def _draw_cell(self, surface: pygame.Surface, look: Theme, c: int, cell: Cell, y: int, height: int) -> None:
        x, width = self.xs[c], self.xs[c + 1] - self.xs[c]
        if cell.frame:
            frame = pygame.Rect(x + look.px(2), y + look.px(2), width - look.px(6), height - look.px(4))
            box(surface, frame, look.px(5), look.colour("well"), look.colour("gold"))
        x += look.px(8)
        style = self._style(cell)
        lines, above, side = self._lines(look, c, cell), self._above(look, c, cell), look.px(12)
        top = y + (height - len(lines) * look.line(style) + (look.px(14) if above else 0)) // 2
        left = x
        for name, colour in cell.signs:
            at = top - look.px(13) if above else y + (height - side) // 2
            surface.blit(icon(name, side, look.colour(colour)), (left, at))
            left += look.px(16)
        x = x if above else left
        for line in lines:
            surface.blit(look.image(line, style, look.colour(cell.colour)), (x, top))
            top += look.line(style)

    def overflow(self, look: Theme) -> list[str]:
        found = []
        for row in self.rows:
            for c, cell in enumerate(row):
                style = self._style(cell)
                if any(look.width(line, style) > self._room(look, c, cell) for line in self._lines(look, c, cell)):
                    found.append(f"{self.id}: {cell.text!r} is too wide for column {c}")
        for c, heading in enumerate(self.headings):
            if heading.party and flag_width(heading.party, look.px(FLAG)) > self.xs[c + 1] - self.xs[c]:
                found.append(f"{self.id}: the flag of {heading.text} is too wide")
        return found
