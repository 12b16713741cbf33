"""The commands run, demo and replay as a person or a script meets them: output, exit codes, sentences."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import peacetable
from peacetable.abm.model import Negotiation
from peacetable.cli import group
from peacetable.cli.common import strategy_errors
from peacetable.cli.demo import DEFAULT_SEED, SCENARIO
from peacetable.scenario import preferences
from peacetable.table.rules import RULES_VERSION
from peacetable.words.lines import aligned, listed
from peacetable.words.story import BEATS, _missed, meeting, tell
from terminal import invoke
from test_check import DELTA, write

pytestmark = pytest.mark.quick

CONTRACT = {
    "scenario", "seed", "rules_version", "ended", "by", "round", "turns", "package", "notation", "utilities",
    "reservation", "moves", "table", "scenario_hash", "settings", "overrides", "needed_signatures",
    "signed_by", "consent", "zone", "deadline", "events",
}  # fmt: skip


def peacetable_(*arguments):
    """The finished process of the program, run as `python -m peacetable`."""
    program = [sys.executable, "-m", "peacetable", *map(str, arguments)]
    done = subprocess.run(program, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def august():
    return peacetable.load(SCENARIO, extra=strategy_errors)


def test_run_json_twice_is_the_same_and_has_the_fields_of_the_contract():
    first, second = (peacetable_("run", SCENARIO, "--seed", 7, "--json") for _ in range(2))
    assert first.stdout == second.stdout and first.stderr == ""
    report = json.loads(first.stdout)
    assert set(report) == CONTRACT
    assert report["ended"] in ("agreement", "deadline", "walk_out") and report["seed"] == 7


def test_every_level_of_an_agreement_names_its_signatures_and_all_of_them_signed():
    for settings in ((), ("--consent", "needed")):
        code, out, _ = invoke("run", SCENARIO, "--seed", DEFAULT_SEED, "--json", *settings)
        report = json.loads(out)
        assert code == 0 and report["ended"] == "agreement"
        assert set(report["needed_signatures"]) == set(report["package"])
        for needed in report["needed_signatures"].values():
            assert set(needed["needs"]) <= set(report["signed_by"])


def test_a_run_is_one_table_of_a_batch(august):
    batch = Negotiation(august, tables=4, seed=1, first_table=12344, rounds=6).run()
    code, out, _ = invoke("run", SCENARIO, "--seed", 1, "--table", 12345, "--rounds", 6, "--json")
    report = json.loads(out)
    rows = batch.outcomes()
    assert code == 0 and report["table"] == rows["table"][1] == 12345
    assert [report["utilities"][p] for p in august.party_ids] == [rows[f"u_{p}"][1] for p in august.party_ids]
    assert report["notation"] == rows["package"][1]


def test_settings_reach_the_table():
    settings = ("--rounds", 3, "--consent", "needed", "--order", "rotating", "--reservation", "russia=0.9",
                "--strategy", "time_dependent:exponent=1", "--strategy", "us=none", "--draw", "none")  # fmt: skip
    code, out, _ = invoke("run", SCENARIO, "--json", *settings)
    told = json.loads(out)
    assert code == 0 and told["consent"] == "needed" and told["overrides"] == {}
    assert told["settings"][:5] == ["protocol.rounds=3", "protocol.consent=needed", "protocol.order=rotating",
                                    "russia.reservation=0.9", "draw=[]"]  # fmt: skip
    assert 'us.strategy.bidding={name: "time_dependent", exponent: 1}' in told["settings"]
    assert 'us.strategy.opponent_model={name: "none"}' in told["settings"]
    assert not any(text.startswith("nato.strategy.opponent_model") for text in told["settings"])
    given = [word for text in told["settings"] for word in ("--set", text)]
    assert json.loads(invoke("run", SCENARIO, "--json", *given)[1]) == told


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("protocl.rounds=3", 'no party or key "protocl" to set; did you mean "protocol"?'),
        ("protocol.ronds=3", 'did you mean "rounds"?'),
        ("ukraine.salience.air_covr=60", 'there is no issue "air_covr"; did you mean "air_cover"?'),
        ("ukraine.reservation.value=0.99", "outside its range"),
        ("russia.strategy.bidding.exponnt=3", 'no parameter "exponnt"; did you mean "exponent"?'),
        ("parties.rusia.reservation=0.5", 'no party "rusia" to change; did you mean "russia"?'),
        ("events.large-air-asault.round=4", 'did you mean "large-air-assault"?'),
        ("issues.air_cover.levels.none_.label=X", 'there is no "none_" to set; did you mean "none"?'),
        ("protocol.rounds='12'", "write 12, without quotes"),
        ("protocol.rounds", "write PATH=VALUE"),
        ("protocol.rounds=", "no value after ="),
        ("protocol.rounds=[1", "not closed"),
        ("events.large-air-assault.probability=2", "must be at most 1"),
    ],
)
@pytest.mark.parametrize("command", ["run", "solve"])
def test_a_setting_is_checked_and_located_like_a_file(command, given, words):
    code, _, err = invoke(command, SCENARIO, "--set", given)
    told = " ".join(err.split())
    assert code == 2 and f"--set {given}  E".replace("  ", " ") in told and words in told


def test_a_strategy_on_the_command_line_is_the_one_that_is_run(tmp_path):
    """Also where its acceptance condition is the one that the party has by default."""
    plain = {name: re.sub(r"strategy:\n.*\n", "", text) for name, text in DELTA.items()}
    folder = write(tmp_path, plain)
    given = ("--strategy", "north=boulware+ac_next:beta=0.05,final=1")
    told = json.loads(invoke("run", folder, "--json", *given)[1])["settings"]
    strategy = peacetable.load(folder, settings=told).parties[0].strategy
    assert (strategy.bidding.name, strategy.acceptance.params) == ("boulware", {"beta": 0.05, "final": 1})


@pytest.mark.parametrize("name", ["protocol", "draw", "sources", "scenario", "parties"])
def test_parties_may_be_called_like_keys_of_a_scenario(name, tmp_path):
    files = {file.replace("north", name): re.sub(r"\bnorth\b", name, text) for file, text in DELTA.items()}
    given = ("--rounds", 3, "--draw", "none", "--reservation", f"{name}=0.1", "--strategy", "boulware")
    code, out, err = invoke("run", write(tmp_path, files), "--json", *given)
    assert code == 0 and json.loads(out)["reservation"][name] == 0.1, err


def test_settings_go_through_every_kind_of_path(tmp_path):
    def run(*settings):
        given = [word for text in settings for word in ("--set", text)]
        code, out, err = invoke("run", SCENARIO, "--seed", 1, "--json", "--set", "protocol.rounds=2", *given)
        assert code == 0, err
        return json.loads(out)

    def load(*settings):
        return peacetable.load(SCENARIO, settings=settings)

    assert run()["round"] == 2
    bare, kept = load("ukraine.salience.air_cover=70"), load("ukraine.salience.air_cover.value=50")
    assert bare.parties[0].saliences["air_cover"].low == 70.0 == bare.parties[0].saliences["air_cover"].value
    assert kept.parties[0].saliences["air_cover"].high == 80.0 and kept.parties[0].saliences["air_cover"].value == 50.0
    assert [e.id for e in load("events.large-air-assault=null").events] == [
        e.id for e in load().events if e.id != "large-air-assault"
    ]
    assert load("ukraine.positions.air_cover.none=oppose").parties[0].positions["air_cover", "none"].stance == "oppose"
    steep = load("russia.strategy=boulware", "russia.strategy.acceptance.final=0").parties[1].strategy
    assert steep.bidding.name == "boulware" and steep.acceptance.params["final"] == 0
    assert load("issues.air_cover.levels.none.needs=[ukraine, us]").issues[2].levels[0].needs == ("ukraine", "us")
    both = load("protocol.rounds=3", "protocol.rounds=4")
    assert both.protocol.rounds == 4 and both.settings == ("protocol.rounds=3", "protocol.rounds=4")
    assert peacetable.files.from_document(json.loads(json.dumps(both.document))) == both


@pytest.mark.parametrize(("given", "count"), [((), 3), (("--quorum", 4), 4), (("--quorum", 2), 2)])
def test_a_quorum_can_be_asked_for_and_is_more_than_half_if_not_said(given, count):
    code, out, _ = invoke("run", SCENARIO, "--seed", 1, "--consent", "quorum", *given)
    assert code == 0 and f"Agreed is what {count} parties have signed." in " ".join(out.split())
    code, out, _ = invoke("run", SCENARIO, "--seed", 1, "--consent", "quorum", *given, "--json")
    report = json.loads(out)
    assert report["ended"] == "agreement" and len(report["signed_by"]) == count


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run", "no-such-place"], 1, "no-such-place"),
        (["run", SCENARIO, "--reservation", "rusia=0.5"], 2, 'did you mean "russia"?'),
        (["run", SCENARIO, "--reservation", "russia"], 2, "PARTY=X"),
        (["run", SCENARIO, "--reservation", "russia=7"], 2, "must be at most 1"),
        (["run", SCENARIO, "--strategy", "rusia=ac_next"], 2, 'did you mean "russia"?'),
        (["run", SCENARIO, "--strategy", "time_dependant"], 2, 'did you mean "time_dependent"?'),
        (["run", SCENARIO, "--strategy", "time_dependent:exponent=-1"], 2, "possible: 0.01 to 100"),
        (["run", SCENARIO, "--draw", "weights"], 2, "values, saliences, reservations"),
        (["run", SCENARIO, "--consent", "majority"], 2, "unanimity, needed"),
        (["run", SCENARIO, "--quorum", "3"], 2, "goes with consent quorum"),
        (["run", SCENARIO, "--consent", "quorum", "--quorum", "6"], 2, "choose 2 to 5"),
        (["run", SCENARIO, "--seed", "-1"], 2, '"-1" is not a seed'),
        (["run", SCENARIO, "--seed", "x"], 2, "write a whole number from 0 to 18446744073709551615"),
        (["run", SCENARIO, "--rounds", "0"], 2, '"0" is not a number of rounds'),
        (["run", ""], 1, '"" names no scenario; give a folder'),
        (["batch", "--out", "x"], 2, "Name a SCENARIO"),
        (["batch", "--out", "no-such-folder", "--resume"], 1, "no batch in no-such-folder to go on with"),
        (["run"], 2, "SCENARIO"),
        (["replay", "no-such-file"], 1, "no such file or folder"),
        (["replay", ".", "--json"], 2, "--table K"),
        (["replay", ".", "--table", "3"], 1, "holds no batch"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_an_exit_code(arguments, code, words):
    got, out, err = invoke(*arguments)
    assert got == code and out == ""
    assert words in " ".join(err.split()) and "Traceback" not in err


def test_help_of_every_command_of_mine_names_its_options():
    for name in ("run", "demo", "batch", "replay"):
        code, out, _ = invoke(name, "--help")
        options = [o for p in group.get_command(None, name).params for o in p.opts if o.startswith("--")]
        assert code == 0 and options and all(o in out for o in options)
    assert set(group.list_commands(None)) >= {"run", "demo", "batch", "replay"}


# -- the story -------------------------------------------------------------------------------------------------------


def story(scenario, **settings):
    model = Negotiation(scenario, **{"seed": 0, **settings}).run()
    report = model.report()
    lines = tell(model.talks)
    model.close()
    return report, lines


def test_the_demo_tells_an_agreement_that_reads_in_a_few_minutes(august):
    report, lines = story(august, seed=DEFAULT_SEED)
    words = sum(len(line.text.split()) for line in lines)
    assert report["ended"] == "agreement", "choose another DEFAULT_SEED for the demo"
    assert words < 1000
    text = "\n".join(line.text for line in lines)
    for party in august.parties:
        assert party.label in text
    for issue in august.issues:
        level = next(k for k in issue.levels if k.id == report["package"][issue.id])
        assert f"{issue.label}: {level.label}" in text
    for heading in ("At the table", "The talks", "How it ended", "Who gained what", "What was left on the table"):
        assert heading in text


def test_the_demo_is_plain_text_when_it_is_not_on_a_terminal():
    code, out, err = invoke("demo")
    assert code == 0 and err == "" and "\x1b" not in out and f"--seed {DEFAULT_SEED + 1}" in out
    assert max(map(len, out.splitlines())) <= 100


def test_the_story_of_talks_that_failed_counts_what_the_consent_rule_allows():
    """Without Russia's signature 264 packages could have been agreed at the start, not the 9 that suit all."""
    scenario = peacetable.load("white-house-2025@alaska+without-russia")
    numbers = preferences(scenario)
    words = {
        "needed": "264 packages would have left all those who would have to sign",
        "unanimity": "9 packages would have left every party",
    }
    for consent, count in words.items():
        case = replace(scenario, protocol=replace(scenario.protocol, consent=consent))
        told = _missed({"rules_version": RULES_VERSION}, case, preferences(case), numbers.reservation[0], ())
        assert count in next(told).text


@pytest.mark.parametrize("seed", range(6))
def test_a_story_tells_only_what_is_in_the_minutes(august, seed):
    report, lines = story(august, seed=seed)
    rounds = [line for line in lines if line.kind == "round"]
    told = [int(line.text.split()[1]) for line in rounds]
    assert told == sorted(set(told)) and told[0] == 1 and told[-1] <= report["round"]
    start = next(n for n, line in enumerate(lines) if line.text == "The talks")
    stop = next(n for n, line in enumerate(lines) if line.text == "How it ended")
    passed = [line.text for line in lines[start:stop] if line.kind == "text" and line.text.startswith("Round")]
    assert len(told) + len(passed) <= 2 * (BEATS + 2) + 1
    # next to nothing is said twice in the same words
    sentences = [line.text for line in lines[start:stop] if line.kind == "item"]
    assert len(set(sentences)) >= 0.9 * len(sentences)


@pytest.mark.parametrize(
    "settings",
    [
        {"rounds": 1},
        {"consent": "needed", "seed": 3},
        {"reservations": {"russia": 1.0}},
        {"order": "random", "draw": [], "rounds": 4},
        {"consent": "quorum", "rounds": 8},
        {"protocol": "single_text", "rounds": 12},
        {"protocol": "single_text", "seed": 1},
    ],
)
def test_every_ending_has_its_story(august, settings):
    report, lines = story(august, **settings)
    text = "\n".join(line.text for line in lines)
    if report["ended"] == "agreement":
        assert "Agreed in round" in text and "Who gained what" in text
    else:
        assert "No agreement" in text and "What no agreement means" in text


def test_the_story_says_what_a_signature_depends_on():
    told = {}
    for variant in ("", "@as-conditions"):
        scenario = peacetable.load(f"white-house-2025{variant}")
        told[variant] = [line.text for line in meeting({"table": 0, "seed": 1, "scenario_hash": "x", "overrides": {}},
                                                       scenario)]  # fmt: skip
    for party in scenario.parties:
        (line,) = (text for text in told["@as-conditions"] if text.startswith(f"{party.label}: "))
        assert all(demand.says.rstrip(".") in line for demand in party.demands)
        assert ("signs only what meets this" in line) == bool(party.demands)
    assert "signs only what" not in " ".join(told[""])


def test_words_in_a_row():
    assert [listed("a"), listed("ab"), listed("abc", "or"), listed([])] == ["a", "a and b", "a, b or c", ""]
    assert aligned([["a", "10"], ["long", "9"]]) == ["a     10", "long   9"]


def test_numpy_never_reaches_the_report(august):
    report, _ = story(august, seed=2)
    stack = [report]
    while stack:
        item = stack.pop()
        assert not isinstance(item, np.generic | np.ndarray)
        stack.extend(item.values() if isinstance(item, dict) else item if isinstance(item, list | tuple) else [])


def test_more_parties_than_can_sign_are_refused_with_a_sentence():
    code, out, err = invoke("run", Path(__file__).parent / "cases" / "scenarios" / "parties-64")
    assert code == 1 and out == "" and "60" in err and "mistake of its own" not in err
