"""Charts as numbers: what they show, their axes and ticks, and where on a length of pixels a value lies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

TICK = 5  # ticks stand at fifths


@dataclass(frozen=True)
class Series:
    """`points`: (x, y) in order: round and value, or two utilities. `kind`: its place among the parties, which gives
    colour and shape."""

    party: str
    label: str
    points: tuple[tuple[float, float], ...]
    kind: int


@dataclass(frozen=True)
class Axis:
    """From `low` to `high`, which is the larger of the two."""

    low: float
    high: float

    @classmethod
    def around(cls, values: Sequence[float]) -> Axis:
        """From the least to the largest value, at fifths; from 0 to 1 for none."""
        low = math.floor(min(values, default=0.0) * TICK + 1e-9) / TICK
        return cls(low, max(low + 1 / TICK, math.ceil(max(values, default=1.0) * TICK - 1e-9) / TICK))

    def ticks(self) -> list[float]:
        """The fifths on the axis, both ends included."""
        count = round((self.high - self.low) * TICK)
        return [self.low + (self.high - self.low) * k / count for k in range(count + 1)]

    def place(self, value: float, start: float, length: float) -> float:
        """The pixel of a value where the axis starts at `start` and is `length` long, below 0 for upwards."""
        return start + length * (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Curves:
    """Values in [0, 1] over rounds. `last`: the round in which the talks stand; `marks`: (round, value) of the
    walk-away line where it changes."""

    series: tuple[Series, ...]
    last: int
    marks: tuple[tuple[float, float], ...]

    @property
    def x(self) -> Axis:
        return Axis(1, max(2, self.last))

    @cached_property
    def y(self) -> Axis:
        return Axis.around([v for s in self.series for _, v in s.points] + [v for _, v in self.marks])

    def walk_away(self) -> list[tuple[float, float]]:
        """The walk-away line up to the right end of the axis; empty where there is none."""
        return [*self.marks, (self.x.high, self.marks[-1][1])] if self.marks else []

    def numbered(self, most: int) -> range:
        """The rounds that are written below the axis, where there is room for `most` of them."""
        rounds = int(self.x.high)
        return range(1, rounds + 1, max(1, -(-rounds // max(1, most))))


@dataclass(frozen=True)
class Plane:
    """Packages by what they are worth to two sides, x and y. `spots`: (x, y, could have been agreed); `front`: those of
    which none is better for both; `series`: the offers of each party as a path; `sides`: ids of the two
    parties; `marks`: their walk-away values; `end`: what was agreed; `names`: of the axes and of the zone in which both
    gain."""

    spots: tuple[tuple[float, float, bool], ...]
    front: tuple[tuple[float, float], ...]
    series: tuple[Series, ...]
    sides: tuple[str, str]
    marks: tuple[float, float]
    end: tuple[float, float] | None
    names: tuple[str, str, str]

    @cached_property
    def _points(self) -> list[tuple[float, float]]:
        paths = [point for s in self.series for point in s.points]
        return [*paths, *self.front, self.marks, *((x, y) for x, y, _ in self.spots)]

    @cached_property
    def x(self) -> Axis:
        return Axis.around([x for x, _ in self._points])

    @cached_property
    def y(self) -> Axis:
        return Axis.around([y for _, y in self._points])

    def paths(self) -> list[tuple[Series, bool]]:
        """The series and whether each is of one of the two sides; those come last, to be drawn on top."""
        return sorted(((s, s.party in self.sides) for s in self.series), key=lambda pair: pair[1])
