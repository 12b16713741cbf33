"""The line at the foot of the table: what the person can do now, what keys do, for whom everybody waits."""

from __future__ import annotations

import pygame

from ...words.catalogue import number
from ...words.log import called, sentence
from ..ui import Widget
from .base import Frame
from .parts import footer
from .table_desk import Desk

HINTED = ("propose", "sign", "copy", "undo", "talk", "map")
TIGHT = 420  # height at 100 % below which lines are saved for the builder and the offers


def foot(desk: Desk, frame: Frame, rect: pygame.Rect, wide: bool) -> tuple[list[Widget], pygame.Rect]:
    """What can be done now, and what keys do; what is left of `rect` above it."""
    if frame.tall < TIGHT:
        return _slim_footer(desk, frame, rect)
    keys = ""
    if wide and not desk.view.ended:
        keys = _keys(desk, frame)
    sign = "bulb" if desk.view.mine or desk.view.ended else "clock"
    return footer(frame.look, rect, _hint(desk), sign, "gold" if desk.view.mine else "muted", keys)


def _keys(desk: Desk, frame: Frame) -> str:
    """What keys do at this table."""
    t, facts = desk.t, desk.facts
    without = {"talk"} if not facts.soundings else set()
    renamed = {}
    if facts.one_text:
        without.add("sign" if desk.amends() else "propose")
        renamed = {"propose": "amend", "sign": "for"}
    names = [what for what in HINTED if what not in without]
    return t("hint.gap").join(t(f"hint.key.{renamed.get(n, n)}", letter=frame.keys[n]) for n in names)


def _slim_footer(desk: Desk, frame: Frame, rect: pygame.Rect) -> tuple[list[Widget], pygame.Rect]:
    """A hint where nothing else says it: before the first move, what a vote is about, that the talks are over."""
    view, voting = desk.view, desk.facts.one_text
    if not view.ended and (not view.mine or (desk.since() and not voting)):
        return [], rect
    text = _hint(desk) if voting or view.ended else desk.t("hint.turn.short")
    return footer(frame.look, rect, text, "bulb", "gold")


def _hint(desk: Desk) -> str:
    t, view = desk.t, desk.view
    if view.ended:
        return t("hint.ended")
    if not view.mine:
        return _waiting(desk)
    if desk.facts.one_text:
        return _voting_hint(desk)
    open_offers = [o for o in view.acceptable() if not desk.mandate.refuses(o.package)]
    last = t("hint.last") if view.final else ""
    if open_offers:
        best = max(open_offers, key=lambda o: desk.mandate.utility(o.package))
        value = number(desk.mandate.utility(best.package))
        return " ".join(filter(None, [t("hint.turn.offer", party=called(desk.facts, t, best.of), value=value), last]))
    if view.acceptable():
        return t("hint.turn.refused", why=desk.why_refused(view.acceptable()[0].package))
    return " ".join(filter(None, [t("hint.turn" if view.last else "hint.turn.first"), last]))


def _waiting(desk: Desk) -> str:
    """For whom everybody waits."""
    names = [called(desk.facts, desk.t, p) for p in desk.view.movers if p != desk.view.party]
    key = "hint.wait" if len(names) == 1 else "hint.wait.several"
    return desk.t(key, party=sentence(desk.t.join(names))) if names else ""


def _voting_hint(desk: Desk) -> str:
    t, view = desk.t, desk.view
    if desk.amends():
        return t("hint.amend")
    if view.amendment is None or view.draft is None:
        return ""
    new = number(desk.mandate.utility(view.amendment))
    why = desk.why_refused(view.amendment)
    if why:
        return t("hint.vote.refused", why=why)
    if view.final:
        return t("hint.vote.final", value=new, mark=number(desk.mandate.reservation))
    return t("hint.vote", value=new, before=number(desk.mandate.utility(view.draft)))
