"""One process at a time in the folder of a batch.

The lock is one of the operating system on a file, so it ends with its process, however that ends. What stands in the
file only says who holds it.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from ..errors import BatchError

LOCK = "lock.json"
_FAR = 1 << 30  # Windows keeps others from reading what is locked: lock a byte far behind the text


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder, which must exist, for this process. Raises BatchError, naming the process that holds it."""
    path = folder / LOCK
    file = _held(path)
    try:
        told = {"pid": os.getpid(), "host": socket.gethostname(), "since": now()}
        os.lseek(file, 0, os.SEEK_SET)
        os.truncate(file, 0)
        os.write(file, json.dumps(told).encode())
        yield
    finally:
        _drop(file, path)


def now() -> str:
    """The time in UTC, ISO 8601, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _held(path: Path) -> int:
    while True:
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise BatchError(f"Cannot write {path}: {error.strerror}.") from error
        if not _take(file):
            os.close(file)
            raise BatchError(_busy(path))
        with suppress(OSError):
            if os.path.samestat(os.fstat(file), path.stat()):
                return file
        os.close(file)  # the one who held it has removed it in the meantime: lock what is there now


def _busy(path: Path) -> str:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        who = f"process {told['pid']} on {told['host']}, since {told['since']},"
    except (OSError, ValueError, KeyError, TypeError):
        who = "another process"
    return (
        f"Cannot work in {path.parent}: {who} is at work there, and two would write over each other. Wait until it has "
        "ended, or stop it and go on with --resume."
    )


if sys.platform == "win32":
    import msvcrt

    def _take(file: int) -> bool:
        os.lseek(file, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _drop(file: int, path: Path) -> None:
        os.lseek(file, _FAR, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)
        os.close(file)
        with suppress(OSError):  # Windows removes nothing that another process has opened by now
            path.unlink()

else:
    import fcntl

    def _take(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            pass  # a file system without locks
        return True

    def _drop(file: int, path: Path) -> None:
        path.unlink(missing_ok=True)  # while it is held, so that nobody gets hold of what is about to go
        os.close(file)
