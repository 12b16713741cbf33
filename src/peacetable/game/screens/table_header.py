"""The head of the table: the round, whom the person speaks for, the buttons that lead elsewhere, the clock."""

from __future__ import annotations

import pygame

from ...seat.cartography import mappable
from ...words.log import called
from ..ui import Clock, Label, Widget, cut_top
from .base import Frame
from .parts import settings
from .table_desk import Desk

FEW = 3  # rounds left from which the clock is said in gold


def header(desk: Desk, frame: Frame, rect: pygame.Rect, wide: bool, tight: bool) -> tuple[list[Widget], pygame.Rect]:
    """The round, the situation, the buttons and the clock; what is left of `rect` below them."""
    return _slim(desk, frame, rect) if tight else _full(desk, frame, rect, wide)


def _full(desk: Desk, frame: Frame, rect: pygame.Rect, wide: bool) -> tuple[list[Widget], pygame.Rect]:
    look, t, view = frame.look, desk.t, desk.view
    line, rect = cut_top(rect, look.px(34 if wide else 30), look.px(4))
    extra = [("brief", t("table.brief"), ("brief",), "document")]
    extra += [("map", t("table.map"), ("map",), "map")] if mappable(desk.facts) else []
    buttons, left = settings(frame, t, line, extra, pace=frame.wide >= 760)
    text = t("table.round", round=view.round, rounds=view.rounds)
    style = "title" if wide else "strong"
    few = view.rounds - view.round < FEW and not view.ended
    place = pygame.Rect(left.x, left.y, min(look.width(text, style) + 1, left.width), left.height)
    title = Label("round", place, text, style, "gold" if few else "text", middle=True, elide=True)
    widgets: list[Widget] = [title, *buttons]
    if wide:
        x = place.right + look.px(18)
        place = pygame.Rect(x, left.y + look.px(2), left.right - x - look.px(8), left.height)
        parts = _situation(desk)
        while len(parts) > 1 and look.width(t("table.dot").join(parts), "body") > place.width:
            parts.pop()
        text = t("table.dot").join(parts)
        widgets.append(Label("you", place, text, "body", "muted", middle=True, elide=True))
    clock, rect = cut_top(rect, look.px(6), look.px(10 if wide else 6))
    label = t("table.clock", round=view.round, rounds=view.rounds)
    widgets.append(Clock("clock", clock, label, view.round, view.rounds))
    return widgets, rect


def _slim(desk: Desk, frame: Frame, rect: pygame.Rect) -> tuple[list[Widget], pygame.Rect]:
    """The same in one line, the clock between the round and the buttons."""
    look, t, view = frame.look, desk.t, desk.view
    line, rect = cut_top(rect, look.px(28), look.px(5))
    extra = [("brief", t("table.brief"), ("brief",), "document")]
    extra += [("map", t("table.map"), ("map",), "map")] if mappable(desk.facts) else []
    buttons, left = settings(frame, t, line, extra)
    text = t("table.round", round=view.round, rounds=view.rounds)
    few = view.rounds - view.round < FEW and not view.ended
    place = pygame.Rect(left.x, left.y, min(look.width(text, "strong") + 1, left.width), left.height)
    title = Label("round", place, text, "strong", "gold" if few else "text", middle=True, elide=True)
    x = place.right + look.px(12)
    clock = pygame.Rect(x, line.centery - look.px(3), max(0, left.right - x - look.px(8)), look.px(6))
    return [title, *buttons, Clock("clock", clock, text, view.round, view.rounds)], rect


def _situation(desk: Desk) -> list[str]:
    """Time left, whom the person speaks for, whose consent it takes, who mediates; what matters least last."""
    t, view, facts = desk.t, desk.view, desk.facts
    left = view.rounds - view.round
    parts = [t("table.left", plural=left, left=left) if left else t("table.left.last")] if not view.ended else []
    mine = facts.one_text and facts.mediator == view.party
    parts.append(t("table.you.mediate" if mine else "table.you", party=called(facts, t, view.party)))
    parts.append(t(f"table.consent.{facts.consent.name}", count=len(facts.parties), quorum=facts.consent.quorum))
    if facts.one_text and not mine:
        chair = called(facts, t, facts.mediator) if facts.mediator else t("table.chair")
        parts.append(t("table.mediates", party=chair))
    return parts
