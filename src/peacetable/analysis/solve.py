"""A whole scenario at its central values: sizes, frontier, zone of possible agreement, solution points, forecasts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..scenario import Preferences, Scenario, Space, preferences
from ..scenario.ranking import threshold
from ..scenario.utility import GRAIN
from .forecast import Forecast, forecasts
from .frontier import frontier
from .large import search, signable_levels, spread
from .solutions import NAMES, points


@dataclass(frozen=True)
class Point:
    """A package, int16 (I,), and its utility for every party, float (P,)."""

    package: np.ndarray
    utilities: np.ndarray


@dataclass(frozen=True)
class Outlook:
    """A forecast, its package as a Point (None if an issue has no forecast), whether no rule excludes it (None without
    a package), and the parties whose red lines it crosses."""

    forecast: Forecast
    point: Point | None
    feasible: bool | None
    red_lines: tuple[str, ...]


@dataclass(frozen=True)
class Solution:
    """What could be agreed in a scenario, at its central values and the reservation values of the start.

    `packages`: all; `feasible`: those that no rule excludes; `signable`: those of them that cross no red line of a
    party whose signature they need. `frontier_size`: distinct utility vectors on the Pareto frontier of the signable
    packages. `zone`: packages that every party holds at or above its reservation value and that cross no red line;
    `agreeable`: the same asked only of the parties whose signature the package needs (equal to `zone` under unanimity;
    None where it was not counted). `points`: name -> all tied points. `forecasts`: by name. `approximate`: empty, or a
    clause on each thing that is.
    """

    scenario: Scenario
    packages: int
    feasible: int
    signable: int
    frontier_size: int
    zone: int
    agreeable: int | None
    reservation: np.ndarray
    points: dict[str, list[Point]]
    forecasts: dict[str, Outlook]
    approximate: tuple[str, ...]


def solve(scenario: Scenario) -> Solution:
    """Everything above. Exact up to a million packages; beyond, `approximate` says what is not."""
    space = Space(scenario)
    numbers = preferences(scenario, space)
    forecast = {name: _outlook(found, numbers) for name, found in forecasts(scenario).items()}
    return _exact(scenario, numbers, forecast) if space.enumerable else _searched(scenario, numbers, forecast)


def signable(preferences: Preferences, packages: np.ndarray) -> np.ndarray:
    """bool (N,): feasible packages (N, I) that cross no red line of a party whose signature they need."""
    needs = preferences.space.needs(packages)
    result = preferences.space.feasible(packages)
    for p in range(needs.shape[1]):
        result &= ~(needs[:, p] & preferences.vetoed(packages, p))
    return result


def _exact(scenario: Scenario, numbers: Preferences, forecast: dict) -> Solution:
    space = numbers.space
    every = space.enumerate()
    packages = every[space.feasible(every)]
    parties = range(len(scenario.parties))
    utilities = np.stack([numbers.all_totals(packages, p)[0] for p in parties], axis=1)
    vetoed = np.stack([numbers.vetoed(packages, p) for p in parties], axis=1)
    needs = space.needs(packages)
    open_ = ~(vetoed & needs).any(axis=1)
    found = points(utilities, numbers.reservation[0], vetoed)
    content = (utilities >= threshold(numbers.reservation[0])) & ~vetoed
    tied = {name: [Point(packages[n], utilities[n] / GRAIN) for n in getattr(found, name)] for name in NAMES}
    return Solution(
        scenario=scenario,
        packages=space.size,
        feasible=len(packages),
        signable=int(open_.sum()),
        frontier_size=frontier(utilities[open_]).distinct,
        zone=len(found.zone),
        agreeable=int((content | ~needs).all(axis=1).sum()),
        reservation=numbers.reservation[0],
        points=tied,
        forecasts=forecast,
        approximate=(),
    )


def _searched(scenario: Scenario, numbers: Preferences, forecast: dict) -> Solution:
    space, found = numbers.space, search(scenario, numbers)
    feasible, exact = _count(space, np.ones(int(space.offsets[-1]), dtype=bool))
    possible, _ = _count(space, signable_levels(numbers))
    notes = found.notes if exact else [*found.notes, "feasible is estimated from 200,000 evenly spread packages"]
    if scenario.protocol.consent != "unanimity":
        notes = [*notes, "signable counts packages that cross nobody's red line"]
    return Solution(
        scenario=scenario,
        packages=space.size,
        feasible=feasible,
        signable=possible,
        frontier_size=found.vectors,
        zone=found.zone,
        agreeable=found.zone if scenario.protocol.consent == "unanimity" else None,
        reservation=numbers.reservation[0],
        points={name: [point(numbers, package) for package in found.ties[name]] for name in NAMES},
        forecasts=forecast,
        approximate=tuple(notes),
    )


def point(numbers: Preferences, package: np.ndarray) -> Point:
    """The package (I,) with its utilities at the first table."""
    return Point(package, np.array([float(numbers.utility(package[None], p)[0]) for p in range(len(numbers.drift))]))


def _outlook(found: Forecast, numbers: Preferences) -> Outlook:
    package = found.package()
    if package is None:
        return Outlook(found, None, None, ())
    parties = numbers.space.scenario.party_ids
    crossed = tuple(party for p, party in enumerate(parties) if numbers.vetoed(package, p))
    return Outlook(found, point(numbers, package), bool(numbers.space.feasible(package)), crossed)


def _count(space: Space, allowed: np.ndarray) -> tuple[int, bool]:
    """Feasible packages with only `allowed` (L,) levels, and whether the count is exact: the issues that rules speak of
    are enumerated, the others multiply."""
    levels = [np.flatnonzero(allowed[a:b]) for a, b in zip(space.offsets[:-1], space.offsets[1:], strict=True)]
    ruled = sorted({i for tests in space.rules for i, _ in tests})
    free = math.prod(len(levels[i]) for i in range(len(levels)) if i not in ruled)
    shape = [len(levels[i]) for i in ruled]
    size = math.prod(shape)
    exact = size <= 1_000_000
    if not size or not free:
        return 0, True
    if exact:
        index = np.stack(np.unravel_index(np.arange(size), shape), axis=1) if ruled else np.zeros((1, 0), dtype=int)
    else:
        index = (spread(200_000, len(ruled)) * np.array(shape)).astype(np.int64)
    packages = np.zeros((len(index), len(levels)), dtype=np.int16)
    for n, i in enumerate(ruled):
        packages[:, i] = levels[i][index[:, n]]
    share = space.feasible(packages)
    return (int(share.sum()) if exact else round(float(share.mean()) * size)) * free, exact
