"""What every column of a batch and every field of its manifest means: one text for the manifest and the page."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..scenario import Scenario, cells
from ..scenario.facts import issue_columns

Columns = dict[str, dict[str, str]]  # name -> {"type", "meaning"}


class Kind(NamedTuple):
    """A kind of column. `name`: <...> stands for an id; `type`: as Arrow has it; `since`: format of the manifest."""

    name: str
    type: str
    meaning: str
    since: int = 1


ROWS = (
    Kind("table", "int64", "Number of the table, from 0. With the seed it fixes everything else."),
    Kind("ended", "string", "How the talks ended: agreement, deadline or walk_out."),
    Kind("by", "string", "Party that signed last, or that left; null at the deadline."),
    Kind("round", "int32", "Round in which the talks ended, from 1."),
    Kind("turns", "int32", "Turns taken until then; every party has one a round."),
    Kind(
        "package", "string", "What was agreed, as issue=level words in the order of the issues; null without agreement."
    ),
    Kind(
        "<issue>",
        "string",
        "Level of the issue in the package agreed; null without agreement. The column is called `issue_<issue>` "
        "where another one has the name of the issue.",
    ),
    Kind(
        "u_<party>",
        "double",
        "Utility of the package agreed, or of no agreement, 0 to 1, when the talks ended: a discount is taken off.",
    ),
    Kind("r0_<party>", "double", "Reservation value at the start: the utility of no agreement, 0 to 1.", 2),
    Kind("r_<party>", "double", "Reservation value at the end, after drift, events and discount, 0 to 1."),
    Kind(
        "zone",
        "int64",
        "Packages that could be agreed at the end: those that break no rule, hold no level off the table, and that "
        "everybody whose signature they need (and enough parties in all) holds at or above the reservation value and "
        "within the red lines, whoever has left; null in spaces of more than a million packages, which are not "
        "enumerated.",
        2,
    ),
    Kind("deadline", "int32", "Last round that the table had, after what events added or took.", 2),
    Kind("event_<event>", "int32", "Round in which the event happened; null if it did not before the talks ended.", 2),
    Kind(
        "pareto_distance",
        "double",
        "Euclidean distance, in utilities, of the agreement to the Pareto frontier of the packages that can be signed; "
        "null without agreement. Approximate in spaces of more than a million packages.",
    ),
    Kind(
        "nash_distance",
        "double",
        "The same to the nearest Nash point of the zone of all parties, reservation values as at the end; null without "
        "agreement or where that zone is empty.",
    ),
)
INPUTS = (
    Kind("table", "int64", "Number of the table, as in the rows."),
    Kind(
        "value.<party>.<issue>.<level>", "double", "Value of a level without a stance to the party, 0 to 1, as drawn."
    ),
    Kind("salience.<party>.<issue>", "double", "Salience of the issue to the party, as drawn; a weight is its share."),
    Kind(
        "change.<party>.<condition>",
        "double",
        "What the condition adds to the party's utility where it holds, as drawn.",
    ),
    Kind("reservation.<party>", "double", "Reservation value of the party at the start, as drawn."),
    Kind(
        "event.<event>",
        "int32",
        "Round in which chance has the event happen if the talks last so long; null if not within the longest talks "
        "that events allow.",
    ),
    Kind(
        "shift.<event>.<party>",
        "double",
        "What the event adds to the party's reservation value if it happens, as drawn.",
    ),
)
MANIFEST = {
    "format": "Kind and number of the format of this file.",
    "layout": "Where the parts are: folders (tables/ and inputs/), or flat (beside the manifest: format 1).",
    "status": "running, finished, interrupted (can be gone on with) or failed (some chunks did, see failed).",
    "scenario": "Name of the scenario, with its variants.",
    "scenario_hash": "SHA-256 of the scenario as written; equal hashes mean equal talks.",
    "seed": "Seed of all chance, 0 to 2^64 - 1.",
    "tables": "How many tables the batch is to have, numbered from 0.",
    "chunk": "Tables per part; the last part may have fewer.",
    "settings": "Settings given with --set and its short forms, PATH=VALUE each; they are worked into the document.",
    "overrides": "Settings of the run on top of that, as arguments of Negotiation in Python.",
    "inputs": "Whether what was drawn is stored too, in inputs/.",
    "versions": "peacetable, its rules, and the libraries and the Python that the batch was begun with.",
    "started": "When the batch was begun, UTC; null where the manifest had to be made again from the parts.",
    "finished": "When it last came to its end, UTC; null while it runs and after an interruption.",
    "tables_done": "Tables stored when the manifest was last written.",
    "counts": "How many of these ended in which way.",
    "failed": "Chunks that failed, each with number, first table, count and error.",
    "columns": "Every column of tables/: name -> {type, meaning}.",
    "input_columns": "Every column of inputs/: the same; empty where inputs are not stored.",
    "document": "The whole scenario, as it was when the batch began.",
}


def columns(scenario: Scenario, since: int = 2) -> Columns:
    """The columns of a row in their order, for batches of the format `since`."""
    events = [event.id for event in scenario.events]
    names = {"<issue>": issue_columns(scenario), "<party>": scenario.party_ids, "<event>": events}
    found: Columns = {}
    for kind in ROWS:
        prefix, bracket, rest = kind.name.partition("<")
        filled = [prefix + name for name in names[bracket + rest]] if bracket else [kind.name]
        if kind.since <= since:
            found |= {name: {"type": kind.type, "meaning": kind.meaning} for name in filled}
    return found


def input_columns(scenario: Scenario) -> Columns:
    """The columns of what is drawn, in their order: one for every number that has a range and is drawn, and every event
    that chance decides. The settings of the run must be worked into the scenario."""
    return {name: {"type": kind.type, "meaning": kind.meaning} for name, kind, _ in drawn_columns(scenario)}


def drawn_columns(scenario: Scenario) -> list[tuple[str, Kind, tuple]]:
    """(name, kind, place in the arrays of `scenario.drawn` after the table) for every column of what is drawn."""
    table, value, salience, change, reservation, event, shift = INPUTS
    found: list[tuple[str, Kind, tuple]] = [(table.name, table, ())]
    sheet = cells(scenario)
    levels = [(issue.id, level.id) for issue in scenario.issues for level in issue.levels]
    for what, draw in (
        ("values", value),
        ("saliences", salience),
        ("saliences", change),
        ("reservations", reservation),
    ):
        if what not in scenario.draw:
            continue
        places: list[tuple[str, tuple[int, ...]]]
        for p, party in enumerate(scenario.parties):
            if draw is value:
                ranged = [(f"{i}.{k}", n) for n, (i, k) in enumerate(levels) if sheet.low[p, n] < sheet.high[p, n]]
                places = [(name, (p, n)) for name, n in ranged]
            elif draw is salience:
                of = [(i, party.saliences[i]) for i in scenario.issue_ids]
                places = [(i, (p, n)) for n, (i, judged) in enumerate(of) if judged.low < judged.high]
            elif draw is change:
                own = enumerate(party.conditions)
                places = [(c.id, (p, n)) for n, c in own if c.change.low < c.change.high]
            else:
                places = [("", (p,))] if party.reservation.low < party.reservation.high else []
            prefix = f"{draw.name.partition('.')[0]}.{party.id}"
            found += [(f"{prefix}.{name}" if name else prefix, draw, place) for name, place in places]
    for k, e in enumerate(scenario.events):
        if e.probability is not None:
            found.append((f"event.{e.id}", event, (k,)))
        for who, added in e.reservation.items() if "reservations" in scenario.draw else ():
            if added.low < added.high:
                found.append((f"shift.{e.id}.{who}", shift, (k, scenario.party_ids.index(who))))
    return found


def page() -> str:
    """The three tables of docs/batches.md, as Markdown."""
    text = []
    for heading, kinds in (("Rows: `tables/`", ROWS), ("Drawn inputs: `inputs/`", INPUTS)):
        lines = [f"| `{kind.name}` | {kind.type} | {kind.meaning} |" for kind in kinds]
        text += [f"## {heading}", "", "| column | type | meaning |", "|---|---|---|", *lines, ""]
    fields = [f"| `{name}` | {meaning} |" for name, meaning in MANIFEST.items()]
    return "\n".join([*text, "## `manifest.json`", "", "| field | meaning |", "|---|---|", *fields, ""])


def valid(found: Any) -> bool:
    """Whether `found` is what `columns` and `input_columns` give: a mapping from name to type and meaning."""
    types = {kind.type for kind in ROWS}
    return isinstance(found, dict) and all(
        isinstance(told, dict) and told.get("type") in types and isinstance(told.get("meaning"), str)
        for told in found.values()
    )
