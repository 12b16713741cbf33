"""The mood of a delegation, from what everybody can see: its moves, its public positions, and what is on the table."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..scenario.facts import STANCE_VALUES
from ..seat.views import Facts, Package, PartyFacts, View
from . import log
from .catalogue import Catalogue

WARM, COLD = 0.62, 0.42  # mean value of the stances that a package meets, above and below which a party shows it


@dataclass(frozen=True)
class Mood:
    """`name`: left | pleased | alarmed | firm | hopeful | cool | moving | wary | waiting; `sign`, `colour`: how it is
    drawn; `why`: sentences that say what it was read from."""

    name: str
    sign: str
    colour: str
    why: tuple[str, ...]


SIGNS = {
    "left": ("door", "bad"),
    "pleased": ("smile", "good"),
    "hopeful": ("smile", "good"),
    "moving": ("swap", "good"),
    "wary": ("straight", "text"),
    "waiting": ("dot", "muted"),
    "firm": ("lock", "gold"),
    "cool": ("frown", "bad"),
    "alarmed": ("frown", "bad"),
}


def mood(facts: Facts, view: View, party: str, t: Catalogue) -> Mood:
    """The mood of `party` now."""
    delegation = facts.party(party)
    on_table = _on_table(facts, view, party)
    entry = log.last_move(view, party)
    why: list[str] = []
    if party not in view.present:
        return _made("left", [t("mood.why.left")])
    if entry is not None and entry.kind == "sign" and _stands(facts, view, entry.package):
        return _made("pleased", [t("mood.why.voted" if facts.one_text else "mood.why.signed")])
    close = None if on_table is None else closeness(delegation, on_table)
    if on_table is not None:
        crossed = [i for i, k in enumerate(on_table) if (i, k) in delegation.red_lines]
        if crossed:
            issues = t.join(facts.issues[i].short for i in crossed)
            return _made("alarmed", [t("mood.why.red", issues=issues), *_moved(facts, view, party, t)])
        missed = delegation.misses(on_table)
        if missed:
            says = " ".join(demand.says for demand in missed)
            return _made("alarmed", [t("mood.why.demand", says=says), *_moved(facts, view, party, t)])
        if close is not None:
            why.append(t(f"mood.why.{'warm' if close >= WARM else 'cold' if close <= COLD else 'between'}"))
    why += _moved(facts, view, party, t)
    if entry is not None and entry.kind == "propose" and entry.changes == ():
        return _made("firm", why)
    if close is not None and close >= WARM:
        return _made("hopeful", why)
    if close is not None and close <= COLD:
        return _made("cool", why)
    if entry is not None and entry.kind == "propose" and entry.changes:
        return _made("moving", why)
    if on_table is None and entry is None:
        return _made("waiting", [t("mood.why.nothing")])
    return _made("wary", why or [t("mood.why.nothing")])


def closeness(party: PartyFacts, package: Package) -> float | None:
    """Mean value of the party's public stances on the levels of the package; None where it has said nothing on them."""
    said = {(s.issue, s.level): STANCE_VALUES[s.stance] for s in party.stated}
    met = [said[cell] for cell in enumerate(package) if cell in said]
    return math.fsum(met) / len(met) if met else None


def _made(name: str, why: list[str]) -> Mood:
    return Mood(name, *SIGNS[name], tuple(why))


def _on_table(facts: Facts, view: View, party: str) -> Package | None:
    """What lies before the party: another's offer, or the amendment of a single text."""
    if facts.one_text:
        return view.amendment
    offers = [o for o in view.offers.values() if o.of != party]
    return offers[-1].package if offers else None


def _stands(facts: Facts, view: View, package: Package | None) -> bool:
    """Whether what was signed is still on the table."""
    if facts.one_text:
        return package == view.amendment
    return view.package == package or any(o.package == package for o in view.offers.values())


def _moved(facts: Facts, view: View, party: str, t: Catalogue) -> list[str]:
    """How far its last offer moved."""
    moves = [e for e in view.log if e.party == party and e.kind == "propose"]
    if not moves or facts.one_text:
        return []
    changes = moves[-1].changes
    if changes is None:
        return [t("mood.why.first")]
    if not changes:
        return [t("mood.why.kept")]
    issues = t.join(facts.issues[i].short for i in changes)
    return [t("mood.why.moved", issues=issues)]
