"""Side talk: sound out one delegation in private about the draft. There are only so many such talks."""

from __future__ import annotations

import pygame

from ...seat.views import Entry, Facts, Mandate, Package, View
from ...words import log
from ...words.catalogue import Catalogue, difference, number, signed
from ..theme import Theme
from ..ui import (
    Action,
    Card,
    Column,
    Flag,
    Label,
    Panel,
    ScrollArea,
    Widget,
    cut_left,
    cut_top,
    flag_width,
    gloss,
)
from .base import Act, Frame, Go, Order, Screen
from .parts import button, button_row, footer, inside, settings
from .table_desk import VERDICTS, Desk

SIGNS: dict[str | None, tuple[str, str]] = {
    "would_sign": ("check", "good"),
    "could_move": ("question", "gold"),
    "no": ("cross", "bad"),
    None: ("clock", "muted"),
}


class TalkScreen(Screen):
    """`chosen`: the delegation to ask; `notice`: a refusal to show."""

    name = "talk"

    def __init__(self, facts: Facts, t: Catalogue, view: View, mandate: Mandate, draft: Package, chosen: str = ""):
        super().__init__(facts, t)
        self.view, self.mandate, self.draft = view, mandate, draft
        here = [p.id for p in facts.parties if p.id != view.party and p.id in view.present]
        self.chosen = chosen if chosen in here else here[0] if here else ""
        self.notice = ""

    def show(self, view: View, mandate: Mandate) -> None:
        """The answer has come."""
        self.view, self.mandate = view, mandate

    def refuse(self, sentence: str) -> None:
        """The question was not allowed: say why until the next action."""
        self.notice = sentence

    def act(self, action: Action) -> Order | None:
        self.notice = ""
        if action[0] == "whom":
            self.chosen = action[1]
        elif action[0] == "ask" and self._can_ask():
            return Act("sound", (self.chosen, self.draft))
        elif action[0] == "back":
            return Go("table")
        return None

    def shortcut(self, key: int) -> Action | None:
        return {pygame.K_ESCAPE: ("back",), pygame.K_t: ("back",)}.get(key)

    def first(self):
        return ("ask", f"whom.{self.chosen}")

    def _can_ask(self) -> bool:
        return bool(self.chosen) and self.view.mine and self.view.soundings > 0

    @property
    def _desk(self) -> Desk:
        return Desk(self.facts, self.t, self.view, self.mandate, self.draft)

    # -- composition -------------------------------------------------------------------------------------------------

    def compose(self, frame: Frame) -> list[Widget]:
        look, t = frame.look, self.t
        rect = inside(frame)
        line, rect = cut_top(rect, look.px(34), look.px(6))
        buttons, left = settings(frame, t, line)
        style = "title" if frame.wide > 1000 else "heading"
        title = Label("title", left, t("talk.title"), style, middle=True, elide=True)
        rounds = self.facts.soundings
        note = Column(look, pygame.Rect(rect.x, rect.y, rect.width, 0), "note")
        note.text(t("talk.left", plural=self.view.soundings, left=self.view.soundings, all=rounds), "body", "gold",
                  sign="ear", id="left").gap(8)  # fmt: skip
        rect = pygame.Rect(rect.x, note.y, rect.width, rect.bottom - note.y)
        foot, rect = footer(look, rect, *self._hint())
        name = log.called(self.facts, t, self.chosen) if self.chosen else ""
        row, rect = button_row(
            look,
            rect,
            [
                button(look, "ask", t("talk.ask", party=name), ("ask",), "primary", "ear", enabled=self._can_ask()),
                button(look, "back", t("talk.back"), ("back",), "normal", "undo"),
            ],
        )
        return [title, *buttons, *note.items, *self._body(frame, rect), *row, *foot]

    def _hint(self) -> tuple[str, str, str]:
        t = self.t
        if self.notice:
            return self.notice, "stop", "bad"
        if not self.facts.soundings:
            return t("talk.hint.never"), "bulb", "muted"
        if not self.view.soundings:
            return t("talk.hint.used"), "bulb", "muted"
        return (t("talk.hint"), "bulb", "gold") if self.view.mine else (t("talk.hint.wait"), "clock", "muted")

    def _body(self, frame: Frame, rect: pygame.Rect) -> list[Widget]:
        look, desk = frame.look, self._desk
        if frame.wide < 900:
            column = Column(look, self._inner(look, rect), "talk")
            self._parties(desk, look, column)
            column.gap(14)
            self._answers(desk, look, column)
            column.gap(14)
            self._draft_text(desk, column)
            return [self._scroll(look, "talk", rect, column)]
        left, right = cut_left(rect, rect.width * 44 // 100, look.px(12))
        whom, what = Column(look, self._inner(look, left), "whom"), Column(look, self._inner(look, right), "what")
        self._parties(desk, look, whom)
        self._draft_text(desk, what)
        what.gap(16)
        self._answers(desk, look, what)
        return [self._scroll(look, "whom", left, whom), self._scroll(look, "what", right, what)]

    @staticmethod
    def _inner(look: Theme, rect: pygame.Rect) -> pygame.Rect:
        pad = look.px(14)
        return pygame.Rect(rect.x + pad, rect.y + pad, rect.width - 2 * pad - look.px(8), 0)

    def _scroll(self, look: Theme, name: str, rect: pygame.Rect, column: Column) -> Widget:
        view = rect.inflate(-look.px(8), -look.px(8))
        area = ScrollArea(f"{name}.area", view, column.items, column.height + look.px(20), self.t("talk.title"))
        return Panel(f"{name}.panel", rect, [area])

    def _parties(self, desk: Desk, look: Theme, column: Column) -> None:
        column.text(self.t("talk.whom"), "strong", "gold").gap(6)
        for party in self.facts.parties:
            if party.id != self.view.party and party.id in self.view.present:
                self._party(desk, look, column, party.id)
                column.gap(8)

    def _party(self, desk: Desk, look: Theme, column: Column, party: str) -> None:
        """A card to choose: mood and estimate, and the answer if it was asked about this very draft."""
        t, who, pad, height = self.t, self.facts.party(party), look.px(12), look.px(20)
        inner = pygame.Rect(column.x + pad, column.y + look.px(10), column.width - 2 * pad - look.px(20), 0)
        made = Column(look, inner, f"whom.{party}")
        wide = flag_width(party, height, pair=True)
        made.add(Flag(f"whom.{party}.flag", pygame.Rect(inner.x, inner.y, wide, height), party, who.label, pair=True))
        side = pygame.Rect(inner.x + wide + look.px(10), inner.y, inner.width - wide - look.px(10), 0)
        text = Column(look, side, f"whom.{party}.text")
        text.text(who.label, "strong").gap(2)
        felt = desk.moods[party]
        text.text(t(f"mood.{felt.name}"), "small", felt.colour, sign=felt.sign).gap(2)
        guess = desk.estimates[party]
        sign, colour = VERDICTS[guess.verdict]
        text.text(t("talk.guess", verdict=desk.verdict(guess)), "small", colour, sign=sign)
        answers = [answer for e, answer in self._asked() if e.to == party and e.package == self.draft]
        if answers:
            sign, colour = SIGNS[answers[-1]]
            said = t("talk.said", answer=t(f"talk.answer.{answers[-1]}")) if answers[-1] else t("talk.open")
            text.gap(2).text(said, "small_strong", colour, sign=sign, id=f"whom.{party}.answer")
        made.items += text.items
        rect = column.take(max(text.y, inner.y + height) - column.y + look.px(10))
        label = f"{who.label}. {desk.verdict(guess)}"
        column.add(Card(f"whom.{party}", rect, label, ("whom", party), made.items, chosen=party == self.chosen))

    def _asked(self) -> list[tuple[Entry, str | None]]:
        """What the person has asked, each with its answer so far."""
        return [(e, answer) for e, answer in self.view.asked() if e.party == self.view.party]

    def _draft_text(self, desk: Desk, column: Column) -> None:
        u = self.mandate.utility(self.draft)
        change = signed(difference(u, self.mandate.reservation))
        column.text(self.t("talk.draft"), "strong", "gold").gap(2)
        column.text(self.t("talk.worth", value=number(u), change=change), "small", "muted").gap(4)
        for i, issue in enumerate(self.facts.issues):
            level = issue.levels[self.draft[i]].label
            text = self.t("brief.wants", issue=issue.short, level=level)
            gloss(column.gap(3), text, self.facts.glossary, "small", sign="dot", id=f"draft.{issue.id}")

    def _answers(self, desk: Desk, look: Theme, column: Column) -> None:
        t, asked = self.t, self._asked()
        column.text(t("talk.answers"), "strong", "gold").gap(2)
        column.text(t("talk.note"), "small", "muted").gap(4)
        if not asked:
            column.text(t("talk.none"), "small")
        for n, (entry, answer) in enumerate(asked):
            sign, colour = SIGNS[answer]
            who = self.facts.party(entry.to or "").label
            same = entry.package == self.draft
            words = t(f"talk.answer.{answer}") if answer else t("talk.answer.none")
            text = t("talk.answered", round=entry.round, party=who, answer=words)
            column.gap(4).text(text, "small_strong", colour, sign=sign, id=f"answer.{n}")
            package = entry.package or ()
            differs = [i for i, (a, b) in enumerate(zip(package, self.draft, strict=True)) if a != b]
            about = t("talk.about.same") if same else t(
                "talk.about", changes=t.join(f"{self.facts.issues[i].short}: {self.facts.short(i, package[i])}"
                                             for i in differs)
            )  # fmt: skip
            column.gap(1).text(about, "tiny", "muted", indent=19, id=f"answer.{n}.about")
