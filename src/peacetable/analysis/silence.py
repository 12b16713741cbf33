"""Standard output while HiGHS solves: nothing of its own comes there."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator

_alone = threading.Lock()
_DEBUGGING = re.compile(rb"HighsMipSolverData::[^\r\n]*\r?\n")  # of scipy 1.17 and 1.18; 1.10 to 1.15 do not write it


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Keeps HiGHS quiet: it writes a debugging line to the standard output of the process, where JSON goes, whatever
    it is told.

    Standard output is one for all threads, so one at a time is in here; what others write meanwhile comes at the end.
    """
    with _alone, contextlib.ExitStack() as stack:
        if sys.stdout is not None:  # else 1 is any file that was opened later
            with contextlib.suppress(OSError):  # closed, or nowhere to hold it back
                stack.enter_context(_held_back())
        yield


@contextlib.contextmanager
def _held_back() -> Iterator[None]:
    """What is written to standard output goes to a file, and from there on at the end, but for the debugging line.
    Raises OSError."""
    with tempfile.TemporaryFile() as held:
        kept = os.dup(1)
        try:
            os.dup2(held.fileno(), 1)
            yield
        finally:
            # what C still holds back would appear at the end of the program
            (ctypes.CDLL("ucrtbase") if sys.platform == "win32" else ctypes.CDLL(None)).fflush(None)
            os.dup2(kept, 1)
            held.seek(0)
            with contextlib.suppress(OSError), os.fdopen(kept, "wb") as out:  # nobody reads it any more
                out.write(_DEBUGGING.sub(b"", held.read()))
