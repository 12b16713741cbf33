"""Seats of named parties: several people at one table, many tables in one process, and a program that plays."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

import make
import peacetable
from peacetable.errors import REASONS, NotationError, PeacetableError, Refusal
from peacetable.seat.session import Session
from peacetable.table import minutes
from peacetable.table.moves import Stand
from peacetable.table.record import plain
from peacetable.words import log
from peacetable.words.catalogue import catalogue

PEOPLE = ("north", "west", "south")


def scenario(protocol="alternating_offers"):
    return make.scenario(3, rounds=5, rules=0, soundings=2, protocol=protocol)


def play(session: Session, seed: int) -> list[dict]:
    """People at all seats propose, sign, ask, answer and speak, in an order of their own; the records."""
    rng = random.Random(seed)
    while session.running:
        assert session.awaiting, "nobody but people sit here"
        seat = session.at(rng.choice(session.awaiting))
        view, own = seat.view(), seat.mandate()
        other = rng.choice([party for party in view.present if party != seat.party] or [seat.party])
        try:
            if view.open_questions():
                seat.answer(view.open_questions()[0].party, "could_move")
            elif rng.random() < 0.1 and view.soundings:
                seat.sound(other, own.opening)
            elif rng.random() < 0.1:
                seat.say("We think about it.", rng.choice([None, other]))
            if seat.facts.one_text:
                seat.vote(rng.random() < 0.7)
            elif view.acceptable() and rng.random() < 0.5:
                seat.sign(view.acceptable()[0].of)
            else:
                seat.propose(own.opening)
        except Refusal as refusal:
            assert refusal.reason in REASONS
            seat.stand()
    return [plain(record) for record in session.model.talks.records[0]]


@pytest.mark.parametrize("protocol", ["alternating_offers", "single_text"])
def test_many_tables_of_several_people_in_threads_are_those_held_one_after_the_other(protocol, tmp_path):
    def hold(seed: int, folder) -> tuple[list[dict], list[dict]]:
        session = Session(scenario(protocol), seed, folder / str(seed))
        session.start(*PEOPLE)
        told, path = play(session, seed), session.minutes_path
        session.close()
        return told, [plain(record) for record in minutes.load(path)[1]]

    seeds = range(12)
    alone = [hold(seed, tmp_path / "alone") for seed in seeds]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda seed: hold(seed, tmp_path / "together"), seeds))
    assert together == alone
    kinds = {record["kind"] for told, _ in alone for record in told}
    assert {"sound", "answer", "said", "end"} <= kinds


def test_everybody_sees_its_own_table_and_nobody_what_others_say_in_private():
    session = Session(scenario(), 1)
    session.start(*PEOPLE)
    north, west, south = (session.at(party) for party in PEOPLE)
    assert session.awaiting == ("north",) and north.awaiting and not west.awaiting
    assert [seat.view().party for seat in (north, west, south)] == list(PEOPLE)
    assert len({seat.mandate().units for seat in (north, west, south)}) == 3
    north.sound("west", north.mandate().opening)
    west.say("Not like this.", "north")
    logs = [[entry.kind for entry in seat.view().log] for seat in (north, west, south)]
    assert logs == [["sound"], ["sound"], []], "what is said is not shown yet, what is asked is, to the two"
    assert north.running and [west.view().mine, north.view().mine] == [False, True]
    session.close()


def test_a_seat_refuses_what_its_party_cannot_do():
    session = Session(scenario(), 1)
    session.start("north", "west")
    west = session.at("west")
    with pytest.raises(Refusal, match="turn"):
        west.stand()
    with pytest.raises(Refusal) as stale:
        session.at("north").submit(Stand(), at="9.9")
    assert stale.value.reason == "stale"
    with pytest.raises(Refusal):
        session.at("south").stand()
    with pytest.raises(NotationError, match="south"):
        session.at("sout")
    with pytest.raises(PeacetableError, match="ended"):
        west.debrief()
    session.close()


def test_after_the_end_every_seat_has_a_debrief_of_its_own():
    session = Session(scenario(), 2)
    session.start("north", "west")
    while session.running:
        if session.awaiting:
            session.at(session.awaiting[0]).propose(session.at(session.awaiting[0]).mandate().opening)
        else:
            session.step()
    facts, words = session.facts, catalogue()
    for party in ("north", "west"):
        seat = session.at(party)
        debrief = seat.debrief()
        assert debrief.walk_away[0][1] == pytest.approx(session.model.talks.drawn.reservation[0, PEOPLE.index(party)])
        assert seat.chronicle().seat == party and not seat.chronicle().sealed
        assert all(log.headline(entry, facts, words, party) for entry in seat.view().log if entry.kind != "end")
    session.close()


def test_a_shipped_scenario_takes_five_people():
    session = Session(peacetable.load("venue-2025"), 1)
    session.start(*session.scenario.party_ids)
    for _ in range(5):
        seat = session.at(session.awaiting[0])
        seat.propose(seat.mandate().opening)
    assert session.at("nato").view().round == 2 and len(session.at("ukraine").view().log) == 5
    session.close()


def test_a_seat_of_a_closed_table_says_so():
    session = Session(scenario(), 1)
    session.start("north")
    seat = session.at("north")
    session.start("north")
    for use in (seat.stand, seat.view, seat.mandate):
        with pytest.raises(PeacetableError, match="closed"):
            use()
    session.at("north").stand()
    session.close()


def test_a_game_goes_on_with_the_people_who_sat_there_last(tmp_path):
    session = Session(peacetable.load("venue-2025"), 1, tmp_path)
    session.start("ukraine")
    session.at("ukraine").propose(session.at("ukraine").mandate().opening)
    session.model.take_seat("us", "Ann")
    session.model.leave_seat("ukraine")
    session.step()
    path = session.minutes_path
    session.close()
    again = Session.resume(path)
    assert again.people == ("us",)
    again.close()
