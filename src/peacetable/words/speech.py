"""What the delegations say: each move of an agent in one or two sentences, made from the reasons it gave.

A sentence is a lead, in the register of the party and by how close the packages are, and a clause about a level from
the reasons, which is called by its phrase or, where it has none, by its short label and the issue. A party that moves
far on an issue none of its reasons is about says so instead of its second reason; one that has the reasons of its move
before is brief. Which words are taken follows from what was said before, so the same minutes always read the same, and
no sentence is said twice in one game.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from ..seat.views import Because, Entry, Facts, Package
from .catalogue import Catalogue

NEAR = 0.6  # share of issues on which two packages agree that counts as close
FAR = 3  # steps between levels that a party does not take without a word


def spoken(facts: Facts, t: Catalogue, log: tuple[Entry, ...], me: str) -> tuple[str, ...]:
    """What was said with each entry of the log, "" where nothing was: events, and the moves of `me`."""
    said: set[str] = set()
    counts = {p.id: n for n, p in enumerate(facts.parties)}  # so that not all begin with the same words
    given: dict[str, tuple[Because, ...]] = {}
    offered: dict[str, Package] = {}
    lines: list[str] = []
    other: Entry | None = None
    for entry in log:
        text = ""
        if entry.party and entry.party != me and entry.kind in ("propose", "sign", "stand", "walk_out"):
            turn = counts[entry.party] = counts[entry.party] + 1
            before, because = given.get(entry.party, ()), entry.because[:2]
            same = bool(because) and set(because) == set(before)
            moved = _moved(facts, entry, offered.get(entry.party), same)
            usual = "any" if moved or not because or because[0] not in before else "brief" if same else "again"
            if moved:
                because = because[:1]
            elif same:
                because = because[turn % len(because) :][:1]
            leads = _leads(facts, t, entry, other, usual)
            claims = [_claims(facts, t, entry, b) for b in because] or [_plainly(facts, t, entry, other, turn)]
            if moved:
                claims.append(_filled(facts, t, ["say.claim.moved"], *moved))
            text = " ".join(_sentences(facts, t, entry, leads, claims, turn, said))
            given[entry.party] = entry.because[:2]
            if entry.kind == "propose" and entry.package is not None:
                offered[entry.party] = entry.package
        if entry.kind in ("propose", "amend"):
            other = entry
        lines.append(text)
    return tuple(lines)


def _sentences(
    facts: Facts, t: Catalogue, entry: Entry, leads: list[str], claims: list[list[str]], turn: int, said: set[str]
) -> Iterator[str]:
    links = _texts(t, "say.link.yes" if entry.kind == "sign" else "say.link")
    words = {"round": entry.round, "party": facts.party(entry.party or "").label}
    yield _fresh(t, leads, claims[0], turn, said, t("say.round", **words))
    for more in claims[1:]:
        yield _fresh(t, links, more, turn + 1, said, t("say.round.also", **words))


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


def _moved(facts: Facts, entry: Entry, before: Package | None, same: bool) -> tuple[int, dict[str, int]] | None:
    """The issue on which a party went furthest from its offer `before`, with its new level and the one before, if it
    went far, has the `same` reasons again or none about what it changed; None where a reason is about this issue."""
    if facts.one_text or entry.kind != "propose" or not entry.changes or not entry.because or before is None:
        return None
    package: Package = entry.package or before
    steps = {i: facts.issues[i].steps(package[i], before[i]) for i in entry.changes}
    most = max(steps, key=lambda i: (steps[i], -i))
    named = {b.issue for b in entry.because[:2]}
    if most in named or (steps[most] < FAR and not same and named & set(entry.changes)):
        return None
    return most, {"level": package[most], "before": before[most]}


# -- leads -----------------------------------------------------------------------------------------------------------


def _leads(facts: Facts, t: Catalogue, entry: Entry, other: Entry | None, kind: str) -> list[str]:
    """How the first sentence may begin. `kind`: any; again where the party gives a reason that it gave in its move
    before; brief where it gives no other."""
    who = _register(t, entry.party)
    usual = _texts(t, f"say.{who}.{kind}")
    if kind == "brief":
        usual += _texts(t, f"say.{who}.again")
    if facts.one_text:  # a vote for an amendment is not yet a signature
        vote = {"sign": "say.vote.yes", "stand": "say.vote.no"}.get(entry.kind)
        return [*_texts(t, vote), *usual] if vote else usual
    mood = _mood(entry, other)
    if mood == "yes":
        return _texts(t, f"say.{who}.yes")
    return [*_texts(t, f"say.{who}.{mood}"), *usual] if mood else usual


def _register(t: Catalogue, party: str | None) -> str:
    return party if party and t.has(f"say.{party}.any.1") else "plain"


def _mood(entry: Entry, other: Entry | None) -> str:
    """yes, near, far, or "" where there is nothing to compare with."""
    if entry.kind == "sign":
        return "yes"
    if other is None or other.package is None or entry.package is None or other.party == entry.party:
        return ""
    return "near" if _alike(entry.package, other.package) >= NEAR else "far"


def _alike(a: Package, b: Package) -> float:
    return sum(x == y for x, y in zip(a, b, strict=True)) / len(a)


# -- clauses ---------------------------------------------------------------------------------------------------------


def _claims(facts: Facts, t: Catalogue, entry: Entry, b: Because) -> list[str]:
    """Every clause for a reason, those of the party's own register first."""
    who = _register(t, entry.party)
    levels = {"level": b.level}
    if b.against and b.wanted is not None and b.wanted != b.level:
        levels["wanted"] = b.wanted
        keys = [f"say.{who}.against", "say.claim.against"]
        if entry.kind == "stand":
            keys = ["say.vote.against", keys[0]]
    elif b.against:
        keys = ["say.claim.refuses"]
    elif entry.kind == "sign":
        keys = ["say.vote.for"] if facts.one_text else [f"say.{who}.for", "say.claim.for"]
    else:
        keys = [f"say.{who}.seeks", "say.claim.seeks"]
    return _filled(facts, t, keys, b.issue, levels)


def _plainly(facts: Facts, t: Catalogue, entry: Entry, other: Entry | None, turn: int) -> list[str]:
    """Clauses for a move without reasons: only what everybody can see."""
    if entry.package is None:
        return _texts(t, "say.claim.leave" if entry.kind == "walk_out" else "say.claim.stand")
    named: tuple[int, ...] | None
    if entry.kind == "propose":
        kind, named = "put", entry.changes or tuple(range(len(entry.package)))
    else:
        amendment = other if facts.one_text and other and other.round == entry.round else None
        kind, named = "pass" if entry.kind == "sign" else "stay", amendment.changes if amendment else None
        if not named:  # a vote for a text that does not change is not yet one for the whole of it
            whole = "no" if kind == "stay" else "same" if amendment else "yes"
            return _texts(t, f"say.claim.whole.{whole}")
    issue = named[turn % len(named)]
    return _filled(facts, t, [f"say.claim.{kind}"], issue, {"level": entry.package[issue]})


def _filled(facts: Facts, t: Catalogue, keys: list[str], issue: int, levels: dict[str, int]) -> list[str]:
    """The patterns of these keys with the levels put in."""
    return [_clause(facts, t, t.texts[k], issue, levels) for key in keys for k in _numbered(t, key)]


def _clause(facts: Facts, t: Catalogue, pattern: str, issue: int, levels: dict[str, int]) -> str:
    """The first level that has no phrase takes the issue with it."""
    words: dict[str, str] = {}
    key = "say.quoted.on"
    for name in sorted(levels, key=lambda n: pattern.find(f"{{{n}}}")):
        level = facts.issues[issue].levels[levels[name]]
        words[name] = level.phrase or t(key, text=level.short, issue=topic(facts, t, issue))
        key = key if level.phrase else "say.quoted"
    return pattern.format(**words)


def topic(facts: Facts, t: Catalogue, issue: int) -> str:
    """The issue inside a sentence: the air cover, the Black Sea arrangement."""
    label = facts.issues[issue].label
    first = label.split(" ", 1)[0]
    name = first != first.capitalize() or any(w[0].isupper() and label.startswith(w) for w in facts.glossary)
    return t("say.issue", issue=label if name else label[0].lower() + label[1:])


def _texts(t: Catalogue, key: str) -> list[str]:
    return [t(k) for k in _numbered(t, key)]


@lru_cache(maxsize=256)
def _numbered(t: Catalogue, key: str) -> tuple[str, ...]:
    """The keys key.1, key.2 and so on, as far as there are texts."""
    found: list[str] = []
    while t.has(f"{key}.{len(found) + 1}"):
        found.append(f"{key}.{len(found) + 1}")
    return tuple(found)
