"""Which packages can be signed, and which would be: red lines and reservation values of those the consent rule asks."""

from __future__ import annotations

import numpy as np

from ..scenario import Preferences, Space
from ..scenario.ranking import threshold
from .solutions import Signers, content

BLOCK = 2**18  # packages of all tables and parties that are looked at at a time: what a processor's cache holds


def vectors(preferences: Preferences, packages: np.ndarray, row: int = 0) -> np.ndarray:
    """Grains of packages (N, I) for every party at the table `row`: int64 (P, N)."""
    rows = np.full(len(packages), row)
    return np.stack([numbers.totals(packages, rows) for numbers in preferences.numbers])


def vetoes(preferences: Preferences, packages: np.ndarray) -> np.ndarray:
    """bool (N, P): whose red lines the packages (N, I) cross."""
    return np.stack([numbers.vetoed(packages) for numbers in preferences.numbers], axis=1)


def always(space: Space, everybody: bool = False) -> np.ndarray:
    """bool (P,): whose signature every package takes by the consent rule, or all parties if `everybody`."""
    return space.consent.always | everybody


def signable_levels(preferences: Preferences, signing: np.ndarray | slice = slice(None)) -> np.ndarray:
    """bool (L,): levels that cross no red line of the parties `signing` bool (P,), or of any."""
    return np.logical_not(preferences.forbidden[signing].any(axis=0))


def signable(preferences: Preferences, packages: np.ndarray) -> np.ndarray:
    """bool (N,): feasible packages (N, I) that no red line keeps from being signed: those whose signature they need,
    and enough parties in all, cross none of theirs."""
    space = preferences.space
    willing, needs = ~vetoes(preferences, packages), space.consent.needs(packages)
    return space.feasible(packages) & space.consent.signed_enough(willing, needs)


def signers(
    preferences: Preferences, packages: np.ndarray, columns: np.ndarray, everybody: bool = False, row: int = 0
) -> Signers:
    """Who may carry packages (N, I) of grains `columns` (P, N): by the consent rule, or `everybody`."""
    limits = preferences.reservation[0 if len(preferences.reservation) == 1 else row]
    willing = content(columns.T, limits, vetoes(preferences, packages))
    if everybody:
        return Signers(np.ones_like(willing), willing)
    consent = preferences.space.consent
    return Signers(consent.needs(packages), willing, consent)


def agreeable(preferences: Preferences, packages: np.ndarray, everybody: bool = False, row: int = 0) -> np.ndarray:
    """bool (N,): packages (N, I) that could be agreed at the table `row`: feasible, and everybody whose signature they
    need, and enough parties in all, are content with them. If `everybody`: all parties, whatever the consent rule."""
    asked = signers(preferences, packages, vectors(preferences, packages, row), everybody, row)
    return preferences.space.feasible(packages) & asked.carry()


def zone_sizes(
    preferences: Preferences, packages: np.ndarray, reservation: np.ndarray, closed: np.ndarray
) -> np.ndarray:
    """How many of the packages (N, I) could be agreed at each table, as `agreeable` has it: int64 (R,).

    `preferences`: those of the R tables, or shared by all; `reservation`: float (R, P); `closed`: bool (R, L) levels
    that are off the table.
    """
    limits, shared = threshold(reservation), preferences.tables == 1
    parties = range(limits.shape[1])

    def totals_of(some: Preferences) -> list[np.ndarray]:
        return [numbers.all_totals(packages) for numbers in some.numbers]

    def carry(totals: list[np.ndarray], limits: np.ndarray) -> np.ndarray:
        """bool (T, N): what could be agreed where the parties' limits are so many grains (T, P)."""
        willing = [(totals[p] >= limits[:, p, None]) & free[:, p] for p in parties]
        return space.consent.signed_enough(np.moveaxis(np.array(willing), 0, -1), needs)

    space = preferences.space
    packages = packages[signable(preferences, packages)]
    free, needs = ~vetoes(preferences, packages), space.consent.needs(packages)
    if shared:  # what not even the lowest limits of all tables let through need not be looked at again
        hopeful = carry(totals_of(preferences), limits.min(axis=0, keepdims=True))[0]
        packages, free, needs = packages[hopeful], free[hopeful], needs[hopeful]
        totals = totals_of(preferences)
    found = np.zeros(len(limits), dtype=np.int64)
    size = max(1, BLOCK // max(1, len(packages) * len(parties)))
    for start in range(0, len(limits), size):
        at = slice(start, start + size)
        zone = carry(totals if shared else totals_of(preferences.only(at)), limits[at])
        for row in np.flatnonzero(closed[at].any(axis=1)):
            zone[row] &= ~closed[start + row][packages + space.offsets[:-1]].any(axis=1)
        found[at] = zone.sum(axis=1)
    return found
