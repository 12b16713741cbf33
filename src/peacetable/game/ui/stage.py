"""Who has the focus, what the mouse points at, what scrolls: turns events into actions for the widgets of a screen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import pygame

from ..keys import meant
from ..theme import Colour, Theme
from .base import Action, Widget, ring, walk
from .dialog import Dialog, Tooltip
from .drawn import MARGIN, Drawn, merged
from .moving import Moving
from .panels import ScrollArea

TIP_AFTER = 0.45  # seconds that the mouse rests before the tooltip shows
TIP_AFTER_KEYS = 0.9  # and that the focus stays, when it was moved by keys
NOTHING: Action = ("nothing",)
SIDEWAYS = {pygame.K_LEFT: -1, pygame.K_RIGHT: 1}
STEPS = {pygame.K_UP: -1, pygame.K_DOWN: 1, **SIDEWAYS}


class Stage:
    """Holds the composed widgets. Focus and scroll positions survive a new composition, by id."""

    def __init__(self, look: Theme):
        self.look = look
        self.widgets: list[Widget] = []
        self.dialog: Dialog | None = None
        self.focus_id = ""
        self.tooltip: Tooltip | None = None
        self._scrolls: dict[str, int] = {}
        self._mouse = (-1, -1)
        self._pressed: Widget | None = None
        self._dragged: ScrollArea | None = None
        self._by_keys = False
        self._rested = 0.0
        self._seen: dict[str, int] = {}
        self._all: list[Widget] = []
        self._active: list[Widget] = []
        self._moving: list[Moving] = []
        self._high = 0  # place in `_all` from which on widgets belong to the dialog
        self._below: pygame.Surface | None = None
        self._seen_below, self._seen_above = Drawn(), Drawn()

    # -- composition -------------------------------------------------------------------------------------------------

    def load(self, widgets: Sequence[Widget], dialog: Dialog | None, look: Theme, motion: bool = False) -> None:
        """Show these widgets; focus and scrolling stay where they were as far as the ids are still there. `motion`:
        what stood elsewhere before moves to its new place, instead of being there at once."""
        before = {w.id: w for w in self._all if isinstance(w, Moving)} if motion and look is self.look else {}
        self.look = look
        self.widgets, self.dialog = list(widgets), dialog
        below, above = list(walk(self.widgets)), list(walk([dialog])) if dialog else []
        self._all, self._active, self._high = below + above, above or below, len(below)
        self._moving = [w for w in self._all if isinstance(w, Moving)]
        for widget in self._moving:
            if widget.id in before:
                widget.follow(before[widget.id])
        self._pressed = None
        self.tooltip = None
        if self._dragged is not None:
            self._dragged = next(
                (w for w in self.all() if w.id == self._dragged.id and isinstance(w, ScrollArea)), None
            )
        for area in self._areas():
            grown = area.end and area.height != self._seen.get(area.id, -1)
            area.scroll_to(area.most if grown else self._scrolls.get(area.id, 0))
            self._seen[area.id], self._scrolls[area.id] = area.height, area.offset
        focusable = self.order()
        if not any(w.id == self.focus_id for w in focusable):
            self.focus_id = self.dialog.first if self.dialog else ""
        self._mark_focus()
        self._point()

    def forget(self) -> None:
        """A new screen: nothing of the old one stays, neither focus and scrolling nor what it showed."""
        self.repaint()
        self._all = []
        self.focus_id = ""
        self._scrolls.clear()
        self._seen.clear()
        self._rested = 0.0

    def all(self) -> list[Widget]:
        """Every widget that is shown, parents before children."""
        return self._all

    def active(self) -> list[Widget]:
        """The widgets that react: those of the dialog while there is one."""
        return self._active

    def order(self) -> list[Widget]:
        """The focus order."""
        return [w for w in self.active() if w.focusable and w.enabled]

    def find(self, id: str) -> Widget:
        """The widget with this id. Raises KeyError with what there is."""
        for widget in self.all():
            if widget.id == id:
                return widget
        raise KeyError(f"no widget {id!r}; there are: {', '.join(sorted(w.id for w in self.all()))}")

    def _areas(self) -> list[ScrollArea]:
        return [w for w in self.all() if isinstance(w, ScrollArea)]

    def _scrolled(self) -> None:
        for area in self._areas():
            self._scrolls[area.id] = area.offset
        self.tooltip = None
        self._rested = 0.0

    # -- focus -------------------------------------------------------------------------------------------------------

    def focused(self) -> Widget | None:
        return next((w for w in self.order() if w.id == self.focus_id), None)

    def set_focus(self, id: str, by_keys: bool = True) -> None:
        self.focus_id, self._by_keys = id, by_keys
        self._rested = 0.0
        self.tooltip = None
        self._mark_focus()
        widget = self.focused()
        if widget is not None and by_keys:
            self._reveal(widget)

    def _mark_focus(self) -> None:
        for widget in self.all():
            widget.focus = widget.id == self.focus_id and widget.focusable

    def _reveal(self, widget: Widget) -> None:
        for area in self._areas():
            if any(w is widget for w in walk(area.children)) and area.reveal(widget.spot, self.look.px(8)):
                self._scrolled()

    def _next_focus(self, step: int) -> None:
        order = self.order()
        if not order:
            return
        ids = [w.id for w in order]
        at = ids.index(self.focus_id) if self.focus_id in ids else (-1 if step > 0 else 0)
        self.set_focus(ids[(at + step) % len(ids)])

    # -- events ------------------------------------------------------------------------------------------------------

    def handle(self, event: pygame.event.Event) -> Action | None:
        """The action that the event caused; ("nothing",) if only the picture changed; None if it means nothing here."""
        if event.type == pygame.MOUSEMOTION:
            return self._moved(event.pos, event.rel)
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            return self._down(event.pos)
        if event.type == pygame.MOUSEBUTTONUP and event.button == 1:
            return self._up(event.pos)
        if event.type == pygame.MOUSEWHEEL:
            return self._wheel(event.y)
        if event.type == pygame.KEYDOWN:
            return self._key(meant(event), bool(getattr(event, "mod", 0) & pygame.KMOD_SHIFT))
        return None

    def _under(self, place: tuple[int, int]) -> Widget | None:
        found = None
        for widget in self.active():
            reacts = widget.focusable or widget.action or widget.tip or widget.parts
            if reacts and widget.visible.collidepoint(place):
                found = widget
        return found

    def _point(self) -> bool:
        under, changed = self._under(self._mouse), False
        for widget in self.all():
            hover = widget is under
            changed |= hover != widget.hover
            widget.hover = hover
        if under is not None:
            changed |= under.point(self._mouse)
        return changed

    def _moved(self, place: tuple[int, int], rel: tuple[int, int]) -> Action | None:
        dy = place[1] - self._mouse[1]
        self._mouse = place
        if self._dragged is not None:
            if self._dragged.drag(dy, self.look):
                self._scrolled()
            return NOTHING
        if self._point():
            self._rested = 0.0
            self.tooltip = None
            self._by_keys = False
            return NOTHING
        return None

    def _down(self, place: tuple[int, int]) -> Action | None:
        self._mouse = place
        self._point()
        self.tooltip = None
        for area in self._areas():
            grip = area.bar(self.look).inflate(self.look.px(10), 0)
            if area in self.active() and grip.collidepoint(place):
                self._dragged = area
                return NOTHING
        under = self._under(place)
        if under is not None and under.enabled:
            self._pressed = under
            under.pressed = True
            if under.focusable:
                self.set_focus(under.id, by_keys=False)
        return NOTHING

    def _up(self, place: tuple[int, int]) -> Action | None:
        self._mouse = place
        pressed, self._pressed, self._dragged = self._pressed, None, None
        if pressed is None:
            return NOTHING
        pressed.pressed = False
        self._point()
        if pressed.enabled and pressed.visible.collidepoint(place):
            return pressed.click(place) or NOTHING
        return NOTHING

    def _wheel(self, notches: int) -> Action | None:
        for area in reversed(self._areas()):
            if area in self.active() and area.rect.collidepoint(self._mouse) and area.most:
                if area.scroll_to(area.offset - notches * self.look.px(48)):
                    self._scrolled()
                    self._point()
                return NOTHING
        return None

    def _key(self, key: int, shift: bool) -> Action | None:
        """Tab and Esc mean the same everywhere; then the widget in focus is asked, and only what it does not take moves
        the focus or turns a page. A dialog lets no key through to the screen."""
        if key == pygame.K_TAB:
            self._next_focus(-1 if shift else 1)
            return NOTHING
        if self.dialog and key == pygame.K_ESCAPE:
            return self.dialog.cancel
        widget = self.focused()
        if widget is not None:
            action = widget.key(key, shift)
            if action is not None:
                self._by_keys = True
                self._reveal(widget)
                self._scrolled()
                return action
        if widget is not None and key in STEPS and not (key in SIDEWAYS and isinstance(widget, ScrollArea)):
            self._next_focus(STEPS[key])
            return NOTHING
        if key in (pygame.K_PAGEUP, pygame.K_PAGEDOWN) and self._page(key, shift, widget):
            return NOTHING
        return NOTHING if self.dialog else None

    def _page(self, key: int, shift: bool, widget: Widget | None) -> bool:
        """Turn a page of the scroll area round the widget in focus, else of the first one; whether there is any."""
        areas = [a for a in self._areas() if a.most and a in self.active()]
        inside = [a for a in areas if widget is not None and any(w is widget for w in walk(a.children))]
        for area in (inside or areas)[:1]:
            area.key(key, shift)
            self._scrolled()
        return bool(areas)

    # -- time and drawing --------------------------------------------------------------------------------------------

    def update(self, seconds: float, window: pygame.Rect) -> bool:
        """Let time pass: tooltips show after a rest, what is on its way moves on. Whether the picture changed."""
        self._rested += seconds
        return self._tip(window) | self._move(seconds)

    def _move(self, seconds: float) -> bool:
        self._moving = [w for w in self._moving if w.moving]
        for widget in self._moving:
            widget.advance(seconds)
        return bool(self._moving) and seconds > 0

    def _tip(self, window: pygame.Rect) -> bool:
        if self.tooltip is not None or self._rested < (TIP_AFTER_KEYS if self._by_keys else TIP_AFTER):
            return False
        widget = self.focused() if self._by_keys else next((w for w in self.active() if w.hover), None)
        text = widget.tip_now() if widget is not None else ""
        if not text or widget is None:
            return False
        if self._by_keys:
            keep = [w.visible for w in self.active() if (w.focusable and w.role != "scrollarea") or w.role == "meter"]
            self.tooltip = Tooltip.beside(widget.visible, text, self.look, window, keep)
        else:
            self.tooltip = Tooltip.near(widget.visible, text, self.look, window, self._mouse)
        return True

    def paint(self, surface: pygame.Surface) -> list[pygame.Rect]:
        """Draw what has changed since the last time; the places that were drawn.

        What lies below the dialog is kept as a picture, so that a dialog, a tooltip and the focus do not redraw it.
        """
        window = surface.get_rect()
        if self._below is None or self._below.get_size() != window.size:
            self._below = pygame.Surface(window.size, 0, surface)
            self.repaint()
        around = (id(self.look), window.size)
        under = self._seen_below.changes(self._all[: self._high], around, window, self.look.scale)
        self._draw_below(self._below, [window] if under is None else under)
        above = [*self._all[self._high :], *([self.tooltip] if self.tooltip else [])]
        over = self._seen_above.changes(above, (*around, self.dialog is None), window, self.look.scale)
        places = [window] if under is None or over is None else merged(under + over)
        for place in places:
            surface.blit(self._below, place, place)
        self._draw_above(surface, places)
        return places

    def repaint(self) -> None:
        """Draw everything next time."""
        self._seen_below, self._seen_above = Drawn(), Drawn()

    def draw(self, surface: pygame.Surface) -> None:
        """Paint everything. Changes nothing but the surface."""
        self._draw_below(surface, [surface.get_rect()])
        self._draw_above(surface, [surface.get_rect()])

    def _draw_below(self, surface: pygame.Surface, places: Sequence[pygame.Rect]) -> None:
        """Paint the screen in these places, which do not overlap."""
        for place in places:
            surface.fill(self.look.palette.background, place)
        self._draw_tree(surface, self.widgets, places)
        surface.set_clip(None)

    def _draw_above(self, surface: pygame.Surface, places: Sequence[pygame.Rect]) -> None:
        """Paint the dialog, the focus ring and the tooltip on the screen in these places."""
        if self.dialog is not None:
            scrim = _scrim(surface.get_size(), self.look.palette.scrim)
            for place in places:
                surface.blit(scrim, place, place)
            self._draw_tree(surface, [self.dialog], places)
        focused = self.focused()
        for place in places:
            if focused is not None and focused.visible.height > 0:
                room = focused.clip.inflate(self.look.px(8), self.look.px(8)) if focused.clip else place
                surface.set_clip(room.clip(place))
                ring(surface, self.look, focused)
            if self.tooltip is not None:
                surface.set_clip(place)
                self.tooltip.draw(surface, self.look)
        surface.set_clip(None)

    def _draw_tree(self, surface: pygame.Surface, widgets: Sequence[Widget], places: Sequence[pygame.Rect]) -> None:
        margin = 2 * self.look.px(MARGIN)
        for widget in widgets:
            clip, seen = widget.clip, widget.visible
            if clip is None or seen:
                for k in seen.inflate(margin, margin).collidelistall(places):
                    surface.set_clip(places[k] if clip is None else clip.clip(places[k]))
                    widget.draw(surface, self.look)
            inside = seen.collidelistall(places) if isinstance(widget, ScrollArea) else range(len(places))
            if widget.children and inside:
                self._draw_tree(surface, widget.children, places)
            if isinstance(widget, ScrollArea):
                for k in inside:
                    surface.set_clip(places[k] if clip is None else clip.clip(places[k]))
                    widget.draw_bar(surface, self.look)


@lru_cache(maxsize=1)
def _scrim(size: tuple[int, int], colour: Colour) -> pygame.Surface:
    """What dims the screen below a dialog."""
    found = pygame.Surface(size)
    found.fill(colour)
    found.set_alpha(170)
    return found
