"""Packages as arrays of level indices: numbering, enumeration, feasibility, and whose signatures they need."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from ..errors import ScenarioError
from .facts import PARTIES_MOST, Scenario

ENUMERABLE = 1_000_000

Tests = Sequence[tuple[int, np.ndarray]]  # (issue, bool (levels,) wanted) each


def sealed(array: np.ndarray) -> np.ndarray:
    """The same numbers in memory of their own, which nobody can make writable again."""
    owner = array.base.base if isinstance(array.base, np.ndarray) else array.base
    return array if isinstance(owner, bytes) else np.ndarray(array.shape, array.dtype, array.tobytes())


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
    `size` number of packages as a Python int; `enumerable` whether that is at most a million; `signatures` how many a
    package takes whatever its levels need: the quorum, and never one party's alone; `votes` the same for an amendment.
    """

    def __init__(self, scenario: Scenario, rules_version: int | None = None):
        """`rules_version`: that of the rules the talks were held under; None: the present one. Raises ScenarioError for
        more than PARTIES_MOST parties."""
        if len(scenario.parties) > PARTIES_MOST:
            raise ScenarioError(
                f"{scenario.name} has {len(scenario.parties)} parties; talks can be held among up to {PARTIES_MOST}."
            )
        self.scenario = scenario
        before_3 = rules_version is not None and rules_version < 3
        self.shape = tuple(len(issue.levels) for issue in scenario.issues)
        self.offsets = sealed(np.concatenate([[0], np.cumsum(self.shape)]).astype(np.int64))
        self.size = math.prod(self.shape)
        self.enumerable = self.size <= ENUMERABLE
        self._level_index = [{level.id: k for k, level in enumerate(issue.levels)} for issue in scenario.issues]
        self._issue_index = {issue.id: i for i, issue in enumerate(scenario.issues)}
        self.rules = [self.tests(rule.forbid) for rule in scenario.rules]
        party = {p: i for i, p in enumerate(scenario.party_ids)}
        self.quorum = scenario.protocol.quorum if scenario.protocol.consent == "quorum" else 0
        self.signatures = max(self.quorum, 2)
        self.votes = self.quorum if before_3 else self.signatures
        # a quorum of all is unanimity: nobody can be left out
        all_sign = self.quorum == len(scenario.parties) and not before_3
        self._vetoes = np.array([all_sign or p in scenario.protocol.vetoes for p in scenario.party_ids])
        self.level_needs = np.zeros((int(self.offsets[-1]), len(party)), dtype=bool)
        for i, issue in enumerate(scenario.issues):
            for k, level in enumerate(issue.levels):
                for who in level.needs:
                    self.level_needs[self.offsets[i] + k, party[who]] = True
        power = 1 << np.arange(len(party), dtype=np.int64)
        self._level_bits = (self.level_needs * power).sum(axis=1)
        self._every_bit, self._veto_bits = int(power.sum()), int((self._vetoes * power).sum())

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
        chosen = (levels[issue.id] for issue in self.scenario.issues)
        return np.array([index[level] for index, level in zip(self._level_index, chosen, strict=True)], dtype=np.int16)

    @staticmethod
    def hold(tests: Tests, packages: np.ndarray) -> np.ndarray:
        """Whether every test holds: bool (...) for packages (..., I)."""
        result = np.ones(packages.shape[:-1], dtype=bool)
        for i, wanted in tests:
            result &= wanted[packages[..., i]]
        return result

    @property
    def unanimous(self) -> bool:
        """Whether every package takes everybody's signature whatever its levels: unanimity, or a quorum of all."""
        return self.scenario.protocol.consent == "unanimity" or (self.quorum > 0 and bool(self._vetoes.all()))

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
        return [r for r, tests in zip(self.scenario.rules, self.rules, strict=True) if bool(self.hold(tests, package))]

    def needs(self, packages: np.ndarray) -> np.ndarray:
        """Whose signatures a package takes, bool (..., P): everybody's under unanimity and a quorum of all, those with
        a veto under any other quorum (`quorum` signatures in all), else as its levels say."""
        parties = self.level_needs.shape[1]
        if self.scenario.protocol.consent != "needed":
            who = np.ones(parties, dtype=bool) if self.scenario.protocol.consent == "unanimity" else self._vetoes
            return np.broadcast_to(who, (*packages.shape[:-1], parties)).copy()
        return (self.need_bits(packages)[..., None] >> np.arange(parties)) & 1 > 0

    def need_bits(self, packages: np.ndarray) -> np.ndarray:
        """The same as one int64 (...) per package, bit p for party p."""
        if self.scenario.protocol.consent != "needed":
            common = self._every_bit if self.scenario.protocol.consent == "unanimity" else self._veto_bits
            return np.full(packages.shape[:-1], common, dtype=np.int64)
        bits = np.zeros(packages.shape[:-1], dtype=np.int64)
        for i in range(len(self.shape)):
            bits |= self._level_bits[self.offsets[i] + packages[..., i].astype(np.int64)]
        return bits
