"""GeniusWeb JSON: one LinearAdditiveUtilitySpace per party, and a domain file unless the profiles carry their domain.

u(package) = sum over issues of weight x value utility. A numeric value set becomes one level per step, its utilities
interpolated between the two ends. The reservation bid becomes the reservation value u(bid), 0 if there is none; an
issue that it leaves out adds nothing. The format has no discount factor.
"""

from __future__ import annotations

import json
import re
from copy import copy
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np

from ..scenario import Scenario, preferences
from ..scenario.factored import ranking
from ..scenario.ranking import feasible_packages
from ..scenario.utility import GRAIN
from .additive import (
    SAME,
    Domain,
    Profile,
    Theme,
    Unreadable,
    check_domain,
    check_weights,
    decimal,
    exported,
    name_problem,
    numbered,
    tidy,
)
from .problems import Place, Problems, quoted
from .schema import MAX_LEVELS

PROGRAM = "GeniusWeb"
WRAPPER = "LinearAdditiveUtilitySpace"
_KEPT = ("name", "domain", "issueUtilities", "issueWeights", "reservationBid")


class Source:
    """A JSON file: its data (numbers as Decimal), and where a path in it stands as far as that can be told."""

    def __init__(self, data: bytes, shown: str):
        self.shown = shown
        self.above: tuple[str, ...] = ()
        try:
            self.text = data.decode("utf-8-sig")
            self.data = json.loads(
                self.text, object_pairs_hook=self._mapping, parse_float=_read, parse_int=_read, parse_constant=_refuse
            )
        except UnicodeDecodeError:
            raise Unreadable("E02", Place(shown), "the file is not UTF-8", "save it in the encoding UTF-8") from None
        except json.JSONDecodeError as error:
            where = Place(shown, error.lineno, error.colno)
            message = f"this is not valid JSON: {error.msg}"
            raise Unreadable("E03", where, message, "check commas, quotes and brackets") from None
        except RecursionError:
            raise Unreadable("E03", Place(shown), "the nesting is too deep", "flatten it") from None
        except ValueError as error:
            raise Unreadable("E03", Place(shown), str(error), "correct it") from None

    def _mapping(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise Unreadable("E06", Place(self.shown), f"{quoted(twice)} is given twice", "keep one of them")
        return found

    def at(self, path: tuple[str, ...]) -> Place:
        """Where the keys of `path` are written one after the other."""
        position = 0
        for key in (*self.above, *path):
            found = re.compile(re.escape(json.dumps(key, ensure_ascii=False)) + r"\s*:").search(self.text, position)
            if found is None:
                break
            position = found.start()
        line_start = self.text.rfind("\n", 0, position) + 1
        return Place(self.shown, self.text.count("\n", 0, position) + 1, position - line_start + 1)

    def within(self, key: str) -> Source:
        """What stands under a key as a source of its own, its places those in the file."""
        inner = copy(self)
        inner.data, inner.above = self.data[key], (*self.above, key)
        return inner

    def fail(self, code: str, path: tuple[str, ...], message: str, remedy: str) -> Unreadable:
        return Unreadable(code, self.at(path), message, remedy)

    def get(self, path: tuple[str, ...], sort: type = dict) -> Any:
        """What stands at `path`, of the wanted sort. Raises Unreadable."""
        found: Any = self.data
        for n, key in enumerate(path):
            if not isinstance(found, dict) or key not in found:
                owner = ".".join(path[:n]) or "the file"
                raise self.fail("E07", path[:n], f"{owner} has no {quoted(key)}", "add it")
            found = found[key]
        if not isinstance(found, sort):
            wanted = {dict: "a mapping", list: "a list", Decimal: "a number", str: "text"}[sort]
            raise self.fail("E08", path, f"{'.'.join(path) or 'the file'} must hold {wanted}", "correct it")
        return found

    def number(self, path: tuple[str, ...], low: float, high: float) -> Decimal:
        """A number in [low, high]; text that spells one will do. Raises Unreadable."""
        owner = self.get(path[:-1])
        if isinstance(owner.get(path[-1]), str):
            number = decimal(owner[path[-1]], low, high)
        else:
            number = self.get(path, Decimal)
        if number is None or not low <= number <= high:
            message = f"{'.'.join(path)} is {quoted(owner[path[-1]])}, but must be a number from {low:g} to {high:g}"
            raise self.fail("E09", path, message, "correct the number")
        return number


def _read(text: str) -> Decimal:
    number = decimal(text, -1e15, 1e15)
    if number is None:
        raise ValueError(f"the number {text[:40]} is too large or too long")
    return number


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is not a number that can be used")


def kind(source: Source) -> str | None:
    """domain, profile, template (a profile without numbers), or None for other JSON."""
    if not isinstance(source.data, dict):
        return None
    if "issuesValues" in source.data:
        return "domain"
    space = source.data.get(WRAPPER)
    if isinstance(space, dict) and "domain" in space and not space.get("issueUtilities"):
        return "template"
    spaces = any(isinstance(v, dict) and {"issueUtilities", "domain"} & set(v) for v in source.data.values())
    return "profile" if spaces or WRAPPER in source.data else None


def refuse_other(source: Source) -> None:
    """Raises Unreadable for a profile that is no sum of weighted values."""
    if WRAPPER not in source.data:
        top = next(iter(source.data))
        message = f"the profile is of the kind {quoted(top)}; only {WRAPPER} can be read"
        raise source.fail("E09", (top,), message, "choose a domain whose profiles are all of that kind")


def own_domain(source: Source) -> Source | None:
    """The domain that a profile carries, None if it carries none."""
    space = source.data[WRAPPER]
    if isinstance(space, dict) and isinstance(space.get("domain"), dict) and "issuesValues" in space["domain"]:
        return source.within(WRAPPER).within("domain")
    return None


def issue_names(source: Source) -> set[str]:
    """Of a domain, or of the utilities of a profile."""
    if WRAPPER in source.data:
        space = source.data[WRAPPER]
        named = space.get("issueUtilities") if isinstance(space, dict) else None
    else:
        named = source.data["issuesValues"]
    return set(named) if isinstance(named, dict) else set()


def read_domain(source: Source, title: str, problems: Problems) -> Domain:
    """The issues, in the order of the file. Raises Unreadable; adds warnings to `problems`."""
    themes = tuple(_theme(source, name, problems) for name in source.get(("issuesValues",)))
    return check_domain(Domain(title, themes), source.at(("issuesValues",)))


def _theme(source: Source, name: str, problems: Problems) -> Theme:
    path = ("issuesValues", name)
    problem = name_problem(name if tidy(name) else "")
    if problem:
        raise source.fail("E09", path, f"the name of an issue {problem}", "give it a name")
    if "range" in source.get(path):
        return Theme(name, tuple(f"{x.normalize():f}" for x in _steps(source, (*path, "range"))), True)
    values = source.get((*path, "values"), list)
    for value in values:
        problem = name_problem(value if tidy(value) else "") if isinstance(value, str) else "is not text"
        if problem:
            raise source.fail("E09", path, f"a value of {quoted(name)} {problem}", "put a name in quotes")
    if len(set(values)) < len(values):
        twice = next(v for v in values if values.count(v) > 1)
        message = f"the issue {quoted(name)} has the value {quoted(twice)} twice; it counts once"
        problems.add("W15", source.at(path), message, "delete one of them")
    return Theme(name, tuple(dict.fromkeys(values)))


def _steps(source: Source, path: tuple[str, ...]) -> list[Decimal]:
    low, high, step = (source.number((*path, end), -1e12, 1e12) for end in ("low", "high", "step"))
    if step <= 0 or high <= low or (high - low) / step >= MAX_LEVELS:
        message = f"{'.'.join(path)} runs from {low} to {high} by {step}, but needs 2 to {MAX_LEVELS:,} values"
        raise source.fail("E12", path, message, "correct the range, or make its steps coarser")
    return [low + k * step for k in range(int((high - low) / step) + 1)]


def read_profile(source: Source, domain_source: Source, domain: Domain, name: str, problems: Problems) -> Profile:
    """One party's profile on the domain. Raises Unreadable; adds warnings to `problems`."""
    space = source.get((WRAPPER,))
    if isinstance(space.get("domain"), dict):
        own = source.get((WRAPPER, "domain", "issuesValues"))
        if set(own) != {theme.name for theme in domain.issues}:
            message = f"the issues of the profile's domain differ from those of {domain_source.shown}"
            raise source.fail("E10", (WRAPPER, "domain"), message, "choose the domain that belongs to the profile")
    for key in space:
        if key not in _KEPT:
            message = f"{quoted(key)} in the profile has no effect here"
            problems.add("W15", source.at((WRAPPER, key)), message, "leave it so if it is not part of the utilities")
    issues = [theme.name for theme in domain.issues]
    weights = [source.number((WRAPPER, "issueWeights", issue), 0, 1e9) for issue in issues]
    check_weights(weights, source.at((WRAPPER, "issueWeights")), PROGRAM, problems)
    values = [_values(source, domain_source, theme) for theme in domain.issues]
    reservation = _reservation(source, domain, weights, values) if space.get("reservationBid") is not None else 0.0
    return Profile(name, tuple(weights), tuple(tuple(map(float, row)) for row in values), reservation)


def _values(source: Source, domain_source: Source, theme: Theme) -> list[Decimal]:
    path = (WRAPPER, "issueUtilities", theme.name)
    found = source.get(path)
    is_range = "range" in domain_source.data["issuesValues"][theme.name]
    wanted = "NumberValueSetUtilities" if is_range else "DiscreteValueSetUtilities"
    if wanted not in found:
        message = f"{'.'.join(path)} has no {wanted}, which the domain's value set needs"
        raise source.fail("E07", path, message, "add it")
    if not is_range:
        return [source.number((*path, wanted, "valueUtilities", value), 0, 1) for value in theme.values]
    ends_path = (*path, wanted)
    low, high = (source.number((*ends_path, end), -1e12, 1e12) for end in ("lowValue", "highValue"))
    first, last = (source.number((*ends_path, end), 0, 1) for end in ("lowUtility", "highUtility"))
    ends = [domain_source.number(("issuesValues", theme.name, "range", end), -1e12, 1e12) for end in ("low", "high")]
    if [low, high] != ends:
        message = f"{'.'.join(ends_path)} runs from {low} to {high}, the domain's range from {ends[0]} to {ends[1]}"
        raise source.fail("E13", ends_path, message, "give both the same ends")
    return [first + (last - first) * (Decimal(value) - low) / (high - low) for value in theme.values]


def _reservation(source: Source, domain: Domain, weights: list[Decimal], values: list[list[Decimal]]) -> float:
    """u of the reservation bid, rounded down in whole grains so that the bid itself is worth no less than this."""
    path = (WRAPPER, "reservationBid", "issuevalues")
    bid = source.get(path)
    total = 0
    for issue, chosen in bid.items():
        at = next((i for i, theme in enumerate(domain.issues) if theme.name == issue), None)
        if at is None:
            raise source.fail("E10", (*path, issue), f"the domain has no issue {quoted(issue)}", "correct the name")
        theme = domain.issues[at]
        known = [Decimal(v) if isinstance(chosen, Decimal) and theme.ordered else v for v in theme.values]
        if chosen not in known:
            message = f"the issue {quoted(issue)} has no value {quoted(chosen)}"
            raise source.fail("E10", (*path, issue), message, "correct the reservation bid")
        total += int(weights[at] * values[at][known.index(chosen)] * GRAIN)
    return min(total / GRAIN, 1.0)


def write(scenario: Scenario) -> tuple[dict[str, str], list[str]]:
    """File name -> text: the domain, then one profile per party; and what got lost besides, as sentences."""
    domain, profiles = exported(scenario)
    plain = {"name": _simple(scenario.id), "issuesValues": {t.name: {"values": list(t.values)} for t in domain.issues}}
    files, notes = {f"{domain.title}_domain.json": _text(plain)}, []
    if any(p.discount != 1 for p in profiles):
        notes.append("discount factors")
    bids = _reservation_bids(scenario)
    profiles = [_to_one(profile, notes) for profile in profiles]
    for p, (file, profile) in enumerate(zip(numbered([p.name for p in profiles]), profiles, strict=True)):
        rows = zip(domain.issues, profile.values, strict=True)
        space: dict[str, Any] = {
            "issueUtilities": {
                theme.name: {"DiscreteValueSetUtilities": {"valueUtilities": dict(zip(theme.values, row, strict=True))}}
                for theme, row in rows
            },
            "issueWeights": dict(zip((t.name for t in domain.issues), _whole(profile.weights), strict=True)),
            "domain": plain,
            "name": _simple(profile.name),
        }
        if p in bids:
            package, utility = bids[p]
            chosen = {t.name: t.values[k] for t, k in zip(domain.issues, package, strict=True)}
            space["reservationBid"] = {"issuevalues": chosen}
            if abs(utility - profile.reservation) > 1e-9:
                told = f"{profile.reservation:.6g} became {utility:.6g}"
                least = "the least package at or above it" if utility > profile.reservation else "its best package"
                notes.append(f"the reservation value of {profile.name}: it is written as a bid, {least}, so {told}")
        files[f"{file}.json"] = _text({WRAPPER: space})
    return files, notes


def _reservation_bids(scenario: Scenario) -> dict[int, tuple[list[int], float]]:
    """Party index -> (package, utility): the lowest additive utility at or above its reservation > 0."""
    parties = tuple(replace(party, conditions=()) for party in scenario.parties)
    protocol = replace(scenario.protocol, red_lines="penalty")
    plain = preferences(replace(scenario, parties=parties, rules=(), protocol=protocol))
    packages, found = feasible_packages(plain.space), {}
    for p, party in enumerate(parties):
        if party.reservation.value > 0:
            order = ranking(plain.numbers[p], packages)
            chosen, utility, _ = order.at_least(np.array([party.reservation.value]), 0, 1, np.zeros(1, dtype=np.int64))
            found[p] = (chosen[0, 0].tolist(), float(utility[0, 0]))
    return found


def _to_one(profile: Profile, notes: list[str]) -> Profile:
    """The profile with weights that sum to 1, where they sum to more."""
    total = sum(profile.weights, Decimal(0))
    if total <= 1 + SAME:
        return profile
    notes.append(
        f"the weights of {profile.name}, which sum to {float(total):.6g}: they and all utilities are divided by it"
    )
    return replace(profile, weights=tuple(w / total for w in profile.weights))


def _whole(weights: tuple[Decimal, ...]) -> list[float]:
    """The weights as floats whose decimal spelling sums to exactly 1, as GeniusWeb demands."""
    if sum(weights) == 1 and all(Decimal(repr(float(w))) == w for w in weights):
        return [float(w) for w in weights]
    rounded = [round(w, 15) for w in weights]
    largest = rounded.index(max(rounded))
    rounded[largest] += 1 - sum(rounded)
    return [float(w) for w in rounded]


def _simple(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", name)


def _text(data: dict) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
