"""Minutes: written by `run`, replayed without chance, and what becomes of torn, altered and foreign files."""

import json
from codecs import BOM_UTF8
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peacetable
from make import seat_of
from peacetable.abm.model import Negotiation
from peacetable.abm.replay import Replay
from peacetable.chance import Chance
from peacetable.errors import MinutesError, PeacetableError
from peacetable.files import from_document
from peacetable.scenario import cells
from peacetable.seat.saved import games
from peacetable.seat.session import Session, read_chronicle
from peacetable.table import minutes
from peacetable.table.record import RulesChanged, plain, read
from terminal import invoke

SCENARIO = "white-house-2025"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """(path, bytes) of minutes as `run` writes them, of short talks."""
    path = tmp_path_factory.mktemp("minutes") / "talks.jsonl"
    code, _, _ = invoke("run", SCENARIO, "--seed", 3, "--rounds", 4, "--order", "random", "--json", "--minutes", path)
    assert code == 0
    return path, path.read_bytes()


@pytest.mark.quick
def test_replay_of_minutes_tells_the_same_without_any_chance(whole, monkeypatch):
    path, _ = whole
    _, told, _ = invoke("run", SCENARIO, "--seed", 3, "--rounds", 4, "--order", "random", "--json")

    def none(*_, **__):
        raise AssertionError("a replay drew chance")

    monkeypatch.setattr(Chance, "_words", none)
    code, again, err = invoke("replay", path, "--json")
    assert (code, err) == (0, "") and again == told
    with pytest.raises(AssertionError):  # the control: held anew, the same table needs chance
        Negotiation(peacetable.load(SCENARIO), seed=3)


def test_replay_of_minutes_tells_the_same_story(whole):
    path, _ = whole
    _, told, _ = invoke("run", SCENARIO, "--seed", 3, "--rounds", 4, "--order", "random")
    assert invoke("replay", path) == (0, told, "")


def test_a_replay_needs_no_scenario_files(whole):
    header, _, _ = minutes.load(whole[0])
    scenario = from_document(header["document"])
    assert scenario.hash == header["scenario_hash"]
    assert scenario == peacetable.load(SCENARIO, settings=["protocol.rounds=4", "protocol.order=random"])


def test_a_last_line_torn_at_any_byte_is_dropped_with_a_notice(whole, tmp_path):
    _, data = whole
    body = data.rstrip(b"\n")
    start = body.rindex(b"\n") + 1
    _, records, _ = minutes.load(whole[0])
    path = tmp_path / "torn.jsonl"
    for cut in range(start + 1, len(data) - 1):
        path.write_bytes(data[:cut])
        header, kept, notice = minutes.load(path)
        assert kept == records[:-1] and notice is not None and "cut off" in notice
    code, out, err = invoke("replay", path, "--json")
    report = json.loads(out)
    assert code == 0 and "cut off" in err
    assert report["moves"][: len(kept)] == [plain(record) for record in kept]


ENDS = {
    "crlf": lambda data: data.replace(b"\n", b"\r\n"),
    "cr": lambda data: data.replace(b"\n", b"\r"),
    "mixed": lambda data: data.replace(b"\n", b"\r\n", 3),
    "twice": lambda data: data.replace(b"\n", b"\r\r\n"),
    "mark": lambda data: BOM_UTF8 + data,
    "mark and crlf": lambda data: BOM_UTF8 + data.replace(b"\n", b"\r\n"),
    "no last end": lambda data: data[:-1],
    "empty lines after": lambda data: data + b"\n\r\n",
}


@pytest.mark.quick
@pytest.mark.parametrize("how", ENDS)
def test_ends_of_lines_and_a_mark_are_no_alteration(whole, tmp_path, how):
    """As editors leave files: they open as before, are gone on from, and what is altered in them is still noticed."""
    path = tmp_path / "edited.jsonl"
    path.write_bytes(ENDS[how](whole[1]))
    assert minutes.load(path) == minutes.load(whole[0])
    assert invoke("replay", path, "--json") == invoke("replay", whole[0], "--json")
    chronicle, notice = read_chronicle(path)
    assert notice == "" and len(chronicle.steps) == len(read_chronicle(whole[0])[0].steps)
    writer = minutes.Writer.reopen(path)
    writer.write(RulesChanged(1, 1, 5, "0.5"))
    writer.close()
    header, records, notice = minutes.load(path)
    assert notice is None and records == [*minutes.load(whole[0])[1], RulesChanged(1, 1, 5, "0.5")]
    altered = ENDS[how](whole[1].replace(b'"round":2', b'"round":3', 1))
    path.write_bytes(altered)
    with pytest.raises(MinutesError, match="was altered"):
        minutes.load(path)


@pytest.mark.parametrize("how", ENDS)
def test_a_game_goes_on_in_a_file_that_an_editor_touched(tmp_path, how):
    session = Session(peacetable.load("venue-2025"), 3, folder=tmp_path)
    session.start("ukraine")
    while not session.awaiting:
        session.step()
    seat_of(session).propose(seat_of(session).mandate().opening)
    session.close()
    (path,) = tmp_path.glob("*.jsonl")
    before = minutes.load(path)
    path.write_bytes(ENDS[how](path.read_bytes()))
    found, bad = games(tmp_path)
    assert [game.path for game in found] == [path] and bad == 0
    session = Session.resume(path)
    assert session.notice == ""
    while not session.awaiting:
        session.step()
    seat_of(session).propose(seat_of(session).mandate().opening)
    session.close()
    header, records, notice = minutes.load(path)
    assert (header, records[: len(before[1])], notice) == (before[0], before[1], None) and len(records) > len(before[1])


def test_minutes_that_stop_early_are_replayed_as_far_as_they_go(whole, tmp_path):
    _, data = whole
    path = tmp_path / "short.jsonl"
    path.write_bytes(b"".join(data.splitlines(keepends=True)[:6]))
    code, out, err = invoke("replay", path)
    assert code == 0 and "stop in round" in err and "the talks were not over" in out


@given(data=st.data())
@settings(max_examples=150)
def test_an_altered_byte_anywhere_is_refused_with_a_sentence(whole, data):
    path, original = whole
    at = data.draw(st.integers(0, len(original) - 2))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != original[at]))
    altered = path.with_name("altered.jsonl")
    altered.write_bytes(original[:at] + bytes([byte]) + original[at + 1 :])
    try:
        found = minutes.load(altered)
    except MinutesError as error:
        assert "altered.jsonl" in str(error)
    else:
        # a digit past what a float can hold, or e for E: it still says the same
        assert found == minutes.load(path)


def test_a_line_moved_doubled_or_left_out_is_refused(whole, tmp_path):
    lines = whole[1].splitlines(keepends=True)
    path = tmp_path / "altered.jsonl"
    for changed in (lines[:3] + lines[4:], lines[:3] + lines[2:], [*lines[:2], lines[3], lines[2], *lines[4:]]):
        path.write_bytes(b"".join(changed))
        with pytest.raises(MinutesError, match="altered"):
            minutes.load(path)


def test_minutes_under_other_rules_say_which_they_need(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(minutes, "RULES_VERSION", 999)
    path = tmp_path / "other.jsonl"
    header, records, _ = _unchecked(whole[0])
    minutes.save(path, header, records)
    monkeypatch.undo()
    code, out, err = invoke("replay", path)
    assert code == 1 and out == "" and "rules version 999" in err and "release" in err


def _unchecked(path):
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        row.pop("check")
    header = {k: v for k, v in rows[0].items() if k not in ("format", "rules_version")}
    return header, [read(row) for row in rows[1:]], None


FOREIGN = [b"", b"hello\n", b"{}\n", b"[1]\n", b'{"format":"x"}\n', b"\xff\xfe\x00\n", b"\n\n"]


@pytest.mark.parametrize("content", FOREIGN)
def test_a_foreign_file_is_refused_with_a_sentence(tmp_path, content):
    path = tmp_path / "foreign.txt"
    path.write_bytes(content)
    code, out, err = invoke("replay", path, "--json")
    assert code == 1 and out == "" and "foreign.txt" in err and err.rstrip().endswith(".")


def test_minutes_that_cannot_be_written_are_a_sentence(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    code, out, err = invoke("run", SCENARIO, "--rounds", 1, "--json", "--minutes", tmp_path / "file" / "talks.jsonl")
    assert code == 1 and out == "" and "talks.jsonl" in err


def test_minutes_never_cost_a_file_that_is_there(whole):
    path, before = whole
    code, out, err = invoke("run", SCENARIO, "--rounds", 1, "--json", "--minutes", path)
    assert code == 1 and out == "" and "is kept" in err and "another file" in err
    header, records, _ = minutes.load(path)
    with pytest.raises(MinutesError, match="is kept"):
        minutes.save(path, header, records)
    with pytest.raises(FileExistsError):
        minutes.Writer(path, header)
    assert path.read_bytes() == before


def test_moves_that_do_not_fit_the_rules_are_refused(whole):
    header, records, _ = minutes.load(whole[0])
    scenario = from_document(header["document"])
    first = next(n for n, r in enumerate(records) if r.kind == "propose")
    swapped = [*records]
    other = next(p for p in scenario.party_ids if p != swapped[first].party)
    swapped[first] = replace(swapped[first], party=other)
    with pytest.raises(PeacetableError):
        Replay(scenario, header, swapped).run()


@pytest.mark.parametrize("name", ["white-house-2025", "winter-2026", "venue-2025"])
def test_reasons_name_only_what_a_party_has_said(name):
    """Nobody gives as a reason a wish that is a guess, or one against its own public word."""
    scenario = peacetable.load(name)
    model = Negotiation(scenario, tables=4, seed=2, record=True).run()
    table, places = cells(scenario), [(i.id, k.id) for i in scenario.issues for k in i.levels]
    against = ("reluctant", "oppose", "red_line")
    counted = 0
    for row in range(4):
        for record in model.minutes(row)[1]:
            if record.kind not in ("propose", "sign"):
                continue
            p = model.talks.party_index(record.party)
            positions = scenario.parties[p].positions
            for reason in record.because:
                counted += 1
                named = reason["issue"], reason["level"]
                if reason["effect"] == "against" and "wanted" not in reason:
                    assert positions[named].stance in against
                    continue
                wish = named if reason["effect"] != "against" else (reason["issue"], reason["wanted"])
                column = places.index(wish)
                assert not table.assumed[p, column] or table.peaked[p, column]
                assert wish not in positions or positions[wish].stance not in against
    assert counted > 50
