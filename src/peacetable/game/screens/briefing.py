"""The brief, two pages: own goals, walk-away value and red lines; what the others have said in public, with sources."""

from __future__ import annotations

import pygame

from ..outcome import best_levels
from ..text import date, number, percent, percents
from ..theme import BUTTON, Theme
from ..ui import (
    Action,
    Bar,
    Column,
    Dialog,
    Flag,
    Label,
    Note,
    Panel,
    ScrollArea,
    Tabs,
    Widget,
    cut_left,
    cut_top,
    flag_width,
    gloss,
    tip_with,
)
from ..views import Delegation, Facts, Mandate, Stated, favourites
from .base import Frame, Go, Order, Screen
from .parts import button, button_row, footer, headline, inside, legend_column, red_line_lines, settings
from .sheets import STANCE_SIGNS

LEGEND = (
    ("plus", "good", "wants"),
    ("check", "good", "accepts"),
    ("dot", "muted", "neutral"),
    ("question", "gold", "reluctant"),
    ("minus", "bad", "opposes"),
    ("stop", "bad", "red"),
    ("bulb", "gold", "assumed"),
)
OWN, OTHERS = range(2)


class Statement(Note):
    """A public position. Enter or a click asks for its sources."""

    def __init__(self, *args, action: Action, **kwargs):
        super().__init__(*args, **kwargs)
        self.action = action

    def key(self, key: int, shift: bool) -> Action | None:
        return Widget.key(self, key, shift)


class BriefingScreen(Screen):
    """`party` is whose brief; `seated`: the talks have begun, so it leads back to the table. `page`: which one a narrow
    window shows; `source`: (party, place among its positions, number of the source) that is open, or None."""

    name = "briefing"

    def __init__(self, facts: Facts, t, mandate: Mandate, seated: bool = False):
        super().__init__(facts, t)
        self.mandate, self.seated = mandate, seated
        self.page = OWN
        self.source: tuple[str, int, int] | None = None

    def act(self, action: Action) -> Order | None:
        if action[0] == "go":
            return Go("table")
        if action[0] == "back":
            return Go("table" if self.seated else "sides")
        if action[0] == "page":
            self.page = action[1]
        elif action[0] == "source":
            self.source = (action[1], action[2], 0)
        elif action[0] == "next source" and self.source is not None:
            party, k, n = self.source
            self.source = (party, k, (n + 1) % len(self._stated_by(party)[k].sources))
        elif action[0] == "close source":
            self.source = None
        return None

    def shortcut(self, key: int) -> Action | None:
        if key in (pygame.K_1, pygame.K_2):
            return ("page", key - pygame.K_1)
        return ("back",) if key == pygame.K_ESCAPE else None

    def first(self):
        return ("go",)

    def _stated_by(self, party: str) -> list[Stated]:
        return list(self.facts.party(party).stated)

    def dialog(self, frame: Frame) -> Dialog | None:
        """The source that is open, in full."""
        if self.source is None:
            return None
        party, k, n = self.source
        t, s = self.t, self._stated_by(party)[k]
        issue, look = self.facts.issues[s.issue], frame.look
        title = t("brief.wants", issue=issue.short, level=issue.levels[s.level].short)
        lines = [f"{self.facts.party(party).label} {t(f'stance.{s.stance}')}: {t(f'basis.{s.basis}')}."]
        buttons = [("source.close", t("brief.source.close"), ("close source",), "primary")]
        if s.sources:
            x = s.sources[n]
            words = {"speaker": x.speaker, "date": date(t, x.date), "outlet": x.outlet, "stated": x.stated}
            lines.append(t("brief.source", **words))
            lines.append(t("brief.source.where", address=x.address, grade=t(f"brief.grade.{x.reliability}")))
        if len(s.sources) > 1:
            label = t("brief.source.next", number=n + 1, count=len(s.sources))
            buttons.append(("source.next", label, ("next source",), "normal"))
        return Dialog.ask("dialog", look, frame.area, title, "\n".join(lines), buttons, ("close source",))

    # -- composition -------------------------------------------------------------------------------------------------

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
        style = "title" if frame.wide > 1000 else "heading"
        _, beside = cut_left(left, wide, look.px(12))
        title = Column(look, headline(look, beside, style), "title")
        title.text(t("brief.title", party=me.label), style, id="title")
        below = max(rect.y, title.y + look.px(4))
        rect = pygame.Rect(rect.x, below, rect.width, rect.bottom - below)
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
        """Both pages side by side, or one of them under tabs."""
        look, t = frame.look, self.t
        if frame.wide < 1000:
            strip, rect = cut_top(rect, look.px(BUTTON - 6), look.px(8))
            names = [t("brief.page.own"), t("brief.page.others")]
            tabs = Tabs("page", strip, t("brief.page"), names, self.page, ("page",))
            column = Column(look, self._inner(look, rect), "brief")
            if self.page == OWN:
                self._own(look, column, me)
            else:
                self._others(look, column)
            return [tabs, self._scroll(look, "own" if self.page == OWN else "others", rect, column)]
        left, right = cut_left(rect, rect.width * 47 // 100, look.px(12))
        own, others = Column(look, self._inner(look, left), "own"), Column(look, self._inner(look, right), "others")
        self._own(look, own, me)
        self._others(look, others)
        return [self._scroll(look, "own", left, own), self._scroll(look, "others", right, others)]

    @staticmethod
    def _inner(look: Theme, rect: pygame.Rect) -> pygame.Rect:
        pad = look.px(16)
        return pygame.Rect(rect.x + pad, rect.y + pad, rect.width - 2 * pad - look.px(6), 0)

    def _scroll(self, look: Theme, name: str, rect: pygame.Rect, column: Column) -> Widget:
        view = rect.inflate(-look.px(8), -look.px(8))
        label = self.t(f"brief.page.{name}")
        area = ScrollArea(f"{name}.area", view, column.items, column.height + look.px(24), label)
        return Panel(f"{name}.panel", rect, [area])

    # -- the own page ------------------------------------------------------------------------------------------------

    def _own(self, look: Theme, column: Column, me: Delegation) -> None:
        t, mandate, words = self.t, self.mandate, self.facts.glossary
        gloss(column, me.role, words, "body", "muted")
        if me.goals:
            column.gap(12).text(t("brief.goals"), "strong", "gold")
        for goal in me.goals:
            gloss(column.gap(3), goal, words, sign="dot")
        column.gap(14).text(t("brief.walk_away"), "strong", "gold").gap(4)
        bar = column.take(look.px(20))
        tip = t("value.mark")
        column.add(Bar("walk_away", bar, t("brief.walk_away"), mandate.best, mandate.reservation, tip=tip))
        column.gap(4).text(t("brief.walk_away.text", value=number(mandate.reservation)), "body", id="walk_away.text")
        column.gap(3).text(t("brief.best", value=number(mandate.best)))
        gloss(column.gap(3), t("brief.walk_away.means", text=me.no_agreement), words, "body", "muted")
        column.gap(14).text(t("brief.red_lines"), "strong", "gold")
        lines = red_line_lines(self.facts, mandate.red_lines)
        column.gap(3).text(t("brief.red_lines.text" if lines else "brief.red_lines.none"), "body", "muted")
        for text in lines:
            gloss(column.gap(3), text, words, "body", "bad", sign="stop")
        column.gap(14).text(t("brief.stakes"), "strong", "gold")
        self._stakes(look, column, me)
        column.gap(14).text(t("brief.how"), "strong", "gold")
        for text in self._rules():
            gloss(column.gap(3), text, words, sign="dot")

    def _rules(self) -> list[str]:
        """How the talks go, in sentences."""
        t, facts = self.t, self.facts
        keys = ["turns", "counter", facts.consent]
        if facts.single_text:
            keys = ["text.mediator" if facts.mediator else "text.chair", "text.vote", facts.consent]
        keys += ["soundings.one" if facts.soundings == 1 else "soundings.other"] if facts.soundings else []
        words: dict[str, object] = {
            "rounds": facts.rounds,
            "parties": len(facts.parties),
            "quorum": facts.quorum,
            "count": facts.soundings,
        }
        if facts.mediator:
            words["mediator"] = facts.party(facts.mediator).label
        return [t(f"brief.how.{key}", **words) for key in keys]

    def _stakes(self, look: Theme, column: Column, me: Delegation) -> None:
        shares, said = self.mandate.stakes(), {(s.issue, s.level) for s in me.stated if s.basis != "assumed"}
        shown, tops = percents(shares), favourites(self.mandate.gains)
        for i in sorted(range(len(shares)), key=lambda k: -shares[k]):
            issue = self.facts.issues[i]
            likes = self.t("brief.likes", level=best_levels(self.facts, i, tops[i]))
            if not any((i, top) in said for top in tops[i]):
                likes = self.t("brief.likes.assumed", text=likes)
            column.gap(6)
            y = column.y
            name = Column(look, pygame.Rect(column.x, y, column.width * 2 // 5, 0), f"stake.{issue.id}")
            name.text(issue.label, "small", tip=tip_with(issue.about, self.facts.glossary))
            side = pygame.Rect(column.x + column.width * 2 // 5 + look.px(10), y, 0, 0)
            side.width = column.x + column.width - side.x
            text = Column(look, side, f"stake.{issue.id}.likes")
            room = look.width(percent(1.0), "tiny_strong") + look.px(6)
            bar = pygame.Rect(side.x, y + look.px(4), 0, look.px(9))
            bar.width = max(look.px(3), round((side.width - room) * shares[i] / max(shares)))
            text.add(Bar(f"stake.{issue.id}.bar", bar, issue.label, 1.0, None))
            place = pygame.Rect(bar.right + look.px(5), y, room, look.line("tiny_strong"))
            text.add(Label(f"stake.{issue.id}.share", place, shown[i], "tiny_strong"))
            text.gap(17).text(likes, "tiny", "muted")
            column.items += [*name.items, *text.items]
            column.y = max(name.y, text.y)

    # -- the page of the others --------------------------------------------------------------------------------------

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
            if party.id != self.mandate.party:
                self._party(look, column, party)

    def _party(self, look: Theme, column: Column, party: Delegation) -> None:
        t = self.t
        column.gap(12)
        height = look.px(20)
        wide = flag_width(party.id, height, pair=True)
        rect = pygame.Rect(column.x, column.y, wide, height)
        column.add(Flag(f"other.{party.id}.flag", rect, party.id, party.label, True))
        place = pygame.Rect(column.x + wide + look.px(10), column.y - look.px(1), 0, 0)
        place.width = column.x + column.width - place.x
        name = Column(look, place, f"other.{party.id}")
        name.text(party.label, "strong")
        column.items += name.items
        column.y = max(name.y, column.y + height)
        stated = self._stated_by(party.id)
        for k, s in enumerate(stated):
            column.gap(3)
            self._stated(look, column, party, k, s)
        silent = self._silent(party)
        if silent and stated:
            issues = t.join(self.facts.issues[i].short for i in silent)
            column.gap(4).text(t("brief.silent", issues=issues), "small", "muted", sign="bulb")
        elif not stated:
            column.gap(4).text(t("brief.nothing"), "small", "muted", sign="bulb")

    def _silent(self, party: Delegation) -> list[int]:
        """Issues on which the party has said nothing at all."""
        spoken = {s.issue for s in party.stated}
        return [i for i in range(len(self.facts.issues)) if i not in spoken]

    def _stated(self, look: Theme, column: Column, party: Delegation, k: int, s: Stated) -> None:
        """What was said, and beside it who said it and when."""
        t, issue = self.t, self.facts.issues[s.issue]
        level = issue.levels[s.level]
        text = t("brief.wants", issue=issue.short, level=level.short)
        if s.basis != "stated":
            text += f" ({t(f'brief.basis.{s.basis}')})"
        who, last = "", max(s.sources, key=lambda x: x.date, default=None)
        if last is not None:
            who = t("brief.who", speaker=last.speaker, date=date(t, last.date))
        sign, colour = STANCE_SIGNS[s.stance]
        head = f"{party.label} {t(f'stance.{s.stance}')}: {level.label} ({t(f'basis.{s.basis}')})."
        tip = [head, *([s.note] if s.note else []), t("brief.source.more" if s.sources else "brief.source.none")]
        if last is not None:
            words = {"speaker": last.speaker, "date": date(t, last.date), "outlet": last.outlet}
            tip.insert(1, t("brief.source", stated=last.stated, **words))
        left = column.width * 53 // 100
        height = Note.height_for(look, text, "small", left)
        beside = column.width - left - look.px(10)
        tall = max(height, look.height(who, "tiny", beside) if who else 0)
        y = column.y
        strip = column.take(tall)
        id = f"stated.{party.id}.{issue.id}.{level.id}"
        explained = tip_with("\n".join(tip), self.facts.glossary)
        action: Action = ("source", party.id, k) if s.sources else ("nothing",)
        rect = pygame.Rect(strip.x, y, left, height)
        column.add(Statement(id, rect, text, "small", colour, sign, explained, action=action))
        if who:
            place = pygame.Rect(strip.x + left + look.px(10), y + look.px(1), beside, tall)
            column.add(Label(f"{id}.who", place, who, "tiny", "muted"))
