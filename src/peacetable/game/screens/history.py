"""Talks again, step by step: what was said, what lay on the table, and any two packages side by side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pygame

from ...seat.chronicle import Chronicle
from ...seat.views import Entry, Package
from ...table.record import MOVES
from ...words import log, outcome, speech
from ...words.catalogue import Catalogue, number, signed
from ..theme import Theme
from ..ui import (
    Action,
    Cell,
    Column,
    Flag,
    Heading,
    Label,
    Matrix,
    Panel,
    ScrollArea,
    Sign,
    Tabs,
    Timeline,
    Toggle,
    Widget,
    cut_left,
    cut_top,
    flag_width,
    flow,
)
from .base import Frame, Go, Order, Reveal, Screen
from .parts import button, button_row, footer, inside, settings

TEXTS = ("text", "amendment")  # what can be compared under a single text


@dataclass(frozen=True)
class Chosen:
    """A package to compare. `party`: whose proposal it is, "" for what was agreed, or one of TEXTS; `round`: when it
    was made, or of the step shown."""

    party: str
    round: int
    package: Package


class HistoryScreen(Screen):
    """`at`: the step shown; `sides`: the two packages compared, as parties whose last offer is meant ("agreed" for
    the end), or "pinned"; `pinned`: a package kept while stepping; `tab`: moves or packages, in narrow windows; `path`:
    where the minutes lie, for the debrief of a finished game; None: it cannot be opened from here."""

    name = "history"

    def __init__(
        self,
        t: Catalogue,
        chronicle: Chronicle,
        title: str = "",
        at: int = 0,
        notice: str = "",
        path: Path | None = None,
    ):
        super().__init__(chronicle.facts, t)
        self.path = path if chronicle.played and not chronicle.sealed else None
        self.chronicle, self.heading, self.notice = chronicle, title, notice
        self.at = 0
        self.sides = ["", ""]
        self.pinned: Chosen | None = None
        self.tab = 0
        self._said: tuple[str, ...] | None = None
        self._go(at)

    # -- actions -----------------------------------------------------------------------------------------------------

    def act(self, action: Action) -> Order | None:
        what, *rest = action
        self.notice = ""
        if what == "step":
            self._go(rest[0])
        elif what == "by":
            self._go(self.at + rest[0])
        elif what == "round":
            self._round(rest[0])
        elif what == "side":
            self.sides[rest[0]] = rest[1]
        elif what == "pin":
            self.pinned = self._packages().get(self.sides[0])
            self.sides[0] = "pinned" if self.pinned else self.sides[0]
        elif what == "tab":
            self.tab = rest[0]
        elif what == "debrief" and self.path is not None:
            return Reveal(self.path)
        elif what == "back":
            return Go("back")
        return None

    def _go(self, step: int) -> None:
        self.at = min(max(step, 0), len(self.chronicle.steps) - 1)
        packages = self._packages()
        entry = self._entry()
        if entry is not None and entry.kind == "propose" and entry.party and self.sides[0] != "pinned":
            # what was just proposed beside what the same words were compared with before
            if entry.party == self.sides[1]:
                self.sides[1] = self.sides[0] if self.sides[0] != entry.party else ""
            self.sides[0] = entry.party
        names = list(packages)
        for side in (0, 1):
            if self.sides[side] not in packages:
                self.sides[side] = next((n for n in reversed(names) if n not in self.sides), names[-1] if names else "")

    def _round(self, by: int) -> None:
        here = self.chronicle.steps[self.at].view.round
        starts = self.chronicle.starts()
        if by < 0 and self.at > starts[here]:
            self._go(starts[here])
        else:
            wanted = [r for r in starts if (r < here if by < 0 else r > here)]
            self._go(starts[wanted[-1 if by < 0 else 0]] if wanted else 0 if by < 0 else len(self.chronicle.steps) - 1)

    def shortcut(self, key: int) -> Action | None:
        return {
            pygame.K_ESCAPE: ("back",),
            pygame.K_LEFT: ("by", -1),
            pygame.K_RIGHT: ("by", 1),
            pygame.K_COMMA: ("by", -1),
            pygame.K_PERIOD: ("by", 1),
            pygame.K_PAGEUP: ("round", -1),
            pygame.K_PAGEDOWN: ("round", 1),
        }.get(key)

    def first(self):
        return ("timeline", "back")

    def _entry(self) -> Entry | None:
        """The move that led to this step."""
        log = self.chronicle.steps[self.at].view.log if self.at else ()
        return next((e for e in reversed(log) if e.kind in MOVES), None)

    def _packages(self) -> dict[str, Chosen]:
        """What can be compared here: each party's last offer or the single text, what was agreed, what was pinned."""
        view = self.chronicle.steps[self.at].view
        found = {}
        for entry in view.log:
            if entry.kind == "propose" and entry.party and entry.package is not None:
                found[entry.party] = Chosen(entry.party, entry.round, entry.package)
        found = {p.id: found[p.id] for p in self.facts.parties if p.id in found}
        if self.facts.one_text:
            texts = zip(TEXTS, (view.draft, view.amendment), strict=True)
            found = {name: Chosen(name, view.round, package) for name, package in texts if package is not None}
        if view.package is not None:
            found["agreed"] = Chosen("", view.round, view.package)
        if self.pinned is not None:
            found["pinned"] = self.pinned
        return found

    # -- composition -------------------------------------------------------------------------------------------------

    def compose(self, frame: Frame) -> list[Widget]:
        look, t = frame.look, self.t
        rect = inside(frame)
        view = self.chronicle.steps[self.at].view
        line, rect = cut_top(rect, look.px(34), look.px(4))
        buttons, left = settings(frame, t, line)
        style = "title" if frame.wide > 900 else "strong"
        head = Label("title", left, self.heading or t("history.title"), style, middle=True, elide=True)
        line, rect = cut_top(rect, look.px(24), look.px(6))
        text = t("table.round", round=view.round, rounds=view.rounds)
        where = t("history.step", step=self.at, steps=len(self.chronicle.steps) - 1)
        widgets: list[Widget] = [head, *buttons]
        note, bar = cut_left(line, max(look.width(f"{text} · {where}", "small") + 2, look.px(120)), look.px(12))
        widgets.append(Label("where", note, f"{text} · {where}", "small", "muted", middle=True))
        rounds = [s.view.round for s in self.chronicle.steps]
        widgets.append(Timeline("timeline", bar, t("history.timeline"), rounds, self.at, ("step",)))
        hint = t("history.sealed") if self.chronicle.sealed else t("history.open")
        foot, rect = footer(look, rect, self.notice or hint, "stop" if self.notice else "bulb",
                            "bad" if self.notice else "muted")  # fmt: skip
        row, rect = button_row(look, rect, self._steps(frame))
        if frame.wide >= 900:
            one, two = cut_left(rect, rect.width * 42 // 100, look.px(12))
            return [*widgets, self._moves(look, one), self._compare(look, two), *row, *foot]
        tabs, body = cut_top(rect, look.px(34), look.px(6))
        names = [t("history.moves"), t("history.compare")]
        shown = self._moves(look, body) if self.tab == 0 else self._compare(look, body)
        return [*widgets, Tabs("tabs", tabs, t("tabs.label"), names, self.tab, ("tab",)), shown, *row, *foot]

    def _steps(self, frame: Frame):
        look, t, last = frame.look, self.t, len(self.chronicle.steps) - 1
        wide = frame.wide >= 900
        short = "" if wide else ".short"
        found = [
            button(look, "prev", t(f"history.prev{short}"), ("by", -1), "normal", "left", enabled=self.at > 0),
            button(look, "next", t(f"history.next{short}"), ("by", 1), "primary", "right", enabled=self.at < last),
            button(look, "round.prev", t("history.round.prev"), ("round", -1), enabled=self.at > 0),
            button(look, "round.next", t("history.round.next"), ("round", 1), enabled=self.at < last),
            button(look, "pin", t(f"history.pin{short}"), ("pin",), "normal", "pin", tip=t("history.pin.tip"),
                   enabled=bool(self._packages())),
            button(look, "back", t("back"), ("back",), "normal", "undo"),
        ]  # fmt: skip
        if self.path is not None:
            label = t(f"history.debrief{short}")
            found.append(
                button(look, "debrief", label, ("debrief",), "normal", "document", tip=t("history.debrief.tip"))
            )
        return found if wide else [b for b in found if not b.id.startswith("round")]

    def _spoken(self, me: str) -> tuple[str, ...]:
        """What was said up to the end: the beginning of a log is the log at an earlier step."""
        if self._said is None:
            self._said = speech.spoken(self.facts, self.t, self.chronicle.steps[-1].view.log, me)
        return self._said

    def _moves(self, look: Theme, rect: pygame.Rect) -> Widget:
        """Everything up to this step, the latest last."""
        t, view = self.t, self.chronicle.steps[self.at].view
        pad = look.px(12)
        inner = rect.inflate(-2 * pad, -2 * pad)
        column = Column(look, pygame.Rect(inner.x, inner.y, inner.width - look.px(12), 0), "moves")
        digits = look.width("00", "small") + look.px(6)
        indent = digits + look.px(34)
        if not view.log:
            column.text(t("log.empty"), "small", "muted")
        me = self.chronicle.seat if self.chronicle.seat in self.chronicle.played else ""
        latest = self._entry()
        said = self._spoken(me)
        for n, entry in enumerate(view.log):
            y, line = column.y, look.line("small")
            column.add(
                Label(f"move.{n}.round", pygame.Rect(column.x, y, digits, line), str(entry.round), "small", "muted")
            )
            x, height = column.x + digits, look.px(11)
            if entry.party and entry.kind in MOVES:
                place = pygame.Rect(x, y + (line - height) // 2, flag_width(entry.party, height), height)
                column.add(Flag(f"move.{n}.flag", place, entry.party, self.facts.party(entry.party).label))
            else:
                place = pygame.Rect(x, y + (line - height) // 2, height, height)
                column.add(Sign(f"move.{n}.sign", place, "flash" if entry.kind == "event" else "table", "gold"))
            if entry.kind == "end":
                text = t(f"log.end.{view.ended}")
            else:
                text = log.headline(entry, self.facts, t, me)
            words = Column(look, pygame.Rect(column.x + indent, y, column.width - indent, 0), f"move.{n}")
            words.text(text, "small_strong" if entry is latest else "small", "text" if entry is latest else "muted")
            if said[n]:
                words.gap(1).text(said[n], "tiny", "text" if entry is latest else "muted", sign="speech")
            if entry.kind == "sound" and entry.package is not None:
                asked = t("history.asked", package=outcome.package_words(self.facts, entry.package))
                words.gap(1).text(asked, "tiny", "muted", id=f"move.{n}.asked")
            column.items += words.items
            column.y = words.y + look.px(7)
        area = ScrollArea("moves.area", inner, column.items, column.height, t("history.moves"), end=True)
        return Panel("moves", rect, [area])

    # -- two packages ------------------------------------------------------------------------------------------------

    def _compare(self, look: Theme, rect: pygame.Rect) -> Widget:
        t = self.t
        pad = look.px(12)
        inner = rect.inflate(-2 * pad, -2 * pad)
        packages = self._packages()
        column = Column(look, pygame.Rect(inner.x, inner.y, inner.width - look.px(12), 0), "compare")
        column.text(t("history.compare"), "strong")
        if not packages:
            column.gap(6).text(t("history.compare.none"), "small", "muted")
        else:
            for side in (0, 1):
                column.gap(8).text(t(f"history.side.{side}"), "small_strong", "gold").gap(4)
                flow(column, [self._choice(look, side, name, chosen) for name, chosen in packages.items()])
            column.gap(10)
            self._matrix(look, column, packages[self.sides[0]], packages[self.sides[1]])
        area = ScrollArea("compare.area", inner, column.items, column.height + look.px(6), t("history.compare"))
        return Panel("compare", rect, [area])

    def _choice(self, look: Theme, side: int, name: str, chosen: Chosen) -> Toggle:
        label = self._label(name, chosen)
        flag = chosen.party if name != "agreed" and chosen.party not in TEXTS else ""
        return Toggle(f"side.{side}.{name}", label, ("side", side, name), self.sides[side] == name, look, flag)

    def _label(self, name: str, chosen: Chosen) -> str:
        if name == "agreed":
            return self.t("history.agreed")
        party = self.t(f"offers.{chosen.party}") if chosen.party in TEXTS else self.t("history.agreed")
        if chosen.party and chosen.party not in TEXTS:
            party = self.facts.party(chosen.party).short
        if name == "pinned":
            return self.t("history.pinned", party=party, round=chosen.round)
        return party

    def _matrix(self, look: Theme, column: Column, one: Chosen, two: Chosen) -> None:
        t, facts = self.t, self.facts
        rows, differ = [], 0
        for i, issue in enumerate(facts.issues):
            a, b = one.package[i], two.package[i]
            signs = (("diamond", "gold"),) if a != b else (("check", "good"),)
            differ += a != b
            ink, levels = "text" if a != b else "muted", issue.levels
            cells = [Cell(levels[k].short, ink, a != b, signs, tip=levels[k].label) for k in (a, b)]
            rows.append([Cell(issue.short, "muted", tip=issue.label), *cells])
        for party in facts.parties:
            mandate = self.chronicle.steps[self.at].mandates.get(party.id)
            if mandate is None:
                continue
            mine = party.id == self.chronicle.seat and party.id in self.chronicle.played
            name = t("history.worth.you") if mine else t("history.worth", party=party.short)
            cells = []
            for chosen in (one, two):
                gain = mandate.utility(chosen.package) - mandate.reservation
                sign = ("plus", "good") if gain >= 0 else ("minus", "bad")
                tip = t("history.gain", change=signed(gain))
                cells.append(Cell(number(mandate.utility(chosen.package)), "text", True, (sign,), tip=tip))
            rows.append([Cell(name, "muted"), *cells])
        headings = [Heading(t("offers.issue")), *(self._heading(side) for side in (0, 1))]
        place = pygame.Rect(column.x, column.y, column.width, 0)
        matrix = Matrix("matrix", place, t("history.compare"), headings, rows, (1.3, 1.2, 1.2), look)
        column.take(matrix.rect.height)
        column.add(matrix).gap(6)
        text = t("history.differ", plural=differ, number=differ) if differ else t("history.differ.none")
        column.text(text, "small", id="differ")
        column.gap(3).text(t("history.legend"), "tiny", "muted")

    def _heading(self, side: int) -> Heading:
        chosen = self._packages()[self.sides[side]]
        name = self._label(self.sides[side], chosen)
        note = self.t("history.made", round=chosen.round)
        if chosen.party in TEXTS:
            return Heading(name, sign="document", note=note)
        return Heading(name, chosen.party, "" if chosen.party else "check", note)
