"""The buttons of the table: moves, the draft, questions and talks in private."""

from __future__ import annotations

from collections.abc import Iterable

from ..theme import Theme
from ..ui import Button
from .base import Frame
from .parts import button
from .table_desk import Desk


def buttons(desk: Desk, frame: Frame, wide: bool, undo: bool) -> list[Button]:
    """What can be done now. `undo`: whether there is a change of the draft to take back."""
    look, t, view = frame.look, desk.t, desk.view
    if view.ended:
        return [button(look, "debrief", t("act.debrief"), ("debrief",), "primary", "document")]
    short = "" if wide else ".short"
    found = [*(_votes if desk.facts.one_text else _offers)(desk, look, short)]
    if desk.question is not None:
        label = t(f"act.answer{short}", party=desk.facts.party(desk.question.party or "").short)
        found.append(button(look, "asked", label, ("asked",), "normal", "ear", tip=t("act.answer.tip")))
    if desk.facts.soundings:
        tip = t("act.talk.tip")
        found.append(button(look, "talk", t(f"act.talk{short}"), ("talk",), "normal", "ear", tip=tip))
    if frame.wide >= 760:
        label, tip, able = t(f"act.copy{short}"), t("act.copy.tip"), desk.before() is not None
        found.append(button(look, "copy", label, ("copy",), "normal", "pen", tip=tip, enabled=able))
        tip, able = t("act.undo.tip"), undo
        found.append(button(look, "undo", t("act.undo"), ("undo",), "normal", "undo", tip=tip, enabled=able))
    found.append(button(look, "walk_out", t("act.walk_out"), ("walk_out",), "normal", "door", enabled=view.mine))
    return found


def _offers(desk: Desk, look: Theme, short: str) -> Iterable[Button]:
    t, view = desk.t, desk.view
    label = t(f"act.propose{short}")
    yield button(look, "propose", label, ("propose",), "primary", "speech", enabled=view.mine)
    for offer in view.acceptable():
        brief = short or (".short" if len(view.acceptable()) > 1 else "")
        label = t(f"act.sign{brief}", party=desk.facts.party(offer.of).short)
        why = desk.why_refused(offer.package)
        tip, able = t("act.sign.refused", why=why) if why else "", view.mine and not why
        yield button(look, f"sign.{offer.of}", label, ("sign", offer.of), "normal", "check", tip=tip, enabled=able)

    label, tip = t(f"act.stand{short}"), t("act.stand.tip")
    yield button(look, "stand", label, ("stand",), "normal", "dot", tip=tip, enabled=view.mine)


def _votes(desk: Desk, look: Theme, short: str) -> Iterable[Button]:
    t, view = desk.t, desk.view
    if desk.amends():
        label = t(f"act.amend{short}")
        yield button(look, "propose", label, ("propose",), "primary", "document", enabled=view.mine)
        return
    final = ".final" if view.final else ""
    able = view.mine and view.amendment is not None and not desk.mandate.refuses(view.amendment)
    label = t(f"act.for{final}{short}")
    yield button(look, "vote.for", label, ("vote", True), "primary", "check", enabled=able)
    label = t(f"act.against{short}")
    yield button(look, "vote.against", label, ("vote", False), "normal", "cross", enabled=view.mine)
