"""Frontier, solution points, distances and forecasts: textbook values, plain-loop oracles, and spaces of any size."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peacetable import analysis
from peacetable.analysis import Yardstick, distance_to_frontier, forecasts, frontier, opposition, points, solve
from peacetable.analysis.forecast import compromise, weighted_median
from peacetable.analysis.large import search
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
from peacetable.scenario.utility import GRAIN


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
    facts |= {"protocol": Protocol(), "rules": tuple(rules), "events": (), "sources": {}, "glossary": {}}
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
    assert [len(getattr(found, name)) for name in (*NAMES, "zone", "efficient")] == [0] * 6


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
    draws = chance.random((6, 3, 4)) if own else None
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
    from dataclasses import replace

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
    from dataclasses import replace

    scenario = random_scenario(seed)
    order = [2, 0, 1]
    turned = replace(scenario, parties=tuple(scenario.parties[n] for n in order))
    a, b = solve(scenario), solve(turned)
    assert (a.zone, a.frontier_size) == (b.zone, b.frontier_size)
    for name in NAMES:
        assert [p.package.tolist() for p in a.points[name]] == [p.package.tolist() for p in b.points[name]]
        assert [p.utilities[order].tolist() for p in a.points[name]] == [p.utilities.tolist() for p in b.points[name]]


def test_red_lines_and_needed_signatures():
    """p1 never takes the second level; where its signature is not needed there, the others can sign without it."""
    values = [[[0.2, 1.0]], [["prefer", "red_line"]]]
    scenario = scenario_of(values, reservation=[0.1, 0.1])
    found = solve(scenario)
    assert (found.feasible, found.signable, found.zone, found.agreeable) == (2, 1, 1, 1)
    from dataclasses import replace

    levels = tuple(replace(level, needs=("p0",)) for level in scenario.issues[0].levels)
    free = replace(scenario, issues=(replace(scenario.issues[0], levels=levels),), protocol=Protocol(consent="needed"))
    found = solve(free)
    assert (found.signable, found.zone, found.agreeable) == (2, 1, 2)


# spaces that cannot be enumerated


@pytest.mark.parametrize("seed", [*(pytest.param(seed, marks=pytest.mark.quick) for seed in range(3)), *range(3, 12)])
def test_integer_programs_find_the_points_of_enumeration(seed):
    scenario = random_scenario(seed, shape=(3, 2, 4, 3, 3), parties=4, reservation=[0.4] * 4)
    exact, found = solve(scenario), search(scenario, preferences(scenario))
    space = Space(scenario)
    for name in NAMES:
        expected = sorted(int(space.index(p.package)) for p in exact.points[name])
        assert sorted(space.index(found.ties[name]).tolist()) == expected[:5], name
    assert found.vectors <= exact.frontier_size
    assert found.zone == pytest.approx(exact.zone, abs=2)


@pytest.mark.quick
def test_a_space_of_156_million_is_solved(capfd):
    scenario = random_scenario(1, shape=(5, 4, 4, *[5] * 9), parties=5, reservation=[0.45] * 5)
    found = solve(scenario)
    assert found.packages == 156_250_000 and found.approximate
    r = found.reservation
    for name in NAMES:
        assert found.points[name] and all((p.utilities >= r).all() for p in found.points[name])
    gains = {name: found.points[name][0].utilities - r for name in NAMES}
    assert gains["egalitarian"].min() >= max(g.min() for g in gains.values()) - 1e-6
    assert gains["utilitarian"].sum() >= max(g.sum() for g in gains.values()) - 1e-6
    assert gains["nash"].prod() >= max(g.prod() for g in gains.values()) * (1 - 1e-6)
    assert capfd.readouterr().out == ""
    measured = Yardstick(preferences(scenario)).measure(found.points["nash"][0].package[None], np.array([0]))
    assert measured["pareto_distance"] == pytest.approx([0.0])
    assert measured["nash_distance"][0] < 0.2


def test_a_large_space_without_a_zone_says_so():
    scenario = random_scenario(1, shape=(5, 4, 4, *[5] * 9), parties=5, reservation=[0.95] * 5)
    found = solve(scenario)
    assert found.zone == 0 and all(found.points[name] == [] for name in NAMES)


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
