"""`convert --to yaml`: the files of a scenario are carried over as they stand; what is written anew is easy to read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from peacetable.cli.convert import command
from peacetable.errors import ScenarioError
from peacetable.files import check, configs_dir, load, shipped, to_yaml, variants
from test_check import DELTA, write

SCENARIOS = configs_dir() / "scenarios"


def convert(source: object, out: Path) -> tuple[int, str]:
    """Exit code and what is told on standard error."""
    result = CliRunner().invoke(command, [str(source), "--to", "yaml", "-o", str(out)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stderr


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def but_id(document: dict) -> dict:
    return {**document, "variant": "", "scenario": {**document["scenario"], "id": ""}}


def told(folder: Path) -> list[tuple]:
    """All that `check` finds, without the folder's name."""
    found = check(folder)[1]
    return [(Path(p.file).resolve().relative_to(folder.resolve()), p.line, p.column, p.message) for p in found]


@pytest.mark.parametrize("name", shipped())
def test_all_files_are_carried_over_and_only_the_id_changes(name, tmp_path):
    assert convert(name, tmp_path / "my-talks") == (0, "")
    before, after = contents(SCENARIOS / name), contents(tmp_path / "my-talks")
    changed = before["scenario.yaml"].replace(f"id: {name}".encode(), b"id: my-talks", 1)
    assert after == {**before, "scenario.yaml": changed}
    assert but_id(load(tmp_path / "my-talks").document) == but_id(load(name).document)
    assert told(tmp_path / "my-talks") == told(SCENARIOS / name)


ODD = {
    **DELTA,
    "README.md": "# Delta\r\nWords.\r\n",
    "scenario.yaml": "\ufeff# Ünï\r\n"
    + DELTA["scenario.yaml"].replace("\n", "\r\n").replace("id: delta", "'id':   \"delta\"   # a name"),
    "parties/spare.yaml": "# nobody lists this\nid: spare\n",
    "variants/notes.txt": "x",
    ".hidden": "x",
}


@pytest.mark.parametrize(("out", "written"), [("85", '"85"'), ("my_delta", '"my_delta"')])
def test_quotes_comments_line_ends_and_spare_files_stay(tmp_path, out, written):
    folder = write(tmp_path, ODD)
    assert convert(folder, tmp_path / out) == (0, "")
    after = contents(tmp_path / out)
    assert after.keys() == ODD.keys() - {".hidden"}
    assert after["scenario.yaml"].decode() == ODD["scenario.yaml"].replace('"delta"', written)
    assert all(after[file].decode() == ODD[file] for file in after if file != "scenario.yaml")
    assert load(tmp_path / out).id == out
    assert told(tmp_path / out) == told(folder)


def test_a_name_that_yaml_would_misread_is_quoted(tmp_path):
    folder = write(tmp_path, DELTA)
    assert convert(folder, tmp_path / "2025-08-20") == (0, "")
    assert load(tmp_path / "2025-08-20").id == "2025-08-20"


@pytest.mark.parametrize("head", ["id: &name delta\ntitle: *name", "title: &name delta\nid: *name"])
def test_an_id_that_other_texts_repeat_is_written_anew_and_that_is_said(tmp_path, head):
    text = DELTA["scenario.yaml"].replace("id: delta\ntitle: Sharing a river", head)
    folder = write(tmp_path, {**DELTA, "scenario.yaml": text})
    code, err = convert(folder, tmp_path / "other")
    assert code == 0 and "comments and line breaks in scenario.yaml" in err
    assert (load(tmp_path / "other").id, load(tmp_path / "other").title) == ("other", "delta")


def test_folders_that_are_no_part_of_a_scenario_are_named(tmp_path):
    folder = write(tmp_path, {**DELTA, "drawings/map.svg": "<svg/>"})
    code, err = convert(folder, tmp_path / "other")
    assert code == 0 and "the folder drawings" in err and not (tmp_path / "other" / "drawings").exists()


def test_a_variant_becomes_a_scenario_and_the_rest_stays(tmp_path):
    code, err = convert("white-house-2025@alaska", tmp_path / "alaska")
    assert code == 0
    assert "comments and line breaks in parties/russia.yaml, which @alaska changes" in err
    assert "label and reason of @alaska" in err
    before, after = contents(SCENARIOS / "white-house-2025"), contents(tmp_path / "alaska")
    assert before.keys() - after.keys() == {"variants/alaska.yaml"}
    differing = {file for file in after if after[file] != before[file]}
    assert differing == {"scenario.yaml", "parties/russia.yaml"}
    assert after["scenario.yaml"] == before["scenario.yaml"].replace(b"id: white-house-2025", b"id: alaska", 1)
    assert but_id(load(tmp_path / "alaska").document) == but_id(load("white-house-2025@alaska").document)
    assert [p for p in check(tmp_path / "alaska")[1] if p.severity == "error"] == []


ALONE = """\
label: Without the west
reason: To see.
changes:
  scenario:
    parties: [north, east]
    issues: {border: null, water: {levels: [{id: north_most, needs: null}]}}
    rules: null
    events: null
  parties:
    west: null
    north: {conditions: null, salience: {border: null}, positions: {border: null}}
    east:
      id: east
      label: East
      role: New.
      no_agreement: Nothing.
      capability: {value: 1}
      reservation: {value: 0.2}
      salience: {water: {value: 1}}
"""


def test_variants_that_do_not_fit_any_more_are_left_out_and_that_is_said(tmp_path):
    west = "label: W\nreason: To see.\nchanges: {parties: {west: {reservation: {value: 0.31}}}}\n"
    border = "label: B\nreason: To see.\nchanges: {parties: {north: {salience: {border: {value: 40}}}}}\n"
    folder = write(
        tmp_path, {**DELTA, "variants/alone.yaml": ALONE, "variants/west.yaml": west, "variants/border.yaml": border}
    )
    code, err = convert(f"{folder}@alone", tmp_path / "out")
    assert code == 0 and "the variant dry" not in err
    assert "the variant border: it does not fit" in err and "the variant west: it does not fit" in err
    assert variants(tmp_path / "out") == ["dry"]
    assert sorted(p.name for p in (tmp_path / "out" / "parties").iterdir()) == ["east.yaml", "north.yaml"]
    assert but_id(load(tmp_path / "out").document) == but_id(load(f"{folder}@alone").document)


def test_several_variants_at_once(tmp_path):
    border = "label: B\nreason: To see.\nchanges: {scenario: {protocol: {rounds: 7}}}\n"
    folder = write(tmp_path, {**DELTA, "variants/short.yaml": border})
    code, err = convert(f"{folder}@dry+short", tmp_path / "out")
    assert code == 0 and "scenario.yaml, parties/north.yaml, which @dry+short changes" in err
    assert variants(tmp_path / "out") == []
    assert but_id(load(tmp_path / "out").document) == but_id(load(f"{folder}@dry+short").document)


def test_only_with_its_variant_it_is_a_scenario(tmp_path):
    broken = DELTA["parties/north.yaml"].replace("reservation: {value: 0.3,", "reservation: {value: 0.9,")
    mending = "label: M\nreason: To see.\nchanges: {parties: {north: {reservation: {value: 0.3}}}}\n"
    folder = write(tmp_path, {**DELTA, "parties/north.yaml": broken, "variants/mended.yaml": mending})
    assert convert(f"{folder}@mended", tmp_path / "out")[0] == 0
    assert but_id(load(tmp_path / "out").document) == but_id(load(f"{folder}@mended").document)


def test_nothing_is_written_over(tmp_path):
    folder = write(tmp_path, DELTA)
    before = contents(folder)
    with pytest.raises(ScenarioError, match="is there already"):
        convert(folder, folder)
    with pytest.raises(ScenarioError, match="may hold only lower case"):
        convert(folder, tmp_path / "My Talks")
    stray = tmp_path / "stray" / "variants" / "old.yaml"
    stray.parent.mkdir(parents=True)
    stray.write_text("label: Of another scenario\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="old.yaml is there already"):
        convert(folder, tmp_path / "stray")
    assert contents(folder) == before
    assert convert(folder, folder / "copy") == (0, "")
    assert set(contents(folder)) == {*before, *(f"copy/{file}" for file in before)}


def test_what_is_written_anew_is_plain(tmp_path):
    written = to_yaml(load("white-house-2025"), tmp_path / "out")
    party, scenario = ((written / f).read_text(encoding="utf-8") for f in ("parties/us.yaml", "scenario.yaml"))
    assert "  value: 95\n  range: [85, 100]\n" in party, "whole numbers without a point"
    assert "role: >-\n" in party and "\nsummary: >-\n" in scenario, "long texts over several lines"
    assert "    no_cap: {stance: acceptable, basis: inferred, sources: [C088]" in party
    glossary = re.split(r"\n(?=\w)", scenario[scenario.index("\nglossary:\n") + 1 :])[0]
    terms = [line for line in glossary.splitlines() if line.startswith("  ") and not line.startswith("    ")]
    assert len(terms) == len(load("white-house-2025").glossary), "a line for each term"
    assert max(map(len, f"{party}\n{scenario}".splitlines())) <= 120
