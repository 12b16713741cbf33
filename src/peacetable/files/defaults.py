"""What a file may leave out: filled in, and mappings put in order."""

from __future__ import annotations

import os.path
from collections.abc import Mapping

from ..scenario import CONSENTS
from ..scenario.facts import DRAWS, PARTS, STANCE_VALUES
from .schema import EVERYBODY


def with_defaults(scenario: dict, parties: dict[str, dict]) -> None:
    """Fill in what a file may leave out and put mappings in the scenario's or in alphabetical order, in place."""
    everyone = scenario["parties"]
    scenario["stance_values"] = {**STANCE_VALUES, **scenario["stance_values"]}
    scenario["draw"] = [name for name in DRAWS if name in scenario["draw"]]
    protocol = scenario["protocol"]
    if CONSENTS[protocol["consent"]].by_quorum and not protocol["quorum"]:
        protocol["quorum"] = len(everyone) // 2 + 1
    for issue in scenario["issues"]:
        issue["ordered"] |= bool(issue["order"])
        fill_shorts(issue["levels"], 16)
        for level in issue["levels"]:
            level["needs"] = in_order(dict.fromkeys(level.get("needs", everyone)), everyone)
    fill_shorts(scenario["issues"], 14)
    scenario["glossary"] = dict(sorted(scenario["glossary"].items()))
    issues = [issue["id"] for issue in scenario["issues"]]
    levels = {issue["id"]: [level["id"] for level in issue["levels"]] for issue in scenario["issues"]}
    for rule in scenario["rules"]:
        rule["forbid"] = [_levels_in_order(forbid, levels) for forbid in rule["forbid"]]
    for event in scenario["events"]:
        for name in ("reservation", "salience"):
            given = event[name]
            if EVERYBODY in given:  # short for every party; a party named beside it keeps its own
                given = dict.fromkeys(everyone, given[EVERYBODY]) | {k: v for k, v in given.items() if k != EVERYBODY}
            event[name] = {who: given[who] for who in in_order(given, everyone)}
        event["close"] = _levels_in_order(event["close"], levels)
    fill_shorts([parties[name] for name in everyone], 14)
    for party in parties.values():
        party["salience"] = {i: party["salience"][i] for i in in_order(party["salience"], issues)}
        party["positions"] = {issue: spread(cells) for issue, cells in party["positions"].items()}
        for name in ("positions", "values"):
            cells = party[name]
            party[name] = {
                i: {k: cells[i][k] for k in in_order(cells[i], levels.get(i, []))} for i in in_order(cells, issues)
            }
        for condition in party["conditions"]:
            condition["when"] = _levels_in_order(condition["when"], levels)
        for demand in party["demands"]:
            demand["refuses"] = _levels_in_order(demand["refuses"], levels)
        for part in PARTS:
            party["strategy"][part] = dict(sorted(party["strategy"][part].items()))


def spread(cells: dict[str, dict]) -> dict[str, dict]:
    """The cells of an issue with those that a categorical statement reaches, `over`; a level's own cell goes before."""
    found = dict(cells)
    for cell in cells.values():
        for level in cell["over"]:
            found.setdefault(level, {**cell, "over": []})
    return found


def fill_shorts(items: list[dict], room: int) -> None:
    """A short label of at most `room` characters where none is given: the label's first words, no two alike."""
    taken = {item["short"] for item in items if "short" in item}
    bare = [item for item in items if "short" not in item]
    labels = [" ".join(item["label"].split()) for item in bare]
    cuts = [first_words(label, room) for label in labels]
    twins: dict[str, list[list[str]]] = {}
    for label, cut in zip(labels, cuts, strict=True):
        twins.setdefault(cut, []).append(label.split())
    # words that all of them begin with do not tell them apart
    shared = {cut: len(os.path.commonprefix(words)) for cut, words in twins.items()}
    left = {cut: len(words) > 1 and 0 < shared[cut] < min(map(len, words)) for cut, words in twins.items()}
    numbers: dict[str, int] = {}
    for item, label, cut in zip(bare, labels, cuts, strict=True):
        if left[cut]:
            cut = f"…{first_words(' '.join(label.split()[shared[cut] :]), room - 1)}"
        short, number = cut, numbers.get(cut, 1)
        while short in taken:
            number += 1
            short = f"{first_words(cut, room - len(f' {number}'))} {number}"
        item["short"], numbers[cut] = short, number
        taken.add(short)


def first_words(text: str, room: int) -> str:
    """As many whole words as fit in `room` characters, an ellipsis for the rest; a first word too long is cut."""
    if len(text) <= room:
        return text
    words = text[:room].rpartition(" ")[0].rstrip(" ,;:.-–(&…")
    return f"{words or text[: room - 1]}…"


def _levels_in_order(chosen: dict, levels: dict) -> dict:
    return {i: in_order(dict.fromkeys(chosen[i]), levels.get(i, [])) for i in in_order(chosen, list(levels))}


def in_order(names: Mapping | list, order: list) -> list:
    """The names in the given order; unknown ones last."""
    there, known = set(names), set(order)
    return [*dict.fromkeys(name for name in order if name in there), *(name for name in names if name not in known)]
