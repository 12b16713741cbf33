"""How talks came out, as sentences and as the points of charts: the same for the screen and for the saved report."""

from __future__ import annotations

import math

from ..seat.plots import Curves, Plane, Series
from ..seat.views import Debrief, Facts, Package, PrivateAnswer, Sitting, TurningPoint, View
from ..table.ledger import Offer
from . import log
from .catalogue import Catalogue, date, difference, number, percent, whole

FEW = 2  # changes named in one sentence


def title(facts: Facts, t: Catalogue, view: View) -> str:
    """How the talks ended."""
    if view.ended == "walk_out":
        return (
            t("end.walk_out.you") if view.by == view.party else t("end.walk_out", party=_name(facts, t, view, view.by))
        )
    return t(f"end.{view.ended}", round=view.round)


def why(facts: Facts, t: Catalogue, view: View) -> str:
    """Why they ended so."""
    by = _name(facts, t, view, view.by)
    of = _last_offer(view)
    if view.ended == "agreement":
        if not view.by:
            return t("end.why.agreement.vote")
        if of is None or of.of == view.by:
            return t("end.why.agreement.plain", by=by)
        if of.of == view.party:
            return t("end.why.agreement.yours", by=by)
        return t("end.why.agreement", of=_name(facts, t, view, of.of), by=by)
    if view.ended == "walk_out":
        return t("end.why.walk_out", party=by, round=view.round)
    if of is not None and of.missing:
        names = t.join(_name(facts, t, view, p) for p in of.missing)
        return t("end.why.deadline", rounds=view.rounds, missing=names)
    return t("end.why.deadline.plain", rounds=view.rounds)


def _last_offer(view: View) -> Offer | None:
    """The package that was signed or proposed last, as it lay on the table then."""
    last = next((e for e in reversed(view.log) if e.kind in ("propose", "sign")), None)
    return last.table.offers.get(last.offer_of or last.party or "") if last and last.table else None


def _name(facts: Facts, t: Catalogue, view: View, party: str | None) -> str:
    if party == view.party:
        return t("you")
    return log.called(facts, t, party) if party else t("end.chair")


def package_words(facts: Facts, package: Package) -> str:
    """A package in short words, one issue after the other."""
    return " \N{MIDDLE DOT} ".join(f"{facts.issues[i].short}: {facts.short(i, k)}" for i, k in enumerate(package))


def score(t: Catalogue, view: View, debrief: Debrief) -> tuple[str, str, str]:
    """The own result against walking away: (sign, colour, text)."""
    me = next(s for s in debrief.scores if s.party == view.party)
    change, mark = difference(me.utility, me.reservation), number(me.reservation)
    kind = "equal" if change == 0 else "above" if change > 0 else "below"
    sign, colour = {"below": ("minus", "bad"), "above": ("plus", "good"), "equal": ("dot", "text")}[kind]
    return sign, colour, t(f"end.score.{kind}", change=number(abs(change)), mark=mark)


def best(facts: Facts, t: Catalogue, view: View, debrief: Debrief) -> str:
    """The best that the person could have had."""
    if debrief.own_best is None:
        return t("end.score.best.none" if debrief.exact else "end.score.best.unknown")
    value = number(debrief.own_best.utilities[view.party])
    package = debrief.own_best.package
    text = t(
        "end.score.best" if debrief.exact else "end.score.best.some", value=value, package=package_words(facts, package)
    )
    if package == view.package:
        return text
    seen = next((w for w in debrief.worths if w.package == package), None)
    if seen is None:
        return text
    missed = any(x.kind == "missed" and x.package == package for x in debrief.turning_points)
    key = "end.score.best.missed" if missed else "end.score.best.seen"
    return f"{text} {log.sentence(t(key, party=_name(facts, t, view, seen.party), round=seen.round))}"


def left(facts: Facts, t: Catalogue, view: View, debrief: Debrief) -> str:
    """What was left on the table: the package that nobody proposed, or that somebody did, or that there was none."""
    if debrief.missed is not None:
        return t("end.missed", package=package_words(facts, debrief.missed.package))
    if debrief.better is not None:
        package = debrief.better.package
        first = next((w for w in debrief.worths if w.package == package), None)
        if first is None:
            return t("end.left.search", package=package_words(facts, package))
        party = log.sentence(log.called(facts, t, first.party) if first.party else t("end.chair"))
        return t("end.missed.proposed", package=package_words(facts, package), party=party, round=first.round)
    text = t("end.left.none" if debrief.exact else "end.left.none.search")
    best = debrief.own_best
    losers = [s.party for s in debrief.scores if best and difference(best.utilities[s.party], s.utility) < 0]
    if best is None or not losers or view.party in losers:
        return text
    return f"{text} {t('end.left.best', parties=t.join(log.called(facts, t, p) for p in losers))}"


def zone(t: Catalogue, debrief: Debrief) -> str:
    """How many packages could have been agreed, "" where that was not counted."""
    count = debrief.agreeable
    if count is None:
        return ""
    return t("end.left.zone", plural=count, number=whole(count)) if count else t("end.left.zone.none")


def omits(t: Catalogue, debrief: Debrief) -> str:
    """What the model leaves out."""
    shares = debrief.assumed
    return t("end.omits.text", assumed=percent(math.fsum(shares.values()) / max(1, len(shares))))


def turn(facts: Facts, t: Catalogue, view: View, x: TurningPoint) -> str:
    """One turning point in words."""
    you = ".you" if x.party == view.party else ""
    words: dict[str, object] = {"party": _name(facts, t, view, x.party), "count": x.count}
    if x.kind in ("towards", "away"):
        words |= {"amount": number(abs(x.amount)), "changes": _changes(facts, t, x)}
    if x.kind in ("worth", "missed", "waiting", "climb", "stuck", "last"):
        words |= {"value": number(x.amount), "start": number(x.start), "more": number(x.more)}
    if x.kind == "missed":
        key = "end.turn.missed.text" if facts.one_text else "end.turn.missed"
        return log.sentence(f"{t(key, **words)} {t(f'end.turn.missed.{x.act}')}")
    if x.kind == "last" and not you:
        words["changes"] = _changes(facts, t, x) if x.before else ""
        return log.sentence(t(f"end.turn.last{'.' + x.act if x.act else ''}", **words))
    if x.kind == "signed":
        words["other"] = log.called(facts, t, x.other)
        you = ".yours" if x.other == view.party else you
    if x.kind == "event":
        happening = facts.events[x.event]
        words |= {"label": happening.label, "text": happening.text}
    kind = "all.agreed" if x.kind == "all" and x.package == view.package else x.kind
    text = log.sentence(t(f"end.turn.{kind}{you}", **words))
    if x.kind in ("towards", "away") and x.before and x.package:
        me = facts.party(view.party)
        before, now = bool(me.misses(x.before)), bool(me.misses(x.package))
        text += f" {t('end.turn.unmet' if now else 'end.turn.met')}" if before != now else ""
    return text


def _changes(facts: Facts, t: Catalogue, x: TurningPoint) -> str:
    """What a side changed between two of its packages: all of it, or on the issues that the turn is about."""
    changed = {i: (a, b) for i, (a, b) in enumerate(zip(x.before or (), x.package or (), strict=False)) if a != b}
    found = [_change(facts, t, i, *changed[i]) for i in x.issues or changed]
    more = len(found) - FEW
    return "; ".join(found[:FEW]) + (t("end.turn.more", count=more) if more > 0 else "")


def _change(facts: Facts, t: Catalogue, issue: int, a: int, b: int) -> str:
    before, after = facts.issues[issue].levels[a], facts.issues[issue].levels[b]
    if before.phrase and after.phrase:
        return t("end.turn.change.phrase", before=before.phrase, after=after.phrase)
    return t("end.turn.change", issue=facts.issues[issue].short, before=before.short, after=after.short)


def told(facts: Facts, t: Catalogue, x: PrivateAnswer) -> str:
    """What was said in a side talk, and what was true."""
    said = t("end.told.row", party=log.called(facts, t, x.party), answer=t(f"talk.answer.{x.answer}"))
    key = "end.told.true" if x.answer == x.truth else "end.told.harder"
    return f"{said} {t(key, truth=t(f'talk.answer.{x.truth}'))}"


def best_levels(facts: Facts, issue: int, levels: tuple[int, ...]) -> str:
    """The levels that a side likes best, in short words; several where they are worth the same."""
    return " / ".join(facts.short(issue, k) for k in levels)


def sitting(t: Catalogue, game: Sitting) -> str:
    """Which game it was, in one line."""
    words = [t("game.seed", seed=game.seed), t("game.level", level=t(f"level.{game.level}"))]
    return " \N{MIDDLE DOT} ".join([*words, date(t, game.day)] if game.day else words)


# -- charts ----------------------------------------------------------------------------------------------------------


def over_rounds(facts: Facts, t: Catalogue, view: View, debrief: Debrief) -> Curves:
    """What each party's proposals were worth to the person, by round."""
    found = []
    for kind, (id, label) in enumerate(_speakers(facts, t)):
        points = tuple((float(w.round), w.utilities[view.party]) for w in debrief.worths if w.party == id)
        if points:
            found.append(Series(id, label, points, kind))
    return Curves(tuple(found), view.round, debrief.walk_away)


def plane(facts: Facts, t: Catalogue, view: View, debrief: Debrief, other: str) -> Plane:
    """Every party's proposals as a path in the plane of the person's utility and that of `other`, and what they could
    have agreed on."""
    reservation = {s.party: s.reservation for s in debrief.scores}
    own, others = (t("end.plane.axis", party=facts.party(id).short) for id in (view.party, other))
    return Plane(
        tuple(_spots(view, debrief, other)),
        debrief.fronts.get(other, ()),
        tuple(_in_plane(facts, t, view, debrief, other)),
        (view.party, other),
        (reservation[view.party], reservation[other]),
        _agreed(view, debrief, other),
        (own, others, t("end.plane.zone")),
    )


def _in_plane(facts: Facts, t: Catalogue, view: View, debrief: Debrief, other: str) -> list[Series]:
    found = []
    for kind, (id, label) in enumerate(_speakers(facts, t)):
        points = tuple((w.utilities[view.party], w.utilities[other]) for w in debrief.worths if w.party == id)
        if points:
            found.append(Series(id, label, points, kind))
    return found


def _spots(view: View, debrief: Debrief, other: str) -> list[tuple[float, float, bool]]:
    """The packages of the plane: (own, other's utility, could have been agreed)."""
    order = [s.party for s in debrief.scores]
    x, y = order.index(view.party), order.index(other)
    return sorted({(s.utilities[x], s.utilities[y], s.agreeable) for s in debrief.spots}, key=lambda s: s[2])


def _agreed(view: View, debrief: Debrief, other: str) -> tuple[float, float] | None:
    """Where the agreement lies in the plane, or None."""
    if view.ended != "agreement":
        return None
    u = {s.party: s.utility for s in debrief.scores}
    return u[view.party], u[other]


def _speakers(facts: Facts, t: Catalogue) -> list[tuple[str, str]]:
    return [*((p.id, p.label) for p in facts.parties), ("", t("end.chair"))]
