"""A move that a person wants to make: what may be asked of it before it is made, and the sentences that refuse it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..errors import Refusal
from ..scenario import Scenario, Space
from .notation import nearest
from .state import State

Objection = Callable[[np.ndarray], tuple[str, str] | None]


@dataclass(frozen=True)
class Attempt:
    """By `party` at the table `row` in the present step; `mediator`: a party, -1 for nobody. `objection`: why the party
    proposes and signs no such package, and the issues on which another level would help; None where it may."""

    scenario: Scenario
    space: Space
    state: State
    row: int
    party: int
    mediator: int
    objection: Objection

    @property
    def parties(self) -> tuple[str, ...]:
        return self.scenario.party_ids

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(party.label for party in self.scenario.parties)

    @property
    def here(self) -> str:
        """Which round it is, for sentences."""
        return f"(round {self.state.round} of {int(self.state.deadline[self.row])})"

    @property
    def nothing(self) -> np.ndarray:
        """The package of a move that names none."""
        return np.zeros(len(self.space.shape), dtype=np.int16)

    def refusal(self, reason: str, what: str, why: str, possible: str = "") -> Refusal:
        """What the party cannot do here, why not, and what it can."""
        return Refusal(reason, f"{self.labels[self.party]} cannot {what} {self.here}", why, possible)

    def index(self, party: str) -> int:
        """The place of another party. Raises Refusal."""
        if party not in self.parties:
            raise self.refusal("unknown_party", f'name "{party}"', f"no such party; {nearest(party, self.parties)}")
        return self.parties.index(party)

    def own(self, what: str, package: np.ndarray) -> np.ndarray:
        """The package if the party may bring it up: it can exist, and the party would sign it. Raises Refusal."""
        package = self.package(what, package)
        why = self.objection(package)
        if why is not None:
            raise self.refusal("refused", what, why[0], f"another level on {why[1]}")
        return package

    def package(self, what: str, package: np.ndarray) -> np.ndarray:
        """The package if it can exist at the table. Raises Refusal."""
        package, space = np.asarray(package), self.space
        if package.shape != (len(space.shape),) or not np.issubdtype(package.dtype, np.integer):
            raise self.refusal("no_package", what, f"a package has one level for each of {len(space.shape)} issues")
        if (package < 0).any() or (package >= space.shape).any():
            raise self.refusal("no_package", what, "a level is outside its issue's levels")
        for rule in space.broken_rules(package):
            about = " and ".join(i.label for i in self.scenario.issues if i.id in rule.forbid)
            raise self.refusal("no_package", what, rule.reason, f"another level on {about}")
        closed = self.state.closed[self.row]
        shut = closed[space.offsets[:-1] + package]
        if shut.any():
            gone = ", ".join(i.label for i, off in zip(self.scenario.issues, shut, strict=True) if off)
            ends = zip(space.offsets[:-1], space.offsets[1:], strict=True)
            left = not any(closed[a:b].all() for a, b in ends)
            possible = (
                "another level there" if left else "sign nothing any more, since no level is left there; walk out"
            )
            raise self.refusal("no_package", what, f"an event took its level off the table on {gone}", possible)
        return package.astype(np.int16)
