"""What the shipped scenarios rest on: every number on a statement about it, none later than the cut-off, in our words.

`coding/suggested_cells.csv`: what a second reading of the sources for August 2025 would make of a cell, with the ids it
rests on. `coding/quoted_runs.txt`: hashes of every eight words in a row of the founding documents and of quotations
that were used for checking, so that none of them can stand in the product without being kept here.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from peacetable.cli.explain import command
from peacetable.files import check, configs_dir, load, shipped, variants
from peacetable.scenario import Scenario, cells
from peacetable.scenario.facts import day

HERE = Path(__file__).parent / "coding"
SCENARIOS = configs_dir() / "scenarios"
# cells for which the second reading is answered in the scenario's README in another way
ANSWERED = {("coalition", "air_cover", "none"): {"C075"}}
BASES = {"stated": "stated", "second_hand": "second-hand", "inferred": "inferred"}
FOUNDING = {*(f"S1-{n:03}" for n in range(1, 101) if n not in (57, 58, 59)), *(f"S2-{n:03}" for n in range(1, 55))}
REPOSITORY = Path(__file__).parent.parent


def explained(name: str) -> dict:
    result = CliRunner().invoke(command, [name, "--json"])
    assert result.exit_code == 0, result.output
    return {party["party"]: party for party in json.loads(result.stdout)["parties"]}


def test_the_cells_that_a_second_reading_suggests():
    told = explained("white-house-2025")
    rows = {(party, row["issue"], row["level"]): row for party, found in told.items() for row in found["rows"]}
    with (HERE / "suggested_cells.csv").open(encoding="utf-8", newline="") as lines:
        suggested = list(csv.DictReader(lines))
    assert len(suggested) == 56
    for cell in suggested:
        key = (cell["party"], cell["issue"], cell["level"])
        assert (rows[key]["stance"], rows[key]["basis"]) == (cell["stance"], cell["basis"]), key
        wanted = {*cell["sources"].split()} - ANSWERED.get(key, set())
        assert wanted <= {*rows[key]["sources"]}, key


@pytest.mark.quick
def test_a_quarter_of_the_cells_of_august_is_assumed():
    assert cells(load("white-house-2025")).assumed.mean() <= 0.26


@pytest.mark.parametrize("name", shipped())
def test_every_statement_bears_on_its_cell_and_none_is_later_than_the_cutoff(name):
    """As `check` has it: no late or unused source, none on another issue, no demanded level that nobody looked for."""
    scenario, problems = check(name)
    assert scenario is not None
    assert not [str(p) for p in problems if p.code in ("W07", "W09", "W25", "W26", "W27")]
    for source in scenario.sources.values():
        assert day(source.date)[:10] <= scenario.cutoff, source.id
        assert source.speaker and source.outlet and source.stated, source.id
        assert source.address or "no copy found" in source.outlet, source.id


def test_a_statement_reads_the_same_in_every_scenario():
    found: dict[str, tuple] = {}
    for name in shipped():
        for id, source in load(name).sources.items():
            assert found.setdefault(id, (source, name))[0] == source, (id, name, found[id][1])


def test_the_newest_statement_of_a_scenario_is_of_the_days_of_its_cutoff():
    """A cut-off is true if statements go up to it, within the week."""
    for name in shipped():
        scenario = load(name)
        newest = max(day(s.date) for s in scenario.sources.values())
        assert newest[:7] == scenario.cutoff[:7] and int(scenario.cutoff[8:]) - int(newest[8:10] or 1) <= 7, name


def test_the_statements_of_the_founding_documents_show():
    """Somewhere: in a cell, a reason, an event, a rule, a fact of the background, a level's origin."""
    assert len(FOUNDING) == 151
    shown: set[str] = set()
    for name in shipped():
        for variant in ["", *(f"@{v}" for v in variants(SCENARIOS / name))]:
            shown |= cited(load(name + variant))
    assert len(FOUNDING & shown) >= 130, sorted(FOUNDING - shown)
    assert {"S1-020", "S1-025", "S1-071", "S2-032"} <= shown, "no American troops"


def cited(scenario: Scenario) -> set[str]:
    """The ids of everything that a scenario names as its source."""
    found: set[str] = set()

    def walk(node) -> None:
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            if key == "sources" and isinstance(value, list):
                found.update(value)
            elif isinstance(value, dict | list):
                walk(value)

    walk({key: part for key, part in scenario.document.items() if key in ("scenario", "parties")})
    return found


def test_august_2025_has_what_white_house_2025_has_on_the_issues_that_both_have():
    small, large = load("white-house-2025"), load("august-2025")
    both = [issue.id for issue in small.issues]
    assert both == [issue.id for issue in large.issues][: len(both)]
    for one, other in zip(small.issues, large.issues, strict=False):
        assert [(k.id, k.needs) for k in one.levels] == [(k.id, k.needs) for k in other.levels]
        assert (one.line, one.id) == (other.line, other.id)
    assert small.events == large.events
    for one, other in zip(small.parties, large.parties, strict=True):
        assert one.positions == {cell: said for cell, said in other.positions.items() if cell[0] in both}
        assert {i: (s.value, s.low, s.high) for i, s in one.saliences.items()} == {
            i: (s.value, s.low, s.high) for i, s in other.saliences.items() if i in both
        }


def test_no_eight_words_in_a_row_of_the_founding_documents_or_of_quotations():
    known = {*(HERE / "quoted_runs.txt").read_text(encoding="utf-8").split()}
    assert len(known) > 5_000
    pages = [p for kind in ("*.yaml", "*.md", "*.json") for p in configs_dir().rglob(kind)]
    pages += [
        *(REPOSITORY / "assets" / "text").glob("*"),
        REPOSITORY / "README.md",
        *(REPOSITORY / "docs").glob("*.md"),
    ]
    pages += [*(REPOSITORY / "src").rglob("*.py"), REPOSITORY / "CHANGELOG.md"]
    assert len(pages) > 100
    for page in pages:
        words = re.findall(r"[^\W_]+", page.read_text(encoding="utf-8").lower().replace("’", "'"))
        for n in range(len(words) - 7):
            run = " ".join(words[n : n + 8])
            assert hashlib.sha256(run.encode()).hexdigest()[:10] not in known, (page, run)


@pytest.mark.parametrize("name", [n for n in shipped() if n != "venue-2025"])
def test_both_readings_of_demands_are_shipped(name):
    weight, condition = load(name), load(f"{name}@as-conditions")
    demands = [demand for party in weight.parties for demand in party.demands]
    assert demands and all(demand.change.sources for demand in demands)
    assert {demand.reading for demand in demands} == {"weight"}
    assert {d.reading for party in condition.parties for d in party.demands} == {"condition"}
    by_party = {party.id: {demand.id for demand in party.demands} for party in weight.parties}
    assert all(by_party[party] for party in ("russia", "ukraine", "us", "coalition"))
    assert by_party["nato"] or name == "white-house-2025", "its own door is no issue there"


@pytest.mark.parametrize("name", [n for n in shipped() if n != "venue-2025"])
def test_a_guarantor_who_needs_russias_consent_cannot_act_against_russia(name):
    """One rule says so: with joint consent goes no foreign force, no defence of the sky, no timed answer."""
    scenario = load(name)
    against = {
        "ground_force": {"tripwire_10k", "division_25_30k", "corps_60_100k"},
        "maritime": {"coalition_presence"},
        "air_cover": {"air_shield", "shield_in_ukraine", "no_fly_zone", "based_in_ukraine"},
        "response_rule": {"graduated_timed", "pre_authorised"},
    }
    forbidden: dict[str, set[str]] = {}
    for rule in scenario.rules:
        if rule.id == "consent-without-enforcement":
            assert rule.forbid["treaty_form"] == ("joint_consent",)
            for issue, levels in rule.forbid.items():
                forbidden.setdefault(issue, set()).update(levels)
    for issue in scenario.issues:
        wanted = against.get(issue.id, set()) & {level.id for level in issue.levels}
        assert wanted <= forbidden.get(issue.id, set()), issue.id


@pytest.mark.quick
@pytest.mark.parametrize("name", shipped())
def test_readmes_count_what_is_coded(name):
    scenario = load(name)
    words = " ".join((SCENARIOS / name / "README.md").read_text(encoding="utf-8").split())
    bases = Counter(said.basis for party in scenario.parties for said in party.positions.values())
    every = cells(scenario).assumed.size
    assert f"{bases.total()} of {every} cells" in words
    assert all(f"{bases[basis]} {word}" in words for basis, word in BASES.items() if bases[basis])
    assert f"{every - bases.total()} of {every} cells" in words
    figures = words.partition("<!-- measured -->")[2].partition("<!-- /measured -->")[0]
    assert "tables that agree" in figures, f"python docs/make_measured.py {name}"
    share = round(100 * float(cells(scenario).assumed.mean()))
    assert f"| {share} % of {every} |" in figures, "measured on another coding"


def test_notes_and_reasons_are_whole():
    """A comma in a flow mapping cuts a text and makes a key of the rest, which nobody notices."""
    for path in SCENARIOS.rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert yaml.safe_load(text), path
        for note in re.findall(r"(?:note|reason|text): (.*)", text):
            assert not re.search(r"[;,]\s*\d{1,3}\}?$", note), (path, note)
