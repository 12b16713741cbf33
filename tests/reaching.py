"""Everything that can be reached from a thing: for tests of what is handed out."""

from __future__ import annotations

import functools
import types

import numpy as np


def reach(thing, seen: dict, leaves: tuple[type, ...] = ()) -> None:
    """Put into `seen`, by `id`, what can be reached from `thing`: attributes, items, what an array is a view of,
    closures, bound objects; nothing of the kinds `leaves` is looked at."""
    if id(thing) in seen or isinstance(thing, (type, types.ModuleType, *leaves)):
        return
    seen[id(thing)] = thing
    if isinstance(thing, (dict, types.MappingProxyType)):
        parts = [*thing.keys(), *thing.values()]
    elif isinstance(thing, (list, tuple, set, frozenset)):
        parts = list(thing)
    elif isinstance(thing, np.ndarray):
        parts = [thing.base, *(thing.tolist() if thing.dtype == object else ())]
    elif isinstance(thing, memoryview):
        parts = [thing.obj]
    elif isinstance(thing, functools.partial):
        parts = [thing.func, thing.args, thing.keywords]
    elif isinstance(thing, types.MethodType):
        parts = [thing.__self__, thing.__func__]
    elif isinstance(thing, types.FunctionType):
        parts = [*(c.cell_contents for c in thing.__closure__ or ()), thing.__defaults__, thing.__kwdefaults__]
    else:
        slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
        own = dict(getattr(thing, "__dict__", {}))
        parts = [own, *(getattr(thing, name, None) for name in slots)]
    for part in parts:
        reach(part, seen, leaves)
