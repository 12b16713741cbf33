"""What a batch amounts to: how often the talks ended in which way, what the parties got, what was agreed most."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import sqrt

import numpy as np

from .store import Store

Z95 = 1.959963984540054


def wilson(hits: int, of: int, z: float = Z95) -> tuple[float, float]:
    """The score interval for a share, by default at 95 % (Wilson 1927, JASA 22). (0, 1) if there are no trials."""
    if not of:
        return 0.0, 1.0
    share = hits / of
    middle = share + z * z / (2 * of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    low, high = ((middle + sign * half) / (1 + z * z / of) for sign in (-1, 1))
    return (0.0 if hits == 0 else low), (1.0 if hits == of else high)


@dataclass
class Summary:
    """Over the finished tables: `ended` and `packages` count; `utility`, `reservation`: mean per party over all tables,
    `gain`: mean over the agreements; `distance`: mean distance of the agreements to the Pareto frontier, None without
    any."""

    tables: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    packages: Counter[str] = field(default_factory=Counter)
    utility: dict[str, float] = field(default_factory=dict)
    reservation: dict[str, float] = field(default_factory=dict)
    gain: dict[str, float] = field(default_factory=dict)
    distance: float | None = None


def summarise(store: Store, parties: tuple[str, ...]) -> Summary:
    """Reads the parts one after the other, so memory does not grow with the batch."""
    found = Summary()
    sums = {kind: dict.fromkeys(parties, 0.0) for kind in ("u", "r", "gain")}
    far = 0.0
    for _, rows in store.parts():
        found.tables += rows.num_rows
        for column, counter in (("ended", found.ended), ("package", found.packages)):
            for entry in rows[column].drop_null().value_counts().to_pylist():
                counter[entry["values"]] += entry["counts"]
        agreed = rows["ended"].to_numpy(zero_copy_only=False) == "agreement"
        for party in parties:
            u, r = rows[f"u_{party}"].to_numpy(), rows[f"r_{party}"].to_numpy()
            sums["u"][party] += float(u.sum())
            sums["r"][party] += float(r.sum())
            sums["gain"][party] += float((u - r)[agreed].sum())
        far += float(np.nansum(rows["pareto_distance"].to_numpy()))
    count, agreements = max(1, found.tables), found.ended["agreement"]
    found.utility = {p: sums["u"][p] / count for p in parties}
    found.reservation = {p: sums["r"][p] / count for p in parties}
    found.gain = {p: sums["gain"][p] / agreements for p in parties} if agreements else {}
    found.distance = far / agreements if agreements else None
    return found
