"""Reading and writing scenarios: what is filled in, what the hash depends on, variants, the shipped files."""

from __future__ import annotations

import itertools
import json
import pickle
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import make
from peacetable.abm.model import Negotiation
from peacetable.cli.common import strategy_errors
from peacetable.errors import ScenarioError
from peacetable.files import (
    assemble,
    check,
    configs_dir,
    document_hash,
    from_document,
    load,
    schema,
    shipped,
    to_yaml,
    variants,
)
from peacetable.files.problems import Problems
from peacetable.files.schema import Cell, StanceName
from peacetable.files.semantics import Search
from peacetable.scenario import BASES, STANCE_VALUES, STANCES, Judgement, Part, Space, cells, signable_count
from peacetable.scenario.factored import ranking
from peacetable.strategies import read
from terminal import invoke
from test_check import DELTA, write

SHIPPED = [
    name + suffix
    for name in shipped()
    for suffix in ("", *(f"@{v}" for v in variants(configs_dir() / "scenarios" / name)))
]


@pytest.fixture
def delta(tmp_path):
    return load(write(tmp_path, DELTA))


def test_facts(delta):
    assert (delta.id, delta.variant, delta.name) == ("delta", "", "delta")
    assert delta.party_ids == ("north", "west")
    assert [level.id for level in delta.issues[0].levels] == ["north_most", "half", "west_most"]
    north = delta.parties[0]
    assert north.saliences["water"] == Judgement(70.0, 60.0, 80.0, "Much land is dry.", ("A1",))
    assert north.positions["water", "half"].basis == "assumed"
    assert ("border", "open") not in delta.parties[1].positions
    assert north.conditions[0].when == {"water": ("half",), "border": ("open",)}
    assert north.conditions[0].change == Judgement(0.1, 0.05, 0.15, "It sells there.")
    assert delta.events[0].reservation == {"west": Judgement(-0.02, -0.02, -0.02)}
    assert (delta.events[0].round, delta.events[0].probability, delta.events[0].rounds) == (6, None, 0)
    assert delta.sources["A1"].speaker == "North"


def test_what_is_left_out_is_filled_in(delta):
    assert delta.stance_values == STANCE_VALUES
    assert (delta.prior, delta.draw) == ((0.35, 0.65), ("values", "saliences", "reservations"))
    assert (delta.protocol.name, delta.protocol.order, delta.protocol.red_lines) == (
        "alternating_offers",
        "fixed",
        "veto",
    )
    assert delta.issues[0].levels[1].needs == ("north", "west")
    assert delta.issues[0].short == "Share of the…"
    west = delta.parties[1]
    assert west.drift == Judgement(0.0, 0.0, 0.0)
    assert west.strategy.bidding == Part("time_dependent", {"exponent": 5})
    assert west.strategy.acceptance == Part("ac_next", {"beta": 0.05, "final": 1})
    assert west.strategy.opponent_model == Part("frequency", {"prior": 5, "gamma": 0.25})


def test_the_document_holds_what_was_written_and_no_default(delta):
    west, scenario = delta.document["parties"]["west"], delta.document["scenario"]
    assert not {"strategy", "drift", "candour", "discount", "short"} & west.keys()
    assert "about" not in scenario["issues"][0]
    assert all("needs" not in level for level in scenario["issues"][1]["levels"])
    assert "acceptance" not in delta.document["parties"]["north"]["strategy"]


def test_a_new_field_with_a_default_changes_no_hash(tmp_path, delta, monkeypatch):
    class LaterParty(schema.PartyFile):
        patience: float = 0.5

    class LaterScenario(schema.ScenarioFile):
        seasons: list[str] = ["winter"]

    monkeypatch.setattr(assemble, "PartyFile", LaterParty)
    monkeypatch.setattr(assemble, "ScenarioFile", LaterScenario)
    assert load(write(tmp_path, DELTA)).hash == delta.hash == from_document(delta.document).hash
    west = DELTA["parties/west.yaml"] + "patience: 0.7\n"
    assert load(write(tmp_path / "set", {**DELTA, "parties/west.yaml": west})).hash != delta.hash


def test_phrases_are_kept_and_change_nothing_where_there_are_none(tmp_path):
    with_one = dict(
        DELTA, **{"scenario.yaml": DELTA["scenario.yaml"].replace("label: Open}", "label: Open, phrase: p}")}
    )
    said, silent = load(write(tmp_path / "a", with_one)), load(write(tmp_path / "b", DELTA))
    assert [k.phrase for k in said.issues[1].levels] == ["p", ""]
    assert from_document(json.loads(json.dumps(said.document))) == said
    assert "phrase" not in json.dumps(silent.document), "documents from before phrases have the same hash as ever"
    assert from_document(json.loads(json.dumps(silent.document))).hash == silent.hash != said.hash


def test_shorthands(tmp_path):
    north = DELTA["parties/north.yaml"].replace(
        "strategy:\n  bidding: {name: time_dependent, exponent: 3}", "strategy: time_dependent"
    )
    scenario = load(write(tmp_path, {**DELTA, "parties/north.yaml": north}))
    assert scenario.parties[0].strategy.bidding == Part("time_dependent")
    assert scenario.parties[0].strategy.acceptance == Part("ac_next")
    assert scenario.parties[0].strategy.opponent_model == scenario.parties[1].strategy.opponent_model
    named = read("time_dependent", scenario.parties[1].strategy)
    written = load(write(tmp_path / "in full", DELTA)).parties[0].strategy  # `bidding` alone
    for strategy in (scenario.parties[0].strategy, written):
        assert (strategy.acceptance, strategy.opponent_model) == (named.acceptance, named.opponent_model)


def test_draw_may_be_empty(tmp_path):
    text = DELTA["scenario.yaml"].replace("prior:", "draw: []\nprior:")
    scenario = load(write(tmp_path, {**DELTA, "scenario.yaml": text}))
    assert scenario.draw == ()
    assert load(to_yaml(scenario, tmp_path / "copy" / "delta")).draw == ()


def test_values_in_place_of_positions(tmp_path):
    west = DELTA["parties/west.yaml"]
    west = west[: west.index("positions:")] + "values: {water: {north_most: 0, half: 0.7, west_most: 1}}\n"
    scenario = load(write(tmp_path, {**DELTA, "parties/west.yaml": west}))
    position = scenario.parties[1].positions["water", "half"]
    assert (position.value, position.basis, position.stance) == (0.7, "given", "value")


def test_hash_follows_the_meaning(tmp_path, delta):
    same = {name: text.replace("value: 70,", "value: 7.0e1,").replace("\n", "\r\n") for name, text in DELTA.items()}
    same["parties/north.yaml"] = same["parties/north.yaml"].replace("exponent: 3}", "exponent: 3.0}")
    same["scenario.yaml"] = same["scenario.yaml"].replace("rounds: 20", "rounds: 20.0").replace("-0.02", "-0.020")
    assert load(write(tmp_path / "same", same)).hash == delta.hash
    other = {**DELTA, "scenario.yaml": DELTA["scenario.yaml"].replace("rounds: 20", "rounds: 21")}
    assert load(write(tmp_path / "other", other)).hash != delta.hash
    assert len(delta.hash) == 64
    assert document_hash(delta.document) == delta.hash


def test_order_of_mappings_changes_nothing(tmp_path, delta):
    north = DELTA["parties/north.yaml"]
    lines = north.splitlines(keepends=True)
    water = next(i for i, line in enumerate(lines) if line.startswith("  water: {"))
    lines[water], lines[water + 1] = lines[water + 1], lines[water]
    again = load(write(tmp_path / "again", {**DELTA, "parties/north.yaml": "".join(lines)}))
    assert again.hash == delta.hash
    assert list(again.parties[0].saliences) == list(delta.parties[0].saliences) == ["water", "border"]


def test_a_statement_over_several_levels_reaches_those_without_a_cell_of_their_own(tmp_path):
    west = DELTA["parties/west.yaml"].replace(
        "north_most: {stance: oppose, basis: stated, sources: [A2]}",
        "north_most: {stance: oppose, basis: stated, sources: [A2], note: none of it, over: [half, west_most]}",
    )
    party = load(write(tmp_path, {**DELTA, "parties/west.yaml": west})).parties[1]
    assert party.positions["water", "west_most"] == party.positions["water", "north_most"]
    assert party.positions["water", "west_most"].note == "none of it"
    assert party.positions["water", "half"].stance == "prefer"


def test_what_was_looked_for_and_not_found_is_no_position(tmp_path):
    north = DELTA["parties/north.yaml"].replace(
        "half: {stance: neutral, basis: assumed}", "half: {stance: unstated, note: nothing in May}"
    )
    one = load(write(tmp_path, {**DELTA, "parties/north.yaml": north})).parties[0]
    assert ("water", "half") not in one.positions and one.silences == {("water", "half"): "nothing in May"}
    short = north.replace("{stance: unstated, note: nothing in May}", "unstated")
    scenario = load(write(tmp_path / "short", {**DELTA, "parties/north.yaml": short}))
    assert scenario.parties[0].silences == {("water", "half"): ""}
    assert cells(scenario).assumed[0].tolist() == [False, True, False, False, False]
    party = "parties/north.yaml"
    silent = north.replace(
        "north_most: {stance: demand, basis: stated, sources: [A1]}", "north_most: unstated"
    ).replace("half: {stance: unstated", "half: {stance: neutral")
    west = DELTA["parties/west.yaml"].replace("north_most: {stance: oppose, basis: stated, sources: [A2]}", "")
    told = [str(p) for p in check(write(tmp_path / "silent", {**DELTA, party: silent, "parties/west.yaml": west}))[1]]
    assert any("no party has a position on water.north_most" in line for line in told)


def test_a_demand_is_a_weight_or_a_condition(tmp_path):
    """By the scenario's setting, or by its own `as`; what has no weight of its own adds nothing as a weight."""
    north = DELTA["parties/north.yaml"].replace(
        "strategy:",
        "demands:\n"
        "  - {id: fair, says: No half., refuses: {water: [half]}, change: -0.1, range: [-0.2, 0], reason: Said.}\n"
        "  - {id: open, says: An open border., refuses: {border: [closed]}, sources: [A1]}\n"
        "  - {id: most, says: Most of it., refuses: {water: [west_most], border: [open]}, as: condition}\n"
        "strategy:",
    )
    folder = write(tmp_path, {**DELTA, "parties/north.yaml": north})
    weight, condition = load(folder), load(folder, settings=["demands=condition"])
    assert [d.reading for d in weight.parties[0].demands] == ["weight", "weight", "condition"]
    assert [d.reading for d in condition.parties[0].demands] == ["condition"] * 3
    assert [(c.id, c.change.value, c.veto) for c in weight.parties[0].conditions] == [
        ("trade", 0.1, False), ("fair", -0.1, False), ("most", -2.0, True)
    ]  # fmt: skip
    assert [(c.id, c.veto) for c in condition.parties[0].conditions] == [
        ("trade", False), ("fair", True), ("open", True), ("most", True)
    ]  # fmt: skip
    assert weight.parties[0].demands[1].change.sources == ("A1",)
    again = load(folder, settings=["demands=condition", "north.demands.fair.as=weight"])
    assert [c.id for c in again.parties[0].conditions if c.veto] == ["open", "most"]


def test_facts_topics_and_what_events_add_are_read(tmp_path):
    scenario = DELTA["scenario.yaml"].replace(
        "glossary:",
        "background:\n"
        "  - {id: treaty, date: about 1970, text: There was a treaty., sources: [A1]}\n"
        "  - {id: dams, text: There are no dams.}\n"
        "glossary:",
    ).replace("{west: -0.02}", "{all: {value: -0.02, range: [-0.04, 0], reason: It hurts.}, west: -0.01}")  # fmt: skip
    sources = DELTA["sources.yaml"].replace("reliability: A}", "reliability: A, topics: [water, border]}")
    found = load(write(tmp_path, {**DELTA, "scenario.yaml": scenario, "sources.yaml": sources}))
    assert [(f.id, f.date, f.sources) for f in found.background] == [
        ("treaty", "about 1970", ("A1",)),
        ("dams", "", ()),
    ]
    assert found.sources["A1"].topics == ("water", "border")
    added = found.events[0].reservation
    assert (added["north"].low, added["north"].high, added["west"].value) == (-0.04, 0, -0.01)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenario_is_without_errors(name):
    scenario, problems = check(name, extra=strategy_errors)
    assert not [str(p) for p in problems if p.severity == "error"]
    assert scenario is not None and scenario.name == name


@pytest.mark.parametrize("name", [n for n in SHIPPED if not n.endswith("@no-backstop")])
def test_what_a_shipped_party_demands_is_in_its_best_package(name):
    """Whatever is drawn for the assumed cells: else a condition between issues would speak against a public demand.

    Not so in the variants that ask what a clause is worth with nothing behind it, to those who demand one too.
    """
    scenario, tables = load(name), 40
    model = Negotiation(scenario, tables=tables, seed=3)
    for party in scenario.parties:
        own = ranking(model.talks.preferences.numbers[model.talks.party_index(party.id)], model.talks.feasible)
        best = own.at_least(np.ones(tables), 0.0, 1, np.arange(tables))[0][:, 0]
        for i, issue in enumerate(scenario.issues):
            stances = [party.positions.get((issue.id, level.id)) for level in issue.levels]
            wanted = [k for k, said in enumerate(stances) if said is not None and said.stance == "demand"]
            if wanted:
                assert np.isin(best[:, i], wanted).all(), (party.id, issue.id)


@pytest.mark.quick
@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenario_goes_through_json_yaml_and_pickle(name, tmp_path):
    scenario = load(name)
    stored = json.loads(json.dumps(scenario.document, sort_keys=True))
    again = from_document(stored)
    assert again == scenario
    assert again.hash == scenario.hash
    assert again.document == scenario.document
    written = load(to_yaml(scenario, tmp_path / scenario.id))
    assert written.document == {**scenario.document, "variant": ""}
    assert pickle.loads(pickle.dumps(scenario)) == scenario


def test_the_folder_gives_the_name(delta, tmp_path):
    assert load(to_yaml(delta, tmp_path / "my-river")) == replace(
        load(to_yaml(delta, tmp_path / "my-river2")), id="my-river", hash=load(tmp_path / "my-river").hash
    )
    with pytest.raises(ScenarioError, match="may hold only lower case"):
        to_yaml(delta, tmp_path / "My river")
    with pytest.raises(ScenarioError, match="is there already"):
        to_yaml(delta, tmp_path / "my-river")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ScenarioError, match="Nothing can be written"):
        to_yaml(delta, tmp_path / "file" / "delta")


NASTY = [
    "yes",
    "1:30",
    "010",
    "1e3",
    "0o17",
    "2025-08-20",
    "null",
    "~",
    "<<",
    "- a",
    "a: b",
    "#",
    " x ",
    "é\u2028",
    "'\"\\",
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.sampled_from(NASTY) | st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])).filter(str.strip))
def test_every_text_is_written_so_that_it_reads_back(text, delta, tmp_path_factory):
    document = json.loads(json.dumps(delta.document))
    document["scenario"]["title"] = text
    document["scenario"]["glossary"] = {text: text}
    document["parties"]["west"]["goals"] = [text]
    scenario = from_document(document)
    written = to_yaml(scenario, tmp_path_factory.mktemp("text") / "delta")
    assert load(written).document == scenario.document


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.clear(),
        lambda d: d.pop("sources"),
        lambda d: d["parties"].pop("west"),
        lambda d: d.update(parties=[]),
        lambda d: d.update(scenario=None),
        lambda d: d.update(variant=7),
        lambda d: d["scenario"].update(prior={"low": float("nan"), "high": 1}),
        lambda d: d["scenario"].update(title={1, 2}),
        lambda d: d["scenario"].update(title="\ud800"),
        lambda d: d["parties"]["west"]["reservation"].update(value=10**400),
        lambda d: d["parties"]["north"]["strategy"]["bidding"].update(exponent=10**400),
        lambda d: d["parties"]["north"]["strategy"]["bidding"].update(exponent=[1]),
        lambda d: d["parties"]["west"].update(positions=None),
    ],
)
def test_spoiled_document(spoil, delta):
    document = json.loads(json.dumps(delta.document))
    assert from_document(document).hash == delta.hash
    spoil(document)
    with pytest.raises(ScenarioError):
        from_document(document)
    with pytest.raises(ScenarioError):
        from_document([])


VARIANT = """\
label: Other
reason: To see.
changes:
  scenario:
    protocol: {consent: needed}
    issues:
      - {id: water, label: Water}
      - border: null
    rules: null
    glossary: {river: null, lake: Still water.}
  parties:
    north:
      conditions: null
      salience: {border: null}
      positions: {border: null, water: {half: null, north_most: {stance: acceptable}}}
    west:
      salience: {border: null}
  sources:
    A3: {speaker: X, date: 2024-01, stated: Something., reliability: C}
"""


def test_variant(tmp_path, delta):
    folder = write(tmp_path, {**DELTA, "variants/other.yaml": VARIANT})
    other = load(f"{folder}@other")
    assert (other.name, other.protocol.consent, other.protocol.rounds) == ("delta@other", "needed", 20)
    assert other.issue_ids == ("water",)
    assert other.rules == ()
    assert other.glossary == {"lake": "Still water."}
    north = other.parties[0]
    assert north.conditions == ()
    assert set(north.positions) == {("water", "north_most"), ("water", "west_most")}
    assert (north.positions["water", "north_most"].stance, north.positions["water", "north_most"].sources) == (
        "acceptable",
        ("A1",),
    )
    assert set(other.sources) == {"A1", "A2", "A3"}
    assert load(folder / "variants" / "other.yaml") == other
    assert load(folder / "scenario.yaml") == load(folder)
    assert load(f"{folder}@dry").parties[0].reservation.value == 0.32
    assert load(folder).hash == delta.hash


def test_variant_may_remove_a_party(tmp_path):
    removing = """\
label: Alone
reason: To see.
changes:
  scenario:
    parties: [north, east]
    issues:
      - {id: water, levels: [{id: north_most, needs: null}]}
    events: null
  parties:
    west: null
    east:
      id: east
      label: East
      role: New.
      no_agreement: Nothing.
      capability: {value: 5}
      reservation: {value: 0.1}
      salience: {water: {value: 1}, border: {value: 1}}
"""
    folder = write(tmp_path, {**DELTA, "variants/alone.yaml": removing})
    assert load(f"{folder}@alone").party_ids == ("north", "east")


def test_problems_of_a_variant_stand_in_its_file(tmp_path):
    wrong = VARIANT.replace("consent: needed", "consent: need").replace("stance: acceptable", "stanze: acceptable")
    folder = write(tmp_path, {**DELTA, "variants/other.yaml": wrong})
    with pytest.raises(ScenarioError) as raised:
        load(f"{folder}@other")
    places = {(Path(p.file).name, p.line, p.column, p.code) for p in raised.value.problems if p.severity == "error"}
    assert places == {("other.yaml", 5, 25, "E09"), ("other.yaml", 15, 66, "E04")}


def test_message_lists_the_first_ten(tmp_path):
    text = DELTA["scenario.yaml"] + "".join(f"extra{i}: 1\n" for i in range(14))
    with pytest.raises(ScenarioError) as raised:
        load(write(tmp_path, {**DELTA, "scenario.yaml": text}))
    lines = str(raised.value).splitlines()
    assert lines[0].endswith("it has 14 errors.")
    assert len(lines) == 12
    assert lines[-1].startswith("  ... and 4 more; `peacetable check ")
    assert len(raised.value.problems) == 14


def test_extra_checks_find_their_place(tmp_path):
    folder = write(tmp_path, DELTA)

    def extra(strategy):
        if strategy.bidding.params == {"exponent": 3}:
            yield ("bidding", "exponent"), "too steep", "make it 2"
        else:
            yield ("bidding",), "not written there", "write it"

    _, problems = check(folder, extra=extra)
    assert [(Path(p.file).name, p.line, p.column) for p in problems] == [("north.yaml", 22, 45), ("west.yaml", 1, 1)]


def test_what_is_written_leaves_out_what_nobody_gave(tmp_path):
    north = DELTA["parties/north.yaml"] + "drift: {value: 0.001, reason: Time presses.}\n"
    delta = load(write(tmp_path, {**DELTA, "parties/north.yaml": north}))
    folder = to_yaml(delta, tmp_path / "out" / "delta")
    texts = [(folder / "parties" / f"{party}.yaml").read_text(encoding="utf-8") for party in delta.party_ids]
    assert ["drift:" in text for text in texts] == [True, False]
    assert load(folder).document == delta.document


def test_vocabulary_is_that_of_the_facts():
    assert get_args(StanceName) == STANCES
    assert get_args(Cell.model_fields["basis"].annotation) == BASES


def test_names_on_disk_go_first(tmp_path, monkeypatch):
    name = shipped()[0]
    write(tmp_path, {**DELTA, "scenario.yaml": DELTA["scenario.yaml"].replace("id: delta", f"id: {name}")})
    (tmp_path / "delta").rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert load(name).title == "Sharing a river"
    monkeypatch.chdir(tmp_path / name)
    assert load(".").title == "Sharing a river"
    (tmp_path / "empty" / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "empty")
    assert load(name).title != "Sharing a river"


def test_importing_peacetable_does_not_import_yaml():
    code = "import sys, peacetable, peacetable.scenario; print(sorted({'yaml', 'pydantic'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_problems_keep_one_per_place():
    from peacetable.files.problems import Place

    problems = Problems()
    problems.add("E04", Place("a", 2, 3), "first")
    problems.add("E05", Place("a", 2, 3), "echo")
    problems.add("W01", Place("a", 2, 3), "other")
    assert [p.code for p in problems.sorted()] == ["E04", "W01"]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["water", "half", "A1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_document_gives_a_scenario_or_a_scenario_error(data, delta):
    document = json.loads(json.dumps(delta.document))
    place, key = document, "scenario"
    for _ in range(data.draw(st.integers(0, 6))):
        if not isinstance(place[key], dict | list) or not place[key]:
            break
        place = place[key]
        key = data.draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
    place[key] = data.draw(JSON)
    try:
        scenario = from_document(document)
    except ScenarioError as error:
        assert "\n\n" not in str(error)
    else:
        assert from_document(scenario.document).hash == scenario.hash


@settings(max_examples=100)
@given(data=st.data())
def test_search_agrees_with_looking_at_every_package(data):
    shape = data.draw(st.lists(st.integers(2, 3), min_size=1, max_size=4))
    part = {i: st.sets(st.integers(0, n - 1), min_size=1).map(sorted) for i, n in enumerate(shape)}

    def chosen():
        issues = data.draw(st.sets(st.sampled_from(range(len(shape))), min_size=1))
        return {i: data.draw(part[i]) for i in sorted(issues)}

    rules = [chosen() for _ in range(data.draw(st.integers(0, 5)))]
    allowed = chosen()
    facts = {
        "issues": [{"id": str(i), "levels": [{"id": str(k)} for k in range(n)]} for i, n in enumerate(shape)],
        "rules": [{"forbid": [{str(i): [str(k) for k in ks] for i, ks in rule.items()}]} for rule in rules],
    }
    expected = any(
        all(x[i] in ks for i, ks in allowed.items()) and not any(all(x[i] in ks for i, ks in r.items()) for r in rules)
        for x in itertools.product(*(range(n) for n in shape))
    )
    assert Search(facts).exists({i: set(ks) for i, ks in allowed.items()}) is expected


def test_a_veto_counts_only_where_the_signature_is_needed(tmp_path):
    west = DELTA["parties/west.yaml"].replace("stance: oppose", "stance: red_line").replace("prefer", "red_line")
    west += "    west_most: {stance: red_line, basis: stated, sources: [A2]}\n"
    files = {**DELTA, "parties/west.yaml": west}
    text = DELTA["scenario.yaml"].replace("consent: unanimity", "consent: needed")

    def codes(name, text, **more):
        return [p.code for p in check(write(tmp_path / name, {**files, "scenario.yaml": text, **more}))[1]]

    assert "W02" in codes("a", text)
    for level in ("half, label: Half each", "open, label: Open"):
        text = text.replace(level, f"{level}, needs: [north]")
    assert "W02" in codes("b", text)  # one party alone agrees on nothing
    text = text.replace("parties: [north, west]", "parties: [north, west, south]")
    south = DELTA["parties/west.yaml"].replace("west", "south").replace("West", "South")
    assert "W02" not in codes("c", text, **{"parties/south.yaml": south})


def test_a_quorum_of_many_is_checked_without_trying_every_group():
    """40 parties, a quorum of 21, and a red line of 20 of them on every level: no group can sign, and there are more
    than 10^11 of them. (A group at a time this test would not end.)"""
    scenario = make.scenario(1, shape=(2, 2), parties=tuple(f"p{n}" for n in range(40)), consent="quorum", rules=0)
    space = Space(scenario)
    red_lines = np.zeros((40, 4), dtype=bool)
    red_lines[1:21, 1:3] = red_lines[20:, [0, 3]] = True
    assert (space.consent.quorum, signable_count(space, red_lines)) == (21, 0)
    red_lines[20] = False  # both middle packages have their twenty-first signature
    assert signable_count(space, red_lines) == 2


def varied(folder: Path, **changes: str) -> Path:
    """The scenario with a variant for each of `changes` to scenario.yaml, written in flow style."""
    variants = {
        f"variants/{name}.yaml": f"label: X\nreason: X.\nchanges: {{scenario: {text}}}\n"
        for name, text in changes.items()
    }
    return write(folder, {**DELTA, **variants})


LEVELS = {
    "change": ("[{id: half, label: Equal}]", ["north_most", "half", "west_most"]),
    "add behind": ("[{id: half}, {id: third, label: A third}]", ["north_most", "half", "third", "west_most"]),
    "add at the end": ("[{id: third, label: A third}]", ["north_most", "half", "west_most", "third"]),
    "remove": ("[{half: null}]", ["north_most", "west_most"]),
    "reorder": ("[{id: west_most}, {id: half}, {id: north_most}]", ["west_most", "half", "north_most"]),
    "by name": ("{half: {label: Equal}}", ["north_most", "half", "west_most"]),
    "add by name": ("{third: {label: A third}}", ["north_most", "half", "west_most", "third"]),
    "remove by name": ("{half: null}", ["north_most", "west_most"]),
}


@pytest.mark.parametrize("name", LEVELS)
def test_variants_merge_lists_by_id(name, tmp_path):
    text, wanted = LEVELS[name]
    folder = varied(tmp_path, other=f"{{issues: [{{id: water, levels: {text}}}]}}")
    gone = {"north_most", "half", "west_most"} - set(wanted)
    for party in ("north", "west") if gone else ():  # nobody may speak of a level that is gone
        path = folder / "parties" / f"{party}.yaml"
        lines = path.read_text(encoding="utf-8").replace("[half]", "[north_most]").splitlines(keepends=True)
        path.write_text("".join(x for x in lines if "half" not in x), encoding="utf-8")
    other = load(f"{folder}@other")
    assert [level.id for level in other.issues[0].levels] == wanted
    assert other.issue_ids == ("water", "border") and other.issues[0].levels[0].needs == ("north", "west")
    assert (other.issues[0].levels[1].label == "Equal") == ("Equal" in text)


def test_a_condition_is_replaced_as_one_and_a_named_part_loses_its_parameters(tmp_path):
    folder = varied(tmp_path, other="{rules: {no_open: {forbid: {border: [closed]}}}}")
    assert load(f"{folder}@other").rules[0].forbid == {"border": ("closed",)}
    assert load(f"{folder}@other").rules[0].reason == "The west would close it."
    with_part = "label: X\nreason: X.\nchanges: {parties: {north: {strategy: {bidding: {name: micro}}}}}\n"
    folder = write(tmp_path / "part", {**DELTA, "variants/other.yaml": with_part})
    assert load(f"{folder}@other", extra=strategy_errors).parties[0].strategy.bidding == Part("micro")
    kept = load(folder, settings=["north.strategy.bidding.window=0.1"]).parties[0].strategy.bidding
    assert kept == Part("time_dependent", {"exponent": 3, "window": 0.1})


def test_variants_combine_in_their_order(tmp_path):
    folder = varied(
        tmp_path,
        a="{protocol: {rounds: 5, order: random}}",
        b="{protocol: {rounds: 7}, events: [{id: wind, label: W, text: W., round: 2, rounds: 1}]}",
    )
    both, back = load(f"{folder}@a+b"), load(f"{folder}@b+a")
    assert both.name == "delta@a+b" and [e.id for e in both.events] == ["flood", "wind"]
    assert (both.protocol.rounds, both.protocol.order, back.protocol.rounds) == (7, "random", 5)
    assert from_document(json.loads(json.dumps(both.document))) == both
    with pytest.raises(ScenarioError, match='no variant "c"; possible: a, b, dry'):
        load(f"{folder}@a+c")
    (folder / "variants" / "a+b.yaml").write_text("label: X\nreason: X.\nchanges: {scenario: {title: T}}\n", "utf-8")
    assert load(f"{folder}@a+b").title == "T", "a file of that name goes first"


def test_short_forms_mean_what_they_stand_for(tmp_path):
    north = DELTA["parties/north.yaml"]
    bare = north.replace("{value: 50, range: [40, 60], reason: A guess.}", "50", 1)
    bare = bare.replace("{value: 70, range: [60, 80], reason: Much land is dry., sources: [A1]}", "70")
    bare = bare.replace("{stance: neutral, basis: assumed}", "neutral")
    bare = bare.replace("bidding: {name: time_dependent, exponent: 3}", "bidding: {exponent: 3}")
    party = load(write(tmp_path, {**DELTA, "parties/north.yaml": bare})).parties[0]
    assert party.capability == Judgement(50.0, 50.0, 50.0) and party.saliences["water"] == Judgement(70.0, 70.0, 70.0)
    assert (party.positions["water", "half"].stance, party.positions["water", "half"].basis) == ("neutral", "assumed")
    assert party.strategy.bidding == Part("time_dependent", {"exponent": 3})
    assert party.strategy.acceptance == Part("ac_next", {"beta": 0.05, "final": 1})
    # a change to a key of the long form finds the short one
    settings = ["north.capability.range=[40, 60]", "north.positions.water.half.basis=inferred"]
    settings.append("north.positions.water.half.sources=[A1]")
    found = load(tmp_path / "delta", settings=settings).parties[0]
    assert found.capability == Judgement(50.0, 40.0, 60.0) and found.positions["water", "half"].sources == ("A1",)


def test_an_invented_scenario_needs_no_days_and_sources(tmp_path):
    text = DELTA["scenario.yaml"].replace('anchor: "2024-05-01"\ncutoff: "2024-05-31"\n', "fictional: true\n")
    bare = {
        name: re.sub(r",? *sources: \[[^]]*\]", "", text) for name, text in {**DELTA, "scenario.yaml": text}.items()
    }
    del bare["sources.yaml"]
    folder = write(tmp_path, bare)
    scenario, problems = check(folder, extra=strategy_errors)
    assert problems == [] and scenario.fictional and scenario.anchor == ""
    assert from_document(json.loads(json.dumps(scenario.document))) == scenario
    for arguments in (("run", folder), ("explain", folder, "--party", "west")):
        assert "scenario is invented" in " ".join(invoke(*arguments)[1].split())
    assert scenario.hash != load(write(tmp_path / "real", DELTA)).hash


def test_a_copied_folder_keeps_its_id_and_runs(tmp_path):
    folder = write(tmp_path, DELTA).rename(tmp_path / "delta - Copy")
    scenario, problems = check(folder)
    assert [p.code for p in problems] == ["W18"] and scenario.name == "delta"
    assert invoke("run", folder)[0] == 0


def test_entries_can_be_added_where_there_is_no_list_yet(tmp_path):
    wind = "{label: W, text: W., round: 2, rounds: 1}"
    bare = {**DELTA, "scenario.yaml": re.sub(r"events:\n.*\n", "", DELTA["scenario.yaml"])}
    folder = write(tmp_path, bare)
    assert load(folder, settings=[f"events.wind={wind}"]).events[0].id == "wind"
    third = "{label: T, levels: {low: {label: L}, high: {label: H}}}"
    settings = [f"issues.third={third}", "north.salience.third=5", "west.salience.third=5"]
    assert [k.id for k in load(folder, settings=settings).issues[2].levels] == ["low", "high"]


def test_what_was_stored_opens_also_where_its_names_are_refused_now(delta):
    text = json.dumps(delta.document).replace('"delta"', '"aux"').replace('"west"', '"all"')
    assert from_document(json.loads(text)).party_ids == ("north", "all")
