"""What another side would likely say to a package, guessed from what everybody can see. No private number comes in.

Stated positions give values to levels; what was not said, and how much each issue counts, is drawn many times over
(always the same draws, so the same table gives the same guess). Draws that do not fit what the party has offered,
signed and turned down are dropped. What it insists on now is read from its latest offer, from how fast it moves and
from what it told the person in private.
The answer is a range, never one number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np

from ..scenario.facts import STANCE_VALUES, Issue
from ..table.record import MOVES
from .views import Facts, Mandate, Package, PartyFacts, Stated, View, conditions, holding, ruled_out

Tests = tuple[tuple[int, frozenset[int]], ...]
DRAWS = 240
KEPT = 80
TENTHS = (0.1, 0.9)
LIKELY, MAY = 0.65, 0.2  # shares of the draws that fit and would sign
TRIED = 20_000  # packages that are looked at for the smallest change
SLOWEST = 0.015  # a party is taken to give way by at least so much from one offer to the next
UNSURE = 0.1  # how far a position counts as uncertain that the party did not state itself
LOW, HIGH = 0.35, 0.65  # values of levels that nothing was said about
LEAST, MOST = 0.6, 0.95  # what a party insists on before it has offered anything, as a share of its best package


@dataclass(frozen=True)
class Estimate:
    """What `party` would likely say to a package. `verdict`: likely | may | unlikely; `why`: signed | voted | own |
    red_line | demand | told | offers | votes | positions, what it rests on most. `low` to `high`: how much of what it
    asks for the package gives it, in per cent of its best; `asks_low` to `asks_high`: how much of that it seems to
    insist on now. `against`: issues on which the package costs it most, worst first."""

    party: str
    verdict: str
    why: str
    low: int
    high: int
    asks_low: int
    asks_high: int
    against: tuple[int, ...] = ()


@dataclass(frozen=True)
class Change:
    """The smallest change of a package that the estimate says would bring a party in: the `package` it leads to, the
    issues that `differ`, and the estimate of it."""

    package: Package
    differ: tuple[int, ...]
    estimate: Estimate


@dataclass(frozen=True)
class Record:
    """What a party did in public: its `offers` in order, what it has `signed`, and (turned down, offered instead); and
    what it told the person that it `would` sign and that it `never` would."""

    offers: tuple[Package, ...]
    signed: tuple[Package, ...]
    refused: tuple[tuple[Package, Package], ...]
    would: tuple[Package, ...] = ()
    never: tuple[Package, ...] = ()


def record(view: View, party: str) -> Record:
    """The record of a party, from the log of alternating offers."""
    offers: list[Package] = []
    signed: list[Package] = []
    refused: list[tuple[Package, Package]] = []
    last: tuple[str | None, Package] | None = None
    for entry in view.log:
        if entry.package is None or entry.kind not in ("propose", "sign", "stand"):
            continue
        if entry.party == party:
            if entry.kind == "propose":
                offers.append(entry.package)
                if last is not None and last[0] != party:
                    refused.append((last[1], entry.package))
            elif entry.kind == "sign":
                signed.append(entry.package)
        if entry.kind == "propose":
            last = (entry.party, entry.package)
    answers = told(view, party)
    would, never = (tuple(p for p, said in answers.items() if said == kind) for kind in ("would_sign", "no"))
    return Record(tuple(offers), tuple(signed), tuple(refused), would, never)


def told(view: View, party: str) -> dict[Package, str]:
    """What a party answered in private to packages, the latest answer to each."""
    asked = [(e.package, answer) for e, answer in view.asked() if e.to == party]
    return {package: answer for package, answer in asked if package is not None and answer is not None}


def voting_record(view: View, party: str) -> Record:
    """The same under a single text: a vote for an amendment prefers it to the draft, a vote against the draft to it."""
    refused: list[tuple[Package, Package]] = []
    carried = any(e.kind == "carried" for e in view.log)
    draft = None if carried else view.draft  # what the text was before it changed first is not in the log
    for entry in view.log:
        if entry.kind == "carried":
            draft = entry.package
        elif entry.kind in MOVES and entry.party == party and draft is not None and entry.package not in (None, draft):
            pair = (entry.package, draft) if entry.kind == "stand" else (draft, entry.package)
            refused.append(pair)
    return Record((), (), tuple(refused))


# -- draws -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _even(count: int, width: int) -> np.ndarray:
    """(count, width) numbers in [0, 1) that fill the space evenly: multiples of square roots of primes."""
    primes = [n for n in range(2, 60 + 12 * width) if all(n % d for d in range(2, math.isqrt(n) + 1))][:width]
    return ((np.arange(1, count + 1)[:, None] * np.sqrt(primes)) + 0.5) % 1.0


@lru_cache(maxsize=64)
def _drawn(issues: tuple[Issue, ...], stated: tuple[Stated, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Contributions float (K, L) of all levels to the utility of a party, its best package at 1; starts of issues."""
    starts = np.concatenate([[0], np.cumsum([len(i.levels) for i in issues])])
    even = _even(DRAWS, int(starts[-1]) + len(issues) + 1)
    gains = np.empty((DRAWS, int(starts[-1])))
    total = np.zeros(DRAWS)
    for n, issue in enumerate(issues):
        said = [s for s in stated if s.issue == n]
        columns = slice(int(starts[n]), int(starts[n + 1]))
        values = _values(issue, said, even[:, columns])
        weight = (0.25 + even[:, int(starts[-1]) + n]) * _emphasis(said)
        gains[:, columns] = weight[:, None] * values
        total += weight * values.max(axis=1)
    return gains / total[:, None], starts


def _emphasis(said: list[Stated]) -> float:
    """A party is taken to care more about issues on which it has stated demands and red lines."""
    if not said:
        return 0.5
    return 1.4 if any(s.stance in ("demand", "red_line") for s in said) else 1.0


def _values(issue: Issue, said: list[Stated], even: np.ndarray) -> np.ndarray:
    """Values (K, levels): stances as they are, the line between two of them, else anything near neutral."""
    coded = {s.level: STANCE_VALUES[s.stance] for s in said}
    values = np.empty_like(even)
    for k in range(even.shape[1]):
        between = issue.neighbours(k, coded)
        if k in coded:
            sure = next(s.basis for s in said if s.level == k) == "stated"
            values[:, k] = coded[k] + (0.0 if sure else 2 * UNSURE * (even[:, k] - 0.5))
        elif between:
            a, b, share = between
            middle = coded[a] + (coded[b] - coded[a]) * share
            values[:, k] = middle + 3 * UNSURE * (even[:, k] - 0.5)
        else:
            values[:, k] = LOW + (HIGH - LOW) * even[:, k]
    return np.clip(values, 0.0, 1.0)


@dataclass(frozen=True, eq=False)
class _Guess:
    """The draws of one party that fit its record: contributions (K, L), what it insists on (K,)."""

    gains: np.ndarray
    asks: np.ndarray
    starts: np.ndarray

    def utility(self, packages: np.ndarray) -> np.ndarray:
        """(..., K) for packages (..., I)."""
        return self.gains.T[self.starts[:-1] + packages].sum(axis=-2)


@lru_cache(maxsize=256)
def _guess(issues: tuple[Issue, ...], stated: tuple[Stated, ...], past: Record, time: float) -> _Guess:
    gains, starts = _drawn(issues, stated)
    everything = _Guess(gains, np.zeros(len(gains)), starts)

    def utility(package: Package) -> np.ndarray:
        return everything.utility(np.array(package))

    made = np.array([utility(o) for o in past.offers]).reshape(-1, len(gains))
    misfit = sum((np.maximum(0.0, utility(no) - utility(own)) for no, own in past.refused), np.zeros(len(gains)))
    if len(made):
        misfit += 0.5 * (1.0 - made[0]) + np.maximum(0.0, np.diff(made, axis=0)).sum(axis=0)
    known = len(made) or past.refused
    kept = np.argsort(misfit, kind="stable")[:KEPT] if known else np.arange(len(gains))
    spread = _even(DRAWS, int(starts[-1]) + len(issues) + 1)[kept, -1]
    if len(made):
        pace = np.maximum(SLOWEST, (made[0, kept] - made[-1, kept]) / max(1, len(made) - 1))
        hurry = 0.1 * max(0.0, (time - 0.8) / 0.2)
        asks = made[-1, kept] - (0.01 + 2 * pace + hurry) * spread
    else:
        asks = LEAST + (MOST - LEAST) * spread
    most = made[-1, kept] if len(made) else np.ones(len(kept))
    for package in past.never:
        asks = np.maximum(asks, np.minimum(most, utility(package)[kept] + 0.01))
    for package in (*past.signed, *past.would):
        asks = np.minimum(asks, utility(package)[kept])
    return _Guess(gains[kept], asks, starts)


def _of(facts: Facts, view: View, party: str) -> _Guess:
    stated = facts.party(party).stated
    if not facts.one_text:
        time = round(view.round / (view.rounds + 1.0), 3)
        return _guess(facts.issues, stated, record(view, party), time)
    guess = _guess(facts.issues, stated, voting_record(view, party), 0.0)
    if view.final or view.draft is None:
        return guess
    # until the last round the question is whether a text is better than the draft
    return _Guess(guess.gains, guess.utility(np.array(view.draft)) + 1e-6, guess.starts)


# -- answers ---------------------------------------------------------------------------------------------------------


def estimate(facts: Facts, view: View, party: str, package: Package) -> Estimate:
    """What `party` would likely say to `package` now."""
    guess = _of(facts, view, party)
    gives = guess.utility(np.array(package))
    low, high = _range(gives)
    asks_low, asks_high = _range(guess.asks)
    verdict, why = _verdict(facts, view, facts.party(party), package, float((gives >= guess.asks - 1e-9).mean()))
    return Estimate(party, verdict, why, low, high, asks_low, asks_high, _against(guess, package))


def _verdict(facts: Facts, view: View, party: PartyFacts, package: Package, share: float) -> tuple[str, str]:
    if facts.one_text and package == view.amendment and party.id in view.votes:
        return "likely", "voted"
    if any(party.id in o.signed and o.package == package for o in view.offers.values() if o.of != party.id):
        return "likely", "signed"
    if view.last.get(party.id) == package and not facts.one_text:
        return "likely", "own"
    if facts.veto and any((i, k) in party.red_lines for i, k in enumerate(package)):
        return "unlikely", "red_line"
    if party.misses(package):
        return "unlikely", "demand"
    answer = told(view, party.id).get(package) if not facts.one_text or view.final else None
    if answer is not None and (answer != "could_move" or share >= MAY):
        return {"would_sign": "likely", "could_move": "may", "no": "unlikely"}[answer], "told"
    voted = facts.one_text and any(e.party == party.id for e in view.log)
    why = "votes" if voted else "offers" if party.id in view.last else "positions"
    return ("likely" if share >= LIKELY else "may" if share >= MAY else "unlikely"), why


def _range(values: np.ndarray) -> tuple[int, int]:
    """Per cent below which a tenth of the values lies, and above which another tenth."""
    places = np.array(TENTHS) * (len(values) - 1)
    # np.quantile takes ten times as long for so few
    ends = np.interp(places, np.arange(len(values)), np.sort(values))
    low, high = (int(round(100 * min(1.0, max(0.0, float(v))))) for v in ends)
    return low, high


def _against(guess: _Guess, package: Package) -> tuple[int, ...]:
    """Up to two issues on which the package falls furthest below the party's best level."""
    gains = guess.gains.mean(axis=0)
    parts = [gains[a:b] for a, b in zip(guess.starts[:-1], guess.starts[1:], strict=True)]
    lost = [float(part.max() - part[k]) for part, k in zip(parts, package, strict=True)]
    worst = sorted(range(len(lost)), key=lambda i: -lost[i])
    return tuple(i for i in worst[:2] if lost[i] > 0.02)


def smallest_change(
    facts: Facts, view: View, party: str, package: Package, own: Mandate, most: int = TRIED
) -> Change | None:
    """The package with the fewest issues changed (then the shortest way along ordered ones, then worth most to the
    person) that `party` would likely sign and that is worth no agreement or more to the person, whose mandate is `own`.
    If there is none among about `most` packages, one that it may sign, then those worth less; else None. Left out are
    the own red lines, the party's public ones, what misses a condition of either, what breaks a rule and what the party
    told that it would not sign."""
    demands = (*own.demands, *facts.party(party).demands)
    guess, closed = _of(facts, view, party), own.red_lines | view.closed | ruled_out(demands)
    if facts.veto:
        closed |= facts.party(party).red_lines
    never = [*(rule.tests for rule in facts.rules), *(demand.tests for demand in conditions(demands))]
    no = [p for p, answer in told(view, party).items() if answer != "would_sign" and p != view.last.get(party)]
    search = _Search(facts, guess, package, closed, own, never, no)
    found: dict[tuple[bool, bool], Package] = {}  # by whether it is worth enough, and whether likely signed
    for count in range(len(package) + 1):
        most -= search.size(count)
        if most < 0 or (True, True) in found:
            break
        shares = search.shares(count, LIKELY if (True, False) in found else MAY)
        for least in (LIKELY, MAY):
            for enough, best in search.best(shares, least):
                found.setdefault((enough, least == LIKELY), best)
    if not found:
        return None
    best = found[max(found)]
    differ = tuple(i for i, (a, b) in enumerate(zip(package, best, strict=True)) if a != b)
    return Change(best, differ, estimate(facts, view, party, best))


_Shares = tuple[tuple[int, ...], np.ndarray, np.ndarray]


class _Search:
    """Looks through all packages that differ from one on a given number of issues."""

    def __init__(
        self,
        facts: Facts,
        guess: _Guess,
        package: Package,
        closed: frozenset[tuple[int, int]],
        own: Mandate,
        never: list[Tests],
        out: list[Package],
    ):
        self.package, self.own, self.never, self.out = package, own, never, out
        self.base, self.asks = guess.utility(np.array(package)), guess.asks - 1e-9
        self.bound = [i for i, k in enumerate(package) if (i, k) in closed]
        self.free, self.gains, self.steps = [], [], []
        for i, (issue, k) in enumerate(zip(facts.issues, package, strict=True)):
            others = [n for n in range(len(issue.levels)) if n != k and (i, n) not in closed]
            start = int(guess.starts[i])
            self.free.append(others)
            self.gains.append(guess.gains[:, [start + n for n in others]].T - guess.gains[:, start + k])
            self.steps.append(np.array([issue.steps(n, k) for n in others], dtype=int))
        self.most = np.array([gains.max(axis=0, initial=-1.0) for gains in self.gains])

    def size(self, count: int) -> int:
        """How many packages differ on exactly `count` issues."""
        sizes = np.array([len(others) for others in self.free])
        return int(sizes[self._choices(count)].prod(axis=1).sum())

    def _choices(self, count: int) -> np.ndarray:
        """The issues to change, (C, count) in rows; what has to change is always among them."""
        others = [i for i in range(len(self.package)) if i not in self.bound]
        rest = count - len(self.bound)
        rows = [sorted([*self.bound, *some]) for some in combinations(others, rest)] if rest >= 0 else []
        return np.array(rows, dtype=int).reshape(len(rows), count)

    def shares(self, count: int, least: float) -> list[_Shares]:
        """For packages with `count` issues changed: the issues, the steps to each, the share of the draws that would
        sign it. Issues are left out with which none could reach the share `least`."""
        found, choices = [], self._choices(count)
        best = self.base + self.most[choices].sum(axis=1)
        hopeful = np.count_nonzero(best >= self.asks - 1e-9, axis=-1) >= least * len(self.asks)
        for which in map(tuple, choices[hopeful].tolist()):
            total, steps = self.base, np.zeros((), dtype=int)
            for i in which:
                total = total[..., None, :] + self.gains[i]
                steps = steps[..., None] + self.steps[i]
            found.append((which, steps, np.count_nonzero(total >= self.asks, axis=-1) / len(self.asks)))
        return found

    def best(self, shares: list[_Shares], least: float) -> list[tuple[bool, Package]]:
        """The nearest package that at least this share of the draws would sign, of those worth no agreement or more to
        the person (True) and of the others (False), as far as there are any."""
        near: list[np.ndarray] = []
        found: list[np.ndarray] = []
        for which, steps, share in shares:
            near.append(steps[share >= least])
            found.append(self._with(which, np.argwhere(share >= least)))
        if not found:
            return []
        packages, steps = np.concatenate(found), np.concatenate(near)
        allowed = np.ones(len(packages), dtype=bool)
        for tests in self.never:
            allowed &= ~holding(packages, tests)
        for package in self.out:
            allowed &= (packages != package).any(axis=1)
        packages, steps = packages[allowed], steps[allowed]
        worth = self.own.utilities(packages)
        enough, chosen = worth >= self.own.reservation, []
        for wanted in (True, False):
            rows = np.flatnonzero(enough == wanted)
            if len(rows):
                rows = rows[steps[rows] == steps[rows].min()]
                best = max(rows, key=lambda n: (round(float(worth[n]), 6), tuple(packages[n])))
                chosen.append((wanted, tuple(packages[best].tolist())))
        return chosen

    def _with(self, which: tuple[int, ...], at: np.ndarray) -> np.ndarray:
        """(N, issues): the package with other levels on the issues `which`, by their places (N, which) in `free`."""
        changed = np.tile(np.array(self.package), (len(at), 1))
        for i, places in zip(which, at.T, strict=True):
            changed[:, i] = np.array(self.free[i], dtype=int)[places]
        return changed
