"""The protocols under which talks can be held: an explicit list."""

from __future__ import annotations

from . import alternating, single_text
from .protocol import Protocol

PROTOCOLS: dict[str, Protocol] = {module.NAME: module for module in (alternating, single_text)}  # type: ignore[misc]
