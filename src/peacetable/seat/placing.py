"""Where words may stand on a picture, so that none covers another. Pixels, without a window."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

STEPS, TURNS = 44, 16


class Box(NamedTuple):
    """A rectangle in whole pixels, y downwards."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def round(cls, x: float, y: float, r: float) -> Box:
        """The square round a point that reaches `r` to every side."""
        return cls(round(x - r), round(y - r), round(2 * r), round(2 * r))

    def moved(self, x: int, y: int) -> Box:
        return Box(self.x + x, self.y + y, self.width, self.height)

    def within(self, room: Box) -> Box:
        """Moved into `room`, or to its middle where it is too large."""
        x = _clamped(self.x, self.width, room.x, room.width)
        return Box(x, _clamped(self.y, self.height, room.y, room.height), self.width, self.height)


def _clamped(at: int, length: int, start: int, room: int) -> int:
    return start + room // 2 - length // 2 if length >= room else min(max(at, start), start + room - length)


class Places:
    """`room`: where words may stand at all; `gap`: between words; `taken`: where words stand; `marked`: what words keep
    off as long as there is another place for them. Places are given as (x, y, width, height)."""

    def __init__(self, room: Iterable[int], step: int, gap: int):
        self.room, self.step, self.gap = Box(*room), max(2, step), gap
        self.taken: list[Box] = []
        self.marked: list[Box] = []

    def take(self, place: Iterable[int]) -> None:
        """A word stands here, wherever that is."""
        self.taken.append(Box(*place))

    def crosses_mark(self, place: Iterable[int]) -> bool:
        """Whether something marked would be covered, in part."""
        return _crosses(Box(*place), self.marked)

    def free(self, place: Iterable[int], marks: bool = True) -> bool:
        """Whether a word may stand here. `marks`: marks count as well."""
        x, y, width, height = box = Box(*place)
        wide = Box(x - self.gap, y - self.gap // 2, width + 2 * self.gap, height + self.gap)
        if box.within(self.room) != box or width > self.room.width or height > self.room.height:
            return False
        return not _crosses(wide, self.taken) and not (marks and _crosses(box, self.marked))

    def first(self, places: Iterable[Iterable[int]]) -> Box | None:
        """The first of some places that is free, taken; or None."""
        found = next((Box(*place) for place in places if self.free(place)), None)
        if found is not None:
            self.take(found)
        return found

    def near(self, place: Iterable[int], steps: int = STEPS, marks: bool = True) -> Box | None:
        """The place nearest to `place` that is free, taken; or None within so many steps."""
        at = Box(*place).within(self.room)
        if self.free(at, marks):  # mostly so; the others are looked at all at once
            self.take(at)
            return at
        return self._take_first(np.array(at) + _around(steps, self.step), marks)

    def _take_first(self, places: np.ndarray, marks: bool) -> Box | None:
        free = np.flatnonzero(self._free(places, marks))
        if not len(free):
            return None
        self.taken.append(Box(*(int(v) for v in places[free[0]])))
        return self.taken[-1]

    def _free(self, places: np.ndarray, marks: bool) -> np.ndarray:
        x, y, width, height = places.T
        room = self.room
        inside = (x >= room.x) & (y >= room.y)
        inside &= (x + width <= room.x + room.width) & (y + height <= room.y + room.height)
        wide = places + (-self.gap, -(self.gap // 2), 2 * self.gap, self.gap)
        found = inside & ~_crossing(wide, self.taken)
        return found & ~_crossing(places, self.marked) if marks else found


def _crosses(box: Box, others: list[Box]) -> bool:
    x, y, width, height = box
    right, bottom = x + width, y + height
    return any(x < u + wide and u < right and y < v + high and v < bottom for u, v, wide, high in others)


def _crossing(places: np.ndarray, others: list[Box]) -> np.ndarray:
    """For each of the places (n, 4) whether it shares a pixel with one of the others."""
    if not others:
        return np.zeros(len(places), dtype=bool)
    x, y, width, height = (side[:, None] for side in places.T)
    u, v, wide, high = np.array(others).T
    both = (x < u + wide) & (u < x + width) & (y < v + high) & (v < y + height)
    return np.asarray(both.any(axis=1))


@lru_cache(maxsize=32)
def _around(steps: int, step: int) -> np.ndarray:
    """Moves (n, 4) away from a place, in rings, the nearest first."""
    found = []
    for far in range(steps):
        for turn in range(TURNS if far else 1):
            angle = turn * 2 * math.pi / TURNS + math.pi / 2
            found.append((round(far * step * math.cos(angle)), round(far * step * 0.7 * math.sin(angle)), 0, 0))
    return np.array(found)


def beside(width: int, height: int, at: tuple[float, float], gap: int) -> list[Box]:
    """Places for a word of this size round a point: above, below, right, left, and at the corners."""
    x, y = round(at[0]) - width // 2, round(at[1]) - height // 2
    across, up = width // 2 + gap, height // 2 + gap
    steps = [(0, -up), (0, up), (across, 0), (-across, 0)]
    steps += [(dx, dy) for dy in (-up, up) for dx in (across * 3 // 4, -across * 3 // 4)]
    return [Box(x + dx, y + dy, width, height) for dx, dy in steps]
