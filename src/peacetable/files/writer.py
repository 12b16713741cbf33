"""A Scenario as a folder of YAML files that reads back to the same document."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from ..errors import ScenarioError
from ..scenario import Scenario
from .names import reserved
from .nodes import scalar

_LAST = ("reason", "sources", "note")


class _Dumper(yaml.SafeDumper):
    """Quotes whatever the strict reader would not take as text, and puts small mappings on one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    is_text = bool(text) and scalar(text) == (text, None) and all(c.isprintable() or c == "\n" for c in text)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_text and text != "<<" else '"')


_Dumper.add_representer(str, _text)


def write_scenario(scenario: Scenario, folder: str | Path) -> Path:
    """Write the scenario's files into `folder` (made if missing) and return it.

    The folder's name becomes the scenario's id, and a variant is written out as a scenario of its own; otherwise the
    document that loads back equals `scenario.document`. Raises ScenarioError where the name cannot be an id, a
    file is in the way, or nothing can be written there.
    """
    folder = Path(folder)
    name = folder.resolve().name
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,59}", name) or reserved(name):
        raise ScenarioError(
            f'A scenario cannot be written to "{folder}": the folder\'s name becomes its id, so it may hold only '
            "lower case letters, digits, - and _, and Windows must take it. Choose another name."
        )
    document = scenario.document
    files = {"scenario.yaml": {**document["scenario"], "id": name}, "sources.yaml": document["sources"]}
    files |= {f"parties/{party}.yaml": data for party, data in document["parties"].items()}
    try:
        (folder / "parties").mkdir(parents=True, exist_ok=True)
        taken = [file for file in files if (folder / file).exists()]
        if taken:
            raise ScenarioError(f"{folder / taken[0]} is there already and is left as it is. Choose an empty folder.")
        for file, data in files.items():
            (folder / file).write_text(_yaml(data), encoding="utf-8", newline="\n")
    except OSError as error:
        raise ScenarioError(f"Nothing can be written to {folder}: {error.strerror}.") from error
    return folder


def _yaml(data: Any) -> str:
    return yaml.dump(
        _tidy(data), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None
    )


def _tidy(value: Any) -> Any:
    """With reason, sources and note at the end of each mapping."""
    if isinstance(value, dict):
        kept = {k: _tidy(v) for k, v in value.items()}
        return {**{k: v for k, v in kept.items() if k not in _LAST}, **{k: kept[k] for k in _LAST if k in kept}}
    return [_tidy(item) for item in value] if isinstance(value, list) else value
