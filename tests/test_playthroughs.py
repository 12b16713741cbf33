"""Playthroughs: talks told step by step as the engine has them, for a reader without code.

    python tests/test_playthroughs.py

writes `tests/playthroughs/*.txt` anew, after a change that they should show. They are no minutes: of every step they
say what lies on the table, what is possible, and what each party gets to see.
"""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from peacetable.abm import people
from peacetable.abm.model import Negotiation
from peacetable.errors import Refusal
from peacetable.table.moves import Answer, Move, Propose, Say, Sign, Sound, Stand, WalkOut
from peacetable.table.notation import read, write
from peacetable.table.protocols import PROTOCOLS
from peacetable.table.record import Record, plain
from test_digest import scenario

FOLDER = Path(__file__).parent / "playthroughs"
SMALL = replace(scenario("small"), draw=())  # 3 issues, 18 packages; every number is what the file says
WIDTH = 118


@dataclass(frozen=True)
class Take:
    """A person takes the seat."""

    by: str


@dataclass(frozen=True)
class Leave:
    """The person leaves the seat to its agent."""


@dataclass(frozen=True)
class Agents:
    """The agents make their moves of this step."""


Act = Move | Take | Leave | Agents


@dataclass(frozen=True)
class Playthrough:
    """`settings`: of the protocol; `script`: who does what."""

    title: str
    settings: dict
    script: Sequence[tuple[str, Act]]

    def model(self) -> Negotiation:
        """The table before anybody sits there."""
        problem = replace(SMALL, protocol=replace(SMALL.protocol, temperature=0.0, **self.settings))
        return Negotiation(problem, seed=3)


def of(*levels: str) -> np.ndarray:
    """A package by its levels."""
    return read(SMALL, " ".join(f"{issue.id}={level}" for issue, level in zip(SMALL.issues, levels, strict=True)))


EVERYBODY = [("north", Take("Anna")), ("west", Take("Ben")), ("south", Take("Cleo"))]
PLAYTHROUGHS = {
    "alternating_offers": Playthrough(
        "Alternating offers: an event takes a package off the table, and a party walks out",
        {"name": "alternating_offers", "consent": "quorum", "quorum": 2, "rounds": 4},
        [
            *EVERYBODY,
            ("north", Propose(of("all", "b", "free"))),
            ("west", Sign("north")),
            ("west", Propose(of("none", "a", "tax"))),
            ("south", Propose(of("half", "c", "tax"))),
            ("north", Propose(of("half", "b", "free"))),
            ("west", Stand()),
            ("south", Stand()),
            ("north", Stand()),
            ("west", WalkOut()),
            ("south", Sign("north")),
        ],
    ),
    "single_text": Playthrough(
        "Single text: an amendment that fails, one that is carried, and the vote on the draft",
        {"name": "single_text", "consent": "unanimity", "mediator": "north", "rounds": 3},
        [
            *EVERYBODY,
            ("north", Propose(of("half", "b", "tax"))),
            ("west", Stand()),
            ("south", Sign()),
            ("north", Propose(of("half", "a", "free"))),
            ("south", Sign()),
            ("west", Sign()),
            ("north", Sign()),
            ("west", Sign()),
            ("south", Sign()),
        ],
    ),
    "seats": Playthrough(
        "Seats: a person takes over from an agent, two people talk aside, and the seat is given back",
        {"name": "alternating_offers", "consent": "unanimity", "rounds": 3, "soundings": 1},
        [
            ("north", Take("Anna")),
            ("north", Propose(of("all", "b", "free"))),
            ("", Agents()),
            ("", Agents()),
            ("west", Take("Ben")),
            ("north", Say("We can give on water, not on trade.")),
            ("north", Sound("west", of("half", "a", "free"))),
            ("west", Answer("north", "would_sign")),
            ("west", Say("Put it on the table, and I sign it.", "north")),
            ("north", Propose(of("half", "a", "free"))),
            ("west", Leave()),
            ("", Agents()),
            ("", Agents()),
        ],
    ),
}


# -- what is told ----------------------------------------------------------------------------------------------------


def told(play: Playthrough) -> str:
    """The whole playthrough."""
    model = play.model()
    lines, now = [play.title, "=" * len(play.title), "", *_beginning(model), ""], ""
    for party, act in play.script:
        if model.moment != now and not isinstance(act, Take | Leave):
            lines += ["", *_step(model)]
            now = model.moment
        assert model.running, "the script goes on after the end"
        lines += _done(model, party, act)
    assert not model.running, "the script stops before the end"
    return "\n".join(_wrapped(line) for line in [*lines, "", *_end(model)]) + "\n"


def _wrapped(line: str) -> str:
    """The line, as several where it is long."""
    inner = " " * (len(line) - len(line.lstrip()) + 4)
    return "\n".join(textwrap.wrap(line, WIDTH, subsequent_indent=inner, break_on_hyphens=False))


def _beginning(model: Negotiation) -> Iterator[str]:
    problem, protocol = model.talks.problem, model.talks.problem.protocol
    yield f"protocol {protocol.name}: {PROTOCOLS[protocol.name].ABOUT}"
    consent = f"consent {protocol.consent}" + (f" of {protocol.quorum}" if protocol.quorum else "")
    yield f"{consent}, {protocol.rounds} rounds, mediator {protocol.mediator or 'none'}, order {protocol.order}"
    for issue in problem.issues:
        yield f"issue {issue.id}: {', '.join(level.id for level in issue.levels)}"
    for party in problem.parties:
        best = max(_packages(model), key=lambda x: _utility(model, party.id, x))
        red = [f"{i}={k}" for i, k in party.red_lines]
        reservation = model.state.reservation[0, model.talks.party_index(party.id)]
        yield (
            f"party {party.id}: no agreement is worth {reservation:.3f} to it, its best package "
            f"{_utility(model, party.id, best):.3f} ({write(problem, best)}); red lines: {', '.join(red) or 'none'}; "
            f"discount {party.discount}"
        )
    yield "behind each package stands what it is worth to each, which only that party knows, before any discount"


def _utility(model: Negotiation, party: str, package) -> float:
    return float(model.talks.preferences.utility(np.array([package]), model.talks.party_index(party))[0])


def _packages(model: Negotiation) -> list[np.ndarray]:
    """All packages that break no rule."""
    every = map(np.array, itertools.product(*map(range, model.talks.space.shape)))
    return [package for package in every if not model.talks.space.broken_rules(package)]


def _step(model: Negotiation) -> Iterator[str]:
    """The state as a step begins."""
    view = model.view(model.talks.parties[0])
    yield f"-- moment {view.moment}: round {view.round} of {view.rounds}; {_and(view.movers)} to move"
    yield f"   at the table: {', '.join(_seat(model, party) for party in view.present)}"
    gone = [f"{issue}={level}" for issue, levels in view.closed.items() for level in levels]
    if gone:
        yield f"   off the table for good: {', '.join(gone)}"
    yield from _on_table(model)
    for party in view.movers:
        yield f"   {party} may: {_possible(model, party)}"


def _seat(model: Negotiation, party: str) -> str:
    by = model.view(party).people.get(party)
    return f"{party} ({by})" if by else f"{party} (agent)"


def _on_table(model: Negotiation) -> Iterator[str]:
    view, problem = model.view(model.talks.parties[0]), model.talks.problem
    if view.draft is not None and view.amendment is not None:
        yield f"   draft:     {_worth(model, view.draft)}"
        none = "none; the draft itself is voted on" if view.round == view.rounds else "none yet"
        yield f"   amendment: {none if view.amendment == view.draft else _worth(model, view.amendment)}"
    elif not view.offers:
        yield "   on the table: nothing"
    for offer in view.offers.values():
        needs = _and(offer.needs) or f"any {problem.protocol.quorum}"
        worth = _worth(model, offer.package)
        yield f"   on the table, of {offer.of}: {worth}; signed by {_and(offer.signed)}; {needs} have to"


def _worth(model: Negotiation, package) -> str:
    """The package, and what it is worth to whom."""
    values = [f"{party} {_utility(model, party, package):.3f}" for party in model.talks.parties]
    return f"{write(model.talks.problem, package)} ({', '.join(values)})"


def _possible(model: Negotiation, party: str) -> str:
    """The kinds of moves, with how many packages or whose, and what is refused."""
    talks, found = model.talks, []
    index, rounds = talks.parties.index(party), talks.rounds
    for kind in talks.protocol.possible(talks.state, rounds.step, 0, index, rounds.mediator):
        if kind == "propose":
            good = sum(not _refusal(model, party, Propose(package)) for package in _packages(model))
            found.append(f"propose ({good} of {len(_packages(model))} packages)")
        elif kind == "sign" and talks.protocol.ONE_TEXT:
            found += ["vote for it"] if not _refusal(model, party, Sign()) else []
        elif kind == "sign":
            offers = [Sign(name) for name in model.view(party).offers if name != party]
            found += [f"sign {move.offer_of}'s" for move in offers if not _refusal(model, party, move)]
        elif kind == "stand":
            found.append(_standing(model))
        else:
            found.append(str(kind).replace("_", " "))
    return ", ".join(found)


def _standing(model: Negotiation) -> str:
    """What it is to let things stand in this step."""
    return "vote against it" if model.talks.rounds.step.kind == "vote" else "let everything stand"


def _refusal(model: Negotiation, party: str, move: Move) -> str:
    """Why the move is refused, or ""."""
    try:
        model.talks.protocol.check(people.attempt(model.talks, party), move)
    except Refusal as refused:
        return str(refused)
    return ""


def _done(model: Negotiation, party: str, act: Act) -> Iterator[str]:
    """What is done, and what each party gets to see by it."""
    before = {name: len(model.view(name).log) for name in model.talks.parties}
    known = len(model.talks.records[0])
    yield f"   > {_words(model, party, act)}"
    try:
        _do(model, party, act)
    except Refusal as refused:
        yield f"       refused, and nobody sees anything of it: {refused}"
        return
    new = model.talks.records[0][known:]
    if not new:
        yield "       handed in; nobody sees it before the step closes"
    added = {name: model.view(name).log[seen:] for name, seen in before.items()}
    for record in new:
        seers = [name for name, log in added.items() if any(one is record for one in log)]
        yield f"       {'all see' if len(seers) == len(added) else _and(seers) + ' see'}: {_record(record)}"


def _do(model: Negotiation, party: str, act: Act) -> None:
    if isinstance(act, Take):
        model.take_seat(party, act.by)
    elif isinstance(act, Leave):
        model.leave_seat(party)
    elif isinstance(act, Agents):
        assert not model.awaiting, f"{model.awaiting} have to move first"
        model.step()
    else:
        model.submit(party, act, at=model.moment)


def _words(model: Negotiation, party: str, act: Act) -> str:
    """What is done, in words."""
    problem = model.talks.problem
    match act:
        case Take():
            return f"{act.by} takes the seat of {party}"
        case Leave():
            return f"{model.view(party).people[party]} leaves the seat of {party} to its agent"
        case Agents():
            return f"the agent of {_and(model.view(problem.party_ids[0]).movers)} moves"
        case Propose():
            return f"{party} proposes {write(problem, act.package)}"
        case Sign():
            return f"{party} signs the package of {act.offer_of}" if act.offer_of else f"{party} votes for it"
        case Stand():
            return f"{party} {_standing(model).replace('vote ', 'votes ').replace('let ', 'lets ')}"
        case WalkOut():
            return f"{party} walks out"
        case Sound():
            return f"{party} asks {act.to} in private about {write(problem, act.package)}"
        case Answer():
            return f"{party} answers {act.to} in private: {act.answer}"
        case Say():
            return f'{party} says to {act.to or "all"}: "{act.text}"'


def _record(record: Record) -> str:
    """The record as it stands in the minutes, with its reasons in short."""
    written = plain(record)
    kind, because = written.pop("kind"), written.pop("because", [])
    reasons = [
        f"{reason['effect']} {reason['issue']}={reason['level']}"
        + (f" (wants {reason['wanted']})" if "wanted" in reason else "")
        for reason in because
    ]
    values = [f"{name}={value}" for name, value in written.items() if value not in ("", None)]
    return f"{kind}: {', '.join(values)}" + (f"; because {', '.join(reasons)}" if reasons else "")


def _end(model: Negotiation) -> Iterator[str]:
    report = model.report()
    by = f" by {report['by']}" if report["by"] else ""
    yield f"-- the end: {report['ended']}{by} in round {report['round']}, turn {report['turns']}"
    yield f"   agreed: {report['notation'] or 'nothing'}"
    yield "   worth in the end, after the discount for the time that went by:"
    for party, utility in report["utilities"].items():
        yield f"   {party}: {utility:.3f}; no agreement would have been worth {report['reservation'][party]:.3f}"


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


# -- tests -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PLAYTHROUGHS)
def test_a_playthrough_goes_as_it_is_written(name):
    assert told(PLAYTHROUGHS[name]) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def test_every_protocol_has_a_playthrough():
    assert {play.settings["name"] for play in PLAYTHROUGHS.values()} == set(PROTOCOLS)
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(PLAYTHROUGHS)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, play in PLAYTHROUGHS.items():
        (FOLDER / f"{name}.txt").write_text(told(play), encoding="utf-8")
