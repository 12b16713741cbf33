"""What the documents say is true: their commands exist, their files exist, their examples run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import peacetable
from peacetable.cli import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SETUP = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)


def python(*arguments: str) -> str:
    """Standard output of a Python that runs in the folder of the repository."""
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_two_commands_set_everything_up_and_have_a_windows_form():
    assert len(SETUP) == 2 and SETUP[0].endswith("peacetable demo") and SETUP[1].endswith("pytest -n 2")
    for line in SETUP:
        windows = line.replace("python3 -m", "py -m").replace(".venv/bin/", ".venv\\Scripts\\").replace('"', "")
        assert f'cmd /c "{windows}"' in README


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_files_and_commands_that_a_page_names_exist(page):
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:src|tests|configs|docs|assets|\.ci)/[^`\s]*)`", text)
    named += [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    assert [name for name in named if not (ROOT / name).exists() and not (page.parent / name).exists()] == []
    commands = re.findall(r"(?:^|`|/|\\)peacetable ([a-z]+)", text, re.MULTILINE)
    assert set(commands) <= set(COMMANDS)


@pytest.mark.quick
@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
def test_the_python_of_the_readme_runs(code):
    python("-c", code)


@pytest.mark.quick
def test_mesa_users_get_a_data_frame_with_the_final_state_of_every_run():
    head, *rows = [line.split() for line in python("docs/mesa_batch_run.py").splitlines()]
    assert len(rows) == 4
    row = dict(zip(head, rows[-1][1:], strict=True))
    settings = {"seed": int(row["rng"]), "rounds": int(row["rounds"])}
    model = peacetable.Negotiation("white-house-2025", tables=200, **settings).run()
    ended, u = model.outcomes()["ended"], model.outcomes()["u_ukraine"]
    model.close()
    assert float(row["agreement"]) == pytest.approx((ended == "agreement").mean())
    assert float(row["u_ukraine"]) == pytest.approx(u.mean(), abs=1e-5)
