"""The table: who did what and would say what, the offers side by side, the package builder, what can be done now."""

from __future__ import annotations

from collections.abc import Iterable

import pygame

from ...seat.cartography import mappable
from ...seat.views import Entry, Facts, Mandate, Package, View
from ...words.catalogue import Catalogue, difference, number, signed
from ...words.log import called, sentence
from ...words.speech import spoken
from ..theme import BUTTON, Theme
from ..ui import (
    Action,
    Button,
    Clock,
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
from . import table_builder, table_offers, table_sides, table_value
from .base import Answer, Frame, Go, Kept, Order, Propose, Screen, Sign, Stand, Vote, WalkOut
from .cards import EventCard, event_card, question_card
from .parts import button, button_row, footer, inside, settings
from .sheets import issue_sheet, party_sheet
from .table_desk import Desk

OFFERS, BUILD, VALUE, LOG = range(4)
TAB_KEYS = {pygame.K_1: OFFERS, pygame.K_2: BUILD, pygame.K_3: VALUE, pygame.K_4: LOG}
HINTED = ("propose", "sign", "copy", "undo", "talk", "map")
SLIM = 32  # height of buttons in tight windows
TIGHT = 420  # height at 100 % below which lines are saved for the builder and the offers
TALL = 780  # from which on there is a line more here and there
FEW = 3  # rounds left from which the clock is said in gold


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
    def question(self) -> Entry | None:
        """What the person is asked in private and can answer in its turn."""
        return next(iter(self.view.open_questions()), None) if self.view.mine else None

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
        elif what == "answer" and self.question is not None:
            return Answer(self.question.party or "", rest[0])
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
                return Vote(True)
            return WalkOut() if asked == "walk_out" else Sign(asked) if asked else None
        if what == "stay":
            self.asking = ""
        elif not self.view.mine:
            return None
        elif what == "stand" and not self.facts.one_text:
            return Stand()
        elif what == "propose" and (not self.facts.one_text or self.desk.amends()):
            return Propose(self.draft)
        elif what == "sign" and rest[0] in self.view.offers:
            self.asking = rest[0]
        elif what == "vote" and self.facts.one_text:
            if not (rest[0] and self.view.final):
                return Vote(rest[0])
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
        if key == pygame.K_a and self.question is not None:
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
        header, rect = self._slim_header(frame, rect) if tight else self._header(frame, rect, wide)
        cards, rect = table_sides.cards(desk, look, rect, wide, tight)
        if wide and frame.tall >= TALL:
            bars, rect = table_sides.legend(desk, look, rect)
            cards += bars
        floor: list[Widget] = []
        if wide and frame.tall >= 680:
            panel, rect = table_sides.floor(desk, look, rect, 3 if frame.tall >= TALL else 2)
            floor = [panel]
        foot, rect = self._footer(desk, frame, rect, wide)
        choices = self._buttons(desk, frame, wide)
        if sum(b.rect.width + look.px(10) for b in choices) > rect.width + look.px(10):
            choices = self._buttons(desk, frame, False)
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
        if self.question is not None and not self.later:
            return question_card(frame, self.desk, self.question)
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

    def _header(self, frame: Frame, rect: pygame.Rect, wide: bool) -> tuple[list[Widget], pygame.Rect]:
        look, t, view = frame.look, self.t, self.view
        line, rect = cut_top(rect, look.px(34 if wide else 30), look.px(4))
        extra = [("brief", t("table.brief"), ("brief",), "document")]
        extra += [("map", t("table.map"), ("map",), "map")] if mappable(self.facts) else []
        buttons, left = settings(frame, t, line, extra, pace=frame.wide >= 760)
        text = t("table.round", round=view.round, rounds=view.rounds)
        style = "title" if wide else "strong"
        few = view.rounds - view.round < FEW and not view.ended
        place = pygame.Rect(left.x, left.y, min(look.width(text, style) + 1, left.width), left.height)
        title = Label("round", place, text, style, "gold" if few else "text", middle=True, elide=True)
        widgets: list[Widget] = [title, *buttons]
        if wide:
            x = place.right + look.px(18)
            place = pygame.Rect(x, left.y + look.px(2), left.right - x - look.px(8), left.height)
            parts = self._situation()
            while len(parts) > 1 and look.width(t("table.dot").join(parts), "body") > place.width:
                parts.pop()
            text = t("table.dot").join(parts)
            widgets.append(Label("you", place, text, "body", "muted", middle=True, elide=True))
        clock, rect = cut_top(rect, look.px(6), look.px(10 if wide else 6))
        label = t("table.clock", round=view.round, rounds=view.rounds)
        widgets.append(Clock("clock", clock, label, view.round, view.rounds))
        return widgets, rect

    def _slim_header(self, frame: Frame, rect: pygame.Rect) -> tuple[list[Widget], pygame.Rect]:
        """The same in one line, the clock between the round and the buttons."""
        look, t, view = frame.look, self.t, self.view
        line, rect = cut_top(rect, look.px(28), look.px(5))
        extra = [("brief", t("table.brief"), ("brief",), "document")]
        extra += [("map", t("table.map"), ("map",), "map")] if mappable(self.facts) else []
        buttons, left = settings(frame, t, line, extra)
        text = t("table.round", round=view.round, rounds=view.rounds)
        few = view.rounds - view.round < FEW and not view.ended
        place = pygame.Rect(left.x, left.y, min(look.width(text, "strong") + 1, left.width), left.height)
        title = Label("round", place, text, "strong", "gold" if few else "text", middle=True, elide=True)
        x = place.right + look.px(12)
        clock = pygame.Rect(x, line.centery - look.px(3), max(0, left.right - x - look.px(8)), look.px(6))
        return [title, *buttons, Clock("clock", clock, text, view.round, view.rounds)], rect

    def _situation(self) -> list[str]:
        """Time left, whom the person speaks for, whose consent it takes, who mediates; what matters least last."""
        t, view, facts = self.t, self.view, self.facts
        left = view.rounds - view.round
        parts = [t("table.left", plural=left, left=left) if left else t("table.left.last")] if not view.ended else []
        mine = facts.one_text and facts.mediator == view.party
        parts.append(t("table.you.mediate" if mine else "table.you", party=called(facts, t, view.party)))
        parts.append(t(f"table.consent.{facts.consent.name}", count=len(facts.parties), quorum=facts.consent.quorum))
        if facts.one_text and not mine:
            chair = called(facts, t, facts.mediator) if facts.mediator else t("table.chair")
            parts.append(t("table.mediates", party=chair))
        return parts

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

    # -- what can be done --------------------------------------------------------------------------------------------

    def _buttons(self, desk: Desk, frame: Frame, wide: bool) -> list[Button]:
        look, t, view = frame.look, self.t, self.view
        if view.ended:
            return [button(look, "debrief", t("act.debrief"), ("debrief",), "primary", "document")]
        short = "" if wide else ".short"
        buttons = [*(self._votes if self.facts.one_text else self._offers)(desk, look, short)]
        if self.question is not None:
            label = t(f"act.answer{short}", party=self.facts.party(self.question.party or "").short)
            buttons.append(button(look, "asked", label, ("asked",), "normal", "ear", tip=t("act.answer.tip")))
        if self.facts.soundings:
            tip = t("act.talk.tip")
            buttons.append(button(look, "talk", t(f"act.talk{short}"), ("talk",), "normal", "ear", tip=tip))
        if frame.wide >= 760:
            label, tip, able = t(f"act.copy{short}"), t("act.copy.tip"), desk.before() is not None
            buttons.append(button(look, "copy", label, ("copy",), "normal", "pen", tip=tip, enabled=able))
            tip, able = t("act.undo.tip"), bool(self.undo)
            buttons.append(button(look, "undo", t("act.undo"), ("undo",), "normal", "undo", tip=tip, enabled=able))
        buttons.append(button(look, "walk_out", t("act.walk_out"), ("walk_out",), "normal", "door", enabled=view.mine))
        return buttons

    def _offers(self, desk: Desk, look: Theme, short: str) -> Iterable[Button]:
        t, view = self.t, self.view
        label = t(f"act.propose{short}")
        yield button(look, "propose", label, ("propose",), "primary", "speech", enabled=view.mine)
        for offer in view.acceptable():
            brief = short or (".short" if len(view.acceptable()) > 1 else "")
            label = t(f"act.sign{brief}", party=self.facts.party(offer.of).short)
            why = desk.why_refused(offer.package)
            tip, able = t("act.sign.refused", why=why) if why else "", view.mine and not why
            yield button(look, f"sign.{offer.of}", label, ("sign", offer.of), "normal", "check", tip=tip, enabled=able)

        label, tip = t(f"act.stand{short}"), t("act.stand.tip")
        yield button(look, "stand", label, ("stand",), "normal", "dot", tip=tip, enabled=view.mine)

    def _votes(self, desk: Desk, look: Theme, short: str) -> Iterable[Button]:
        t, view = self.t, self.view
        if desk.amends():
            label = t(f"act.amend{short}")
            yield button(look, "propose", label, ("propose",), "primary", "document", enabled=view.mine)
            return
        final = ".final" if view.final else ""
        able = view.mine and view.amendment is not None and not self.mandate.refuses(view.amendment)
        label = t(f"act.for{final}{short}")
        yield button(look, "vote.for", label, ("vote", True), "primary", "check", enabled=able)
        label = t(f"act.against{short}")
        yield button(look, "vote.against", label, ("vote", False), "normal", "cross", enabled=view.mine)

    def _footer(self, desk: Desk, frame: Frame, rect: pygame.Rect, wide: bool) -> tuple[list[Widget], pygame.Rect]:
        if self.notice:
            return footer(frame.look, rect, self.notice, *(("stop", "bad") if self.refused else ("bulb", "gold")))
        if frame.tall < TIGHT:
            return self._slim_footer(desk, frame, rect)
        keys = ""
        if wide and not self.view.ended:
            keys = self._keys(desk, frame)
        sign = "bulb" if self.view.mine or self.view.ended else "clock"
        return footer(frame.look, rect, self._hint(desk), sign, "gold" if self.view.mine else "muted", keys)

    def _keys(self, desk: Desk, frame: Frame) -> str:
        """What keys do at this table."""
        t, facts = self.t, self.facts
        without = {"talk"} if not facts.soundings else set()
        renamed = {}
        if facts.one_text:
            without.add("sign" if desk.amends() else "propose")
            renamed = {"propose": "amend", "sign": "for"}
        names = [what for what in HINTED if what not in without]
        return t("hint.gap").join(t(f"hint.key.{renamed.get(n, n)}", letter=frame.keys[n]) for n in names)

    def _slim_footer(self, desk: Desk, frame: Frame, rect: pygame.Rect) -> tuple[list[Widget], pygame.Rect]:
        """A hint where nothing else says it: before the first move, what a vote is about, that the talks are over."""
        view, voting = self.view, self.facts.one_text
        if not view.ended and (not view.mine or (desk.since() and not voting)):
            return [], rect
        text = self._hint(desk) if voting or view.ended else self.t("hint.turn.short")
        return footer(frame.look, rect, text, "bulb", "gold")

    def _hint(self, desk: Desk) -> str:
        t, view = self.t, self.view
        if view.ended:
            return t("hint.ended")
        if not view.mine:
            return self._waiting()
        if self.facts.one_text:
            return self._voting_hint(desk)
        open_offers = [o for o in view.acceptable() if not self.mandate.refuses(o.package)]
        last = t("hint.last") if view.final else ""
        if open_offers:
            best = max(open_offers, key=lambda o: self.mandate.utility(o.package))
            value = number(self.mandate.utility(best.package))
            return " ".join(
                filter(None, [t("hint.turn.offer", party=called(self.facts, t, best.of), value=value), last])
            )
        if view.acceptable():
            return t("hint.turn.refused", why=desk.why_refused(view.acceptable()[0].package))
        return " ".join(filter(None, [t("hint.turn" if view.last else "hint.turn.first"), last]))

    def _waiting(self) -> str:
        """For whom everybody waits."""
        names = [called(self.facts, self.t, p) for p in self.view.movers if p != self.view.party]
        key = "hint.wait" if len(names) == 1 else "hint.wait.several"
        return self.t(key, party=sentence(self.t.join(names))) if names else ""

    def _voting_hint(self, desk: Desk) -> str:
        t, view = self.t, self.view
        if desk.amends():
            return t("hint.amend")
        if view.amendment is None or view.draft is None:
            return ""
        new = number(self.mandate.utility(view.amendment))
        why = desk.why_refused(view.amendment)
        if why:
            return t("hint.vote.refused", why=why)
        if view.final:
            return t("hint.vote.final", value=new, mark=number(self.mandate.reservation))
        return t("hint.vote", value=new, before=number(self.mandate.utility(view.draft)))
