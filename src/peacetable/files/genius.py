"""GENIUS XML (Lin et al. 2014): a domain file and one utility space file per party.

u(package) = sum over issues of weight x evaluation / highest evaluation of that issue, at most 1; an integer issue
counts offset + slope x (value - lower bound), clipped to [0, 1], and becomes one level per integer. Files are read as
GENIUS reads them: an element counts only where it belongs (issues in objectives, items and the evaluator in their
issue, weights beside the issues that they weigh, reservation value and discount factor in the utility space), the
highest evaluation is that of all items of the profile, weights are taken as they stand and those of nested objectives
have no effect, of entries that repeat the last one counts, a discount factor outside (0, 1] counts as 1, a missing or
negative reservation value as 0. Utility spaces that are not additive are refused, and so are real-valued issues: they
have no distinct values.
"""

from __future__ import annotations

import codecs
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NoReturn
from xml.parsers import expat

from ..scenario import Scenario
from .additive import (
    Domain,
    Profile,
    Theme,
    Unreadable,
    check_domain,
    check_weights,
    decimal,
    exported,
    name_problem,
    numbered,
    tidy,
)
from .problems import Place, Problems, quoted
from .schema import MAX_LEVELS

PROGRAM = "GENIUS"
_DEPTH = 40
_ADDITIVE = ("", "linear", "additive")  # what an additive utility space may call its type
_OTHER = ("utility", "ufun", "constraints", "rules")  # elements that only other utility spaces have
_USED = {
    "negotiation_template": ("utility_space",),
    "utility_space": ("objective", "reservation", "discount_factor"),
    "objective": ("objective", "issue", "weight"),
    "issue": ("item", "range", "evaluator"),
}
_SLIP = re.compile(r"&(?!#[0-9]+;|#x[0-9a-fA-F]+;|[A-Za-z][A-Za-z0-9]*;)|<(?![A-Za-z_/!?])")
_SPELLED = {"&": "&amp;", "<": "&lt;"}


@dataclass(slots=True)
class Element:
    """An XML element with the place of its start tag. Text between elements is not used by the format."""

    tag: str
    attributes: dict[str, str]
    place: Place
    children: list[Element] = field(default_factory=list)

    def own(self, tag: str) -> list[Element]:
        """The elements of that name right below this one, in the order of the file."""
        return [child for child in self.children if child.tag == tag]

    def all(self) -> Iterator[Element]:
        """This element and all below it, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.all()

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)

    @property
    def index(self) -> str:
        return (self.get("index") or "").strip()


def parse(data: bytes, shown: str, problems: Problems) -> Element:
    """The root element; warns where a slip was mended. Document types and entities are refused unread.

    Raises Unreadable.
    """
    text = _declared_first(_decoded(data, shown, problems), shown, problems)
    try:
        return _tree(text, shown)
    except Unreadable:
        slip = _SLIP.search(text)
        if slip is None:
            raise
        try:
            root = _tree(_SLIP.sub(lambda found: _SPELLED[found[0]], text), shown)
        except Unreadable:
            root = None
        if root is None:  # then the first refusal is the true one
            raise
        message = f"a {slip[0]} stands here by itself, and is read as that character"
        problems.add("W15", _place(text, slip.start(), shown), message, f"write {_SPELLED[slip[0]]}")
        return root


def _place(text: str, at: int, shown: str) -> Place:
    return Place(shown, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def _decoded(data: bytes, shown: str, problems: Problems) -> str:
    """The text: by its byte order mark, else as UTF-8, else as declared, else as Windows-1252; warns where it is not
    what is declared."""
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, errors="replace")
    if data[:2] in (b"<\0", b"\0<"):
        return data.decode("utf-16-le" if data[1] == 0 else "utf-16-be", errors="replace")
    found = re.search(rb"""<\?xml\b[^>]*\bencoding\s*=\s*["']([^"'>]*)""", data[:1000])
    declared = found[1].decode("ascii", "replace") if found else "UTF-8"
    name = _codec(declared)
    for codec, told in (("utf-8", "UTF-8"), (name, declared), ("cp1252", "Windows-1252"), ("latin-1", "Latin-1")):
        try:
            text = data.decode(codec)
        except (LookupError, ValueError):
            continue
        if codec != name and not (name and data.isascii()):
            message = f"the file is not in the encoding {quoted(declared)} and is read as {told}"
            problems.add("W15", Place(shown), message, "save it as UTF-8")
        return text
    raise AssertionError("any bytes can be read as Latin-1")


def _codec(declared: str) -> str:
    """Python's name of an encoding, "" if it knows none of that name."""
    try:
        return codecs.lookup(declared).name
    except (LookupError, ValueError):
        return ""


def _declared_first(text: str, shown: str, problems: Problems) -> str:
    """The text with blanks for the XML declaration, which has been read; warns where it does not come first."""
    found = re.search(r"<\?xml\s[^>]*\?>", text)
    if found is None:
        return text
    if found.start():
        message = "the XML declaration does not stand at the very start of the file"
        problems.add("W15", _place(text, found.start(), shown), message, "delete what stands before it")
    return text[: found.start()] + re.sub(r"[^\n]", " ", found[0]) + text[found.end() :]


def _tree(text: str, shown: str) -> Element:
    parser = expat.ParserCreate()
    stack: list[Element] = []
    roots: list[Element] = []

    def place() -> Place:
        return Place(shown, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(stack) >= _DEPTH:
            raise Unreadable("E03", place(), f"the nesting is deeper than {_DEPTH} elements", "flatten it")
        element = Element(tag, attributes, place())
        (stack[-1].children if stack else roots).append(element)
        stack.append(element)

    def end(_: str) -> None:
        stack.pop()

    def refuse(*_: object) -> NoReturn:
        raise Unreadable("E03", place(), "the file declares a document type or entities", "delete the declaration")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        where = Place(shown, error.lineno, error.offset + 1)
        words = expat.ErrorString(error.code)
        raise Unreadable("E03", where, f"this is not valid XML: {words}", "check tags, quotes and &") from None
    return roots[0]


def kind(root: Element) -> str | None:
    """domain, profile, template (a profile without numbers), or None for other XML."""
    if root.tag == "negotiation_template":
        return "domain"
    if root.tag != "utility_space":
        return None
    issues = [issue for issue, _ in _issues(root)]
    written = [item.get("evaluation") for issue in issues for item in issue.own("item")]
    if _other_type(root) or any(issue.own("evaluator") for issue in issues) or any(map(_given, written)):
        return "profile"
    marks = {"weight", "reservation", "discount_factor"}
    return "template" if any(e is not None for e in written) or marks & {e.tag for e in root.all()} else "domain"


def _given(evaluation: str | None) -> bool:
    return evaluation is not None and evaluation.strip() not in ("", "null")


def _other_type(root: Element) -> str:
    """What kind of utility space this is if it is not additive, else ""."""
    declared = (root.get("type") or "").strip()
    if declared.lower() not in _ADDITIVE:
        return f"the type {quoted(declared)}"
    found = next((e for e in root.all() if e.tag in _OTHER), None)
    return f"a type that is made of <{found.tag}> elements" if found else ""


def refuse_other(root: Element) -> None:
    """Raises Unreadable for a utility space that is not additive."""
    other = _other_type(root)
    if other:
        message = f"the utility space is of {other}; only additive ones, sums of weighted evaluations, can be read"
        raise Unreadable("E09", root.place, message, "choose a domain whose profiles are all additive")


def _issues(root: Element) -> list[tuple[Element, Element]]:
    """Every issue with the objective that holds it, in the order of the file."""
    space = next(iter(root.own("utility_space")), root)
    return list(_inside(next(iter(space.own("objective")), space)))


def _inside(objective: Element) -> Iterator[tuple[Element, Element]]:
    for child in objective.children:
        if child.tag == "issue":
            yield child, objective
        elif child.tag == "objective":
            yield from _inside(child)


def issue_names(root: Element) -> set[str]:
    return {tidy(issue.get("name") or "") for issue, _ in _issues(root)}


def read_domain(root: Element, title: str, problems: Problems) -> Domain:
    """The issues, in the order of the file. Raises Unreadable; adds warnings to `problems`."""
    _unused(root, problems)
    return check_domain(Domain(title, tuple(_theme(issue, problems) for issue, _ in _issues(root))), root.place)


def _unused(root: Element, problems: Problems) -> None:
    """Warns of what a file holds besides what is read, once for each kind."""
    told = set()
    for parent in root.all():
        for child in parent.children:
            pair = (parent.tag, child.tag)
            again = pair == ("utility_space", "objective") and child is not parent.own("objective")[0]
            if parent.tag in _USED and (child.tag not in _USED[parent.tag] or again) and pair not in told:
                told.add(pair)
                which = "a further" if again else "the"
                message = f"{which} element <{child.tag}> in <{parent.tag}> has no effect here"
                problems.add("W15", child.place, message, "leave it so if it is not part of the utilities")
    costs = [
        item
        for issue, _ in _issues(root)
        for item in issue.own("item")
        if decimal(item.get("cost") or "0", 0, 0) is None
    ]
    if costs:
        problems.add(
            "W15", costs[0].place, "costs of values are not kept", "leave it so, or put them into the evaluations"
        )
    for parent in {id(parent): parent for _, parent in _issues(root)}.values():
        known = {child.index for child in parent.children if child.tag in ("issue", "objective")}
        for weight in parent.own("weight"):
            if weight.index not in known:
                message = f"the weight of index {quoted(weight.index)} belongs to no issue beside it and has no effect"
                problems.add("W15", weight.place, message, "delete it, or correct its index")


def _theme(issue: Element, problems: Problems) -> Theme:
    name = _name(issue, "name", "the issue")
    sort = issue.get("vtype") or issue.get("type") or issue.get("etype") or "discrete"
    if sort == "integer":
        low, high = (_bound(issue, end, name) for end in ("lowerbound", "upperbound"))
        if not 1 <= high - low < MAX_LEVELS:
            message = f"the issue {quoted(name)} runs from {low} to {high}, but needs 2 to {MAX_LEVELS:,} integers"
            raise Unreadable("E12", issue.place, message, "narrow it, or write a discrete issue with coarser steps")
        return Theme(name, tuple(str(k) for k in range(low, high + 1)), True, issue.index, low)
    if sort != "discrete":
        what = "takes any real number" if sort == "real" else f"is of the type {quoted(sort)}"
        message = f"the issue {quoted(name)} {what}, and packages here are made of distinct levels"
        raise Unreadable("E09", issue.place, message, "write it as a discrete issue with the values that count")
    values: dict[str, None] = {}
    for item in issue.own("item"):
        value = _name(item, "value", f"a value of {quoted(name)}")
        if value in values:
            _warn_twice(item, f"the issue {quoted(name)} has the value {quoted(value)}", "it counts once", problems)
        values[value] = None
    return Theme(name, tuple(values), False, issue.index)


def _warn_twice(element: Element, what: str, then: str, problems: Problems) -> None:
    problems.add("W15", element.place, f"{what} twice; {then}", "delete one of them")


def _bound(issue: Element, end: str, name: str) -> int:
    """An end of an integer issue, from its <range> or its own attributes."""
    written = next((e.get(end) for e in (issue, *issue.own("range")) if e.get(end) is not None), None)
    if written is None or not re.fullmatch(r"\s*[-+]?[0-9]{1,9}\s*", written):
        message = f"the issue {quoted(name)} has no whole number as its {end}"
        raise Unreadable("E07", issue.place, message, f'write {end}="0" or another whole number')
    return int(written)


def _name(element: Element, attribute: str, what: str) -> str:
    text = tidy(element.get(attribute) or "")
    problem = name_problem(text)
    if problem:
        message = f'the attribute "{attribute}" of {what} {problem}'
        raise Unreadable("E09", element.place, message, "give it a name")
    return text


def _number(element: Element, attribute: str, low: float, high: float, what: str) -> Decimal:
    written = element.get(attribute)
    if written is None:
        raise Unreadable("E07", element.place, f'{what} has no attribute "{attribute}"', "add it")
    number = decimal(written, low, high)
    if number is None:
        message = f"{what} is {quoted(written)}, but must be a number from {low:g} to {high:g}"
        comma = re.fullmatch(r"\s*[-+]?[0-9]+,[0-9]+\s*", written)
        remedy = f"write {written.strip().replace(',', '.')}" if comma else "correct the number"
        raise Unreadable("E09", element.place, message, remedy)
    return number


def read_profile(root: Element, domain: Domain, name: str, problems: Problems) -> Profile:
    """One party's utility space on the domain. Raises Unreadable; adds warnings to `problems`."""
    _unused(root, problems)
    written = _issues(root)
    weights, values = [], []
    for theme in domain.issues:
        issue, parent = _match(theme, written, root, problems)
        weights.append(_weight(theme, issue, parent, problems))
        values.append(_integer_values(theme, issue) if theme.low is not None else _values(theme, issue, problems))
    check_weights(weights, root.place, PROGRAM, problems)
    return Profile(name, tuple(weights), tuple(values), _reservation(root, problems), _discount(root, problems))


def _match(theme: Theme, written: list, root: Element, problems: Problems) -> tuple[Element, Element]:
    """The issue and its parent: by number and name, else by name, else by number alone as GENIUS goes."""
    numbered_so = [w for w in written if theme.index and w[0].index == theme.index]
    named_so = [w for w in written if tidy(w[0].get("name") or "") == theme.name]
    best = [w for w in numbered_so if w in named_so] or named_so or numbered_so
    if not best:
        message = f"the profile lacks the issue {quoted(theme.name)} of the domain"
        raise Unreadable("E07", root.place, message, "add it, or choose the domain that belongs to the profile")
    issue, parent = best[-1]
    if len(best) > 1:
        _warn_twice(issue, f"the issue {quoted(theme.name)} is there", "the last one counts", problems)
    if not named_so:
        message = f"issue {theme.index} is called {quoted(theme.name)} in the domain, {quoted(issue.get('name'))} here"
        problems.add("W15", issue.place, message, "give both the same name")
    return issue, parent


def _weight(theme: Theme, issue: Element, parent: Element, problems: Problems) -> Decimal:
    found = [weight for weight in parent.own("weight") if weight.index == issue.index]
    if not found:
        message = f"the issue {quoted(theme.name)} has no weight"
        remedy = f'write one <weight index="{issue.index}" value="..."/> beside it'
        raise Unreadable("E07", issue.place, message, remedy)
    if len(found) > 1:
        _warn_twice(found[-1], f"the issue {quoted(theme.name)} has its weight", "the last one counts", problems)
    return _number(found[-1], "value", 0, 1e9, f"the weight of {quoted(theme.name)}")


def _values(theme: Theme, issue: Element, problems: Problems) -> tuple[float, ...]:
    """Evaluations divided by the highest of the profile's; all 0 if that is 0."""
    evaluations: dict[str, Decimal] = {}
    known = set(theme.values)
    for item in issue.own("item"):
        value = tidy(item.get("value") or "")
        if item.get("evaluation") is not None and not _given(item.get("evaluation")):
            continue
        if value in evaluations:
            what = f"the issue {quoted(theme.name)} has the value {quoted(value)}"
            _warn_twice(item, what, "the last one counts", problems)
        elif value not in known:
            message = f"the domain's issue {quoted(theme.name)} has no value {quoted(value)}"
            remedy = "delete it, or leave it so to have its evaluation count for the highest, as in GENIUS"
            problems.add("W15", item.place, message, remedy)
        evaluations[value] = _number(item, "evaluation", 0, 1e12, f"the evaluation of {quoted(value)}")
    for value in theme.values:
        if value not in evaluations:
            message = f"the issue {quoted(theme.name)} has no evaluation for {quoted(value)}"
            raise Unreadable("E07", issue.place, message, "add an item with it")
    highest = max(evaluations.values())
    return tuple(float(evaluations[v] / highest) if float(highest) > 0 else 0.0 for v in theme.values)


def _integer_values(theme: Theme, issue: Element) -> tuple[float, ...]:
    evaluator = next(iter(issue.own("evaluator")), None)
    if evaluator is None or evaluator.get("slope") is None:
        message = f"the integer issue {quoted(theme.name)} has no linear evaluator with slope and offset"
        remedy = 'write <evaluator ftype="linear" slope="..." offset="..."/>, or a discrete issue'
        raise Unreadable("E07", (evaluator or issue).place, message, remedy)
    slope = float(_number(evaluator, "slope", -1e9, 1e9, "the slope"))
    offset = float(_number(evaluator, "offset", -1e9, 1e9, "the offset"))
    return tuple(min(max(offset + slope * k, 0.0), 1.0) for k in range(len(theme.values)))


def _only(root: Element, tag: str, problems: Problems) -> Element | None:
    """The first element of that name in the utility space, None without one."""
    found = root.own(tag)
    if len(found) > 1:
        _warn_twice(found[1], f"<{tag}> is there", "the first one counts", problems)
    return found[0] if found else None


def _reservation(root: Element, problems: Problems) -> float:
    element = _only(root, "reservation", problems)
    if element is None:
        return 0.0
    what = "the reservation value"
    number = _number(element, "value", -1e15, 1e15, what)
    if number > 1:
        message = f"{what} is {number:f}, and no package is worth more than 1, so this party could agree to none"
        raise Unreadable("E09", element.place, message, "write it on the scale from 0 to 1, as utilities are")
    if number < 0:
        message = f"{what} is {number:f} and counts as 0, the least that a package is worth"
        problems.add("W15", element.place, message, "write 0")
    return max(float(number), 0.0)


def _discount(root: Element, problems: Problems) -> float:
    element = _only(root, "discount_factor", problems)
    if element is None:
        return 1.0
    written = element.get("value") or ""
    factor = decimal(written, -1e15, 1e15)
    if factor is not None and 0 < factor <= 1:
        return float(factor)
    if factor != 0:  # 0 is how GENIUS files say that there is none
        message = f"the discount factor is {quoted(written)}, not a number from 0 to 1, and counts as 1"
        problems.add("W15", element.place, message, "correct it, or delete it")
    return 1.0


def write(scenario: Scenario) -> dict[str, str]:
    """File name -> text: the domain, then one utility space per party, in an order that sorting keeps."""
    domain, profiles = exported(scenario)
    top = ElementTree.Element("negotiation_template")
    space = ElementTree.SubElement(top, "utility_space", number_of_issues=str(len(domain.issues)))
    root = _objective(space, "root")
    for theme in domain.issues:
        issue = _issue(root, theme)
        for k, value in enumerate(theme.values, 1):
            ElementTree.SubElement(issue, "item", index=str(k), value=value, cost="0", description=value)
    files = {f"{domain.title}_domain.xml": _text(top)}
    for file, profile in zip(numbered([p.name for p in profiles]), profiles, strict=True):
        files[f"{file}.xml"] = _text(_utility_space(domain, profile))
    return files


def _utility_space(domain: Domain, profile: Profile) -> ElementTree.Element:
    """Evaluations are the values; the weight takes up what division by the highest of them would add."""
    top = ElementTree.Element("utility_space")
    root = _objective(top, profile.name)
    weights = []
    for theme, weight, values in zip(domain.issues, profile.weights, profile.values, strict=True):
        highest = max(values)
        issue = _issue(root, theme)
        for k, (label, value) in enumerate(zip(theme.values, values, strict=True), 1):
            # GENIUS takes a highest evaluation below 0.00001 for zero
            evaluation = value / highest if 0 < highest < 1e-3 else value
            ElementTree.SubElement(issue, "item", index=str(k), value=label, evaluation=repr(evaluation))
        weights.append((theme.index, weight * Decimal(repr(highest)) if highest > 0 else weight))
    for index, weight in weights:
        ElementTree.SubElement(root, "weight", index=index, value=f"{weight.normalize():f}")
    ElementTree.SubElement(top, "discount_factor", value=repr(profile.discount))
    ElementTree.SubElement(top, "reservation", value=repr(profile.reservation))
    return top


def _objective(parent: ElementTree.Element, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(
        parent, "objective", index="0", description="", name=name, type="objective", etype="objective"
    )


def _issue(root: ElementTree.Element, theme: Theme) -> ElementTree.Element:
    attributes = {"index": theme.index, "name": theme.name, **dict.fromkeys(("type", "vtype", "etype"), "discrete")}
    return ElementTree.SubElement(root, "issue", attributes)


def _text(root: ElementTree.Element) -> str:
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'
