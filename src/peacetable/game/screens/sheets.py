"""Sheets that open over the table: what is known about a delegation, and who said what on an issue, with sources."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pygame

from ...seat.views import Facts, PartyFacts, Stated, StatedDemand
from ...words.catalogue import Catalogue, date, number, signed
from ...words.catalogue import difference as shown_difference
from ..ui import Column, Dialog, Flag, Label, RangeBar, ScrollArea, Sign, Widget, flag_width, gloss, walk
from .base import Frame
from .parts import button, button_row
from .table_desk import VERDICTS, Desk

STANCE_SIGNS = {
    "demand": ("plus", "good"),
    "prefer": ("plus", "good"),
    "acceptable": ("check", "good"),
    "neutral": ("dot", "muted"),
    "reluctant": ("question", "gold"),
    "oppose": ("minus", "bad"),
    "red_line": ("stop", "bad"),
}
Fill = Callable[[Column], None]


def sheet(
    frame: Frame,
    id: str,
    title: str,
    fill: Fill,
    buttons: Sequence[tuple[str, str, tuple, str, str]],
    cancel: tuple,
    party: str = "",
    sign: str = "",
    wide: int = 720,
) -> Dialog:
    """A dialog with a heading, content that scrolls where it has to, and buttons (id, label, action, kind, icon), the
    primary one in focus."""
    look, window = frame.look, frame.area
    width, pad = min(window.width - look.px(24), look.px(wide)), look.px(20)
    inner = pygame.Rect(0, 0, width - 2 * pad, 10_000)
    height = look.px(20)
    mark = flag_width(party, height, pair=True) if party else height if sign else 0
    dx = mark + look.px(12) if mark else 0
    head = max(height, look.height(title, "heading", inner.width - dx)) + look.px(12)
    made = [button(look, *one) for one in buttons]
    row, rest = button_row(look, inner, made)
    foot = inner.bottom - rest.bottom
    column = Column(look, pygame.Rect(0, 0, inner.width - look.px(14), 0), id)
    fill(column)
    body = min(column.height, window.height - look.px(16) - 2 * pad - head - foot)
    rect = pygame.Rect(0, 0, width, 2 * pad + head + body + foot)
    rect.center = window.center
    x, y = rect.x + pad, rect.y + pad
    children: list[Widget] = []
    if party:
        children.append(Flag(f"{id}.flag", pygame.Rect(x, y + look.px(2), mark, height), party, title, pair=True))
    elif sign:
        children.append(Sign(f"{id}.sign", pygame.Rect(x, y + look.px(2), height, height), sign, "gold"))
    place = pygame.Rect(x + dx, y, inner.width - dx, head - look.px(12))
    children.append(Label(f"{id}.title", place, title, "heading"))
    for widget in walk(column.items):
        widget.move(x, y + head)
    view = pygame.Rect(x - look.px(4), y + head, inner.width + look.px(4), body)
    children.append(ScrollArea(f"{id}.area", view, column.items, column.height, title))
    for one in row:
        one.rect.move_ip(x, rect.bottom - pad - inner.bottom)
    first = next((b[0] for b in buttons if b[3] == "primary"), buttons[0][0])
    return Dialog(id, rect, title, [*children, *row], first, cancel)


def stated_line(column: Column, facts: Facts, t: Catalogue, party: PartyFacts, s: Stated, lead: str, name: str) -> None:
    """One public position: stance, level, how good the evidence is, and every source with its address."""
    sign, colour = STANCE_SIGNS[s.stance]
    issue = facts.issues[s.issue]
    text = t("sheet.stated", lead=lead, stance=t(f"stance.{s.stance}"), level=issue.levels[s.level].label)
    gloss(column.gap(7), text, facts.glossary, "small_strong", sign=sign, id=f"{name}.text")
    shown = column.items[-1]
    if isinstance(shown, Label):
        shown.sign_colour = colour
    basis = t(f"basis.{s.basis}")
    note = t("sheet.note", basis=basis, note=s.note) if s.note else basis
    column.gap(1)
    indented(
        column, f"{name}.basis", f"{note[0].upper()}{note[1:]}.", "tiny", "muted" if s.basis == "stated" else "gold"
    )
    sources(column, t, s.sources, name)


def demand_lines(
    column: Column, facts: Facts, t: Catalogue, party: PartyFacts, demands: Sequence[StatedDemand]
) -> None:
    """What a party has called part of any settlement, how it is read, and every source."""
    for demand in demands:
        name = f"demand.{party.id}.{demand.id}"
        gloss(column.gap(7), demand.says, facts.glossary, "small_strong", sign="lock", id=name)
        shown = column.items[-1]
        if isinstance(shown, Label):
            shown.sign_colour = "gold"
        column.gap(1)
        indented(column, f"{name}.reading", t(f"brief.demand.{demand.reading}"), "tiny", "muted")
        sources(column, t, demand.sources, name)


def sources(column: Column, t: Catalogue, found, name: str) -> None:
    """Who said it, when, where it can be read, and what was said in our own words."""
    for n, source in enumerate(found):
        words = t("sheet.source", speaker=source.speaker, date=date(t, source.date), outlet=source.outlet)
        column.gap(2)
        indented(column, f"{name}.source.{n}", words, "tiny_strong", "text")
        indented(column, f"{name}.words.{n}", source.stated, "tiny", "text")
        colour = "link" if "://" in source.address else "muted"
        indented(column, f"{name}.address.{n}", source.address, "tiny", colour)


def indented(column: Column, id: str, text: str, style: str, colour: str) -> None:
    column.text(text, style, colour, indent=19, id=id)


def _silent(column: Column, facts: Facts, t: Catalogue, party: PartyFacts, i: int, name: str) -> None:
    """The levels of an issue on which a party has said nothing; apart those on which something was looked for."""
    said = {s.level for s in party.stated if s.issue == i} | {k for n, k in party.silences if n == i}
    rest = [level.short for k, level in enumerate(facts.issues[i].levels) if k not in said]
    for (n, k), note in party.silences.items():
        if n == i:
            text = t("sheet.silence.note" if note else "sheet.silence", level=facts.short(i, k), note=note)
            column.gap(5).text(text, "small", "gold", sign="question", id=f"{name}.{facts.issues[i].levels[k].id}")
    if rest:
        column.gap(7).text(t("sheet.unsaid", levels="; ".join(rest)), "small", "gold", sign="question", id=name)


def issue_sheet(frame: Frame, desk: Desk, i: int, party: str = "") -> Dialog:
    """Everything that was said in public on an issue, level by level; `party`: by this one only."""
    t, facts, issue = desk.t, desk.facts, desk.facts.issues[i]
    who = [p for p in facts.parties if not party or p.id == party]

    def fill(column: Column) -> None:
        if issue.about:
            gloss(column, issue.about, facts.glossary, "body", "muted", id="sources.about")
        for p in who:
            if not party:
                column.gap(12)
                _party_heading(column, p)
            for s in (s for s in p.stated if s.issue == i):
                stated_line(column, facts, t, p, s, "", f"sources.{p.id}.{issue.levels[s.level].id}")
            demand_lines(column, facts, t, p, [demand for demand in p.demands if i in demand.issues])
            _silent(column, facts, t, p, i, f"sources.{p.id}.unsaid")
        if not party and facts.origins and facts.origins[i]:
            column.gap(14).text(t("sheet.origins"), "strong", "gold")
            sources(column, t, facts.origins[i], "sources.origins")
        column.gap(6)

    title = t("sheet.issue.of", issue=issue.label, party=facts.party(party).label) if party else issue.label
    buttons = [("sheet.close", t("sheet.close"), ("close",), "primary", "")]
    return sheet(frame, "sources", title, fill, buttons, ("close",), party, "" if party else "document")


def _party_heading(column: Column, party: PartyFacts) -> None:
    look = column.look
    height = look.px(14)
    width = flag_width(party.id, height, pair=True)
    line = column.take(look.line("strong"))
    flag = pygame.Rect(line.x, line.centery - height // 2, width, height)
    column.add(Flag(f"{column.prefix}.{party.id}.flag", flag, party.id, party.label, pair=True))
    place = pygame.Rect(line.x + width + look.px(8), line.y, line.width - width - look.px(8), line.height)
    column.add(Label(f"{column.prefix}.{party.id}", place, party.label, "strong"))


def party_sheet(frame: Frame, desk: Desk, party: str) -> Dialog:
    """A delegation: mood, what it said last, what it would likely say to the draft and what it would need, and all its
    public positions with their sources."""
    t, facts, view = desk.t, desk.facts, desk.view
    who, guess = facts.party(party), desk.estimates.get(party)
    change = desk.need(party) if guess is not None and not view.ended else None
    buttons: list[tuple[str, str, tuple, str, str]] = [("sheet.close", t("sheet.close"), ("close",), "primary", "")]
    if change is not None and change.differ:
        take = ("sheet.need", t("sheet.need"), ("need", party))
        if desk.mandate.utility(change.package) < desk.mandate.reservation:
            buttons = [(*take, "normal", "pen"), *buttons]
        else:
            buttons = [(*take, "primary", "pen"), ("sheet.close", t("sheet.close"), ("close",), "normal", "")]
    if guess is not None and facts.soundings and not view.ended:
        buttons.insert(-1, ("sheet.talk", t("sheet.talk"), ("talk", party), "normal", "ear"))

    def fill(column: Column) -> None:
        column.text(who.role, "body", "muted", id="party.role")
        if party != view.party:
            _mood(desk, column, party)
        if guess is not None and not view.ended:
            _guess(desk, column, party)
            _need(desk, column, party, change)
        if who.demands:
            column.gap(12).text(t("sheet.demands"), "strong", "gold")
            demand_lines(column, facts, t, who, who.demands)
        column.gap(12).text(t("sheet.said"), "strong", "gold")
        for s in who.stated:
            lead = t("sheet.lead", issue=facts.issues[s.issue].short)
            name = f"party.{facts.issues[s.issue].id}.{facts.issues[s.issue].levels[s.level].id}"
            stated_line(column, facts, t, who, s, lead, name)
        if not who.stated:
            column.gap(4).text(t("brief.nothing"), "small", "muted")
        column.gap(6)

    return sheet(frame, "party", who.label, fill, buttons, ("close",), party)


def _mood(desk: Desk, column: Column, party: str) -> None:
    t, felt = desk.t, desk.moods[party]
    column.gap(12).text(t("sheet.mood"), "strong", "gold").gap(2)
    column.text(t(f"mood.{felt.name}"), "strong", felt.colour, sign=felt.sign, id="party.mood")
    column.gap(2).text(" ".join([*felt.why, t("mood.note")]), "small", "muted", id="party.mood.why")
    at = next((n for n in reversed(range(len(desk.spoken))) if desk.spoken[n] and desk.view.log[n].party == party), -1)
    if at >= 0:
        gloss(
            column.gap(6),
            t("log.says", text=desk.spoken[at]),
            desk.facts.glossary,
            "body",
            sign="speech",
            id="party.says",
        )


def _guess(desk: Desk, column: Column, party: str) -> None:
    t, guess = desk.t, desk.estimates[party]
    sign, colour = VERDICTS[guess.verdict]
    column.gap(12).text(t("sheet.guess"), "strong", "gold").gap(2)
    column.text(desk.verdict(guess), "strong", colour, sign=sign, id="party.guess")
    place = column.gap(4).take(column.look.px(16))
    asks = (guess.asks_low, guess.asks_high)
    column.add(RangeBar("party.range", place, desk.verdict(guess), guess.low, guess.high, asks))
    column.gap(2).text(t("guess.legend"), "tiny", "muted", id="party.range.legend")
    text = " ".join([*desk.explain(guess), t("guess.note")])
    column.gap(2).text(text, "small", "muted", id="party.guess.why")


def _need(desk: Desk, column: Column, party: str, change) -> None:
    t = desk.t
    column.gap(12).text(t("sheet.needs"), "strong", "gold").gap(2)
    if change is None:
        column.text(t("need.none"), "small", id="party.need")
        return
    if not change.differ:
        column.text(t("need.nothing"), "small", id="party.need")
        return
    for n, text in enumerate(desk.changes(change)):
        column.text(text, "small_strong", sign="swap", id=f"party.need.{n}").gap(2)
    u = desk.mandate.utility(change.package)
    gain = shown_difference(u, desk.mandate.reservation)
    words = {"verdict": desk.verdict(change.estimate), "value": number(u), "change": signed(gain)}
    poor = u < desk.mandate.reservation
    colour, sign = ("bad", "minus") if poor else ("good", "plus")
    column.text(t("need.then", **words), "small", colour, sign=sign, id="party.need")
    if poor:
        column.gap(3).text(t("need.below"), "small_strong", "bad", sign="stop", id="party.need.below")
