"""What the draft is worth to the person and why, who has to sign it, and the log."""

from __future__ import annotations

from functools import partial

import pygame

from ...seat.views import Entry
from ...words import log
from ...words.catalogue import number, signed
from ..theme import Theme
from ..ui import Bar, Column, Flag, Glossed, Label, Panel, Rule, ScrollArea, Sign, Widget, flag_width, gloss
from .table_desk import VERDICTS, Desk

MARKS = {"event": "flash", "end": "table", "amend": "document", "carried": "check", "failed": "cross", "sound": "ear",
         "answer": "ear"}  # fmt: skip


def room(look: Theme, rect: pygame.Rect) -> pygame.Rect:
    """Where the content of a scrolling panel lies."""
    view = rect.inflate(-look.px(8), -look.px(16))
    return pygame.Rect(view.x + look.px(9), view.y, view.width - look.px(22), 0)


def value_panel(desk: Desk, look: Theme, rect: pygame.Rect, column: Column) -> Widget:
    """What `value` has stacked from the same corner on, in as much room as there is."""
    view = rect.inflate(-look.px(8), -look.px(16))
    area = ScrollArea("value.area", view, column.items, column.height, desk.t("value.title"))
    return Panel("value.panel", rect, [area])


def log_panel(desk: Desk, look: Theme, rect: pygame.Rect) -> Widget:
    pad = look.px(12)
    title = pygame.Rect(rect.x + pad, rect.y + look.px(9), rect.width - 2 * pad, look.line("strong"))
    area = pygame.Rect(rect.x + look.px(4), title.bottom + look.px(4), rect.width - look.px(8), 0)
    area.height = rect.bottom - look.px(8) - area.y
    column = course(desk, look, pygame.Rect(area.x + look.px(9), area.y, area.width - look.px(22), 0))
    heading = Label("log.title", title, desk.t("log.title"), "strong")
    lines = ScrollArea("log.area", area, column.items, column.height, desk.t("log.title"), end=True)
    return Panel("log.panel", rect, [heading, lines])


def value(desk: Desk, look: Theme, rect: pygame.Rect) -> Column:
    """The number, the bar against the walk-away value, what is wrong with the draft, who has to sign, the reasons."""
    t, mandate = desk.t, desk.mandate
    u = mandate.utility(desk.draft)
    column = Column(look, rect, "value")
    text = number(u)
    width = look.width(text, "title") + look.px(10)
    place = pygame.Rect(rect.right - width, rect.y, width, look.line("title"))
    big = Label("value.number", place, text, "title", align="right")
    head = Column(look, pygame.Rect(rect.x, rect.y + look.px(3), rect.width - width - look.px(6), 0), "value.head")
    head.text(t("value.title"), "strong")
    column.items += [big, *head.items]
    column.y = max(big.rect.bottom, head.y)
    column.gap(4)
    bar = column.take(look.px(20))
    column.add(Bar("value.bar", bar, t("value.title"), u, mandate.reservation, tip=t("value.mark")))
    sign, colour = ("plus", "good") if u >= mandate.reservation else ("minus", "bad")
    column.gap(3).text(desk.difference(u), "small_strong", colour, sign=sign, id="value.difference")
    _warnings(desk, column)
    _signers(desk, look, column)
    column.gap(8).text(t("value.reasons"), "small", "muted").gap(2)
    _reasons(desk, look, column)
    return column


def _warnings(desk: Desk, column: Column) -> None:
    t, facts = desk.t, desk.facts
    crossed = desk.mandate.crossed(desk.draft)
    if crossed:
        text = t("value.red", issues=t.join(facts.issues[i].short for i in crossed))
        column.gap(5).text(text, "small_strong", "bad", sign="stop", id="value.red")
    for demand in desk.mandate.worthless(desk.draft):
        text = t(f"value.demand.{demand.reading}", says=demand.says)
        gloss(column.gap(5), text, facts.glossary, "small_strong", "bad", sign="stop", id=f"value.demand.{demand.id}")
    shut = [i for i, k in enumerate(desk.draft) if (i, k) in desk.view.closed]
    if shut:
        text = t("value.closed", issues=t.join(facts.issues[i].short for i in shut))
        column.gap(5).text(text, "small_strong", "bad", sign="cross", id="value.closed")
    rule = next((r for r in facts.rules if r.holds(desk.draft)), None)
    if rule is not None:
        text = t("value.clash", reason=rule.reason)
        gloss(column.gap(5), text, facts.glossary, "small_strong", "bad", sign="cross", id="value.clash")


def _signers(desk: Desk, look: Theme, column: Column) -> None:
    """How many would sign by the estimate; where not everybody has to, who has to."""
    t, facts, guesses = desk.t, desk.facts, desk.estimates
    needed = facts.needs(desk.draft)
    if not facts.consent.unanimous:
        who, rule = desk.names(needed), facts.consent.name
        column.gap(6).text(
            t(f"value.signers.{rule}{'' if needed else '.free'}", parties=who, quorum=facts.consent.quorum),
            "small",
            sign="pen",
            id="value.signers",
        )
    among = [p for p in guesses if p in needed or facts.consent.by_quorum]
    if not among:
        return
    yes = sum(guesses[p].verdict == "likely" for p in among)
    vote = ".vote" if facts.one_text and not desk.view.final else ""
    text = t(f"value.guess.all{vote}") if yes == len(among) else t(f"value.guess{vote}", yes=yes, count=len(among))
    sign, colour = VERDICTS["likely" if yes == len(among) else "may"]
    column.gap(6).text(text, "small", "text", sign=sign, id="value.guess", tip=t("guess.note"))
    column.items[-1].sign_colour = colour  # type: ignore[attr-defined]


def _reasons(desk: Desk, look: Theme, column: Column) -> None:
    t = desk.t
    width = look.width(signed(-0.88), "small_strong") + look.px(4)
    for n, reason in enumerate(desk.mandate.reasons(desk.draft)):
        if reason.demand is not None:
            text = t("value.without", says=reason.demand.says)
        elif reason.issue is None:
            text = t("value.bonus", reason=reason.bonus.reason if reason.bonus else "")
        else:
            level = desk.facts.short(reason.issue, desk.draft[reason.issue])
            text = t("value.reason", issue=desk.facts.issues[reason.issue].short, level=level)
        colour = "good" if reason.change > 0.004 else "bad" if reason.change < -0.004 else "muted"
        column.gap(2)
        height = look.height(text, "small", column.width - width - look.px(6))
        line = column.take(height)
        figure = pygame.Rect(line.right - width, line.y, width, look.line("small_strong"))
        place = pygame.Rect(line.x, line.y, line.width - width - look.px(6), height)
        words = Glossed(f"reason.{n}", place, text, desk.facts.glossary, look, "small")
        words.focusable = False  # the row of levels explains the same terms
        column.add(words)
        column.add(Label(f"reason.{n}.change", figure, signed(reason.change), "small_strong", colour, align="right"))


# -- log -------------------------------------------------------------------------------------------------------------


def course(desk: Desk, look: Theme, rect: pygame.Rect) -> Column:
    """All that happened; what is new since the person's last move stands under a line."""
    t, view = desk.t, desk.view
    column = Column(look, rect, "log")
    if not view.log:
        column.text(t("log.empty"), "small", "muted")
    digits = look.width("0" * len(str(view.rounds)), "small") + look.px(6)
    since = desk.since()
    for n, entry in enumerate(view.log):
        if n == since and n and entry.kind != "end":
            _divide(desk, look, column, n)
        said = desk.spoken[n] if n < len(desk.spoken) else ""
        data = (look.measures, rect.x, rect.width, digits, entry, said, view.party, view.ended)
        make = partial(_entry, desk, look, rect, digits, n, entry, said)
        widgets, places, height = desk.kept(("log", n), data, make)
        for widget, place in zip(widgets, places, strict=True):
            widget.rect, widget.clip = place.move(0, column.y), None
        column.items += widgets
        column.y += height + look.px(7)
    return column


def _entry(
    desk: Desk, look: Theme, rect: pygame.Rect, digits: int, n: int, entry: Entry, said: str
) -> tuple[list[Widget], list[pygame.Rect], int]:
    """A line of the log as if it stood at the top: its widgets, their places, its height."""
    t, view = desk.t, desk.view
    column = Column(look, pygame.Rect(rect.x, 0, rect.width, 0), "log")
    _mark(desk, look, column, entry, n, pygame.Rect(rect.x, 0, digits, look.line("small")))
    gutter = digits + look.px(23)
    item = Column(look, pygame.Rect(rect.x + gutter, 0, rect.width - gutter, 0), f"log.{n}")
    mine = entry.party == view.party and entry.kind != "end"
    strong = entry.kind in ("sign", "walk_out", "end", "event", "carried", "failed")
    style = "small_strong" if strong else "small"
    colour = "gold" if mine or entry.kind in ("event", "sound", "answer") else "text"
    text = log.ending(view, t) if entry.kind == "end" else log.headline(entry, desk.facts, t, view.party)
    if text:
        words = gloss(item, text, desk.facts.glossary, style, colour).items[-1]
        if isinstance(words, Glossed):
            words.focusable = False  # a long log would fill the focus order; levels explain the same terms
    if said:
        item.text(t("log.says", text=said), "small", "muted", id=f"log.{n}.says")
    widgets = [*column.items, *item.items]
    return widgets, [w.rect.copy() for w in widgets], item.y


def _divide(desk: Desk, look: Theme, column: Column, n: int) -> None:
    column.add(Rule("log.since.rule", column.take(max(1, look.px(1)))))
    column.gap(3).text(desk.t("log.since"), "tiny", "gold", id="log.since").gap(5)


def _mark(desk: Desk, look: Theme, column: Column, entry: Entry, n: int, place: pygame.Rect) -> None:
    """Round and flag (or an icon) in front of a line of the log."""
    column.add(Label(f"log.{n}.round", place, str(entry.round), "small", "muted"))
    x, height, sign = place.right, look.px(10), MARKS.get(entry.kind)
    if sign:
        side = look.px(12)
        at = pygame.Rect(x + look.px(2), place.centery - side // 2, side, side)
        column.add(Sign(f"log.{n}.sign", at, sign, "bad" if entry.kind == "failed" else "gold"))
    elif entry.party:
        at = pygame.Rect(x, place.centery - height // 2, flag_width(entry.party, height), height)
        column.add(Flag(f"log.{n}.flag", at, entry.party, desk.facts.party(entry.party).label))
