"""Small scenarios that once failed, each with the answer that is right."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from peacetable.abm.model import Negotiation
from peacetable.cli.common import strategy_errors
from peacetable.experiments.runner import rows
from peacetable.files import check, load
from terminal import invoke

CASES = Path(__file__).parent / "cases" / "scenarios"
COPY = "folder_renamed/base - Copy"

# case, command and options, exit code, what is said, what is not
ANSWERS = [
    (COPY, "check", [], 0, ["0 errors"], []),
    (COPY, "run", [], 0, [], []),
    (COPY, "solve", [], 0, [], []),
    ("variant-typo-in-party", "check", [], 1, ['no party "isle"', 'did you mean "isla"?', "desperate.yaml:5:5  E"], []),
    ("variant-typo-in-party", "check", [], 1, ["nothing.yaml:3:1  W", "changes nothing"], []),
    ("variant-typo-in-party", "check", [], 1, ["partial.yaml:6:28  E13", "isla.yaml:6"], []),
    ("variant-typo-in-party@desperate", "run", [], 1, ['did you mean "isla"?'], []),
    ("salience-points", "check", [], 0, ["W16", "30: it is a factor"], []),
    ("close-all", "check", [], 1, ["  E16  ", "would leave no package"], []),
    ("close-all", "run", [], 1, ["E16"], []),
    ("parties-64", "check", [], 1, ["parties has 64", "at most 60"], []),
    ("parties-64", "run", [], 1, ["parties has 64", "at most 60"], []),
    ("escape", "check", [], 0, ["control character U+001B", "venue.label is blank"], ["\x1b"]),
    ("escape", "explain", ["--party", "russia"], 0, [], ["\x1b"]),
    ("reservation-negative", "check", [], 0, ["0 errors"], []),
    ("eu-27-quorum-15-hangs", "check", [], 0, ["0 errors"], []),
    ("single-text-no-draft-3", "check", [], 0, ["0 errors"], []),
    ("single-text-no-draft-4", "check", [], 0, ["0 errors"], []),
]


@pytest.mark.parametrize(("case", "command", "options", "code", "said", "unsaid"), ANSWERS)
def test_the_answer_is_right(case, command, options, code, said, unsaid):
    got, out, err = invoke(command, CASES / case, *options)
    assert got == code, err
    assert [words for words in said if words not in out + err] == []
    assert [words for words in unsaid if words in out + err] == []


@pytest.mark.parametrize("case", ["single-text-no-draft-3", "single-text-no-draft-4"])
def test_every_seed_finds_a_first_draft(case):
    scenario = load(CASES / case)
    ended = [Negotiation(scenario, seed=seed).run().report()["ended"] for seed in range(1, 21)]
    assert len(ended) == 20
    assert len(rows(scenario, {}, 1, 0, 20)["ended"]) == 20


def test_utilities_and_reservation_values_stay_between_nothing_and_everything():
    scenario = load(CASES / "reservation-negative")
    report = Negotiation(scenario, seed=1).run().report()
    assert all(0 <= x <= 1 for x in (*report["utilities"].values(), *report["reservation"].values()))
    columns = rows(scenario, {}, 1, 0, 50)
    for name in (name for name in columns if name.startswith(("u_", "r_", "r0_"))):
        assert ((columns[name] >= 0) & (columns[name] <= 1)).all(), name


def test_checking_a_quorum_of_27_parties_takes_no_longer_than_a_large_scenario():
    """In proportion to another check in the same run; it once took longer than anybody waits."""

    def seconds(name) -> float:
        start = time.process_time()
        assert check(name, extra=strategy_errors)[0] is not None
        return time.process_time() - start

    large, quorum = (min(seconds(name) for _ in range(2)) for name in ("winter-2026", CASES / "eu-27-quorum-15-hangs"))
    assert quorum < 3 * large


def test_a_renamed_folder_gives_the_same_numbers_as_before(tmp_path):
    scenario = load(CASES / COPY)
    assert (scenario.id, scenario.name) == ("base", "base")
    again, itself = (Negotiation(s, tables=5, seed=1, record=False).run().outcomes() for s in (scenario, CASES / COPY))
    assert all(np.array_equal(again[name], itself[name], equal_nan=again[name].dtype.kind == "f") for name in again)
