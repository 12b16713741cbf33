"""What a strategy is handed: its own party's numbers, which nobody can write to, and what is public. Nothing else."""

from __future__ import annotations

import contextlib
import copy
import functools
import pickle

import numpy as np
import pytest

import make
from peacetable.abm.agents import Delegation
from peacetable.abm.model import Negotiation
from peacetable.scenario import Judgement, Part, Party, Preferences, Scenario, Strategy, preferences
from peacetable.strategies import COMPONENTS, Component, Decider, registry
from peacetable.strategies.frequency import frequency
from peacetable.strategies.time_dependent import bid
from peacetable.table.state import State
from reaching import reach

LEADS_AWAY = (Scenario, Party, Judgement, Preferences, State, Negotiation, Delegation)
HOW = {"exponent": 1.0, "window": 0.1, "candidates": 20, "aim": "mean", "steady": 0.0}
BY_DEFAULT = {"prior": 2.0, "gamma": 1.0, "stability": 0.25}


# -- a strategy that looks around -------------------------------------------------------------------------------------


@pytest.fixture
def play(monkeypatch):
    """Talks in which `look` is called with all that the three functions of a strategy are handed, by every party or the
    one named, and which go on as without it."""

    def looking_bid(look, view, own, others, draws):
        look(view, own, others, draws)
        return bid(view, own, others, None, **HOW)

    def looking_sign(look, view, own, u_offer, u_bid, draws):
        look(view, own, u_offer, u_bid, draws)
        return u_offer >= u_bid

    def looking_model(look, view, public):
        look(view, public)
        return frequency(view, public, **BY_DEFAULT)

    def run(scenario, look=lambda *handed: None, party=None, model="looks", tables=6, **settings):
        needs = {"needs_chance": True, "needs_history": True, "needs_counts": True}
        functions = {"bidding": looking_bid, "acceptance": looking_sign, "opponent_model": looking_model}

        def components(name, look):
            return [Component(name, k, "-", "-", functools.partial(f, look), **needs) for k, f in functions.items()]

        added = [*components("looks", look), *components("does_not", lambda *handed: None)]
        monkeypatch.setattr(registry, "COMPONENTS", (*COMPONENTS, *added))
        strategies = dict.fromkeys(scenario.party_ids, Strategy(*[Part("does_not")] * 3))
        for p in scenario.party_ids if party is None else [party]:
            strategies[p] = Strategy(Part("looks"), Part("looks"), Part(model))
        talks = Negotiation(scenario, tables=tables, seed=4, strategies=strategies, record=True, **settings)
        run.model = talks
        return talks.run()

    return run


def numbers_in(thing) -> np.ndarray:
    """The numbers that stand in an array, in memory or by themselves, as float (n,)."""
    if isinstance(thing, np.ndarray) and thing.dtype.kind in "iuf":
        return thing.reshape(-1).astype(float)
    if isinstance(thing, bytes) and len(thing) % 8 == 0:
        with np.errstate(invalid="ignore"):
            return np.concatenate([np.frombuffer(thing, kind).astype(float) for kind in (np.int64, np.float64)])
    return np.array([float(thing)]) if type(thing) in (int, float) and abs(thing) < 2**63 else np.zeros(0)


def secrets(model: Negotiation, party: int) -> np.ndarray:
    """Numbers of the other parties alone, as they are now and as they were drawn."""

    def of(p: int) -> set:
        found = [model.state.reservation[:, p]]
        for numbers in (model.talks.drawn.numbers[p], model.talks.preferences.numbers[p]):
            found += [numbers.contributions, numbers.bonuses, numbers.saliences, numbers.reservation]
            found += [numbers.contributions / numbers.scale[:, None]]
        return {float(x) for array in found for x in array.reshape(-1)}

    others = set().union(*(of(p) for p in range(len(model.talks.parties)) if p != party))
    # what everybody has in common: levels worth nothing, or closed
    return np.array(sorted(others - of(party) - {0.0, 1.0}))


def found_in(handed, model: Negotiation, party: int) -> tuple[set, list]:
    """Names of the kinds that lead away, and secret numbers, among all that can be reached."""
    seen: dict = {}
    reach(handed, seen)
    hidden = secrets(model, party)
    kinds = {type(x).__name__ for x in seen.values() if isinstance(x, LEADS_AWAY)}
    return kinds, [x for x in seen.values() if np.isin(numbers_in(x), hidden).any()]


EVENTFUL = {"conditions": 2, "refusals": 1, "close": True, "rounds": 6}


@pytest.mark.parametrize("model", ["looks", "frequency", "bayesian", "none"])
@pytest.mark.parametrize("shape", [(3, 2, 4, 3), (10,) * 8])
def test_nothing_that_is_handed_leads_to_another_partys_numbers(play, shape, model):
    scenario, calls = make.scenario(5, shape, consent="needed", **EVENTFUL), []

    def look(*handed):
        calls.append(len(handed))
        assert found_in(handed, play.model, handed[0].party) == (set(), [])

    play(scenario, look, model=model, tables=3)
    assert len(calls) > 10 and play.model.talks.preferences is not play.model.talks.drawn, "events have changed numbers"


def test_the_walk_finds_what_there_is_to_find(play):
    model = play(make.scenario(5, (3, 2, 4), **EVENTFUL))
    kinds, found = found_in(model, model, 0)
    assert kinds == {kind.__name__ for kind in LEADS_AWAY} and len(found) > 10
    theirs = model.talks.preferences.numbers[1]
    reservation = model.state.reservation[:, 0]  # the others' stand beside it in what it is a view of
    for leak in (theirs, theirs.contributions, [theirs.gains(0)], lambda: theirs, theirs.utility, reservation):
        assert found_in(leak, model, 0)[1]


# -- a strategy that does not keep to the rules ------------------------------------------------------------------------


def write(*path):
    """A try to write to the array there, and to all that it is a view of; by way of its flags too."""

    def tried(view, own):
        array = {"view": view, "own": own}[path[0]]
        for key in path[1:]:
            array = array[key] if isinstance(key, int) else getattr(array, key)
        before, part = array.copy(), array
        while isinstance(part, np.ndarray):
            with pytest.raises(ValueError, match="read-only"):
                part[...] = 0
            with pytest.raises(ValueError, match="WRITEABLE"):
                part.setflags(write=True)
            part = part.base
        assert isinstance(part, bytes) and np.array_equal(array, before)

    return tried


OWN = ("contributions", "bonuses", "scale", "saliences", "reservation", "forbidden", "unasked")
ARRAYS = [
    *(("own", "numbers", name) for name in OWN),
    ("own", "ranking", "numbers", "contributions"),
    ("own", "numbers", "conditions", 0, 0, 1),
    ("own", "public", "values"),
    ("own", "public", "worth"),
    ("own", "public", "offsets"),
    ("own", "public", "space", "rules", 0, 0, 1),
    *(("own", name) for name in ("rows", "reservation", "last")),
    *(("view", name) for name in ("rows", "reservation", "offers", "standing", "signed", "needs", "present", "past")),
]


@pytest.mark.parametrize("path", ARRAYS, ids=lambda path: ".".join(map(str, path)))
def test_what_is_handed_cannot_be_written_to(play, path):
    scenario = make.scenario(5, **EVENTFUL)
    honest = ended(play(scenario))
    tries = []

    def look(view, own, *rest):
        if rest:
            tries.append(write(*path)(view, own))

    assert ended(play(scenario, look, "west")) == honest and tries


def test_there_is_no_way_to_the_others(play):
    """By number, by the names that lead there in the engine, or by putting other numbers in the place of the own."""

    def by(kind, step):
        with pytest.raises(kind):
            step()

    def look(view, own, *rest):
        if not rest:
            return
        for thing in (own, own.numbers, own.ranking, own.public):
            for name in ("preferences", "model", "state", "party", "parties", "drawn"):
                by(AttributeError, lambda thing=thing, name=name: getattr(thing, name))
        for q in range(3):
            by(TypeError, lambda q=q: own.numbers[q])
        by(IndexError, lambda: own.numbers.contributions[:, :, 0])
        with contextlib.suppress(ValueError):  # what a ranking keeps, or a copy of it
            own.best().fill(0)
        for thing, name in ((own, "reservation"), (own, "numbers"), (own.numbers, "contributions"), (view, "offers")):
            by(AttributeError, lambda thing=thing, name=name: setattr(thing, name, None))
        tries.append(view.party)

    scenario, tries = make.scenario(5, **EVENTFUL), []
    honest = ended(play(scenario))
    assert ended(play(scenario, look, "west")) == honest and set(tries) == {1}


def ended(model: Negotiation) -> list:
    """How all tables ended, and every move on the way."""
    state, records = model.state, model.talks.records
    arrays = (state.ended, state.ended_turn, state.agreed, state.reservation, model.talks.preferences.contributions)
    return [*(array.tolist() for array in arrays), records]


@pytest.mark.parametrize("copied", [copy.deepcopy, *(lambda x, k=k: pickle.loads(pickle.dumps(x, k)) for k in (4, 5))])
def test_a_copy_of_numbers_cannot_be_written_to_either(copied):
    numbers = preferences(make.scenario(5, **EVENTFUL)).numbers[1]
    other = copied(numbers)
    for name in OWN:
        assert np.array_equal(getattr(other, name), getattr(numbers, name))
        with pytest.raises(ValueError, match="WRITEABLE"):
            getattr(other, name).setflags(write=True)
    assert [other.refuses(k) for k in range(3)] == [numbers.refuses(k) for k in range(3)]


# -- the one that knows ------------------------------------------------------------------------------------------------


def test_the_oracle_alone_is_told_the_truth():
    assert [c.name for c in COMPONENTS if c.needs_truth] == ["oracle"]
    for component in COMPONENTS:
        assert told(component.name) == {component.name == "oracle"}


def told(strategy: str) -> set[bool]:
    """Whether deciders that play by a strategy were told the truth."""
    model, found = Negotiation(make.scenario(8), tables=3, seed=0, strategies=strategy), set()

    class Noted(Decider):
        def decide(self, view, own, draws, kept=None, truth=None):
            found.add(truth is not None)
            return super().decide(view, own, draws, kept, truth)

    for delegation in model.delegations.values():
        model.talks.deciders[delegation.id] = Noted(delegation.strategy)
    model.run()
    return found
