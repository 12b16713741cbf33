"""The program as a person or a script meets it, without starting a process."""

from __future__ import annotations

import io
import os
from contextlib import redirect_stderr, redirect_stdout
from unittest.mock import patch

import pytest

from peacetable.cli import main


def invoke(*arguments: object) -> tuple[int, str, str]:
    """(exit code, standard output, standard error); not by click's runner, whose two streams differ by version."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err), patch.dict(os.environ, COLUMNS="80"):
        with pytest.raises(SystemExit) as stopped:
            main([str(a) for a in arguments])
    for stream in (out, err):
        stream.flush()
    return stopped.value.code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode()
