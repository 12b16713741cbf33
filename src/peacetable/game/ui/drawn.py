"""What was drawn last, so that only what looks different now has to be drawn again."""

from __future__ import annotations

from collections.abc import Iterable

import pygame

from .base import Widget

MOST = 12  # separate places that are drawn for themselves; more are drawn as one
SHARE = 0.6  # of the window: from here on everything is drawn
MARGIN = 12  # pixels around a widget at 100 % that its ring or mark may use


class Drawn:
    """Remembers the attributes of every widget as they were when it was drawn. None may be changed in place."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[type, dict]] = {}
        self._around: tuple = ()

    def changes(self, widgets: Iterable[Widget], around: tuple, window: pygame.Rect, scale: float) -> list | None:
        """Places that look different since the last call; None for everything. `around`: all else that the picture
        depends on. `scale`: of measures."""
        last, everything = self._last, around != self._around
        now: dict[str, tuple[type, dict]] = {}
        places: list[pygame.Rect] = []
        margin = 2 * round(MARGIN * scale)
        for widget in widgets:
            state = vars(widget).copy()
            del state["children"]
            now[widget.id] = seen = (type(widget), state)
            before = last.get(widget.id)
            if before != seen:
                places += [_place(before[1]), _place(state)] if before else [_place(state)]
        places += [_place(last[id][1]) for id in last.keys() - now.keys()]
        self._last, self._around = now, around
        if everything:
            return None
        places = merged([r for r in (p.inflate(margin, margin).clip(window) for p in places if p) if r])
        large = sum(r.width * r.height for r in places) > SHARE * window.width * window.height
        return None if large else places


def _place(state: dict) -> pygame.Rect:
    """Where a widget with these attributes can be seen."""
    return state["rect"] if state["clip"] is None else state["rect"].clip(state["clip"])


def merged(places: list[pygame.Rect]) -> list[pygame.Rect]:
    """Places that do not overlap; a single one where there would be too many."""
    found: list[pygame.Rect] = []
    for place in places:
        while (k := place.collidelist(found)) >= 0:
            place = place.union(found.pop(k))
        found.append(place)
    return [found[0].unionall(found[1:])] if len(found) > MOST else found
