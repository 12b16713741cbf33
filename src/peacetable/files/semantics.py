"""What shape alone does not tell: references, ranges, rules, and settings under which the talks make no sense.

The checks work on the plain data of each part that has the right shape, so that one broken file does not hide
what is wrong in the others. Large spaces are never enumerated.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..scenario import Preferences, Scenario, preferences, signable_count
from ..scenario.utility import GRAIN
from .nodes import Node
from .problems import Problems, quoted, suggestion
from .schema import leading_date, path_text

MOST_CHANGE = 0.5  # of the utility range, by all conditions of a party together
HIDDEN_SHARE = 0.03
ENUMERATE = 1_000_000
SUGGESTIONS = 200  # comparing spellings is slow; after so many findings the cause is another


class Checker:
    """The parts of a scenario that have the right shape (None where not), and where they are written."""

    def __init__(self, tree: Node, scenario: dict | None, parties: dict, sources: dict | None, problems: Problems):
        self.tree, self.scenario, self.parties, self.sources, self.problems = tree, scenario, parties, sources, problems
        self.levels: dict[str, list[str]] = {}
        if scenario is not None:
            self.levels = {issue["id"]: [level["id"] for level in issue["levels"]] for issue in scenario["issues"]}

    def add(self, code: str, path: tuple, message: str, remedy: str = "", key: bool = False) -> None:
        place = self.tree.key_at(path) if key else self.tree.at(path)
        self.problems.add(code, place, message, remedy)

    def errors(self, folder_name: str | None) -> None:
        """Everything that must be right before a Scenario can be built."""
        if self.scenario is not None:
            self._scenario(self.scenario, folder_name)
            self._rules_leave_something()
        for name, party in self.parties.items():
            self._party(name, party)
        parts = {"scenario": self.scenario, "parties": self.parties, "variant": self._variant_head()}
        for name, part in parts.items():
            if part is not None:
                self._source_references((name,), part)
                self._ranges((name,), part)

    def _variant_head(self) -> dict | None:
        node = self.tree.get(("variant", "sources"))
        return None if node is None else {"sources": node.plain()}

    def _known(self, word: str, known: list[str], path: tuple, what: str, key: bool = False) -> bool:
        if word not in known:
            remedy = suggestion(word, known) if len(self.problems) < SUGGESTIONS else "see the findings before"
            self.add("E10", path, f"there is no {what} {quoted(word)}", remedy, key)
        return word in known

    def _unique(self, items: list, path: tuple, what: str, field: str | None = "id") -> None:
        seen = set()
        for i, item in enumerate(items):
            name = item if field is None else item[field]
            if name in seen:
                where = (*path, i) if field is None else (*path, i, field)
                self.add("E11", where, f"the {what} {quoted(name)} is there twice", "rename or delete one of them")
            seen.add(name)

    def _scenario(self, scenario: dict, folder_name: str | None) -> None:
        top = ("scenario",)
        for day in ("anchor", "cutoff"):
            if day not in scenario and "imported" not in scenario:
                self.add("E07", top, f'the scenario has no "{day}"', "add it")
        if folder_name is not None and scenario["id"] != folder_name:
            message = f"the id {quoted(scenario['id'])} differs from the folder's name {quoted(folder_name)}"
            self.add("E18", (*top, "id"), message, "give both the same name")
        self._unique(scenario["issues"], (*top, "issues"), "issue")
        self._unique(scenario["rules"], (*top, "rules"), "rule")
        self._unique(scenario["events"], (*top, "events"), "event")
        self._unique(scenario["parties"], (*top, "parties"), "party", field=None)
        for i, issue in enumerate(scenario["issues"]):
            self._unique(issue["levels"], (*top, "issues", i, "levels"), "level")
            for k, level in enumerate(issue["levels"]):
                for n, who in enumerate(level.get("needs", ())):
                    self._known(who, scenario["parties"], (*top, "issues", i, "levels", k, "needs", n), "party")
        if scenario["prior"]["low"] > scenario["prior"]["high"]:
            self.add("E13", (*top, "prior", "low"), "the prior's low end is above its high end", "swap them")
        for i, rule in enumerate(scenario["rules"]):
            self._level_references(rule["forbid"], (*top, "rules", i, "forbid"))
        for i, event in enumerate(scenario["events"]):
            where = (*top, "events", i)
            if ("round" in event) == ("probability" in event):
                have = "both" if "round" in event else "neither"
                message = f"the event {quoted(event['id'])} has {have} of round and probability"
                self.add("E20", (*where, "id"), message, "give exactly one of them")
            if "after" in event and "round" in event:
                message = f"the event {quoted(event['id'])} has a round, so `after` says nothing"
                self.add("E20", (*where, "after"), message, "give `after` only with probability")
            everybody = [*scenario["parties"], "all"]
            for who in event["reservation"]:
                self._known(who, everybody, (*where, "reservation", who), "party", key=True)
            for who, factors in event["salience"].items():
                self._known(who, everybody, (*where, "salience", who), "party", key=True)
                for issue in factors:
                    self._known(issue, list(self.levels), (*where, "salience", who, issue), "issue", key=True)
            self._level_references(event["close"], (*where, "close"))
        self._protocol(scenario["protocol"], scenario["parties"])

    def _protocol(self, protocol: dict, parties: list[str]) -> None:
        where = ("scenario", "protocol")
        for n, who in enumerate(protocol["vetoes"]):
            self._known(who, parties, (*where, "vetoes", n), "party")
        if protocol["mediator"]:
            self._known(protocol["mediator"], parties, (*where, "mediator"), "party")
        if protocol["consent"] == "quorum" and not 2 <= protocol["quorum"] <= len(parties):
            message = f"a quorum of {protocol['quorum']} signatures cannot be had from {len(parties)} parties"
            self.add("E13", (*where, "quorum"), message, f"choose 2 to {len(parties)}")

    def _level_references(self, chosen: dict, path: tuple) -> None:
        for issue, levels in chosen.items():
            if self._known(issue, list(self.levels), (*path, issue), "issue", key=True):
                for n, level in enumerate(levels):
                    self._known(level, self.levels[issue], (*path, issue, n), f"level of {issue}")

    def _party(self, name: str, party: dict) -> None:
        top = ("parties", name)
        if party["id"] != name:
            message = f"the id {quoted(party['id'])} differs from the file's name {quoted(name)}"
            self.add("E18", (*top, "id"), message, "give both the same name")
        saliences = party["salience"]
        if saliences and not any(s["value"] > 0 for s in saliences.values()):
            self.add("E15", (*top, "salience"), "all saliences are zero", "say what matters to this party")
        self._unique(party["conditions"], (*top, "conditions"), "condition")
        total = math.fsum(abs(c["change"]) for c in party["conditions"])
        if total > MOST_CHANGE + 1e-9:
            message = f"the conditions change the utility by up to {total:.2f} together and outweigh the issues"
            self.add("E17", (*top, "conditions"), message, f"keep the sum of changes at most {MOST_CHANGE}")
        for issue, cells in party["positions"].items():
            for level, cell in cells.items():
                if cell["basis"] != "assumed" and not cell["sources"]:
                    message = f"the stance on {issue}.{level} is {cell['basis']}, but names no source"
                    self.add("E14", (*top, "positions", issue, level), message, "add sources, or make it assumed")
                if level in party["values"].get(issue, {}):
                    message = f"{issue}.{level} stands under positions and under values"
                    self.add("E20", (*top, "values", issue, level), message, "keep one of them")
        if self.scenario is None:
            return
        for issue in self.levels:
            if issue not in saliences:
                message = f'no salience is given for the issue "{issue}"'
                self.add("E07", (*top, "salience"), message, f'add "{issue}" under salience')
        for issue in saliences:
            self._known(issue, list(self.levels), (*top, "salience", issue), "issue", key=True)
        for field in ("positions", "values"):
            for issue, cells in party[field].items():
                if self._known(issue, list(self.levels), (*top, field, issue), "issue", key=True):
                    possible = set(self.levels[issue])
                    for level in (k for k in cells if k not in possible):
                        where = (*top, field, issue, level)
                        self._known(level, self.levels[issue], where, f"level of {issue}", key=True)
        for i, condition in enumerate(party["conditions"]):
            self._level_references(condition["when"], (*top, "conditions", i, "when"))

    def _source_references(self, path: tuple, part: Any) -> None:
        node = self.tree.get(("sources",))
        known = list(node.value) if node is not None and node.is_map else None
        for where, item in _mappings(path, part):
            sources = item.get("sources")
            if known is not None and isinstance(sources, list):
                for n, source in enumerate(sources):
                    self._known(source, known, (*where, "sources", n), "source")

    def _ranges(self, path: tuple, part: Any) -> None:
        for where, item in _mappings(path, part):
            if not isinstance(item.get("range"), list):
                continue
            field = "change" if "change" in item else "value"
            (low, high), number = item["range"], item[field]
            name = path_text(where[2:] if where[0] == "parties" else where[1:])
            if low > high:
                message = f"the range of {name} runs from {low:g} down to {high:g}"
                self.add("E13", (*where, "range", 0), message, "write the lower end first")
            elif not low <= number <= high:
                message = f"{name} is {number:g}, outside its range {low:g} to {high:g}"
                self.add("E13", (*where, field), message, "widen the range, or correct the number")

    def _rules_leave_something(self) -> None:
        assert self.scenario is not None
        if not self.problems.errors and not Search(self.scenario).exists():
            message = "the rules together forbid every package"
            self.add("E16", ("scenario", "rules"), message, "delete or narrow a rule")

    def warnings(self, scenario: Scenario, document: dict, named_sources: set[str]) -> None:
        """What is suspicious in a scenario without errors."""
        facts = document["scenario"]
        self._sources(document, named_sources)
        self._empty_reasons(document["parties"])
        self._silence(scenario)
        values = list(facts["stance_values"].values())
        if any(b > a for a, b in itertools.pairwise(values)):
            message = "the values of the stances do not fall from demand to red_line"
            self.add("W14", ("scenario", "stance_values"), message, "put them in falling order")
        for i, event in enumerate(facts["events"]):
            if event.get("round", 0) > facts["protocol"]["rounds"]:
                message = f"the event {quoted(event['id'])} comes after the last round and never happens"
                self.add("W12", ("scenario", "events", i, "round"), message, "choose an earlier round")
        search = Search(facts)
        for i, issue in enumerate(facts["issues"]):
            for k, level in enumerate(issue["levels"]):
                # A rule on this issue alone excludes the level on purpose, and gives its reason.
                if not any(rule.keys() == {i} and k in rule[i] for rule in search.rules) and not search.exists(
                    {i: {k}}
                ):
                    message = f"the rules leave no package with {issue['id']}={level['id']}"
                    self.add("W04", ("scenario", "issues", i, "levels", k), message, "delete it, or narrow a rule")
        self._weights(scenario)
        numbers = preferences(scenario)
        if scenario.protocol.red_lines == "veto" and signable_count(numbers.space, numbers.forbidden) == 0:
            message = "every package crosses red lines of parties whose signatures it takes"
            self.add("W02", ("scenario", "issues"), message, "soften a red line, or set red_lines: penalty")
        for p, party in enumerate(scenario.parties):
            best = best_utility(numbers, p, party.reservation.low)
            if best < party.reservation.low:
                message = (
                    f"{party.label} can never agree: its best package within its red lines is worth {best:.3f} to it, "
                    f"no agreement at least {party.reservation.low:.3f}"
                )
                self.add("W01", ("parties", party.id, "reservation"), message, "lower the reservation value")

    def _sources(self, document: dict, named: set[str]) -> None:
        sources, cutoff = document["sources"], document["scenario"].get("cutoff")
        for name, source in sources.items():
            day = leading_date(source["date"]) or ""
            if cutoff and day > cutoff[: len(day)]:
                message = f"the source {name} is of {day}, later than the cutoff {cutoff}"
                self.add("W07", ("sources", name, "date"), message, "move the cutoff, or leave the source out")
            if name not in named:
                message = f"the source {name} is not used anywhere"
                self.add("W09", ("sources", name), message, "name it where it counts, or delete it", key=True)
        for name, party in document["parties"].items():
            for issue, cells in party["positions"].items():
                for level, cell in cells.items():
                    if cell["sources"] and all(sources[s]["reliability"] == "D" for s in cell["sources"]):
                        message = f"{issue}.{level} rests on sources of reliability D alone"
                        where = ("parties", name, "positions", issue, level)
                        self.add("W08", where, message, "add a source that corroborates it, or make it assumed")

    def _empty_reasons(self, parties: dict) -> None:
        for name, party in parties.items():
            bare = [
                where
                for where, item in _mappings(("parties", name), party)
                if "range" in item and not item["reason"] and self.tree.get(where) is not None
            ]
            if bare:
                names = ", ".join(path_text(where[2:]) for where in bare[:6]) + (", ..." if len(bare) > 6 else "")
                message = f"{len(bare)} judgement(s) of {party['label']} have no reason: {names}"
                self.add("W13", bare[0], message, "say in one line where each number comes from", key=True)

    def _silence(self, scenario: Scenario) -> None:
        for i, issue in enumerate(scenario.issues):
            for k, level in enumerate(issue.levels):
                if not any((issue.id, level.id) in party.positions for party in scenario.parties):
                    message = f"no party has a position on {issue.id}={level.id}"
                    self.add("W03", ("scenario", "issues", i, "levels", k), message, "code one, or leave the level out")

    def _weights(self, scenario: Scenario) -> None:
        share = {}
        for party in scenario.parties:
            total = math.fsum(s.value for s in party.saliences.values())
            share[party.id] = {i: s.value / total for i, s in party.saliences.items()}
            for n, condition in enumerate(party.conditions):
                weight = math.fsum(share[party.id][i] for i in condition.when)
                if abs(condition.change.value) > weight + 1e-9:
                    message = (
                        f"the condition {quoted(condition.id)} changes {condition.change.value:+.2f}, more than "
                        f"its issues weigh together ({weight:.2f})"
                    )
                    self.add("W06", ("parties", party.id, "conditions", n, "change"), message, "make it smaller")
        limit = min(HIDDEN_SHARE, 0.3 / len(scenario.issues))
        for i, issue in enumerate(scenario.issues):
            if all(shares[issue.id] < limit for shares in share.values()):
                message = f"{issue.id} weighs less than {limit:.1%} for every party, so it hardly counts"
                self.add("W05", ("scenario", "issues", i, "id"), message, "raise a salience, or leave the issue out")


def _mappings(path: tuple, value: Any) -> Iterator[tuple[tuple, dict]]:
    """Every mapping inside plain data, with its path."""
    if isinstance(value, dict):
        yield path, value
        for key, item in value.items():
            yield from _mappings((*path, key), item)
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from _mappings((*path, n), item)


class Search:
    """Looks for feasible packages, without enumerating: only issues that occur in rules are tried out."""

    def __init__(self, scenario: dict):
        index = {issue["id"]: i for i, issue in enumerate(scenario["issues"])}
        levels = [{level["id"]: k for k, level in enumerate(issue["levels"])} for issue in scenario["issues"]]
        self.shape = [len(issue["levels"]) for issue in scenario["issues"]]
        self.rules = [
            {index[i]: {levels[index[i]][level] for level in chosen} for i, chosen in rule["forbid"].items()}
            for rule in scenario["rules"]
        ]
        self.coupled = sorted({i for rule in self.rules for i in rule})
        self.budget = 1_000_000

    def exists(self, allowed: dict[int, set[int]] | None = None) -> bool:
        """Whether a feasible package takes its levels from `allowed` (issues not named: any). True if undecided."""
        allowed = allowed or {}
        if any(not chosen for chosen in allowed.values()):
            return False
        choices = [sorted(allowed.get(i, range(self.shape[i]))) for i in self.coupled]
        return len(choices) > 200 or self._extend(choices, self.rules, 0)

    def _extend(self, choices: list, rules: list, depth: int) -> bool:
        """Whether issues from `depth` on can be chosen so that none of `rules` (all still fulfilled so far) holds."""
        if depth == len(choices) or not rules or self.budget <= 0:
            return True
        issue = self.coupled[depth]
        for level in choices[depth]:
            self.budget -= 1
            left = [rule for rule in rules if issue not in rule or level in rule[issue]]
            done = any(max(rule) <= issue for rule in left)
            if not done and self._extend(choices, left, depth + 1):
                return True
        return False


def best_utility(numbers: Preferences, party: int, enough: float) -> float:
    """The party's highest utility within rules and red lines; an upper bound where that is >= enough or too large."""
    space = numbers.space
    added = np.where(numbers.forbidden[party], -np.inf, numbers.gains()[party])
    bound = math.fsum(added[start:end].max() for start, end in itertools.pairwise(space.offsets.tolist()))
    bound += np.maximum(numbers.changes(party), 0).sum()
    if bound < enough or space.size > ENUMERATE:
        return float(max(bound, 0.0))
    packages = space.enumerate()
    packages = packages[space.feasible(packages) & ~numbers.vetoed(packages, party)]
    return float(numbers.all_totals(packages, party).max(initial=0)) / GRAIN
