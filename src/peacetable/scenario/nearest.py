"""A feasible package that loses as little as possible, in spaces of any size."""

from __future__ import annotations

import numpy as np

from .space import Space, fulfils

MOST = 100_000  # kinds of half-made packages that are followed on; beyond, the best of them


def cheapest(space: Space, loss: np.ndarray, draws: np.ndarray) -> np.ndarray | None:
    """For every row of `draws`, float (n, K >= 1) in [0, 1), a feasible package with the least sum of `loss`, Python
    integers >= 0 (L,): int16 (n, I), chosen by the draws where several have it. None if no package is feasible.

    Issue by issue, packages so far are put together that fulfil the same rules, of which the cheapest count. Exact
    unless there are more than MOST such kinds.
    """
    last = [max((i for i, _ in tests), default=-1) for tests in space.rules]
    kinds: dict[int, tuple[int, list[tuple[int, int]]]] = {(1 << len(space.rules)) - 1: (0, [])}
    steps = []
    for i, levels in enumerate(space.shape):
        broken = sum(1 << n for n, end in enumerate(last) if end <= i)
        following: dict[int, tuple[int, list[tuple[int, int]]]] = {}
        for k in range(levels):
            left = sum(1 << n for n, tests in enumerate(space.rules) if fulfils(tests, i, k))
            added = int(loss[space.offsets[i] + k])
            for kind, (cost, _) in kinds.items():
                new, total = kind & left, cost + added
                known = following.get(new)
                if new & broken or (known is not None and known[0] < total):
                    continue
                if known is not None and known[0] == total:
                    known[1].append((kind, k))
                else:
                    following[new] = total, [(kind, k)]
        if len(following) > MOST:
            following = dict(sorted(following.items(), key=lambda item: item[1][0])[:MOST])
        steps.append(following)
        kinds = following
    if not kinds:
        return None
    found = np.empty((len(draws), len(space.shape)), dtype=np.int16)
    for n, row in enumerate(draws):
        kind = 0  # of no rule does everything hold
        for i in range(len(space.shape) - 1, -1, -1):
            ways = steps[i][kind][1]
            kind, found[n, i] = ways[int(row[i % len(row)] * len(ways))]
    return found
