"""Where fonts, texts and maps lie: inside the installed package, or beside `src` in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def asset(*parts: str) -> Path:
    """Path of a shipped file, e.g. asset("fonts", "Sans-Regular.otf"). Raises FileNotFoundError if it is not there."""
    for root in (_PACKAGE / "assets", _PACKAGE.parents[1] / "assets"):
        path = root.joinpath(*parts)
        if path.is_file():
            return path
    raise FileNotFoundError(2, "this file should have come with peacetable; install it again", str(path))
