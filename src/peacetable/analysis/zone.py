"""Which packages can be signed, and which would be: red lines and reservation values of those the consent rule asks."""

from __future__ import annotations

import numpy as np

from ..scenario import Preferences, carried
from .solutions import Signers, content


def vectors(preferences: Preferences, packages: np.ndarray, row: int = 0) -> np.ndarray:
    """Grains of packages (N, I) for every party at the table `row`: int64 (P, N)."""
    rows = np.full(len(packages), row)
    return np.stack([preferences.totals(packages, p, rows) for p in range(len(preferences.forbidden))])


def vetoes(preferences: Preferences, packages: np.ndarray) -> np.ndarray:
    """bool (N, P): whose red lines the packages (N, I) cross."""
    return np.stack([preferences.vetoed(packages, p) for p in range(len(preferences.forbidden))], axis=1)


def signable(preferences: Preferences, packages: np.ndarray) -> np.ndarray:
    """bool (N,): feasible packages (N, I) that no red line keeps from being signed: those whose signature they need,
    and enough parties in all, cross none of theirs."""
    space = preferences.space
    return space.feasible(packages) & carried(~vetoes(preferences, packages), space.needs(packages), space.signatures)


def signers(
    preferences: Preferences, packages: np.ndarray, columns: np.ndarray, everybody: bool = False, row: int = 0
) -> Signers:
    """Who may carry packages (N, I) of grains `columns` (P, N): by the consent rule, or `everybody`."""
    limits = preferences.reservation[0 if len(preferences.reservation) == 1 else row]
    willing = content(columns.T, limits, vetoes(preferences, packages))
    needs = np.ones_like(willing) if everybody else preferences.space.needs(packages)
    return Signers(needs, willing, preferences.space.signatures)


def agreeable(preferences: Preferences, packages: np.ndarray, everybody: bool = False, row: int = 0) -> np.ndarray:
    """bool (N,): packages (N, I) that could be agreed at the table `row`: feasible, and everybody whose signature they
    need, and enough parties in all, are content with them. If `everybody`: all parties, whatever the consent rule."""
    asked = signers(preferences, packages, vectors(preferences, packages, row), everybody, row)
    return preferences.space.feasible(packages) & asked.carry()
