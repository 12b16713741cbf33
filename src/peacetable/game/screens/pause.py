"""The menu over a game: nobody moves while it is open."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from ...words.catalogue import Catalogue
from ..ui import Action, Button, Column, Panel, ScrollArea, Widget, cut_top, flow
from ..ui.label import Label
from .base import Frame, Go, Order, Quit, Rewind, Screen
from .parts import inside


class PauseScreen(Screen):
    """`playing`: a game is under way, which is kept; `rounds`: those to go back to; `history`: there are moves to look
    back at; `seats`: several persons have played to the end, each with a debrief; `game`: which one it is."""

    name = "pause"

    def __init__(
        self,
        t: Catalogue,
        playing: bool,
        rounds: Sequence[int] = (),
        history: bool = False,
        seats: bool = False,
        game: str = "",
    ):
        self.t, self.playing, self.rounds = t, playing, tuple(rounds)
        self.history, self.seats, self.game, self.notice = history, seats, game, ""

    def act(self, action: Action) -> Order | None:
        what, *rest = action
        if what == "leave":
            return Quit()
        if what == "rewind":
            return Rewind(rest[0])
        return Go(rest[0]) if what == "show" else None

    def shortcut(self, key: int) -> Action | None:
        return ("show", "back") if key == pygame.K_ESCAPE else None

    def first(self):
        return ("resume",)

    def compose(self, frame: Frame) -> list[Widget]:
        look, t = frame.look, self.t
        rect = inside(frame)
        wide = min(rect.width, look.px(560))
        box = pygame.Rect(0, rect.y, wide, rect.height)
        box.centerx = rect.centerx
        pad = look.px(20)
        inner = box.inflate(-2 * pad, -2 * pad)
        line, body = cut_top(inner, look.line("title"), look.px(10))
        title = Label("heading", line, t("pause.title" if self.playing else "pause.menu"), "title")
        column = Column(look, pygame.Rect(body.x, body.y, body.width - look.px(12), 0), "pause")
        if self.playing:
            column.text(self.notice or t("pause.about"), "small", "bad" if self.notice else "muted").gap(4)
        if self.game:
            column.text(self.game, "small", "muted", id="game").gap(10)
        for id, key, sign, kind in self._choices():
            place = column.take(look.px(40))
            go = id if id != "resume" else "back"
            column.add(Button(id, place, t(key), ("leave",) if id == "quit" else ("show", go), kind, sign)).gap(8)
        if self.rounds:
            column.gap(4).text(t("pause.rewind"), "small_strong", "gold")
            column.gap(2).text(t("pause.rewind.about"), "small", "muted").gap(6)
            buttons = []
            for n in self.rounds:
                label = t("pause.round", round=n)
                size = (Button.width_for(look, label, style="small_strong"), look.px(34))
                buttons.append(
                    Button(f"rewind.{n}", pygame.Rect((0, 0), size), label, ("rewind", n), style="small_strong")
                )
            flow(column, buttons)
        height = column.height + look.px(6)
        box.height -= max(0, body.height - height)
        body.height = min(body.height, height)
        down = (rect.height - box.height) // 3
        for widget in (title, *column.items):
            widget.move(0, down)
        area = ScrollArea("pause.area", body.move(0, down), column.items, height, t("pause.title"))
        return [Panel("pause", box.move(0, down), [title, area])]

    def _choices(self) -> list[tuple[str, str, str, str]]:
        choices = [("resume", "pause.resume" if self.playing else "back", "play", "primary")]
        if self.history:
            choices.append(("history", "pause.history", "clock", "normal"))
        if self.seats:
            choices.append(("seats", "pause.seats", "person", "normal"))
        choices.append(("settings", "settings", "gear", "normal"))
        choices.append(("title", "pause.title.go" if self.playing else "pause.title.plain", "undo", "normal"))
        return [*choices, ("quit", "quit", "door", "normal")]
