"""What every strategy component is made of, and what a strategy is given.

A delegation's strategy has three parts (BOA, Baarslag et al., "Decoupling negotiating agents to explore the space of
negotiation strategies", 2014): a bidding strategy says what to propose, an acceptance condition whether to sign, an
opponent model what the others seem to want. Each is one function over arrays with n rows, one per table; it sees a
`View` and its party's `Own` numbers, changes neither, and draws no chance except the array it is handed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from ..scenario import Preferences
from ..scenario.ranking import SortedRanking, SplitRanking
from ..table.view import View


@dataclass(frozen=True)
class Param:
    """A parameter: default, lowest and highest allowed value (or `choices`), and what it does."""

    default: float | int | str
    low: float | None
    high: float | None
    about: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Component:
    """One entry of the registry. `kind`: bidding | acceptance | opponent_model. `source`: the paper it comes from."""

    name: str
    kind: str
    summary: str
    source: str
    function: Callable
    params: Mapping[str, Param] = field(default_factory=dict)
    needs_chance: bool = False
    needs_history: bool = False


class Own:
    """One party's own numbers at the n tables of a view. All utilities float in [0, 1]."""

    def __init__(
        self,
        preferences: Preferences,
        ranking: SortedRanking | SplitRanking,
        party: int,
        rows: np.ndarray,
        reservation: np.ndarray,
    ):
        self.preferences, self.ranking, self.party, self.rows = preferences, ranking, party, rows
        self.reservation = reservation

    def best(self) -> np.ndarray:
        """Utility of the best own package, (n,)."""
        return self.ranking.best(self.rows)

    def worst(self) -> np.ndarray:
        """Utility of the worst own package, (n,)."""
        return self.ranking.worst(self.rows)

    def utility(self, packages: np.ndarray) -> np.ndarray:
        """Utility (n, ...) of packages (n, ..., I)."""
        return self.preferences.utility(packages, self.party, self.rows)

    def vetoed(self, packages: np.ndarray) -> np.ndarray:
        """Whether packages (n, ..., I) cross an own red line, bool (n, ...)."""
        return self.preferences.vetoed(packages, self.party)

    def at_least(self, target: np.ndarray, width: float = 0.0, most: int = 1):
        """The lowest own packages with utility in [target, target + width]; see SortedRanking.at_least."""
        return self.ranking.at_least(target, width, most, self.rows)


class Others:
    """What an opponent model estimates: float (n, P, L), each party's gain from each level, scaled to sum at most 1."""

    def __init__(self, offsets: np.ndarray, estimate: np.ndarray, party: int, present: np.ndarray):
        weight = present.astype(float)
        weight[:, party] = 0.0
        counted = np.maximum(weight.sum(axis=1), 1.0)
        self.offsets = offsets
        # one number per level, the mean over the other parties present: what a candidate is worth to them
        total = np.zeros((len(estimate), estimate.shape[2]))
        for q in range(estimate.shape[1]):  # a loop, so that the order of adding never depends on the batch
            total += estimate[:, q] * weight[:, q, None]
        self.mean = total / counted[:, None]

    def score(self, packages: np.ndarray) -> np.ndarray:
        """Estimated mean utility of the others, float (n, K), for packages (n, K, I)."""
        rows = np.arange(len(packages))[:, None]
        total = np.zeros(packages.shape[:2])
        for i, offset in enumerate(self.offsets[:-1]):
            total += self.mean[rows, offset + packages[:, :, i].astype(np.int64)]
        return total


@dataclass(frozen=True)
class Public:
    """What everybody knows before the first word: gains float (P, L) that follow from the stated positions alone."""

    offsets: np.ndarray
    values: np.ndarray


__all__ = ["Component", "Others", "Own", "Param", "Public", "View"]
