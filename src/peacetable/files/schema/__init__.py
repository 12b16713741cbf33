"""Every key of every kind of scenario file: its type, its bounds, and what it means.

The descriptions are the reference that people read: `docs/configuring.md` is made from them.
"""

from .folder import Changes, Folder, SourceEntry, SourcesFile, VariantFile
from .judged import Judged, PercentJudgement, ShareJudgement, SignedJudgement
from .party import Cell, Condition, Demand, PartShape, PartyFile, StrategyShape
from .scenario import EventShape, FactShape, IssueShape, LevelShape, Prior, ProtocolShape, RuleShape, ScenarioFile
from .shape import Shape, complete, written
from .vocabulary import (
    EVERYBODY,
    ID,
    MAX_LEVELS,
    CellStance,
    Day,
    FileId,
    Id,
    Levels,
    PartyId,
    ProtocolName,
    RoughDate,
    SourceId,
    StanceName,
    leading_date,
)

__all__ = [
    "Cell",
    "CellStance",
    "Changes",
    "Condition",
    "Day",
    "Demand",
    "EVERYBODY",
    "EventShape",
    "FactShape",
    "FileId",
    "Folder",
    "ID",
    "Id",
    "IssueShape",
    "Judged",
    "LevelShape",
    "Levels",
    "MAX_LEVELS",
    "PartShape",
    "PartyFile",
    "PartyId",
    "PercentJudgement",
    "Prior",
    "ProtocolShape",
    "ProtocolName",
    "RoughDate",
    "RuleShape",
    "ScenarioFile",
    "Shape",
    "ShareJudgement",
    "SignedJudgement",
    "SourceEntry",
    "SourceId",
    "SourcesFile",
    "StanceName",
    "StrategyShape",
    "VariantFile",
    "complete",
    "leading_date",
    "written",
]
