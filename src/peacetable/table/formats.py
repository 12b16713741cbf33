"""What files say of how they are written, and the steps that bring those of an earlier release up to date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..errors import PeacetableError


def upgraded(told: Any, kind: str, steps: Sequence[Callable], *parts: Any) -> None:
    """Bring `parts`, changed in place, from the format `told` ("kind/number") to the newest, which is one more than
    there are `steps`; step n leads from number n + 1 to the next. Raises PeacetableError for a format from later on,
    ValueError for one of another kind.
    """
    name, _, number = str(told).partition("/")
    if name != kind or not number.isdecimal() or int(number) < 1:
        raise ValueError(f"{told!r} is no format of {kind}")
    newest = len(steps) + 1
    if int(number) > newest:
        raise PeacetableError(f"It is written as {told}; this version of peacetable reads up to {kind}/{newest}.")
    for step in steps[int(number) - 1 :]:
        step(*parts)
