"""The screens of the game, one file each."""

from .base import (
    Answer,
    Ask,
    Begin,
    Change,
    Frame,
    Go,
    Lift,
    Look,
    Order,
    Propose,
    Quit,
    Replay,
    Resume,
    Reveal,
    Rewind,
    Screen,
    Sign,
    Sit,
    Stand,
    Vote,
    WalkOut,
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
    "Answer",
    "Ask",
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
    "Propose",
    "Quit",
    "Replay",
    "Resume",
    "Reveal",
    "Rewind",
    "Screen",
    "SettingsScreen",
    "SidesScreen",
    "Sign",
    "Sit",
    "Stand",
    "TableScreen",
    "TalkScreen",
    "TitleScreen",
    "Vote",
    "WalkOut",
    "mappable",
]
