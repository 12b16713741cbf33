"""Settings: how things look and sound, and which keys do what. They hold at once and are remembered."""

from __future__ import annotations

from dataclasses import replace

import pygame

from ...words.catalogue import Catalogue, percent
from ..store import CHOICES, KEYS, Settings
from ..theme import Theme
from ..ui import Action, Button, Column, Label, Panel, ScrollArea, Toggle, Widget, cut_top, flow
from .base import Change, Frame, Go, Order, Screen
from .parts import button, button_row, footer, inside

ROWS = ("scale", "letters", "palette", "contrast", "motion", "sound", "pace")
FIXED = frozenset(
    {"escape", "return", "space", "tab", "left", "right", "up", "down", "home", "end", "page up", "page down",
     "backspace", "delete", "enter", "left shift", "right shift", "left ctrl", "right ctrl", "left alt", "right alt"}
)  # fmt: skip


class SettingsScreen(Screen):
    """`settings` as they are now; `listening`: what the next key pressed shall do, or ""."""

    name = "settings"

    def __init__(self, t: Catalogue, settings: Settings):
        self.t, self.settings = t, settings
        self.listening = ""
        self.notice = ""

    def act(self, action: Action) -> Order | None:
        what, *rest = action
        self.notice = ""
        if what == "set":
            return self._use(replace(self.settings, **{rest[0]: rest[1]}))
        if what == "listen":
            self.listening = "" if self.listening == rest[0] else rest[0]
        elif what == "key":
            return self._key(rest[0])
        elif what == "reset":
            self.listening = ""
            return self._use(Settings())
        elif what == "back":
            return Go("back")
        return None

    def _use(self, settings: Settings) -> Order:
        self.settings = settings
        return Change(settings)

    def _key(self, key: int) -> Order | None:
        """A key was pressed while one was being waited for."""
        what, self.listening = self.listening, ""
        name = pygame.key.name(key)
        if not what or name == "escape":
            return None
        if not name or name in FIXED:
            self.notice = self.t("settings.keys.fixed", name=name or "?")
            return None
        return self._use(self.settings.with_key(what, name))

    def shortcut(self, key: int) -> Action | None:
        return ("back",) if key == pygame.K_ESCAPE else None

    def first(self):
        return ("back",)

    def compose(self, frame: Frame) -> list[Widget]:
        look, t = frame.look, self.t
        rect = inside(frame)
        line, rect = cut_top(rect, look.px(36), look.px(6))
        title = Label("title", line, t("settings"), "title", middle=True)
        sign, colour = ("stop", "bad") if self.notice else ("bulb", "muted")
        hint = t("settings.listening", what=t(f"key.{self.listening}")) if self.listening else t("settings.hint")
        foot, rect = footer(look, rect, self.notice or hint, sign, colour)
        row, rect = button_row(
            look,
            rect,
            [
                button(look, "back", t("back"), ("back",), "primary", "undo"),
                button(look, "reset", t("settings.reset"), ("reset",)),
            ],
        )
        pad = look.px(16)
        inner = rect.inflate(-2 * pad, -2 * pad)
        column = Column(look, pygame.Rect(inner.x, inner.y, inner.width - look.px(12), 0), "settings")
        for name in ROWS:
            self._row(look, column, name)
        self._keys(look, column)
        area = ScrollArea("settings.area", inner, column.items, column.height + look.px(6), t("settings"))
        return [title, Panel("settings.panel", rect, [area]), *row, *foot]

    def _row(self, look: Theme, column: Column, name: str) -> None:
        t, now = self.t, getattr(self.settings, name)
        side = min(look.px(250), column.width * 2 // 5)
        top = column.y
        words = Column(look, pygame.Rect(column.x, top + look.px(2), side - look.px(12), 0), f"set.{name}")
        words.text(t(f"set.{name}"), "strong").text(t(f"set.{name}.about"), "tiny", "muted")
        choices = Column(look, pygame.Rect(column.x + side, top, column.width - side, 0), f"set.{name}.choices")
        flow(choices, [Toggle(f"set.{name}.{v}".lower(), self._label(name, v), ("set", name, v), v == now, look)
                       for v in CHOICES[name]])  # fmt: skip
        column.items += [*words.items, *choices.items]
        column.y = max(words.y, choices.y) + look.px(14)

    def _label(self, name: str, value: object) -> str:
        if name == "scale":
            return percent(float(value))  # type: ignore[arg-type]
        if isinstance(value, bool):
            return self.t("set.on" if value else "set.off")
        return self.t(f"set.{name}.{value}")

    def _keys(self, look: Theme, column: Column) -> None:
        t = self.t
        column.gap(6).text(t("settings.keys"), "heading").gap(3).text(t("settings.keys.about"), "small", "muted").gap(8)
        wide = max(look.width(t(f"key.{what}"), "small_strong") for what in KEYS) + look.px(90)
        buttons: list[Widget] = []
        for what in KEYS:
            name = "…" if self.listening == what else self.settings.keys[what].upper()
            place = pygame.Rect(0, 0, min(wide, column.width), look.px(36))
            kind = "primary" if self.listening == what else "normal"
            buttons.append(
                Button(
                    f"key.{what}", place, t(f"key.{what}"), ("listen", what), kind, keycap=name, style="small_strong"
                )
            )
        flow(column, buttons)
