"""Minutes being followed: what was drawn, and the records in order."""

from __future__ import annotations

import numpy as np

from ..errors import MinutesError
from ..scenario import Preferences, Scenario, Space, preferences
from ..table.moves import KINDS

OPENINGS = ("order", "event", "amend")
ASIDES = ("sound", "rules")


class Script:
    """A pointer into the records of minutes."""

    def __init__(self, header: dict, records: list[dict]):
        self.drawn, self.records, self.at = header["drawn"], records, 0

    @property
    def over(self) -> bool:
        """Whether all records have been followed."""
        return self.at >= len(self.records)

    def left_for_good(self) -> np.ndarray | None:
        """Whether the talks ended with the walk-out that was followed last, bool (1,); None where the records stop."""
        return None if self.over else np.array([self.records[self.at].get("ended") == "walk_out"])

    def preferences(self, scenario: Scenario, space: Space) -> Preferences:
        central = preferences(scenario, space)
        named = ("contributions", "bonuses", "scale", "saliences", "reservation")
        contributions, bonuses, *others = (np.array([self.drawn[name]]) for name in named)
        bonuses = bonuses.reshape(1, len(scenario.parties), -1).astype(np.int64)
        if contributions.shape != central.contributions.shape or bonuses.shape != central.bonuses.shape:
            raise MinutesError("The minutes were drawn for another scenario: their numbers do not fit its issues.")
        drawn = contributions, bonuses, *others
        numbers = (n.redrawn(*(array[:, p] for array in drawn)) for p, n in enumerate(central.numbers))
        return Preferences(space, numbers)

    def opening(self, n: int) -> list[dict]:
        """The records that open round n: what chance and the chair did before the first turn."""
        found = []
        while not self.over and self.records[self.at]["kind"] in OPENINGS:
            if self.records[self.at]["round"] != n:
                break
            found.append(self.records[self.at])
            self.at += 1
        return found

    def asides(self) -> list[dict]:
        """What stands before the next move: soundings, and other rules from there on."""
        found = []
        while not self.over and self.records[self.at]["kind"] in ASIDES:
            found.append(self.records[self.at])
            self.at += 1
        return found

    def move(self) -> dict | None:
        """The next move, or None where the records have none."""
        if self.over or self.records[self.at]["kind"] not in KINDS:
            return None
        self.at += 1
        return self.records[self.at - 1]
