"""After the talks: how they ended and why, what mattered, what was possible, and everybody's numbers opened."""

from __future__ import annotations

from pathlib import Path

import pygame

from ...seat.views import Debrief, Facts, Sealed, Sitting, View
from ...words import outcome
from ...words.catalogue import Catalogue, difference, number, percent, percents, signed
from .. import report
from ..theme import BUTTON, Theme
from ..ui import (
    Action,
    Bar,
    Cell,
    Chart,
    Column,
    Flag,
    Heading,
    Key,
    Label,
    Matrix,
    Panel,
    PlaneChart,
    ScrollArea,
    Tabs,
    Widget,
    cut_left,
    cut_top,
    flag_width,
)
from .base import Frame, Go, Order, Screen, Sit
from .parts import button, button_row, footer, headline, inside, legend_column, settings

TABS = ("result", "charts", "numbers")


class DebriefScreen(Screen):
    """`debrief`: None while it is worked out, then `open`; `progress`: the share of that work that is done; `game`:
    which one it was; `folder`: where reports are saved, None for the user's documents.

    `tab`: what is shown; `other`: the party on the upright axis of the plane; `saved`: what came of saving.
    """

    name = "debrief"

    def __init__(
        self,
        facts: Facts,
        t: Catalogue,
        view: View,
        debrief: Debrief | None,
        game: Sitting | None = None,
        folder: Path | None = None,
    ):
        super().__init__(facts, t)
        self.view, self.debrief, self.game, self.folder = view, debrief, game, folder
        self.progress = 0.0
        self.tab = 0
        self.others = [p.id for p in facts.parties if p.id != view.party]
        self.other = self.others[0]
        self.saved = ""

    def open(self, debrief: Debrief) -> None:
        """The work is done: show everything."""
        self.debrief = debrief

    def act(self, action: Action) -> Order | None:
        if action[0] == "again":
            return Sit(self.view.party)
        if action[0] == "side":
            return Go("sides")
        if action[0] == "tab":
            self.tab = action[1]
        elif action[0] == "other":
            self.other = self.others[action[1]]
        elif action[0] == "save" and self.debrief is not None:
            self.saved = self._save(self.debrief)
        return None

    def _save(self, debrief: Debrief) -> str:
        try:
            path = report.save(self.facts, self.t, self.view, debrief, self.folder, self.game)
        except OSError as error:
            return self.t("end.save.failed", path=error.filename or "", reason=error.strerror or "")
        return self.t("end.saved", path=path)

    def shortcut(self, key: int) -> Action | None:
        if key in (pygame.K_1, pygame.K_2, pygame.K_3):
            return ("tab", key - pygame.K_1)
        return None

    def first(self):
        return ("again",)

    # -- composition -------------------------------------------------------------------------------------------------

    def compose(self, frame: Frame) -> list[Widget]:
        look, t = frame.look, self.t
        rect = inside(frame)
        line, rect = cut_top(rect, look.px(34), look.px(4))
        buttons, left = settings(frame, t, line)
        style = "title" if frame.wide > 1000 else "heading"
        title = Column(look, headline(look, left, style), "title")
        title.text(outcome.title(self.facts, t, self.view), style, id="title")
        head = Column(look, pygame.Rect(rect.x, max(rect.y, title.y), rect.width, 0), "why")
        if frame.tall >= 500:
            head.text(outcome.why(self.facts, t, self.view), "body", "muted", id="why").gap(8)
        rect = pygame.Rect(rect.x, head.y, rect.width, rect.bottom - head.y)
        foot, rect = footer(look, rect, self.saved or t("end.hint"), sign="save" if self.saved else "bulb")
        row, rect = button_row(
            look,
            rect,
            [
                button(look, "again", t("end.again"), ("again",), "primary", "undo", tip=t("end.again.tip")),
                button(look, "side", t("end.side"), ("side",), "normal", "person"),
                button(
                    look,
                    "save",
                    t("end.save"),
                    ("save",),
                    "normal",
                    "save",
                    tip=t("end.save.tip"),
                    enabled=self.debrief is not None,
                ),
            ],
        )
        top: list[Widget] = [*title.items, *head.items, *buttons]
        if self.debrief is None:
            return [*top, *self._waiting(look, rect), *row, *foot]
        strip, rect = cut_top(rect, look.px(BUTTON - 6), look.px(8))
        tabs = Tabs("tab", strip, t("end.tabs"), [t(f"end.tab.{name}") for name in TABS], self.tab, ("tab",))
        make = (self._results, self._charts, self._numbers)[self.tab]
        return [*top, tabs, *make(frame, rect, self.debrief), *row, *foot]

    def _waiting(self, look: Theme, rect: pygame.Rect) -> list[Widget]:
        column = Column(look, rect.inflate(-look.px(40), 0), "waiting")
        column.gap(20).text(self.t("end.working", share=percent(self.progress)), "body", id="working").gap(8)
        bar = column.take(look.px(14))
        column.add(Bar("working.bar", bar, self.t("end.working", share=""), self.progress, None))
        return column.items

    @staticmethod
    def _inner(look: Theme, rect: pygame.Rect) -> pygame.Rect:
        pad = look.px(16)
        return pygame.Rect(rect.x + pad, rect.y + pad, rect.width - 2 * pad - look.px(6), 0)

    def _scroll(self, look: Theme, name: str, rect: pygame.Rect, column: Column) -> Widget:
        view, label = rect.inflate(-look.px(8), -look.px(8)), self.t(f"end.tab.{TABS[self.tab]}")
        area = ScrollArea(f"{name}.area", view, column.items, column.height + look.px(16), label)
        return Panel(f"{name}.panel", rect, [area])

    def _pages(self, frame: Frame, rect: pygame.Rect, one, two) -> list[Widget]:
        """Two columns side by side, in narrow windows below each other. `one`, `two`: fill a column."""
        look = frame.look
        if frame.wide < 1000:
            column = Column(look, self._inner(look, rect), "debrief")
            one(look, column)
            column.gap(16)
            two(look, column)
            return [self._scroll(look, "debrief", rect, column)]
        left, right = cut_left(rect, rect.width * 51 // 100, look.px(12))
        first, second = Column(look, self._inner(look, left), "one"), Column(look, self._inner(look, right), "two")
        one(look, first)
        two(look, second)
        return [self._scroll(look, "one", left, first), self._scroll(look, "two", right, second)]

    # -- the result --------------------------------------------------------------------------------------------------

    def _results(self, frame: Frame, rect: pygame.Rect, debrief: Debrief) -> list[Widget]:
        def one(look: Theme, column: Column) -> None:
            if frame.tall < 500:
                column.text(outcome.why(self.facts, self.t, self.view), "body", "muted", id="why").gap(12)
            self._result(look, column, debrief)
            self._package(column.gap(16))
            self._left(look, column.gap(16), debrief)

        def two(look: Theme, column: Column) -> None:
            self._turns(look, column, debrief)
            self._told(look, column, debrief)
            self._omits(column.gap(16), debrief)

        return self._pages(frame, rect, one, two)

    def _result(self, look: Theme, column: Column, debrief: Debrief) -> None:
        t = self.t
        me = next(s for s in debrief.scores if s.party == self.view.party)
        best = debrief.own_best.utilities[me.party] if debrief.own_best else None
        column.text(t("end.score"), "strong", "gold").gap(3)
        column.text(t("end.score.you", value=number(me.utility)), "title", id="score").gap(4)
        bar = column.take(look.px(22))
        column.add(Bar("score.bar", bar, t("end.score"), me.utility, me.reservation, best, tip=t("value.mark")))
        sign, colour, text = outcome.score(t, self.view, debrief)
        column.gap(7).text(text, "body", colour, sign=sign, id="score.change")
        column.gap(4).text(outcome.best(self.facts, t, self.view, debrief), "body", sign="up", id="score.best")

    def _package(self, column: Column) -> None:
        t, view = self.t, self.view
        if view.package is None:
            column.text(t("end.no_package"), "strong", "gold")
            column.gap(3).text(self.facts.party(view.party).no_agreement, id="no_package")
            return
        column.text(t("end.package"), "strong", "gold")
        for issue, k in zip(self.facts.issues, view.package, strict=True):
            column.gap(5).text(issue.label, "small", "muted")
            column.text(issue.levels[k].label, "body", id=f"agreed.{issue.id}")

    def _left(self, look: Theme, column: Column, debrief: Debrief) -> None:
        t = self.t
        column.text(t("end.missed.title" if debrief.missed else "end.left"), "strong", "gold").gap(3)
        column.text(outcome.left(self.facts, t, self.view, debrief), id="left")
        better = debrief.missed or debrief.better
        if better is not None:
            for score in debrief.scores:
                self._party_line(look, column, score.party, score.utility, better.utilities[score.party])
        text = outcome.zone(t, debrief)
        if text:
            column.gap(5).text(text, "body", "muted", id="zone")

    def _party_line(self, look: Theme, column: Column, party: str, before: float, after: float) -> None:
        column.gap(3)
        line, label = column.take(look.line("small")), self.facts.party(party).label
        height = look.px(11)
        flag = pygame.Rect(line.x, line.centery - height // 2, flag_width(party, height), height)
        column.add(Flag(f"better.{party}.flag", flag, party, label))
        x, width = line.x + look.px(26), min(look.px(190), line.width - look.px(170))
        place = pygame.Rect(x, line.y, width, line.height)
        column.add(Label(f"better.{party}", place, label, "small", elide=True))
        value = f"{number(before)} \N{RIGHTWARDS ARROW} {number(after)}"
        place = pygame.Rect(x + width, line.y, look.px(90), line.height)
        column.add(Label(f"better.{party}.value", place, value, "small"))
        change = difference(after, before)
        place = pygame.Rect(x + width + look.px(92), line.y, look.px(50), line.height)
        colour = "good" if change > 0 else "muted"
        column.add(Label(f"better.{party}.change", place, signed(change), "small_strong", colour, align="right"))

    def _turns(self, look: Theme, column: Column, debrief: Debrief) -> None:
        t = self.t
        column.text(t("end.turns"), "strong", "gold")
        if not debrief.turning_points:
            column.gap(3).text(t("end.turns.none"), "body", "muted")
        for n, turn in enumerate(debrief.turning_points):
            tip = outcome.package_words(self.facts, turn.package) if turn.package else ""
            self._dated(look, column.gap(7), f"turn.{n}", turn.round, outcome.turn(self.facts, t, self.view, turn), tip)

    def _dated(self, look: Theme, column: Column, id: str, number: int, text: str, tip: str = "") -> None:
        """A sentence beside the round in which it happened."""
        wide = look.width(self.t("end.turn.round", round=99), "small_strong") + look.px(10)
        rect = column.take(look.height(text, "body", column.width - wide))
        place = pygame.Rect(rect.x, rect.y + look.px(1), wide, look.line("small_strong"))
        column.add(Label(f"{id}.round", place, self.t("end.turn.round", round=number), "small_strong", "gold"))
        place = pygame.Rect(rect.x + wide, rect.y, rect.width - wide, rect.height)
        column.add(Label(id, place, text, "body", tip=tip))

    def _told(self, look: Theme, column: Column, debrief: Debrief) -> None:
        """The person's side talks: what was said, and what was true."""
        if not debrief.told:
            return
        column.gap(16).text(self.t("end.told"), "strong", "gold")
        for n, told in enumerate(debrief.told):
            self._dated(look, column.gap(7), f"told.{n}", told.round, outcome.told(self.facts, self.t, told))
            column.gap(2).text(outcome.package_words(self.facts, told.package), "tiny", "muted", id=f"told.{n}.package")

    def _omits(self, column: Column, debrief: Debrief) -> None:
        t = self.t
        column.text(t("end.omits"), "strong", "gold")
        column.gap(3).text(outcome.omits(t, debrief), "body", "muted", id="omits")
        if self.game is not None:
            column.gap(8).text(outcome.sitting(t, self.game), "small", "muted", id="game")
        if self.game is not None and self.game.minutes:
            column.gap(3).text(t("end.minutes", path=self.game.minutes), "small", "muted", id="minutes")

    # -- charts ------------------------------------------------------------------------------------------------------

    def _charts(self, frame: Frame, rect: pygame.Rect, debrief: Debrief) -> list[Widget]:
        room = rect.height - frame.look.px(170) if frame.wide >= 1000 else 0

        def one(look: Theme, column: Column) -> None:
            self._rounds(look, column, debrief, room)

        def two(look: Theme, column: Column) -> None:
            self._plane(look, column, debrief, room)

        return self._pages(frame, rect, one, two)

    def _rounds(self, look: Theme, column: Column, debrief: Debrief, room: int) -> None:
        t = self.t
        column.text(t("end.path"), "strong", "gold")
        column.gap(3).text(t("end.path.note"), "small", "muted").gap(6)
        curves = outcome.over_rounds(self.facts, t, self.view, debrief)
        tall = min(max(room - column.height + look.px(90), look.px(220)), look.px(760))
        rect = column.take(tall)
        column.add(Chart("path", rect, t("end.path"), curves))
        self._names(look, column.gap(8), "path", [s.kind for s in curves.series])

    def _names(self, look: Theme, column: Column, name: str, kinds: list[int]) -> None:
        """Which dots are whose, in as many lines as it takes."""
        labels = [*(p.short for p in self.facts.parties), self.t("end.chair")]
        side, x, line = look.px(13), column.x, look.line("tiny") + look.px(3)
        for kind in kinds:
            width = look.width(labels[kind], "tiny") + 2
            if x > column.x and x + side + look.px(5) + width > column.x + column.width:
                x, column.y = column.x, column.y + line
            place = pygame.Rect(x, column.y + (look.line("tiny") - side) // 2, side, side)
            column.add(Key(f"{name}.key.{kind}", place, labels[kind], kind))
            place = pygame.Rect(x + side + look.px(4), column.y, width, look.line("tiny"))
            column.add(Label(f"{name}.key.{kind}.name", place, labels[kind], "tiny", "muted"))
            x = place.right + look.px(14)
        column.y += line

    def _plane(self, look: Theme, column: Column, debrief: Debrief, room: int) -> None:
        t = self.t
        column.text(t("end.plane"), "strong", "gold").gap(4)
        strip = column.take(look.px(30))
        names = [self.facts.party(p).short for p in self.others]
        column.add(Tabs("other", strip, t("end.plane.other"), names, self.others.index(self.other), ("other",)))
        tall = min(max(room - column.height + look.px(40), look.px(240)), look.px(760))
        column.gap(8)
        plane = outcome.plane(self.facts, t, self.view, debrief, self.other)
        column.add(PlaneChart("plane", column.take(tall), t("end.plane"), plane))
        self._names(look, column.gap(6), "plane", [s.kind for s in plane.series])
        items = [("bar", "text", t("end.plane.front")), ("circle", "gold", t("end.plane.agreeable"))]
        items += [("dot", "muted", t("end.plane.others")), ("dashes", "gold", t("end.plane.marks"))]
        if plane.end is not None:
            items.append(("star", "gold", t("end.plane.end")))
        legend = legend_column(look, pygame.Rect(column.x, column.y, column.width, 0), "plane", items)
        column.items += legend.items
        column.y = legend.y
        column.text(t("end.plane.note" if debrief.exact else "end.plane.note.some"), "tiny", "muted")

    # -- the sealed numbers ------------------------------------------------------------------------------------------

    def _numbers(self, frame: Frame, rect: pygame.Rect, debrief: Debrief) -> list[Widget]:
        def one(look: Theme, column: Column) -> None:
            self._sealed(look, column, debrief)

        def two(look: Theme, column: Column) -> None:
            self._weights(look, column, debrief, frame.wide >= 1000)

        return self._pages(frame, rect, one, two)

    def _sealed(self, look: Theme, column: Column, debrief: Debrief) -> None:
        t = self.t
        column.text(t("end.sealed"), "strong", "gold")
        column.gap(3).text(t("end.sealed.note"), "small", "muted")
        opened = {s.party: s for s in debrief.sealed}
        for score in debrief.scores:
            party = self.facts.party(score.party)
            column.gap(9)
            line = column.take(look.px(20))
            wide = flag_width(party.id, look.px(18), pair=True)
            flag = pygame.Rect(line.x, line.y, wide, look.px(18))
            column.add(Flag(f"sealed.{party.id}.flag", flag, party.id, party.label, True))
            gain = difference(score.utility, score.reservation)
            row = t("end.sealed.row", value=number(score.utility), mark=number(score.reservation))
            text = f"{row} ({signed(gain)})"
            width = look.width(text, "small_strong") + 2
            name = pygame.Rect(line.x + wide + look.px(8), line.y, line.width - wide - width - look.px(12), line.height)
            long = look.width(party.label, "strong") <= name.width
            label = party.label if long else party.short
            column.add(Label(f"sealed.{party.id}", name, label, "strong", middle=True, elide=True))
            place = pygame.Rect(line.right - width, line.y, width, line.height)
            colour = "good" if gain > 0 else "bad" if gain < 0 else "text"
            column.add(
                Label(f"sealed.{party.id}.value", place, text, "small_strong", colour, align="right", middle=True)
            )
            bar = column.gap(4).take(look.px(17))
            column.add(Bar(f"sealed.{party.id}.bar", bar, party.label, score.utility, score.reservation))
            if party.id in opened:
                self._course(column.gap(3), opened[party.id])

    def _course(self, column: Column, sealed: Sealed) -> None:
        """How the walk-away value went, and why the party bargained as it did."""
        t, id = self.t, f"sealed.{sealed.party}"
        if abs(difference(sealed.end, sealed.start)) > 0:
            text = t("end.sealed.moved", start=number(sealed.start), end=number(sealed.end))
            column.text(text, "small", "muted", id=f"{id}.moved")
        if sealed.strategy:
            column.text(t("end.sealed.strategy", reason=sealed.strategy), "small", "muted", id=f"{id}.strategy")

    def _weights(self, look: Theme, column: Column, debrief: Debrief, wide: bool) -> None:
        """How much each issue counted for each party, and its best level."""
        t, parties = self.t, [self.facts.party(s.party) for s in debrief.sealed]
        column.text(t("end.weights"), "strong", "gold")
        column.gap(3).text(t("end.weights.note"), "small", "muted").gap(6)
        headings = [Heading(t("offers.issue")), *(Heading(p.short, party=p.id) for p in parties)]
        rows, shares = [], [percents(s.weights) for s in debrief.sealed]
        for i, issue in enumerate(self.facts.issues):
            row = [Cell(issue.short, strong=True, tip=issue.label)]
            for sealed, parts in zip(debrief.sealed, shares, strict=True):
                share, short = parts[i], outcome.best_levels(self.facts, i, sealed.best[i])
                text = t("end.weights.cell", share=share, level=short) if wide else share
                heavy = sealed.weights[i] == max(sealed.weights)
                words = " / ".join(issue.levels[k].label for k in sealed.best[i])
                tip = t("end.weights.tip", issue=issue.label, share=share, level=words)
                row.append(Cell(text, strong=heavy, tip=tip))
            rows.append(row)
        rect = pygame.Rect(column.x, column.y, column.width, 0)
        matrix = Matrix("weights", rect, t("end.weights"), headings, rows, [1.25, *(1.0 for _ in parties)], look)
        column.y += matrix.rect.height
        column.add(matrix)
