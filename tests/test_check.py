"""Broken scenarios, each made from one valid scenario by changing one thing: place, code and words of the finding."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peacetable.cli.check import command
from peacetable.cli.common import strategy_errors
from peacetable.errors import ScenarioError
from peacetable.files import check, load, nodes, targets
from peacetable.files import problems as problems_module
from peacetable.files.problems import Problems

DELTA = {
    "scenario.yaml": """\
format: 1
id: delta
title: Sharing a river
summary: Two neighbours share the water of a river.
anchor: "2024-05-01"
cutoff: "2024-05-31"
parties: [north, west]
issues:
  - id: water
    label: Share of the water
    levels:
      - {id: north_most, label: Most to the north, needs: [north, west]}
      - {id: half, label: Half each}
      - {id: west_most, label: Most to the west}
  - id: border
    label: Border posts
    ordered: false
    levels:
      - {id: open, label: Open}
      - {id: closed, label: Closed}
prior: {low: 0.35, high: 0.65}
protocol: {rounds: 20, consent: unanimity}
rules:
  - {id: no_open, forbid: {water: [west_most], border: [open]}, reason: The west would close it., sources: [A1]}
events:
  - {id: flood, label: Flood, text: The river floods., round: 6, reservation: {west: -0.02}}
glossary: {river: A stream of water.}
""",
    "sources.yaml": """\
A1: {speaker: North, date: "2024-04-02", outlet: Gazette, stated: The north wants most water., reliability: A}
A2: {speaker: West, date: 2024-03, outlet: Gazette, stated: The west wants a fair half., reliability: B}
""",
    "parties/north.yaml": """\
id: north
label: North
role: The upper neighbour.
goals: [Water for its fields.]
no_agreement: The pumps stay as they are.
capability: {value: 50, range: [40, 60], reason: A guess.}
reservation: {value: 0.3, range: [0.25, 0.35], reason: A guess.}
salience:
  water: {value: 70, range: [60, 80], reason: Much land is dry., sources: [A1]}
  border: {value: 30, range: [20, 40], reason: Little trade.}
positions:
  water:
    north_most: {stance: demand, basis: stated, sources: [A1]}
    half: {stance: neutral, basis: assumed}
    west_most: {stance: red_line, basis: stated, sources: [A1]}
  border:
    open: {stance: prefer, basis: stated, sources: [A1]}
    closed: {stance: reluctant, basis: inferred, sources: [A1]}
conditions:
  - {id: trade, when: {water: [half], border: [open]}, change: 0.1, range: [0.05, 0.15], reason: It sells there.}
strategy:
  bidding: {name: time_dependent, exponent: 3}
""",
    "parties/west.yaml": """\
id: west
label: West
role: The lower neighbour.
no_agreement: The river runs dry in summer.
capability: {value: 50, range: [40, 60], reason: A guess.}
reservation: {value: 0.3, range: [0.25, 0.35], reason: A guess.}
salience:
  water: {value: 60, range: [50, 70], reason: It drinks from it., sources: [A2]}
  border: {value: 40, range: [30, 50], reason: Some trade.}
positions:
  water:
    north_most: {stance: oppose, basis: stated, sources: [A2]}
    half: {stance: prefer, basis: stated, sources: [A2]}
""",
    "variants/dry.yaml": """\
label: A dry year
reason: What if water is scarce.
sources: [A2]
changes:
  parties:
    north:
      reservation: {value: 0.32}
""",
}


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    scenario = folder / "delta"
    for name, text in files.items():
        path = scenario / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return scenario


@dataclass(frozen=True)
class Case:
    """In `file`, `old` becomes `new`; the finding stands where `at` begins (None: at the start of the file)."""

    file: str
    old: str
    new: str
    code: str
    at: str | None
    words: str


S, N, W, V = "scenario.yaml", "parties/north.yaml", "parties/west.yaml", "variants/dry.yaml"
ERRORS = {
    "unknown field": Case(
        S,
        "    levels:\n      - {id: open",
        "    levls:\n      - {id: open",
        "E04",
        "levls",
        'border has no field "levls"; did you mean "levels"?',
    ),
    "unknown field deep": Case(
        N,
        "stance: neutral",
        "stanze: neutral",
        "E04",
        "stanze",
        'positions.water.half has no field "stanze"; did you mean "stance"?',
    ),
    "missing day": Case(S, 'anchor: "2024-05-01"\n', "", "E07", None, 'the scenario has no "anchor"; add it'),
    "missing field": Case(W, "role: The lower neighbour.\n", "", "E07", None, 'the party has no "role"; add it'),
    "yes for text": Case(S, "label: Border posts", "label: Yes", "E05", "Yes", 'quote it if text is meant: "Yes"'),
    "off for text": Case(
        S, "label: Closed", "label: off", "E05", "off}", "reads off without quotes as the truth value false"
    ),
    "base 60": Case(S, "label: Half each", "label: 1:30", "E05", "1:30", "to the base 60"),
    "octal": Case(N, "value: 70", "value: 010", "E05", "010", "octal"),
    "underscore": Case(S, "label: Half each", "label: 60_40", "E05", "60_40", 'quote it if text is meant: "60_40"'),
    "date": Case(S, '"2024-05-01"', "2024-05-01", "E05", "2024-05-01", "as a date"),
    "nan": Case(N, "value: 70", "value: .nan", "E05", ".nan", "not-a-number"),
    "infinity": Case(N, "value: 70", "value: -.inf", "E05", "-.inf", "infinity"),
    "huge": Case(N, "value: 70", "value: 1e999", "E05", "1e999", "a number beyond 1e+12"),
    "huge integer": Case(N, "value: 70", "value: " + "9" * 5000, "E05", "9999", "a number beyond"),
    "number as name": Case(S, "glossary: {river:", "glossary: {1967:", "E05", "1967", "is not text"),
    "number as label": Case(S, "label: Open", "label: 1967", "E08", "1967", 'put it in quotes: "1967"'),
    "duplicate key": Case(S, "summary: Two", "title: Again\nsummary: Two", "E06", "title: Again", "first in line 3"),
    "tab": Case(N, "  border: {value: 30", "\tborder: {value: 30", "E03", "\tborder", "replace the tab by spaces"),
    "open quote": Case(S, 'anchor: "2024-05-01"', 'anchor: "2024-05-01', "E03", '2024-05-31"', "quotation mark"),
    "open bracket": Case(S, "[north, west]\n", "[north, west\n", "E03", "[north", "not closed"),
    "colon in text": Case(
        N, "role: The upper", "role: Note: the upper", "E03", ": the upper", "put the text in quotes"
    ),
    "indentation": Case(N, "label: North\n", " label: North\n", "E03", ": North", "indent"),
    "tag": Case(S, "title: Sharing", "title: !!python/name:os.system Sharing", "E03", "!!python", "delete the tag"),
    "second document": Case(S, "glossary: {", "---\nglossary: {", "E03", "---", "one document per file"),
    "merge key": Case(N, "  border: {value: 30,", "  border: {<<: *x, value: 30,", "E03", "*x", "not defined"),
    "comma number": Case(N, "value: 0.3,", 'value: "0,3",', "E08", '"0,3"', "write 0.3"),
    "text for list": Case(
        S, "water: [west_most]", "water: west_most", "E08", "west_most]|west_most, border", "[west_most]"
    ),
    "list for mapping": Case(
        S,
        "protocol: {rounds: 20, consent: unanimity}",
        "protocol: [20]",
        "E08",
        "protocol",
        "protocol must be a mapping, not a list",
    ),
    "truth for number": Case(N, "value: 70", "value: true", "E08", "true", "must be a number, not true"),
    "empty value": Case(S, "title: Sharing a river", "title:", "E08", "\nsummary", "not empty; fill it in"),
    "unclosed quote": Case(
        S, "river: A stream of water.}", "river: 'A stream of water.}", "E03", "'A stream", "never closed"
    ),
    "bad choice": Case(S, "consent: unanimity", "consent: unanimous", "E09", "unanimous", 'did you mean "unanimity"?'),
    "bad stance": Case(N, "stance: prefer", "stance: like", "E09", "like", "possible: demand, prefer"),
    "out of bounds": Case(
        N, "value: 70", "value: 170", "E09", "170", "salience.water.value is 170, but must be at most 100"
    ),
    "bad id": Case(S, "id: half", "id: Half Each", "E09", "Half Each", "lower case"),
    "bad day": Case(S, '"2024-05-31"', '"2024-05-32"', "E09", '"2024-05-32"', "not a day of the calendar"),
    "other format": Case(S, "format: 1", "format: 2", "E09", "2", "write format: 1"),
    "phrase too long": Case(
        S,
        "label: Open}",
        f"label: Open, phrase: {'an open border ' * 4}at the river}}",
        "E09",
        "an open border",
        "has 72 characters",
    ),
    "phrase not text": Case(S, "label: Open}", "label: Open, phrase: 12}", "E08", "12}", 'put it in quotes: "12"'),
    "too long": Case(S, "label: Open}", "label: Open, short: Open for everybody}", "E09", "Open for", "shorten it"),
    "unknown party": Case(S, "needs: [north, west]", "needs: [north, vest]", "E10", "vest", 'did you mean "west"?'),
    "unknown issue": Case(N, "when: {water:", "when: {watr:", "E10", "watr", 'no issue "watr"; did you mean "water"?'),
    "unknown level": Case(W, "    half:", "    halv:", "E10", "halv", 'did you mean "half"?'),
    "unknown source": Case(
        W,
        "reason: It drinks from it., sources: [A2]",
        "reason: It drinks., sources: [A7]",
        "E10",
        "A7",
        'there is no source "A7"',
    ),
    "unknown party in event": Case(S, "{west: -0.02}", "{wst: -0.02}", "E10", "wst", 'did you mean "west"?'),
    "same level twice": Case(
        S,
        "      - {id: west_most",
        "      - {id: half, label: Again}\n      - {id: west_most",
        "E11",
        "half, label: Again",
        'level "half" is there twice',
    ),
    "one party": Case(S, "parties: [north, west]", "parties: [north]", "E12", "parties", "at least 2 entries"),
    "one level": Case(
        S, "      - {id: closed, label: Closed}\n", "", "E12", "levels:\n      - {id: open", "has 1, but needs"
    ),
    "no consent": Case(S, "needs: [north, west]", "needs: []", "E12", "needs", "at least 1 entry"),
    "outside range": Case(N, "value: 70", "value: 90", "E13", "90", "salience.water is 90, outside its range 60 to 80"),
    "range inverted": Case(N, "[60, 80]", "[80, 60]", "E13", "80", "from 80 down to 60"),
    "no source": Case(
        W,
        "half: {stance: prefer, basis: stated, sources: [A2]}",
        "half: {stance: prefer, basis: stated}",
        "E14",
        "half",
        "names no source",
    ),
    "forbids everything": Case(
        S,
        "forbid: {water: [west_most], border: [open]}",
        "forbid: {water: [north_most, half, west_most]}",
        "E16",
        "rules",
        "forbid every package",
    ),
    "outweighs": Case(N, "change: 0.1, range: [0.05, 0.15]", "change: 0.6", "E17", "conditions", "outweigh the issues"),
    "other party id": Case(N, "id: north", "id: nord", "E18", "nord", "differs from the file's name"),
    "round and probability": Case(S, "round: 6", "round: 6, probability: 0.1", "E20", "flood", "exactly one"),
    "no round": Case(S, "round: 6, ", "", "E20", "flood", "neither of round and probability"),
    "no salience": Case(
        W,
        "  border: {value: 40, range: [30, 50], reason: Some trade.}\n",
        "",
        "E07",
        "salience",
        'no salience is given for the issue "border"',
    ),
    "unknown strategy": Case(
        N, "name: time_dependent", "name: time_dependant", "E19", "time_dependant", 'did you mean "time_dependent"?'
    ),
    "party called all": Case(S, "parties: [north, west]", "parties: [all, west]", "E09", "all, west", "every party"),
    "needs everybody": Case(S, "needs: [north, west]", "needs: all", "E08", "all}", "delete `needs`"),
    "closes all": Case(
        S,
        "reservation: {west: -0.02}",
        "close: {border: [open, closed]}",
        "E16",
        "close: {b",
        'the event "flood" would leave no package',
    ),
    "sources without basis": Case(
        N,
        "open: {stance: prefer, basis: stated, sources: [A1]}",
        "open: {stance: prefer, sources: [A1]}",
        "E14",
        "open: {stance",
        "names sources, but not its basis; add basis",
    ),
    "order of one": Case(
        S, "label: Share of the water\n", "label: Share of the water\n    order: [half]\n", "E12", "order", "one level"
    ),
    "order of an unknown level": Case(
        S,
        "label: Share of the water\n",
        "label: Share of the water\n    order: [half, west_mots]\n",
        "E10",
        "west_mots",
        'there is no level of water "west_mots"; did you mean "west_most"?',
    ),
    "order, and not ordered": Case(
        S,
        "ordered: false",
        "ordered: false\n    order: [open, closed]",
        "E20",
        "false",
        "has an order and says whether it is ordered; keep one of them",
    ),
    "over an unknown level": Case(
        W, "[A2]}\n    half", "[A2], over: [west_mots]}\n    half", "E10", "west_mots", 'did you mean "west_most"?'
    ),
    "unstated with a basis": Case(
        N,
        "half: {stance: neutral, basis: assumed}",
        "half: {stance: unstated, basis: stated, sources: [A1]}",
        "E14",
        "half: {stance",
        "the stance on water.half is unstated, so it has no basis",
    ),
    "unstated with sources": Case(
        N,
        "half: {stance: neutral, basis: assumed}",
        "half: {stance: unstated, sources: [A1]}",
        "E14",
        "half: {stance",
        "is unstated, so it has no basis, no sources",
    ),
    "covered by two statements": Case(
        W,
        "[A2]}\n    half: {stance: prefer, basis: stated, sources: [A2]}",
        "[A2], over: [west_most]}\n    half: {stance: prefer, basis: stated, sources: [A2], over: ['west_most']}",
        "E20",
        "'west_most'",
        "water.west_most is covered by north_most and by half, which differ; keep it in one of them",
    ),
    "demand that nothing meets": Case(
        N,
        "strategy:",
        "demands:\n  - {id: all, says: No., refuses: {water: [north_most, half, west_most], border: [open, closed]}}\n"
        "strategy:",
        "E16",
        "refuses:",
        'the demand "all" refuses every package',
    ),
    "demand for an unknown level": Case(
        N,
        "strategy:",
        "demands:\n  - {id: fair, says: Half., refuses: {water: [hlaf]}}\nstrategy:",
        "E10",
        "hlaf",
        'there is no level of water "hlaf"; did you mean "half"?',
    ),
    "demand called as a condition is": Case(
        N,
        "strategy:",
        "demands:\n  - {id: trade, says: Half., refuses: {water: [half]}}\nstrategy:",
        "E11",
        "trade, says",
        "is the id of a condition and of a demand",
    ),
    "demand read in no way": Case(
        N,
        "strategy:",
        "demands:\n  - {id: fair, says: Half., refuses: {water: [half]}, as: veto}\nstrategy:",
        "E09",
        "veto",
        "demands.fair.as cannot be",
    ),
    "demands outweigh the issues": Case(
        N,
        "strategy:",
        "demands:\n  - {id: fair, says: Half., refuses: {water: [half]}, change: -0.45}\nstrategy:",
        "E17",
        "conditions:",
        "the conditions and demands change the utility by up to 0.55 together and outweigh the issues",
    ),
    "demand alone outweighs the issues": Case(
        W,
        "    half: {stance: prefer, basis: stated, sources: [A2]}\n",
        "    half: {stance: prefer, basis: stated, sources: [A2]}\n"
        "demands:\n  - {id: fair, says: Half., refuses: {water: [north_most]}, change: -0.6}\n",
        "E17",
        "demands:",
        "the demands change the utility by up to 0.60",
    ),
    "rule of a list": Case(
        S,
        "forbid: {water: [west_most], border: [open]}",
        "forbid: [{water: [west_most]}, {water: [helf]}]",
        "E10",
        "helf",
        'there is no level of water "helf"; did you mean "half"?',
    ),
    "draft without an issue": Case(
        S,
        "consent: unanimity}",
        "name: single_text, draft: {water: half}}",
        "E07",
        "draft",
        "the draft has no level of border; name a level of every issue",
    ),
    "draft that a rule excludes": Case(
        S,
        "consent: unanimity}",
        "name: single_text, draft: {water: west_most, border: open}}",
        "E16",
        "draft",
        'the draft is a package that the rule "no_open" excludes',
    ),
    "event, range": Case(
        S,
        "{west: -0.02}",
        "{west: {value: -0.02, range: [0.0, 0.1]}}",
        "E13",
        "-0.02",
        "outside its range 0 to 0.1",
    ),
    "date of a source that is none": Case(
        "sources.yaml", '"2024-04-02"', '"2024-02-31"', "E09", '"2024-02-31"', "does not begin with a date"
    ),
    "fact twice": Case(
        S,
        "glossary:",
        "background:\n  - {id: flood, text: A flood.}\n  - {id: flood, text: Another.}\nglossary:",
        "E11",
        "flood, text: Another",
        'the fact "flood" is there twice',
    ),
    "no name for a file": Case(
        S, "id: delta", "id: nul", "E09", "nul", "Windows has no files and folders of that name"
    ),
    "variant, unknown party": Case(
        V, "    north:", "    nort:", "E10", "nort:", 'no party "nort" to change; did you mean "north"?'
    ),
    "variant, unknown field": Case(V, "reason: What", "raeson: What", "E04", "raeson", 'did you mean "reason"?'),
    "variant, outside range": Case(V, "value: 0.32", "value: 0.5", "E13", "0.5", "outside its range 0.25 to 0.35"),
}


def place_of(text: str, pattern: str) -> tuple[int, int]:
    found = re.search("|".join(re.escape(p) for p in pattern.split("|")), text)
    assert found
    return text.count("\n", 0, found.start()) + 1, found.start() - text.rfind("\n", 0, found.start())


def foreign(problem) -> bool:
    """A newer PyYAML said it in words that the product does not know, so it quotes them. Those it knows: `SAID`."""
    return problem.code == "E03" and "this is not valid YAML: " in problem.message


def broken(case: Case) -> dict[str, str]:
    assert DELTA[case.file].count(case.old) >= 1, "the change must apply"
    files = dict(DELTA)
    files[case.file] = DELTA[case.file].replace(case.old, case.new, 1)
    return files


def test_the_scenario_they_start_from_is_clean(tmp_path):
    scenario, problems = check(write(tmp_path, DELTA), extra=strategy_errors)
    assert problems == []
    assert scenario is not None and scenario.name == "delta"


@pytest.mark.quick
@pytest.mark.parametrize("name", ERRORS)
def test_error(name, tmp_path):
    case = ERRORS[name]
    folder = write(tmp_path, broken(case))
    scenario, problems = check(folder, extra=strategy_errors)
    assert scenario is None or case.file == V
    errors = [p for p in problems if p.severity == "error"]
    assert len(errors) == 1, "one thing is wrong: " + "\n".join(map(str, errors))
    problem = errors[0]
    assert (problem.code, Path(problem.file)) == (case.code, folder / case.file)
    if case.at is None:
        assert (problem.line, problem.column) == (1, 1)
    elif not foreign(problem):
        start = place_of(broken(case)[case.file], case.at)
        assert (problem.line, problem.column) == start, str(problem)
    assert foreign(problem) or any(words in str(problem) for words in case.words.split("|")), str(problem)
    with pytest.raises(ScenarioError) as raised:
        load(f"{folder}@dry" if case.file == V else folder, extra=strategy_errors)
    assert problem in raised.value.problems
    assert str(problem) in str(raised.value)


@pytest.mark.parametrize("name", ERRORS)
def test_command_line(name, tmp_path):
    folder = write(tmp_path, broken(ERRORS[name]))
    result = CliRunner().invoke(command, [str(folder)], standalone_mode=False)
    assert result.exception is None
    assert result.return_value == 1
    lines = result.output.splitlines()
    assert re.search(r"\.yaml:\d+:\d+  [EW]\d\d  ", lines[0])
    assert lines[-1].startswith("Checked 1 scenario and 1 variant: 1 error, ")


WARNINGS = {
    "never agrees": Case(
        W,
        "value: 0.3, range: [0.25, 0.35]",
        "value: 0.95, range: [0.9, 1]",
        "W01",
        "reservation",
        "West can never agree: its best package within its red lines is worth 0.6",
    ),
    "all vetoed": Case(
        W,
        "    north_most: {stance: oppose, basis: stated, sources: [A2]}\n"
        "    half: {stance: prefer, basis: stated, sources: [A2]}",
        "    north_most: {stance: red_line, basis: stated, sources: [A2]}\n"
        "    half: {stance: red_line, basis: stated, sources: [A2]}",
        "W02",
        None,
        "every package crosses",
    ),
    "silence": Case(
        N,
        "    closed: {stance: reluctant, basis: inferred, sources: [A1]}\n",
        "",
        "W03",
        None,
        "no party has a position on border.closed",
    ),
    "impossible level": Case(
        S,
        "events:",
        "  - {id: no_west, forbid: {water: [west_most], border: [closed]}, reason: X}\nevents:",
        "W04",
        None,
        "no package with water.west_most",
    ),
    "condition outweighs": Case(
        N,
        "when: {water: [half], border: [open]}, change: 0.1, range: [0.05, 0.15]",
        "when: {border: [open]}, change: 0.4",
        "W06",
        "0.4",
        "more than its issues weigh together (0.30)",
    ),
    "late source": Case("sources.yaml", "2024-04-02", "2024-06-01", "W07", '"2024-06-01"', "later than the cutoff"),
    "weak source": Case("sources.yaml", "reliability: B", "reliability: D", "W08", None, "reliability D alone"),
    "unused source": Case(
        "sources.yaml",
        "A2: {",
        "A3: {speaker: X, date: '2024', stated: Y, reliability: C}\nA2: {",
        "W09",
        "A3",
        "A3 is not used",
    ),
    "null removes nothing": Case(
        V, "      reservation: {value: 0.32}", "      reservatoin: null", "W11", "reservatoin", "there is none"
    ),
    "event after the end": Case(S, "rounds: 20", "rounds: 5", "W12", "6, res", "never happens"),
    "no reason": Case(N, ", reason: Little trade.}", "}", "W13", "border", "salience.border"),
    "fact of later": Case(
        S,
        "glossary:",
        "background:\n  - {id: flood, date: about 2031-02, text: A flood.}\nglossary:",
        "W07",
        "about 2031-02",
        'the fact "flood" is of 2031-02, later than the cutoff',
    ),
    "other id": Case(S, "id: delta", "id: detla", "W18", "detla", "differs from the folder's name"),
    "blank title": Case(S, "title: Sharing a river", 'title: "  "', "W23", '"  "', "title is blank; fill it in"),
    "escape": Case(S, "label: Open}", 'label: "O\\x1b[31mpen"}', "W22", '"O', "U+001B, which is left out"),
    "source on another issue": Case(
        "sources.yaml",
        "reliability: A}",
        "reliability: A, topics: [water]}",
        "W25",
        None,
        "border.open cites A1, which by its topics is about water; cite a statement on border",
    ),
    "source without topics": Case(
        "sources.yaml",
        "reliability: A}",
        "reliability: A, topics: [water, border]}",
        "W25",
        None,
        "water.north_most cites A2, which by its topics is about none of the issues",
    ),
    "demanded, and not mentioned": Case(
        W,
        "    north_most: {stance: oppose, basis: stated, sources: [A2]}\n",
        "",
        "W26",
        "water:\n",
        "North demands water.north_most, and West, to whom water matters more than most, has no position on it; code "
        "it, or write `north_most: unstated` if nothing was found",
    ),
    "demanded by a statement over several, and not mentioned": Case(
        "parties/north.yaml",
        "north_most: {stance: demand, basis: stated, sources: [A1]}\n"
        "    half: {stance: neutral, basis: assumed}\n"
        "    west_most: {stance: red_line, basis: stated, sources: [A1]}",
        "north_most: {stance: demand, basis: stated, sources: [A1], over: [west_most]}",
        "W26",
        None,
        "North demands water.west_most, and West",
    ),
    "between two guesses": Case(
        W,
        "    north_most: {stance: oppose, basis: stated, sources: [A2]}\n"
        "    half: {stance: prefer, basis: stated, sources: [A2]}",
        "    half: {stance: oppose, basis: stated, sources: [A2]}\n    north_most: unstated",
        "W27",
        "water:\n",
        "West is against water.half, yet on both sides of it levels are worth more to it by assumption: north_most, "
        "west_most; code it, or leave the level out of the issue's order",
    ),
    "draft that the mediator refuses": Case(
        S,
        "consent: unanimity}",
        "name: single_text, mediator: north, draft: {water: west_most, border: closed}}",
        "W28",
        "draft",
        "north mediates and opens with a draft that it would never sign itself",
    ),
    "draft without effect": Case(
        S, "consent: unanimity", "draft: {water: half, border: open}", "W17", "draft", "draft has no effect"
    ),
    "quorum without effect": Case(
        S, "consent: unanimity", "quorum: 2", "W17", "2}", "quorum has no effect under consent unanimity"
    ),
    "vetoes without effect": Case(
        S, "consent: unanimity", "consent: needed, vetoes: [west]", "W17", "vetoes", "vetoes has no effect"
    ),
    "mediator without effect": Case(
        S, "consent: unanimity", "mediator: west", "W17", "west}\nrules", "no effect under alternating_offers"
    ),
    "temperature without effect": Case(S, "consent: unanimity", "temperature: 0", "W17", "0}\nrules", "no effect"),
    "event without effect": Case(
        S, ", reservation: {west: -0.02}", "", "W17", "{id: flood", 'the event "flood" changes nothing in the talks'
    ),
    "waits too long": Case(S, "round: 6", "probability: 0.1, after: 20", "W12", "20, res", "until the talks are over"),
    "switched off": Case(S, "round: 6", "probability: 0", "W12", "0, res", "probability 0 and never happens"),
    "factor, not points": Case(
        S, "reservation: {west: -0.02}", "salience: {all: {border: 30}}", "W16", "30}", "multiplies the salience"
    ),
    "alike": Case(S, "label: Closed", "label: Open", "W19", "Open}\nprior", "have the same label"),
    "drift": Case(
        N, "capability:", "drift: {value: 0.2, reason: X.}\ncapability:", "W20", "drift", "stays at 1 where it gets"
    ),
    "all worth the same": Case(
        S,
        "prior: {",
        "stance_values: {demand: 0, prefer: 0, acceptable: 0, neutral: 0, reluctant: 0, oppose: 0}\nprior: {",
        "W14",
        "stance_values",
        "all stances are worth 0",
    ),
    "begins after the cutoff": Case(S, "2024-05-01", "2024-06-01", "W07", '"2024-06-01"', "no statement after"),
    "condition without effect": Case(
        N, "change: 0.1, range: [0.05, 0.15]", "change: 0", "W17", "0, reason: It sells", "changes the utility by 0"
    ),
    "variant without changes": Case(
        V,
        "changes:\n  parties:\n    north:\n      reservation: {value: 0.32}\n",
        "changes: {}\n",
        "W11",
        "changes",
        'the variant "dry" changes nothing',
    ),
    "rising stances": Case(
        S, "prior: {", "stance_values: {prefer: 0.3}\nprior: {", "W14", "stance_values", "do not fall"
    ),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_warning(name, tmp_path):
    case = WARNINGS[name]
    folder = write(tmp_path, broken(case))
    scenario, problems = check(folder, extra=strategy_errors)
    assert scenario is not None
    assert not [p for p in problems if p.severity == "error"]
    found = [p for p in problems if p.code == case.code]
    assert found, "\n".join(map(str, problems))
    assert any(case.words in str(p) for p in found), str(found[0])
    if case.at is not None:
        assert (found[0].line, found[0].column) == place_of(broken(case)[case.file], case.at), str(found[0])
    load(folder)  # warnings do not stop


def test_an_issue_that_is_called_as_a_column_is(tmp_path):
    files = {name: text.replace("border", "round") for name, text in DELTA.items()}
    found = check(write(tmp_path, files))[1]
    assert [p.code for p in found] == ["W21"] and "its own is issue_round" in found[0].message


def test_weights_that_hide_an_issue(tmp_path):
    files = dict(DELTA)
    for party, border in ((N, "value: 30, range: [20, 40]"), (W, "value: 40, range: [30, 50]")):
        files[party] = files[party].replace(border, "value: 1")
    assert "W05" in {p.code for p in check(write(tmp_path, files))[1]}


def errors_of(folder: Path) -> list:
    found = [p for p in check(folder)[1] if p.severity == "error"]
    with pytest.raises(ScenarioError):
        load(folder)
    return found


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
FILES = {
    "not UTF-8": (
        S,
        DELTA[S].replace("Sharing", "\u00c9changer").encode("latin-1"),
        "E02",
        (3, 8),
        "0xc9 is not UTF-8",
    ),
    "UTF-16": (S, DELTA[S].encode("utf-16"), "E02", (1, 1), "save the file in the encoding UTF-8"),
    "control character": (S, DELTA[S].replace("river", "ri\x00ver", 1), "E02", (3, 20), "U+0000"),
    "half a pair": (W, DELTA[W].replace("West", '"\\ud83d"'), None, None, ""),
    "empty": (N, "", "E03", (1, 1), "the file is empty"),
    "comments only": (N, "# nothing\n", "E03", (1, 1), "the file is empty"),
    "list": (N, "- north\n", "E08", (1, 1), "holds a list, but must hold a mapping"),
    "word": (S, "delta\n", "E08", (1, 1), "holds a single value"),
    "too large": (S, "#" * 5_000_001, "E02", (1, 1), "5,000,001 bytes"),
    "laughs": ("sources.yaml", LAUGHS, "E03", None, "unfolds to more than 200,000 values"),
    "endless alias": (S, "a: &a [*a]\n", "E03", (1, 8), "refers to itself"),
    "deep": (S, "a: " + "[" * 50, "E03", (1, 44), "deeper than 40"),
    "deeper than the parser goes": (S, "a: " + "[" * 5000, "E03", None, "deeper than 40"),
    "too many values": (S, "a: [" + "1," * 200_001 + "]", "E03", None, "more than 200,000"),
    "complex key": (S, DELTA[S] + "? [a, b]\n: c\n", "E03", (28, 4), "deeper"),
}


@pytest.mark.parametrize("loader", [nodes.LOADER, yaml.SafeLoader])
@pytest.mark.parametrize("name", [pytest.param(n, marks=() if "many" in n else pytest.mark.quick) for n in FILES])
def test_unreadable_file(name, loader, tmp_path, monkeypatch):
    monkeypatch.setattr(nodes, "LOADER", loader)
    file, content, code, place, words = FILES[name]
    first = errors_of(write(tmp_path, {**DELTA, file: content}))[0]
    assert first.code == code or (code is None and first.code in ("E02", "E03"))
    assert words in str(first) or foreign(first)
    assert place is None or (first.line, first.column) == place


@pytest.mark.parametrize("name", [name for name, case in ERRORS.items() if case.code == "E03"])
def test_syntax_in_the_slow_parser(name, tmp_path, monkeypatch):
    monkeypatch.setattr(nodes, "LOADER", yaml.SafeLoader)
    case = ERRORS[name]
    problem = errors_of(write(tmp_path, broken(case)))[0]
    start = place_of(broken(case)[case.file], case.at)
    assert problem.code == case.code
    assert foreign(problem) or (problem.line, problem.column) == start, str(problem)


SAID = {  # by libyaml or by PyYAML in Python, up to 6.0.4: what the problem then says
    "mapping values are not allowed in this context": "put the text in quotes",
    "mapping values are not allowed here": "put the text in quotes",
    "found unexpected end of stream": "never closed",
    "did not find expected ',' or ']'": "a list in brackets begins here",
    "expected ',' or ']', but got ':'": "a list in brackets begins here",
    "did not find expected ',' or '}'": "a mapping in braces begins here",
    "expected ',' or '}', but got '['": "a mapping in braces begins here",
    "could not find expected ':'": "write a colon and a space after the name",
    "did not find expected key": "quotation mark before this does not fit",
    "expected <block end>, but found '<scalar>'": "quotation mark before this does not fit",
    "did not find expected '-' indicator": "indent entries of one list equally",
    "block sequence entries are not allowed in this context": "a list entry (-) stands where YAML allows none",
    "found character that cannot start any token": "put the text in quotes",
    "found character '@' that cannot start any token": "put the text in quotes",
    "found undefined alias": "not defined",
    "found unknown escape character": "starts an unknown escape",
    "exceeded maximum nesting depth": "the nesting is deeper than 40 levels",
    "something new": "this is not valid YAML: something new",
}


@pytest.mark.parametrize("said", SAID)
def test_what_a_parser_says_becomes_a_sentence_of_ours_with_its_place(said, monkeypatch):
    here, opened = (yaml.Mark("", 0, line, column, None, None) for line, column in ((1, 2), (0, 3)))

    def stumble(*_, **__):
        raise yaml.scanner.ScannerError("while scanning", opened, said, here)

    monkeypatch.setattr(yaml, "parse", stumble)
    problems = Problems()
    assert nodes.parse("a: [b\n   c", "x.yaml", problems) is None
    (problem,) = problems.found
    assert problem.code == "E03" and SAID[said] in str(problem)
    starts = any(words in SAID[said] for words in ("never closed", "begins here"))
    assert (problem.line, problem.column) == ((1, 4) if starts else (2, 3))


@pytest.mark.parametrize("gone", [S, "sources.yaml", N])
def test_missing_file(gone, tmp_path):
    folder = write(tmp_path, {name: text for name, text in DELTA.items() if name != gone})
    first = errors_of(folder)[0]
    assert first.code == "E01"
    assert Path(gone).name in str(first)
    if gone == N:
        assert (Path(first.file), first.line, first.column) == (folder / S, 7, 11)


def test_ending_yml(tmp_path):
    files = {name.replace("north.yaml", "north.yml"): text for name, text in DELTA.items()}
    assert "rename the ending .yml to .yaml" in str(errors_of(write(tmp_path, files))[0])


def test_folder_in_place_of_a_file(tmp_path):
    folder = write(tmp_path, {name: text for name, text in DELTA.items() if name != N})
    (folder / N).mkdir()
    assert errors_of(folder)[0].code == "E02"


def test_party_that_is_not_listed(tmp_path):
    files = {**DELTA, "parties/east.yaml": DELTA[W].replace("id: west", "id: east")}
    problems = check(write(tmp_path, files))[1]
    assert [(p.code, p.severity) for p in problems] == [("W10", "warning")]


def test_all_problems_at_once(tmp_path):
    files = dict(DELTA)
    assert not check(write(tmp_path, files))[1]
    for case in (
        ERRORS["bad choice"],
        ERRORS["comma number"],
        ERRORS["unknown level"],
        ERRORS["variant, outside range"],
    ):
        files[case.file] = files[case.file].replace(case.old, case.new, 1)
    found = {(Path(p.file).name, p.code) for p in check(write(tmp_path, files))[1] if p.severity == "error"}
    assert found >= {("scenario.yaml", "E09"), ("north.yaml", "E08")}
    files[S] = DELTA[S]
    found = {(Path(p.file).name, p.code) for p in check(write(tmp_path, files))[1] if p.severity == "error"}
    assert found == {("north.yaml", "E08"), ("west.yaml", "E10"), ("dry.yaml", "E13")}


def test_what_only_a_variant_breaks_is_told_with_its_name(tmp_path):
    rounds = DELTA[V] + "  scenario:\n    protocol: {rounds: 5}\n"
    _, problems = check(write(tmp_path, {**DELTA, V: rounds}))
    assert [p.code for p in problems] == ["W12"]
    assert "with @dry: the event" in str(problems[0])
    assert check(f"{tmp_path / 'delta'}@dry")[1][0].code == "W12"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("white-hose-2025", 'did you mean "white-house-2025"?'),
        ("", '"" names no scenario; give a folder'),
        ("@", "there is no scenario.yaml"),
        ("white-house-2025@alsaka", "has no variant"),
        ("no/such/folder", "possible: "),
        ("a\0b", "a"),
        ("x" * 5000, "xxx"),
    ],
)
def test_unknown_name(name, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError, match=re.escape(words)):
        load(name)
    assert [p.code for p in check(name)[1]] == ["E01"]


def test_folder_of_scenarios(tmp_path):
    write(tmp_path / "a", DELTA)
    write(tmp_path / "b" / "c", DELTA)
    assert [t.variant for t in targets(tmp_path)[0]] == ["", "dry", "", "dry"]
    assert check(tmp_path) == (None, [])
    with pytest.raises(ScenarioError, match="holds 2 scenarios"):
        load(tmp_path)
    result = CliRunner().invoke(command, [str(tmp_path)], standalone_mode=False)
    assert result.output == "Checked 2 scenarios and 2 variants: 0 errors, 0 warnings.\n"
    assert result.return_value == 0


def test_json(tmp_path):
    folder = write(tmp_path, broken(ERRORS["nan"]))
    result = CliRunner().invoke(command, [str(folder), "--json"], standalone_mode=False)
    told = json.loads(result.output)
    assert (told["errors"], told["warnings"], result.return_value) == (1, 0, 1)
    assert told["problems"][0]["code"] == "E05"
    assert told["checked"] == [str(folder), f"{folder}@dry"]


BYTES = {name: text.encode() for name, text in DELTA.items()}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_changed_bytes_give_problems_or_a_scenario(data, tmp_path):
    name = data.draw(st.sampled_from(sorted(BYTES)))
    content = bytearray(BYTES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = start + data.draw(st.integers(0, 12))
        content[start:end] = data.draw(
            st.one_of(
                st.binary(max_size=6),
                st.sampled_from(
                    [b"[", b"{", b"*a", b"&a ", b"\t", b"---\n", b"null", b"1e400", b"- ", b": ", b"!!int ", b"~"]
                ),
            )
        )
    folder = write(tmp_path, {**BYTES, name: bytes(content)})
    _, problems = check(folder, extra=strategy_errors)
    assert all(p.line >= 1 and p.column >= 1 and "\n" not in str(p) for p in problems)
    try:
        load(f"{folder}@dry", extra=strategy_errors)
    except ScenarioError as error:
        assert error.problems


def test_everything_is_told_at_once_and_by_names(tmp_path):
    """Mistakes of shape, of reference and of strategy, in every file, in one go."""
    files = {
        **DELTA,
        "scenario.yaml": DELTA["scenario.yaml"]
        .replace("label: Half each", "lable: Half each")
        .replace("reservation: {west: -0.02}", "reservation: {wst: -2}")
        .replace("rounds: 20", "rounds: many"),
        N: DELTA[N]
        .replace("closed: {stance: reluctant", "clsed: {stance: reluctnt")
        .replace("exponent: 3", "exponnt: 3"),
        W: DELTA[W]
        .replace("sources: [A2]}\n  border", "sources: [A9]}\n  border")
        .replace("role: The lower", "rol: The lower"),
        "sources.yaml": DELTA["sources.yaml"].replace("reliability: B", "reliability: E"),
        V: DELTA[V].replace("label: A dry year", "label: ''"),
    }
    told = "\n".join(str(p) for p in check(write(tmp_path, files), extra=strategy_errors)[1])
    for words in (
        'water.half has no field "lable"; did you mean "label"?',
        "protocol.rounds must be a whole number",
        'there is no party "wst"; did you mean "west"?',
        "events.flood.reservation.wst.value is -2",
        'there is no level of border "clsed"; did you mean "closed"?',
        "positions.border.clsed.stance cannot be",
        '"time_dependent" has no parameter "exponnt"; did you mean "exponent"?',
        'the party has no field "rol"; did you mean "role"?',
        'there is no source "A9"',
        "A2.reliability cannot be",
        "label is empty",
    ):
        assert words in told, told
    assert "[0]" not in told and "[1]" not in told


def test_what_differs_in_its_place_alone_shares_a_line(tmp_path):
    tide = "  - {id: tide, label: The tide, levels: [{id: high, label: High}, {id: low, label: Low}]}\nprior"
    text = DELTA["scenario.yaml"].replace("prior", tide, 1)
    folder = write(tmp_path, {**DELTA, "scenario.yaml": text})
    result = CliRunner().invoke(command, [str(folder)], standalone_mode=False)
    lines = [line for line in result.output.splitlines() if "no salience is given" in line]
    assert len(lines) == 1 and f"[also at {folder / W}:" in lines[0]
    told = json.loads(CliRunner().invoke(command, [str(folder), "--json"], standalone_mode=False).output)
    assert sum("no salience is given" in problem["message"] for problem in told["problems"]) == 2


def test_a_remedy_followed_to_the_letter_leads_on(tmp_path):
    """The remedies that once led into the next error."""
    invented = {k: v for k, v in DELTA.items() if k != "sources.yaml"}
    invented = {k: re.sub(r"sources: \[[^]]*\]|, sources: \[[^]]*\]", "", v) for k, v in invented.items()}
    invented = {k: v.replace("basis: stated, ", "").replace("basis: stated", "") for k, v in invented.items()}
    invented[S] = re.sub(r"anchor: .*\ncutoff: .*\n", "fictional: true\n", invented[S])
    assert check(write(tmp_path / "none", invented))[1] == []
    empty = check(write(tmp_path / "empty", {**invented, "sources.yaml": ""}))[1]
    assert [p.remedy for p in empty] == ["fill it in, or delete it"]  # deleted: that of `none`
    no_needs = DELTA[S].replace(", needs: [north, west]", "")
    assert check(write(tmp_path / "needs", {**DELTA, S: no_needs}))[1] == []
    undated = DELTA[S].replace('cutoff: "2024-05-31"\n', "")
    assert "`fictional: true`" in check(write(tmp_path / "undated", {**DELTA, S: undated}))[1][0].remedy
    for code in ERRORS:
        case = ERRORS[code]
        for problem in check(write(tmp_path / "all" / re.sub(r"\W", "_", code), broken(case)), strategy_errors)[1]:
            assert problem.remedy, str(problem)
            lines = Path(problem.file).read_text(encoding="utf-8", errors="replace").split("\n")
            assert problem.line <= len(lines) - (lines[-1] == ""), str(problem)


def test_thousands_of_unknown_keys_cost_no_more_than_a_few_each(tmp_path, monkeypatch):
    compared = []
    nearest = problems_module.nearest
    monkeypatch.setattr(problems_module, "nearest", lambda *a: compared.append(1) or nearest(*a))
    folder = write(tmp_path, {**DELTA, S: DELTA[S] + "".join(f"unknown{n}: 1\n" for n in range(3000))})
    assert len(check(folder)[1]) >= 3000 and len(compared) <= 2 * problems_module.SUGGESTIONS


def test_a_space_in_which_no_talks_can_be_held_is_an_error(tmp_path):
    issues = "".join(
        f"  - {{id: i{n}, label: I{n}, levels: [{', '.join(f'{{id: l{k}, label: L{k}}}' for k in range(5))}]}}\n"
        for n in range(12)
    )
    rules = "".join(
        f"  - {{id: r{n}_{m}, forbid: {{i{n}: [l0], i{m}: [l1]}}, reason: X.}}\n" for n in range(12) for m in range(n)
    )
    head = DELTA[S].partition("issues:\n")[0]
    party = "id: {0}\nlabel: {0}\nrole: X.\nno_agreement: X.\ncapability: 1\nreservation: 0\nsalience: {{{1}}}\n"
    salience = ", ".join(f"i{n}: 5" for n in range(12))
    files = {S: f"{head}issues:\n{issues}rules:\n{rules}"}
    files |= {f"parties/{name}.yaml": party.format(name, salience) for name in ("north", "west")}
    folder = write(tmp_path, files)
    assert ["E22"] == [p.code for p in check(folder)[1] if p.severity == "error"]
    with pytest.raises(ScenarioError, match="neither enumerated nor split; use fewer of them"):
        load(folder)


@pytest.mark.parametrize("word", ["range", "sources", "value", "reason", "id", "name", "draw"])
def test_things_may_be_called_like_keys(word, tmp_path):
    """Ids are keys of mappings too: of salience, positions, forbid, when and close."""
    files = {name: re.sub(r"\bborder\b", word, text) for name, text in DELTA.items()}
    scenario, found = check(write(tmp_path, files), extra=strategy_errors)
    assert found == [] and scenario.issue_ids == ("water", word)


def test_where_a_party_cannot_be_read_nothing_is_said_of_what_it_may_have_named(tmp_path):
    found = check(write(tmp_path, {**DELTA, W: "id: [west"}), extra=strategy_errors)[1]
    assert {p.code for p in found} == {"E03"}, found


def test_a_short_form_with_a_mistake_beside_it_is_right_all_the_same(tmp_path):
    north = DELTA[N].replace(
        "bidding: {name: time_dependent, exponent: 3}", "bidding: {exponent: 3}\n  acceptence: ac_next"
    )
    assert [p.code for p in check(write(tmp_path, {**DELTA, N: north}), extra=strategy_errors)[1]] == ["E04"]


def test_events_that_close_everything_together_only_warn(tmp_path):
    more = "events:\n" + "".join(
        f"  - {{id: {k}, label: X, text: X., probability: 0.1, close: {{border: [{k}]}}}}\n" for k in ("open", "closed")
    )
    scenario, found = check(write(tmp_path, {**DELTA, S: DELTA[S].replace("events:\n", more)}))
    assert scenario is not None and [p.code for p in found] == ["W24"]


def test_a_variant_that_ends_otherwise_is_told(tmp_path):
    folder = write(tmp_path, {**DELTA, "variants/calm.yml": DELTA[V]})
    assert [(p.code, p.remedy) for p in check(folder)[1]] == [("W10", "rename the ending .yml to .yaml")]
    with pytest.raises(ScenarioError, match='no variant ""'):
        load(f"{folder}@dry+")
