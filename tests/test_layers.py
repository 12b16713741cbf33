"""A module imports only what its layer may: the table below is the one in the documentation of the project.

The files are read, not imported. Imports inside functions and under TYPE_CHECKING count too.
"""

import ast
import inspect
import re
import statistics
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from peacetable.cli import COMMANDS
from peacetable.table.protocols import PROTOCOLS

ROOT = Path(__file__).parent.parent / "src" / "peacetable"
LONGEST_MODEL = 150  # lines of the class Negotiation
LONGEST, MIDDLE = 60, 10  # lines of any function, and of the function in the middle when they stand in order of length
LIST = ROOT / "table" / "protocols.py"  # imports the protocols by the names of their modules

# layer -> layers it may import besides itself
CORE = {"version", "errors", "resources", "chance", "scenario", "files", "table", "analysis", "strategies", "abm"}
MAY_IMPORT = {
    "__init__": {"version", "files", "abm"},
    "__main__": {"cli"},
    "version": set(),
    "errors": set(),
    "resources": set(),
    "chance": set(),
    "scenario": {"errors"},
    "files": {"errors", "scenario", "table"},
    "table": {"version", "errors", "scenario"},
    "analysis": {"errors", "scenario"},
    "strategies": {"errors", "scenario", "table"},
    "abm": {"version", "errors", "scenario", "files", "table", "strategies", "analysis", "chance"},
    "experiments": CORE,
    "seat": {"version", "errors", "resources", "scenario", "files", "table", "analysis", "abm"},
    "words": {"errors", "resources", "scenario", "table", "analysis", "abm", "seat"},
    "game": {"errors", "resources", "scenario", "files", "table", "seat", "words"},
    "cli": {*CORE, "experiments", "seat", "words", "game"},
}
# what only these layers, or modules of them, may import from elsewhere
ONLY_IN = {
    "mesa": {"abm.model", "abm.agents"},
    "pygame": {"game"},
    "yaml": {"files"},
    "pydantic": {"files"},
    "pyarrow": {"experiments"},
    "matplotlib": {"experiments"},
    "SALib": {"experiments"},
    "distributed": {"experiments"},
    "click": {"cli"},
    "rich": {"cli", "experiments"},
    "random": set(),
    "secrets": {"cli"},  # a seed for a game that got none; everything after it follows from the seed
}
# what the window may import from where the rules are made: records and names of kinds, nothing that decides
IN_THE_WINDOW = {"scenario": {"Scenario", "day"}, "table": {"Offer", "MOVES", "PRIVATE", "ANSWERS"}}
SENTENCE = re.compile(r"[^\W\d_]{2,} +[^\W\d_]{2,}|[^\W\d_] [^\W\d_]")
KEY_NAMES = re.compile(r"page (up|down)|(left|right) (shift|ctrl|alt)")  # what pygame calls keys
LIGHT_OURS = ("__version__", "STOPPED", "errors", "words.lines")
LIGHT = tuple(f"{n}." for n in (*(f"peacetable.{n}" for n in LIGHT_OURS), "click", *sys.stdlib_module_names))


def layer_of(path: Path, root: Path) -> str:
    return path.relative_to(root).parts[0].removesuffix(".py")


def imported(nodes: Iterator[ast.AST], path: Path, root: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, absolute dotted name) for every import among the nodes."""
    package = [root.name, *path.relative_to(root).parts[:-1]]
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = [*base, node.module] if node.module else base
            yield from ((node.lineno, ".".join([*module, alias.name])) for alias in node.names)


def draws_chance(tree: ast.AST) -> Iterator[int]:
    """Yield the line of every call of something in `np.random`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("np.random.", "numpy.random.")):
            yield node.lineno


def violations(root: Path) -> Iterator[str]:
    for path in sorted(root.rglob("*.py")):
        layer, where = layer_of(path, root), path.relative_to(root.parent).as_posix()
        module = ".".join(path.relative_to(root).with_suffix("").parts)
        if layer not in MAY_IMPORT:
            yield f"{where}: layer {layer!r} is not in MAY_IMPORT; add it with the layers it may import"
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for line, name in imported(ast.walk(tree), path, root):
            first, *rest = name.split(".")
            if first == root.name and rest and rest[0] in MAY_IMPORT and rest[0] not in MAY_IMPORT[layer] | {layer}:
                allowed = ", ".join(sorted(MAY_IMPORT[layer])) or "nothing of peacetable"
                yield f"{where}:{line}: {layer} imports {rest[0]}; {layer} may import: {allowed}"
            elif first in ONLY_IN and not {layer, module} & ONLY_IN[first]:
                allowed = ", ".join(sorted(ONLY_IN[first])) or "no module"
                yield f"{where}:{line}: {first} is imported in {layer}; it may be imported in: {allowed}"
        if layer != "chance":
            yield from (f"{where}:{line}: chance is drawn only in chance.py" for line in draws_chance(tree))


def imports(root: Path) -> dict[str, set[str]]:
    """Module -> modules that it imports, at the top, in a function or for types alone; a package is its `__init__`."""
    paths = {}
    for path in sorted(root.rglob("*.py")):
        parts = [root.name, *path.relative_to(root).with_suffix("").parts]
        paths[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    found: dict[str, set[str]] = {}
    for module, path in paths.items():
        names = [name for _, name in imported(ast.walk(ast.parse(path.read_text(encoding="utf-8"))), path, root)]
        found[module] = {n if n in paths else n.rpartition(".")[0] for n in names} & set(paths)
    return found


def by_package(graph: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The same with the modules of a package as one."""
    found: dict[str, set[str]] = {}
    for module, others in graph.items():
        package = ".".join(module.split(".")[:2])
        found.setdefault(package, set()).update(".".join(other.split(".")[:2]) for other in others)
    return {package: others - {package} for package, others in found.items()}


def circle(graph: Mapping[str, set[str]]) -> str:
    """A way along imports that comes back to where it began, if there is one."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return " is imported by ".join(error.args[1])
    return ""


def early_imports(root: Path) -> Iterator[str]:
    """Yield what is imported for `peacetable COMMAND --help` already, before a command runs, and should not be."""
    waiting, seen = ["__init__", *(module.rpartition(".")[2] for module, _ in COMMANDS.values())], set()
    while waiting:
        module = waiting.pop(0)
        path = root / "cli" / f"{module}.py"
        if module in seen or not path.exists():
            continue
        seen.add(module)
        for line, name in imported(iter(ast.parse(path.read_text(encoding="utf-8")).body), path, root):
            if name.startswith("peacetable.cli."):
                waiting.append(name.split(".")[2])
            elif not f"{name}.".startswith(LIGHT):
                yield f"cli/{path.name}:{line}: {name} is imported at the top; import it in the function that uses it"


def sentences(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of words for people: not docstrings, not what only developers read (errors, `overflow`), and
    neither HTML nor CSS."""
    spared: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, False) is not None:
            spared.add(id(node.body[0].value))
        developers = isinstance(node, ast.FunctionDef) and node.name == "overflow"
        developers |= isinstance(node, ast.Raise) and not re.search(r"window_error|PeacetableError", ast.unparse(node))
        if developers or isinstance(node, ast.Assert):
            spared |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spared:
            text = node.value
            code = re.search(r"<\w|\w>|: .*;", text) or KEY_NAMES.fullmatch(text)
            if SENTENCE.search(text) and not code:
                yield node.lineno, text


def window_violations(root: Path) -> Iterator[str]:
    """Yield the words for people and the rules that stand in the code of the window."""
    for path in sorted((root / "game").rglob("*.py")):
        tree, where = ast.parse(path.read_text(encoding="utf-8")), path.relative_to(root.parent).as_posix()
        for line, text in sentences(tree):
            yield f"{where}:{line}: {text!r} is for people; it belongs into assets/text"
        for line, name in imported(ast.walk(tree), path, root):
            layer, what = [*name.split("."), ""][1], name.rpartition(".")[2]
            if layer in IN_THE_WINDOW and what not in IN_THE_WINDOW[layer]:
                yield f"{where}:{line}: {name} is for those who make rules; let seat/ hand out what the window shows"


def test_every_module_keeps_to_its_layer():
    assert list(violations(ROOT)) == []


def test_the_window_holds_no_sentence_and_no_rule():
    assert list(window_violations(ROOT)) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('NOTE = "All is well"', "is for people"),
        ('def f(n):\n    return f"Round {n}: you win"', "is for people"),
        ('def f():\n    raise window_error("nobody is here")', "is for people"),
        ("from ...table.rules import veto", "let seat/ hand out"),
        ("from ...scenario import utility", "let seat/ hand out"),
        ("def f():\n    import peacetable.table.rules", "let seat/ hand out"),
        ('"""Two words."""\nID = "side talk_id" if 0 else "side.talk"', "is for people"),
        ('"""Two words."""\ndef f():\n    raise ValueError("no such thing")\nCSS = "p { margin: 0 auto; }"', ""),
        ("from ...table.record import MOVES\nfrom ...scenario import Scenario", ""),
    ],
)
def test_a_sentence_and_a_rule_in_the_window_are_seen(tmp_path, text, complaint):
    path = tmp_path / "peacetable" / "game" / "screens" / "new.py"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    found = list(window_violations(tmp_path / "peacetable"))
    assert len(found) == bool(complaint) and all(complaint in problem for problem in found), found


def test_no_import_leads_back():
    graph = imports(ROOT)
    assert "peacetable.table.rules" in graph["peacetable.abm.replay"]
    assert circle(graph) == "" and circle(by_package(graph)) == ""


@pytest.mark.parametrize(
    "back", ["from . import a", "if TYPE_CHECKING:\n    from .a import A", "def f():\n    from .a import g"]
)
def test_a_circle_is_seen(tmp_path, back):
    package = tmp_path / "peacetable" / "table"
    package.mkdir(parents=True)
    for name, text in {"__init__": "", "a": "from .b import B", "b": "import peacetable.table.c", "c": back}.items():
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    found = circle(imports(tmp_path / "peacetable"))
    assert found.count("is imported by") == 3 and all(f"peacetable.table.{name}" in found for name in "abc")


def test_a_circle_of_packages_is_seen():
    graph = {"p.table.a": {"p.files.b"}, "p.files.c": {"p.table.d"}}
    assert circle(graph) == "" and "p.files" in circle(by_package(graph))


def test_the_model_is_short():
    """What is not Mesa's stands in other modules, which the class names."""
    tree = ast.parse((ROOT / "abm" / "model.py").read_text(encoding="utf-8"))
    (model,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Negotiation")
    assert model.end_lineno - model.lineno + 1 <= LONGEST_MODEL


def functions(root: Path) -> Iterator[tuple[int, str]]:
    """Yield (lines, where) for every function, those inside others too."""
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                where = f"{path.relative_to(root.parent).as_posix()}:{node.lineno}: {node.name}"
                yield node.end_lineno - node.lineno + 1, where


def test_functions_are_short():
    found = list(functions(ROOT))
    assert [where for lines, where in found if lines > LONGEST] == []
    assert statistics.median(lines for lines, _ in found) <= MIDDLE


def test_a_long_function_is_seen(tmp_path):
    package = tmp_path / "peacetable" / "table"
    package.mkdir(parents=True)
    text = "class A:\n    def f(self):\n        async def g():\n            pass\n"
    (package / "a.py").write_text(text, encoding="utf-8")
    found = [*functions(tmp_path / "peacetable")]
    assert found == [(3, "peacetable/table/a.py:2: f"), (2, "peacetable/table/a.py:3: g")]


def test_a_protocol_is_named_in_its_module_alone():
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(ROOT.rglob("*.py"))}
    for name, module in PROTOCOLS.items():
        own = Path(inspect.getfile(module))
        assert [str(path) for path, text in texts.items() if path not in (own, LIST) and name in text] == []


def test_commands_import_late():
    assert list(early_imports(ROOT)) == []


@pytest.mark.parametrize(
    ("place", "text", "complaint"),
    [
        ("table/rules.py", "from ..abm import model", "table imports abm"),
        ("table/rules.py", "def f():\n    import mesa", "mesa is imported in table"),
        ("abm/tables.py", "import mesa", "it may be imported in: abm.agents, abm.model"),
        ("abm/model.py", "from peacetable.game import app", "abm imports game"),
        ("analysis/points.py", "import numpy as np\nnp.random.default_rng(1)", "chance is drawn only"),
        ("scenario/space.py", "import random", "it may be imported in: no module"),
        ("extra/new.py", "", "is not in MAY_IMPORT"),
    ],
)
def test_a_breach_is_seen(tmp_path, place, text, complaint):
    path = tmp_path / "peacetable" / place
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    (found,) = violations(tmp_path / "peacetable")
    assert complaint in found and found.startswith(f"peacetable/{place}")
