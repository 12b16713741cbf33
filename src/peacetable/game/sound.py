"""Quiet sounds, made when they are first needed. Where there is no audio device there is silence, never an error."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pygame

from ..seat.views import Entry

RATE = 44_100
LOUD = 0.16  # of the most that there is
# name: notes of (frequency in Hz, start in s, length in s, share of the loudness)
NOTES: dict[str, tuple[tuple[float, float, float, float], ...]] = {
    "propose": ((392.0, 0.0, 0.16, 0.7), (523.3, 0.09, 0.22, 0.7)),
    "sign": ((523.3, 0.0, 0.35, 0.6), (659.3, 0.07, 0.35, 0.6), (784.0, 0.14, 0.45, 0.6)),
    "reject": ((311.1, 0.0, 0.2, 0.7), (233.1, 0.12, 0.32, 0.7)),
    "event": ((880.0, 0.0, 0.6, 0.5), (1318.5, 0.0, 0.45, 0.25)),
    "end": ((261.6, 0.0, 0.9, 0.5), (329.6, 0.12, 0.9, 0.45), (392.0, 0.24, 1.0, 0.45)),
}
OF = {
    "propose": "propose",
    "amend": "propose",
    "sign": "sign",
    "carried": "sign",
    "stand": "reject",
    "failed": "reject",
    "walk_out": "reject",
    "event": "event",
    "end": "end",
}
RANK = ("end", "event", "reject", "sign", "propose")  # of several at once the first is heard


def wanted(setting: str, people: int) -> bool:
    """Whether to sound: `setting` is always | single (not with several persons at one screen) | off."""
    return setting == "always" or (setting == "single" and people <= 1)


def wave(name: str, rate: int = RATE) -> np.ndarray:
    """The samples of a sound: int16 (n, 2), the same on both sides, with soft edges. Raises KeyError."""
    notes = NOTES[name]
    length = max(start + long for _, start, long, _ in notes)
    total = np.zeros(round(length * rate))
    for pitch, start, long, loud in notes:
        t = np.arange(round(long * rate)) / rate
        swell = np.minimum(1.0, t / 0.012) * np.exp(-4.5 * t / long) * np.minimum(1.0, (long - t) / 0.03)
        tone = np.sin(2 * np.pi * pitch * t) + 0.18 * np.sin(4 * np.pi * pitch * t)
        at = round(start * rate)
        total[at : at + len(t)] += loud * swell * tone
    samples = (total / max(1.0, float(np.abs(total).max())) * LOUD * 32_767).astype(np.int16)
    return np.repeat(samples[:, None], 2, axis=1)


def public(log: Sequence[Entry]) -> list[Entry]:
    """What everybody can hear, whoever's log it is."""
    return [e for e in log if e.kind in OF]


def heard(entries: Sequence[Entry]) -> str:
    """The sound for what has just happened, "" for none."""
    names = {OF[e.kind] for e in public(entries)}
    return next((name for name in RANK if name in names), "")


class Sounds:
    """Plays by name while `on`. `works`: None before the first sound, then whether there is a device."""

    def __init__(self, on: bool = False):
        self.on = on
        self.works: bool | None = None
        self._made: dict[str, pygame.mixer.Sound] = {}

    def play(self, name: str) -> None:
        """Play a sound of NOTES; does nothing for "", while off, and where there is no device."""
        if not self.on or not name or self.works is False:
            return
        try:
            if self.works is None:
                self._open()
            if name not in self._made:
                self._made[name] = pygame.mixer.Sound(buffer=wave(name, pygame.mixer.get_init()[0]).tobytes())
            self._made[name].play()
        except (pygame.error, NotImplementedError, TypeError):  # no device, no mixer in this build, or it was unplugged
            self.works = False

    def _open(self) -> None:
        if pygame.mixer.get_init() is None:
            pygame.mixer.init(RATE, -16, 2, 1024)
        # another program part may have opened it in another form, which these samples do not fit
        self.works = pygame.mixer.get_init()[1:] == (-16, 2)

    def close(self) -> None:
        """Give the device back."""
        self._made.clear()
        if self.works:
            pygame.mixer.quit()
        self.works = None
