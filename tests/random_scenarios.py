"""Random scenarios as folders of YAML, shipped ones with mistakes put in, and what must hold of every folder.

What `check` passes, every command takes; what `check` refuses, is refused with a sentence, a place and a remedy.
Everything follows from the seed that is handed in.
"""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner

from make import seat_of
from peacetable.analysis import explain
from peacetable.cli import group
from peacetable.cli.common import strategy_errors
from peacetable.errors import PeacetableError, ScenarioError, ScenarioWarning
from peacetable.experiments.runner import rows
from peacetable.files import Problem, check, configs_dir, load, targets
from peacetable.scenario import BASES, CONSENTS, STANCES, Scenario
from peacetable.scenario.facts import DRAWS, ORDERS, READINGS
from peacetable.seat.session import Session
from peacetable.strategies import COMPONENTS
from peacetable.table.protocols import PROTOCOLS

WORDS = ("harbour", "Île-Zürich", "Львів", "northern road", "fish [all]", "fees: 3 %", "#1 and 'more'", "山", "a, b")
LARGEST = 4_000  # packages, but for a few with some millions
TABLES = 20

# -- random scenarios --------------------------------------------------------------------------------------------------


def write_random(seed: int, folder: Path) -> Path:
    """A random scenario in `folder`, which is made and whose name becomes its id."""
    rng = random.Random(f"scenario {seed}")
    for name, data in documents(rng, folder.name).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        plain = rng.random() < 0.2
        text = json.dumps(data, ensure_ascii=False, indent=1) if plain else yaml.safe_dump(data, **_style(rng))
        path.write_text(text, encoding="utf-8", newline=rng.choice(["\n", "\r\n"]))
    return folder


def _style(rng: random.Random) -> dict:
    return {"sort_keys": rng.random() < 0.3, "allow_unicode": rng.random() < 0.7, "width": rng.choice([40, 110])}


def documents(rng: random.Random, name: str) -> dict[str, dict]:
    """A random scenario as {file: what it holds}; `name` is its id."""
    parties = _ids(rng, 1 if rng.random() < 0.02 else rng.choice([2, 2, 3, 4, 5, 6, 7, 8]), "p")
    issues = _issues(rng, parties)
    levels = {issue["id"]: [level["id"] for level in issue["levels"]] for issue in issues}
    sources = {f"S{n}": _source(rng) for n in range(rng.randint(0, 4))}
    scenario: dict[str, Any] = {
        "format": 1, "id": name, "title": _text(rng), "summary": _text(rng), "parties": parties, "issues": issues,
    }  # fmt: skip
    scenario |= {"fictional": True} if rng.random() < 0.3 else {"anchor": "2024-05-01", "cutoff": "2024-05-31"}
    conditions = {party: [_condition(rng, k, levels) for k in range(rng.choice([0, 0, 1, 3]))] for party in parties}
    described = {party: _party(rng, party, levels, list(sources), conditions[party]) for party in parties}
    maybe(rng, scenario, "protocol", lambda: _protocol(rng, parties), 0.9)
    maybe(rng, scenario, "draw", lambda: rng.sample(DRAWS, rng.randint(0, len(DRAWS))))
    maybe(rng, scenario, "prior", lambda: dict(zip(("low", "high"), _sorted(rng, 2), strict=True)))
    maybe(rng, scenario, "stance_values", lambda: _stance_values(rng))
    maybe(rng, scenario, "glossary", lambda: {_text(rng): _text(rng)})
    rules = _tight_rules if rng.random() < 0.2 else _rules
    maybe(rng, scenario, "rules", lambda: rules(rng, levels))
    rounds = scenario.get("protocol", {}).get("rounds", 20)
    maybe(rng, scenario, "events", lambda: [_event(rng, k, parties, levels, rounds) for k in range(rng.randint(0, 4))])
    _later_keys(random.Random(rng.random()), scenario, described, levels, sources)
    files: dict[str, dict] = {"scenario.yaml": scenario, "sources.yaml": sources}
    files |= {f"parties/{party}.yaml": data for party, data in described.items()}
    for n in range(rng.choice([0, 0, 1, 2])):
        files[f"variants/v{n}.yaml"] = _variant(rng, described, levels, list(sources))
    return files


def _later_keys(
    rng: random.Random, scenario: dict, parties: dict[str, dict], levels: dict[str, list[str]], sources: dict
) -> None:
    """Orders in part, statements over several levels, silences, demands, facts, topics, ranges of what events add,
    lists of what is forbidden, and a draft."""
    maybe(rng, scenario, "demands", lambda: rng.choice(READINGS), 0.4)
    maybe(rng, scenario, "background", lambda: [{"id": f"f{n}", "text": _text(rng)} for n in range(2)], 0.3)
    for issue in scenario["issues"]:
        if rng.random() < 0.3 and len(issue["levels"]) > 1:
            issue.pop("ordered", None)
            issue["order"] = rng.sample(levels[issue["id"]], rng.randint(2, len(levels[issue["id"]])))
    for party in parties.values():
        for issue, cells in party.get("positions", {}).items():
            covered = False  # by one statement at most: two that differ may not cover the same level
            for level, cell in list(cells.items()):
                given = party["values"].get(issue, {})
                if rng.random() < 0.1:
                    cells[level] = "unstated"
                elif rng.random() < 0.1 and not covered:
                    covered = True
                    reached = rng.sample(levels[issue], rng.randint(1, len(levels[issue])))
                    full = cell if isinstance(cell, dict) else {"stance": cell}
                    cells[level] = {**full, "over": [k for k in reached if k not in given]}
        demands = [_demand(rng, n, levels) for n in range(rng.choice([0, 0, 1, 2]))]
        spent = sum(abs(item.get("change", 0)) for item in (*party.get("conditions", ()), *demands))
        if demands and spent < 0.5:
            party["demands"] = demands
    for event in scenario.get("events", ()):
        for who, change in event.get("reservation", {}).items():
            if rng.random() < 0.4:
                event["reservation"][who] = {"value": change, "range": [max(change - 0.1, -1), min(change + 0.1, 1)]}
    for rule in scenario.get("rules", ()):
        if rng.random() < 0.2:
            rule["forbid"] = [rule["forbid"]]
    for source in sources.values():
        maybe(rng, source, "topics", lambda: rng.sample(list(levels), rng.randint(0, len(levels))), 0.3)
    protocol = scenario.get("protocol", {})
    if protocol.get("name") == "single_text" and rng.random() < 0.4:
        protocol["draft"] = {issue: rng.choice(names) for issue, names in levels.items()}


def _demand(rng: random.Random, number: int, levels: dict[str, list[str]]) -> dict:
    found = {"id": f"d{number}", "says": _text(rng), "refuses": _some_levels(rng, levels, 2)}
    maybe(rng, found, "change", lambda: round(rng.uniform(-0.1, 0.0), 3))
    maybe(rng, found, "as", lambda: rng.choice(READINGS), 0.2)
    return found


def maybe(rng: random.Random, data: dict, key: str, make: Callable[[], Any], chance: float = 0.5) -> None:
    if rng.random() < chance:
        data[key] = make()


def _ids(rng: random.Random, count: int, letter: str) -> list[str]:
    plain = [f"{letter}{n}" for n in range(count)]
    if rng.random() < 0.2:
        odd = ["85", "true", "null", "2025-08-20", "no", "x" * 60, "a-b_c", "yes", "0"]
        odd += ["range", "sources", "value", "id", "name", "draw", "protocol", "parties", "scenario", "round", "table"]
        plain[: min(count, 3)] = rng.sample(odd, min(count, 3))
    return plain


def _text(rng: random.Random) -> str:
    return " ".join(rng.sample(WORDS, rng.randint(1, 3)))


def _source(rng: random.Random) -> dict:
    found = {"speaker": _text(rng), "date": rng.choice(["2024-04-02", "2024-03", "2023", "about 2024-01"])}
    return found | {"stated": _text(rng), "reliability": rng.choice("ABCD")}


def _sorted(rng: random.Random, count: int, low: float = 0.0, high: float = 1.0) -> list[float]:
    return sorted(round(rng.uniform(low, high), rng.choice([0, 1, 3])) for _ in range(count))


def _issues(rng: random.Random, parties: list[str]) -> list[dict]:
    large = rng.random() < 0.04
    issues, size = [], 1
    for name in _ids(rng, 8 if large else rng.randint(1, 8), "i"):
        count = rng.choice([6, 7] if large else [2, 2, 3, 3, 4, 5, 8])
        if size * count > LARGEST and not large:
            break
        size *= count
        levels = []
        for k in _ids(rng, count, "l"):
            level = {"id": k, "label": _text(rng)}
            maybe(rng, level, "short", lambda: _text(rng)[:16].strip(), 0.1)
            maybe(rng, level, "phrase", lambda: _text(rng)[:50].strip(), 0.2)
            maybe(rng, level, "needs", lambda: rng.sample(parties, rng.randint(1, len(parties))), 0.3)
            levels.append(level)
        issue = {"id": name, "label": _text(rng), "levels": levels}
        maybe(rng, issue, "ordered", lambda: rng.random() < 0.5)
        maybe(rng, issue, "about", lambda: _text(rng), 0.2)
        issues.append(issue)
    return issues


def _some_levels(rng: random.Random, levels: dict[str, list[str]], most: int = 3) -> dict[str, list[str]]:
    chosen = rng.sample(list(levels), min(len(levels), rng.randint(1, most)))
    return {issue: rng.sample(levels[issue], rng.randint(1, max(1, len(levels[issue]) - 1))) for issue in chosen}


def _protocol(rng: random.Random, parties: list[str]) -> dict:
    found: dict[str, Any] = {"rounds": rng.choice([1, 2, 3, 5, 8])}
    maybe(rng, found, "name", lambda: rng.choice([*PROTOCOLS]), 0.8)
    maybe(rng, found, "consent", lambda: rng.choice(list(CONSENTS)), 0.8)
    maybe(rng, found, "order", lambda: rng.choice(ORDERS))
    maybe(rng, found, "red_lines", lambda: rng.choice(["veto", "penalty"]))
    if found.get("consent") == "quorum":
        found["quorum"] = rng.randint(2, max(2, len(parties)))
        maybe(rng, found, "vetoes", lambda: rng.sample(parties, rng.randint(0, found["quorum"] - 1) % len(parties)))
    if found.get("name") == "single_text":
        maybe(rng, found, "mediator", lambda: rng.choice(parties))
        maybe(rng, found, "temperature", lambda: rng.choice([0, 0.1, 1.0]))
    maybe(rng, found, "soundings", lambda: rng.choice([0, 1, 5]), 0.3)
    return found


def _rules(rng: random.Random, levels: dict[str, list[str]]) -> list[dict]:
    forbidden = [_some_levels(rng, levels) for _ in range(rng.randint(0, 3))]
    return [{"id": f"r{n}", "forbid": levels, "reason": _text(rng)} for n, levels in enumerate(forbidden)]


def _tight_rules(rng: random.Random, levels: dict[str, list[str]]) -> list[dict]:
    """Rules under which few packages make sense, one at least."""
    kept = {issue: rng.choice(names) for issue, names in levels.items()}
    found = []
    for n in range(rng.randint(5, 15)):
        forbid = _some_levels(rng, levels)
        left_out = rng.choice(list(forbid))
        forbid[left_out] = [level for level in levels[left_out] if level != kept[left_out]]
        found.append({"id": f"r{n}", "forbid": forbid, "reason": _text(rng)})
    return found


def _condition(rng: random.Random, number: int, levels: dict[str, list[str]]) -> dict:
    change = round(rng.uniform(-0.16, 0.16), 3)
    found = {"id": f"c{number}", "when": _some_levels(rng, levels), "change": change, "reason": _text(rng)}
    maybe(rng, found, "range", lambda: [max(change - 0.1, -1), min(change + 0.2, 1)])
    return found


def _event(rng: random.Random, number: int, parties: list[str], levels: dict[str, list[str]], rounds: int) -> dict:
    found: dict[str, Any] = {"id": f"e{number}", "label": _text(rng), "text": _text(rng)}
    if rng.random() < 0.5:
        found["round"] = rng.randint(1, rounds)
    else:
        found["probability"] = rng.choice([0.001, 0.3, 1.0])
        maybe(rng, found, "after", lambda: rng.randint(1, rounds), 0.4)
    everyone = [*parties, "all"]
    kinds: dict[str, Callable[[], Any]] = {
        "reservation": lambda: {who: rng.choice([-1.0, -0.1, 0.02, 0.5]) for who in rng.sample(everyone, 1)},
        "rounds": lambda: rng.choice([-10_000, -2, -1, 1, 3]),
        "salience": lambda: {rng.choice(everyone): {rng.choice(list(levels)): rng.choice([0.001, 0.5, 2, 100])}},
        "close": lambda: _some_levels(rng, levels, 1),
    }
    for kind in rng.sample(list(kinds), rng.choice([1, 1, 2, 4])):
        found[kind] = kinds[kind]()
    return found


def _judged(rng: random.Random, low: float, high: float) -> Any:
    bottom, value, top = _sorted(rng, 3, low, high)
    if rng.random() < 0.2:
        return value
    found: dict[str, Any] = {"value": value}
    maybe(rng, found, "range", lambda: [bottom, top], 0.7)
    maybe(rng, found, "reason", lambda: _text(rng))
    return found


def _party(
    rng: random.Random, name: str, levels: dict[str, list[str]], sources: list[str], conditions: list[dict]
) -> dict:
    salience = {issue: _judged(rng, 0, 100) for issue in levels}
    salience[rng.choice(list(levels))] = {"value": 50}
    found: dict[str, Any] = {
        "id": name, "label": _text(rng), "role": _text(rng), "no_agreement": _text(rng),
        "capability": _judged(rng, 0, 100), "reservation": _judged(rng, 0, rng.choice([0.3, 1.0])),
        "salience": salience,
    }  # fmt: skip
    positions: dict[str, dict] = {}
    values: dict[str, dict] = {}
    for issue, names in levels.items():
        for level in names:
            pick = rng.random()
            if pick < 0.5:
                basis = rng.choice(BASES) if sources else "assumed"
                stance = rng.choice(STANCES[:-1] if rng.random() < 0.9 else STANCES)
                cell = {"stance": stance, "basis": basis}
                if basis != "assumed":
                    cell["sources"] = rng.sample(sources, rng.randint(1, len(sources)))
                positions.setdefault(issue, {})[level] = stance if basis == "assumed" else cell
            elif pick < 0.65:
                values.setdefault(issue, {})[level] = rng.choice([0, 1, 0.25, round(rng.random(), 6)])
    found |= {"positions": positions, "values": values} if rng.random() < 0.9 else {}
    if conditions and sum(abs(c["change"]) for c in conditions) < 0.5:
        found["conditions"] = conditions
    maybe(rng, found, "short", lambda: _text(rng)[:14].strip(), 0.2)
    maybe(rng, found, "goals", lambda: [_text(rng)])
    maybe(rng, found, "drift", lambda: _judged(rng, *rng.choice([(-0.01, 0.01), (-1, 1)])), 0.3)
    maybe(rng, found, "discount", lambda: rng.choice([0.01, 0.5, 1]), 0.3)
    maybe(rng, found, "candour", lambda: _judged(rng, 0, 1), 0.3)
    maybe(rng, found, "strategy", lambda: _strategy(rng), 0.8)
    return found


def _strategy(rng: random.Random) -> Any:
    parts = {}
    for kind, chance in (("bidding", 0.9), ("acceptance", 0.6), ("opponent_model", 0.6)):
        maybe(rng, parts, kind, lambda: _part(rng, kind), chance)  # noqa: B023  called at once
    if rng.random() < 0.2 and "bidding" in parts:
        return parts["bidding"]["name"]
    return parts


def _part(rng: random.Random, kind: str) -> dict:
    chosen = rng.choice([c for c in COMPONENTS if c.kind == kind])
    found: dict[str, Any] = {"name": chosen.name}
    for name, param in chosen.params.items():
        if rng.random() < 0.4:
            if param.choices:
                found[name] = rng.choice(param.choices)
            else:
                low, high = param.low, param.high
                middle = (
                    round(rng.uniform(low, high), 4) if isinstance(param.default, float) else rng.randint(low, high)
                )
                found[name] = rng.choice([low, high, middle])
    return found


def _stance_values(rng: random.Random) -> dict[str, float]:
    return dict(zip(STANCES, reversed(_sorted(rng, len(STANCES))), strict=True))


def _variant(rng: random.Random, parties: dict[str, dict], levels: dict[str, list[str]], sources: list[str]) -> dict:
    changes: dict[str, Any] = {}
    if rng.random() < 0.5:
        changes["scenario"] = {"protocol": _protocol(rng, list(parties))}
        maybe(rng, changes["scenario"], "rules", lambda: _rules(rng, levels), 0.3)
    who = rng.choice(list(parties))
    strategy = _strategy(rng) if rng.random() < 0.7 else rng.choice(["micro", "linear"])
    changes["parties"] = {who: {"reservation": {"value": 0.4, "range": [0.4, 0.5]}, "strategy": strategy}}
    return {"label": _text(rng), "reason": _text(rng), "sources": sources[:1], "changes": changes}


# -- mistakes ----------------------------------------------------------------------------------------------------------

VALUES = (
    None, [], {}, "", " ", 0, -1, 1, 2, 1.5, -0.01, 1e9, 10**15, 1e-300, True, "yes", "2025-13-45", "ünïcödé ☮",
    "x" * 300, ["a", "a"], [[]], {"a": {}}, "all", "package", "\u202e", "\u0000", "[bold]x[/]", "[/x]", "\x1b[31m",
)  # fmt: skip


def write_mutated(seed: int, folder: Path, shipped: str) -> tuple[Path, list[str]]:
    """A copy of a shipped scenario in `folder` with one to three mistakes, and what they are, in words."""
    rng = random.Random(f"mutation {seed}")
    shutil.copytree(configs_dir() / "scenarios" / shipped, folder)
    done = []
    for _ in range(rng.randint(1, 3)):
        paths = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".md")
        if paths:
            mistake = rng.choices([_alike, _in_value, _in_key, _in_text, _of_file], [12, 3, 3, 2, 1])[0]
            done.append(mistake(rng, rng.choice(paths), folder))
    return folder, done


def _of_file(rng: random.Random, path: Path, folder: Path) -> str:
    what = rng.choice(["deleted", "renamed", "copied", "emptied", "cut"])
    other = path.with_name(rng.choice(["other.yaml", path.stem + ".yml", path.stem.upper() + ".yaml", "é ü.yaml"]))
    if what == "deleted":
        path.unlink()
    elif what == "renamed" and not other.exists():
        path.rename(other)
    elif what == "copied":
        shutil.copy(path, other)
    else:
        text = path.read_bytes()
        path.write_bytes(text[: rng.randint(0, len(text)) if what == "cut" else 0])
    return f"{path.relative_to(folder)} {what}"


def _in_text(rng: random.Random, path: Path, folder: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    n = rng.randrange(len(lines))
    what = rng.choice(["line cut", "line doubled", "character cut", "character put in", "indented", "lines swapped"])
    if what == "line cut":
        del lines[n]
    elif what == "line doubled":
        lines.insert(n, lines[n])
    elif what == "indented":
        lines[n] = rng.choice([" ", "  ", "\t"]) + lines[n]
    elif what == "lines swapped":
        m = rng.randrange(len(lines))
        lines[n], lines[m] = lines[m], lines[n]
    else:
        at = rng.randint(0, len(lines[n]))
        put = "" if what == "character cut" else rng.choice("\t\"'{}[]:,#&*!|>%@`é\u2028\ufeff\x85-0")
        lines[n] = lines[n][:at] + put + lines[n][at + (not put) :]
    path.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    return f"{path.relative_to(folder)}:{n + 1}: {what}"


def _pairs(node: yaml.Node | None) -> Iterator[tuple[yaml.Node | None, yaml.Node]]:
    """(key or None, value) for everything inside the node."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key, value
            yield from _pairs(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield None, value
            yield from _pairs(value)


def _nodes(path: Path) -> tuple[str, list[tuple[yaml.Node | None, yaml.Node]]]:
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        return text, list(_pairs(yaml.compose(text, Loader=yaml.SafeLoader)))
    except (yaml.YAMLError, ValueError):
        return text, []


def _span(text: str, node: yaml.Node) -> tuple[int, int]:
    start, end = node.start_mark.index, node.end_mark.index
    return start, start + len(text[start:end].rstrip())


def _replaced(path: Path, text: str, start: int, end: int, new: str, folder: Path, line: int) -> str:
    path.write_text(text[:start] + new + text[end:], encoding="utf-8", newline="\n", errors="replace")
    return f"{path.relative_to(folder)}:{line + 1}: {text[start:end][:40]!r} -> {new[:40]!r}"


def _in_value(rng: random.Random, path: Path, folder: Path) -> str:
    text, pairs = _nodes(path)
    if not pairs:
        return _in_text(rng, path, folder)
    _, value = rng.choice(pairs)
    start, end = _span(text, value)
    old = text[start:end]
    scalars = [text[slice(*_span(text, v))] for _, v in pairs if isinstance(v, yaml.ScalarNode)]
    if isinstance(value, yaml.ScalarNode) and rng.random() < 0.5:
        new = rng.choice([_misspelt(rng, old), rng.choice(scalars), f"[{old}]", f"{{value: {old}}}"])
        if "\n" in new:
            new = json.dumps(new)
    else:
        new = json.dumps(rng.choice(VALUES), ensure_ascii=rng.random() < 0.5)
    return _replaced(path, text, start, end, new, folder, value.start_mark.line)


def _alike(rng: random.Random, path: Path, folder: Path) -> str:
    """What one may well mean: another number, the value that stands elsewhere under the same name, no entry."""
    text, pairs = _nodes(path)
    keyed = [(key, value) for key, value in pairs if key is not None]
    if not keyed:
        return _in_text(rng, path, folder)
    key, value = rng.choice(keyed)
    start, end = _span(text, value)
    others = {text[slice(*_span(text, v))] for k, v in keyed if k.value == key.value}
    number = value.tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
    if number and rng.random() < 0.5:
        new = f"{float(value.value) * rng.choice([0, 0.5, 0.99, 1.01, 1.5, 10]):g}"
    elif isinstance(value, yaml.SequenceNode) and rng.random() < 0.7:
        parts = [text[slice(*_span(text, v))] for v in value.value]
        new = f"[{', '.join(rng.sample(parts, rng.randint(0, len(parts))))}]"
    else:
        new = rng.choice(sorted(others))
    return _replaced(path, text, start, end, new, folder, value.start_mark.line)


def _in_key(rng: random.Random, path: Path, folder: Path) -> str:
    text, pairs = _nodes(path)
    keyed = [(key, value) for key, value in pairs if key is not None]
    if not keyed:
        return _in_text(rng, path, folder)
    key, value = rng.choice(keyed)
    start, end = _span(text, key)
    if rng.random() < 0.4:  # the whole entry, and the comma after it
        end = _span(text, value)[1]
        end += len(text[end:]) - len(text[end:].lstrip(" ,")) if text[end : end + 1] == "," else 0
        return _replaced(path, text, start, end, "", folder, key.start_mark.line)
    names = [text[slice(*_span(text, k))] for k, _ in keyed]
    new = rng.choice([_misspelt(rng, text[start:end]), rng.choice(names), "all", '"Ünï cödé"', "null", "[a]", "12"])
    return _replaced(path, text, start, end, new, folder, key.start_mark.line)


def _misspelt(rng: random.Random, word: str) -> str:
    at = rng.randrange(len(word)) if word else 0
    return rng.choice([word[:at] + word[at + 1 :], word[:at] + rng.choice("x9_é-") + word[at:], word.upper()]) or "x"


# -- what must hold ----------------------------------------------------------------------------------------------------


def failures(folder: Path, seed: int, work: Path) -> tuple[bool, list[str]]:
    """Whether `check` passes the scenario in `folder` with all its variants, and everything that does not hold of it.

    `work`: an empty folder to write to. Of a scenario with variants one, chosen by the seed, goes through every
    command.
    """
    found: list[str] = []
    problems = _attempt(found, "check", lambda: check(folder, extra=strategy_errors)[1]) or []
    if found:
        return False, found
    found += [sentence for problem in problems for sentence in badly_told(problem)]
    names = [f"{t.folder}@{t.variant}" if t.variant else str(t.folder) for t in targets(folder)[0]]
    refused = 0
    scenarios = []
    for name in names or [str(folder)]:
        try:
            scenarios.append((name, load(name, extra=strategy_errors)))
        except ScenarioError:
            refused += 1
        except Exception as error:
            found.append(f"load {name}: {_said(error)}")
    together = "+".join(t.variant for t in targets(folder)[0] if t.variant)
    if "+" in together:  # check says nothing of variants together
        with contextlib.suppress(ScenarioError):
            scenarios.append((f"{folder}@{together}", load(f"{folder}@{together}", extra=strategy_errors)))
    clean = not any(p.severity == "error" for p in problems)
    if clean and refused:
        found.append("check passes it, load refuses it")
    if not clean and not refused and not found:
        found.append("check finds errors, load takes it with every variant")
    if clean and not found:
        name, scenario = random.Random(f"variant {seed}").choice(scenarios)
        found += exercise(name, scenario, seed, work)
    return clean, found


def _said(error: BaseException) -> str:
    place, trace = "", error.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if "peacetable" in path.parts:
            place = f" ({path.parent.name}/{path.name}:{trace.tb_lineno})"
        trace = trace.tb_next
    return f"{type(error).__name__}: {str(error)[:300]}{place}"


def _attempt(found: list[str], what: str, work: Callable[[], Any]) -> Any:
    """The result of `work`; whatever it raises becomes a sentence in `found`."""
    try:
        return work()
    except Exception as error:
        found.append(f"{what}: {_said(error)}")
        return None


def badly_told(problem: Problem) -> Iterator[str]:
    """What is wrong with how a problem is told."""
    path = Path(problem.file)
    lines = 1
    if path.is_file():
        lines = max(1, len(path.read_text(encoding="utf-8", errors="replace").splitlines()))
    elif not path.is_dir() and problem.code != "E01":
        yield f"there is no file {problem.file}: {problem}"
    if not 1 <= problem.line <= lines or problem.column < 1:
        yield f"the place is not within the file's {lines} lines: {problem}"
    if not problem.remedy:
        yield f"no remedy: {problem}"
    if not problem.message or not f"{problem.message}{problem.remedy}".isprintable():
        yield f"not a plain sentence: {problem!r}"


def exercise(name: str, scenario: Scenario, seed: int, work: Path) -> list[str]:
    """What fails of the things that one can do with a scenario that `check` passes."""
    found: list[str] = []
    for words in _commands(name, scenario, seed, work):
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            result = CliRunner().invoke(group, words)
        if result.exception is not None and not (isinstance(result.exception, SystemExit) and not result.exit_code):
            said = _said(result.exception) if not isinstance(result.exception, SystemExit) else result.output[-300:]
            found.append(f"{' '.join(words)}: {said}")
    for program in ("yaml", "genius", "geniusweb"):
        out = work / f"{program}-out"
        if out.exists():
            again = _attempt(found, f"reading {program} again", lambda: _again(out))  # noqa: B023
            if program == "yaml" and again is not None and _but_id(again) != _but_id(scenario):
                found.append("convert to yaml: another document")
            if program == "yaml" and Path(name).is_dir() and _told(Path(name)) != _told(out):
                found.append(f"convert to yaml: check finds {_told(out) ^ _told(Path(name))}")
    for party in scenario.party_ids:
        _attempt(found, f"explain {party}", lambda: explain(scenario, party).document(None))  # noqa: B023
    _attempt(found, "batch", lambda: _batch(scenario, seed))
    _attempt(found, "play", lambda: _play(scenario, seed))
    return found


def _again(folder: Path) -> Scenario:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ScenarioWarning)
        return load(folder, extra=strategy_errors)


def _told(folder: Path) -> set[tuple]:
    """What `check` finds and where, but for a name of the folder that is not the id."""
    problems = check(folder, extra=strategy_errors)[1]
    return {(Path(p.file).relative_to(folder), p.line, p.column, p.code) for p in problems if p.code != "W18"}


def _but_id(scenario: Scenario) -> dict:
    return {**scenario.document, "variant": "", "scenario": {**scenario.document["scenario"], "id": ""}}


def _commands(name: str, scenario: Scenario, seed: int, work: Path) -> Iterator[list[str]]:
    """Each command that takes a scenario, as text or as JSON by the seed."""
    minutes, package = str(work / "minutes.jsonl"), " ".join(f"{i.id}={i.levels[0].id}" for i in scenario.issues)
    party = scenario.party_ids[seed % len(scenario.party_ids)]
    as_json = ["--json"] if seed % 2 else []
    yield ["run", name, "--seed", str(seed), "--minutes", minutes, *as_json]
    yield ["replay", minutes]
    yield ["solve", name, *as_json]
    yield ["explain", name, "--party", party, *as_json, *(["--package", package] if seed % 3 else [])]
    for program in ("yaml", "genius", "geniusweb"):
        yield ["convert", name, "--to", program, "-o", str(work / f"{program}-out")]


def _batch(scenario: Scenario, seed: int) -> None:
    columns = rows(scenario, {}, seed, 0, TABLES)
    for name, column in columns.items():
        assert len(column) == TABLES, name
        if name.startswith(("u_", "r_", "r0_")):
            assert (column >= 0).all() and (column <= 1).all(), f"{name} leaves 0 to 1: {column.min()} {column.max()}"


def _play(scenario: Scenario, seed: int) -> None:
    """A person at one seat who signs, proposes, asks and leaves, and reads everything on the way."""
    rng = random.Random(f"play {seed}")
    session = Session(scenario, seed)
    session.start(rng.choice(scenario.party_ids))
    try:
        for move in range(60):
            seat_of(session).view()
            if not session.running:
                break
            if not session.awaiting:
                session.step()
                continue
            seat_of(session).mandate()
            try:
                _move(session, scenario, rng, move)
            except PeacetableError:  # a refusal in words
                seat_of(session).walk_out()
        if session.running:
            while not session.awaiting and session.running:
                session.step()
            if session.running:
                seat_of(session).walk_out()
        if not session.running:
            seat_of(session).debrief()
        seat_of(session).chronicle()
    finally:
        session.close()


def _move(session: Session, scenario: Scenario, rng: random.Random, move: int) -> None:
    package = tuple(rng.randrange(len(issue.levels)) for issue in scenario.issues)
    others = [party for party in scenario.party_ids if party != session.people[0]]
    if move > 12:
        seat_of(session).walk_out()
    elif scenario.protocol.name == "single_text":
        seat_of(session).vote(rng.random() < 0.7)
    elif rng.random() < 0.2:
        seat_of(session).sound(rng.choice(others), package)
    elif rng.random() < 0.3:
        seat_of(session).sign(rng.choice(others))
    else:
        seat_of(session).propose(package)
