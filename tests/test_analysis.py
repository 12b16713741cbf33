"""Frontier, solution points, distances and forecasts: textbook values, plain-loop oracles, and spaces of any size."""

import itertools
import math
import sys
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import make
from peacetable import analysis
from peacetable.analysis import Yardstick, distance_to_frontier, forecasts, frontier, opposition, points, solve
from peacetable.analysis.forecast import compromise, weighted_median
from peacetable.analysis.program import Program
from peacetable.analysis.search import found_frontier, search
from peacetable.analysis.solutions import NAMES
from peacetable.scenario import (
    STANCE_VALUES,
    Condition,
    Issue,
    Judgement,
    Level,
    Part,
    Party,
    Position,
    Protocol,
    Rule,
    Scenario,
    Space,
    Strategy,
    preferences,
)
from peacetable.scenario.consent import Quorum
from peacetable.scenario.utility import GRAIN
from peacetable.table.protocols import USUAL


def judged(value):
    return Judgement(value, value, value)


def scenario_of(values, saliences=None, reservation=None, rules=(), conditions=None, ordered=True, **changes):
    """A scenario from numbers. `values`: per party, per issue, the value or stance of each level (None: unstated)."""
    shape = [len(levels) for levels in values[0]]
    saliences = saliences or [[50] * len(shape)] * len(values)
    reservation = reservation or [0.0] * len(values)
    conditions = conditions or [()] * len(values)
    names = [f"p{n}" for n in range(len(values))]
    issues = tuple(
        Issue(
            f"i{i}",
            f"Issue {i}",
            f"I{i}",
            tuple(Level(f"l{k}", f"Level {k}", f"L{k}", tuple(names)) for k in range(n)),
            ordered,
        )
        for i, n in enumerate(shape)
    )
    parties = []
    for n, name in enumerate(names):
        said = {}
        for i, k in ((i, k) for i, levels in enumerate(shape) for k in range(levels)):
            cell = values[n][i][k]
            if isinstance(cell, str):
                said[f"i{i}", f"l{k}"] = Position(cell, "stated", ("S1",))
            elif cell is not None:
                said[f"i{i}", f"l{k}"] = Position("neutral", "stated", (), value=cell)
        parties.append(
            Party(
                name, name, name, "", (), "", judged(50 + 10 * n), judged(reservation[n]), judged(0),
                {f"i{i}": judged(s) for i, s in enumerate(saliences[n])}, said, tuple(conditions[n]),
                Strategy(Part("time_dependent"), Part("ac_next"), Part("none")),
            )
        )  # fmt: skip
    facts = {"id": "made", "variant": "", "title": "", "summary": "", "anchor": "", "cutoff": "", "issues": issues}
    facts |= {"parties": tuple(parties), "stance_values": STANCE_VALUES, "prior": (0.35, 0.65), "draw": ()}
    facts |= {"protocol": Protocol(USUAL), "rules": tuple(rules), "events": (), "sources": {}, "glossary": {}}
    return Scenario(**(facts | {"document": {}, "hash": ""} | changes))


def grains(rows):
    return np.rint(np.array(rows, dtype=float) * GRAIN).astype(np.int64)


# oracles: plain loops, obviously right


def dominates(y, x):
    return all(b >= a for a, b in zip(x, y, strict=True)) and any(b > a for a, b in zip(x, y, strict=True))


def plain_frontier(rows):
    return [n for n, x in enumerate(rows) if not any(dominates(y, x) for y in rows)]


def plain_points(rows, r):
    zone = [n for n, x in enumerate(rows) if all(u >= limit for u, limit in zip(x, r, strict=True))]
    left = [n for n in zone if not any(dominates(rows[m], rows[n]) for m in zone)]
    gain = {n: [u - limit for u, limit in zip(rows[n], r, strict=True)] for n in left}
    spans = [max(g[p] for g in gain.values()) for p in range(len(r))] if left else []
    most = max((sum(g > 0 for g in gain[n]) for n in left), default=0)

    def share(n):
        # a common denominator: whole numbers, no rounding
        able = [p for p, span in enumerate(spans) if span > 0]
        whole = math.prod(spans[p] for p in able)
        return min((gain[n][p] * (whole // spans[p]) for p in able), default=0)

    scores = {
        "nash": lambda n: math.prod(g for g in gain[n] if g > 0) if sum(g > 0 for g in gain[n]) == most else -1,
        "kalai_smorodinsky": share,
        "egalitarian": lambda n: min(gain[n]),
        "utilitarian": lambda n: sum(gain[n]),
    }
    best = {name: max(map(score, left), default=None) for name, score in scores.items()}
    return zone, {name: [n for n in left if score(n) == best[name]] for name, score in scores.items()}


vectors = st.integers(1, 4).flatmap(
    lambda parties: st.lists(st.lists(st.integers(0, 6), min_size=parties, max_size=parties), min_size=0, max_size=40)
)


# frontier


@given(vectors)
def test_frontier_is_what_nothing_dominates(rows):
    utilities = np.array(rows, dtype=np.int64).reshape(len(rows), -1 if rows else 2)
    found = frontier(utilities)
    expected = plain_frontier(rows)
    assert found.indices.tolist() == expected
    assert found.distinct == len({tuple(rows[n]) for n in expected})
    assert frontier(utilities / 7).indices.tolist() == expected


def test_frontier_over_several_blocks_against_loops():
    chance = np.random.default_rng(1)
    utilities = chance.integers(0, 100, (1500, 5))
    utilities[:, 4] = 200 + chance.integers(0, 20, 1500) - utilities[:, :4].sum(axis=1)
    (found, distinct), rows = frontier(utilities), utilities.tolist()
    assert found.tolist() == plain_frontier(rows)
    assert distinct == len({tuple(rows[n]) for n in found}) > 512


def test_frontier_of_duplicates_and_of_nothing():
    assert frontier(np.array([[1, 2], [1, 2], [2, 1], [1, 1]]))[0].tolist() == [0, 1, 2]
    assert frontier(np.array([[1, 2], [1, 2], [2, 1], [1, 1]])).distinct == 2
    assert frontier(np.empty((0, 3))).distinct == 0


# solution points: textbook values


def test_nash_1950_bill_and_jack():
    """Nash 1950, The Bargaining Problem, Econometrica 18, p. 161: Bill gives book, whip, ball and bat, Jack gives pen,
    toy and knife; they gain 12 and 5. All 2^9 allocations are the packages."""
    bill = np.array([2, 2, 2, 2, 4, 10, 4, 6, 2])
    jack = np.array([4, 2, 1, 2, 1, 1, 1, 2, 2])
    holds = np.array(list(itertools.product([0, 1], repeat=9)))  # 1: Bill ends with it
    start = np.array([1] * 5 + [0] * 4)
    utilities = np.stack([holds @ bill, (1 - holds) @ jack], axis=1)
    disagreement = np.array([start @ bill, (1 - start) @ jack])
    found = points(grains(utilities / 100), disagreement / 100)
    assert [holds[n].tolist() for n in found.nash] == [[0, 0, 0, 0, 1, 1, 1, 1, 0]]
    assert (utilities[found.nash[0]] - disagreement).tolist() == [12, 5]


def test_split_the_dollar():
    """Two parties divide 100 cents, u1 = x, u2 = 1 - x, r = 0: every solution but the utilitarian splits it in half;
    with r = (0.2, 0) the first gets 60 (Nash 1950; the transferable-utility case: r plus half of the surplus)."""
    cents = np.arange(101)
    utilities = grains(np.stack([cents / 100, (100 - cents) / 100], axis=1))
    found = points(utilities, np.zeros(2))
    assert [getattr(found, name).tolist() for name in NAMES[:3]] == [[50]] * 3
    assert len(found.utilitarian) == 101
    moved = points(utilities, np.array([0.2, 0.0]))
    assert [getattr(moved, name).tolist() for name in NAMES[:3]] == [[60]] * 3
    assert (len(moved.zone), moved.ideal.tolist()) == (81, [GRAIN, 8 * GRAIN // 10])


def test_risk_averse_divider_gets_less():
    """u1 = sqrt(x), u2 = 1 - x, r = 0. Nash: maximise sqrt(x)(1 - x), x = 1/3 (Osborne and Rubinstein 1990, Bargaining
    and Markets, ch. 2: the more risk-averse gets less). Egalitarian and Kalai-Smorodinsky (ideal (1, 1)):
    sqrt(x) = 1 - x, x = (3 - sqrt 5)/2. Utilitarian: 1/(2 sqrt x) = 1, x = 1/4."""
    x = np.arange(10_001) / 10_000
    found = points(grains(np.stack([np.sqrt(x), 1 - x], axis=1)), np.zeros(2))
    values = [float(x[getattr(found, name)[0]]) for name in NAMES]
    fair = (3 - math.sqrt(5)) / 2
    assert values == pytest.approx([1 / 3, fair, fair, 1 / 4], abs=1e-4)


def test_kalai_smorodinsky_1975_monotonicity():
    """Two hulls with the same ideal (1, 1), r = 0: of (1,0), (0,1), (3/4,3/4), and of (1,0), (0,1), (1,0.7), the kind
    of pair with which Kalai and Smorodinsky (Econometrica 43) argue for monotonicity. Nash: (3/4, 3/4), then (1, 0.7),
    so the second party loses in the larger set; KS: (3/4, 3/4), then u1 = u2 on u2 = 1 - 0.3 u1, 10/13 each."""
    low = np.arange(61) / 80
    small = np.stack([low, 1 - low / 3], axis=1)
    small = np.concatenate([small, small[:, ::-1], [[1.0, 0.0]]])
    u1 = np.arange(0, 14) / 13
    large = np.concatenate([np.stack([u1, 1 - 0.3 * u1], axis=1), [[1.0, 0.0]]])
    first, second = points(grains(small), np.zeros(2)), points(grains(large), np.zeros(2))
    assert {tuple(small[n]) for n in first.nash} == {tuple(small[n]) for n in first.kalai_smorodinsky} == {(0.75, 0.75)}
    assert [large[n].tolist() for n in second.nash] == [[1.0, pytest.approx(0.7)]]
    assert [large[n].tolist() for n in second.kalai_smorodinsky] == [pytest.approx([10 / 13, 10 / 13])]


def test_kalai_smorodinsky_weighs_by_the_ideal_and_egalitarian_does_not():
    """u1 + 2 u2 <= 1 on a grid, r = 0, ideal (1, 1/2): KS is half of the ideal (1/2, 1/4), egalitarian (1/3, 1/3)
    (Thomson 1994, Cooperative models of bargaining, Handbook of Game Theory II, ch. 35: KS on the segment to the ideal,
    egalitarian on the line of equal gains)."""
    rows = np.array([[a / 12, (12 - a) / 24] for a in range(13)])
    found = points(grains(rows), np.zeros(2))
    assert rows[found.kalai_smorodinsky].tolist() == [[0.5, 0.25]]
    assert rows[found.egalitarian].tolist() == [pytest.approx([1 / 3, 1 / 3])]


# solution points: definitions


@given(vectors, st.lists(st.integers(0, 3), min_size=4, max_size=4))
def test_points_are_those_of_plain_loops(rows, r):
    if not rows:
        return
    r = r[: len(rows[0])]
    zone, expected = plain_points(rows, r)
    found = points(grains(np.array(rows) / 10), np.array(r) / 10)
    assert found.zone.tolist() == zone
    assert {name: getattr(found, name).tolist() for name in NAMES} == expected


def test_empty_zone_has_no_points():
    found = points(grains([[0.2, 0.9], [0.9, 0.2]]), np.array([0.5, 0.5]))
    assert [len(getattr(found, name)) for name in (*NAMES, "zone")] == [0] * 5 and found.efficient.distinct == 0


def test_red_lines_leave_the_zone():
    utilities, r = grains([[0.9, 0.9], [0.6, 0.6]]), np.array([0.5, 0.5])
    found = points(utilities, r, np.array([[False, True], [False, False]]))
    assert found.zone.tolist() == found.nash.tolist() == [1]


def test_a_party_without_anything_to_gain_does_not_hide_the_others():
    found = points(grains([[0.5, 0.6, 0.9], [0.5, 0.8, 0.8], [0.4, 1.0, 1.0]]), np.array([0.5, 0.5, 0.5]))
    assert found.nash.tolist() == found.kalai_smorodinsky.tolist() == [1]


def test_if_nobody_can_gain_every_rational_package_ties():
    found = points(grains([[0.5, 0.5], [0.5, 0.5], [0.4, 0.9]]), np.array([0.5, 0.5]))
    assert [getattr(found, name).tolist() for name in NAMES] == [[0, 1]] * 4


def test_weakly_dominated_packages_are_no_points():
    found = points(grains([[0.5, 0.7], [0.5, 0.9]]), np.zeros(2))
    assert [getattr(found, name).tolist() for name in NAMES] == [[1]] * 4


# measures


@given(vectors, st.data())
def test_distance_to_frontier_is_that_of_plain_loops(rows, data):
    if not rows:
        return
    at = data.draw(st.integers(0, len(rows) - 1))
    expected = min(math.dist(rows[at], rows[n]) for n in plain_frontier(rows)) / 10
    assert distance_to_frontier(grains(rows[at]) // 10, grains(rows).T // 10) == pytest.approx(expected, abs=1e-12)


def test_opposition_and_welfare():
    utilities = np.array([[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]])
    assert opposition(utilities) == pytest.approx(math.sqrt(0.5))
    assert analysis.welfare(utilities).tolist() == [1.0, 1.0, 1.0]


def random_scenario(seed, shape=(3, 2, 4), parties=3, **changes):
    chance = np.random.default_rng(seed)
    values = [[chance.random(n).round(2).tolist() for n in shape] for _ in range(parties)]
    saliences = [chance.integers(10, 90, len(shape)).tolist() for _ in range(parties)]
    conditions = [(Condition("c", {"i0": ("l0", "l1"), "i1": ("l1",)}, judged(-0.1)),)] + [()] * (parties - 1)
    rules = (Rule("no", {"i0": ("l2",), "i2": ("l0", "l1")}, "because"),)
    return scenario_of(values, saliences, changes.pop("reservation", [0.35] * parties), rules, conditions, **changes)


@pytest.mark.parametrize("own", [False, True])
def test_yardstick_measures_each_table_by_its_own_utilities(own):
    scenario = random_scenario(3)
    space, chance = Space(scenario), np.random.default_rng(5)
    draws = chance.random((6, 3, 3)) if own else None
    scenario = scenario_of_ranges(scenario) if own else scenario
    numbers = preferences(scenario, space, saliences=draws)
    every = space.enumerate()
    every = every[space.feasible(every)]
    agreed, rows = every[chance.integers(0, len(every), 6)], np.arange(6)
    found = Yardstick(numbers).measure(agreed, rows)
    for n in rows:
        table = numbers.only(np.array([n]))
        utilities = np.stack([table.all_totals(every, p)[0] for p in range(3)], axis=1)
        mine = next(u for u, x in zip(utilities, every, strict=True) if (x == agreed[n]).all())
        edge = [math.dist(mine, utilities[m]) / GRAIN for m in plain_frontier(utilities.tolist())]
        nash = [math.dist(mine, utilities[m]) / GRAIN for m in points(utilities, table.reservation[0]).nash]
        assert found["pareto_distance"][n] == pytest.approx(min(edge), abs=1e-12)
        assert found["nash_distance"][n] == pytest.approx(min(nash, default=math.nan), abs=1e-12, nan_ok=True)
        assert found["welfare"][n] == pytest.approx(mine.sum() / GRAIN)


def scenario_of_ranges(scenario):
    """The same with saliences that can be drawn."""
    parties = [
        replace(p, saliences={i: Judgement(s.value, 5, 95) for i, s in p.saliences.items()}) for p in scenario.parties
    ]
    return replace(scenario, parties=tuple(parties))


# whole scenarios


@given(st.integers(0, 10_000))
def test_solve_counts_what_loops_count(seed):
    scenario = random_scenario(seed)
    space, found = Space(scenario), solve(scenario)
    numbers = preferences(scenario)
    rows = []
    for package in itertools.product(*(range(n) for n in space.shape)):
        if not (package[0] == 2 and package[2] in (0, 1)):
            rows.append([int(numbers.totals(np.array([package]), p, np.array([0]))[0]) for p in range(3)])
    zone, expected = plain_points(rows, [35 * GRAIN // 100] * 3)
    assert (found.packages, found.feasible, found.signable, found.zone, found.agreeable) == (
        24, len(rows), len(rows), len(zone), len(zone)
    )  # fmt: skip
    assert found.frontier_size == len({tuple(rows[n]) for n in plain_frontier(rows)})
    for name in NAMES:
        assert [(p.utilities * GRAIN).round().tolist() for p in found.points[name]] == [rows[n] for n in expected[name]]


@given(st.integers(0, 10_000))
def test_permuting_the_parties_permutes_the_points(seed):
    scenario = random_scenario(seed)
    order = [2, 0, 1]
    turned = replace(scenario, parties=tuple(scenario.parties[n] for n in order))
    a, b = solve(scenario), solve(turned)
    assert (a.zone, a.frontier_size) == (b.zone, b.frontier_size)
    for name in NAMES:
        assert [p.package.tolist() for p in a.points[name]] == [p.package.tolist() for p in b.points[name]]
        assert [p.utilities[order].tolist() for p in a.points[name]] == [p.utilities.tolist() for p in b.points[name]]


def by_consent(scenario, needs=None, **protocol):
    """The same with the consent rule of `protocol`; `needs`: per issue and level, whose signature it needs."""
    issues = scenario.issues
    if needs is not None:
        issues = tuple(
            replace(i, levels=tuple(replace(k, needs=who) for k, who in zip(i.levels, row, strict=True)))
            for i, row in zip(issues, needs, strict=True)
        )
    return replace(scenario, issues=issues, protocol=Protocol(USUAL, **protocol))


def test_red_lines_and_needed_signatures():
    """p1 never takes the second level; where its signature is not needed there, the other two can sign without it, but
    one of them alone could not."""
    values = [[[0.2, 1.0]], [["prefer", "red_line"]], [[0.3, 0.9]]]
    scenario = scenario_of(values, reservation=[0.1, 0.1, 0.1])
    found = solve(scenario)
    assert (found.feasible, found.signable, found.zone, found.agreeable) == (2, 1, 1, 1)
    found = solve(by_consent(scenario, [[("p0",)] * 2], consent="needed"))
    assert (found.signable, found.zone, found.agreeable) == (2, 1, 2)
    found = solve(by_consent(scenario_of(values[:2], reservation=[0.1, 0.1]), [[("p0",)] * 2], consent="needed"))
    assert (found.signable, found.zone, found.agreeable) == (1, 1, 1)


def test_a_quorum_leaves_out_what_too_many_never_sign():
    """Of four parties three have a red line on the last level, two on the second; a quorum of two can sign the second,
    unless one of the two has a veto."""
    red = ["prefer", "red_line", "red_line"]
    values = [[[0.5, 0.5, 0.5]], [["prefer", "prefer", "red_line"]], [red], [red]]
    scenario = scenario_of(values)
    counts = {q: solve(by_consent(scenario, consent="quorum", quorum=q)).signable for q in (2, 3, 4)}
    assert counts == {2: 2, 3: 1, 4: 1}
    veto = solve(by_consent(scenario, consent="quorum", quorum=2, vetoes=("p3",)))
    assert (veto.signable, veto.agreeable) == (1, 1)


def a_quorum(signatures, parties):
    return Quorum([f"p{n}" for n in range(parties)], (), Protocol(USUAL, consent="quorum", quorum=signatures))


def test_points_by_consent_worked_by_hand():
    """Three parties, r = 0.2; gains in tenths a: (3, 3, 3), b: (4, 6, -2), c: (1, 7, 5), d: (8, 2, -1).

    Zone of all: a and c, products 27 and 35, least gains 3 and 1, sums 9 and 13; shares of the ideals (3, 7, 5): a has
    1, 3/7, 3/5, c has 1/3, 1, 1. A quorum of two: the two largest gains count, with products a 9, b 24, c 35, d 16;
    second largest a 3, b 4, c 5, d 2; sums 9, 8, 13, 9; second largest share of the ideals (8, 7, 5): a 3/7, b 1/2,
    c 1, d 2/7. With a veto of the first party it counts, with the better of the others: products a 9, b 24, c 7, d 16;
    least a 3, b 4, c 1, d 2; shares a 3/8, b 1/2, c 1/8, d 2/7."""
    rows = np.array([[5, 5, 5], [6, 8, 0], [3, 9, 7], [10, 4, 1]]) / 10
    r, needs = np.full(3, 0.2), np.zeros((4, 3), dtype=bool)
    everybody = points(grains(rows), r)
    assert everybody.zone.tolist() == [0, 2]
    assert [getattr(everybody, name).tolist() for name in NAMES] == [[2], [0], [0], [2]]
    found = points(grains(rows), r, None, needs, a_quorum(2, 3))
    assert found.zone.tolist() == [0, 1, 2, 3]
    assert [getattr(found, name).tolist() for name in NAMES] == [[2]] * 4
    needs[:, 0] = True
    found = points(grains(rows), r, None, needs, a_quorum(2, 3))
    assert [getattr(found, name).tolist() for name in NAMES] == [[1], [1], [1], [2]]


def test_groups_of_different_size_are_compared_by_the_mean():
    """a needs two, who gain 4 and 4 (mean 4; the third loses); b needs three, who gain 3, 5 and 5: the cube root of 75
    is 4.2. The products alone, 16 and 75, say the same; with 3, 4 and 5 (60: 3.9) they would not."""
    r = np.full(3, 0.2)
    needs = np.array([[True, True, False], [True, True, True]])
    for third, expected in ((5, [1]), (4, [0])):
        rows = grains(np.array([[6, 6, 0], [5, 2 + third, 7]]) / 10)
        assert points(rows, r, None, needs, a_quorum(2, 3)).nash.tolist() == expected
        assert points(rows, r, None, needs, a_quorum(2, 3)).utilitarian.tolist() == [1]


def plain_consent_points(rows, r, vetoed, needs, signatures):
    """As `plain_points` over what consent allows: each package is judged by the groups that can sign it."""
    parties = range(len(r))
    gain = [[u - limit for u, limit in zip(x, r, strict=True)] for x in rows]
    content = [[p for p in parties if gain[n][p] >= 0 and not vetoed[n][p]] for n in range(len(rows))]
    zone = [
        n for n in range(len(rows))
        if all(p in content[n] for p in parties if needs[n][p]) and len(content[n]) >= signatures
    ]  # fmt: skip
    left = [n for n in zone if not any(dominates(rows[m], rows[n]) for m in zone)]
    ideal = [max((gain[n][p] for n in left), default=0) for p in parties]

    def groups(n):
        must = [p for p in parties if needs[n][p]]
        rest = [p for p in content[n] if p not in must]
        return [(*must, *more) for more in itertools.combinations(rest, max(signatures - len(must), 0))]

    def nash(n):
        # the mean as the 60th power of the root: whole numbers for up to five that gain
        def worth(group):
            won = [gain[n][p] for p in group if gain[n][p] > 0]
            return -(len(group) - len(won)), math.prod(won) ** (60 // max(len(won), 1))

        return max(map(worth, groups(n)))

    def share(n):
        must = [p for p in parties if needs[n][p]]
        shares = {p: Fraction(gain[n][p], ideal[p]) if ideal[p] > 0 else Fraction(-1) for p in content[n]}
        rest = sorted((p for p in content[n] if p not in must), key=lambda p: -shares[p])
        group = must + rest[: max(signatures - len(must), 0)]
        return min((shares[p] for p in group if ideal[p] > 0), default=Fraction(0))

    scores = {
        "nash": nash,
        "kalai_smorodinsky": share,
        "egalitarian": lambda n: max(min(gain[n][p] for p in group) for group in groups(n)),
        "utilitarian": lambda n: sum(gain[n]),
    }
    best = {name: max(map(score, left), default=None) for name, score in scores.items()}
    return zone, {name: [n for n in left if score(n) == best[name]] for name, score in scores.items()}


@given(vectors, st.data())
def test_points_by_consent_are_those_of_plain_loops(rows, data):
    if not rows or len(rows[0]) < 2:
        return
    parties = len(rows[0])
    flags = st.lists(st.booleans(), min_size=parties, max_size=parties)
    vetoed, needs = ([data.draw(flags) for _ in rows] for _ in range(2))
    r = data.draw(st.lists(st.integers(0, 4), min_size=parties, max_size=parties))
    signatures = data.draw(st.integers(2, parties))
    zone, expected = plain_consent_points(rows, r, vetoed, needs, signatures)
    rule, limits = a_quorum(signatures, parties), np.array(r) / 10
    found = points(grains(np.array(rows) / 10), limits, np.array(vetoed), np.array(needs), rule)
    assert found.zone.tolist() == zone
    assert {name: getattr(found, name).tolist() for name in NAMES} == expected


def said(found):
    """What `solve` found, as plain data that can be compared."""
    ties = [
        {name: [p.package.tolist() for p in tied] for name, tied in points.items()}
        for points in (found.points, found.points_by_consent)
    ]
    sizes = found.signable, found.frontier_size, found.rational_frontier_size, found.zone, found.agreeable
    return sizes, *ties


@given(st.integers(0, 10_000))
def test_a_quorum_of_all_is_unanimity(seed):
    scenario = with_red_lines(random_scenario(seed), seed)
    unanimity, quorum = solve(scenario), solve(by_consent(scenario, consent="quorum", quorum=3))
    assert said(quorum) == said(unanimity)
    assert unanimity.points_by_consent == unanimity.points and unanimity.zone == unanimity.agreeable


def with_red_lines(scenario, seed):
    """The same with a red line here and there, and what the first party refuses together."""
    chance = np.random.default_rng(seed)
    on = sorted(chance.choice(len(scenario.issues), 2, replace=False).tolist())
    levels = [(scenario.issues[i], chance.choice(len(scenario.issues[i].levels), 2).tolist()) for i in on]
    when = {issue.id: tuple(issue.levels[k].id for k in sorted({*ks})) for issue, ks in levels}
    refusal = Condition("refused", when, Judgement(-2.0, -2.0, -2.0), True)
    parties = [
        replace(party, positions={c: replace(x, stance="red_line") if chance.random() < 0.1 else x
                                  for c, x in party.positions.items()})
        for party in scenario.parties
    ]  # fmt: skip
    parties[0] = replace(parties[0], conditions=(*parties[0].conditions, refusal))
    return replace(scenario, parties=tuple(parties))


def consents(scenario, seed):
    """The scenario under every consent rule, with random needs."""
    chance, names = np.random.default_rng(seed), scenario.party_ids
    needs = [[tuple(n for n in names if chance.random() < 0.4) for _ in i.levels] for i in scenario.issues]
    yield by_consent(scenario)
    yield by_consent(scenario, needs, consent="needed")
    yield by_consent(scenario, consent="quorum", quorum=2, vetoes=names[:1])
    yield by_consent(scenario, consent="quorum", quorum=len(names) - 1)


@given(st.integers(0, 10_000))
def test_solve_counts_what_the_consent_rule_allows(seed):
    for scenario in consents(with_red_lines(random_scenario(seed), seed), seed):
        found, numbers, names = solve(scenario), preferences(scenario), scenario.party_ids
        space, r = numbers.space, [35 * GRAIN // 100] * 3
        rows, vetoed, needs = [], [], []
        for x in itertools.product(*(range(n) for n in space.shape)):
            levels = [issue.levels[k] for issue, k in zip(scenario.issues, x, strict=True)]
            if x[0] == 2 and x[2] in (0, 1):
                continue
            rows.append([int(numbers.totals(np.array([x]), p, np.array([0]))[0]) for p in range(3)])
            red = [{key for key, said in p.positions.items() if said.stance == "red_line"} for p in scenario.parties]
            held = {i.id: k.id for i, k in zip(scenario.issues, levels, strict=True)}
            vetoed.append([
                any(cell in r for cell in held.items())
                or any(c.veto and all(held[i] in of for i, of in c.when.items()) for c in p.conditions)
                for r, p in zip(red, scenario.parties, strict=True)
            ])  # fmt: skip
            must = {
                "unanimity": {*names},
                "needed": {who for level in levels for who in level.needs},
                "quorum": {*scenario.protocol.vetoes},
            }[scenario.protocol.consent]
            needs.append([name in must for name in names])
        signatures = max(scenario.protocol.quorum, 2)
        able = [
            n for n in range(len(rows))
            if not any(v and m for v, m in zip(vetoed[n], needs[n], strict=True))
            and len(names) - sum(vetoed[n]) >= signatures
        ]  # fmt: skip
        everybody = [[True] * 3] * len(rows)
        zone, points_ = plain_consent_points(rows, r, vetoed, everybody, 3)
        allowed, asked = plain_consent_points(rows, r, vetoed, needs, signatures)
        assert (found.signable, found.zone, found.agreeable) == (len(able), len(zone), len(allowed))
        assert found.frontier_size == len({tuple(rows[able[n]]) for n in plain_frontier([rows[n] for n in able])})
        inside = [rows[n] for n in zone]
        assert found.rational_frontier_size == len({tuple(inside[n]) for n in plain_frontier(inside)})
        for tied, expected in ((found.points, points_), (found.points_by_consent, asked)):
            for name in NAMES:
                given = [(p.utilities * GRAIN).round().tolist() for p in tied[name]]
                assert given == [rows[n] for n in expected[name]]


# spaces that cannot be enumerated


def test_integer_programs_count_a_package_that_an_outsider_refuses_as_worth_nothing_to_it():
    """Not as worth less than nothing: those who sign are the better off for it."""
    values = np.array([[0, 1] * 3, [0, 1] * 3, [1, 0, 1, 0, 1, 0.4]])
    made = make.scenario(1, (2, 2, 2), consent="needed", red_lines=0, conditions=0, rules=0, events=False, draw=(),
                         values=values, reservation=0.2)  # fmt: skip
    issues = tuple(
        replace(issue, levels=tuple(replace(level, needs=("north", "west")) for level in issue.levels))
        for issue in made.issues
    )
    when = {issue.id: (issue.levels[1].id,) for issue in issues}
    south = replace(made.parties[2], conditions=(Condition("all", when, Judgement(-2.0, -2.0, -2.0), True),))
    scenario = replace(made, issues=issues, parties=(*made.parties[:2], south))
    program = Program(preferences(scenario), everybody=False)
    package, bound = program.maximise(program.sum())
    (best,) = solve(scenario).points_by_consent["utilitarian"]
    assert package.tolist() == best.package.tolist() == [1, 1, 1]
    assert bound == pytest.approx(100 * best.utilities.sum())


@pytest.mark.parametrize("seed", [pytest.param(0, marks=pytest.mark.quick), *range(1, 4)])
def test_integer_programs_find_the_points_of_enumeration(seed):
    scenario = random_scenario(seed, shape=(3, 2, 4, 3, 3), parties=4, reservation=[0.4] * 4)
    for case in consents(with_red_lines(scenario, seed), seed):
        exact, numbers, space = solve(case), preferences(case), Space(case)
        for everybody, expected in ((True, exact.points), (False, exact.points_by_consent)):
            found = search(numbers, everybody)
            for name in NAMES:
                numbered = sorted(int(space.index(p.package)) for p in expected[name])
                given = sorted(space.index(found.ties[name]).tolist())
                if any("best of climbs" in note for note in found.notes) and name == "nash":
                    assert len(given) >= min(1, len(numbered))  # it says that it may not be the best
                    continue
                assert {*given} <= {*numbered} and len(given) >= min(1, len(numbered)), name
    assert found_frontier(numbers, found.inside.reshape(-1, 5)) <= exact.frontier_size


@pytest.mark.parametrize("seed", range(12))
def test_a_space_treated_as_large_has_the_frontier_and_points_of_enumeration(seed, monkeypatch):
    scenario = random_scenario(seed, shape=(3, 2, 4, 3, 3, 2), parties=4, reservation=[0.4] * 4)
    for case in consents(with_red_lines(scenario, seed), seed):
        exact = solve(case)
        with monkeypatch.context() as patch:
            patch.setattr("peacetable.scenario.space.ENUMERABLE", 100)
            large = solve(case)
        sizes, *ties = said(exact)
        found, *others = said(large)
        assert found[:3] == sizes[:3] and ties == others
        assert found[3:] == pytest.approx(sizes[3:], abs=3)


def test_packages_that_are_worth_the_same_to_all_do_not_crowd_out_the_frontier():
    """Twelve issues that the two parties see exactly the other way round: every package is on the frontier, and there
    are thirteen vectors (0 to 12 twelfths)."""
    scenario = scenario_of([[[0.0, 1.0, 1.0]] * 13, [[1.0, 0.0, 0.0]] * 13])
    found = solve(scenario)
    assert found.packages == 3**13 and found.frontier_size == 14
    assert any("at most 5 are listed" in note for note in found.approximate)


@pytest.mark.quick
def test_a_space_of_200_million_is_solved_exactly_but_for_the_size_of_the_zone(capfd):
    scenario = random_scenario(1, shape=(5, 4, 4, *[5] * 9), parties=5, reservation=[0.45] * 5)
    found = solve(scenario)
    assert found.packages == 156_250_000 and found.feasible == 156_250_000 * 9 // 10
    assert len(found.approximate) == 1 and found.approximate[0].startswith("zone_of_agreement is estimated")
    assert capfd.readouterr().out == ""
    measured = Yardstick(preferences(scenario)).measure(found.points["nash"][0].package[None], np.array([0]))
    assert measured["pareto_distance"] == pytest.approx([0.0])
    assert measured["nash_distance"][0] < 0.2


def test_where_too_many_packages_are_undominated_programs_search_and_say_so(capfd, monkeypatch):
    scenario = random_scenario(1, shape=(5, 4, 4, *[5] * 9), parties=5, reservation=[0.45] * 5)
    exact = solve(scenario)
    monkeypatch.setattr(sys.modules["peacetable.analysis.solve"], "undominated", lambda *_, **__: None)
    found, r = solve(scenario), exact.reservation
    assert capfd.readouterr().out == ""
    for name, closeness in (("egalitarian", np.min), ("utilitarian", np.sum), ("nash", np.prod)):
        given, best = (closeness(s.points[name][0].utilities - r) for s in (found, exact))
        assert given == pytest.approx(best, rel=1e-4), name
    assert found.frontier_size < exact.frontier_size
    assert any("count only what was found" in note for note in found.approximate)


@pytest.mark.parametrize("counted", [True, False])
def test_a_large_space_without_a_zone_says_so(counted, monkeypatch):
    scenario = random_scenario(1, shape=(5, 4, 4, *[5] * 9), parties=5, reservation=[0.95] * 5)
    if not counted:
        monkeypatch.setattr(sys.modules["peacetable.analysis.solve"], "undominated", lambda *_, **__: None)
    found = solve(scenario)
    assert found.zone == found.agreeable == found.rational_frontier_size == 0
    assert all(found.points[name] == found.points_by_consent[name] == [] for name in NAMES)


# forecasts


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 9)), min_size=1, max_size=7))
def test_forecasts_minimise_the_distances_they_should(pairs):
    """The mean minimises the weighted sum of squared distances, the median that of distances."""
    x, w = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    grid = np.arange(0, 100.5, 0.5)
    squares = ((grid[:, None] - x) ** 2 * w).sum(axis=1)
    assert ((compromise(x, w) - x) ** 2 * w).sum() <= squares.min() + 1e-9
    distances = (np.abs(grid[:, None] - x) * w).sum(axis=1)
    assert (np.abs(weighted_median(x, w) - x) * w).sum() == pytest.approx(distances.min())


def test_forecast_by_hand():
    """Capability 50, 60, 70 x salience 80, 50, 20: weights 4000, 3000, 1400. p0 stands at 100, p1 at 0, p2 opposes
    the last of three levels only, so its best are the first two (neutral): 25. Mean (400000 + 35000) / 8400 = 51.79,
    the middle level; median: 25, since 3000 < 4200 <= 4400. Half way between two levels goes to the lower one."""
    values = [[[None, None, "demand"]], [["prefer", None, "oppose"]], [[None, None, "oppose"]]]
    scenario = scenario_of(values, saliences=[[80], [50], [20]])
    found = forecasts(scenario)
    assert found["compromise"].positions["i0"] == pytest.approx(435000 / 8400)
    assert found["weighted_median"].positions["i0"] == 25.0
    assert (found["compromise"].levels["i0"], found["weighted_median"].levels["i0"]) == (1, 0)


def test_forecast_of_unordered_and_of_silent_issues():
    values = [[["demand", None], [None, None]], [[None, "demand"], [None, None]]]
    found = forecasts(scenario_of(values, ordered=False))["compromise"]
    assert found.positions == {"i0": None, "i1": None}
    assert found.levels == {"i0": 1, "i1": None}
    assert found.package() is None


def test_median_with_a_tie_is_the_middle():
    assert weighted_median(np.array([0.0, 100.0]), np.array([3.0, 3.0])) == 50.0
