"""How the issues of a space too large to enumerate are split."""

from __future__ import annotations

import itertools
import math

import numpy as np

from ..errors import ScenarioError
from .utility import Numbers, Preferences

# largest group of a split that is enumerated, and largest hub
GROUP, HUB = 60_000, 300

Plan = tuple[list[int], list[int], list[int], list[list[int]]]


def check_splits(preferences: Preferences) -> None:
    """Raises ScenarioError if the packages of some party cannot be split: no talks can be held in such a space."""
    for numbers in preferences.numbers:
        split(numbers)


def split(numbers: Numbers) -> tuple[list[np.ndarray], bool, Plan]:
    """The levels of each issue that are no red line of the party, whether some issue has none (then those of all issues
    are given), and the `plan`."""
    space = numbers.space
    ends = zip(space.offsets[:-1], space.offsets[1:], strict=True)
    allowed = [np.flatnonzero(~numbers.forbidden[a:b]) for a, b in ends]
    empty = not all(len(levels) for levels in allowed)
    if empty:
        allowed = [np.arange(n) for n in space.shape]
    tests = [*space.rules, *numbers.conditions]
    return allowed, empty, plan([len(levels) for levels in allowed], [tuple(i for i, _ in some) for some in tests])


def plan(counts: list[int], coupled: list[tuple[int, ...]]) -> Plan:
    """Split issues with `counts` levels into (hub, first, second, passive), so that no rule or condition (each a tuple
    of issues in `coupled`) joins first and second once the hub is fixed, and both groups are small enough to enumerate.

    The hub is the cheapest set of up to three coupled issues; what is left falls into groups that nothing joins, and
    these are dealt out, largest first, to the smaller side. What fits on neither side is passive, each group on its
    own. Raises ScenarioError where a group is too large.
    """
    bound = sorted({i for tests in coupled for i in tests})
    best = None
    for size in range(min(4, len(bound) + 1)):
        for hub in itertools.combinations(bound, size):
            levels = math.prod(counts[i] for i in hub)
            if levels <= HUB:
                first, second, passive = _deal(counts, coupled, hub)
                near = {i for tests in coupled if {*tests} & {*hub} for i in tests}
                if any(near & {*piece} or math.prod(counts[i] for i in piece) > GROUP for piece in passive):
                    continue
                a, b = (math.prod(counts[i] for i in group) for group in (first, second))
                cost = (sum(map(len, passive)), levels * (a + 0.2 * b))
                if best is None or cost < best[0]:
                    best = (cost, sorted(hub), sorted(first), sorted(second), passive)
    if best is None:
        raise ScenarioError(
            f"rules and conditions join {len(bound)} issues so closely that this space can be neither enumerated nor "
            "split"
        )
    return best[1:]


def _deal(
    counts: list[int], coupled: list[tuple[int, ...]], hub: tuple[int, ...]
) -> tuple[list[int], list[int], list[list[int]]]:
    group = {i: {i} for i in range(len(counts)) if i not in hub}
    for tests in coupled:
        joined = set().union(*(group[i] for i in tests if i in group))
        for i in joined:
            group[i] = joined
    pieces = {id(g): sorted(g) for g in group.values()}.values()
    sides: list[list[int]] = [[], []]
    sizes = [1, 1]
    passive: list[list[int]] = []
    for piece in sorted(pieces, key=lambda g: (-math.prod(counts[i] for i in g), g)):
        smaller = 0 if sizes[0] <= sizes[1] else 1
        size = math.prod(counts[i] for i in piece)
        if sizes[smaller] * size <= GROUP:
            sides[smaller] += piece
            sizes[smaller] *= size
        else:
            passive.append(piece)
    if sizes[0] > sizes[1]:  # search each of the fewer in the sorted list of the more
        sides.reverse()
    return sides[0], sides[1], passive
