"""The matrix: issue by issue, the own draft against what each side has offered last."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from ...seat.views import Package, conditions
from ...words.catalogue import Catalogue, difference, number, signed
from ..theme import Theme
from ..ui import Cell, Column, Heading, Matrix, tip_with
from .parts import legend_column
from .table_desk import Desk
from .table_sides import signatures_column

LEGEND = (
    ("check", "good", "same"),
    ("diamond", "gold", "changed"),
    ("stop", "bad", "red"),
    ("cross", "bad", "closed"),
)


def shown(desk: Desk, narrow: bool) -> list[str]:
    """Whose packages stand in the columns after the draft: parties, or the parts of a single text."""
    if desk.facts.one_text:
        return ["text", "amendment"]
    own = [desk.view.party] if desk.view.party in desk.view.last and not narrow else []
    return own + desk.others


def column(desk: Desk, look: Theme, rect: pygame.Rect, spare: int = 0, brief: bool = False) -> Column:
    """What is on the table, the matrix, its legend. `brief`: the signatures are shown elsewhere."""
    made = Column(look, rect, "offers")
    if not brief:
        above = signatures_column(desk, look, rect)
        made.items += above.items
        made.y = above.y
        made.gap(8)
    names = shown(desk, rect.width < look.px(720))
    used = [s for s in LEGEND if s[2] != "closed" or desk.view.closed]
    if conditions(desk.mandate.demands):
        used = [(*s[:2], "red.demand") if s[2] == "red" else s for s in used]
    legend = legend_column(look, pygame.Rect(rect.x, 0, rect.width, 0), "offers", named(desk.t, used))
    room = spare - (made.y - rect.y) - legend.height - look.px(14)
    matrix = Matrix(
        "offers.matrix",
        pygame.Rect(rect.x, made.y, rect.width, 0),
        desk.t("offers.matrix"),
        _headings(desk, names),
        [*_rows(desk, names), _worth_row(desk, names)],
        [1.05, 1.2, *[1.0] * len(names)],
        look,
        ("cell", tuple(names)),
        spare=room,
    )
    matrix.cursor = (min(desk.cursor[0], len(matrix.rows) - 1), min(desk.cursor[1], len(names) + 1))
    made.y += matrix.rect.height
    made.add(matrix)
    made.gap(10)
    for widget in legend.items:
        widget.move(0, made.y)
    made.items += legend.items
    made.y += legend.height
    return made


def named(t: Catalogue, items: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """A legend with its texts."""
    return [(sign, colour, t(f"legend.{key}")) for sign, colour, key in items]


def _package(desk: Desk, who: str) -> Package | None:
    if who == "text":
        return desk.view.draft
    if who == "amendment":
        return None if desk.waiting() else desk.view.amendment
    return desk.view.last.get(who)


def _headings(desk: Desk, names: list[str]) -> list[Heading]:
    t, view = desk.t, desk.view
    found = [Heading(t("offers.issue")), Heading(t("offers.draft"), sign="pen", note=t("offers.note.draft"))]
    for who in names:
        if who in ("text", "amendment"):
            lit = who == "amendment" and not view.ended and not desk.waiting()
            note = t(f"offers.note.{who}" if lit or who == "text" else "offers.note.none.yet")
            found.append(Heading(t(f"offers.{who}"), sign="document", note=note, lit=lit))
            continue
        party = desk.facts.party(who)
        lit = who in view.offers
        state = "table" if lit else "left" if who not in view.present else "last" if who in view.last else "none"
        text = t("offers.mine") if who == view.party else party.short
        found.append(Heading(text, who, note=t(f"offers.note.{state}"), lit=lit))
    return found


def _rows(desk: Desk, names: list[str]) -> list[list[Cell]]:
    rows = []
    for i, issue in enumerate(desk.facts.issues):
        level = issue.levels[desk.draft[i]]
        tip = desk.t("offers.cell", issue=issue.label, level=level.label)
        row = [
            Cell(issue.short, tip=tip_with(f"{issue.label}. {issue.about}", desk.facts.glossary)),
            Cell(
                level.short,
                strong=True,
                signs=_marks(desk, i, desk.draft),
                frame=True,
                tip=tip_with(tip, desk.facts.glossary),
            ),
        ]
        rows.append(row + [_cell(desk, i, who) for who in names])
    return rows


def _marks(desk: Desk, i: int, package: Package) -> tuple[tuple[str, str], ...]:
    cell = (i, package[i])
    missed = any(i in demand.issues for demand in desk.mandate.misses(package))
    red = (("stop", "bad"),) if missed or cell in desk.mandate.red_lines else ()
    return red + ((("cross", "bad"),) if cell in desk.view.closed else ())


def _cell(desk: Desk, i: int, who: str) -> Cell:
    package, issue = _package(desk, who), desk.facts.issues[i]
    if package is None:
        return Cell("–", "muted")
    k = package[i]
    signs: list[tuple[str, str]] = []
    if who == "amendment":
        moved = desk.view.draft is not None and desk.view.draft[i] != k
    else:
        moved = i in desk.view.changed.get(who, ())
    if moved:
        signs.append(("diamond", "gold"))
    signs += _marks(desk, i, package)
    same = k == desk.draft[i]
    if same:
        signs.append(("check", "good"))
    tip = desk.t("offers.cell", issue=issue.label, level=issue.levels[k].label)
    tip += " " + desk.t("offers.cell.more") if who not in ("text", "amendment") else ""
    return Cell(
        issue.levels[k].short, "good" if same else "text", signs=tuple(signs), tip=tip_with(tip, desk.facts.glossary)
    )


def _worth_row(desk: Desk, names: list[str]) -> list[Cell]:
    def worth(package: Package | None) -> Cell:
        if package is None:
            return Cell("–", "muted")
        u = desk.mandate.utility(package)
        change = difference(u, desk.mandate.reservation)
        colour = "good" if change >= 0 else "bad"
        return Cell(f"{number(u)} ({signed(change)})", colour, strong=True, tip=desk.difference(u))

    own = Cell(desk.t("offers.worth"), "muted")
    return [own, worth(desk.draft), *[worth(_package(desk, who)) for who in names]]
