"""The ledger against the engine: what lies on the table, and who has signed it, after every step and every record."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import make
from peacetable import files
from peacetable.abm.model import Negotiation
from peacetable.abm.replay import Replay
from peacetable.errors import MinutesError
from peacetable.scenario import CONSENTS
from peacetable.table import minutes
from peacetable.table.ledger import Ledger, Offer, on_table
from peacetable.table.moves import Propose, Say, Sign, Stand, WalkOut
from peacetable.table.protocols import PROTOCOLS
from peacetable.table.record import Ended, Happened, Kind, Moved, Order

GOLDEN = sorted(Path(__file__).parent.glob("golden/*/*.jsonl"))


def in_order(found):
    """Signatures in the order of the scenario, as the engine has them."""
    names = {of: replace(offer, signed=tuple(sorted(offer.signed))) for of, offer in found.offers.items()}
    return replace(found, offers=names, round_over=False)


def follow(talks, ledger: Ledger) -> None:
    """What was noted since; then the ledger stands where the engine does."""
    ledger.extend(talks.records[0][len(ledger.lines) :])
    assert len(ledger.lines) == len(talks.records[0])
    s, found = ledger.state, talks.state
    assert in_order(ledger.now) == in_order(on_table(found, 0, talks.protocol, talks.parties))
    assert {p: rows.tolist() for p, rows in ledger.rounds.movers.items()} == {
        p: rows.tolist() for p, rows in talks.movers.items()
    }
    for name in ("round", "step", "order", "offers", "standing", "signed", "needs", "present", "deadline", "closed"):
        assert np.array_equal(np.ravel(getattr(s, name)), np.ravel(getattr(found, name))), name
    for name in ("draft", "amendment", "votes", "adopted", "agreed", "signatures", "ended", "by", "ended_turn"):
        assert np.array_equal(getattr(s, name), getattr(found, name)), name


def play(model: Negotiation, rng) -> None:
    """One step of people who do anything that is possible."""
    talks = model.talks
    for party in rng.permutation(model.awaiting).tolist():
        if party not in model.awaiting:
            continue
        if rng.random() < 0.1:
            to = str(rng.choice([p for p in model.view(party).present if p != party]))
            model.submit(party, Say("Well.", to), at=model.moment)
        if rng.random() < 0.1:
            model.leave_seat(party)
            model.take_seat(party, "someone")
        rounds, index = talks.rounds, talks.party_index(party)
        kinds = rounds.protocol.possible(talks.state, rounds.step, 0, index, talks.mediator)
        weights = np.array([0.08 if k == Kind.WALK_OUT else 1.0 for k in kinds])
        kind = kinds[rng.choice(len(kinds), p=weights / weights.sum())]
        offers = [of for of, offer in model.view(party).offers.items() if party not in offer.signed]
        package = [rng.integers(k) for k in talks.space.shape]
        if kind == Kind.PROPOSE and rng.random() < 0.3 and talks.state.proposals[0, index]:
            package = talks.state.offers[0, index]  # the same again
        move = {
            Kind.PROPOSE: Propose(np.array(package, dtype=np.int16)),
            Kind.SIGN: Sign(str(rng.choice(offers)) if offers else ""),
            Kind.STAND: Stand(),
            Kind.WALK_OUT: WalkOut(),
        }[kind]
        try:
            model.submit(party, move, at=model.moment)
        except Exception as refusal:  # a package that is no longer possible: let it stand
            assert getattr(refusal, "reason", ""), refusal
            model.submit(party, Stand(), at=model.moment)


@pytest.mark.parametrize("consent", CONSENTS)
@pytest.mark.parametrize("mediator", ["", "west"])
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_ledger_stands_where_the_engine_does_at_every_step(protocol, mediator, consent):
    kinds, orders = set(), ("fixed", "rotating", "random")
    for seed in range(12):
        scenario = make.scenario(
            seed, consent=consent, protocol=protocol, mediator=mediator, order=orders[seed % 3], rounds=6,
            red_lines=0.0 if seed % 4 else 0.3, close=True, parties=("north", "west", "south", "east"),
        )  # fmt: skip
        rng = np.random.default_rng(seed)
        human = ((), scenario.party_ids, ("north", "west"))[seed % 3]
        model = Negotiation(scenario, seed=seed, human=human)
        ledger = model.talks.ledger()
        follow(model.talks, ledger)
        while model.running:
            if model.awaiting:
                play(model, rng)
            else:
                model.step()
            follow(model.talks, ledger)
        records = model.talks.records[0]
        kinds |= {record.kind for record in records}
        whole = model.talks.ledger()
        whole.extend(records)
        assert whole.lines == ledger.lines, "read at once as read step by step"
        ends = {line.round for line in whole.lines if line.round_over}
        assert ends == set(range(1, model.state.round)), "of every round but that in which the talks ended"
        assert all(line.draft == line.amendment for line in whole.lines if line.adopted)
    common = {Kind.PROPOSE, Kind.SIGN, Kind.STAND, Kind.WALK_OUT, Kind.EVENT, Kind.ORDER, Kind.SAID, Kind.END}
    assert common <= kinds | ({Kind.PROPOSE} if not mediator else set()), "the games must show everything"


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_minutes_of_every_release_have_a_ledger(path):
    header, records, *_ = minutes.load(path)
    replay = Replay(files.from_document(header["document"]), header, records)
    ledger = replay.ledger()
    while replay.running and not replay.stopped:
        replay.step()
        if not replay.stopped:
            follow(replay, ledger)
    ledger.extend(records[len(ledger.lines) :])
    assert len(ledger.lines) == len(records)


def test_what_lies_on_the_table_line_by_line():
    """Three parties under `needed`: who signs in which order, what a new package takes off, who leaves."""
    scenario = make.scenario(0, (2, 2), rounds=3, rules=0, events=False, conditions=0)

    def moved(kind, turn, party, package=None, of=None):
        return Moved(Kind(kind), (turn + 2) // 3, turn, party, package, of)

    one, two = "i0=l0 i1=l0", "i0=l1 i1=l0"
    records = [
        moved("propose", 1, "north", one),
        moved("stand", 2, "west"),
        moved("sign", 3, "south", one, "north"),
        moved("propose", 4, "north", one),
        moved("propose", 5, "west", two),
        moved("walk_out", 6, "south"),
        moved("sign", 7, "north", two, "west"),
        Ended(3, "deadline", None),
    ]
    ledger = Ledger(scenario).extend(records[:-1])
    all_ = scenario.party_ids
    offers = [line.offers for line in ledger.lines]
    assert offers[:3] == [
        {"north": Offer("north", (0, 0), ("north",), all_)},
        {"north": Offer("north", (0, 0), ("north",), all_)},
        {"north": Offer("north", (0, 0), ("north", "south"), all_)},
    ]
    assert offers[3] == offers[2], "the same package again keeps its signatures"
    assert offers[4] == {"west": Offer("west", (1, 0), ("west",), all_)}
    assert offers[5] == {}, "it needs the signature of who left"
    assert [line.round for line in ledger.lines[:6]] == [1, 1, 1, 2, 2, 2]
    assert [line.round_over for line in ledger.lines[:6]] == [False, False, True, False, False, True]
    assert ledger.lines[5].present == ("north", "west")
    assert ledger.lines[2].offers["north"].missing == ("west",)


def test_records_out_of_turn_are_told():
    scenario = make.scenario(0, (2, 2), rounds=3, rules=0, events=False, conditions=0)
    for party in ("west", "nobody"):
        with pytest.raises(MinutesError, match="out of turn"):
            Ledger(scenario).extend([Moved(Kind.STAND, 1, 1, party)])
    for record in (Happened(1, "nothing"), Order(1, ("north", "x", "y"))):
        with pytest.raises(MinutesError, match="does not have"):
            Ledger(scenario).extend([record])


def test_a_ledger_can_be_kept_as_plain_data():
    scenario = make.scenario(0, (2, 2), rounds=3, rules=0, events=False, conditions=0)
    ledger = Ledger(scenario).extend([Moved(Kind.PROPOSE, 1, 1, "north", "i0=l0 i1=l0")])
    assert json.loads(json.dumps(ledger.lines[0].offers["north"].package)) == [0, 0]
