"""MiCRO: de Jonge, "An analysis of the linear bilateral ANAC domains using the MiCRO benchmark strategy" (2022), and
its form for several parties, Aguilera-Luzon, de Jonge, Larrosa, "MiCRO for multilateral negotiations" (2025)."""

from __future__ import annotations

import numpy as np

from .base import Component, Others, Own, Sight, decisive
from .history import firsts, proposals


def conceded(view: Sight, own: Own) -> tuple[np.ndarray, np.ndarray]:
    """How many different packages each party has proposed, int (n, P), and the same with every round in which it signed
    instead counted like a new proposal, (n, P); without that, a party that signs everything would stall all others (the
    multilateral paper's remedy)."""
    different = firsts(view, own.public.space.shape).sum(axis=1)
    _, made = proposals(view)
    signed = view.round - 1 - made[:, : view.round - 1].sum(axis=1)
    return different, different + signed


def awaited(view: Sight, own: Own, count: np.ndarray, package: np.ndarray) -> np.ndarray:
    """The least `count` (n, P) of an opponent present whose signature would help to make `package` int16 (n, I) an
    agreement, float (n,): under unanimity of all, else of those whose signature it needs (under a quorum, those with a
    veto) and of the rest those that have conceded most, as many as it takes, see `decisive`.

    Nobody else can hold up that agreement, so nobody else's stubbornness stalls the party. The papers know unanimity
    only, where the party that has made the fewest counts.
    """
    consent = own.public.space.consent
    others = view.present.copy()
    others[:, view.party] = False
    return decisive(count, consent.needs(package) & others, others, consent.signatures)


def bid(view: Sight, own: Own, others: Others | None, draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Packages int16 (n, I) and the least utility float (n,) it would settle for now.

    m, n: how many different packages it has proposed, and how many those opponents have whose signatures the package
    next in its order takes, see `awaited`. If m <= n, and that package is not below its reservation value, it proposes
    it; else it repeats one of its m, each equally likely, or its best where that one has come to be worth less than no
    agreement.
    """
    different, count = conceded(view, own)
    m = different[:, view.party]
    package, u = own.nth_best(m)
    n = awaited(view, own, count, package)
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
    summary="goes down its list by one package whenever those who must sign have made as many different proposals",
    source="de Jonge 2022; Aguilera-Luzon, de Jonge, Larrosa 2025",
    function=bid,
    needs_chance=True,
    needs_history=True,
)
