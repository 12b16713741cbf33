"""The brief: own goals, walk-away value and red lines; what the others have said in public."""

from __future__ import annotations

import pygame

from ..text import date, number
from ..theme import Theme
from ..ui import Action, Bar, Column, Flag, Note, Panel, ScrollArea, Widget, cut_left, cut_top, flag_width
from ..views import Delegation, Facts, Mandate, Stated
from .base import Frame, Go, Order, Screen
from .parts import button, button_row, footer, inside, legend_column, red_line_lines, settings

LEGEND = (("plus", "good", "wants"), ("minus", "bad", "opposes"), ("stop", "bad", "red"))
SIGNS = {
    "demand": ("plus", "good"),
    "prefer": ("plus", "good"),
    "red_line": ("stop", "bad"),
    "oppose": ("minus", "bad"),
}


class BriefingScreen(Screen):
    """`party`: whose brief; `seated`: the talks have begun, so it leads back to the table."""

    name = "briefing"

    def __init__(self, facts: Facts, t, mandate: Mandate, seated: bool = False):
        super().__init__(facts, t)
        self.mandate, self.seated = mandate, seated

    def act(self, action: Action) -> Order | None:
        if action[0] == "go":
            return Go("table")
        if action[0] == "back":
            return Go("table" if self.seated else "sides")
        return None

    def shortcut(self, key: int) -> Action | None:
        return ("back",) if key == pygame.K_ESCAPE else None

    def first(self):
        return ("go",)

    def compose(self, frame: Frame) -> list[Widget]:
        look, t = frame.look, self.t
        rect = inside(frame)
        me = self.facts.party(self.mandate.party)
        line, rect = cut_top(rect, look.px(34), look.px(10))
        buttons, left = settings(frame, t, line)
        wide = flag_width(me.id, look.px(26), pair=True)
        head: list[Widget] = [
            Flag("flag", pygame.Rect(left.x, left.y + look.px(3), wide, look.px(26)), me.id, me.label, True)
        ]
        title = Column(
            look, pygame.Rect(left.x + wide + look.px(12), left.y, left.width - wide - look.px(12), 0), "title"
        )
        title.text(t("brief.title", party=me.label), "title" if frame.wide > 1000 else "heading", id="title")
        foot, rect = footer(look, rect, t("brief.hint"))
        row, rect = button_row(
            look,
            rect,
            [
                button(look, "go", t("brief.go"), ("go",), "primary", "table"),
                button(look, "back", t("back"), ("back",), "normal", "undo"),
            ],
        )
        return [*head, *title.items, *buttons, *self._body(frame, rect, me), *row, *foot]

    def _body(self, frame: Frame, rect: pygame.Rect, me: Delegation) -> list[Widget]:
        look = frame.look
        if frame.wide < 1000:
            column = Column(look, self._inner(look, rect), "brief")
            self._own(look, column, me)
            column.gap(18)
            self._others(look, column)
            return [self._scroll(look, "brief", rect, column)]
        left, right = cut_left(rect, rect.width * 47 // 100, look.px(12))
        own, others = Column(look, self._inner(look, left), "own"), Column(look, self._inner(look, right), "others")
        self._own(look, own, me)
        self._others(look, others)
        return [self._scroll(look, "own", left, own), self._scroll(look, "others", right, others)]

    @staticmethod
    def _inner(look: Theme, rect: pygame.Rect) -> pygame.Rect:
        pad = look.px(16)
        return pygame.Rect(rect.x + pad, rect.y + pad, rect.width - 2 * pad - look.px(6), 0)

    @staticmethod
    def _scroll(look: Theme, name: str, rect: pygame.Rect, column: Column) -> Widget:
        view = rect.inflate(-look.px(8), -look.px(8))
        area = ScrollArea(f"{name}.area", view, column.items, column.height + look.px(24), name)
        return Panel(f"{name}.panel", rect, [area])

    def _own(self, look: Theme, column: Column, me: Delegation) -> None:
        t, mandate = self.t, self.mandate
        column.text(me.role, "body", "muted")
        column.gap(12).text(t("brief.goals"), "strong", "gold")
        for goal in me.goals:
            column.gap(3).text(goal, sign="dot")
        column.gap(14).text(t("brief.walk_away"), "strong", "gold").gap(4)
        bar = column.take(look.px(20))
        tip = t("value.mark")
        column.add(Bar("walk_away", bar, t("brief.walk_away"), mandate.best, mandate.reservation, tip=tip))
        column.gap(4).text(t("brief.walk_away.text", value=number(mandate.reservation)), "body", id="walk_away.text")
        column.gap(3).text(t("brief.best", value=number(mandate.best)))
        column.gap(3).text(t("brief.walk_away.means", text=me.no_agreement), "body", "muted")
        column.gap(14).text(t("brief.red_lines"), "strong", "gold")
        lines = red_line_lines(self.facts, mandate.red_lines)
        column.gap(3).text(t("brief.red_lines.text" if lines else "brief.red_lines.none"), "body", "muted")
        for text in lines:
            column.gap(3).text(text, "body", "bad", sign="stop")
        column.gap(14).text(t("brief.how"), "strong", "gold")
        for key in ("turns", "counter", self.facts.consent):
            text = t(
                f"brief.how.{key}", rounds=self.facts.rounds, parties=len(self.facts.parties), quorum=self.facts.quorum
            )
            column.gap(3).text(text, sign="dot")
        column.gap(14).text(t("brief.stakes"), "strong", "gold")
        self._stakes(look, column)

    def _stakes(self, look: Theme, column: Column) -> None:
        shares = self.mandate.stakes()
        for i in sorted(range(len(shares)), key=lambda k: -shares[k]):
            issue, top = self.facts.issues[i], self.mandate.opening[i]
            likes = self.t("brief.likes", level=issue.levels[top].short)
            column.gap(6)
            y = column.y
            name = Column(look, pygame.Rect(column.x, y, column.width * 2 // 5, 0), f"stake.{issue.id}")
            name.text(issue.label, "small", tip=issue.about)
            side = pygame.Rect(column.x + column.width * 2 // 5 + look.px(10), y, 0, 0)
            side.width = column.x + column.width - side.x
            text = Column(look, side, f"stake.{issue.id}.likes")
            bar = pygame.Rect(side.x, y + look.px(4), round(side.width * shares[i] / max(shares)), look.px(9))
            text.add(Bar(f"stake.{issue.id}.bar", bar, issue.label, 1.0, None))
            text.gap(16).text(likes, "tiny", "muted")
            column.items += [*name.items, *text.items]
            column.y = max(name.y, text.y)

    def _others(self, look: Theme, column: Column) -> None:
        t = self.t
        column.text(t("brief.others"), "strong", "gold")
        column.gap(3).text(t("brief.others.note"), "small", "muted")
        column.gap(6)
        items = [(sign, colour, t(f"brief.sign.{key}")) for sign, colour, key in LEGEND]
        legend = legend_column(look, pygame.Rect(column.x, column.y, column.width, 0), "others", items)
        column.items += legend.items
        column.y = legend.y
        for party in self.facts.parties:
            if party.id == self.mandate.party:
                continue
            column.gap(12)
            height = look.px(20)
            wide = flag_width(party.id, height, pair=True)
            rect = pygame.Rect(column.x, column.y, wide, height)
            column.add(Flag(f"other.{party.id}.flag", rect, party.id, party.label, True))
            name = Column(
                look,
                pygame.Rect(column.x + wide + look.px(10), column.y - look.px(1), column.width - wide - look.px(10), 0),
                f"other.{party.id}",
            )
            name.text(party.label, "strong")
            column.items += name.items
            column.y = max(name.y, column.y + height)
            stated = [s for s in party.stated if s.stance in SIGNS]
            if not stated:
                column.gap(4).text(t("brief.nothing"), "small", "muted")
            for s in stated:
                column.gap(3)
                self._stated(look, column, party, s)

    def _stated(self, look: Theme, column: Column, party: Delegation, s: Stated) -> None:
        t, issue = self.t, self.facts.issues[s.issue]
        text = t("brief.wants", issue=issue.short, level=issue.levels[s.level].label)
        if s.basis != "stated":
            text += f" ({t(f'basis.{s.basis}')})"
        sign, colour = SIGNS[s.stance]
        lines = [f"{party.label} {t(f'stance.{s.stance}')}: {t(f'basis.{s.basis}')}."]
        lines += [
            t("brief.source", speaker=x.speaker, date=date(t, x.date), outlet=x.outlet, stated=x.stated)
            for x in s.sources[:3]
        ]
        id = f"stated.{party.id}.{issue.id}.{issue.levels[s.level].id}"
        rect = column.take(Note.height_for(look, text, "small", column.width))
        column.add(Note(id, rect, text, "small", colour, sign, "\n".join(lines)))
