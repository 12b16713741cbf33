"""The screens of the game, one file each."""

from .base import Accept, Frame, Go, Order, Propose, Quit, Screen, Sit, WalkOut
from .briefing import BriefingScreen
from .debrief import DebriefScreen
from .sides import SidesScreen
from .table import TableScreen

__all__ = [
    "Accept",
    "BriefingScreen",
    "DebriefScreen",
    "Frame",
    "Go",
    "Order",
    "Propose",
    "Quit",
    "Screen",
    "SidesScreen",
    "Sit",
    "TableScreen",
    "WalkOut",
]
