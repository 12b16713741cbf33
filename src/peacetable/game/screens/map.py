"""The map: what the draft means on the ground, against what is on the table. A picture, not a plan."""

from __future__ import annotations

import pygame

from ...seat.cartography import Sheet, atlas, levels, mappable
from ...seat.views import Facts, Package, View
from ...words import mapping
from ...words.catalogue import Catalogue
from ..theme import BUTTON, Theme
from ..ui import (
    Action,
    Button,
    Column,
    Label,
    MapView,
    Panel,
    ScrollArea,
    Tabs,
    Toggle,
    Widget,
    cut_left,
    cut_right,
    cut_top,
)
from .base import Frame, Go, Order, Screen
from .parts import button, button_row, footer, headline, inside, settings

DRAFT, OFFER, BOTH = range(3)

__all__ = ["MapScreen", "mappable"]


class MapScreen(Screen):
    """`draft`: the person's package, None where there is none; `off`: issues whose marks are not drawn.

    Raises ValueError for a scenario that the map knows nothing of (`mappable` tells).
    """

    name = "map"

    def __init__(self, facts: Facts, t: Catalogue, view: View, draft: Package | None = None):
        super().__init__(facts, t)
        sheet = atlas().sheet(facts)
        if sheet is None:
            raise ValueError(f"the map has nothing to show for {facts.name}")
        self.sheet: Sheet = sheet
        self.view = view
        self.others = mapping.packages(facts, t, view)
        self.draft = draft if draft is not None else self.others[0][1] if self.others else None
        self.which, self.at = DRAFT, 0
        self.off: frozenset[str] = frozenset()

    def act(self, action: Action) -> Order | None:
        if action[0] == "back":
            return Go("back")
        if action[0] == "which":
            self.which = action[1]
        elif action[0] == "other" and self.others:
            self.at = (self.at + 1) % len(self.others)
            self.which = self.which or OFFER
        elif action[0] == "toggle":
            self.off ^= {action[1]}
        elif action[0] == "all":
            self.off = frozenset()
        elif action[0] == "nothing_drawn":
            self.off = frozenset(i.id for i in self.facts.issues)
        return None

    def shortcut(self, key: int) -> Action | None:
        if key in (pygame.K_ESCAPE, pygame.K_m):
            return ("back",)
        if key == pygame.K_c:  # what copies an offer at the table turns to the next one here
            return ("other",)
        if key == pygame.K_b and self.others:
            return ("which", DRAFT if self.which == BOTH else BOTH)
        return None

    def first(self):
        return ("back",)

    # -- composition -------------------------------------------------------------------------------------------------

    def compose(self, frame: Frame) -> list[Widget]:
        look, t = frame.look, self.t
        rect = inside(frame)
        line, rect = cut_top(rect, look.px(34), look.px(6))
        buttons, left = settings(frame, t, line)
        venue = self.sheet.id == "europe"
        key, style = "map.title.venue" if venue else "map.title", "title" if frame.wide > 1000 else "heading"
        title = Column(look, headline(look, left, style), "title")
        title.text(t(key), style, id="title")
        rect.height -= max(0, title.y - rect.y)
        rect.y = max(rect.y, title.y)
        keys = t("map.hint.keys", **frame.keys) if frame.wide >= 1000 else ""
        hint = t("map.hint.venue" if venue else "map.hint" if frame.wide >= 1000 else "map.illustrative.short")
        foot, rect = footer(look, rect, hint, keys=keys)
        row, rect = button_row(look, rect, self._buttons(look))
        main, side = cut_right(rect, self._side(frame, rect), look.px(10))[::-1]
        return [*title.items, *buttons, *self._main(frame, main), self._legend(look, side), *row, *foot]

    @staticmethod
    def _side(frame: Frame, rect: pygame.Rect) -> int:
        """Width of the legend."""
        return min(frame.look.px(330), rect.width * 38 // 100)

    def _buttons(self, look: Theme) -> list[Button]:
        t = self.t
        found = [button(look, "back", t("map.back"), ("back",), "primary", "table")]
        if len(self.others) > 1:
            found.append(button(look, "other", t("map.next"), ("other",), "normal", "swap", tip=t("map.next.tip")))
        if sum(issue.id in atlas().layers for issue in self.facts.issues) < 2:
            return found
        found.append(button(look, "all", t("map.all"), ("all",), "normal", "check", tip=t("map.all.tip")))
        tip = t("map.nothing.tip")
        found.append(button(look, "nothing", t("map.nothing"), ("nothing_drawn",), "normal", "cross", tip=tip))
        return found

    def _main(self, frame: Frame, rect: pygame.Rect) -> list[Widget]:
        """The choice of packages, and below it one map or two."""
        look, t = frame.look, self.t
        if self.draft is None or not self.others:
            text = t("map.compare.none")
            strip, rest = cut_top(rect, look.height(text, "small", rect.width), look.px(6))
            head: Widget = Label("compare.none", strip, text, "small", "muted")
        else:
            names = [t("map.draft"), self.others[self.at][0]]
            wide = frame.wide >= 1000
            names += [t("map.both")] if wide else []
            strip, rest = cut_top(rect, look.px(BUTTON - 6), look.px(8))
            self.which = self.which if wide or self.which != BOTH else OFFER
            fits = all(look.width(n, "strong") <= rect.width // len(names) - look.px(8) for n in names)
            names = names if fits else [names[0], t("map.offer.short"), *names[2:]]
            head = Tabs("which", strip, t("map.shown"), names, self.which, ("which",))
        return [head, *self._maps(look, rest)]

    def _maps(self, look: Theme, rect: pygame.Rect) -> list[Widget]:
        if self.draft is None:
            return [self._map(look, "map", rect, "", None)]
        if self.which == BOTH and self.others:
            left, right = cut_left(rect, (rect.width - look.px(8)) // 2, look.px(8))
            title, package = self.others[self.at]
            return [
                self._map(look, "map", left, self.t("map.draft"), self.draft),
                self._map(look, "map.other", right, title, package),
            ]
        if self.which == OFFER and self.others:
            return [self._map(look, "map", rect, "", self.others[self.at][1])]
        return [self._map(look, "map", rect, "", self.draft)]

    def _map(self, look: Theme, id: str, rect: pygame.Rect, title: str, package: Package | None) -> MapView:
        shown = [] if package is None else [one for one in levels(self.facts, package) if one[0] not in self.off]
        chips = mapping.chips(self.facts, self.t, package)
        cities = [(i.id, level.id) for i in self.facts.issues for level in i.levels if _is_place(i.id, level.id)]
        return MapView(id, rect, title or self.t("map.title"), self.sheet, shown, self.t, chips, title, cities)

    def _shown(self) -> Package | None:
        """The package that the legend explains."""
        return self.others[self.at][1] if self.which == OFFER and self.others else self.draft

    def _legend(self, look: Theme, rect: pygame.Rect) -> Widget:
        t, pad = self.t, look.px(12)
        column = Column(look, pygame.Rect(rect.x + pad, rect.y + pad, rect.width - 2 * pad - look.px(6), 0), "legend")
        column.text(t("map.legend"), "strong", "gold").gap(6)
        package = self._shown()
        for n, issue in enumerate(self.facts.issues):
            if issue.id in atlas().layers and package is not None:
                self._row(look, column, n, package)
        column.gap(4).text(t("map.credit"), "tiny", "muted")
        area = ScrollArea("legend.area", rect.inflate(-look.px(8), -look.px(8)), column.items, column.height + pad, "")
        area.label = t("map.legend")
        return Panel("legend.panel", rect, [area])

    def _row(self, look: Theme, column: Column, n: int, package: Package) -> None:
        t, issue = self.t, self.facts.issues[n]
        level = issue.levels[package[n]]
        toggle = Toggle(
            f"toggle.{issue.id}",
            issue.short,
            ("toggle", issue.id),
            issue.id not in self.off,
            look,
            tip=f"{issue.label}: {level.label}\n{t('map.toggle.tip')}",
            role="checkbox",
        )
        toggle.rect = column.take(look.px(28))
        column.add(toggle).gap(3)
        column.text(level.short, "small_strong", id=f"legend.{issue.id}.level")
        marks = atlas().marks(issue.id, level.id)
        chip = next((m.data["sign"] for m in marks if m.kind == "chip"), "")
        said = mapping.meaning(t, issue.id, level.id)
        column.text(said, "tiny", "muted", sign=chip, id=f"legend.{issue.id}")
        other = self.draft if self.which == OFFER else self.others[self.at][1] if self.others else None
        if other is not None and other[n] != package[n]:
            words = {"draft": issue.levels[other[n]].short, "other": issue.levels[other[n]].short}
            text = t("map.differs" if self.which == OFFER else "map.differs.other", **words)
            column.text(text, "tiny", "gold", sign="diamond", id=f"legend.{issue.id}.differs")
        column.gap(9)


def _is_place(issue: str, level: str) -> bool:
    return any(mark.kind == "place" for mark in atlas().marks(issue, level))
