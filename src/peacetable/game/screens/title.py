"""The first screen: a new game, a game to go on with, a game to see again."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace

import pygame

from ...seat import difficulty
from ...seat.cartography import atlas
from ...seat.saved import Saved
from ...seat.views import Facts
from ...words.catalogue import Catalogue, number
from ..shelf import Offered
from ..theme import BUTTON, Theme
from ..ui import (
    Action,
    Button,
    Column,
    Label,
    MapView,
    NumberField,
    Panel,
    ScrollArea,
    Toggle,
    Widget,
    cut_bottom,
    cut_left,
    cut_right,
    cut_top,
    flow,
)
from .base import Begin, Frame, Go, Look, Order, Replay, Resume, Reveal, Screen
from .parts import footer, inside

MOST_DIGITS = 9


class TitleScreen(Screen):
    """`shelf`: the scenarios; `facts`: of the one chosen, `begin` the choices made so far; `saved`: games on disk;
    `notice`: a sentence that the person should see."""

    name = "title"

    def __init__(
        self,
        facts: Facts,
        t: Catalogue,
        shelf: Sequence[Offered],
        begin: Begin,
        saved: Sequence[Saved] = (),
        notice: str = "",
    ):
        super().__init__(facts, t)
        self.shelf, self.begin, self.saved, self.notice = tuple(shelf), begin, tuple(saved), notice

    def look(self, facts: Facts, name: str) -> None:
        """Another scenario was read."""
        people = tuple(p for p in self.begin.people if any(p == q.id for q in facts.parties))
        self.facts, self.begin = facts, replace(self.begin, scenario=name, people=people)

    def act(self, action: Action) -> Order | None:
        what, *rest = action
        self.notice = ""
        if what == "scenario" and rest[0] != self.begin.scenario:
            return Look(rest[0])
        if what == "seat":
            chosen = set(self.begin.people) ^ {rest[0]}
            people = tuple(p.id for p in self.facts.parties if p.id in chosen)
            self.begin = replace(self.begin, people=people)
        elif what == "level":
            self.begin = replace(self.begin, level=rest[0])
        elif what == "seed":
            self._type(*rest)
        elif what == "begin":
            return self.begin
        elif what == "resume":
            return Resume(self.saved[rest[0]].path)
        elif what == "replay":
            return Replay(self.saved[rest[0]].path)
        elif what == "debrief":
            return Reveal(self.saved[rest[0]].path)
        elif what == "show":
            return Go(rest[0])
        return None

    def _type(self, what: str, digit: int = 0) -> None:
        text = str(self.begin.seed)
        text = text[:-1] if what == "rub" else text + str(digit) if len(text) < MOST_DIGITS else text
        self.begin = replace(self.begin, seed=int(text or "0"))

    def first(self):
        return ("begin",)

    # -- composition -------------------------------------------------------------------------------------------------

    def compose(self, frame: Frame) -> list[Widget]:
        look, t = frame.look, self.t
        rect = inside(frame)
        line, rect = cut_top(rect, look.px(40), look.px(6))
        widgets, line = self._buttons(look, line)
        style = "title" if frame.wide > 800 else "heading"
        width = look.width(t("title.name"), style) + 2
        place = pygame.Rect(line.x, line.y, width, line.height)
        widgets.append(Label("title", place, t("title.name"), style, "gold", middle=True))
        place = pygame.Rect(line.x + width + look.px(14), line.y, line.width - width - look.px(18), line.height)
        if frame.wide >= 1000:
            widgets.append(Label("tagline", place, t("title.tagline"), "body", "muted", middle=True, elide=True))
        sign, colour = ("stop", "bad") if self.notice else ("bulb", "muted")
        foot, rect = footer(look, rect, self.notice or t("title.hint"), sign, colour)
        if frame.wide >= 900:
            left, right = cut_left(rect, rect.width * 60 // 100, look.px(12))
            return [*widgets, self._new(look, left, True), self._games(look, right), *foot]
        return [*widgets, self._new(look, rect, False), *foot]

    def _buttons(self, look: Theme, line: pygame.Rect) -> tuple[list[Widget], pygame.Rect]:
        t = self.t
        made: list[Widget] = []
        for id, sign, action in (("quit", "door", ("quit",)), ("settings", "gear", ("show", "settings"))):
            width = Button.width_for(look, t(id), sign, style="small")
            place, line = cut_right(line, width, look.px(2))
            made.insert(0, Button(id, place, t(id), action, "quiet", sign, style="small"))
        return made, line

    def _new(self, look: Theme, rect: pygame.Rect, wide: bool) -> Widget:
        """The panel of a new game; in narrow windows the games to go on with stand above it, the rest below it."""
        pad = look.px(16)
        inner = rect.inflate(-2 * pad, -2 * pad)
        strip, body = cut_bottom(inner, look.px(BUTTON + 6), look.px(10))
        column = self._choices(look, body, wide, 12)
        spare = (body.height - column.height) / look.scale
        if spare > 60:
            column = self._choices(look, body, wide, 12 + min(24, spare / 8))
        height = column.height + look.px(6)
        body.height = min(body.height, height)
        strip.y = min(strip.y, body.bottom + look.px(20))
        label, sign = self._begin_label()
        strip.width = min(strip.width, max(look.px(240), Button.width_for(look, label, sign)))
        begin = Button("begin", strip, label, ("begin",), "primary", sign)
        return Panel("new", rect, [ScrollArea("new.area", body, column.items, height, self.t("title.new")), begin])

    def _choices(self, look: Theme, body: pygame.Rect, wide: bool, gap: float) -> Column:
        """What can be chosen; `gap`: between its parts."""
        column = Column(look, pygame.Rect(body.x, body.y, body.width - look.px(12), 0), "new")
        if not wide and not all(s.over for s in self.saved):
            self._going(look, column, 2)
            column.gap(16)
        self._scenarios(look, column, gap)
        self._seats(look, column.gap(gap))
        self._level_and_seed(look, column.gap(gap))
        if not wide:
            self._over(look, column.gap(16), 3)
            self._how(look, column.gap(16))
        return column

    def _begin_label(self) -> tuple[str, str]:
        people = [p for p in self.facts.parties if p.id in self.begin.people]
        if not people:
            return self.t("title.begin.cards"), "person"
        if len(people) == 1:
            return self.t("title.begin.one", party=people[0].short), "document"
        return self.t("title.begin.several", count=len(people)), "table"

    def _scenarios(self, look: Theme, column: Column, gap: float) -> None:
        t = self.t
        column.text(t("title.new"), "heading").gap(8).text(t("title.scenario"), "small_strong", "gold").gap(5)
        base = self.begin.scenario.partition("@")[0]
        for s in self.shelf:
            row = Toggle(f"scenario.{s.name}", s.title, ("scenario", s.name), s.name == base, look)
            row.rect = column.take(row.rect.height)
            row.note = self._note(look, s, row.rect.width - Toggle.wide(look, s.title))
            row.tip = t("title.scenario.start.tip") if self._smallest(s) else ""
            column.add(row).gap(5)
        column.gap(3)
        tallest = 0  # what stands below stays where it is when another scenario is chosen
        for s in self.shelf:
            trial = Column(look, pygame.Rect(column.x, column.y, column.width, 0), "trial")
            self._about(look, trial, gap, s, s.summary)
            tallest = max(tallest, trial.height)
        least = column.y + tallest
        for s in self.shelf:
            if s.name == base:
                self._about(look, column, gap, s, self.facts.summary)
        column.y = max(column.y, least)

    def _smallest(self, s: Offered) -> bool:
        """Whether somebody who has never played should begin with it."""
        return len(self.shelf) > 1 and s.packages == min(other.packages for other in self.shelf)

    def _note(self, look: Theme, s: Offered, room: int) -> str:
        """How large it is and whether to start here, as far as there is room."""
        size = self.t("title.scenario.size", issues=s.issues, rounds=s.rounds)
        if not self._smallest(s):
            return size
        start = self.t("title.scenario.start", size=size)
        return start if look.width(start, "tiny") + look.px(24) <= room else self.t("title.scenario.start.short")

    def _about(self, look: Theme, column: Column, gap: float, chosen: Offered, summary: str) -> None:
        """Summary and variants of a scenario."""
        t = self.t
        base, _, variant = self.begin.scenario.partition("@")
        column.text(summary, "small", "muted", id="summary")
        if not chosen.variants:
            return
        column.gap(gap - 4).text(t("title.variant"), "small_strong", "gold").gap(5)
        names = [("", t("title.variant.none")), *((v, variant_name(v, self.facts)) for v in chosen.variants)]
        flow(
            column,
            [
                Toggle(f"variant.{v or 'none'}", label, ("scenario", f"{base}@{v}" if v else base), v == variant, look)
                for v, label in names
            ],
        )

    def _seats(self, look: Theme, column: Column) -> None:
        t = self.t
        column.text(t("title.seats"), "small_strong", "gold").gap(5)
        people = self.begin.people
        flow(
            column,
            [
                Toggle(f"seat.{p.id}", p.short, ("seat", p.id), p.id in people, look, p.id, role="checkbox")
                for p in self.facts.parties
            ],
        )
        kind = "none" if not people else "one" if len(people) == 1 else "several"
        column.gap(5).text(t(f"title.seats.{kind}"), "small", "muted", id="seats.note")

    def _level_and_seed(self, look: Theme, column: Column) -> None:
        """Side by side where there is room."""
        half = (column.width - look.px(24)) // 2
        if half < look.px(280):
            self._levels(look, column)
            self._seed(look, column.gap(12))
            return
        left = Column(look, pygame.Rect(column.x, column.y, half, 0), "levels")
        right = Column(look, pygame.Rect(column.x + column.width - half, column.y, half, 0), "seeds")
        self._levels(look, left)
        self._seed(look, right)
        column.items += left.items + right.items
        column.y = max(left.y, right.y)

    def _levels(self, look: Theme, column: Column) -> None:
        t, level = self.t, self.begin.level
        column.text(t("title.level"), "small_strong", "gold").gap(5)
        names = difficulty.DIFFICULTIES
        flow(column, [Toggle(f"level.{n}", t(f"level.{n}"), ("level", n), n == level, look) for n in names])
        column.gap(5).text(t(f"level.{level}.about"), "small", "muted", id="level.note")

    def _seed(self, look: Theme, column: Column) -> None:
        t = self.t
        column.text(t("title.seed"), "small_strong", "gold").gap(5)
        place = pygame.Rect(0, 0, look.px(130), look.px(34))
        flow(column, [NumberField("seed", place, t("title.seed"), str(self.begin.seed), ("seed",))])
        column.gap(5).text(t("title.seed.about"), "small", "muted", id="seed.note")

    # -- games on disk -----------------------------------------------------------------------------------------------

    def _games(self, look: Theme, rect: pygame.Rect) -> Widget:
        pad = look.px(16)
        inner = rect.inflate(-2 * pad, -2 * pad)
        column = Column(look, pygame.Rect(inner.x, inner.y, inner.width - look.px(12), 0), "games")
        if not self.saved:
            self._how(look, column)
            column.gap(18)
        self._going(look, column, len(self.saved))
        column.gap(14)
        self._over(look, column, len(self.saved))
        if self.saved:
            how = Column(look, pygame.Rect(column.x, column.y + look.px(18), column.width, 0), "how")
            self._how(look, how)
            if how.y <= inner.bottom:
                column.items += how.items
                column.y = how.y
        height = column.height + look.px(6)
        area = ScrollArea("games.area", inner, column.items, height, self.t("title.continue"))
        free, sheet = inner.height - height - look.px(16), atlas().sheet(self.facts)
        if free < look.px(190) or sheet is None:
            return Panel("games", rect, [area])
        area.rect.height = height
        tall = min(free, inner.width * 2 // 3)
        place = pygame.Rect(inner.x, inner.bottom - tall, inner.width, tall)
        return Panel("games", rect, [area, MapView("picture", place, self.facts.title, sheet, (), self.t)])

    def _how(self, look: Theme, column: Column) -> None:
        """For somebody who has never played."""
        column.text(self.t("title.how"), "heading").gap(8)
        for key, sign in (("side", "person"), ("build", "pen"), ("deal", "check")):
            column.text(self.t(f"title.how.{key}"), "small", "text", sign=sign, id=f"how.{key}").gap(8)

    def _going(self, look: Theme, column: Column, most: int) -> None:
        """Games to go on with."""
        going = [(n, s) for n, s in enumerate(self.saved) if not s.over]
        column.text(self.t("title.continue"), "heading").gap(6)
        if not going:
            column.text(self.t("title.continue.none"), "small", "muted")
        for n, saved in going[:most]:
            self._saved(look, column, n, saved, "resume", "play")

    def _over(self, look: Theme, column: Column, most: int) -> None:
        """Games to see again."""
        t = self.t
        column.text(t("title.replay"), "heading").gap(6)
        for n, saved in [(n, s) for n, s in enumerate(self.saved) if s.over][:most]:
            self._saved(look, column, n, saved, "replay", "clock")
        other = Button.width_for(look, t("title.other"), "folder", style="small_strong")
        place = pygame.Rect(0, 0, other, look.px(34))
        action = ("show", "browse")
        flow(column, [Button("other", place, t("title.other"), action, sign="folder", style="small_strong")])

    def _saved(self, look: Theme, column: Column, n: int, saved: Saved, what: str, sign: str) -> None:
        t = self.t
        label = t(f"title.{what}.go")
        width = Button.width_for(look, label, sign, style="small_strong")
        top = column.y
        place = pygame.Rect(column.x + column.width - width, top, width, look.px(34))
        words = Column(look, pygame.Rect(column.x, top, column.width - width - look.px(10), 0), f"saved.{n}")
        who = t.join(saved.labels) or t("title.nobody")
        words.text(who, "small_strong", id=f"saved.{n}.who")
        state = t("title.round", round=saved.round, rounds=saved.rounds)
        if saved.over:
            got = t.join(number(saved.scores[p]) for p in saved.people if p in saved.scores)
            state = t(f"title.over.{saved.ended}") + (t("title.over.got", value=got) if got else "")
        words.text(f"{moment(t, saved.when)} · {state}", "tiny", "muted", id=f"saved.{n}.state")
        words.text(self._which(saved), "tiny", "muted", id=f"saved.{n}.game")
        words.text(saved.title, "tiny", "muted", id=f"saved.{n}.title")
        about = f"{label}: {who}, {saved.title}, {state}"
        button = Button(f"{what}.{n}", place, label, (what, n), sign=sign, tip=about, style="small_strong")
        column.items += [*words.items, button]
        if saved.over and saved.people:
            label = t("title.debrief.go")
            wide = max(width, Button.width_for(look, label, "document", style="small_strong"))
            place = pygame.Rect(column.x + column.width - wide, place.bottom + look.px(4), wide, place.height)
            tip = f"{label}: {who}, {saved.title}, {state}"
            show = ("debrief", n)
            column.add(Button(f"debrief.{n}", place, label, show, sign="document", tip=tip, style="small_strong"))
        column.y = max(words.y, place.bottom) + look.px(10)

    def _which(self, saved: Saved) -> str:
        """The seed and the difficulty of a game."""
        seed = self.t("game.seed", seed=saved.seed)
        return f"{seed} · {self.t(f'level.{saved.level}')}" if saved.level in difficulty.DIFFICULTIES else seed


def variant_name(name: str, facts: Facts) -> str:
    """A variant's name as words."""
    parties = {p.id: p.short for p in facts.parties}
    words = [parties.get(word, word) for word in name.replace("_", "-").split("-")]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def moment(t: Catalogue, seconds: float) -> str:
    """A time on this computer's clock, in words."""
    when = datetime.datetime.fromtimestamp(seconds)
    return t("moment", day=when.day, month=t(f"month.{when.month}"), year=when.year, time=f"{when:%H:%M}")
