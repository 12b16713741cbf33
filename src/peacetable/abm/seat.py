"""What a person in a seat gets: the public view of a table as plain data, and the own numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..scenario import Scenario, Space


@dataclass(frozen=True)
class Offer:
    """A package on the table. `package`: level indices; `signed`, `needs`: party ids in the scenario's order."""

    of: str
    package: tuple[int, ...]
    signed: tuple[str, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True)
class SeatView:
    """Everything public at one table, seen by `party`. `round` counts from 1 to `rounds`; `speaker` has the turn (None
    when it is over); `offers` are on the table; `last_offers` each party's latest proposal; `log` the moves and events
    so far; `soundings` how many the party has left; under a single text the `draft`, the `amendment` being voted on and
    who has voted for it (`votes`); `closed` {issue: levels} that events took off the table; `ended` None |
    agreement | deadline | walk_out; `by`, `package` as they ended."""

    party: str
    round: int
    rounds: int
    turn: int
    speaker: str | None
    offers: dict[str, Offer]
    last_offers: dict[str, tuple[int, ...]]
    present: tuple[str, ...]
    log: tuple[dict, ...]
    ended: str | None
    by: str | None
    package: tuple[int, ...] | None
    draft: tuple[int, ...] | None = None
    amendment: tuple[int, ...] | None = None
    votes: tuple[str, ...] = ()
    soundings: int = 0
    closed: dict[str, tuple[str, ...]] = field(default_factory=dict)


def visible(records: list[dict], party: str) -> tuple[dict, ...]:
    """Copies of the records that `party` may see: all but soundings between others."""
    return tuple(dict(r) for r in records if r["kind"] != "sound" or party in (r["party"], r["to"]))


class Mandate:
    """One party's own numbers at one table: what a person who plays it is told.

    `gains`: float (L,) what each level adds; `reservation`: value of no agreement now; `best`: utility of the best own
    package; `red_lines`: bool (L,).
    """

    def __init__(
        self,
        party: str,
        scenario: Scenario,
        space: Space,
        gains: np.ndarray,
        conditions: list,
        red_lines: np.ndarray,
        reservation: float,
        best: float,
    ):
        self.party, self.scenario, self.space = party, scenario, space
        self.gains, self.red_lines, self.conditions = gains, red_lines, conditions
        self.reservation, self.best = reservation, best

    def _columns(self, package) -> np.ndarray:
        return self.space.offsets[:-1] + np.asarray(package, dtype=np.int64)

    def utility(self, package) -> float:
        """Own utility in [0, 1] of one package."""
        return float(np.clip(sum(change for _, _, change in self.reasons(package)), 0.0, 1.0))

    def reasons(self, package) -> list[tuple[str, str, float]]:
        """(kind, id, contribution): one row per issue (kind "issue"), one per condition that holds ("condition")."""
        rows = [
            ("issue", issue.id, float(gain))
            for issue, gain in zip(self.scenario.issues, self.gains[self._columns(package)], strict=True)
        ]
        held = np.asarray(package, dtype=np.int64)
        rows += [("condition", cid, change) for cid, tests, change in self.conditions if self.space.hold(tests, held)]
        return rows

    def crosses(self, package) -> list[str]:
        """Issues on which the package crosses an own red line."""
        crossed = self.red_lines[self._columns(package)]
        return [i.id for i, bad in zip(self.scenario.issues, crossed, strict=True) if bad]
