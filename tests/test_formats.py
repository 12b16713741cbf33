"""GENIUS XML and GeniusWeb JSON: read, written, and refused in sentences."""

from __future__ import annotations

import copy
import json
import shutil
import sys
import warnings
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import make
from peacetable.analysis import solve
from peacetable.cli import group
from peacetable.cli import solve as solving
from peacetable.errors import ScenarioError, ScenarioWarning
from peacetable.files import check, from_document, load, shipped, to_yaml
from peacetable.files.additive import natural, numbered, slugs, unnumbered
from peacetable.files.defaults import fill_shorts
from peacetable.files.foreign import check_foreign, foreign_files, load_foreign, write
from peacetable.files.names import reserved
from peacetable.scenario import Judgement, Space, cells, preferences
from peacetable.scenario.sorting import SortedRanking
from peacetable.scenario.split import SplitRanking
from peacetable.scenario.utility import GRAIN
from terminal import invoke

DOMAIN = """\
<negotiation_template>
<utility_space number_of_issues="3">
<objective index="0" name="root" type="objective" etype="objective">
  <issue index="1" name="Water" type="discrete" vtype="discrete" etype="discrete">
    <item index="1" value="Half &amp; half" description="x"/>
    <item index="2" value="All"/>
    <item index="3" value="None"/>
  </issue>
  <objective index="2" name="Money" type="objective" etype="objective">
    <issue index="3" name="Price" type="integer" vtype="integer" etype="integer" lowerbound="-2" upperbound="3">
      <range lowerbound="-2" upperbound="3"/>
    </issue>
    <issue index="4" name="Term" type="discrete" vtype="discrete">
      <item index="1" value="1 year"/>
      <item index="2" value="2 years"/>
    </issue>
  </objective>
</objective>
</utility_space>
</negotiation_template>
"""

PROFILE = """\
<?xml version="1.0" encoding="UTF-8"?>
<utility_space>
<objective index="0" name="any" type="objective" etype="objective">
  <weight index="1" value="0.30314623337582781"/>
  <weight index="2" value="0.7"/>
  <issue index="1" name="Water" type="discrete" vtype="discrete" etype="discrete">
    <item index="3" value="None" evaluation="1"/>
    <item index="1" value="Half &amp; half" evaluation="7" cost="0"/>
    <item index="2" value="All" evaluation="9"/>
  </issue>
  <objective index="2" name="Money" type="objective" etype="objective">
    <weight index="3" value="0.4"/>
    <weight index="4" value="0.29685376662417219"/>
    <issue index="3" name="Price" type="integer" vtype="integer" etype="integer" lowerbound="-2" upperbound="3">
      <evaluator ftype="linear" slope="0.2" offset="0.0"/>
    </issue>
    <issue index="4" name="Term" type="discrete" vtype="discrete">
      <item index="1" value="1 year" evaluation="0"/>
      <item index="2" value="2 years" evaluation="3.5"/>
    </issue>
  </objective>
</objective>
<discount_factor value="0.75"/>
<reservation value="0.25"/>
</utility_space>
"""
OTHER = (
    PROFILE.replace('evaluation="9"', 'evaluation="2"')
    .replace('slope="0.2" offset="0.0"', 'slope="-0.3" offset="1.1"')
    .replace('<discount_factor value="0.75"/>', "")
    .replace('<reservation value="0.25"/>', "")
)

WEB = {
    "name": "jobs",
    "issuesValues": {
        "lease car": {"values": ["yes", "no"]},
        "salary": {"range": {"low": 2000, "high": 2001.3, "step": 0.5}},
        "days": {"values": ["0", "1", "2"]},
    },
}


def web_profile(**changes):
    space = {
        "domain": copy.deepcopy(WEB),
        "name": "ann",
        "issueUtilities": {
            "lease car": {"DiscreteValueSetUtilities": {"valueUtilities": {"no": 0.1, "yes": 1}}},
            "salary": {
                "NumberValueSetUtilities": {
                    "lowValue": 2000,
                    "lowUtility": 0.2,
                    "highValue": 2001.3,
                    "highUtility": 1,
                }
            },
            "days": {"DiscreteValueSetUtilities": {"valueUtilities": {"2": 0.6, "1": 0.3, "0": 1.0}}},
        },
        "issueWeights": {"lease car": 0.36, "salary": 0.24, "days": 0.4},
        "reservationBid": {"issuevalues": {"lease car": "yes", "salary": 2000.5, "days": "1"}},
    }
    return {"LinearAdditiveUtilitySpace": {**space, **changes}}


def put(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content, indent=1)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return folder


@pytest.fixture
def genius(tmp_path):
    return put(tmp_path / "river", {"River_domain.xml": DOMAIN, "North.xml": PROFILE, "West.xml": OTHER})


@pytest.fixture
def web(tmp_path):
    without = web_profile(reservationBid=None, issueWeights={"lease car": 0.1, "salary": 0.2, "days": 0.7})
    return put(tmp_path / "jobs", {"jobs.json": WEB, "ann.json": web_profile(), "bob.json": without})


def plain_genius(text):
    """{issue name: {value: weighted evaluation}} straight from the XML."""
    root = ElementTree.fromstring(text.encode())
    weight = {w.get("index"): float(w.get("value")) for w in root.iter("weight")}
    table = {}
    for issue in root.iter("issue"):
        w = weight[issue.get("index")]
        if issue.get("type") == "integer":
            e = issue.find("evaluator")
            slope, offset = float(e.get("slope")), float(e.get("offset"))
            table[issue.get("name")] = {str(k): w * min(max(offset + slope * (k + 2), 0), 1) for k in range(-2, 4)}
        else:
            evaluations = {i.get("value"): float(i.get("evaluation")) for i in issue.iter("item")}
            table[issue.get("name")] = {k: w * e / max(evaluations.values()) for k, e in evaluations.items()}
    return table


def plain_utilities(scenario, table):
    columns = [np.array([table[i.label][k.label] for k in i.levels]) for i in scenario.issues]
    packages = Space(scenario).enumerate()
    return sum(column[packages[:, i]] for i, column in enumerate(columns))


def utilities(scenario, party):
    return preferences(scenario).utility(Space(scenario).enumerate(), party)


def test_genius(genius):
    river = load(genius)
    assert (river.id, river.title, river.party_ids) == ("river", "River", ("north", "west"))
    assert [p.label for p in river.parties] == ["North", "West"]
    assert river.issue_ids == ("water", "price", "term")
    assert [k.id for k in river.issues[0].levels] == ["half_half", "all", "none"]
    assert [k.id for k in river.issues[1].levels] == ["minus_2", "minus_1", "0", "1", "2", "3"]
    assert [i.ordered for i in river.issues] == [False, True, False]
    for p, text in enumerate((PROFILE, OTHER)):
        assert np.abs(utilities(river, p) - plain_utilities(river, plain_genius(text))).max() < 1e-11
    assert utilities(river, 0).max() == 1
    north, west = river.parties
    assert (north.reservation.value, north.reservation.low, north.discount) == (0.25, 0.25, 0.75)
    assert (west.reservation.value, west.discount) == (0, 1)
    assert (river.draw, river.protocol.consent, river.protocol.rounds) == ((), "unanimity", 60)
    assert not cells(river).assumed.any()
    assert check(genius) == (river, [])
    assert from_document(json.loads(json.dumps(river.document))) == river


def test_an_imported_scenario_says_where_its_numbers_come_from_and_has_no_date(genius, tmp_path):
    river = load(genius)
    assert river.imported == "GENIUS files: River_domain.xml, North.xml and West.xml"
    assert (river.anchor, river.cutoff) == ("", "")
    assert {p.basis for party in river.parties for p in party.positions.values()} == {"given"}
    assert river.parties[0].role == "As in the profile North.xml."
    written = load(to_yaml(river, tmp_path / "in" / "delta"))
    assert (written.imported, written.anchor) == (river.imported, "")
    for program in ("run", "explain"):
        said = CliRunner().invoke(group, [program, str(genius), *(["--party", "west"] if program == "explain" else [])])
        told = " ".join(said.stdout.split())
        assert said.exit_code == 0 and f"read from {river.imported}" in told
        assert "2000" not in told and "0 statements" not in told and "0% of" not in told
        assert program == "explain" or f"peacetable explain {genius} --party north shows them" in told


@pytest.mark.parametrize(
    ("labels", "shorts"),
    [
        (["Under sixteen", "A longer label, cut at a word"], ["Under sixteen", "A longer label…"]),
        (
            ["A contract of one year with renewal", "A contract of two years with renewal"],
            ["…one year with…", "…two years with…"],
        ),
        (["Donaudampfschifffahrt", "Donaudampfschiffer"], ["Donaudampfschif…", "Donaudampfsch… 2"]),
        (["one two three four five", "one two three four"], ["one two three…", "one two three… 2"]),
    ],
)
def test_short_labels_are_whole_words_and_no_two_alike(labels, shorts):
    items = [{"label": label} for label in labels]
    fill_shorts(items, 16)
    assert [item["short"] for item in items] == shorts
    assert len(set(shorts)) == len(shorts) and max(map(len, shorts)) <= 16


def test_order_of_profiles_is_order_of_parties(genius):
    names = [genius / name for name in ("West.xml", "River_domain.xml", "North.xml")]
    scenario = load(",".join(map(str, names)))
    assert scenario.party_ids == ("west", "north")
    more = put(genius, {"util10.xml": OTHER, "util9.xml": OTHER})
    assert load(more).party_ids == ("north", "util9", "util10", "west")


def test_geniusweb(web):
    jobs = load(web)
    assert (jobs.id, jobs.party_ids, jobs.issue_ids) == ("jobs", ("ann", "bob"), ("lease_car", "salary", "days"))
    assert [k.label for k in jobs.issues[1].levels] == ["2000", "2000.5", "2001"]
    ends = 0.2 + 0.8 * np.array([0, 0.5, 1]) / 1.3
    table = {
        "lease car": {"yes": 0.36, "no": 0.036},
        "salary": dict(zip(("2000", "2000.5", "2001"), 0.24 * ends, strict=True)),
        "days": {"0": 0.4, "1": 0.12, "2": 0.24},
    }
    assert np.abs(utilities(jobs, 0) - plain_utilities(jobs, table)).max() < 1e-11
    assert jobs.parties[0].reservation.value == pytest.approx(0.36 + 0.24 * ends[1] + 0.12, abs=1e-11)
    assert jobs.parties[1].reservation.value == 0
    assert check(web) == (jobs, [])


@pytest.mark.parametrize(
    ("factor", "told"), [(0.5, "sum to 0.5"), (1 - 1e-7, "sum to 0.9999999,"), (2, "more than 1 is worth 1")]
)
def test_weights_that_do_not_sum_to_one(genius, factor, told):
    text = PROFILE
    for index, weight in (("1", 0.30314623337582781), ("3", 0.4), ("4", 0.29685376662417219)):
        at = text.index(f'<weight index="{index}"')
        text = text[:at] + f'<weight index="{index}" value="{weight * factor!r}"/>' + text[text.index("/>", at) + 2 :]
    put(genius, {"North.xml": text})
    scenario, problems = check(genius)
    assert [p.code for p in problems] == ["W15"]
    assert told in problems[0].message and problems[0].remedy.startswith("make them sum to 1")
    expected = np.minimum(plain_utilities(scenario, plain_genius(text)), 1)
    assert np.abs(utilities(scenario, 0) - expected).max() < 1e-11


def test_weights_to_the_last_digit(genius):
    digits = [p.saliences["price"].value for p in load(genius).parties], load(genius).parties[0].saliences
    assert digits[0] == [40.0, 40.0]
    assert digits[1]["water"].value == 30.314623337582781
    files, _ = write(load(genius), "genius", genius.parent / "again")
    assert 'value="0.30314623337582' in files[1].read_text(encoding="utf-8")


@pytest.mark.parametrize(("written", "factor", "codes"), [("0", 1, []), ("1.5", 1, ["W15"]), ("0.001", 0.001, [])])
def test_discount_factor(genius, written, factor, codes):
    put(genius, {"North.xml": PROFILE.replace('factor value="0.75"', f'factor value="{written}"')})
    scenario, problems = check(genius)
    assert scenario.parties[0].discount == factor
    assert [p.code for p in problems] == codes


def test_names_that_differ_follow_the_number(genius):
    put(genius, {"North.xml": PROFILE.replace('name="Water"', 'name="Watter"')})
    scenario, problems = check(genius)
    assert [(p.code, p.line) for p in problems] == [("W15", 6)]
    assert np.abs(utilities(scenario, 0) - plain_utilities(scenario, plain_genius(PROFILE))).max() < 1e-11


GENIUS_WRONG = [
    ("North.xml", "</objective>\n<discount", "<discount", "E03", 24, "not valid XML"),
    ("North.xml", PROFILE, "", "E03", 1, "not valid XML"),
    ("North.xml", "<utility_space>", '<!DOCTYPE x [<!ENTITY a "b">]><utility_space>', "E03", 2, "declares a document"),
    ("North.xml", "<utility_space>", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><utility_space>', "E03", 2, "declares"),
    ("North.xml", 'evaluation="7"', 'evaluation="-7"', "E09", 8, 'evaluation of "Half & half" is "-7"'),
    ("North.xml", 'evaluation="7"', 'evaluation="nan"', "E09", 8, "must be a number"),
    ("North.xml", ' evaluation="7"', "", "E07", 8, 'has no attribute "evaluation"'),
    ("North.xml", 'value="All"', 'value="Al"', "E07", 6, 'has no evaluation for "All"'),
    ("North.xml", 'value="All"', 'value="None"', "E07", 6, 'has no evaluation for "All"'),
    ("North.xml", '<weight index="1"', '<weight index="9"', "E07", 6, '"Water" has no weight'),
    ("North.xml", 'index="3" value="0.4"', 'index="3" value="0,4"', "E09", 12, "must be a number"),
    ("North.xml", 'index="3" value="0.4"', 'index="3" value="four"', "E09", 12, "must be a number"),
    ("North.xml", 'index="4" name="Term"', 'index="5" name="Terms"', "E07", 2, 'lacks the issue "Term"'),
    ("North.xml", ' slope="0.2"', "", "E07", 15, "no linear evaluator"),
    ("North.xml", 'reservation value="0.25"', 'reservation value="1.5"', "E09", 24, "reservation value is"),
    ("North.xml", "utility_space", "utility", "E09", 1, "neither a GENIUS"),
    ("River_domain.xml", 'type="integer" vtype="integer"', 'type="real" vtype="real"', "E09", 10, "any real number"),
    ("River_domain.xml", 'upperbound="3">', 'upperbound="50000">', "E12", 10, "from -2 to 50000"),
    ("River_domain.xml", 'upperbound="3">', 'upperbound="x">', "E07", 10, "no whole number as its upperbound"),
    ("River_domain.xml", 'name="Term"', 'name=" "', "E09", 13, "is empty"),
    ("River_domain.xml", 'name="Term"', 'name="Water"', "E11", 1, '"Water" is there twice'),
    ("River_domain.xml", '<item index="2" value="2 years"/>', "", "E12", 1, "1 value(s)"),
    ("River_domain.xml", "2 years", "1 year", "E12", 1, "1 value(s)"),
]


@pytest.mark.parametrize(("file", "old", "new", "code", "line", "told"), GENIUS_WRONG)
def test_wrong_genius_files(genius, file, old, new, code, line, told):
    original = {"North.xml": PROFILE, "River_domain.xml": DOMAIN}[file]
    assert old in original
    put(genius, {file: original.replace(old, new)})
    with pytest.raises(ScenarioError, match="cannot be read") as raised:
        load(",".join(str(genius / name) for name in ("River_domain.xml", "North.xml", "West.xml")))
    (problem,) = [p for p in raised.value.problems if p.severity == "error"]
    assert (problem.file, problem.line) == (str(genius / file), line)
    assert problem.code.startswith(code)
    assert told in problem.message
    assert problem.remedy
    assert str(problem) in str(raised.value)


def test_entities_are_never_expanded(genius):
    lines = ['<!ENTITY a0 "x">', *(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))]
    laughs = f"<!DOCTYPE u [{''.join(lines)}]><utility_space><objective name='&a11;'/></utility_space>"
    put(genius, {"North.xml": laughs})
    with pytest.raises(ScenarioError, match="declares a document type or entities"):
        load(genius)
    put(genius, {"North.xml": "<a>" * 100_000})
    with pytest.raises(ScenarioError, match="nesting is deeper"):
        load(genius)


def changed(path, value):
    """The profile with what stands at `path` replaced (None: removed)."""
    profile = web_profile()
    owner = profile["LinearAdditiveUtilitySpace"]
    for key in path[:-1]:
        owner = owner[key]
    if value is None:
        del owner[path[-1]]
    else:
        owner[path[-1]] = value
    return profile


CAR = ("issueUtilities", "lease car", "DiscreteValueSetUtilities", "valueUtilities")
PAY = ("issueUtilities", "salary", "NumberValueSetUtilities")
BID = ("reservationBid", "issuevalues")
WEB_WRONG = [
    ("ann.json", "{", "E03", "not valid JSON"),
    ("ann.json", "[" * 100_000, "E03", ""),
    ("ann.json", '{"a": 1, "a": 2}', "E06", '"a" is given twice'),
    ("ann.json", '{"a": NaN}', "E03", "NaN is not a number"),
    ("ann.json", '{"a": 1e999}', "E03", "too large"),
    ("ann.json", '{"a": ' + "9" * 5000 + "}", "E03", "too large"),
    ("ann.json", "[1, 2]", "E09", "neither a GENIUS"),
    ("ann.json", {"DefaultPartialOrdering": {"domain": WEB}}, "E09", "DefaultPartialOrdering"),
    ("ann.json", changed((*CAR, "yes"), 1.5), "E09", "must be a number from 0 to 1"),
    ("ann.json", changed((*CAR, "yes"), True), "E08", "must hold a number"),
    ("ann.json", changed((*CAR, "yes"), None), "E07", 'has no "yes"'),
    ("ann.json", changed((*CAR[:-1],), {}), "E07", 'has no "valueUtilities"'),
    ("ann.json", changed(CAR[:-2], {}), "E07", "has no DiscreteValueSetUtilities"),
    ("ann.json", changed((*PAY, "lowValue"), 1999), "E13", "the domain's range from 2000"),
    ("ann.json", changed(("issueWeights", "days"), -1), "E09", "must be a number"),
    ("ann.json", changed(("issueWeights",), dict.fromkeys(WEB["issuesValues"], 0)), "E15", "all weights are zero"),
    ("ann.json", changed(("domain", "issuesValues", "days"), None), "E10", "differ from those of"),
    ("ann.json", changed((*BID, "days"), "9"), "E10", 'has no value "9"'),
    ("ann.json", changed((*BID, "hours"), "9"), "E10", 'no issue "hours"'),
    ("jobs.json", {"issuesValues": {}}, "E12", "no issue"),
    ("jobs.json", {"issuesValues": {"a": {"values": ["x"]}}}, "E12", "1 value(s)"),
    ("jobs.json", {"issuesValues": {"a": {"values": ["x", "\n"]}}}, "E09", "is empty"),
    ("jobs.json", {"issuesValues": {"a": {"values": ["x", "\ud800"]}}}, "E09", "U+D800"),
    ("jobs.json", {"issuesValues": {"a": {"range": {"low": 0, "high": 1e9, "step": 1e-9}}}}, "E12", "2 to 10,000"),
    ("jobs.json", {"issuesValues": {"a": {"range": {"low": 0, "high": 1, "step": 0}}}}, "E12", "2 to 10,000"),
    ("jobs.json", {"issuesValues": {"a": {}}}, "E07", 'has no "values"'),
]


@pytest.mark.parametrize(("file", "content", "code", "told"), WEB_WRONG)
def test_wrong_geniusweb_files(web, file, content, code, told):
    put(web, {file: content})
    with pytest.raises(ScenarioError, match="cannot be read") as raised:
        load(",".join(str(web / name) for name in ("jobs.json", "ann.json", "bob.json")))
    errors = [p for p in raised.value.problems if p.file == str(web / file)]
    assert [p.code for p in errors] == [code]
    assert told in errors[0].message


def test_places_in_json(web):
    put(web, {"ann.json": changed((*CAR, "yes"), 7)})
    lines = (web / "ann.json").read_text(encoding="utf-8").splitlines()
    _, problems = check(web)
    assert '"yes": 7' in lines[problems[0].line - 1]
    assert lines[problems[0].line - 1][problems[0].column - 1 :].startswith('"yes"')


def test_what_belongs_together(genius, web, tmp_path):
    alone = str(genius / "River_domain.xml")
    for text, told in (
        (alone, "0 profile"),
        (f"{alone},{genius / 'North.xml'}", "1 profile"),
        (f"{genius / 'North.xml'},{genius / 'West.xml'}", "there are none"),
        (f"{web / 'ann.json'}", "1 profile"),
        (f"{alone},{alone},{genius / 'North.xml'}", "there are 2: River_domain.xml, River_domain.xml"),
        (f"{alone},{web / 'ann.json'},{web / 'bob.json'}", "mixed"),
        (f"{alone},{genius / 'South.xml'}", "no such file"),
    ):
        with pytest.raises(ScenarioError, match=told):
            load(text)
    assert foreign_files("white-house-2025") is None
    assert foreign_files("a,b") is None
    with pytest.raises(ScenarioError, match="cannot be read"):
        load("\0.xml,b.xml")
    other = put(tmp_path / "other", {"manifest.json": {"rows": 1}, "page.xml": "<html/>"})
    assert load_foreign(other) is None
    with pytest.raises(ScenarioError, match=r"scenario\.yaml .* manifest\.json, page\.xml are no GENIUS or GeniusWeb"):
        load(other)
    put(genius, {"notes.xml": "<html/>"})
    assert load(genius).party_ids == ("north", "west")


def test_errors_of_all_files_at_once(genius):
    put(genius, {"North.xml": "<", "West.xml": "<"})
    _, problems = check(genius)
    assert [p.file for p in problems] == [str(genius / "North.xml"), str(genius / "West.xml")]


def outcome(files):
    """The scenario or the sentence; anything else is a failure of the test."""
    try:
        return load(",".join(map(str, files)))
    except ScenarioError as error:
        return str(error)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_random_damage_gives_sentences(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("damage")
    if data.draw(st.booleans()):
        files = {"d.xml": DOMAIN, "a.xml": PROFILE, "b.xml": OTHER}
    else:
        files = {
            k: json.dumps(v, indent=1)
            for k, v in (("d.json", WEB), ("a.json", web_profile()), ("b.json", web_profile()))
        }
    put(folder, files)
    name = data.draw(st.sampled_from(sorted(files)))
    content = bytearray(files[name].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at, length = data.draw(st.integers(0, len(content))), data.draw(st.integers(0, 30))
        piece = data.draw(
            st.one_of(st.binary(max_size=4), st.sampled_from([b'"', b"<", b"-1", b"1e9", b"null", b"{}", b" "]))
        )
        content[at : at + length] = piece
    (folder / name).write_bytes(bytes(content))
    found = outcome([folder / file for file in files])
    if not isinstance(found, str):
        assert preferences(found).utility(Space(found).enumerate()[:100], 0).max() <= 1
    check_foreign(folder)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_random_json_in_any_place_gives_sentences(data, tmp_path_factory):
    files = {"d.json": copy.deepcopy(WEB), "a.json": web_profile(), "b.json": web_profile()}
    owner = files[data.draw(st.sampled_from(sorted(files)))]
    while True:
        key = data.draw(st.sampled_from(sorted(owner)))
        if not isinstance(owner[key], dict) or not owner[key] or data.draw(st.integers(0, 3)) == 0:
            break
        owner = owner[key]
    leaf = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3)
    owner[key] = data.draw(
        st.recursive(leaf, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=3), x))
    )
    folder = put(tmp_path_factory.mktemp("json"), files)
    outcome([folder / file for file in files])


@pytest.mark.quick
@pytest.mark.parametrize("program", ["genius", "geniusweb"])
def test_round_trip_keeps_everything_the_format_holds(genius, web, tmp_path, program):
    start = load(genius if program == "genius" else web)
    paths, lost = write(start, program, tmp_path / "out")
    again = load(tmp_path / "out")
    assert lost == []
    assert len(paths) == 1 + len(start.parties)
    assert again.document["parties"].keys() == start.document["parties"].keys()
    for p, (one, two) in enumerate(zip(start.parties, again.parties, strict=True)):
        assert np.abs(utilities(start, p) - utilities(again, p)).max() <= 2e-12
        assert (one.label, one.discount) == (two.label, two.discount)
        assert one.reservation.value == pytest.approx(two.reservation.value, abs=1e-11)
    assert [[k.label for k in i.levels] for i in again.issues] == [[k.label for k in i.levels] for i in start.issues]
    twice, _ = write(again, program, tmp_path / "twice")
    assert [p.read_text(encoding="utf-8") for p in paths] == [p.read_text(encoding="utf-8") for p in twice]


@pytest.mark.parametrize("program", ["genius", "geniusweb"])
@pytest.mark.parametrize("seed", range(6))
def test_any_scenario_is_written_by_its_additive_part(tmp_path, program, seed):
    start = make.scenario(seed, parties=("west", "north", "south"), conditions=0, rules=0)
    start = replace(start, protocol=replace(start.protocol, red_lines="penalty"))
    _, lost = write(start, program, tmp_path / "out")
    again = load(tmp_path / "out")
    assert again.party_ids == start.party_ids
    for p, party in enumerate(start.parties):
        assert np.abs(utilities(start, p) - utilities(again, p)).max() <= 5e-12
        r, u = again.parties[p].reservation.value, utilities(start, p)
        if program == "genius":
            assert r == party.reservation.value
        else:
            assert np.array_equal(u >= party.reservation.value, u >= r - 1e-11)
    assert any("stances" in sentence for sentence in lost)
    assert any("events" in sentence for sentence in lost)


def test_weights_of_geniusweb_sum_to_one_exactly(tmp_path):
    from decimal import Decimal

    paths, _ = write(make.scenario(3, shape=(2,) * 7), "geniusweb", tmp_path / "out")
    for path in paths[1:]:
        space = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)["LinearAdditiveUtilitySpace"]
        assert sum(space["issueWeights"].values()) == 1


def test_reservation_value_above_every_package(tmp_path):
    start = make.scenario(1, conditions=0, rules=0)
    party = replace(start.parties[0], reservation=Judgement(1.0, 1.0, 1.0))
    start = replace(start, parties=(party, *start.parties[1:]))
    _, lost = write(start, "geniusweb", tmp_path / "out")
    assert any("its best package, so 1 became" in sentence for sentence in lost)


@pytest.mark.parametrize("program", ["genius", "geniusweb"])
@pytest.mark.parametrize("name", shipped())
def test_shipped_scenarios(tmp_path, name, program):
    start = load(name)
    _, lost = write(start, program, tmp_path / "out")
    again = load(tmp_path / "out")
    assert again.party_ids == start.party_ids
    assert Space(again).shape == Space(start).shape
    packages = Space(start).package(np.random.default_rng(1).integers(0, Space(start).size, 200))
    for p in range(len(start.parties)):
        plain = replace(start, parties=tuple(replace(party, conditions=()) for party in start.parties))
        one, two = (preferences(s).utility(packages, p, np.zeros(200, int)) for s in (plain, again))
        assert np.abs(one - two).max() < 1e-11
    assert {"stances", "strategies,"} <= {word for sentence in lost for word in sentence.split()}
    to_yaml(again, tmp_path / "again")
    assert [p for p in check(tmp_path / "again")[1] if p.severity == "error"] == []


def test_ids_from_names():
    assert slugs(["A b", "a-b", "A_B", "a b"], "x") == ["a_b", "a-b", "a_b_2", "a_b_3"]
    assert slugs(["-5", "5", "0.5", "-0.5"], "x") == ["minus_5", "5", "0_5", "minus_0_5"]
    assert slugs(["Ünïon", "水", "!", "$100 Billion"], "value") == ["union", "value_2", "value_3", "100_billion"]
    assert len(slugs(["x" * 200], "x")[0]) == 50
    assert sorted(["p10", "p9", "P1"], key=natural) == ["P1", "p9", "p10"]
    assert numbered(["b", "a"]) == ["1-b", "2-a"]
    assert unnumbered(numbered(["b", "a"])) == ["b", "a"]
    assert unnumbered(["2-b", "1-a"]) == ["2-b", "1-a"]


def convert(*arguments):
    return invoke("convert", *arguments)


def test_convert_to_yaml(genius, tmp_path):
    code, out, err = convert(genius, "--to", "yaml", "-o", tmp_path / "yaml")
    assert (code, err) == (0, "") and "Wrote river" in out
    scenario, problems = check(tmp_path / "yaml")
    assert problems == []
    assert scenario.document["parties"] == load(genius).document["parties"]
    assert scenario.parties[0].discount == 0.75


def test_convert_from_several_files(genius, tmp_path):
    names = [genius / name for name in ("River_domain.xml", "West.xml", "North.xml")]
    code, _, err = convert(*names, "--to", "geniusweb", "-o", tmp_path / "web")
    assert code == 0 and "discount factors" in err
    assert sorted(p.name for p in (tmp_path / "web").iterdir()) == ["1-West.json", "2-North.json", "River_domain.json"]
    assert load(tmp_path / "web").party_ids == ("west", "north")


def test_convert_tells_what_is_lost(tmp_path):
    code, _, err = convert(shipped()[0], "--to", "genius", "-o", tmp_path / "out")
    assert code == 0 and "cannot hold all of it" in err and "stances with their basis and sources" in err
    code, _, err = convert(shipped()[0], "--to", "genius", "-o", tmp_path / "out")
    assert code == 1 and "is there already" in err


def test_convert_refuses(genius, tmp_path):
    put(genius, {"North.xml": "<"})
    code, _, err = convert(genius, "--to", "yaml", "-o", tmp_path / "yaml")
    assert code == 1 and "E03" in err
    assert not (tmp_path / "yaml").exists()


CASES = Path(__file__).parent / "cases" / "foreign"
READ = {  # packages, packages in the zone of all, codes of the warnings
    "bare_ampersand": (6, 6, 3, "&amp;"),
    "discount_word": (9, 9, 1, '"s"'),
    "folder_with_empty_template": (9, 9, 1, "template"),
    "gw_profiles_only": (4, 4, 0, ""),
    "nested_similarity": (9, 9, 1, "similarity_function"),
    "pie_1001": (1001, 1001, 0, ""),
    "profile_value_twice": (9, 9, 1, "twice"),
    "reservation_negative": (9, 9, 1, "-0.03"),
    "weights_over_one": (9, 3, 1, "sum to 1.5"),
}
REFUSED = {
    "constraint_space": 'of the type "constraint"',
    "gw_partial_order": "DefaultPartialOrdering",
    "nonlinear_comment_first": 'of the type "nonlinear"',
    "nonlinear_plain": 'of the type "nonlinear"',
    "real_issue": "any real number",
    "reservation_280": "reservation value is 280",
}


@pytest.mark.parametrize("name", sorted(READ))
def test_files_in_the_wild_are_read_with_a_warning(name):
    packages, zone, warned, told = READ[name]
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        scenario = load(CASES / name)
    assert [w.category for w in said] == [ScenarioWarning] * warned
    assert all(told in str(w.message) for w in said)
    found = solve(scenario)
    assert (found.packages, found.zone) == (packages, zone)
    assert [str(p) for p in check(CASES / name)[1]] == [str(w.message) for w in said]


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_cannot_be_read_is_refused_by_its_name(name):
    scenario, problems = check(CASES / name)
    errors = [p for p in problems if p.severity == "error"]
    assert scenario is None and errors
    assert all(REFUSED[name] in p.message and p.remedy for p in errors)


def test_every_case_is_tested():
    assert {p.name for p in CASES.iterdir()} == {*READ, *REFUSED}


def test_values_of_cases():
    nested, twice = load(CASES / "nested_similarity"), load(CASES / "profile_value_twice")
    for scenario in (nested, twice):
        values = [scenario.parties[0].positions["depot", k].value for k in ("north", "south", "west")]
        assert values == pytest.approx([1, 2 / 3, 1 / 3])
    over = load(CASES / "weights_over_one")
    first = np.array([1, 2 / 3, 1 / 3])[:, None] + 0.5 * np.array([0.25, 0.5, 1])
    grains = np.rint(np.minimum(first, 1) * GRAIN).astype(np.int64).reshape(-1)
    assert preferences(over).totals(Space(over).enumerate()[None], 0, np.zeros(1, int))[0].tolist() == grains.tolist()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('encoding="UTF-8"', 'encoding="nonsense"', '"nonsense" and is read as UTF-8'),
        ('encoding="UTF-8"', 'encoding="ISO-8859-1"', None),
        ("<?xml", "\n<!-- first --><?xml", "very start"),
        ('<weight index="2"', '<weight index="1"', "weight twice; the last one counts"),
        ("</issue>", "<note><item/><note/></note></issue>", "<note> in <issue>"),
        ('cost="0"', 'cost="5"', "costs of values"),
        ('value="0.25"', 'value="-3"', "counts as 0"),
        ('<weight index="2" value="0.7"/>', '<weight index="7" value="0.7"/>', "belongs to no issue"),
        ("</utility_space>", '<reservation value="9"/></utility_space>', "the first one counts"),
        ('<reservation value="0.25"/>', '<x><reservation value="7"/></x>', "<x> in <utility_space>"),
        ('<item index="3" value="None"', '<item value="Some" evaluation="18"/><item value="None"', '"Some"'),
    ],
)
def test_slips_in_genius_files(genius, old, new, told):
    put(genius, {"North.xml": PROFILE.replace(old, new, 1)})
    scenario, problems = check(genius)
    assert scenario is not None
    assert {p.code for p in problems} == ({"W15"} if told else set())
    assert told is None or any(told in p.message for p in problems)
    if told == '"Some"':
        water = [scenario.parties[0].positions["water", k].value for k in ("half_half", "all", "none")]
        assert water == pytest.approx([7 / 18, 9 / 18, 1 / 18]), "the highest is that of all values of the profile"


@pytest.mark.parametrize(
    ("codec", "declared", "warned"),
    [
        ("utf-8-sig", "UTF-8", False),
        ("utf-16", "UTF-16", False),
        ("utf-16-le", "UTF-8", False),
        ("latin-1", "ISO-8859-1", False),
        ("latin-1", "UTF-8", True),
        ("utf-8", "ISO-8859-1", True),
        ("utf-8", "UTF-16", True),
    ],
)
def test_encodings(genius, codec, declared, warned):
    for name, text in (("River_domain.xml", DOMAIN), ("North.xml", PROFILE), ("West.xml", OTHER)):
        text = text.replace("Half &amp; half", "Hälfte")
        if name == "North.xml":
            (genius / name).write_bytes(text.replace('"UTF-8"', f'"{declared}"').encode(codec))
        else:
            put(genius, {name: text})
    scenario, problems = check(genius)
    assert scenario.issues[0].levels[0].label == "Hälfte"
    assert [p.code for p in problems] == ["W15"] * warned


def test_an_issue_given_twice_counts_as_it_is_given_last(genius):
    start = PROFILE.index('  <issue index="1"')
    issue = PROFILE[start : PROFILE.index("</issue>") + 8]
    again = issue.replace('evaluation="9"', 'evaluation="3.5"')
    put(genius, {"North.xml": PROFILE.replace(issue, issue + again)})
    scenario, problems = check(genius)
    assert ["twice; the last one counts" in p.message for p in problems] == [True]
    assert scenario.parties[0].positions["water", "all"].value == 0.5


def test_one_template_does_not_block_a_folder(genius, web):
    put(genius, {"empty.xml": DOMAIN.replace("negotiation_template", "x").split("<x>")[1].split("</x>")[0]})
    scenario, problems = check(genius)
    assert scenario.party_ids == ("north", "west")
    assert [(p.code, Path(p.file).name) for p in problems] == [("W15", "empty.xml")]
    put(web, {"blank.json": web_profile(issueUtilities={}, issueWeights={})})
    scenario, problems = check(web)
    assert scenario.party_ids == ("ann", "bob")
    assert [(p.code, Path(p.file).name) for p in problems] == [("W15", "blank.json")]


def test_a_template_is_as_good_as_a_domain(tmp_path):
    folder = shutil.copytree(CASES / "folder_with_empty_template", tmp_path / "shop")
    (folder / "domain.xml").unlink()
    scenario, problems = check(folder)
    assert problems == []
    assert (scenario.party_ids, Space(scenario).size) == (("p1", "p2"), 9)


def test_geniusweb_profiles_carry_their_domain(web):
    whole = load(web)
    (web / "jobs.json").unlink()
    scenario, problems = check(web)
    assert (scenario.id, problems, scenario.imported) == ("jobs", [], "GeniusWeb files: ann.json and bob.json")
    assert [i.label for i in scenario.issues] == [i.label for i in whole.issues]
    for p in range(2):
        assert np.array_equal(utilities(scenario, p), utilities(whole, p))
    wrong = copy.deepcopy(WEB)
    wrong["issuesValues"]["salary"]["range"]["step"] = 0
    put(web, {"ann.json": web_profile(domain=wrong)})
    _, problems = check(web)
    line = (web / "ann.json").read_text(encoding="utf-8").splitlines()[problems[0].line - 1]
    assert Path(problems[0].file).name == "ann.json" and '"range"' in line


def test_what_a_geniusweb_profile_holds_besides_is_told(web):
    put(web, {"ann.json": web_profile(discountFactor=0.9)})
    scenario, problems = check(web)
    assert scenario.parties[0].discount == 1
    assert [(p.code, "discountFactor" in p.message) for p in problems] == [("W15", True)]


def test_weights_of_any_size(genius):
    for factor in (1.5, 3, 7):
        text = PROFILE
        for index, weight in (("1", 0.3), ("3", 0.4), ("4", 0.3)):
            at = text.index(f'<weight index="{index}"')
            text = (
                text[:at] + f'<weight index="{index}" value="{weight * factor!r}"/>' + text[text.index("/>", at) + 2 :]
            )
        put(genius, {"North.xml": text})
        scenario = check(genius)[0]
        expected = np.minimum(plain_utilities(scenario, plain_genius(text)), 1)
        assert np.abs(utilities(scenario, 0) - expected).max() < 1e-11
        assert scenario.parties[0].weight_sum <= 3, "a weight above 1 is as good as 1"


def clipped(seed, total):
    """A scenario of three parties whose weights sum to `total`."""
    start = make.scenario(seed, parties=("west", "north", "south"))
    return replace(start, parties=tuple(replace(party, weight_sum=total) for party in start.parties))


@pytest.mark.parametrize("seed", range(4))
def test_rankings_of_clipped_sums_agree(seed):
    scenario = clipped(seed, 2.5)
    numbers = preferences(scenario)
    packages = numbers.space.enumerate()
    packages = packages[numbers.space.feasible(packages)]
    rows = np.zeros(1, dtype=np.int64)
    for p in range(3):
        one, two = SortedRanking(numbers.numbers[p], packages), SplitRanking(numbers.numbers[p])
        own = packages[~numbers.vetoed(packages, p)]
        everything = np.sort(numbers.utility(own[None], p, rows)[0])
        for target in (0.0, 0.4, 0.97, 1.0):
            for width in (0.0, 0.05):
                found = [r.at_least(np.array([target]), width, 10**4, rows) for r in (one, two)]
                listed = [u[0][there[0]] for _, u, there in found]
                assert np.array_equal(*listed)
                inside = everything[(everything >= target) & (everything <= target + width)]
                if width and len(inside):
                    assert np.array_equal(np.sort(listed[0]), inside)
        assert one.best(rows) == two.best(rows) == everything[-1]


@pytest.mark.parametrize("way", ["elimination", "programs"])
@pytest.mark.parametrize("seed", range(3))
def test_large_spaces_clip_sums_too(seed, way, monkeypatch):
    scenario = clipped(seed, 1.8)
    exact = solve(scenario)
    monkeypatch.setattr("peacetable.scenario.space.ENUMERABLE", 10)
    if way == "programs":
        monkeypatch.setattr(sys.modules[solve.__module__], "undominated", lambda *_, **__: None)
    found = solve(scenario)
    if way == "elimination":
        assert found.frontier_size == exact.frontier_size
        assert found.rational_frontier_size == exact.rational_frontier_size
    for name, tied in exact.points.items():
        best = {tuple(p.utilities) for p in tied}
        assert {tuple(p.utilities) for p in found.points[name]} <= best
        assert bool(best) == bool(found.points[name])


def test_weights_over_one_are_written_and_read_again(tmp_path):
    start = load_quietly(CASES / "weights_over_one")
    as_yaml = load(to_yaml(start, tmp_path / "shop"))
    assert as_yaml.document["parties"] == start.document["parties"]
    write(as_yaml, "genius", tmp_path / "genius")
    again = load_quietly(tmp_path / "genius")
    for p in range(2):
        assert np.array_equal(utilities(start, p), utilities(again, p))
    _, lost = write(as_yaml, "geniusweb", tmp_path / "web")
    assert any("sum to 1.5" in sentence for sentence in lost)
    third = utilities(load(tmp_path / "web"), 0) * 1.5
    assert np.abs(np.minimum(third, 1) - utilities(start, 0)).max() < 1e-9


def load_quietly(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ScenarioWarning)
        return load(path)


def test_explain_shows_the_weights_as_they_stand():
    code, out, err = invoke(
        "explain", CASES / "weights_over_one", "--party", "p1", "--package", "depot=north price=high", "--json"
    )
    told = json.loads(out)
    assert code == 0 and "sum to 1.5" in err
    assert [row["weight"] for row in told["rows"]] == pytest.approx([1.0, 0.5])
    assert [row["contribution"] for row in told["rows"]] == pytest.approx([1.0, 0.5])
    assert told["utility"] == 1


@pytest.mark.parametrize("command", ["solve", "run", "explain"])
def test_warnings_reach_every_command_and_not_standard_output(command):
    more = ["--party", "p1"] if command == "explain" else []
    code, out, err = invoke(command, CASES / "discount_word", *more, "--json")
    assert code == 0
    json.loads(out)
    assert err.count("counts as 1") == 1 and "p1.xml:14:13" in err


def test_commas_in_paths(genius, tmp_path):
    odd = tmp_path / "a,b" / "c, d.xml"
    shutil.copytree(genius, odd)
    assert load(odd).party_ids == ("north", "west")
    names = ",".join(str(odd / name) for name in ("West.xml", "River_domain.xml", "North.xml"))
    assert load(names).party_ids == ("west", "north")
    code, _, err = convert(
        odd / "River_domain.xml", odd / "West.xml", odd / "North.xml", "--to", "yaml", "-o", tmp_path / "y"
    )
    assert (code, err) == (0, "")
    assert check(tmp_path / "y")[1] == []


def test_names_that_windows_refuses():
    for name in ("con", "CON", "Aux.xml", "nul.tar.gz", "com1", "lpt9.json", "prn ", "a.", "b "):
        assert reserved(name), name
    for name in ("cone", "com", "com10", "lpt", "a.con", "console", "con-1.jsonl"):
        assert not reserved(name), name


@pytest.mark.parametrize("program", ["genius", "geniusweb"])
def test_no_file_is_written_under_such_a_name(genius, tmp_path, program):
    (genius / "North.xml").rename(genius / "Con.xml")
    (genius / "West.xml").rename(genius / "aux.xml")
    scenario = load(genius)
    assert scenario.party_ids == ("aux_party", "con_party")
    folder = to_yaml(scenario, tmp_path / "shop")
    paths, _ = write(load(folder), program, tmp_path / "out")
    written = [*paths, *folder.rglob("*")]
    assert not any(reserved(path.name) for path in written)
    assert load(tmp_path / "out").party_ids == scenario.party_ids
    with pytest.raises(ScenarioError, match="Windows must take it"):
        to_yaml(scenario, tmp_path / "nul")
    (folder / "parties" / "con_party.yaml").rename(folder / "parties" / "con.yaml")
    for path in (folder / "scenario.yaml", folder / "parties" / "con.yaml"):
        path.write_text(path.read_text(encoding="utf-8").replace("con_party", "con"), encoding="utf-8", newline="\n")
    errors = [p for p in check(folder)[1] if p.severity == "error"]
    assert errors and all("Windows" in p.message and "con_1" in p.remedy for p in errors)


def test_solve_tells_what_it_does_and_can_be_stopped(monkeypatch):
    monkeypatch.setattr(solving, "QUIET", 0.0)
    code, out, err = invoke("solve", CASES / "gw_profiles_only", "--json")
    assert code == 0 and json.loads(out)["packages"] == 4
    assert err.startswith("Counting packages")
    monkeypatch.setattr(solving, "notice", stop)
    code, out, err = invoke("solve", CASES / "gw_profiles_only", "--json")
    assert (code, out) == (1, "") and "Stopped before the end" in err


def stop(_):
    raise KeyboardInterrupt
