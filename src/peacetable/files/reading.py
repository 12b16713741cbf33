"""Scenarios by the names of their folders: loaded, or checked in every variant."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..errors import ScenarioError, ScenarioWarning
from ..scenario import Scenario
from .assemble import SHOWN, Extra, assemble, unusable
from .folder import Target, Tree, find, read_tree, variants, with_changes
from .foreign import check_foreign, foreign_files, load_foreign
from .nodes import from_plain
from .problems import SETTING, Place, Problem, Problems, in_order, quoted


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
        names = ", ".join(str(target.folder) for target in found[:SHOWN])
        raise ScenarioError(f"{name_or_path} holds {len(found)} scenarios; name one of them: {names}.")
    scenario = _scenario(found[0], problems, extra, settings=settings) if found else None
    if scenario is None:
        raise unusable(str(name_or_path), problems)
    _warn_of_settings(problems)
    return scenario


def with_settings(scenario: Scenario, settings: Sequence[str], extra: Extra | None = None) -> Scenario:
    """The scenario with settings as for `load` on top. Raises ScenarioError."""
    problems = Problems()
    document = dict(scenario.document)
    variant, before = document.pop("variant", ""), document.pop("settings", [])
    root = with_changes(from_plain(document, Place(scenario.name)), settings, problems)
    changed = assemble(Tree(root, scenario.name, set()), variant, problems, extra, settings=[*before, *settings])
    if changed is None:
        raise unusable(scenario.name, problems)
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


def _scenario(
    target: Target, problems: Problems, extra: Extra | None, warn: bool = False, settings: Sequence[str] = ()
) -> Scenario | None:
    tree = read_tree(target, problems, settings)
    scenario = assemble(tree, target.variant, problems, extra, warn, settings)
    name = target.folder.resolve().name
    if warn and scenario is not None and scenario.id != name:
        message = f"the id {quoted(scenario.id)} differs from the folder's name {quoted(name)}; results have the id"
        problems.add("W18", tree.node.at(("scenario", "id")), message, "rename one of them, or leave it so")
    return scenario
