"""What a variant or a setting changes, merged into what the files say, by the shapes of `schema`.

Mappings are merged key by key and lists whose entries have an `id` entry by entry; null removes; anything else
replaces what was there, also `forbid`, `when` and `refuses`, which are one condition each. Where a file has the short
form of a mapping (`reservation: 0.4`), a change to one of its keys finds the mapping that it stands for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, get_args, get_origin

from .nodes import Node, parse
from .problems import SETTING, Place, Problems, nearest, quoted, suggestion
from .schema import Folder, PartShape, ScenarioFile, Shape
from .sentences import bare, under

FILES = ("scenario", "parties", "sources")  # what the tree of a scenario has at its top
WHOLE = ("forbid", "when", "refuses")


def merge(base: Node | None, change: Node, problems: Problems, kind: Any = Folder) -> Node:
    """`change` merged into `base`, both of the kind (an annotation of `schema`)."""
    kind = bare(kind)
    if has_ids(kind) and (base is None or isinstance(base.value, list)):
        return _merged_list(base or Node(change.place, []), change, problems, kind)
    if not change.is_map:
        return change
    base = _opened(base, change, kind)
    values, keys = dict(base.value), dict(base.keys)
    for name, node in change.value.items():
        if node.value is None:
            if values.pop(name, None) is None:
                _nothing_to_remove(name, values, change.keys[name], problems)
            keys.pop(name, None)
        else:
            both_maps = name in values and values[name].is_map and node.is_map
            old = None if name in WHOLE else values.get(name)
            values[name] = merge(old, node, problems, under(kind, name))
            if not both_maps:
                keys[name] = change.keys[name]
    return Node(base.place, values, keys)


def has_ids(kind: Any) -> bool:
    """Whether it is a list whose entries have an id."""
    entry = bare(get_args(kind)[0]) if get_origin(kind) is list else None
    return isinstance(entry, type) and issubclass(entry, Shape) and "id" in entry.model_fields


def _opened(base: Node | None, change: Node, kind: Any) -> Node:
    """The mapping that `change` goes into: that of a short form; an empty one where a component is named anew."""
    short = kind.short_form if isinstance(kind, type) and issubclass(kind, Shape) else ""
    if base is not None and short and not isinstance(base.value, dict | list | None):
        base = Node(base.place, {short: base}, {short: base.place})
    if base is None or not base.is_map:
        return Node(change.place, {}, {})
    if kind is PartShape and "name" in change.value:
        return Node(base.place, {}, {})
    return base


def _nothing_to_remove(name: str, there: Iterable[str], place: Place, problems: Problems) -> None:
    near = nearest(name, there)
    remedy = f'did you mean "{near}"?' if near else "check the name or drop the line"
    problems.add("W11", place, f'null removes "{name}", but there is none', remedy)


def _merged_list(base: Node, change: Node, problems: Problems, kind: Any) -> Node:
    """A list with ids, and a change that is such a list or a mapping from ids."""
    changes, there = _by_id(change), _by_id(base)
    if changes is None or there is None:
        return change
    entries, order, before = dict(there), list(there), ""
    for name, (place, node) in changes.items():
        if node.value is None:
            if entries.pop(name, None) is None:
                _nothing_to_remove(name, there, place, problems)
            else:
                order.remove(name)
            continue
        if name in entries:
            entries[name] = (entries[name][0], merge(entries[name][1], node, problems, get_args(kind)[0]))
        elif _goes_deeper(node) and (near := nearest(name, there)):
            problems.add("E10", place, f"there is no {quoted(name)} to set", f'did you mean "{near}"?')
            continue
        else:
            entries[name] = (place, merge(None, _named(node, name, place), problems, get_args(kind)[0]))
            order.insert(order.index(before) + 1 if before in order else len(order), name)
        before = name
    if change.value and not change.is_map and set(changes) >= set(order):
        order = [name for name in changes if name in entries]  # who lists them all says the order
    return Node(base.place, [entries[name][1] for name in order])


def _goes_deeper(node: Node) -> bool:
    """Whether it is what the path of a setting leads through: nobody adds an entry that way, but misspells one."""
    before, equals, _ = node.place.file.partition("=")
    return before.startswith(SETTING) and bool(equals) and node.place.column <= len(before)


def _by_id(node: Node) -> dict[str, tuple[Place, Node]] | None:
    """Entry id -> where it is named, and the entry (null: it is removed); None if this is not a list of entries."""
    if node.is_map:
        return {name: (node.keys[name], entry) for name, entry in node.value.items()}
    if not isinstance(node.value, list):
        return None
    found: dict[str, tuple[Place, Node]] = {}
    for entry in node.value:
        name = entry.get(("id",))
        if name is not None and isinstance(name.value, str):
            named = {name.value: (entry.place, entry)}
        elif entry.is_map and entry.value and all(item.value is None for item in entry.value.values()):
            named = {removed: (entry.keys[removed], item) for removed, item in entry.value.items()}
        else:
            return None
        if named.keys() & found:
            return None
        found |= named
    return found


def _named(node: Node, name: str, place: Place) -> Node:
    """The entry with its id, where a mapping from ids gave it."""
    if not node.is_map or "id" in node.value:
        return node
    return Node(node.place, {"id": Node(place, name), **node.value}, {"id": place, **node.keys})


# -- settings ----------------------------------------------------------------------------------------------------------


def setting(text: str, parties: Sequence[str], problems: Problems) -> Node | None:
    """`PATH=VALUE` as a change to the folder's files, or None with a problem added.

    PATH leads through keys and ids, joined by points: `ukraine.salience.air_cover`, `protocol.rounds`,
    `events.storm.probability`; it begins with a party or with a key of scenario.yaml, else with scenario, parties or
    sources. VALUE is YAML.
    """
    shown = f"{SETTING}{text}"
    path, equals, written = text.partition("=")
    words = path.strip().split(".")
    if not equals or not all(words):
        message = f"{quoted(text)} is not a setting"
        problems.add("E03", Place(shown), message, "write PATH=VALUE, such as protocol.rounds=12")
        return None
    column = len(SETTING) + text.index(words[0]) + 1
    places = []
    for word in words:
        places.append(Place(shown, 1, column))
        column += len(word) + 1
    if words[0] not in FILES or words == ["parties"]:  # alone it is the list in scenario.yaml
        part = "parties" if words[0] in parties else "scenario" if words[0] in ScenarioFile.model_fields else ""
        if not part:
            remedy = suggestion(words[0], [*parties, *ScenarioFile.model_fields, *FILES])
            problems.add("E10", places[0], f"there is no party or key {quoted(words[0])} to set", remedy)
            return None
        words, places = [part, *words], [places[0], *places]
    node = _value(written, Place(shown, 1, len(SETTING) + len(path) + 2), problems)
    for word, place in zip(reversed(words), reversed(places), strict=True):
        node = node and Node(place, {word: node}, {word: place})
    return node


def _value(written: str, place: Place, problems: Problems) -> Node | None:
    if written.strip() in ("null", "~"):
        return Node(place, None)
    if not written.strip():
        problems.add("E03", place, "there is no value after =", "write one, or null to remove what is there")
        return None
    return parse(written, place.file, problems, place.column - 1)
