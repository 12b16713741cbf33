"""Settings given for one run on top of the scenario: read, checked, and written down plainly for minutes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..chance import Rng, seed_from
from ..errors import NotationError
from ..scenario import Judgement, Part, Scenario, Strategy
from ..scenario.consent import CONSENTS
from ..scenario.facts import DRAWS, ORDERS
from ..strategies import read
from ..strategies.registry import KINDS as PARTS
from ..table.notation import nearest
from ..table.protocols import PROTOCOLS

# settings of a run that minutes and manifests note, by their names as arguments of Negotiation
OVERRIDES = ("rounds", "consent", "quorum", "order", "protocol", "reservations", "draw", "strategies")


def seed_of(seed: Rng | None, rng: Rng | None) -> int:
    """The one seed that was given by either name: Mesa's batch_run uses both. Raises NotationError."""
    if seed is not None and rng is not None:
        if not (isinstance(seed, int | np.integer) and isinstance(rng, int | np.integer) and seed == rng):
            raise NotationError(f"Two seeds are given, seed={seed!r} and rng={rng!r}; give one of them.")
    given = rng if seed is None else seed
    try:
        return seed_from(given)
    except (TypeError, ValueError) as error:
        raise NotationError(
            f"Cannot take {given!r} as a seed ({error}); possible: a whole number from 0, a list of them, a "
            "SeedSequence or a generator of NumPy."
        ) from None


def scenario_of(given: Scenario | str | Path) -> Scenario:
    """The scenario itself, or the one of that name or path. Raises NotationError, ScenarioError."""
    if isinstance(given, Scenario):
        return given
    if not isinstance(given, str | Path):
        raise NotationError(f"Negotiation needs a scenario, its name or its folder, not {given!r}.")
    from ..files import load

    return load(given)


def whole(what: str, value: Any, low: int, high: int) -> int:
    """`value` as an int where it is a whole number from `low` to `high`. Raises NotationError."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise NotationError(f"{what} must be a whole number from {low} to {high}, not {value!r}.")
    if not low <= value <= high:
        raise NotationError(f"{what} cannot be {value}; possible: {low} to {high}.")
    return int(value)


def names(what: str, value: Any) -> tuple[str, ...]:
    """One name or several as a tuple. Raises NotationError for anything else."""
    found = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, Iterable) else (None,)
    if not all(isinstance(name, str) for name in found):
        raise NotationError(f"{what} must be a list of names, not {value!r}.")
    return found


def place_of(scenario: Scenario, party: str) -> int:
    """Place of a party in the scenario's order. Raises NotationError with a near spelling."""
    if party not in scenario.party_ids:
        raise NotationError(f'No party "{party}" in {scenario.name}; {nearest(str(party), scenario.party_ids)}')
    return scenario.party_ids.index(party)


def read_overrides(scenario: Scenario, **given: Any) -> dict[str, Any]:
    """Those settings of `with_overrides` that are not None, checked, as JSON can hold them. Raises NotationError."""
    unknown = [key for key in given if key not in OVERRIDES]
    if unknown:
        raise NotationError(f'No setting "{unknown[0]}"; {nearest(unknown[0], OVERRIDES)}')
    found = {key: value for key, value in given.items() if value is not None}
    for key, known in (("consent", CONSENTS), ("order", ORDERS), ("protocol", PROTOCOLS)):
        word = found.get(key)
        if word is not None and word not in known:
            raise NotationError(f'No {key} "{word}"; {nearest(str(word), known)}')
    if "rounds" in found:
        found["rounds"] = whole("rounds", found["rounds"], 1, 100_000)
    consent = found.get("consent", scenario.protocol.consent)
    if "quorum" in found:
        if not CONSENTS[consent].by_quorum:
            raise NotationError(f"A quorum goes with consent quorum; the consent here is {consent}.")
        found["quorum"] = whole("quorum", found["quorum"], 2, len(scenario.parties))
    if "reservations" in found:
        found["reservations"] = _reservations(scenario, found["reservations"])
    if "draw" in found:
        found["draw"] = list(names("draw", found["draw"]))
        if found["draw"] == ["none"]:
            found["draw"] = []
        for what in found["draw"]:
            if what not in DRAWS:
                raise NotationError(f'Cannot draw "{what}"; {nearest(what, (*DRAWS, "none"))}')
    return found


def _reservations(scenario: Scenario, given: Any) -> dict[str, float]:
    if not isinstance(given, Mapping):
        raise NotationError(
            f'reservations must be a mapping from party to value, such as {{"{scenario.party_ids[0]}": 0.4}}, not '
            f"{given!r}. Where Mesa sweeps them, it goes through a mapping; give it a list of mappings."
        )
    for party, value in given.items():
        place_of(scenario, party)
        number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
        if not number or not 0 <= value <= 1:
            raise NotationError(f"A reservation value is between 0 and 1; {party} cannot have {value!r}.")
    return {party: float(value) for party, value in given.items()}


def with_overrides(scenario: Scenario, overrides: Mapping[str, Any]) -> Scenario:
    """The scenario with the settings that `read_overrides` gave; its hash stays that of the written one.

    Consent by quorum, where neither the settings nor the scenario say how many have to sign, takes more than half.
    """
    named = {"name": overrides.get("protocol"), **{k: overrides.get(k) for k in ("rounds", "consent", "order")}}
    settings = replace(scenario.protocol, **{k: v for k, v in named.items() if v is not None})
    if CONSENTS[settings.consent].by_quorum:
        quorum = overrides.get("quorum") or settings.quorum or len(scenario.parties) // 2 + 1
        settings = replace(settings, quorum=quorum)
    fixed = {p: Judgement(v, v, v, "given for this run") for p, v in overrides.get("reservations", {}).items()}
    parties = tuple(replace(p, reservation=fixed.get(p.id, p.reservation)) for p in scenario.parties)
    draw = tuple(overrides.get("draw", scenario.draw))
    return replace(scenario, protocol=settings, parties=parties, draw=draw)


def settled(scenario: Scenario, settings: dict) -> Scenario:
    """The scenario with those settings of Negotiation that bear on what is drawn. Raises NotationError."""
    given = {name: value for name, value in settings.items() if name != "strategies"}
    return with_overrides(scenario, read_overrides(scenario, **given))


def _plain_strategy(strategy: Strategy | str | Mapping) -> str | dict:
    if isinstance(strategy, Strategy):
        parts = {k: getattr(strategy, k) for k in PARTS}
        return {k: {"name": p.name, **p.params} for k, p in parts.items()}
    return dict(strategy) if isinstance(strategy, Mapping) else strategy


def read_strategy(given: Strategy | str | Mapping, base: Strategy) -> Strategy:
    """A strategy from how it was given: as it is, as text, or as plain data from minutes."""
    if isinstance(given, str):
        return read(given, base)
    if isinstance(given, Mapping):
        if not all(kind in PARTS and isinstance(v, Mapping) and "name" in v for kind, v in given.items()):
            raise NotationError(f"A strategy as a mapping is {{part: {{name, parameters}}}}, not {dict(given)!r}.")
        parts: dict[str, Any] = {
            k: Part(v["name"], {a: b for a, b in v.items() if a != "name"}) for k, v in given.items()
        }
        return replace(base, **parts)
    return given


def strategies_of(problem: Scenario, given: Mapping | Strategy | str | None) -> dict[str, Strategy]:
    """The strategy of every party: as given for a run (for all, or by party), else as the scenario has it. Raises
    NotationError."""
    if given is None:
        given = {}
    elif isinstance(given, str | Strategy):
        given = dict.fromkeys(problem.party_ids, given)
    for party in given:
        place_of(problem, party)
    return {p.id: read_strategy(given[p.id], p.strategy) if p.id in given else p.strategy for p in problem.parties}


def plain_strategies(strategies: Mapping | Strategy | str) -> str | dict:
    """Strategies given for one run, as JSON can hold them. Raises NotationError where they are something else."""
    if isinstance(strategies, str | Strategy):
        return _plain_strategy(strategies)
    kinds = str | Strategy | Mapping
    if not isinstance(strategies, Mapping) or not all(isinstance(s, kinds) for s in strategies.values()):
        raise NotationError(f"strategies must be one for all, or a mapping from party to strategy, not {strategies!r}.")
    return {party: _plain_strategy(s) for party, s in strategies.items()}
