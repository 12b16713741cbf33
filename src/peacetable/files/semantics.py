"""What shape alone does not tell: references, ranges, rules.

The checks work on the plain data of each part, and where it does not have the right shape on what can be told of it all
the same (`sentences.sketched`: "" and NaN stand for what cannot), so that one mistake does not hide the others. Large
spaces are never enumerated.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..scenario import CONSENTS, Scenario
from ..scenario.facts import UNSTATED
from .nodes import Node
from .problems import Place, Problems, quoted
from .schema import EVERYBODY, Judged, PartyFile, ScenarioFile, Shape, VariantFile
from .sentences import bare, spoken, under

MOST_CHANGE = 0.5  # of the utility range, by all conditions of a party together


class Checker:
    """The parts of a scenario (None where a file is missing), and where they are written."""

    def __init__(self, tree: Node, scenario: dict | None, parties: dict, sources: dict | None, problems: Problems):
        self.tree, self.scenario, self.parties, self.sources, self.problems = tree, scenario, parties, sources, problems
        self.fictional = scenario is not None and scenario["fictional"]
        # None: what there is cannot be told, so nothing is said of references to it
        self.levels: dict[str, list[str] | None] | None = None
        self.everyone: list[str] | None = None
        if scenario is not None:
            issues = {issue["id"]: _told([level["id"] for level in issue["levels"]], 2) for issue in scenario["issues"]}
            self.levels = issues if _told(list(issues), 1) else None
            self.everyone = None if EVERYBODY in scenario["parties"] else _told(scenario["parties"], 2)

    def add(self, code: str, path: tuple, message: str, remedy: str = "", key: bool = False) -> None:
        place = self.tree.key_at(path) if key else self.tree.at(path)
        self.problems.add(code, place, message, remedy)

    def check(self, whole: bool, packages: bool) -> None:
        """Everything that must be right before a Scenario can be built; `whole`: scenario.yaml has its shape;
        `packages`: also whether rules and events leave any."""
        if self.scenario is not None:
            before = len(self.problems.errors)
            self._scenario(self.scenario)
            if whole and packages and len(self.problems.errors) == before:
                self._packages_are_left(self.scenario)
        for name, party in self.parties.items():
            self._party(name, party)
        parts = ((("scenario",), self.scenario, ScenarioFile), (("parties",), self.parties, dict[str, PartyFile]))
        for path, part, kind in (*parts, (("variants",), self._variant_heads(), list[VariantFile])):
            for where, item, shape in shapes(path, part, kind):
                if "sources" in shape.model_fields:
                    self._source_references(where, item)
                if issubclass(shape, Judged):
                    self._range(where, item)

    def _variant_heads(self) -> list[dict]:
        heads = self.tree.get(("variants",))
        sources = [head.get(("sources",)) for head in heads.value] if heads is not None else []
        return [{"sources": node.plain() if node is not None else []} for node in sources]

    def _known(self, word: str, known: list[str] | None, path: tuple, what: str, key: bool = False) -> bool:
        """Whether `word` is among the known ones, told if not; False too where that cannot be told."""
        if known is None or not word:
            return False
        if word not in known:
            remedy = self.problems.suggestion(word, known)
            self.add("E10", path, f"there is no {what} {quoted(word)}", remedy, key)
        return word in known

    def _issue(self, issue: str, path: tuple) -> list[str] | None:
        """The levels of an issue that is named as a key; None where there are none to look into."""
        if self.levels is None or not self._known(issue, list(self.levels), path, "issue", key=True):
            return None
        return self.levels[issue]

    def _unique(self, items: list, path: tuple, what: str, field: str | None = "id") -> None:
        seen = set()
        for i, item in enumerate(items):
            name = item if field is None else item[field]
            if name and name in seen:
                where = (*path, i) if field is None else (*path, i, field)
                self.add("E11", where, f"the {what} {quoted(name)} is there twice", "rename or delete one of them")
            seen.add(name)

    def _scenario(self, scenario: dict) -> None:
        top = ("scenario",)
        for day in ("anchor", "cutoff"):
            if day not in scenario and "imported" not in scenario and not self.fictional:
                remedy = "add it, or write `fictional: true` if the scenario is invented"
                self.add("E07", top, f'the scenario has no "{day}"', remedy)
        self._unique(scenario["issues"], (*top, "issues"), "issue")
        self._unique(scenario["rules"], (*top, "rules"), "rule")
        self._unique(scenario["events"], (*top, "events"), "event")
        self._unique(scenario["background"], (*top, "background"), "fact")
        self._unique(scenario["parties"], (*top, "parties"), "party", field=None)
        for i, issue in enumerate(scenario["issues"]):
            self._unique(issue["levels"], (*top, "issues", i, "levels"), "level")
            for k, level in enumerate(issue["levels"]):
                for n, who in enumerate(level.get("needs", ())):
                    self._known(who, self.everyone, (*top, "issues", i, "levels", k, "needs", n), "party")
            self._line(issue, (*top, "issues", i))
        if scenario["prior"]["low"] > scenario["prior"]["high"]:
            self.add("E13", (*top, "prior", "low"), "the prior's low end is above its high end", "swap them")
        for i, rule in enumerate(scenario["rules"]):
            for n, forbid in enumerate(rule["forbid"]):
                self._level_references(forbid, (*top, "rules", i, "forbid", n))
        for i, event in enumerate(scenario["events"]):
            self._event(event, (*top, "events", i))
        self._protocol(scenario["protocol"])

    def _line(self, issue: dict, where: tuple) -> None:
        """The levels that `order` names; one alone makes no line."""
        order, known = issue["order"], None if self.levels is None else self.levels.get(issue["id"])
        self._unique(order, (*where, "order"), "level", field=None)
        for n, level in enumerate(order):
            self._known(level, known, (*where, "order", n), f"level of {issue['id']}")
        if len(order) == 1:
            message = f"the order of {quoted(issue['id'])} has one level, and one level makes no line"
            self.add("E12", (*where, "order"), message, "name two or more, or write ordered: false")
        written = self.tree.get((*where, "ordered"))
        if order and written is not None:
            message = f"the issue {quoted(issue['id'])} has an order and says whether it is ordered"
            self.add("E20", (*where, "ordered"), message, "keep one of them")

    def _event(self, event: dict, where: tuple) -> None:
        if ("round" in event) == ("probability" in event):
            have = "both" if "round" in event else "neither"
            message = f"the event {quoted(event['id'])} has {have} of round and probability"
            self.add("E20", (*where, "id"), message, "give exactly one of them")
        if "after" in event and "round" in event:
            message = f"the event {quoted(event['id'])} has a round, so `after` says nothing"
            self.add("E20", (*where, "after"), message, "give `after` only with probability")
        everybody = None if self.everyone is None else [*self.everyone, EVERYBODY]
        for who in event["reservation"]:
            self._known(who, everybody, (*where, "reservation", who), "party", key=True)
        for who, factors in event["salience"].items():
            self._known(who, everybody, (*where, "salience", who), "party", key=True)
            for issue in factors:
                self._issue(issue, (*where, "salience", who, issue))
        self._level_references(event["close"], (*where, "close"))

    def _protocol(self, protocol: dict) -> None:
        where = ("scenario", "protocol")
        for n, who in enumerate(protocol["vetoes"]):
            self._known(who, self.everyone, (*where, "vetoes", n), "party")
        if protocol["mediator"]:
            self._known(protocol["mediator"], self.everyone, (*where, "mediator"), "party")
        if protocol["draft"]:
            self._draft(protocol, (*where, "draft"))
        quorum, parties = protocol["quorum"], len(self.everyone or ())
        if CONSENTS[protocol["consent"]].by_quorum and parties and (quorum == 1 or quorum > parties):
            message = f"a quorum of {quorum} signature(s) cannot be had from {parties} parties"
            self.add("E13", (*where, "quorum"), message, f"choose 2 to {parties}, or leave it out: more than half sign")

    def _draft(self, protocol: dict, where: tuple) -> None:
        """The text that the talks open with is one package."""
        draft = protocol["draft"]
        complete = self.levels is not None
        for issue, level in draft.items():
            known = self._issue(issue, (*where, issue))
            complete = self._known(level, known, (*where, issue), f"level of {issue}") and complete
        missing = [issue for issue in self.levels or () if issue not in draft]
        if missing:
            message = f"the draft has no level of {', '.join(missing)}"
            self.add("E07", where, message, "name a level of every issue", key=True)
        elif complete and self.scenario is not None:
            for rule in self.scenario["rules"]:
                if any(all(draft.get(i) in levels for i, levels in forbid.items()) for forbid in rule["forbid"]):
                    message = f"the draft is a package that the rule {quoted(rule['id'])} excludes"
                    self.add("E16", where, message, "choose other levels, or narrow the rule", key=True)

    def _level_references(self, chosen: dict, path: tuple) -> None:
        for issue, levels in chosen.items():
            known = self._issue(issue, (*path, issue))
            for n, level in enumerate(levels):
                self._known(level, known, (*path, issue, n), f"level of {issue}")

    def _party(self, name: str, party: dict) -> None:
        top = ("parties", name)
        if party["id"] and party["id"] != name:
            message = f"the id {quoted(party['id'])} differs from the file's name {quoted(name)}"
            self.add("E18", (*top, "id"), message, "give both the same name")
        saliences = party["salience"]
        if saliences and all(s["value"] == 0 for s in saliences.values()):
            self.add("E15", (*top, "salience"), "all saliences are zero", "say what matters to this party")
        self._unique(party["conditions"], (*top, "conditions"), "condition")
        self._unique(party["demands"], (*top, "demands"), "demand")
        both = {c["id"] for c in party["conditions"] if c["id"]}
        for n, demand in enumerate(party["demands"]):
            if demand["id"] in both:
                message = f"{quoted(demand['id'])} is the id of a condition and of a demand"
                self.add("E11", (*top, "demands", n, "id"), message, "rename one of them")
        total = math.fsum(abs(c["change"]) for c in (*party["conditions"], *party["demands"]))
        if total > MOST_CHANGE + 1e-9:
            kinds = [kind for kind in ("conditions", "demands") if party[kind]]
            what = " and ".join(kinds)
            message = f"the {what} change the utility by up to {total:.2f} together and outweigh the issues"
            self.add("E17", (*top, kinds[0]), message, f"keep the sum of changes at most {MOST_CHANGE}")
        for issue, cells in party["positions"].items():
            for level, cell in cells.items():
                self._cell((*top, "positions", issue, level), cell)
                if level in party["values"].get(issue, {}):
                    message = f"{issue}.{level} stands under positions and under values"
                    self.add("E20", (*top, "values", issue, level), message, "keep one of them")
        every = self.levels
        if every is None:
            return
        for issue in every:
            if issue not in saliences:
                message = f'no salience is given for the issue "{issue}"'
                self.add("E07", (*top, "salience"), message, f"add {issue} under salience")
        for issue in saliences:
            self._issue(issue, (*top, "salience", issue))
        for field in ("positions", "values"):
            for issue, cells in party[field].items():
                known = self._issue(issue, (*top, field, issue))
                possible = set(known or ())
                for level in (k for k in cells if k not in possible):
                    self._known(level, known, (*top, field, issue, level), f"level of {issue}", key=True)
                if field == "positions":
                    self._reached((*top, field, issue), cells, known)
        for i, condition in enumerate(party["conditions"]):
            self._level_references(condition["when"], (*top, "conditions", i, "when"))
        for i, demand in enumerate(party["demands"]):
            self._level_references(demand["refuses"], (*top, "demands", i, "refuses"))
            if all({*(every.get(issue) or [""])} <= {*some} for issue, some in demand["refuses"].items()):
                message = f"the demand {quoted(demand['id'])} refuses every package"
                self.add("E16", (*top, "demands", i, "refuses"), message, "leave out the levels that meet it", key=True)

    def _reached(self, where: tuple, cells: dict, known: list[str] | None) -> None:
        """The levels that statements cover besides their own: no two statements that differ may cover the same."""
        by: dict[str, str] = {}
        for level, cell in cells.items():
            for n, reached in enumerate(cell["over"]):
                here = (*where, level, "over", n)
                self._known(reached, known, here, f"level of {where[-1]}")
                other = by.setdefault(reached, level)
                if reached not in cells and {**cells[other], "over": []} != {**cell, "over": []}:
                    message = f"{where[-1]}.{reached} is covered by {other} and by {level}, which differ"
                    self.add("E20", here, message, f"keep it in one of them, or give {reached} a cell of its own")

    def _cell(self, where: tuple, cell: dict) -> None:
        what = f"the stance on {where[-2]}.{where[-1]}"
        node = self.tree.get(where)
        if cell["stance"] == UNSTATED:
            if cell["basis"] != "assumed" or cell["sources"] or cell["over"]:
                message = f"{what} is unstated, so it has no basis, no sources and reaches no further levels"
                self.add("E14", where, message, "keep the note alone, or code a stance")
            return
        if cell["sources"] and node is not None and node.is_map and "basis" not in node.value:
            message = f"{what} names sources, but not its basis"
            self.add("E14", where, message, "add basis: stated, second_hand or inferred")
        elif cell["basis"] != "assumed" and not cell["sources"] and not self.fictional:
            message = f"{what} is {cell['basis']}, but names no source"
            self.add("E14", where, message, "add sources, or make it assumed")

    def _source_references(self, where: tuple, item: dict) -> None:
        node = self.tree.get(("sources",))
        known = list(node.value) if node is not None and node.is_map else None
        sources = item.get("sources")
        for n, source in enumerate(sources if isinstance(sources, list) else ()):
            if known == []:
                self.add("E10", (*where, "sources", n), "there is no source", "describe it in sources.yaml")
            else:
                self._known(source, known, (*where, "sources", n), "source")

    def _range(self, where: tuple, item: dict) -> None:
        field = "change" if "change" in item else "value"
        (low, high), number = item["range"], item[field]
        start = 2 if where[0] == "parties" else 1
        name = spoken(where[start:], self.tree.get(where[:start]))
        if low > high:
            message = f"the range of {name} runs from {low:g} down to {high:g}"
            self.add("E13", (*where, "range", 0), message, "write the lower end first")
        elif number < low or number > high:
            message = f"{name} is {number:g}, outside its range {low:g} to {high:g}{self._elsewhere(where, field)}"
            self.add("E13", (*where, field), message, "widen the range, or correct the number")

    def _elsewhere(self, where: tuple, field: str) -> str:
        """Where the range stands, if it is not in the same file as the number."""
        own, place = self.tree.at((*where, field)), self.tree.at((*where, "range"))
        return "" if own.file == place.file else f" (the range stands in {_shown(place)})"

    def _packages_are_left(self, scenario: dict) -> None:
        search = Search(scenario)
        if not search.exists():
            message = "the rules together forbid every package"
            self.add("E16", ("scenario", "rules"), message, "delete or narrow a rule")
            return
        for i, event in enumerate(scenario["events"]):
            if event["close"] and not search.exists(search.without(event["close"])):
                message = f"the event {quoted(event['id'])} would leave no package that can be agreed"
                self.add("E16", ("scenario", "events", i, "close"), message, "close fewer levels")


def _told(names: list[str], least: int) -> list[str] | None:
    """The names, or None where one of them could not be read, or there are too few."""
    return names if len(names) >= least and all(names) else None


def _shown(place: Place) -> str:
    return f"{place.file}:{place.line}"


def shapes(path: tuple, value: Any, kind: Any) -> Iterator[tuple[tuple, dict, type[Shape]]]:
    """Every mapping inside plain data of that kind (an annotation of `schema`) that has a shape, with its path and it.
    Mappings whose keys are ids have none: an issue may be called like a key."""
    kind = bare(kind)
    if isinstance(value, dict) and isinstance(kind, type) and issubclass(kind, Shape):
        yield path, value, kind
        for name, field in kind.model_fields.items():
            if name in value:
                yield from shapes((*path, name), value[name], field.annotation)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from shapes((*path, name), item, under(kind, name))
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from shapes((*path, n), item, under(kind, n))


class Search:
    """Looks for feasible packages, without enumerating: only issues that occur in rules are tried out."""

    def __init__(self, scenario: dict):
        self.index = index = {issue["id"]: i for i, issue in enumerate(scenario["issues"])}
        self.levels = levels = [
            {level["id"]: k for k, level in enumerate(issue["levels"])} for issue in scenario["issues"]
        ]
        self.shape = [len(issue["levels"]) for issue in scenario["issues"]]
        self.rules = [
            {index[i]: {levels[index[i]][level] for level in chosen} for i, chosen in forbid.items()}
            for rule in scenario["rules"]
            for forbid in rule["forbid"]
        ]
        self.coupled = sorted({i for rule in self.rules for i in rule})
        self.budget = 1_000_000

    @classmethod
    def of(cls, scenario: Scenario) -> Search:
        """The same for a Scenario."""
        issues = [{"id": issue.id, "levels": [{"id": level.id} for level in issue.levels]} for issue in scenario.issues]
        return cls({"issues": issues, "rules": [{"forbid": [rule.forbid]} for rule in scenario.rules]})

    def without(self, closed: Mapping[str, Sequence[str]]) -> dict[int, set[int]]:
        """What is left of each issue that loses levels, as `exists` takes it."""
        return {
            self.index[i]: set(self.levels[self.index[i]].values()) - {self.levels[self.index[i]][k] for k in gone}
            for i, gone in closed.items()
        }

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
