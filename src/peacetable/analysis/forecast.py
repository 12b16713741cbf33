"""Two baselines from position x salience x capability, issue by issue: the compromise model and the weighted median.

Positions. On an issue with n levels on its line, level k of these stands at 100 k / (n - 1). A party's position is that
of its most preferred level by the central values (stances, interpolated and neutral levels), the mean where several
tie. Parties that have said nothing on an issue are left out of it. The weight of a party is its capability x its
salience.

Compromise model: the weighted mean of the positions (Van den Bos 1991, Dutch EC Policy Making; Achen 2006, ch. 4 of
Thomson et al. (eds), The European Union Decides, derives it as an approximation to the Nash solution when failing to
agree is much worse than any agreement). It minimises the weighted sum of squared distances. Weighted median: the
position that beats every other in pairwise weighted votes when preferences are single-peaked (Black 1948; the base
forecast of Bueno de Mesquita 1984); it minimises the weighted sum of distances; where a whole interval does, its middle
is given.

On an issue that is not ordered, or where some party likes a level best that stands off the line, there are no
positions: both give the level with the most weight among the parties' most preferred levels (split evenly on ties), the
first such level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..scenario import Party, Scenario, Space, cells


@dataclass(frozen=True)
class Forecast:
    """One model's answer. `positions`: issue -> 0..100, None where there are none or nobody weighs in;
    `levels`: issue -> level index, None where nobody weighs in."""

    positions: dict[str, float | None]
    levels: dict[str, int | None]

    def package(self) -> np.ndarray | None:
        """The forecast levels as a package, int16 (I,), or None if an issue has no forecast."""
        found = [k for k in self.levels.values() if k is not None]
        return np.array(found, dtype=np.int16) if len(found) == len(self.levels) else None


def compromise(positions: np.ndarray, weights: np.ndarray) -> float:
    """Weighted mean of `positions` (n,), weights (n,) >= 0 with a positive sum."""
    return float((positions * weights).sum() / weights.sum())


def weighted_median(positions: np.ndarray, weights: np.ndarray) -> float:
    """Position with at most half of the weight on either side; the middle of the interval if there are several."""
    order = np.argsort(positions, kind="stable")
    spots, cumulated = positions[order], np.cumsum(weights[order])
    half = cumulated[-1] / 2
    low = spots[np.searchsorted(cumulated, half * (1 - 1e-12))]
    high = spots[np.searchsorted(cumulated, half * (1 + 1e-12))]
    return float((low + high) / 2)


def forecasts(scenario: Scenario) -> dict[str, Forecast]:
    """{"compromise": ..., "weighted_median": ...} for every issue."""
    values, offsets = cells(scenario).value, Space(scenario).offsets
    found = {"compromise": Forecast({}, {}), "weighted_median": Forecast({}, {})}
    for i, issue in enumerate(scenario.issues):
        spoken = [p for p, party in enumerate(scenario.parties) if any(key[0] == issue.id for key in party.positions)]
        weights = np.array([_weight(scenario.parties[p], issue.id) for p in spoken])
        best = [_most_preferred(values[p, offsets[i] : offsets[i + 1]]) for p in spoken]
        line = issue.line
        last, has_positions = len(line) - 1, all(k in line for ks in best for k in ks)
        for name, rule in (("compromise", compromise), ("weighted_median", weighted_median)):
            position: float | None = None
            level: int | None = None
            if weights.sum() > 0 and has_positions:
                spots = np.array([100 * np.mean([line.index(k) for k in ks]) / max(last, 1) for ks in best])
                position = rule(spots, weights)
                # half way between two levels goes to the lower one
                level = line[int(np.ceil(round(position * last / 100 - 0.5, 9)))]
            elif weights.sum() > 0:
                level = _plurality(best, weights, len(issue.levels))
            found[name].positions[issue.id], found[name].levels[issue.id] = position, level
    return found


def _weight(party: Party, issue: str) -> float:
    return party.capability.value * party.saliences[issue].value


def _most_preferred(values: np.ndarray) -> np.ndarray:
    """Indices of the best levels."""
    return np.flatnonzero(values >= values.max() - 1e-12)


def _plurality(best: list[np.ndarray], weights: np.ndarray, levels: int) -> int:
    votes = np.zeros(levels)
    for ks, weight in zip(best, weights, strict=True):
        votes[ks] += weight / len(ks)
    return int(votes.argmax())
