"""Moves, events and endings as sentences, from the catalogue."""

from __future__ import annotations

from ..seat.views import Entry, Facts, Package, View
from ..table.record import MOVES
from .catalogue import Catalogue


def headline(entry: Entry, facts: Facts, t: Catalogue, me: str) -> str:
    """What happened, in one line or two."""
    party = sentence(called(facts, t, entry.party)) if entry.party in _ids(facts) else ""
    you = ".you" if entry.party == me else ""
    if facts.one_text and entry.kind in ("propose", "amend", "sign", "stand"):
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
    if entry.kind == "sign":
        other = called(facts, t, entry.offer_of or "")
        if entry.offer_of == me:
            return t("log.sign.yours", party=party)
        return t(f"log.sign{you}", party=party, other=other)
    if entry.kind == "stand":
        return t(f"log.stand{you}", party=party)
    if entry.kind == "walk_out":
        return t(f"log.walk_out{you}", party=party)
    if entry.kind in ("sound", "answer"):
        return _aside(entry, facts, t, me)
    if entry.kind in ("carried", "failed"):
        return t(f"log.{entry.kind}")
    return ""


def _aside(entry: Entry, facts: Facts, t: Catalogue, me: str) -> str:
    """A question or an answer in private, for one of the two."""
    mine = entry.party == me
    other = called(facts, t, (entry.to if mine else entry.party) or "")
    if entry.kind == "answer":
        words = t(f"{'answer' if mine else 'talk.answer'}.{entry.answer}")
        return t(f"log.answer{'.you' if mine else ''}", party=other, answer=words)
    if not mine:
        return t("log.sound.you", party=other)
    if entry.answer is None:
        return t("log.sound.open", party=other)
    return t("log.sound", party=other, answer=t(f"talk.answer.{entry.answer}"))


def called(facts: Facts, t: Catalogue, party: str) -> str:
    """A party inside a sentence: the United States, Ukraine."""
    label, key = facts.party(party).label, f"name.{party}"
    return t(key) if t.has(key) and t(key).lower().endswith(label.lower()) else label


def sentence(text: str) -> str:
    """The text with the capital that a sentence begins with."""
    return text[:1].upper() + text[1:]


def _voting(entry: Entry, facts: Facts, t: Catalogue, party: str, you: str) -> str:
    """An amendment or a vote under a single text."""
    if entry.kind in ("propose", "amend"):
        changes = changed_text(facts, t, entry) if entry.changes else t("log.amend.same")
        who = ".chair" if entry.kind == "amend" else you
        return t(f"log.amend{who}", party=party, changes=changes)
    return t(f"log.{'for' if entry.kind == 'sign' else 'against'}{you}", party=party)


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


def _ids(facts: Facts) -> set[str]:
    return {p.id for p in facts.parties}


def last_move(view: View, party: str) -> Entry | None:
    """The party's latest move."""
    return next((e for e in reversed(view.log) if e.party == party and e.kind in MOVES), None)


def moves(view: View, party: str) -> int:
    """How many moves the party has made."""
    return sum(e.party == party and e.kind in MOVES for e in view.log)
