"""What the consent rule allows, asked in one place: who has to be willing, and how many packages can be signed at all.

A package is carried by a set of parties if everybody whose signature it needs is among them and they are enough: the
quorum, and never one party alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from .space import ENUMERABLE, Space, Tests


def carried(willing: np.ndarray, needs: np.ndarray, signatures: int) -> np.ndarray:
    """bool (...): whether the parties `willing` bool (..., P) can agree on packages that need the signatures of `needs`
    bool (..., P) and take at least `signatures`."""
    return (willing | ~needs).all(axis=-1) & (willing.sum(axis=-1) >= signatures)


def signable_count(
    space: Space,
    red_lines: np.ndarray,
    present: np.ndarray | None = None,
    closed: np.ndarray | None = None,
    refusals: Sequence[Sequence] = (),
) -> int | None:
    """How many feasible packages hold no `closed` level bool (L,) and could be signed by enough of those `present` bool
    (P,) without crossing a red line `red_lines` bool (P, L) of theirs or holding what they refuse together, `refusals`
    as in Preferences; defaults: everybody, nothing closed, nothing refused.

    Exact in spaces of any size: issue by issue, packages so far are put together that keep the same parties from
    signing, need the same and fulfil the same rules. None if there are more than a million such kinds, which an
    enumerable space cannot have.
    """
    parties = len(red_lines)
    absent = 0 if present is None else _bits(~present)
    nobody = np.zeros(len(space.shape), dtype=np.int16)
    by_level = space.scenario.protocol.consent == "needed"
    refused = [(p, tests) for p, some in enumerate(refusals) for tests in some]
    every = [*space.rules, *(tests for _, tests in refused)]
    # one integer a kind: who cannot sign, then whose signature is needed, then the rules that still hold so far
    start = absent | (0 if by_level else _bits(space.needs(nobody))) << parties
    start |= ((1 << len(every)) - 1) << 2 * parties
    last = [max((i for i, _ in tests), default=-1) for tests in every]
    everybody = (1 << parties) - 1
    kinds = Counter({start: 1})
    for i, levels in enumerate(space.shape):
        broken = sum(1 << 2 * parties + n for n, end in enumerate(last[: len(space.rules)]) if end <= i)
        settled = [
            (1 << 2 * parties + len(space.rules) + n, 1 << p)
            for n, (p, _) in enumerate(refused)
            if last[len(space.rules) + n] == i
        ]
        following: Counter[int] = Counter()
        for k in range(levels):
            column = int(space.offsets[i]) + k
            if closed is not None and closed[column]:
                continue
            added = _bits(red_lines[:, column])
            added |= _bits(space.level_needs[column]) << parties if by_level else 0
            left = ~sum(1 << 2 * parties + n for n, tests in enumerate(every) if not fulfils(tests, i, k))
            for kind, count in kinds.items():
                new = kind & left | added
                for holds, whose in settled:
                    if new & holds:
                        new = new & ~holds | whose
                out, needed = new & everybody, new >> parties & everybody
                if not new & broken and not out & needed and parties - out.bit_count() >= space.signatures:
                    following[new] += count
        if len(following) > ENUMERABLE:
            return None
        kinds = following
    return kinds.total()


def _bits(flags: np.ndarray) -> int:
    """Bit p for every flag p that is set, in a Python integer: any number of parties."""
    return sum(1 << p for p in np.flatnonzero(flags).tolist())


def fulfils(tests: Tests, issue: int, level: int) -> bool:
    """Whether the level fulfils what the tests ask of its issue, if anything."""
    return all(wanted[level] for i, wanted in tests if i == issue)
