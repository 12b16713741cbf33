"""Where scenarios lie on disk, and the YAML files of one of them as one tree of nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .merge import merge, setting
from .nodes import Node, read
from .problems import Place, Problems, quoted, suggestion
from .schema import EVERYBODY, VariantFile
from .sentences import validated


@dataclass(frozen=True)
class Target:
    """A scenario folder and the variant asked for ("" = as it stands, "a+b" = a, then b)."""

    folder: Path
    variant: str = ""

    @property
    def variants(self) -> list[str]:
        """The names of the variants, in the order in which they are merged in."""
        there = variants(self.folder)
        if not self.variant:
            return []
        return [self.variant] if self.variant in there else self.variant.split("+")


@dataclass
class Tree:
    """All files of a scenario: `node` maps "scenario", "parties" and "sources" to what they hold, variant merged in."""

    node: Node
    shown: str
    named_sources: set[str]


def configs_dir() -> Path:
    """The folder of what ships with peacetable: inside the package when installed, else at the top of the checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "configs"
    return installed if installed.is_dir() else package.parents[1] / "configs"


def shipped() -> list[str]:
    """Names of the scenarios that ship with peacetable, sorted."""
    return [folder.name for folder in scenario_folders(configs_dir() / "scenarios")]


def scenario_folders(top: Path) -> list[Path]:
    """Every folder at or below `top` with a scenario.yaml, hidden ones left out."""
    if (top / "scenario.yaml").exists():
        return [top]
    if not top.is_dir():
        return []
    try:
        inside = sorted(p for p in top.iterdir() if p.is_dir() and not p.name.startswith(".") and not p.is_symlink())
    except OSError:
        return []
    return [found for folder in inside for found in scenario_folders(folder)]


def variants(folder: Path) -> list[str]:
    """Names of the variants of the scenario in `folder`, sorted."""
    return sorted(name.removesuffix(".yaml") for name in _names(folder / "variants") if name.endswith(".yaml"))


def find(name_or_path: str | Path, problems: Problems) -> list[Target]:
    """The scenarios that a name or path means; none, with a problem added, if it means nothing.

    A folder on disk goes before a shipped name. A folder that only holds scenarios further down means all of them.
    """
    text = str(name_or_path)
    try:
        return _find(text, problems)
    except (OSError, ValueError) as error:  # names that the file system refuses
        reason = error.strerror if isinstance(error, OSError) else error
        problems.add("E01", Place(text[:80]), f"{quoted(text)} cannot be opened: {reason}", "give a folder or a name")
        return []


def _find(text: str, problems: Problems) -> list[Target]:
    if not text.strip():
        remedy = f"give a folder, or one of the shipped ones: {', '.join(shipped())}"
        problems.add("E01", Place(text), f"{quoted(text)} names no scenario", remedy)
        return []
    path, variant = Path(text), ""
    if not path.exists() and "@" in text:
        before, _, variant = text.rpartition("@")
        path = Path(before)
    if path.suffix == ".yaml" and path.is_file():
        if path.parent.name == "variants" and not variant:
            path, variant = path.parent.parent, path.stem
        else:
            path = path.parent.parent if path.parent.name == "parties" else path.parent
    path = path.resolve() if str(path) in (".", "..") else path
    name = str(path)
    looks_shipped = name in shipped() and not (path / "scenario.yaml").exists()
    if looks_shipped:
        path = _relative(configs_dir() / "scenarios" / name)
    elif path.is_dir():
        folders = scenario_folders(path)
        if not folders and not (path / "parties").is_dir() and not (path / "sources.yaml").exists():
            message, remedy = f"there is no scenario.yaml in {name} or below", "give a scenario's folder"
            others = sorted(p.name for p in path.iterdir() if p.suffix.lower() in (".json", ".xml"))
            if others:
                more = f" and {len(others) - 3} more" if len(others) > 3 else ""
                message += f", and {', '.join(others[:3])}{more} are no GENIUS or GeniusWeb files"
                remedy += ", or one with a domain and its profiles"
            problems.add("E01", Place(name), message, remedy)
            return []
        if folders and folders != [path] and not variant:
            return [Target(folder) for folder in folders]
    else:
        what = "is not a scenario's folder" if path.exists() else "is neither a folder nor a shipped scenario"
        remedy = suggestion(name, shipped())
        if remedy.startswith("did you"):
            remedy += f" Shipped: {', '.join(shipped())}"
        problems.add("E01", Place(text), f"{quoted(name)} {what}", remedy)
        return []
    found = Target(path, variant)
    for name in found.variants:
        if name not in variants(path):
            message = f"{path.name} has no variant {quoted(name)}"
            problems.add("E01", Place(text), message, suggestion(name, variants(path)))
            return []
    return [found]


def _relative(path: Path) -> Path:
    """The path as seen from the working folder, where it lies below it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _names(folder: Path) -> list[str]:
    try:
        return sorted(p.name for p in folder.iterdir())
    except OSError:
        return []


def read_tree(target: Target, problems: Problems, settings: Sequence[str] = ()) -> Tree:
    """All files of a scenario as one tree, variants and settings merged in. Unreadable files are absent from it."""
    folder = target.folder
    parties = {}
    for name in _names(folder / "parties"):
        if name.endswith(".yaml"):
            node = _file(folder, f"parties/{name}", problems)
            parties[name.removesuffix(".yaml")] = node or Node(Place(str(folder / "parties" / name)), None)
    changes = {name: _file(folder, f"variants/{name}.yaml", problems) for name in variants(folder)}

    for name in _names(folder / "variants"):
        if name.endswith(".yml"):
            message = f"the file {name} is not used, because variants end in .yaml"
            problems.add("W10", Place(str(folder / "variants" / name)), message, "rename the ending .yml to .yaml")

    start = Place(str(folder / "scenario.yaml"))
    scenario = _file(folder, "scenario.yaml", problems, wanted=True)
    named = {name for node in (scenario, *parties.values(), *changes.values()) if node for name in _named_sources(node)}
    sources = _file(folder, "sources.yaml", problems, wanted=bool(named))
    if sources is None and not named and "sources.yaml" not in _names(folder):
        sources = Node(Place(str(folder / "sources.yaml")), {})  # nobody needs it
    parts = {"scenario": scenario, "sources": sources}
    places = {"parties": start, **{name: node.place for name, node in parts.items() if node}}
    root = Node(start, {name: node for name, node in parts.items() if node}, places)
    root.value["parties"] = Node(start, parties, {name: Place(node.place.file) for name, node in parties.items()})
    heads = []
    for name in target.variants:
        variant = changes.get(name)
        if variant and validated(VariantFile, variant, "the variant", problems):
            heads.append(variant)
            _warn_of_nothing(variant, name, problems)
    root = _merged(root, [head.value["changes"] for head in heads], problems)
    root = with_changes(root, settings, problems)
    if heads:
        root.value["variants"] = Node(start, heads)
    _report_missing_parties(root, folder, bool(heads or settings), problems)
    return Tree(root, str(start.file), named)


def with_changes(root: Node, settings: Sequence[str], problems: Problems) -> Node:
    """The tree with settings, `PATH=VALUE` each, merged in one after the other."""
    changes = [setting(text, _described(root), problems) for text in settings]
    return _merged(root, [change for change in changes if change is not None], problems)


def _described(root: Node) -> list[str]:
    """The parties that the tree has anything of."""
    parties = root.get(("parties",))
    return list(parties.value) if parties is not None and parties.is_map else []


def _merged(root: Node, changes: Sequence[Node], problems: Problems) -> Node:
    described = _described(root)
    for change in changes:
        root = merge(root, _mergeable(change, root), problems)
    for change in changes:
        _report_unknown_parties(change, root, described, problems)
    return root


def _warn_of_nothing(variant: Node, name: str, problems: Problems) -> None:
    changes = variant.value["changes"]
    if not any(node.value for node in changes.value.values()):
        where = variant.key_at(("changes",))
        problems.add("W11", where, f"the variant {quoted(name)} changes nothing", "fill it in, or delete the file")


def _report_unknown_parties(change: Node, root: Node, described: list[str], problems: Problems) -> None:
    """A change to a party that is neither described nor listed would be lost without a word."""
    parties, listed = change.get(("parties",)), root.get(("scenario", "parties"))
    if parties is None or not parties.is_map or listed is None or not isinstance(listed.value, list):
        return
    known = [entry.value for entry in listed.value if isinstance(entry.value, str)]
    for name, node in parties.value.items():
        if name not in known and name not in described and node.value is not None:
            message = f"there is no party {quoted(name)} to change"
            problems.add("E10", parties.keys[name], message, problems.suggestion(name, known))


def _mergeable(changes: Node, root: Node) -> Node:
    """The changes without those to files that could not be read: they would only cause echoes."""
    values = {name: node for name, node in changes.value.items() if name in root.value}
    if "parties" in values and values["parties"].is_map:
        broken = {name for name, node in root.value["parties"].value.items() if node.value is None}
        parties = values["parties"]
        kept = {name: node for name, node in parties.value.items() if name not in broken}
        values["parties"] = Node(parties.place, kept, parties.keys)
    return Node(changes.place, values, changes.keys)


def _file(folder: Path, name: str, problems: Problems, wanted: bool = False) -> Node | None:
    path = folder / name
    shown = str(path)
    siblings = _names(path.parent)
    if path.name not in siblings:
        if wanted:
            near = [
                n for n in siblings if n.lower() in (path.name.lower(), path.stem + ".yml", path.stem[:-1] + ".yaml")
            ]
            remedy = f"rename {near[0]} to {path.name}" if near else "write it, or check the folder's name"
            problems.add("E01", Place(shown), f"the file {path.name} is missing", remedy)
        return None
    node = read(path, shown, problems)
    if node is not None and not node.is_map:
        what = "a list" if isinstance(node.value, list) else "a single value"
        problems.add("E08", node.place, f"{path.name} holds {what}, but must hold a mapping", "write it as name: value")
        return None
    return node


def _report_missing_parties(root: Node, folder: Path, is_changed: bool, problems: Problems) -> None:
    """Parties without a file are errors, files without a party warnings."""
    listed = root.get(("scenario", "parties"))
    if listed is None or not isinstance(listed.value, list):
        return
    there = root.value["parties"].value
    for entry in listed.value:
        if isinstance(entry.value, str) and entry.value not in there and entry.value != EVERYBODY:
            wanted = f"parties/{entry.value[:60]}.yaml"
            message = f"the party {quoted(entry.value)} has no file {wanted}"
            yml = f"{entry.value}.yml" in _names(folder / "parties")
            remedy = "rename the ending .yml to .yaml" if yml else suggestion(entry.value, there)
            problems.add("E01", entry.place, message, remedy)
    ids = {entry.value for entry in listed.value if isinstance(entry.value, str)}
    for name, node in there.items():
        if name not in ids and not is_changed:
            message = f"no party {quoted(name)} is listed in scenario.yaml, so this file is not used"
            problems.add("W10", Place(node.place.file), message, "list it under parties, or delete the file")


def _named_sources(node: Node) -> set[str]:
    """Everything that stands in a list called `sources` anywhere in the node."""
    found: set[str] = set()
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current.value, dict):
            listed = current.value.get("sources")
            if listed is not None and isinstance(listed.value, list):
                found |= {entry.value for entry in listed.value if isinstance(entry.value, str)}
            stack.extend(current.value.values())
        elif isinstance(current.value, list):
            stack.extend(current.value)
    return found
