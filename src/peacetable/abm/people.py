"""What people do at the one table where they play: who sits where, their moves, and what they say in private.

A move has an author and a moment: everything that can be refused without knowing the party's own numbers is refused
first. A Refusal says what was tried, why not, and what is possible.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from ..errors import Refusal
from ..table.attempt import Attempt
from ..table.moves import ANSWERS, Answer, Move, Say, Sound
from ..table.notation import nearest, write
from ..table.record import AGENT, Answered, Kind, Said, SeatChanged, Sounded
from . import seat
from .tables import TABLE, Tables

WORDS = 2000  # letters in one statement


class Agent(Protocol):
    """Who acts for a party that nobody plays."""

    def answer(self, package: np.ndarray, table: int, draw: float) -> str:
        """What it says in private to a package (I,) at one table; `draw`: uniform, decides whether it is candid."""


def submit(talks: Tables, party: str, move: Move, at: str, agents: Mapping[str, Agent]) -> None:
    """Take the move of the person who plays `party`, meant for the step `at` (`Tables.moment`). Raises Refusal.

    What several parties decide together is made when all have moved; `Tables.complete` says so. Asides take no turn.
    """
    _admit(talks, party, at)
    if isinstance(move, Sound):
        return _sound(talks, party, move, agents)
    if isinstance(move, Answer):
        return _answer(talks, party, move)
    if isinstance(move, Say):
        return _say(talks, party, move)
    if party not in talks.awaiting:
        raise _refusal(talks, "not_awaited", party, "move now", _whose_turn(talks, party), "wait for the next step")
    return talks.take(talks.parties.index(party), TABLE, talks.protocol.check(attempt(talks, party), move))


def _admit(talks: Tables, party: str, at: str) -> None:
    """Whether anybody may do anything for the party at this moment. Raises Refusal."""
    if party not in talks.parties:
        known = nearest(str(party), talks.parties)
        raise Refusal("unknown_party", f'Cannot move for "{party}"', f"no such party takes part; {known}")
    if party not in talks.people:
        why = "nobody was assigned to this seat: its agent sits there"
        raise _refusal(talks, "empty_seat", party, "be played from here", why, "take the seat first")
    if not talks.running:
        raise _refusal(talks, "over", party, "do anything more", "the talks have ended")
    if at != talks.moment:
        why = f"this was meant for step {at} of the talks, which are at step {talks.moment}"
        raise _refusal(talks, "stale", party, "do this any more", why, "look at the table and decide anew")


def _refusal(talks: Tables, reason: str, party: str, what: str, why: str, possible: str = "") -> Refusal:
    return attempt(talks, party).refusal(reason, what, why, possible)


def _whose_turn(talks: Tables, party: str) -> str:
    index = talks.parties.index(party)
    if not talks.state.present[0, index]:
        return "it has left the talks"
    if talks.has_moved(index):
        return "it has made its move of this step"
    labels = [talks.problem.parties[p].label for p in talks.movers]
    return f"it is the turn of {' and '.join(labels)}" if len(labels) < 3 else "it has no move in this step"


def attempt(talks: Tables, party: str) -> Attempt:
    """What may be asked of a move of the party in the present step."""
    index = talks.parties.index(party)

    def objection(package: np.ndarray) -> tuple[str, str] | None:
        numbers = talks.preferences.numbers[index]
        return _refused(talks, index, package) if numbers.vetoed(np.asarray(package)) else None

    return Attempt(talks.problem, talks.space, talks.state, 0, index, talks.mediator, objection)


def _refused(talks: Tables, index: int, package: np.ndarray) -> tuple[str, str]:
    """Why the party proposes and signs no such package, and the issues on which another level would help."""
    party, columns = talks.parties[index], talks.space.offsets[:-1] + package
    issues = zip(talks.problem.issue_ids, seat.red_lines(talks, party)[columns], strict=True)
    crossed = [issue for issue, red in issues if red]
    missed = [demand for demand, tests in seat.demands(talks, party) if talks.space.hold(tests, package)]
    why = ["it crosses its own red line"] if crossed else []
    if missed:
        demands = "; ".join(demand.says.rstrip(".") for demand in missed)
        why.append(f"it leaves out what the delegation has called part of any settlement: {demands}")
    labels = {issue.id: issue.label for issue in talks.problem.issues}
    about = [labels[issue] for issue in crossed]
    about += [" or ".join(labels[issue] for issue in demand.refuses) for demand in missed]
    return " and ".join(why), " and ".join(dict.fromkeys(about))


# -- seats -----------------------------------------------------------------------------------------------------------


def take_seat(talks: Tables, party: str, by: str) -> None:
    """From now on the person `by` plays the party. Raises Refusal, NotationError for an unknown party."""
    index = talks.party_index(party)
    if not talks.running:
        raise _refusal(talks, "over", party, f"be played by {by}", "the talks have ended")
    if not by or by == AGENT or talks.people.get(party) == by:
        why = "a person needs a name of its own, and sits there only once"
        raise _refusal(talks, "words", party, f'be played by "{by}"', why)
    leave_seat(talks, party)
    talks.people[party] = by
    talks.withdraw(index)
    _changed(talks, Kind.SEAT_TAKEN, party, by)


def leave_seat(talks: Tables, party: str) -> None:
    """From now on the agent plays the party; nothing happens where it does already, or after the end. Raises
    NotationError."""
    index = talks.party_index(party)
    by = talks.people.pop(party, None) if talks.running else None
    if by is not None:
        talks.withdraw(index)
        _changed(talks, Kind.SEAT_LEFT, party, by)


def _changed(talks: Tables, kind: Kind, party: str, by: str) -> None:
    talks.note(SeatChanged(kind, talks.state.round, talks.state.turn, party, by))


# -- asides ----------------------------------------------------------------------------------------------------------


def _whom(talks: Tables, party: str, what: str, to: str) -> str:
    """The label of another party at the table. Raises Refusal."""
    asked = attempt(talks, party)
    there = asked.index(to)
    if to == party or not talks.state.present[0, there]:
        why = "choose another delegation that is at the table"
        raise asked.refusal("no_answer", f"{what} {asked.labels[there]}", why)
    return asked.labels[there]


def _sound(talks: Tables, party: str, move: Sound, agents: Mapping[str, Agent]) -> None:
    """Ask another party about a package: "would_sign", "could_move" or "no" is the answer of an agent, as its strategy
    and candour have it; a person answers when it likes. Only the two see it in the minutes."""
    asked, most, used = (
        attempt(talks, party),
        talks.problem.protocol.soundings,
        seat.soundings_used(talks.records[0], party),
    )
    whom = asked.labels[asked.index(move.to)]
    if used >= most:
        left = f"all {most} soundings are used" if most else "this scenario allows no soundings"
        raise asked.refusal("no_answer", f"sound out {whom}", left)
    _whom(talks, party, "sound out", move.to)
    package = asked.package("ask about this package", move.package)
    turn = talks.rounds.turn_of(asked.party, TABLE)
    answer = None
    if move.to not in talks.people:
        draw = talks.draws("sounding", party, used + 1, TABLE)[0, used]
        answer = agents[move.to].answer(package, 0, float(draw))
    text = write(talks.problem, package)
    talks.note(Sounded(talks.state.round, int(turn), party, move.to, text, answer))


def _answer(talks: Tables, party: str, move: Answer) -> None:
    """A person's own answer to what another party asked last."""
    whom = _whom(talks, party, "answer", move.to)
    asked = [r for r in talks.records[0] if isinstance(r, Sounded) and (r.party, r.to) == (move.to, party)]
    open_ = [r for r in asked if r.answer is None]
    given = sum(isinstance(r, Answered) and (r.party, r.to) == (party, move.to) for r in talks.records[0])
    if move.answer not in ANSWERS:
        why = f'"{move.answer}" is no answer'
        raise _refusal(talks, "no_answer", party, f"answer {whom} so", why, ", ".join(ANSWERS))
    if given >= len(open_):
        raise _refusal(talks, "no_answer", party, f"answer {whom}", "it has asked nothing that is not answered")
    turn = int(talks.rounds.turn_of(talks.parties.index(party), TABLE))
    talks.note(Answered(talks.state.round, turn, party, move.to, open_[given].package, move.answer))


def _say(talks: Tables, party: str, move: Say) -> None:
    """Words to everybody or to one party."""
    if move.to is not None:
        _whom(talks, party, "speak to", move.to)
    if not move.text.strip() or len(move.text) > WORDS:
        why = f"what is said has 1 to {WORDS:,} letters, not {len(move.text.strip()):,}"
        raise _refusal(talks, "words", party, "say this", why)
    turn = int(talks.rounds.turn_of(talks.parties.index(party), TABLE))
    talks.note(Said(talks.state.round, turn, party, move.text.strip(), move.to))
