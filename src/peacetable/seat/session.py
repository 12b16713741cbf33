"""One game: takes moves, keeps the minutes, goes on where a game was left. Hands out plain views only."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from ..abm.model import Negotiation
from ..errors import PeacetableError
from ..files import from_document
from ..scenario import Scenario, Strategy
from ..table import minutes
from ..table.record import MOVES, Ended, Kind, Record
from ..table.rules import RULES_VERSION
from . import difficulty, views
from .chronicle import Chronicle, tell
from .reader import Reader, public_facts
from .seat import Seat


class Session:
    """A scenario ready to be played. `folder`: where the minutes of each game go, None for nowhere. `rounds`,
    `strategies`: as for Negotiation; `level`: a name in difficulty.DIFFICULTIES.

    Each further game takes the next seed, so that a seed and a side say which game it was. `seed` is that of the
    present one, or of the first.

    `people` are the parties that persons play; each has a seat of its own, `at(party)`.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int = 0,
        folder: Path | None = None,
        rounds: int | None = None,
        strategies: Mapping[str, Strategy | str] | Strategy | str | None = None,
        level: str = difficulty.NORMAL,
    ):
        self.scenario, self.seed, self.folder, self.level = scenario, seed, folder, level
        strategies = difficulty.strategies(scenario, level) if strategies is None else strategies
        self._options: dict[str, Any] = {"rounds": rounds, "strategies": strategies}
        self.model: Negotiation | None = None
        self.people: tuple[str, ...] = ()
        self.games = 0
        self.minutes_path: Path | None = None
        self.notice = ""
        self._writer: minutes.Writer | None = None
        self._written = 0
        self.facts = public_facts(scenario, rounds)
        self._reader = Reader(scenario, self.facts)

    # -- the course of a game ----------------------------------------------------------------------------------------

    def start(self, *people: str) -> None:
        """A new table with persons in these seats, under the next seed if there was a game before."""
        self.close()
        self.seed += self.games > 0
        self.model = Negotiation(
            difficulty.candid(self.scenario, self.level),
            seed=self.seed,
            human=people,
            record=True,
            **self._options,
        )
        for id, delegation in self.model.delegations.items():  # made now: it would take more than a frame later
            if id in people:
                self.model.talks.ranking(delegation.index)
            else:
                delegation.ranking  # noqa: B018
        self.people = people
        self.games += 1
        self._open_minutes()
        self._write_minutes()

    @classmethod
    def resume(cls, path: Path) -> Session:
        """The game of these minutes, where it was left; its minutes go on in the same file. Raises PeacetableError."""
        header, records, torn = minutes.load(path)
        session = cls._of(header, path)
        session.model = session._again(header, records)
        session.people = tuple(session.model.talks.people) or session.people
        session.notice = " ".join(filter(None, (torn, _newer_rules(header, records))))
        try:
            session._writer = minutes.Writer.reopen(path)
        except OSError as error:
            session.notice = f"This game cannot be kept any more in {path}: {error.strerror}. You can go on without."
        session._written, session.minutes_path = len(records), path
        session._write_minutes()
        return session

    @classmethod
    def finished(cls, path: Path) -> Session:
        """The game of these minutes after its end, for its debrief; the file stays as it is. Raises PeacetableError."""
        header, records, _ = minutes.load(path)
        if not any(record.kind == Kind.END for record in records):
            raise PeacetableError(f"The talks in {path} have not ended: their debrief comes after the end.")
        session = cls._of(header, path)
        session.model = session._again(header, records)
        session.minutes_path = path
        return session

    @classmethod
    def _of(cls, header: dict, path: Path) -> Session:
        """A session without a table yet, as the header of minutes describes it."""
        scenario = from_document(header["document"], header["scenario_hash"], path)
        level = header.get("game", {}).get("level", difficulty.NORMAL)
        session = cls(scenario, header["seed"], path.parent, header["overrides"].get("rounds"), level=level)
        session.games = header["table"] + 1
        session.people = tuple(header["people"])
        if not session.people:
            raise PeacetableError(f"Nobody played in {path}: it can be replayed, not continued.")
        return session

    def _again(self, header: dict, records: Sequence[Record]) -> Negotiation:
        return Negotiation.resume(difficulty.candid(self.scenario, self.level), header, records)

    def rewind(self, number: int) -> None:
        """Go on from the start of an earlier round at the same table, in new minutes; the old ones are kept."""
        header, records = self._minutes()
        again = self._again(header, [record for record in records if record.round < number])
        self.close()
        self.model = again
        self._open_minutes()
        self._write_minutes()

    def at(self, party: str) -> Seat:
        """The seat of a party at this table. Raises PeacetableError before there is one, NotationError."""
        if self.model is None:
            raise PeacetableError("There is no table yet: start the session, then people can sit down.")
        model = self.model
        return Seat(party, model, self._reader, self._write_minutes, lambda: self.model is model)

    @property
    def awaiting(self) -> tuple[str, ...]:
        """The parties whose persons have to move before anything goes on."""
        return self.model.awaiting if self.model is not None else ()

    @property
    def running(self) -> bool:
        return self.model is not None and bool(self.model.running)

    def step(self) -> None:
        """One turn of an agent."""
        assert self.model is not None
        self.model.step()
        self._write_minutes()

    def close(self) -> None:
        """End this table: nothing of it stays in memory. Its minutes stay on disk, unless no person has moved yet."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
            if self.minutes_path is not None and self.running and not self._moved():
                with contextlib.suppress(OSError):
                    self.minutes_path.unlink()
                self.minutes_path = None
        if self.model is not None:
            self.model.close()
            self.model = None

    def _moved(self) -> bool:
        return any(getattr(record, "party", None) in self.people for record in self._minutes()[1])

    # -- what may be seen --------------------------------------------------------------------------------------------

    def sitting(self) -> views.Sitting:
        """Which game this is."""
        try:
            day = date.fromtimestamp(self.minutes_path.stat().st_mtime) if self.minutes_path else date.today()
        except OSError:
            day = date.today()
        return views.Sitting(self.seed, self.level, day.isoformat(), str(self.minutes_path or ""))

    # -- minutes -----------------------------------------------------------------------------------------------------

    def _minutes(self) -> tuple[dict, list[Record]]:
        assert self.model is not None
        header, records = self.model.minutes(0)
        return header | {"game": {"level": self.level}}, records

    def _open_minutes(self) -> None:
        self._written, self.minutes_path = 0, None
        if self.folder is None or self.model is None:
            return
        stem = f"{self.scenario.name}-{'-'.join(self.people)}-seed{self.seed}"
        header = self._minutes()[0]
        for number in itertools.count(1):
            path = self.folder / f"{stem}-{number:03d}.jsonl"
            try:
                self._writer = minutes.Writer(path, header)
            except OSError as error:
                if isinstance(error, FileExistsError) and path.exists():  # perhaps since just now, by another window
                    continue
                self.notice = (
                    f"The minutes of this game cannot be written to {path}: {error.strerror}. You can play without."
                )
                return
            self.minutes_path = path
            return

    def _write_minutes(self) -> None:
        if self._writer is None or self.model is None:
            return
        records = self.model.talks.records[0]
        try:
            for record in records[self._written :]:
                self._writer.write(replace(record, scores=self._scores()) if isinstance(record, Ended) else record)
        except OSError as error:
            self.notice = f"The minutes cannot be written any more: {error.strerror}. You can go on without."
            self._writer = None
        self._written = len(records)

    def _scores(self) -> dict[str, float]:
        """What the persons got, for the list of games."""
        assert self.model is not None
        got = self.model.utilities()[0]
        return {p: round(float(got[self.model.talks.party_index(p)]), 4) for p in self.people}


def _newer_rules(header: dict, records: Sequence[Record]) -> str:
    """What a person who goes on with a game that was left under earlier rules should know, or ""."""
    if minutes.versions(header, records)[-1]["rules_version"] == RULES_VERSION:
        return ""
    now = f"from here on its delegations play by newer rules (version {RULES_VERSION})"
    return f"This game was begun {minutes.older_rules(header, records)}; {now}."


def read_chronicle(path: Path) -> tuple[Chronicle, str]:
    """The talks of these minutes, step by step, and a notice if their last line was torn. Raises PeacetableError."""
    header, records, torn = minutes.load(path)
    scenario = from_document(header["document"], header["scenario_hash"], path)
    return chronicle_of(scenario, header, records), torn or ""


def chronicle_of(scenario: Scenario, header: dict, records: Sequence[Record]) -> Chronicle:
    """Talks from their header and records, step by step, seen from a person's seat, or from the first party's."""
    reader = Reader(scenario, public_facts(scenario, header["overrides"].get("rounds")))
    moved = any(record.kind in MOVES for record in records)
    seat = header["people"][0] if header["people"] and moved else scenario.party_ids[0]
    return tell(reader, header, records, seat)
