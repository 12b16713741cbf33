"""The scenarios that can be played: read once, in the order in which they are offered."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..files import configs_dir, load, shipped, variants
from ..scenario import Scenario
from ..seat.saved import Saved


@dataclass(frozen=True)
class Offered:
    """A scenario to choose. `variants`: names of what can follow it after an @; `issues`, `packages`: how many there
    are; `rounds`: until the deadline."""

    name: str
    title: str
    variants: tuple[str, ...]
    issues: int
    rounds: int
    packages: int
    summary: str


class Shelf:
    """Scenarios by name, kept once they are read."""

    def __init__(self) -> None:
        self._read: dict[str, Scenario] = {}

    def scenario(self, name: str) -> Scenario:
        """Raises PeacetableError as `load` does."""
        if name not in self._read:
            self._read[name] = load(name)
        return self._read[name]

    def offered(self) -> list[Offered]:
        """The shipped scenarios by the day on which they stand, of those of one day the smallest first."""
        folder, found = configs_dir() / "scenarios", []
        for name in shipped():
            s = self.scenario(name)
            packages, others = math.prod(len(i.levels) for i in s.issues), tuple(variants(folder / name))
            offered = Offered(name, s.title, others, len(s.issues), s.protocol.rounds, packages, s.summary)
            found.append((s.anchor, packages, offered))
        return [offered for *_, offered in sorted(found, key=lambda kept: kept[:2])]


def likely(shelf: Sequence[Offered], saved: Sequence[Saved]) -> str:
    """The scenario to offer first: the last one played, else the smallest."""
    known = {n for s in shelf for n in (s.name, *(f"{s.name}@{v}" for v in s.variants))}
    return next((s.name for s in saved if s.name in known), shelf[0].name)
