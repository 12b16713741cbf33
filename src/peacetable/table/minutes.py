"""Minutes: the log of one table as JSON Lines, enough to replay it without drawing chance.

The first line is the header: format, rules version, release, the scenario as it was (document and hash), seed, table,
what the table drew. Then one record per line: event, move, end. Every line ends with a check over itself and all before
it, so a changed line is noticed; a last line that was cut off by a crash is dropped with a notice. How lines end, and a
byte order mark before the first, are an editor's business and no change. Files of earlier formats are brought up to
date as they are read; where a default of the scenario's files changes, the step that does so
has to write the old one into the document, once its hash was compared.
"""

from __future__ import annotations

import hashlib
import json
import re
from codecs import BOM_UTF8
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

from ..errors import MinutesError, PeacetableError
from ..scenario.utility import GRAIN
from ..version import __version__
from .formats import upgraded
from .record import Kind, Record, plain
from .record import read as read_record
from .rules import RULES_VERSION

KIND = "peacetable-minutes"


def _from_1(header: dict, records: list[dict]) -> None:
    """Format 1 did not say which release wrote it: there was one. All parties counted in grains, and weights stood for
    saliences."""
    drawn = header["drawn"]
    header["release"] = "0.1.0"
    drawn["saliences"] = drawn.pop("weights")
    drawn["scale"] = [GRAIN] * len(drawn["saliences"])


def _from_2(header: dict, records: list[dict]) -> None:
    """Format 2 called a signature `accept`, and a vote against `decline`."""
    named = {"accept": "sign", "decline": "stand"}
    for record in records:
        record["kind"] = named.get(record["kind"], record["kind"])


STEPS = (_from_1, _from_2)
FORMAT = f"{KIND}/{len(STEPS) + 1}"

_SEAL = ',"check":"'
_END = re.compile(rb"\r\n|\n|\r")


def _check(text: str, before: str) -> str:
    return hashlib.sha256((before + text).encode()).hexdigest()[:12]


class Writer:
    """Appends records to a new file and flushes each, so that a crash costs at most the line being written. Raises
    FileExistsError rather than write over a file, and other OSErrors."""

    def __init__(self, path: Path, header: dict):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        mode = "w" if path.exists() and not path.is_file() else "x"  # a pipe or a device is there already
        self._file: IO[str] = path.open(mode, encoding="utf-8", newline="\n")
        self._check = ""
        now = {"rules_version": RULES_VERSION, "release": __version__}
        self._line({**now, **header, "format": FORMAT})

    def write(self, record: Record) -> None:
        """Append one record."""
        self._line(plain(record))

    def _line(self, record: dict) -> None:
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        self._check = _check(text, self._check)
        self._file.write(f'{text[:-1]}{_SEAL}{self._check}"}}\n')
        self._file.flush()

    @classmethod
    def reopen(cls, path: Path) -> Writer:
        """Go on with a file that `load` could read; a torn last line is cut off. Raises OSError, MinutesError."""
        found = _read(path)
        with path.open("r+b") as file:
            file.truncate(found.size)
        writer = cls.__new__(cls)
        writer.path, writer._file = path, path.open("a", encoding="utf-8", newline="\n")
        writer._check = found.check
        if not found.ended:
            writer._file.write("\n")
        return writer

    def close(self) -> None:
        self._file.close()


def check_free(path: Path) -> None:
    """Raises MinutesError where writing minutes to `path` would cost a file that is there."""
    if path.is_file() or (path.is_symlink() and not path.exists()):
        raise MinutesError(
            f"Cannot write the minutes to {path}: the file is there already and is kept. Name another file, or remove "
            "this one first."
        )


def save(path: Path, header: dict, records: Sequence[Record]) -> None:
    """Write whole minutes to a new file. Raises MinutesError if there is one already, or it cannot be written."""
    check_free(path)
    try:
        writer = Writer(path, header)
        for record in records:
            writer.write(record)
        writer.close()
    except OSError as error:
        raise MinutesError(f"Cannot write the minutes to {path}: {error.strerror}.") from error


def load(path: Path) -> tuple[dict, list[Record], str | None]:
    """Header, records, and a notice if the torn last line was dropped (else None). Minutes under earlier rules are
    read too: their replay follows what was done, by the rules of then.

    Raises MinutesError, with the line, for a file that is foreign, altered, or of a later release.
    """
    try:
        found = _read(path)
    except OSError as error:
        raise MinutesError(f"Cannot read the minutes {path}: {error.strerror}.") from error
    notice = None
    if found.torn:
        notice = f"{path}: the last line was cut off while it was written; it is dropped, all before it is kept."
    if not found.records:
        raise MinutesError(f"{path} holds no minutes: its first line is missing or cut off.")
    header, records = found.records[0], found.records[1:]
    try:
        upgraded(header["format"], KIND, STEPS, header, records)
    except (PeacetableError, ValueError) as error:
        raise MinutesError(f"{path} cannot be read. {error}") from None
    if header["rules_version"] > RULES_VERSION:
        raise MinutesError(
            f"{path} was made under rules version {header['rules_version']}; this is version {RULES_VERSION}. Use "
            f"peacetable {header['release']}, the release that wrote it, or a later one."
        )
    try:
        return header, [read_record(record) for record in records], notice
    except MinutesError as error:
        raise MinutesError(f"{path} cannot be read. {error}") from None


def versions(header: dict, records: Sequence[Record]) -> list[dict]:
    """What the talks were held under, one after the other: `rules_version`, `release` and, but the first, `round`."""
    return [header, *(plain(record) for record in records if record.kind == Kind.RULES)]


def older_rules(header: dict, records: Sequence[Record]) -> str:
    """A clause on the earlier rules that the talks, or some of them, were held under, or ""."""
    told = versions(header, records)
    if told == [header] and header["rules_version"] == RULES_VERSION:
        return ""
    since = ["", *(f"from round {r['round']} on " for r in told[1:])]
    return ", ".join(
        f"{start}under rules version {r['rules_version']} (peacetable {r['release']})"
        for start, r in zip(since, told, strict=True)
    )


class _Read(NamedTuple):
    """The whole lines of a file: what they hold, the check of the last, how many bytes they take, whether the last has
    its end; `torn`: whether there was another, cut off."""

    records: list[dict]
    check: str
    size: int
    ended: bool
    torn: bool


def _read(path: Path) -> _Read:
    """Raises MinutesError for an altered or foreign file, OSError."""
    data = path.read_bytes()
    records: list[dict] = []
    check, size, ended = "", 0, True
    at, number = len(BOM_UTF8) if data.startswith(BOM_UTF8) else 0, 0
    while at < len(data):
        end = _END.search(data, at)
        line = data[at : end.start() if end else None].decode("utf-8", errors="replace")
        at, number = end.end() if end else len(data), number + 1
        if end and not line and records:
            continue  # an editor's empty line
        try:
            record, check = _opened(path, number, line, check)
        except MinutesError:
            if end:
                raise
            return _Read(records, check, size, ended, torn=True)
        records.append(record)
        size, ended = at, end is not None
    return _Read(records, check, size, ended, torn=False)


def _opened(path: Path, number: int, line: str, before: str) -> tuple[dict, str]:
    try:
        record: Any = json.loads(line)
    except ValueError:
        record = None
    ours = isinstance(record, dict) and str(record.get("format", "")).startswith(f"{KIND}/")
    if number == 1 and not ours:
        raise MinutesError(f"{path} is not a minutes file of peacetable: its first line is not a minutes header.")
    if not isinstance(record, dict) or "check" not in record:
        raise MinutesError(f"{path}:{number} cannot be read: the minutes were altered. Use an unaltered copy.")
    # the check is over the line as it is written, not over what it means
    check = _check(line[: line.rfind(_SEAL)] + "}", before)
    if record.pop("check") != check or not line.endswith(f'{_SEAL}{check}"}}'):
        raise MinutesError(f"{path}:{number} was altered since it was written. Use an unaltered copy.")
    return record, check
