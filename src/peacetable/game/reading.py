"""From the model to plain views: what one seat may see, its own numbers, and after the end everybody's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..abm.model import Negotiation
from ..analysis import background
from ..scenario import Demand, Event, Scenario, Source, Space
from ..table import notation
from . import views
from .views import Facts, Package

SHOWN = ("propose", "accept", "decline", "walk_out", "amend", "sound", "event", "end")


class Reader:
    """Reads tables of one scenario. `facts`: its public side."""

    def __init__(self, scenario: Scenario, facts: Facts):
        self.scenario, self.facts = scenario, facts
        self._packages: dict[str, Package] = {}
        self._places = _places(scenario)

    def view(self, model: Negotiation, party: str) -> views.View:
        """The table as `party` sees it."""
        seat = model.view(party)
        log, last, changed = self._log(seat.log)
        if self.facts.single_text:
            log = _with_votes_counted(log, self.facts, self.package(model.minutes(0)[0]["drawn"]["draft"]))
        offers = {q: views.Offer(o.of, o.package, o.signed, o.needs) for q, o in seat.offers.items()}
        return views.View(
            party=seat.party,
            round=seat.round,
            rounds=seat.rounds,
            speaker=seat.speaker,
            offers=offers,
            last=last,
            changed=changed,
            present=seat.present,
            log=log,
            ended=seat.ended,
            by=seat.by,
            package=seat.package,
            draft=seat.draft,
            amendment=seat.amendment,
            votes=seat.votes,
            soundings=max(0, seat.soundings),
            closed=frozenset(self._places[issue, level] for issue, levels in seat.closed.items() for level in levels),
        )

    def _log(self, records) -> tuple[tuple[views.Entry, ...], dict[str, Package], dict[str, tuple[int, ...]]]:
        entries: list[views.Entry] = []
        last: dict[str, Package] = {}
        changed: dict[str, tuple[int, ...]] = {}
        for record in records:
            if record["kind"] not in SHOWN:
                continue
            package = self.package(record["package"]) if record.get("package") else None
            changes = None
            party = record.get("party") or record.get("by")
            if record["kind"] == "propose" and package is not None:
                if party in last:
                    changes = tuple(i for i, (a, b) in enumerate(zip(last[party], package, strict=True)) if a != b)
                changed[party] = changes or ()
                last[party] = package
            because = tuple(self._because(b) for b in record.get("because", ()))
            entry = views.Entry(
                record["kind"],
                record["round"],
                party,
                record.get("offer_of"),
                package,
                changes,
                because,
                record.get("event"),
                record.get("to"),
                record.get("answer"),
            )
            entries.append(entry)
        return tuple(entries), last, changed

    def package(self, text: str) -> Package:
        """A package from how minutes write it."""
        found = self._packages.get(text)
        if found is None:
            found = self._packages[text] = tuple(int(k) for k in notation.read(self.scenario, text))
        return found

    def _because(self, reason: dict) -> views.Because:
        issue = self.facts.issue_index(reason["issue"])
        levels = [level.id for level in self.scenario.issues[issue].levels]
        wanted = reason.get("wanted")
        return views.Because(
            issue,
            levels.index(reason["level"]),
            reason["effect"] == "against",
            levels.index(wanted) if wanted else None,
        )

    def mandate(self, model: Negotiation, party: str) -> views.Mandate:
        """The party's own numbers, now."""
        own, offsets = model.mandate(party), model.space.offsets
        facts = next(p for p in self.scenario.parties if p.id == party)
        conditions, demands = {c.id: c for c in facts.conditions}, {d.id: d for d in facts.demands}
        read = demands | {d.id: d for d, _ in own.demands}
        issues = range(len(self.scenario.issues))
        red = [np.flatnonzero(own.red_lines[offsets[i] : offsets[i + 1]]).tolist() for i in issues]
        return views.Mandate(
            party=party,
            gains=tuple(tuple(float(g) for g in own.gains[offsets[i] : offsets[i + 1]]) for i in issues),
            bonuses=tuple(
                views.Bonus(
                    float(change),
                    conditions[id].change.reason,
                    tuple(_plain_test(t) for t in tests),
                    id if id in demands else "",
                )
                for id, tests, change in own.conditions
            ),
            red_lines=frozenset((i, k) for i in issues for k in red[i]),
            reservation=float(own.reservation),
            best=float(own.best),
            opening=_opening(model, party),
            demands=tuple(_demand(self.scenario, model.space, demand) for demand in read.values()),
        )


def _with_votes_counted(log: tuple[views.Entry, ...], facts: Facts, draft: Package) -> tuple[views.Entry, ...]:
    """The log of a single text: amendments with what they change, and after each round whether it was carried."""
    found: list[views.Entry] = []
    amendment: Package | None = None
    votes: set[str] = set()

    def close(number: int) -> None:
        nonlocal draft, amendment
        if amendment is not None:
            carried = facts.carried(amendment, votes)
            found.append(views.Entry("carried" if carried else "failed", number, package=amendment))
            draft, amendment = amendment if carried else draft, None
        votes.clear()

    for entry in log:
        if found and entry.round > found[-1].round:
            close(found[-1].round)
        if entry.kind in ("amend", "propose") and entry.package is not None:
            amendment = entry.package
            changes = tuple(i for i, (a, b) in enumerate(zip(draft, amendment, strict=True)) if a != b)
            entry = replace(entry, changes=changes)
        if entry.kind in ("accept", "propose") and entry.party:
            votes.add(entry.party)
        found.append(entry)
    return tuple(found)


def _opening(model: Negotiation, party: str) -> Package:
    """The best package of the party's own: asking for more than anything is worth gives it."""
    packages, _, _ = model.delegations[party].ranking.at_least(np.array([1.0]), 0.0, 1, np.array([0]))
    return tuple(int(k) for k in packages[0, 0])


def _plain_test(test) -> tuple[int, frozenset[int]]:
    issue, wanted = test
    return int(issue), frozenset(np.flatnonzero(wanted).tolist())


def _sources(scenario: Scenario, ids: tuple[str, ...]) -> tuple[Source, ...]:
    return tuple(scenario.sources[s] for s in ids if s in scenario.sources)


def public_facts(scenario: Scenario, rounds: int | None = None) -> views.Facts:
    """The public side of a scenario: no judgement, no number of any party."""
    places = _places(scenario)
    space, parties = Space(scenario), []
    for party in scenario.parties:
        stated = [
            views.Stated(*places[cell], said.stance, said.basis, _sources(scenario, said.sources), said.note)
            for cell, said in party.positions.items()
            if said.value is None
        ]
        stated.sort(key=lambda s: (s.issue, s.level))
        parties.append(
            views.Delegation(
                party.id,
                party.label,
                party.short,
                party.role,
                party.goals,
                party.no_agreement,
                tuple(stated),
                tuple(_demand(scenario, space, demand) for demand in party.demands),
                {places[cell]: note for cell, note in party.silences.items()},
            )
        )
    return views.Facts(
        name=scenario.name,
        title=scenario.title,
        summary=scenario.summary,
        anchor=scenario.anchor,
        cutoff=scenario.cutoff,
        issues=scenario.issues,
        parties=tuple(parties),
        consent=space.consent,
        veto=scenario.protocol.red_lines == "veto",
        rounds=rounds or scenario.protocol.rounds,
        packages=space.size,
        rules=tuple(
            views.Clash(rule.reason, tuple(_plain_test(t) for t in tests))
            for rule, tests in zip(scenario.rules, space.rules, strict=True)
        ),
        events={e.id: _happening(scenario, e, places) for e in scenario.events},
        glossary=dict(scenario.glossary),
        protocol=scenario.protocol.name,
        mediator=scenario.protocol.mediator,
        soundings=scenario.protocol.soundings,
        fictional=scenario.fictional,
        background=tuple(
            views.Known(fact.text, fact.date, _sources(scenario, fact.sources)) for fact in background(scenario)
        ),
        origins=tuple(_sources(scenario, issue.sources) for issue in scenario.issues),
    )


def _demand(scenario: Scenario, space: Space, demand: Demand) -> views.Demand:
    """The demand without what it weighs."""
    veto = scenario.protocol.red_lines == "veto"
    reading = demand.reading if demand.reading == "weight" or veto else "penalty"
    tests = tuple(_plain_test(test) for test in space.tests(demand.refuses))
    return views.Demand(demand.id, demand.says, reading, tests, _sources(scenario, demand.change.sources))


def _places(scenario: Scenario) -> dict[tuple[str, str], tuple[int, int]]:
    """(issue, level) by their ids."""
    return {(i.id, k.id): (n, m) for n, i in enumerate(scenario.issues) for m, k in enumerate(i.levels)}


def _happening(scenario: Scenario, event: Event, places: dict) -> views.Happening:
    return views.Happening(
        event.label,
        event.text,
        event.reason,
        _sources(scenario, event.sources),
        event.rounds,
        tuple(places[issue, level] for issue, levels in event.close.items() for level in levels),
        tuple(p for p in scenario.party_ids if p in event.reservation or p in event.salience),
    )
