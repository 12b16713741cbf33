"""One of each: every way to hold talks, every shipped scenario, every command. With `-m quick`, in about a minute."""

from __future__ import annotations

import json

import pytest

from peacetable.abm.model import Negotiation
from peacetable.cli import COMMANDS
from peacetable.files import load, shipped
from peacetable.scenario import CONSENTS
from peacetable.scenario.facts import ORDERS
from peacetable.table.protocols import PROTOCOLS
from peacetable.table.state import ENDINGS
from terminal import invoke
from test_files import SHIPPED

pytestmark = pytest.mark.quick
VENUE = "venue-2025"


def hold(scenario, **settings) -> dict:
    """The report of one table, which must have come to an end."""
    model = Negotiation(scenario, seed=1, **settings).run()
    report = model.report()
    model.close()
    assert report["ended"] in ENDINGS and report["round"] >= 1
    assert (report["package"] is not None) == (report["ended"] == "agreement")
    return report


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("consent", CONSENTS)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_kind_of_talks(protocol, consent, order):
    hold(load("white-house-2025"), protocol=protocol, consent=consent, order=order)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_scenario(name):
    hold(load(name))


CALLS = {
    "demo": [],
    "play": [VENUE, "--side", "us", "--seed", "1"],
    "run": [VENUE, "--seed", "1", "--json"],
    "batch": [VENUE, "--tables", "20", "--workers", "1", "--out", "talks"],
    "replay": ["talks", "--table", "3", "--json"],
    "list": ["--json"],
    "check": [],
    "explain": [VENUE, "--party", "russia", "--json"],
    "solve": [VENUE, "--json"],
    "strategies": ["--json"],
    "convert": [VENUE, "--to", "genius", "-o", "written"],
}


def test_every_command(tmp_path, monkeypatch):
    assert list(CALLS) == list(COMMANDS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("peacetable.game.app.App.run", lambda app: app.close())
    for where in ("user_data_path", "user_config_path"):
        monkeypatch.setattr(f"platformdirs.{where}", lambda *a, **k: tmp_path / "home")
    for name, arguments in CALLS.items():
        if name in ("batch", "replay"):
            pytest.importorskip("pyarrow")
        code, out, err = invoke(name, *(arguments or shipped() if name == "check" else arguments))
        assert code == 0 and (out or name == "play"), (name, err)
        if "--json" in arguments:
            json.loads(out)
