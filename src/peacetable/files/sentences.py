"""The shapes of `schema` put on what was read: what does not fit, as sentences, and what can be told all the same."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from .nodes import MAX_NUMBER, Node
from .problems import Problems, nearest, quoted
from .schema import EVERYBODY, ID, Shape, complete

Valid = TypeVar("Valid", bound=BaseModel)


def validated(
    model: type[Valid], node: Node, what: str, problems: Problems, prefix: tuple = (), stored: bool = False
) -> Valid | None:
    """The node's data in the model's shape, or None with problems added.

    `what` names the file's subject ("the party"); `prefix` is the path inside the model at which the node stands;
    `stored`: it was read once already, so that names are not looked at again.
    """
    data = node.plain()
    for step in reversed(prefix):
        data = {step: data}
    try:
        return model.model_validate(data, context={"stored": True} if stored else None)
    except ValidationError as errors:
        found = errors.errors(include_url=False)
        misspelled = {_meant(model, e["loc"]) for e in found if e["type"] == "extra_forbidden"}
        for error in found:
            if error["type"] != "missing" or error["loc"] not in misspelled:
                _report(model, node, what, error, problems, len(prefix))
        return None


def _meant(model: type[BaseModel], loc: tuple) -> tuple:
    """The path that an unknown field was probably meant to be."""
    return (*loc[:-1], nearest(str(loc[-1]), _fields(model, loc[:-1])))


def sketched(kind: Any, data: Any) -> Any:
    """Data that does not fit its shape in that shape all the same, so that the rest of it can be checked: texts and
    lists that are none are empty, numbers that are none are NaN, words that are none of those possible the first."""
    kind = bare(kind)
    if isinstance(kind, type) and issubclass(kind, Shape):
        return _sketched_mapping(kind, data)
    if get_origin(kind) is Literal:
        return data if data in get_args(kind) else get_args(kind)[0]
    if get_origin(kind) is dict:
        return {k: sketched(get_args(kind)[1], v) for k, v in data.items()} if isinstance(data, dict) else {}
    if get_origin(kind) is list:
        return [sketched(get_args(kind)[0], item) for item in data] if isinstance(data, list) else []
    if kind in (int, float):
        number = isinstance(data, int | float) and not isinstance(data, bool) and abs(data) <= MAX_NUMBER
        return data if number else math.nan
    if kind in (str, bool):
        return data if isinstance(data, kind) else kind()
    return data


def _sketched_mapping(kind: type[Shape], data: Any) -> dict:
    try:
        return complete(kind.model_validate(data))
    except ValidationError:
        pass
    if kind.short_form and data is not None and not isinstance(data, dict | list):
        data = {kind.short_form: data}
    given = data if isinstance(data, dict) else {}
    found = {}
    for name, field in kind.model_fields.items():
        if given.get(name) is not None or field.is_required():
            found[name] = sketched(field.annotation, given.get(name))
        else:
            default = field.get_default(call_default_factory=True)
            found[name] = complete(default) if isinstance(default, BaseModel) else default
    if not re.match(ID, found.get("id") or "a"):
        found["id"] = ""
    if len(found.get("range") or ()) != 2 and "range" in found:
        found["range"] = [found.get("change", found.get("value"))] * 2
    return {name: value for name, value in found.items() if value is not None}


def under(kind: Any, step: Any) -> Any:
    """The annotation of what stands at a key or index below `kind`; Any where nothing is known of it."""
    kind = bare(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind.model_fields[step].annotation if step in kind.model_fields else Any
    return get_args(kind)[-1] if get_args(kind) and get_origin(kind) in (dict, list) else Any


def bare(annotation: Any) -> Any:
    """The annotation without Annotated and without `| None`."""
    while get_origin(annotation) is Annotated or (get_origin(annotation) and type(None) in get_args(annotation)):
        annotation = get_args(annotation)[0]
    return annotation


def _fields(model: Any, path: tuple) -> list[str]:
    """Field names of the model reached from `model` by `path`."""
    for step in path:
        model = under(model, step)
    return list(bare(model).model_fields)


def spoken(path: tuple, node: Node | None) -> str:
    """A path as people would write it, entries of lists by their ids: ("issues", 0, "levels", 1, "label") as
    quota.100k.label, ("rules", 0) as rules.no-force. `node`: where the path begins."""
    words: list[str] = []
    for step in path:
        node = node.get((step,)) if node else None
        if not isinstance(step, int):
            words.append(str(step))
            continue
        name = node.get(("id",)) if node else None
        if name is None or not isinstance(name.value, str) or not words:
            words[-1:] = [f"{words[-1] if words else ''}[{step}]"]
        elif words[-1] in ("issues", "levels"):
            words[-1] = name.value
        else:
            words.append(name.value)
    return ".".join(words)


_DATES = {
    "day": ("is not a day of the calendar", 'write it as "2025-08-20"'),
    "rough_date": ("does not begin with a date", 'write "2025-08-20", "2025-08" or "2025"'),
}
_EVERYBODY = "delete `needs`: without it a level takes the signature of all"
_KINDS = {
    "string_type": ("text", "put it in quotes"),
    "float_type": ("a number", "write a decimal number with a point"),
    "int_type": ("a whole number", "write it without quotes or decimals"),
    "bool_type": ("true or false", "write true or false"),
    "list_type": ("a list", "write it in brackets: [a, b]"),
    "dict_type": ("a mapping", "write it as name: value"),
    "model_type": ("a mapping", "write it as name: value"),
    "model_attributes_type": ("a mapping", "write it as name: value"),
}


def _report(model: type[BaseModel], node: Node, what: str, error: Any, problems: Problems, skip: int) -> None:
    kind, loc, value, ctx = error["type"], tuple(error["loc"]), error["input"], error.get("ctx", {})
    is_key = loc[-1:] == ("[key]",)
    loc = loc[:-1] if is_key else loc
    path = loc[skip:]
    name = spoken(path, node) or what
    owner = spoken(path[:-1], node) or what
    place = node.key_at(path) if is_key else node.at(path)
    if kind == "missing":
        problems.add("E07", node.at(path[:-1]), f'{owner} has no "{loc[-1]}"', "add it")
    elif kind == "extra_forbidden":
        fields = _fields(model, loc[:-1])
        remedy = problems.suggestion(str(loc[-1]), fields)
        problems.add("E04", node.key_at(path), f"{owner} has no field {quoted(loc[-1])}", remedy)
    elif kind in _KINDS:
        wanted, usual = _KINDS[kind]
        remedy = _remedy(kind, value, loc) or usual
        if value is None:
            remedy = "fill it in" if _required(model, loc) else "fill it in, or delete the line"
        problems.add("E08", place, f"{name} must be {wanted}, not {_told(value)}", remedy)
    elif kind == "literal_error" and loc[-1:] == ("format",):
        problems.add("E09", place, f"format {_told(value)} is not known to this version", "write format: 1")
    elif kind == "literal_error":
        allowed = [word.strip("' ") for word in re.split(r", | or ", ctx["expected"])]
        message = f"{owner} has an unknown stance {quoted(value)}" if is_key else f"{name} cannot be {_told(value)}"
        problems.add("E09", place, message, problems.suggestion(str(value), allowed))
    elif kind in ("too_short", "too_long", "string_too_short", "string_too_long"):
        _report_length(kind, name, value, ctx, place, problems)
    elif kind == "string_pattern_mismatch":
        message = f"{quoted(value)} cannot be an id" if is_key else f"{name}: {quoted(value)} cannot be an id"
        upper = " and capitals" if "A-Z" in str(ctx.get("pattern")) else ""
        problems.add("E09", place, message, f"use lower case letters{upper}, digits, - and _")
    elif kind in ("greater_than_equal", "less_than_equal", "greater_than"):
        bound = {"greater_than_equal": "at least", "less_than_equal": "at most", "greater_than": "more than"}[kind]
        limit = next(iter(ctx.values()))
        problems.add("E09", place, f"{name} is {_told(value)}, but must be {bound} {limit:g}", "correct the number")
    elif kind == "reserved":
        message = f"{name}: {quoted(value)} cannot be the id, because Windows has no files and folders of that name"
        problems.add("E09", place, message, f"choose another, such as {value}_1")
    elif kind == "everybody":
        remedy = _EVERYBODY if "needs" in loc else "call the party something else"
        problems.add("E09", place, f'{name}: "{EVERYBODY}" stands for every party and cannot be one', remedy)
    elif kind in _DATES:
        said, remedy = _DATES[kind]
        problems.add("E09", place, f"{name} {quoted(value)} {said}", remedy)
    elif kind == "parameter":
        message = f"{name}.{ctx['name']} must be a number, text, true or false"
        problems.add("E08", node.at((*path, ctx["name"])), message, "give one plain value")
    else:
        problems.add("E08", place, f"{name} cannot be {_told(value)}: {error['msg']}", "correct it")


def _remedy(kind: str, value: Any, loc: tuple) -> str | None:
    """How what was written becomes a value of the kind, where that can be seen; else None."""
    if kind == "string_type" and isinstance(value, int | float):
        return f'put it in quotes: "{str(value)[:40]}"'
    if not isinstance(value, str):
        return None
    if kind == "list_type":
        return _EVERYBODY if loc[-1] == "needs" and value == EVERYBODY else f"write it in brackets: [{value[:40]}]"
    if kind in ("float_type", "int_type"):
        plain = value.replace(",", "") if re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3})+", value) else value
        if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", plain):
            return f"write {plain}, without quotes"
    if kind == "float_type" and re.fullmatch(r"-?[0-9]*,[0-9]+", value):
        return f"write {value.replace(',', '.')}"
    return None


def _required(model: type[BaseModel], loc: tuple) -> bool:
    """Whether the field at `loc` cannot be left out."""
    owner: Any = model
    for step in loc[:-1]:
        owner = under(owner, step)
    owner = bare(owner)
    is_shape = isinstance(owner, type) and issubclass(owner, BaseModel) and loc[-1] in owner.model_fields
    return is_shape and owner.model_fields[loc[-1]].is_required()


def _report_length(kind: str, name: str, value: Any, ctx: Mapping, place: Any, problems: Problems) -> None:
    short = "short" in kind
    limit = ctx["min_length" if short else "max_length"]
    actual = len(value) if isinstance(value, str | list | dict) else ctx.get("actual_length", 0)
    unit = ("character", "characters") if isinstance(value, str) else ("entry", "entries")
    units = unit[0] if limit == 1 else unit[1]
    bound = "at least" if short else "at most"
    if isinstance(value, str):
        message = f"{name} is empty" if short else f"{name} has {actual} characters, {bound} {limit} are possible"
        problems.add("E09", place, message, "fill it in" if short else "shorten it")
    else:
        message = f"{name} has {actual}, but needs {bound} {limit} {units}"
        problems.add("E12", place, message, "add to it" if short else "shorten it")


def _told(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return quoted(value) if isinstance(value, str) else str(value)[:40]
