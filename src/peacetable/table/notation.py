"""Packages as one line of text, read and written here only: `treaty_form=article5_like ground_force=none`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

import numpy as np

from ..errors import NotationError
from ..scenario import Scenario


def write(scenario: Scenario, package: np.ndarray) -> str:
    """The package (I,) in notation, every issue in the scenario's order."""
    return " ".join(f"{i.id}={i.levels[int(k)].id}" for i, k in zip(scenario.issues, package, strict=True))


def as_levels(scenario: Scenario, package: np.ndarray) -> dict[str, str]:
    """The package (I,) as {issue id: level id}."""
    return {i.id: i.levels[int(k)].id for i, k in zip(scenario.issues, package, strict=True)}


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean "x"?` where something is spelled alike, else a list of what is known."""
    words = list(known)
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    return f'did you mean "{close[0]}"?' if close else f"known: {', '.join(words)}"


def read(scenario: Scenario, text: str) -> np.ndarray:
    """The package (I,) int16 that `text` names. Raises NotationError with what is wrong and what is possible."""
    found: dict[str, int] = {}
    issues = {i.id: i for i in scenario.issues}
    for word in re.split(r"[\s,;]+", text.strip()):
        if not word:
            continue
        issue_id, equals, level_id = word.partition("=")
        if not equals:
            raise NotationError(f'Cannot read "{word}" in a package: it must look like issue=level.')
        if issue_id not in issues:
            raise NotationError(f'No issue "{issue_id}" in {scenario.name}; {nearest(issue_id, issues)}')
        if issue_id in found:
            raise NotationError(f'The package names the issue "{issue_id}" twice; keep one of them.')
        levels = [level.id for level in issues[issue_id].levels]
        if level_id not in levels:
            raise NotationError(f'No level "{level_id}" on the issue "{issue_id}"; {nearest(level_id, levels)}')
        found[issue_id] = levels.index(level_id)
    missing = [i for i in issues if i not in found]
    if missing:
        raise NotationError(f"The package says nothing on {', '.join(missing)}; name one level for every issue.")
    return np.array([found[i] for i in issues], dtype=np.int16)
