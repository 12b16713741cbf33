"""What people may do at the one table where they play: their moves, checked before they are taken, and soundings.

A Refusal says what was tried, why not, and what is possible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..errors import Refusal
from ..table.moves import ACCEPT, DECLINE, PROPOSE, WALK_OUT, Accept, Decline, Move, Propose, Sound, WalkOut
from ..table.notation import write

if TYPE_CHECKING:
    from .model import Negotiation


def checked(model: Negotiation, party: str, move: Move) -> tuple[int, np.ndarray, int]:
    """The move of the person whose turn it is as (kind, package (I,), whose offer or -1). Raises Refusal."""
    index = model.party_index(party)
    label = model.problem.parties[index].label
    here = f"(round {model.state.round} of {int(model.state.deadline[0])})"
    nothing = np.zeros(len(model.space.shape), dtype=np.int16)
    if isinstance(move, WalkOut):
        return WALK_OUT, nothing, -1
    if model.single_text:
        return _checked_vote(model, label, here, index, move)
    if isinstance(move, Accept):
        q = model.party_index(move.offer_of)
        whose = model.problem.parties[q].label
        standing = [p for k, p in enumerate(model.parties) if model.state.standing[0, k] and k != index]
        possible = f"Possible: propose, walk out{', accept ' + ' or '.join(standing) if standing else ''}."
        if not model.state.standing[0, q]:
            raise Refusal(f"{label} cannot accept: {whose} has no package on the table {here}. {possible}")
        if q == index or model.state.signed[0, q] >> index & 1:
            raise Refusal(f"{label} has signed the package of {whose} already {here}. {possible}")
        if model.preferences.vetoed(model.state.offers[0, q], index):
            why, _ = _refused(model, index, model.state.offers[0, q])
            raise Refusal(f"{label} cannot accept the package of {whose} {here}: {why}. {possible}")
        return ACCEPT, nothing, q
    if isinstance(move, Decline):
        raise Refusal(f"{label} cannot decline {here}: to reject is to propose. Possible: propose, accept, walk out.")
    if not isinstance(move, Propose):
        raise Refusal(f"{label} cannot do this {here}: {move!r} is no move. Possible: propose, accept, walk out.")
    return PROPOSE, _checked_own(model, index, f"propose this package {here}", move.package), -1


def _checked_vote(model: Negotiation, label: str, here: str, index: int, move: Move) -> tuple[int, np.ndarray, int]:
    """A person's move under a single text: the mediator amends, all others vote; the last round is a vote."""
    s, nothing = model.state, np.zeros(len(model.space.shape), dtype=np.int16)
    amends = index == model.mediator and s.round < s.deadline[0]
    if isinstance(move, Decline) and not amends:
        return DECLINE, nothing, -1
    if isinstance(move, Accept) and not amends:
        if s.closed[0, model.space.offsets[:-1] + s.amendment[0]].any():
            raise Refusal(
                f"{label} cannot vote for this {here}: an event took one of its levels off the table. "
                "Possible: vote against."
            )
        if model.preferences.vetoed(s.amendment[0], index):
            why, _ = _refused(model, index, s.amendment[0])
            raise Refusal(f"{label} cannot vote for this {here}: {why}. Possible: vote against.")
        return ACCEPT, nothing, -1
    if not amends:
        raise Refusal(f"{label} cannot amend the draft {here}: the mediator does. Possible: vote for, vote against.")
    if not isinstance(move, Propose):
        raise Refusal(f"{label} mediates and has to put an amendment to the vote {here}. Possible: amend, walk out.")
    return PROPOSE, _checked_own(model, index, f"put this amendment to the vote {here}", move.package), -1


def _checked_own(model: Negotiation, index: int, what: str, package: np.ndarray) -> np.ndarray:
    """The package if the party may bring it up: it can exist, and the party would sign it. Raises Refusal."""
    party = model.problem.parties[index]
    package = _checked_package(model, party.label, what, package)
    if model.preferences.vetoed(package, index):
        why, about = _refused(model, index, package)
        raise Refusal(f"{party.label} cannot {what}: {why}. Possible: another level on {about}.")
    return package


def _refused(model: Negotiation, index: int, package: np.ndarray) -> tuple[str, str]:
    """Why the party proposes and signs no such package, and the issues on which another level would help."""
    mandate = model.mandate(model.parties[index])
    crossed, missed = mandate.crosses(package), mandate.misses(package)
    why = ["it crosses its own red line"] if crossed else []
    if missed:
        demands = "; ".join(demand.says.rstrip(".") for demand in missed)
        why.append(f"it leaves out what the delegation has called part of any settlement: {demands}")
    labels = {issue.id: issue.label for issue in model.problem.issues}
    about = [labels[issue] for issue in crossed]
    about += [" or ".join(labels[issue] for issue in demand.refuses) for demand in missed]
    return " and ".join(why), " and ".join(dict.fromkeys(about))


def _checked_package(model: Negotiation, label: str, what: str, package: np.ndarray, table: int = 0) -> np.ndarray:
    """The package if it can exist at the table. Raises Refusal."""
    package = np.asarray(package)
    if package.shape != (len(model.space.shape),) or not np.issubdtype(package.dtype, np.integer):
        raise Refusal(f"{label} cannot {what}: a package has one level for each of {len(model.space.shape)} issues.")
    if (package < 0).any() or (package >= model.space.shape).any():
        raise Refusal(f"{label} cannot {what}: a level is outside its issue's levels.")
    for rule in model.space.broken_rules(package):
        about = " and ".join(i.label for i in model.problem.issues if i.id in rule.forbid)
        raise Refusal(f"{label} cannot {what}: {rule.reason} Possible: another level on {about}.")
    shut = model.state.closed[table, model.space.offsets[:-1] + package]
    if shut.any():
        gone = ", ".join(i.label for i, closed in zip(model.problem.issues, shut, strict=True) if closed)
        ends = zip(model.space.offsets[:-1], model.space.offsets[1:], strict=True)
        left = not any(model.state.closed[table, a:b].all() for a, b in ends)
        possible = "another level there" if left else "sign nothing any more, since no level is left there; walk out"
        raise Refusal(f"{label} cannot {what}: an event took its level off the table on {gone}. Possible: {possible}.")
    return package.astype(np.int16)


def sound(model: Negotiation, party: str, move: Sound, table: int = 0) -> str:
    """Ask another party privately about a package: "would_sign", "could_move" or "no", as that party's strategy and
    candour have it. Only the two see it in the minutes. Needs `record`. Raises Refusal."""
    index, to = model.party_index(party), model.party_index(move.to)
    label, whom = model.problem.parties[index].label, model.problem.parties[to].label
    here = f"(round {model.state.round} of {int(model.state.deadline[table])})"
    used = soundings_used(model, party, table)
    most = model.problem.protocol.soundings
    if used >= most:
        left = f"all {most} soundings are used" if most else "this scenario allows no soundings"
        raise Refusal(f"{label} cannot sound out {whom}: {left} {here}.")
    if to == index or not model.state.present[table, to]:
        raise Refusal(f"{label} cannot sound out {whom}: choose another delegation that is at the table {here}.")
    if model.delegations[move.to].human:
        raise Refusal(f"{label} cannot sound out {whom} here: a person plays it; ask them {here}.")
    package = _checked_package(model, label, f"ask about this package {here}", move.package, table)
    draw = model.draws("sounding", model.state.turn, used + 1)[table, used]
    answer = model.delegations[move.to].answer(package, table, float(draw))
    record = {"kind": "sound", "round": model.state.round, "turn": model.state.turn, "party": party, "to": move.to}
    model.records[table].append(record | {"package": write(model.problem, package), "answer": answer})
    return answer


def soundings_used(model: Negotiation, party: str, table: int) -> int:
    """How often the party has sounded out others. Needs `record`."""
    return sum(r["kind"] == "sound" and r["party"] == party for r in model.records[table])
