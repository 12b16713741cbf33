"""Moves, events and endings as sentences, from the catalogue."""

from __future__ import annotations

from .text import Catalogue
from .views import Because, Entry, Facts, Package, View


def headline(entry: Entry, facts: Facts, t: Catalogue, me: str) -> str:
    """What happened, in one line or two."""
    party = facts.party(entry.party).label if entry.party in _ids(facts) else ""
    you = ".you" if entry.party == me else ""
    if facts.single_text and entry.kind in ("propose", "amend", "accept", "decline"):
        return _voting(entry, facts, t, party, you)
    if entry.kind == "event":
        event = facts.events[entry.event or ""]
        return t("log.event", label=event.label, text=event.text)
    if entry.kind == "propose":
        if entry.changes == ():
            return t(f"log.propose{you}.same", party=party)
        text = changed_text(facts, t, entry)
        if you:
            return t("log.propose.you", changes=text)
        return t("log.propose.full" if entry.changes is None else "log.propose.changes", party=party, changes=text)
    if entry.kind == "accept":
        other = facts.party(entry.offer_of or "").label
        if entry.offer_of == me:
            return t("log.accept.yours", party=party)
        return t(f"log.accept{you}", party=party, other=other)
    if entry.kind == "walk_out":
        return t(f"log.walk_out{you}", party=party)
    if entry.kind == "sound":
        return t("log.sound", party=facts.party(entry.to or "").label, answer=t(f"talk.answer.{entry.answer}"))
    if entry.kind in ("carried", "failed"):
        return t(f"log.{entry.kind}")
    return ""


def _voting(entry: Entry, facts: Facts, t: Catalogue, party: str, you: str) -> str:
    """An amendment or a vote under a single text."""
    if entry.kind in ("propose", "amend"):
        changes = changed_text(facts, t, entry) if entry.changes else t("log.amend.same")
        who = ".chair" if entry.kind == "amend" else you
        return t(f"log.amend{who}", party=party, changes=changes)
    return t(f"log.{'for' if entry.kind == 'accept' else 'against'}{you}", party=party)


def ending(view: View, t: Catalogue) -> str:
    """One line for the end of the log."""
    return t(f"log.end.{view.ended}") if view.ended else ""


def changed_text(facts: Facts, t: Catalogue, entry: Entry) -> str:
    """The levels of a proposal: all at first, later what is new."""
    package: Package = entry.package or ()
    which = range(len(package)) if entry.changes is None else entry.changes
    return " \N{MIDDLE DOT} ".join(
        t("log.change", issue=facts.issues[i].short, level=facts.short(i, package[i])) for i in which
    )


def because(entry: Entry, facts: Facts, t: Catalogue) -> str:
    """The reasons an agent gave, or ""."""
    parts = [_reason(b, facts, t) for b in entry.because]
    return t("log.because", reasons=t.join(parts)) if parts else ""


def _reason(b: Because, facts: Facts, t: Catalogue) -> str:
    words = {"issue": facts.issues[b.issue].short, "level": facts.short(b.issue, b.level)}
    if not b.against:
        return t("log.because.for", **words)
    if b.wanted is None or b.wanted == b.level:
        return t("log.because.refuses", **words)
    return t("log.because.against", wanted=facts.short(b.issue, b.wanted), **words)


def _ids(facts: Facts) -> set[str]:
    return {p.id for p in facts.parties}


def last_move(view: View, party: str) -> Entry | None:
    """The party's latest move."""
    moves = ("propose", "accept", "decline", "walk_out")
    return next((e for e in reversed(view.log) if e.party == party and e.kind in moves), None)
