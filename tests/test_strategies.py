"""Every strategy component through one common suite, against hand-worked sequences, and against its own fingerprint."""

from __future__ import annotations

import decimal
import json
import math
import tracemalloc
from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import make
from peacetable.abm.model import Negotiation
from peacetable.errors import NotationError
from peacetable.files import load
from peacetable.scenario import Judgement, Part, Space, Strategy, consent_of
from peacetable.scenario.split import SplitRanking
from peacetable.scenario.utility import GRAIN
from peacetable.strategies import COMPONENTS, Decider, Others, Own, Public, read
from peacetable.strategies.bayesian import bayesian
from peacetable.strategies.frequency import critical, distribution, frequency
from peacetable.strategies.history import firsts
from peacetable.strategies.tit_for_tat import combine
from peacetable.table.moves import PROPOSE, SIGN, WALK_OUT, Propose, Sign, WalkOut
from peacetable.table.view import Sight

NAMES = [c.name for c in COMPONENTS]
BASE = Strategy(Part("time_dependent"), Part("ac_next"), Part("frequency"))


# -- the common suite --------------------------------------------------------------------------------------------------


def row_of(view: Sight, own: Own, draws, k: int):
    """The same view, own numbers and draws at its row k alone."""
    arrays = {f.name: getattr(view, f.name) for f in fields(view)}
    one = replace(view, **{n: a[k : k + 1] for n, a in arrays.items() if isinstance(a, np.ndarray)})
    at = slice(k, k + 1)
    alone = Own(own.numbers, own.ranking, own.public, own.rows[at], own.reservation[at], own.last[at])
    return one, alone, None if draws is None else draws[k : k + 1]


class Checked:
    """A decider that checks every decision it makes; the model's kept estimates must not change any."""

    def __init__(self, inner: Decider):
        self.inner = inner

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def decide(self, view, own, draws, kept=None, truth=None):
        seen = [getattr(view, f.name) for f in fields(view)] + [own.rows, own.reservation, draws, truth]
        before = [a.copy() if isinstance(a, np.ndarray) else a for a in seen]
        moves = self.inner.decide(view, own, draws, kept, truth)
        for a, b in zip(seen, before, strict=True):
            assert np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b, "an input was changed"
        self.same(moves, self.inner.decide(view, own, draws, truth=truth), slice(None))
        for k in {0, len(view.rows) - 1}:
            one, alone, drawn = row_of(view, own, draws, k)
            known = None if truth is None else truth[k : k + 1]
            self.same(self.inner.decide(one, alone, drawn, truth=known), moves, slice(k, k + 1))
        self.legal(view, own, moves)
        return moves

    @staticmethod
    def same(a, b, rows):
        for f in fields(a):
            assert np.array_equal(getattr(a, f.name), getattr(b, f.name)[rows]), f"{f.name} is not the same"

    @staticmethod
    def legal(view, own, moves):
        n, space = len(view.rows), own.public.space
        assert moves.kind.shape == (n,) and moves.kind.dtype == np.int8
        assert moves.package.shape == (n, len(space.shape)) and moves.package.dtype == np.int16
        assert moves.offer_of.shape == moves.best_offer.shape == (n,) and moves.offer_of.dtype == np.int64
        assert np.isin(moves.kind, (PROPOSE, SIGN, WALK_OUT)).all()
        put = np.flatnonzero(moves.kind == PROPOSE)
        assert (moves.package >= 0).all() and (moves.package < np.array(space.shape)).all()
        assert space.feasible(moves.package[put]).all() and not own.vetoed(moves.package[put]).any()
        assert (own.utility(moves.package)[put] >= own.reservation[put]).all()
        signed = np.flatnonzero(moves.kind == SIGN)
        assert (moves.offer_of[moves.kind != SIGN] == -1).all()
        assert view.standing[signed, moves.offer_of[signed]].all() and (moves.offer_of[signed] != view.party).all()
        offers = view.offers[signed, moves.offer_of[signed]]
        worth = own.numbers.utility(offers, own.rows[signed])
        assert not own.vetoed(offers).any() and (worth >= own.reservation[signed]).all()


def checked(scenario, name, tables=5, seed=3):
    model = Negotiation(scenario, tables=tables, seed=seed, strategies=name)
    for delegation in model.delegations.values():
        model.talks.deciders[delegation.id] = Checked(delegation.decider)
    return model.run()


@pytest.mark.parametrize("order", ["fixed", "rotating", "random"])
@pytest.mark.parametrize("consent", ["unanimity", "needed", "quorum"])
@pytest.mark.parametrize("name", NAMES)
def test_every_component_keeps_every_promise(name, consent, order):
    scenario = make.scenario(2, (3, 2, 4), ("a", "b", "c", "d"), consent, order, rounds=6, red_lines=0.1, close=True)
    checked(scenario, name)


@pytest.mark.parametrize("aim", ["mean", "least", "next"])
@pytest.mark.parametrize("model", [c.name for c in COMPONENTS if c.kind == "opponent_model"])
def test_every_opponent_model_serves_every_aim(model, aim):
    checked(make.scenario(4, (4, 3, 3), consent="needed"), f"time_dependent:aim={aim}+{model}")


@pytest.mark.parametrize("name", ["micro", "ac_combi", "bayesian"])
def test_a_single_text_runs_with_any_component(name):
    scenario = make.scenario(5, protocol="single_text", mediator="north")
    assert not Negotiation(scenario, tables=3, seed=0, strategies=name).run().running


@pytest.mark.parametrize("name", NAMES)
def test_renaming_the_parties_renames_the_result(name):
    """To the bit, where nothing is drawn for a party, which goes by its name."""
    scenario = make.scenario(6, red_lines=0.0, events=False, draw=())
    names = dict(zip(scenario.party_ids, ("z", "y", "x"), strict=True))
    one = Negotiation(scenario, tables=9, seed=1, strategies=name).run()
    two = Negotiation(make.renamed(scenario, names), tables=9, seed=1, strategies=name).run()
    if not any(delegation.decider.needs_chance for delegation in one.delegations.values()):
        assert (one.utilities() == two.utilities()).all() and (one.state.agreed == two.state.agreed).all()
    other = replace(scenario, parties=scenario.parties[::-1])
    one, two = (Negotiation(s, tables=9, seed=1, strategies=name, order="random").run() for s in (scenario, other))
    assert (one.utilities() == two.utilities()[:, ::-1]).all() and (one.state.agreed == two.state.agreed).all()


@cache
def winter():
    return load("winter-2026")


@pytest.mark.parametrize("name", NAMES)
def test_talks_over_195_million_packages_never_hold_them_all(name):
    """How long a turn takes: tests/benchmarks/bench_speed.py."""
    tracemalloc.start()
    try:
        model = Negotiation(winter(), seed=1, strategies=name, rounds=8).run()
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert not model.running and most < 195e6, "not a byte for each"


@pytest.mark.parametrize("name", [n for n in NAMES if n != "zero_intelligence"])
def test_split_spaces_give_the_same_talks_as_sorted_ones(name):
    scenario = make.scenario(7, (3, 4, 2, 3), events=False)
    plain = Negotiation(scenario, seed=2, tables=2, strategies=name)
    split = Negotiation(scenario, seed=2, tables=2, strategies=name)
    for delegation in split.delegations.values():
        delegation._ranking = SplitRanking(delegation.numbers())
    assert (plain.run().state.agreed == split.run().state.agreed).all()
    assert (plain.state.tally == split.state.tally).all() and (plain.state.offers == split.state.offers).all()


# -- the rule other engines are compared by ----------------------------------------------------------------------------


def test_without_window_and_model_the_comparison_rule_holds_exactly():
    rng = np.random.default_rng(5)
    for seed in range(20):
        e, rounds = float(rng.choice([0.2, 1.0, 2.5, 5.0])), int(rng.integers(2, 12))
        scenario = make.scenario(
            seed, (3, 4, 2), ("a", "b"), rounds=rounds, red_lines=0.0, conditions=0, rules=0, events=False
        )
        scenario = replace(
            scenario, parties=tuple(replace(p, drift=Judgement(0.0, 0.0, 0.0)) for p in scenario.parties)
        )
        model = Negotiation(scenario, seed=seed, strategies=f"time_dependent:exponent={e},window=0+ac_next+none")
        packages = model.talks.space.enumerate()
        u = [model.talks.preferences.utility(packages[None], p)[0] for p in range(2)]
        reservation = model.state.reservation[0].copy()
        standing, agreed = None, None
        for s in range(rounds):
            for p in range(2):
                t = (s + 1) / (rounds + 1)
                best, low = u[p].max(), max(u[p].min(), reservation[p])
                target = min(low, best) + (best - min(low, best)) * (1 - t**e)
                good = [k for k in range(len(packages)) if u[p][k] >= target and u[p][k] >= reservation[p]]
                if standing is not None and u[p][standing] >= max(target, reservation[p]) and agreed is None:
                    # AC_next compares with the next own proposal, the first package that reaches the target
                    if u[p][standing] >= min(u[p][k] for k in good):
                        agreed = standing
                if agreed is None and good:
                    standing = min(good, key=lambda k: (u[p][k], k))
        model.run()
        found = model.state.agreed[0]
        assert (found == packages[agreed]).all() if agreed is not None else (found < 0).all()


# -- sequences worked out by hand --------------------------------------------------------------------------------------

EIGHTHS = np.arange(9) / 8


def ladder(rounds: int, parties=("them", "me"), mine=EIGHTHS, levels=(9,)):
    """One issue of nine levels; level k is worth k/8 to `me` and (8 - k)/8 to the others; no agreement is worth 0."""
    values = np.stack([mine if p == "me" else 1.0 - mine for p in parties])
    made = make.scenario(
        0, levels, parties, rounds=rounds, red_lines=0, conditions=0, rules=0, events=False, draw=(), values=values,
        reservation=0.0,
    )  # fmt: skip
    still = tuple(
        replace(p, drift=Judgement(0, 0, 0), reservation=Judgement(0, 0, 0), saliences={
            i: Judgement(50, 50, 50) for i in p.saliences
        })
        for p in made.parties
    )  # fmt: skip
    return replace(made, parties=still, issues=tuple(replace(i, ordered=True) for i in made.issues))


def answers(strategy: str, script: list, rounds: int | None = None, seed: int = 0, **scenario) -> list:
    """What `me` proposes in each round, as levels, or "sign"; `script`: what the other proposes first in each round."""
    model = Negotiation(
        ladder(rounds or len(script), **scenario), human=["them"], seed=seed, strategies={"me": read(strategy, BASE)}
    )
    for said in script:
        make.submit(model, Propose(np.atleast_1d(said)))
        model.run()
        if not model.running and model.report()["ended"] == "agreement":
            break
    moves = [r for r in model.talks.records[0] if getattr(r, "party", None) == "me"]
    index = {level.id: k for k, level in enumerate(model.talks.problem.issues[0].levels)}
    found = []
    for r in moves:
        chosen = [index[word.split("=")[1]] for word in (r.package or "").split()]
        found.append("sign" if r.kind == "sign" else chosen[0] if len(chosen) == 1 else tuple(chosen))
    return found


NEVER = "+ac_const:least=1+none"


@pytest.mark.parametrize(
    ("strategy", "script", "expected"),
    [
        # polynomial, t = n/9: u >= 1 - t**e, in eighths: 8(1 - t**e) rounded up
        ("linear", [0] * 8, [8, 7, 6, 5, 4, 3, 2, 1]),  # 7.1 6.2 5.3 4.4 3.6 2.7 1.8 0.9
        ("time_dependent:exponent=2", [0] * 8, [8, 8, 8, 7, 6, 5, 4, 2]),  # 7.9 7.6 7.1 6.4 5.5 4.4 3.2 1.7
        ("conceder", [0] * 8, [6, 5, 4, 3, 3, 2, 1, 1]),  # 5.3 4.2 3.4 2.7 2.04 1.5 0.9 0.5
        ("boulware", [0] * 8, [8, 8, 8, 8, 8, 7, 6, 4]),  # ... 7.58 6.95 5.7 3.6
        ("time_dependent:exponent=1,early=1", [0] * 4, [6, 4, 2, 0]),  # t = n/4
        # exponential, 8(1 - 0.01 ** (1 - t)), t = n/9: 7.87 7.78 7.63 7.38 6.97 6.28 5.13 3.20
        ("exponential", [0] * 8, [8, 8, 8, 8, 7, 7, 6, 4]),
        # relative: 1; 1 x (1/8)/(2/8); 1/2 x (2/8)/(4/8); 1/4 x 1
        ("tit_for_tat_relative", [1, 2, 4, 4], [8, 4, 2, 2]),
        # relative, of two steps ago: nothing; nothing; 1 x 1/2; 1/2 x 1/2
        ("tit_for_tat_relative:delay=2", [1, 2, 4, 4], [8, 8, 4, 2]),
        # absolute, without the random part: less 1/8, 2/8, 0
        ("tit_for_tat_absolute:amount=0", [1, 2, 4, 4], [8, 7, 5, 5]),
        # averaged over two: nothing; nothing; 1 x (1/8)/(4/8); 1/4 x (2/8)/(4/8)
        ("tit_for_tat_averaged:delay=2", [1, 2, 4, 4], [8, 8, 2, 1]),
        # they take back: the answer takes back, and never asks for more than the best
        ("tit_for_tat_relative", [2, 4, 2, 1], [8, 4, 8, 8]),
        # half of 3/4, 1/2, 1/4 and half of 1; of 7/8 x 1/2; of 1/2 x 1/2: 7/8, 0.469, 0.25
        ("mixed_tactics:exponent=1", [1, 2, 4], [7, 4, 2]),
        # Nash taken in the middle, 1/2; shares of the way there from 1/8: 0, 1/3, 2/3, all: 1, 0.833, 0.667, 0.5
        ("nice_tit_for_tat:hurry=1", [1, 2, 3, 5], [8, 7, 6, 4]),
        # all the bonus at once: the Nash point, whatever they do
        ("nice_tit_for_tat:hurry=0", [1, 1], [4, 4]),
        # one further down whenever they have made as many different proposals
        ("micro", [1, 1, 2, 3], [8, 7, 6, 5]),
        ("hard_liner", [1, 4, 6], [8, 8, 8]),
    ],
)
def test_bidding_follows_the_paper(strategy, script, expected):
    assert answers(strategy + NEVER, script) == expected


def test_random_absolute_tit_for_tat_adds_a_random_concession():
    found = [answers("tit_for_tat_absolute:amount=0.3" + NEVER, [1, 1, 1, 1, 1], seed=k) for k in range(8)]
    assert all(a >= b for row in found for a, b in zip(row[:-1], row[1:], strict=True))
    assert len({tuple(row) for row in found}) > 1 and all(row[-1] < 8 for row in found)


def test_micro_repeats_itself_while_the_other_says_nothing_new():
    found = answers("micro" + NEVER, [1, 1, 1, 1, 1, 1])
    assert found[:2] == [8, 7] and set(found[2:]) <= {8, 7}
    # it signs what is no worse than the least it has proposed
    assert answers("micro+ac_next+none", [1, 1, 7]) == [8, 7, "sign"]


def test_micro_counts_a_signature_like_a_proposal():
    model = Negotiation(
        ladder(3, ("them", "me", "quiet")), human=["them", "quiet"], strategies={"me": read("micro" + NEVER, BASE)}
    )
    for said in (1, 2, 3):
        make.submit(model, Propose(np.array([said])))
        model.run()
        make.submit(model, Sign("me"))
        model.run()
    put = [r.package for r in model.talks.records[0] if r.kind == "propose" and r.party == "me"]
    assert put == ["i0=l8", "i0=l7", "i0=l6"]


def talks(strategy: str, said: list[dict], parties=("them", "me", "quiet"), seed=0, needs=None, **protocol):
    """What `me` does in each round, a level or "sign", and the model. said[n]: what the others do in round n + 1, a
    level, whose package they sign, or "leave"; `needs`: whose signatures each level takes; `protocol`: settings."""
    scenario = ladder(len(said), parties)
    scenario = replace(scenario, protocol=replace(scenario.protocol, **protocol))
    if needs:
        levels = tuple(replace(k, needs=n) for k, n in zip(scenario.issues[0].levels, needs, strict=True))
        scenario = replace(scenario, issues=(replace(scenario.issues[0], levels=levels),))
    people = [p for p in parties if p != "me"]
    model = Negotiation(scenario, human=people, seed=seed, strategies={"me": read(strategy, BASE)}).run()
    while model.running:
        move = said[model.state.round - 1][model.awaiting[0]]
        signed = WalkOut() if move == "leave" else Sign(move)
        make.submit(model, signed if isinstance(move, str) else Propose(np.array([move])))
        model.run()
    mine = [r for r in model.talks.records[0] if getattr(r, "party", None) == "me"]
    return ["sign" if r.kind == "sign" else int(r.package.removeprefix("i0=l")) for r in mine], model


# `quiet` concedes once, from 2 to 4, and then signs; `them` never moves
ONCE = [{"them": 4, "quiet": q} for q in (2, 4, "me", "me", "me")]


@pytest.mark.parametrize(
    ("strategy", "said", "expected"),
    [
        # in round 3 the mean of (0, 1 - 2/4) is conceded: 0.75; from then on only `them` counts, who conceded nothing
        ("tit_for_tat_relative", ONCE, [8, 8, 6, 6, 6]),
        ("tit_for_tat_averaged:delay=1", ONCE, [8, 8, 6, 6, 6]),
        # the mean of (0, 2/8): 0.875
        ("tit_for_tat_absolute:amount=0", ONCE, [8, 8, 7, 7, 7]),
        # over two: in round 4 the mean of (0, 1 - 1/4): 0.625
        ("tit_for_tat_averaged:delay=2", [{"them": 4, "quiet": q} for q in (1, 2, 4, "me", "me")], [8, 8, 8, 5, 5]),
        # of the step before the latest: 1 to 2 in round 4, the mean of (0, 1/2): 0.75; 2 to 4 is not called for
        ("tit_for_tat_relative:delay=2", [{"them": 4, "quiet": q} for q in (1, 2, 4, "me", "me")], [8, 8, 8, 6, 6]),
        # half of time, 1 - n/6, half of the most: 0.92, 0.83, 0.25 + 0.44/2, then 0.17 + 0.5/2 and 0.08 + 0.5/2
        ("mixed_tactics:exponent=1,over=most", ONCE, [8, 7, 4, 4, 3]),
        # Nash in the middle: of the way there the others went (0, 1/2), the mean is 1/4, of which the half is conceded
        ("nice_tit_for_tat:hurry=1", [{"them": 1, "quiet": q} for q in (2, 3, "me", "me", "me")], [8, 8, 7, 7, 7]),
    ],
)
def test_a_concession_is_answered_once(strategy, said, expected):
    assert talks(strategy + NEVER, said)[0] == expected


def test_what_was_proposed_while_it_signed_is_answered_together():
    # relative: `them` from 2 to 6, 6 and 4 since the own 8, `quiet` nothing: the mean of (1 - 2/4, 0): 0.75
    said = [{"them": t, "quiet": 1} for t in (2, 6, 6, 4)]
    assert talks("tit_for_tat_relative+ac_const:least=0.75+none", said)[0] == [8, "sign", "sign", 6]
    # absolute: the mean of (2/8, 0): 0.875
    assert talks("tit_for_tat_absolute:amount=0+ac_const:least=0.75+none", said)[0] == [8, "sign", "sign", 7]


# two rounds of proposals, `them` from 2 to 4, then nothing but signatures; four of five are needed, so that packages
# stand side by side, and one leaves
SIGNING = [
    {"them": 2, "quiet": 2, "late": 2, "gone": "leave"},
    {"them": 4, "quiet": 2, "late": 2},
    {"them": "quiet", "quiet": "them", "late": "me"},
    {"them": "late", "quiet": "late", "late": "quiet"},
    {"them": "me", "quiet": 0, "late": 0},
]
FOUR = ("them", "me", "quiet", "late")
FIVE = (*FOUR, "gone")


@pytest.mark.parametrize("name", ["relative:delay=1", "averaged:delay=1", "absolute:amount=0.2"])
def test_where_all_the_others_sign_the_own_level_stays(name):
    found, model = talks(f"tit_for_tat_{name},over=most{NEVER}", SIGNING, FIVE, consent="quorum", quorum=4)
    if "amount" in name:
        assert 0 < found[2] and found[2:] == [found[2]] * 3
    else:  # 1 - 2/4 is conceded in round 2; in round 3 `quiet` and `late` had proposed what they had before
        assert found == [8, 4, 4, 4, 4]
    # the same package again keeps its signatures
    assert model.state.signed[0, 1] == 0b1011


def test_where_all_the_others_sign_time_takes_nothing_back():
    # 8 (0.2 (1 - (n/6)^5) + 0.8 what tit-for-tat answers): 8.0; 4.8 of 4; 5.6 of 5, since two were heard again; then by
    # itself time would go back to 6.2 of 6, and at last to 5.8
    name = "mixed_tactics:exponent=5,weight=0.2,over=most"
    assert talks(name + NEVER, SIGNING, FIVE, consent="quorum", quorum=4)[0] == [8, 5, 6, 6, 6]


def test_nothing_random_is_conceded_before_there_is_anything_to_answer():
    for seed in range(5):
        assert talks("tit_for_tat_absolute:amount=1" + NEVER, [{"them": 1}] * 2, ("me", "them"), seed)[0] == [8, 8]


@pytest.mark.parametrize("order", ["fixed", "rotating", "random"])
def test_a_view_says_who_has_proposed_since_in_any_order(order):
    parties = ("a", "b", "c", "d")
    scenario = make.scenario(9, (4, 3, 3), parties, "quorum", order, rounds=12)
    model = Negotiation(scenario, seed=2, strategies="tit_for_tat_averaged+ac_const:least=0.6+none")
    seen = []

    class Noted(Checked):
        def decide(self, view, own, draws, kept=None, truth=None):
            said = [r.party for r in model.talks.records[0] if r.kind == "propose"]
            me = parties[view.party]
            since = said[len(said) - said[::-1].index(me) :] if me in said else said
            assert view.since[0].tolist() == [since.count(p) for p in parties]
            seen.append(tuple(view.since[0]))
            return super().decide(view, own, draws, kept, truth)

    for delegation in model.delegations.values():
        model.talks.deciders[delegation.id] = Noted(delegation.decider)
    model.run()
    assert len(set(seen)) > 5


def test_a_round_of_signatures_is_no_deadlock():
    # rounds 1 and 2 are as far apart: one deadlock, 0.75; in round 3 the own proposal came closer; rounds 3 and 4 are
    # as far apart, but nobody proposed anything
    said = [SIGNING[0], SIGNING[0], *SIGNING[2:]]
    assert talks("trade_off:step=0.25" + NEVER, said, FIVE, consent="quorum", quorum=4)[0] == [8, 8, 6, 6, 6]


EVERY = [("them", "me", "quiet", "late")] * 9


@pytest.mark.parametrize(
    ("protocol", "needs", "stalls"),
    [
        ({"consent": "unanimity"}, EVERY, True),
        ({"consent": "needed"}, EVERY, True),
        ({"consent": "needed"}, [("them", "me")] * 9, False),
        ({"consent": "needed"}, [("quiet", "me")] * 9, True),
        ({"consent": "needed"}, [("me",)] * 9, False),  # one other has to sign, anybody
        # what counts is the package that comes next, in round 3 level 6
        ({"consent": "needed"}, [*[("them", "me")] * 6, EVERY[0], *[("them", "me")] * 2], True),
        ({"consent": "needed"}, [*[("them", "me")] * 7, *EVERY[:2]], False),
        ({"consent": "quorum", "quorum": 2}, None, False),
        ({"consent": "quorum", "quorum": 3}, None, False),
        ({"consent": "quorum", "quorum": 4}, None, True),
        ({"consent": "quorum", "quorum": 2, "vetoes": ("them",)}, None, False),
        ({"consent": "quorum", "quorum": 3, "vetoes": ("them",)}, None, False),
        ({"consent": "quorum", "quorum": 2, "vetoes": ("quiet",)}, None, True),
        ({"consent": "quorum", "quorum": 4, "vetoes": ("them",)}, None, True),
    ],
)
def test_micro_waits_for_those_alone_whose_signature_it_takes(protocol, needs, stalls):
    # `them` and `late` make a new proposal in every round, `quiet` never
    said = [{"them": n, "quiet": 0, "late": n} for n in (1, 2, 3, 4)]
    found, _ = talks("micro" + NEVER, said, FOUR, needs=needs, **protocol)
    assert found[:2] == [8, 7]
    assert set(found[2:]) <= {8, 7} if stalls else found[2:] == [6, 5]


def test_trade_off_keeps_its_utility_and_yields_in_a_deadlock():
    # u = (a + b) / 4. Rounds 1, 2: as far apart as can be, twice: a deadlock. Then 3/4: of (1, 2) and (2, 1) the one
    # more like (2, 0); closer than before, so no further step
    mine = np.array([0, 0.5, 1, 0, 0.5, 1])
    strategy = "trade_off:step=0.25,window=0.1" + NEVER
    found = answers(strategy, [(0, 0), (0, 0), (2, 0), (2, 0)], mine=mine, levels=(3, 3))
    assert found == [(2, 2), (2, 2), (2, 1), (2, 1)]
    found = answers(strategy, [(0, 0), (0, 0), (0, 2)], mine=mine, levels=(3, 3))
    assert found[2] == (1, 2)


def test_zero_intelligence_proposes_everything_it_may_about_equally_often():
    found = [answers("zero_intelligence" + NEVER, [0], seed=k)[0] for k in range(200)]
    counts = np.bincount(found, minlength=9)
    assert counts.min() > 7 and counts.max() < 45


@pytest.mark.parametrize(
    ("acceptance", "script", "expected"),
    [
        ("ac_const:least=0.5", [3, 4], [8, "sign"]),
        ("ac_time:time=0.6", [1, 0, 1, 0], [8, 8, "sign"]),  # t = 1/5, 2/5, 3/5
        ("ac_next:alpha=2", [3, 4], [8, "sign"]),
        ("ac_next:beta=0.5", [3, 4], [8, "sign"]),
        ("ac_next:final=2", [3, 2, 1], [8, "sign"]),
        # t = n/7 >= 1/2 from round 4; there rounds 2 to 4 count, with a 4; in round 5 only 4 and 5
        ("ac_combi:time=0.5", [1, 4, 2, 3, 3, 3], [8, 8, 8, 8, "sign"]),
        ("ac_combi:time=1", [1, 4, 2, 3, 3, 3], [8] * 6),
        ("ac_combi:time=1,final=1", [1, 4, 2, 3, 3, 2], [8] * 5 + ["sign"]),
    ],
)
def test_acceptance_follows_the_paper(acceptance, script, expected):
    assert answers(f"hard_liner+{acceptance}+none", script) == expected


def test_several_opponents_are_answered_by_their_mean_least_or_most():
    calls = np.array([[0.1, 9.0, 0.3], [0.0, 0.0, 0.0]])
    counted = np.array([[True, False, True], [False, False, False]])
    for over, expected in (("mean", 0.2), ("least", 0.1), ("most", 0.3)):
        assert combine(calls, counted, over) == pytest.approx([expected, 0.0])


def test_the_aims_look_at_the_right_parties():
    # one issue, three levels; party 0 bids; the others' estimated gains
    estimate = np.array([[[0, 0, 0], [0.9, 0.5, 0.1], [0.0, 0.4, 0.6]]], dtype=float)
    others = Others(np.array([0, 3]), estimate, 0, np.array([[True, True, True]]))
    packages = np.arange(3, dtype=np.int16).reshape(1, 3, 1)
    assert others.score(packages, "mean")[0] == pytest.approx([0.45, 0.45, 0.35])
    assert others.score(packages, "least")[0] == pytest.approx([0.0, 0.4, 0.1])
    assert others.score(packages, "next")[0] == pytest.approx([0.9, 0.5, 0.1])
    gone = Others(np.array([0, 3]), estimate, 0, np.array([[True, False, True]]))
    assert gone.score(packages, "next")[0] == pytest.approx([0.0, 0.4, 0.6])


def test_the_least_happy_is_one_whose_signature_it_takes():
    # party 0 bids, the second has a veto; under a quorum of three one more has to sign: the happier of the others
    gains = np.array([[[0, 0, 0], [0.9, 0.5, 0.1], [0.0, 0.4, 0.6], [0.8, 0.2, 0.3]]])
    packages = np.arange(3, dtype=np.int16).reshape(1, 3, 1)
    parties = ("a", "b", "c", "d")
    scenario = make.scenario(0, (3,), parties, "quorum", conditions=0, rules=0, red_lines=0, events=False)

    def least(quorum, vetoes=(), present=(True,) * 4):
        changed = replace(scenario, protocol=replace(scenario.protocol, quorum=quorum, vetoes=vetoes))
        others = Others(np.array([0, 3]), gains, 0, np.array([present]), consent_of(changed))
        return others.score(packages, "least")[0].tolist()

    assert least(3, ("b",)) == [0.8, 0.4, 0.1]
    assert least(3, ("a", "b")) == [0.8, 0.4, 0.1]
    assert least(4, ("b",)) == least(4) == [0.0, 0.2, 0.1]
    assert least(2) == [0.9, 0.5, 0.6]
    assert least(3) == [0.8, 0.4, 0.3]
    assert least(4, present=(True, True, True, False)) == [0.0, 0.4, 0.1]


# -- opponent models ---------------------------------------------------------------------------------------------------


def heard(history: list[list[tuple]], shape: tuple[int, ...], rounds: int = 10) -> Sight:
    """A view of party 0 at one table: history[q] are the proposals of party q, one a round from the first."""
    parties, done = len(history), max(len(h) for h in history)
    offsets = np.concatenate([[0], np.cumsum(shape)])
    past = np.full((1, rounds, parties, len(shape)), -1, dtype=np.int16)
    tally = np.zeros((1, parties, offsets[-1]), dtype=np.int32)
    changed = np.zeros((1, parties, len(shape)), dtype=np.int32)
    for q, proposals in enumerate(history):
        for n, x in enumerate(proposals):
            past[0, n, q] = x
            tally[0, q, offsets[:-1] + np.array(x)] += 1
            changed[0, q] += (np.array(x) != np.array(proposals[n - 1])) & (n > 0)
    number = np.array([[len(h) for h in history]], dtype=np.int32)
    flat = np.zeros((1, parties), dtype=np.int64)
    offers = np.stack([past[:, max(len(h) - 1, 0), q] for q, h in enumerate(history)], axis=1)
    return Sight(
        party=0, rows=np.array([0]), turn=done * parties, round=done, deadline=np.array([rounds]), offers=offers,
        proposals=number, standing=flat > 0, signed=flat, needs=flat, present=flat == 0, reservation=np.zeros(1),
        tally=tally, changed=changed, past=past,
    )  # fmt: skip


def public(shape: tuple[int, ...], values=0.5, ordered=None) -> Public:
    """Of two parties, with values of levels within their issues, one or (2, L)."""
    scenario = make.scenario(0, shape, ("a", "b"), conditions=0, rules=0, events=False)
    issues = (replace(issue, ordered=bool(line)) for issue, line in zip(scenario.issues, ordered or shape, strict=True))
    space = Space(replace(scenario, issues=tuple(issues)))
    return Public(space, np.broadcast_to(values, (2, sum(shape))) / len(shape))


def test_frequency_counts_levels_and_what_stays():
    # levels: 0 three times of four, 1 once, prior of two proposals at 1/2: (1+3)/(2+3), (1+1)/5, (1+0)/5; the second
    # issue never changes: weights 1 + 1/4 x 1 and 1 + 1/4 x 3, of 3 in all
    view = heard([[], [(0, 1), (0, 1), (1, 1), (0, 1)]], (3, 2))
    found = frequency(view, public((3, 2)), prior=2.0, gamma=1.0, stability=0.25)[0, 1]
    assert found == pytest.approx(np.array([0.8 * 1.25, 0.4 * 1.25, 0.2 * 1.25, 1 / 6 * 1.75, 5 / 6 * 1.75]) / 3)


def test_distribution_gives_weight_to_what_is_kept_while_conceding():
    # windows of 8: of the first issue, counts 8, 0, 0 become 3, 0, 5, chi-squared 5 x 5 / 11 + 5 > 3.8, and by what was
    # known until then the new ones are worth less: (3 - 8) x 8.5/9 + (5 - 0) x 0.5/9 < 0. The second issue is kept, and
    # grows from 1/2 by 10 (1 - t), t = 16/33 at the end of the second window
    kept = [(0, 1)] * 8 + [(0, 1)] * 3 + [(2, 1)] * 5
    view = heard([[], kept], (3, 2), 32)
    found = distribution(view, public((3, 2)), prior=1.0, gamma=1.0, window=8, alpha=10.0, beta=1.0)[0, 1]
    grown = 0.5 + 10 * (1 - 16 / 33)
    weights = np.array([0.5, grown]) / (0.5 + grown)
    value = np.array([11.5, 0.5, 5.5]) / 12
    assert found[:3] == pytest.approx(value * weights[0])
    assert found[3:] == pytest.approx(np.array([0.5 / 17, 16.5 / 17]) * weights[1])
    for freedom, table in ((1, 3.841), (2, 5.991), (3, 7.815), (4, 9.488), (9, 16.919)):
        assert critical(freedom) == pytest.approx(table, rel=0.03)


@pytest.mark.parametrize("levels", range(2, 13))
def test_distribution_learns_on_issues_of_any_size(levels):
    """At the default, on the first of two issues; of the second always the same level is proposed."""
    settings = {k: p.default for k, p in next(c for c in COMPONENTS if c.name == "distribution").params.items()}
    last = levels - 1

    def weights(first: list[int]) -> list[float]:
        """The two weights, found from the values of the levels, which are known."""
        view = heard([[], [(k, 1) for k in first]], (levels, 2), 20)
        found = distribution(view, public((levels, 2)), **settings)[0, 1]
        value = (1.0 + np.bincount(first, minlength=levels)) / (2.0 + np.bincount(first).max())
        shares = found[:levels] / value**0.25
        assert shares == pytest.approx(np.full(levels, shares[0]))
        return [shares[0], found[-1] / ((1.0 + len(first)) / (2.0 + len(first))) ** 0.25]

    grown = 0.5 + 10 * (1 - (8 / 21) ** 5)
    learnt = pytest.approx([0.5 / (0.5 + grown), grown / (0.5 + grown)])
    assert weights([0] * 4 + [last] * 4) == learnt
    assert weights([last] * 4 + [0] * 4) == learnt
    assert weights([0] * 4 + [0] + [last] * 3) == learnt
    unchanged = ([0] * 8, [0] * 7 + [last], [last] + [0] * 7, [0] * 6 + [last] * 2, [0, last] * 4, [0] * 4 + [last] * 3)
    for first in unchanged:
        assert weights(first) == pytest.approx([0.5, 0.5])
    if levels >= 4:
        assert weights([0, 0, 1, 1, 2, 2, 3, 3]) == learnt
        assert weights([0, 1, 2, 3, 3, 2, 1, 0]) == weights([0, 1, 2, 3, 0, 1, 1, 3]) == pytest.approx([0.5, 0.5])
    if levels >= 3:  # and again, a window later
        more = grown + 10 * (1 - (12 / 21) ** 5)
        assert weights([0] * 4 + [1] * 4 + [2] * 4) == pytest.approx([0.5 / (0.5 + more), more / (0.5 + more)])


def test_distribution_learns_nothing_from_an_issue_on_which_it_cannot_tell():
    # on five levels in two windows of four even a total switch passes the test, 8 < 9.5; on four it does not, 8 > 7.8
    settings = {k: p.default for k, p in next(c for c in COMPONENTS if c.name == "distribution").params.items()}
    switch = [0] * 4 + [1] * 4
    for second, heavier in (([0, 1, 2, 3] * 2, True), ([0, 1, 2, 3, 0, 1, 2, 4], False), (list(range(8)), False)):
        view = heard([[], list(zip(switch, second, strict=True))], (2, 8), 20)
        found = distribution(view, public((2, 8)), **settings)[0, 1]
        most = np.array([4, np.bincount(second).max()])
        weight = np.array([found[:2].max(), found[2:].max()]) / ((1 + most) / (2 + most)) ** 0.25
        if heavier:
            assert weight[1] > 10 * weight[0]
        else:
            assert weight == pytest.approx([0.5, 0.5])
    # nor is a switch that it cannot tell a concession for which another issue would gain
    view = heard([[], list(zip([0] * 8, range(8), strict=True))], (2, 8), 20)
    assert distribution(view, public((2, 8)), **settings)[0, 1, 0] == pytest.approx(0.5 * (9 / 10) ** 0.25)


def plain_bayesian(proposals, shape, rounds, trust, concession, sigma, number=float):
    """The paper's updates for one opponent, in plain loops; with Decimal as `number` no chance is too small."""
    issues, one = len(shape), number(1)
    trust, concession, sigma = number(trust), number(concession), number(sigma)
    weight = [number(j) / 10 * min(one, number(5) / issues) for j in range(11)]
    p = [[(1 - number(j + 1) / 11) ** 3 for j in range(11)] for _ in shape]
    p = [[x / sum(row) for x in row] for row in p]
    value = []
    for k in shape:
        triangles = [
            [one if j == m else one * j / m if j < m else one * (k - 1 - j) / (k - 1 - m) for j in range(k)]
            for m in range(k)
        ]
        value.append([*triangles, [one] * k])
    chance = [[(1 - trust) / k] * k + [trust] for k in shape]

    def mean(row, numbers):
        return sum(a * b for a, b in zip(row, numbers, strict=True))

    done = []
    for n, x in enumerate(proposals):
        if x in done:
            continue
        asked = 1 - concession * (n + 1) / (rounds + 1)
        seen = [[h[x[i]] for h in value[i]] for i in range(issues)]
        e = [mean(chance[i], seen[i]) for i in range(issues)]
        w = [mean(p[i], weight) for i in range(issues)]
        whole = sum(a * b for a, b in zip(w, e, strict=True))

        def likely(u, asked=asked):
            exponent = -(((asked - u) / asked) ** 2) / (2 * sigma**2)
            return math.exp(exponent) if number is float else exponent.exp()

        if done:
            for i in range(issues):
                p[i] = [q * likely(weight[j] * e[i] + whole - w[i] * e[i]) for j, q in enumerate(p[i])]
                p[i] = [q / sum(p[i]) for q in p[i]]
        w = [mean(p[i], weight) for i in range(issues)]
        whole = sum(a * b for a, b in zip(w, e, strict=True))
        for i in range(issues):
            chance[i] = [q * likely(w[i] * seen[i][h] + whole - w[i] * e[i]) for h, q in enumerate(chance[i])]
            chance[i] = [q / sum(chance[i]) for q in chance[i]]
        done.append(x)
    w = [mean(p[i], weight) for i in range(issues)]
    return [w[i] / sum(w) * mean(chance[i], [h[k] for h in value[i]]) for i in range(issues) for k in range(shape[i])]


def test_bayesian_agrees_with_plain_loops():
    rng = np.random.default_rng(1)
    for shape in ((3, 4), (2, 5, 3), (2,) * 7):
        history = [tuple(int(rng.integers(k)) for k in shape) for _ in range(8)] * 2
        found = bayesian(heard([[], history], shape, 20), public(shape), trust=0.3, concession=0.5, sigma=0.25)
        assert found[0, 1] == pytest.approx(plain_bayesian(history, shape, 20, 0.3, 0.5, 0.25))


@pytest.mark.parametrize("sigma", [0.02, 0.01])
def test_bayesian_agrees_with_plain_loops_where_chances_are_too_small_for_a_float(sigma):
    rng = np.random.default_rng(3)
    for shape, concession in (((3, 4), 0.5), ((2, 5, 3), 0.99), ((2,) * 7, 0.0)):
        history = [tuple(int(rng.integers(k)) for k in shape) for _ in range(8)]
        settings = {"trust": 0.3, "concession": concession, "sigma": sigma}
        found = bayesian(heard([[], history], shape, 8), public(shape), **settings)[0, 1]
        with decimal.localcontext(prec=40, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX):
            expected = plain_bayesian(history, shape, 8, **settings, number=decimal.Decimal)
        assert found == pytest.approx([float(x) for x in expected], abs=1e-9)


@pytest.mark.parametrize("name", ["frequency", "distribution", "bayesian"])
@given(data=st.data())
def test_opponent_models_stay_numbers_in_their_whole_range(name, data):
    """Whatever was proposed and whatever the parameters: gains in [0, 1] that sum to at most 1, one level an issue."""
    component = next(c for c in COMPONENTS if c.name == name)
    settings = {
        key: data.draw(st.integers(p.low, p.high) if isinstance(p.default, int) else st.floats(p.low, p.high), key)
        for key, p in component.params.items()
    }
    shape = tuple(data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=8), "shape"))
    package = st.tuples(*(st.integers(0, k - 1) for k in shape))
    history = data.draw(st.lists(package, max_size=12), "history")
    rounds = data.draw(st.integers(max(len(history), 1), 30), "rounds")
    levels = sum(shape)
    worth = st.lists(st.sampled_from([0.0, 0.3, 1.0]), min_size=levels, max_size=levels)
    known = public(shape, [data.draw(worth), data.draw(worth)], [data.draw(st.booleans()) for _ in shape])
    view = heard([history[:1], history], shape, rounds)
    found = component.function(view, known, **settings)
    assert np.isfinite(found).all() and (found >= 0).all() and (found <= 1).all()
    best = sum(found[0, 1, a:b].max() for a, b in zip(known.offsets[:-1], known.offsets[1:], strict=True))
    assert best < 1 + 1e-9


@pytest.mark.parametrize("sigma", [0.01, 0.02, 0.25, 10.0])
def test_bayesian_weights_sum_to_one(sigma):
    # `public` knows no level from another, and at trust 1 nothing else is believed: all levels are worth 1
    rng = np.random.default_rng(4)
    for shape in ((3,), (2, 5, 3), (2,) * 8):
        history = [tuple(int(rng.integers(k)) for k in shape) for _ in range(10)]
        for concession in (0.0, 0.5, 0.99):
            view = heard([[], history], shape)
            found = bayesian(view, public(shape), trust=1.0, concession=concession, sigma=sigma)[0, 1]
            assert found[np.concatenate([[0], np.cumsum(shape)[:-1]])].sum() == pytest.approx(1.0)


def test_models_learn_what_a_conceding_party_wants():
    """After ten proposals down its list a model's estimate goes with the party's true utility over all packages."""
    rng = np.random.default_rng(2)
    shape, found = (4, 3, 5, 4), {"frequency": [], "distribution": [], "bayesian": []}
    offsets = np.concatenate([[0], np.cumsum(shape)])
    grid = np.stack([g.reshape(-1) for g in np.meshgrid(*(np.arange(k) for k in shape), indexing="ij")], axis=1)
    models = {c.name: c for c in COMPONENTS}
    for _ in range(20):
        gains = np.concatenate([w * rng.random(k) for w, k in zip(rng.dirichlet([1] * 4), shape, strict=True)])
        u = gains[offsets[:-1] + grid].sum(axis=1)
        view = heard([[], [tuple(grid[k]) for k in np.argsort(-u)[:60:6]]], shape)
        for name, row in found.items():
            defaults = {k: p.default for k, p in models[name].params.items()}
            guess = models[name].function(view, public(shape), **defaults)[0, 1]
            row.append(np.corrcoef(guess[offsets[:-1] + grid].sum(axis=1), u)[0, 1])
    means = {name: float(np.mean(row)) for name, row in found.items()}
    assert min(means.values()) > 0.4, means


def test_the_oracle_sees_what_there_is():
    scenario = make.scenario(8, conditions=0)
    seen = {}

    def note(view, public_, truth):
        seen["truth"] = truth.copy()

    model = Negotiation(scenario, tables=3, seed=0, strategies="oracle")
    decider = model.delegations["north"].decider
    decider.parts["opponent_model"] = replace(decider.parts["opponent_model"], function=note)
    model.step()
    assert (seen["truth"] == model.talks.preferences.contributions / GRAIN).all()


def test_first_proposals_are_told_apart_in_any_space():
    for shape in ((3, 2), (10,) * 50):
        a, b = (0,) * len(shape), (1,) * len(shape)
        view = heard([[a, a, b, a], [b, b, a, a]], shape)
        assert firsts(view, shape)[0].T.astype(int).tolist() == [[1, 0, 1, 0], [1, 0, 1, 0]]


# -- parameters, listing, fingerprints ---------------------------------------------------------------------------------


@pytest.mark.parametrize("component", COMPONENTS, ids=NAMES)
def test_parameters_have_ranges_that_are_kept(component):
    for name, p in component.params.items():
        assert p.about and (p.choices or p.low <= p.default <= p.high)
        for bad in ("nonsense",) if p.choices else (p.high + 1, p.low - 1):
            with pytest.raises(NotationError, match=name):
                read(f"{component.name}:{name}={bad}", BASE)


def test_the_command_lists_every_component():
    from peacetable.cli.strategies import command

    shown = CliRunner().invoke(command, []).output
    assert all(sum(line.startswith(f"  {n} ") for line in shown.splitlines()) == 1 for n in NAMES)
    told = json.loads(CliRunner().invoke(command, ["--json"]).output)
    assert [c["name"] for c in told] == NAMES
    one = CliRunner().invoke(command, ["ac_combi"]).output
    assert "default 0.9, possible: 0 to 1" in one
    with pytest.raises(NotationError, match='did you mean "micro"'):
        CliRunner().invoke(command, ["mikro"], catch_exceptions=False)


def fingerprint(name: str) -> str:
    """What the first party does at table 0 of fixed talks: the number of each package it proposes, + where it signs."""
    scenario = make.scenario(12, (5, 4, 5, 4), ("a", "b", "c"), rounds=12, events=False, red_lines=0.0)
    never = "" if name.startswith("ac_") else "+ac_const:least=1"
    strategies = {"a": name + never, "b": "linear+ac_const:least=1", "c": "time_dependent+ac_const:least=1+none"}
    model = Negotiation(scenario, seed=4, tables=2, strategies=strategies)
    said = []

    class Noted(Checked):
        def decide(self, view, own, draws, kept=None, truth=None):
            moves = self.inner.decide(view, own, draws, truth=truth)
            if 0 in view.rows:
                said.append("+" if moves.kind[0] == SIGN else str(int(own.public.space.index(moves.package[0]))))
            return moves

    model.talks.deciders["a"] = Noted(model.delegations["a"].decider)
    model.run()
    return " ".join(said)


FINGERPRINTS = {
    "time_dependent": "34 34 34 34 194 274 274 266 273 265 305 264",
    "exponential": "34 34 34 114 194 274 274 266 266 273 265 272",
    "boulware": "34 34 34 34 34 34 34 274 274 266 265 272",
    "linear": "194 186 266 286 265 265 246 245 245 264 284 304",
    "conceder": "266 265 246 326 245 245 264 264 284 4 304 244",
    "tit_for_tat_relative": "34 34 114 274 266 286 265 265 286 266 34 265",
    "tit_for_tat_absolute": "34 34 114 274 266 286 265 265 273 266 34 265",
    "tit_for_tat_averaged": "34 34 34 34 266 265 284 244 244 304 305 272",
    "mixed_tactics": "34 34 34 34 274 266 266 266 266 286 273 264",
    "nice_tit_for_tat": "34 34 34 34 114 34 34 274 274 274 274 274",
    "micro": "34 22 34 22 114 102 30 38 194 182 110 118",
    "trade_off": "34 34 34 186 186 266 266 105 326 27 252 248",
    "zero_intelligence": "192 87 303 398 10 109 381 328 91 332 16 65",
    "hard_liner": "34 34 34 34 34 34 34 34 34 34 34 34",
    "ac_next": "34 34 34 34 194 274 274 266 273 265 305 +",
    "ac_const": "34 34 34 34 194 274 274 266 273 265 305 264",
    "ac_time": "34 34 34 34 194 274 274 266 273 265 305 +",
    "ac_combi": "34 34 34 34 194 274 274 266 273 265 305 +",
    "none": "34 34 22 22 182 198 202 362 105 13 180 55",
    "frequency": "34 34 34 34 194 274 274 266 273 265 305 264",
    "distribution": "34 34 34 34 194 274 274 266 273 265 253 264",
    "bayesian": "34 34 34 34 194 274 186 266 105 265 165 264",
    "oracle": "34 34 34 34 194 26 186 266 105 265 165 264",
}


@pytest.mark.quick
@pytest.mark.parametrize("name", NAMES)
def test_behaviour_has_not_drifted(name):
    """If this is meant to change: say so in the changelog and paste the new line."""
    assert fingerprint(name) == FINGERPRINTS[name]
