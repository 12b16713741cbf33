"""What every strategy component is made of, and what a strategy is given.

A delegation's strategy has three parts (BOA, Baarslag et al., "Decoupling negotiating agents to explore the space of
negotiation strategies", 2014): a bidding strategy says what to propose, an acceptance condition whether to sign, an
opponent model what the others seem to want. Each is one function over arrays with n rows, one per table; it sees a
`Sight` and its party's `Own` numbers, can write to neither, and draws no chance except the array it is handed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..scenario import Consent, Numbers, Space
from ..scenario.factored import Ranking
from ..scenario.sealed import sealed
from ..table.view import Sight


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
    """One entry of the registry. `kind`: bidding | acceptance | opponent_model. `source`: the paper it comes from.

    Signatures, each followed by the parameters as keywords; n tables at once:
    bidding(view, own, others | None, draws) -> packages int16 (n, I), the own utility float (n,) it would settle for;
    acceptance(view, own, u_offer (n,), u_bid (n,), draws) -> bool (n,); opponent_model(view, public) -> gains float
    (n, P, L) or None. `needs_chance`: `draws` are uniform (n, 4), else None. `needs_history`: `view.past` and
    `view.since` are there. `needs_counts`: `view.tally` and `view.changed` are there. `one_party`: the same opponent
    model for a single party, one_party(view, public, q, at) -> float (m, L) at the rows `at` (m,), where that is all an
    estimate depends on. `needs_truth`: an opponent model called with (view, public, truth), the gains (n, P, L) as they
    are, which no other is handed; for analysis only.
    """

    name: str
    kind: str
    summary: str
    source: str
    function: Callable
    params: Mapping[str, Param] = field(default_factory=dict)
    needs_chance: bool = False
    needs_history: bool = False
    needs_counts: bool = False
    needs_truth: bool = False
    one_party: Callable | None = None


@dataclass(frozen=True)
class Public:
    """What everybody knows before the first word. `space`: the packages, and whose signatures they need; `values`:
    gains float (P, L) that follow from the stated positions alone, all issues weighing the same."""

    space: Space
    values: np.ndarray

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", sealed(self.values))

    @property
    def offsets(self) -> np.ndarray:
        """First column of each issue, and the number of columns, int64 (I + 1,)."""
        return self.space.offsets

    @cached_property
    def worth(self) -> np.ndarray:
        """Value in [0, 1] of each level within its issue as stated, float (P, L)."""
        return sealed(self.values * len(self.space.shape))

    def ordered(self, issue: int) -> bool:
        """Whether all levels of the issue have an order, and stand in it."""
        return self.space.lines[issue] == tuple(range(self.space.shape[issue]))


@dataclass(frozen=True, eq=False)
class Own:
    """What one party alone knows at the n tables of a view, and what is public. All utilities float in [0, 1].

    `rows`: int (n,) numbers of the tables; `reservation`: float (n,) now; `last`: int16 (n, I) what it proposed last,
    -1 where it has not yet. Nothing in it can be written to.
    """

    numbers: Numbers
    ranking: Ranking
    public: Public
    rows: np.ndarray
    reservation: np.ndarray
    last: np.ndarray

    def __post_init__(self) -> None:
        for name in ("rows", "reservation", "last"):
            object.__setattr__(self, name, sealed(getattr(self, name)))

    def best(self) -> np.ndarray:
        """Utility of the best own package, (n,)."""
        return self.ranking.best(self.rows)

    def worst(self) -> np.ndarray:
        """Utility of the worst own package, (n,)."""
        return self.ranking.worst(self.rows)

    def low(self) -> np.ndarray:
        """The least it would settle for, (n,): the reservation value or, if that is more, the worst own package."""
        return np.minimum(np.maximum(self.worst(), self.reservation), self.best())

    def utility(self, packages: np.ndarray) -> np.ndarray:
        """Utility (n, ...) of packages (n, ..., I)."""
        return self.numbers.utility(packages, self.rows)

    def gone(self, packages: np.ndarray) -> np.ndarray:
        """Whether packages (n, I) hold a level that an event took off the table, bool (n,)."""
        return self.numbers.gone(packages, self.rows)

    def vetoed(self, packages: np.ndarray) -> np.ndarray:
        """Whether packages (n, ..., I) cross an own red line, bool (n, ...)."""
        return self.numbers.vetoed(packages)

    def at_least(
        self, target: np.ndarray, width: float = 0.0, most: int = 1
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The lowest own packages with utility in [target, target + width]; see SortedRanking.at_least."""
        return self.ranking.at_least(target, width, most, self.rows)

    def nth_best(self, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The package at place n (n,) of the own ranking, 0 = the best: packages (n, I), utility (n,)."""
        return self.ranking.nth_best(n, self.rows)

    def pick(self, share: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """One of the own packages with utility >= target, for a share (n,) in [0, 1): packages (n, I), utility (n,)."""
        return self.ranking.pick(share, target, self.rows)


def decisive(values: np.ndarray, needed: np.ndarray, others: np.ndarray, signatures: int) -> np.ndarray:
    """The least of the `values` (..., P) of those other parties whose signatures make an agreement, float (...); inf
    where there is nobody.

    Those are the `needed`, bool (..., P), and of the rest of the `others`, bool (..., P), those of the highest values,
    as many as are then missing for the `signatures` that it takes, the own among them. Nobody else can hold it up.
    """
    rest = others & ~needed
    least = np.where(needed, values, np.inf).min(axis=-1)
    missing = np.minimum(signatures - 1 - needed.sum(axis=-1), rest.sum(axis=-1))
    falling = -np.sort(np.where(rest, -values, np.inf), axis=-1)
    last = np.take_along_axis(falling, np.maximum(missing - 1, 0)[..., None], axis=-1)[..., 0]
    return np.where(missing > 0, np.minimum(least, last), least)


AIMS = ("mean", "least", "next")
STEP = 2.0**-40  # estimates are whole multiples of it


def rounded(gains: np.ndarray) -> np.ndarray:
    """Estimates to the nearest multiple of STEP, in place: sums of those of all parties are exact, so that nothing
    depends on the order in which parties are listed or named."""
    gains *= 1.0 / STEP
    np.rint(gains, out=gains)
    gains *= STEP
    return gains


def in_any_order(values: np.ndarray) -> Iterator[np.ndarray]:
    """Values (..., P) of the parties, the least of each row first, one (...) after the other: what is summed or
    multiplied like that does not depend on the order of parties."""
    ordered = np.sort(values, axis=-1)
    return (ordered[..., q] for q in range(ordered.shape[-1]))


class Others:
    """What an opponent model estimates: each party's gain from each level, scaled to sum at most 1.

    `estimate`: float (n, P, L), or a function of a party that gives its (n, L). `consent` says whose signatures a
    package needs; without it, everybody's.
    """

    def __init__(
        self,
        offsets: np.ndarray,
        estimate: np.ndarray | Callable[[int], np.ndarray],
        party: int,
        present: np.ndarray,
        consent: Consent | None = None,
    ):
        self.offsets, self.party, self.consent = offsets, party, consent
        self._estimate = estimate
        self.counted = present.copy()
        self.counted[:, party] = False

    @cached_property
    def mean(self) -> np.ndarray:
        """Mean gain of the other parties present from each level, float (n, L)."""
        total = np.zeros((len(self.counted), int(self.offsets[-1])))
        for q in range(self.counted.shape[1]):
            counted = self.counted[:, q]
            if counted.all():
                total += self.gains(q)
            elif counted.any():
                total += self.gains(q) * counted[:, None]
        return total / np.maximum(self.counted.sum(axis=1), 1)[:, None]

    def gains(self, party: int) -> np.ndarray:
        """Estimated gain of one party from each level, float (n, L)."""
        return self._estimate(party) if callable(self._estimate) else self._estimate[:, party]

    @cached_property
    def estimate(self) -> np.ndarray:
        """The same for all parties, float (n, P, L)."""
        return np.stack([self.gains(q) for q in range(self.counted.shape[1])], axis=1)

    def score(self, packages: np.ndarray, aim: str = "mean") -> np.ndarray:
        """How much the others should like packages (n, K, I), float (n, K).

        `aim`: the `mean` estimated utility of the others whose signature the package needs (of all others where consent
        does not depend on the package), that of the `least` happy of those whose signatures make it an agreement (see
        `decisive`), or that of the `next` of the former after this party in the scenario's list, whoever has the turn.
        """
        if aim == "mean" and (self.consent is None or not self.consent.by_level):
            return self._sum(self.mean, packages)
        needed = self._needed(packages)
        if aim == "mean":
            total = np.zeros(packages.shape[:2])
            for q in range(needed.shape[2]):
                if q != self.party:
                    total += np.where(needed[:, :, q], self.utility(q, packages), 0.0)
            return total / np.maximum(needed.sum(axis=2), 1)
        parties = needed.shape[2]
        if aim == "least":
            liked = np.stack([self.utility(q, packages) for q in range(parties)], axis=2)
            signatures = 0
            if self.consent is not None:
                signatures, needed = self.consent.signatures, needed & self.consent.needs(packages)
            result = decisive(liked, needed, self.counted[:, None, :], signatures)
        else:
            result = np.full(packages.shape[:2], np.inf)
            for q in ((self.party + k) % parties for k in range(1, parties)):
                result = np.where(needed[:, :, q] & np.isinf(result), self.utility(q, packages), result)
        return np.where(np.isinf(result), 1.0, result)

    def _needed(self, packages: np.ndarray) -> np.ndarray:
        if self.consent is None or not self.consent.by_level:
            return np.broadcast_to(self.counted[:, None, :], (*packages.shape[:2], self.counted.shape[1]))
        return self.consent.needs(packages) & self.counted[:, None, :]

    def utility(self, party: int, packages: np.ndarray) -> np.ndarray:
        """Estimated utility float (n, K) of packages (n, K, I) for one party."""
        return self._sum(self.gains(party), packages)

    def _sum(self, gains: np.ndarray, packages: np.ndarray) -> np.ndarray:
        flat, base = gains.reshape(-1), (np.arange(len(packages)) * gains.shape[1])[:, None]
        total = np.zeros(packages.shape[:2])
        for i, offset in enumerate(self.offsets[:-1]):
            total += flat[packages[:, :, i] + (base + offset)]
        return total


__all__ = ["AIMS", "Component", "Others", "Own", "Param", "Public", "Sight"]
