"""How the program starts, and how it ends when something goes wrong: quickly, and with a sentence."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

import peacetable
from peacetable import cli
from peacetable.errors import PeacetableError, Refusal

pytestmark = pytest.mark.quick
HEAVY = {"mesa", "numpy", "pandas", "scipy", "pygame", "yaml", "pydantic", "matplotlib", "pyarrow", "rich", "click"}


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, encoding="utf-8", env=os.environ | environment
    )


def test_importing_the_package_loads_nothing_heavy():
    done = python("-c", "import sys, peacetable; print(*sys.modules)")
    assert HEAVY & set(done.stdout.split()) == set()


def test_the_package_offers_what_it_promises():
    assert callable(peacetable.load) and peacetable.Negotiation.__name__ == "Negotiation"
    assert {"load", "Negotiation"} <= set(dir(peacetable))
    with pytest.raises(AttributeError, match="no attribute 'lead'"):
        peacetable.lead  # noqa: B018


def test_help_loads_nothing_heavy():
    """What makes it answer at once; in seconds: tests/benchmarks/bench_speed.py."""
    listing = "import sys, peacetable.cli as c\ntry: c.main(['--help'])\nfinally: print(*sys.modules)"
    done = python("-c", listing)
    told, _, modules = done.stdout.rstrip().rpartition("\n")
    assert done.returncode == 0 and set(cli.COMMANDS) <= set(told.split())
    assert (HEAVY - {"click"}) & set(modules.split()) == set()


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_of_the_listing_exists_and_explains_itself(name):
    command = cli.group.get_command(click.Context(cli.group), name)
    assert command.name == name
    assert command.help and all(p.help for p in command.params if isinstance(p, click.Option))


def test_version_names_the_version_of_the_rules():
    done = python("-m", "peacetable", "--version")
    assert done.returncode == 0 and done.stdout.startswith(f"peacetable {peacetable.__version__} (rules version ")


def test_a_misspelt_command_is_wrong_usage_with_a_suggestion():
    done = python("-m", "peacetable", "dmo")
    assert done.returncode == 2 and "Did you mean 'demo'?" in done.stderr


def ending(monkeypatch, capsys, error: BaseException) -> tuple[int, str]:
    """Exit code and standard error of `peacetable demo` where the command raises `error`."""

    @click.command()
    def command():
        raise error

    monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: command)
    with pytest.raises(SystemExit) as left:
        cli.main(["demo"])
    return left.value.code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PeacetableError("There is no scenario 'x'."), "There is no scenario 'x'.\n"),
        (
            Refusal("signed", "Russia cannot sign", "it has signed already", "propose"),
            "Russia cannot sign: it has signed already. Possible: propose.\n",
        ),
        (KeyboardInterrupt(), "Stopped before the end, as you asked.\n"),
        (PermissionError(13, "Permission denied", "out"), "Cannot use out: Permission denied.\n"),
        (KeyError("level"), "KeyError: 'level'"),
    ],
)
def test_failures_are_sentences_with_exit_code_1(monkeypatch, capsys, error, sentence):
    monkeypatch.delenv("PEACETABLE_DEBUG", raising=False)
    code, told = ending(monkeypatch, capsys, error)
    assert code == 1 and sentence in told and "Traceback" not in told


def test_debug_shows_the_details(monkeypatch, capsys):
    monkeypatch.setenv("PEACETABLE_DEBUG", "1")
    with pytest.raises(KeyError):
        ending(monkeypatch, capsys, KeyError("level"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [["run", "venue-2025", "--json"], ["run", "venue-2025"], ["--help"]])
def test_output_that_cannot_be_written_is_a_sentence(arguments):
    with Path("/dev/full").open("w") as full:
        program = [sys.executable, "-m", "peacetable", *arguments]
        done = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    full = os.strerror(errno.ENOSPC)
    assert done.stderr == f"The output cannot be written: {full}. It is not complete.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell that closes streams")
def test_closed_output_is_no_error():
    done = subprocess.run(
        f"{sys.executable} -m peacetable run venue-2025 >&-", shell=True, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell with head")
def test_a_reader_who_leaves_is_no_error():
    done = subprocess.run(
        f"{sys.executable} -m peacetable run venue-2025 --json | head -c 1", shell=True, capture_output=True, text=True
    )
    assert done.stderr == ""
