"""Numbers from stances, packages as arrays, notation, and rankings against sorting everything."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import make
from peacetable.errors import NotationError
from peacetable.scenario import CONSENTS, STANCES, Condition, Position, Space, cells, preferences, signable_count
from peacetable.scenario.factored import FactoredRanking
from peacetable.scenario.ranking import feasible_packages, threshold
from peacetable.scenario.sorting import SortedRanking
from peacetable.scenario.split import ANSWERS, SplitRanking
from peacetable.scenario.utility import GRAIN, triangular, unasked
from peacetable.table.notation import read, write
from reaching import reach

shapes = st.sampled_from([(2, 2), (3, 2, 4), (2, 3, 2, 2), (5, 4, 3), (2, 2, 2, 2, 3)])


@given(shapes)
def test_packages_and_numbers_correspond_first_issue_slowest(shape):
    space = Space(make.scenario(shape=shape))
    packages = space.enumerate()
    assert [tuple(x) for x in packages.tolist()] == list(itertools.product(*map(range, shape)))
    assert (space.index(packages) == np.arange(space.size)).all()


@pytest.mark.parametrize("consent", CONSENTS)
def test_a_space_leads_to_nothing_private(consent):
    scenario = make.scenario(consent=consent, rules=2, refusals=1)
    space = Space(scenario)
    reach(space, seen := {})
    kinds = {type(x).__name__ for x in seen.values()}
    assert not kinds & {"Scenario", "Party", "Judgement"}
    assert {"Rule", "ndarray"} <= kinds, "the walk must reach something"
    package = space.packaged({issue.id: issue.levels[1].id for issue in scenario.issues})
    assert package.tolist() == [1] * len(scenario.issues)
    broken = [rule for n, rule in enumerate(scenario.rules) if space.hold(space.rules[n], package)]
    assert space.broken_rules(package) == broken


@given(shapes, st.data())
def test_notation_round_trip(shape, data):
    scenario = make.scenario(shape=shape)
    package = np.array([data.draw(st.integers(0, n - 1)) for n in shape])
    text = write(scenario, package)
    assert (read(scenario, text) == package).all()
    words = text.split()
    assert (read(scenario, ", ".join(reversed(words))) == package).all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("i0=l0 i1=l1", "says nothing on i2"),
        ("i0=l0 i1=l1 i2=l9", 'No level "l9" on the issue "i2"'),
        ("i0=l0 i1=l1 ii2=l0", 'No issue "ii2" in made-0; did you mean "i2"?'),
        ("i0=l0 i0=l0 i1=l1 i2=l0", 'names the issue "i0" twice'),
        ("i0", "must look like issue=level"),
        ("", "says nothing on i0, i1, i2"),
    ],
)
def test_notation_says_what_is_wrong(text, words):
    with pytest.raises(NotationError) as caught:
        read(make.scenario(), text)
    assert words in str(caught.value)


def one_issue(positions: dict[int, str], levels=5, ordered=True):
    base = make.scenario(shape=(levels, 2), rules=0, conditions=0)
    coded = {("i0", f"l{k}"): Position(stance, "stated", ("S1",)) for k, stance in positions.items()}
    issues = (replace(base.issues[0], ordered=ordered), base.issues[1])
    parties = (replace(base.parties[0], positions=coded), *base.parties[1:])
    return cells(replace(base, issues=issues, parties=parties))


def test_unstated_levels_are_interpolated_between_coded_ones_and_neutral_outside():
    table = one_issue({1: "demand", 3: "acceptable"})
    assert table.value[0, :5] == pytest.approx([0.5, 1.0, 0.8, 0.6, 0.475])
    assert table.assumed[0, :5].tolist() == [True, False, True, False, True]
    assert (table.low[0, 2], table.high[0, 2], table.peaked[0, 2]) == (0.6, 1.0, True)
    assert (table.low[0, 0], table.high[0, 0], table.peaked[0, 0]) == (0.35, 0.65, False)
    assert one_issue({1: "demand", 3: "acceptable"}, ordered=False).value[0, 2] == 0.5


def test_preferences_have_one_peak():
    """A guess beyond an objection is worth no more than it, whatever the prior says; nor is one beyond the best level
    worth more than that. It lies in what is left of its range. Where a party has only objected, its peak is elsewhere:
    nothing is said of it. Which end of the line is listed first makes no difference."""
    beyond = one_issue({0: "prefer", 1: "oppose"})
    assert beyond.value[0, :5] == pytest.approx([0.8, 0.15, 0.1125, 0.1125, 0.1125])
    assert beyond.low[0, 2:5].tolist() == [0.075] * 3 and beyond.high[0, 2:5].tolist() == [0.15] * 3
    assert beyond.assumed[0, 2:5].all() and beyond.ranged[0, 2:5].all()
    dip = one_issue({0: "prefer", 2: "oppose", 4: "acceptable"})
    assert dip.value[0, :5] == pytest.approx([0.8, 0.475, 0.15, 0.1125, 0.6])
    best = one_issue({2: "acceptable"})
    assert best.value[0, :5] == pytest.approx([0.475, 0.475, 0.6, 0.475, 0.475])
    assert best.high[0, :5].tolist() == [0.6, 0.6, 0.6, 0.6, 0.6] and best.low[0, 0] == 0.35
    lone = one_issue({2: "oppose"})
    assert lone.value[0, :5] == pytest.approx([0.5, 0.5, 0.15, 0.5, 0.5])
    twice = one_issue({1: "oppose", 3: "reluctant"})
    assert twice.value[0, :5] == pytest.approx([0.1125, 0.15, 0.25, 0.35, 0.5])
    tied = {0: "demand", 2: "oppose", 3: "demand"}
    assert one_issue(tied).value[0, :5] == pytest.approx([1.0, 0.575, 0.15, 1.0, 0.5])
    assert one_issue({4 - k: stance for k, stance in tied.items()}).value[0, 4::-1] == pytest.approx(
        one_issue(tied).value[0, :5]
    )
    assert one_issue({0: "prefer", 1: "oppose"}, ordered=False).value[0, 2:5].tolist() == [0.5] * 3


def test_nothing_is_interpolated_from_to_or_across_a_level_off_the_line():
    """Levels 0, 2, 3, 4 stand on the line; 1 has a stance, but says nothing of its neighbours."""
    base = make.scenario(shape=(5, 2), rules=0, conditions=0)
    issue = replace(base.issues[0], ordered=True, order=("l0", "l2", "l3", "l4"))

    def values(said):
        coded = {("i0", f"l{k}"): Position(stance, "stated", ("S1",)) for k, stance in said.items()}
        parties = (replace(base.parties[0], positions=coded), *base.parties[1:])
        return cells(replace(base, issues=(issue, base.issues[1]), parties=parties))

    assert values({1: "demand", 3: "oppose"}).value[0, :5] == pytest.approx([0.5, 1.0, 0.5, 0.15, 0.5])
    found = values({0: "oppose", 1: "red_line", 3: "prefer"})
    assert found.value[0, :5] == pytest.approx([0.15, 0.0, 0.475, 0.8, 0.5])
    assert found.peaked[0, :5].tolist() == [False, False, True, False, False]
    assert values({0: "demand", 4: "oppose"}).value[0, 1] == 0.5
    backwards = replace(issue, order=("l4", "l0"))
    assert (backwards.line, backwards.steps(0, 4), backwards.steps(0, 3), backwards.steps(3, 3)) == ((4, 0), 1, 1, 0)
    assert issue.neighbours(2, {0, 4}) == (0, 4, 1 / 3) and issue.neighbours(1, {0, 4}) is None


def test_triangle_matches_its_distribution():
    u = (np.arange(200_000) + 0.5) / 200_000
    x = triangular(u, np.array(0.2), np.array(0.3), np.array(0.8))
    assert x.min() >= 0.2 and x.max() <= 0.8
    assert x.mean() == pytest.approx((0.2 + 0.3 + 0.8) / 3, abs=1e-4)
    assert triangular(np.array(0.4), np.array(0.5), np.array(0.5), np.array(0.5)) == 0.5


def by_hand(scenario, prefs, party, package, table):
    space = prefs.space
    total = sum(int(prefs.contributions[table, party, space.offsets[i] + k]) for i, k in enumerate(package))
    for k, condition in enumerate(scenario.parties[party].conditions):
        names = {i.id: i.levels[package[n]].id for n, i in enumerate(scenario.issues)}
        if all(names[i] in wanted for i, wanted in condition.when.items()):
            total += int(prefs.bonuses[table, party, k])
    return min(max(round(total * (GRAIN / int(prefs.scale[table, party]))), 0), GRAIN)


def on_paper(scenario, party, package):
    """The utility before it is clipped, as an exact fraction of the numbers as they are written."""
    facts = scenario.parties[party]
    saliences = [Fraction(str(facts.saliences[i].value)) for i in scenario.issue_ids]
    total = Fraction(0)
    for issue, salience, k in zip(scenario.issues, saliences, package, strict=True):
        stance = facts.positions[issue.id, issue.levels[k].id].stance
        total += salience * Fraction(str(scenario.stance_values[stance])) / sum(saliences)
    names = {i.id: i.levels[k].id for i, k in zip(scenario.issues, package, strict=True)}
    for condition in facts.conditions:
        if all(names[i] in wanted for i, wanted in condition.when.items()):
            total += Fraction(str(condition.change.value))
    return total


@given(st.data(), st.lists(st.sampled_from([0, 1, 5, 7, 12.5, 30, 35, 64, 100]), min_size=3, max_size=3).filter(any))
@settings(max_examples=60)
def test_what_ties_on_paper_ties_here_in_every_ranking(data, saliences):
    """Weights such as 35/340 are no whole number of grains: rounding them one by one made a difference of a grain."""
    base = make.scenario(0, shape=(3, 3, 4), conditions=0, rules=0, events=False, draw=())
    positions = {
        (i.id, level.id): Position(data.draw(st.sampled_from(STANCES[:-1])), "stated", ("S1",))
        for i in base.issues
        for level in i.levels
    }
    bonus = Condition("c0", {"i0": ("l0",), "i1": ("l0",)}, make.judgement(data.draw(st.sampled_from([0.05, -0.125]))))
    judged = {i: make.judgement(s) for i, s in zip(base.issue_ids, saliences, strict=True)}
    party = replace(base.parties[0], positions=positions, saliences=judged, conditions=(bonus,))
    scenario = replace(base, parties=(party, *base.parties[1:]))
    space = Space(scenario)
    numbers, packages = preferences(scenario, space), space.enumerate()
    first, several = numbers.numbers[0], numbers.spread(2).numbers[0]
    exact = [on_paper(scenario, 0, package) for package in packages.tolist()]
    grains = first.all_totals(packages, clipped=False)[0]
    assert np.abs(grains - np.array([float(u * GRAIN) for u in exact])).max() <= 0.51
    of_value = {}
    for u, here in zip(exact, grains.tolist(), strict=True):
        assert of_value.setdefault(u, here) == here
    ranked = sorted(range(len(packages)), key=lambda n: (exact[n], n))
    rows, every = np.array([0, 1]), len(packages)
    for found in (SortedRanking(several, packages), SplitRanking(several)):
        for place in (0, 1, every // 2, every - 1):
            assert (found.nth_best(np.full(2, place), rows)[0] == packages[ranked[every - 1 - place]]).all()
    for ranking in (
        SortedRanking(several, packages),
        SplitRanking(several),
        FactoredRanking(several, packages, [2]),
    ):
        for n in ranked[:: every // 6]:
            aim = np.full(2, min(max(float(grains[n]), 0), GRAIN) / GRAIN)
            first = next(k for k in ranked if min(max(grains[k], 0), GRAIN) / GRAIN >= aim[0])
            package, u, _ = ranking.at_least(aim, 0.0, 1, rows)
            assert (package[:, 0] == packages[first]).all() and (u[:, 0] == aim).all()


@given(st.integers(0, 500), shapes)
def test_utilities_are_whole_picos_and_the_same_however_they_are_asked_for(seed, shape):
    scenario = make.scenario(seed, shape=shape, conditions=2)
    space = Space(scenario)
    draws = np.random.default_rng(seed).random((4, 3, int(space.offsets[-1])))
    prefs = preferences(scenario, space, values=draws)
    packages = space.enumerate()
    for p in range(3):
        everything = prefs.all_totals(packages, p)
        for table in range(4):
            assert everything[table].tolist() == [by_hand(scenario, prefs, p, x, table) for x in packages.tolist()]
            rows = np.full(len(packages), table)
            assert (prefs.totals(packages, p, rows) == everything[table]).all()


@given(st.floats(0, 1.1))
def test_comparing_picos_is_comparing_utilities(u):
    k = int(threshold(np.array(u)))
    assert k / GRAIN >= u
    assert (k - 1) / GRAIN < u


@given(
    st.integers(0, 2000),
    shapes,
    st.floats(0, 1),
    st.sampled_from([0.0, 0.05, 0.3]),
    st.integers(1, 9),
    st.integers(0, 2),
)
def test_rankings_find_what_sorting_everything_finds(seed, shape, target, width, most, refusals):
    scenario = make.scenario(seed, shape=shape, conditions=2, rules=2, red_lines=0.1, refusals=refusals)
    space = Space(scenario)
    draws = np.random.default_rng(seed).random((4, 3, int(space.offsets[-1])))
    prefs = preferences(scenario, space, values=draws)
    packages = feasible_packages(space)
    rows = np.array([2, 0, 1])
    for p in range(3):
        numbers = prefs.numbers[p]
        own = packages[~numbers.vetoed(packages)]
        assume(len(own))
        kinds: list = [SortedRanking(numbers, packages), SplitRanking(numbers)]
        kinds += [FactoredRanking(numbers, packages, some) for some in free_sets(numbers)]
        for kind in kinds:
            best, worst = kind.best(rows), kind.worst(rows)
            found, u, there = kind.at_least(np.full(3, target), width, most, rows)
            for n, table in enumerate(rows):
                sums = numbers.all_totals(own, clipped=False)[table]
                order = sorted((int(t), int(space.index(x)), tuple(x)) for t, x in zip(sums, own, strict=True))
                assert (best[n], worst[n]) == (clip(order[-1][0]), clip(order[0][0]))
                goal = min(int(threshold(np.array(target))), order[-1][0])
                reaching = [row for row in order if row[0] >= goal]
                limit = max(int(threshold(np.array(target))) + round(width * GRAIN), reaching[0][0])
                expected = [row for row in reaching if row[0] <= limit][: most if width else 1]
                assert [tuple(x) for x in found[n][there[n]]] == [row[2] for row in expected]
                assert u[n][there[n]].tolist() == [clip(row[0]) for row in expected]
                for k in (0, 3, len(order) - 1, len(order) + 5):
                    x, v = kind.nth_best(np.full(3, k), rows)
                    wanted = order[max(len(order) - 1 - k, 0)]
                    assert (tuple(x[n]), v[n]) == (wanted[2], clip(wanted[0]))


@pytest.mark.parametrize("kept", [1, 5, 8])
def test_a_ranking_keeps_as_many_halves_as_it_may_and_finds_the_same(kept, monkeypatch):
    """Going round the tables costs a sort for each table that is not kept, and never one for all of them."""
    tables = 8
    draws = np.random.default_rng(1).random((tables, 3, 20))
    prefs = preferences(make.scenario(1, shape=(5,) * 4, conditions=2, rules=2, red_lines=0.0), values=draws)
    free, bound, rows = SplitRanking(prefs.numbers[0]), SplitRanking(prefs.numbers[0]), np.arange(tables)
    size = sum(array.nbytes for half in free._half(0) for array in half)
    free.worst(rows)
    monkeypatch.setattr("peacetable.scenario.split.HALVES", kept * size + size // 2)
    sorted_rows = []
    sort = bound._sort
    monkeypatch.setattr(bound, "_sort", lambda row: sorted_rows.append(row) or sort(row))
    bound.worst(rows)
    for target in np.linspace(0, 1, 2 * ANSWERS):
        for width, most in ((0.0, 1), (0.1, 7)):
            sorted_rows.clear()
            wanted, found = (r.at_least(np.full(tables, target), width, most, rows) for r in (free, bound))
            assert all((a == b).all() for a, b in zip(wanted, found, strict=True))
            assert sorted_rows == list(range(kept, tables))
    wanted, found = (r.nth_best(rows * 9, rows) for r in (free, bound))
    assert all((a == b).all() for a, b in zip(wanted, found, strict=True))


def test_fifty_issues_of_ten_levels_need_no_enumeration():
    scenario = make.scenario(1, shape=(10,) * 50, conditions=3, rules=3, red_lines=0.02)
    prefs = preferences(scenario)
    space, rows = prefs.space, np.array([0])
    for p in range(3):
        ranking = SplitRanking(prefs.numbers[p])
        assert ranking.approximate
        low, high = float(ranking.worst(rows)[0]), float(ranking.best(rows)[0])
        for share in (0.0, 0.2, 0.5, 0.8, 1.0):
            target = low + share * (high - low)
            packages, u, there = ranking.at_least(np.array([target]), 0.02, 20, rows)
            assert there[0, 0] and target - 1e-12 <= u[0, 0] <= target + 1e-4
            assert space.feasible(packages[0]).all() and not prefs.vetoed(packages[0], p).any()
            assert prefs.utility(packages, p) == pytest.approx(u, abs=0)


def free_sets(numbers):
    """Every one or two issues that no rule and no condition of the party is about."""
    bound = {i for tests in (*numbers.space.rules, *numbers.conditions) for i, _ in tests}
    free = [i for i in range(len(numbers.space.shape)) if i not in bound]
    return [list(some) for size in (1, 2) for some in itertools.combinations(free, size)]


def clip(grains):
    return min(max(grains, 0), GRAIN) / GRAIN


@given(st.integers(0, 10_000))
def test_what_is_drawn_between_coded_levels_keeps_their_order(seed):
    base = make.scenario(shape=(6, 2), rules=0, conditions=0)
    said = [("i0", f"l{k}", stance) for k, stance in ((0, "demand"), (5, "oppose"))]
    coded = {(i, k): Position(stance, "stated", ("S1",)) for i, k, stance in said}
    issues = (replace(base.issues[0], ordered=True), base.issues[1])
    scenario = replace(base, issues=issues, parties=(replace(base.parties[0], positions=coded), *base.parties[1:]))
    draws = np.random.default_rng(seed).random((20, len(base.parties), 8))
    gains = preferences(scenario, values=draws).contributions[:, 0, :6]
    assert (np.diff(gains, axis=1) <= 0).all()
    assert (gains[:, 1:5] < gains[:, :1]).any() and (gains[:, 1:5] > gains[:, 5:]).any()


def test_a_condition_is_a_veto_and_alone_on_an_issue_a_red_line():
    """Read as a condition, a demand on one issue rules its levels out as a red line does; on two, the packages that
    hold both; these are worth nothing, whatever the other issues add."""
    base = make.scenario(shape=(3, 3), rules=0, conditions=0, red_lines=0.0)
    worthless = make.judgement(-2.0)
    alone = Condition("alone", {"i0": ("l2",)}, worthless, True)
    both = Condition("both", {"i0": ("l0",), "i1": ("l0", "l1")}, worthless, True)
    scenario = replace(base, parties=(replace(base.parties[0], conditions=(alone, both)), *base.parties[1:]))
    numbers, every = preferences(scenario), Space(scenario).enumerate()
    refused = {(2, 0), (2, 1), (2, 2), (0, 0), (0, 1)}
    for x, no, u in zip(every.tolist(), numbers.vetoed(every, 0), numbers.all_totals(every, 0)[0], strict=True):
        assert no == (tuple(x) in refused) and (u == 0) == no
    assert numbers.numbers[0].forbidden.tolist() == [False, False, True, False, False, False]
    assert not numbers.vetoed(every, 1).any()
    assert signable_count(numbers.space, numbers.forbidden, refusals=numbers.refusals) == 4
    penalty = replace(scenario, protocol=replace(scenario.protocol, red_lines="penalty"))
    numbers = preferences(penalty)
    assert not numbers.vetoed(every, 0).any() and (numbers.all_totals(every, 0)[0] == 0).sum() == 5


def test_a_party_does_not_propose_what_another_rules_out_and_it_never_asked_for():
    """On ordered levels 0 to 4: one demands 4, one rules out 3 and 4, one opposes 3 and is silent on the rest."""
    base = make.scenario(shape=(5, 2), rules=0, conditions=0, red_lines=0.0)
    stances = ({4: "demand", 0: "oppose"}, {3: "red_line", 4: "red_line", 0: "demand"}, {3: "oppose"})
    parties = tuple(
        replace(party, positions={("i0", f"l{k}"): Position(s, "stated", ("S1",)) for k, s in said.items()})
        for party, said in zip(base.parties, stances, strict=True)
    )
    scenario = replace(base, parties=parties, issues=(replace(base.issues[0], ordered=True), base.issues[1]))
    found = unasked(scenario, cells(scenario))[:, :5]
    assert found[0].tolist() == [False] * 5, "it asks for 4, and 3 lies on the way there"
    assert not found[1].any()
    assert found[2].tolist() == [False, False, False, True, True]
    numbers = preferences(scenario).numbers[2]
    assert not numbers.forbidden.any() and numbers.for_proposals().forbidden[:5].sum() == 2
