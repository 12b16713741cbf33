"""Names that every system takes as the name of a file or folder."""

from __future__ import annotations

_DEVICES = {"con", "aux", "nul", "prn", "conin$", "conout$"} | {
    f"{d}{n}" for d in ("com", "lpt") for n in "0123456789¹²³"
}


def reserved(name: str) -> bool:
    """Whether Windows cannot make a file of that name: it keeps it for a device, whatever its case and ending, or it
    drops the dots and spaces at its end."""
    return name.partition(".")[0].rstrip(" ").lower() in _DEVICES or name != name.rstrip(". ")
