"""Lines of points (n, 2): thinned, rounded, divided, and the shapes that are made along them or round a point."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from .placing import Box


def thinned(line: np.ndarray, far: float) -> np.ndarray:
    """A line (n, 2) without the points that lie less than `far` from it (Douglas and Peucker 1973)."""
    keep = np.zeros(len(line), dtype=bool)
    keep[[0, -1]] = True
    spans = [(0, len(line) - 1)]
    while spans:
        a, b = spans.pop()
        if b - a < 2:
            continue
        way = line[b] - line[a]
        off = line[a + 1 : b] - line[a]
        share = np.clip(off @ way / max(1e-12, float(way @ way)), 0, 1)
        gaps = np.hypot(*(off - share[:, None] * way).T)
        most = int(gaps.argmax())
        if gaps[most] > far:
            keep[a + 1 + most] = True
            spans += [(a, a + 1 + most), (a + 1 + most, b)]
    return line[keep]


def rounded(line: np.ndarray, times: int = 2) -> np.ndarray:
    """Corners of an open line cut off (Chaikin 1974); its ends stay."""
    for _ in range(times):
        a, b = line[:-1], line[1:]
        inner = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], axis=1).reshape(-1, 2)
        line = np.concatenate([line[:1], inner[1:-1], line[-1:]])
    return line


def along(line: np.ndarray, count: int) -> np.ndarray:
    """`count` points (count, 2), evenly spaced by length, on a line, not at its ends."""
    steps = np.hypot(*(np.diff(line, axis=0) * [math.cos(math.radians(48)), 1]).T)
    length = np.concatenate([[0], np.cumsum(steps)])
    at = (np.arange(count) + 0.5) / count * length[-1]
    return np.stack([np.interp(at, length, line[:, 0]), np.interp(at, length, line[:, 1])], axis=1)


def _lengths(line: np.ndarray) -> np.ndarray:
    """How far along the line each of its points lies."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])


def _at(line: np.ndarray, lengths: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Points (len(at), 2) so far along a line."""
    return np.array([np.interp(at, lengths, line[:, 0]), np.interp(at, lengths, line[:, 1])]).T


def evenly(line: np.ndarray, step: float) -> np.ndarray:
    """Points on a line with its ends, about so far from one another."""
    lengths = _lengths(line)
    return _at(line, lengths, np.linspace(0, lengths[-1], 2 + int(lengths[-1] / step)))


def dashes(line: np.ndarray, dash: float) -> Iterator[np.ndarray]:
    """The pieces of a dashed line, each with the corners on it; gaps are as long as dashes."""
    lengths = _lengths(line)
    for start in np.arange(0, lengths[-1], 2 * dash):
        at = np.array([start, *lengths[(lengths > start) & (lengths < start + dash)], start + dash])
        yield _at(line, lengths, at)


def arrowhead(tip: np.ndarray, way: np.ndarray, size: float) -> np.ndarray:
    """The three corners of the head of an arrow that goes the `way` up to its `tip`."""
    ahead = way / max(1e-9, float(np.hypot(*way)))
    side = np.array([-ahead[1], ahead[0]])
    return np.array([tip + ahead * size, tip + side * size * 0.7, tip - side * size * 0.7])


def heap(count: int, r: float) -> list[tuple[float, float]]:
    """Steps from the middle to each of `count` dots of radius `r` in a round heap."""
    found = []
    for n in range(count):
        far, angle = 1.8 * r * math.sqrt(n + 0.4), n * 2.39996
        found.append((far * math.cos(angle), far * math.sin(angle)))
    return found


def heap_reach(count: int, r: float) -> float:
    """How far such a heap reaches from its middle."""
    return 1.8 * r * math.sqrt(count - 0.6) + r


def bounds(rings: Sequence[np.ndarray]) -> Box:
    """The box round outlines, with two pixels around."""
    every = np.concatenate(rings)
    low, high = np.floor(every.min(axis=0)) - 2, np.ceil(every.max(axis=0)) + 2
    return Box(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))
