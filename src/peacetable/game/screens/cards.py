"""Cards that interrupt: events, with what changed and why and who said so; and questions that another person asks."""

from __future__ import annotations

from dataclasses import dataclass

from ...seat.views import Entry
from ...table.moves import ANSWERS
from ...words import log
from ...words.catalogue import difference, number, signed
from ..ui import Column, Dialog, gloss
from .base import Frame
from .sheets import sheet, sources
from .table_desk import Desk
from .talk import SIGNS


@dataclass(frozen=True)
class EventCard:
    """The entry of the log it stands for, and the person's value of no agreement before and after."""

    entry: int
    before: float
    after: float


def event_card(frame: Frame, desk: Desk, card: EventCard) -> Dialog:
    """The card as a dialog; the agents wait until it is put away."""
    t, facts = desk.t, desk.facts
    event = facts.events[desk.view.log[card.entry].event or ""]

    def fill(column: Column) -> None:
        gloss(column, event.text, facts.glossary, "body", id="event.text")
        column.gap(12).text(t("event.changes"), "strong", "gold")
        for n, text in enumerate(changes(desk, card)):
            column.gap(3).text(text, "body", sign="dot", id=f"event.change.{n}")
        if event.reason or event.sources:
            column.gap(12).text(t("event.why"), "strong", "gold")
        if event.reason:
            gloss(column.gap(3), event.reason, facts.glossary, "body", "muted", id="event.reason")
        sources(column, t, event.sources, "event")
        column.gap(4)

    title = t("event.title", label=event.label, round=desk.view.log[card.entry].round)
    buttons = [("event.go", t("event.go"), ("card",), "primary", "")]
    return sheet(frame, "event", title, fill, buttons, ("card",), sign="flash", wide=600)


def changes(desk: Desk, card: EventCard) -> list[str]:
    """What is different now, in sentences."""
    t, facts = desk.t, desk.facts
    event = facts.events[desk.view.log[card.entry].event or ""]
    found = []
    if event.rounds:
        key = "event.longer" if event.rounds > 0 else "event.shorter"
        found.append(t(key, plural=abs(event.rounds), count=abs(event.rounds), rounds=desk.view.rounds))
    for issue, level in event.closes:
        found.append(t("event.closed", issue=facts.issues[issue].label, level=facts.short(issue, level)))
    if desk.view.party in event.concerns and number(card.before) != number(card.after):
        found.append(t("event.walk_away", before=number(card.before), after=number(card.after)))
    others = [p for p in event.concerns if p != desk.view.party]
    if others:
        found.append(t("event.concerns", parties=desk.names(others)))
    return found or [t("event.nothing")]


def question_card(frame: Frame, desk: Desk, question: Entry) -> Dialog:
    """What another person asks in private, with a button for each answer; it can wait."""
    t, facts, mandate = desk.t, desk.facts, desk.mandate
    package, party = question.package or desk.draft, question.party or ""

    def fill(column: Column) -> None:
        u = mandate.utility(package)
        change = signed(difference(u, mandate.reservation))
        column.text(t("asked.text", value=number(u), change=change), "body", id="asked.text")
        why = desk.why_refused(package)
        if why:
            column.gap(6).text(t("act.sign.refused", why=why), "small_strong", "bad", sign="stop", id="asked.refused")
        column.gap(6)
        for i, issue in enumerate(facts.issues):
            text = t("brief.wants", issue=issue.short, level=issue.levels[package[i]].label)
            gloss(column.gap(3), text, facts.glossary, "small", sign="dot", id=f"asked.{issue.id}")
        column.gap(8).text(t("asked.private"), "small", "muted", id="asked.private").gap(4)

    title = t("asked.title", party=log.sentence(log.called(facts, t, party)))
    answers = [(f"asked.{a}", t(f"answer.{a}"), ("answer", a), "normal", SIGNS[a][0]) for a in reversed(ANSWERS)]
    later = ("asked.later", t("asked.later"), ("later",), "primary", "")  # in focus, so that Enter tells nothing
    return sheet(frame, "asked", title, fill, [*answers, later], ("later",), party=party, wide=640)
