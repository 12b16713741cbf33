"""The command line: one small module per command, imported only when that command is used.

Exit codes: 0 done, 1 the input has errors or the run failed, 2 wrong usage. Errors are sentences on standard error.
"""

from __future__ import annotations

import difflib
import errno
import io
import os
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import click

from .. import STOPPED, __version__
from ..errors import PeacetableError, ScenarioWarning, plain

# a full disk, a broken device, a file that may not grow, a pipe that Windows calls invalid
NO_OUTPUT = (errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EINVAL)

# name: (module with the click command `command`, the line for the listing), in the order of the listing
COMMANDS = {
    "demo": ("peacetable.cli.demo", "The August 2025 scenario, five agents, told as minutes, then the debrief."),
    "play": ("peacetable.cli.play", "Take a side in the game window; the agents play the rest."),
    "run": ("peacetable.cli.run", "One table of a scenario, from the first offer to the end."),
    "batch": ("peacetable.cli.batch", "Many tables of a scenario, written as Parquet."),
    "replay": ("peacetable.cli.replay", "A table again, from its minutes or from its number in a batch."),
    "list": ("peacetable.cli.listing", "The shipped scenarios, their variants, and where they lie."),
    "check": ("peacetable.cli.check", "Every problem in scenario files, with place and remedy."),
    "explain": ("peacetable.cli.explain", "Where a party's numbers come from, source by source."),
    "solve": ("peacetable.cli.solve", "What could be agreed: frontier, solution points, forecasts."),
    "strategies": ("peacetable.cli.strategies", "Every strategy component with its parameters and its paper."),
    "convert": ("peacetable.cli.convert", "Scenarios between YAML, GENIUS XML and GeniusWeb JSON."),
}


class LazyGroup(click.Group):
    """A click group which knows its commands from `COMMANDS` and imports one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return import_module(COMMANDS[cmd_name][0]).command if cmd_name in COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = difflib.get_close_matches(name, COMMANDS, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"The commands are: {', '.join(COMMANDS)}."
            ctx.fail(f"There is no command {name!r}. {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def show_version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if not asked or ctx.resilient_parsing:
        return
    from ..table.rules import RULES_VERSION

    click.echo(f"peacetable {__version__} (rules version {RULES_VERSION})")
    ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=show_version, help="Show versions and exit."
)
def group() -> None:
    """Five delegations negotiate a package of security guarantees.

    SCENARIO is a folder or the name of a shipped scenario, and may carry a variant: white-house-2025@alaska.
    `peacetable COMMAND --help` tells more about one command.
    """
    click.get_current_context().with_resource(_warnings_told())


@contextmanager
def _warnings_told() -> Iterator[None]:
    """Every warning about a file that is read is told once, as a line on standard error."""
    told: set[str] = set()

    def tell(message: Warning | str, category: type[Warning], *place: Any, **kind: Any) -> None:
        if not issubclass(category, ScenarioWarning):
            others(message, category, *place, **kind)
        elif str(message) not in told:
            told.add(str(message))
            click.echo(str(message), err=True)

    with warnings.catch_warnings():
        warnings.simplefilter("always", ScenarioWarning)
        others = warnings.showwarning
        warnings.showwarning = tell
        yield


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code. Everything that goes wrong is told in sentences."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # pygame greets on standard output, where --json goes
    if sys.stdout is None:  # closed by the caller: what is told goes nowhere
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8" if sys.platform == "win32" else None, errors="replace")
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code = group.main(arguments, prog_name="peacetable", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        told = io.StringIO()
        error.show(told)
        click.echo(plain(told.getvalue()), err=True, nl=False)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _fail(STOPPED)
    except PeacetableError as error:
        return _fail(str(error))
    except BrokenPipeError:
        _drop_output()  # the reader (head, less) has left
        return 1
    except Exception as error:
        if os.environ.get("PEACETABLE_DEBUG"):
            raise
        if isinstance(error, OSError) and error.filename is not None:
            return _fail(f"Cannot use {error.filename}: {error.strerror}.")
        if isinstance(error, OSError) and error.errno in NO_OUTPUT:
            _drop_output()
            return _fail(f"The output cannot be written: {error.strerror}. It is not complete.")
        ours = [f for f in traceback.extract_tb(error.__traceback__) if "peacetable" in f.filename]
        return _fail(
            f"peacetable failed through a mistake of its own: {type(error).__name__}: {error} "
            f"({Path(ours[-1].filename).name}, line {ours[-1].lineno}). Please report it together with the command "
            "you gave; with PEACETABLE_DEBUG=1 in the environment you see the details."
        )


def _drop_output() -> None:
    """What is not yet written goes nowhere; Python would complain about it once more when it closes the stream."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(sentence: str) -> int:
    click.echo(plain(sentence), err=True)
    return 1
