"""From a number back to what was said: one row per issue and level, with stance, basis, weight, value and sources."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from ..errors import PeacetableError
from ..scenario import Fact, Issue, Party, Position, Scenario, Space, cells, preferences, weights
from ..scenario.facts import UNSTATED, day


@dataclass(frozen=True)
class Row:
    """What one level is worth to the party. `contribution` = weight x value: what it adds to the utility in [0, 1].
    `basis` is "assumed" where nothing was stated, "given" where the number comes from the files of another program.
    `sources`: ids."""

    issue: str
    level: str
    label: str
    stance: str
    basis: str
    weight: float
    value: float
    contribution: float
    sources: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class ConditionRow:
    """An interaction between issues. `holds` and `contribution` are None without a package. A designer's judgement.

    `veto`: a demand read as a condition; it has no `change`, and where it holds the first takes all that the rest adds.
    """

    id: str
    when: dict[str, tuple[str, ...]]
    holds: bool | None
    change: float | None
    contribution: float | None
    reason: str
    basis: str
    sources: tuple[str, ...]
    veto: bool = False


@dataclass(frozen=True)
class DemandRow:
    """Something that the party has called part of any settlement. `refuses`: packages without it; `reading`: weight |
    condition; `holds`: whether the package leaves it out, None without one; `change` it makes as a weight."""

    id: str
    says: str
    refuses: dict[str, tuple[str, ...]]
    reading: str
    holds: bool | None
    change: float | None
    reason: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """`utility` in [0, 1], None without a package. `assumed_share`: share of all the party's cells (one per level of
    every issue) that rest on an assumption; `drawn_share`: that every table draws anew from a range. `assumed_weight`:
    with a package, the weight of the issues on whose agreed level the party's value is assumed. `red_lines`: issues on
    which the package crosses a red line, None without one."""

    scenario: str
    party: str
    utility: float | None
    reservation: float
    assumed_share: float
    drawn_share: float
    assumed_weight: float | None
    red_lines: tuple[str, ...] | None
    rows: tuple[Row, ...]
    conditions: tuple[ConditionRow, ...]
    demands: tuple[DemandRow, ...] = ()

    def document(self, notation: str | None) -> dict:
        """Plain data for JSON, with the package's notation."""
        plain = asdict(self)
        head = {"scenario": plain.pop("scenario"), "party": plain.pop("party"), "notation": notation}
        return {**head, **plain}


def explain(scenario: Scenario, party: str, package: np.ndarray | None = None) -> Explanation:
    """How the central values of `party` (its id) make up its utility of `package`, int (I,).

    Without a package every level of every issue has a row, with what it would add; demands weigh as a condition of the
    same id. Raises PeacetableError for a party that is not at the table. The contributions and conditions sum to the
    utility, before it is clipped to [0, 1].
    """
    if party not in scenario.party_ids:
        raise PeacetableError(f'No party "{party}" in {scenario.name}; known: {", ".join(scenario.party_ids)}')
    p = scenario.party_ids.index(party)
    who, space, table = scenario.parties[p], Space(scenario), cells(scenario)
    numbers = preferences(scenario, space).numbers[p]
    weight, gains = weights(scenario, who), numbers.gains()
    rows, assumed = [], []
    for i, issue in enumerate(scenario.issues):
        chosen = range(len(issue.levels)) if package is None else [int(package[i])]
        for k in chosen:
            column = space.offsets[i] + k
            added = float(gains[column])
            rows.append(_row(who, issue, k, float(weight[i]), float(table.value[p, column]), added))
            assumed.append(bool(table.assumed[p, column]))
    utility = None if package is None else float(numbers.utility(np.asarray(package)[None])[0])
    share = math.fsum(row.weight for row, guess in zip(rows, assumed, strict=True) if guess) / who.weight_sum
    return Explanation(
        scenario=scenario.name,
        party=party,
        utility=utility,
        reservation=float(numbers.reservation[0]),
        assumed_share=float(table.assumed[p].mean()),
        drawn_share=float(table.ranged[p].mean()) if "values" in scenario.draw else 0.0,
        assumed_weight=None if package is None else share,
        red_lines=None if package is None else tuple(row.issue for row in rows if row.stance == "red_line"),
        rows=tuple(rows),
        conditions=_conditions(who, space, package, math.fsum(row.contribution for row in rows)),
        demands=_demands(who, space, package),
    )


def _row(party: Party, issue: Issue, k: int, weight: float, value: float, contribution: float) -> Row:
    level = issue.levels[k]
    said = party.positions.get((issue.id, level.id))
    if said is None:
        said = Position(UNSTATED, "assumed", note=_guess(party, issue, k))
    numbers = (weight, value, contribution)
    return Row(issue.id, level.id, level.label, said.stance, said.basis, *numbers, said.sources, said.note)


def _guess(party: Party, issue: Issue, k: int) -> str:
    """Where the value of an unstated level comes from, in words."""
    coded = [j for j, level in enumerate(issue.levels) if (issue.id, level.id) in party.positions]
    between = issue.neighbours(k, coded)
    if not coded:
        where = "silent on this issue: the middle of the scenario's prior"
    elif between:
        where = f"between {issue.levels[between[0]].id} and {issue.levels[between[1]].id}"
    else:
        where = "silent on this level: the middle of the scenario's prior, or of what one peak leaves of it"
    note = party.silences.get((issue.id, issue.levels[k].id))
    if note is None:
        return where
    # a note that begins so goes on where the words before it end
    looked_for = f"looked for, {note}" if note.startswith("nothing") else f"looked for, nothing found: {note}"
    return f"{looked_for if note else 'looked for, nothing found'}; {where}"


def _conditions(party: Party, space: Space, package: np.ndarray | None, total: float) -> tuple[ConditionRow, ...]:
    """Those that veto a package stand last; `total`: what the levels add."""
    rows = []
    for condition in sorted(party.conditions, key=lambda c: c.veto):
        change = condition.change
        holds = None if package is None else _holds(space, condition.when, package)
        added = None if holds is None else 0.0 if not holds else -max(0.0, total) if condition.veto else change.value
        total += added or 0.0
        number = None if condition.veto else change.value
        words = change.reason, "assumed", change.sources, condition.veto
        rows.append(ConditionRow(condition.id, _plain(condition.when), holds, number, added, *words))
    return tuple(rows)


def _demands(party: Party, space: Space, package: np.ndarray | None) -> tuple[DemandRow, ...]:
    rows = []
    for demand in party.demands:
        change = demand.change
        holds = None if package is None else _holds(space, demand.refuses, package)
        number = None if demand.reading == "condition" else change.value
        said = demand.says, _plain(demand.refuses), demand.reading
        rows.append(DemandRow(demand.id, *said, holds, number, change.reason, change.sources))
    return tuple(rows)


def _holds(space: Space, levels: Mapping[str, tuple[str, ...]], package: np.ndarray) -> bool:
    return bool(space.hold(space.tests(levels), np.asarray(package)))


def _plain(levels: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {issue: tuple(some) for issue, some in levels.items()}


def background(scenario: Scenario) -> list[Fact]:
    """What everybody knows, as it is told: what happened by date, then what holds in any case."""
    dated = [fact for fact in scenario.background if fact.date]
    return [*sorted(dated, key=lambda fact: day(fact.date)), *(fact for fact in scenario.background if not fact.date)]
