"""`peacetable check`: every problem in scenario files, one per line."""

from __future__ import annotations

import json

import click

from .common import say, strategy_errors


@click.command("check")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of lines.")
def command(paths: tuple[str, ...], as_json: bool) -> int:
    """Check scenarios: print every problem with its place, a code and a remedy.

    PATH is a scenario's folder, the name of a shipped scenario (white-house-2025, or white-house-2025@alaska for one
    variant), or a folder that holds scenarios. Without a variant, all of a scenario's variants are checked as well.
    The exit code is 1 if any problem is an error; warnings (W...) only inform.
    """
    from ..files import check, targets, told

    problems, checked = [], []
    for path in paths:
        problems += check(path, extra=strategy_errors)[1]
        checked += [f"{t.folder}@{t.variant}" if t.variant else str(t.folder) for t in targets(path)[0]]
    problems = list(dict.fromkeys(problems))
    errors = sum(p.severity == "error" for p in problems)
    warnings = len(problems) - errors
    if as_json:
        listed = [p.as_dict() for p in problems]
        say(json.dumps({"checked": checked, "errors": errors, "warnings": warnings, "problems": listed}, indent=2))
    else:
        for line in told(problems):
            say(line)
        variants = sum("@" in name for name in checked)
        what = f"{_count(len(checked) - variants, 'scenario')} and {_count(variants, 'variant')}"
        say(f"Checked {what}: {_count(errors, 'error')}, {_count(warnings, 'warning')}.")
    return 1 if errors else 0


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
