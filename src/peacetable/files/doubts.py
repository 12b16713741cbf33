"""What is suspicious in a scenario without errors: settings that do nothing, levels nobody speaks of, talks that
cannot end well. None of it stops anybody."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable

import numpy as np

from ..scenario import CONSENTS, STANCE_VALUES, Numbers, Preferences, Scenario, cells, preferences, signable_count
from ..scenario.facts import AGAINST, UNSTATED, issue_columns
from ..scenario.utility import GRAIN
from ..table.protocols import PROTOCOLS, using
from .defaults import spread
from .nodes import Node
from .problems import SETTING, Problems, quoted
from .schema import Judged, PartyFile, ScenarioFile, SourceEntry, leading_date
from .semantics import Search, shapes
from .sentences import spoken

HIDDEN_SHARE = 0.03
ENUMERATE = 1_000_000
LARGE_FACTOR = 10  # of a salience; more was probably meant as points
_NAMED = 8  # of a group that is told at once


class Doubts:
    """Adds warnings on a scenario's files, and on the scenario that they hold."""

    def __init__(self, tree: Node, problems: Problems):
        self.tree, self.problems = tree, problems

    def add(self, code: str, path: tuple, message: str, remedy: str = "", key: bool = False) -> None:
        place = self.tree.key_at(path) if key else self.tree.at(path)
        self.problems.add(code, place, message, remedy)

    # -- on the files: also where they have errors --------------------------------------------------------------------

    def of_files(self, scenario: dict, parties: dict, sources: dict, named_sources: set[str]) -> None:
        """What shows in the plain data of the files (see `semantics`); `named_sources`: by any file, any variant."""
        self._sources(scenario, parties, sources, named_sources)
        if not scenario["fictional"]:
            self._empty_reasons(parties)
        if all(name in parties for name in scenario["parties"]):
            self._silence(scenario, parties)
            if not scenario["fictional"]:
                self._unmentioned(scenario, parties)
        self._stance_values(scenario["stance_values"])
        self._blank(scenario, parties, sources)
        self._alike(scenario)
        self._protocol(scenario["protocol"], len(scenario["parties"]))
        self._events(scenario)
        for name, party in parties.items():
            self._without_effect(name, party, scenario["protocol"]["rounds"])

    def _sources(self, scenario: dict, parties: dict, sources: dict, named: set[str]) -> None:
        anchor, cutoff = scenario.get("anchor"), scenario.get("cutoff")
        if anchor and cutoff and anchor > cutoff:
            message = f"the talks begin on {anchor}, and no statement after {cutoff} is used"
            self.add("W07", ("scenario", "anchor"), message, "check both days")
        for name, source in sources.items():
            day = leading_date(source["date"]) or ""
            if cutoff and day > cutoff[: len(day)]:
                message = f"the source {name} is of {day}, later than the cutoff {cutoff}"
                self.add("W07", ("sources", name, "date"), message, "move the cutoff, or leave the source out")
        for n, fact in enumerate(scenario["background"]):
            day = leading_date(fact.get("date") or "") or ""
            if cutoff and day > cutoff[: len(day)]:
                message = f"the fact {quoted(fact['id'])} is of {day}, later than the cutoff {cutoff}"
                self.add("W07", ("scenario", "background", n, "date"), message, "move the cutoff, or leave it out")
        # in a file that cannot be read they may be named
        unused = [] if self.problems.errors else [name for name in sources if name not in named]
        if len(unused) == 1:
            message = f"the source {unused[0]} is not used anywhere"
            self.add("W09", ("sources", unused[0]), message, "name it where it counts, or delete it", key=True)
        elif unused:
            message = f"{len(unused)} sources are not used anywhere: {_some(unused)}"
            self.add("W09", ("sources", unused[0]), message, "name them where they count, or delete them", key=True)
        for name, party in parties.items():
            for issue, said in party["positions"].items():
                for level, cell in said.items():
                    known = [sources[s]["reliability"] for s in cell["sources"] if s in sources]
                    if known and all(reliability == "D" for reliability in known):
                        message = f"{issue}.{level} rests on sources of reliability D alone"
                        where = ("parties", name, "positions", issue, level)
                        self.add("W08", where, message, "add a source that corroborates it, or make it assumed")
                    self._topics(("parties", name, "positions", issue, level), cell, sources)

    def _topics(self, where: tuple, cell: dict, sources: dict) -> None:
        """A source carries its cell: it speaks about that issue. Nothing is said where no source has topics."""
        issue, level = where[-2:]
        if cell["stance"] == UNSTATED or not any(source["topics"] for source in sources.values()):
            return
        for n, name in enumerate(cell["sources"]):
            if name in sources and issue not in sources[name]["topics"]:
                about = ", ".join(sources[name]["topics"]) or "none of the issues"
                message = f"{issue}.{level} cites {name}, which by its topics is about {about}"
                remedy = f"cite a statement on {issue}, or add {issue} to the topics of {name} if it speaks of that"
                self.add("W25", (*where, "sources", n), message, remedy)

    def _unmentioned(self, scenario: dict, parties: dict) -> None:
        """A level that one party demands, and another, to whom the issue matters more than most, never mentions."""

        def said(party: str, issue: str) -> set[str]:
            return {*spread(parties[party]["positions"].get(issue, {})), *parties[party]["values"].get(issue, {})}

        for name, party in parties.items():
            saliences = [item["value"] for item in party["salience"].values()]
            mean = math.fsum(saliences) / max(len(saliences), 1)
            for issue, salience in party["salience"].items():
                if not salience["value"] > mean:
                    continue
                for other, them in parties.items():
                    for level, cell in spread(them["positions"].get(issue, {})).items():
                        if cell["stance"] == "demand" and level not in said(name, issue):
                            message = (
                                f"{them['label'] or other} demands {issue}.{level}, and {party['label'] or name}, to "
                                f"whom {issue} matters more than most, has no position on it"
                            )
                            remedy = f"code it, or write `{level}: unstated` if nothing was found"
                            where = ("parties", name, "positions", issue)
                            self.add("W26", where, message, remedy, key=True)

    def _empty_reasons(self, parties: dict) -> None:
        for name, party in parties.items():
            bare = [
                where
                for where, item, shape in shapes(("parties", name), party, PartyFile)
                if issubclass(shape, Judged)
                and not item["reason"]
                and self.tree.get(where) is not None
                and not self.tree.at(where).file.startswith(SETTING)
                # no drift needs no reason
                and not (where[2:] == ("drift",) and item["range"] == [0, 0])
            ]
            if bare:
                own = self.tree.get(("parties", name))
                message = f"{len(bare)} number(s) of {party['label'] or name} have no reason: "
                message += _some(spoken(where[2:], own) for where in bare)
                self.add("W13", bare[0], message, "say in one line where each number comes from", key=True)

    def _silence(self, scenario: dict, parties: dict) -> None:
        spoken_of = {
            (issue, level)
            for party in parties.values()
            for field in ("positions", "values")
            for issue, cells in party[field].items()
            for level, cell in (spread(cells) if field == "positions" else cells).items()
            if field == "values" or cell["stance"] != UNSTATED
        }
        for i, issue in enumerate(scenario["issues"]):
            silent = [k for k, level in enumerate(issue["levels"]) if (issue["id"], level["id"]) not in spoken_of]
            if silent and issue["id"]:
                names = _some(f"{issue['id']}.{issue['levels'][k]['id']}" for k in silent)
                where = ("scenario", "issues", i, "levels", silent[0])
                remedy = (
                    "code one, or leave the level out" if len(silent) == 1 else "code some, or leave the levels out"
                )
                self.add("W03", where, f"no party has a position on {names}", remedy)

    def _stance_values(self, given: dict) -> None:
        values = [given.get(name, value) for name, value in STANCE_VALUES.items()]
        if any(b > a for a, b in itertools.pairwise(values)):
            message = "the values of the stances do not fall from demand to red_line"
            self.add("W14", ("scenario", "stance_values"), message, "put them in falling order")
        elif values[0] == values[-1]:
            message = f"all stances are worth {values[0]:g}, so positions make no difference"
            self.add("W14", ("scenario", "stance_values"), message, "give them different values")

    def _blank(self, scenario: dict, parties: dict, sources: dict) -> None:
        parts = ((("scenario",), scenario, ScenarioFile), (("parties",), parties, dict[str, PartyFile]))
        for path, part, kind in (*parts, (("sources",), sources, dict[str, SourceEntry])):
            for where, item, _ in shapes(path, part, kind):
                for name, text in item.items():
                    if isinstance(text, str) and text and not text.strip():
                        start = 2 if where[0] == "parties" else 1
                        named = spoken((*where[start:], name), self.tree.get(where[:start]))
                        self.add("W23", (*where, name), f"{named} is blank", "fill it in")

    def _alike(self, scenario: dict) -> None:
        """Two things of the same name cannot be told apart on any screen."""
        groups: list[tuple[tuple, str, list]] = [(("scenario", "issues"), "issues", scenario["issues"])]
        for i, issue in enumerate(scenario["issues"]):
            groups.append((("scenario", "issues", i, "levels"), f"levels of {issue['id']}", issue["levels"]))
        for path, what, items in groups:
            first: dict[str, str] = {}
            for n, item in enumerate(items):
                label = " ".join(item["label"].split())
                if label and label in first:
                    message = f"the {what} {first[label]} and {item['id']} have the same label {quoted(label)}"
                    self.add("W19", (*path, n, "label"), message, "give each a label of its own")
                first.setdefault(label, item["id"])

    def _protocol(self, protocol: dict, parties: int) -> None:
        def written(name: str) -> bool:
            return self.tree.get(("scenario", "protocol", name)) is not None

        def idle(name: str, why: str, remedy: str) -> None:
            self.add("W17", ("scenario", "protocol", name), f"{name} has no effect {why}", remedy)

        if not CONSENTS[protocol["consent"]].by_quorum:
            for name in ("quorum", "vetoes"):
                if written(name) and protocol[name]:
                    idle(name, f"under consent {protocol['consent']}", "set consent: quorum, or delete it")
        elif 0 < protocol["quorum"] < len(protocol["vetoes"]):
            why = f"below {len(protocol['vetoes'])}: so many have to sign because of vetoes"
            idle("quorum", why, "raise it, or take somebody off vetoes")
        if protocol["name"] in PROTOCOLS:
            used = PROTOCOLS[protocol["name"]].SETTINGS
            for name in dict.fromkeys(name for other in PROTOCOLS.values() for name in other.SETTINGS):
                if name not in used and written(name) and protocol[name] not in ("", {}):
                    remedy = f"set name: {' or '.join(using(name))}, or delete it"
                    idle(name, f"under {protocol['name']}", remedy)

    def _events(self, scenario: dict) -> None:
        events = scenario["events"]
        last = scenario["protocol"]["rounds"] + sum(max(event["rounds"], 0) for event in events)
        for i, event in enumerate(events):
            where, name = ("scenario", "events", i), quoted(event["id"])
            never = "and never happens"
            if event.get("round", 0) > last:
                message = f"the event {name} comes after the last round {never}"
                self.add("W12", (*where, "round"), message, "choose an earlier round")
            if event.get("after", 0) >= last:
                message = f"the event {name} waits until the talks are over {never}"
                self.add("W12", (*where, "after"), message, "choose an earlier round")
            if event.get("probability") == 0:
                message = f"the event {name} has probability 0 {never}"
                self.add("W12", (*where, "probability"), message, "give it a chance, or delete it")
            factors = [(who, issue, f) for who, given in event["salience"].items() for issue, f in given.items()]
            shifts = [change["range"] for change in event["reservation"].values()]
            changes = any(any(ends) for ends in shifts) or event["rounds"] or event["close"]
            if not changes and all(f == 1 for _, _, f in factors):
                message = f"the event {name} changes nothing in the talks"
                self.add("W17", where, message, "give it reservation, rounds, salience or close")
            for who, issue, factor in factors:
                if factor > LARGE_FACTOR:
                    message = f"the event {name} multiplies the salience of {issue} by {factor:g}: it is a factor"
                    remedy = "write how many times as much the issue matters then, such as 1.5"
                    self.add("W16", (*where, "salience", who, issue), message, remedy)

    def _without_effect(self, name: str, party: dict, rounds: float) -> None:
        for n, condition in enumerate(party["conditions"]):  # a demand's levels have their own weight already
            if condition["change"] == 0 and condition["range"] == [0, 0]:
                message = f"the condition {quoted(condition['id'])} changes the utility by 0"
                self.add("W17", ("parties", name, "conditions", n, "change"), message, "give it a change, or delete it")
        start, drift = party["reservation"]["value"], party["drift"]["value"]
        end = start + drift * (rounds - 1)  # from the second round on
        if end < 0 or end > 1:
            message = (
                f"the reservation value of {party['label'] or name} drifts from {start:g} to {end:.2f} in {rounds:g} "
                f"rounds; it stays at {0 if end < 0 else 1} where it gets there"
            )
            self.add("W20", ("parties", name, "drift"), message, "make the drift smaller")

    # -- on the scenario ----------------------------------------------------------------------------------------------

    def of_scenario(self, scenario: Scenario) -> None:
        """What shows in the numbers only."""
        for i, (issue, column) in enumerate(zip(scenario.issue_ids, issue_columns(scenario), strict=True)):
            if column != issue:
                message = (
                    f"the issue's id {quoted(issue)} is the name of another column in results; its own is {column}"
                )
                self.add("W21", ("scenario", "issues", i, "id"), message, "rename it")
        self._impossible_levels(scenario)
        self._closed_together(scenario)
        self._beyond_objections(scenario)
        self._weights(scenario)
        numbers = preferences(scenario)
        count = signable_count(numbers.space, numbers.forbidden, refusals=numbers.refusals)
        if scenario.protocol.red_lines == "veto" and count == 0:
            message = "every package crosses red lines or demands of parties whose signatures it takes"
            self.add("W02", ("scenario", "issues"), message, "soften one of them, or set red_lines: penalty")
        self._draft(scenario, numbers)
        for p, party in enumerate(scenario.parties):
            best = best_utility(numbers.numbers[p], party.reservation.low)
            if best < party.reservation.low:
                message = (
                    f"{party.label} can never agree: its best package within its red lines is worth {best:.3f} to it, "
                    f"no agreement at least {party.reservation.low:.3f}"
                )
                vetoes = any(condition.veto for condition in party.conditions)
                remedy = f"lower the reservation value{', or read a demand as a weight' if vetoes else ''}"
                self.add("W01", ("parties", party.id, "reservation"), message, remedy)

    def _draft(self, scenario: Scenario, numbers: Preferences) -> None:
        protocol = scenario.protocol
        if not protocol.draft or not protocol.mediator or protocol.name not in using("draft"):
            return
        if numbers.vetoed(numbers.space.packaged(protocol.draft), scenario.party_ids.index(protocol.mediator)):
            message = f"{protocol.mediator} mediates and opens with a draft that it would never sign itself"
            where = ("scenario", "protocol", "draft")
            self.add("W28", where, message, "choose other levels, or another mediator", key=True)

    def _beyond_objections(self, scenario: Scenario) -> None:
        """A guess that is worth more than an objection, with more on the other side of it: preferences of one peak have
        no such dip, so it is the guess that is wrong."""
        sheet = cells(scenario)
        for p, party in enumerate(scenario.parties):
            start = 0
            for issue in scenario.issues:
                worth = [float(sheet.value[p, start + k]) for k in issue.line]
                guessed = [bool(sheet.assumed[p, start + k]) for k in issue.line]
                ids = [issue.levels[k].id for k in issue.line]
                start += len(issue.levels)
                for m, level in enumerate(ids):
                    said = party.positions.get((issue.id, level))
                    if said is None or said.basis == "assumed" or said.stance not in AGAINST:
                        continue
                    below = [n for n in range(m) if guessed[n] and worth[n] > worth[m]]
                    above = [n for n in range(m + 1, len(ids)) if guessed[n] and worth[n] > worth[m]]
                    found = (below if max(worth[m + 1 :], default=0) > worth[m] else []) + (
                        above if max(worth[:m], default=0) > worth[m] else []
                    )
                    if found:
                        message = (
                            f"{party.label} is against {issue.id}.{level}, yet on both sides of it levels are worth "
                            f"more to it by assumption: {_some(ids[n] for n in found)}"
                        )
                        remedy = "code it, or leave the level out of the issue's order"
                        self.add("W27", ("parties", party.id, "positions", issue.id), message, remedy, key=True)

    def _closed_together(self, scenario: Scenario) -> None:
        search, left = Search.of(scenario), dict[int, set[int]]()
        for i, event in enumerate(scenario.events):
            alone = search.without(event.close)
            left |= {n: kept & left.get(n, kept) for n, kept in alone.items()}
            if event.close and not search.exists(left):
                message = "the events so far would together leave no package that can be agreed"
                self.add("W24", ("scenario", "events", i, "close"), message, "close fewer levels")
                return

    def _impossible_levels(self, scenario: Scenario) -> None:
        search = Search.of(scenario)
        for i, issue in enumerate(scenario.issues):
            for k, level in enumerate(issue.levels):
                # A rule on this issue alone excludes the level on purpose, and gives its reason.
                if not any(rule.keys() == {i} and k in rule[i] for rule in search.rules) and not search.exists(
                    {i: {k}}
                ):
                    message = f"the rules leave no package with {issue.id}.{level.id}"
                    self.add("W04", ("scenario", "issues", i, "levels", k), message, "delete it, or narrow a rule")

    def _weights(self, scenario: Scenario) -> None:
        share = {}
        for party in scenario.parties:
            total = math.fsum(s.value for s in party.saliences.values())
            share[party.id] = {i: s.value / total for i, s in party.saliences.items()}
            for n, condition in enumerate(party.conditions):
                if condition.veto:
                    continue
                weight = math.fsum(share[party.id][i] for i in condition.when)
                if abs(condition.change.value) > weight + 1e-9:
                    ids = [demand.id for demand in party.demands]
                    kind = "demand" if condition.id in ids else "condition"
                    message = (
                        f"the {kind} {quoted(condition.id)} changes {condition.change.value:+.2f}, more than "
                        f"its issues weigh together ({weight:.2f})"
                    )
                    where = ("demands", ids.index(condition.id)) if condition.id in ids else ("conditions", n)
                    self.add("W06", ("parties", party.id, *where, "change"), message, "make it smaller")
        limit = min(HIDDEN_SHARE, 0.3 / len(scenario.issues))
        for i, issue in enumerate(scenario.issues):
            if all(shares[issue.id] < limit for shares in share.values()):
                message = f"{issue.id} weighs less than {limit:.1%} for every party, so it hardly counts"
                self.add("W05", ("scenario", "issues", i, "id"), message, "raise a salience, or leave the issue out")


def _some(names: Iterable[str]) -> str:
    """The first of the names, and how many there are besides."""
    known = list(names)
    more = f" and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
    return ", ".join(known[:_NAMED]) + more


def best_utility(numbers: Numbers, enough: float) -> float:
    """The party's highest utility within rules and red lines; an upper bound where that is >= enough or too large."""
    space = numbers.space
    added = np.where(numbers.forbidden, -np.inf, numbers.gains())
    bound = math.fsum(added[start:end].max() for start, end in itertools.pairwise(space.offsets.tolist()))
    bound += np.maximum(numbers.changes(), 0).sum()
    if bound < enough or space.size > ENUMERATE:
        return float(max(bound, 0.0))
    packages = space.enumerate()
    packages = packages[space.feasible(packages) & ~numbers.vetoed(packages)]
    return float(numbers.all_totals(packages).max(initial=0)) / GRAIN
