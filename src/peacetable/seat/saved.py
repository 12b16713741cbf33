"""The games whose minutes lie on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..abm.settings import with_overrides
from ..errors import PeacetableError
from ..files import from_document
from ..table import minutes
from ..table.ledger import Ledger
from ..table.notation import read
from ..table.record import Ended, Record

LISTED = 40  # games that are listed, the newest first


@dataclass(frozen=True)
class Saved:
    """A game on disk. `when`: seconds since 1970 of its last move; `over`: whether it has ended; `round`: in which it
    ended or goes on; `rounds`: until the deadline as events have moved it, while it goes on; `people`: parties that
    persons play; `name`: of the scenario with its variant; `ended`: agreement | deadline | walk_out, or "" while it
    goes on; `scores`: what each person got, where the minutes say so."""

    path: Path
    name: str
    title: str
    people: tuple[str, ...]
    labels: tuple[str, ...]
    round: int
    rounds: int
    over: bool
    level: str
    when: float
    seed: int = 0
    ended: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)


def games(folder: Path) -> tuple[list[Saved], int]:
    """The games whose minutes lie in `folder`, the newest first, and how many files could not be read."""
    try:
        files = [(path.stat().st_mtime, path) for path in folder.glob("*.jsonl")]
    except OSError:
        return [], 0
    found, bad = [], 0
    for when, path in sorted(files, reverse=True)[:LISTED]:
        try:
            found.append(_saved(path, when))
        except (PeacetableError, KeyError, TypeError, AttributeError):
            bad += 1
    return found, bad


def _saved(path: Path, when: float) -> Saved:
    header, records, _ = minutes.load(path)
    document = header["document"]
    facts, parties = document["scenario"], document["parties"]
    people = tuple(header["people"])
    end = records[-1] if records and isinstance(records[-1], Ended) else None
    number, rounds = (end.round, end.round) if end else _clock(header, records)
    return Saved(
        path=path,
        name=header["scenario"],
        title=facts["title"],
        people=people,
        labels=tuple(parties[p]["label"] for p in people),
        round=number,
        rounds=rounds,
        over=end is not None,
        level=header.get("game", {}).get("level", ""),
        when=when,
        seed=header["seed"],
        ended=end.ended if end else "",
        scores=(end.scores or {}) if end else {},
    )


def _clock(header: dict, records: Sequence[Record]) -> tuple[int, int]:
    """The round in which the talks ended or go on, and the deadline as events have moved it."""
    given = {key: value for key, value in header["overrides"].items() if key != "strategies"}
    problem = with_overrides(from_document(header["document"]), given)
    text = header["drawn"].get("draft")
    draft = None if text is None else read(problem, text)
    now = Ledger(problem, draft, header.get("rules_version")).extend(records).now
    return now.round, now.rounds
