"""The data of a scenario's files, or of a stored document, to the frozen Scenario, or every problem with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ..errors import ScenarioError
from ..scenario import Scenario, Space, Strategy, preferences
from ..scenario.plan import check_splits
from .build import scenario_from, strategy_from
from .defaults import with_defaults
from .doubts import Doubts
from .folder import Tree
from .nodes import Node, from_plain
from .problems import Place, Problems, in_order, quoted, told
from .schema import PartyFile, ScenarioFile, SourcesFile, complete, written
from .semantics import Checker
from .sentences import Valid, sketched, validated

Extra = Callable[[Strategy], Iterable[tuple[tuple, str, str]]]
"""A further check of a party's strategy: yields (path in it such as ("bidding",), message, remedy) for each error."""

SHOWN = 10  # problems or folders that are named one by one


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
    scenario = assemble(tree, variant, problems, None, settings=settings, stored=document)
    if scenario is None:
        raise unusable("the stored scenario", problems)
    if noted not in (None, scenario.hash):
        raise ScenarioError(f"The scenario in {where} does not have the hash noted beside it. Use an unaltered copy.")
    return scenario


def unusable(name: str, problems: Problems) -> ScenarioError:
    """The errors among the problems as one, with the first of them in its text."""
    errors = problems.errors
    if len(errors) == 1 and errors[0].code == "E01" and errors[0].file == name:
        remedy = errors[0].remedy
        text = f"{errors[0].message}{'; ' + remedy if remedy else ''}"
    else:
        count = "an error" if len(errors) == 1 else f"{len(errors)} errors"
        found = told(in_order(errors))
        lines = [f"{name} cannot be used: it has {count}.", *(f"  {line}" for line in found[:SHOWN])]
        if len(found) > SHOWN:
            lines.append(f"  ... and {len(found) - SHOWN} more; `peacetable check {name}` shows all.")
        text = "\n".join(lines)
    return ScenarioError(text, tuple(problems.sorted()))


def assemble(
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
