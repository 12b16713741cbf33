"""Between the persons of one screen: nothing private is shown until the next one says that nobody else looks."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from ...seat.views import Entry, Facts
from ...table.record import PRIVATE
from ...words import log
from ...words.catalogue import Catalogue
from ..ui import Action, Column, Flag, Panel, Widget, flag_width
from .base import Frame, Lift, Order, Screen
from .parts import button, button_row, footer, inside, settings


class CurtainScreen(Screen):
    """Holds what everybody may know. `turn`: whose turn it is, "" while agents move; `ended`: how the talks ended, or
    None; `people`: parties of persons; `news`: the public moves since the last person's turn."""

    name = "curtain"

    def __init__(self, facts: Facts, t: Catalogue, people: Sequence[str]):
        super().__init__(facts, t)
        self.people = tuple(people)
        self.turn, self.round, self.rounds = "", 1, facts.rounds
        self.news: tuple[Entry, ...] = ()
        self.ended: str | None = None

    def show(self, turn: str, round: int, rounds: int, news: Sequence[Entry], ended: str | None) -> None:
        """The talks have gone on."""
        self.turn, self.round, self.rounds = turn, round, rounds
        self.news, self.ended = tuple(e for e in news if e.kind not in PRIVATE), ended

    def act(self, action: Action) -> Order | None:
        return Lift(action[1]) if action[0] == "lift" else None

    def first(self):
        return ("lift", f"lift.{self.people[0]}")

    def compose(self, frame: Frame) -> list[Widget]:
        look, t = frame.look, self.t
        rect = inside(frame)
        line = pygame.Rect(rect.x, rect.y, rect.width, look.px(34))
        head, _ = settings(frame, t, line)
        rect = pygame.Rect(rect.x, line.bottom + look.px(8), rect.width, rect.bottom - line.bottom - look.px(8))
        foot, rect = footer(look, rect, t("curtain.hint"), "stop", "gold")
        wide = min(rect.width, look.px(720))
        box = pygame.Rect(0, rect.y, wide, rect.height)
        box.centerx = rect.centerx
        pad = look.px(20)
        inner = box.inflate(-2 * pad, -2 * pad)
        buttons = []
        if self.ended:
            for party in self.people:
                label = t("curtain.debrief", party=self.facts.party(party).short)
                buttons.append(button(look, f"lift.{party}", label, ("lift", party), "normal", "document"))
        elif self.turn:
            label = t("curtain.lift", party=self.facts.party(self.turn).short)
            buttons.append(button(look, "lift", label, ("lift", self.turn), "primary", "person"))
        row, inner = button_row(look, inner, buttons) if buttons else ([], inner)
        column = Column(look, inner, "curtain")
        self._words(column, inner.bottom)
        free = max(0, inner.bottom - column.y - look.px(14))  # the panel is no higher than what it says
        box.height -= free
        for widget in column.items:
            widget.move(0, free // 3)
        for widget in row:
            widget.move(0, free // 3 - free)
        return [*head, Panel("curtain", box.move(0, free // 3), [*column.items, *row]), *foot]

    def _words(self, column: Column, bottom: int) -> None:
        look, t = column.look, self.t
        if self.turn and not self.ended:
            party = self.facts.party(self.turn)
            height = look.px(56)
            wide = flag_width(party.id, height, pair=True)
            column.add(Flag("curtain.flag", pygame.Rect(column.x, column.y, wide, height), party.id, party.label, True))
            column.y += height
            column.gap(12).text(t("curtain.turn", party=party.label), "title", id="curtain.title")
            column.gap(6).text(t("curtain.turn.about", party=party.label), "body", "muted")
        elif self.ended:
            column.text(t(f"log.end.{self.ended}"), "title", id="curtain.title")
            column.gap(6).text(t("curtain.ended"), "body", "muted")
        else:
            column.text(t("curtain.wait"), "title", id="curtain.title")
            column.gap(6).text(t("curtain.wait.about"), "body", "muted")
        column.gap(6).text(t("table.round", round=self.round, rounds=self.rounds), "body", "muted")
        self._news(column, bottom - column.y)

    def _news(self, column: Column, space: int) -> None:
        """What was said in public meanwhile, the latest last, as much as fits."""
        look, room = column.look, column.look.px(40)
        lines: list[str] = []
        for entry in reversed(self.news):
            text = log.headline(entry, self.facts, self.t, "")
            height = look.height(text, "small", column.width - look.px(30)) + look.px(4)
            if room + height > space:
                break
            room += height
            lines.insert(0, text)
        if lines:
            column.gap(14).text(self.t("curtain.news"), "small_strong", "gold")
        for text in lines:
            column.gap(4).text(text, "small", sign="dot")
