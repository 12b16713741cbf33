"""The screens of the game, one file each."""

from .base import (
    Act,
    Begin,
    Change,
    Frame,
    Go,
    Lift,
    Look,
    Order,
    Quit,
    Replay,
    Resume,
    Reveal,
    Rewind,
    Screen,
    Sit,
)
from .briefing import BriefingScreen
from .browse import BrowseScreen
from .curtain import CurtainScreen
from .debrief import DebriefScreen
from .history import HistoryScreen
from .map import MapScreen, mappable
from .pause import PauseScreen
from .settings import SettingsScreen
from .sides import SidesScreen
from .table import TableScreen
from .talk import TalkScreen
from .title import TitleScreen

__all__ = [
    "Act",
    "Begin",
    "BriefingScreen",
    "BrowseScreen",
    "Change",
    "CurtainScreen",
    "DebriefScreen",
    "Frame",
    "Go",
    "HistoryScreen",
    "Lift",
    "Look",
    "MapScreen",
    "Order",
    "PauseScreen",
    "Quit",
    "Replay",
    "Resume",
    "Reveal",
    "Rewind",
    "Screen",
    "SettingsScreen",
    "SidesScreen",
    "Sit",
    "TableScreen",
    "TalkScreen",
    "TitleScreen",
    "mappable",
]
