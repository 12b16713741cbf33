"""The map without its colours: outlines, the projection, and which level of which issue draws what.

Outlines come from assets/map/base.json, everything else from assets/map/layers.json, so that a new issue or another
place is a change of data. Coordinates are (longitude, latitude) in degrees; projected ones are kilometres.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .assets import asset
from .views import Facts, Package

EARTH = 6371.0  # km
PARALLELS = (46.0, 51.0)  # where the cone cuts the sphere: little is stretched from Odesa to Kyiv
CENTRE = (31.2, 48.4)
KINDS = ("dots", "base", "reach", "area", "line", "signs", "outline", "army", "chip", "place")


@dataclass(frozen=True)
class Mark:
    """One thing drawn for a level. `kind`: one of KINDS; `illustrative`: no source gives its place; `label`: the key of
    its text, or ""; `data`: what its kind needs, as in layers.json."""

    kind: str
    illustrative: bool
    label: str
    data: Mapping


@dataclass(frozen=True)
class Sheet:
    """A part of the world to draw. `box`: west, south, east, north; `issues`: those that have something on it;
    `names`: (text key, place) of what is written on the land."""

    id: str
    box: tuple[float, float, float, float]
    issues: tuple[str, ...]
    names: tuple[tuple[str, tuple[float, float]], ...]
    cities: tuple[tuple[str, tuple[float, float]], ...]


@dataclass(frozen=True)
class Atlas:
    """`rings`: outlines by country, with "ukraine" and "crimea" apart; `regions`: outlines of some regions of Ukraine;
    `inner`: lines between regions; `shapes`: lines and areas that layers name; `layers`: issue -> level -> marks."""

    rings: Mapping[str, tuple[np.ndarray, ...]]
    regions: Mapping[str, tuple[np.ndarray, ...]]
    inner: tuple[np.ndarray, ...]
    shapes: Mapping[str, np.ndarray]
    sheets: tuple[Sheet, ...]
    layers: Mapping[str, Mapping[str, tuple[Mark, ...]]]
    edge: tuple[float, float, float, float]

    def marks(self, issue: str, level: str) -> tuple[Mark, ...]:
        """What a level draws; () for what the map does not know."""
        return self.layers.get(issue, {}).get(level, ())

    def sheet(self, facts: Facts) -> Sheet | None:
        """The sheet that shows most of the scenario's issues, or None if none has anything to show."""
        ids = {issue.id for issue in facts.issues}
        best = max(self.sheets, key=lambda s: len(ids & set(s.issues)))
        return best if ids & set(best.issues) else None

    def outline(self, name: str) -> tuple[np.ndarray, ...]:
        """Rings of a country or a region. Raises KeyError."""
        return self.regions[name] if name in self.regions else self.rings[name]


@lru_cache(maxsize=1)
def atlas() -> Atlas:
    """The shipped map. Raises KeyError or ValueError where layers.json names what is not there."""
    base = json.loads(asset("map", "base.json").read_text(encoding="utf-8"))
    plan = json.loads(asset("map", "layers.json").read_text(encoding="utf-8"))
    rings = {name: _rings(flat) for name, flat in base["countries"].items()}
    rings |= {"ukraine": _rings(base["ukraine"]), "crimea": _rings(base["crimea"])}
    layers = {
        issue: {level: tuple(_mark(m) for m in marks) for level, marks in levels.items()}
        for issue, levels in plan["issues"].items()
    }
    sheets = tuple(
        Sheet(id, _box(s["box"]), tuple(s["issues"]), _placed(s["names"]), _placed(s["cities"]))
        for id, s in plan["sheets"].items()
    )
    shapes = {name: np.array(points, dtype=float) for name, points in plan["shapes"].items()}
    regions = {name: _rings(flat) for name, flat in base["regions"].items()}
    return Atlas(rings, regions, _rings(base["inner"]), shapes, sheets, layers, _box(plan["edge"]))


def mappable(facts: Facts) -> bool:
    """Whether the map has anything to show for a scenario."""
    return atlas().sheet(facts) is not None


def levels(facts: Facts, package: Package) -> list[tuple[str, str]]:
    """(issue id, level id) of a package, for the issues that the map knows."""
    known = atlas().layers
    return [(i.id, i.levels[k].id) for i, k in zip(facts.issues, package, strict=True) if i.id in known]


def _rings(flat: Iterable[Sequence[int]]) -> tuple[np.ndarray, ...]:
    return tuple(np.array(ring, dtype=float).reshape(-1, 2) / 1000 for ring in flat)


def _box(sides: Sequence[float]) -> tuple[float, float, float, float]:
    west, south, east, north = sides
    return west, south, east, north


def _placed(places: Mapping[str, Sequence[float]]) -> tuple[tuple[str, tuple[float, float]], ...]:
    return tuple((name, (at[0], at[1])) for name, at in places.items())


def _mark(data: Mapping) -> Mark:
    if data["kind"] not in KINDS:
        raise ValueError(f"layers.json: there is no kind of mark {data['kind']!r}; possible: {', '.join(KINDS)}")
    return Mark(data["kind"], data.get("illustrative", True), data.get("label", ""), data)


# -- projection ------------------------------------------------------------------------------------------------------


def _cone() -> tuple[float, float]:
    a, b = (math.radians(x) for x in PARALLELS)
    n = math.log(math.cos(a) / math.cos(b)) / math.log(math.tan(math.pi / 4 + b / 2) / math.tan(math.pi / 4 + a / 2))
    return n, math.cos(a) * math.tan(math.pi / 4 + a / 2) ** n / n


_N, _F = _cone()


def project(places: np.ndarray) -> np.ndarray:
    """Lambert's conformal conic projection of (n, 2) degrees to (n, 2) kilometres, x to the east, y to the north.

    Spherical form (Snyder 1987, Map Projections: A Working Manual, USGS PP 1395, p. 106).
    """
    places = np.atleast_2d(np.asarray(places, dtype=float))
    rho = EARTH * _F / np.tan(math.pi / 4 + np.radians(places[:, 1]) / 2) ** _N
    rho0 = EARTH * _F / math.tan(math.pi / 4 + math.radians(CENTRE[1]) / 2) ** _N
    angle = _N * np.radians(places[:, 0] - CENTRE[0])
    return np.stack([rho * np.sin(angle), rho0 - rho * np.cos(angle)], axis=1)


def circle(at: Sequence[float], km: float, count: int = 96) -> np.ndarray:
    """Places (count, 2) at a distance of `km` on the sphere."""
    lon, lat = math.radians(at[0]), math.radians(at[1])
    bearing, far = np.linspace(0, 2 * math.pi, count, endpoint=False), km / EARTH
    phi = np.arcsin(math.sin(lat) * math.cos(far) + math.cos(lat) * math.sin(far) * np.cos(bearing))
    east = np.sin(bearing) * math.sin(far) * math.cos(lat)
    return np.degrees(np.stack([lon + np.arctan2(east, math.cos(far) - math.sin(lat) * np.sin(phi)), phi], axis=1))


def frame(box: Sequence[float], step: float = 1.0) -> np.ndarray:
    """The border of a box of degrees as places (n, 2), fine enough to show that parallels are bent."""
    west, south, east, north = box
    x = np.arange(west, east + step / 2, step)
    y = np.arange(south, north + step / 2, step)
    sides = [(x, np.full(len(x), south)), (np.full(len(y), east), y), (x[::-1], np.full(len(x), north))]
    sides.append((np.full(len(y), west), y[::-1]))
    return np.concatenate([np.stack(side, axis=1) for side in sides])


class Fit:
    """The projection fitted into a picture of `size` pixels so that `box` is seen whole."""

    def __init__(self, box: Sequence[float], size: tuple[int, int]):
        corners = project(frame(box))
        low, high = corners.min(axis=0), corners.max(axis=0)
        self.scale = min(size[0] / (high[0] - low[0]), size[1] / (high[1] - low[1]))  # pixels per kilometre
        self._middle, self._size = (low + high) / 2, np.array(size, dtype=float)

    def __call__(self, places: np.ndarray) -> np.ndarray:
        """Pixels (n, 2) of places (n, 2)."""
        flat = (project(places) - self._middle) * self.scale
        return np.stack([self._size[0] / 2 + flat[:, 0], self._size[1] / 2 - flat[:, 1]], axis=1)

    def point(self, place: Sequence[float]) -> tuple[float, float]:
        x, y = self(np.array([place]))[0]
        return float(x), float(y)


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
