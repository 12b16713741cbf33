"""A whole scenario at its central values: sizes, frontier, zone of possible agreement, solution points, forecasts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..scenario import Demand, Party, Preferences, Scenario, Space, preferences, signable_count
from ..scenario.utility import GRAIN
from .elimination import TIES, undominated
from .forecast import Forecast, forecasts
from .frontier import Tell, frontier, quiet
from .program import SECONDS
from .samples import SAMPLE, sampled, zone_size
from .search import WEIGHTINGS, found_frontier, search
from .solutions import NAMES, Points, points
from .zone import signable, vectors, vetoes

KNOWN = 2_000  # packages of a sample from which the climbs to a point by consent may start


@dataclass(frozen=True)
class Point:
    """A package, int16 (I,), and its utility for every party, float (P,)."""

    package: np.ndarray
    utilities: np.ndarray


@dataclass(frozen=True)
class Outlook:
    """A forecast, its package as a Point (None if an issue has no forecast), whether no rule excludes it (None without
    a package), the parties whose red lines it crosses, and (party, demand) for each demand read as a condition that it
    leaves out."""

    forecast: Forecast
    point: Point | None
    feasible: bool | None
    red_lines: tuple[str, ...]
    demands: tuple[tuple[str, Demand], ...] = ()


@dataclass(frozen=True)
class Solution:
    """What could be agreed in a scenario, at its central values and the reservation values of the start.

    `packages`: all; `feasible`: those that no rule excludes; `signable`: those of them that no red line keeps from
    being signed (`zone.signable`). `frontier_size`: distinct utility vectors on the Pareto frontier of the signable
    packages; `rational_frontier_size`: on that of the zone. `zone`: packages that every party holds at or above its
    reservation value and that cross no red line; `agreeable`: those that the consent rule allows, the same asked only
    of the parties whose signature the package needs, and of enough in all (equal to `zone` where all must sign).
    `points`: name -> all tied points, over the zone of all; `points_by_consent`: over the agreeable packages, as
    defined in `solutions`; the same object where all must sign. `forecasts`: by name. `approximate`: empty, or a clause
    on each thing that is.
    """

    scenario: Scenario
    packages: int
    feasible: int
    signable: int
    frontier_size: int
    rational_frontier_size: int
    zone: int
    agreeable: int
    reservation: np.ndarray
    points: dict[str, list[Point]]
    points_by_consent: dict[str, list[Point]]
    forecasts: dict[str, Outlook]
    approximate: tuple[str, ...]


def solve(scenario: Scenario, tell: Tell = quiet) -> Solution:
    """Everything above. Exact up to a million packages; beyond, `approximate` says what is not. `tell` hears on the way
    what is being done."""
    tell("counting packages")
    space = Space(scenario)
    numbers = preferences(scenario, space)
    notes: list[str] = []
    facts = {
        "scenario": scenario,
        "packages": space.size,
        "feasible": _count(numbers, "feasible", notes),
        "signable": _count(numbers, "signable", notes, whole=False),
        "reservation": numbers.reservation[0],
        "forecasts": {name: _outlook(found, numbers, scenario) for name, found in forecasts(scenario).items()},
    }
    facts |= _enumerated(numbers, tell) if space.enumerable else _searched(numbers, notes, tell)
    return Solution(**facts, approximate=tuple(notes))


def _enumerated(numbers: Preferences, tell: Tell) -> dict:
    space = numbers.space
    every = space.enumerate()
    judged, everybody, asked = _judged(numbers, every[space.feasible(every)], tell)
    return {**judged, "zone": len(everybody.zone), "agreeable": len(asked.zone)}


def _judged(numbers: Preferences, packages: np.ndarray, tell: Tell) -> tuple[dict, Points, Points]:
    """Frontiers and points among feasible packages (N, I), and the Points over both zones."""
    space = numbers.space
    utilities = np.stack([own.all_totals(packages)[0] for own in numbers.numbers], axis=1)
    vetoed, r = vetoes(numbers, packages), numbers.reservation[0]
    tell("looking for the points that all could agree to")
    everybody = asked = points(utilities, r, vetoed, tell=tell)
    if not space.consent.unanimous:
        asked = points(utilities, r, vetoed, space.consent.needs(packages), space.consent, tell)

    def tied(found: Points) -> dict[str, list[Point]]:
        return {name: [Point(packages[n], utilities[n] / GRAIN) for n in getattr(found, name)] for name in NAMES}

    judged = {
        "frontier_size": frontier(utilities[signable(numbers, packages)], tell).distinct,
        "rational_frontier_size": everybody.efficient.distinct,
        "points": tied(everybody),
    }
    return {**judged, "points_by_consent": judged["points"] if asked is everybody else tied(asked)}, everybody, asked


def _searched(numbers: Preferences, notes: list[str], tell: Tell) -> dict:
    """The same for a space too large to enumerate; `notes` is told what is approximate."""
    zones = {"zone_of_agreement": True} | ({} if numbers.space.consent.unanimous else {"agreeable": False})
    samples = {name: zone_size(numbers, everybody) for name, everybody in zones.items()}
    candidates = undominated(numbers, tell=tell)
    if candidates is None:
        judged, met = _programmed(numbers, [sample for *_, sample in samples.values()], notes, tell)
    else:
        judged, *both = _judged(numbers, candidates.packages, tell)
        met = [len(found.efficient.indices) for found in both]
        if candidates.cut:
            notes.append(f"of packages that are worth the same to all parties at most {TIES} are listed")
    sizes = {}
    for (name, (size, error, _)), least in zip(samples.items(), met, strict=False):
        sizes[name] = 0 if least == 0 else max(size, least or 0)
        if least != 0:
            error_ = f"standard error about {error:,}"
            notes.append(f"{name} is estimated from {SAMPLE:,} evenly spread packages ({error_})")
    zone = sizes["zone_of_agreement"]
    return {**judged, "zone": zone, "agreeable": sizes.get("agreeable", zone)}


def _programmed(
    numbers: Preferences, samples: list[np.ndarray], notes: list[str], tell: Tell
) -> tuple[dict, list[int | None]]:
    """As `_judged` where there are too many packages that none dominates: by integer programs, from `samples` of the
    zones. With the number of packages met in each zone: 0 if it is proved to be empty, None if it only seems so."""
    found = [search(numbers, tell=tell)] + [search(numbers, False, sample[:KNOWN], tell) for sample in samples[1:]]
    inside = [zone.inside for zone in found]
    judged = {
        "frontier_size": found_frontier(numbers, np.concatenate(inside), tell),
        "rational_frontier_size": frontier(vectors(numbers, inside[0]).T).distinct if len(inside[0]) else 0,
        "points": _tied(numbers, found[0].ties),
    }
    judged["points_by_consent"] = judged["points"] if len(found) == 1 else _tied(numbers, found[1].ties)
    notes.append("points come from integer programming, right to about 0.000001 in utility")
    notes.append(f"at most {TIES} tied packages are listed for each point")
    notes.append(
        "frontier_size and rational_frontier_size count only what was found, often less than a hundredth: distinct "
        f"vectors, none dominating another, from {WEIGHTINGS} weightings and from the way to the points"
    )
    for zone in found:
        notes += [note for note in zone.notes if note not in notes]
    if any(zone.slow for zone in found):
        notes.append(f"a program was stopped after {SECONDS:g} s, so a point may be short of the best")
    return judged, [len(zone.inside) or (None if zone.slow else 0) for zone in found]


def _tied(numbers: Preferences, ties: dict[str, np.ndarray]) -> dict[str, list[Point]]:
    return {name: [point(numbers, package) for package in ties[name]] for name in NAMES}


def point(numbers: Preferences, package: np.ndarray) -> Point:
    """The package (I,) with its utilities at the first table."""
    return Point(package, vectors(numbers, package[None])[:, 0] / GRAIN)


def _outlook(found: Forecast, numbers: Preferences, scenario: Scenario) -> Outlook:
    package = found.package()
    if package is None:
        return Outlook(found, None, None, ())
    space, parties = numbers.space, scenario.parties
    feasible = bool(space.feasible(package))
    if scenario.protocol.red_lines != "veto":
        return Outlook(found, point(numbers, package), feasible, ())
    crossed = tuple(party.id for party in parties if _crosses(party, scenario, package))
    demands = [(party.id, demand) for party in parties for demand in party.demands if demand.reading == "condition"]
    left_out = tuple((who, demand) for who, demand in demands if space.hold(space.tests(demand.refuses), package))
    return Outlook(found, point(numbers, package), feasible, crossed, left_out)


def _crosses(party: Party, scenario: Scenario, package: np.ndarray) -> bool:
    """Whether the package crosses a red line that the party has stated."""
    chosen = zip(scenario.issues, package, strict=True)
    return any((issue.id, issue.levels[k].id) in party.red_lines for issue, k in chosen)


def _count(numbers: Preferences, name: str, notes: list[str], whole: bool = True) -> int:
    """How many packages are feasible and, if not `whole`, can be signed; from a sample if it cannot be counted."""
    space = numbers.space
    red_lines, refusals = (np.zeros_like(numbers.forbidden), ()) if whole else (numbers.forbidden, numbers.refusals)
    count = signable_count(space, red_lines, refusals=refusals)
    if count is not None:
        return count
    notes.append(f"{name} is estimated from {SAMPLE:,} evenly spread packages")
    packages = sampled(space, SAMPLE)
    good = space.feasible(packages) if whole else signable(numbers, packages)
    return round(float(good.mean()) * space.size)
