"""Choose a file of minutes: folders to go into, files to open. A file dropped on the window is opened as well."""

from __future__ import annotations

from pathlib import Path

import pygame

from ...words.catalogue import Catalogue
from ..store import look_into
from ..ui import Action, Button, Column, Label, Panel, ScrollArea, Widget, cut_top
from .base import Frame, Go, Order, Replay, Screen
from .parts import button, button_row, footer, inside


class BrowseScreen(Screen):
    """`folder`: the one that is shown."""

    name = "browse"

    def __init__(self, t: Catalogue, folder: Path):
        self.t = t
        self._enter(folder)

    def _enter(self, folder: Path) -> None:
        self.folder = folder
        self.places, self.notice = look_into(folder, self.t)

    def act(self, action: Action) -> Order | None:
        what, *rest = action
        if what == "back":
            return Go("back")
        if what == "up":
            self._enter(self.folder.parent)
        elif what == "open":
            place = self.places[rest[0]]
            if not place.folder:
                return Replay(place.path)
            self._enter(place.path)
        return None

    def shortcut(self, key: int) -> Action | None:
        return {pygame.K_ESCAPE: ("back",), pygame.K_BACKSPACE: ("up",)}.get(key)

    def first(self):
        return ("place.0", "back")

    def compose(self, frame: Frame) -> list[Widget]:
        look, t = frame.look, self.t
        rect = inside(frame)
        line, rect = cut_top(rect, look.px(36))
        title = Label("title", line, t("browse.title"), "title", middle=True)
        line, rect = cut_top(rect, look.line("small"), look.px(8))
        where = Label("folder", line, str(self.folder), "small", "muted", elide=True)
        sign, colour = ("stop", "bad") if self.notice else ("bulb", "muted")
        foot, rect = footer(look, rect, self.notice or t("browse.hint"), sign, colour)
        row, rect = button_row(
            look,
            rect,
            [
                button(look, "back", t("back"), ("back",), "primary", "undo"),
                button(
                    look, "up", t("browse.up"), ("up",), "normal", "folder", enabled=self.folder.parent != self.folder
                ),
            ],
        )
        pad = look.px(14)
        inner = rect.inflate(-2 * pad, -2 * pad)
        column = Column(look, pygame.Rect(inner.x, inner.y, inner.width - look.px(12), 0), "browse")
        for n, place in enumerate(self.places):
            label = look.elide(place.path.name, "small_strong", column.width - look.px(60))
            box = column.take(look.px(34))
            box.width = min(box.width, Button.width_for(look, label, "folder", style="small_strong"))
            sign = "folder" if place.folder else "document"
            column.add(Button(f"place.{n}", box, label, ("open", n), "quiet", sign, style="small_strong")).gap(2)
        if not self.places and not self.notice:
            column.text(t("browse.empty"), "body", "muted")
        area = ScrollArea("browse.area", inner, column.items, column.height + look.px(6), t("browse.title"))
        return [title, where, Panel("browse", rect, [area]), *row, *foot]
