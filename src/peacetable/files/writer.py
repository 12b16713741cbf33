"""A Scenario as a folder of YAML files that reads back to the same document: written, or its files carried over."""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ..errors import ScenarioError
from ..scenario import Scenario
from .folder import Target, variants
from .names import reserved
from .nodes import scalar
from .reading import load

_LAST = ("reason", "sources", "note")
_WIDTH = 110
_LINE = 90  # characters of what may stand in one line in braces or brackets


class _Block(dict):
    """A mapping with a line for each of its entries, however short."""


class _Dumper(yaml.SafeDumper):
    """Quotes whatever the strict reader would not take as text, and puts small mappings and lists on one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        node = super().represent_mapping(tag, mapping, flow_style)
        if flow_style is None:
            node.flow_style = _length(node) <= _LINE
        return node

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        node = super().represent_sequence(tag, sequence, flow_style)
        node.flow_style = _length(node) <= _LINE
        return node


def _length(node: yaml.Node) -> float:
    """Characters that the node takes on one line, about; endless where it holds more than scalars and lists of them."""
    if isinstance(node, yaml.ScalarNode):
        return len(node.value) + 2 if node.style != ">" else math.inf
    inside = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
    deep = any(part.flow_style is False or isinstance(part, yaml.MappingNode) for part in inside if _is_many(part))
    return math.inf if deep else sum(map(_length, inside)) + 2


def _is_many(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))


def _style(text: str) -> str | None:
    """Plain where that reads back as this text, long texts over several lines, all others in double quotes."""
    if not text or text == "<<" or not all(c.isprintable() or c == "\n" for c in text):
        return '"'
    if scalar(text) != (text, None):
        return '"'
    return ">" if len(text) > _LINE and " ".join(text.split()) == text else None


def _number(dumper: yaml.SafeDumper, number: float) -> yaml.Node:
    if number.is_integer() and abs(number) < 1e15:
        return dumper.represent_int(int(number))
    return dumper.represent_float(number)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(float, _number)
_Dumper.add_representer(_Block, lambda dumper, block: dumper.represent_mapping("tag:yaml.org,2002:map", block, False))


def write_scenario(scenario: Scenario, folder: str | Path) -> Path:
    """Write the scenario's files into `folder` (made if missing) and return it.

    The folder's name becomes the scenario's id, and a variant is written out as a scenario of its own; otherwise the
    document that loads back equals `scenario.document`. Raises ScenarioError where the name cannot be an id, a
    file is in the way, or nothing can be written there.
    """
    folder = Path(folder)
    _name(folder)
    _write(folder, {file: _yaml(data).encode("utf-8") for file, data in _parts(scenario, folder).items()})
    return folder


def copy_scenario(scenario: Scenario, source: Target, folder: str | Path) -> list[str]:
    """Carry the files that `scenario` was read from over to `folder` (made if missing) as they stand there: comments,
    short forms, README and variants included. Only the id changes, to the new folder's name.

    A scenario with variants merged in becomes one of its own: the files that they change are written anew, all others
    carried over, and so are the other variants as far as they still fit. Returns what could not be kept, as sentences.
    Raises ScenarioError as `write_scenario` does.
    """
    folder = Path(folder)
    name = _name(folder)
    files, lost = _contents(source.folder)
    if source.variant:
        lost += _merge_in(scenario, source, folder, files)
    if isinstance(files["scenario.yaml"], Path):
        text = _with_id(files["scenario.yaml"].read_bytes().decode("utf-8"), name)
        if text is None:
            text = _yaml(_parts(scenario, folder)["scenario.yaml"])
            lost.append("comments and line breaks in scenario.yaml, where other texts repeat its id by an alias")
        files["scenario.yaml"] = text.encode("utf-8")
    _write(folder, files)
    return lost + (_unfit(source, folder) if source.variant else [])


def _name(folder: Path) -> str:
    """The folder's name, which becomes the scenario's id. Raises ScenarioError where it cannot."""
    name = folder.resolve().name
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,59}", name) or reserved(name):
        raise ScenarioError(
            f'A scenario cannot be written to "{folder}": the folder\'s name becomes its id, so it may hold only '
            "lower case letters, digits, - and _, and Windows must take it. Choose another name."
        )
    return name


def _parts(scenario: Scenario, folder: Path) -> dict[str, dict]:
    """File by file what stands in the scenario's document, with the folder's name as id."""
    document = scenario.document
    facts = {**document["scenario"], "id": _name(folder)}
    if "glossary" in facts:
        facts["glossary"] = _Block(facts["glossary"])
    parties = {f"parties/{party}.yaml": data for party, data in document["parties"].items()}
    return {"scenario.yaml": facts, "sources.yaml": document["sources"], **parties}


def _write(folder: Path, files: Mapping[str, bytes | Path]) -> None:
    """Write or copy the files {path below `folder`: content, or the file that holds it}. Raises ScenarioError."""
    try:
        there = _contents(folder)[0] if folder.is_dir() else {}
        taken = [file for file in there if file in files or file.endswith(".yaml")]
        if taken:
            raise ScenarioError(f"{folder / taken[0]} is there already and is left as it is. Choose an empty folder.")
        for file, content in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Path):
                shutil.copyfile(content, folder / file)
            else:
                (folder / file).write_bytes(content)
    except OSError as error:
        raise ScenarioError(f"Nothing can be written to {folder}: {error.strerror} ({error.filename}).") from error


def _contents(source: Path) -> tuple[dict[str, bytes | Path], list[str]]:
    """The files of a scenario's folder {path below it: file}, hidden ones left out, and other folders in words."""
    found: dict[str, bytes | Path] = {}
    for folder in (source, source / "parties", source / "variants"):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.is_file() and not path.name.startswith("."):
                found[path.relative_to(source).as_posix()] = path
    inside = [p.name for p in sorted(source.iterdir()) if p.is_dir() and not p.name.startswith(".")]
    others = [name for name in inside if name not in ("parties", "variants")]
    return found, [f"the folder {name}: it is no part of a scenario" for name in others]


def _merge_in(scenario: Scenario, source: Target, folder: Path, files: dict[str, bytes | Path]) -> list[str]:
    """Put the parts that the scenario's variants change in the place of `files`; what is lost by that, as sentences."""
    parts = _parts(scenario, folder)
    try:
        before = _parts(load(source.folder), folder)
    except ScenarioError:  # only with its variants it is a scenario
        before = {file: {} for file in files if file.startswith("parties/") and file.endswith(".yaml")}
    changed = [file for file in parts if parts[file] != before.get(file)]
    for file in [file for file in before if file not in parts] + [f"variants/{v}.yaml" for v in source.variants]:
        files.pop(file, None)
    anew = [file for file in changed if file in files]
    files.update({file: _yaml(parts[file]).encode("utf-8") for file in changed})
    lost = [f"comments and line breaks in {', '.join(anew)}, which @{source.variant} changes"] if anew else []
    return [*lost, f"label and reason of @{source.variant}, which is a part of the scenario now"]


def _unfit(source: Target, folder: Path) -> list[str]:
    """Leave out the variants that fitted the scenario before its variants were merged in, and do not any more."""
    lost = []
    for name in variants(folder):
        try:
            load(f"{folder}@{name}")
        except ScenarioError:
            (folder / "variants" / f"{name}.yaml").unlink()
            lost.append(f"the variant {name}: it does not fit where @{source.variant} is part of the scenario")
    return lost


def _with_id(text: str, name: str) -> str | None:
    """The text of scenario.yaml with another id; None where the id is tied to other texts (& and *)."""
    top: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    key, value = next(pair for pair in top.value if pair[0].value == "id")
    start, end = value.start_mark.index, value.end_mark.index
    if start < key.end_mark.index or text[start] == "&":
        return None
    quote = text[start] if text[start] in "'\"" else "" if _style(name) is None else '"'
    return f"{text[:start]}{quote}{name}{quote}{text[end:]}"


def _yaml(data: Any) -> str:
    return yaml.dump(
        _tidy(data), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=None
    )


def _tidy(value: Any) -> Any:
    """With reason, sources and note at the end of each mapping."""
    if isinstance(value, dict) and not isinstance(value, _Block):
        kept = {k: _tidy(v) for k, v in value.items()}
        return {**{k: v for k, v in kept.items() if k not in _LAST}, **{k: kept[k] for k in _LAST if k in kept}}
    return [_tidy(item) for item in value] if isinstance(value, list) else value
