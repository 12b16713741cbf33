"""The consent rule against plain sets, and a rule that nobody knew when the rest was written."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

import make
from peacetable.abm.model import Negotiation
from peacetable.analysis import solve
from peacetable.scenario import CONSENTS, Consent, Space, consent_of, signable_count

NAMES = ("a", "b", "c", "d")


def held(rule, quorum=0, vetoes=(), seed=0):
    made = make.scenario(seed, parties=NAMES, consent="quorum" if rule == "quorum" else "needed")
    return replace(made, protocol=replace(made.protocol, consent=rule, quorum=quorum, vetoes=vetoes))


def plain(scenario, x, version):
    """Whose signatures a package takes and how many in all; votes that carry an amendment."""
    protocol, old = scenario.protocol, version < 3
    quorum = protocol.quorum if protocol.consent == "quorum" else 0
    needs = {
        "unanimity": {*NAMES},
        "needed": {who for i, k in enumerate(x) for who in scenario.issues[i].levels[k].needs},
        "quorum": {*NAMES} if quorum == len(NAMES) and not old else {*protocol.vetoes},
    }[protocol.consent]
    return needs, max(quorum, 2), quorum if old else max(quorum, 2)


RULES = [
    ("unanimity", 0, ()), ("needed", 0, ()), ("needed", 3, ("a",)), ("quorum", 2, ()), ("quorum", 3, ("b",)),
    ("quorum", 4, ()), ("quorum", 4, ("a",)), ("quorum", 2, NAMES), ("quorum", 2, ("a", "b", "d")),
]  # fmt: skip


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize(("rule", "quorum", "vetoes"), RULES)
def test_a_rule_asks_for_the_signatures_that_it_says(rule, quorum, vetoes, version):
    scenario = held(rule, quorum, vetoes)
    consent, every = consent_of(scenario, version), Space(scenario).enumerate()
    needs, bits = consent.needs(every), consent.need_bits(every)
    groups = [set(group) for n in range(5) for group in itertools.combinations(NAMES, n)]
    willing = np.array([[p in group for p in NAMES] for group in groups])
    always, asked = {*NAMES}, []
    for n, x in enumerate(every.tolist()):
        must, enough, votes = plain(scenario, x, version)
        always &= must
        assert {p for p, needed in zip(NAMES, needs[n], strict=True) if needed} == must
        assert bits[n] == sum(1 << NAMES.index(p) for p in must)
        asked.append(must)
        signed = [must <= group and len(group) >= enough for group in groups]
        assert consent.signed_enough(willing, needs[n]).tolist() == signed
        each = (willing * (1 << np.arange(4))).sum(axis=1)
        assert consent.signed_enough_bits(each, np.full(len(each), bits[n])).tolist() == signed
        carried = [must <= group and len(group) >= votes for group in groups]
        assert consent.voted_enough(willing, needs[n]).tolist() == carried
    assert {p for p, one in zip(NAMES, consent.always, strict=True) if one} == always
    assert consent.by_level == (len({frozenset(must) for must in asked}) > 1)
    assert consent.unanimous == (not consent.by_level and always == {*NAMES})
    assert (consent.needs(every[0]) == needs[0]).all() and consent.need_bits(every[0]) == bits[0]


class AllButOne(Consent):
    """One party may stay outside."""

    name = "all_but_one"

    def __init__(self, parties, issues, protocol, before_3=False):
        super().__init__(parties, issues, protocol, before_3)
        self.signatures = len(parties) - 1


def test_a_rule_of_ones_own_is_one_class_and_one_line(monkeypatch):
    monkeypatch.setitem(CONSENTS, AllButOne.name, AllButOne)
    for seed in range(3):
        mine, known = held("all_but_one", seed=seed), held("quorum", 3, seed=seed)
        red_lines = np.random.default_rng(seed).random((4, 9)) < 0.3
        assert signable_count(Space(mine), red_lines) == signable_count(Space(known), red_lines)
        found, expected = solve(mine), solve(known)
        assert (found.signable, found.zone, found.agreeable) == (expected.signable, expected.zone, expected.agreeable)
        for name, tied in expected.points_by_consent.items():
            assert [p.package.tolist() for p in found.points_by_consent[name]] == [p.package.tolist() for p in tied]
        tables = [Negotiation(scenario, tables=20, seed=seed).run() for scenario in (mine, known)]
        assert (tables[0].state.agreed == tables[1].state.agreed).all() and (tables[0].state.agreed >= 0).any()
