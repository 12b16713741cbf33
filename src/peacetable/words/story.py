"""A report as a story: who sits there, what happened and why, what came of it. Pure: facts in, lines of text out.

Every sentence is made from the minutes and from the numbers of that table; nothing is invented. Rounds in which nobody
offers anything new and no package comes closer to agreement are passed over, and it says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np

from ..abm.results import report as reported
from ..abm.tables import Tables
from ..analysis import Yardstick, look_back
from ..errors import as_word
from ..scenario import CONSENTS, Party, Preferences, Scenario, cells, consent_of
from ..scenario.facts import UNSAID
from ..table.ledger import Offer, OnTable
from ..table.notation import as_levels, read, write
from ..table.protocols import PROTOCOLS
from ..table.record import Amended, Happened, Kind, Moved, Record
from .lines import Line, aligned, listed

FEW = 6  # things that can be named one by one
BEATS = 9  # what is told between the openings and the last round
PROPOSALS = (Kind.PROPOSE, Kind.AMEND)
Step = tuple[Record, OnTable]  # what was done, and what lies on the table after it
AGREED = {
    "unanimity": "everyone has",
    "needed": "everyone whose signature its levels need has",
    "quorum": "{quorum} parties{vetoes} have",
}
ALWAYS = 100  # weight of what is told in any case


def tell(table: Tables, called: str = "") -> list[Line]:
    """The whole story of one table. `called`: the name or folder by which a command finds the scenario, "" where nobody
    knows."""
    report, scenario = reported(table), table.problem
    records, ledger = table.records[0], table.ledger()
    steps = list(zip(records, ledger.extend(records).lines, strict=True))
    lines = [*meeting(report, scenario), *talks(report, scenario, steps), *ending(report, scenario, steps)]
    if report["ended"] != "running":
        limits = table.state.reservation[0]
        lines += [*gains(report, scenario), *left_on_the_table(report, scenario, table.preferences, limits, steps)]
        lines += trust(scenario, called)
    return lines


# -- who sits there --------------------------------------------------------------------------------------------------


def meeting(report: dict, scenario: Scenario) -> Iterator[Line]:
    """What was run, who sits at the table and what each has said it wants."""
    yield Line("title", scenario.title)
    table = f", table {report['table']}" if report["table"] else ""
    yield Line("text", f"{scenario.name}, seed {report['seed']}{table}, scenario {report['scenario_hash'][:12]}")
    settings = [*scenario.settings, *(f"{key} {value}" for key, value in report["overrides"].items())]
    if settings:
        yield Line("text", f"Changed for this run: {'; '.join(settings)}")
    yield Line("text", "")
    yield Line("text", scenario.summary)
    yield from _heading("At the table")
    for party in scenario.parties:
        yield Line("item", f"{party.label}: {_wishes(scenario, party)}")
    rounds, protocol = scenario.protocol.rounds, scenario.protocol
    vetoes = f", among them {listed(p.label for p in scenario.parties if p.id in protocol.vetoes)},"
    who = AGREED[protocol.consent].format(quorum=protocol.quorum, vetoes=vetoes if protocol.vetoes else "")
    what = PROTOCOLS[protocol.name].STORY
    yield Line("text", "")
    yield Line("text", f"{_number(rounds, 'round').capitalize()}: in each, {what}. Agreed is what {who} signed.")


def _wishes(scenario: Scenario, party: Party) -> str:
    """What the party has said that it wants, and what it will never sign."""
    best, refused, silent = [], [], []
    for issue in scenario.issues:
        said = {level: party.positions.get((issue.id, level.id)) for level in issue.levels}
        values = {
            level: scenario.stance_values[p.stance] if p.value is None else p.value
            for level, p in said.items()
            if p and p.basis not in UNSAID
        }
        if not any(said.values()):
            silent.append(issue.short)
        top = max(values, key=lambda level: values[level], default=None)
        if top is not None and values[top] >= scenario.stance_values["prefer"]:
            best.append((values[top], _card(issue.short, top.short)))
        red = [f'"{level.short}"' for level, p in said.items() if p and p.stance == "red_line"]
        refused += [f"{listed(red, 'or')} ({issue.short})"] if red else []
    best.sort(key=lambda wish: -wish[0])
    parts = [f"wants {_some([text for _, text in best])}" if best else "shows no clear wish"]
    parts += [f"will not accept {_some(refused)}"] if refused else []
    veto = scenario.protocol.red_lines == "veto"
    demands = [d.says.rstrip(".") for d in party.demands if veto and d.reading == "condition"]
    parts += [f"signs only what meets this: {'; '.join(demands)}"] if demands else []
    parts += [f"says nothing on {_some(silent)}"] if silent else []
    return f"{'; '.join(parts)}."


def _some(words: list[str], most: int = FEW) -> str:
    return listed(words) if len(words) <= most else f"{', '.join(words[:most])} and {len(words) - most} more"


def _card(issue: str, level: str) -> str:
    return f'"{level}" ({issue})'


# -- the talks -------------------------------------------------------------------------------------------------------


@dataclass
class _Beat:
    """Something that may be told: `weight` how much it matters, `record` the move or event it comes from, `draft` what
    the draft of a single text was before.

    `steps`: (issue, level before, level now, the others who have it) for a proposal; `signed`: everybody who has signed
    by then; `against`: whose package, signed by most, a proposal pushed off the table.
    """

    weight: int
    kind: str
    record: Any  # Moved, Happened or Amended, as the kind says
    steps: list[tuple[str, str, str, list[str]]] = field(default_factory=list)
    signed: tuple[str, ...] = ()
    against: str = ""
    draft: tuple[int, ...] | None = None


def talks(report: dict, scenario: Scenario, steps: Sequence[Step]) -> Iterator[Line]:
    """The openings, the last round, and between them what mattered most; the rest is passed over, and it says so."""
    yield from _heading("The talks")
    beats = list((_votes if PROTOCOLS[scenario.protocol.name].ONE_TEXT else _beats)(scenario, steps))
    worth = sorted((b.weight for b in beats if b.weight < ALWAYS), reverse=True)
    least = max(1, worth[BEATS - 1] if len(worth) >= BEATS else 1)
    room = BEATS - sum(w > least for w in worth)
    words = _Words(scenario, report["rules_version"])
    last_told = 0
    for number, group in groupby(beats, key=lambda b: b.record.round):
        chosen = []
        for beat in group:
            room -= beat.weight == least
            if beat.weight > least or (beat.weight == least and room >= 0):
                chosen.append(beat)
        if chosen:
            yield from _passed_over(words, last_told + 1, number - 1)
            last_told = number
            yield Line("round", f"Round {number}")
            for (kind, _), run in groupby(chosen, key=lambda b: (b.kind, getattr(b.record, "offer_of", None))):
                together = {"sign": words.signatures, "vote": words.votes}.get(kind)
                for sentence in [together(list(run))] if together else map(words.beat, run):
                    yield Line("item", f"  {sentence}")
    yield from _passed_over(words, last_told + 1, report["round"])


def _passed_over(words: _Words, first: int, last: int) -> Iterator[Line]:
    if first > last:
        return
    span = f"Round {first}:" if first == last else f"Rounds {first} to {last}:"
    phrases = ("no step that changes the picture.", "smaller steps back and forth.", "the sides feel their way.")
    yield Line("text", f"{span} {words.turn('passed over', phrases)}")


def _beats(scenario: Scenario, steps: Sequence[Step]) -> Iterator[_Beat]:
    """Every move and event with its weight, in order."""
    last: dict[str, dict[str, str]] = {}
    offered: dict[str, set] = {}
    refused: set[tuple] = set()
    most = _half(scenario)
    final = _final_round(steps)
    before: Mapping[str, Offer] = {}
    for record, table in steps:
        at_end = ALWAYS if record.round == final else 0
        if isinstance(record, Happened):
            yield _Beat(_event_weight(scenario, record, at_end), record.kind, record)
        elif isinstance(record, Moved) and record.kind == Kind.WALK_OUT:
            yield _Beat(ALWAYS, record.kind, record)
        elif isinstance(record, Moved) and record.kind == Kind.SIGN:
            signed = table.offers[record.offer_of or ""].signed
            weight = 10 + len(signed) if len(signed) > most else 0
            most = max(most, len(signed))
            yield _Beat(max(at_end, weight), record.kind, record, signed=signed)
        elif isinstance(record, Moved) and record.kind == Kind.PROPOSE:
            moved = _moved(scenario, record, last, offered.setdefault(record.party, set()))
            blocked = _blocked(record, before, table, most) if record.because and most > _half(scenario) else ""
            weight = max((len(others) for *_, others in moved), default=0) + len(moved)
            if blocked:
                # the same objection again is hardly news
                objection = (record.party, *(b["issue"] for b in record.because))
                weight = 3 if objection in refused else 10 + len(scenario.parties)
                refused.add(objection)
            opens = record.party not in last
            last[record.party] = _levels(record.package)
            kind = "opening" if opens else record.kind
            yield _Beat(ALWAYS if opens else max(weight, at_end), kind, record, moved, against=blocked)
        before = table.offers


def _levels(package: str | None) -> dict[str, str]:
    """Issue -> level of a package in notation."""
    return dict(word.split("=") for word in (package or "").split())


def _moved(
    scenario: Scenario, record: Moved, last: Mapping[str, dict[str, str]], known: set
) -> list[tuple[str, str, str, list[str]]]:
    """The steps of a proposal towards others: (issue, level before, level now, the others who have it). `known`: the
    levels that the party has offered, to which these are added."""
    party, before = record.party, last.get(record.party)
    spoken = {issue for p in scenario.parties if p.id == party for issue, _ in p.positions}
    steps = []
    for issue, level in _levels(record.package).items():
        others = [q for q, theirs in last.items() if q != party and theirs[issue] == level]
        # a silent party has nothing to come round from
        if before and level != before[issue] and others and (issue, level) not in known and issue in spoken:
            steps.append((issue, before[issue], level, others))
        known.add((issue, level))
    return steps


def _blocked(record: Moved, before: Mapping[str, Offer], table: OnTable, most: int) -> str:
    """Whose package, signed by most, a proposal of somebody who has not signed it pushed off the table."""
    for of, offer in before.items():
        gone = of not in table.offers and of != record.party
        if gone and record.party not in offer.signed and len(offer.signed) >= most:
            return of
    return ""


def _final_round(steps: Sequence[Step]) -> int:
    """The last round in which something was done."""
    return next((r.round for r, _ in reversed(steps) if isinstance(r, Moved | Happened | Amended)), 0)


def _event_weight(scenario: Scenario, record: Happened, weight: int) -> int:
    """What moves the deadline is told in any case, every other event with at least some weight."""
    return ALWAYS if any(e.rounds for e in scenario.events if e.id == record.event) else max(4, weight)


def _votes(scenario: Scenario, steps: Sequence[Step]) -> Iterator[_Beat]:
    """Under a single text: each draft with its votes; what matters is how many are for it, and the last round."""
    final, most = _final_round(steps), 0
    draft = steps[0][1].draft if steps else None
    for number, group in groupby(steps, key=lambda step: step[0].round):
        of_round = list(group)
        for_it = sum(record.kind == Kind.SIGN for record, _ in of_round)
        weight = ALWAYS if number in (1, final) else 10 + for_it if for_it > most else for_it
        most = max(most, for_it)
        for record, table in of_round:
            if isinstance(record, Happened):
                yield _Beat(_event_weight(scenario, record, weight), record.kind, record)
            elif isinstance(record, Moved) and record.kind == Kind.WALK_OUT:
                yield _Beat(ALWAYS, record.kind, record)
            elif isinstance(record, Moved | Amended):
                drafted = record.kind in PROPOSALS
                known = None if drafted and number == 1 else draft  # the first draft is told as a whole
                yield _Beat(weight, "draft" if drafted else "vote", record, draft=known)
            draft = table.draft


def _half(scenario: Scenario) -> int:
    """Half of the parties, rounded down: fewer signatures than that are not told."""
    return len(scenario.parties) // 2


class _Words:
    """Beats as sentences; the same thing is not said twice running in the same words."""

    def __init__(self, scenario: Scenario, rules_version: int):
        self.scenario = scenario
        self.parties = {p.id: p.short for p in scenario.parties}
        self.issues = {i.id: i.short for i in scenario.issues}
        self.levels = {(i.id, level.id): f'"{level.short}"' for i in scenario.issues for level in i.levels}
        self.unanimous = consent_of(scenario, rules_version).unanimous
        self.told: dict[str, int] = {}

    def turn(self, kind: str, phrases: tuple[str, ...]) -> str:
        """One of the phrases after the other."""
        n = self.told.get(kind, 0)
        self.told[kind] = n + 1
        return phrases[n % len(phrases)]

    def card(self, issue: str, level: str) -> str:
        return f"{self.levels[issue, level]} ({self.issues[issue]})"

    def beat(self, beat: _Beat) -> str:
        return getattr(self, beat.kind)(beat)

    def event(self, beat: _Beat) -> str:
        event = next(e for e in self.scenario.events if e.id == beat.record.event)
        change = f"{_number(abs(event.rounds), 'round')} {'longer' if event.rounds > 0 else 'shorter'}"
        return f"{event.label}: {event.text}{f' The talks are {change}.' if event.rounds else ''}"

    def walk_out(self, beat: _Beat) -> str:
        return f"{self.parties[beat.record.party]} leaves: no package is worth as much to it as no agreement."

    def signatures(self, beats: list[_Beat]) -> str:
        """Signatures under one package, one after the other, each with what speaks for it."""
        names = []
        for beat in beats:
            why = [self.card(b["issue"], b["level"]) for b in beat.record.because[:1] if b["effect"] == "for"]
            phrase = self.turn("for", ("for {}", "for the sake of {}", "thanks to {}"))
            names.append(" ".join([self.parties[beat.record.party], *(phrase.format(w) for w in why)]))
        owner = self.parties[beats[0].record.offer_of]
        earlier = beats[0].signed[1:-1]
        before = f"; {listed(self.parties[p] for p in earlier)} had signed before" if earlier else ""
        count = f": {len(beats[-1].signed)} of {len(self.parties)} signatures" if self.unanimous else ""
        opening = self.turn("signs", ("The package of {} is signed by", "The package of {} wins over"))
        return f"{opening.format(owner)} {listed(names)}{before}{count}."

    def draft(self, beat: _Beat) -> str:
        package = _levels(beat.record.package)
        before = {} if beat.draft is None else as_levels(self.scenario, np.array(beat.draft))
        changed = [i for i in package if package[i] != before.get(i)]
        who = self.parties.get(getattr(beat.record, "party", ""), "The chair")
        verb = self.turn("drafts", ("puts to the vote", "asks about", "tries"))
        named = [self.card(i, package[i]) for i in changed]
        rest = "" if len(changed) in (0, len(package)) else "; the rest stays as in the draft"
        return f"{who} {verb} {_some(named) if named else 'the same draft again'}{rest}."

    def votes(self, beats: list[_Beat]) -> str:
        """The votes on one draft: who is for it, who against, and over what."""
        for_it = [self.parties[b.record.party] for b in beats if b.record.kind == Kind.SIGN]
        against = []
        for beat in beats:
            if beat.record.kind == Kind.STAND:
                why = [self.card(b["issue"], b["level"]) for b in beat.record.because[:1]]
                against.append(" over ".join([self.parties[beat.record.party], *why]))
        final = beats[0].draft is not None and beats[0].record.package == write(self.scenario, np.array(beats[0].draft))
        told = [
            "The vote on the final draft." if final else "",
            f"For it: {listed(for_it)}." if for_it else "",
            f"Against: {listed(against)}." if against else "",
        ]
        return " ".join(filter(None, told))

    def opening(self, beat: _Beat) -> str:
        sought = [b for b in beat.record.because if b["effect"] == "seeks"]
        if not sought:
            return self.propose(beat)
        verb = self.turn("seeks", ("opens; it insists above all on", "comes with its own package, first of all"))
        wanted = listed(self.card(b["issue"], b["level"]) for b in sought)
        return f"{self.parties[beat.record.party]} {verb} {wanted}."

    def propose(self, beat: _Beat) -> str:
        label, because = self.parties[beat.record.party], beat.record.because
        rather = listed(
            f"{self.levels[b['issue'], b['wanted']]} rather than {self.levels[b['issue'], b['level']]} "
            f"({self.issues[b['issue']]})"
            for b in because
            if "wanted" in b
        )
        if beat.against:
            verb = self.turn("refuses", ("does not sign", "withholds its signature from", "turns down"))
            why = f"; it wants {rather}" if rather else ""
            return f"{label} {verb} the package of {self.parties[beat.against]}{why}."
        if not beat.steps:
            if not rather:
                return f"{label} proposes a package of its own."
            return f"{label} {self.turn('rather', ('wants', 'asks for', 'speaks for'))} {rather}."
        verb = self.turn("moves", ("moves", "takes a step", "comes round", "shifts"))
        steps = "; also ".join(
            f"on {self.issues[i]} from {self.levels[i, a]} to {self.levels[i, b]}, where {self._who(who)}"
            for i, a, b, who in beat.steps[:2]
        )
        return f"{label} {verb} {steps}."

    def _who(self, parties: list[str]) -> str:
        if len(parties) == len(self.parties) - 1:
            return "all others are"
        return f"{listed(self.parties[p] for p in parties)} {'is' if len(parties) == 1 else 'are'}"


# -- what came of it -------------------------------------------------------------------------------------------------


def ending(report: dict, scenario: Scenario, steps: Sequence[Step]) -> Iterator[Line]:
    """Agreed or not and why; the package in words."""
    yield from _heading("How it ended")
    labels = {p.id: p.label for p in scenario.parties}
    ended, number = report["ended"], report["round"]
    if ended == "running":
        yield Line("text", "The minutes stop here; the talks were not over.")
    elif ended == "walk_out":
        yield Line("text", f"No agreement: {labels[report['by']]} left in round {number}, and nothing goes without it.")
    elif ended == "deadline":
        closest = _closest(steps, labels)
        yield Line("text", f"No agreement: the deadline passed after round {number}.{' ' + closest if closest else ''}")
    else:
        last = f"; the last to sign was {labels[report['by']]}" if report["by"] else ""
        yield Line("text", f"Agreed in round {number}{last}. The package:")
        by_level = CONSENTS[report["consent"]].by_level
        for issue in scenario.issues:
            level = next(k for k in issue.levels if k.id == report["package"][issue.id])
            signed = report["needed_signatures"][issue.id]["needs"]
            needs = f" (needs {listed(labels[p] for p in signed)})" if by_level else ""
            yield Line("item", f"  {issue.label}: {level.label}{needs}.")
        outside = [labels[p] for p in scenario.party_ids if p not in report["signed_by"]]
        if outside:
            yield Line("text", f"Without the signature of {listed(outside)}.")


def _closest(steps: Sequence[Step], labels: dict[str, str]) -> str:
    """The package with the most signatures: whose it was, and who did not sign; of several, the last."""
    signed = [(r.round, table.offers[r.offer_of]) for r, table in steps if isinstance(r, Moved) and r.offer_of]
    if not signed:
        voted = any(table.draft is not None for _, table in steps)
        return "" if voted else "No package found a second signature."
    number, offer = max(reversed(signed), key=lambda found: len(found[1].signed))
    missing = listed(label for party, label in labels.items() if party not in offer.signed)
    return (
        f"Closest came the package of {labels[offer.of]} in round {number}, with {len(offer.signed)} of {len(labels)} "
        f"signatures: {missing} did not sign."
    )


def gains(report: dict, scenario: Scenario) -> Iterator[Line]:
    """Who gained what against no agreement."""
    if report["ended"] != "agreement":
        yield from _heading("What no agreement means")
        for party in scenario.parties:
            worth = report["reservation"][party.id]
            yield Line("item", f"{party.label} ({worth:.2f}): {party.no_agreement}")
        return
    yield from _heading("Who gained what")
    cells_ = [["Worth from 0 to 1", "the package", "no agreement", "gain"]]
    for party in scenario.parties:
        u, r = report["utilities"][party.id], report["reservation"][party.id]
        cells_.append([party.label, f"{u:.2f}", f"{r:.2f}", f"{u - r:+.2f}"])
    for row in aligned(cells_):
        yield Line("row", row)
    change = {p.label: report["utilities"][p.id] - report["reservation"][p.id] for p in scenario.parties}
    most, least = max(change, key=lambda k: change[k]), min(change, key=lambda k: change[k])
    yield Line("text", f"{most} gained most against no agreement, {least} least.")


# -- what was left on the table --------------------------------------------------------------------------------------


def left_on_the_table(
    report: dict, scenario: Scenario, preferences: Preferences, reservation: np.ndarray, steps: Sequence[Step]
) -> Iterator[Line]:
    """Was there something better that all could have signed, and did anybody propose it?"""
    yield from _heading("What was left on the table")
    if report["ended"] == "agreement":
        yield from _better(report, scenario, preferences, reservation, steps)
    else:
        yield from _missed(report, scenario, preferences, reservation, steps)


def _better(
    report: dict, scenario: Scenario, preferences: Preferences, reservation: np.ndarray, steps: Sequence[Step]
) -> Iterator[Line]:
    agreed = read(scenario, report["notation"])
    yardstick = Yardstick(preferences, reservation[None])
    found = yardstick.measure(agreed[None], np.array([0]))
    far, nash = float(found["pareto_distance"][0]), float(found["nash_distance"][0])
    hindsight = look_back(preferences.with_reservation(reservation[None]), agreed)
    richest = hindsight.richest(hindsight.better)
    about = "" if hindsight.exact else " (searched, not proved)"
    if richest is None:
        yield Line("text", f"No other package would have been better for one party and worse for none{about}.")
    else:
        package, more = richest.package, richest.utilities - hindsight.ended
        better = [f"{p.label} {more[n]:+.2f}" for n, p in enumerate(scenario.parties) if more[n] > 0]
        before, after = as_levels(scenario, agreed), as_levels(scenario, package)
        words = _Words(scenario, report["rules_version"])
        changes = [words.card(i, after[i]) for i in after if after[i] != before[i]]
        yield Line(
            "text",
            f"A package with {listed(changes)}, and the rest as agreed, would have been worse for nobody and better "
            f"for {'all' if len(better) == len(more) else len(better)} ({', '.join(better)}). "
            f"{_proposed(steps, scenario, package)}",
        )
        yield Line(
            "text",
            f"The agreement lies {far:.3f} from the Pareto frontier{about}: the packages that cannot be made better "
            "for one without being worse for another.",
        )
    if nash == nash:
        where = "It is the Nash point" if nash == 0 else f"It lies {nash:.2f} from the Nash point"
        yield Line("text", f"{where}, the package with the largest product of gains{about}.")


def _missed(
    report: dict, scenario: Scenario, preferences: Preferences, limits: np.ndarray, steps: Sequence[Step]
) -> Iterator[Line]:
    space = preferences.space
    if not space.enumerable:
        yield Line("text", f"{space.size:,} packages are too many to go through here; peacetable solve searches them.")
        return
    hindsight, consent = look_back(preferences.with_reservation(limits[None])), space.consent
    nash = hindsight.nash()
    all_sign, vetoing = consent.unanimous, ", all with a veto among them," if scenario.protocol.vetoes else ""
    quorum = f"at least {consent.signatures} parties{vetoing}"
    others = "all those who would have to sign" if consent.by_level else quorum
    who = "every party" if all_sign else others
    if nash is None:
        yield Line(
            "text", f"No package at all would have left {who} at least as well off as no agreement: on these numbers "
            f"there was nothing that {'all' if all_sign else 'enough'} could sign.",
        )  # fmt: skip
        return
    levels, more = as_levels(scenario, nash.package), nash.utilities - limits
    words = _Words(scenario, report["rules_version"])
    made = {tuple(read(scenario, record.package)) for record in _proposals(steps)}
    count = int(hindsight.agreeable.sum())
    tried = int(hindsight.proposed(hindsight.agreeable, made).sum())
    some = "one was" if tried == 1 else f"{tried} were" if tried else "none was"
    mean = "product of gains" if all_sign else "mean gain of those who would sign (Nash)"
    gains_ = ", ".join(f"{p.label} {more[n]:+.2f}" for n, p in enumerate(scenario.parties))
    yield Line(
        "text",
        f"{_number(count, 'package').capitalize()} would have left {who} at least as well off as no "
        f"agreement; {some} proposed. The one with the largest {mean}: "
        f"{listed(words.card(i, k) for i, k in levels.items())} ({gains_}). {_proposed(steps, scenario, nash.package)}",
    )


def _proposals(steps: Sequence[Step]) -> Iterator[Any]:
    """The records of what was proposed or put to the vote."""
    return (record for record, _ in steps if record.kind in PROPOSALS)


def _proposed(steps: Sequence[Step], scenario: Scenario, package: np.ndarray) -> str:
    text = write(scenario, package)
    for record in _proposals(steps):
        if record.package == text:
            who = next((p.label for p in scenario.parties if p.id == getattr(record, "party", None)), "The chair")
            return f"{who} proposed it in round {record.round}."
    return "Nobody proposed it."


# -- how far to trust it ---------------------------------------------------------------------------------------------


def trust(scenario: Scenario, called: str = "") -> Iterator[Line]:
    """What the numbers rest on, and what the model cannot do."""
    yield from _heading("How far to trust this")
    where = f"; peacetable explain {as_word(called)} --party {scenario.party_ids[0]} shows them" if called else ""
    if scenario.imported:
        rest = (
            f"What the parties want was read from {scenario.imported}. They hold plain numbers without any statement "
            f"or date behind them{where}. What no agreement is worth stands there too, or counts as 0 where it does "
            "not; how a party bargains is an assumption."
        )
    elif scenario.fictional:
        rest = f"The scenario is invented: nobody has said any of this, and its numbers are its author's{where}."
    else:
        table = cells(scenario)
        assumed, ranged = int(table.assumed.sum()), int(table.ranged.sum())
        silent = f"{assumed / table.assumed.size:.0%} of the values rest on no statement"
        if "values" in scenario.draw and ranged == assumed > 0:
            silent += " and are drawn anew for every table"
        elif "values" in scenario.draw and ranged:
            silent += f"; of these {assumed:,}, {ranged:,} are drawn anew for every table and the others are fixed"
        count = _number(len(scenario.sources), "statement") if scenario.sources else "no statement"
        rest = (
            f"What the parties want is coded from {count} made up to {scenario.cutoff}{where}. {silent}. How much "
            "each issue weighs, what no agreement is worth and how a party bargains are judgements of the scenario's "
            "authors."
        )
    yield Line("text", rest)
    yield Line(
        "text",
        "This is one table of many possible ones. It shows how such talks can work and where agreement is possible; it "
        "does not foretell how they end.",
    )


def _heading(text: str) -> Iterable[Line]:
    return (Line("text", ""), Line("heading", text))


def _number(count: int, thing: str) -> str:
    plural = f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
    return f"one {thing}" if count == 1 else f"{count:,} {plural}"
