"""Small scenarios made in code, for tests that need many different ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from peacetable.scenario import (
    STANCE_VALUES,
    STANCES,
    Condition,
    Event,
    Issue,
    Judgement,
    Level,
    Part,
    Party,
    Position,
    Protocol,
    Rule,
    Scenario,
    Strategy,
)


def judgement(value: float, spread: float = 0.0) -> Judgement:
    return Judgement(value, max(value - spread, min(value, 0.0)), value + spread)


def strategy(exponent: float = 2.0, window: float = 0.05, model: str = "frequency") -> Strategy:
    bidding = Part("time_dependent", {"exponent": exponent, "window": window})
    return Strategy(bidding, Part("ac_next"), Part(model))


def scenario(
    seed: int = 0,
    shape: tuple[int, ...] = (3, 2, 4),
    parties: tuple[str, ...] = ("north", "west", "south"),
    consent: str = "unanimity",
    order: str = "fixed",
    rounds: int = 8,
    red_lines: float = 0.05,
    conditions: int = 1,
    rules: int = 1,
    events: bool = True,
    draw: tuple[str, ...] = ("values", "saliences", "reservations"),
    values: np.ndarray | None = None,
    reservation: float | None = None,
    strategies: tuple[Strategy, ...] | None = None,
    protocol: str = "alternating_offers",
    mediator: str = "",
    temperature: float = 0.0,
    soundings: int = 0,
    close: bool = False,
    swing: float = 1.0,
    refusals: int = 0,
    partial: bool = False,
) -> Scenario:
    """A random scenario; `values` (P, L) sets the value of every level directly (weights then are equal); `swing`: how
    much drift and events move reservation values; `refusals`: demands read as conditions, of each party; `partial`:
    some issues are ordered in part."""
    rng = np.random.default_rng(seed)
    issues = tuple(
        Issue(
            f"i{i}",
            f"Issue {i}",
            f"I{i}",
            tuple(_level(i, k, parties, rng) for k in range(n)),
            bool(rng.random() < 0.7),
        )
        for i, n in enumerate(shape)
    )
    starts = np.concatenate([[0], np.cumsum(shape)])
    if partial:
        chance = np.random.default_rng([seed, 1])
        issues = tuple(replace(issue, order=_order(issue, chance), ordered=True) for issue in issues)
    people = []
    for p, party in enumerate(parties):
        positions = {}
        for i, issue in enumerate(issues):
            for k, level in enumerate(issue.levels):
                if values is not None:
                    positions[issue.id, level.id] = Position(
                        "neutral", "stated", (), "", float(values[p, starts[i] + k])
                    )
                elif rng.random() < 0.6:
                    stance = "red_line" if rng.random() < red_lines else str(rng.choice(STANCES[:-1]))
                    positions[issue.id, level.id] = Position(stance, "stated", ("S1",))
        saliences = {i.id: judgement(50.0 if values is not None else float(rng.integers(5, 100)), 5) for i in issues}
        people.append(
            Party(
                party, party.title(), party.title(), "role", ("goal",), "the war goes on",
                judgement(50), judgement(float(rng.uniform(0.2, 0.5)) if reservation is None else reservation, 0.05),
                Judgement(0.001 * swing, -1.0, 1.0), saliences, positions,
                tuple(_condition(k, issues, rng) for k in range(conditions))
                + tuple(_refusal(k, issues, np.random.default_rng([seed, 2, p, k])) for k in range(refusals)),
                strategies[p] if strategies else strategy(float(rng.choice([0.5, 1.0, 3.0]))),
            )
        )  # fmt: skip
    happenings = (
        Event(
            "shift",
            "Shift",
            "x",
            3,
            None,
            {parties[0]: Judgement(0.02 * swing, min(0.0, 0.03 * swing), max(0.0, 0.03 * swing))},
            0,
            "r",
        ),
        Event("delay", "Delay", "x", None, 0.1, {}, 1, "r"),
        Event("care", "Care", "x", None, 0.2, {}, 0, "r", (), {parties[1]: {"i0": 2.0, "i1": 0.5}}),
    )
    if close:
        happenings += (Event("shut", "Shut", "x", 2, None, {}, 0, "r", (), {}, {"i0": ("l0",)}),)
    return Scenario(
        id=f"made-{seed}", variant="", title="Made", summary="", anchor="2025-01-01", cutoff="2025-01-01",
        issues=issues, parties=tuple(people), stance_values=STANCE_VALUES, prior=(0.35, 0.65), draw=draw,
        protocol=Protocol(
            protocol, rounds, consent, order, "veto",
            mediator=mediator, temperature=temperature, soundings=soundings,
            quorum=len(parties) // 2 + 1 if consent == "quorum" else 0,
            vetoes=parties[:1] if consent == "quorum" else (),
        ),
        rules=tuple(_rule(k, issues, rng) for k in range(rules)), events=happenings if events else (),
        sources={}, glossary={}, document={"made": seed}, hash=f"{seed:064x}",
    )  # fmt: skip


def _level(i, k, parties, rng):
    others = [p for p in parties[1:] if rng.random() < 0.6] or [parties[1]]
    return Level(f"l{k}", f"Level {k} of {i}", f"L{k}", (parties[0], *others))


def _two(issues, rng):
    a, b = rng.choice(len(issues), size=2, replace=False)
    return {issues[i].id: (str(rng.choice([level.id for level in issues[i].levels])),) for i in sorted((a, b))}


def _condition(k, issues, rng):
    return Condition(f"c{k}", _two(issues, rng), judgement(float(rng.uniform(-0.1, 0.1)), 0.0))


def _refusal(k, issues, rng):
    """On one issue or on two."""
    when = _two(issues, rng)
    return Condition(f"v{k}", when if rng.random() < 0.6 else dict([*when.items()][:1]), judgement(-2.0), True)


def _order(issue, rng):
    """At least two of the levels, in any order; none where the issue stays as it is."""
    levels = [level.id for level in rng.permutation(np.array(issue.levels, dtype=object))]
    return tuple(levels[: int(rng.integers(2, len(levels) + 1))]) if rng.random() < 0.7 else ()


def _rule(k, issues, rng):
    return Rule(f"r{k}", _two(issues, rng), "it makes no sense.")


def submit(model, move) -> None:
    """The move of the person who is awaited first, made now."""
    party = (*model.awaiting, *model.talks.people)[0]
    model.submit(party, move, at=model.moment)


def renamed(scenario: Scenario, names: dict[str, str]) -> Scenario:
    """The same scenario with other ids of its parties."""
    return replace(
        scenario,
        issues=tuple(
            replace(i, levels=tuple(replace(k, needs=tuple(names[p] for p in k.needs)) for k in i.levels))
            for i in scenario.issues
        ),
        parties=tuple(replace(p, id=names[p.id]) for p in scenario.parties),
        protocol=replace(
            scenario.protocol,
            vetoes=tuple(names[p] for p in scenario.protocol.vetoes),
            mediator=names.get(scenario.protocol.mediator, ""),
        ),
        events=tuple(
            replace(
                e,
                reservation={names[p]: change for p, change in e.reservation.items()},
                salience={names[p]: factors for p, factors in e.salience.items()},
            )
            for e in scenario.events
        ),
    )


def seat_of(session):
    """The seat of the person in whose turn it is, else of the first person."""
    return session.at((*session.awaiting, *session.people)[0])
