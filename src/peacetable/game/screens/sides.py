"""Choose a side: one card for each delegation, with what it is about."""

from __future__ import annotations

import pygame

from ...seat.views import PartyFacts, conditions
from ...words.catalogue import date, whole
from ...words.log import called
from ..theme import Theme
from ..ui import Action, Card, Column, Flag, Label, ScrollArea, Widget, columns, cut_top, explain, flag_width, tip_with
from .base import Frame, Order, Screen, Sit
from .parts import button, button_row, footer, headline, inside, red_line_lines, settings


class SidesScreen(Screen):
    """`chosen`: the party of the card that stands out, or ""."""

    name = "sides"

    def __init__(self, facts, t, chosen: str = ""):
        super().__init__(facts, t)
        self.chosen = chosen

    def act(self, action: Action) -> Order | None:
        if action[0] == "choose":
            if action[1] == self.chosen:
                return Sit(self.chosen)
            self.chosen = action[1]
        elif action[0] == "go" and self.chosen:
            return Sit(self.chosen)
        return None

    def first(self):
        return ("side." + (self.chosen or self.facts.parties[0].id),)

    def compose(self, frame: Frame) -> list[Widget]:
        look, t, facts = frame.look, self.t, self.facts
        rect = inside(frame)
        widgets = self._header(frame, rect)
        top = max(w.rect.bottom for w in widgets) + look.px(10)
        rect = pygame.Rect(rect.x, top, rect.width, rect.bottom - top)
        chosen = called(facts, t, self.chosen) if self.chosen else ""
        hint = t("sides.hint.chosen", party=chosen) if chosen else t("sides.hint")
        foot, rect = footer(look, rect, hint)
        label = t("sides.go.party", party=chosen) if chosen else t("sides.go")
        go = button(look, "go", label, ("go",), "primary", "document", enabled=bool(chosen))
        row, rect = button_row(look, rect, [go])
        return [*widgets, self._cards(frame, rect), *row, *foot]

    def _header(self, frame: Frame, rect: pygame.Rect) -> list[Widget]:
        look, t, facts = frame.look, self.t, self.facts
        line, _ = cut_top(rect, look.px(34))
        buttons, left = settings(frame, t, line)
        style = "title" if frame.wide > 1000 else "heading"
        title = Column(look, headline(look, left, style), "title")
        title.text(facts.title, style, id="title")
        column = Column(look, pygame.Rect(rect.x, max(title.y, line.bottom), rect.width, 0), "head")
        if frame.tall >= 600:
            column.gap(2).text(facts.summary, "body", "muted", id="summary").gap(10)
        counts = t(
            "sides.facts",
            parties=len(facts.parties),
            issues=len(facts.issues),
            packages=whole(facts.packages),
            rounds=facts.rounds,
        )
        if facts.fictional:
            counts += " " + t("sides.fictional")
        elif facts.dated:
            counts += " " + t("sides.dated", anchor=date(t, facts.anchor), cutoff=date(t, facts.cutoff))
        room = rect.width - look.width(t("sides.heading"), "heading") - look.px(16)
        if look.width(counts, "small") <= room:
            line = column.take(look.line("heading"))
            side = pygame.Rect(line.right - room, line.y, room, line.height)
            column.add(
                Label(
                    "heading",
                    pygame.Rect(line.x, line.y, line.width - room, line.height),
                    t("sides.heading"),
                    "heading",
                )
            )
            column.add(Label("facts", side, counts, "small", "muted", align="right", middle=True))
        else:
            column.text(counts, "small", "muted", id="facts")
            if frame.tall >= 600:
                column.gap(8).text(t("sides.heading"), "heading", id="heading")
        return [*title.items, *column.items, *buttons]

    def _cards(self, frame: Frame, rect: pygame.Rect) -> Widget:
        """All cards in one row, with larger letters where they fit; in narrow windows in several rows that scroll."""
        look, parties = frame.look, self.facts.parties
        margin, gap = look.px(4), look.px(10)
        rows = -(-len(parties) // min(len(parties), max(1, int(rect.width / look.px(200)))))
        count = -(-len(parties) // rows)
        body = pygame.Rect(rect.x + margin, rect.y + margin, rect.width - 2 * margin - gap, 0)
        room = rect.height - 2 * margin
        cards = self._rows(look, body, count, "body")
        if rows > 1 or cards[-1].rect.bottom - body.y > room:
            cards = self._rows(look, body, count, "small")
        if rows == 1 and cards[-1].rect.bottom - body.y <= room:
            for card in cards:
                card.rect.height = max(card.rect.height, room)
        height = max(card.rect.bottom for card in cards) + margin - rect.y
        area = ScrollArea("sides.area", rect, cards, height, self.t("sides.heading"))
        area.fill = "background"
        return area

    def _rows(self, look: Theme, body: pygame.Rect, count: int, style: str) -> list[Card]:
        """Cards with `count` in a row, those of a row equally high."""
        cards: list[Card] = []
        y = body.y
        for start in range(0, len(self.facts.parties), count):
            row = self.facts.parties[start : start + count]
            cells = columns(pygame.Rect(body.x, y, body.width, 0), count, look.px(10))
            made = [self._card(look, party, cell, style) for party, cell in zip(row, cells, strict=False)]
            tall = max(card.rect.height for card in made)
            for card in made:
                card.rect.height = tall
            cards += made
            y += tall + look.px(10)
        return cards

    def _card(self, look: Theme, party: PartyFacts, cell: pygame.Rect, style: str) -> Card:
        strong, between = ("strong", 9) if style == "body" else ("small_strong", 6)
        t, pad, name = self.t, look.px(14 if style == "body" else 10), f"side.{party.id}"
        x, width = cell.x + pad, cell.width - 2 * pad
        height = look.px(32 if style == "body" else 26)
        wide = flag_width(party.id, height, pair=True)
        column = Column(look, pygame.Rect(x, cell.y + pad, width, 0), name)
        column.add(Flag(f"{name}.flag", pygame.Rect(x, cell.y + pad, wide, height), party.id, party.label, pair=True))
        room = width - wide - look.px(10) - look.px(22)
        title = party.label if look.width(party.label, "heading") <= room else party.short
        beside = look.width(title, "heading") <= room
        place = pygame.Rect(x + wide + look.px(10), cell.y + pad, room, height)
        column.y += height
        if beside:
            column.add(Label(f"{name}.name", place, title, "heading", middle=True))
        else:
            column.gap(6).text(party.label, "heading", id=f"{name}.name")
        column.gap(6)
        column.text(first_sentence(party.role), style, "muted", tip=tip_with(party.role, self.facts.glossary))
        if party.goals:
            column.gap(between).text(t("sides.goals"), strong, "gold")
        for goal in party.goals:
            column.gap(3).text(goal, style, sign="dot", tip=explain(goal, self.facts.glossary))
        column.gap(between).text(t("sides.red_lines"), strong, "gold")
        lines = red_line_lines(self.facts, party.red_lines)
        for text in lines:
            column.gap(3).text(text, style, "bad", sign="stop", tip=explain(text, self.facts.glossary))
        if not lines:
            column.gap(3).text(t("sides.red_lines.none"), style, "muted")
        missed = conditions(party.demands)
        if missed:
            column.gap(between).text(t("sides.demands"), strong, "gold")
        for demand in missed:
            tip = explain(demand.says, self.facts.glossary)
            column.gap(3).text(demand.says, style, "bad", sign="stop", tip=tip)
        column.gap(between).text(t("sides.no_agreement"), strong, "gold")
        column.gap(3).text(party.no_agreement, style)
        rect = pygame.Rect(cell.x, cell.y, cell.width, column.height + 2 * pad)
        card = Card(name, rect, party.label, ("choose", party.id), column.items, chosen=party.id == self.chosen)
        card.tip = tip_with(party.role, self.facts.glossary, *party.goals)
        return card


def first_sentence(text: str) -> str:
    """The text up to its first full stop that ends a sentence."""
    return text.split(". ")[0].rstrip(".") + "."
