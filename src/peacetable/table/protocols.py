"""The protocols under which talks can be held: an explicit list."""

from __future__ import annotations

from . import alternating, single_text
from .protocol import Protocol

PROTOCOLS: dict[str, Protocol] = {module.NAME: module for module in (alternating, single_text)}
USUAL = alternating.NAME  # of a scenario that names none


def using(setting: str) -> list[str]:
    """The names of the protocols that use a setting which another may not."""
    return [name for name, protocol in PROTOCOLS.items() if setting in protocol.SETTINGS]
