"""Talks step by step, for going back and forth through them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..abm.replay import Replay
from ..table.record import Kind, Record
from .reader import Reader
from .views import Facts, Mandate, View


@dataclass(frozen=True)
class Step:
    """The table after so many moves. `mandates`: the numbers that may be seen, by party."""

    view: View
    mandates: Mapping[str, Mandate]


@dataclass(frozen=True)
class Chronicle:
    """`steps[0]` is before the first move. `seat`: whose eyes; `sealed`: the talks go on, so only the own numbers are
    there; `played`: parties that persons played."""

    facts: Facts
    steps: tuple[Step, ...]
    seat: str
    sealed: bool
    played: tuple[str, ...]

    def starts(self) -> dict[int, int]:
        """Round -> number of the last step before its first move."""
        found: dict[int, int] = {}
        for n, step in enumerate(self.steps):
            found.setdefault(step.view.round, n)
        return found


def tell(reader: Reader, header: dict, records: Sequence[Record], seat: str) -> Chronicle:
    """Hold the talks of the minutes again, without chance, and note every step."""
    over = any(record.kind == Kind.END for record in records)
    talks = Replay(reader.scenario, header, records)
    open_to = reader.scenario.party_ids if over else (seat,)

    def step() -> Step:
        return Step(reader.view(talks, seat), {p: reader.mandate(talks, p) for p in open_to})

    steps = [step()]
    while talks.running and not talks.stopped:
        talks.step()
        steps.append(step())
    talks.release()
    return Chronicle(reader.facts, tuple(steps), seat, not over, tuple(header["people"]))
