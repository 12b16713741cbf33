"""MiCRO: de Jonge, "An analysis of the linear bilateral ANAC domains using the MiCRO benchmark strategy" (2022), and
its form for several parties, Aguilera-Luzon, de Jonge, Larrosa, "MiCRO for multilateral negotiations" (2025)."""

from __future__ import annotations

import numpy as np

from .base import Component, Others, Own, View
from .history import firsts, proposals


def conceded(view: View, own: Own) -> tuple[np.ndarray, np.ndarray]:
    """Number of different packages the party has proposed, int (n,), and the least such number of an opponent present.

    A round in which an opponent signed instead of proposing counts like a new proposal; without that, a party that
    signs everything would stall all others (the multilateral paper's remedy).
    """
    different = firsts(view, own.preferences.space.shape).sum(axis=1)
    _, made = proposals(view)
    signed = view.round - 1 - made[:, : view.round - 1].sum(axis=1)
    count = different + signed
    count = np.where(view.present, count, np.iinfo(np.int64).max)
    count[:, view.party] = np.iinfo(np.int64).max
    return different[:, view.party], count.min(axis=1)


def bid(view: View, own: Own, others: Others | None, draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Packages int16 (n, I) and the least utility float (n,) it would settle for now.

    m, n: how many different packages it and the opponent that made fewest have proposed. If m <= n, and the package
    next in its order is not below its reservation value, it proposes that; else it repeats one of its m, each equally
    likely, or its best where that one has come to be worth less than no agreement.
    """
    m, n = conceded(view, own)
    package, u = own.nth_best(m)
    concede = ((m <= n) & (u >= own.reservation)) | (m == 0)
    again, worth = own.nth_best((draws[:, 0] * m).astype(np.int64))
    risen = worth < own.reservation  # what it proposed once may be worth less than no agreement by now
    if risen.any():
        again = np.where(risen[:, None], own.nth_best(np.zeros_like(m))[0], again)
    _, low = own.nth_best(np.maximum(m - 1, 0))
    return np.where(concede[:, None], package, again), np.where(concede, u, low)


MICRO = Component(
    name="micro",
    kind="bidding",
    summary="goes down its list by one package whenever the others have made as many different proposals",
    source="de Jonge 2022; Aguilera-Luzon, de Jonge, Larrosa 2025",
    function=bid,
    needs_chance=True,
    needs_history=True,
)
