"""The brief, in pages: own goals, walk-away value, red lines and demands; what the others have said in public; what
everybody knows. With sources."""

from __future__ import annotations

import pygame

from ...scenario.facts import day
from ...seat.views import Facts, Mandate, PartyFacts, Source, Stated, StatedDemand, conditions, favourites
from ...words.catalogue import date, number, percent, percents, signed
from ...words.log import sentence
from ...words.outcome import best_levels
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
from .base import Frame, Go, Order, Screen
from .parts import button, button_row, footer, headline, inside, legend_column, red_line_lines, settings
from .sheets import STANCE_SIGNS, sheet

LEGEND = (
    ("plus", "good", "wants"),
    ("check", "good", "accepts"),
    ("dot", "muted", "neutral"),
    ("question", "gold", "reluctant"),
    ("minus", "bad", "opposes"),
    ("stop", "bad", "red"),
    ("bulb", "gold", "assumed"),
)
DEMANDED = ("lock", "gold", "demand")
OWN, OTHERS, KNOWN = range(3)


def when(source: Source) -> str:
    """What it is sorted by."""
    return day(source.date)


class Statement(Note):
    """A public position. Enter or a click asks for its sources."""

    def __init__(self, *args, action: Action, **kwargs):
        super().__init__(*args, **kwargs)
        self.action = action

    def key(self, key: int, shift: bool) -> Action | None:
        return Widget.key(self, key, shift)


class BriefingScreen(Screen):
    """`party` is whose brief; `seated`: the talks have begun, so it leads back to the table. `page`: which one a narrow
    window shows, in a wide one the place beside the own one; `source`: what is open, (stated | demand, party, place) or
    (known, place), and the number of its source, or None."""

    name = "briefing"

    def __init__(self, facts: Facts, t, mandate: Mandate, seated: bool = False):
        super().__init__(facts, t)
        self.mandate, self.seated = mandate, seated
        self.page = OWN
        self.source: tuple[tuple, int] | None = None

    def act(self, action: Action) -> Order | None:
        if action[0] == "go":
            return Go("table")
        if action[0] == "back":
            return Go("table" if self.seated else "sides")
        if action[0] == "page":
            self.page = action[1]
        elif action[0] == "beside":
            self.page = OTHERS + action[1]
        elif action[0] == "source":
            self.source = (action[1:], 0)
        elif action[0] == "next_source" and self.source is not None:
            what, n = self.source
            self.source = (what, (n + 1) % len(self._cited(what)[2]))
        elif action[0] == "close_source":
            self.source = None
        return None

    def shortcut(self, key: int) -> Action | None:
        if key in (pygame.K_1, pygame.K_2, pygame.K_3):
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
        (what, n), t = self.source, self.t
        title, said, found = self._cited(what)
        buttons: list[tuple[str, str, tuple, str, str]] = [
            ("source.close", t("brief.source.close"), ("close_source",), "primary", "")
        ]
        if len(found) > 1:
            label = t("brief.source.next", number=n + 1, count=len(found))
            buttons.append(("source.next", label, ("next_source",), "normal", ""))

        def fill(column: Column) -> None:
            gloss(column, said, self.facts.glossary)
            for x in found[n : n + 1]:
                words = {"speaker": x.speaker, "date": date(t, x.date), "outlet": x.outlet, "stated": x.stated}
                column.gap(8).text(t("brief.source", **words), "body", "muted")
                column.gap(4).text(t(f"brief.grade.{x.reliability}"), "small", "muted")
                column.gap(2).text(x.address, "small", "link" if "://" in x.address else "muted")
            column.gap(4)

        return sheet(frame, "dialog", title, fill, buttons, ("close_source",), wide=560)

    def _cited(self, what: tuple) -> tuple[str, str, tuple[Source, ...]]:
        """Heading, text and sources of what is open."""
        t, facts = self.t, self.facts
        if what[0] == "known":
            fact = facts.background[what[1]]
            title = sentence(date(t, fact.date)) if fact.date else t("brief.page.known")
            return title, fact.text, fact.sources
        party = facts.party(what[1])
        if what[0] == "demand":
            demand = party.demands[what[2]]
            return t("brief.demand.of", party=party.label), demand.says, demand.sources
        s = party.stated[what[2]]
        issue = facts.issues[s.issue]
        title = t("brief.wants", issue=issue.short, level=issue.levels[s.level].short)
        return title, f"{party.label} {t(f'stance.{s.stance}')}: {t(f'basis.{s.basis}')}.", s.sources

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
        return [*head, *title.items, *buttons, *self._body(frame, rect), *row, *foot]

    def _body(self, frame: Frame, rect: pygame.Rect) -> list[Widget]:
        """The own page with another beside it, or one of them under tabs."""
        look, t = frame.look, self.t
        pages = ["own", "others", *(["known"] if self.facts.background else [])]
        page = min(self.page, len(pages) - 1)
        if frame.wide < 1000:
            strip, rect = cut_top(rect, look.px(BUTTON - 6), look.px(8))
            names = [t(f"brief.page.{name}") for name in pages]
            return [Tabs("page", strip, t("brief.page"), names, page, ("page",)), self._page(look, pages[page], rect)]
        left, right = cut_left(rect, rect.width * 47 // 100, look.px(12))
        own = self._page(look, "own", left)
        tabs: list[Widget] = []
        beside = max(page, OTHERS)
        if len(pages) > KNOWN:
            strip, right = cut_top(right, look.px(BUTTON - 6), look.px(8))
            names = [t(f"brief.page.{name}") for name in pages[OTHERS:]]
            tabs = [Tabs("beside", strip, t("brief.page"), names, beside - OTHERS, ("beside",))]
        return [own, *tabs, self._page(look, pages[beside], right)]

    def _page(self, look: Theme, name: str, rect: pygame.Rect) -> Widget:
        column = Column(look, self._inner(look, rect), name)
        {"own": self._own, "others": self._others, "known": self._known}[name](look, column)
        return self._scroll(look, name, rect, column)

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

    def _own(self, look: Theme, column: Column) -> None:
        t, mandate, words = self.t, self.mandate, self.facts.glossary
        me = self.facts.party(mandate.party)
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
        key = "text" if lines else "none.demand" if conditions(mandate.demands) else "none"
        column.gap(3).text(t(f"brief.red_lines.{key}"), "body", "muted")
        for text in lines:
            gloss(column.gap(3), text, words, "body", "bad", sign="stop")
        if me.demands:
            column.gap(14).text(t("brief.demands"), "strong", "gold")
        for k, demand in enumerate(me.demands):
            self._demand(look, column.gap(3), me, k, "body")
            column.gap(1).text(
                self._reading(demand), "small", "muted", indent=19, id=f"demand.{me.id}.{demand.id}.reading"
            )
        column.gap(14).text(t("brief.stakes"), "strong", "gold")
        self._stakes(look, column, me)
        column.gap(14).text(t("brief.how"), "strong", "gold")
        for text in self._rules():
            gloss(column.gap(3), text, words, sign="dot")

    def _reading(self, demand: StatedDemand) -> str:
        """What a package without it means for the person."""
        if demand.reading != "weight":
            return self.t(f"brief.demand.{demand.reading}.you")
        weighs = next((bonus.change for bonus in self.mandate.bonuses if bonus.demand == demand.id), 0.0)
        if signed(weighs) == signed(0.0):
            return self.t("brief.demand.levels.you")
        return self.t("brief.demand.weight.you", change=signed(weighs))

    def _rules(self) -> list[str]:
        """How the talks go, in sentences."""
        t, facts = self.t, self.facts
        keys = ["turns", "counter", facts.consent.name]
        if facts.one_text:
            keys = ["text.mediator" if facts.mediator else "text.chair", "text.vote", facts.consent.name]
        keys += ["soundings.one" if facts.soundings == 1 else "soundings.other"] if facts.soundings else []
        words: dict[str, object] = {
            "rounds": facts.rounds,
            "parties": len(facts.parties),
            "quorum": facts.consent.quorum,
            "count": facts.soundings,
        }
        if facts.mediator:
            words["mediator"] = facts.party(facts.mediator).label
        return [t(f"brief.how.{key}", **words) for key in keys]

    def _stakes(self, look: Theme, column: Column, me: PartyFacts) -> None:
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
        demanded = any(p.demands for p in self.facts.parties if p.id != self.mandate.party)
        signs = [*LEGEND, DEMANDED] if demanded else LEGEND
        items = [(sign, colour, t(f"brief.sign.{key}")) for sign, colour, key in signs]
        legend = legend_column(look, pygame.Rect(column.x, column.y, column.width, 0), "others", items)
        column.items += legend.items
        column.y = legend.y
        for party in self.facts.parties:
            if party.id != self.mandate.party:
                self._party(look, column, party)

    def _party(self, look: Theme, column: Column, party: PartyFacts) -> None:
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
        for k, demand in enumerate(party.demands):
            self._demand(look, column.gap(3), party, k, "small", beside=True)
            if demand.reading != "weight":
                id = f"demand.{party.id}.{demand.id}.reading"
                column.text(t(f"brief.demand.{demand.reading}"), "tiny", "muted", indent=17, id=id)
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

    def _silent(self, party: PartyFacts) -> list[int]:
        """Issues on which the party has said nothing at all."""
        spoken = {s.issue for s in party.stated}
        return [i for i in range(len(self.facts.issues)) if i not in spoken]

    def _stated(self, look: Theme, column: Column, party: PartyFacts, k: int, s: Stated) -> None:
        """What was said, and beside it who said it and when."""
        t, issue = self.t, self.facts.issues[s.issue]
        level = issue.levels[s.level]
        text = t("brief.wants", issue=issue.short, level=level.short)
        if s.basis != "stated":
            text += f" ({t(f'brief.basis.{s.basis}')})"
        sign, colour = STANCE_SIGNS[s.stance]
        head = f"{party.label} {t(f'stance.{s.stance}')}: {level.label} ({t(f'basis.{s.basis}')})."
        tip = [head, *([s.note] if s.note else []), t("brief.source.more" if s.sources else "brief.source.none")]
        if s.sources:
            tip.insert(1, self._latest(s.sources))
        id = f"stated.{party.id}.{issue.id}.{level.id}"
        what = ("stated", party.id, k)
        self._line(look, column, id, text, "small", (sign, colour), tip, s.sources, what, beside=True)

    def _demand(self, look: Theme, column: Column, party: PartyFacts, k: int, style: str, beside: bool = False) -> None:
        """What a party has called part of any settlement."""
        t, demand = self.t, party.demands[k]
        sign, colour, _ = DEMANDED
        tip = [t("brief.demand.tip", party=party.label), t(f"brief.demand.{demand.reading}")]
        tip += [self._latest(demand.sources), t("brief.source.more")] if demand.sources else []
        id, what = f"demand.{party.id}.{demand.id}", ("demand", party.id, k)
        self._line(look, column, id, demand.says, style, (sign, colour), tip, demand.sources, what, beside)

    def _latest(self, found: tuple[Source, ...]) -> str:
        """The latest of the sources, in a sentence."""
        last = max(found, key=when)
        words = {"speaker": last.speaker, "date": date(self.t, last.date), "outlet": last.outlet}
        return self.t("brief.source", stated=last.stated, **words)

    def _line(
        self,
        look: Theme,
        column: Column,
        id: str,
        text: str,
        style: str,
        sign: tuple[str, str],
        tip: list[str],
        found: tuple[Source, ...],
        what: tuple,
        beside: bool = False,
    ) -> None:
        """Something that opens its sources; with `beside`, the latest speaker stands next to it."""
        last = max(found, key=when, default=None) if beside else None
        who = self.t("brief.who", speaker=last.speaker, date=date(self.t, last.date)) if last else ""
        left = column.width * 53 // 100 if beside else column.width
        height = Note.height_for(look, text, style, left)
        right = column.width - left - look.px(10)
        y = column.y
        strip = column.take(max(height, look.height(who, "tiny", right) if who else 0))
        explained = tip_with("\n".join(tip), self.facts.glossary)
        action: Action = ("source", *what) if found else ("nothing",)
        rect = pygame.Rect(strip.x, y, left, height)
        column.add(Statement(id, rect, text, style, sign[1], sign[0], explained, action=action))
        if who:
            place = pygame.Rect(strip.x + left + look.px(10), y + look.px(1), right, strip.height)
            column.add(Label(f"{id}.who", place, who, "tiny", "muted"))

    # -- the page of what everybody knows ----------------------------------------------------------------------------

    def _known(self, look: Theme, column: Column) -> None:
        t, told = self.t, self.facts.background
        column.text(t("brief.page.known"), "strong", "gold")
        column.gap(3).text(t("brief.known.note"), "small", "muted")
        for k, fact in enumerate(told):
            if fact.date:
                column.gap(10).text(sentence(date(t, fact.date)), "small_strong", "gold", id=f"fact.{k}.date")
            elif k and told[k - 1].date:
                column.gap(14).text(t("brief.known.always"), "strong", "gold")
            tip = [t("brief.source.more")] if fact.sources else []
            id, what, dot = f"fact.{k}", ("known", k), ("dot", "muted")
            column.gap(3 if fact.date else 7)
            self._line(look, column, id, fact.text, "body", dot, tip, fact.sources, what)
