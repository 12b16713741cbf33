"""What is said on the map: which packages can be compared, what a level means on the ground, where a city lies."""

from __future__ import annotations

from collections.abc import Sequence

from ..seat.cartography import Sheet, atlas, hundreds, wind
from ..seat.views import Facts, Package, View
from .catalogue import Catalogue, whole


def packages(facts: Facts, t: Catalogue, view: View) -> list[tuple[str, Package]]:
    """(title, package) of what can be compared with the draft: what is on the table first, then last offers."""
    found: list[tuple[str, Package]] = []
    if view.amendment is not None:
        found.append((t("map.amendment"), view.amendment))
    if view.draft is not None:
        found.append((t("map.text"), view.draft))
    if view.package is not None:
        found.append((t("map.agreed"), view.package))
    for kind, packages in (("offer", {q: o.package for q, o in view.offers.items()}), ("last", view.last)):
        for party, package in packages.items():
            if kind == "last" and party in view.offers:
                continue
            you = ".you" if party == view.party else ""
            found.append((t(f"map.{kind}{you}", party=facts.party(party).short), package))
    return found


def chips(facts: Facts, t: Catalogue, package: Package | None) -> list[tuple[str, str]]:
    """(issue id, text) of each level of a package, for what has no place on the ground."""
    pairs = zip(facts.issues, package or (), strict=False)
    return [(i.id, t("map.row", issue=i.short, level=i.levels[k].short)) for i, k in pairs]


def meaning(t: Catalogue, issue: str, level: str) -> str:
    """What a level means on the ground, and whether no source gives its places."""
    key = f"map.say.{issue}.{level}"
    said = t(key) if t.has(key) else t("map.unknown")
    illustrative = any(mark.illustrative for mark in atlas().marks(issue, level))
    return f"{said} {t('map.illustrative')}" if illustrative else said


def from_kyiv(t: Catalogue, sheet: Sheet, at: Sequence[float]) -> str:
    """How far from Kyiv a place is and in which direction, and whether the sheet shows it."""
    key = "map.from_kyiv" if sheet.holds(at) else "map.outside"
    return t(key, km=whole(hundreds(at)), wind=t(f"map.wind.{wind(at)}"))
