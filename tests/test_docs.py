"""What the documents say is true: their commands exist, their files exist, their examples run."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

import peacetable
from peacetable.cli import COMMANDS
from peacetable.files import schema
from terminal import invoke

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
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    headings = {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in re.findall(r"^#+ (.*)$", text, re.M)}
    assert {link[1:] for link in links if link.startswith("#")} <= headings
    named += [link for link in links if not link.startswith("#")]
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


def test_a_program_plays_a_whole_game_at_one_seat_in_25_lines():
    script = ROOT / "docs" / "play_a_seat.py"
    assert len(script.read_text(encoding="utf-8").splitlines()) <= 25
    told = python("-c", f"exec(open({str(script)!r}).read()); import sys; print('pygame' in sys.modules)").splitlines()
    assert "Agreement in round" in told[-2] and told[-1] == "False" and any(line.startswith("You ") for line in told)


def test_the_rooms_are_those_that_are_there():
    """Every folder has its line, and every file named in it exists."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = text[text.index("## The rooms") : text.index("## Add a scenario")]
    source = ROOT / "src" / "peacetable"
    named = re.findall(r"`([a-z_/]+(?:/|\.py))`", rooms)
    assert [name for name in named if not (source / name).exists() and not (ROOT / name).exists()] == []
    assert {f"{path.parent.name}/" for path in source.glob("*/__init__.py")} <= set(named)


def test_the_reference_of_all_keys_is_that_of_the_schema():
    code = "import sys; sys.path.insert(0, 'docs'); import make_configuring as m; "
    code += "text = m.PAGE.read_text(encoding='utf-8'); sys.exit(m.page(text) != text)"
    python("-c", code)


CONFIGURING = (ROOT / "docs" / "configuring.md").read_text(encoding="utf-8")


def test_the_figures_of_a_scenario_can_be_measured_anew():
    code = "import sys; sys.path.insert(0, 'docs'); import make_measured as m; "
    code += "found = m.figures('venue-2025', 30, 'weight'); print(found['tables'], m.section({'x': found}))"
    assert python("-c", code).startswith("30 | | x |")


def test_every_key_of_every_file_is_explained():
    shapes, waiting = set(), [schema.Folder, schema.VariantFile]
    while waiting:
        shape = waiting.pop()
        if shape in shapes:
            continue
        shapes.add(shape)
        for name, field in shape.model_fields.items():
            if shape is not schema.Folder:
                assert field.description and field.examples, f"{shape.__name__}.{name}"
                assert f"| `{name}` |" in CONFIGURING
            waiting += [kind for kind in _inside(field.annotation) if kind not in shapes]


def _inside(annotation):
    """The shapes that an annotation is made of."""
    if isinstance(annotation, type) and issubclass(annotation, schema.Shape):
        yield annotation
    for inner in get_args(annotation):
        yield from _inside(inner)


def test_the_scenario_that_the_page_builds_is_clean_and_runs(tmp_path, monkeypatch):
    """Somebody who copies the files from the page and runs its commands."""
    blocks = re.findall(r"(?:`(my-strait/\S+)`\n\n)?```yaml\n(.*?)```", CONFIGURING, re.DOTALL)
    files = {name: text for name, text in blocks if name}
    files["my-strait/variants/dry.yaml"] = next(text for _, text in blocks if text.startswith("label: A dry year"))
    assert len(files) == 4
    calm = "label: Calm\nreason: No storm.\nchanges: {scenario: {events: {storm: null}}}\n"
    for name, text in {**files, "my-strait/variants/calm.yaml": calm}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert invoke("check", "my-strait")[1].startswith("Checked 1 scenario and 2 variants: 0 errors, 0 warnings.")
    assert [event.id for event in peacetable.load("my-strait@dry").events] == ["storm", "drought"]
    assert [event.id for event in peacetable.load("my-strait@dry+calm").events] == ["drought"]
    commands = re.findall(
        r"^    peacetable ((?:run|solve|batch) my-strait .*|solve my-strait)$", CONFIGURING, re.MULTILINE
    )
    assert len(commands) == 5
    for n, command in enumerate(commands):
        words = [str(tmp_path / f"out{n}") if word == "talks" else word for word in shlex.split(command)]
        code, out, err = invoke(*words)
        assert code == 0, err
        assert "invented" in out or words[0] != "run"
