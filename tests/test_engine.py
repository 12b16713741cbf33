"""The promises of the engine: the oracle agrees, batches do not matter, names do not matter, replays draw nothing."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import make
from oracle import Table
from peacetable import load
from peacetable.abm import draws
from peacetable.abm.model import Negotiation
from peacetable.abm.replay import Replay
from peacetable.chance import Chance
from peacetable.errors import MinutesError, NotationError, Refusal, ScenarioError
from peacetable.experiments.drawn import inputs
from peacetable.scenario import (
    Condition,
    Event,
    Judgement,
    Position,
    Rule,
    Space,
    cells,
    factored,
    preferences,
    sorting,
)
from peacetable.scenario.facts import PARTIES_MOST
from peacetable.scenario.nearest import cheapest
from peacetable.scenario.sorting import SortedRanking
from peacetable.scenario.split import SplitRanking
from peacetable.strategies import Decider
from peacetable.table import single_text
from peacetable.table.moves import Propose, Sign, Sound, Stand, WalkOut
from peacetable.table.notation import read
from peacetable.table.rules import can_agree
from peacetable.table.state import start

CASES = Path(__file__).parent / "cases" / "scenarios"

made = st.builds(
    make.scenario,
    seed=st.integers(0, 10_000),
    shape=st.sampled_from([(2, 2), (3, 2, 4), (2, 3, 2, 2), (5, 4)]),
    parties=st.sampled_from([("north", "west"), ("north", "west", "south"), ("a", "b", "c", "d", "e")]),
    consent=st.sampled_from(["unanimity", "needed", "quorum"]),
    order=st.sampled_from(["fixed", "rotating", "random"]),
    rounds=st.integers(1, 9),
    close=st.booleans(),
    swing=st.sampled_from([1, 1, -20, 80, -300]),
    refusals=st.integers(0, 2),
    partial=st.booleans(),
)


def oracle_for(model, table=0):
    """The plain-loop table with the same draws as table `table` of a model that has not moved."""
    sc, drawn = model.talks.problem, model.minutes(table)[0]["drawn"]
    cut = model.talks.space.offsets
    gains = [[row[a:b] for a, b in zip(cut[:-1], cut[1:], strict=True)] for row in drawn["contributions"]]
    strategies = []
    for delegation in model.delegations.values():
        params = Decider(delegation.strategy).params
        merged = {**params["bidding"], **params["acceptance"], "prior": 0, "stability": 0, **params["opponent_model"]}
        strategies.append(merged | {"model": delegation.strategy.opponent_model.name})

    def draws(purpose, ids):
        return lambda n: model.talks.chance.of(purpose, ids, n)[table].tolist()

    events = [event.id for event in sc.events]
    return Table(sc, drawn, gains, draws("order", sc.party_ids), draws("events", events), strategies)


@pytest.mark.quick
@given(made, st.integers(0, 2**63))
def test_the_plain_loop_oracle_agrees_move_by_move(scenario, seed):
    model = Negotiation(scenario, seed=seed)
    oracle = oracle_for(model)
    for n, (round_, party, move, result) in enumerate(oracle.play()):
        assert model.running
        model.step()
        record = [r for r in model.talks.records[0] if r.kind in ("propose", "sign", "walk_out")][n]
        assert (record.round, record.party, record.kind) == (round_, party, move[0])
        if move[0] == "propose":
            assert tuple(read(scenario, record.package)) == move[1]
        elif move[0] == "sign":
            assert record.offer_of == move[1]
        state = model.state
        standing = {model.talks.parties[q] for q in np.flatnonzero(state.standing[0])}
        if result is None and state.round == round_:  # an opening round may change the table at once
            assert standing == set(oracle.table)
            for whose, (package, signers) in oracle.table.items():
                q = model.talks.parties.index(whose)
                assert tuple(state.offers[0, q]) == package
                assert {p for k, p in enumerate(model.talks.parties) if state.signed[0, q] >> k & 1} == signers
    assert not model.running
    report = model.report()
    ended, by, package = oracle.result
    assert (report["ended"], report["by"]) == (ended, by)
    assert (tuple(model.state.agreed[0]) if report["package"] else None) == package
    for p, party in enumerate(model.talks.parties):
        expected = oracle.u(oracle.grains(p, package)) if package else oracle.reservation[p]
        assert report["utilities"][party] == expected
        assert report["reservation"][party] == oracle.reservation[p]


@pytest.mark.quick
def test_what_no_agreement_is_worth_stays_a_utility():
    """An event adds 0.9 to 0.4 and takes 0.4 from 0.1; drift adds to what stands, not to what lies beyond the ends."""
    scenario = load(CASES / "reservation-negative")
    model = Negotiation(scenario, tables=50, seed=1, record=True)
    while model.running:
        assert ((model.state.reservation >= 0) & (model.state.reservation <= 1)).all()
        model.step()
    assert {0.0, 1.0} <= {float(r) for r in model.talks.course[0].reshape(-1)}
    for column, values in model.outcomes().items():
        if column.startswith(("u_", "r_")):
            assert ((values >= 0) & (values <= 1)).all()
    back = replace(
        make.scenario(1, parties=("north", "west"), rounds=4, draw=(), reservation=0.9, swing=200),
        events=tuple(
            Event(f"e{n}", "E", "e", n, None, {"north": Judgement(x, x, x)}, 0, "r") for n, x in ((1, 0.5), (2, -0.7))
        ),
    )
    model = Negotiation(back, seed=1, human=["north", "west"])
    for party in ("north", "west"):
        make.submit(model, Propose(model.delegations[party].ranking.nth_best(np.array([0]), np.array([0]))[0][0]))
    assert [values[0].tolist() for values in model.talks.course[:2]] == [[1.0, 0.9], [pytest.approx(0.3), 1.0]]


def test_what_an_event_adds_is_drawn_by_every_table_from_its_range():
    """Between the ends of the range, at every table another, the same alone as in the batch, and in the minutes; the
    central number where reservation values are not drawn."""
    base = make.scenario(3, rounds=4)
    event = Event("hit", "H", "h", 1, None, {"west": Judgement(-0.05, -0.09, -0.01)}, 0, "r")
    scenario = replace(base, events=(event,))
    model = Negotiation(scenario, tables=400, seed=5, record=True)
    added = model.talks.shifts[:, 0, 1]
    assert ((added >= -0.09) & (added < -0.01)).all() and len({*added}) == 400
    assert added.mean() == pytest.approx(-0.05, abs=0.003) and not model.talks.shifts[:, 0, [0, 2]].any()
    assert model.talks.course[0][:, 1] == pytest.approx(
        np.clip(model.talks.drawn.reservation[:, 1] + added, 0, 1), abs=1e-15
    )
    alone = Negotiation(scenario, seed=5, first_table=123).run()
    assert (alone.talks.shifts[0] == model.talks.shifts[123]).all()
    assert Replay(scenario, *alone.minutes()).run().report() == alone.report()
    assert set(Negotiation(scenario, tables=3, seed=5, draw=["values"]).talks.shifts[:, 0, 1]) == {-0.05}
    columns = inputs(scenario, [123, 7], seed=5)
    assert columns["shift.hit.west"].tolist() == [added[123], added[7]]


def test_another_reading_of_a_demand_leaves_all_other_draws_as_they_are():
    """So the two readings can be compared table by table: values, saliences, reservation values, what the conditions
    change and what events add."""
    weight = load("white-house-2025", settings=["russia.demands.limits-on-ukraines-army.change=-0.02"])
    condition = load("white-house-2025@as-conditions")
    one, other = inputs(weight, range(20), seed=4), inputs(condition, range(20), seed=4)
    assert {name.partition(".")[0] for name in other} == {
        "table", "value", "salience", "change", "reservation", "event", "shift"
    }  # fmt: skip
    assert all((one[name] == column).all() for name, column in other.items() if not np.isnan(column).any())
    fewer = load("white-house-2025", settings=["events.large-air-assault=null"])
    same = inputs(fewer, range(20), seed=4)
    assert all((same[name] == one[name]).all() for name in same if name.startswith(("shift", "change", "salience")))


def test_a_mediator_opens_with_nothing_that_it_refuses_itself():
    """What it refuses together as well as its red lines, wherever another package is left."""
    for seed in range(40):
        scenario = make.scenario(seed, protocol="single_text", mediator="west", refusals=2, red_lines=0)
        model = Negotiation(scenario, tables=2, seed=seed)
        mine = model.talks.preferences.vetoed(model.talks.space.enumerate(), 1)
        if not mine[model.talks.space.feasible(model.talks.space.enumerate())].all():
            assert not model.talks.preferences.vetoed(model.talks.first_draft, 1).any(), seed


def test_a_single_text_opens_with_the_draft_that_is_given():
    scenario = make.scenario(1, protocol="single_text", rounds=3, rules=0)
    given = {issue.id: issue.levels[-1].id for issue in scenario.issues}
    model = Negotiation(replace(scenario, protocol=replace(scenario.protocol, draft=given)), tables=3, seed=1)
    assert model.talks.first_draft.tolist() == [[len(issue.levels) - 1 for issue in scenario.issues]] * 3
    assert Negotiation(scenario, tables=3, seed=1).talks.first_draft.tolist() != model.talks.first_draft.tolist()


def test_talks_under_earlier_rules_let_it_leave_the_ends_in_their_replay():
    """Until version 3 the event took 0.1 to -0.3; who goes on with such talks now goes on by the present rules."""
    scenario = load(CASES / "reservation-negative")
    header, records = Negotiation(scenario, seed=1, draw=[]).run().minutes()
    older = header | {"rules_version": 3, "release": "0.2.0"}
    replay = Replay(scenario, older, records)
    assert replay.course[0][0].min() < 0 and replay.course[0][0].max() > 1
    replay.run()
    assert replay.state.reservation.min() < 0
    resumed = Negotiation.resume(scenario, older, [r for r in records if r.kind == "event"])
    assert resumed.state.reservation.tolist() == Replay(scenario, header, records).course[0].tolist()
    again = Replay(scenario, *resumed.run().minutes()).run()
    assert again.report() == resumed.report() and (again.course[-1] == resumed.talks.course[-1]).all()


@pytest.mark.parametrize("consent", ["unanimity", "needed", "quorum"])
@pytest.mark.parametrize("protocol", ["alternating_offers", "single_text"])
def test_sixty_parties_can_sign_and_more_are_refused(protocol, consent):
    """All of them, and the last alone, count: a signature is a bit of one number."""
    names = tuple(f"p{n}" for n in range(PARTIES_MOST + 1))
    scenario = make.scenario(
        1, shape=(2, 2), parties=names[:-1], consent=consent, protocol=protocol, rules=0, rounds=2, reservation=0.0,
        values=np.ones((61, 4)), conditions=0, events=False, draw=(),
    )  # fmt: skip
    model = Negotiation(scenario, seed=1).run()
    told, needs = model.report(), model.talks.space.consent.needs(np.zeros(2, dtype=np.int16))
    assert told["ended"] == "agreement" and set(told["signed_by"]) >= {
        p for p, n in zip(names, needs, strict=False) if n
    }
    assert needs.sum() == {"unanimity": 60, "quorum": 1}.get(
        consent, needs.sum()
    ) and model.talks.space.consent.need_bits(np.zeros(2, dtype=np.int16)) == sum(
        1 << p for p in np.flatnonzero(needs).tolist()
    )
    left = Negotiation(scenario, seed=1, human=[names[0]])
    if left.awaiting:
        make.submit(left, WalkOut())
    assert Replay(scenario, *left.run().minutes()).run().report() == left.report()
    one_more = make.scenario(1, shape=(2, 2), parties=names, consent=consent, protocol=protocol)
    with pytest.raises(ScenarioError, match="has 61 parties; talks can be held among up to 60"):
        Negotiation(one_more, seed=1)


def columns_equal(a, b):
    return a.keys() == b.keys() and all((a[k] == b[k]).all() for k in a)


def joined(parts):
    return {k: np.concatenate([part[k] for part in parts]) for k in parts[0]}


@given(made, st.integers(0, 2**63), st.integers(0, 2**40))
def test_a_table_is_the_same_alone_and_in_any_batch(scenario, seed, first):
    whole = Negotiation(scenario, tables=23, seed=seed, first_table=first).run().outcomes()
    for size in (1, 7):
        parts = [
            Negotiation(scenario, tables=min(size, 23 - k), seed=seed, first_table=first + k).run().outcomes()
            for k in reversed(range(0, 23, size))
        ]
        assert columns_equal(joined(parts[::-1]), whole)


def test_table_k_of_5000_is_the_same_alone_in_chunks_of_7_and_in_reverse():
    scenario = make.scenario(11, parties=("a", "b", "c", "d", "e"), order="random", consent="needed")
    whole = Negotiation(scenario, tables=5000, seed=9).run().outcomes()
    assert len(set(whole["ended"])) > 1
    for k in (4999, 4321, 48, 0):
        alone = Negotiation(scenario, tables=1, seed=9, first_table=k).run().outcomes()
        assert columns_equal(alone, {name: column[k : k + 1] for name, column in whole.items()})
    starts = list(range(0, 210, 7))
    parts = {k: Negotiation(scenario, tables=7, seed=9, first_table=k).run().outcomes() for k in reversed(starts)}
    assert columns_equal(joined([parts[k] for k in starts]), {n: c[:210] for n, c in whole.items()})


def still(scenario, order):
    """The scenario with nothing left to chance."""
    events = tuple(e for e in scenario.events if e.probability is None)
    return replace(scenario, draw=(), events=events, protocol=replace(scenario.protocol, order=order))


def same(one, two, names):
    """Whether the tables ended alike, to the bit, each party by its name."""
    one, two = one.run().outcomes(), two.run().outcomes()
    for party, name in names.items():
        assert (one[f"u_{party}"] == two[f"u_{name}"]).all()
    assert [names.get(by) for by in one["by"]] == list(two["by"])
    assert (one["package"] == two["package"]).all() and (one["turns"] == two["turns"]).all()


@pytest.mark.quick
@given(made, st.sampled_from(["fixed", "rotating"]), st.sampled_from(["alternating_offers", "single_text"]))
def test_renaming_the_parties_renames_the_result(scenario, order, protocol):
    """To the bit, where nothing is drawn: what is drawn for a party goes by its name."""
    scenario = still(replace(scenario, protocol=replace(scenario.protocol, name=protocol)), order)
    if protocol == "single_text":  # a neutral chair draws its amendments, whatever the names
        scenario = replace(scenario, protocol=replace(scenario.protocol, mediator=scenario.party_ids[0]))
    names = {p: f"x{k}" for k, p in enumerate(reversed(scenario.party_ids))}
    same(*(Negotiation(case, tables=5, seed=1) for case in (scenario, make.renamed(scenario, names))), names)


def test_renaming_the_parties_leaves_the_rate_within_its_interval():
    scenario = make.scenario(8, (3, 3, 3), rounds=6, reservation=0.53)
    names = {p: f"x{k}" for k, p in enumerate(reversed(scenario.party_ids))}
    n, rates = 1500, []
    for case in (scenario, make.renamed(scenario, names)):
        rates.append((Negotiation(case, tables=n, seed=5).run().outcomes()["ended"] == "agreement").mean())
    half = 1.96 * np.sqrt(sum(r * (1 - r) for r in rates) / n)
    assert 0.05 < min(rates) < 0.95 and abs(rates[0] - rates[1]) < half


@pytest.mark.quick
@given(made, st.randoms(use_true_random=False), st.sampled_from(["alternating_offers", "single_text"]))
def test_listing_the_parties_in_another_order_changes_nothing_where_chance_seats_them(scenario, chance, protocol):
    """To the bit, with all draws: draws, sums and ties over parties do not go by their places in the file."""
    scenario = replace(scenario, protocol=replace(scenario.protocol, order="random", name=protocol))
    parties = list(scenario.parties)
    chance.shuffle(parties)
    other = replace(scenario, parties=tuple(parties))
    names = {p: p for p in scenario.party_ids}
    same(*(Negotiation(case, tables=6, seed=2) for case in (scenario, other)), names)


def test_what_is_added_to_a_scenario_leaves_the_other_draws_alone():
    scenario = make.scenario(3, (3, 2, 4), red_lines=0.0)
    more = Negotiation(grown(scenario), tables=20, seed=6).talks
    talks = Negotiation(scenario, tables=20, seed=6).talks
    old, new = (draws.uniforms(case, Chance(6, np.arange(20))) for case in (scenario, grown(scenario)))
    at = [int(np.flatnonzero(np.array(more.parties) == p)[0]) for p in talks.parties]
    levels = [(i.id, k.id) for i in scenario.issues for k in i.levels]
    others = [(i.id, k.id) for i in grown(scenario).issues for k in i.levels]
    columns = [others.index(level) for level in levels]
    issues = [grown(scenario).issue_ids.index(i) for i in scenario.issue_ids]
    drawn = cells(scenario).ranged & cells(grown(scenario)).ranged[np.ix_(at, columns)]
    assert drawn.any()
    assert (old["values"][:, drawn] == new["values"][:, at][:, :, columns][:, drawn]).all()
    assert (old["saliences"] == new["saliences"][:, at][:, :, issues]).all()
    assert (old["reservations"] == new["reservations"][:, at]).all()
    assert (old["changes"] == new["changes"][:, at]).all()
    assert (talks.shifts == more.shifts[:, 1:][:, :, at]).all()
    rounds, later = (draws.event_rounds(case, Chance(6, np.arange(20))) for case in (scenario, grown(scenario)))
    early = (rounds > 0) & (rounds <= scenario.protocol.rounds)
    assert (rounds[early] == later[:, 1:][early]).all() and early.any()


def grown(scenario):
    """The scenario with a party, an issue, a level of every issue and an event more, each the first in its list."""
    first = scenario.parties[0]
    level = replace(scenario.issues[0].levels[0], id="new")
    issues = tuple(replace(i, levels=(level, *i.levels), ordered=False) for i in scenario.issues)
    issues = (replace(issues[0], id="new"), *issues)
    saliences = first.saliences["i0"]
    parties = (replace(first, id="new"), *scenario.parties)
    parties = tuple(replace(p, saliences={"new": saliences, **p.saliences}) for p in parties)
    event = Event("new", "New", "x", None, 0.3, {}, 0, "r")
    return replace(scenario, issues=issues, parties=parties, events=(event, *scenario.events))


@pytest.mark.quick
@given(made, st.integers(0, 1000))
def test_a_replay_makes_the_same_table_without_chance_or_strategies(scenario, seed):
    model = Negotiation(scenario, seed=seed, first_table=5).run()
    header, records = model.minutes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("peacetable.chance.Chance._words", lambda *a, **k: pytest.fail("a replay drew chance"))
        patch.setattr("peacetable.strategies.decide.Decider.decide", lambda *a: pytest.fail("a replay asked"))
        again = Replay(scenario, header, records)
        assert again.chance is None
        again.run()
    assert again.report() == model.report()
    assert again.minutes() == model.minutes()


@given(made, st.integers(0, 1000), st.data())
def test_minutes_that_stop_early_can_be_gone_on_from(scenario, seed, data):
    model = Negotiation(scenario, seed=seed).run()
    header, records = model.minutes()
    moves = [n for n, r in enumerate(records) if r.kind in ("propose", "sign", "walk_out")]
    cut = data.draw(st.sampled_from(moves)) + 1
    resumed = Negotiation.resume(scenario, header, records[:cut])
    assert resumed.run().report() == model.report()


def test_minutes_that_do_not_fit_are_refused():
    model = Negotiation(make.scenario(3), seed=1).run()
    header, records = model.minutes()
    records[1] = replace(records[1], party="west" if records[1].party != "west" else "south")
    with pytest.raises(MinutesError, match="out of turn"):
        Replay(model.talks.problem, header, records).run()


def test_the_red_lines_and_reservations_of_all_are_respected():
    for seed in range(12):
        scenario = make.scenario(seed, red_lines=0.3, consent="unanimity", events=False)
        model = Negotiation(scenario, tables=200, seed=seed).run()
        made_rows = np.flatnonzero(model.state.agreed[:, 0] >= 0)
        agreed = model.state.agreed[made_rows]
        assert model.talks.space.feasible(agreed).all()
        for p in range(len(model.talks.parties)):
            assert not model.talks.preferences.vetoed(agreed, p).any()
        # reservations drift up a little after a signature; nobody signs below what held then
        assert (model.utilities()[made_rows] >= model.talks.preferences.reservation[made_rows]).all()


def test_refusals_say_what_was_tried_why_not_and_what_is_possible():
    scenario = make.scenario(3, red_lines=0.0)
    model = Negotiation(scenario, seed=0, human=["north"])
    assert model.awaiting == ("north",)
    with pytest.raises(Refusal, match=r"North cannot sign \(round 1 of 8\): West has no package on the table. Poss"):
        make.submit(model, Sign("west"))
    rule = scenario.rules[0]
    bad = np.array([
        next((k for k, level in enumerate(issue.levels) if level.id in rule.forbid.get(issue.id, ())), 0)
        for issue in scenario.issues
    ])  # fmt: skip
    with pytest.raises(Refusal, match=rule.reason):
        make.submit(model, Propose(bad))
    with pytest.raises(Refusal, match="a level is outside"):
        make.submit(model, Propose(np.array([9, 0, 0])))
    with pytest.raises(Refusal, match="one level for each of 3 issues"):
        make.submit(model, Propose(np.array([0, 0])))
    before = model.view("north")
    make.submit(model, WalkOut())
    assert not model.running
    assert before.ended is None and model.view("north").ended == "walk_out"
    with pytest.raises(Refusal, match="the talks have ended"):
        make.submit(model, WalkOut())


def test_a_person_gets_the_turn_and_finished_tables_stay_put():
    scenario = make.scenario(4, red_lines=0.0, rules=0)
    model = Negotiation(scenario, human=["west"], seed=2)
    while model.running:
        model.run()
        if model.awaiting:
            offers = [q for q, o in model.view("west").offers.items() if "west" not in o.signed]
            make.submit(model, Sign(offers[0]) if offers else Propose(np.zeros(3, dtype=int)))
    done = model.report()
    model.step()
    assert model.report() == done
    assert done["ended"] == "agreement" and "west" in done["signed_by"]


def test_settings_that_cannot_be_read_say_what_is_possible():
    scenario = make.scenario(3)
    for settings, words in (
        ({"consent": "unanimous"}, 'No consent "unanimous"; did you mean "unanimity"'),
        ({"rounds": 0}, "possible: 1 to 100000"),
        ({"tables": 0}, "possible: 1 to"),
        ({"human": ["nord"]}, 'did you mean "north"'),
        ({"strategies": {"nord": "time_dependent"}}, 'did you mean "north"'),
        ({"strategies": "time_dependant"}, 'did you mean "time_dependent"'),
        ({"strategies": "time_dependent:exponent=0"}, "possible: 0.01 to 100"),
        ({"strategies": "time_dependent:exponnt=1"}, 'did you mean "exponent"'),
        ({"reservations": {"north": 2}}, "between 0 and 1"),
        ({"draw": ["value"]}, 'did you mean "values"'),
    ):
        with pytest.raises(NotationError, match=words):
            Negotiation(scenario, **settings)


@pytest.mark.quick
def test_models_do_not_leak():
    import gc
    import weakref

    model = Negotiation(make.scenario(3), seed=1)
    model.run().close()
    alive = weakref.ref(model)
    del model
    gc.collect()
    assert alive() is None


def test_a_long_deadline_ends_and_says_so():
    scenario = make.scenario(5, reservation=0.99, events=False)
    report = Negotiation(scenario, seed=0, rounds=300).run().report()
    assert report["ended"] in ("deadline", "walk_out")


mediated = st.builds(
    make.scenario,
    seed=st.integers(0, 10_000),
    shape=st.sampled_from([(3, 2, 4), (5, 4, 3)]),
    parties=st.sampled_from([("north", "west", "south"), ("north", "b", "c", "d", "e")]),
    consent=st.sampled_from(["unanimity", "needed", "quorum"]),
    order=st.sampled_from(["fixed", "rotating", "random"]),
    rounds=st.integers(1, 20),
    protocol=st.just("single_text"),
    mediator=st.sampled_from(["", "north"]),
    temperature=st.sampled_from([0.0, 0.1]),
    red_lines=st.just(0.02),
)


@given(mediated, st.integers(0, 1000))
def test_a_single_text_is_the_same_alone_in_a_batch_and_in_a_replay(scenario, seed):
    whole = Negotiation(scenario, tables=9, seed=seed).run().outcomes()
    model = Negotiation(scenario, seed=seed, first_table=4).run()
    assert columns_equal(model.outcomes(), {n: c[4:5] for n, c in whole.items()})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("peacetable.chance.Chance._words", lambda *a, **k: pytest.fail("a replay drew chance"))
        assert Replay(scenario, *model.minutes()).run().report() == model.report()


def carried(model, amendment, voters):
    consent = model.talks.space.consent
    needed = {p for p, n in zip(model.talks.parties, consent.needs(amendment), strict=True) if n}
    return needed <= voters and len(voters) >= consent.quorum


@given(mediated, st.integers(0, 1000))
def test_a_single_text_moves_one_issue_at_a_time_by_consent(scenario, seed):
    """Told from the minutes alone: each adopted amendment differs from the draft in one issue at most, and was voted
    for by all whose consent it needs; nobody signs across its red lines."""
    model = Negotiation(scenario, seed=seed)
    draft = model.state.draft[0].copy()
    voters, amendment = set(), None
    numbers = model.talks.preferences.numbers
    for record in model.run().talks.records[0]:
        if record.kind in ("amend", "propose"):
            if amendment is not None and carried(model, amendment, voters):
                draft = amendment
            voters, amendment = {record.party} if record.kind == "propose" else set(), read(scenario, record.package)
            assert (amendment != draft).sum() <= 1
            assert model.talks.space.feasible(amendment[None]).all()
        elif record.kind == "sign":
            voters.add(record.party)
    if model.report()["ended"] == "agreement":
        final = model.state.agreed[0]
        assert carried(model, final, set(model.report()["signed_by"]))
        for p, own in zip(model.talks.parties, numbers, strict=True):
            if p in model.report()["signed_by"]:
                assert not own.vetoed(final)
    else:
        assert model.report()["package"] is None


@pytest.mark.parametrize("name", ["venue-2025", "white-house-2025"])
def test_a_single_text_moves_at_its_default(name):
    """At temperature 0 no draft moved: the first one is the compromise of what was said in public."""
    model = Negotiation(name, tables=200, seed=1, protocol="single_text").run()
    moved = (model.state.draft != model.talks.first_draft).any(axis=1)
    assert moved.mean() > 0.1


@given(mediated, st.integers(0, 1000))
def test_a_mediator_tables_nothing_against_its_own_interest_or_red_lines(scenario, seed):
    """Annealed, where it may lose for the sake of movement, and cold, where it may not."""
    for heat in (scenario.protocol.temperature, 0.0):
        protocol = replace(scenario.protocol, mediator="north", temperature=heat)
        model = Negotiation(replace(scenario, protocol=protocol, events=()), seed=seed).run()
        own, draft = model.talks.preferences.numbers[0], model.talks.first_draft[0]
        left = [(~own.forbidden[a:b]).any() for a, b in itertools.pairwise(model.talks.space.offsets)]
        assert not own.vetoed(draft) or not all(left)
        voters, amendment = set(), draft
        for record in model.talks.records[0]:
            if record.kind == "propose":
                draft = amendment if carried(model, amendment, voters) else draft
                voters, amendment = {"north"}, read(scenario, record.package)
                assert (amendment == draft).all() or not own.vetoed(amendment)
                after, before = own.utility(np.stack([amendment, draft]))
                assert heat > 0 or after >= before
            elif record.kind == "sign":
                voters.add(record.party)


@pytest.mark.quick
@pytest.mark.parametrize("name", ["single-text-no-draft-3", "single-text-no-draft-4"])
def test_a_first_draft_is_found_under_rules_that_leave_little(name):
    """What chance does not mend is made: every level but two of every issue breaks a rule of its own."""
    scenario = load(CASES / name)
    batch = Negotiation(scenario, tables=200, seed=1).run()
    assert batch.talks.space.feasible(batch.talks.first_draft).all()
    assert (batch.talks.first_draft >= 3).all() and len(np.unique(batch.talks.first_draft, axis=0)) == 2 ** len(
        batch.talks.space.shape
    )
    for seed in range(1, 21):
        assert Negotiation(scenario, seed=seed).run().report()["ended"] == "agreement"
    assert set(Negotiation(scenario, tables=20, protocol="alternating_offers").run().outcomes()["ended"]) == {
        "agreement"
    }
    one = Negotiation(scenario, seed=1, first_table=77).run()
    assert (one.talks.first_draft[0] == batch.talks.first_draft[77]).all()
    assert Replay(scenario, *one.minutes()).run().report() == one.report()


@given(
    st.integers(0, 10_000),
    st.sampled_from([(2, 2), (3, 2, 4), (2, 3, 2, 2), (1, 5, 3)]),
    st.integers(0, 12),
    st.integers(0, 2),
)
def test_the_cheapest_feasible_package_is_that_of_trying_all(seed, shape, rules, most):
    space = Space(make.scenario(seed, shape=shape, rules=rules))
    rng = np.random.default_rng(seed)
    loss = rng.integers(0, most + 1, sum(shape)).astype(object) * 10**20
    every = space.enumerate()
    sums = np.array([sum(loss[k] for k in space.offsets[:-1] + x) for x in every], dtype=object)
    possible = space.feasible(every)
    found = cheapest(space, loss, rng.random((300, 5)))
    if found is None:
        assert not possible.any()
        return
    least = {tuple(x) for x in every[possible & (sums == min(sums[possible]))]}
    assert {tuple(x) for x in found} <= least
    assert len(least) > 8 or {tuple(x) for x in found} == least, "every one of those that tie has its chance"


def test_a_first_draft_in_a_space_too_large_to_try_all():
    """Twenty issues of five levels, of which all but the last break a rule; the mediator never signs that last level of
    one issue, where the rule leaves another: what it signs is taken. Of two such levels the more valued is."""
    wide, never = (5,) * 20, np.zeros(100, dtype=bool)
    base = make.scenario(1, shape=wide, rules=0, conditions=0, events=False, red_lines=0)
    rules = [Rule(f"r{i}", {f"i{i}": tuple(f"l{k}" for k in range(4 if i else 2))}, "no") for i in range(20)]
    joined = Rule("both", {"i0": ("l2",), "i1": ("l4",)}, "not together")
    space = Space(replace(base, rules=(*rules, joined)))
    never[4] = True
    public = np.tile(np.tile([0.9, 0.8, 0.7, 0.6, 0.5], 20), (3, 1))
    nobody, draws = np.zeros((3, 100), dtype=bool), np.random.default_rng(2).random((50, 200))
    found = single_text.first_draft(space, public, nobody, never, draws)
    assert found.tolist() == [[3] + [4] * 19] * 50


def test_what_events_close_and_weigh_can_end_talks_but_not_a_batch():
    """Two events that each leave something and together nothing: who finds nothing left to propose goes, where no
    agreement is worth nothing as well. Factors that leave a party no weight at all change nothing."""
    scenario = make.scenario(3, shape=(2, 2), parties=("north", "west"), rounds=6, reservation=0.0, rules=0, draw=())
    shut = [Event(f"s{k}", "S", "s", None, 0.3, {}, 0, "r", (), {}, {"i0": (f"l{k}",)}) for k in range(2)]
    away = {"north": {"i0": 1e-300, "i1": 1e-300}}
    heavy = [Event(f"h{k}", "H", "h", None, 0.5, {}, 0, "r", (), away) for k in range(3)]
    for strategy in ("micro", "zero_intelligence", "hard_liner"):
        for protocol in ("alternating_offers", "single_text"):
            model = Negotiation(
                replace(scenario, events=(*shut, *heavy)), tables=60, seed=2, strategies=strategy, protocol=protocol
            ).run()
            state = model.state
            made = np.flatnonzero(state.agreed[:, 0] >= 0)
            held = state.closed[made[:, None], model.talks.space.offsets[:-1] + state.agreed[made]]
            assert not held.any()
            assert state.closed[:, :2].all(axis=1).any()
            assert np.isfinite(model.talks.preferences.weights).all() and np.isfinite(model.utilities()).all()
            for numbers in model.outcomes().values():
                assert len(numbers) == 60
    person = Negotiation(
        replace(scenario, events=tuple(replace(e, round=1, probability=None) for e in shut)), human="north"
    )
    with pytest.raises(Refusal, match="no level is left there; walk out"):
        make.submit(person, Propose(np.array([0, 0])))


def test_a_mediator_who_can_amend_nothing_leaves_the_draft_as_it_is():
    """All levels but one of every issue are its red lines: every amendment would cross one."""
    base = make.scenario(4, shape=(3, 3), protocol="single_text", mediator="north", rules=0, conditions=0, red_lines=0)
    only = {
        (i.id, level.id): Position("red_line" if k else "demand", "stated", ("S1",))
        for i in base.issues
        for k, level in enumerate(i.levels)
    }
    scenario = replace(base, parties=(replace(base.parties[0], positions=only), *base.parties[1:]))
    model = Negotiation(replace(scenario, events=()), seed=1).run()
    tabled = [r.package for r in model.talks.records[0] if r.kind == "propose"]
    assert len(tabled) == 7 and set(tabled) == {"i0=l0 i1=l0"}


def test_hill_climbing_reaches_a_point_that_no_single_step_improves_for_all():
    """Klein et al. 2003: hill climbers end in a local optimum."""
    values = np.random.default_rng(1).random((3, 12))
    scenario = make.scenario(
        1, shape=(4, 4, 4), values=values, protocol="single_text", rounds=400, reservation=0.0, events=False,
        rules=0, conditions=0, draw=(),
    )  # fmt: skip
    model = Negotiation(scenario, seed=3).run()
    assert model.report()["ended"] == "agreement"
    agreed = model.state.agreed[0]
    u = np.array([model.talks.preferences.utility(agreed[None], p)[0] for p in range(3)])
    for i in range(3):
        for k in range(4):
            other = agreed.copy()
            other[i] = k
            gain = np.array([model.talks.preferences.utility(other[None], p)[0] for p in range(3)]) - u
            assert not ((gain >= 0).all() and gain.max() > 0)


@pytest.mark.quick
def test_a_person_who_mediates_tables_nothing_across_the_own_red_line():
    base = make.scenario(4, shape=(3, 3), protocol="single_text", mediator="north", rules=0, conditions=0, red_lines=0)
    red = {("i0", "l2"): Position("red_line", "stated", ("S1",))}
    scenario = replace(base, parties=(replace(base.parties[0], positions=red), *base.parties[1:]))
    model = Negotiation(scenario, seed=1, human=["north"]).run()
    with pytest.raises(Refusal, match="put this amendment to the vote .* crosses its own red line. Possible: another"):
        make.submit(model, Propose(np.array([2, 0])))
    make.submit(model, Propose(np.array([1, 0])))


def test_a_text_needs_two_votes_but_did_not_before_version_3():
    scenario = make.scenario(4, shape=(2, 2), consent="needed", rules=0)
    needs = tuple(replace(i, levels=tuple(replace(k, needs=("north",)) for k in i.levels)) for i in scenario.issues)
    scenario = replace(scenario, issues=needs)
    adopted = []
    for version in (2, 3):
        state = single_text_state(scenario)
        (vote,) = single_text.steps(len(scenario.parties), -1)
        single_text.close_step(state, Space(scenario, version), vote, last=True)
        adopted.append(state.draft[0].tolist() == [1, 1])
    assert adopted == [True, False]


def single_text_state(scenario):
    """In the first of two rounds north alone votes for [1, 1] instead of [0, 0]."""
    state = start(1, 3, (2, 2), 2, np.zeros((1, 3)))
    state.round, state.draft[:], state.amendment[:], state.votes[0, 0] = 1, 0, 1, True
    return state


def test_people_vote_and_mediate_under_a_single_text():
    scenario = make.scenario(2, protocol="single_text", mediator="north", rounds=4, red_lines=0.0, rules=0)
    model = Negotiation(scenario, human=["north", "west"], seed=1)
    while model.running:
        model.run()
        if model.awaiting == ("north",) and model.state.round < model.state.deadline[0]:
            with pytest.raises(Refusal, match="mediates and has to put an amendment"):
                make.submit(model, Sign("north"))
            make.submit(model, Propose(np.array(model.view("north").draft)))
        elif model.awaiting:
            with pytest.raises(Refusal, match="the mediator does"):
                make.submit(model, Propose(np.array([0, 0, 0])))
            make.submit(model, Stand() if model.state.round == 2 else Sign(""))
    kinds = [(r.kind, r.party) for r in model.talks.records[0] if r.kind != "event" and r.kind != "end"]
    assert kinds[0] == ("propose", "north") and ("stand", "west") in kinds


@pytest.mark.quick
def test_soundings_are_private_limited_and_answered_by_the_strategy():
    scenario = make.scenario(4, red_lines=0.0, rules=0, soundings=2, draw=())
    model = Negotiation(scenario, human=["north"], seed=2)
    west = model.delegations["west"]
    best = np.array(west.ranking.at_least(np.array([1.0]), 0.0, 1, np.array([0]))[0][0, 0])
    worst = model.talks.space.enumerate()[
        model.talks.preferences.all_totals(model.talks.space.enumerate(), 1)[0].argmin()
    ]
    honest = replace(west.party, candour=make.judgement(1.0))
    west.party = honest
    make.submit(model, Sound("west", best))
    make.submit(model, Sound("west", worst))
    answers = [r.answer for r in model.view("north").log if r.kind == "sound"]
    assert answers == ["would_sign", "no"]
    assert [r for r in model.view("south").log if r.kind == "sound"] == []
    assert len([r for r in model.view("west").log if r.kind == "sound"]) == 2
    assert model.view("north").soundings == 0 and model.awaiting == ("north",)
    with pytest.raises(Refusal, match="all 2 soundings are used"):
        make.submit(model, Sound("west", best))
    with pytest.raises(Refusal, match="choose another delegation"):
        make.submit(Negotiation(scenario, seed=0, human=["north"]), Sound("north", best))
    make.submit(model, WalkOut())
    assert Replay(scenario, *model.minutes()).run().report() == model.report()
    west.party = replace(honest, candour=make.judgement(0.0))
    again = Negotiation(scenario, human=["north"], seed=2)
    again.delegations["west"].party = west.party
    make.submit(again, Sound("west", best))
    assert again.view("north").log[-1].answer == "could_move"


@given(made, st.integers(0, 2**32), st.sampled_from([0.0, 0.3]))
def test_whether_those_who_stay_can_agree_is_what_trying_every_package_says(scenario, seed, red):
    space, chance = Space(scenario), np.random.default_rng(seed)
    parties, levels = len(scenario.parties), int(space.offsets[-1])
    red_lines = chance.random((parties, levels)) < red
    refusals = preferences(scenario, space).refusals
    present, closed = chance.random((6, parties)) < 0.7, chance.random((6, levels)) < 0.2

    def possible(there, shut):
        for x in itertools.product(*map(range, space.shape)):
            columns = [int(space.offsets[i]) + k for i, k in enumerate(x)]
            able = [p for p in range(parties) if there[p] and not any(red_lines[p, c] for c in columns)]
            able = [p for p in able if not any(all(wanted[x[i]] for i, wanted in tests) for tests in refusals[p])]
            names = {scenario.party_ids[p] for p in able}
            if scenario.protocol.consent == "needed":
                need = {who for i, k in enumerate(x) for who in scenario.issues[i].levels[k].needs}
            else:
                unanimous = scenario.protocol.consent == "unanimity"
                need = {*scenario.party_ids} if unanimous else {*scenario.protocol.vetoes}
            broken = any(
                all(scenario.issues[i].levels[k].id in r.forbid.get(scenario.issues[i].id, "l0l1l2l3l4")
                    for i, k in enumerate(x))
                for r in scenario.rules
            )  # fmt: skip
            if (
                not broken
                and not any(shut[c] for c in columns)
                and need <= names
                and len(able) >= space.consent.signatures
            ):
                return True
        return False

    expected = [possible(*row) for row in zip(present, closed, strict=True)]
    assert can_agree(space, present, closed, red_lines, refusals).tolist() == expected


@pytest.mark.parametrize("why", ["", "rule", "closed", "red line"])
def test_talks_end_when_those_who_stay_can_sign_nothing(why):
    """Two issues; without south only the second levels can be signed, so a rule against both, an event that closes one
    or a red line of west on one leaves nothing; each alone leaves a way out under the same levels."""
    scenario = make.scenario(1, shape=(2, 2), consent="needed", rules=0, events=False, red_lines=0, draw=())
    needs = ("north", "west", "south"), ("north", "west")
    issues = tuple(
        replace(issue, levels=tuple(replace(k, needs=who) for k, who in zip(issue.levels, needs, strict=True)))
        for issue in scenario.issues
    )
    rules = (Rule("no", {"i0": ("l1",), "i1": ("l1",)}, "because"),) if why == "rule" else ()
    space = Space(replace(scenario, issues=issues, rules=rules))
    red_lines, closed = np.zeros((3, 4), dtype=bool), np.zeros((1, 4), dtype=bool)
    red_lines[1, 1], closed[0, 3] = why == "red line", why == "closed"
    assert can_agree(space, np.array([[True, True, True]]), closed, red_lines)[0]
    assert can_agree(space, np.array([[True, True, False]]), closed, red_lines)[0] == (not why)


def test_talks_that_went_on_under_earlier_rules_go_on_in_their_replay(monkeypatch):
    """Version 2 did not look at rules, red lines and closed levels after a walk-out, and held talks that could not end
    in a signature to their deadline; the minutes say so, and a replay follows them."""
    scenario = make.scenario(1, shape=(2, 2), consent="unanimity", rules=0, events=False, rounds=3)
    monkeypatch.setattr("peacetable.table.rules.can_agree", lambda space, present, *_: np.full(len(present), True))
    model = Negotiation(scenario, seed=1, human=["north"])
    make.submit(model, WalkOut())
    told = model.run().report()
    monkeypatch.undo()
    assert (told["ended"], told["round"]) == ("deadline", 3)
    assert Replay(scenario, *model.minutes()).run().report() == told
    left = Negotiation(scenario, seed=1, human=["north"])
    make.submit(left, WalkOut())
    assert left.report()["ended"] == "walk_out", "now they end with it"


@pytest.mark.parametrize("protocol", ["alternating_offers", "single_text"])
@pytest.mark.parametrize("consent", ["needed", "quorum"])
def test_who_leaves_in_the_last_turn_did_not_end_the_talks(protocol, consent):
    """The end that follows in the minutes came with the close of the round; a replay must not take it for theirs."""
    made = make.scenario(2, protocol=protocol, consent=consent, rounds=2, rules=0, red_lines=0, events=False)
    levels = [tuple(replace(k, needs=("north", "west")) for k in issue.levels) for issue in made.issues]
    issues = tuple(replace(issue, levels=new) for issue, new in zip(made.issues, levels, strict=True))
    scenario = replace(made, issues=issues)
    model = Negotiation(scenario, seed=3, human=["south"], strategies={"north": "hard_liner", "west": "hard_liner"})
    best = model.delegations["south"].ranking.nth_best(np.array([0]), np.array([0]))[0][0]
    while model.run().running:
        stay = Stand() if protocol == "single_text" else Propose(best)
        make.submit(model, WalkOut() if model.state.round == 2 else stay)
    told = model.report()
    assert told["ended"] != "walk_out" and told["moves"][-2]["kind"] == "walk_out"
    assert Replay(scenario, *model.minutes()).run().report() == told


def test_who_can_still_agree_is_exact_where_nothing_can_be_enumerated():
    """Fourteen issues of five levels and a chain of rules that leaves one package; closing one level of it ends it."""
    scenario = make.scenario(1, shape=(5,) * 14, consent="needed", rules=0, events=False, red_lines=0, draw=())
    issues = tuple(replace(i, levels=tuple(replace(k, needs=("north",)) for k in i.levels)) for i in scenario.issues)
    rules = tuple(Rule(f"r{n}", {f"i{n}": ("l1", "l2", "l3", "l4")}, "because") for n in range(14))
    space = Space(replace(scenario, issues=issues, rules=rules))
    nothing, present = np.zeros((3, 70), dtype=bool), np.array([[True, True, False], [True, False, False]])
    assert not space.enumerable
    assert can_agree(space, present, np.zeros((2, 70), dtype=bool), nothing).tolist() == [True, False]
    closed = np.zeros((2, 70), dtype=bool)
    closed[0, 5] = True
    assert can_agree(space, present[[0, 0]], closed, nothing).tolist() == [False, True]


@given(made, st.integers(0, 2**32))
def test_a_quorum_of_all_is_unanimity_table_by_table(scenario, seed):
    everybody = len(scenario.parties)
    one, other = (
        Negotiation(replace(scenario, protocol=replace(scenario.protocol, vetoes=(), **consent)), tables=3, seed=seed)
        for consent in ({"consent": "unanimity", "quorum": 0}, {"consent": "quorum", "quorum": everybody})
    )
    one, other = one.run().outcomes(), other.run().outcomes()
    assert {k: v.tolist() for k, v in one.items()} == {k: v.tolist() for k, v in other.items()}


def test_discounting_shrinks_what_late_talks_are_worth():
    scenario = make.scenario(4, events=False)
    discounted = replace(scenario, parties=tuple(replace(p, discount=0.5) for p in scenario.parties))
    plain, less = (Negotiation(s, tables=50, seed=1).run() for s in (scenario, discounted))
    assert (plain.outcomes()["package"] == less.outcomes()["package"]).all()
    state = plain.state
    time = np.where(state.ended == 2, 1.0, state.ended_round / (state.deadline + 1.0))
    assert np.allclose(less.utilities(), plain.utilities() * 0.5 ** time[:, None])


def test_no_agreement_at_the_deadline_has_taken_all_the_time():
    """One round, reservation 0.8, a discount of a half over the whole talks: 0.8 at the start, 0.4 at the deadline; who
    leaves in the only round has waited half of the time (round 1 of deadline 1, plus one), as one who signs then."""
    values = np.array([[1.0, 0.0], [0.0, 1.0]])
    scenario = make.scenario(
        4, shape=(2,), parties=("north", "west"), rounds=1, values=values, reservation=0.8, conditions=0, rules=0,
        events=False, draw=(),
    )  # fmt: skip
    discounted = replace(scenario, parties=tuple(replace(p, discount=0.5) for p in scenario.parties))
    stubborn = Negotiation(discounted, seed=1).run()
    assert stubborn.report()["ended"] == "deadline"
    expected = dict.fromkeys(("north", "west"), 0.4)
    assert stubborn.report()["utilities"] == stubborn.report()["reservation"] == pytest.approx(expected)
    left = Negotiation(discounted, seed=1, human=["north"])
    make.submit(left, WalkOut())
    expected = dict.fromkeys(("north", "west"), 0.8 * 0.5**0.5)
    assert left.report()["ended"] == "walk_out" and left.report()["utilities"] == pytest.approx(expected)


@pytest.mark.parametrize("strategy", [None, "time_dependent:window=0+ac_next+none"])
@pytest.mark.parametrize("draw", [(), ("values", "saliences")])
def test_an_event_is_followed_at_its_tables_alone(strategy, draw, monkeypatch):
    """Tables at which an event changes what parties want are the tables that one-table runs hold, and are the only ones
    sorted again."""
    shut = Event("shut", "Shut", "x", None, 0.1, {}, 0, "r", (), {}, {"i0": ("l0",)})
    scenario = make.scenario(2, shape=(3, 2, 4, 6), rounds=12, draw=draw)
    scenario = replace(scenario, events=(*scenario.events, shut))
    sorted_, sort_keys = [], sorting.sort_keys

    def spy(keys, bits, rows, totals):
        sorted_.append(len(keys) if rows is None else len(rows))
        sort_keys(keys, bits, rows, totals)

    for module in (sorting, factored):
        monkeypatch.setattr(module, "sort_keys", spy)
    tables, parties = 30, len(scenario.parties)
    model = Negotiation(scenario, tables=tables, seed=5, strategies=strategy, record=True).run()
    happened = [r.event for records in model.talks.records for r in records if r.kind == "event"]
    care, shuts = happened.count("care"), happened.count("shut")
    assert min(care, shuts) > 3
    # once for all, once more where tables shared the numbers until then, and one party or all of them at an event
    assert sum(sorted_) <= parties * tables * (1 if draw else 2) + care + parties * shuts
    alone = [Negotiation(scenario, seed=5, first_table=k, strategies=strategy).run() for k in range(tables)]
    assert columns_equal(joined([one.outcomes() for one in alone]), model.outcomes())
    assert [one.talks.records[0] for one in alone] == model.talks.records
    for one in (*alone, model):
        one.close()


@pytest.mark.parametrize("protocol", ["alternating_offers", "single_text"])
@pytest.mark.parametrize("size", [3, 8])
def test_a_party_that_refuses_every_package_ends_no_talks_with_a_mistake(protocol, size):
    """In small spaces and in those that cannot be enumerated, where no level alone is ruled out."""
    scenario = make.scenario(3, shape=(size,) * 7, draw=(), rounds=3, protocol=protocol)
    when = {issue.id: tuple(level.id for level in issue.levels) for issue in scenario.issues[:2]}
    refusal = Condition("all", when, Judgement(-2.0, -2.0, -2.0), True)
    west = replace(scenario.parties[1], conditions=(refusal,))
    scenario = replace(scenario, parties=(scenario.parties[0], west, scenario.parties[2]))
    model = Negotiation(scenario, seed=1)
    assert isinstance(model.delegations["west"].ranking, SortedRanking if size == 3 else SplitRanking)
    assert model.delegations["west"].ranking.best(np.array([0])) == -1
    assert model.run().report()["ended"] != "agreement"


@pytest.mark.parametrize("kind", [SortedRanking, SplitRanking, "factored"])
def test_a_ranking_sorted_again_is_the_one_made_anew(kind):
    scenario = make.scenario(11, shape=(3, 2, 4, 6), red_lines=0.0)  # nothing joins its last issue to others
    model = Negotiation(scenario, tables=12, seed=3, record=False)
    feasible, p = model.talks.feasible, 1

    def made(numbers):
        if kind == "factored":
            return factored.FactoredRanking(numbers, feasible, [3])
        return kind(numbers) if kind is SplitRanking else kind(numbers, feasible)

    def asked(one):
        every, share = np.arange(12), np.linspace(0, 0.99, 12)
        wide, narrow = one.at_least(share, 0.1, 5, every), one.at_least(share, 0.0, 1, every)
        return [one.best(every), one.worst(every), *wide, *narrow, *one.nth_best(every, every),
                *one.pick(share, share / 2, every)]  # fmt: skip

    again = made(model.talks.preferences.numbers[p])
    before = asked(again)
    changed, rows = model.talks.preferences.spread(12), np.array([1, 4, 5, 11])
    changed.reweigh(rows, p, np.array([3.0, 1.0, 0.2, 1.0]))
    changed.close(rows[:2], np.tile(np.arange(15) == 9, (2, 1)))
    again.again(changed.numbers[p], rows)
    after = asked(again)
    assert all(np.array_equal(a, b) for a, b in zip(after, asked(made(changed.numbers[p])), strict=True))
    assert not np.array_equal(before[0], after[0])
    model.close()


def test_a_closed_level_leaves_the_table_and_cannot_be_proposed():
    scenario = make.scenario(4, red_lines=0.0, rules=0, close=True, rounds=6)
    model = Negotiation(scenario, human=["north"], seed=1)
    make.submit(model, Propose(np.array([0, 0, 0])))
    while model.state.round < 2:
        model.step()
    assert "north" not in model.view("north").offers
    with pytest.raises(Refusal, match="an event took its level off the table on Issue 0"):
        make.submit(model, Propose(np.array([0, 0, 0])))
    batch = Negotiation(scenario, tables=300, seed=1).run()
    late = (batch.state.ended_round >= 2) & (batch.state.agreed[:, 0] >= 0)
    assert late.any() and (batch.state.agreed[late, 0] != 0).all()
