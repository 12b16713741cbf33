"""The window of the system: whether there is a screen to open it on, and how large it may be."""

from __future__ import annotations

import os

import pygame

from ..words.catalogue import Catalogue

window_error = pygame.error  # what App raises where no window can be opened
UNSEEN = ("offscreen", "dummy")  # drivers that SDL falls back to without a screen: nobody would see the window


def fitting(size: tuple[int, int]) -> tuple[int, int]:
    """The size, or as much of it as the screen has beside bars and a title."""
    if pygame.display.get_driver() == "dummy":
        return size
    wide, high = pygame.display.get_desktop_sizes()[0]
    return min(size[0], wide), min(size[1], max(high - 70, 400))


def open_display(t: Catalogue) -> None:
    """Raises window_error where there is no screen, also if the driver would do without one."""
    asked = os.environ.get("SDL_VIDEODRIVER")
    if asked == "":  # said to be any, but taken for the name of a driver
        del os.environ["SDL_VIDEODRIVER"]
    pygame.display.init()
    if pygame.display.get_driver() in UNSEEN and not asked:
        pygame.display.quit()
        raise window_error(t("window.unseen"))
