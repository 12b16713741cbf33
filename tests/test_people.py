"""People at a table: moves with an author and a moment, seats that change hands, words, and many tables at once."""

import itertools
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

import make
from peacetable.abm.model import Negotiation
from peacetable.abm.replay import Replay
from peacetable.errors import REASONS, NotationError, Refusal
from peacetable.files import check
from peacetable.table import alternating
from peacetable.table.moves import PROPOSE, SIGN, WALK_OUT, Answer, Propose, Say, Sign, Sound, Stand, WalkOut
from peacetable.table.protocol import Step
from peacetable.table.protocols import PROTOCOLS
from peacetable.table.record import Kind
from test_check import DELTA, write

KINDS = ("alternating_offers", "single_text")
PARTIES = ("north", "west", "south")


def talks(seed=0, human=(), protocol="alternating_offers", **settings) -> Negotiation:
    scenario = make.scenario(seed % 7, rounds=5, rules=0, protocol=protocol, **settings)
    return Negotiation(scenario, seed=seed, human=human)


def as_move(model: Negotiation, party: str):
    """What the party's agent would do now, as a person's move."""
    delegation, step = model.delegations[party], model.talks.rounds.step.kind
    rows = np.array([0])
    moves = {"amend": delegation._amend, "vote": delegation._vote}.get(step, delegation._decide)(rows)
    kind = moves.kind[0]
    if kind == PROPOSE:
        return Propose(moves.package[0])
    if kind == WALK_OUT:
        return WalkOut()
    of = moves.offer_of[0]
    return Sign(model.talks.parties[of] if of >= 0 else "") if kind == SIGN else Stand()


def ended(model: Negotiation) -> dict:
    """How it ended, and what was done on the way, whoever did it."""
    found = model.report()
    moves = [{k: v for k, v in m.items() if k != "because"} for m in found.pop("moves")]
    return found | {"moves": [m for m in moves if not m["kind"].startswith("seat_")]}


def refused(model: Negotiation, party, move, at) -> str:
    before = [*model.talks.records[0]], model.moment, model.awaiting
    with pytest.raises(Refusal) as caught:
        model.submit(party, move, at=at)
    assert caught.value.reason in REASONS and str(caught.value).startswith(caught.value.tried)
    assert ([*model.talks.records[0]], model.moment, model.awaiting) == before, "a refusal leaves no trace"
    return caught.value.reason


@pytest.mark.quick
@pytest.mark.parametrize("protocol", KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_every_wrong_author_and_every_wrong_moment_is_refused_over_whole_games(protocol, seed):
    model, over = talks(seed, ("north", "south"), protocol), []
    while model.run().running:
        now, crossing = model.moment, Propose(np.array([9, 9, 9]))
        assert set(model.awaiting) <= {"north", "south"}
        assert refused(model, "nowhere", crossing, now) == "unknown_party"
        assert refused(model, "west", crossing, now) == "empty_seat"
        for party, at in itertools.product(("north", "south"), (*over, "0.1", "99.1", "")):
            assert refused(model, party, crossing, at) == "stale"
        for party in {"north", "south"} - set(model.awaiting):
            assert refused(model, party, crossing, now) == "not_awaited"
        mover = model.awaiting[0]
        over.append(now)
        model.submit(mover, as_move(model, mover), at=now)
        if model.running and model.moment == now:  # decided together: it goes on when all have moved
            assert refused(model, mover, Stand(), now) == "not_awaited"
            over.pop()
    for party in ("north", "south"):
        assert refused(model, party, Stand(), model.moment) == "over"
    assert refused(model, "west", Stand(), "1.1") == "empty_seat"


def test_a_refusal_can_be_handed_to_another_process():
    model = talks(1, ("north",)).run()
    with pytest.raises(Refusal) as caught:
        model.submit("north", Sign("west"), at="0.1")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.reason, again.possible) == (str(caught.value), "stale", caught.value.possible)


def test_nothing_private_is_read_before_author_and_moment_are_known(monkeypatch):
    model = talks(1, ("north",)).run()
    monkeypatch.setattr("peacetable.abm.people.attempt", lambda *a: pytest.fail("looked at"))
    with pytest.raises(Refusal, match='no such party takes part; did you mean "north"'):
        model.submit("noth", Stand(), at=model.moment)


@pytest.mark.parametrize("protocol", KINDS)
def test_an_agent_that_takes_over_is_the_one_that_would_have_sat_there(protocol):
    """In 50 games the seat of whoever moves is taken, played as the agent would, and left again, at every step."""
    for seed in range(50):
        settings = {"mediator": ("", "north")[seed % 2]} if protocol == "single_text" else {"order": "random"}
        alone, model = talks(seed, (), protocol, **settings).run(), talks(seed, (), protocol, **settings)
        turn = 0
        while model.running:
            party = model.talks.parties[[*model.talks.movers][turn % len(model.talks.movers)]]
            turn += 1
            model.take_seat(party, "Anna")
            assert model.awaiting == (party,)
            if turn % 3:
                model.submit(party, as_move(model, party), at=model.moment)
            model.leave_seat(party)  # what was handed in is the agent's to say anew
            if model.running:
                model.step()
        assert ended(model) == ended(alone), seed
        again = Replay(model.talks.problem, *model.minutes()).run()
        assert again.report() == model.report()


def test_seats_change_hands_in_the_minutes_and_a_game_goes_on_with_who_sat_there():
    model = talks(3, ("north",))
    model.take_seat("west", "Ben")
    model.take_seat("north", "Anna")
    model.leave_seat("west")
    model.leave_seat("west")
    told = [(r.kind, r.party, r.by) for r in model.talks.records[0] if r.kind in (Kind.SEAT_TAKEN, Kind.SEAT_LEFT)]
    assert told == [
        ("seat_taken", "west", "Ben"), ("seat_left", "north", ""), ("seat_taken", "north", "Anna"),
        ("seat_left", "west", "Ben"),
    ]  # fmt: skip
    assert model.view("south").people == {"north": "Anna"}
    make.submit(model.run(), as_move(model, "north"))
    header, records = model.minutes()
    again = Negotiation.resume(model.talks.problem, header, records)
    assert again.talks.people == {"north": "Anna"} and again.awaiting == model.awaiting
    for bad in ("", "agent", "Anna"):
        with pytest.raises(Refusal, match="a name of its own"):
            model.take_seat("north", bad)
    with pytest.raises(NotationError, match="No party"):
        model.leave_seat("east")


def test_votes_of_one_step_are_not_seen_before_it_closes():
    model = talks(2, ("north", "west"), "single_text")
    now, before = model.moment, {p: model.view(p) for p in PARTIES}
    assert model.awaiting == ("north", "west") and before["south"].movers == PARTIES
    model.submit("west", Stand(), at=now)
    assert model.moment == now and model.awaiting == ("north",)
    after = {p: model.view(p) for p in PARTIES}
    assert after["south"] == before["south"] and after["north"] == before["north"]
    assert after["west"] == replace(before["west"], moved=True)
    model.submit("north", Sign(), at=now)
    assert model.moment == now and model.awaiting == (), "the agent is still to vote"
    model.step()
    votes = [(r.party, str(r.kind)) for r in model.talks.records[0] if r.kind in (Kind.SIGN, Kind.STAND)]
    assert votes[:2] == [("north", "sign"), ("west", "stand")] and model.moment != now


def test_who_lets_everything_stand_changes_nothing_on_the_table():
    model = talks(1, PARTIES)
    model.submit("north", Propose(np.array([0, 0, 0])), at=model.moment)
    before = model.view("south").offers
    model.submit("west", Stand(), at=model.moment)
    assert model.view("south").offers == before and model.talks.records[0][-1].kind == "stand"
    assert Replay(model.talks.problem, *model.minutes()).run().state.standing.tolist() == [[True, False, False]]


def test_two_people_talk_aside_and_what_they_say_is_theirs():
    model = talks(1, ("north", "west"), soundings=2)
    package = np.array([0, 1, 0])
    model.submit("north", Sound("west", package), at=model.moment)
    assert model.view("north").log[-1].answer is None and model.view("south").log == ()
    assert refused(model, "north", Answer("west", "no"), model.moment) == "no_answer"
    assert refused(model, "west", Answer("north", "perhaps"), model.moment) == "no_answer"
    model.submit("west", Answer("north", "could_move"), at=model.moment)
    assert refused(model, "west", Answer("north", "no"), model.moment) == "no_answer"
    assert [str(r.kind) for r in model.view("north").log] == ["sound", "answer"] and model.view("south").log == ()
    model.submit("north", Say("To all of you.", None), at=model.moment)
    model.submit("north", Say("To West.", "west"), at=model.moment)
    assert [r.text for r in model.view("south").log] == ["To all of you."]
    assert [r.text for r in model.view("west").log if r.kind == "said"] == ["To all of you.", "To West."]
    assert refused(model, "north", Say("  "), model.moment) == "words"
    assert refused(model, "north", Say("To myself.", "north"), model.moment) == "no_answer"
    model.submit("north", Sound("west", package), at=model.moment)
    assert refused(model, "north", Sound("south", package), model.moment) == "no_answer", "both are used"
    assert model.awaiting == ("north",)
    again = Negotiation.resume(model.talks.problem, *model.minutes())
    assert again.view("west") == model.view("west")


class Together:
    """Alternating offers in which all have their turn at once: a third protocol, of which nothing outside knows."""

    NAME, SETTINGS = "together", ()

    def __getattr__(self, name):
        return getattr(alternating, name)

    @staticmethod
    def steps(parties, mediator):
        return (Step("turn", tuple(range(parties))),)

    @staticmethod
    def apply(state, space, rows, party, moves):
        still = (moves.kind != SIGN) | state.standing[rows, moves.offer_of]  # another may have taken it off
        alternating.apply(state, space, rows[still], party, moves.only(still))


@pytest.mark.parametrize("order", ["fixed", "random"])
def test_a_third_protocol_fits_without_touching_anything_else(monkeypatch, order):
    monkeypatch.setitem(PROTOCOLS, "together", Together())
    scenario = make.scenario(4, rounds=6, order=order, protocol="together")
    batch = Negotiation(scenario, tables=30, seed=2, record=True).run()
    assert {Kind.SIGN, Kind.PROPOSE} <= {r.kind for records in batch.talks.records for r in records}
    for k in (0, 7, 29):
        alone = Negotiation(scenario, seed=2, first_table=k).run()
        told, held = alone.report(), batch.report(k)
        for found in (told, held):  # tables that have ended are told the orders of later rounds
            found["moves"] = [m for m in found["moves"] if m["kind"] != "order"]
        assert told == held
        assert Replay(scenario, *alone.minutes()).run().report() == alone.report()
    model = Negotiation(scenario, seed=2, human=PARTIES)
    while model.running:
        for party in model.awaiting[::-1]:
            model.submit(party, as_move(model, party), at=model.moment)
    assert ended(model) == ended(Negotiation(scenario, seed=2).run())


def test_files_know_a_third_protocol_and_which_settings_it_leaves_idle(monkeypatch, tmp_path):
    def said(name):
        text = DELTA["scenario.yaml"].replace("{rounds: 20,", f"{{name: {name}, rounds: 20,")
        return [(p.message, p.remedy) for p in check(write(tmp_path, {**DELTA, "scenario.yaml": text}))[1]]

    known = "possible: alternating_offers, single_text"
    assert said("together") == [('protocol.name cannot be "together"', known)]
    monkeypatch.setitem(PROTOCOLS, "together", Together())
    assert said("together") == []
    assert Negotiation(tmp_path / "delta", seed=1).run().talks.protocol.NAME == "together"
    idle = ("mediator has no effect under together", "set name: single_text, or delete it")
    assert said("together, mediator: west") == [idle]
    assert said("apart") == [('protocol.name cannot be "apart"', f"{known}, together")]


def test_forty_tables_of_five_people_in_one_process(capsys):
    """Threads move and look at once; every table ends as it does alone."""

    def hold(seed, look):
        model = talks(seed, ("north", "west"), KINDS[seed % 2], soundings=1)
        while model.running:
            for party in model.awaiting:
                look.append((seed, party, model.view(party).moment, len(model.view("south").log)))
                model.submit(party, as_move(model, party), at=model.moment)
            model.run()
            print(f"table {seed} at {model.moment}")
        return ended(model)

    alone = [hold(seed, []) for seed in range(40)]
    serial = capsys.readouterr().out
    seen = []
    with ThreadPoolExecutor(8) as pool:
        together = [*pool.map(lambda seed: hold(seed, seen), range(40))]
    assert together == alone and seen
    assert sorted(capsys.readouterr().out.splitlines()) == sorted(serial.splitlines()), "no output is lost"
