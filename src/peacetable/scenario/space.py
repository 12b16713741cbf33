"""Packages as arrays of level indices: numbering, enumeration, feasibility, and whose signatures they need."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from ..errors import ScenarioError
from .consent import consent_of
from .facts import ENUMERABLE, PARTIES_MOST, Scenario
from .sealed import sealed

Tests = Sequence[tuple[int, np.ndarray]]  # (issue, bool (levels,) wanted) each


def radix_index(packages: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Number of each package (..., I) in a space of `shape`, first issue slowest; int64 (...). Needs size < 2**63."""
    index = np.zeros(packages.shape[:-1], dtype=np.int64)
    for i, levels in enumerate(shape):
        index = index * levels + packages[..., i]
    return index


def radix_packages(index: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Inverse of `radix_index`: int16 (..., I)."""
    packages = np.empty((*np.shape(index), len(shape)), dtype=np.int16)
    for i in range(len(shape) - 1, -1, -1):
        index, packages[..., i] = np.divmod(index, shape[i])
    return packages


class Space:
    """All packages of a scenario. A package is an int16 array (I,) of level indices, in the order of the issues.

    `shape` (I,) levels per issue; `offsets` (I + 1,) first column of each issue where all L levels stand side by side;
    `size` number of packages as a Python int; `enumerable` whether that is at most a million; `consent` the rule that
    says whose signatures a package takes; `lines` the levels of each issue that stand on a line, in their order;
    `rules` what each rule forbids, as `tests` has it; `rank` int64 (P,) place of each party in the order of ids, by
    which ties are broken. All of it is public, and nothing leads back to the scenario.
    """

    def __init__(self, scenario: Scenario, rules_version: int | None = None):
        """`rules_version`: that of the rules the talks were held under; None: the present one. Raises ScenarioError for
        more than PARTIES_MOST parties."""
        if len(scenario.parties) > PARTIES_MOST:
            raise ScenarioError(
                f"{scenario.name} has {len(scenario.parties)} parties; talks can be held among up to {PARTIES_MOST}."
            )
        self.shape = tuple(len(issue.levels) for issue in scenario.issues)
        self.offsets = sealed(np.concatenate([[0], np.cumsum(self.shape)]).astype(np.int64))
        self.size = math.prod(self.shape)
        self.enumerable = self.size <= ENUMERABLE
        self._level_index = [{level.id: k for k, level in enumerate(issue.levels)} for issue in scenario.issues]
        self._issue_index = {issue.id: i for i, issue in enumerate(scenario.issues)}
        self.lines = tuple(issue.line for issue in scenario.issues)
        self.rules = tuple(self.tests(rule.forbid) for rule in scenario.rules)
        self._written_rules = scenario.rules
        self.consent = consent_of(scenario, rules_version)
        self.rank = sealed(np.argsort(np.argsort(scenario.party_ids)))

    def tests(self, when: Mapping[str, tuple[str, ...]]) -> Tests:
        """A mapping issue -> levels as ((issue index, bool (levels,) wanted), ...)."""
        found = []
        for issue, levels in when.items():
            i = self._issue_index[issue]
            wanted = np.zeros(self.shape[i], dtype=bool)
            wanted[[self._level_index[i][level] for level in levels]] = True
            found.append((i, sealed(wanted)))
        return tuple(found)

    def packaged(self, levels: Mapping[str, str]) -> np.ndarray:
        """A mapping issue -> level, of every issue, as a package, int16 (I,)."""
        chosen = (levels[issue] for issue in self._issue_index)
        return np.array([index[level] for index, level in zip(self._level_index, chosen, strict=True)], dtype=np.int16)

    @staticmethod
    def hold(tests: Tests, packages: np.ndarray) -> np.ndarray:
        """Whether every test holds: bool (...) for packages (..., I)."""
        result = np.ones(packages.shape[:-1], dtype=bool)
        for i, wanted in tests:
            result &= wanted[packages[..., i]]
        return result

    def index(self, packages: np.ndarray) -> np.ndarray:
        """Number of each package, int64; only where size < 2**63."""
        return radix_index(packages, self.shape)

    def package(self, index: np.ndarray | int) -> np.ndarray:
        """Package (..., I) with the given number(s)."""
        return radix_packages(np.asarray(index), self.shape)

    def enumerate(self) -> np.ndarray:
        """All packages, int16 (size, I), in order of their number. Raises ValueError if the space is not enumerable."""
        if not self.enumerable:
            raise ValueError(f"{self.size} packages are too many to enumerate (limit {ENUMERABLE})")
        return self.package(np.arange(self.size))

    def feasible(self, packages: np.ndarray) -> np.ndarray:
        """Whether no rule excludes the package: bool (...)."""
        result = np.ones(packages.shape[:-1], dtype=bool)
        for tests in self.rules:
            result &= ~self.hold(tests, packages)
        return result

    def broken_rules(self, package: np.ndarray) -> list:
        """The scenario's rules that exclude this one package."""
        return [r for r, tests in zip(self._written_rules, self.rules, strict=True) if bool(self.hold(tests, package))]


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
    consent = space.consent
    refused = [(p, tests) for p, some in enumerate(refusals) for tests in some]
    every = [*space.rules, *(tests for _, tests in refused)]
    # one integer a kind: who cannot sign, then whose signature is needed, then the rules that still hold so far
    start = absent | _bits(consent.fixed) << parties
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
            added |= _bits(consent.level_needs[column]) << parties
            left = ~sum(1 << 2 * parties + n for n, tests in enumerate(every) if not fulfils(tests, i, k))
            for kind, count in kinds.items():
                new = kind & left | added
                for holds, whose in settled:
                    if new & holds:
                        new = new & ~holds | whose
                out, needed = new & everybody, new >> parties & everybody
                if not new & broken and not out & needed and parties - out.bit_count() >= consent.signatures:
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
