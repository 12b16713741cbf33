"""One game: the only place in `game` that touches the model. Hands out plain views, takes moves."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..abm.model import Negotiation
from ..analysis import signable
from ..errors import PeacetableError
from ..scenario import Scenario, Source, Space, cells
from ..table import minutes, notation
from ..table.moves import Accept, Move, Propose, WalkOut
from . import views
from .views import Package

PLAYABLE = "alternating_offers"
SHOWN = ("propose", "accept", "walk_out", "event", "end")


class Session:
    """A scenario ready to be played. `folder`: where the minutes of each game go, None for nowhere. `rounds`,
    `strategies`: as for Negotiation. Raises PeacetableError for a protocol that has no screen."""

    def __init__(
        self, scenario: Scenario, seed: int = 0, folder: Path | None = None, rounds: int | None = None, strategies=None
    ):
        if scenario.protocol.name != PLAYABLE:
            raise PeacetableError(
                f"The game window cannot show the protocol {scenario.protocol.name} of {scenario.name}. "
                f"It can show {PLAYABLE}; `peacetable run` holds every protocol."
            )
        self.scenario, self.seed, self.folder = scenario, seed, folder
        self._options = {"rounds": rounds, "strategies": strategies}
        self.model: Negotiation | None = None
        self.party = ""
        self.games = 0
        self.minutes_path: Path | None = None
        self.notice = ""
        self._writer: minutes.Writer | None = None
        self._written = 0
        self.facts = public_facts(scenario, rounds)

    # -- the course of a game ----------------------------------------------------------------------------------------

    def start(self, party: str) -> None:
        """A new table with a person in the seat of `party`. Every game of a session has its own table number."""
        self.close()
        self.party = party
        self.model = Negotiation(
            self.scenario, seed=self.seed, first_table=self.games, human=(party,), record=True, **self._options
        )
        self.games += 1
        self._open_minutes()
        self._write_minutes()

    @property
    def awaiting(self) -> bool:
        """Whether the person has to move before anything goes on."""
        return self.model is not None and self.model.awaiting is not None

    @property
    def running(self) -> bool:
        return self.model is not None and bool(self.model.running)

    def step(self) -> None:
        """One turn of an agent."""
        assert self.model is not None
        self.model.step()
        self._write_minutes()

    def propose(self, package: Package) -> None:
        """Raises Refusal."""
        self._submit(Propose(np.array(package, dtype=np.int16)))

    def accept(self, offer_of: str) -> None:
        """Raises Refusal."""
        self._submit(Accept(offer_of))

    def walk_out(self) -> None:
        self._submit(WalkOut())

    def _submit(self, move: Move) -> None:
        assert self.model is not None
        self.model.submit(move)
        self._write_minutes()

    def close(self) -> None:
        """End this table: nothing of it stays in memory, its minutes are on disk."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if self.model is not None:
            self.model.close()
            self.model = None

    # -- what may be seen --------------------------------------------------------------------------------------------

    def view(self) -> views.View:
        """The table as the person sees it."""
        assert self.model is not None
        seat = self.model.view(self.party)
        log, last, changed = self._log(seat.log)
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
        )

    def _log(self, records) -> tuple[tuple[views.Entry, ...], dict[str, Package], dict[str, tuple[int, ...]]]:
        entries: list[views.Entry] = []
        last: dict[str, Package] = {}
        changed: dict[str, tuple[int, ...]] = {}
        for record in records:
            if record["kind"] not in SHOWN:
                continue
            package = self._package(record["package"]) if record.get("package") else None
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
            )
            entries.append(entry)
        return tuple(entries), last, changed

    def _package(self, text: str) -> Package:
        return tuple(int(k) for k in notation.read(self.scenario, text))

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

    def mandate(self) -> views.Mandate:
        """The person's own numbers, now."""
        assert self.model is not None
        own, offsets = self.model.mandate(self.party), self.model.space.offsets
        conditions = {c.id: c for c in self._party().conditions}
        issues = range(len(self.scenario.issues))
        return views.Mandate(
            party=self.party,
            gains=tuple(tuple(float(g) for g in own.gains[offsets[i] : offsets[i + 1]]) for i in issues),
            bonuses=tuple(
                views.Bonus(float(change), conditions[id].change.reason, tuple(_plain_test(t) for t in tests))
                for id, tests, change in own.conditions
            ),
            red_lines=frozenset((i, k) for i in issues for k in self._red(own.red_lines, i)),
            reservation=float(own.reservation),
            best=float(own.best),
            opening=self._opening(),
        )

    def _red(self, red_lines: np.ndarray, issue: int) -> list[int]:
        assert self.model is not None
        offsets = self.model.space.offsets
        return np.flatnonzero(red_lines[offsets[issue] : offsets[issue + 1]]).tolist()

    def _opening(self) -> Package:
        """The best package of the person's own: asking for more than anything is worth gives it."""
        assert self.model is not None
        rows = np.array([0])
        packages, _, _ = self.model.delegations[self.party].ranking.at_least(np.array([1.0]), 0.0, 1, rows)
        return tuple(int(k) for k in packages[0, 0])

    def _party(self):
        return next(p for p in self.scenario.parties if p.id == self.party)

    def debrief(self) -> views.Debrief:
        """Everybody's numbers. Only after the end: raises PeacetableError before."""
        if self.model is None or self.model.running:
            raise PeacetableError("The sealed numbers are opened when the talks have ended.")
        mandate, view = self.mandate(), self.view()
        path = tuple(
            (e.round, e.party, mandate.utility(e.package))
            for e in view.log
            if e.kind == "propose" and e.package is not None and e.party is not None
        )
        return _Debriefer(self.model, self.party, path).make()

    # -- minutes -----------------------------------------------------------------------------------------------------

    def _open_minutes(self) -> None:
        if self.folder is None or self.model is None:
            return
        stem = f"{self.scenario.name}-{self.party}-seed{self.seed}"
        number = 1
        while (path := self.folder / f"{stem}-{number:03d}.jsonl").exists():
            number += 1
        try:
            self._writer = minutes.Writer(path, self.model.minutes(0)[0])
        except OSError as error:
            self.notice = (
                f"The minutes of this game cannot be written to {path}: {error.strerror}. You can play without."
            )
            return
        self._written, self.minutes_path = 0, path

    def _write_minutes(self) -> None:
        if self._writer is None or self.model is None:
            return
        records = self.model.minutes(0)[1]
        try:
            for record in records[self._written :]:
                self._writer.write(record)
        except OSError as error:
            self.notice = f"The minutes cannot be written any more: {error.strerror}. You can go on without."
            self._writer = None
        self._written = len(records)


def _plain_test(test) -> tuple[int, frozenset[int]]:
    issue, wanted = test
    return int(issue), frozenset(np.flatnonzero(wanted).tolist())


def _sources(scenario: Scenario, ids: tuple[str, ...]) -> tuple[Source, ...]:
    return tuple(scenario.sources[s] for s in ids if s in scenario.sources)


def public_facts(scenario: Scenario, rounds: int | None = None) -> views.Facts:
    """The public side of a scenario: no judgement, no number of any party."""
    places = {
        (issue.id, level.id): (i, k) for i, issue in enumerate(scenario.issues) for k, level in enumerate(issue.levels)
    }
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
                party.id, party.label, party.short, party.role, party.goals, party.no_agreement, tuple(stated)
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
        consent=scenario.protocol.consent,
        quorum=scenario.protocol.quorum,
        veto=scenario.protocol.red_lines == "veto",
        rounds=rounds or scenario.protocol.rounds,
        packages=space.size,
        rules=tuple(
            views.Clash(rule.reason, tuple(_plain_test(t) for t in tests))
            for rule, tests in zip(scenario.rules, space.rules, strict=True)
        ),
        events={e.id: views.Happening(e.label, e.text) for e in scenario.events},
        glossary=dict(scenario.glossary),
    )


class _Debriefer:
    """What could have been, with everybody's numbers of this table: all packages up to a million, else a search."""

    def __init__(self, model: Negotiation, party: str, path: tuple[tuple[int, str, float], ...]):
        self.model, self.own, self.path = model, model.parties.index(party), path
        self.names = model.parties
        self.numbers = model.preferences
        self.reservation = model.state.reservation[0]

    def make(self) -> views.Debrief:
        ended = self._ended()
        scores = tuple(views.Score(p, float(ended[i]), float(self.reservation[i])) for i, p in enumerate(self.names))
        exact = self.model.space.enumerable
        packages = self.model.space.enumerate() if exact else self._candidates(ended)
        packages = packages[signable(self.numbers, packages)]
        rows = np.zeros(len(packages), dtype=int)
        u = np.stack([self.numbers.utility(packages, p, rows) for p in range(len(self.names))], axis=1)
        needed = self.model.space.needs(packages)
        willing = u >= self.reservation - 1e-12
        agreeable = (willing | ~needed).all(axis=1)
        if self.model.scenario.protocol.consent == "quorum":
            agreeable &= willing.sum(axis=1) >= self.model.scenario.protocol.quorum
        better = (u >= ended - 1e-12).all(axis=1) & (u > ended + 1e-9).any(axis=1) & agreeable
        return views.Debrief(
            scores=scores,
            agreeable=int(agreeable.sum()) if exact else None,
            own_best=self._pick(packages, u, agreeable, u[:, self.own]),
            better=self._pick(packages, u, better, (u - ended).min(axis=1) + 1e-3 * u.sum(axis=1)),
            better_count=int(better.sum()) if exact else None,
            exact=exact,
            path=self.path,
            assumed=self._assumed(),
        )

    def _ended(self) -> np.ndarray:
        """What each party has: the utility of what was agreed, else of no agreement; float (P,)."""
        agreed = self.model.state.agreed[:1]
        if agreed[0, 0] < 0:
            return self.reservation.copy()
        rows = np.zeros(1, dtype=int)
        return np.array([self.numbers.utility(agreed, p, rows)[0] for p in range(len(self.names))])

    def _pick(self, packages, u, among, value) -> views.Alternative | None:
        if not among.any():
            return None
        k = int(np.flatnonzero(among)[value[among].argmax()])
        return views.Alternative(
            tuple(int(x) for x in packages[k]), {p: float(u[k, i]) for i, p in enumerate(self.names)}
        )

    def _candidates(self, ended: np.ndarray) -> np.ndarray:
        """Packages on the way uphill from everything proposed: towards the person's and towards everybody's good."""
        from ..analysis.large import climb, uphill

        made = self.model.state.offers[0][self.model.state.proposals[0] > 0]
        starts = [*made] or [np.zeros(len(self.model.space.shape), dtype=np.int16)]
        floor = np.rint(self.reservation * 1e12)

        def short(picos):
            return np.minimum(picos - floor[:, None], 0).sum(axis=0)

        aims = [
            lambda picos: np.where(short(picos) < 0, short(picos) - 1e12, picos[self.own]),
            lambda picos: (picos - np.rint(ended * 1e12)[:, None]).min(axis=0),
        ]
        found = [climb(self.numbers, np.asarray(s), 0, uphill(aim)) for s in starts[:3] for aim in aims]
        return np.array([*starts, *found], dtype=np.int16)

    def _assumed(self) -> dict[str, float]:
        share = cells(self.model.scenario).assumed.mean(axis=1)
        return {p: float(share[i]) for i, p in enumerate(self.names)}
