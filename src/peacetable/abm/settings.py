"""Settings given for one run on top of the scenario: read, checked, and written down plainly for minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..errors import NotationError
from ..scenario import Judgement, Part, Scenario, Strategy
from ..scenario.facts import CONSENTS, DRAWS, ORDERS, PROTOCOLS
from ..strategies import read
from ..strategies.registry import KINDS as PARTS
from ..table.notation import nearest


def with_overrides(
    scenario: Scenario,
    rounds: int | None = None,
    consent: str | None = None,
    order: str | None = None,
    protocol: str | None = None,
    reservations: Mapping[str, float] | None = None,
    draw: Sequence[str] | None = None,
    quorum: int | None = None,
) -> Scenario:
    """The scenario with some settings replaced; its hash stays that of the written one. Raises NotationError.

    Consent by quorum, where neither `quorum` nor the scenario says how many have to sign, takes more than half.
    """
    for name, word, known in (
        ("consent", consent, CONSENTS),
        ("order", order, ORDERS),
        ("protocol", protocol, PROTOCOLS),
    ):
        if word is not None and word not in known:
            raise NotationError(f'No {name} "{word}"; {nearest(word, known)}')
    if rounds is not None and not 1 <= rounds <= 100_000:
        raise NotationError(f"Cannot hold {rounds} rounds; possible: 1 to 100000.")
    given: dict[str, Any] = {"rounds": rounds, "consent": consent, "order": order, "name": protocol}
    settings = replace(scenario.protocol, **{k: v for k, v in given.items() if v is not None})
    count = len(scenario.parties)
    if quorum is not None and settings.consent != "quorum":
        raise NotationError(f"A quorum goes with consent quorum; the consent here is {settings.consent}.")
    if quorum is not None and not 2 <= quorum <= count:
        raise NotationError(f"A quorum of {quorum} cannot be had from {count} parties; possible: 2 to {count}.")
    if settings.consent == "quorum":
        settings = replace(settings, quorum=quorum or settings.quorum or count // 2 + 1)
    parties = scenario.parties
    if reservations:
        for party, value in reservations.items():
            if party not in scenario.party_ids:
                raise NotationError(f'No party "{party}" in {scenario.name}; {nearest(party, scenario.party_ids)}')
            if not 0 <= value <= 1:
                raise NotationError(f"A reservation value is between 0 and 1; {party} cannot have {value}.")
        fixed = {p: Judgement(v, v, v, "given for this run") for p, v in reservations.items()}
        parties = tuple(replace(p, reservation=fixed.get(p.id, p.reservation)) for p in parties)
    for what in draw or ():
        if what not in DRAWS:
            raise NotationError(f'Cannot draw "{what}"; {nearest(what, DRAWS)}')
    return replace(scenario, protocol=settings, parties=parties, draw=scenario.draw if draw is None else tuple(draw))


def plain(settings: Mapping) -> dict:
    """Those of the settings that were given, as JSON can hold them."""
    return {
        k: dict(v) if isinstance(v, Mapping) else list(v) if isinstance(v, tuple) else v
        for k, v in settings.items()
        if v is not None
    }


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
        parts: dict[str, Any] = {
            k: Part(v["name"], {a: b for a, b in v.items() if a != "name"}) for k, v in given.items()
        }
        return replace(base, **parts)
    return given


def plain_strategies(strategies: Mapping | Strategy | str) -> str | dict:
    """Strategies given for one run, as JSON can hold them."""
    if isinstance(strategies, str | Strategy):
        return _plain_strategy(strategies)
    return {party: _plain_strategy(s) for party, s in strategies.items()}
