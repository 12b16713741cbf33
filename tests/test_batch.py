"""Batches: the same rows however they were run, nothing lost by crashes, and refusals that say what to do."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import peacetable
from peacetable.abm.model import Negotiation
from peacetable.analysis import agreeable
from peacetable.cli import batch as batch_command
from peacetable.errors import BatchError, NotationError
from peacetable.experiments import dictionary, inputs, runner
from peacetable.experiments.lock import LOCK, locked
from peacetable.experiments.store import MANIFEST, Chunk, Damaged, Store
from peacetable.experiments.summary import summarise, wilson
from peacetable.scenario.ranking import feasible_packages
from terminal import invoke
from test_files import SHIPPED

pytest.importorskip("pyarrow")
SCENARIO = "white-house-2025@no-backstop"
QUICK = {"rounds": 4, "consent": "needed"}


@pytest.fixture(scope="module")
def august():
    return peacetable.load(SCENARIO)


@pytest.fixture(scope="module")
def venue():
    return peacetable.load("venue-2025")


def batch(folder, scenario, tables=40, chunk=15, seed=1, overrides=QUICK, inputs=False, **how):
    store = Store.create(folder, scenario, seed, tables, chunk, dict(overrides), inputs)
    runner.run(store, scenario, **how)
    return store


def rows(store):
    return [row for _, part in store.parts() for row in part.to_pylist()]


@pytest.fixture(scope="module")
def whole(tmp_path_factory, august):
    """The rows of 40 tables that ended in more than one way."""
    found = rows(batch(tmp_path_factory.mktemp("whole"), august, chunk=40))
    assert len({row["ended"] for row in found}) > 1
    return found


@pytest.mark.parametrize("chunk", [1, 7, 15])
def test_rows_are_the_same_for_every_chunk_size(tmp_path, august, whole, chunk):
    assert rows(batch(tmp_path, august, chunk=chunk)) == whole


def test_rows_are_the_same_on_any_executor(tmp_path, august, whole):
    assert rows(batch(tmp_path, august, chunk=9, executor=lambda: ThreadPoolExecutor(2))) == whole


@pytest.mark.parametrize("draw", [[], ["reservations"]])
def test_rows_are_the_same_whatever_is_drawn(tmp_path, august, draw):
    given = QUICK | {"draw": draw}
    a, b = (rows(batch(tmp_path / str(n), august, 25, n, overrides=given)) for n in (25, 4))
    assert a == b


def test_a_row_has_the_columns_of_the_contract(august, whole):
    row = whole[3]
    named = ["table", "ended", "by", "round", "turns", "package", *august.issue_ids]
    named += [f"{kind}_{party}" for kind in ("u", "r0", "r") for party in august.party_ids] + ["zone", "deadline"]
    named += [f"event_{event.id}" for event in august.events] + ["pareto_distance", "nash_distance"]
    assert list(row) == named
    for row in whole:
        agreed = row["ended"] == "agreement"
        assert (row["package"] is not None) == agreed == (row["pareto_distance"] is not None)
        if agreed:
            told = dict(word.split("=") for word in row["package"].split())
            assert told == {i: row[i] for i in august.issue_ids}


def test_the_manifest_tells_what_ran(tmp_path, august):
    store = batch(tmp_path, august)
    told = json.loads((tmp_path / MANIFEST).read_text(encoding="utf-8"))
    assert told == store.manifest
    assert told["scenario_hash"] == august.hash and told["overrides"] == QUICK
    assert (told["seed"], told["tables"], told["chunk"], told["status"]) == (1, 40, 15, "finished")
    assert {"peacetable", "rules", "mesa", "numpy", "python"} <= set(told["versions"])
    assert told["started"] <= told["finished"] and sum(told["counts"].values()) == told["tables_done"] == 40
    from peacetable.files import from_document

    assert from_document(told["document"]).hash == august.hash


def test_nothing_is_left_beside_the_parts(tmp_path, august):
    batch(tmp_path, august)
    assert sorted(p.name for p in tmp_path.iterdir()) == [MANIFEST, "tables"]
    assert sorted(p.name for p in (tmp_path / "tables").iterdir()) == [f"part-00000000{n}.parquet" for n in range(3)]


def test_a_part_cut_or_altered_at_any_byte_is_noticed_and_made_again(tmp_path, august, whole):
    store = batch(tmp_path, august)
    chunk = store.chunk(1)
    data = store.path(chunk).read_bytes()
    for cut in range(0, len(data), 307):
        store.path(chunk).write_bytes(data[:cut])
        assert store.read(chunk) is None, cut
    for at in range(0, len(data), 403):
        store.path(chunk).write_bytes(data[:at] + bytes([data[at] ^ 0x15]) + data[at + 1 :])
        found = store.read(chunk)
        assert found is None or found.to_pylist() == whole[15:30], at
    store.path(chunk).write_bytes(data[: len(data) // 2])
    done = []
    runner.run(Store.open(tmp_path), august, progress=done.append)
    assert done == [25, 40] and rows(store) == whole


def test_resume_does_only_what_is_missing(tmp_path, august, whole):
    store = batch(tmp_path, august, chunk=10)
    kept = store.path(store.chunk(0))
    stamp = kept.stat().st_mtime_ns
    for n in (1, 3):
        store.path(store.chunk(n)).unlink()
    (tmp_path / "tables" / ".part-000000001.parquet.99.tmp").write_bytes(b"half")
    runner.run(Store.open(tmp_path), august)
    assert rows(store) == whole and kept.stat().st_mtime_ns == stamp
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_part_of_another_batch_does_not_count(tmp_path, august, whole):
    store = batch(tmp_path / "a", august)
    other = batch(tmp_path / "b", august, seed=2)
    chunk = store.chunk(0)
    store.path(chunk).write_bytes(other.path(chunk).read_bytes())
    assert store.read(chunk) is None


# -- workers that die ------------------------------------------------------------------------------------------------


class Mortal(Executor):
    """Runs in this process; breaks as a pool of processes does when a worker dies, while `poison` says so."""

    def __init__(self, poison):
        self.poison, self.broken = poison, False

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        if self.broken or self.poison(Chunk(0, *args[-2:])):
            self.broken = True
            future.set_exception(BrokenProcessPool("a worker died"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future

    def shutdown(self, wait=True, *, cancel_futures=False):
        pass


def test_a_chunk_that_kills_its_worker_is_named_and_all_others_are_kept(tmp_path, august, whole):
    with pytest.raises(BatchError, match=r"chunk 2 \(tables 20 to 29\).*dies"):
        batch(tmp_path, august, chunk=10, workers=2, executor=lambda: Mortal(lambda c: c.first == 20))
    store = Store.open(tmp_path)
    assert rows(store) == whole[:20] + whole[30:]
    assert store.manifest["status"] == "failed" and [f["chunk"] for f in store.manifest["failed"]] == [2]
    runner.run(store, august)
    assert rows(store) == whole and store.manifest["status"] == "finished" and store.manifest["failed"] == []


def test_a_worker_that_dies_now_and_then_costs_nothing(tmp_path, august, whole):
    deaths = iter([False, True, False, False, True])
    store = batch(tmp_path, august, chunk=5, executor=lambda: Mortal(lambda _: next(deaths, False)))
    assert rows(store) == whole


def test_a_chunk_that_fails_is_named_and_all_others_are_kept(tmp_path, august, whole, monkeypatch):
    honest = runner.rows

    def faulty(*args):
        if args[-2] == 10:
            raise MemoryError("no room")
        return honest(*args)

    monkeypatch.setattr(runner, "rows", faulty)
    with pytest.raises(BatchError, match=r"chunk 1 \(tables 10 to 19\): MemoryError: no room"):
        batch(tmp_path, august, chunk=10)
    assert rows(Store.open(tmp_path)) == whole[:10] + whole[20:]


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.quick
def test_rows_are_the_same_on_two_processes_even_if_one_is_killed(tmp_path, august, whole, monkeypatch):
    pools, killed = [], []
    honest = runner._processes

    def processes(workers):
        make = honest(workers)
        return lambda: pools.append(make()) or pools[-1]

    def kill_one(done):
        if done and not killed:
            killed.append(next(iter(pools[0]._processes)))
            os.kill(killed[0], signal.SIGKILL)

    monkeypatch.setattr(runner, "_processes", processes)
    store = batch(tmp_path, august, chunk=4, workers=2, progress=kill_one)
    assert killed and len(pools) > 1
    assert rows(store) == whole
    assert store.manifest["status"] == "finished" and store.manifest["tables_done"] == 40


def test_a_batch_interrupted_in_this_process_keeps_what_is_finished(tmp_path, august, whole):
    def interrupt(done):
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batch(tmp_path, august, chunk=10, progress=interrupt)
    store = Store.open(tmp_path)
    assert rows(store) == whole[:20]
    assert (store.manifest["status"], store.manifest["tables_done"]) == ("interrupted", 20)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(tmp_path):
    out = tmp_path / "talks"
    program = subprocess.Popen(
        [sys.executable, "-m", "peacetable", "batch", SCENARIO, "--tables", "200000", "--chunk", "20", "--rounds", "2",
         "--workers", "2", "--out", str(out)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        # a shell that runs the tests in the background has them ignore the signal
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    deadline = time.monotonic() + 300
    while len(list(out.glob("tables/*.parquet"))) < 3 and time.monotonic() < deadline and program.poll() is None:
        time.sleep(0.02)
    os.killpg(program.pid, signal.SIGINT)  # as a terminal does: to the program and all its workers
    told, err = program.communicate(timeout=300)
    assert program.returncode == 1 and told == ""
    assert "Traceback" not in err and f"peacetable batch --out {out} --resume" in err and "as you asked" in err
    store = Store.open(out)
    assert store.manifest["status"] == "interrupted" and store.manifest["tables_done"] >= 60
    stored = sum(part.num_rows for _, part in store.parts())
    assert stored - store.manifest["tables_done"] in (0, 20)  # the signal may come between a part and its count


# -- the command -----------------------------------------------------------------------------------------------------


@pytest.mark.quick
def test_batch_then_replay_of_a_table_equals_the_row(tmp_path, whole):
    out = tmp_path / "talks"
    code, told, err = invoke("batch", SCENARIO, "--tables", 40, "--seed", 1, "--out", out, "--chunk", 16, "--rounds", 4,
                             "--consent", "needed")  # fmt: skip
    assert code == 0 and err == "" and told.startswith("40 tables of white-house-2025@no-backstop, seed 1")
    assert "95 % interval" in told and "agreement" in told and "treaty_form=" in told
    for table in (0, 17, 39):
        code, told, err = invoke("replay", out, "--table", table, "--json")
        document = json.loads(told)
        assert code == 0 and err == "" and document["row"] == whole[table] and document["table"] == table
        assert document["utilities"]["russia"] == whole[table]["u_russia"]
        assert document["notation"] == whole[table]["package"]
        settings = ("--rounds", 4, "--consent", "needed")
        _, alone, _ = invoke("run", SCENARIO, "--seed", 1, "--table", table, *settings, "--json")
        assert json.loads(alone) == {k: v for k, v in document.items() if k != "row"}
    assert invoke("replay", out, "--table", 3)[1].endswith(f"The same as row 3 of {out}.\n")
    code, _, err = invoke("replay", out, "--table", 40)
    assert code == 1 and "tables 0 to 39" in err


def test_a_row_that_was_changed_is_noticed(tmp_path, august):
    store = batch(tmp_path, august)
    chunk = store.chunk(0)
    part = store.read(chunk)
    columns = {name: part[name].to_numpy(zero_copy_only=False).copy() for name in part.column_names}
    columns["u_russia"][5] += 1e-16 + abs(columns["u_russia"][5]) * 1e-15
    store.write(chunk, columns)
    code, told, err = invoke("replay", tmp_path, "--table", 5, "--json")
    assert code == 1 and "u_russia" in err and "row" in json.loads(told)
    assert invoke("replay", tmp_path, "--table", 6, "--json")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "not empty. Add --resume"),
        (["--resume", "--seed", "2"], "another seed (1 there, 2 asked for)"),
        (["--resume", "--rounds", "5"], "it has other settings"),
        (["--resume", "--chunk", "3"], "another chunk size"),
        (["--resume", "--tables", "4"], "more than the 4 asked for"),
    ],
)
def test_a_batch_in_the_way_is_refused_with_what_to_do(tmp_path, august, arguments, words):
    batch(tmp_path, august, tables=6)
    code, out, err = invoke("batch", SCENARIO, "--out", tmp_path, *arguments)
    assert code == 1 and out == "" and words in err


def test_resume_with_another_scenario_is_refused(tmp_path, august):
    batch(tmp_path, august, tables=6)
    code, _, err = invoke("batch", f"{SCENARIO}+alaska", "--out", tmp_path, "--resume")
    assert code == 1 and "another scenario" in err


def test_resume_takes_the_settings_from_the_manifest_and_can_make_a_batch_longer(tmp_path, august, whole):
    store = batch(tmp_path, august, tables=20, chunk=8)
    code, told, _ = invoke("batch", SCENARIO, "--out", tmp_path, "--resume", "--tables", 40)
    assert code == 0 and told.startswith("40 tables")
    store = Store.open(tmp_path)
    assert rows(store) == whole


def test_resume_needs_no_scenario_as_the_batch_has_it(tmp_path, august, whole):
    batch(tmp_path, august, tables=20, chunk=8)
    code, told, _ = invoke("batch", "--out", tmp_path, "--resume", "--tables", 40)
    assert code == 0 and told.startswith("40 tables of white-house-2025@no-backstop")
    assert rows(Store.open(tmp_path)) == whole
    manifest = Store.open(tmp_path).manifest
    manifest["document"]["scenario"]["title"] = "Changed since"
    (tmp_path / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    code, _, err = invoke("batch", "--out", tmp_path, "--resume")
    assert code == 1 and "does not have the hash" in err


def test_a_batch_is_a_folder_and_never_takes_the_place_of_a_file(tmp_path):
    (tmp_path / "rows").write_text("x", encoding="utf-8")
    for name, words in (("rows", "there is a file of that name"), ("new.parquet", ".parquet is the ending of a file")):
        code, _, err = invoke("batch", SCENARIO, "--out", tmp_path / name)
        assert code == 1 and words in err and err.rstrip().endswith("Name a folder.")
    assert [p.name for p in tmp_path.iterdir()] == ["rows"]


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("x", encoding="utf-8")
    for arguments in ([], ["--resume"]):
        code, _, err = invoke("batch", SCENARIO, "--out", tmp_path, *arguments)
        assert code == 1 and "not empty" in err
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": "other"}'])
def test_a_damaged_manifest_is_a_sentence(tmp_path, content):
    (tmp_path / MANIFEST).write_text(content, encoding="utf-8")
    for arguments in (["replay", tmp_path, "--table", 1], ["batch", SCENARIO, "--out", tmp_path, "--resume"]):
        code, _, err = invoke(*arguments)
        assert code == 1 and MANIFEST in err


def test_other_rules_are_refused(tmp_path, august):
    store = batch(tmp_path, august, tables=6)
    store.update(versions=store.manifest["versions"] | {"rules": 999})
    code, _, err = invoke("replay", tmp_path, "--table", 1)
    assert code == 1 and "rules version 999" in err


def test_without_pyarrow_a_sentence_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    code, _, err = invoke("batch", SCENARIO, "--out", tmp_path / "talks")
    assert code == 1 and 'pip install "peacetable[research]"' in err and not (tmp_path / "talks").exists()


# -- numbers ---------------------------------------------------------------------------------------------------------


def test_wilson_interval_against_published_values():
    # Newcombe 1998, Statistics in Medicine 17, table I, method 3
    published = ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718))
    for hits, of, low, high in published:
        assert wilson(hits, of) == pytest.approx((low, high), abs=5e-5)
    assert wilson(29, 29)[1] == 1.0 and wilson(0, 0) == (0.0, 1.0)


def test_the_summary_counts_what_is_in_the_rows(tmp_path, august, whole):
    found = summarise(batch(tmp_path, august), august.party_ids)
    agreed = [row for row in whole if row["ended"] == "agreement"]
    assert found.tables == 40 and found.ended["agreement"] == len(agreed) == found.packages.total()
    assert found.utility["us"] == pytest.approx(sum(row["u_us"] for row in whole) / 40)
    assert found.gain["us"] == pytest.approx(sum(row["u_us"] - row["r_us"] for row in agreed) / len(agreed))
    assert found.distance == pytest.approx(sum(row["pareto_distance"] for row in agreed) / len(agreed))


def test_chunks_fit_in_memory_and_feed_all_workers(august):
    most = runner.chunk_size(august, 10**6)
    assert 100 < most <= runner.MOST and runner.chunk_size(august, 100, 4) == 25 and runner.chunk_size(august, 1) == 1


# -- what the columns say --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [{}, {"consent": "needed"}, {"consent": "quorum", "quorum": 3}, {"draw": []}])
def test_the_zone_is_what_could_be_agreed_at_the_end(august, settings):
    model = Negotiation(august, tables=12, seed=3, rounds=14, record=True, **settings).run()
    packages, found = feasible_packages(model.talks.space), model.outcomes()
    for row in range(model.tables):
        one = model.talks.preferences.only(np.array([row])).with_reservation(model.state.reservation[row : row + 1])
        assert found["zone"][row] == agreeable(one, packages).sum() == model.report(row)["zone"]
    assert len(set(found["zone"].tolist())) > ("draw" not in settings)


def with_events(scenario, **changes):
    """The scenario as its document with settings of its events changed."""
    from copy import deepcopy

    from peacetable.files import from_document

    document = deepcopy(scenario.document)
    for event in document["scenario"]["events"]:
        event.update(changes)
    return from_document(document)


def test_levels_off_the_table_are_not_in_the_zone(venue):
    issue = venue.issues[0]
    closed = with_events(venue, close={issue.id: [level.id for level in issue.levels[:-1]]}, probability=1.0, after=1)
    open_, shut = (Negotiation(s, tables=20, seed=1, consent="needed").run() for s in (venue, closed))
    happened = shut.outcomes()[f"event_{venue.events[0].id}"] != None  # noqa: E711
    assert happened.any()
    most = shut.talks.space.size // len(issue.levels)
    assert (shut.outcomes()["zone"][happened] <= most).all() and (open_.outcomes()["zone"] > most).any()
    packages = feasible_packages(shut.talks.space)
    for row in range(20):
        one = shut.talks.preferences.only(np.array([row])).with_reservation(shut.state.reservation[row : row + 1])
        there = ~shut.state.closed[row][packages + shut.talks.space.offsets[:-1]].any(axis=1)
        assert shut.outcomes()["zone"][row] == (agreeable(one, packages) & there).sum()


def test_where_packages_are_not_enumerated_the_zone_is_null(tmp_path):
    winter = peacetable.load("winter-2026")
    store = batch(tmp_path, winter, tables=2, chunk=2, overrides={"rounds": 1})
    assert [row["zone"] for row in rows(store)] == [None, None]
    assert pd.read_parquet(tmp_path / "tables")["zone"].isna().all()


def test_events_deadline_and_reservations_are_those_of_the_talks(august):
    model = Negotiation(august, tables=60, seed=2, record=True).run()
    found = model.outcomes()
    happened = 0
    for row in range(model.tables):
        told = {r.event: r.round for r in model.talks.records[row] if r.kind == "event"}
        report, happened = model.report(row), happened + len(told)
        assert report["events"] == {e.id: told.get(e.id) for e in august.events}
        assert {e.id: found[f"event_{e.id}"][row] for e in august.events if e.id in told} == told
        rounds = august.protocol.rounds + sum(e.rounds for e in august.events if e.id in told)
        assert report["deadline"] == found["deadline"][row] == rounds
    assert happened > 20
    for p, party in enumerate(august.party_ids):
        assert (found[f"r0_{party}"] == model.talks.drawn.reservation[:, p]).all()
        assert (found[f"r_{party}"] == model.state.reservation[:, p]).all()
        assert ((found[f"r_{party}"] >= 0) & (found[f"r_{party}"] <= 1)).all()


def test_an_issue_may_have_the_name_of_a_column(tmp_path, august):
    text = json.dumps(august.document).replace(f'"{august.issue_ids[0]}"', '"zone"').replace(
        f'"{august.issue_ids[1]}"', '"u_russia"'
    )  # fmt: skip
    from peacetable.files import from_document

    scenario = from_document(json.loads(text))
    assert scenario.issue_ids[:2] == ("zone", "u_russia")
    (row, *_) = [r for r in rows(batch(tmp_path, scenario, inputs=True)) if r["package"]]
    told = dict(word.split("=") for word in row["package"].split())
    assert row["issue_zone"] == told["zone"] and row["issue_u_russia"] == told["u_russia"]
    assert isinstance(row["zone"], int) and 0 <= row["u_russia"] <= 1
    assert invoke("replay", tmp_path, "--table", row["table"])[0] == 0


# -- the folder ------------------------------------------------------------------------------------------------------


def test_pandas_reads_all_rows_as_one_frame(tmp_path, august, whole):
    batch(tmp_path, august, chunk=7, inputs=True)
    frame = pd.read_parquet(tmp_path / "tables")
    assert frame["table"].tolist() == list(range(40)) and len(frame) == len(whole)
    assert frame.columns.tolist() == list(whole[0])
    assert frame["package"].dropna().tolist() == [row["package"] for row in whole if row["package"]]
    kinds = {name: frame[name].dtype.kind for name in frame}
    whole_numbers = {"table", "round", "turns", "zone", "deadline"}
    assert {name for name, kind in kinds.items() if kind == "i"} >= whole_numbers
    assert {kinds[f"{k}_{p}"] for k in ("u", "r", "r0") for p in august.party_ids} == {"f"}
    drawn = pd.read_parquet(tmp_path / "inputs")
    assert drawn["table"].tolist() == list(range(40))


def test_the_page_and_the_manifest_explain_every_column_and_field(tmp_path, august):
    store = batch(tmp_path, august, inputs=True)
    page = (Path(__file__).parent.parent / "docs" / "batches.md").read_text(encoding="utf-8")
    assert dictionary.page() in page
    assert set(store.manifest) == set(dictionary.MANIFEST)
    for kind, field in (("tables", "columns"), ("inputs", "input_columns")):
        schema = store.read(store.chunk(0), kind).schema
        told = store.manifest[field]
        assert list(told) == schema.names
        assert {name: told[name]["type"] for name in told} == {f.name: str(f.type) for f in schema}
        assert all(len(told[name]["meaning"]) > 20 for name in told)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_scenario_has_a_dictionary_without_clashes(name):
    scenario = peacetable.load(name)
    found = dictionary.columns(scenario)
    model = Negotiation(scenario, tables=1, rounds=1, seed=1)
    assert [*found] == [*model.outcomes(), "pareto_distance", "nash_distance"]
    drawn = [column for column, _, _ in dictionary.drawn_columns(scenario)]
    assert len(drawn) == len(set(drawn)) > 10


# -- what is drawn ---------------------------------------------------------------------------------------------------


def test_inputs_are_stored_for_every_table_and_made_again_to_the_last_bit(tmp_path, august):
    given = {"rounds": 8, "reservations": {"nato": 0.4}}
    store = batch(tmp_path, august, chunk=13, overrides=given, inputs=True)
    stored = pd.read_parquet(tmp_path / "inputs")
    for source, how in ((tmp_path, {}), (str(tmp_path), {}), (august, {"seed": 1, **given})):
        again = pd.DataFrame(inputs(source, range(40), **how))
        assert again.columns.tolist() == stored.columns.tolist() and again.equals(stored.astype(again.dtypes))
    few = pd.DataFrame(inputs(store.folder, [31, 4]))
    assert few.equals(stored.iloc[[31, 4]].reset_index(drop=True).astype(few.dtypes))
    assert "reservation.nato" not in stored and "reservation.us" in stored


def test_inputs_are_what_the_tables_drew(august):
    model = Negotiation(august, tables=30, seed=4, first_table=100, record=True).run()
    found = inputs(august, range(100, 130), seed=4)
    rows_ = model.outcomes()
    for p, party in enumerate(august.parties):
        assert (found[f"reservation.{party.id}"] == rows_[f"r0_{party.id}"]).all()
        for i, issue in enumerate(august.issues):
            drawn = model.talks.drawn.saliences[:, p, i]
            assert (found.get(f"salience.{party.id}.{issue.id}", drawn) == drawn).all()
    gains, column = model.talks.drawn.gains(np.arange(30)), 0
    for issue in august.issues:
        for level in issue.levels:
            for p, party in enumerate(august.party_ids):
                value = found.get(f"value.{party}.{issue.id}.{level.id}")
                if value is not None:
                    weight = model.talks.drawn.weights[:, p, august.issue_ids.index(issue.id)]
                    assert gains[:, p, column] == pytest.approx(weight * value, abs=1e-11)
            column += 1
    for k, condition in enumerate(august.parties[0].conditions):
        added = [model.talks.drawn.numbers[0].changes(row)[k] for row in range(30)]
        assert found[f"change.{august.parties[0].id}.{condition.id}"] == pytest.approx(added, abs=1e-11)
    met = 0
    for event in august.events:
        chance, seen = found[f"event.{event.id}"], rows_[f"event_{event.id}"]
        happened = seen != None  # noqa: E711
        met += happened.sum()
        assert (chance[happened] == seen[happened]).all()
        late = np.isnan(chance) | (chance > rows_["round"])
        assert (late | happened).all()
    assert met > 5


def test_only_what_is_drawn_is_an_input(august):
    assert {name.partition(".")[0] for name in inputs(august, [0], draw=["reservations"])} == {
        "table",
        "reservation",
        "event",
        "shift",
    }
    for tables in ([-1], [0.5], 3):
        with pytest.raises(NotationError, match="whole and from 0"):
            inputs(august, tables)
    with pytest.raises(NotationError, match="No party"):
        inputs(august, [0], reservations={"atlantis": 0.5})


def test_inputs_can_be_added_without_holding_the_talks_again(tmp_path, august, monkeypatch):
    batch(tmp_path / "with", august, chunk=15, inputs=True)
    store = batch(tmp_path / "later", august, chunk=15)
    monkeypatch.setattr(runner, "rows", None)
    code, _, err = invoke("batch", "--out", tmp_path / "later", "--resume", "--inputs")
    assert code == 0 and err == ""
    assert contents(tmp_path / "later") == contents(tmp_path / "with")
    with pytest.raises(NotationError, match="has its seed"):
        inputs(store.folder, [0], seed=3)


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.parquet")}


@pytest.mark.parametrize("kind", ["tables", "inputs"])
def test_a_part_of_either_kind_is_made_again_with_the_same_bytes(tmp_path, august, kind):
    store = batch(tmp_path, august, inputs=True)
    before = contents(tmp_path)
    store.path(store.chunk(0), kind).unlink()
    store.path(store.chunk(2), kind).write_bytes(b"half")
    runner.run(store, august)
    assert contents(tmp_path) == before


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_a_batch_killed_at_any_moment_goes_on_to_the_same_bytes(tmp_path, august):
    same = peacetable.load(SCENARIO, settings=["protocol.rounds=4", "protocol.consent=needed"])
    batch(tmp_path / "whole", same, tables=60, chunk=5, overrides={}, inputs=True)
    out = tmp_path / "cut"
    more = ["--inputs", "--rounds", "4", "--consent", "needed", "--seed", "1"]
    command = [sys.executable, "-m", "peacetable", "batch", SCENARIO, "--tables", "60", "--chunk", "5"]
    for parts in (1, 5):
        resume = ["--resume"] if out.exists() else []
        program = subprocess.Popen(
            [*command, *more, "--out", str(out), *resume], start_new_session=True, stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 300
        while len(list(out.rglob("*.parquet"))) < parts and program.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        os.killpg(program.pid, signal.SIGKILL)
        assert program.wait() == -signal.SIGKILL
        assert (out / LOCK).exists(), "it could not tidy up"
    code, _, err = invoke("batch", "--out", out, "--resume")
    assert code == 0, err
    assert contents(out) == contents(tmp_path / "whole")
    assert sorted(path.name for path in out.iterdir()) == ["inputs", MANIFEST, "tables"]


# -- manifests -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", [None, "", "{", "[]", '{"format": "other"}', '{"format": "peacetable-batch/2"}'])
def test_a_manifest_is_made_again_from_the_parts(tmp_path, august, whole, damage):
    store = batch(tmp_path, august, inputs=True)
    before, manifest = contents(tmp_path), store.manifest
    (tmp_path / MANIFEST).unlink()
    if damage is not None:
        (tmp_path / MANIFEST).write_text(damage, encoding="utf-8")
    store.path(store.chunk(1)).write_bytes(b"half")
    code, _, err = invoke("replay", tmp_path, "--table", 3)
    assert code == 1 and f"peacetable batch --out {tmp_path} --resume" in err
    code, _, err = invoke("batch", SCENARIO, "--out", tmp_path)
    assert code == 1 and "Add --resume" in err
    code, told, err = invoke("batch", "--out", tmp_path, "--resume")
    assert code == 0 and "made again from the parts" in err and "up to 39" in err and told.startswith("40 tables")
    assert contents(tmp_path) == before
    again = Store.open(tmp_path).manifest
    changed = {name for name in manifest if again[name] != manifest[name]}
    assert changed <= {"versions", "started", "finished"}
    assert invoke("replay", tmp_path, "--table", 3)[0] == 0


def test_without_a_whole_part_a_manifest_cannot_be_made_again(tmp_path, august):
    store = batch(tmp_path / "a", august, tables=6)
    (tmp_path / "a" / MANIFEST).unlink()
    part = store.path(store.chunk(0))
    mine = part.read_bytes()
    part.write_bytes(b"half")
    code, _, err = invoke("batch", "--out", tmp_path / "a", "--resume")
    assert code == 1 and "none of its parts is whole" in err
    part.write_bytes(mine)
    other = batch(tmp_path / "b", august, tables=40, seed=2)
    shutil.copy(other.path(other.chunk(1)), part.parent)
    code, _, err = invoke("batch", "--out", tmp_path / "a", "--resume")
    assert code == 1 and "different batches" in err


WRONG = (None, True, -1, "x", [1], {"x": 1}, 10**30)
WRONG_SETTINGS = ({"rounds": "x"}, {"strategies": 3}, {"draw": 1}, {"tables": 9}, {"reservations": {"us": "x"}})


@pytest.mark.parametrize("field", list(dictionary.MANIFEST))
def test_a_manifest_with_something_wrong_in_it_is_a_sentence(tmp_path, venue, field):
    batch(tmp_path, venue, tables=3, overrides={})
    right = json.loads((tmp_path / MANIFEST).read_text(encoding="utf-8"))
    refused = 0
    for wrong in ("missing", *WRONG, *(WRONG_SETTINGS if field == "overrides" else ())):
        told = {k: v for k, v in right.items() if k != field} | ({} if wrong == "missing" else {field: wrong})
        (tmp_path / MANIFEST).write_text(json.dumps(told), encoding="utf-8")
        code, out, err = invoke("replay", tmp_path, "--table", 1, "--json")
        refused += code
        assert code in (0, 1) and "mistake of its own" not in err and "Traceback" not in err, (field, wrong, err)
        assert code == 0 or (err and not out), (field, wrong)
        if wrong == "missing":
            with pytest.raises(BatchError, match=f'no "{field}"|not the manifest'):
                Store.open(tmp_path)
            assert invoke("batch", "--out", tmp_path, "--resume")[0] == 0
            assert Store.open(tmp_path).manifest.keys() == right.keys()
    assert refused >= 4


def test_a_damaged_manifest_of_an_earlier_release_says_what_is_left_to_do(tmp_path):
    shutil.copytree(Path(__file__).parent / "golden" / "0.2.0" / "batch", tmp_path / "old")
    (tmp_path / "old" / MANIFEST).write_text("{", encoding="utf-8")
    for command in (["replay", tmp_path / "old", "--table", 1], ["batch", "--out", tmp_path / "old", "--resume"]):
        code, _, err = invoke(*command)
        assert code == 1 and "Run the batch again in another folder" in err
    with pytest.raises(Damaged):
        Store.open(tmp_path / "old")


# -- two at a time ---------------------------------------------------------------------------------------------------


HOLD = """
import sys, pathlib
from peacetable.experiments.lock import locked
with locked(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_in_the_folder_is_refused_and_a_dead_one_is_not_in_the_way(tmp_path, august):
    store = batch(tmp_path, august, tables=6)
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout.readline() == "held\n"
    for arguments in (["--resume"], ["--resume", "--tables", 9]):
        code, _, err = invoke("batch", "--out", tmp_path, *arguments)
        assert code == 1 and f"process {other.pid} on " in err and "since 20" in err
    assert invoke("replay", tmp_path, "--table", 3)[0] == 0, "reading is free"
    other.kill()
    other.communicate()
    assert (tmp_path / LOCK).exists()
    runner.run(store, august)
    assert not (tmp_path / LOCK).exists()


def test_a_lock_is_free_again_and_a_stale_file_does_not_matter(tmp_path, august):
    (tmp_path / LOCK).write_text('{"pid": 1, "host": "elsewhere", "since": "long ago"}', encoding="utf-8")
    with locked(tmp_path):
        with pytest.raises(BatchError, match=f"process {os.getpid()} on"), locked(tmp_path):
            pass
    (tmp_path / LOCK).write_text("half", encoding="utf-8")
    assert len(rows(batch(tmp_path, august, tables=2))) == 2


# -- how much is asked for -------------------------------------------------------------------------------------------


def test_what_cannot_be_meant_is_refused_before_anything_is_written(tmp_path, venue):
    out = tmp_path / "talks"
    code, _, err = invoke("batch", "venue-2025", "--out", out, "--tables", 20_000_000_000, "--workers", 2)
    assert code == 1 and "hours and" in err and "GB" in err and "--yes" in err and not out.exists()
    batch(out, venue, tables=2, overrides={})
    code, _, err = invoke("batch", "--out", out, "--resume", "--tables", 20_000_000_000)
    assert code == 1 and "--yes" in err and Store.open(out).tables == 2


def test_a_batch_of_very_many_tables_begins_at_once(tmp_path, august):
    def stop(done):
        if done:
            raise KeyboardInterrupt

    for how in ({}, {"executor": lambda: ThreadPoolExecutor(1)}):
        out = tmp_path / str(len(how))
        with pytest.raises(KeyboardInterrupt):
            batch(out, august, tables=2**40, chunk=2, progress=stop, **how)
        assert len(Store.open(out)) == 2**39 and rows(Store.open(out))
        assert invoke("replay", out, "--table", 1)[0] == 0
        assert "not stored yet" in invoke("replay", out, "--table", 2**39)[2]


def test_no_more_processes_than_have_something_to_do(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    monkeypatch.setattr(runner, "_processes", lambda n: started.append(n) or (lambda: ThreadPoolExecutor(1)))
    code, _, err = invoke("batch", "venue-2025", "--out", tmp_path / "a", "--tables", 20, "--workers", 1000)
    assert (
        code == 0 and started == [3] and "Of the 1000 processes asked for 3 are used" in err and "3 processors" in err
    )
    assert len(Store.open(tmp_path / "a")) == 3
    code, _, err = invoke("batch", "venue-2025", "--out", tmp_path / "b", "--tables", 2, "--workers", 3)
    assert code == 0 and started == [3, 2] and "3 processes asked for 2 are used: there are 2 parts" in err
    assert batch_command._capped(2, 5) == 2


# -- stopped early ---------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.parametrize("module", ["click", "peacetable.cli.batch", "numpy", "mesa"])
def test_ctrl_c_while_the_program_is_still_being_imported_is_a_sentence(tmp_path, module):
    code = f"""
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Finder())
sys.argv = ["peacetable", "batch", "venue-2025", "--tables", "4", "--out", {str(tmp_path / "talks")!r}]
from peacetable.__main__ import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    (told,) = done.stderr.strip().splitlines()  # after an empty line, where the terminal shows ^C
    assert (done.returncode, done.stdout) == (1, "") and (told == peacetable.STOPPED or "Stopped after 0 of 4" in told)


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c_that_python_drops_comes_once_more():
    code = """
import signal, sys, time, weakref
signal.signal(signal.SIGINT, signal.default_int_handler)
import peacetable.__main__, peacetable.cli
class Thing: pass
def run():
    thing = Thing()
    watch = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
    del thing
    for _ in range(1000):
        time.sleep(0.01)
peacetable.cli.main = run
peacetable.__main__.main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (1, "", peacetable.STOPPED)
