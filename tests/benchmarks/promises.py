"""What must not break, on samples larger than the tests have time for; prints what it measured.

    python tests/benchmarks/promises.py [rankings] [oracle] [statics] [digest]

`rankings`: queries of the split ranking against sorting everything. `oracle`: tables under alternating offers in fixed
order against the plain loops of tests/oracle.py. `statics`: which way results move with reservation values, exponents
and saliences, and how many agreements lie on the frontier. `digest`: a hash over the rows of batches of all shipped
scenarios, to compare between Pythons, NumPys and processors.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "src")]

import make  # noqa: E402
from peacetable.abm.model import Negotiation  # noqa: E402
from peacetable.analysis import Yardstick  # noqa: E402
from peacetable.files import load, shipped  # noqa: E402
from peacetable.scenario import Judgement, Part, Scenario, Space, preferences  # noqa: E402
from peacetable.scenario.ranking import feasible_packages  # noqa: E402
from peacetable.scenario.sorting import SortedRanking  # noqa: E402
from peacetable.scenario.split import SplitRanking  # noqa: E402
from test_engine import oracle_for  # noqa: E402

QUERIES, TABLES, SAMPLE = 17_000, 3_000, 4_000
SHAPES = ((3, 2, 4), (2, 3, 2, 2), (5, 4, 3), (2, 2, 2, 2, 3), (4, 4, 4, 4))


def rankings() -> str:
    rng, different, asked = np.random.default_rng(1), 0, 0
    while asked < QUERIES:
        shape = SHAPES[int(rng.integers(len(SHAPES)))]
        scenario = make.scenario(int(rng.integers(10**6)), shape, conditions=2, rules=2, red_lines=0.1)
        space = Space(scenario)
        numbers = preferences(scenario, space, values=rng.random((5, 3, int(space.offsets[-1]))))
        packages, rows = feasible_packages(space), np.arange(5)
        for p in range(3):
            if numbers.vetoed(packages, p).all():
                continue
            pair = SortedRanking(numbers.numbers[p], packages), SplitRanking(numbers.numbers[p])
            for width, most in ((0.0, 1), (0.05, 6), (0.3, 40)):
                target = rng.random(5)
                (a, ua, ta), (b, ub, tb) = (kind.at_least(target, width, most, rows) for kind in pair)
                for n in range(5):
                    same = (a[n][ta[n]].tolist(), ua[n][ta[n]].tolist()) == (
                        b[n][tb[n]].tolist(),
                        ub[n][tb[n]].tolist(),
                    )
                    different += not same
                    asked += 1
    return f"{asked:,} queries, {different} differences"


def oracle() -> str:
    rng, same = np.random.default_rng(2), 0
    for n in range(TABLES):
        parties = ("a", "b", "c", "d", "e")[: int(rng.integers(2, 6))]
        scenario = make.scenario(n, SHAPES[n % 3], parties, rounds=int(rng.integers(1, 12)), close=bool(n % 2))
        model = Negotiation(scenario, seed=n)
        told = oracle_for(model)
        moves = [(round_, party, move[0]) for round_, party, move, _ in told.play()]
        records = [r for r in model.run().talks.records[0] if r.kind in ("propose", "sign", "walk_out")]
        ended, by, package = told.result
        found = model.report()
        agreed = tuple(model.state.agreed[0]) if found["package"] else None
        same += moves == [(r.round, r.party, r.kind) for r in records] and (ended, by, package) == (
            found["ended"], found["by"], agreed,
        )  # fmt: skip
    return f"{same:,} of {TABLES:,} tables the same"


def held(scenario: Scenario) -> tuple[np.ndarray, np.ndarray, Negotiation]:
    """Which tables agreed (R,), the utilities (R, P), and the model."""
    model = Negotiation(scenario, tables=SAMPLE, seed=7, record=False).run()
    return model.state.agreed[:, 0] >= 0, model.utilities(), model


def changed(scenario: Scenario, party: str, **facts: object) -> Scenario:
    return replace(scenario, parties=tuple(replace(p, **facts) if p.id == party else p for p in scenario.parties))


def statics() -> str:
    scenario, lines = load("white-house-2025"), []
    agreed, u, model = held(scenario)
    measured = Yardstick(model.talks.preferences, model.state.reservation).measure(
        model.state.agreed[agreed], np.flatnonzero(agreed)
    )
    on = (measured["pareto_distance"] == 0).mean()
    lines.append(f"{agreed.mean():.1%} agree, {on:.1%} of the agreements on the frontier")
    for p, facts in enumerate(scenario.parties):
        more = Judgement(
            *(min(x + 0.1, 1.0) for x in (facts.reservation.value, facts.reservation.low, facts.reservation.high))
        )
        agreed2, u2, _ = held(changed(scenario, facts.id, reservation=more))
        bidding = facts.strategy.bidding
        soft = Part(bidding.name, {**bidding.params, "exponent": float(bidding.params["exponent"]) / 2})
        agreed3, u3, _ = held(changed(scenario, facts.id, strategy=replace(facts.strategy, bidding=soft)))
        tried = {"no agreement worth 0.1 more": (agreed2, u2), "softer, exponent halved": (agreed3, u3)}
        for what, (some, v) in tried.items():
            gain, rate = (v - u)[agreed & some, p].mean(), some.mean() - agreed.mean()
            lines.append(f"{facts.id}, {what}: agree {rate:+.1%}, own utility where both agree {gain:+.3f}")
    for name, issue in (("ukraine", "treaty_form"), ("russia", "ground_force")):
        facts = next(p for p in scenario.parties if p.id == name)
        i, p = scenario.issue_ids.index(issue), scenario.party_ids.index(name)
        heavier = {**facts.saliences, issue: Judgement(100.0, 100.0, 100.0)}
        agreed4, _, model4 = held(changed(scenario, name, saliences=heavier))
        a, b = model.talks.space.offsets[i : i + 2]
        best = int(model.talks.preferences.contributions[:, p, a:b].sum(axis=0).argmax())
        shares = [(m.state.agreed[ok, i] == best).mean() for ok, m in ((agreed, model), (agreed4, model4))]
        lines.append(f"{name} cares for nothing more than {issue}: its own level in {shares[0]:.1%} -> {shares[1]:.1%}")
    return "\n  ".join(lines)


def digest() -> str:
    told = hashlib.sha256()
    for name in shipped():
        for settings in ({}, {"order": "random", "consent": "needed"}, {"protocol": "single_text"}):
            tables = 20 if name == "winter-2026" else 300
            rows = Negotiation(load(name), tables=tables, seed=11, record=False, **settings).run().outcomes()
            for column, values in rows.items():
                told.update(column.encode() + repr(values.tolist()).encode())
    return f"Python {platform.python_version()}, NumPy {np.__version__}: {told.hexdigest()[:16]}"


if __name__ == "__main__":
    parts = {"rankings": rankings, "oracle": oracle, "statics": statics, "digest": digest}
    for wanted in sys.argv[1:] or parts:
        print(f"{wanted}\n  {parts[wanted]()}", flush=True)
