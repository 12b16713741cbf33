"""The facts of a scenario, defaults filled in, frozen; and the hash over what was written."""

from __future__ import annotations

import hashlib
import json

from ..scenario import (
    Condition,
    Demand,
    Event,
    Fact,
    Issue,
    Judgement,
    Level,
    Part,
    Party,
    Position,
    Protocol,
    Rule,
    Scenario,
    Source,
    Strategy,
)
from ..scenario.facts import UNSTATED


def document_hash(document: dict) -> str:
    """SHA-256 (hex) over the canonical JSON of a document: keys sorted, no spaces, UTF-8, floats as repr."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def scenario_from(known: dict, document: dict) -> Scenario:
    """The frozen Scenario: `known` without errors and with all defaults, `document` as it was written."""
    facts, sources = known["scenario"], known["sources"]
    return Scenario(
        id=facts["id"],
        variant=known["variant"],
        title=facts["title"],
        summary=facts["summary"],
        anchor=facts.get("anchor", ""),
        cutoff=facts.get("cutoff", ""),
        issues=tuple(_issue(issue) for issue in facts["issues"]),
        parties=tuple(_party(known["parties"][name], facts["demands"]) for name in facts["parties"]),
        stance_values=dict(facts["stance_values"]),
        prior=(facts["prior"]["low"], facts["prior"]["high"]),
        draw=tuple(facts["draw"]),
        protocol=Protocol(**{**facts["protocol"], "vetoes": tuple(facts["protocol"]["vetoes"])}),
        rules=tuple(
            Rule(rule["id"], _levels(forbid), rule["reason"], tuple(rule["sources"]))
            for rule in facts["rules"]
            for forbid in rule["forbid"]
        ),
        events=tuple(_event(event) for event in facts["events"]),
        sources={name: Source(name, **{**s, "topics": tuple(s["topics"])}) for name, s in sources.items()},
        glossary=dict(facts["glossary"]),
        document=document,
        hash=document_hash(document),
        imported=facts.get("imported", ""),
        fictional=facts["fictional"],
        settings=tuple(known["settings"]),
        background=tuple(
            Fact(item["id"], item["text"], item.get("date", ""), tuple(item["sources"])) for item in facts["background"]
        ),
    )


def _levels(chosen: dict) -> dict[str, tuple[str, ...]]:
    return {issue: tuple(levels) for issue, levels in chosen.items()}


def _issue(issue: dict) -> Issue:
    levels = tuple(
        Level(x["id"], x["label"], x["short"], tuple(x["needs"]), x.get("phrase", "")) for x in issue["levels"]
    )
    order, sources = tuple(issue["order"]), tuple(issue["sources"])
    return Issue(issue["id"], issue["label"], issue["short"], levels, issue["ordered"], issue["about"], order, sources)


def _event(event: dict) -> Event:
    return Event(
        id=event["id"],
        label=event["label"],
        text=event["text"],
        round=event.get("round"),
        probability=event.get("probability"),
        reservation={party: _judgement(change) for party, change in event["reservation"].items()},
        rounds=event["rounds"],
        reason=event["reason"],
        sources=tuple(event["sources"]),
        salience={who: dict(factors) for who, factors in event["salience"].items()},
        close=_levels(event["close"]),
        after=event.get("after", 0),
    )


def _judgement(item: dict, field: str = "value") -> Judgement:
    low, high = item["range"]
    return Judgement(item[field], low, high, item["reason"], tuple(item["sources"]))


def _party(party: dict, reading: str) -> Party:
    positions, silences = {}, {}
    for issue, cells in party["positions"].items():
        for level, cell in cells.items():
            if cell["stance"] == UNSTATED:
                silences[issue, level] = cell["note"]
            else:
                positions[issue, level] = Position(cell["stance"], cell["basis"], tuple(cell["sources"]), cell["note"])
    demands = tuple(_demand(demand, reading, party["weight_sum"]) for demand in party["demands"])
    for issue, cells in party["values"].items():
        for level, number in cells.items():
            positions[issue, level] = Position("value", "given", value=number)
    return Party(
        id=party["id"],
        label=party["label"],
        short=party["short"],
        role=party["role"],
        goals=tuple(party["goals"]),
        no_agreement=party["no_agreement"],
        capability=_judgement(party["capability"]),
        reservation=_judgement(party["reservation"]),
        drift=_judgement(party["drift"]),
        saliences={issue: _judgement(item) for issue, item in party["salience"].items()},
        positions=positions,
        conditions=(
            *(Condition(c["id"], _levels(c["when"]), _judgement(c, "change")) for c in party["conditions"]),
            *(Condition(d.id, d.refuses, d.change, d.reading == "condition") for d in demands if _counts(d)),
        ),
        strategy=strategy_from(party["strategy"]),
        candour=_judgement(party["candour"]),
        discount=party["discount"],
        weight_sum=party["weight_sum"],
        demands=demands,
        silences=silences,
    )


def _demand(demand: dict, reading: str, weight_sum: float) -> Demand:
    chosen = demand.get("as", reading)
    change = _judgement(demand, "change")
    if chosen == "condition":  # more than all that the packages could add up to
        worthless = -(1.0 + weight_sum)
        change = Judgement(worthless, worthless, worthless, change.reason, change.sources)
    return Demand(demand["id"], demand["says"], _levels(demand["refuses"]), chosen, change)


def _counts(demand: Demand) -> bool:
    return demand.reading == "condition" or (demand.change.low, demand.change.high) != (0, 0)


def strategy_from(strategy: dict) -> Strategy:
    """A party's strategy from its shape's data."""
    bidding, acceptance, opponent_model = (
        Part(part["name"], {k: v for k, v in part.items() if k != "name"})
        for part in (strategy[name] for name in ("bidding", "acceptance", "opponent_model"))
    )
    return Strategy(bidding, acceptance, opponent_model, strategy["reason"], tuple(strategy["sources"]))
