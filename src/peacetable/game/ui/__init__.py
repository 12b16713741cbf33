"""The project's own small widget kit."""

from .base import Action, Widget, walk
from .chart import Chart, Key, PlaneChart
from .controls import Button, Tabs
from .dialog import Dialog, Tooltip
from .flags import flag_width
from .glossary import Glossed, explain, gloss, tip_with
from .label import Label, Note
from .layout import Column, columns, cut_bottom, cut_left, cut_right, cut_top
from .levels import Option, Segmented
from .mapview import MapView
from .matrix import Cell, Heading, Matrix
from .meter import Bar, Clock
from .moving import Gliding, Lighting, Moving
from .panels import Card, Flag, Panel, Rule, ScrollArea, Sign, Stripe
from .rangebar import RangeBar
from .stage import Stage
from .timeline import Timeline
from .toggle import NumberField, Toggle, flow

__all__ = [
    "Action",
    "Bar",
    "Button",
    "Card",
    "Cell",
    "Chart",
    "Clock",
    "Column",
    "Dialog",
    "Flag",
    "Gliding",
    "Glossed",
    "Heading",
    "Key",
    "Label",
    "Lighting",
    "MapView",
    "Matrix",
    "Moving",
    "Note",
    "NumberField",
    "Option",
    "Panel",
    "PlaneChart",
    "RangeBar",
    "Rule",
    "ScrollArea",
    "Segmented",
    "Sign",
    "Stage",
    "Stripe",
    "Tabs",
    "Timeline",
    "Toggle",
    "Tooltip",
    "Widget",
    "columns",
    "cut_bottom",
    "cut_left",
    "cut_right",
    "cut_top",
    "explain",
    "flag_width",
    "flow",
    "gloss",
    "tip_with",
    "walk",
]
