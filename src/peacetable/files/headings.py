"""What a scenario is called and how large it is, without checking it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .folder import scenario_folders, variants
from .nodes import Node, read
from .problems import Problems


@dataclass(frozen=True)
class Heading:
    """`title` and the labels of the `variants` {name: label} as written, "" where a file cannot be read; how many
    parties, issues and packages (rules not considered) there are."""

    folder: Path
    title: str
    parties: int
    issues: int
    packages: int
    variants: dict[str, str]


def headings(top: Path) -> list[Heading]:
    """The scenarios at and below the folder `top`, in the order of their folders."""
    return [_heading(folder) for folder in scenario_folders(top)]


def _heading(folder: Path) -> Heading:
    facts = _plain(folder / "scenario.yaml")
    issues = [len(_listed(issue, "levels")) for issue in _listed(facts, "issues")]
    labels = {name: _text(_plain(folder / "variants" / f"{name}.yaml"), "label") for name in variants(folder)}
    sizes = (len(_listed(facts, "parties")), len(issues), math.prod(issues) if issues else 0)
    return Heading(folder, _text(facts, "title"), *sizes, labels)


def _plain(path: Path) -> Any:
    node: Node | None = read(path, str(path), Problems())
    return None if node is None else node.plain()


def _listed(data: Any, key: str) -> list:
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, list) else []


def _text(data: Any, key: str) -> str:
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, str) else ""
