"""The package builder: a row of levels for each issue, with what was offered and what is ruled out."""

from __future__ import annotations

from dataclasses import replace

import pygame

from ...seat.views import conditions, ruled_out
from ..theme import Theme
from ..ui import Column, Glossed, Option, Segmented, tip_with
from ..ui.glossary import terms
from .parts import legend_column
from .table_desk import Desk
from .table_offers import named

LEGEND = (
    ("dashes", "edge", "ghost"),
    ("bar", "gold", "standing"),
    ("stop", "bad", "red"),
    ("up", "muted", "offered"),
    ("stop", "bad", "barred"),
    ("cross", "bad", "closed"),
)


def column(desk: Desk, look: Theme, rect: pygame.Rect, spare: int = 0) -> Column:
    """All issues, as high as their texts need, looser where there is room; and the legend."""
    made = Column(look, rect, "build")
    issues = desk.facts.issues
    beside = rect.width >= look.px(600)
    label_width = look.px(128) if beside else 0
    used = [s for s in LEGEND if s[2] != "closed" or desk.view.closed]
    used = [s for s in used if s[2] not in ("ghost", "offered") or not desk.facts.one_text]
    if conditions(desk.mandate.demands):
        used = [(*s[:2], "red.demand") if s[2] == "red" else s for s in used]
    legend = legend_column(look, pygame.Rect(rect.x, 0, rect.width, 0), "build", named(desk.t, used))
    known = (desk.view, desk.mandate.red_lines)
    rows = desk.kept("options", known, lambda: [options(desk, i) for i in range(len(issues))])
    rows = [refused(desk, i, row) for i, row in enumerate(rows)]
    width = rect.width - label_width
    heights = [Segmented.height_for(look, row, width) for row in rows]
    if beside:
        labels = [look.height(i.label, "small_strong", label_width - look.px(10)) for i in issues]
        heights = [max(pair) for pair in zip(heights, labels, strict=True)]
    titles = [0 if beside else look.line("small_strong") + look.px(3) for _ in rows]
    free = spare - sum(heights) - sum(titles) - legend.height - look.px(12)
    taller = max(0, min(look.px(12), free // max(1, len(rows)) - look.px(10)))
    heights = [h + taller for h in heights]
    gap = max(look.px(7), min(look.px(18), free // max(1, len(rows)) - taller))
    for i, (issue, row, height, title) in enumerate(zip(issues, rows, heights, titles, strict=True)):
        if beside:
            place = pygame.Rect(rect.x, made.y, label_width - look.px(10), height)
        else:
            place = pygame.Rect(rect.x, made.y, rect.width, title)
        made.add(_label(desk, look, i, place, beside))
        made.y += title
        place = pygame.Rect(rect.x + label_width, made.y, width, height)
        tip = tip_with(f"{issue.label}. {issue.about}", desk.facts.glossary)
        levels = Segmented(
            f"issue.{issue.id}", place, issue.label, row, desk.draft[i], ("draft", i), tip, ("sources", i)
        )
        made.add(levels)
        made.y += height + gap
    for widget in legend.items:
        widget.move(0, made.y)
    made.items += legend.items
    made.y += legend.height
    return made


def _label(desk: Desk, look: Theme, i: int, place: pygame.Rect, middle: bool) -> Glossed:
    issue = desk.facts.issues[i]
    tip = tip_with(f"{issue.label}. {issue.about}", desk.facts.glossary)
    label = Glossed(f"build.{issue.id}", place, issue.label, desk.facts.glossary, look, "small_strong", tip=tip,
                    middle=middle)  # fmt: skip
    # the row of levels beside it has the focus, and the same explanation
    label.focusable = False
    return label


def refused(desk: Desk, i: int, row: list[Option]) -> list[Option]:
    """The levels of an issue, those marked like red lines that leave out an own condition with the rest of a draft."""
    about = [demand for demand in conditions(desk.mandate.demands) if i in demand.issues]
    if not about:
        return row
    found = []
    for k, option in enumerate(row):
        package = (*desk.draft[:i], k, *desk.draft[i + 1 :])
        tips = [desk.t("level.tip.demand", says=demand.says) for demand in about if demand.left_out(package)]
        found.append(replace(option, red=True, tip=" ".join([*tips, option.tip])) if tips else option)
    return found


def options(desk: Desk, i: int) -> list[Option]:
    """The levels of an issue, with their marks."""
    t, view, issue = desk.t, desk.view, desk.facts.issues[i]
    mine = None if desk.facts.one_text else view.last.get(view.party)
    found = []
    for k, level in enumerate(issue.levels):
        offered = [] if desk.facts.one_text else [
            p for p in desk.facts.parties if p.id in view.last and view.last[p.id][i] == k
        ]  # fmt: skip
        others = [p for p in desk.facts.parties if p.id != view.party]
        lines, missed = [], []
        for p in others:
            if (i, k) in p.red_lines:
                lines.append(p)
            elif (i, k) in ruled_out(p.demands):
                missed.append(p)
        barred = [p for p in others if p in lines or p in missed]
        red, closed = (i, k) in desk.mandate.red_lines, (i, k) in view.closed
        tips = [level.label + "."]
        tips += [t("level.tip.red")] if red else []
        tips += [t("level.tip.closed")] if closed else []
        tips += [t("level.tip.barred", parties=t.join(p.label for p in lines))] if lines else []
        tips += [t("level.tip.missed", parties=t.join(p.label for p in missed))] if missed else []
        tips += [t("level.tip.offered", parties=desk.names(p.id for p in offered))] if offered else []
        tips += [t("level.tip.more.red" if red or barred else "level.tip.more")]
        meaning = tip_with(" ".join(tips), desk.facts.glossary) if terms(level.label, desk.facts.glossary) else ""
        found.append(
            Option(
                level.short,
                meaning or " ".join(tips),
                tuple((p.id, p.label) for p in offered),
                tuple((p.id, p.label) for p in barred),
                red,
                mine is not None and mine[i] == k,
                any(package[i] == k for package in desk.on_table()),
                closed,
            )
        )
    return found
