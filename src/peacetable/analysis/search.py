"""Solution points and frontier of spaces too large to enumerate, by integer programs and climbs.

The ideal of each party, the utilitarian, egalitarian and Kalai-Smorodinsky points are linear programs; the Nash point
maximises the sum of logarithms, concave, by tangents that are added until upper bound and best package meet (Kelley
1960); where not all have to sign it is the best of many climbs. Each answer is then counted again in whole grains and
improved by changes of one or two issues until none helps, so the tolerance of the solver decides only between packages
that lie closer than it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from ..scenario import Preferences
from ..scenario.utility import GRAIN
from .climbs import Value, climb, improve, uphill
from .elimination import TIES
from .frontier import Tell, frontier, quiet, simplex_weights
from .program import SCALE, Program
from .solutions import NAMES, NOBODY, SCORES, gains
from .zone import agreeable, signers, vectors

CLIMBS = 40  # starts of climbs to the Nash point where not all have to sign
WEIGHTINGS = 48  # weighted sums whose maxima stand for the frontier


@dataclass
class Found:
    """What was found of one zone. `ties`: name -> packages (n, I); `inside`: distinct packages met in the zone (n, I);
    `notes`: what is approximate; `slow`: a program was stopped before its end."""

    ties: dict[str, np.ndarray] = field(default_factory=dict)
    inside: np.ndarray = field(default_factory=lambda: np.empty((0, 0), dtype=np.int16))
    notes: list[str] = field(default_factory=list)
    slow: bool = False


def search(
    preferences: Preferences, everybody: bool = True, known: Iterable[np.ndarray] = (), tell: Tell = quiet
) -> Found:
    """Solution points at the central values of a space that cannot be enumerated: over the zone of all, or, if not
    `everybody`, over what the consent rule allows. `known`: packages (I,) to start from besides."""
    program, found = Program(preferences, everybody=everybody, tell=tell), Found()
    _points(program, found, list(known))
    found.slow = program.slow
    return found


def _points(program: Program, found: Found, every: list[np.ndarray]) -> None:
    """Fills `ties` and `inside`; `every` collects the packages met on the way."""
    preferences, r = program.preferences, program.preferences.reservation[0]
    span = np.ones(program.parties, dtype=np.int64)

    def score(name: str) -> Value:
        def value(packages: np.ndarray, columns: np.ndarray) -> np.ndarray:
            asked = signers(preferences, packages, columns, program.everybody)
            good = np.flatnonzero(asked.carry())
            result = np.full(len(packages), -np.inf)
            result[good] = SCORES[name](gains(columns[:, good].T, r), span, asked.only(good))
            return result

        return value

    welfare = _ties(program, lambda: program.maximise(program.sum()), score("utilitarian"), every)
    if not len(welfare):
        found.ties = dict.fromkeys(NAMES, welfare)
        found.inside = welfare
        return
    for p in range(program.parties):
        answer = program.maximise({program.utility + p: 1.0})
        if answer is not None:
            every.append(answer[0])
    met = np.array(every)
    best = vectors(preferences, met[agreeable(preferences, met, program.everybody)]).max(axis=1)
    span[:] = gains(best[None], r)[0]
    able = np.flatnonzero(span > 0)

    def least(scale: np.ndarray, value: Value) -> np.ndarray:
        start = program.mark()
        for p in np.flatnonzero(np.isfinite(scale)):
            program.bound_least(int(p), float(scale[p]), float(r[p]) * SCALE)
        answers = _ties(program, lambda: _lexicographic(program), value, every)
        program.forget(start)
        return answers

    found.ties["egalitarian"] = least(np.ones(program.parties), score("egalitarian"))
    fair = welfare
    if len(able):
        fair = least(np.where(span > 0, span / GRAIN, np.inf), score("kalai_smorodinsky"))
    found.ties["kalai_smorodinsky"] = fair
    if program.must.all():
        found.ties["nash"] = _nash(program, able, score("nash"), every, found)
    else:
        found.ties["nash"] = _climbed(program, score("nash"), every, found)
    found.ties["utilitarian"] = welfare
    met = np.unique(np.array(every), axis=0)
    found.inside = met[agreeable(preferences, met, program.everybody)]


def _lexicographic(program: Program) -> tuple[np.ndarray, float] | None:
    """Largest least value first, then the largest sum: the answer is not dominated."""
    first = program.maximise({program.least: 1.0})
    if first is None:
        return None
    start = program.mark()
    program.add({program.least: 1.0}, first[1] - 1e-6, np.inf)
    second = program.maximise(program.sum())
    program.forget(start)
    return second or first


def _ties(program: Program, ask: Callable, value: Value, every: list) -> np.ndarray:
    """Asks again, without the packages already given, while the exact value stays the same: (n, I)."""
    start, best = program.mark(), -np.inf
    kept: list[np.ndarray] = []
    for _ in range(TIES):
        answer = ask()
        if answer is None:
            break
        package = climb(program.preferences, answer[0], 0, uphill(value))
        every.append(package)
        worth = _worth(program, value, package[None])[0]
        kept = [*kept, package] if worth == best else kept
        if worth > best:
            kept, best = [package], worth
        if worth < best:
            break
        program.exclude(answer[0])
        program.exclude(package)
    program.forget(start)
    found = np.unique(np.array(kept), axis=0) if kept else np.empty((0, len(program.space.shape)), dtype=np.int16)
    return _efficient(program.preferences, found)


def _efficient(preferences: Preferences, packages: np.ndarray) -> np.ndarray:
    return packages[frontier(vectors(preferences, packages).T).indices] if len(packages) > 1 else packages


def _worth(program: Program, value: Value, packages: np.ndarray) -> np.ndarray:
    return value(packages, vectors(program.preferences, packages))


def _nash(program: Program, able: np.ndarray, value: Value, every: list, found: Found) -> np.ndarray:
    """Adds tangents of the logarithms at each answer until the bound meets the best package. All sign."""
    preferences, r = program.preferences, program.preferences.reservation[0]

    def gain(package: np.ndarray) -> np.ndarray:
        return gains(vectors(preferences, package[None]).T, r)[0]

    met = np.array(every)
    best = climb(preferences, met[_worth(program, value, met).argmax()], 0, uphill(value))
    every.append(best)
    goal = {program.logs + int(p): 1.0 for p in able}
    start, closed = program.mark(), False
    for package in every:
        _tangents(program, gain(package), able)
    for _ in range(40):
        answer = program.maximise(goal)
        if answer is None:
            break
        package = climb(preferences, answer[0], 0, uphill(value))
        every.extend([answer[0], package])
        worth, top = _worth(program, value, np.stack([package, best]))
        best = package if worth > top else best
        bound = answer[1] / max(len(able), 1) + np.log(GRAIN / SCALE) + NOBODY * (program.parties - len(able))
        if bound <= max(worth, top) + 1e-6 / program.parties:
            closed = True
            break
        _tangents(program, gain(answer[0]), able)
    program.forget(start)
    if not closed:
        found.notes.append("the Nash point is the best found; it was not proved to be the best")
    return _best(program, value, every)


def _best(program: Program, value: Value, every: list) -> np.ndarray:
    met = np.unique(np.array(every), axis=0)
    values = _worth(program, value, met)
    return _efficient(program.preferences, met[values >= values.max() - 1e-9][:TIES])


def _climbed(program: Program, value: Value, every: list, found: Found) -> np.ndarray:
    """The best of climbs from the packages met with the largest value: a mean over changing signers is not linear."""
    met = np.unique(np.array(every), axis=0)
    for k in np.argsort(-_worth(program, value, met), kind="stable")[:CLIMBS]:
        every.append(climb(program.preferences, met[k], 0, uphill(value)))
    found.notes.append("the Nash point by consent is the best of climbs; it was not proved to be the best")
    return _best(program, value, every)


def _tangents(program: Program, gain: np.ndarray, able: np.ndarray) -> None:
    """log g <= log g0 + (g - g0) / g0, in hundredths of utility, at the gains (P,) grains."""
    r = program.preferences.reservation[0]
    for p in able:
        at = max(float(gain[p]) / GRAIN * SCALE, 0.1)
        # log variable - utility / g0 <= log g0 - 1 - r / g0
        row = {program.logs + int(p): 1.0, program.utility + int(p): -1.0 / at}
        program.add(row, -np.inf, float(np.log(at)) - 1.0 - float(r[p]) * SCALE / at)


def found_frontier(preferences: Preferences, known: np.ndarray, tell: Tell = quiet) -> int:
    """What is found of the frontier: how many distinct vectors, none dominating another, among the maxima of weighted
    sums and the packages known (N, I). Where the size could be counted it was 0.1 to 39 % of it."""
    program = Program(preferences, rational=False, tell=tell)
    parties = program.parties
    found = list(known)
    for weights in simplex_weights(WEIGHTINGS, parties):
        answer = program.maximise({program.utility + p: float(weights[p]) for p in range(parties)})
        if answer is not None:
            found.append(climb(preferences, answer[0], 0, improve))
    return frontier(vectors(preferences, np.array(found)).T).distinct if found else 0
