"""The window: events in, orders to the session, pictures out. Never waits for anything longer than a frame."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pygame

from ..errors import PeacetableError
from ..seat import difficulty
from ..seat.chronicle import Chronicle
from ..seat.debrief import Reckoner
from ..seat.reader import public_facts
from ..seat.saved import games
from ..seat.seat import Seat
from ..seat.session import Session, read_chronicle
from ..seat.views import Entry
from ..words import outcome
from ..words.catalogue import catalogue
from . import keys, store
from .display import fitting, open_display
from .keys import COMMANDS, meant
from .screens import (
    Act,
    Begin,
    BriefingScreen,
    BrowseScreen,
    Change,
    CurtainScreen,
    DebriefScreen,
    Frame,
    Go,
    HistoryScreen,
    Lift,
    Look,
    MapScreen,
    Order,
    PauseScreen,
    Quit,
    Replay,
    Resume,
    Reveal,
    Rewind,
    Screen,
    SettingsScreen,
    SidesScreen,
    Sit,
    TableScreen,
    TalkScreen,
    TitleScreen,
    mappable,
)
from .shelf import Shelf, likely
from .sound import Sounds, heard, public, wanted
from .store import Settings
from .theme import PALETTES, SCALES, Theme, fitted
from .ui import Action, Stage, Widget
from .ui.icons import icon

FRAMES = 60
PATIENCE = 2  # frames that a picture waits at most
SLICE, AT_ONCE = 0.008, 0.1  # seconds for the debrief: of a frame, and when it is opened
PACES = {"slow": 2.2, "normal": 1.1, "fast": 0.25}
BIGGER = (pygame.K_PLUS, pygame.K_EQUALS, pygame.K_KP_PLUS)
SMALLER = (pygame.K_MINUS, pygame.K_KP_MINUS)
OVER = ("settings", "pause", "history", "browse", "map", "talk")  # screens that lead back to the one before
MENU_FROM = ("sides", "briefing", "table", "curtain", "debrief", "history", "map", "talk")


class App:
    """`session`: the scenario to play; None for the title screen first, or for `chronicle`, talks to look at
    (`minutes`: the file they lie in).

    `size`: of the window in pixels; `scale`: 1 to 2, for this run instead of the setting; `pace`: likewise; `pause`:
    seconds after each move of an agent instead of the pace's (0 in tests); `party`: start with the brief of this side;
    `settings`: how it looks, `config` the folder where they are remembered, `games` the folder of saved games (None:
    nowhere); `seed`, `level`: what the title screen offers; `notice`: a sentence for the title screen.

    Without a screen (tests): post events, tick, and look at `surface` or find(id).
    """

    def __init__(
        self,
        session: Session | None = None,
        size: tuple[int, int] = (1280, 800),
        scale: float | None = None,
        pace: str | None = None,
        pause: float | None = None,
        party: str = "",
        language: str = "en",
        settings: Settings | None = None,
        config: Path | None = None,
        games: Path | None = None,
        seed: int = 0,
        level: str = difficulty.NORMAL,
        chronicle: Chronicle | None = None,
        heading: str = "",
        notice: str = "",
        minutes: Path | None = None,
    ):
        self.t = catalogue(language)
        open_display(self.t)
        pygame.font.init()
        self.settings, self.config, self.games = settings or Settings(), config, games
        if scale is not None:
            self.settings = replace(self.settings, scale=min(max(scale, SCALES[0]), SCALES[-1]))
        if pace is not None:
            self.settings = replace(self.settings, pace=pace)
        self._pause = pause
        self.look = Theme(PALETTES[self.settings.palette, self.settings.contrast])
        pygame.display.set_icon(icon("table", 64, self.look.palette.gold))
        self.surface = pygame.display.set_mode(fitting(size), pygame.RESIZABLE)
        pygame.display.set_caption(self.t("window.title"))
        pygame.key.set_repeat(400, 60)
        self.running = True
        self.minimised = False
        self.stage, self.shelf = Stage(self.look), Shelf()
        self.session, self._party = session, ""
        self.table: TableScreen | None = None
        self.title: TitleScreen | None = None
        self.curtain: CurtainScreen | None = None
        self._first, self._notice = Begin("", level, seed), notice
        self._before: list[Screen] = []
        self._drafts: dict[str, tuple] = {}
        self._composed_for: tuple[int, int] = (0, 0)
        self._rested = 0.0
        self._reckoner: Reckoner | None = None
        self.sounds, self._sounded = Sounds(), 0
        self._stale, self._new_layout, self._waited = True, False, 0
        self.screen: Screen
        if chronicle is not None:
            self._show(HistoryScreen(self.t, chronicle, heading, notice=notice, path=minutes))
        elif session is None:
            self._title()
        elif party:
            self._sit((party,))
        else:
            self._show(SidesScreen(session.facts, self.t))
        if not gc.get_freeze_count():  # or the search for garbage looks through everything loaded so far, in one frame
            gc.collect()
            gc.freeze()

    @property
    def scale(self) -> float:
        return self.settings.scale

    @property
    def pace(self) -> str:
        return self.settings.pace

    # -- driving -----------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Until the window is closed. A minimised window only waits for events."""
        clock = pygame.time.Clock()
        while self.running:
            if self.minimised:
                self._event(pygame.event.wait())
            self.tick(clock.tick(FRAMES) / 1000)
        self.close()

    def tick(self, seconds: float = 1 / FRAMES) -> None:
        """One frame: events, one turn of an agent at most, and a new picture if anything changed."""
        for event in pygame.event.get():
            self._event(event)
            if not self.running:
                return
        if self.minimised or not self.running:
            return
        self.update(seconds)
        if not self._stale:
            return
        if self._new_layout and self._waited < PATIENCE:  # takes most of a frame: its picture comes in the next one
            self._new_layout = False
            self._waited += 1
            return
        self._stale, self._new_layout, self._waited = False, False, 0
        pygame.display.update(self.stage.paint(self.surface))

    def post(self, event: pygame.event.Event) -> None:
        """Put an event in the queue, as if a person had caused it."""
        pygame.event.post(event)

    def _repaint(self) -> None:
        """The window has lost its picture: draw all of it."""
        self.stage.repaint()
        self._stale = True

    def find(self, id: str) -> Widget:
        """The widget with this id on the present screen. Raises KeyError."""
        return self.stage.find(id)

    def close(self) -> None:
        """Close the window and the game."""
        self.running = False
        self._end_game()
        self.sounds.close()
        pygame.display.quit()

    # -- update ------------------------------------------------------------------------------------------------------

    def update(self, seconds: float) -> None:
        """Let time pass: the agents move, the layout follows the window, tooltips appear."""
        window = pygame.display.get_surface()
        self.surface = self.surface if window is None else window
        if self.surface.get_size() != self._composed_for:
            self._compose()
            self._repaint()
        self._agents(seconds)
        self._reckon()
        if self.stage.update(seconds, self.surface.get_rect()):
            self._stale = True

    def _agents(self, seconds: float) -> None:
        """One turn of an agent, when the last one has had its time on the screen."""
        session = self.session
        if (
            session is None
            or self.screen is not (self.curtain or self.table)
            or not session.running
            or session.awaiting
        ):
            return
        if self.screen.waits():
            return
        self._rested += seconds
        if self._rested >= (PACES[self.pace] if self._pause is None else self._pause):
            self._rested = 0.0
            session.step()
            self._refresh()

    def _reckon(self, seconds: float = SLICE) -> None:
        """A slice of the debrief's work, as long as `seconds` or one step of it."""
        if self._reckoner is None or not isinstance(self.screen, DebriefScreen) or self.screen.debrief is not None:
            return
        until = time.perf_counter() + seconds
        done = self._reckoner.step()
        while not done and time.perf_counter() < until:
            done = self._reckoner.step()
        self.screen.progress = self._reckoner.done
        if done and self._reckoner.debrief is not None:
            self.screen.open(self._reckoner.debrief)
            self._reckoner = None
        self._compose()

    def _sound(self, log: Sequence[Entry]) -> None:
        """What has happened since the last time, if it should be heard."""
        open_to_all = public(log)
        new, self._sounded = open_to_all[self._sounded :], len(open_to_all)
        self.sounds.on = self.session is not None and wanted(self.settings.sound, len(self.session.people))
        self.sounds.play(heard(new))

    def _warn(self) -> None:
        """Say at the table, once, that the game cannot be kept or what was lost of it."""
        if self.session is not None and self.session.notice and self.table is not None:
            self.table.remark(self.session.notice)
            self.session.notice = ""

    def _no_echo(self) -> None:
        """A game begins or goes on: what has happened before is not heard."""
        assert self.session is not None
        self._sounded = len(public(self.seat.view().log))

    def _refresh(self) -> None:
        """The model has moved: show it."""
        if self.session is None:
            return
        if self.curtain is not None:
            self._draw_curtain()
            self._sound(self.seat.view().log)
        elif self.table is not None:
            ended_before = self.table.view.ended
            self.table.show(self.seat.view(), self.seat.mandate())
            self._sound(self.table.view.log)
            self._warn()
            self._compose()
            if self.table.view.ended and not ended_before and self.stage.dialog is None:
                self.stage.set_focus("debrief", by_keys=False)

    def _compose(self) -> None:
        size = self.surface.get_size()
        effective = fitted(size, self.scale, len(self.session.facts.issues) if self.session is not None else 0)
        palette, large = PALETTES[self.settings.palette, self.settings.contrast], self.settings.letters == "large"
        look = self.look
        if abs(effective - look.scale) > 1e-6 or palette is not look.palette or large != look.large:
            self.look = Theme(palette, effective, large)
        area = pygame.Rect((0, 0), size)
        called = {what: key.upper() for what, key in self.settings.keys.items()}
        frame = Frame(self.look, area, self.scale, self.pace, called)
        self.stage.load(self.screen.compose(frame), self.screen.dialog(frame), self.look, self.settings.motion)
        self._composed_for = size
        self._stale = self._new_layout = True

    def draw(self) -> None:
        """Paint the whole of the present screen on `surface`. Changes nothing else."""
        self.stage.draw(self.surface)

    # -- events ------------------------------------------------------------------------------------------------------

    def _event(self, event: pygame.event.Event) -> None:
        if event.type == pygame.QUIT:
            self.running = False
        elif event.type == pygame.WINDOWMINIMIZED:
            self.minimised = True
        elif event.type in (pygame.WINDOWRESTORED, pygame.WINDOWSHOWN, pygame.WINDOWEXPOSED, pygame.WINDOWMAXIMIZED):
            self.minimised = False
            self._repaint()
        elif event.type == pygame.DROPFILE:
            self._order(Replay(Path(event.file)))
        elif event.type == pygame.KEYDOWN and self._taken(event):
            return
        else:
            action = self.stage.handle(event)
            if action is None and event.type == pygame.KEYDOWN and not getattr(event, "mod", 0) & COMMANDS:
                action = self._shortcut(event)
            if action is not None:
                self._stale = True
                self._act(action)

    def _taken(self, event: pygame.event.Event) -> bool:
        """Keys that go before the widget in focus: a key being asked for, full screen, and Ctrl with plus or minus."""
        if isinstance(self.screen, SettingsScreen) and self.screen.listening:
            self._act(("key", meant(event)))
            return True
        if keys.chosen(event, self.settings.keys) == "full":
            with contextlib.suppress(pygame.error):  # some video drivers have no full screen
                pygame.display.toggle_fullscreen()
            return True
        if getattr(event, "mod", 0) & pygame.KMOD_CTRL and event.key in (*BIGGER, *SMALLER):
            self._rescale(1 if event.key in BIGGER else -1)
            return True
        return False

    def _shortcut(self, event: pygame.event.Event) -> Action | None:
        """What a key means that no widget took."""
        key, known = meant(event), keys.known(event, self.settings.keys)
        action = self.screen.shortcut(known) if known is not None else None
        if action is None and key == pygame.K_ESCAPE and self.screen.name in MENU_FROM:
            return ("menu",)
        what = keys.chosen(event, self.settings.keys)
        if action is None and what in ("map", "history") and self.screen is self.table:
            return ("go_to", what)
        return action

    def _rescale(self, step: int) -> None:
        nearest = min(range(len(SCALES)), key=lambda k: abs(SCALES[k] - self.scale))
        self._order(Change(replace(self.settings, scale=SCALES[min(max(nearest + step, 0), len(SCALES) - 1)])))

    def _act(self, action: Action) -> None:
        if action[0] == "nothing":
            return
        if action[0] == "menu":
            self._go("pause")
        elif action[0] == "go_to":
            self._go(action[1])
        elif action[0] == "pace":
            names = list(PACES)
            self._order(Change(replace(self.settings, pace=names[(names.index(self.pace) + 1) % len(names)])))
        elif action[0] == "quit":
            self.running = False
        else:
            order = self.screen.act(action)
            if order is not None:
                self._order(order)
            else:
                self._compose()

    # -- orders ------------------------------------------------------------------------------------------------------

    def _order(self, order: Order) -> None:
        """Do what a screen asks for. What goes wrong is told on the screen."""
        if isinstance(order, Quit):
            self.running = False
        elif isinstance(order, Go):
            self._go(order.screen)
        elif isinstance(order, Change):
            self._change(order.settings)
        elif isinstance(order, Act):
            self._move(order)
        else:
            self._try(order)

    def _try(self, order: Order) -> None:
        """Orders that open something, which can fail."""
        try:
            if isinstance(order, Sit):
                again = self.screen.name == "debrief" and self.session is not None
                self._sit(self.session.people if again and self.session is not None else (order.party,))
            elif isinstance(order, Begin):
                self._begin(order)
            elif isinstance(order, Look) and self.title is not None:
                self.title.look(public_facts(self.shelf.scenario(order.scenario)), order.scenario)
                self._compose()
            elif isinstance(order, Resume):
                self._resume(order.path)
            elif isinstance(order, Replay):
                chronicle, torn = read_chronicle(order.path)
                heading = self.t("history.file", name=order.path.name)
                self._over(HistoryScreen(self.t, chronicle, heading, notice=torn, path=order.path))
            elif isinstance(order, Reveal):
                self._reveal(order.path)
            elif isinstance(order, Rewind) and self.session is not None:
                self.session.rewind(order.round)
                self._seated()
            elif isinstance(order, Lift):
                self._lift(order.party)
        except PeacetableError as error:
            self._say(str(error))

    def _say(self, sentence: str) -> None:
        """A sentence where the person looks: on the present screen if it has a place for it, else on the title."""
        if hasattr(self.screen, "notice"):
            self.screen.notice = sentence
            self._compose()
        else:
            self._notice = sentence
            self._title()

    def _change(self, settings: Settings) -> None:
        self.settings = settings
        if self.config is not None:
            failed = store.save_settings(self.config, settings, self.t)
            if failed and isinstance(self.screen, SettingsScreen):
                self.screen.notice = failed
        self._compose()

    # -- games -------------------------------------------------------------------------------------------------------

    def _end_game(self) -> None:
        self.table = self.curtain = self._reckoner = None
        self._drafts.clear()
        self._before.clear()
        if self.session is not None:
            self.session.close()

    def _begin(self, order: Begin) -> None:
        self._end_game()
        self.session = Session(self.shelf.scenario(order.scenario), order.seed, self.games, level=order.level)
        if order.people:
            self._sit(order.people)
        else:
            self._show(SidesScreen(self.session.facts, self.t))

    def _sit(self, people: tuple[str, ...]) -> None:
        """A new game of the present session."""
        assert self.session is not None
        self._end_game()
        self.session.start(*people)
        self._party = people[0]
        self._no_echo()
        if len(people) > 1:
            self._seated()
        else:
            self._open_table()
            self._show(self._briefing())

    def _resume(self, path: Path) -> None:
        session = Session.resume(path)
        self._end_game()
        self.session, self._party = session, session.people[0]
        self._seated()

    def _reveal(self, path: Path) -> None:
        """The debrief of a finished game on disk."""
        session = Session.finished(path)
        session.folder = self.games  # a next game is kept with the others, not beside the file that was opened
        self._end_game()
        self.session, self._party = session, session.people[0]
        self._no_echo()
        self._open_table()
        self._go("debrief")

    def _seated(self) -> None:
        """Go to the table of a game under way, or to the curtain before it."""
        assert self.session is not None
        self._no_echo()
        self._before.clear()
        self._drafts.clear()
        if len(self.session.people) > 1:
            self._draw_curtain()
        else:
            self._open_table()
            self._go("table")

    def _open_table(self) -> None:
        assert self.session is not None
        session, party = self.session, self.seat.party
        self.curtain = None
        self.table = TableScreen(session.facts, self.t, self.seat.view(), self.seat.mandate())
        if party in self._drafts:
            self.table.draft = self._drafts[party]
        self._rested = 0.0
        self._warn()

    def _draw_curtain(self) -> None:
        """Hide what is private; show whose turn it is, or that the agents are moving."""
        assert self.session is not None
        session = self.session
        self._before.clear()
        if self.table is not None:
            self._drafts[self.table.view.party] = self.table.draft
            self.table = None
        if self.curtain is None:
            self.curtain = CurtainScreen(session.facts, self.t, session.people)
        view = self.seat.view()
        self.curtain.show(self._next, view.round, view.rounds, view.log, view.ended)
        if self.screen is self.curtain:
            self._compose()
            self._focus_first()
        else:
            self._show(self.curtain)

    def _lift(self, party: str) -> None:
        """The person of `party` says to be alone at the screen."""
        assert self.session is not None
        if self.session.running and party != self._next:
            return
        self._party = party
        new = party not in self._drafts and not self.seat.view().last.get(party)
        self._open_table()
        if not self.session.running:
            self._go("debrief")
        elif new:
            self._show(self._briefing())
        else:
            self._go("table")

    @property
    def seat(self) -> Seat:
        """The seat whose view and numbers the screens are given."""
        assert self.session is not None
        return self.session.at(self._party)

    @property
    def _next(self) -> str:
        """The party whose person has to come to the screen, or ""."""
        assert self.session is not None
        return next(iter(self.session.awaiting), "")

    def _briefing(self, seated: bool = False) -> Screen:
        assert self.session is not None
        return BriefingScreen(self.session.facts, self.t, self.seat.mandate(), seated)

    def _move(self, order: Act) -> None:
        """What the person does at its seat. Asking and answering take no turn: the person stays at the screen."""
        assert self.table is not None and self.session is not None
        aside, talk = order.move in ("sound", "answer"), self.screen if isinstance(self.screen, TalkScreen) else None
        try:
            getattr(self.seat, order.move)(*order.given)
        except PeacetableError as error:
            (talk or self.table).refuse(str(error))
        else:
            if len(self.session.people) > 1 and not aside:
                self._draw_curtain()
        if talk is None:
            self._rested = self._rested if aside else 0.0
            self._refresh()
            return
        view, mandate = self.seat.view(), self.seat.mandate()
        self.table.show(view, mandate)
        talk.show(view, mandate)
        self._compose()

    # -- navigation --------------------------------------------------------------------------------------------------

    def _go(self, name: str) -> None:
        session = self.session
        if name == "back":
            self._show(self._before.pop()) if self._before else self._title()
        elif name == "title":
            self._title()
        elif name == "settings":
            self._over(SettingsScreen(self.t, self.settings))
        elif name == "browse":
            self._over(BrowseScreen(self.t, self.games if self.games and self.games.is_dir() else Path.home()))
        elif name == "pause":
            self._over(self._menu())
        elif session is None:
            self._title()
        elif name == "sides":
            party = session.people[0] if len(session.people) == 1 else ""
            self._end_game()
            self._show(SidesScreen(session.facts, self.t, party))
        elif self.table is None:
            self._title() if self.curtain is None else self._show(self.curtain)
        elif name == "table":
            self._before.clear()
            self.table.show(self.seat.view(), self.seat.mandate())
            self._show(self.table)
        elif name == "seats":
            self._draw_curtain()
        elif name == "briefing":
            self._show(self._briefing(seated=True))
        elif name == "debrief":
            self._reckoner = self.seat.reckoner()
            self._show(DebriefScreen(session.facts, self.t, self.seat.view(), None, session.sitting()))
            self._reckon(AT_ONCE)
        elif name == "history":
            chronicle = self.seat.chronicle()
            self._over(HistoryScreen(self.t, chronicle, at=len(chronicle.steps) - 1))
        elif name == "talk":
            table = self.table
            self._over(TalkScreen(session.facts, self.t, table.view, table.mandate, table.draft, table.talk_to))
        elif name == "map" and mappable(session.facts):
            self._over(MapScreen(session.facts, self.t, self.seat.view(), self.table.draft))

    def _menu(self) -> Screen:
        """The menu fits the place it was opened from. Only one person alone may take rounds back."""
        session = self.session
        playing = session is not None and session.running and (self.table is not None or self.curtain is not None)
        rounds: range = range(0)
        if playing and session is not None and len(session.people) == 1:
            rounds = range(1, self.seat.view().round + 1)
        over = self.table is not None and session is not None and not session.running
        return PauseScreen(
            self.t,
            playing,
            rounds,
            history=self.table is not None and not isinstance(self.screen, HistoryScreen),
            seats=over and session is not None and len(session.people) > 1,
            game=outcome.sitting(self.t, replace(session.sitting(), day=""))
            if session is not None and session.model
            else "",
        )

    def _title(self) -> None:
        """The first screen, with the games on disk as they are now."""
        if self.session is not None:
            self._end_game()
            self.session = None
        self._before.clear()
        saved, bad = games(self.games) if self.games is not None else ([], 0)
        notice, self._notice = self._notice, ""
        if bad and not notice:
            notice = self.t("title.unreadable", plural=bad, number=bad)
        shelf = self.shelf.offered()
        begin = self.title.begin if self.title is not None else replace(self._first, scenario=likely(shelf, saved))
        facts = public_facts(self.shelf.scenario(begin.scenario))
        self.title = TitleScreen(facts, self.t, shelf, begin, saved, notice)
        self._show(self.title)

    def _over(self, screen: Screen) -> None:
        """Show a screen that leads back to the present one."""
        if self.screen.name not in OVER or screen.name != self.screen.name:
            self._before.append(self.screen)
        self._show(screen)

    def _show(self, screen: Screen) -> None:
        self.screen = screen
        self.stage.forget()
        self._compose()
        self._focus_first()

    def _focus_first(self) -> None:
        can = {w.id for w in self.stage.order()}  # those of a dialog, while there is one
        for id in self.screen.first():
            if id in can:
                self.stage.set_focus(id, by_keys=False)
                break
