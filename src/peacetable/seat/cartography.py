"""The map without its colours: outlines, the projection, and which level of which issue draws what.

Outlines come from assets/map/base.json, everything else from assets/map/layers.json, so that a new issue or another
place is a change of data. Coordinates are (longitude, latitude) in degrees; projected ones are kilometres.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from ..resources import asset
from .linework import along, rounded
from .views import Facts, Package

EARTH = 6371.0  # km
PARALLELS = (46.0, 51.0)  # where the cone cuts the sphere: little is stretched from Odesa to Kyiv
CENTRE = (31.2, 48.4)
KYIV = (30.52, 50.45)
WINDS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
KINDS = ("area", "reach", "outline", "line", "base", "signs", "dots", "place", "chip", "army")  # drawn in this order
SQUARES = 100  # of ten thousand soldiers each, in the picture of an army


@dataclass(frozen=True)
class Mark:
    """One thing drawn for a level. `kind`: one of KINDS; `illustrative`: no source gives its place; `label`: the key of
    its text, or ""; `data`: what its kind needs, as in layers.json."""

    kind: str
    illustrative: bool
    label: str
    data: Mapping

    def army(self) -> list[float]:
        """How much of each square of an army is filled, 0 to 1: up to its limit, all without one."""
        limit = self.data["thousands"] / 10 or SQUARES
        return [min(1.0, max(0.0, limit - n)) for n in range(SQUARES)]


@dataclass(frozen=True)
class Sheet:
    """A part of the world to draw. `box`: west, south, east, north; `edge`: where the outlines end, likewise;
    `projection`: a key of PROJECTIONS; `issues`: those that have something on it; `names`: (text key, place) of what is
    written on the land."""

    id: str
    box: tuple[float, float, float, float]
    edge: tuple[float, float, float, float]
    projection: str
    issues: tuple[str, ...]
    names: tuple[tuple[str, tuple[float, float]], ...]
    cities: tuple[tuple[str, tuple[float, float]], ...]

    def holds(self, place: Sequence[float]) -> bool:
        """Whether a place (longitude, latitude) is on the sheet."""
        west, south, east, north = self.box
        return west <= place[0] <= east and south <= place[1] <= north


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

    def marks(self, issue: str, level: str) -> tuple[Mark, ...]:
        """What a level draws; () for what the map does not know."""
        return self.layers.get(issue, {}).get(level, ())

    def drawn(self, shown: Iterable[tuple[str, str]]) -> list[tuple[str, Mark]]:
        """(issue, mark) of all marks of (issue, level) pairs, in the order in which they are drawn."""
        found = [(issue, mark) for issue, level in shown for mark in self.marks(issue, level)]
        return sorted(found, key=lambda pair: KINDS.index(pair[1].kind))

    def spots(self, mark: Mark) -> np.ndarray:
        """The places (n, 2) of a mark: listed, or spread along a line."""
        if "shape" not in mark.data:
            return np.array(mark.data["places"], dtype=float)
        first, step = mark.data.get("every", (0, 1))
        return along(self.shapes[mark.data["shape"]], mark.data["count"])[first::step]

    def rings_of(self, mark: Mark) -> list[np.ndarray]:
        """The outlines (n, 2) of an area."""
        if "shape" in mark.data:
            return [rounded(self.shapes[mark.data["shape"]])]
        return [ring for name in mark.data["of"] for ring in self.outline(name)]

    def sheet(self, facts: Facts) -> Sheet | None:
        """The sheet that shows most of the scenario's issues, or None if none has anything to show."""
        ids = {issue.id for issue in facts.issues}
        best = max(self.sheets, key=lambda s: len(ids & set(s.issues)))
        return best if ids & set(best.issues) else None

    @cached_property
    def border(self) -> list[np.ndarray]:
        """The outer border of Ukraine with Crimea, closed lines for islands; the isthmus between them is left out."""
        main, crimea = self.rings["ukraine"], self.rings["crimea"]
        shared = {tuple(p) for ring in main for p in ring} & {tuple(p) for ring in crimea for p in ring}
        found = []
        for ring in (*main, *crimea):
            at = np.flatnonzero([tuple(p) in shared for p in ring])
            if len(at) < 2:
                found.append(np.concatenate([ring, ring[:1]]))
                continue
            # between the two shared points that are farthest apart on the ring lies the coast, elsewhere the isthmus
            gaps = np.diff(np.append(at, at[0] + len(ring)))
            first = int(gaps.argmax())
            found.append(np.roll(ring, -int(at[first]), axis=0)[: int(gaps[first]) + 1])
        return found

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
    sheets = tuple(_sheet(id, data, _box(plan["edge"])) for id, data in plan["sheets"].items())
    shapes = {name: np.array(points, dtype=float) for name, points in plan["shapes"].items()}
    regions = {name: _rings(flat) for name, flat in base["regions"].items()}
    return Atlas(rings, regions, _rings(base["inner"]), shapes, sheets, layers)


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


def _sheet(id: str, data: Mapping, edge: tuple[float, float, float, float]) -> Sheet:
    names, cities = _placed(data["names"]), _placed(data["cities"])
    return Sheet(id, _box(data["box"]), edge, data["projection"], tuple(data["issues"]), names, cities)


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


def mercator(places: np.ndarray) -> np.ndarray:
    """Mercator's projection of (n, 2) degrees to (n, 2) kilometres at the latitude of CENTRE: meridians stand upright.

    Spherical form (Snyder 1987, p. 41).
    """
    places = np.atleast_2d(np.asarray(places, dtype=float))
    wide = EARTH * math.cos(math.radians(CENTRE[1]))
    north = np.arcsinh(np.tan(np.radians(places[:, 1]))) - math.asinh(math.tan(math.radians(CENTRE[1])))
    return wide * np.stack([np.radians(places[:, 0] - CENTRE[0]), north], axis=1)


PROJECTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {"conic": project, "mercator": mercator}


def distance(a: Sequence[float], b: Sequence[float]) -> float:
    """Kilometres on the sphere."""
    return float(np.hypot(*_azimuthal(a, b)))


def bearing(a: Sequence[float], b: Sequence[float]) -> float:
    """Degrees from north over east in which `b` is seen from `a`."""
    east, north = _azimuthal(a, b)
    return math.degrees(math.atan2(east, north)) % 360


def wind(at: Sequence[float]) -> str:
    """In which of the eight WINDS a place is seen from Kyiv."""
    return WINDS[round(bearing(KYIV, at) / 45) % 8]


def hundreds(at: Sequence[float]) -> int:
    """Kilometres from Kyiv to a place, to the nearest hundred."""
    return round(distance(KYIV, at) / 100) * 100


def _azimuthal(a: Sequence[float], b: Sequence[float]) -> tuple[float, float]:
    """Kilometres east and north of `a` in the azimuthal equidistant projection round it (Snyder 1987, p. 195)."""
    lat, to, turn = math.radians(a[1]), math.radians(b[1]), math.radians(b[0] - a[0])
    east = math.cos(to) * math.sin(turn)
    north = math.cos(lat) * math.sin(to) - math.sin(lat) * math.cos(to) * math.cos(turn)
    sine = math.hypot(east, north)
    far = EARTH * math.atan2(sine, math.sin(lat) * math.sin(to) + math.cos(lat) * math.cos(to) * math.cos(turn))
    return (east / sine * far, north / sine * far) if sine else (0.0, 0.0)


def circle(at: Sequence[float], km: float, count: int = 96) -> np.ndarray:
    """Places (count, 2) at a distance of `km` on the sphere."""
    lon, lat = math.radians(at[0]), math.radians(at[1])
    bearing, far = np.linspace(0, 2 * math.pi, count, endpoint=False), km / EARTH
    phi = np.arcsin(math.sin(lat) * math.cos(far) + math.cos(lat) * math.sin(far) * np.cos(bearing))
    east = np.sin(bearing) * math.sin(far) * math.cos(lat)
    return np.degrees(np.stack([lon + np.arctan2(east, math.cos(far) - math.sin(lat) * np.sin(phi)), phi], axis=1))


def sides_of(box: Sequence[float], step: float = 1.0) -> list[np.ndarray]:
    """The south, east, north and west border of a box of degrees, from west to east or from south to north, as places
    (n, 2) fine enough to show that parallels are bent."""
    west, south, east, north = box
    x = np.linspace(west, east, 2 + round((east - west) / step))
    y = np.linspace(south, north, 2 + round((north - south) / step))
    level, upright = [np.full(len(x), v) for v in (south, north)], [np.full(len(y), v) for v in (east, west)]
    return [np.stack(pair, axis=1) for pair in ((x, level[0]), (upright[0], y), (x, level[1]), (upright[1], y))]


def frame(box: Sequence[float]) -> np.ndarray:
    """The border of a box of degrees as a ring of places (n, 2)."""
    south, east, north, west = sides_of(box)
    return np.concatenate([south, east, north[::-1], west[::-1]])


class Fit:
    """A sheet fitted into a picture of `size` pixels whose top left pixel is `origin`. Its box is seen whole, or nearly
    so: the picture is moved, and if need be made larger, until nothing of it lies beyond the edge of the outlines."""

    def __init__(self, sheet: Sheet, size: tuple[int, int], origin: tuple[int, int] = (0, 0)):
        self._project = PROJECTIONS[sheet.projection]
        corners = self._project(frame(sheet.box))
        low, high = corners.min(axis=0), corners.max(axis=0)
        self.scale = min(size[0] / (high[0] - low[0]), size[1] / (high[1] - low[1]))  # pixels per kilometre
        self._size, self._origin = np.array(size, dtype=float), np.array(origin, dtype=float)
        self._middle = (low + high) / 2
        sides = [self._project(side) for side in sides_of(sheet.edge)]
        for _ in range(200):
            if (middle := self._moved(sides)) is not None:
                self._middle = middle
                break
            self.scale *= 1.01

    def _moved(self, sides: Sequence[np.ndarray]) -> np.ndarray | None:
        """The nearest middle at which the picture lies within the sides, or None if it is too large for them."""
        south, east, north, west = sides
        (x, y), (w, h) = self._middle, self._size / self.scale / 2
        for _ in range(6):
            across, up = np.linspace(x - w, x + w, 9), np.linspace(y - h, y + h, 9)
            left, right = np.interp(up, *west.T[::-1]).max() + w, np.interp(up, *east.T[::-1]).min() - w
            low, high = np.interp(across, *south.T).max() + h, np.interp(across, *north.T).min() - h
            if left > right or low > high:
                return None
            if left <= x <= right and low <= y <= high:
                return np.array([x, y])
            x, y = min(max(x, left), right), min(max(y, low), high)
        return None

    def __call__(self, places: np.ndarray) -> np.ndarray:
        """Pixels (n, 2) of places (n, 2)."""
        flat = (self._project(places) - self._middle) * self.scale
        return self._origin + np.stack([self._size[0] / 2 + flat[:, 0], self._size[1] / 2 - flat[:, 1]], axis=1)

    def point(self, place: Sequence[float]) -> tuple[float, float]:
        x, y = self(np.array([place]))[0]
        return float(x), float(y)
