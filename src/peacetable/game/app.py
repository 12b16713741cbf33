"""The window: events in, orders to the session, pictures out. Never waits for anything longer than a frame."""

from __future__ import annotations

import contextlib

import pygame

from ..errors import PeacetableError
from .screens import (
    Accept,
    BriefingScreen,
    DebriefScreen,
    Frame,
    Go,
    Order,
    Propose,
    Quit,
    Screen,
    SidesScreen,
    Sit,
    TableScreen,
    WalkOut,
)
from .session import Session
from .text import catalogue
from .theme import MINIMUM, ROOMY, SCALES, Theme
from .ui import Action, Stage, Widget
from .ui.icons import icon

FRAMES = 60
window_error = pygame.error  # what App raises where no window can be opened
PACES = {"slow": 2.2, "normal": 1.1, "fast": 0.25}
BIGGER = (pygame.K_PLUS, pygame.K_EQUALS, pygame.K_KP_PLUS)
SMALLER = (pygame.K_MINUS, pygame.K_KP_MINUS)


class App:
    """`size`: of the window in pixels; `scale`: 1 to 2; `pace`: slow | normal | fast; `pause`: seconds after each move
    of an agent instead of the pace's (0 in tests); `party`: start with the brief of this side.

    Without a screen (tests): post events, tick, and look at `surface` or find(id).
    """

    def __init__(
        self,
        session: Session,
        size: tuple[int, int] = (1280, 800),
        scale: float = 1.0,
        pace: str = "normal",
        pause: float | None = None,
        party: str = "",
        language: str = "en",
    ):
        pygame.display.init()
        pygame.font.init()
        self.session, self.t = session, catalogue(language)
        self.scale, self.pace, self._pause = min(max(scale, SCALES[0]), SCALES[-1]), pace, pause
        pygame.display.set_icon(icon("table", 64, Theme().palette.gold))
        self.surface = pygame.display.set_mode(size, pygame.RESIZABLE)
        pygame.display.set_caption(self.t("window.title"))
        pygame.key.set_repeat(400, 60)
        self.running = True
        self.minimised = False
        self.look = Theme()
        self.stage = Stage(self.look)
        self.screen: Screen = SidesScreen(session.facts, self.t)
        self.table: TableScreen | None = None
        self._composed_for: tuple[int, int] = (0, 0)
        self._rested = 0.0
        self._stale = True
        if party:
            self._order(Sit(party))
        self._show(self.screen)

    # -- driving -----------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Until the window is closed. A minimised window only waits for events."""
        clock = pygame.time.Clock()
        while self.running:
            if self.minimised:
                event = pygame.event.wait(500)
                if event.type != pygame.NOEVENT:
                    pygame.event.post(event)
            self.tick(clock.tick(FRAMES) / 1000)
        self.close()

    def tick(self, seconds: float = 1 / FRAMES) -> None:
        """One frame: events, one turn of an agent at most, and a new picture if anything changed."""
        for event in pygame.event.get():
            self._event(event)
            if not self.running:
                return
        if self.minimised:
            return
        self.update(seconds)
        if self._stale:
            self._stale = False
            self.draw()
            pygame.display.flip()

    def post(self, event: pygame.event.Event) -> None:
        """Put an event in the queue, as if a person had caused it."""
        pygame.event.post(event)

    def find(self, id: str) -> Widget:
        """The widget with this id on the present screen. Raises KeyError."""
        return self.stage.find(id)

    def close(self) -> None:
        """Close the window and the game."""
        self.running = False
        self.session.close()
        pygame.display.quit()

    # -- update ------------------------------------------------------------------------------------------------------

    def update(self, seconds: float) -> None:
        """Let time pass: the agents move, the layout follows the window, tooltips appear."""
        window = pygame.display.get_surface()
        self.surface = self.surface if window is None else window
        if self.surface.get_size() != self._composed_for:
            self._compose()
        self._agents(seconds)
        if self.stage.update(seconds, self.surface.get_rect()):
            self._stale = True

    def _agents(self, seconds: float) -> None:
        if self.screen is not self.table or self.table is None or not self.session.running or self.session.awaiting:
            return
        self._rested += seconds
        if self._rested >= (PACES[self.pace] if self._pause is None else self._pause):
            self._rested = 0.0
            self.session.step()
            self._refresh()

    def _refresh(self) -> None:
        """The model has moved: show it."""
        if self.table is not None:
            ended_before = self.table.view.ended
            self.table.show(self.session.view(), self.session.mandate())
            self._compose()
            if self.table.view.ended and not ended_before:
                self.stage.set_focus("debrief", by_keys=False)

    def _compose(self) -> None:
        size = self.surface.get_size()
        fits = min(size[0] / MINIMUM[0], size[1] / MINIMUM[1])
        grown = max(1.0, min(size[0] / ROOMY[0], size[1] / ROOMY[1]))
        effective = max(0.4, min(self.scale * grown, fits))
        if abs(effective - self.look.scale) > 1e-6:
            self.look = Theme(self.look.palette, effective)
        frame = Frame(self.look, pygame.Rect((0, 0), size), self.scale, self.pace)
        self.stage.load(self.screen.compose(frame), self.screen.dialog(frame), self.look)
        self._composed_for = size
        self._stale = True

    def draw(self) -> None:
        """Paint the present screen on `surface`. Changes nothing else."""
        self.surface.fill(self.look.palette.background)
        self.stage.draw(self.surface)

    # -- events and orders -------------------------------------------------------------------------------------------

    def _event(self, event: pygame.event.Event) -> None:
        if event.type == pygame.QUIT:
            self.running = False
        elif event.type == pygame.WINDOWMINIMIZED:
            self.minimised = True
        elif event.type in (pygame.WINDOWRESTORED, pygame.WINDOWSHOWN, pygame.WINDOWEXPOSED):
            self.minimised, self._stale = False, True
        elif event.type == pygame.KEYDOWN and self._window_key(event):
            return
        else:
            action = self.stage.handle(event)
            if action is None and event.type == pygame.KEYDOWN and not getattr(event, "mod", 0) & pygame.KMOD_CTRL:
                action = self.screen.shortcut(event.key)
            if action is not None:
                self._stale = True
                self._act(action)

    def _window_key(self, event: pygame.event.Event) -> bool:
        if event.key == pygame.K_F11:
            with contextlib.suppress(pygame.error):  # some video drivers have no full screen
                pygame.display.toggle_fullscreen()
            return True
        if getattr(event, "mod", 0) & pygame.KMOD_CTRL:
            if event.key in BIGGER or event.key in SMALLER:
                self._rescale(1 if event.key in BIGGER else -1)
                return True
        return False

    def _rescale(self, step: int, around: bool = False) -> None:
        nearest = min(range(len(SCALES)), key=lambda k: abs(SCALES[k] - self.scale))
        place = nearest + step
        self.scale = SCALES[place % len(SCALES) if around else min(max(place, 0), len(SCALES) - 1)]
        self._compose()

    def _act(self, action: Action) -> None:
        if action[0] == "nothing":
            return
        if action[0] == "scale":
            self._rescale(1, around=True)
        elif action[0] == "pace":
            names = list(PACES)
            self.pace = names[(names.index(self.pace) + 1) % len(names)]
            self._compose()
        elif action[0] == "quit":
            self.running = False
        else:
            order = self.screen.act(action)
            if order is not None:
                self._order(order)
            else:
                self._compose()

    def _order(self, order: Order) -> None:
        if isinstance(order, Quit):
            self.running = False
        elif isinstance(order, Sit):
            self.session.start(order.party)
            self.table = TableScreen(self.session.facts, self.t, self.session.view(), self.session.mandate())
            self._rested = 0.0
            self._show(BriefingScreen(self.session.facts, self.t, self.session.mandate()))
        elif isinstance(order, Go):
            self._go(order.screen)
        else:
            self._move(order)

    def _go(self, name: str) -> None:
        if name == "table" and self.table is not None:
            self.table.show(self.session.view(), self.session.mandate())
            self._show(self.table)
        elif name == "briefing":
            self._show(BriefingScreen(self.session.facts, self.t, self.session.mandate(), seated=True))
        elif name == "debrief":
            path = str(self.session.minutes_path or "")
            self._show(DebriefScreen(self.session.facts, self.t, self.session.view(), self.session.debrief(), path))
        elif name == "sides":
            party, self.table = self.session.party, None
            self.session.close()
            self._show(SidesScreen(self.session.facts, self.t, party))

    def _move(self, order: Propose | Accept | WalkOut) -> None:
        assert self.table is not None
        try:
            if isinstance(order, Propose):
                self.session.propose(order.package)
            elif isinstance(order, Accept):
                self.session.accept(order.offer_of)
            else:
                self.session.walk_out()
        except PeacetableError as error:
            self.table.refuse(str(error))
        self._rested = 0.0
        self._refresh()

    def _show(self, screen: Screen) -> None:
        self.screen = screen
        self.stage.forget()
        self._compose()
        for id in screen.first():
            if any(w.id == id and w.focusable and w.enabled for w in self.stage.all()):
                self.stage.set_focus(id, by_keys=False)
                break
