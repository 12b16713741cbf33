"""What was saved by earlier releases, and by this one, opens: minutes, games and batches in `tests/golden/`."""

import json
import shutil
from pathlib import Path

import pytest

import peacetable
from make import seat_of
from peacetable import files
from peacetable.abm.replay import Replay
from peacetable.errors import BatchError
from peacetable.experiments import runner
from peacetable.experiments.store import Store
from peacetable.files import assemble, schema
from peacetable.files.schema.vocabulary import Share
from peacetable.seat.saved import games
from peacetable.seat.session import Session, read_chronicle
from peacetable.table import minutes
from peacetable.table.record import MOVES, plain
from peacetable.table.rules import RULES_VERSION
from test_cli import invoke

pytestmark = pytest.mark.quick

GOLDEN = Path(__file__).parent / "golden"
RELEASES = sorted(folder.name for folder in GOLDEN.iterdir() if (folder / "batch").is_dir())
TALKS = [path for release in RELEASES for path in sorted((GOLDEN / release).glob("*.jsonl"))]
RULES = {path: json.loads(path.open(encoding="utf-8").readline())["rules_version"] for path in TALKS}


def named(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


@pytest.fixture(params=["as it is", "with fields of a later release"])
def fields(request, monkeypatch):
    """The files have to open now, and when scenarios will have got optional fields that nobody has thought of yet."""
    if request.param != "as it is":

        class LaterParty(schema.PartyFile):
            patience: Share = 0.5
            moods: list[str] = ["calm"]

        class LaterScenario(schema.ScenarioFile):
            seasons: list[str] = ["winter"]

        monkeypatch.setattr(assemble, "PartyFile", LaterParty)
        monkeypatch.setattr(assemble, "ScenarioFile", LaterScenario)


def test_every_release_adds_its_files():
    """`python tests/golden/write.py` writes them, as the last change before a release."""
    assert peacetable.__version__ in RELEASES
    assert {rules for path, rules in RULES.items() if path.parent.name == peacetable.__version__} == {RULES_VERSION}


@pytest.mark.parametrize("path", TALKS, ids=named)
def test_minutes_are_replayed_as_they_were_held(path, fields):
    code, out, err = invoke("replay", path, "--json")
    assert code == 0, err
    assert ("rules version" in err) == (RULES[path] != RULES_VERSION)
    found = json.loads(out)
    _, records, _ = minutes.load(path)
    end = records[-1]
    assert found["moves"] == [{k: v for k, v in plain(r).items() if k != "scores"} for r in records]
    assert (found["ended"], found["rules_version"]) == (getattr(end, "ended", "running"), RULES[path])
    if end.kind != "end":
        moves = [r.turn for r in records if r.kind in MOVES]
        assert (found["round"], found["turns"]) == (3, moves[-1]) and "stop in round 3" in err
    if path.with_suffix(".json").exists():
        told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        assert {key: found[key] for key in told} == told


@pytest.mark.parametrize("path", TALKS, ids=named)
def test_the_window_tells_them_step_by_step(path, fields):
    chronicle, notice = read_chronicle(path)
    assert len(chronicle.steps) > 5 and notice == ""


@pytest.mark.parametrize("release", RELEASES)
def test_a_finished_game_has_its_debrief(release, fields):
    session = Session.finished(GOLDEN / release / "finished_game.jsonl")
    _, records, _ = minutes.load(GOLDEN / release / "finished_game.jsonl")
    (got,) = (score.utility for score in seat_of(session).debrief().scores if score.party == "ukraine")
    assert round(got, 4) == records[-1].scores["ukraine"]


@pytest.mark.parametrize("release", RELEASES)
def test_an_unfinished_game_goes_on_and_says_if_by_newer_rules(release, fields, tmp_path):
    path = tmp_path / "game.jsonl"
    shutil.copy(GOLDEN / release / "unfinished_game.jsonl", path)
    before = path.read_bytes()
    session = Session.resume(path)
    older = RULES[GOLDEN / release / "unfinished_game.jsonl"] != RULES_VERSION
    assert ("its delegations play by newer rules" in session.notice) == older
    assert session.awaiting and seat_of(session).view().round == 3
    session.rewind(2)  # in minutes of its own
    (rewound,) = set(tmp_path.glob("*.jsonl")) - {path}
    session.close()
    session = Session.resume(path)
    assert session.notice == "", "told once"
    while session.running:
        if session.awaiting:
            seat_of(session).propose(session.model.view("ukraine").last_offers["ukraine"])
        else:
            session.step()
    session.close()
    assert path.read_bytes().startswith(before)
    header, records, _ = minutes.load(path)
    assert records[-1].kind == "end" and seat_of(Session.finished(path)).debrief()
    said = [(r.round, r.rules_version) for r in records if r.kind == "rules"]
    assert said == ([(3, RULES_VERSION)] if older else [])
    model = session_again(path)
    assert [plain(r) for r in model.records[0]] == [
        {k: v for k, v in plain(r).items() if k != "scores"} for r in records
    ]
    assert model.rules_version == RULES_VERSION
    code, out, err = invoke("replay", path)
    assert code == 0 and (f"from round 3 on under rules version {RULES_VERSION}" in err) == older
    again, _, _ = minutes.load(rewound)
    assert (again["rules_version"], again["release"]) == (header["rules_version"], header["release"])


@pytest.mark.parametrize("release", RELEASES)
def test_the_list_of_games_shows_them(release):
    found, bad = games(GOLDEN / release)
    played = {game.path.stem for game in found if game.people}
    assert bad == 0 and played == {"finished_game", "unfinished_game", "left", "left_text"}


@pytest.mark.parametrize("release", RELEASES)
def test_tables_of_a_batch_are_held_again_or_the_release_that_can_is_named(release, fields, tmp_path):
    folder = tmp_path / "batch"
    shutil.copytree(GOLDEN / release / "batch", folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    if manifest["versions"]["rules"] == RULES_VERSION:
        code, out, err = invoke("replay", folder, "--table", 9, "--json")
        assert (code, err) == (0, "") and json.loads(out)["row"]["table"] == 9
        store = Store.open(folder)
        part = store.path(store.chunk(0))
        kept = store.parquet.read_table(part)
        part.unlink()
        runner.run(store, store.scenario())
        assert store.parquet.read_table(part).equals(kept)
        return
    words = f"rules version {manifest['versions']['rules']}.*Use peacetable {manifest['versions']['peacetable']}"
    for command in (("replay", folder, "--table", 9, "--json"), ("batch", "--resume", "--out", folder)):
        code, out, err = invoke(*command)
        assert code == 1 and out == ""
    with pytest.raises(BatchError, match=words):
        Store.open(folder)
    assert (folder / "manifest.json").read_bytes() == (GOLDEN / release / "batch" / "manifest.json").read_bytes()


def session_again(path: Path) -> Replay:
    header, records, _ = minutes.load(path)
    return Replay(files.from_document(header["document"]), header, records).run()


def test_files_of_a_later_format_or_later_rules_name_the_release_to_use(tmp_path, monkeypatch):
    header, records, _ = minutes.load(TALKS[0])
    for n, (name, words) in enumerate(
        (("peacetable-minutes/99", "reads up to"), ("peacetable-minutes/x", "no format of peacetable-minutes"))
    ):
        later = tmp_path / f"format{n}.jsonl"
        monkeypatch.setattr(minutes, "FORMAT", name)
        minutes.save(later, header, records)
        monkeypatch.undo()
        code, _, err = invoke("replay", later)
        assert code == 1 and name in err and words in err
    later = tmp_path / "rules.jsonl"
    minutes.save(later, header | {"rules_version": 999, "release": "9.9"}, records)
    code, _, err = invoke("replay", later)
    assert code == 1 and "rules version 999" in err and "Use peacetable 9.9" in err
