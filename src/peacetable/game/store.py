"""What the game keeps on disk: the settings of its user, and the minutes of the games played. What goes wrong is said
in words of the catalogue `t`."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from ..words.catalogue import Catalogue

FILE = "settings.json"
MOST = 300  # files and folders that are listed

CHOICES: dict[str, tuple] = {
    "scale": (1.0, 1.25, 1.5, 1.75, 2.0),
    "letters": ("normal", "large"),
    "palette": ("safe", "classic"),
    "contrast": (False, True),
    "motion": (True, False),
    "sound": ("single", "always", "off"),
    "pace": ("slow", "normal", "fast"),
}
# the keys that can be changed: what they do, and the key they have at first
KEYS: dict[str, str] = {
    "propose": "p",
    "sign": "s",
    "copy": "c",
    "undo": "u",
    "view1": "1",
    "view2": "2",
    "view3": "3",
    "view4": "4",
    "map": "m",
    "both": "b",
    "talk": "t",
    "history": "h",
    "full": "f11",
}


@dataclass(frozen=True)
class Settings:
    """`letters`: size of text within its boxes; `palette`: safe is told apart with every common colour vision;
    `motion`: False for none; `sound`: single (not with several persons) | always | off; `keys`: as in KEYS."""

    scale: float = 1.0
    letters: str = "normal"
    palette: str = "safe"
    contrast: bool = False
    motion: bool = True
    sound: str = "single"
    pace: str = "normal"
    keys: Mapping[str, str] = field(default_factory=lambda: dict(KEYS))

    def with_key(self, what: str, key: str) -> Settings:
        """`key` now does `what`; what it did before gets the key that has become free."""
        keys = {k: self.keys[what] if v == key else v for k, v in self.keys.items()}
        return replace(self, keys={**keys, what: key})


def load_settings(folder: Path, t: Catalogue) -> tuple[Settings, str]:
    """The remembered settings, and a notice where something in the file could not be used (else "")."""
    path = folder / FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings(), ""
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        return Settings(), t("store.unreadable", path=path)
    good = {name: found[name] for name, allowed in CHOICES.items() if name in found and _among(found[name], allowed)}
    wrong = [f.name for f in fields(Settings) if f.name in found and f.name != "keys" and f.name not in good]
    keys = found.get("keys", {})
    usable = isinstance(keys, dict) and all(k in KEYS and isinstance(v, str) and v for k, v in keys.items())
    if not usable or len(set(keys.values())) < len(keys):
        keys, wrong = {}, [*wrong, "keys"]
    merged = _completed(keys)
    notice = t("store.unusable", path=path, names=", ".join(wrong)) if wrong else ""
    return Settings(**good, keys=merged), notice


def _completed(keys: Mapping[str, str]) -> dict[str, str]:
    """All keys: what a file does not name gets its first key, or a free letter where that key does something else."""
    free = [c for c in "abcdefghijklmnopqrstuvwxyz" if c not in (*keys.values(), *KEYS.values())]
    missing = {what: free.pop() if key in keys.values() else key for what, key in KEYS.items() if what not in keys}
    return {what: keys.get(what) or missing[what] for what in KEYS}


def _among(value: object, allowed: tuple) -> bool:
    return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in allowed)


def save_settings(folder: Path, settings: Settings, t: Catalogue) -> str:
    """Remember the settings; a sentence if that is not possible, else ""."""
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(json.dumps(asdict(settings), indent=2) + "\n", encoding="utf-8")
        new.replace(path)
    except OSError as error:
        return t("store.unsaved", path=path, reason=error.strerror)
    return ""


def unkept(games: Path, settings: Path, t: Catalogue) -> str:
    """A sentence if new games or settings cannot be written into these folders, else ""."""
    failed: dict[str, str] = {}
    for what, folder in (("store.games", games), ("store.settings", settings)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            failed[t(what)] = f"{folder}: {error.strerror}"
    if not failed:
        return ""
    return t("store.unkept", what=t.join(failed), reasons="; ".join(failed.values()))


@dataclass(frozen=True)
class Place:
    """A line of a folder: a folder to go into, or a file of minutes."""

    path: Path
    folder: bool


def look_into(folder: Path, t: Catalogue) -> tuple[list[Place], str]:
    """The folders and the minutes files in a folder, by name, and a sentence if it cannot be read (else "")."""
    folders, files = [], []
    try:
        with os.scandir(folder) as inside:
            for entry in sorted(inside, key=lambda e: e.name.lower()):
                with contextlib.suppress(OSError):
                    if entry.is_dir() and not entry.name.startswith("."):
                        folders.append(Place(Path(entry.path), True))
                    elif entry.is_file() and entry.name.endswith(".jsonl"):
                        files.append(Place(Path(entry.path), False))
    except OSError as error:
        return [], t("browse.closed", path=folder, reason=error.strerror)
    found = files + folders
    return found[:MOST], t("browse.most", most=MOST, number=len(found)) if len(found) > MOST else ""
