"""What GENIUS and GeniusWeb files hold, in between: additive utilities over named values, and nothing else.

Both formats define u(package) = sum over issues of weight x value, with values in [0, 1]. A Scenario has saliences, of
which only the shares count, so weights that sum to S < 1 are divided by S and the values multiplied by S: the same
utilities. Weights that sum to S > 1 stay as they are (`weight_sum`), and sums above 1 count as 1.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..scenario import Protocol, Scenario, cells, consent_of
from ..scenario.facts import MAX_WEIGHT_SUM
from ..table.protocols import USUAL
from .names import reserved
from .problems import Place, Problems, quoted
from .schema import MAX_LEVELS

MAX_BYTES = 5_000_000
MAX_ALL_LEVELS = 20_000
MAX_LIST = 100  # characters; longer lists of files are told by their number
SAME = Decimal("1e-12")  # weights that sum to 1 as nearly as this do sum to 1
NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
_CONTROL = re.compile("[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ROUNDS = 60


class Unreadable(Exception):
    """A file cannot be read any further: code, place, message, remedy."""

    def __init__(self, code: str, place: Place, message: str, remedy: str):
        super().__init__(message)
        self.problem = (code, place, message, remedy)


@dataclass(frozen=True)
class Theme:
    """One issue: its name and its values as written. `index`: its number in the file; `low`: of an integer range."""

    name: str
    values: tuple[str, ...]
    ordered: bool = False
    index: str = ""
    low: int | None = None


@dataclass(frozen=True)
class Domain:
    title: str
    issues: tuple[Theme, ...]
    file: str = ""


@dataclass(frozen=True)
class Profile:
    """One party: a weight per issue, a value in [0, 1] for each of its values, u of no agreement, discount factor.

    u(package) = sum of weight x value, and never more than 1.
    """

    name: str
    weights: tuple[Decimal, ...]
    values: tuple[tuple[float, ...], ...]
    reservation: float
    discount: float = 1.0
    file: str = ""


def decimal(text: str, low: float, high: float) -> Decimal | None:
    """The number written, if it is one and lies in [low, high]."""
    text = text.strip()
    if len(text) > 400 or not NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    return number if low <= number <= high else None


def tidy(text: str) -> str:
    """A name on one line, without spaces around."""
    return " ".join(text.split())


def name_problem(text: str) -> str | None:
    """Why this cannot be a name, if it cannot."""
    if not text:
        return "is empty"
    found = _CONTROL.search(text)
    return f"holds the character U+{ord(found[0]):04X}" if found else None


def check_domain(domain: Domain, place: Place) -> Domain:
    """The same domain. Raises Unreadable where it is nothing to negotiate, or too large."""
    if not domain.issues:
        raise Unreadable("E12", place, "the domain has no issue", "add one")
    for issue in domain.issues:
        if not 2 <= len(issue.values) <= MAX_LEVELS:
            message = f"the issue {quoted(issue.name)} has {len(issue.values)} value(s), but needs 2 to {MAX_LEVELS:,}"
            raise Unreadable("E12", place, message, "leave the issue out, or make its steps coarser")
        twice = _twice(issue.values)
        if twice is not None:
            message = f"the issue {quoted(issue.name)} has the value {quoted(twice)} twice"
            raise Unreadable("E11", place, message, "rename or delete one of them")
    twice = _twice([issue.name for issue in domain.issues])
    if twice is not None:
        raise Unreadable("E11", place, f"the issue {quoted(twice)} is there twice", "rename or delete one of them")
    levels = sum(len(issue.values) for issue in domain.issues)
    if levels > MAX_ALL_LEVELS:
        message = f"the domain has {levels:,} values in all, more than {MAX_ALL_LEVELS:,}"
        raise Unreadable("E12", place, message, "make the steps of its ranges coarser")
    return domain


def _twice(names: Sequence[str]) -> str | None:
    seen: set[str] = set()
    return next((n for n in names if n in seen or seen.add(n)), None)  # type: ignore[func-returns-value]


def check_weights(weights: Iterable[Decimal], place: Place, program: str, problems: Problems) -> None:
    """Warns where weights do not sum to 1. Raises Unreadable where all are zero or they sum to more than can be kept.

    A weight above 1 counts here as 1, which is the same where its values are multiplied by it and clipped (`Profile`).
    """
    weights = list(weights)
    total = sum(weights, Decimal(0))
    if float(total) <= 0:
        raise Unreadable("E15", place, "all weights are zero", "say what matters to this party")
    if total < 1 - Decimal("1e-9"):
        message = f"the weights sum to {float(total):.12g}, not to 1, so no package is worth more than that"
        problems.add("W15", place, message, f"make them sum to 1, or leave it so to have the numbers of {program}")
    elif total > 1 + Decimal("1e-9"):
        if sum(min(w, Decimal(1)) for w in weights) > MAX_WEIGHT_SUM:
            message = f"the weights sum to {float(total):.12g}, and at most {MAX_WEIGHT_SUM} can be kept"
            raise Unreadable("E15", place, message, "divide each by their sum, if they are meant as shares")
        message = f"the weights sum to {float(total):.12g}, not to 1; a package that adds up to more than 1 is worth 1"
        problems.add("W15", place, message, f"make them sum to 1, or leave it so to have the numbers of {program}")


def slugs(names: Iterable[str], fallback: str) -> list[str]:
    """An id for each name: lower case letters, digits, - and _, no two alike."""
    found: dict[str, int] = {}
    for n, name in enumerate(names, 1):
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
        plain = re.sub(r"(?<![a-z0-9])-(?=\.?[0-9])", "minus ", plain)
        word = re.sub(r"[^a-z0-9-]+", "_", plain)[:50].strip("_-") or f"{fallback}_{n}"
        unique = word
        while unique in found:
            found[word] += 1
            unique = f"{word}_{found[word]}"
        found[unique] = 1
    return list(found)


def file_slugs(names: Iterable[str], fallback: str) -> list[str]:
    """As `slugs`, and no id is one that cannot be the name of a file."""
    return slugs((f"{n} {fallback}" if reserved(slugs([n], fallback)[0]) else n for n in names), fallback)


def document(domain: Domain, profiles: Sequence[Profile], program: str) -> dict:
    """The resolved scenario as plain data, for `from_document`. Parties stand in the order of the profiles.

    The formats know no dates, so it has none; `imported` says where its numbers come from.
    """
    parties = file_slugs((p.name for p in profiles), "party")
    issues = slugs((i.name for i in domain.issues), "issue")
    levels = [slugs(i.values, "value") for i in domain.issues]
    facts = {
        "format": 1,
        "id": file_slugs([domain.title], "domain")[0],
        "title": domain.title,
        "summary": f"Read from {program} files, which hold numbers only: {len(parties)} parties, {len(issues)} issues.",
        "imported": f"{program} files: {_files(domain, profiles)}",
        "parties": parties,
        "issues": [
            {
                "id": issue,
                "label": theme.name,
                "ordered": theme.ordered,
                "levels": [{"id": k, "label": label} for k, label in zip(ids, theme.values, strict=True)],
            }
            for issue, theme, ids in zip(issues, domain.issues, levels, strict=True)
        ],
        "draw": [],
        "protocol": {"rounds": ROUNDS},
    }
    people = {party: _party(party, profile, issues, levels) for party, profile in zip(parties, profiles, strict=True)}
    return {"variant": "", "scenario": facts, "parties": people, "sources": {}}


def _files(domain: Domain, profiles: Sequence[Profile]) -> str:
    *most, last = (p.file for p in profiles)
    listed = f"{', '.join([domain.file, *most] if domain.file else most)} and {last}"
    short = f"{domain.file} and {len(profiles)} profiles" if domain.file else f"{len(profiles)} profiles"
    return listed if len(listed) <= MAX_LIST else short


def _party(party: str, profile: Profile, issues: list[str], levels: list[list[str]]) -> dict:
    weights = [min(w, Decimal(1)) for w in profile.weights]
    clipped = [float(max(w, Decimal(1))) for w in profile.weights]  # a weight above 1 goes into the values
    total = sum(weights, Decimal(0))
    exact = abs(total - 1) <= SAME
    saliences = [float(100 * (w if exact else w / total)) for w in weights]
    scale = 1.0 if exact or total > 1 else float(total)
    reason = "weight in the profile"
    return {
        "id": party,
        "label": profile.name,
        "role": f"As in the profile {profile.file}.",
        "no_agreement": "No agreement, as the profile values it.",
        "capability": {"value": 50.0, "reason": "the format holds none"},
        "reservation": {"value": profile.reservation, "reason": "as in the profile"},
        "drift": {"value": 0.0, "reason": "the format holds none"},
        "discount": profile.discount,
        "salience": {i: {"value": min(s, 100.0), "reason": reason} for i, s in zip(issues, saliences, strict=True)},
        "values": {
            issue: {level: min(value * scale * factor, 1.0) for level, value in zip(ids, row, strict=True)}
            for issue, ids, row, factor in zip(issues, levels, profile.values, clipped, strict=True)
        },
        **({"weight_sum": float(total)} if total > 1 and not exact else {}),
    }


def exported(scenario: Scenario) -> tuple[Domain, list[Profile]]:
    """The additive part of any scenario at its central values: labels as names, file names as names of profiles."""
    themes = tuple(
        Theme(name, tuple(_names(i.levels)), i.ordered, str(n))
        for n, (i, name) in enumerate(zip(scenario.issues, _names(scenario.issues), strict=True), 1)
    )
    table = cells(scenario).value
    profiles = []
    for p, party in enumerate(scenario.parties):
        values, start = [], 0
        for theme in themes:
            values.append(tuple(table[p, start : start + len(theme.values)].tolist()))
            start += len(theme.values)
        saliences = [Decimal(repr(party.saliences[i].value)) for i in scenario.issue_ids]
        total = sum(saliences, Decimal(0))
        whole = Decimal(repr(party.weight_sum))
        weights = tuple(whole * (s / 100 if abs(total - 100) <= 100 * SAME else s / total) for s in saliences)
        name = _file_name(party.label, party.id)
        profiles.append(Profile(name, weights, tuple(values), party.reservation.value, party.discount))
    return Domain(_file_name(scenario.title, scenario.id), themes), profiles


def _file_name(label: str, name: str) -> str:
    """The label where its file name gives the same id again and any system takes it, else the id."""
    same = re.fullmatch(r"[A-Za-z0-9_-]{1,60}", label) and slugs([label], "") == [name]
    return label if same and not reserved(label) else name


def _names(items: Sequence) -> list[str]:
    """Labels as names that both formats can write, no two alike."""
    found: list[str] = []
    for item in items:
        name = tidy(_CONTROL.sub(" ", item.label)) or item.id
        if name in found:
            name = f"{name} ({item.id})"
        found.append(name if name not in found else item.id)
    return found


def numbered(names: Sequence[str]) -> list[str]:
    """File names that sort in the order given: as they are if they do, else with a number in front."""
    if sorted(names, key=natural) == list(names):
        return list(names)
    width = len(str(len(names)))
    return [f"{n:0{width}d}-{name}" for n, name in enumerate(names, 1)]


def unnumbered(names: Sequence[str]) -> list[str]:
    """The names without the number in front, if that is what `numbered` wrote."""
    bare = [re.fullmatch(r"([0-9]+)-(.+)", name) for name in names]
    if all(m and int(m[1]) == n for n, m in enumerate(bare, 1)):
        return [m[2] for m in bare if m]
    return list(names)


def natural(name: str) -> tuple:
    """Sorts util2 before util10."""
    return tuple(
        (int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"([0-9]+)", name.lower()) if part
    )


def losses(scenario: Scenario) -> list[str]:
    """What neither GENIUS nor GeniusWeb can hold of this scenario, one sentence each."""
    parties, protocol = scenario.parties, scenario.protocol
    positions = [p for party in parties for p in party.positions.values()]
    stated = [p for p in positions if p.value is None]
    assumed = int(cells(scenario).assumed.sum())
    ranges = any(
        j.low != j.high for party in parties for j in (*party.saliences.values(), party.reservation) if scenario.draw
    )
    partial = [level for i in scenario.issues for level in i.levels if set(level.needs) != set(scenario.party_ids)]
    listed = (
        (stated, f"{len(stated)} stances with their basis and sources: their values are written as plain numbers"),
        (assumed, f"{assumed} values are assumed here; in the files they look like stated ones"),
        (ranges, "the ranges of saliences and reservation values: the central ones are written"),
        (any(p.stance == "red_line" for p in positions), "red lines: they are values like any other, not a veto"),
        (any(p.conditions for p in parties), "conditions: utilities differ where one holds"),
        (scenario.rules, "rules: packages that make no sense here can be offered there"),
        (scenario.events, "events"),
        (any(p.drift.value for p in parties), "the drift of reservation values"),
        (partial or not consent_of(scenario).unanimous, "whose signature a level needs: every party must agree"),
        (
            stated or protocol != Protocol(USUAL, ROUNDS),
            "strategies, protocol, capabilities, texts",
        ),
        (_renamed(scenario), "ids: they are made anew from the labels when the files are read back"),
    )
    return [sentence for lost, sentence in listed if lost]


def _renamed(scenario: Scenario) -> bool:
    domain, _ = exported(scenario)
    if slugs((t.name for t in domain.issues), "issue") != list(scenario.issue_ids):
        return True
    pairs = zip(domain.issues, scenario.issues, strict=True)
    return any(slugs(t.values, "value") != [k.id for k in issue.levels] for t, issue in pairs)
