"""What the tests of the game window share: hands that press and click, and eyes that look for what does not fit."""

from __future__ import annotations

import types

import pygame

from peacetable.game.app import App
from peacetable.game.ui import ScrollArea, walk


def press(app: App, key: int, mod: int = 0, place: int = 0) -> None:
    """Press and release a key; `place`: its scancode, where that matters."""
    app.post(pygame.event.Event(pygame.KEYDOWN, key=key, mod=mod, unicode="", scancode=place))
    app.post(pygame.event.Event(pygame.KEYUP, key=key, mod=mod, scancode=place))
    app.tick()


def place(sign: str) -> int:
    """Where a US keyboard has this letter, digit or sign: its scancode."""
    named = {",": "COMMA", ".": "PERIOD", ";": "SEMICOLON", "'": "APOSTROPHE", "[": "LEFTBRACKET", "]": "RIGHTBRACKET"}
    return getattr(pygame, f"KSCAN_{named.get(sign, sign.upper())}")


# what keyboards write, without Shift, where a US one has the letters of `US`
US = "1234567890qwertyuiop[]asdfghjkl;'zxcvbnm,."
KEYBOARDS = {
    "ukrainian": "1234567890йцукенгшщзхїфівапролджєячсмитьбю",
    "russian": "1234567890йцукенгшщзхъфывапролджэячсмитьбю",
    "greek": "1234567890;ςερτυθιοπ[]ασδφγηξκλ΄'ζχψωβνμ,.",
    "french": "&é\"'(-è_çàazertyuiop^$qsdfghjklmùwxcvbn,;:",
}


def press_on(app: App, keyboard: str, sign: str, mod: int = 0) -> None:
    """Press the key for a letter or digit: where a French keyboard has the letter, else where a US one has it."""
    signs = KEYBOARDS[keyboard]
    at = signs.index(sign) if sign in signs else US.index(sign)
    press(app, ord(signs[at]), mod, place(US[at]))


def click(app: App, id: str, cell: int | None = None) -> None:
    """Click the middle of a widget (or of one of its cells), turning the wheel first if it is out of sight."""
    for _ in range(60):
        widget = app.find(id)
        rect = widget.rect if cell is None else widget.cell(cell)
        seen = rect if widget.clip is None else rect.clip(widget.clip)
        if seen.collidepoint(rect.center):
            break
        area = next(w for w in app.stage.all() if isinstance(w, ScrollArea) and widget in walk(w.children))
        app.post(pygame.event.Event(pygame.MOUSEMOTION, pos=area.rect.center, rel=(0, 0), buttons=(0, 0, 0)))
        app.post(pygame.event.Event(pygame.MOUSEWHEEL, x=0, y=-1 if rect.centery > area.rect.centery else 1))
        app.tick()
    app.post(pygame.event.Event(pygame.MOUSEMOTION, pos=rect.center, rel=(0, 0), buttons=(0, 0, 0)))
    app.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=rect.center, button=1))
    app.post(pygame.event.Event(pygame.MOUSEBUTTONUP, pos=rect.center, button=1))
    app.tick()


def tab_to(app: App, id: str) -> None:
    for _ in range(200):
        if app.stage.focus_id == id:
            return
        press(app, pygame.K_TAB)
    raise AssertionError(f"Tab never reaches {id}")


def wait(app: App, keys: bool = False) -> None:
    """Let the agents move until it is the person's turn or the talks are over; cards are read and put away."""
    for _ in range(500):
        if app.screen.waits():
            press(app, pygame.K_RETURN) if keys else click(app, app.stage.dialog.first)
        elif app.session.awaiting or not app.session.running:
            app.tick()
            return
        app.tick()
    raise AssertionError("the turn never comes")


def has(app: App, id: str) -> bool:
    return any(w.id == id and w.enabled for w in app.stage.all())


def reach(thing, seen: dict) -> None:
    """Everything that can be reached from `thing`: attributes, items, closures, bound objects."""
    if id(thing) in seen or isinstance(thing, (type, types.ModuleType, pygame.Surface, pygame.font.Font)):
        return
    seen[id(thing)] = thing
    if isinstance(thing, (dict, types.MappingProxyType)):
        parts = [*thing.keys(), *thing.values()]
    elif isinstance(thing, (list, tuple, set, frozenset)):
        parts = list(thing)
    elif isinstance(thing, types.MethodType):
        parts = [thing.__self__]
    elif isinstance(thing, types.FunctionType):
        parts = [c.cell_contents for c in thing.__closure__ or ()] + list(thing.__defaults__ or ())
    else:
        parts = list(getattr(thing, "__dict__", {}).values())
    for part in parts:
        reach(part, seen)


def crossing(app: App) -> list[str]:
    """Texts and controls that overlap or leave the window."""
    found = []
    roles = ("text", "note", "button", "radiogroup", "tablist", "meter", "table", "chart", "image")
    pieces = [w for w in app.stage.active() if w.role in roles]
    for n, a in enumerate(pieces):
        if a.clip is None and not app.surface.get_rect().contains(a.rect):
            found.append(f"{a.id} leaves the window: {a.rect}")
        for b in pieces[n + 1 :]:
            both = a.rect.clip(b.rect)
            if a.clip == b.clip and both.width > 1 and both.height > app.look.px(3):
                found.append(f"{a.id} and {b.id} overlap: {both}")
    return found
