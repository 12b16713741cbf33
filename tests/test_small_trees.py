"""The whole tree of small talks, counted by hand and by the engine: as chess programs count the moves from a position.

Three parties (north, west, south, in this order), 2 issues with 2 levels each, so 4 packages; no rule, no red line and
no event, people in all seats. A history is a row of moves, as they are handed in; words and side talks are not counted.
Of every depth n, TREES holds how many histories of n moves there are, and how many of these have just ended, and how.

Each number is worked out below from the rules as they are told in `table/rules.py` and in the module of the protocol,
without the engine. In every place, "walk" is to leave the talks, "stand" to let everything stand.

ALTERNATING OFFERS, UNANIMITY. One party moves at a time; whoever walks ends the talks, since nothing can be agreed
without it; at most one package lies on the table, since each proposal takes off the one before.
Who has the turn can propose (4), stand (1), walk (1): 6; and can sign (1) if a package lies there that it has not
signed. Of n histories that go on, s with such a package, there come 6 n + s; n of them end with the walk, those end
with an agreement in which the signature was the third.
  depth 1  north finds an empty table.                     6 * 1 = 6; a walk ends 1; 5 go on: 4 propose, 1 stands.
  depth 2  west can sign after a proposal: s = 4.          6 * 5 + 4 = 34; walks end 5; 29 go on. In these
           the package on the table is west's, signed by west alone, in 5 * 4 = 20 (whatever north did);
           north's, signed by both, in 4; north's, signed by north alone, in 4 (west stands); none in 1 (both stand).
  depth 3  south has signed nothing: s = 20 + 4 + 4 = 28.  6 * 29 + 28 = 202; walks end 29; south signs what both have
           signed in 4: agreed; 202 - 29 - 4 = 169 go on. In these the package is
           south's own in 29 * 4 = 116; west's, signed by west and south, in 20, and by west alone in 20 (south stands);
           north's in 4 (west signed, south stands) + 4 (west stood, south signs) + 4 (both stand); none in 1:
           116 + 40 + 12 + 1 = 169.
  depth 4  north has not signed in s = 116 + 20 + 20 = 156. 6 * 169 + 156 = 1170; walks end 169; its signature is the
           third in 20: agreed.
Where there is one round only, the 169 end at depth 3, at the deadline.

ALTERNATING OFFERS, A QUORUM OF TWO, NO VETO. No single party's signature is needed, so a proposal takes nothing but the
own package off the table, and who walks takes only the own package along. Any second signature is an agreement, so in
talks that go on every package has its author's signature alone. The talks end when the second party walks: one alone
agrees on nothing.
Who has the turn can propose (4), stand (1), walk (1), and sign each package of another: an agreement. So talks that go
on are rows of choices that know nothing of each other: each party in its turn proposes (4 ways) or stands (1), and at
most one walks (1).
  depth 1  6 * 1 = 6; none ends; 6 go on.
  depth 2  of those 6, north has a package in 4: s = 4.    6 * 6 + 4 = 40; 4 agreed; west is the second to walk in 1;
           35 go on: (4 + 1)^2 = 25 with nobody gone, 5 with north gone, 5 with west gone.
  depth 3  packages of others, for south to sign: nobody gone: north's in 4 * 5, west's in 5 * 4; north gone: west's in
           4; west gone: north's in 4: s = 48.             6 * 35 + 48 = 258; 48 agreed; a second walk in 5 + 5 = 10;
           200 go on: 5^3 = 125 with nobody gone, 5^2 = 25 with each one of the three gone.
  depth 4  north has the turn again, or west if north is gone. Packages of others: nobody gone: west's in 5 * 4 * 5,
           south's in as many: 200; one gone: the one other party that stays has one in 5 * 4, three times: 60.
           6 * 200 + 260 = 1460; 260 agreed; a second walk in 3 * 25 = 75.

SINGLE TEXT. Votes of one step are made together: a history ends, if it does, with the last vote of a step. Everybody
who votes can sign (vote for it), stand (vote against it), walk: 3. Two rounds; in the second and last the draft itself
is voted on by all. What the draft says changes nothing in what is possible.
Votes of three, 27 ways: 8 in which nobody walks, 12 in which one does (3 who, 2 * 2 votes of the others), 7 in which
more do (3 pairs * 2, and all three). Votes of two, 9 ways: 4, 4 (2 who, 2 votes of the other) and 1.

Mediated by north, unanimity: any walk ends the talks.
  depth 1  north amends (4; also with the draft as it is), stands or walks: 6; the walk ends 1; 5 go on.
  depth 2  west votes: 5 * 3 = 15.
  depth 3  south votes: 15 * 3 = 45; a walk of either in 9 - 4 = 5 of each 9: ends 5 * 5 = 25; 5 * 4 = 20 go on.
  depth 4, 5, 6  all three vote on the draft: 60, 180, 540. Of each 27: agreed in 1, walks in 19, the deadline in the
           other 7 of the 8 without a walk: 20, 380, 140.

Mediated by north, a quorum of two: the second walk ends the talks.
  depth 1  6; none ends.
  depth 2  6 * 3 = 18 (if north is gone, nothing is amended, and the two vote).
  depth 3  18 * 3 = 54; a second walk: with north there (5) in 1 of 9, with north gone (1) in 5 of 9: 5 + 5 = 10. 44 go
           on: 5 * 4 = 20 with nobody gone; 5 * 4 + 1 * 4 = 24 with one gone.
  depth 4  44 * 3 = 132: the first vote of the last step.
  depth 5  132 * 3 = 396. With one gone the step is over: 24 * 9: of each 9, agreed in 1, a walk in 5, the deadline in
           the other 3: 24, 120, 72. 20 * 9 = 180 go on.
  depth 6  180 * 3 = 540. Of each 27: more than one walks in 7; agreed with nobody gone if two or three of three sign
           (3 + 1 = 4 of 8), with one gone if both others do (3 of 12): 7; the deadline in 27 - 7 - 7 = 13: 20 times:
           140, 140, 260.

With a neutral chair, who amends by chance before anybody moves, all three vote in both rounds.
Unanimity: 3, 9, 27, of which 19 end with a walk and 8 go on; 8 * 3 = 24, 72, 216: agreed 8 * 1, walks 8 * 19 = 152, the
           deadline 8 * 7 = 56.
A quorum of two: 3, 9, 27, of which 7 end with walks; 8 go on with nobody gone, 12 with one gone. Then 20 * 3 = 60;
           60 * 3 = 180, where 12 * 9 are over: agreed 12, walks 12 * 5 = 60, the deadline 12 * 3 = 36; 8 * 9 = 72 go
           on: 72 * 3 = 216: agreed 8 * 7 = 56, walks 56, the deadline 8 * 13 = 104.
"""

from __future__ import annotations

import copy
import itertools
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

import make
from peacetable.abm import people
from peacetable.abm.tables import Tables
from peacetable.errors import Refusal
from peacetable.scenario import Scenario
from peacetable.table.moves import Move, Propose, Sign, Stand, WalkOut
from peacetable.table.protocols import PROTOCOLS
from peacetable.table.record import Kind
from peacetable.table.state import ENDINGS

PARTIES = ("north", "west", "south")
OFFERS, TEXT = "alternating_offers", "single_text"
AS_KIND = {Propose: Kind.PROPOSE, Sign: Kind.SIGN, Stand: Kind.STAND, WalkOut: Kind.WALK_OUT}
PACKAGES = [np.array(package) for package in itertools.product(range(2), repeat=2)]

# protocol, mediator, consent, rounds -> for each depth: histories, and of these agreed, walked out, at the deadline
TREES = {
    (OFFERS, "", "unanimity", 3): [(6, 0, 1, 0), (34, 0, 5, 0), (202, 4, 29, 0), (1170, 20, 169, 0)],
    (OFFERS, "", "unanimity", 1): [(6, 0, 1, 0), (34, 0, 5, 0), (202, 4, 29, 169)],
    (OFFERS, "", "quorum", 3): [(6, 0, 0, 0), (40, 4, 1, 0), (258, 48, 10, 0), (1460, 260, 75, 0)],
    (TEXT, "north", "unanimity", 2): [
        (6, 0, 1, 0), (15, 0, 0, 0), (45, 0, 25, 0), (60, 0, 0, 0), (180, 0, 0, 0), (540, 20, 380, 140),
    ],
    (TEXT, "north", "quorum", 2): [
        (6, 0, 0, 0), (18, 0, 0, 0), (54, 0, 10, 0), (132, 0, 0, 0), (396, 24, 120, 72), (540, 140, 140, 260),
    ],
    (TEXT, "", "unanimity", 2): [
        (3, 0, 0, 0), (9, 0, 0, 0), (27, 0, 19, 0), (24, 0, 0, 0), (72, 0, 0, 0), (216, 8, 152, 56),
    ],
    (TEXT, "", "quorum", 2): [
        (3, 0, 0, 0), (9, 0, 0, 0), (27, 0, 7, 0), (60, 0, 0, 0), (180, 12, 60, 36), (216, 56, 56, 104),
    ],
}  # fmt: skip


def small(protocol: str, mediator: str, consent: str, rounds: int) -> Scenario:
    """Four packages that everybody may propose and sign."""
    made = make.scenario(
        shape=(2, 2), parties=PARTIES, protocol=protocol, mediator=mediator, consent=consent, rounds=rounds,
        red_lines=0.0, conditions=0, rules=0, events=False,
    )  # fmt: skip
    return replace(made, protocol=replace(made.protocol, vetoes=()))


def begin(scenario: Scenario) -> Tables:
    """The table before the first move, with people in all seats."""
    strategies = {party.id: party.strategy for party in scenario.parties}
    return Tables(scenario, strategies, seed=1, people=dict.fromkeys(PARTIES, ""))


def another(talks: Tables) -> Tables:
    """The same table once more; what no move changes is shared."""
    fixed = (talks.problem, talks.space, talks.preferences, talks.deciders, talks.public, talks.ground, talks.feasible)
    return copy.deepcopy(talks, {id(thing): thing for thing in fixed})


def moves(protocol: str) -> list[Move]:
    """Whatever a party could try: under a single text a vote names nobody's package."""
    signatures = [Sign()] if PROTOCOLS[protocol].ONE_TEXT else [Sign(party) for party in PARTIES]
    return [*map(Propose, PACKAGES), *signatures, Stand(), WalkOut()]


def follow(talks: Tables) -> list[Tables]:
    """The table after each move that the party awaited first may make: what is refused is no move."""
    party, found, kinds = talks.awaiting[0], [], set()
    spare = another(talks)
    for move in moves(talks.problem.protocol.name):
        try:
            people.submit(spare, party, move, talks.moment, agents={})  # nobody is asked
        except Refusal:
            continue
        kinds.add(AS_KIND[type(move)])
        if spare.complete:
            spare.close_step()
        found.append(spare)
        spare = another(talks)
    index, rounds = talks.parties.index(party), talks.rounds
    assert kinds == {*talks.protocol.possible(talks.state, rounds.step, 0, index, rounds.mediator)}
    return found


@pytest.mark.parametrize(("protocol", "mediator", "consent", "rounds"), TREES)
def test_there_are_as_many_histories_as_counted_by_hand(protocol, mediator, consent, rounds):
    going_on = [begin(small(protocol, mediator, consent, rounds))]
    counted = TREES[protocol, mediator, consent, rounds]
    for depth, by_hand in enumerate(counted, start=1):
        after = [child for talks in going_on for child in follow(talks)]
        how = Counter(ENDINGS[talks.state.ended[0]] for talks in after)
        assert (len(after), how["agreement"], how["walk_out"], how["deadline"]) == by_hand, depth
        going_on = [talks for talks in after if talks.running]
    assert not going_on or rounds == 3, "only the talks of three rounds are not counted to their end"


def test_every_protocol_is_counted():
    assert {protocol for protocol, *_ in TREES} == set(PROTOCOLS)
