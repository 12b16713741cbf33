"""Scenario files to a frozen Scenario, or every problem at once with its place, a code and a remedy.

`load` for programs, `check` for people who edit files, `from_document` for scenarios stored in minutes and manifests,
`to_yaml` for writing one out. Only this layer knows YAML and pydantic.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from ..errors import ScenarioError, ScenarioWarning
from ..scenario import Scenario, Space, Strategy, preferences
from ..scenario.ranking import check_splits
from .build import document_hash, scenario_from, strategy_from
from .defaults import with_defaults
from .doubts import Doubts
from .folder import Target, Tree, configs_dir, find, read_tree, shipped, variants, with_changes
from .foreign import check_foreign, foreign_files, load_foreign
from .headings import Heading, headings
from .nodes import Node, from_plain
from .problems import SETTING, Place, Problem, Problems, in_order, quoted, told
from .schema import PartyFile, ScenarioFile, SourcesFile, complete, written
from .semantics import Checker
from .sentences import Valid, sketched, validated
from .writer import copy_scenario
from .writer import write_scenario as to_yaml

__all__ = [
    "Heading",
    "SETTING",
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
    "told",
    "variants",
]

Extra = Callable[[Strategy], Iterable[tuple[tuple, str, str]]]
"""A further check of a party's strategy: yields (path in it such as ("bidding",), message, remedy) for each error."""

_SHOWN = 10


def load(name_or_path: str | Path, extra: Extra | None = None, settings: Sequence[str] = ()) -> Scenario:
    """The scenario of that folder or shipped name, with its variants if they follow as `name@variant` or `name@a+b`.

    `settings`: changes on top of these, each `PATH=VALUE` such as "ukraine.salience.air_cover=60".
    Raises ScenarioError with all errors in `problems` if there are any. Where a GENIUS or GeniusWeb file is not read as
    it is written, or a setting has no effect, a ScenarioWarning says so; all other warnings are `check`'s business.
    """
    foreign = load_foreign(name_or_path)
    if foreign is not None:
        return with_settings(foreign, settings, extra) if settings else foreign
    problems = Problems()
    found = find(name_or_path, problems)
    if len(found) > 1:
        names = ", ".join(str(target.folder) for target in found[:_SHOWN])
        raise ScenarioError(f"{name_or_path} holds {len(found)} scenarios; name one of them: {names}.")
    scenario = _scenario(found[0], problems, extra, settings=settings) if found else None
    if scenario is None:
        raise _error(str(name_or_path), problems)
    _warn_of_settings(problems)
    return scenario


def with_settings(scenario: Scenario, settings: Sequence[str], extra: Extra | None = None) -> Scenario:
    """The scenario with settings as for `load` on top. Raises ScenarioError."""
    problems = Problems()
    document = dict(scenario.document)
    variant, before = document.pop("variant", ""), document.pop("settings", [])
    root = with_changes(from_plain(document, Place(scenario.name)), settings, problems)
    changed = _assemble(Tree(root, scenario.name, set()), variant, problems, extra, settings=[*before, *settings])
    if changed is None:
        raise _error(scenario.name, problems)
    _warn_of_settings(problems)
    return changed


def _warn_of_settings(problems: Problems) -> None:
    for problem in problems.sorted():
        if problem.file.startswith(SETTING):
            warnings.warn(str(problem), ScenarioWarning, stacklevel=3)


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
        everything += in_order(of_folder)
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
    own = {str(target.folder / "variants" / f"{name}.yaml") for name in target.variants}
    return [p if p.file in own else replace(p, message=f"with @{target.variant}: {p.message}") for p in new]


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
        node = from_plain({k: v for k, v in document.items() if k not in ("variant", "settings")}, place)
    except ValueError as error:
        raise ScenarioError(f"The stored scenario cannot be read: {error}.") from None
    variant, settings = document.get("variant", ""), document.get("settings", [])
    if not isinstance(settings, list | tuple) or not all(isinstance(text, str) for text in settings):
        raise ScenarioError("The stored scenario cannot be read: its settings are not a list of texts.")
    if not isinstance(variant, str) or not {"scenario", "parties", "sources"} <= set(node.value):
        raise ScenarioError("The stored scenario is incomplete: it must hold scenario, parties and sources.")
    tree = Tree(node, "document", set())
    scenario = _assemble(tree, variant, problems, None, settings=settings, stored=document)
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
        found = told(in_order(errors))
        lines = [f"{name} cannot be used: it has {count}.", *(f"  {line}" for line in found[:_SHOWN])]
        if len(found) > _SHOWN:
            lines.append(f"  ... and {len(found) - _SHOWN} more; `peacetable check {name}` shows all.")
        text = "\n".join(lines)
    return ScenarioError(text, tuple(problems.sorted()))


def _scenario(
    target: Target, problems: Problems, extra: Extra | None, warn: bool = False, settings: Sequence[str] = ()
) -> Scenario | None:
    tree = read_tree(target, problems, settings)
    scenario = _assemble(tree, target.variant, problems, extra, warn, settings)
    name = target.folder.resolve().name
    if warn and scenario is not None and scenario.id != name:
        message = f"the id {quoted(scenario.id)} differs from the folder's name {quoted(name)}; results have the id"
        problems.add("W18", tree.node.at(("scenario", "id")), message, "rename one of them, or leave it so")
    return scenario


def _assemble(
    tree: Tree,
    variant: str,
    problems: Problems,
    extra: Extra | None,
    warn: bool = False,
    settings: Sequence[str] = (),
    stored: dict | None = None,
) -> Scenario | None:
    """Shape and meaning, then the frozen facts; None if there are errors. `stored`: the document they come from.

    What does not fit its shape is checked for its meaning all the same, as far as it can be told, so that whoever
    mends the files learns everything at once.
    """
    root = tree.node
    old = stored is not None
    shape, facts = _part(root, ("scenario",), ScenarioFile, "the scenario", problems, stored=old)
    listed_sources, sources = _part(root, ("sources",), SourcesFile, "the list of sources", problems, ("sources",))
    shapes, parties = _parties(root, shape, problems, old)
    for name, party in parties.items():
        for path, message, remedy in extra(strategy_from(party["strategy"])) if extra else ():
            if not party["strategy"][path[0]]["name"]:
                continue  # what is wrong with its shape hides it
            problems.add("E19", root.at(("parties", name, "strategy", *path)), message, remedy)
    Checker(root, facts, parties, sources and sources["sources"], problems).check(
        whole=shape is not None, packages=not old
    )
    doubts = Doubts(root, problems)
    if (warn or settings) and stored is None and facts is not None and sources is not None:
        doubts.of_files(facts, parties, sources["sources"], tree.named_sources)
    if problems.errors or shape is None or listed_sources is None or facts is None or sources is None:
        return None
    with_defaults(facts, parties)
    listed = dict(sorted(sources["sources"].items()))
    known = {"variant": variant, "settings": settings, "scenario": facts, "parties": parties, "sources": listed}
    document = stored or {
        "variant": variant,
        **({"settings": list(settings)} if settings else {}),
        "scenario": written(shape),
        "parties": {name: written(party) for name, party in shapes.items()},
        "sources": dict(sorted(written(listed_sources)["sources"].items())),
    }
    scenario = scenario_from(known, document)
    space = Space(scenario)
    try:
        if not space.enumerable and not old:
            check_splits(preferences(scenario, space))
    except ScenarioError as error:
        problems.add("E22", root.at(("scenario", "issues")), str(error), "use fewer of them, or on fewer issues")
        return None
    if warn:
        doubts.of_scenario(scenario)
    return scenario


def _parties(
    root: Node, scenario: ScenarioFile | None, problems: Problems, stored: bool
) -> tuple[dict[str, PartyFile], dict[str, dict]]:
    """The parties that the scenario lists, or all there are where it cannot tell: those that have their shape, and all
    as plain data, see `_part`."""
    shapes: dict[str, PartyFile] = {}
    parties: dict[str, dict] = {}
    described = root.get(("parties",))
    if described is None or not described.is_map:
        problems.add("E08", root.at(("parties",)), "parties must be a mapping", "write it as name: value")
        return shapes, parties
    for i, name in enumerate(scenario.parties if scenario else []):
        if name not in described.value:
            where = root.at(("scenario", "parties", i))
            problems.add("E01", where, f"the party {quoted(name)} is listed, but not described", "describe it")
    for name in scenario.parties if scenario else described.value:
        shape, told_of = _part(root, ("parties", name), PartyFile, "the party", problems, stored=stored)
        if shape is not None:
            shapes[name] = shape
        if told_of is not None:
            parties[name] = told_of
    return shapes, parties


def _part(
    root: Node, path: tuple, model: type[Valid], what: str, problems: Problems, prefix: tuple = (), stored: bool = False
) -> tuple[Valid | None, dict | None]:
    """One file's part of the tree in its shape (None if it does not fit, with problems added), and as plain data with
    all defaults, as far as it can be told; both None if it is absent, which is told elsewhere."""
    node = root.get(path)
    if node is None or node.value is None:
        return None, None
    shape = validated(model, node, what, problems, prefix, stored)
    if shape is not None:
        return shape, complete(shape)
    data = node.plain()
    for step in reversed(prefix):
        data = {step: data}
    return None, sketched(model, data)
