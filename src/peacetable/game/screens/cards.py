"""Event cards: they interrupt the talks, say what changed and why, and who said so."""

from __future__ import annotations

from dataclasses import dataclass

from ..text import number
from ..ui import Column, Dialog, gloss
from .base import Frame
from .sheets import sheet, sources
from .table_desk import Desk


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
