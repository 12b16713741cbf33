"""Scenario files to a frozen Scenario, or every problem at once with its place, a code and a remedy.

`load` for programs, `check` for people who edit files, `from_document` for scenarios stored in minutes and manifests,
`to_yaml` for writing one out. Only this layer knows YAML and pydantic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from ..errors import ScenarioError
from ..scenario import Scenario
from .build import document_hash, scenario_from
from .folder import Target, Tree, configs_dir, find, read_tree, shipped, variants
from .foreign import check_foreign, foreign_files, load_foreign
from .headings import Heading, headings
from .nodes import Node, from_plain
from .problems import Place, Problem, Problems, quoted
from .schema import PartyFile, ScenarioFile, SourcesFile, Valid, complete, validated, with_defaults, written
from .semantics import Checker
from .writer import copy_scenario
from .writer import write_scenario as to_yaml

__all__ = [
    "Heading",
    "Problem",
    "check",
    "configs_dir",
    "copy_scenario",
    "document_hash",
    "from_document",
    "headings",
    "load",
    "shipped",
    "targets",
    "to_yaml",
    "variants",
]

Extra = Callable[[Scenario], Iterable[tuple[tuple, str]]]
"""A further check: yields (path such as ("parties", "russia", "strategy", "bidding"), message) for each error."""

_SHOWN = 10


def load(name_or_path: str | Path, extra: Extra | None = None) -> Scenario:
    """The scenario of that folder or shipped name, with its variant if one follows as `name@variant`.

    Raises ScenarioError with all errors in `problems` if there are any; warnings are `check`'s business.
    """
    foreign = load_foreign(name_or_path)
    if foreign is not None:
        return foreign
    problems = Problems()
    found = find(name_or_path, problems)
    if len(found) > 1:
        names = ", ".join(str(target.folder) for target in found[:_SHOWN])
        raise ScenarioError(f"{name_or_path} holds {len(found)} scenarios; name one of them: {names}.")
    scenario = _scenario(found[0], problems, extra, warn=False) if found else None
    if scenario is None:
        raise _error(str(name_or_path), problems)
    return scenario


def check(path_or_name: str | Path, extra: Extra | None = None) -> tuple[Scenario | None, list[Problem]]:
    """Every problem, in order of place, and the scenario if the path means just one and it has no errors.

    Without `@variant` all variants are checked too; what a variant shares with the scenario is told once.
    """
    foreign = check_foreign(path_or_name)
    if foreign is not None:
        return foreign
    everything: list[Problem] = []
    scenario = None
    wanted, problems = targets(path_or_name)
    for folder in dict.fromkeys(target.folder for target in wanted):
        of_folder: list[Problem] = []
        for target in (t for t in wanted if t.folder == folder):
            collected = Problems()
            read = _scenario(target, collected, extra, warn=True)
            scenario = read if target == wanted[0] else scenario
            of_folder += _new(collected.sorted(), of_folder, target)
        everything += sorted(of_folder, key=lambda p: (p.file, p.line, p.column, p.code))
    several = len({target.folder for target in wanted}) > 1
    return (None if several else scenario), [*problems, *everything]


def targets(path_or_name: str | Path) -> tuple[list[Target], list[Problem]]:
    """What `check` goes through: each scenario, as it stands and in each of its variants."""
    if foreign_files(path_or_name) is not None:
        return [Target(Path(path_or_name))], []
    problems = Problems()
    found = find(path_or_name, problems)
    wanted = []
    for target in found:
        wanted.append(target)
        if not target.variant:
            wanted += [Target(target.folder, name) for name in variants(target.folder)]
    return wanted, problems.sorted()


def _new(problems: list[Problem], known: list[Problem], target: Target) -> list[Problem]:
    """Problems not known yet; the ones that a variant causes in the scenario's own files say so."""
    seen = set(known)
    new = [p for p in problems if p not in seen]
    if not target.variant:
        return new
    own = str(target.folder / "variants" / f"{target.variant}.yaml")
    return [p if p.file == own else replace(p, message=f"with @{target.variant}: {p.message}") for p in new]


def from_document(document: dict, noted: str | None = None, where: str | Path = "") -> Scenario:
    """The scenario of a document (`Scenario.document`, possibly through JSON); its hash comes out equal.

    The hash is that of the document as it is given, so one stored by an earlier release has the hash of then, whatever
    fields and defaults have been added since. Raises ScenarioError if the document is not one, or if it does not have
    the hash `noted` beside it in the file `where`.
    """
    problems = Problems()
    place = Place("document")
    if not isinstance(document, dict):
        raise ScenarioError("The stored scenario is not a mapping, so it cannot be read.")
    try:
        node = from_plain({k: v for k, v in document.items() if k != "variant"}, place)
    except ValueError as error:
        raise ScenarioError(f"The stored scenario cannot be read: {error}.") from None
    variant = document.get("variant", "")
    if not isinstance(variant, str) or not {"scenario", "parties", "sources"} <= set(node.value):
        raise ScenarioError("The stored scenario is incomplete: it must hold scenario, parties and sources.")
    tree = Tree(node, "document", set())
    scenario = _assemble(tree, variant, None, problems, None, warn=False, stored=document)
    if scenario is None:
        raise _error("the stored scenario", problems)
    if noted not in (None, scenario.hash):
        raise ScenarioError(f"The scenario in {where} does not have the hash noted beside it. Use an unaltered copy.")
    return scenario


def _error(name: str, problems: Problems) -> ScenarioError:
    errors = problems.errors
    if len(errors) == 1 and errors[0].code == "E01" and errors[0].file == name:
        remedy = errors[0].remedy
        text = f"{errors[0].message}{'; ' + remedy if remedy else ''}"
    else:
        count = "an error" if len(errors) == 1 else f"{len(errors)} errors"
        lines = [f"{name} cannot be used: it has {count}.", *(f"  {p}" for p in errors[:_SHOWN])]
        if len(errors) > _SHOWN:
            lines.append(f"  ... and {len(errors) - _SHOWN} more; `peacetable check {name}` shows all.")
        text = "\n".join(lines)
    return ScenarioError(text, tuple(problems.sorted()))


def _scenario(target: Target, problems: Problems, extra: Extra | None, warn: bool) -> Scenario | None:
    tree = read_tree(target, problems)
    name = target.folder.resolve().name
    return _assemble(tree, target.variant, name, problems, extra, warn)


def _assemble(
    tree: Tree,
    variant: str,
    folder_name: str | None,
    problems: Problems,
    extra: Extra | None,
    warn: bool,
    stored: dict | None = None,
) -> Scenario | None:
    """Shape, then meaning, then the frozen facts; None if there are errors. `stored`: the document they come from."""
    root = tree.node
    shape = _part(root, ("scenario",), ScenarioFile, "the scenario", problems)
    listed_sources = _part(root, ("sources",), SourcesFile, "the list of sources", problems, ("sources",))
    facts = complete(shape) if shape else None
    sources = complete(listed_sources)["sources"] if listed_sources else None
    shapes = {}
    all_parties = root.get(("parties",))
    if all_parties is None or not all_parties.is_map:
        problems.add("E08", root.at(("parties",)), "parties must be a mapping", "write it as name: value")
    else:
        listed = facts["parties"] if facts else list(all_parties.value)
        for i, name in enumerate(listed):
            if name not in all_parties.value:
                where = root.at(("scenario", "parties", i))
                problems.add("E01", where, f"the party {quoted(name)} is listed, but not described", "describe it")
            party = _part(root, ("parties", name), PartyFile, "the party", problems)
            if party is not None:
                shapes[name] = party
    parties = {name: complete(party) for name, party in shapes.items()}
    checker = Checker(root, facts, parties, sources, problems)
    checker.errors(folder_name)
    if problems.errors or not (shape and facts) or not listed_sources or sources is None:
        return None
    with_defaults(facts, parties)
    known = {"variant": variant, "scenario": facts, "parties": parties, "sources": dict(sorted(sources.items()))}
    document = stored or {
        "variant": variant,
        "scenario": written(shape),
        "parties": {name: written(party) for name, party in shapes.items()},
        "sources": dict(sorted(written(listed_sources)["sources"].items())),
    }
    scenario = scenario_from(known, document)
    for path, message in extra(scenario) if extra else ():
        problems.add("E19", root.at(path), message)
    if problems.errors:
        return None
    if warn:
        checker.warnings(scenario, known, tree.named_sources)
    return scenario


def _part(
    root: Node, path: tuple, model: type[Valid], what: str, problems: Problems, prefix: tuple = ()
) -> Valid | None:
    """One file's part of the tree in its shape; None if it is absent (told elsewhere) or has problems."""
    node = root.get(path)
    if node is None or node.value is None:
        return None
    return validated(model, node, what, problems, prefix)
