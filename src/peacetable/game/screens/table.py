"""The table: who did what, the offers side by side, the package builder, and what can be done now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pygame

from .. import telling
from ..text import Catalogue, difference, number, signed
from ..theme import Theme
from ..ui import (
    Action,
    Bar,
    Button,
    Cell,
    Clock,
    Column,
    Dialog,
    Flag,
    Heading,
    Label,
    Matrix,
    Option,
    Panel,
    ScrollArea,
    Segmented,
    Sign,
    Tabs,
    Widget,
    columns,
    cut_right,
    cut_top,
    flag_width,
)
from ..views import Delegation, Entry, Facts, Mandate, Offer, Package, View
from .base import Accept, Frame, Go, Order, Propose, Screen, WalkOut
from .parts import button, button_row, footer, inside, legend_column, settings

OFFERS, BUILD, VALUE, LOG = range(4)
TAB_KEYS = {pygame.K_1: OFFERS, pygame.K_2: BUILD, pygame.K_3: VALUE, pygame.K_4: LOG}


@dataclass(frozen=True)
class Status:
    """How a delegation's card says what it did: icon, colour, a sentence, and one or two words for narrow cards."""

    sign: str
    colour: str
    text: str
    short: str


class TableScreen(Screen):
    """`draft` is the package being built; `notice` a refusal to show; `asking` what a dialog asks: "", "walk_out", or
    the party whose offer would be signed."""

    name = "table"

    def __init__(self, facts: Facts, t: Catalogue, view: View, mandate: Mandate):
        super().__init__(facts, t)
        self.view, self.mandate = view, mandate
        self.draft: Package = mandate.opening
        self.undo: list[Package] = []
        self.tab = BUILD
        self.notice = ""
        self.asking = ""
        self._told: list[tuple[str, str]] = []

    def show(self, view: View, mandate: Mandate) -> None:
        """The table has changed."""
        self.view, self.mandate = view, mandate
        if self.asking and self.asking != "walk_out" and self.asking not in view.offers:
            self.asking = ""

    def refuse(self, sentence: str) -> None:
        """A move was not allowed: say why until the next action."""
        self.notice, self.asking = sentence, ""

    # -- actions -----------------------------------------------------------------------------------------------------

    def act(self, action: Action) -> Order | None:
        self.notice = ""
        what, *rest = action
        if what == "tab":
            self.tab = rest[0]
        elif what == "draft":
            self._edit(tuple(rest[1] if i == rest[0] else k for i, k in enumerate(self.draft)))
        elif what == "copy" and self._standing() is not None:
            self._edit(self._standing().package)  # type: ignore[union-attr]
        elif what == "undo" and self.undo:
            self.draft = self.undo.pop()
        elif what == "propose" and self.view.mine:
            return Propose(self.draft)
        elif what == "sign" and self.view.mine:
            self.asking = rest[0]
        elif what == "walk_out" and self.view.mine:
            self.asking = "walk_out"
        elif what == "stay":
            self.asking = ""
        elif what == "do":
            asked, self.asking = self.asking, ""
            return WalkOut() if asked == "walk_out" else Accept(asked) if asked else None
        elif what == "brief":
            return Go("briefing")
        elif what == "debrief" and self.view.ended:
            return Go("debrief")
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
        if key == pygame.K_s and self.view.acceptable():
            return ("sign", self.view.acceptable()[0].of)
        return {pygame.K_p: ("propose",), pygame.K_c: ("copy",), pygame.K_u: ("undo",)}.get(key)

    def first(self):
        if self.view.ended:
            return ("debrief",)
        return (f"issue.{self.facts.issues[0].id}", "tabs")

    def _standing(self) -> Offer | None:
        """The offer of another party to look at first: one that can be signed, else any."""
        offers = self.view.acceptable() or [o for o in self.view.offers.values() if o.of != self.view.party]
        return max(offers, key=lambda o: self.mandate.utility(o.package)) if offers else None

    def _name(self, party: str) -> str:
        return self.t("you") if party == self.view.party else self.facts.party(party).label

    # -- composition -------------------------------------------------------------------------------------------------

    def compose(self, frame: Frame) -> list[Widget]:
        look = frame.look
        rect = inside(frame)
        wide = frame.wide >= 1040 and frame.tall >= 600
        header, rect = self._header(frame, rect, wide)
        cards, rect = self._cards(frame, rect, wide)
        foot, rect = self._footer(frame, rect, wide)
        buttons, rect = button_row(look, rect, self._buttons(frame, wide))
        if wide:
            left, right = cut_right(rect, min(look.px(460), rect.width * 33 // 100), look.px(12))[::-1]
            needed = self._value(look, self._room(look, right)).height + look.px(20)
            above, below = cut_top(right, min(needed, right.height * 54 // 100), look.px(12))
            body = [*self._main(frame, left), self._value_panel(look, above), self._log_panel(look, below)]
        else:
            body = self._narrow(frame, rect)
        return [*header, *cards, *body, *buttons, *foot]

    def dialog(self, frame: Frame) -> Dialog | None:
        t, me = self.t, self.facts.party(self.view.party)
        mark = number(self.mandate.reservation)
        if self.asking == "walk_out":
            text = t("walk.text", value=mark, means=me.no_agreement)
            choices = [
                ("dialog.stay", t("walk.stay"), ("stay",), "primary"),
                ("dialog.go", t("walk.go"), ("do",), "danger"),
            ]
            return Dialog.ask("dialog", frame.look, frame.area, t("walk.title"), text, choices, ("stay",))
        if self.asking:
            u = self.mandate.utility(self.view.offers[self.asking].package)
            poor = u < self.mandate.reservation
            text = t("sign.text", other=self.facts.party(self.asking).label, value=number(u), mark=mark)
            text = " ".join([text, t("sign.warn")] if poor else [text, t("sign.holds")])
            sign = ("dialog.go", t("sign.go"), ("do",), "normal" if poor else "primary")
            stay = ("dialog.stay", t("sign.no"), ("stay",), "primary" if poor else "normal")
            choices = [stay, sign] if poor else [sign, stay]
            title = t("sign.title", party=me.label)
            return Dialog.ask("dialog", frame.look, frame.area, title, text, choices, ("stay",))
        return None

    def _header(self, frame: Frame, rect: pygame.Rect, wide: bool) -> tuple[list[Widget], pygame.Rect]:
        look, t, view = frame.look, self.t, self.view
        line, rect = cut_top(rect, look.px(34 if wide else 30), look.px(4))
        extra = [("brief", t("table.brief"), ("brief",), "document")]
        buttons, left = settings(frame, t, line, extra, pace=True)
        text = t("table.round", round=view.round, rounds=view.rounds)
        style = "title" if wide else "strong"
        title = Label(
            "round", pygame.Rect(left.x, left.y, look.width(text, style) + 1, left.height), text, style, middle=True
        )
        widgets: list[Widget] = [title, *buttons]
        if wide:
            me = self.facts.party(view.party).label
            consent = t(f"table.consent.{self.facts.consent}", count=len(self.facts.parties), quorum=self.facts.quorum)
            x = title.rect.right + look.px(18)
            place = pygame.Rect(x, left.y + look.px(2), left.right - x - look.px(8), left.height)
            note = f"{t('table.you', party=me)} · {consent}"
            widgets.append(Label("you", place, note, "body", "muted", middle=True, elide=True))
        clock, rect = cut_top(rect, look.px(6), look.px(10 if wide else 6))
        widgets.append(
            Clock("clock", clock, t("table.clock", round=view.round, rounds=view.rounds), view.round, view.rounds)
        )
        return widgets, rect

    # -- delegations -------------------------------------------------------------------------------------------------

    def _cards(self, frame: Frame, rect: pygame.Rect, wide: bool) -> tuple[list[Widget], pygame.Rect]:
        look = frame.look
        height = look.px(100) if wide else 2 * look.line("tiny") + look.px(12)
        strip, rest = cut_top(rect, height, look.px(12 if wide else 6))
        cells = columns(strip, len(self.facts.parties), look.px(10 if wide else 5))
        make = self._card if wide else self._small_card
        return [make(look, party, cell) for party, cell in zip(self.facts.parties, cells, strict=True)], rest

    def _status(self, party: str) -> Status:
        t, view = self.t, self.view
        if party not in view.present:
            return Status("door", "bad", t("card.left"), t("card.short.left"))
        if view.speaker == party:
            if party == view.party:
                return Status("pen", "gold", t("card.your_turn"), t("card.short.turn"))
            return Status("clock", "gold", t("card.speaking"), t("card.short.speaking"))
        move = telling.last_move(view, party)
        if move is None:
            return Status("dot", "muted", t("card.silent"), t("card.short.silent"))
        if move.kind == "accept":
            mine = move.offer_of == view.party
            text = (
                t("card.accepted.you")
                if mine
                else t("card.accepted", party=self.facts.party(move.offer_of or "").short)
            )
            return Status("check", "good", text, t("card.short.accepted"))
        text = t("card.kept") if move.changes == () else t("card.proposed", round=move.round)
        return Status("speech", "text", text, t("card.short.proposed"))

    def _card(self, look: Theme, party: Delegation, cell: pygame.Rect) -> Widget:
        name, pad = f"card.{party.id}", look.px(12)
        me, status = party.id == self.view.party, self._status(party.id)
        speaking = self.view.speaker == party.id and not self.view.ended
        inner = cell.inflate(-2 * pad, -2 * pad)
        height = look.px(20)
        wide = flag_width(party.id, height, pair=True)
        column = Column(look, inner, name)
        column.add(Flag(f"{name}.flag", pygame.Rect(inner.x, inner.y, wide, height), party.id, party.label, pair=True))
        x = inner.x + wide + look.px(10)
        side = look.px(15)
        room = inner.right - x - (side + look.px(6) if me else 0)
        long = look.width(party.label, "strong") <= room
        title = pygame.Rect(x, inner.y - look.px(1), room, look.px(22))
        column.add(Label(f"{name}.name", title, party.label if long else party.short, "strong", middle=True))
        if me:
            place = pygame.Rect(inner.right - side, inner.y + look.px(3), side, side)
            column.add(Sign(f"{name}.me", place, "person", "gold", self.t("card.you")))
        column.y = inner.y + look.px(26)
        line = column.take(look.line("small"))
        column.add(Label(f"{name}.status", line, status.text, "small", status.colour, sign=status.sign))
        package = self.draft if me else self.view.last.get(party.id)
        column.gap(4)
        line = column.take(look.line("tiny"))
        if package is None:
            column.add(Label(f"{name}.worth", line, self.t("card.none"), "tiny", "muted"))
        else:
            u = self.mandate.utility(package)
            gain = difference(u, self.mandate.reservation)
            change = f"{number(u)} ({signed(gain)})"
            left, right = cut_right(line, look.width(change, "tiny_strong") + 2)[::-1]
            label = self.t("card.draft" if me else "card.worth")
            column.add(Label(f"{name}.worth", left, label, "tiny", "muted"))
            colour = "good" if gain >= 0 else "bad"
            column.add(Label(f"{name}.value", right, change, "tiny_strong", colour, align="right"))
            bar = pygame.Rect(inner.x, inner.bottom - look.px(11), inner.width, look.px(14))
            tip = self.t("value.mark")
            column.add(Bar(f"{name}.bar", bar, party.label, u, self.mandate.reservation, tip=tip))
        return Panel(
            name, cell, column.items, party.label, border="gold" if speaking else "border", width=2 if speaking else 1
        )

    def _small_card(self, look: Theme, party: Delegation, cell: pygame.Rect) -> Widget:
        name, status = f"card.{party.id}", self._status(party.id)
        speaking = self.view.speaker == party.id and not self.view.ended
        inner = cell.inflate(-look.px(12), -look.px(8))
        height = look.px(11)
        width = flag_width(party.id, height)
        line = look.line("tiny")
        x = inner.x + width + look.px(6)
        widgets: list[Widget] = [
            Flag(
                f"{name}.flag",
                pygame.Rect(inner.x, inner.y + (line - height) // 2, width, height),
                party.id,
                party.label,
            ),
            Label(
                f"{name}.name", pygame.Rect(x, inner.y, inner.right - x, line), party.short, "tiny_strong", elide=True
            ),
            Label(
                f"{name}.status",
                pygame.Rect(inner.x, inner.y + line, inner.width, line),
                status.short,
                "tiny",
                status.colour,
                sign=status.sign,
                tip=status.text,
                elide=True,
            ),
        ]
        return Panel(
            name, cell, widgets, party.label, border="gold" if speaking else "border", width=2 if speaking else 1
        )

    # -- offers and builder ------------------------------------------------------------------------------------------

    def _main(self, frame: Frame, rect: pygame.Rect) -> list[Widget]:
        """Both views where there is room for both, else tabs."""
        look, pad = frame.look, frame.look.px(12)
        inner = rect.inflate(-2 * pad, -2 * pad)
        both = self._stacked(look, inner)
        if both:
            return [Panel("main", rect, both)]
        tabs, body = cut_top(inner, look.px(34), look.px(8))
        names = [self.t("tab.offers"), self.t("tab.package")]
        index = min(self.tab, BUILD)
        return [
            Panel(
                "main",
                rect,
                [Tabs("tabs", tabs, self.t("tabs.label"), names, index, ("tab",)), self._pane(look, index, body)],
            )
        ]

    def _stacked(self, look: Theme, inner: pygame.Rect) -> list[Widget]:
        """Offers over builder, sharing what height is left; empty if there is not enough."""
        title, gap = look.line("strong") + look.px(8), look.px(16)
        room = pygame.Rect(inner.x, inner.y, inner.width, 0)
        least = [self._offers(look, room).height, self._builder(look, room).height]
        spare = inner.height - sum(least) - 2 * title - gap
        if spare < 0:
            return []
        widgets: list[Widget] = []
        y = inner.y
        for name, make, height in (("offers", self._offers, least[0]), ("package", self._builder, least[1])):
            place = pygame.Rect(inner.x, y, inner.width, look.line("strong"))
            widgets.append(Label(f"title.{name}", place, self.t(f"tab.{name}"), "strong"))
            column = make(look, pygame.Rect(inner.x, y + title, inner.width, 0), height + spare // 2)
            widgets += column.items
            y = column.y + gap
        return widgets

    def _narrow(self, frame: Frame, rect: pygame.Rect) -> list[Widget]:
        look = frame.look
        tabs, body = cut_top(rect, look.px(30), look.px(4))
        u = self.mandate.utility(self.draft)
        worth = self.t("tab.value.now", value=number(u), change=signed(difference(u, self.mandate.reservation)))
        names = [self.t("tab.offers"), self.t("tab.package"), worth, self.t("tab.log")]
        body_panel = Panel("main", body)
        body_panel.children = [self._pane(look, self.tab, body.inflate(-look.px(12), -look.px(10)))]
        return [Tabs("tabs", tabs, self.t("tabs.label"), names, self.tab, ("tab",)), body_panel]

    def _pane(self, look: Theme, index: int, rect: pygame.Rect) -> Widget:
        room = pygame.Rect(rect.x + look.px(3), rect.y + look.px(3), rect.width - look.px(14), 0)
        spare = rect.height - look.px(8)
        if index == OFFERS:
            column = self._offers(look, room, spare)
        elif index == BUILD:
            column = self._builder(look, room, spare)
        else:
            column = self._value(look, room) if index == VALUE else self._log(look, room)
        name = ("offers", "build", "value", "log")[index]
        return ScrollArea(f"{name}.area", rect, column.items, column.height + look.px(6), name, end=index == LOG)

    def _offers(self, look: Theme, rect: pygame.Rect, spare: int = 0) -> Column:
        t, view = self.t, self.view
        column = Column(look, rect, "offers")
        for offer in view.offers.values():
            mine = offer.of == view.party
            quorum = self.facts.consent == "quorum"
            words = {
                "quorum": self.facts.quorum,
                "party": self._name(offer.of),
                "signed": t.join(self._name(p) for p in offer.signed),
                "missing": t.join(self._name(p) for p in offer.missing),
            }
            column.text(
                t(f"offers.standing{'.you' if mine else ''}{'.quorum' if quorum else ''}", **words),
                "small",
                "gold",
                sign="table",
            )
        if not view.offers:
            column.text(t("offers.nothing"), "small", "muted", sign="table")
        column.gap(8)
        others = [p for p in self.facts.parties if p.id != view.party]
        narrow = rect.width < look.px(720)
        shown = [view.party] if view.party in view.last and not narrow else []
        shown += [p.id for p in others]
        legend = legend_column(look, pygame.Rect(rect.x, 0, rect.width, 0), "offers", self._named(OFFERS_LEGEND))
        room = spare - (column.y - rect.y) - legend.height - look.px(14)
        matrix = Matrix(
            "offers.matrix",
            pygame.Rect(rect.x, column.y, rect.width, 0),
            t("offers.matrix"),
            self._headings(shown),
            [*self._rows(shown), self._worth_row(shown)],
            [1.05, 1.1, *[1.0] * len(shown)],
            look,
            spare=room,
        )
        column.y += matrix.rect.height
        column.add(matrix)
        column.gap(10)
        for widget in legend.items:
            widget.move(0, column.y)
        column.items += legend.items
        column.y += legend.height
        return column

    def _headings(self, shown: list[str]) -> list[Heading]:
        t, view = self.t, self.view
        headings = [Heading(t("offers.issue")), Heading(t("offers.draft"), sign="pen", note=t("offers.note.draft"))]
        for p in shown:
            party = self.facts.party(p)
            lit = p in view.offers
            state = "table" if lit else "left" if p not in view.present else "last" if p in view.last else "none"
            text = t("offers.mine") if p == view.party else party.short
            headings.append(Heading(text, p, note=t(f"offers.note.{state}"), lit=lit))
        return headings

    def _rows(self, shown: list[str]) -> list[list[Cell]]:
        rows = []
        for i, issue in enumerate(self.facts.issues):
            level = issue.levels[self.draft[i]]
            red = (("stop", "bad"),) if (i, self.draft[i]) in self.mandate.red_lines else ()
            tip = self.t("offers.cell", issue=issue.label, level=level.label)
            row = [
                Cell(issue.short, tip=f"{issue.label}. {issue.about}"),
                Cell(level.short, strong=True, signs=red, frame=True, tip=tip),
            ]
            row += [self._offer_cell(i, p) for p in shown]
            rows.append(row)
        return rows

    def _offer_cell(self, i: int, party: str) -> Cell:
        package = self.view.last.get(party)
        if package is None:
            return Cell("–", "muted")
        issue, k = self.facts.issues[i], package[i]
        signs: list[tuple[str, str]] = []
        if i in self.view.changed.get(party, ()):
            signs.append(("diamond", "gold"))
        if (i, k) in self.mandate.red_lines:
            signs.append(("stop", "bad"))
        same = k == self.draft[i]
        if same:
            signs.append(("check", "good"))
        tip = self.t("offers.cell", issue=issue.label, level=issue.levels[k].label)
        return Cell(issue.levels[k].short, "good" if same else "text", signs=tuple(signs), tip=tip)

    def _worth_row(self, shown: list[str]) -> list[Cell]:
        def worth(package: Package | None) -> Cell:
            if package is None:
                return Cell("–", "muted")
            u = self.mandate.utility(package)
            change = difference(u, self.mandate.reservation)
            return Cell(
                f"{number(u)} ({signed(change)})",
                "good" if change >= 0 else "bad",
                strong=True,
                tip=self._difference(u),
            )

        return [
            Cell(self.t("offers.worth"), "muted"),
            worth(self.draft),
            *[worth(self.view.last.get(p)) for p in shown],
        ]

    def _builder(self, look: Theme, rect: pygame.Rect, spare: int = 0) -> Column:
        column = Column(look, rect, "build")
        beside = rect.width >= look.px(600)
        label_width = look.px(128) if beside else 0
        legend = legend_column(look, pygame.Rect(rect.x, 0, rect.width, 0), "build", self._named(BUILD_LEGEND))
        rows = [self._options(i) for i in range(len(self.facts.issues))]
        width = rect.width - label_width
        heights = [Segmented.height_for(look, options, width) for options in rows]
        if beside:
            labels = [look.height(i.label, "small_strong", label_width - look.px(10)) for i in self.facts.issues]
            heights = [max(pair) for pair in zip(heights, labels, strict=True)]
        titles = [0 if beside else look.line("small_strong") + look.px(3) for _ in rows]
        free = spare - sum(heights) - sum(titles) - legend.height - look.px(12)
        taller = max(0, min(look.px(12), free // max(1, len(rows)) - look.px(10)))
        heights = [h + taller for h in heights]
        gap = max(look.px(7), min(look.px(18), free // max(1, len(rows)) - taller))
        for i, (issue, options, height, title) in enumerate(zip(self.facts.issues, rows, heights, titles, strict=True)):
            tip = f"{issue.label}. {issue.about}"
            if beside:
                place = pygame.Rect(rect.x, column.y, label_width - look.px(10), height)
                column.add(Label(f"build.{issue.id}", place, issue.label, "small_strong", middle=True, tip=tip))
            else:
                place = pygame.Rect(rect.x, column.y, rect.width, title)
                column.add(Label(f"build.{issue.id}", place, issue.label, "small_strong", tip=tip))
                column.y += title
            place = pygame.Rect(rect.x + label_width, column.y, width, height)
            column.add(Segmented(f"issue.{issue.id}", place, issue.label, options, self.draft[i], ("draft", i), tip))
            column.y += height + gap
        for widget in legend.items:
            widget.move(0, column.y)
        column.items += legend.items
        column.y += legend.height
        return column

    def _named(self, items: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
        return [(sign, colour, self.t(f"legend.{key}")) for sign, colour, key in items]

    def _options(self, i: int) -> list[Option]:
        t, view, issue = self.t, self.view, self.facts.issues[i]
        mine = view.last.get(view.party)
        options = []
        for k, level in enumerate(issue.levels):
            offered = [p for p in self.facts.parties if p.id in view.last and view.last[p.id][i] == k]
            barred = [p for p in self.facts.parties if p.id != view.party and (i, k) in p.red_lines]
            red = (i, k) in self.mandate.red_lines
            tips = [level.label + "."]
            tips += [t("level.tip.red")] if red else []
            tips += [t("level.tip.barred", parties=t.join(p.label for p in barred))] if barred else []
            tips += [t("level.tip.offered", parties=t.join(self._name(p.id) for p in offered))] if offered else []
            options.append(
                Option(
                    level.short,
                    " ".join(tips),
                    tuple((p.id, p.label) for p in offered),
                    tuple((p.id, p.label) for p in barred),
                    red,
                    mine is not None and mine[i] == k,
                    any(o.package[i] == k for o in view.offers.values()),
                )
            )
        return options

    # -- value and log -----------------------------------------------------------------------------------------------

    def _difference(self, u: float) -> str:
        change, mark = difference(u, self.mandate.reservation), number(self.mandate.reservation)
        if change == 0:
            return self.t("value.equal", mark=mark)
        return self.t("value.above" if change > 0 else "value.below", change=number(abs(change)), mark=mark)

    def _panel(self, look: Theme, rect: pygame.Rect, name: str, column: Column, end: bool = False) -> Widget:
        view = rect.inflate(-look.px(8), -look.px(16))
        return Panel(
            f"{name}.panel", rect, [ScrollArea(f"{name}.area", view, column.items, column.height, name, end=end)]
        )

    @staticmethod
    def _room(look: Theme, rect: pygame.Rect) -> pygame.Rect:
        view = rect.inflate(-look.px(8), -look.px(16))
        return pygame.Rect(view.x + look.px(9), view.y, view.width - look.px(22), 0)

    def _value_panel(self, look: Theme, rect: pygame.Rect) -> Widget:
        return self._panel(look, rect, "value", self._value(look, self._room(look, rect)))

    def _log_panel(self, look: Theme, rect: pygame.Rect) -> Widget:
        pad = look.px(12)
        title = pygame.Rect(rect.x + pad, rect.y + look.px(9), rect.width - 2 * pad, look.line("strong"))
        area = pygame.Rect(rect.x + look.px(4), title.bottom + look.px(4), rect.width - look.px(8), 0)
        area.height = rect.bottom - look.px(8) - area.y
        column = self._log(look, pygame.Rect(area.x + look.px(9), area.y, area.width - look.px(22), 0))
        heading = Label("log.title", title, self.t("log.title"), "strong")
        return Panel(
            "log.panel", rect, [heading, ScrollArea("log.area", area, column.items, column.height, "log", end=True)]
        )

    def _value(self, look: Theme, rect: pygame.Rect) -> Column:
        t, mandate = self.t, self.mandate
        u = mandate.utility(self.draft)
        column = Column(look, rect, "value")
        text = number(u)
        width = look.width(text, "title") + look.px(10)
        big = Label(
            "value.number",
            pygame.Rect(rect.right - width, rect.y, width, look.line("title")),
            text,
            "title",
            align="right",
        )
        head = Column(look, pygame.Rect(rect.x, rect.y + look.px(3), rect.width - width - look.px(6), 0), "value.head")
        head.text(t("value.title"), "strong")
        column.items += [big, *head.items]
        column.y = max(big.rect.bottom, head.y)
        column.gap(4)
        column.add(
            Bar("value.bar", column.take(look.px(20)), t("value.title"), u, mandate.reservation, tip=t("value.mark"))
        )
        good = u >= mandate.reservation
        sign, colour = ("plus", "good") if good else ("minus", "bad")
        column.gap(3).text(self._difference(u), "small_strong", colour, sign=sign, id="value.difference")
        crossed = mandate.crossed(self.draft)
        if crossed:
            issues = t.join(self.facts.issues[i].short for i in crossed)
            column.gap(5).text(t("value.red", issues=issues), "small_strong", "bad", sign="stop", id="value.red")
        for rule in self.facts.rules:
            if rule.holds(self.draft):
                column.gap(5).text(
                    t("value.clash", reason=rule.reason), "small_strong", "bad", sign="cross", id="value.clash"
                )
                break
        column.gap(8).text(t("value.reasons"), "small", "muted").gap(2)
        self._reasons(look, column)
        return column

    def _reasons(self, look: Theme, column: Column) -> None:
        room = look.width(signed(-0.88), "small_strong") + look.px(4)
        for n, reason in enumerate(self.mandate.reasons(self.draft)):
            if reason.issue is None:
                text = self.t("value.bonus", reason=reason.bonus.reason if reason.bonus else "")
            else:
                level = self.facts.short(reason.issue, self.draft[reason.issue])
                text = self.t("value.reason", issue=self.facts.issues[reason.issue].short, level=level)
            colour = "good" if reason.change > 0.004 else "bad" if reason.change < -0.004 else "muted"
            column.gap(2)
            height = look.height(text, "small", column.width - room - look.px(6))
            line = column.take(height)
            value = pygame.Rect(line.right - room, line.y, room, look.line("small_strong"))
            place = pygame.Rect(line.x, line.y, line.width - room - look.px(6), height)
            column.add(Label(f"reason.{n}", place, text, "small"))
            column.add(Label(f"reason.{n}.change", value, signed(reason.change), "small_strong", colour, align="right"))

    def _log(self, look: Theme, rect: pygame.Rect) -> Column:
        t, view = self.t, self.view
        column = Column(look, rect, "log")
        if not view.log:
            column.text(t("log.empty"), "small", "muted")
        digits = look.width("0" * len(str(view.rounds)), "small") + look.px(6)
        gutter = digits + look.px(23)
        for n, entry in enumerate(view.log):
            text, why = self._tell(n)
            y = column.y
            item = Column(look, pygame.Rect(rect.x + gutter, y, rect.width - gutter, 0), f"log.{n}")
            mine = entry.party == view.party and entry.kind != "end"
            strong = entry.kind in ("accept", "walk_out", "end", "event")
            item.text(text, "small_strong" if strong else "small", "gold" if mine or entry.kind == "event" else "text")
            if why:
                item.text(why, "small", "muted")
            self._log_mark(look, column, entry, n, rect.x, y, digits)
            column.items += item.items
            column.y = item.y + look.px(7)
        return column

    def _tell(self, n: int) -> tuple[str, str]:
        """Headline and reasons of line n of the log; made once, because the log only grows."""
        while len(self._told) <= n:
            entry = self.view.log[len(self._told)]
            if entry.kind == "end":
                text = telling.ending(self.view, self.t)
            else:
                text = telling.headline(entry, self.facts, self.t, self.view.party)
            self._told.append((text, telling.because(entry, self.facts, self.t)))
        return self._told[n]

    def _log_mark(self, look: Theme, column: Column, entry: Entry, n: int, x: int, y: int, digits: int) -> None:
        """Round and flag (or an icon) in front of a line of the log."""
        line, height = look.line("small"), look.px(10)
        column.add(Label(f"log.{n}.round", pygame.Rect(x, y, digits, line), str(entry.round), "small", "muted"))
        x += digits
        if entry.kind in ("event", "end"):
            side = look.px(12)
            sign = "flash" if entry.kind == "event" else "table"
            column.add(
                Sign(f"log.{n}.sign", pygame.Rect(x + look.px(2), y + (line - side) // 2, side, side), sign, "gold")
            )
        elif entry.party:
            place = pygame.Rect(x, y + (line - height) // 2, flag_width(entry.party, height), height)
            column.add(Flag(f"log.{n}.flag", place, entry.party, self.facts.party(entry.party).label))

    # -- what can be done --------------------------------------------------------------------------------------------

    def _buttons(self, frame: Frame, wide: bool) -> list[Button]:
        look, t, view = frame.look, self.t, self.view
        if view.ended:
            return [button(look, "debrief", t("act.debrief"), ("debrief",), "primary", "document")]
        mine, short = view.mine, "" if wide else ".short"
        buttons = [button(look, "propose", t(f"act.propose{short}"), ("propose",), "primary", "speech", enabled=mine)]
        for offer in view.acceptable():
            label = t(f"act.accept{short}", party=self.facts.party(offer.of).short)
            allowed = mine and not self.mandate.crossed(offer.package)
            buttons.append(
                button(look, f"sign.{offer.of}", label, ("sign", offer.of), "normal", "check", enabled=allowed)
            )
        standing = self._standing()
        if frame.wide >= 760:
            tip = t("act.copy.tip")
            buttons.append(
                button(look, "copy", t("act.copy"), ("copy",), "normal", "pen", tip=tip, enabled=standing is not None)
            )
            buttons.append(
                button(
                    look,
                    "undo",
                    t("act.undo"),
                    ("undo",),
                    "normal",
                    "undo",
                    tip=t("act.undo.tip"),
                    enabled=bool(self.undo),
                )
            )
        buttons.append(button(look, "walk_out", t("act.walk_out"), ("walk_out",), "normal", "door", enabled=mine))
        return buttons

    def _footer(self, frame: Frame, rect: pygame.Rect, wide: bool) -> tuple[list[Widget], pygame.Rect]:
        if self.notice:
            return footer(frame.look, rect, self.notice, "stop", "bad")
        keys = self.t("hint.keys") if wide and not self.view.ended else ""
        sign = "bulb" if self.view.mine or self.view.ended else "clock"
        return footer(frame.look, rect, self._hint(), sign, "gold" if self.view.mine else "muted", keys)

    def _hint(self) -> str:
        t, view = self.t, self.view
        if view.ended:
            return t("hint.ended")
        if not view.mine:
            return t("hint.wait", party=self.facts.party(view.speaker).label) if view.speaker else ""
        open_offers = [o for o in view.acceptable() if not self.mandate.crossed(o.package)]
        if open_offers:
            best = max(open_offers, key=lambda o: self.mandate.utility(o.package))
            value = number(self.mandate.utility(best.package))
            return t("hint.turn.offer", party=self.facts.party(best.of).label, value=value)
        if view.acceptable():
            return t("hint.turn.red")
        return t("hint.turn" if view.last else "hint.turn.first")


OFFERS_LEGEND = (("check", "good", "same"), ("diamond", "gold", "changed"), ("stop", "bad", "red"))
BUILD_LEGEND = (
    ("dashes", "edge", "ghost"),
    ("bar", "gold", "standing"),
    ("stop", "bad", "red"),
    ("up", "muted", "offered"),
    ("stop", "bad", "barred"),
)
