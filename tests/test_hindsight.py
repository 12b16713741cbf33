"""What could have been: a textbook case, plain loops over small scenarios, and searches against what can be counted."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

import make
import peacetable
from peacetable.abm.model import Negotiation
from peacetable.analysis import Hindsight, Yardstick, look_around, look_back
from peacetable.analysis.program import SCALE, Program
from peacetable.scenario import Position, Preferences, Space, preferences
from peacetable.scenario.utility import GRAIN

SIDES = ("a", "b", "c")


def finished(slices) -> tuple[Hindsight, list[float]]:
    """What slices return, and the shares that they yield."""
    shares = []
    while True:
        try:
            shares.append(next(slices))
        except StopIteration as end:
            return end.value, shares


def settled(seed: int, consent: str, agreed: bool) -> tuple[Preferences, np.ndarray | None]:
    """Preferences at the end of some talks, and a package that was agreed, whoever gains by it, or None."""
    scenario = make.scenario(seed, parties=SIDES, consent=consent, red_lines=0.15, rules=seed % 3, refusals=seed % 2)
    numbers = preferences(scenario)
    chance = np.random.default_rng(seed)
    numbers = numbers.with_reservation(chance.uniform(0.0, 0.6, (1, len(SIDES))))
    packages = look_back(numbers).packages
    return numbers, packages[chance.integers(len(packages))] if agreed and len(packages) else None


# -- textbook --------------------------------------------------------------------------------------------------------


def bill_and_jack() -> tuple[Preferences, np.ndarray]:
    """Nash 1950, The Bargaining Problem, Econometrica 18, p. 161: nine things, first Bill's five, and who holds them at
    the start. Utilities are in ninetieths."""
    bill, jack = np.array([2, 2, 2, 2, 4, 10, 4, 6, 2]), np.array([4, 2, 1, 2, 1, 1, 1, 2, 2])
    values = np.zeros((2, 18))
    values[0, 1::2], values[1, 0::2] = bill / 10, jack / 10
    scenario = make.scenario(
        shape=(2,) * 9, parties=("bill", "jack"), values=values, red_lines=0, conditions=0, rules=0, events=False
    )
    return preferences(scenario).with_reservation(np.array([[12, 6]]) / 90), np.array([1] * 5 + [0] * 4, dtype=np.int16)


def test_nash_1950_bill_and_jack_after_a_poor_exchange():
    """They swap book for knife alone: Bill gains 4 and Jack 2. Raiffa 1985 (Post-settlement settlements, Negotiation
    Journal 1): what is better for both than what they settled on can still be had; Nash's exchange is of these."""
    numbers, start = bill_and_jack()
    agreed = start.copy()
    agreed[[0, 7]] = 0, 1
    found = look_back(numbers, agreed)
    assert found.exact and len(found.packages) == 512
    assert found.ended * 90 == pytest.approx([16, 8])
    nash = found.nash()
    assert nash.package.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 0]
    assert nash.utilities * 90 == pytest.approx([24, 11])
    better = {tuple(package) for package in found.packages[found.better].tolist()}
    assert tuple(nash.package.tolist()) in better and tuple(agreed.tolist()) not in better
    assert found.richest(found.better).utilities.sum() * 90 == pytest.approx(
        36
    )  # each thing with whom it is worth more to
    assert found.best(0).utilities[1] * 90 == pytest.approx(6)  # he leaves Jack what Jack has without agreement
    front = (found.front(0, 1) * 90).round(6).tolist()
    assert [24.0, 11.0] in front and front[0] == [34.0, 0.0] and front[-1] == [0.0, 16.0]


def test_before_any_exchange_there_is_something_for_both():
    numbers, start = bill_and_jack()
    found = look_back(numbers)
    assert (found.ended == found.reservation).all()
    assert not found.better[(found.packages == start).all(axis=1)].any()
    gains = found.grains[:, found.better] / GRAIN - found.ended[:, None]
    assert (gains >= 0).all() and (gains > 0).any(axis=0).all()
    fairest = found.fairest(found.better).utilities - found.ended
    assert fairest.min() == pytest.approx(gains.min(axis=0).max())


# -- plain loops -----------------------------------------------------------------------------------------------------


def worth(numbers: Preferences, package) -> list[int]:
    """Grains of one package for every party."""
    return [int(own.totals(np.array([package]), np.zeros(1, dtype=int))[0]) for own in numbers.numbers]


def crossed(numbers: Preferences, package) -> list[bool]:
    return [bool(own.vetoed(np.array(package))) for own in numbers.numbers]


def enough(space: Space, package, able) -> bool:
    """Whether the parties `able` can sign: all that it needs, and so many."""
    needs = space.consent.needs(np.array(package))
    return all(a or not n for a, n in zip(able, needs, strict=True)) and sum(able) >= space.consent.signatures


def oracle(numbers: Preferences, agreed) -> dict:
    """Package -> (grains, could have been agreed, better for all than the end), of all that can be signed."""
    space, limits, found = numbers.space, numbers.reservation[0], {}
    ended = None if agreed is None else worth(numbers, agreed)
    for package in itertools.product(*map(range, space.shape)):
        red = crossed(numbers, package)
        if not space.feasible(np.array(package)) or not enough(space, package, [not r for r in red]):
            continue
        grains = worth(numbers, package)
        able = [g / GRAIN >= r and not no for g, r, no in zip(grains, limits, red, strict=True)]
        gain = [g / GRAIN - r for g, r in zip(grains, limits, strict=True)]
        if ended is not None:
            gain = [g - e for g, e in zip(grains, ended, strict=True)]
        better = all(x >= 0 for x in gain) and any(x > 0 for x in gain)
        found[package] = grains, enough(space, package, able), better
    return found


@pytest.mark.parametrize("agreed", [False, True])
@pytest.mark.parametrize("consent", ["unanimity", "needed", "quorum"])
def test_hindsight_agrees_with_plain_loops(consent, agreed):
    kinds = set()
    for seed in range(12):
        numbers, end = settled(seed, consent, agreed)
        every, found = oracle(numbers, end), look_back(numbers, end)
        packages = [tuple(package) for package in found.packages.tolist()]
        assert packages == list(every)
        assert found.grains.T.tolist() == [grains for grains, _, _ in every.values()]
        assert found.agreeable.tolist() == [could for _, could, _ in every.values()]
        assert found.better.tolist() == [better for _, _, better in every.values()]
        for p in range(len(SIDES)):
            most = max((grains[p] for grains, could, _ in every.values() if could), default=None)
            best = found.best(p)
            assert most is None if best is None else round(best.utilities[p] * GRAIN) == most
        made = set(packages[::3])
        unseen = found.better & ~found.proposed(found.better, made)
        left = [package for package, (_, _, better) in every.items() if better and package not in made]
        assert [packages[k] for k in np.flatnonzero(unseen)] == left
        fairest, richest = found.fairest(unseen), found.richest(unseen)
        assert (fairest is None) == (richest is None) == (not left)
        if left:
            least = max(min(np.array(every[x][0]) / GRAIN - found.ended) for x in left)
            assert min(fairest.utilities - found.ended) >= least - 1e-3 * len(SIDES)
            assert round(float(richest.utilities.sum()), 9) == round(max(sum(every[x][0]) for x in left) / GRAIN, 9)
        assert (found.nash() is None) == (not found.agreeable.any())
        kinds |= {(bool(left), best is None)}
    assert len(kinds) >= 2


@pytest.mark.parametrize("seed", range(8))
def test_of_a_front_none_is_better_for_both(seed):
    numbers, _ = settled(seed, "unanimity", False)
    found = look_back(numbers)
    pairs = [(a / GRAIN, b / GRAIN) for a, b in found.grains[[0, 2]].T.tolist()]
    wanted = {x for x in pairs if not any(y != x and y[0] >= x[0] and y[1] >= x[1] for y in pairs)}
    front = [(a, b) for a, b in found.front(0, 2).tolist()]
    assert front == sorted(wanted, reverse=True)


def test_whoever_is_content_gains_and_crosses_no_red_line():
    for seed in range(6):
        numbers, end = settled(seed, "quorum", True)
        found = look_back(numbers, end)
        every = numbers.space.enumerate()  # also what cannot be signed may have been proposed
        limits = numbers.reservation[0]
        for package, content, u in zip(every.tolist(), found.content(every), found.worth(every), strict=True):
            grains, red = worth(numbers, package), crossed(numbers, package)
            assert u.tolist() == [g / GRAIN for g in grains]
            wanted = [g / GRAIN >= r and not no for g, r, no in zip(grains, limits, red, strict=True)]
            assert content.tolist() == wanted


def test_slices_come_to_the_same_where_packages_are_counted():
    numbers, end = settled(4, "needed", True)
    (found, shares), whole = finished(look_around(numbers, end, 1, ())), look_back(numbers, end)
    assert found.exact and (found.packages == whole.packages).all() and (found.grains == whole.grains).all()
    assert shares == sorted(shares) and 0 < shares[0] and shares[-1] < 1


# -- searched --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("consent", ["unanimity", "needed", "quorum"])
def test_what_is_searched_is_true_and_says_that_it_was_searched(monkeypatch, consent):
    """On spaces that can be counted as well: nothing false is found, and the best for one party is the best."""
    for seed in range(4):
        numbers, end = settled(seed, consent, True)
        whole = look_back(numbers, end)
        signable = {tuple(package) for package in whole.packages.tolist()}
        made = sorted(signable)[::5]
        with monkeypatch.context() as patched:
            patched.setattr(numbers.space, "enumerable", False)
            patched.setattr("peacetable.analysis.hindsight.SPREAD", 3)
            found, shares = finished(look_around(numbers, end, 0, made))
            climbed = look_back(numbers, end)
            assert not look_back(numbers).better.any()
        assert not found.exact and not climbed.exact and whole.exact
        assert shares == sorted(shares) and len(shares) > 10 and 0 < shares[0] and shares[-1] < 1
        met = {tuple(package) for package in found.packages.tolist()}
        assert set(made) <= met <= signable
        assert found.agreeable.sum() <= whole.agreeable.sum() and found.better.sum() <= whole.better.sum()
        best, wanted = found.best(0), whole.best(0)
        assert (best is None) == (wanted is None)
        if wanted is not None:
            assert best.utilities[0] == pytest.approx(wanted.utilities[0], abs=1e-3)
        assert climbed.better.any() == whole.better.any()


# -- at the end of talks ---------------------------------------------------------------------------------------------


def test_there_is_something_better_for_all_where_the_frontier_is_not_reached():
    model = Negotiation("white-house-2025@alaska", tables=60, seed=1)
    model.run()
    agreed = model.state.agreed
    made = np.flatnonzero(agreed[:, 0] >= 0)
    far = Yardstick(model.talks.preferences).measure(agreed[made], made)["pareto_distance"]
    for k, distance in zip(made, far, strict=True):
        found = look_back(model.talks.preferences.only(np.array([k])), agreed[k])
        richest = found.richest(found.better)
        assert (richest is None) == (distance == 0)
        if richest is not None:
            assert (richest.utilities >= found.ended).all() and (richest.utilities > found.ended).any()
    assert (far > 0).any() and (far == 0).any()
    model.close()


@pytest.mark.parametrize("name", ["june-2026", "winter-2026"])
def test_in_a_large_space_the_best_for_one_party_is_the_best_for_it(name):
    """As far as a thousandth: the others' utilities count for a little beside its own."""
    numbers = preferences(peacetable.load(name))
    program = Program(numbers)
    _, most = program.maximise({program.utility: 1.0})
    found, shares = finished(look_around(numbers, None, 0, ()))
    assert not found.exact and len(shares) > 20
    assert found.best(0).utilities[0] == pytest.approx(most / SCALE, abs=1e-3)
    for party in range(1, len(numbers.numbers)):
        front = found.front(0, party)
        assert len(front) and (np.diff(front[:, 0]) < 0).all() and (np.diff(front[:, 1]) > 0).all()


def test_a_large_space_of_which_nothing_can_be_signed_has_no_best():
    scenario = make.scenario(1, (3,) * 13, rules=0, conditions=0, events=False, red_lines=0.0)
    red = {("i0", f"l{k}"): Position("red_line", "stated", ("S1",)) for k in range(3)}
    parties = (replace(scenario.parties[0], positions=red), *scenario.parties[1:])
    found, _ = finished(look_around(preferences(replace(scenario, parties=parties)), None, 0, ()))
    assert not found.exact and found.best(0) is None and not found.better.any()
