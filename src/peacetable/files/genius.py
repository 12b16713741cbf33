"""GENIUS XML (Lin et al. 2014): a domain file and one utility space file per party.

u(package) = sum over issues of weight x evaluation / highest evaluation of that issue; an integer issue counts
offset + slope x (value - lower bound), clipped to [0, 1], and becomes one level per integer. As GENIUS does when it
reads a file, weights are taken as they stand, those of nested objectives are not used, a discount factor outside (0, 1]
counts as 1, a missing reservation value as 0. Real-valued issues are refused: they have no distinct values.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NoReturn
from xml.parsers import expat

from ..scenario import Scenario
from .additive import (
    MAX_LEVELS,
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

PROGRAM = "GENIUS"
_DEPTH = 40


@dataclass(slots=True)
class Element:
    """An XML element with the place of its start tag. Text between elements is not used by the format."""

    tag: str
    attributes: dict[str, str]
    place: Place
    children: list[Element] = field(default_factory=list)

    def all(self, tag: str) -> Iterator[Element]:
        """All elements of that name below this one, in the order of the file."""
        for child in self.children:
            if child.tag == tag:
                yield child
            yield from child.all(tag)

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)


def parse(data: bytes, shown: str) -> Element:
    """The root element. Document types and entities are refused unread. Raises Unreadable."""
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
        parser.Parse(data, True)
    except expat.ExpatError as error:
        where = Place(shown, error.lineno, error.offset + 1)
        words = expat.ErrorString(error.code)
        raise Unreadable("E03", where, f"this is not valid XML: {words}", "check tags, quotes and &") from None
    except (LookupError, ValueError) as error:  # an encoding that Python does not know
        raise Unreadable("E02", place(), f"the encoding cannot be read: {error}", "save the file as UTF-8") from None
    return roots[0]


def kind(root: Element) -> str | None:
    """domain, profile, or None for other XML."""
    if root.tag not in ("utility_space", "negotiation_template"):
        return None
    marks = ("weight", "evaluator", "discount_factor", "reservation")
    weighed = any(True for mark in marks for _ in root.all(mark)) or any(e.get("evaluation") for e in root.all("item"))
    return "profile" if weighed and root.tag == "utility_space" else "domain"


def read_domain(root: Element, title: str) -> Domain:
    """The issues, in the order of the file. Raises Unreadable."""
    return check_domain(Domain(title, tuple(_theme(issue) for issue in root.all("issue"))), root.place)


def _theme(issue: Element) -> Theme:
    name = _name(issue, "name", "the issue")
    sort = issue.get("vtype") or issue.get("type") or issue.get("etype") or "discrete"
    index = (issue.get("index") or "").strip()
    if sort == "integer":
        low, high = _bounds(issue, name)
        if not 1 <= high - low < MAX_LEVELS:
            message = f"the issue {quoted(name)} runs from {low} to {high}, but needs 2 to {MAX_LEVELS:,} integers"
            raise Unreadable("E12", issue.place, message, "narrow it, or write a discrete issue with coarser steps")
        return Theme(name, tuple(str(k) for k in range(low, high + 1)), True, index, low)
    if sort != "discrete":
        what = "takes any real number" if sort == "real" else f"is of the type {quoted(sort)}"
        message = f"the issue {quoted(name)} {what}, and packages here are made of distinct levels"
        raise Unreadable("E09", issue.place, message, "write it as a discrete issue with the values that count")
    values = tuple(_name(item, "value", f"a value of {quoted(name)}") for item in issue.all("item"))
    return Theme(name, values, False, index)


def _bounds(issue: Element, name: str) -> tuple[int, int]:
    """Lower and upper bound of an integer issue, from the issue or its <range>."""
    found = []
    for bound in ("lowerbound", "upperbound"):
        written = next((e.get(bound) for e in (issue, *issue.all("range")) if e.get(bound) is not None), None)
        if written is None or not re.fullmatch(r"\s*[-+]?[0-9]{1,9}\s*", written):
            message = f"the issue {quoted(name)} has no whole number as its {bound}"
            raise Unreadable("E07", issue.place, message, f'write {bound}="0" or another whole number')
        found.append(int(written))
    return found[0], found[1]


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
        raise Unreadable("E09", element.place, message, "correct the number")
    return number


def read_profile(root: Element, domain: Domain, name: str, problems: Problems) -> Profile:
    """One party's utility space on the domain. Raises Unreadable; adds warnings to `problems`."""
    written = [(issue, parent) for parent in _parents(root) for issue in parent.children if issue.tag == "issue"]
    weights, values = [], []
    for theme in domain.issues:
        issue, parent = _match(theme, written, root, problems)
        weights.append(_weight(theme, issue, parent))
        values.append(_integer_values(theme, issue) if theme.low is not None else _values(theme, issue))
    check_weights(weights, root.place, PROGRAM, problems)
    element = next(root.all("reservation"), None)
    reservation = 0.0 if element is None else float(_number(element, "value", 0, 1, "the reservation value"))
    return Profile(name, tuple(weights), tuple(values), reservation, _discount(root, problems))


def _parents(element: Element) -> Iterator[Element]:
    yield element
    for child in element.children:
        yield from _parents(child)


def _match(theme: Theme, written: list, root: Element, problems: Problems) -> tuple[Element, Element]:
    """The issue and its parent: by number and name, else by name, else by number alone as GENIUS goes."""
    numbered_so = [w for w in written if theme.index and (w[0].get("index") or "").strip() == theme.index]
    named_so = [w for w in written if tidy(w[0].get("name") or "") == theme.name]
    best = [w for w in numbered_so if w in named_so] or named_so or numbered_so
    if not best:
        message = f"the profile lacks the issue {quoted(theme.name)} of the domain"
        raise Unreadable("E07", root.place, message, "add it, or choose the domain that belongs to the profile")
    if len(best) > 1:
        message = f"the issue {quoted(theme.name)} is there twice"
        raise Unreadable("E11", best[1][0].place, message, "delete one of them")
    issue, parent = best[0]
    if not named_so:
        message = f"issue {theme.index} is called {quoted(theme.name)} in the domain, {quoted(issue.get('name'))} here"
        problems.add("W15", issue.place, message, "give both the same name")
    return issue, parent


def _weight(theme: Theme, issue: Element, parent: Element) -> Decimal:
    index = (issue.get("index") or "").strip()
    found = [e for e in parent.children if e.tag == "weight" and (e.get("index") or "").strip() == index]
    if len(found) != 1:
        many = "no weight" if not found else f"{len(found)} weights"
        message = f"the issue {quoted(theme.name)} has {many}"
        raise Unreadable("E07", issue.place, message, f'write one <weight index="{index}" value="..."/> beside it')
    return _number(found[0], "value", 0, 1e9, f"the weight of {quoted(theme.name)}")


def _values(theme: Theme, issue: Element) -> tuple[float, ...]:
    """Evaluations divided by the highest; all 0 if that is 0."""
    evaluations: dict[str, Decimal] = {}
    for item in issue.all("item"):
        value = tidy(item.get("value") or "")
        if value in evaluations:
            message = f"the issue {quoted(theme.name)} has the value {quoted(value)} twice"
            raise Unreadable("E11", item.place, message, "delete one of them")
        what = f"the evaluation of {quoted(value)}"
        evaluations[value] = _number(item, "evaluation", 0, 1e12, what)
    for value in theme.values:
        if value not in evaluations:
            message = f"the issue {quoted(theme.name)} has no evaluation for {quoted(value)}"
            raise Unreadable("E07", issue.place, message, "add an item with it")
    highest = max(evaluations[value] for value in theme.values)
    return tuple(float(evaluations[v] / highest) if float(highest) > 0 else 0.0 for v in theme.values)


def _integer_values(theme: Theme, issue: Element) -> tuple[float, ...]:
    evaluator = next(issue.all("evaluator"), None)
    if evaluator is None or evaluator.get("slope") is None:
        message = f"the integer issue {quoted(theme.name)} has no linear evaluator with slope and offset"
        remedy = 'write <evaluator ftype="linear" slope="..." offset="..."/>, or a discrete issue'
        raise Unreadable("E07", (evaluator or issue).place, message, remedy)
    slope = float(_number(evaluator, "slope", -1e9, 1e9, "the slope"))
    offset = float(_number(evaluator, "offset", -1e9, 1e9, "the offset"))
    return tuple(min(max(offset + slope * k, 0.0), 1.0) for k in range(len(theme.values)))


def _discount(root: Element, problems: Problems) -> float:
    for element in root.all("discount_factor"):
        factor = float(_number(element, "value", -1e9, 1e9, "the discount factor"))
        if 0 < factor <= 1:
            return factor
        if factor != 0:  # 0 is how GENIUS files say that there is none
            message = f"the discount factor is {factor:g}, outside 0 to 1, and counts as 1"
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
