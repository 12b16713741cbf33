"""The debrief as one HTML file that stands alone and prints, with its charts also as pictures."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

import pygame

from ..seat.views import Debrief, Facts, Package, Sitting, View
from ..words import outcome
from ..words.catalogue import Catalogue, date, difference, number, percents, signed
from .theme import DARK, Theme
from .ui.chart import Chart, PlaneChart

PAPER = replace(
    DARK,
    background=(255, 255, 255),
    panel=(255, 255, 255),
    well=(248, 249, 251),
    border=(208, 213, 222),
    edge=(140, 148, 162),
    text=(22, 26, 34),
    muted=(84, 92, 106),
    gold=(158, 104, 0),
    good=(0, 98, 158),
    accent=(36, 103, 191),
)
SCALE = 1.6
WIDE, SQUARE = (1120, 480), (760, 600)
STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; color: #16222e; background: #fff;
  max-width: 62rem; margin: 2rem auto; padding: 0 1.2rem; }
h1 { font-size: 1.7rem; margin: 0 0 .3rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; break-after: avoid; }
p { margin: .4rem 0; } .muted { color: #545c6a; } .big { font-size: 1.5rem; font-weight: 600; }
img { max-width: 100%; height: auto; display: block; } figure { margin: .8rem 0; break-inside: avoid; }
figcaption { color: #545c6a; font-size: .9rem; }
table { border-collapse: collapse; margin: .6rem 0; font-size: .92rem; width: 100%; }
th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #d0d5de; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
thead { display: table-header-group; } tr { break-inside: avoid; } li { margin: .35rem 0; }
.planes { display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: 1rem; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } a { color: inherit; } }
"""


def save(
    facts: Facts, t: Catalogue, view: View, debrief: Debrief, folder: Path | None = None, game: Sitting | None = None
) -> Path:
    """Write the report and its charts into `folder` (default: see `default_folder`); nothing is written over. `game`:
    which one it was, for its head.

    Gives the path of the HTML file. Raises OSError where that is not possible.
    """
    folder = default_folder() if folder is None else folder
    folder.mkdir(parents=True, exist_ok=True)
    stem, count = f"{facts.name}-{view.party}", 1
    while (path := folder / f"{stem}-{count:03d}.html").exists():
        count += 1
    pictures = draw(facts, t, view, debrief)
    for name, data in pictures.items():
        path.with_name(f"{path.stem}-{name}.png").write_bytes(data)
    path.write_text(html(facts, t, view, debrief, pictures, game), encoding="utf-8")
    return path


def default_folder() -> Path:
    """The user's documents, or the folder of the program's data where there are none."""
    from platformdirs import user_data_path, user_documents_path

    documents = user_documents_path()
    if documents.is_dir():
        return documents / "peacetable"
    return user_data_path("peacetable", appauthor=False) / "reports"


# -- charts ----------------------------------------------------------------------------------------------------------


def draw(facts: Facts, t: Catalogue, view: View, debrief: Debrief) -> dict[str, bytes]:
    """The charts as PNG: "rounds", and for each other party its id."""
    look = Theme(PAPER, SCALE)
    rect = pygame.Rect((0, 0), WIDE).inflate(-24, -24)
    found = {"rounds": _picture(Chart("rounds", rect, "", outcome.over_rounds(facts, t, view, debrief)), WIDE, look)}
    rect = pygame.Rect((0, 0), SQUARE).inflate(-24, -24)
    for party in facts.parties:
        if party.id != view.party:
            plane = outcome.plane(facts, t, view, debrief, party.id)
            found[party.id] = _picture(PlaneChart(party.id, rect, "", plane), SQUARE, look)
    return found


def _picture(chart: Chart | PlaneChart, size: tuple[int, int], look: Theme) -> bytes:
    surface = pygame.Surface(size)
    surface.fill(look.palette.panel)
    chart.draw(surface, look)
    data = io.BytesIO()
    pygame.image.save(surface, data, "chart.png")
    return data.getvalue()


# -- the page --------------------------------------------------------------------------------------------------------


def html(
    facts: Facts, t: Catalogue, view: View, debrief: Debrief, pictures: dict[str, bytes], game: Sitting | None = None
) -> str:
    """The whole page. Refers to nothing outside itself."""
    name = outcome.title(facts, t, view)
    parts = [
        *_head(facts, t, view, game),
        *_result(facts, t, view, debrief),
        *_missed(facts, t, view, debrief),
        *_turns(facts, t, view, debrief),
        *_told(facts, t, debrief),
        *_charts(facts, t, view, debrief, pictures),
        *_sealed(facts, t, debrief),
        *_weights(facts, t, debrief),
        *_offers(facts, t, debrief),
        _h2(t("end.omits")),
        _p(outcome.omits(t, debrief)),
    ]
    body = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="{t("end.report.lang")}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(facts.title)}: {escape(name)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _h2(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def _p(text: str, kind: str = "") -> str:
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: int = 0) -> str:
    """A table whose columns from the `numbers`-th on stand at the right; 0 for none."""

    def line(tag: str, cells: Sequence[str]) -> str:
        found = []
        for k, cell in enumerate(cells):
            kind = ' class="number"' if numbers and k >= numbers else ""
            found.append(f"<{tag}{kind}>{escape(cell)}</{tag}>")
        return f"<tr>{''.join(found)}</tr>"

    body = "\n".join(line("td", row) for row in rows)
    return f"<table>\n<thead>{line('th', head)}</thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _head(facts: Facts, t: Catalogue, view: View, game: Sitting | None) -> list[str]:
    who = t("end.report.who", party=facts.party(view.party).label)
    if facts.fictional:
        who += " " + t("end.report.fictional")
    elif facts.dated:
        who += " " + t("end.report.dated", anchor=date(t, facts.anchor), cutoff=date(t, facts.cutoff))
    return [
        _p(facts.title, "muted"),
        f"<h1>{escape(outcome.title(facts, t, view))}</h1>",
        _p(outcome.why(facts, t, view)),
        _p(who, "muted"),
        *([_p(f"{outcome.sitting(t, game)}.", "muted")] if game is not None else []),
    ]


def _result(facts: Facts, t: Catalogue, view: View, debrief: Debrief) -> list[str]:
    me = next(s for s in debrief.scores if s.party == view.party)
    found = [_h2(t("end.score")), _p(t("end.score.you", value=number(me.utility)), "big")]
    found += [_p(outcome.score(t, view, debrief)[2]), _p(outcome.best(facts, t, view, debrief))]
    if view.package is None:
        return [*found, _h2(t("end.no_package")), _p(facts.party(view.party).no_agreement)]
    rows = [(i.label, i.levels[k].label) for i, k in zip(facts.issues, view.package, strict=True)]
    return [*found, _h2(t("end.package")), _table((t("end.report.issue"), t("end.report.level")), rows)]


def _missed(facts: Facts, t: Catalogue, view: View, debrief: Debrief) -> list[str]:
    found = [_h2(t("end.missed.title" if debrief.missed else "end.left")), _p(outcome.left(facts, t, view, debrief))]
    better = debrief.missed or debrief.better
    if better is not None:
        rows = []
        for s in debrief.scores:
            after = better.utilities[s.party]
            change = signed(difference(after, s.utility))
            rows.append((facts.party(s.party).label, number(s.utility), number(after), change))
        head = [t(f"end.report.{key}") for key in ("party", "had", "would", "change")]
        found.append(_table(head, rows, numbers=1))
    text = outcome.zone(t, debrief)
    return [*found, _p(text, "muted")] if text else found


def _turns(facts: Facts, t: Catalogue, view: View, debrief: Debrief) -> list[str]:
    if not debrief.turning_points:
        return [_h2(t("end.turns")), _p(t("end.turns.none"))]
    rows = [(t("end.turn.round", round=x.round), outcome.turn(facts, t, view, x)) for x in debrief.turning_points]
    items = "\n".join(f"<li><strong>{escape(when)}.</strong> {escape(text)}</li>" for when, text in rows)
    return [_h2(t("end.turns")), f"<ul>\n{items}\n</ul>"]


def _told(facts: Facts, t: Catalogue, debrief: Debrief) -> list[str]:
    """What was said in side talks, and what was true."""
    if not debrief.told:
        return []
    rows = [
        (
            str(x.round),
            facts.party(x.party).label,
            outcome.package_words(facts, x.package),
            t(f"talk.answer.{x.answer}"),
            t(f"talk.answer.{x.truth}"),
            t("end.told.honest" if x.answer == x.truth else "end.told.notch"),
        )
        for x in debrief.told
    ]
    head = [t(f"end.report.{key}") for key in ("round", "party", "asked", "said", "truth", "honest")]
    return [_h2(t("end.told")), _table(head, rows)]


def _charts(facts: Facts, t: Catalogue, view: View, debrief: Debrief, pictures: dict[str, bytes]) -> list[str]:
    found = [_h2(t("end.path")), _figure(pictures["rounds"], t("end.path"), t("end.path.note"))]
    found += [_h2(t("end.plane")), '<div class="planes">']
    for party in facts.parties:
        if party.id != view.party:
            words = t("end.report.plane", me=facts.party(view.party).label, other=party.label)
            found.append(_figure(pictures[party.id], words, words))
    return [*found, "</div>", _p(t("end.report.legend"), "muted"), _p(t(f"end.plane.note{_some(debrief)}"), "muted")]


def _some(debrief: Debrief) -> str:
    return "" if debrief.exact else ".some"


def _figure(data: bytes, name: str, caption: str) -> str:
    source = "data:image/png;base64," + base64.b64encode(data).decode("ascii")
    return f'<figure><img alt="{escape(name)}" src="{source}"><figcaption>{escape(caption)}</figcaption></figure>'


def _sealed(facts: Facts, t: Catalogue, debrief: Debrief) -> list[str]:
    opened = {s.party: s for s in debrief.sealed}
    rows = []
    for s in debrief.scores:
        own = opened[s.party]
        numbers = (number(s.utility), number(s.reservation), signed(difference(s.utility, s.reservation)))
        rows.append((facts.party(s.party).label, own.strategy or t("end.report.person"), number(own.start), *numbers))
    head = [t(f"end.report.{key}") for key in ("party", "strategy", "start", "had", "mark", "change")]
    return [_h2(t("end.sealed")), _table(head, rows, numbers=2)]


def _weights(facts: Facts, t: Catalogue, debrief: Debrief) -> list[str]:
    head = [t("end.report.issue"), *(facts.party(s.party).label for s in debrief.sealed)]
    rows, shares = [], [percents(s.weights) for s in debrief.sealed]
    for i, issue in enumerate(facts.issues):
        cells = [
            t("end.weights.cell", share=share[i], level=outcome.best_levels(facts, i, s.best[i]))
            for share, s in zip(shares, debrief.sealed, strict=True)
        ]
        rows.append((issue.label, *cells))
    return [_h2(t("end.weights")), _p(t("end.report.weights"), "muted"), _table(head, rows)]


def _offers(facts: Facts, t: Catalogue, debrief: Debrief) -> list[str]:
    """Every proposal, with what it was worth to everybody."""
    shorts = [facts.party(s.party).short for s in debrief.scores]
    head = [t("end.report.round"), t("end.report.party"), t("end.report.changes"), *shorts]
    rows, last = [], dict[str, Package]()
    for w in debrief.worths:
        before = last.get(w.party)
        party = facts.party(w.party).label if w.party else t("end.chair")
        if before is None:
            text = outcome.package_words(facts, w.package)
        else:
            pairs = enumerate(zip(before, w.package, strict=True))
            changed = [f"{facts.issues[i].short}: {facts.short(i, b)}" for i, (a, b) in pairs if a != b]
            text = "; ".join(changed) or t("end.report.same")
        last[w.party] = w.package
        values = [number(w.utilities[s.party]) for s in debrief.scores]
        rows.append((str(w.round), party, text, *values))
    return [_h2(t("end.report.offers")), _table(head, rows, numbers=3)]
