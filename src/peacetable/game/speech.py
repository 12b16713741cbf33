"""What the delegations say: each move of an agent in one or two sentences, made from the reasons it gave.

A sentence is a lead, in the register of the party and by how close the packages are, and a clause about one issue and
level from the reasons. Which ones are taken follows from what was said before, so the same minutes always read the
same, and no sentence is said twice in one game.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from .text import Catalogue
from .views import Because, Entry, Facts, Package

NEAR = 0.6  # share of issues on which two packages agree that counts as close


def spoken(facts: Facts, t: Catalogue, log: tuple[Entry, ...], me: str) -> tuple[str, ...]:
    """What was said with each entry of the log, "" where nothing was: events, and the moves of `me`."""
    said: set[str] = set()
    counts: dict[str, int] = {}
    lines: list[str] = []
    other: Entry | None = None
    for entry in log:
        text = ""
        if entry.party and entry.party != me and entry.kind in ("propose", "accept", "decline", "walk_out"):
            turn = counts[entry.party] = counts.get(entry.party, -1) + 1
            text = " ".join(_sentences(facts, t, entry, other, turn, said))
        if entry.kind in ("propose", "amend"):
            other = entry
        lines.append(text)
    return tuple(lines)


def _sentences(
    facts: Facts, t: Catalogue, entry: Entry, other: Entry | None, turn: int, said: set[str]
) -> Iterator[str]:
    party = entry.party or ""
    leads = _voting(t, party, entry) if facts.single_text else _leads(t, party, _mood(entry, other))
    claims = [_claims(facts, t, party, entry, b) for b in entry.because[:2]] or [_plainly(facts, t, entry, turn)]
    yield _fresh(t, leads, claims[0], turn, said, t("say.round", round=entry.round))
    for more in claims[1:]:
        yield _fresh(t, _texts(t, "say.link.and"), more, turn + 1, said, t("say.round.also", round=entry.round))


def _mood(entry: Entry, other: Entry | None) -> str:
    """yes, near, far, or "" where there is nothing to compare with."""
    if entry.kind == "accept":
        return "yes"
    if other is None or other.package is None or entry.package is None or other.party == entry.party:
        return ""
    return "near" if _alike(entry.package, other.package) >= NEAR else "far"


def _alike(a: Package, b: Package) -> float:
    return sum(x == y for x, y in zip(a, b, strict=True)) / len(a)


def _fresh(t: Catalogue, leads: list[str], claims: list[str], turn: int, said: set[str], last: str) -> str:
    """The first sentence not said yet, beginning with another lead and clause every turn."""
    for k in range(len(leads) * len(claims)):
        lead = leads[(turn + k) % len(leads)]
        claim = claims[(turn + k // len(leads)) % len(claims)]
        sentence = t("say.sentence", lead=lead, claim=claim)
        if sentence not in said:
            break
    else:
        sentence = t("say.sentence", lead=last, claim=claims[turn % len(claims)])
    said.add(sentence)
    return sentence[0].upper() + sentence[1:]


def _leads(t: Catalogue, party: str, mood: str) -> list[str]:
    who = party if t.has(f"say.{party}.any.1") else "plain"
    if mood == "yes":
        return _texts(t, f"say.{who}.yes")
    special = _texts(t, f"say.{who}.{mood}") if mood else []
    return [*special, *_texts(t, f"say.{who}.any")]


def _voting(t: Catalogue, party: str, entry: Entry) -> list[str]:
    """Leads under a single text, where a vote for an amendment is not yet a signature."""
    special = {"accept": "say.vote.yes", "decline": "say.vote.no"}.get(entry.kind)
    return [*(_texts(t, special) if special else []), *_leads(t, party, "")]


def _claims(facts: Facts, t: Catalogue, party: str, entry: Entry, b: Because) -> list[str]:
    who = party if t.has(f"say.{party}.against.1") else "plain"
    words = {"issue": topic(facts, t, b.issue), "level": _level(facts, t, b.issue, b.level)}
    if not b.against:
        kind = "for" if entry.kind == "accept" else "seeks"
    elif b.wanted is None or b.wanted == b.level:
        return [t_(**words) for t_ in _formats(t, "say.claim.refuses")]
    else:
        kind, words["wanted"] = "against", _level(facts, t, b.issue, b.wanted)
    return [t_(**words) for t_ in [*_formats(t, f"say.{who}.{kind}"), *_formats(t, f"say.claim.{kind}")]]


def _plainly(facts: Facts, t: Catalogue, entry: Entry, turn: int) -> list[str]:
    """Clauses for a move without reasons: only what everybody can see."""
    if entry.kind == "walk_out" or entry.package is None:
        return _texts(t, "say.claim.leave")
    named = entry.changes or range(len(entry.package))
    issue = list(named)[turn % len(named)]
    words = {"issue": topic(facts, t, issue), "level": _level(facts, t, issue, entry.package[issue])}
    kind = {"propose": "put", "accept": "pass", "decline": "stay"}[entry.kind]
    return [t_(**words) for t_ in _formats(t, f"say.claim.{kind}")]


def topic(facts: Facts, t: Catalogue, issue: int) -> str:
    """The issue inside a sentence: the air cover, the Black Sea arrangement."""
    label = facts.issues[issue].label
    first = label.split(" ", 1)[0]
    name = first != first.capitalize() or any(w[0].isupper() and label.startswith(w) for w in facts.glossary)
    return t("say.issue", issue=label if name else label[0].lower() + label[1:])


def _level(facts: Facts, t: Catalogue, issue: int, level: int) -> str:
    return t("say.quoted", text=facts.short(issue, level))


def _texts(t: Catalogue, key: str) -> list[str]:
    return [t(k) for k in _numbered(t, key)]


def _formats(t: Catalogue, key: str):
    return [t.texts[k].format for k in _numbered(t, key)]


@lru_cache(maxsize=256)
def _numbered(t: Catalogue, key: str) -> tuple[str, ...]:
    """The keys key.1, key.2 and so on, as far as there are texts."""
    found: list[str] = []
    while t.has(f"{key}.{len(found) + 1}"):
        found.append(f"{key}.{len(found) + 1}")
    return tuple(found)
