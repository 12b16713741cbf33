"""What `check` passes, every command takes; what it refuses is refused in words, with a place and a remedy.

A sample; `tests/benchmarks/bench_property.py` tries thousands.
"""

from __future__ import annotations

import random

import pytest

from peacetable.cli.common import strategy_errors
from peacetable.files import Problem, check
from peacetable.scenario import CONSENTS
from peacetable.scenario.facts import ORDERS
from peacetable.strategies import COMPONENTS
from peacetable.table.protocols import PROTOCOLS
from random_scenarios import badly_told, documents, failures, write_mutated, write_random


@pytest.mark.parametrize("seed", range(10))
def test_random_scenario(seed, tmp_path):
    (tmp_path / "work").mkdir()
    _, found = failures(write_random(seed, tmp_path / f"random-{seed}"), seed, tmp_path / "work")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("seed", range(20))
def test_mistakes_in_a_shipped_scenario(seed, tmp_path):
    (tmp_path / "work").mkdir()
    folder, mistakes = write_mutated(seed, tmp_path / "venue-2025", "venue-2025")
    _, found = failures(folder, seed, tmp_path / "work")
    assert not found, "\n".join([*mistakes, *found])


def test_the_random_scenarios_hold_everything():
    made = [documents(random.Random(seed), "made") for seed in range(200)]
    scenarios = [files["scenario.yaml"] for files in made]
    protocols = [scenario.get("protocol", {}) for scenario in scenarios]
    for key, words in (("name", PROTOCOLS), ("consent", CONSENTS), ("order", ORDERS)):
        assert {protocol[key] for protocol in protocols if key in protocol} == set(words)
    assert {"vetoes", "mediator", "soundings", "temperature"} <= set().union(*protocols)
    events = [event for scenario in scenarios for event in scenario.get("events", [])]
    kinds = {"round", "probability", "after", "reservation", "rounds", "salience", "close"}
    assert kinds <= set().union(*events)
    assert {len(scenario["parties"]) for scenario in scenarios} >= set(range(2, 9))
    assert {len(scenario["issues"]) for scenario in scenarios} >= set(range(1, 8))
    parties = [party for files in made for name, party in files.items() if name.startswith("parties/")]
    assert {"values", "conditions", "drift", "discount", "candour"} <= set().union(*parties)
    strategies = [party["strategy"] for party in parties if isinstance(party.get("strategy"), dict)]
    assert {part["name"] for strategy in strategies for part in strategy.values()} == {c.name for c in COMPONENTS}


def test_most_random_scenarios_are_without_errors(tmp_path):
    checked = [check(write_random(seed, tmp_path / f"s{seed}"), extra=strategy_errors)[1] for seed in range(12)]
    assert sum(any(p.severity == "error" for p in problems) for problems in checked) <= 1


def test_what_is_told_badly_is_seen(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("a: 1\nb: 2\n", encoding="utf-8")
    assert list(badly_told(Problem(str(file), 2, 1, "E04", "error", "b is unknown", "delete it"))) == []
    for spoilt in (
        Problem(str(file), 3, 1, "E04", "error", "b is unknown", "delete it"),
        Problem(str(file), 2, 0, "E04", "error", "b is unknown", "delete it"),
        Problem(str(file), 2, 1, "E04", "error", "b is unknown", ""),
        Problem(str(file), 2, 1, "E04", "error", "b\x1b[31m is unknown", "delete it"),
        Problem(str(tmp_path / "other.yaml"), 1, 1, "E04", "error", "b is unknown", "delete it"),
    ):
        assert len(list(badly_told(spoilt))) == 1
