"""peacetable: five delegations negotiate a package of security guarantees.

`load` reads a scenario, `Negotiation` is the Mesa model of one or many tables. Both are imported when first used, so
`import peacetable` costs next to nothing.

>>> import peacetable
>>> model = peacetable.Negotiation(peacetable.load("white-house-2025"), seed=7)
>>> model.run()
"""

from __future__ import annotations

from importlib import import_module

from .version import __version__

TYPE_CHECKING = False  # as in `typing`, which would take longer to import than all the rest
if TYPE_CHECKING:
    from typing import Any

    from .abm.model import Negotiation
    from .files import load

STOPPED = "Stopped before the end, as you asked."  # here, so that Ctrl-C during all further imports can be told
__all__ = ["Negotiation", "__version__", "load"]

_LAZY = {"load": "peacetable.files", "Negotiation": "peacetable.abm.model"}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'peacetable' has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
