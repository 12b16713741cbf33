"""Every strategy component, listed by hand. To add one: write its file, add one line here."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ..errors import NotationError
from ..scenario import Part, Strategy
from ..scenario.facts import PARTS
from ..table.notation import nearest
from .acceptance import AC_COMBI, AC_CONST, AC_NEXT, AC_TIME
from .base import Component
from .bayesian import BAYESIAN
from .frequency import DISTRIBUTION, FREQUENCY, NO_MODEL
from .micro import MICRO
from .oracle import ORACLE
from .simple import HARD_LINER, ZERO_INTELLIGENCE
from .time_dependent import BOULWARE, CONCEDER, EXPONENTIAL, LINEAR, TIME_DEPENDENT
from .tit_for_tat import ABSOLUTE, AVERAGED, MIXED, NICE, RELATIVE
from .trade_off import TRADE_OFF

COMPONENTS: tuple[Component, ...] = (
    TIME_DEPENDENT,
    EXPONENTIAL,
    BOULWARE,
    LINEAR,
    CONCEDER,
    RELATIVE,
    ABSOLUTE,
    AVERAGED,
    MIXED,
    NICE,
    MICRO,
    TRADE_OFF,
    ZERO_INTELLIGENCE,
    HARD_LINER,
    AC_NEXT,
    AC_CONST,
    AC_TIME,
    AC_COMBI,
    NO_MODEL,
    FREQUENCY,
    DISTRIBUTION,
    BAYESIAN,
    ORACLE,
)

KINDS = PARTS


def component(kind: str, name: str) -> Component:
    """The component of that kind and name. Raises NotationError with a near spelling."""
    known = {c.name: c for c in COMPONENTS if c.kind == kind}
    if name not in known:
        raise NotationError(f'No {kind.replace("_", " ")} "{name}"; {nearest(name, known)}')
    return known[name]


def part_problems(kind: str, part: Part) -> Iterator[tuple[str, str]]:
    """What is wrong with one part: (parameter or "name", sentence) each."""
    try:
        chosen = component(kind, part.name)
    except NotationError as error:
        yield "name", str(error)
        return
    for key, value in part.params.items():
        if key not in chosen.params:
            hint = nearest(key, chosen.params) if chosen.params else "it has none"
            yield key, f'"{part.name}" has no parameter "{key}"; {hint}'
            continue
        param = chosen.params[key]
        if param.choices:
            if value not in param.choices:
                yield key, f'"{part.name}" cannot have {key} = {value}; possible: {", ".join(param.choices)}'
        elif isinstance(value, bool) or not isinstance(value, int | float):
            yield key, f'"{part.name}" needs a number for {key}, not {value!r}'
        elif not math.isfinite(value):
            yield key, f'"{part.name}" needs a finite number for {key}, not {value}'
        elif isinstance(param.default, int) and value != int(value):
            yield key, f'"{part.name}" needs a whole number for {key}, not {value}'
        elif not param.low <= value <= param.high:  # type: ignore[operator]
            yield key, f'"{part.name}" cannot have {key} = {value}; possible: {param.low:g} to {param.high:g}'


def problems(strategy: Strategy) -> Iterator[tuple[str, str, str]]:
    """(part, parameter or "name", sentence) for everything wrong with a strategy; part is one of `KINDS`."""
    for kind in KINDS:
        for key, sentence in part_problems(kind, getattr(strategy, kind)):
            yield kind, key, sentence


def settings(kind: str, part: Part) -> dict:
    """All parameters of a part, defaults filled in. Raises NotationError on the first problem."""
    for _, sentence in part_problems(kind, part):
        raise NotationError(sentence)
    defaults = {key: p.default for key, p in component(kind, part.name).params.items()}
    return defaults | {k: type(defaults[k])(v) for k, v in part.params.items()}


def read(text: str, base: Strategy) -> Strategy:
    """A strategy written as `name[:param=value,...]`, several parts joined by `+`, each replacing that part of
    `base`: `time_dependent:exponent=0.5+ac_next+none`.

    Naming a bidding strategy and no acceptance condition means plain `ac_next`: what is named is what is played.
    Raises NotationError.
    """
    parts = {kind: getattr(base, kind) for kind in KINDS}
    named = set()
    for word in text.split("+"):
        name, _, tail = word.strip().partition(":")
        params: dict[str, float | int | str | bool] = {}
        for pair in filter(None, tail.split(",")):
            key, equals, value = pair.partition("=")
            if not equals:
                raise NotationError(f'Cannot read "{pair}" in the strategy "{word}": it must look like param=value.')
            params[key.strip()] = _number(value.strip())
        kinds = [c.kind for c in COMPONENTS if c.name == name]
        if not kinds:
            raise NotationError(f'No strategy "{name}"; {nearest(name, [c.name for c in COMPONENTS])}')
        if kinds[0] in named:
            raise NotationError(f'The strategy "{text}" names two parts of the kind {kinds[0]}; keep one of them.')
        named.add(kinds[0])
        parts[kinds[0]] = Part(name, params)
        settings(kinds[0], parts[kinds[0]])
    if "bidding" in named and "acceptance" not in named:
        parts["acceptance"] = Part("ac_next")
    return Strategy(**parts, reason="given on the command line")


def _number(text: str) -> float | int | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
