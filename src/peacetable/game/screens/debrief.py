"""After the talks: how they ended and why, everybody's numbers opened, what was possible, what the model leaves out."""

from __future__ import annotations

import pygame

from ..text import Catalogue, difference, number, percent, signed, whole
from ..theme import Theme
from ..ui import (
    Action,
    Bar,
    Chart,
    Column,
    Flag,
    Label,
    Panel,
    ScrollArea,
    Series,
    Widget,
    cut_left,
    cut_top,
    flag_width,
)
from ..views import Debrief, Facts, View
from .base import Frame, Go, Order, Screen, Sit
from .parts import button, button_row, footer, inside, package_text, settings


class DebriefScreen(Screen):
    """`minutes`: where the minutes of the game lie, or ""."""

    name = "debrief"

    def __init__(self, facts: Facts, t: Catalogue, view: View, debrief: Debrief, minutes: str = ""):
        super().__init__(facts, t)
        self.view, self.debrief, self.minutes = view, debrief, minutes

    def act(self, action: Action) -> Order | None:
        if action[0] == "again":
            return Sit(self.view.party)
        if action[0] == "side":
            return Go("sides")
        return None

    def first(self):
        return ("again",)

    def compose(self, frame: Frame) -> list[Widget]:
        look, t = frame.look, self.t
        rect = inside(frame)
        line, rect = cut_top(rect, look.px(34), look.px(4))
        buttons, left = settings(frame, t, line)
        title = Column(look, pygame.Rect(left.x, left.y, left.width, 0), "title")
        title.text(self._title(), "title" if frame.wide > 1000 else "heading", id="title")
        head = Column(look, pygame.Rect(rect.x, max(rect.y, title.y), rect.width, 0), "why")
        head.text(self._why(), "body", "muted", id="why").gap(10)
        rect = pygame.Rect(rect.x, head.y, rect.width, rect.bottom - head.y)
        foot, rect = footer(look, rect, t("end.hint"))
        row, rect = button_row(
            look,
            rect,
            [
                button(look, "again", t("end.again"), ("again",), "primary", "undo", tip=t("end.again.tip")),
                button(look, "side", t("end.side"), ("side",), "normal", "person"),
            ],
        )
        return [*title.items, *head.items, *buttons, *self._body(frame, rect), *row, *foot]

    def _title(self) -> str:
        view, t = self.view, self.t
        if view.ended == "walk_out":
            you = view.by == view.party
            return t("end.walk_out.you") if you else t("end.walk_out", party=self._name(view.by))
        return t(f"end.{view.ended}", round=view.round)

    def _why(self) -> str:
        view, t = self.view, self.t
        if view.ended == "agreement":
            return t("end.why.agreement.plain", by=self._name(view.by))
        if view.ended == "walk_out":
            return t("end.why.walk_out", party=self._name(view.by), round=view.round)
        return t("end.why.deadline.plain", rounds=view.rounds)

    def _name(self, party: str | None) -> str:
        if party == self.view.party:
            return self.t("you")
        return self.facts.party(party).label if party else ""

    # -- body --------------------------------------------------------------------------------------------------------

    def _body(self, frame: Frame, rect: pygame.Rect) -> list[Widget]:
        look = frame.look
        if frame.wide < 1000:
            column = Column(look, self._inner(look, rect), "debrief")
            for make in (self._result, self._package, self._sealed, self._left, self._path, self._omits):
                make(look, column)
                column.gap(16)
            return [self._scroll(look, "debrief", rect, column)]
        left, right = cut_left(rect, rect.width * 52 // 100, look.px(12))
        one, two = Column(look, self._inner(look, left), "one"), Column(look, self._inner(look, right), "two")
        for make in (self._result, self._package, self._left, self._omits):
            make(look, one)
            one.gap(16)
        self._sealed(look, two)
        two.gap(16)
        self._path(look, two, right.height - two.height - look.px(90))
        return [self._scroll(look, "one", left, one), self._scroll(look, "two", right, two)]

    @staticmethod
    def _inner(look: Theme, rect: pygame.Rect) -> pygame.Rect:
        pad = look.px(16)
        return pygame.Rect(rect.x + pad, rect.y + pad, rect.width - 2 * pad - look.px(6), 0)

    @staticmethod
    def _scroll(look: Theme, name: str, rect: pygame.Rect, column: Column) -> Widget:
        view = rect.inflate(-look.px(8), -look.px(8))
        return Panel(
            f"{name}.panel", rect, [ScrollArea(f"{name}.area", view, column.items, column.height + look.px(8), name)]
        )

    def _result(self, look: Theme, column: Column) -> None:
        t, debrief = self.t, self.debrief
        me = next(s for s in debrief.scores if s.party == self.view.party)
        best = debrief.own_best.utilities[me.party] if debrief.own_best else None
        column.text(t("end.score"), "strong", "gold").gap(3)
        column.text(t("end.score.you", value=number(me.utility)), "title", id="score").gap(4)
        bar = column.take(look.px(22))
        column.add(Bar("score.bar", bar, t("end.score"), me.utility, me.reservation, best, tip=t("value.mark")))
        change, mark = difference(me.utility, me.reservation), number(me.reservation)
        kind = "equal" if change == 0 else "above" if change > 0 else "below"
        sign, colour = ("minus", "bad") if kind == "below" else ("plus", "good") if kind == "above" else ("dot", "text")
        text = t(f"end.score.{kind}", change=number(abs(change)), mark=mark)
        column.gap(7).text(text, "body", colour, sign=sign, id="score.change")
        if debrief.own_best:
            words = {"value": number(best or 0.0), "package": package_text(self.facts, debrief.own_best.package)}
            text = t("end.score.best" if debrief.exact else "end.score.best.some", **words)
        else:
            text = t("end.score.best.none" if debrief.exact else "end.score.best.unknown")
        column.gap(4).text(text, "body", sign="up", id="score.best")

    def _left(self, look: Theme, column: Column) -> None:
        t, debrief = self.t, self.debrief
        column.text(t("end.left"), "strong", "gold")
        column.gap(3)
        if debrief.better is None:
            column.text(t("end.left.none" if debrief.exact else "end.left.none.search"), id="left")
        else:
            package = package_text(self.facts, debrief.better.package)
            if debrief.better_count is None:
                text = t("end.left.search", package=package)
            else:
                text = t(
                    "end.left.some", plural=debrief.better_count, number=whole(debrief.better_count), package=package
                )
            column.text(text, id="left")
            for score in debrief.scores:
                self._party_line(look, column, score.party, score.utility, debrief.better.utilities[score.party])
        if debrief.agreeable is not None:
            count = debrief.agreeable
            text = t("end.left.zone", plural=count, number=whole(count)) if count else t("end.left.zone.none")
            column.gap(5).text(text, "body", "muted", id="zone")

    def _party_line(self, look: Theme, column: Column, party: str, before: float, after: float) -> None:
        column.gap(3)
        line = column.take(look.line("small"))
        height = look.px(11)
        flag = pygame.Rect(line.x, line.centery - height // 2, flag_width(party, height), height)
        column.add(Flag(f"better.{party}.flag", flag, party, self.facts.party(party).label))
        x = line.x + look.px(26)
        width = min(look.px(190), line.width - look.px(170))
        column.add(
            Label(
                f"better.{party}",
                pygame.Rect(x, line.y, width, line.height),
                self.facts.party(party).label,
                "small",
                elide=True,
            )
        )
        value = f"{number(before)} \N{RIGHTWARDS ARROW} {number(after)}"
        column.add(
            Label(f"better.{party}.value", pygame.Rect(x + width, line.y, look.px(90), line.height), value, "small")
        )
        change = difference(after, before)
        colour = "good" if change > 0 else "muted"
        place = pygame.Rect(x + width + look.px(92), line.y, look.px(50), line.height)
        column.add(Label(f"better.{party}.change", place, signed(change), "small_strong", colour, align="right"))

    def _package(self, look: Theme, column: Column) -> None:
        t, view = self.t, self.view
        if view.package is None:
            column.text(t("end.no_package"), "strong", "gold")
            column.gap(3).text(self.facts.party(view.party).no_agreement, id="no_package")
            return
        column.text(t("end.package"), "strong", "gold")
        for issue, k in zip(self.facts.issues, view.package, strict=True):
            column.gap(5).text(issue.label, "small", "muted")
            column.text(issue.levels[k].label, "body", id=f"agreed.{issue.id}")

    def _sealed(self, look: Theme, column: Column) -> None:
        t = self.t
        column.text(t("end.sealed"), "strong", "gold")
        column.gap(3).text(t("end.sealed.note"), "small", "muted")
        for score in self.debrief.scores:
            party = self.facts.party(score.party)
            column.gap(9)
            line = column.take(look.px(20))
            wide = flag_width(party.id, look.px(18), pair=True)
            column.add(
                Flag(
                    f"sealed.{party.id}.flag",
                    pygame.Rect(line.x, line.y, wide, look.px(18)),
                    party.id,
                    party.label,
                    True,
                )
            )
            gain = difference(score.utility, score.reservation)
            change = signed(gain)
            text = f"{t('end.sealed.row', value=number(score.utility), mark=number(score.reservation))} ({change})"
            width = look.width(text, "small_strong") + 2
            name = pygame.Rect(line.x + wide + look.px(8), line.y, line.width - wide - width - look.px(12), line.height)
            long = look.width(party.label, "strong") <= name.width
            column.add(
                Label(
                    f"sealed.{party.id}", name, party.label if long else party.short, "strong", middle=True, elide=True
                )
            )
            place = pygame.Rect(line.right - width, line.y, width, line.height)
            colour = "good" if gain > 0 else "bad" if gain < 0 else "text"
            column.add(
                Label(f"sealed.{party.id}.value", place, text, "small_strong", colour, align="right", middle=True)
            )
            column.gap(4)
            bar = column.take(look.px(17))
            column.add(Bar(f"sealed.{party.id}.bar", bar, party.label, score.utility, score.reservation))

    def _path(self, look: Theme, column: Column, room: int = 0) -> None:
        t, me = self.t, next(s for s in self.debrief.scores if s.party == self.view.party)
        series = []
        for party in self.facts.parties:
            points = tuple((r, u) for r, p, u in self.debrief.path if p == party.id)
            series.append(Series(party.id, party.label, points))
        if not self.debrief.path:
            return
        column.text(t("end.path"), "strong", "gold")
        column.gap(3).text(t("end.path.note"), "small", "muted").gap(6)
        rect = column.take(min(max(room, look.px(180)), look.px(380)))
        column.add(Chart("path", rect, t("end.path"), series, self.view.round, me.reservation))

    def _omits(self, look: Theme, column: Column) -> None:
        t = self.t
        shares = self.debrief.assumed
        assumed = percent(sum(shares.values()) / max(1, len(shares)))
        column.text(t("end.omits"), "strong", "gold")
        column.gap(3).text(t("end.omits.text", assumed=assumed), "body", "muted", id="omits")
        if self.minutes:
            column.gap(8).text(t("end.minutes", path=self.minutes), "small", "muted", id="minutes")
