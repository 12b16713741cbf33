"""YAML text to plain values that know where they were written.

Stricter than YAML 1.1 on purpose: what a person and a YAML reader could understand differently (yes, 1:30, 010,
2025-08-20 without quotes, the same key twice) is a problem with a remedy, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .problems import Place, Problems, quoted

MAX_BYTES = 5_000_000
MAX_NODES = 200_000
MAX_DEPTH = 40
MAX_NUMBER = 1e12
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_UNPRINTABLE = re.compile("[^\x09\x0a\x0d\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # a terminal may take such as orders
_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)([eE][-+]?[0-9]+)?\Z")
_TRAPS = (
    (re.compile(r"(yes|Yes|YES|on|On|ON)\Z"), "as the truth value true", "true"),
    (re.compile(r"(no|No|NO|off|Off|OFF)\Z"), "as the truth value false", "false"),
    (re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?\Z"), "as a number to the base 60", ""),
    (re.compile(r"[-+]?0[0-9_]+\Z"), "as an octal number by some readers", "the number without the leading zero"),
    (re.compile(r"[-+]?0[xob][0-9a-fA-F_]+\Z"), "as a hexadecimal, octal or binary number", "a decimal number"),
    (re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?\Z"), "as a number, without the _", "the number without _"),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?\Z", re.S), "as a date object", ""),
    (re.compile(r"[-+]?\.(inf|Inf|INF|nan|NaN|NAN)\Z"), "as infinity or not-a-number", "a finite number"),
)
_SYNTAX = (  # part of libyaml's or PyYAML's words: ours, remedy
    (
        "mapping values are not allowed",
        "a colon followed by a space stands where YAML allows none",
        "put the text in quotes, or check the indentation",
    ),
    ("unexpected end of stream", "a quotation mark is opened here and never closed", "close it"),
    (
        "',' or ']'",
        "a list in brackets begins here and is not closed, or a comma is missing",
        "check commas and the closing ]",
    ),
    (
        "',' or '}'",
        "a mapping in braces begins here and is not closed, or a comma is missing",
        "check commas and the closing }",
    ),
    ("expected ':'", 'a "name: value" was expected here', "write a colon and a space after the name"),
    ("expected key", "the indentation or a quotation mark before this does not fit", "check both, here and above"),
    ("block end", "the indentation or a quotation mark before this does not fit", "check both, here and above"),
    ("'-' indicator", "the indentation does not fit the lines above", "indent entries of one list equally"),
    ("sequence entries are not allowed", "a list entry (-) stands where YAML allows none", "check the indentation"),
    ("cannot start any token", "this character cannot stand at the start of a value", "put the text in quotes"),
    ("node content", "a value is missing here, or a bracket before it is not closed", "write it, or close the bracket"),
    ("undefined alias", "an alias (*) refers to an anchor that is not defined", "write the content out"),
    ("nesting depth", f"the nesting is deeper than {MAX_DEPTH} levels", "flatten it"),  # since PyYAML 6.0.4
    ("escape", "a backslash in double quotes starts an unknown escape", "use single quotes, or write \\\\"),
)


@dataclass(slots=True)
class Node:
    """A value with its place: a scalar, a list of nodes, or a mapping of nodes with the places of its keys."""

    place: Place
    value: Any
    keys: dict[str, Place] = field(default_factory=dict)
    size: int = 1

    @property
    def is_map(self) -> bool:
        return isinstance(self.value, dict)

    def plain(self) -> Any:
        """The value as plain data."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def at(self, path: tuple) -> Place:
        """Where `path` is written, or the nearest thing around it that is. A mapping or list stands at its key."""
        node, place = self, self.place
        for step in path:
            if isinstance(node.value, dict) and step in node.value:
                key, node = node.keys.get(step, node.place), node.value[step]
                place = key if isinstance(node.value, dict | list) else node.place
            elif isinstance(node.value, dict) and step == 0:
                continue  # a single entry that stands without its list
            elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                place = node.place
            else:
                break
        return place

    def key_at(self, path: tuple) -> Place:
        """Where the last key of `path` is written."""
        node = self.get(path[:-1])
        if node is not None and path[-1] in node.keys:
            return node.keys[path[-1]]
        return self.at(path)

    def get(self, path: tuple) -> Node | None:
        """The node at `path`, if there is one."""
        node = self
        for step in path:
            if isinstance(node.value, dict) and step == 0:
                continue  # as in `at`
            try:
                node = node.value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return node if isinstance(node, Node) else None


def from_plain(value: Any, place: Place, depth: int = 0) -> Node:
    """Plain data (as from JSON) as nodes that all stand at one place. Raises ValueError where it is no such data."""
    if depth > MAX_DEPTH:
        raise ValueError("it is nested too deeply")
    if isinstance(value, dict):
        items = {str(k): from_plain(v, place, depth + 1) for k, v in value.items()}
        return Node(place, items, dict.fromkeys(items, place))
    if isinstance(value, list | tuple):
        return Node(place, [from_plain(v, place, depth + 1) for v in value])
    if value is None or isinstance(value, str | int | float | bool):
        return Node(place, value)
    raise ValueError(f"it holds a value of type {type(value).__name__}")


def scalar(text: str) -> tuple[Any, tuple[str, str] | None]:
    """What unquoted `text` means, and (reading, replacement) if it is a trap (its value is then the text)."""
    if text in _NULLS:
        return None, None
    if text in _BOOLS:
        return _BOOLS[text], None
    if text[0] not in "+-.0123456789yYnNoO":
        return text, None
    for pattern, reading, instead in _TRAPS:
        if pattern.match(text):
            return text, (reading, instead)
    if _INT.match(text) or _FLOAT.match(text):
        number = float(text)
        if abs(number) > MAX_NUMBER:
            return text, (f"as a number beyond {MAX_NUMBER:g}", "a smaller number")
        return (int(text) if _INT.match(text) else number), None
    return text, None


def read(path: Path, shown: str, problems: Problems) -> Node | None:
    """The one YAML document in a file, or None with at least one problem added."""
    text = _text(path, shown, problems)
    return None if text is None else parse(text, shown, problems)


def parse(text: str, shown: str, problems: Problems, indent: int = 0) -> Node | None:
    """The one YAML document in `text`, whose first line begins `indent` columns to the right, or None with at least
    one problem added."""
    try:
        return _Builder(text, shown, problems, indent).document()
    except _Stop:
        return None
    except yaml.YAMLError as error:
        _syntax_problem(error, text, shown, problems, indent)
        return None


def _text(path: Path, shown: str, problems: Problems) -> str | None:
    start = Place(shown)
    try:
        if not path.is_file():
            problems.add("E02", start, f"{shown} is not a file", "put a YAML file in its place")
            return None
        size = path.stat().st_size
        if size > MAX_BYTES:
            problems.add("E02", start, f"the file has {size:,} bytes, more than {MAX_BYTES:,}", "shorten it")
            return None
        data = path.read_bytes()
    except OSError as error:
        problems.add("E02", start, f"the file cannot be read: {error.strerror or error}", "check its permissions")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        where = _place(before, len(before), shown)
        problems.add("E02", where, f"byte {data[error.start]:#04x} is not UTF-8", "save the file in the encoding UTF-8")
        return None
    bad = _UNPRINTABLE.search(text)
    if bad:
        where = _place(text, bad.start(), shown)
        problems.add("E02", where, f"the file holds the control character U+{ord(bad[0]):04X}", "delete it")
        return None
    return text


def _place(text: str, index: int, shown: str) -> Place:
    line_start = text.rfind("\n", 0, index) + 1
    return Place(shown, text.count("\n", 0, index) + 1, index - line_start + 1)


def _mark(text: str, shown: str, line: int, column: int, indent: int) -> Place:
    """Where a parser's mark (from 0) lies; past the last line is its end."""
    lines = text.rstrip().split("\n")
    if line >= len(lines):
        line, column = len(lines) - 1, len(lines[-1])
    return Place(shown, line + 1, column + 1 + (0 if line else indent))


def _syntax_problem(error: yaml.YAMLError, text: str, shown: str, problems: Problems, indent: int) -> None:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    words = str(getattr(error, "problem", None) or error)
    line, column = (mark.line, mark.column) if mark else (0, 0)
    rows = text.split("\n")
    written = rows[line] if line < len(rows) else ""
    blank = written[: len(written) - len(written.lstrip())]
    if "\t" in blank or written[column : column + 1] == "\t":
        column = blank.find("\t") if "\t" in blank else column
        message, remedy = "a tab is used for indentation, and YAML allows spaces only", "replace the tab by spaces"
    else:
        found = next(((m, r) for part, m, r in _SYNTAX if part in words), None)
        message, remedy = found or (f"this is not valid YAML: {words}", "check quotes, colons and indentation")
        opened = getattr(error, "context_mark", None)
        if opened and any(part in words for part in ("end of stream", "',' or ']'", "',' or '}'")):
            line, column = opened.line, opened.column
    problems.add("E03", _mark(text, shown, line, column, indent), message, remedy)


class _Stop(Exception):
    """The file cannot be read any further; the problem is already noted."""


class _Builder:
    """Builds nodes from parser events, so that depth and number of nodes stay bounded."""

    def __init__(self, text: str, shown: str, problems: Problems, indent: int):
        self.events: Iterator = iter(yaml.parse(text, Loader=LOADER))
        self.shown, self.problems, self.indent = shown, problems, indent
        self.lines = text.rstrip().count("\n") + 1
        self.end = _mark(text, shown, self.lines, 0, indent)
        self.anchors: dict[str, Node | None] = {}
        self.count = 0

    def document(self) -> Node:
        next(self.events)  # stream start
        if isinstance(next(self.events), yaml.StreamEndEvent):
            self.stop("E03", Place(self.shown), "the file is empty", "fill it in, or delete it")
        node = self.node(next(self.events), 0)
        next(self.events)  # document end
        more = next(self.events)
        if not isinstance(more, yaml.StreamEndEvent):
            self.stop("E03", self.place(more), "a second document begins here (---)", "keep one document per file")
        if node.value is None:
            self.stop("E03", Place(self.shown), "the file is empty", "fill it in, or delete it")
        return node

    def place(self, event: Any) -> Place:
        line, column = event.start_mark.line, event.start_mark.column
        return (
            self.end if line >= self.lines else Place(self.shown, line + 1, column + 1 + (0 if line else self.indent))
        )

    def stop(self, code: str, place: Place, message: str, remedy: str) -> None:
        self.problems.add(code, place, message, remedy)
        raise _Stop

    def grow(self, size: int, place: Place) -> None:
        self.count += size
        if self.count > MAX_NODES:
            message = f"the file unfolds to more than {MAX_NODES:,} values"
            self.stop("E03", place, message, "write fewer aliases (*), or less")

    def node(self, event: Any, depth: int) -> Node:
        place = self.place(event)
        if depth > MAX_DEPTH:
            self.stop("E03", place, f"the nesting is deeper than {MAX_DEPTH} levels", "flatten it")
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, place)
        self.grow(1, place)
        if event.tag is not None:
            self.problems.add("E03", place, f"the tag {quoted(event.tag)} is not used here", "delete the tag")
        if event.anchor:
            self.anchors[event.anchor] = None
        if isinstance(event, yaml.MappingStartEvent):
            node = self.mapping(place, depth)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = Node(place, [self.node(item, depth + 1) for item in self.until(yaml.SequenceEndEvent)])
            node.size += sum(child.size for child in node.value)
        else:
            plain = event.implicit[0] and event.style in (None, "")
            node = Node(place, self.scalar(event.value, plain, place))
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def until(self, end: type) -> Iterator:
        for event in self.events:
            if isinstance(event, end):
                return
            yield event

    def alias(self, event: Any, place: Place) -> Node:
        node = self.anchors.get(event.anchor)
        if node is None:
            what = "refers to itself" if event.anchor in self.anchors else "refers to an anchor that is not defined"
            self.stop("E03", place, f"the alias *{event.anchor} {what}", "write the content out")
            raise _Stop
        self.grow(node.size, place)
        return node

    def mapping(self, place: Place, depth: int) -> Node:
        node = Node(place, {}, {})
        for event in self.until(yaml.MappingEndEvent):
            where = self.place(event)
            key = self.node(event, MAX_DEPTH if isinstance(event, yaml.CollectionStartEvent) else depth + 1)
            value = self.node(next(self.events), depth + 1)
            node.size += value.size
            if not isinstance(key.value, str):
                written = (
                    "null" if key.value is None else "a list or mapping" if key.keys or key.size > 1 else key.value
                )
                self.problems.add("E05", where, f"the name {quoted(written)} is not text", "put it in quotes")
            elif key.value == "<<" and getattr(event, "style", None) in (None, ""):
                self.problems.add("E03", where, "merge keys (<<) are not used here", "write the entries out")
            elif key.value in node.value:
                first = node.keys[key.value]
                message = f"{quoted(key.value)} is given twice, first in line {first.line}"
                self.problems.add("E06", where, message, "keep one of them")
            else:
                node.value[key.value], node.keys[key.value] = value, where
        return node

    def scalar(self, text: str, plain: bool, place: Place) -> Any:
        if any("\ud800" <= c <= "\udfff" for c in text):
            self.problems.add("E02", place, "the text holds half of a character pair (\\ud800 to \\udfff)", "delete it")
            return ""
        if control := _CONTROL.search(text):
            message = f"the text holds the control character U+{ord(control[0]):04X}"
            self.problems.add("W22", place, f"{message}, which is left out", "delete it")
            return _CONTROL.sub("", text)
        if not plain:
            return text
        value, trap = scalar(text)
        if trap:
            reading, instead = trap
            remedy = f"quote it if text is meant: {quoted(text)}" + (f", else write {instead}" if instead else "")
            self.problems.add("E05", place, f"YAML reads {text[:40]} without quotes {reading}", remedy)
        return value
