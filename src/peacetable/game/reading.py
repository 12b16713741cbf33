"""From the model to plain views: what one seat may see, its own numbers, and after the end everybody's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..abm import seat
from ..abm.tables import TABLE, Tables
from ..analysis import background
from ..scenario import Demand, Event, Scenario, Source, Space
from ..table import notation
from ..table.record import MOVES, Kind, Record
from . import views
from .views import Facts, Package

SHOWN = (*MOVES, Kind.AMEND, Kind.SOUND, Kind.ANSWER, Kind.EVENT, Kind.END)

# entries, each party's last proposal, and what was new in it
Log = tuple[tuple[views.Entry, ...], dict[str, Package], dict[str, tuple[int, ...]]]


class Reader:
    """Reads tables of one scenario. `facts`: its public side."""

    def __init__(self, scenario: Scenario, facts: Facts):
        self.scenario, self.facts = scenario, facts
        self._packages: dict[str, Package] = {}
        self._places = _places(scenario)
        self._read: tuple[tuple[Record, ...], Log] = ((), ((), {}, {}))

    def view(self, talks: Tables, party: str) -> views.View:
        """The table as `party` sees it."""
        now = seat.view(talks, party)
        log, last, changed = self._log(now.log)
        if talks.first_draft is not None:
            log = _with_votes_counted(log, self.facts, _ints(talks.first_draft[0]))
        offers = {q: views.Offer(o.of, o.package, o.signed, o.needs) for q, o in now.offers.items()}
        return views.View(
            party=now.party,
            round=now.round,
            rounds=now.rounds,
            movers=now.movers,
            moved=now.moved,
            offers=offers,
            last=last,
            changed=changed,
            present=now.present,
            log=log,
            ended=now.ended,
            by=now.by,
            package=now.package,
            draft=now.draft,
            amendment=now.amendment,
            votes=now.votes,
            soundings=max(0, now.soundings),
            closed=frozenset(self._places[issue, level] for issue, levels in now.closed.items() for level in levels),
        )

    def _log(self, records: tuple[Record, ...]) -> Log:
        """The records as entries; what was read of the same table before is not read again."""
        read, log = self._read
        if records[: len(read)] != read:
            read, log = (), ((), {}, {})
        entries, last, changed = [*log[0]], dict(log[1]), dict(log[2])
        for record in records[len(read) :]:
            if record.kind in SHOWN:
                entries.append(self._entry(record, last, changed))
        self._read = records, (tuple(entries), last, changed)
        return tuple(entries), dict(last), dict(changed)

    def _entry(self, record: Record, last: dict[str, Package], changed: dict[str, tuple[int, ...]]) -> views.Entry:
        """One record; a proposal is noted in `last`, and what is new in it in `changed`."""
        text, changes = getattr(record, "package", None), None
        package = self.package(text) if text else None
        party = getattr(record, "party", None) or getattr(record, "by", None)
        if record.kind == Kind.PROPOSE and package is not None and party:
            if party in last:
                changes = tuple(i for i, (a, b) in enumerate(zip(last[party], package, strict=True)) if a != b)
            changed[party] = changes or ()
            last[party] = package
        return views.Entry(
            str(record.kind),
            record.round,
            party,
            getattr(record, "offer_of", None),
            package,
            changes,
            tuple(self._because(b) for b in getattr(record, "because", ())),
            getattr(record, "event", None),
            getattr(record, "to", None),
            getattr(record, "answer", None),
        )

    def package(self, text: str) -> Package:
        """A package from how minutes write it."""
        found = self._packages.get(text)
        if found is None:
            found = self._packages[text] = tuple(int(k) for k in notation.read(self.scenario, text))
        return found

    def _because(self, reason: Mapping[str, str]) -> views.Because:
        issue = self.facts.issue_index(reason["issue"])
        levels = [level.id for level in self.scenario.issues[issue].levels]
        wanted = reason.get("wanted")
        return views.Because(
            issue,
            levels.index(reason["level"]),
            reason["effect"] == "against",
            levels.index(wanted) if wanted else None,
        )

    def mandate(self, talks: Tables, party: str) -> views.Mandate:
        """The party's own numbers, now."""
        own, offsets = seat.mandate(talks, party), talks.space.offsets
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
            opening=_opening(talks, party),
            demands=tuple(_demand(self.scenario, talks.space, demand) for demand in read.values()),
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
        if entry.kind in ("sign", "propose") and entry.party:
            votes.add(entry.party)
        found.append(entry)
    return tuple(found)


def _opening(talks: Tables, party: str) -> Package:
    """The best package of the party's own: asking for more than anything is worth gives it."""
    packages, _, _ = talks.ranking(talks.party_index(party)).at_least(np.array([1.0]), 0.0, 1, TABLE)
    return _ints(packages[0, 0])


def _ints(package: np.ndarray) -> Package:
    return tuple(int(k) for k in package)


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
