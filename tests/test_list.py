"""`peacetable list`: which scenarios there are, in words for people and as one document for programs."""

from __future__ import annotations

import json
import re
from pathlib import Path

from peacetable.files import configs_dir, headings, load, shipped, variants
from peacetable.scenario import Space
from terminal import invoke
from test_check import DELTA, write


def test_everything_that_ships_is_there_and_can_be_loaded():
    code, out, _ = invoke("list", "--json")
    found = json.loads(out)
    assert code == 0 and found["folder"] == str(configs_dir() / "scenarios")
    assert [one["name"] for one in found["scenarios"]] == shipped()
    for one in found["scenarios"]:
        scenario = load(one["folder"])
        assert (one["title"], one["parties"], one["issues"]) == (
            scenario.title,
            len(scenario.parties),
            len(scenario.issues),
        )
        assert one["packages"] == Space(scenario).size
        assert [v["name"] for v in one["variants"]] == [f"{one['name']}@{v}" for v in variants(Path(one["folder"]))]
        assert all(v["label"] for v in one["variants"])


def test_the_listing_fits_eighty_columns_and_tells_how_to_copy(tmp_path, monkeypatch):
    code, out, _ = invoke("list")
    lines = out.splitlines()
    assert code == 0 and str(configs_dir() / "scenarios") in lines
    assert all(len(line) <= 80 for line in lines if not line.startswith(str(configs_dir())))
    monkeypatch.chdir(tmp_path)
    (copied,) = re.findall(r"peacetable (convert .*)", out)
    assert invoke(*copied.split())[0] == 0
    assert load(tmp_path / "my-talks").id == "my-talks"
    (named,) = re.findall(r"peacetable run (.*)", out)
    assert load(named).variant


def test_files_that_cannot_be_read_have_no_heading(tmp_path):
    write(tmp_path, {**DELTA, "variants/torn.yaml": "label: [", "variants/bare.yaml": "[]"})
    write(tmp_path / "other", {"scenario.yaml": "issues: 5\ntitle: [x]\nparties:\n"})
    first, second = headings(tmp_path)
    assert (first.title, first.parties, first.packages) == ("Sharing a river", 2, 6)
    assert first.variants == {"bare": "", "dry": "A dry year", "torn": ""}
    assert (second.title, second.parties, second.issues, second.packages) == ("", 0, 0, 0)
