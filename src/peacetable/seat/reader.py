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
from ..table.ledger import OnTable
from ..table.record import MOVES, Kind, Record
from . import views
from .views import Facts, Package

SHOWN = (*MOVES, Kind.AMEND, Kind.SOUND, Kind.ANSWER, Kind.EVENT, Kind.END)


class _Log:
    """The records that a party may see of one table, as entries. `last`: each party's last proposal; `changed`: what
    was new in it; `put`: whether an amendment has been put to the vote in this round."""

    def __init__(self, talks: Tables):
        self.talks, self.ledger, self.put = talks, talks.ledger(), False
        self.records: tuple[Record, ...] = ()
        self.entries: list[views.Entry] = []
        self.last: dict[str, Package] = {}
        self.changed: dict[str, tuple[int, ...]] = {}


class Reader:
    """Reads tables of one scenario. `facts`: its public side."""

    def __init__(self, scenario: Scenario, facts: Facts):
        self.scenario, self.facts = scenario, facts
        self._packages: dict[str, Package] = {}
        self._places = _places(scenario)
        self._read: dict[str, _Log] = {}

    def view(self, talks: Tables, party: str) -> views.View:
        """The table as `party` sees it."""
        now = seat.view(talks, party)
        log = self._log(talks, now)
        return views.View(
            party=now.party,
            round=now.round,
            rounds=now.rounds,
            movers=now.movers,
            moved=now.moved,
            offers=now.offers,
            last=dict(log.last),
            changed=dict(log.changed),
            present=now.present,
            log=tuple(log.entries),
            ended=now.ended,
            by=now.by,
            package=now.package,
            draft=now.draft,
            amendment=now.amendment,
            votes=now.votes,
            soundings=max(0, now.soundings),
            closed=frozenset(self._places[issue, level] for issue, levels in now.closed.items() for level in levels),
        )

    def _log(self, talks: Tables, now: seat.SeatView) -> _Log:
        """The log of the seat; what was read of the same table before is not read again."""
        log = self._read.get(now.party)
        if log is None or log.talks is not talks or now.log[: len(log.records)] != log.records:
            log = self._read[now.party] = _Log(talks)
        start, log.records = len(log.records), now.log
        log.ledger.extend(now.log[start:])
        for n, record in enumerate(now.log[start:], start):
            if record.kind in SHOWN:
                draft = log.ledger.lines[n - 1].draft if n else _text(talks)
                self._note(log, record, log.ledger.lines[n], draft)
        return log

    def _note(self, log: _Log, record: Record, table: OnTable, draft: Package | None) -> None:
        """One record, where `draft` lay on the table before it, and what came of a vote that it closed."""
        entry = self._entry(log, record, table)
        if entry.package is not None and draft is not None and record.kind in (Kind.AMEND, Kind.PROPOSE):
            entry, log.put = replace(entry, changes=_differ(draft, entry.package)), True
        log.entries.append(entry)
        if log.put and table.round_over:
            told = "carried" if table.adopted else "failed"
            log.entries.append(views.Entry(told, record.round, package=table.amendment, table=table))
            log.put = False

    def _entry(self, log: _Log, record: Record, table: OnTable) -> views.Entry:
        text, changes = getattr(record, "package", None), None
        package = self.package(text) if text else None
        party = getattr(record, "party", None) or getattr(record, "by", None)
        if record.kind == Kind.PROPOSE and package is not None and party:
            changes = _differ(log.last[party], package) if party in log.last else None
            log.changed[party] = changes or ()
            log.last[party] = package
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
            table,
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
        p, offsets = talks.party_index(party), talks.space.offsets
        facts, numbers = self.scenario.parties[p], talks.preferences.numbers[p]
        demands = {d.id: d for d in facts.demands}
        read = demands | {d.id: d for d, _ in seat.demands(talks, party)}
        issues, red_lines = range(len(self.scenario.issues)), seat.red_lines(talks, party)
        red = [np.flatnonzero(red_lines[offsets[i] : offsets[i + 1]]).tolist() for i in issues]
        conditions = zip(facts.conditions, numbers.conditions, numbers.changes(), numbers.bonuses[0], strict=True)
        return views.Mandate(
            party=party,
            units=tuple(tuple(numbers.contributions[0, offsets[i] : offsets[i + 1]].tolist()) for i in issues),
            scale=int(numbers.scale[0]),
            bonuses=tuple(
                views.Bonus(
                    float(change),
                    int(units),
                    c.change.reason,
                    tuple(_plain_test(t) for t in tests),
                    c.id if c.id in demands else "",
                )
                for c, tests, change, units in conditions
                if not c.veto
            ),
            red_lines=frozenset((i, k) for i in issues for k in red[i]),
            reservation=float(talks.state.reservation[0, p]),
            best=float(talks.ranking(p).best(TABLE)[0]),
            opening=_opening(talks, party),
            demands=tuple(_demand(self.scenario, talks.space, demand) for demand in read.values()),
        )


def _differ(old: Package, new: Package) -> tuple[int, ...]:
    """The issues on which two packages differ."""
    return tuple(i for i, (a, b) in enumerate(zip(old, new, strict=True)) if a != b)


def _text(talks: Tables) -> Package | None:
    """The text that the talks opened with, where there is one."""
    return None if talks.first_draft is None else _ints(talks.first_draft[0])


def _opening(talks: Tables, party: str) -> Package:
    """The best package of the party's own: asking for more than anything is worth gives it."""
    packages, _, _ = talks.ranking(talks.party_index(party)).at_least(np.array([1.0]), 0.0, 1, TABLE)
    return _ints(packages[0, 0])


def _ints(package: np.ndarray) -> Package:
    return tuple(int(k) for k in package)


def _plain_test(test: tuple[int, np.ndarray]) -> tuple[int, frozenset[int]]:
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
            views.PartyFacts(
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


def _demand(scenario: Scenario, space: Space, demand: Demand) -> views.StatedDemand:
    """The demand without what it weighs."""
    veto = scenario.protocol.red_lines == "veto"
    reading = demand.reading if demand.reading == "weight" or veto else "penalty"
    tests = tuple(_plain_test(test) for test in space.tests(demand.refuses))
    return views.StatedDemand(demand.id, demand.says, reading, tests, _sources(scenario, demand.change.sources))


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
