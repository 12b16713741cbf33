"""A batch on disk: a folder with manifest.json and one Parquet file per chunk of tables.

A part is whole or not there: it is written beside its place and moved there in one step, with a check over every page
and, in its footer, which batch and which tables it holds. A part that passes means that its chunk is done.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from .. import __version__
from ..errors import BatchError, PeacetableError
from ..scenario import Scenario
from ..table.formats import upgraded
from ..table.rules import RULES_VERSION

KIND = "peacetable-batch"
STEPS: tuple = ()  # each brings a manifest to the next format, see table.formats
FORMAT = f"{KIND}/{len(STEPS) + 1}"
MANIFEST = "manifest.json"
FILES = (".csv", ".json", ".jsonl", ".parquet")  # a batch is never called so
MEASURES = ("pareto_distance", "nash_distance")
_TEMPORARY = ".tmp"


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


def now() -> str:
    """The time in UTC, ISO 8601, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _versions() -> dict[str, str | int]:
    found: dict[str, str | int] = {"peacetable": __version__, "rules": RULES_VERSION}
    for name in ("mesa", "numpy", "pyarrow"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found | {"python": platform.python_version()}


class Store:
    """The folder of one batch. `manifest`: what runs and how far it is; see `create` for its fields."""

    def __init__(self, folder: Path, manifest: dict[str, Any]):
        self.folder, self.manifest = folder, manifest
        self.pa, self.parquet = arrow()

    @classmethod
    def create(cls, folder: Path, scenario: Scenario, seed: int, tables: int, chunk: int, overrides: dict) -> Store:
        """A new batch in an empty or new folder. Raises BatchError if it holds anything, or for clashing columns."""
        arrow()
        _check_free(folder)
        _check_columns(scenario)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BatchError(f"Cannot make the folder {folder}: {error.strerror}.") from error
        manifest = {
            "format": FORMAT,
            "status": "running",
            "scenario": scenario.name,
            "scenario_hash": scenario.hash,
            "seed": seed,
            "tables": tables,
            "chunk": chunk,
            "overrides": overrides,
            "versions": _versions(),
            "started": now(),
            "finished": None,
            "tables_done": 0,
            "counts": {},
            "failed": [],
            "document": scenario.document,
        }
        store = cls(folder, manifest)
        store.update()
        return store

    @classmethod
    def open(cls, folder: Path) -> Store:
        """The batch in a folder. Raises BatchError if there is none, or if it needs other rules."""
        path = folder / MANIFEST
        if not path.is_file():
            raise BatchError(f"{folder} holds no batch: there is no {MANIFEST} in it.")
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise BatchError(f"{path} cannot be read: it is damaged. Run the batch again in another folder.") from None
        if not isinstance(manifest, dict):
            raise BatchError(f"{path} is not the manifest of a batch.")
        try:
            upgraded(manifest.get("format"), KIND, STEPS, manifest)
        except ValueError:
            raise BatchError(f"{path} is not the manifest of a batch.") from None
        except PeacetableError as error:
            raise BatchError(f"{path} cannot be read. {error}") from None
        rules, release = (manifest["versions"][name] for name in ("rules", "peacetable"))
        if rules != RULES_VERSION:
            raise BatchError(
                f"The tables of {folder} were made under rules version {rules}; this is version {RULES_VERSION}, where "
                f"the same seed may give other talks. Use peacetable {release}, which made them; their rows can be "
                "read by anything that reads Parquet."
            )
        return cls(folder, manifest)

    def scenario(self) -> Scenario:
        """The scenario of the batch, as it was when it began. Raises ScenarioError if it was changed since."""
        from ..files import from_document

        return from_document(self.manifest["document"], self.manifest["scenario_hash"], self.folder / MANIFEST)

    def update(self, **fields: Any) -> None:
        """Change fields of the manifest and write it, whole or not at all."""
        self.manifest.update(fields)
        text = json.dumps(self.manifest, indent=1, ensure_ascii=False) + "\n"
        _write_whole(self.folder / MANIFEST, text.encode("utf-8"))

    # -- parts -------------------------------------------------------------------------------------------------------

    @property
    def tables(self) -> int:
        return int(self.manifest["tables"])

    @property
    def key(self) -> str:
        """What makes rows the same: scenario, seed, settings, rules."""
        told = [self.manifest[k] for k in ("scenario_hash", "seed", "overrides")] + [RULES_VERSION]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]

    def chunks(self) -> list[Chunk]:
        size = self.manifest["chunk"]
        return [Chunk(n, first, min(size, self.tables - first)) for n, first in enumerate(range(0, self.tables, size))]

    def path(self, chunk: Chunk) -> Path:
        return self.folder / f"part-{chunk.number:06d}.parquet"

    def _stamp(self, chunk: Chunk, columns: list[str]) -> dict[bytes, bytes]:
        """What the footer of a part says of it; the pages have their own checks, the names of columns have not."""
        told = {"batch": self.key, "first": chunk.first, "count": chunk.count, "columns": columns}
        return {b"peacetable": json.dumps(told, sort_keys=True).encode()}

    def write(self, chunk: Chunk, columns: Mapping[str, np.ndarray]) -> None:
        """Store the rows of one chunk. Raises BatchError if the disk refuses."""
        pa = self.pa
        kinds = {"table": pa.int64(), "round": pa.int32(), "turns": pa.int32()}
        arrays = {}
        for name, column in columns.items():
            numeric = column.dtype.kind == "f"
            kind = kinds.get(name, pa.float64() if numeric else pa.string())
            arrays[name] = pa.array(column, type=kind, from_pandas=True)
        rows = pa.table(arrays).replace_schema_metadata(self._stamp(chunk, list(columns)))
        buffer = pa.BufferOutputStream()
        self.parquet.write_table(rows, buffer, compression="zstd", write_page_checksum=True)
        _write_whole(self.path(chunk), memoryview(buffer.getvalue()))

    def read(self, chunk: Chunk) -> Any:
        """The rows of a chunk as a pyarrow table, or None if its part is missing, damaged, or of another batch."""
        path = self.path(chunk)
        if not path.is_file():
            return None
        try:
            rows = self.parquet.ParquetFile(path, page_checksum_verification=True).read()
        except (self.pa.ArrowException, OSError, ValueError):
            return None
        ours = rows.schema.metadata == self._stamp(chunk, rows.column_names)
        return rows if ours and rows.num_rows == chunk.count else None

    def parts(self) -> Iterator[tuple[Chunk, Any]]:
        """Every finished chunk with its rows, in order."""
        for chunk in self.chunks():
            rows = self.read(chunk)
            if rows is not None:
                yield chunk, rows

    def row(self, table: int) -> dict[str, Any]:
        """The stored row of one table. Raises BatchError if it is not there."""
        if not 0 <= table < self.tables:
            raise BatchError(f"{self.folder} holds tables 0 to {self.tables - 1}; there is no table {table}.")
        chunk = self.chunks()[table // self.manifest["chunk"]]
        rows = self.read(chunk)
        if rows is None:
            raise BatchError(
                f"Table {table} is not stored yet: {chunk} is not finished or damaged. Go on with the batch: "
                f"peacetable batch --out {self.folder} --resume"
            )
        return rows.slice(table - chunk.first, 1).to_pylist()[0]

    def clean(self) -> None:
        """Remove what a crash left half written."""
        for path in self.folder.glob(f"*{_TEMPORARY}"):
            path.unlink(missing_ok=True)


def _check_free(folder: Path) -> None:
    """Raises BatchError where no new batch can be started."""
    if not folder.is_dir() and (folder.exists() or folder.suffix.lower() in FILES):
        what = "there is a file of that name" if folder.exists() else f"{folder.suffix} is the ending of a file"
        raise BatchError(f"Cannot start a batch in {folder}: a batch is a folder, and {what}. Name a folder.")
    if folder.exists() and any(folder.iterdir()):
        remedy = "Name a new or an empty folder; what is in this one is kept."
        if (folder / MANIFEST).exists():
            remedy = "Add --resume to go on with the batch there, or name another folder."
        raise BatchError(f"Cannot start a batch in {folder}: it is not empty. {remedy}")


def _check_columns(scenario: Scenario) -> None:
    fixed = ["table", "ended", "by", "round", "turns", "package", *MEASURES]
    fixed += [f"{kind}_{party}" for party in scenario.party_ids for kind in "ur"]
    for issue in scenario.issue_ids:
        if issue in fixed:
            raise BatchError(f'The issue "{issue}" has the name of another column of the rows; rename it.')


def _write_whole(path: Path, data: bytes | memoryview) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}{_TEMPORARY}")
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
