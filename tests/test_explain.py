"""Explanations add up to the utility, and the two commands of the analysis keep their contract."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from peacetable import files
from peacetable.abm.model import Negotiation
from peacetable.analysis import background, explain, solve
from peacetable.cli.explain import command as explain_command
from peacetable.cli.explain import tell as tell_explained
from peacetable.cli.solve import command as solve_command
from peacetable.cli.solve import tell as tell_solved
from peacetable.cli.terminal import Terminal
from peacetable.errors import PeacetableError
from peacetable.scenario import Condition, Demand, Fact, Judgement, Source, Space, cells, preferences
from peacetable.words.story import trust
from terminal import invoke as invoke_all
from test_analysis import judged, random_scenario, scenario_of


def talks():
    """Two parties; p0 has said something on two levels of the first issue and nothing on the second."""
    values = [
        [["demand", None, None, "oppose"], [None, None]],
        [["red_line", "prefer", None, None], ["acceptable", None]],
    ]
    conditions = [(Condition("both", {"i0": ("l0",), "i1": ("l0",)}, judged(-0.05)),), ()]
    made = scenario_of(values, [[75, 25], [50, 50]], [0.4, 0.3], conditions=conditions)
    source = Source("S1", "Speaker", "2025-08-18", "Outlet", "https://example.org", "said so", "A")
    return replace(made, sources={"S1": source})


def test_rows_add_up_to_the_utility():
    scenario = random_scenario(4)
    numbers = preferences(scenario)
    for package in Space(scenario).enumerate():
        for p, party in enumerate(scenario.party_ids):
            found = explain(scenario, party, package)
            total = sum(r.contribution for r in found.rows) + sum(c.contribution for c in found.conditions)
            assert (
                found.utility == numbers.utility(package[None], p)[0] == pytest.approx(min(max(total, 0), 1), abs=1e-9)
            )
            assert [row.contribution for row in found.rows] == pytest.approx([r.weight * r.value for r in found.rows])


def test_without_a_package_every_level_has_a_row():
    scenario = talks()
    found = explain(scenario, "p0")
    assert [(r.issue, r.level) for r in found.rows] == [(i.id, k.id) for i in scenario.issues for k in i.levels]
    assert (found.utility, found.assumed_weight) == (None, None)
    assert [r.value for r in found.rows] == pytest.approx(cells(scenario).value[0].tolist())
    assert [r.stance for r in found.rows] == ["demand", "unstated", "unstated", "oppose", "unstated", "unstated"]
    assert found.rows[1].note == "between l0 and l3"
    assert all((r.basis == "assumed") == (not r.sources) and r.stance and r.basis for r in found.rows)


def test_what_is_said_to_be_drawn_anew_is_what_tables_draw():
    """A cell coded by assumption has one value, and so has one between two of the same value: no table draws them."""
    base = talks()
    guessed = dict(base.parties[0].positions)
    for level in ("l0", "l3"):
        guessed["i0", level] = replace(guessed["i0", level], basis="assumed", stance="prefer", sources=())
    scenario = replace(base, parties=(replace(base.parties[0], positions=guessed), *base.parties[1:]))
    for sc in (base, scenario, files.load("white-house-2025")):
        numbers = Negotiation(sc, tables=50, seed=1, draw=["values"]).talks.preferences.contributions
        moved = (numbers != numbers[:1]).any(axis=0)
        assert (moved == cells(sc).ranged).all()
        for p, party in enumerate(sc.party_ids):
            drawn = explain(replace(sc, draw=("values",)), party).drawn_share
            assert drawn == pytest.approx(moved[p].mean()) and explain(replace(sc, draw=()), party).drawn_share == 0
    said = {draw: list(trust(replace(scenario, draw=draw)))[2].text for draw in ((), ("values",))}
    assert "75% of the values rest on no statement; of these 9, 5 are drawn anew for every table" in said["values",]
    assert "75% of the values rest on no statement. How" in said[()]
    whole = " ".join(line.text for line in trust(replace(base, draw=("values",))))
    assert "58% of the values rest on no statement and are drawn anew for every table." in whole


CASE = Path(__file__).parent / "cases" / "scenarios" / "escape"
ESCAPES = files.load(CASE)


@pytest.mark.parametrize("terminal", [False, True])
def test_texts_of_a_scenario_are_shown_and_not_obeyed(terminal):
    """A title that sets colours and the window's title, marks of Rich and of emoji: letters like others."""
    tricky = "Vi\x1b[31mred\x1b]0;title\x07 [bold]b[/bold] :warning: \x9b2J\u202eend"
    parties = tuple(
        replace(p, label=tricky, short=tricky[:8], role=tricky, no_agreement=tricky) for p in ESCAPES.parties
    )
    scenario = replace(ESCAPES, title=tricky, parties=parties)
    file = io.StringIO()
    console = Terminal(
        200,
        file=file,
        force_terminal=terminal,
        color_system="auto" if not terminal else "standard",
        legacy_windows=False,
    )
    tell_explained(scenario, explain(scenario, "us"), None, console)
    tell_explained(scenario, explain(scenario, "us", np.zeros(3, dtype=int)), "x", console)
    tell_solved(solve(scenario), console)
    shown = file.getvalue()
    ours = re.sub(r"\x1b\[[0-9;]*m", "", shown) if terminal else shown
    assert "Vi[31mred]0;title [bold]b[/bold] :warning: 2Jend" in ours
    assert not set(ours) & {"\x1b", "\x07", "\x9b", "\u202e"} and "\x1b[31m" not in shown


def test_no_escape_reaches_the_terminal_from_any_command(tmp_path):
    folder, minutes, out = CASE, tmp_path / "talks.jsonl", tmp_path / "batch"
    for arguments in (
        ("explain", folder, "--party", "us"),
        ("explain", folder, "--party", "us", "--json"),
        ("run", folder, "--seed", 1, "--minutes", minutes),
        ("replay", minutes),
        ("solve", folder),
        ("solve", folder, "--json"),
        ("check", folder),
        ("batch", folder, "--tables", 3, "--out", out),
        ("replay", out, "--table", 1),
        ("explain", folder, "--party", "u\x1b[31ms"),
        ("run", "no\x1b[31mwhere"),
    ):
        _, told, errors = invoke_all(*arguments)
        assert not set(told + errors) & set("\x1b\x07"), arguments
        assert told or errors


def test_shares_of_what_is_assumed():
    scenario = talks()
    found = explain(scenario, "p0", np.array([0, 1]))
    assert found.assumed_share == pytest.approx(4 / 6)
    assert found.assumed_weight == pytest.approx(0.25)
    assert explain(scenario, "p0", np.array([1, 1])).assumed_weight == pytest.approx(1.0)


def test_conditions_and_red_lines_are_told():
    scenario = talks()
    (condition,) = explain(scenario, "p0", np.array([0, 0])).conditions
    assert (condition.holds, condition.contribution) == (True, -0.05)
    (condition,) = explain(scenario, "p0", np.array([1, 0])).conditions
    assert (condition.holds, condition.contribution) == (False, 0.0)
    assert explain(scenario, "p1", np.array([0, 0])).red_lines == ("i0",)
    assert explain(scenario, "p1", np.array([1, 0])).red_lines == ()


def demanding(reading="condition", red_lines="veto"):
    """The talks in which p0 calls something part of any settlement, and was looked up in vain."""
    scenario = talks()
    number = -0.07 if reading == "weight" else -2.0
    change = Judgement(number, number, number, "It said so.", ("S1",))
    refuses = {"i0": ("l1", "l2"), "i1": ("l0",)}
    asks = Demand("ask", "One of the two goes.", refuses, reading, change)
    usual = Demand("usual", "The levels say it.", {"i1": ("l1",)}, "weight", judged(0))
    own = (Condition("ask", refuses, change, reading == "condition"), *scenario.parties[0].conditions)
    first = replace(scenario.parties[0], demands=(asks, usual), conditions=own, silences={
        ("i0", "l1"): "nothing found on it", ("i1", "l0"): "asked in vain", ("i1", "l1"): "",
    })  # fmt: skip
    known = (
        Fact("b", "It always holds.", "", ("S1",)),
        Fact("c", "It came later.", "2022-03-29"),
        Fact("a", "It came first.", "before 2022", ("S1",)),
    )
    protocol = replace(scenario.protocol, red_lines=red_lines)
    return replace(scenario, parties=(first, scenario.parties[1]), background=known, protocol=protocol)


@pytest.mark.parametrize(
    ("reading", "red_lines"), [("weight", "veto"), ("condition", "veto"), ("condition", "penalty")]
)
def test_demands_are_told_and_add_up(reading, red_lines):
    scenario = demanding(reading, red_lines)
    numbers = preferences(scenario)
    for package in Space(scenario).enumerate():
        found = explain(scenario, "p0", package)
        left_out = package[0] in (1, 2) and package[1] == 0
        assert [(d.id, d.says, d.reading, d.holds) for d in found.demands] == [
            ("ask", "One of the two goes.", reading, left_out),
            ("usual", "The levels say it.", "weight", package[1] == 1),
        ]
        total = sum(r.contribution for r in found.rows) + sum(c.contribution for c in found.conditions)
        assert found.utility == numbers.utility(package[None], 0)[0] == pytest.approx(max(total, 0), abs=1e-9)
        assert all(abs(c.contribution) <= 1 and (c.change is None) == c.veto for c in found.conditions)
    assert [(c.id, c.veto) for c in found.conditions] == sorted(
        [("ask", reading == "condition"), ("both", False)], key=lambda one: one[1]
    )
    assert {d.holds for d in explain(scenario, "p0").demands} == {None}
    assert explain(scenario, "p0").demands[0].sources == ("S1",)


def test_silences_say_what_was_looked_for():
    notes = {(row.issue, row.level): row.note for row in explain(demanding(), "p0").rows}
    assert notes["i0", "l1"] == "looked for, nothing found on it; between l0 and l3"
    assert notes["i1", "l0"].startswith("looked for, nothing found: asked in vain; silent on this issue")
    assert notes["i1", "l1"].startswith("looked for, nothing found; silent") and "looked" not in notes["i0", "l2"]


def test_what_everybody_knows_is_told_by_date():
    assert [fact.id for fact in background(demanding())] == ["a", "c", "b"]


def test_a_forecast_names_the_demands_that_it_leaves_out():
    scenario = demanding()
    values = [[0.2, 0.9, 0.3, 0.1], [0.9, 0.1]]
    parties = []
    for party in scenario.parties:
        cells_ = [(i.id, k.id) for i in scenario.issues for k in i.levels]
        said = dict(zip(cells_, sum(values, []), strict=True))
        place = next(iter(party.positions.values()))
        positions = {cell: replace(place, stance="neutral", value=worth) for cell, worth in said.items()}
        parties.append(replace(party, positions=positions))
    scenario = replace(scenario, parties=tuple(parties))
    found = solve(scenario).forecasts["weighted_median"]
    assert found.point.package.tolist() == [1, 0] and found.red_lines == ()
    assert [(party, demand.id) for party, demand in found.demands] == [("p0", "ask")]
    for other in (demanding("weight"), demanding("condition", "penalty")):
        other = replace(other, parties=tuple(replace(p, positions=q.positions) for p, q in
                                             zip(other.parties, parties, strict=True)))  # fmt: skip
        assert solve(other).forecasts["weighted_median"].demands == ()
    file = io.StringIO()
    tell_solved(solve(scenario), Terminal(200, file=file))
    assert "does not meet what p0 has called part of any settlement: One of the two goes." in file.getvalue()
    assert "red lines and demands leave" in file.getvalue()


def test_an_unknown_party_is_refused():
    with pytest.raises(PeacetableError, match='No party "p7" in made; known: p0, p1'):
        explain(talks(), "p7")


@pytest.fixture
def loaded(monkeypatch):
    monkeypatch.setattr(files, "load", lambda *_, **__: talks())


def invoke(command, *arguments):
    return CliRunner().invoke(command, arguments, catch_exceptions=False)


def test_explain_json(loaded):
    result = invoke(explain_command, "made", "--party", "p1", "--package", "i0=l1 i1=l1", "--json")
    found = json.loads(result.stdout)
    assert (found["scenario"], found["party"], found["notation"]) == ("made", "p1", "i0=l1 i1=l1")
    assert {"utility", "reservation", "assumed_share", "assumed_weight", "rows", "conditions"} <= set(found)
    keys = {"issue", "level", "label", "stance", "basis", "weight", "value", "contribution", "sources", "note"}
    assert [set(row) for row in found["rows"]] == [keys, keys]
    assert found["rows"][0]["sources"] == ["S1"]
    whole = json.loads(invoke(explain_command, "made", "--party", "p1", "--json").stdout)
    assert (whole["notation"], whole["utility"], len(whole["rows"])) == (None, None, 6)


def test_explain_text(loaded):
    text = invoke(explain_command, "made", "--party", "p0").stdout
    assert "67% of this party's cells are assumed" in text
    assert "S1: Speaker, 2025-08-18, Outlet [A]: said so" in text
    crossed = invoke(explain_command, "made", "--party", "p1", "--package", "i0=l0,i1=l1").stdout
    assert "crosses a red line on i0: it would never sign" in crossed


def test_explain_tells_demands_silences_and_what_everybody_knows(monkeypatch):
    def told(scenario, *arguments):
        monkeypatch.setattr(files, "load", lambda *_, **__: scenario)
        return " ".join(invoke(explain_command, "made", *arguments).stdout.split())

    left_out = ("--party", "p0", "--package", "i0=l1,i1=l0")
    condition = told(demanding(), *left_out)
    assert "calls part of any settlement: it would never sign. One of the two goes." in condition
    assert "Read as a condition: it proposes and signs nothing else." in condition
    assert "This package does not meet it. It said so. Sources: S1." in condition
    assert "The levels say it. Read as a weight: what the levels are worth carries it." in condition
    assert not re.search(r"[12]\.[0-9]{3}", condition) and "+0.00" not in condition
    assert "looked for, nothing found on it" in condition and "What everybody knows" not in condition
    assert "all else is worth nothing to it" in told(demanding("condition", "penalty"), *left_out)
    weight = told(demanding("weight"), *left_out)
    assert "Read as a weight: -0.070 for a package that does not meet it." in weight and "never sign" not in weight
    whole = told(demanding())
    assert whole.endswith("S1: Speaker, 2025-08-18, Outlet [A]: said so https://example.org")
    told_last = whole[whole.index("What everybody knows") :]
    assert "before 2022: It came first. Sources: S1. 2022-03-29: It came later. It always holds. Sou" in told_last


def test_explain_json_has_demands_and_what_everybody_knows(monkeypatch):
    monkeypatch.setattr(files, "load", lambda *_, **__: demanding())
    found = json.loads(invoke(explain_command, "made", "--party", "p0", "--package", "i0=l1 i1=l0", "--json").stdout)
    (demand, _), (usual, veto) = found["demands"], found["conditions"]
    wanted = {"id": "ask", "says": "One of the two goes.", "refuses": {"i0": ["l1", "l2"], "i1": ["l0"]}}
    assert wanted | {"reading": "condition", "holds": True, "sources": ["S1"]} == {
        key: demand[key] for key in (*wanted, "reading", "holds", "sources")
    }
    assert (usual["veto"], veto["veto"], veto["change"]) == (False, True, None)
    whole = json.loads(invoke(explain_command, "made", "--json").stdout)
    assert [(fact["id"], fact["date"], fact["sources"]) for fact in whole["background"]] == [
        ("a", "before 2022", ["S1"]), ("c", "2022-03-29", []), ("b", "", ["S1"]),
    ]  # fmt: skip


def test_a_misspelt_party_is_wrong_usage(loaded):
    result = invoke(explain_command, "made", "--party", "p00")
    assert result.exit_code == 2 and 'did you mean "p0"?' in result.output


def test_solve_json(loaded):
    found = json.loads(invoke(solve_command, "made", "--json").stdout)
    keys = "scenario packages feasible signable frontier_size rational_frontier_size zone_of_agreement agreeable "
    keys += "reservation points points_by_consent forecasts approximate"
    assert set(keys.split()) == set(found)
    assert found["points_by_consent"] == found["points"]
    assert (found["packages"], found["approximate"]) == (8, False)
    assert set(found["points"]) == {"nash", "kalai_smorodinsky", "egalitarian", "utilitarian"}
    for tied in found["points"].values():
        assert tied and all(set(p) == {"notation", "package", "utilities"} for p in tied)
        assert all(set(p["package"]) == {"i0", "i1"} and set(p["utilities"]) == {"p0", "p1"} for p in tied)
    assert set(found["forecasts"]) == {"compromise", "weighted_median"}


def test_solve_says_what_the_consent_rule_allows(monkeypatch):
    """Both kinds of points, labelled, in 100 columns; a quorum of all says that they are the same."""
    without, joint = (files.load(f"white-house-2025@alaska{v}") for v in ("+without-russia", ""))
    monkeypatch.setattr(files, "load", lambda *_, **__: without)
    found = json.loads(invoke(solve_command, "made", "--json").stdout)
    assert (found["zone_of_agreement"], found["agreeable"]) == (9, 264)
    for name, tied in found["points_by_consent"].items():
        assert tied and all(set(p) == {"notation", "package", "utilities"} for p in tied)
        assert name == "utilitarian" or tied[0]["utilities"]["russia"] < found["reservation"]["russia"]
    text = invoke(solve_command, "made").stdout
    assert "If all had to sign" in text and "By the consent rule" in text and "264 packages" in text
    assert max(map(len, text.splitlines())) <= 100
    for protocol in (joint.protocol, replace(joint.protocol, consent="quorum", quorum=5)):
        monkeypatch.setattr(files, "load", lambda *_, p=protocol, **__: replace(joint, protocol=p))
        text = invoke(solve_command, "made").stdout
        assert "so these are all that can be agreed" in text and "By the consent rule" not in text


def test_solve_text(loaded):
    text = invoke(solve_command, "made").stdout
    assert "8 packages" in text and "Zone of possible agreement" in text
    for name in ("Nash", "Kalai-Smorodinsky", "Egalitarian", "Utilitarian", "Compromise model", "Weighted median"):
        assert name in text


def test_solve_text_without_a_zone(monkeypatch):
    monkeypatch.setattr(files, "load", lambda *_, **__: random_scenario(1, reservation=[0.99] * 3))
    assert "There is no zone of possible agreement" in invoke(solve_command, "made").stdout
