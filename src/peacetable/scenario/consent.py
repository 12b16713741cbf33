"""The consent rule: whose signatures a package takes, and whether those that it has are enough.

One class per rule, chosen once by its name in `CONSENTS`; everybody else asks the object. A package is agreed if
everybody whose signature it needs is among those who sign and they are enough: the quorum, and never one party alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

import numpy as np

from .facts import Issue, Protocol, Scenario
from .sealed import sealed


class Consent:
    """What every consent rule answers, for P parties and levels that stand side by side in L columns.

    `name` as in a scenario; `by_level`: whether a package takes the signatures of those whom its levels need;
    `by_quorum`: whether `quorum` and `vetoes` of the protocol count. `fixed`: bool (P,) who has to sign whatever the
    levels; `level_needs`: bool (L, P) whom else each level needs, nobody where the rule does not go by levels;
    `always`: bool (P,) whose signature every package takes by either; `unanimous`: whether `fixed` is everybody;
    `quorum`: as in the protocol, 0 where it does not count; `signatures`: how many a package takes at least.
    """

    name: ClassVar[str]
    by_level: ClassVar[bool] = False
    by_quorum: ClassVar[bool] = False

    def __init__(self, parties: Sequence[str], issues: Sequence[Issue], protocol: Protocol, before_3: bool = False):
        """`before_3`: the talks were held under a version of the rules before 3."""
        self.quorum = protocol.quorum if self.by_quorum else 0
        self.signatures = max(self.quorum, 2)
        self._votes = self.quorum if before_3 else self.signatures
        fixed = self._fixed(parties, protocol, before_3)
        self.fixed = sealed(np.array([p in fixed for p in parties], dtype=bool))
        self.unanimous = bool(self.fixed.all())
        levels = [[level.needs if self.by_level else () for level in issue.levels] for issue in issues]
        by_issue = [np.array([[p in needs for p in parties] for needs in some], dtype=bool) for some in levels]
        self.level_needs = sealed(np.concatenate([np.empty((0, len(parties)), dtype=bool), *by_issue]))
        self.always = sealed(self.fixed | np.any([needs.all(axis=0) for needs in by_issue], axis=0))
        self._starts = sealed(np.cumsum([0, *map(len, levels)])[:-1])
        power = 1 << np.arange(len(parties), dtype=np.int64)
        self._fixed_bits = int((self.fixed * power).sum())
        self._level_bits = sealed((self.level_needs * power).sum(axis=1))

    def _fixed(self, parties: Sequence[str], protocol: Protocol, before_3: bool) -> Collection[str]:
        """Who has to sign every package, whatever its levels."""
        return ()

    def needs(self, packages: np.ndarray) -> np.ndarray:
        """Whose signatures packages (..., I) take, bool (..., P)."""
        if not self.by_level:
            return np.broadcast_to(self.fixed, (*packages.shape[:-1], len(self.fixed))).copy()
        return (self.need_bits(packages)[..., None] >> np.arange(len(self.fixed))) & 1 > 0

    def need_bits(self, packages: np.ndarray) -> np.ndarray:
        """The same as one int64 (...) per package, bit p for party p."""
        bits = np.full(packages.shape[:-1], self._fixed_bits, dtype=np.int64)
        if self.by_level:
            for i, start in enumerate(self._starts):
                bits |= self._level_bits[start + packages[..., i].astype(np.int64)]
        return bits

    def signed_enough(self, willing: np.ndarray, needs: np.ndarray) -> np.ndarray:
        """Whether the parties `willing` bool (..., P) can agree on packages that need the signatures of `needs` bool
        (..., P): bool (...)."""
        return carried(willing, needs, self.signatures)

    def signed_enough_bits(self, signed: np.ndarray, needs: np.ndarray) -> np.ndarray:
        """The same where both are int64 (...), bit p for party p."""
        complete: np.ndarray = (needs & ~signed) == 0
        if complete.any():
            complete &= count_bits(signed, len(self.fixed)) >= self.signatures
        return complete

    def voted_enough(self, votes: np.ndarray, needs: np.ndarray) -> np.ndarray:
        """As `signed_enough`, for votes on an amendment: before version 3 of the rules one party alone could carry it,
        or none."""
        return carried(votes, needs, self._votes)


class Unanimity(Consent):
    """Everybody has to sign every package."""

    name = "unanimity"

    def _fixed(self, parties: Sequence[str], protocol: Protocol, before_3: bool) -> Collection[str]:
        return parties


class Needed(Consent):
    """Those have to sign whose signature the levels of the package need."""

    name = "needed"
    by_level = True


class Quorum(Consent):
    """Any parties that are enough, those with a veto among them. A quorum of all is unanimity: nobody can be left out
    (not yet before version 3 of the rules)."""

    name = "quorum"
    by_quorum = True

    def _fixed(self, parties: Sequence[str], protocol: Protocol, before_3: bool) -> Collection[str]:
        return parties if protocol.quorum == len(parties) and not before_3 else protocol.vetoes


CONSENTS: Mapping[str, type[Consent]] = {rule.name: rule for rule in (Unanimity, Needed, Quorum)}


def consent_of(scenario: Scenario, rules_version: int | None = None) -> Consent:
    """The scenario's consent rule. `rules_version`: that of the rules the talks were held under; None: the present."""
    before_3 = rules_version is not None and rules_version < 3
    rule = CONSENTS[scenario.protocol.consent]
    return rule(scenario.party_ids, scenario.issues, scenario.protocol, before_3)


def carried(willing: np.ndarray, needs: np.ndarray, signatures: int) -> np.ndarray:
    """bool (...): whether everybody in `needs` bool (..., P) is `willing`, bool (..., P), and at least `signatures`."""
    enough: np.ndarray = (willing | ~needs).all(axis=-1) & (willing.sum(axis=-1) >= signatures)
    return enough


def count_bits(bits: np.ndarray, most: int) -> np.ndarray:
    """How many of the lowest `most` bits are set, int64 (...)."""
    return sum((bits >> p & 1 for p in range(most)), np.zeros_like(bits))
