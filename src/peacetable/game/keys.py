"""Which key a press means. Keys go by their letter; where a keyboard has another one there, by their place.

On a Ukrainian, Russian or Greek keyboard no key has a Latin letter, on a French one the digits need Shift: there the
key in the place of a US keyboard's letter, digit, comma or period stands for that one.
"""

from __future__ import annotations

import string
from collections.abc import Mapping

import pygame

from .store import KEYS

LETTERS = {getattr(pygame, f"KSCAN_{c.upper()}"): ord(c) for c in string.ascii_lowercase}
DIGITS = {getattr(pygame, f"KSCAN_{d}"): ord(d) for d in string.digits}
SIGNS = {pygame.KSCAN_COMMA: pygame.K_COMMA, pygame.KSCAN_PERIOD: pygame.K_PERIOD}
PLAIN = {*map(ord, string.ascii_lowercase + string.digits)}
BY_PLACE = 1 << 30  # set in SDL's numbers of keys that write nothing
# with one of these held a letter is a command of the system or, with AltGr, another sign
COMMANDS = pygame.KMOD_CTRL | pygame.KMOD_ALT | pygame.KMOD_META | pygame.KMOD_MODE


def meant(event: pygame.event.Event) -> int:
    """The key (pygame.K_*) that a KEYDOWN event means; 0 (K_UNKNOWN) for a letter, digit or sign pressed together with
    Ctrl, Alt, AltGr or the key of the system."""
    key = event.key
    if key <= ord(" ") or key == pygame.K_DELETE or key & BY_PLACE:
        return key  # not a sign: Enter, arrows, the number pad
    if getattr(event, "mod", 0) & COMMANDS:
        return pygame.K_UNKNOWN
    place = getattr(event, "scancode", 0)
    if key in PLAIN:
        return key
    if key < 128:  # signs stay, so that the comma of a French keyboard is not the M of a US one
        return DIGITS.get(place, key)
    return (LETTERS | DIGITS | SIGNS).get(place, key)


def chosen(event: pygame.event.Event, keys: Mapping[str, str]) -> str:
    """What the settings' `keys` have this key do, or ""; one that was chosen by another letter than it means now
    counts."""
    key = meant(event)
    names = [pygame.key.name(k) for k in (event.key, key)] if key else []
    return next((what for name in names for what, k in keys.items() if k == name), "")


def known(event: pygame.event.Event, keys: Mapping[str, str]) -> int | None:
    """The key that the screens know for this one: a changed key is translated; None for one that was changed away."""
    key, what = meant(event), chosen(event, keys)
    if what:
        return pygame.key.key_code(KEYS[what])
    return None if pygame.key.name(key) in KEYS.values() else key
