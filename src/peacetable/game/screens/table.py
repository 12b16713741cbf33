"""The table: who did what and would say what, the offers side by side, the package builder, what can be done now."""

from __future__ import annotations

import pygame

from ...seat.views import Entry, Facts, Mandate, Package, View
from ...words.catalogue import Catalogue, difference, number, signed
from ...words.log import called
from ...words.speech import spoken
from ..theme import BUTTON, Theme
from ..ui import (
    Action,
    Column,
    Dialog,
    Label,
    Panel,
    ScrollArea,
    Tabs,
    Widget,
    cut_right,
    cut_top,
)
from . import table_acts, table_builder, table_header, table_hints, table_offers, table_sides, table_value
from .base import Act, Frame, Go, Kept, Order, Screen
from .cards import EventCard, event_card, question_card
from .parts import button_row, footer, inside
from .sheets import issue_sheet, party_sheet
from .table_desk import Desk
from .table_hints import TIGHT

OFFERS, BUILD, VALUE, LOG = range(4)
TAB_KEYS = {pygame.K_1: OFFERS, pygame.K_2: BUILD, pygame.K_3: VALUE, pygame.K_4: LOG}
SLIM = 32  # height of buttons in tight windows
TALL = 780  # from which on there is a line more here and there


class TableScreen(Screen):
    """`draft` is the package being built, at first the own last offer; `notice` a refusal (`refused`) or something else
    to know; `asking` what a dialog asks: "", "walk_out", "vote", or the party whose offer would be signed; `sheet`:
    ("party", id) or ("sources", issue, party or "") while one is open; `cards`: events that the person has not put away
    yet; `later`: what others ask in private is put off."""

    name = "table"

    def __init__(self, facts: Facts, t: Catalogue, view: View, mandate: Mandate):
        super().__init__(facts, t)
        self.view, self.mandate = view, mandate
        self.draft: Package = view.last.get(view.party, mandate.opening)
        self.undo: list[Package] = []
        self.tab = BUILD
        self.notice, self.refused = "", False
        self.asking = ""
        self.later = False
        self.sheet: tuple = ()
        self.talk_to = ""
        self.cursor = (0, 1)
        self.kept = Kept()
        self._spoken: tuple[tuple[Entry, ...], tuple[str, ...]] = ((), ())
        self._speak()
        new = range(self.desk.since(), 0 if view.ended else len(view.log))
        now = mandate.reservation
        self.cards = [EventCard(n, now, now) for n in new if view.log[n].kind == "event"]

    def show(self, view: View, mandate: Mandate) -> None:
        """The table has changed."""
        new = range(len(self.view.log), len(view.log))
        before, after = self.mandate.reservation, mandate.reservation
        self.cards = [c for c in self.cards if c.entry < len(view.log)]
        self.cards += [EventCard(n, before, after) for n in new if view.log[n].kind == "event"]
        self.view, self.mandate = view, mandate
        if self.asking not in ("", "walk_out", "vote") and self.asking not in view.offers:
            self.asking = ""
        if not view.mine:
            self.asking = ""
        self._speak()

    def _speak(self) -> None:
        if self._spoken[0] != self.view.log:
            self._spoken = (self.view.log, spoken(self.facts, self.t, self.view.log, self.view.party))

    def refuse(self, sentence: str) -> None:
        """A move was not allowed: say why until the next action."""
        self.notice, self.refused, self.asking = sentence, True, ""

    def remark(self, sentence: str) -> None:
        """Something to know about this game: say it until the next action."""
        self.notice, self.refused = sentence, False

    def waits(self) -> bool:
        return bool(self.cards)

    @property
    def desk(self) -> Desk:
        """The plain data that the parts of the screen read."""
        return Desk(self.facts, self.t, self.view, self.mandate, self.draft, self._spoken[1], self.cursor, self.kept)

    # -- actions -----------------------------------------------------------------------------------------------------

    def act(self, action: Action) -> Order | None:
        self.notice = ""
        what, *rest = action
        if what == "tab":
            self.tab = rest[0]
        elif what == "draft":
            self._edit(tuple(rest[1] if i == rest[0] else k for i, k in enumerate(self.draft)))
        elif what == "copy":
            package = self.desk.before()
            self._edit(package or self.draft)
        elif what == "undo" and self.undo:
            self.draft = self.undo.pop()
        elif what in ("brief", "map", "debrief", "history"):
            return self._leave(what)
        elif what == "talk":
            self.sheet, self.talk_to = (), rest[0] if rest else self.talk_to
            return Go("talk")
        elif what in ("party", "sources", "cell", "need", "close", "card"):
            self._look(what, *rest)
        elif what in ("later", "asked"):
            self.later = what == "later"
        elif what == "answer" and self.desk.question is not None:
            return Act("answer", (self.desk.question.party or "", rest[0]))
        else:
            return self._move(what, *rest)
        return None

    def _leave(self, what: str) -> Order | None:
        if what == "debrief" and not self.view.ended:
            return None
        return Go("briefing" if what == "brief" else what)

    def _look(self, what: str, *rest) -> None:
        """Open or close something to read."""
        self.sheet = ()
        if what == "party":
            self.sheet = ("party", rest[0])
        elif what == "sources":
            self.sheet = ("sources", rest[0], "")
        elif what == "cell":
            self._look_at_cell(*rest)
        elif what == "need":
            change = self.desk.need(rest[0])
            if change is not None:
                self._edit(change.package)
        elif what == "card" and self.cards:
            self.cards.pop(0)

    def _look_at_cell(self, columns: tuple[str, ...], row: int, column: int) -> None:
        """Positions behind a cell of the matrix: of one party on an issue, or of all."""
        self.cursor = (row, column)
        if row < len(self.facts.issues):
            who = columns[column - 2] if column >= 2 else ""
            self.sheet = ("sources", row, who if who not in ("text", "amendment") else "")

    def _move(self, what: str, *rest) -> Order | None:
        """Moves at the table, those that cannot be taken back after a question."""
        if what == "do":
            asked, self.asking = self.asking, ""
            if asked == "vote":
                return Act("vote", (True,))
            return Act("walk_out") if asked == "walk_out" else Act("sign", (asked,)) if asked else None
        if what == "stay":
            self.asking = ""
        elif not self.view.mine:
            return None
        elif what == "stand" and not self.facts.one_text:
            return Act("stand")
        elif what == "propose" and (not self.facts.one_text or self.desk.amends()):
            return Act("propose", (self.draft,))
        elif what == "sign" and rest[0] in self.view.offers:
            self.asking = rest[0]
        elif what == "vote" and self.facts.one_text:
            if not (rest[0] and self.view.final):
                return Act("vote", (rest[0],))
            self.asking = "vote"
        elif what == "walk_out":
            self.asking = "walk_out"
        return None

    def _edit(self, package: Package) -> None:
        if package != self.draft:
            self.undo.append(self.draft)
            self.draft = package

    def shortcut(self, key: int) -> Action | None:
        if key in TAB_KEYS:
            return ("tab", TAB_KEYS[key])
        if self.view.ended:
            return ("debrief",) if key in (pygame.K_RETURN, pygame.K_KP_ENTER) else None
        if key == pygame.K_s and self.facts.one_text and not self.desk.amends():
            return ("vote", True)
        if key == pygame.K_s and self.view.acceptable():
            return ("sign", self.view.acceptable()[0].of)
        if key == pygame.K_t and self.facts.soundings:
            return ("talk",)
        if key == pygame.K_a and self.desk.question is not None:
            return ("asked",)
        if key == pygame.K_l and not self.facts.one_text:
            return ("stand",)
        return {pygame.K_p: ("propose",), pygame.K_c: ("copy",), pygame.K_u: ("undo",)}.get(key)

    def first(self):
        if self.view.ended:
            return ("debrief",)
        return (f"issue.{self.facts.issues[0].id}", "tabs")

    # -- composition -------------------------------------------------------------------------------------------------

    def compose(self, frame: Frame) -> list[Widget]:
        look, desk = frame.look, self.desk
        rect = inside(frame)
        wide, tight = frame.wide >= 1040 and frame.tall >= 600, frame.tall < TIGHT
        header, rect = table_header.header(desk, frame, rect, wide, tight)
        cards, rect = table_sides.cards(desk, look, rect, wide, tight)
        if wide and frame.tall >= TALL:
            bars, rect = table_sides.legend(desk, look, rect)
            cards += bars
        floor: list[Widget] = []
        if wide and frame.tall >= 680:
            panel, rect = table_sides.floor(desk, look, rect, 3 if frame.tall >= TALL else 2)
            floor = [panel]
        foot, rect = self._foot(desk, frame, rect, wide)
        choices = table_acts.buttons(desk, frame, wide, bool(self.undo))
        if sum(b.rect.width + look.px(10) for b in choices) > rect.width + look.px(10):
            choices = table_acts.buttons(desk, frame, False, bool(self.undo))
        buttons, rect = button_row(look, rect, choices, SLIM if tight else BUTTON)
        if wide:
            left, right = cut_right(rect, min(look.px(460), rect.width * 33 // 100), look.px(12))[::-1]
            worth = table_value.value(desk, look, table_value.room(look, right))
            needed = min(worth.height + look.px(20), right.height * 60 // 100)
            above, below = cut_top(right, needed, look.px(12))
            beside = [table_value.value_panel(desk, look, above, worth), table_value.log_panel(desk, look, below)]
            body = [*self._main(desk, frame, left, bool(floor)), *beside]
        else:
            body = self._narrow(desk, frame, rect)
        return [*header, *cards, *floor, *body, *buttons, *foot]

    def dialog(self, frame: Frame) -> Dialog | None:
        if self.cards:
            return event_card(frame, self.desk, self.cards[0])
        if self.desk.question is not None and not self.later:
            return question_card(frame, self.desk, self.desk.question)
        if self.asking:
            return self._question(frame)
        if self.sheet and self.sheet[0] == "party":
            return party_sheet(frame, self.desk, self.sheet[1])
        if self.sheet:
            return issue_sheet(frame, self.desk, self.sheet[1], self.sheet[2])
        return None

    def _question(self, frame: Frame) -> Dialog:
        t, me = self.t, self.facts.party(self.view.party)
        mark = number(self.mandate.reservation)
        if self.asking == "walk_out":
            text = t("walk.text", value=mark, means=me.no_agreement)
            choices = [
                ("dialog.stay", t("walk.stay"), ("stay",), "primary"),
                ("dialog.go", t("walk.go"), ("do",), "danger"),
            ]
            return Dialog.ask("dialog", frame.look, frame.area, t("walk.title"), text, choices, ("stay",))
        final = self.asking == "vote"
        package = self.view.draft if final else self.view.offers[self.asking].package
        u = self.mandate.utility(package or self.draft)
        poor = u < self.mandate.reservation
        if final:
            text = t("sign.final", value=number(u), mark=mark)
        else:
            text = t("sign.text", other=called(self.facts, t, self.asking), value=number(u), mark=mark)
        text = " ".join([text, t("sign.warn" if poor else "sign.final.holds" if final else "sign.holds")])
        sign = ("dialog.go", t("sign.go"), ("do",), "normal" if poor else "primary")
        stay = ("dialog.stay", t("sign.no"), ("stay",), "primary" if poor else "normal")
        choices = [stay, sign] if poor else [sign, stay]
        title = t("sign.title", party=called(self.facts, t, me.id))
        return Dialog.ask("dialog", frame.look, frame.area, title, text, choices, ("stay",))

    def _foot(self, desk: Desk, frame: Frame, rect: pygame.Rect, wide: bool) -> tuple[list[Widget], pygame.Rect]:
        if self.notice:
            return footer(frame.look, rect, self.notice, *(("stop", "bad") if self.refused else ("bulb", "gold")))
        return table_hints.foot(desk, frame, rect, wide)

    # -- offers and builder ------------------------------------------------------------------------------------------

    def _main(self, desk: Desk, frame: Frame, rect: pygame.Rect, brief: bool) -> list[Widget]:
        """Both views where there is room for both, else tabs."""
        look, pad = frame.look, frame.look.px(12)
        inner = rect.inflate(-2 * pad, -2 * pad)
        both = self._stacked(desk, look, inner, brief)
        if both:
            return [Panel("main", rect, both)]
        tabs, body = cut_top(inner, look.px(34), look.px(8))
        names = [self.t("tab.offers"), self.t("tab.package")]
        index = min(self.tab, BUILD)
        bar = Tabs("tabs", tabs, self.t("tabs.label"), names, index, ("tab",))
        return [Panel("main", rect, [bar, self._pane(desk, look, index, body, brief)])]

    def _stacked(self, desk: Desk, look: Theme, inner: pygame.Rect, brief: bool) -> list[Widget]:
        """Offers over builder, sharing what height is left; empty if there is not enough."""
        title, gap = look.line("strong") + look.px(8), look.px(16)
        room = pygame.Rect(inner.x, inner.y, inner.width, 0)
        parts = (
            ("offers", lambda at, spare: table_offers.column(desk, look, at, spare, brief)),
            ("package", lambda at, spare: table_builder.column(desk, look, at, spare)),
        )
        least, spare = [], inner.height - 2 * title - gap
        for _, make in parts:
            least.append(make(room, 0).height)
            spare -= least[-1]
            if spare < 0:
                return []
        widgets: list[Widget] = []
        y = inner.y
        for (name, make), height in zip(parts, least, strict=True):
            place = pygame.Rect(inner.x, y, inner.width, look.line("strong"))
            widgets.append(Label(f"title.{name}", place, self.t(f"tab.{name}"), "strong"))
            column = make(pygame.Rect(inner.x, y + title, inner.width, 0), height + spare // 2)
            widgets += column.items
            y = column.y + gap
        return widgets

    def _narrow(self, desk: Desk, frame: Frame, rect: pygame.Rect) -> list[Widget]:
        look = frame.look
        tabs, body = cut_top(rect, look.px(28 if frame.tall < TIGHT else 30), look.px(4))
        u = self.mandate.utility(self.draft)
        worth = self.t("tab.value.now", value=number(u), change=signed(difference(u, self.mandate.reservation)))
        names = [self.t("tab.offers"), self.t("tab.package"), worth, self.t("tab.log")]
        if any(look.width(name, "strong") > tabs.width // 4 - look.px(8) for name in names):
            worth = self.t("tab.value.short", value=number(u))
            names = [self.t("tab.offers.short"), self.t("tab.package.short"), worth, self.t("tab.log")]
        panel = Panel("main", body)
        panel.children = [self._pane(desk, look, self.tab, body.inflate(-look.px(12), -look.px(10)), False)]
        return [Tabs("tabs", tabs, self.t("tabs.label"), names, self.tab, ("tab",)), panel]

    def _pane(self, desk: Desk, look: Theme, index: int, rect: pygame.Rect, brief: bool) -> Widget:
        room = pygame.Rect(rect.x + look.px(3), rect.y + look.px(3), rect.width - look.px(14), 0)
        spare = rect.height - look.px(8)
        column: Column
        if index == OFFERS:
            column = table_offers.column(desk, look, room, spare, brief)
        elif index == BUILD:
            column = table_builder.column(desk, look, room, spare)
        else:
            column = (table_value.value if index == VALUE else table_value.course)(desk, look, room)
        name = ("offers", "build", "value", "log")[index]
        label = self.t(("tab.offers", "tab.package", "value.title", "tab.log")[index])
        return ScrollArea(f"{name}.area", rect, column.items, column.height + look.px(6), label, end=index == LOG)
