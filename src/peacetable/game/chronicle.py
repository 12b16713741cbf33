"""Talks step by step, for going back and forth through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..abm.model import Negotiation
from ..table.moves import KINDS
from .reading import Reader
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


def tell(reader: Reader, header: dict, records: list[dict], seat: str) -> Chronicle:
    """Hold the talks of the minutes again, without chance, and note every step."""
    over = any(r["kind"] == "end" for r in records)
    model = Negotiation.replay(reader.scenario, header, records)
    open_to = reader.scenario.party_ids if over else (seat,)

    def step() -> Step:
        return Step(reader.view(model, seat), {p: reader.mandate(model, p) for p in open_to})

    steps = [step()]
    for _ in range(sum(r["kind"] in KINDS for r in records)):
        model.step()
        steps.append(step())
    model.close()
    return Chronicle(reader.facts, tuple(steps), seat, not over, tuple(header["people"]))
