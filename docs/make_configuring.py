"""Write the reference of all keys into docs/configuring.md, from the descriptions in peacetable.files.schema.

python docs/make_configuring.py
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from peacetable.files import schema
from peacetable.files.sentences import bare
from peacetable.table.protocols import PROTOCOLS

PAGE = Path(__file__).parent / "configuring.md"
BEGIN, END = "<!-- made by docs/make_configuring.py from here", "<!-- to here -->"
# shape -> (heading, words before the table)
SECTIONS: dict[type[schema.Shape], tuple[str, str]] = {
    schema.ScenarioFile: ("scenario.yaml", ""),
    schema.IssueShape: ("An issue, in `issues`", ""),
    schema.LevelShape: ("A level, in `levels`", ""),
    schema.ProtocolShape: ("`protocol`", ""),
    schema.Prior: ("`prior`", ""),
    schema.RuleShape: ("A rule, in `rules`", ""),
    schema.EventShape: ("An event, in `events`", "It has `round` or `probability`, and changes one thing or several."),
    schema.FactShape: ("A fact, in `background`", ""),
    schema.PartyFile: ("parties/ID.yaml", ""),
    schema.Judged: (
        "A number with its range",
        "So stand `capability`, `reservation`, `drift`, `candour` and every `salience`. A bare number is the same as "
        "`value` alone: `reservation: 0.4`.",
    ),
    schema.Cell: (
        "A position, in `positions`",
        "A bare stance is the same as `stance` alone: `half: prefer`. The stances are `demand`, `prefer`, "
        "`acceptable`, `neutral`, `reluctant`, `oppose` and `red_line`; `unstated` says that nothing was found.",
    ),
    schema.Condition: ("A condition, in `conditions`", ""),
    schema.Demand: ("A demand, in `demands`", ""),
    schema.StrategyShape: (
        "`strategy`",
        "A bare name is the bidding strategy: `strategy: boulware`. What is left out stays as the default has it.",
    ),
    schema.PartShape: (
        "A part of a strategy",
        "A bare name is the same as `name` alone. `peacetable strategies` lists the names and `peacetable strategies "
        "NAME` the parameters. Parameters without a `name` change the default component.",
    ),
    schema.SourceEntry: (
        "sources.yaml",
        "A mapping from the id of a statement (capitals, points, `-` and `_` are possible) to:",
    ),
    schema.VariantFile: ("variants/NAME.yaml", ""),
    schema.Changes: ("`changes` of a variant", ""),
}
JUDGED = (schema.PercentJudgement, schema.ShareJudgement, schema.SignedJudgement)
WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false", Any: "anything", dict: "mapping"}
NAMED = {
    schema.Id: "id",
    schema.FileId: "id",
    schema.PartyId: "party",
    schema.SourceId: "source",
    schema.Day: "day",
    schema.RoughDate: "date",
    schema.Levels: "issue: [levels]",
    schema.StanceName: "stance",
    schema.CellStance: "stance",
}


def anchor(heading: str) -> str:
    """The address of a heading on GitHub."""
    kept = "".join(c for c in heading.lower() if c.isalnum() or c in " -_")
    return "#" + kept.replace(" ", "-")


def kind(annotation: Any) -> str:
    """What a value is, in words, with a link where it has keys of its own."""
    for known, word in NAMED.items():
        if annotation == known:
            return word
    if get_origin(annotation) is Annotated and get_args(annotation)[0] in NAMED:
        return NAMED[get_args(annotation)[0]]
    plain = bare(annotation)
    for known, word in NAMED.items():
        if plain == known:
            return word
    if get_origin(plain) is Literal:
        return listed(get_args(plain))
    if get_origin(plain) is list:
        return f"list of {kind(get_args(plain)[0])}"
    if get_origin(plain) is dict:
        return f"mapping to {kind(get_args(plain)[1])}"
    if plain in JUDGED:
        return f"[number with range]({anchor(SECTIONS[schema.Judged][0])})"
    if plain in SECTIONS:
        heading = SECTIONS[plain][0]
        return f"[{heading.replace('`', '').split(',')[0].lower()}]({anchor(heading)})"
    return WORDS[plain]


def listed(words: Iterable) -> str:
    return ", ".join(f"`{word}`" for word in words)


def what(field: Any) -> str:
    """What the value of a key is, in words."""
    if any(getattr(note, "pattern", None) for note in field.metadata):
        return "id"
    return listed(PROTOCOLS) if field.metadata == [*get_args(schema.ProtocolName)[1:]] else kind(field.annotation)


def bounds(annotation: Any, metadata: tuple | list = ()) -> str:
    """The range of a value, in words."""
    found = list(metadata)
    while get_origin(annotation) is Annotated or type(None) in get_args(annotation):
        annotation, *more = get_args(annotation)
        found += [note for note in more if note is not type(None)]
    low, high, least, most, above = (None,) * 5
    for note in found:
        for each in getattr(note, "metadata", None) or [note]:
            low, high = getattr(each, "ge", low), getattr(each, "le", high)
            above = getattr(each, "gt", above)
            least, most = getattr(each, "min_length", least), getattr(each, "max_length", most)
    if above is not None:
        return f"above {above:,g}, at most {high:,g}"
    if low is not None and high is not None:
        return f"{low:,g} to {high:,g}"
    what = "characters" if bare(annotation) is str else "entries"
    if most is not None and most == least:
        return f"{most} {what}"
    if most is not None:
        return f"{least} to {most:,} {what}" if least else f"at most {most:,} {what}"
    if least is not None and what == "entries":
        return f"{least} or more {what}"
    inner = get_args(bare(annotation))
    if get_origin(bare(annotation)) in (list, dict):
        return "" if bare(inner[-1]) is str else bounds(inner[-1])
    if isinstance(bare(annotation), type) and issubclass(bare(annotation), JUDGED):
        value = bare(annotation).model_fields["value"]
        return bounds(value.annotation, value.metadata)
    return ""


def default(field: Any) -> str:
    """What holds where the key is left out."""
    if field.is_required():
        return "needed"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, schema.Judged):
        return f"{value.value:g}"  # type: ignore[attr-defined]
    if isinstance(value, schema.PartShape):
        told = ", ".join(f"{k} {v:g}" for k, v in (value.__pydantic_extra__ or {}).items())
        return f"`{value.name}`{f' ({told})' if told else ''}"
    if isinstance(value, schema.Shape):
        return "as below"
    if value in (None, "", [], {}):
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(value) if isinstance(value, list) else f"{value:,g}" if isinstance(value, float) else f"`{value}`"


def rows(shape: type[schema.Shape]) -> Iterator[str]:
    yield "| key | what | meaning | range | default | example |"
    yield "|---|---|---|---|---|---|"
    fields = dict(schema.PercentJudgement.model_fields if shape is schema.Judged else shape.model_fields)
    order = sorted(fields, key=lambda name: name in ("reason", "sources", "note"))
    for name in order:
        field = fields[name]
        extra = field.json_schema_extra
        unit = extra["unit"] if isinstance(extra, dict) else ""
        meaning = f"{field.description}{f'; unit: {unit}' if unit else ''}"
        range_ = "as told where it stands" if shape is schema.Judged and name == "value" else ""
        example = (field.examples or [""])[0]
        cells = [
            f"`{name}`",
            what(field),
            meaning,
            range_ or ("" if shape is schema.Judged else bounds(field.annotation, field.metadata)),
            default(field),
            example if example == "see below" else f"`{example}`",
        ]
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def reference() -> str:
    """The whole reference as Markdown."""
    lines = []
    for shape, (heading, words) in SECTIONS.items():
        lines += [f"### {heading}", "", *([words, ""] if words else []), *rows(shape), ""]
    return "\n".join(lines)


def page(text: str) -> str:
    """The page with the reference as it is now."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}{rest.partition('-->')[0]}-->\n\n{reference()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
