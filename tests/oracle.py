"""The talks at one table in plain loops over dicts and tuples: slow and obviously right. Only tests import it.

Written from the rules' text (table/rules.py) and the papers, not from the array code. It is told what chance drew.
"""

from __future__ import annotations

import itertools
import math

GRAIN = 720_720_000_000
GONE = -2 * GRAIN  # what a level is worth to everybody once an event has taken it off the table


class Table:
    def __init__(self, scenario, drawn, gains, order_draws, event_draws, strategies):
        self.sc = scenario
        self.parties = [p.id for p in scenario.parties]
        self.gain = gains  # [party][issue][level] units
        self.bonus = drawn["bonuses"]  # [party][condition] units
        self.scale = drawn["scale"]  # [party] units to a utility of 1
        self.saliences = drawn["saliences"]  # [party][issue]
        self.shifts = drawn.get("shifts")  # [event][party]
        self.reservation = list(drawn["reservation"])
        self.order_draws, self.event_draws = order_draws, event_draws  # callables: round -> list of numbers
        self.strategies = (
            strategies  # [party] -> dict(exponent, window, candidates, alpha, beta, model, prior, stability)
        )
        self.table = {}  # party -> [package, set of signers]
        self.history = {p: [] for p in self.parties}
        self.present = set(self.parties)
        self.deadline = scenario.protocol.rounds
        self.happened = set()
        self.shut = set()  # (issue, level) that events have closed
        self.result = None
        shape = [range(len(i.levels)) for i in scenario.issues]
        self.feasible = [
            x for x in itertools.product(*shape) if not any(self.all_in(r.forbid, x) for r in scenario.rules)
        ]
        self.own = [self.ranked(p) for p in range(len(self.parties))]

    # -- the written problem ---------------------------------------------------------------------------------------

    def level(self, i, x):
        return self.sc.issues[i].levels[x[i]]

    def all_in(self, when, x):
        return all(self.level(i, x).id in when[issue.id] for i, issue in enumerate(self.sc.issues) if issue.id in when)

    def grains(self, p, x):
        total = sum(self.gain[p][i][k] for i, k in enumerate(x))
        for k, condition in enumerate(self.sc.parties[p].conditions):
            if self.all_in(condition.when, x):
                total += self.bonus[p][k]
        return round(total * (GRAIN / self.scale[p]))

    def u(self, grains):
        return min(max(grains, 0), GRAIN) / GRAIN

    def crosses_red_line(self, p, x):
        positions = self.sc.parties[p].positions
        for i, issue in enumerate(self.sc.issues):
            position = positions.get((issue.id, self.level(i, x).id))
            if position is not None and position.stance == "red_line":
                return True
        return any(c.veto and self.all_in(c.when, x) for c in self.sc.parties[p].conditions)

    def ruled_out(self, party, issue, level):
        """A red line in its own words, or by a demand that is about this issue alone."""
        said = party.positions.get((issue.id, level.id))
        alone = any(c.veto and [*c.when] == [issue.id] and level.id in c.when[issue.id] for c in party.conditions)
        return alone or (said is not None and said.stance == "red_line")

    def line(self, issue):
        """The levels that stand on a line, from one end to the other."""
        if issue.order:
            return list(issue.order)
        return [level.id for level in issue.levels] if issue.ordered else []

    def ranked(self, p):
        own = [(n, x) for n, x in enumerate(self.feasible) if not self.crosses_red_line(p, x)]
        asked = [(n, x) for n, x in own if not any(k in self.unasked(p, i) for i, k in enumerate(x))]
        return sorted((self.grains(p, x), n, x) for n, x in (asked or own))

    def unasked(self, p, i):
        """What others rule out and the party is against or silent on, if that leaves any level of the issue."""
        issue = self.sc.issues[i]
        stances = [
            [q.positions[issue.id, k.id].stance if (issue.id, k.id) in q.positions else "" for k in issue.levels]
            for q in self.sc.parties
        ]
        mine, found = stances[p], set()
        said = {level.id: stance for level, stance in zip(issue.levels, mine, strict=True)}
        line = self.line(issue)
        others = [q for n, q in enumerate(self.sc.parties) if n != p]
        for k, stance in enumerate(mine):
            if any(self.ruled_out(q, issue, issue.levels[k]) for q in others):
                at = line.index(issue.levels[k].id) if issue.levels[k].id in line else None
                amid = at is not None and any(said[x] for x in line[:at]) and any(said[x] for x in line[at + 1 :])
                position = self.sc.parties[p].positions.get((issue.id, issue.levels[k].id))
                guess = position is not None and position.basis == "assumed"
                if stance in ("reluctant", "oppose") or guess or (not stance and not amid):
                    found.add(k)
        left = [k for k in range(len(mine)) if not self.ruled_out(self.sc.parties[p], issue, issue.levels[k])]
        return found if any(k not in found for k in left) else set()

    def needs(self, x):
        if self.sc.protocol.consent == "unanimity" or self.sc.protocol.quorum == len(self.parties):
            return set(self.parties)
        if self.sc.protocol.consent == "quorum":
            return set(self.sc.protocol.vetoes)
        return {who for i in range(len(x)) for who in self.level(i, x).needs}

    # -- the rules -------------------------------------------------------------------------------------------------

    def propose(self, p, x):
        me = self.parties[p]
        same = me in self.table and self.table[me][0] == x
        for other in list(self.table):
            if other != me and me in self.needs(self.table[other][0]):
                del self.table[other]
        signers = self.table[me][1] if same else set()
        self.table[me] = [x, signers | {me}]
        self.history[me].append(x)
        self.settle(me, me)

    def sign(self, p, whose):
        self.table[whose][1].add(self.parties[p])
        self.settle(whose, self.parties[p])

    def settle(self, whose, signer):
        x, signers = self.table[whose]
        if self.needs(x) <= signers and len(signers) >= max(self.sc.protocol.quorum, 2):
            self.result = ("agreement", signer, x)

    def walk_out(self, p):
        me = self.parties[p]
        self.present.discard(me)
        for _, signers in self.table.values():
            signers.discard(me)
        for other in list(self.table):
            if other == me or me in self.needs(self.table[other][0]):
                del self.table[other]
        if not any(self.could_be_signed(x) for x in self.feasible):
            self.result = ("walk_out", me, None)

    def could_be_signed(self, x):
        """Nothing in it is closed, and enough of those present, all that it needs among them, may sign it."""
        able = {self.parties[p] for p in range(len(self.parties)) if not self.crosses_red_line(p, x)} & self.present
        open_ = not any(x[i] == k for i, k in self.shut)
        return open_ and self.needs(x) <= able and len(able) >= max(self.sc.protocol.quorum, 2)

    # -- the strategy: time-dependent, AC_next, frequency -------------------------------------------------------------

    def estimate(self, p):
        """Gain of every other party present from each level: {party: [issue][level]}."""
        s = self.strategies[p]
        found = {}
        for q, name in enumerate(self.parties):
            if q == p or name not in self.present:
                continue
            past = self.history[name]
            weights = []
            for i in range(len(self.sc.issues)):
                kept = sum(a[i] == b[i] for a, b in zip(past[:-1], past[1:], strict=True))
                weights.append(1.0 + s["stability"] * kept)
            weight_sum = 0.0
            for w in weights:
                weight_sum += w
            found[name] = []
            for i, issue in enumerate(self.sc.issues):
                counts = [sum(x[i] == k for x in past) for k in range(len(issue.levels))]
                row = []
                for k in range(len(issue.levels)):
                    # as the engine keeps it: divided among the issues, and multiplied back
                    public = self.public(q, i, k) * (1.0 / len(self.sc.issues)) * len(self.sc.issues)
                    value = (s["prior"] * public + counts[k]) / (s["prior"] + max(counts))
                    row.append(value * (weights[i] / weight_sum))
                found[name].append(row)
        return found

    def liking(self, gains, x):
        """Mean estimated utility of the others: of all, or, where consent depends on the package, of those it needs."""
        if self.sc.protocol.consent == "needed":
            asked = [name for name in gains if name in self.needs(x)]
            total = 0.0
            for name in asked:
                u = 0.0
                for i, k in enumerate(x):
                    u += gains[name][i][k]
                total += u
            return total / max(len(asked), 1)
        total = 0.0
        for i, k in enumerate(x):
            level = 0.0
            for name in gains:
                level += gains[name][i][k]
            total += level / max(len(gains), 1)
        return total

    def public(self, q, i, k):
        """A stated level has its stance's value; between two stated ones on the issue's line, what lies there; else
        0.5; and on the line never more than a stated one on the way to the best stated one, or than that if it is no
        objection: then the middle of what is left of its range."""
        party, issue = self.sc.parties[q], self.sc.issues[i]
        stated = {}
        for level in issue.levels:
            position = party.positions.get((issue.id, level.id))
            if position is not None:
                stated[level.id] = self.sc.stance_values[position.stance] if position.value is None else position.value
        name, line, middle = issue.levels[k].id, self.line(issue), sum(self.sc.prior) / 2
        if name in stated:
            return stated[name]
        known = [n for n, level in enumerate(line) if level in stated]
        if name not in line or not known:
            return middle
        at = line.index(name)
        (low, high), worth = self.sc.prior, middle
        if known[0] < at < known[-1]:
            a, b = max(n for n in known if n < at), min(n for n in known if n > at)
            low, high = sorted([stated[line[a]], stated[line[b]]])
            worth = stated[line[a]] + (at - a) / (b - a) * (stated[line[b]] - stated[line[a]])
        top, ceilings = max(stated[line[n]] for n in known), []
        for best in known:
            if stated[line[best]] == top:
                ceiling = top if top >= middle else 1.0
                for n in known:
                    if at < n < best or best < n < at:
                        ceiling = min(ceiling, stated[line[n]])
                ceilings.append(ceiling)
        ceiling = max(ceilings)
        if ceiling >= high:
            return worth
        return ((low if low < ceiling else ceiling / 2) + ceiling) / 2

    def decide(self, p, round_):
        s, own, r = self.strategies[p], self.own[p], self.reservation[p]
        if not own:
            return ("walk_out",)
        best, worst = self.u(own[-1][0]), self.u(own[0][0])
        t = round_ / (self.deadline + 1.0)
        low = min(max(worst, r), best)
        goal = low + (best - low) * (1.0 - t ** s["exponent"])
        wanted = min(goal_grains(goal), own[-1][0])
        reaching = [row for row in own if row[0] >= wanted]
        chosen = reaching[0]
        if s["model"] == "frequency" and s["window"] > 0:
            top = goal_grains(goal) + round(s["window"] * GRAIN)
            limit = max(top, reaching[0][0])
            near = [row for row in reaching if row[0] <= limit or top >= GRAIN][
                : s["candidates"]
            ]  # above 1 counts as 1
            gains = self.estimate(p)
            score = [self.liking(gains, row[2]) for row in near]
            chosen = near[score.index(max(score))]
        bid = chosen[0]
        if self.has_shut(chosen[2]):  # the end of what is still possible, or nothing is
            chosen = own[-1]
        offers = [
            (self.grains(p, x), -q, whose)
            for q, whose in enumerate(self.parties)
            if whose in self.table and whose != self.parties[p]
            for x, signers in [self.table[whose]]
            if self.parties[p] not in signers and not self.crosses_red_line(p, x)
        ]
        if offers:
            u, _, whose = max(offers)
            if self.u(u) >= r and s["alpha"] * self.u(u) + s["beta"] >= self.u(bid):
                return ("sign", whose)
        if best < r or self.has_shut(chosen[2]):
            return ("walk_out",)
        return ("propose", chosen[2])

    def has_shut(self, x):
        return any(x[i] == k for i, k in self.shut)

    # -- the talks -------------------------------------------------------------------------------------------------

    def play(self):
        """Yield after every turn: (round, party, move, package agreed or None)."""
        round_ = 0
        while self.result is None:
            round_ += 1
            if round_ > 1:
                for p, party in enumerate(self.sc.parties):
                    self.shift(p, party.drift.value)
            order = list(range(len(self.parties)))
            if self.sc.protocol.order == "rotating":
                order = [(k + round_ - 1) % len(order) for k in order]
            elif self.sc.protocol.order == "random":
                draws = self.order_draws(round_)
                order = sorted(order, key=lambda k: (draws[k], k))
            self.events(round_)
            for p in order:
                if self.parties[p] not in self.present:
                    continue
                move = self.decide(p, round_)
                getattr(self, move[0])(p, *move[1:])
                yield round_, self.parties[p], move, self.result
                if self.result:
                    return
            if round_ >= self.deadline:
                self.result = ("deadline", None, None)

    def events(self, round_):
        draws = self.event_draws(round_)
        for k, event in enumerate(self.sc.events):
            now = event.round == round_ if event.probability is None else draws[k] < event.probability
            if now and k not in self.happened:
                self.happened.add(k)
                for party in event.reservation:
                    p = self.parties.index(party)
                    self.shift(p, self.shifts[k][p])
                self.deadline = max(self.deadline + event.rounds, round_)
                for party, factors in event.salience.items():
                    self.reweigh(self.parties.index(party), factors)
                for issue, levels in event.close.items():
                    self.close(issue, levels)

    def shift(self, p, change):
        self.reservation[p] = min(max(self.reservation[p] + change, 0.0), 1.0)

    def reweigh(self, p, factors):
        old = self.saliences[p]
        new = [s * factors.get(i.id, 1.0) for s, i in zip(old, self.sc.issues, strict=True)]
        scale = fitting_scale(new)
        grown = scale / self.scale[p]
        before, after = shares(old), shares(new)
        for i, gains in enumerate(self.gain[p]):
            change = after[i] / before[i] * grown if before[i] else 0.0
            self.gain[p][i] = [g if g == GONE else round(g * change) for g in gains]
        self.bonus[p] = [round(b * grown) for b in self.bonus[p]]
        self.saliences[p], self.scale[p] = new, scale
        self.own[p] = self.ranked(p)

    def close(self, issue, levels):
        i = [k.id for k in self.sc.issues].index(issue)
        shut = [k for k, level in enumerate(self.sc.issues[i].levels) if level.id in levels]
        self.shut |= {(i, k) for k in shut}
        for p in range(len(self.parties)):
            for k in shut:
                self.gain[p][i][k] = GONE
            self.own[p] = self.ranked(p)
        for whose in list(self.table):
            if self.table[whose][0][i] in shut:
                del self.table[whose]


def shares(saliences):
    total = 0.0
    for salience in saliences:
        total += salience
    return [salience / total for salience in saliences]


def fitting_scale(saliences):
    """Units to a utility of 1: the grains, unless the saliences are decimals whose sum does not divide them."""
    counts = [round(salience * 1e6) for salience in saliences]
    if any(abs(s * 1e6 - count) > 1e-9 * max(count, 1) for s, count in zip(saliences, counts, strict=True)):
        return GRAIN
    total = sum(counts) // math.gcd(*counts)
    for places in range(6, -1, -1):
        parts = total * 720_720 * 10**places
        if GRAIN % total and parts <= GRAIN:
            return GRAIN // parts * parts
    return GRAIN


def goal_grains(goal):
    """Smallest whole number of grains that is at least the goal."""
    k = math.ceil(goal * GRAIN) - 2
    while k / GRAIN < goal:
        k += 1
    return k
