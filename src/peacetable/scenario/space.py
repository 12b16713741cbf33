"""Packages as arrays of level indices: numbering, enumeration, feasibility, and whose signatures they need."""

from __future__ import annotations

import math
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
    `rules` what each rule forbids, as `tests` has it. All of it is public, and nothing leads back to the scenario.
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
