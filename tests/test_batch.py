"""Batches: the same rows however they were run, nothing lost by crashes, and refusals that say what to do."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import pytest

import peacetable
from peacetable.errors import BatchError
from peacetable.experiments import runner
from peacetable.experiments.store import MANIFEST, Chunk, Store
from peacetable.experiments.summary import summarise, wilson
from terminal import invoke

pytest.importorskip("pyarrow")
SCENARIO = "white-house-2025"
QUICK = {"rounds": 4, "consent": "needed"}


@pytest.fixture(scope="module")
def august():
    return peacetable.load(SCENARIO)


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
    assert code == 0 and err == "" and told.startswith("40 tables of white-house-2025, seed 1")
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
        (["--resume", "--rounds", "5"], "another settings"),
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
    code, _, err = invoke("batch", f"{SCENARIO}@alaska", "--out", tmp_path, "--resume")
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
    assert code == 0 and told.startswith("40 tables of white-house-2025")
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
