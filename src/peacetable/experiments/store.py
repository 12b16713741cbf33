"""A batch on disk: a folder with manifest.json and, in tables/ and inputs/, one Parquet file per chunk of tables.

A part is whole or not there: it is written beside its place and moved there in one step, with a check over every page
and, in its footer, which batch and which tables it holds. A part that passes means that its chunk is done. The footer
also holds the scenario and the settings, so that a manifest that was lost or damaged can be made again from any part.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import platform
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from ..abm.settings import OVERRIDES, settled
from ..errors import BatchError, PeacetableError, ScenarioError, as_word
from ..scenario import Scenario
from ..table.formats import upgraded
from ..table.rules import RULES_VERSION
from ..version import __version__
from .dictionary import columns, input_columns, valid
from .lock import LOCK, locked, now

KIND = "peacetable-batch"


def _to_folders(manifest: dict[str, Any]) -> None:
    """Format 1 had the parts beside the manifest, fewer columns, and no dictionary of them. Raises ScenarioError."""
    from ..files import from_document

    scenario = from_document(manifest.get("document", {}))
    fields = {"format": f"{KIND}/2", "layout": "flat", "settings": [], "inputs": False}
    manifest |= {**fields, "columns": columns(scenario, since=1), "input_columns": {}}


STEPS: tuple[Callable, ...] = (_to_folders,)  # each brings a manifest to the next format, see table.formats
FORMAT = f"{KIND}/{len(STEPS) + 1}"
MANIFEST = "manifest.json"
FILES = (".csv", ".json", ".jsonl", ".parquet")  # a batch is never called so
KINDS = ("tables", "inputs")  # of parts, and their folders
_TEMPORARY = ".tmp"
_STAMP, _DOCUMENT = b"peacetable", b"peacetable_scenario"  # in the footers of parts


@dataclass(frozen=True, order=True)
class Chunk:
    """`count` tables from number `first` on; `number` counts the chunks from 0."""

    number: int
    first: int
    count: int

    def __str__(self) -> str:
        return f"chunk {self.number} (tables {self.first} to {self.first + self.count - 1})"


def arrow() -> tuple[ModuleType, ModuleType]:
    """pyarrow and pyarrow.parquet. Raises BatchError with what to install."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise BatchError('Batches are Parquet files, which need pyarrow: pip install "peacetable[research]"') from None
    return pyarrow, pyarrow.parquet


def _versions() -> dict[str, str | int]:
    found: dict[str, str | int] = {"peacetable": __version__, "rules": RULES_VERSION}
    for name in ("mesa", "numpy", "pyarrow"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found | {"python": platform.python_version()}


class Damaged(BatchError):
    """The manifest of a batch is missing or cannot be used, and may be made again from the parts."""


def _whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda told: isinstance(told, int) and not isinstance(told, bool) and low <= told <= high


def _kind(*kinds: type | None) -> Callable[[Any], bool]:
    return lambda told: any(told is None if kind is None else isinstance(told, kind) for kind in kinds)


# what fields of the manifest have to be: (in words, test)
_FIELDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "layout": ("folders or flat", lambda told: told in ("folders", "flat")),
    "status": ("a word", _kind(str)),
    "scenario": ("a name", _kind(str)),
    "scenario_hash": ("a hash", _kind(str)),
    "seed": ("a whole number from 0 to 2^64 - 1", _whole(0, 2**64 - 1)),
    "tables": ("a whole number from 1", _whole(1, 2**62)),
    "chunk": ("a whole number from 1", _whole(1, 2**62)),
    "settings": (
        "a list of texts",
        lambda told: isinstance(told, list) and all(isinstance(text, str) for text in told),
    ),
    "overrides": (
        f"a mapping of {', '.join(OVERRIDES)}",
        lambda told: isinstance(told, dict) and {*told} <= {*OVERRIDES},
    ),
    "inputs": ("true or false", _kind(bool)),
    "versions": (
        "a mapping with the rules, a whole number, and peacetable, a word",
        lambda told: (
            isinstance(told, dict) and _whole(1, 2**31)(told.get("rules")) and _kind(str)(told.get("peacetable"))
        ),
    ),
    "started": ("a time or null", _kind(str, None)),
    "finished": ("a time or null", _kind(str, None)),
    "tables_done": ("a whole number from 0", _whole(0, 2**62)),
    "counts": ("a mapping", _kind(dict)),
    "failed": ("a list", _kind(list)),
    "columns": ("a mapping from name to type and meaning", valid),
    "input_columns": ("a mapping from name to type and meaning", valid),
    "document": ("a scenario", _kind(dict)),
}


class Store:
    """The folder of one batch. `manifest`: what runs and how far it is; `dictionary.MANIFEST` tells its fields."""

    def __init__(self, folder: Path, manifest: dict[str, Any]):
        self.folder, self.manifest = folder, manifest
        self.pa, self.parquet = arrow()

    @classmethod
    def create(
        cls,
        folder: Path,
        scenario: Scenario,
        seed: int,
        tables: int,
        chunk: int,
        overrides: dict,
        inputs: bool = False,
    ) -> Store:
        """A new batch in an empty or new folder; `inputs`: whether to store what is drawn too. Raises BatchError if it
        holds anything."""
        store = cls.planned(folder, scenario, seed, tables, chunk, overrides, inputs)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BatchError(f"Cannot make the folder {folder}: {error.strerror}.") from error
        with locked(folder):
            check_free(folder)  # another process may have begun there since
            store.update(started=now())
        return store

    @classmethod
    def planned(
        cls, folder: Path, scenario: Scenario, seed: int, tables: int, chunk: int, overrides: dict, inputs: bool = False
    ) -> Store:
        """The same, with nothing written yet."""
        arrow()
        check_free(folder)
        told = _manifest(scenario, seed, tables, chunk, overrides, inputs)
        return cls(folder, told | {"versions": _versions()})

    @classmethod
    def open(cls, folder: Path) -> Store:
        """The batch in a folder. Raises BatchError if there is none, or if it needs other rules; Damaged if its
        manifest is missing or cannot be used."""
        path = folder / MANIFEST
        parts = any((folder / "tables").glob("part-*.parquet"))
        if not path.is_file() and not parts:
            raise BatchError(f"{folder} holds no batch: there is no {MANIFEST} in it.")
        remedy = "Run the batch again in another folder."
        if parts:
            remedy = f"It can be made again from the parts: peacetable batch --out {as_word(folder)} --resume"
        if not path.is_file():
            raise Damaged(f"{path} is not there any more. {remedy}")
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            raise Damaged(f"{path} cannot be read: it is damaged. {remedy}") from None
        if not isinstance(manifest, dict):
            raise Damaged(f"{path} is not the manifest of a batch. {remedy}")
        try:
            upgraded(manifest.get("format"), KIND, STEPS, manifest)
        except ValueError:
            raise Damaged(f"{path} is not the manifest of a batch. {remedy}") from None
        except ScenarioError as error:
            raise Damaged(f"{path} cannot be read. {error} {remedy}") from None
        except PeacetableError as error:
            raise BatchError(f"{path} cannot be read. {error}") from None
        if fault := _fault(manifest):
            raise Damaged(f"{path} cannot be read: {fault}. {remedy}")
        _check_rules(folder, manifest["versions"])
        return cls(folder, manifest)

    @classmethod
    def repaired(cls, folder: Path) -> Store:
        """The batch in a folder whose manifest was lost or damaged: made again from the parts in tables/, and written.
        It has as many tables as the parts, and counts as interrupted. Raises BatchError if the parts do not tell."""
        with locked(folder):
            found = filter(None, map(_told_by, sorted((folder / "tables").glob("part-*.parquet"))))
            stamps, scenario = [], None
            for told, document in found:
                stamps.append(told)
                scenario = scenario or _same_scenario(document, told["scenario_hash"])
            if scenario is None:
                raise BatchError(
                    f"The manifest of {folder} cannot be made again: none of its parts is whole. Run the batch again "
                    "in another folder."
                )
            if len({told["batch"] for told in stamps}) > 1:
                raise BatchError(
                    f"The manifest of {folder} cannot be made again: its parts are of different batches. Keep those of "
                    "one."
                )
            told = stamps[0]
            _check_rules(folder, told["versions"])
            tables = max(told["first"] + told["count"] for told in stamps)
            inputs = any((folder / "inputs").glob("part-*.parquet"))
            manifest = _manifest(scenario, told["seed"], tables, told["chunk"], told["overrides"], inputs)
            store = cls(folder, manifest | {"versions": told["versions"], "status": "interrupted"})
            store.update()
        return store

    def refresh(self) -> None:
        """Read the manifest anew: another process may have been here."""
        self.manifest = Store.open(self.folder).manifest

    def scenario(self) -> Scenario:
        """The scenario of the batch, as it was when it began. Raises ScenarioError if it was changed since."""
        from ..files import from_document

        return from_document(self.manifest["document"], self.manifest["scenario_hash"], self.folder / MANIFEST)

    def update(self, **fields: Any) -> None:
        """Change fields of the manifest and write it, whole or not at all."""
        self.manifest.update(fields)
        text = json.dumps(self.manifest, indent=1, ensure_ascii=False) + "\n"
        _write_whole(self.folder / MANIFEST, text.encode("utf-8"))

    def add_inputs(self) -> None:
        """From now on what is drawn is stored too. Raises BatchError for a batch of an earlier release."""
        if self._flat:
            raise BatchError(f"Cannot store inputs in {self.folder}: an earlier release made it. Name another folder.")
        drawn = settled(self.scenario(), self.manifest["overrides"])
        self.update(inputs=True, input_columns=input_columns(drawn))

    # -- parts -------------------------------------------------------------------------------------------------------

    @property
    def tables(self) -> int:
        return int(self.manifest["tables"])

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of part that every chunk has."""
        return KINDS if self.manifest["inputs"] else KINDS[:1]

    @property
    def _flat(self) -> bool:
        return self.manifest["layout"] == "flat"

    @cached_property
    def key(self) -> str:
        return _key(self.manifest)

    def __len__(self) -> int:
        """How many chunks the batch has."""
        return -(-self.tables // self.manifest["chunk"])

    def chunk(self, number: int) -> Chunk:
        size = self.manifest["chunk"]
        return Chunk(number, number * size, min(size, self.tables - number * size))

    def chunks(self) -> Iterator[Chunk]:
        """All chunks in order, made as they are asked for: there may be very many."""
        return map(self.chunk, range(len(self)))

    def path(self, chunk: Chunk, kind: str = "tables") -> Path:
        if self._flat:
            return self.folder / f"part-{chunk.number:06d}.parquet"
        return self.folder / kind / _part(chunk)

    def on_disk(self) -> list[Chunk]:
        """The chunks that have a part of their rows, whole or not, in order."""
        folder = self.folder if self._flat else self.folder / "tables"
        found = (re.fullmatch(r"part-(\d+)\.parquet", path.name) for path in folder.glob("part-*.parquet"))
        numbers = sorted({int(match[1]) for match in found if match})
        return [self.chunk(number) for number in numbers if number < len(self)]

    def _stamp(self, chunk: Chunk, names: list[str], kind: str) -> bytes:
        """What the footer of a part says of it; the pages have their own checks, the names of columns have not."""
        told = {"batch": self.key, "first": chunk.first, "count": chunk.count, "columns": names}
        if not self._flat:
            versions = {name: self.manifest["versions"][name] for name in ("peacetable", "rules")}
            told |= {name: self.manifest[name] for name in _CONSTANT} | {"kind": kind, "versions": versions}
        return json.dumps(told, sort_keys=True).encode()

    @cached_property
    def _document(self) -> bytes:
        """The scenario as footers hold it: text, so that every reader of Parquet can pass it over."""
        return base64.b64encode(zlib.compress(json.dumps(self.manifest["document"]).encode(), 9))

    @property
    def overhead(self) -> int:
        """Bytes of a part that do not depend on its rows, most of them the scenario."""
        return len(self._document)

    def write(self, chunk: Chunk, found: Mapping[str, np.ndarray], kind: str = "tables") -> None:
        """Store a part: of the columns `found` those that the batch has. Raises BatchError if the disk refuses."""
        path = self.path(chunk, kind)
        path.parent.mkdir(exist_ok=True)
        _write_whole(path, memoryview(self.packed(chunk, found, kind)))

    def packed(self, chunk: Chunk, found: Mapping[str, np.ndarray], kind: str = "tables") -> Any:
        """The bytes of a part, as a buffer of pyarrow."""
        pa = self.pa
        kinds = self.manifest["columns" if kind == "tables" else "input_columns"]
        types = {"int64": pa.int64(), "int32": pa.int32(), "double": pa.float64(), "string": pa.string()}
        arrays = {name: pa.array(found[name], types[told["type"]], from_pandas=True) for name, told in kinds.items()}
        footer = {_STAMP: self._stamp(chunk, list(kinds), kind)} | ({} if self._flat else {_DOCUMENT: self._document})
        rows = pa.table(arrays).replace_schema_metadata(footer)
        buffer = pa.BufferOutputStream()
        self.parquet.write_table(rows, buffer, compression="zstd", write_page_checksum=True)
        return buffer.getvalue()

    def read(self, chunk: Chunk, kind: str = "tables") -> Any:
        """The rows of a chunk as a pyarrow table, or None if its part is missing, damaged, or of another batch."""
        path = self.path(chunk, kind)
        if not path.is_file():
            return None
        try:
            rows = self.parquet.ParquetFile(path, page_checksum_verification=True).read()
        except (self.pa.ArrowException, OSError, ValueError):
            return None
        ours = (rows.schema.metadata or {}).get(_STAMP) == self._stamp(chunk, rows.column_names, kind)
        return rows if ours and rows.num_rows == chunk.count else None

    def parts(self) -> Iterator[tuple[Chunk, Any]]:
        """Every finished chunk with its rows, in order."""
        for chunk in self.on_disk():
            rows = self.read(chunk)
            if rows is not None:
                yield chunk, rows

    def row(self, table: int) -> dict[str, Any]:
        """The stored row of one table. Raises BatchError if it is not there."""
        if not 0 <= table < self.tables:
            raise BatchError(f"{self.folder} holds tables 0 to {self.tables - 1}; there is no table {table}.")
        chunk = self.chunk(table // self.manifest["chunk"])
        rows = self.read(chunk)
        if rows is None:
            raise BatchError(
                f"Table {table} is not stored yet: {chunk} is not finished or damaged. Go on with the batch: "
                f"peacetable batch --out {as_word(self.folder)} --resume"
            )
        return rows.slice(table - chunk.first, 1).to_pylist()[0]

    def clean(self) -> None:
        """Remove what a crash left half written."""
        for folder in (self.folder, *(self.folder / kind for kind in KINDS)):
            for path in folder.glob(f"*{_TEMPORARY}"):
                path.unlink(missing_ok=True)


_CONSTANT = ("scenario", "scenario_hash", "seed", "chunk", "overrides")  # of the manifest, in every part


def _manifest(scenario: Scenario, seed: int, tables: int, chunk: int, overrides: dict, inputs: bool) -> dict[str, Any]:
    """A manifest without what was only known when the batch began."""
    drawn = input_columns(settled(scenario, overrides)) if inputs else {}
    return {
        "format": FORMAT,
        "layout": "folders",
        "status": "running",
        "scenario": scenario.name,
        "scenario_hash": scenario.hash,
        "seed": seed,
        "tables": tables,
        "chunk": chunk,
        "settings": list(scenario.settings),
        "overrides": overrides,
        "inputs": inputs,
        "versions": {},
        "started": None,
        "finished": None,
        "tables_done": 0,
        "counts": {},
        "failed": [],
        "columns": columns(scenario),
        "input_columns": drawn,
        "document": scenario.document,
    }


def _key(told: dict[str, Any]) -> str:
    """What makes rows the same: scenario, seed, settings, rules."""
    same = [told[k] for k in ("scenario_hash", "seed", "overrides")] + [told["versions"]["rules"]]
    return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()[:16]


def _told_by(path: Path) -> tuple[dict[str, Any], Any] | None:
    """What the footer of a part says of it, and the scenario in it; None if the part is damaged."""
    pa, parquet = arrow()
    try:
        file = parquet.ParquetFile(path)
        footer = file.schema_arrow.metadata
        told = json.loads(footer[_STAMP])
        document = json.loads(zlib.decompress(base64.b64decode(footer[_DOCUMENT])))
        place = Chunk(told["first"] // told["chunk"], told["first"], file.metadata.num_rows)
        whole = told["batch"] == _key(told) and path.name == _part(place) and told["count"] == place.count
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError, zlib.error, pa.ArrowException):
        return None
    return (told, document) if whole else None


def _part(chunk: Chunk) -> str:
    return f"part-{chunk.number:09d}.parquet"


def _fault(manifest: dict[str, Any]) -> str:
    """What is wrong with a manifest, in words; "" if nothing is."""
    for name, (what, right) in _FIELDS.items():
        if name not in manifest:
            return f'it has no "{name}"'
        if not right(manifest[name]):
            return f'"{name}" is not {what}'
    return ""


def _check_rules(folder: Path, versions: dict[str, Any]) -> None:
    """Raises BatchError where tables cannot be held again as they were."""
    if versions["rules"] != RULES_VERSION:
        raise BatchError(
            f"The tables of {folder} were made under rules version {versions['rules']}; this is version "
            f"{RULES_VERSION}, where the same seed may give other talks. Use peacetable {versions['peacetable']}, "
            "which made them; their rows can be read by anything that reads Parquet."
        )


def _same_scenario(document: dict, noted: str) -> Scenario | None:
    """The scenario in the footer of a part, if it is whole."""
    from ..files import from_document

    try:
        return from_document(document, noted, "the parts")
    except ScenarioError:
        return None


def check_free(folder: Path) -> None:
    """Raises BatchError where no new batch can be started."""
    if not folder.is_dir() and (folder.exists() or folder.suffix.lower() in FILES):
        what = "there is a file of that name" if folder.exists() else f"{folder.suffix} is the ending of a file"
        raise BatchError(f"Cannot start a batch in {folder}: a batch is a folder, and {what}. Name a folder.")
    if folder.exists() and any(path.name != LOCK for path in folder.iterdir()):
        remedy = "Name a new or an empty folder; what is in this one is kept."
        if is_batch(folder):
            remedy = "Add --resume to go on with the batch there, or name another folder."
        raise BatchError(f"Cannot start a batch in {folder}: it is not empty. {remedy}")


def is_batch(folder: Path) -> bool:
    """Whether the folder holds a batch, be its manifest lost."""
    return (folder / MANIFEST).exists() or any((folder / "tables").glob("part-*.parquet"))


def _write_whole(path: Path, data: bytes | memoryview) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}{_TEMPORARY}")  # readers of Parquet pass over a dot
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise BatchError(f"Cannot write {path}: {error.strerror}.") from error
    finally:
        temporary.unlink(missing_ok=True)
