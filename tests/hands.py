"""What the tests of the game window share: hands that press and click, and eyes that look for what does not fit."""

from __future__ import annotations

from dataclasses import replace

import pygame

import peacetable
import reaching
from peacetable.game.app import App
from peacetable.game.ui import ScrollArea, walk
from peacetable.scenario import Condition, Demand, Fact, Judgement, Scenario

# what a party demands in `demanding`: id, words, packages without it, and what it weighs where it is read as a weight
DEMANDS = (
    ("size", "Ukraine's army is not cut to a quarter.", {"military_caps": ("cap_250k", "cap_85k")}, -0.0731),
    ("cover", "No force goes bare.", {"ground_force": ("tripwire_10k",), "air_cover": ("none",)}, -0.0517),
)


def demanding(reading: str, red_lines: str = "veto", party: str = "us", variant: str = "") -> Scenario:
    """A scenario in which one party alone calls two things part of any settlement, on one issue and on two together,
    and was looked up in vain on two levels; everybody knows three things."""
    base = peacetable.load(f"white-house-2025{variant}")
    first, second = list(base.sources)[:2]

    def demand(id, says, refuses, weighs):
        number = weighs if reading == "weight" else -2.0
        return Demand(id, says, refuses, reading, Judgement(number, number, number, "So it says.", (first, second)))

    made = tuple(demand(*one) for one in DEMANDS)
    own = tuple(Condition(d.id, d.refuses, d.change, reading == "condition") for d in made)

    def changed(p):
        usual = tuple(c for c in p.conditions if c.id not in {d.id for d in p.demands})
        if p.id != party:
            return replace(p, demands=(), conditions=usual)
        positions = {cell: said for cell, said in p.positions.items() if cell[0] != "military_caps"}
        silences = {("military_caps", "cap_800k"): "nothing found on this size", ("military_caps", "cap_600k"): ""}
        return replace(p, demands=made, conditions=(*usual, *own), positions=positions, silences=silences)

    known = (
        Fact("always", "Nobody sends soldiers before the fighting ends.", "", (first,)),
        Fact("late", "A draft was on the table.", "2022-03-29", (second,)),
        Fact("early", "Old arms were given up.", "about 1994-12", (first, second)),
    )
    protocol = replace(base.protocol, red_lines=red_lines)
    return replace(base, parties=tuple(map(changed, base.parties)), background=known, protocol=protocol)


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
    """As `reaching.reach`, past what pygame keeps."""
    reaching.reach(thing, seen, (pygame.Surface, pygame.font.Font))


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
