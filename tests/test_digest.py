"""Every table ends as it did: digests of 30 batches, made at the latest change of results, over scenarios, variants,
protocols, consents, orders, strategies and seeds.

    python tests/test_digest.py

prints them anew, for a change of results that the CHANGELOG declares.
"""

import hashlib
import json
from pathlib import Path

import pytest

import peacetable
from peacetable import files
from peacetable.abm.model import Negotiation
from peacetable.table import minutes

HERE = Path(__file__).parent
KEPT = HERE / "digests.json"
SMALL = HERE / "golden" / "0.4.0" / "needed.jsonl"  # invented talks with events, levels that close and discounts

# name of the scenario, tables, seed, settings
BATCHES: list[tuple[str, int, int, dict]] = [
    ("venue-2025", 60, 1, {}),
    ("venue-2025", 40, 2, {"order": "rotating"}),
    ("venue-2025", 40, 3, {"protocol": "single_text"}),
    ("venue-2025", 40, 2**63 + 5, {"consent": "quorum", "quorum": 3}),
    ("venue-2025@more-cities", 40, 4, {"order": "random", "draw": []}),
    ("white-house-2025", 60, 1, {}),
    ("white-house-2025", 30, 5, {"order": "random", "rounds": 9}),
    ("white-house-2025", 30, 6, {"order": "rotating", "consent": "needed"}),
    ("white-house-2025", 20, 7, {"protocol": "single_text"}),
    ("white-house-2025", 20, 8, {"strategies": "linear+ac_combi+bayesian"}),
    ("white-house-2025", 20, 9, {"strategies": "trade_off+ac_next+distribution:window=6"}),
    ("white-house-2025", 20, 10, {"strategies": "oracle", "consent": "quorum"}),
    ("white-house-2025", 20, 11, {"strategies": {"russia": "hard_liner", "us": "conceder", "nato": "micro"}}),
    ("white-house-2025@alaska", 30, 12, {"order": "random", "protocol": "single_text"}),
    ("white-house-2025@no-backstop", 20, 13, {"strategies": "mixed_tactics"}),
    ("white-house-2025@without-russia", 30, 14, {}),
    ("white-house-2025@as-conditions", 30, 15, {"consent": "needed"}),
    ("white-house-2025@us-mediates", 20, 16, {"consent": "needed"}),
    ("white-house-2025@neutral-chair", 20, 17, {"consent": "quorum", "quorum": 4}),
    ("august-2025", 3, 18, {"rounds": 8}),
    ("august-2025@us-mediates", 2, 19, {"rounds": 8}),
    ("winter-2026", 3, 20, {"rounds": 8}),
    ("winter-2026@without-russia", 2, 21, {"rounds": 8, "order": "random"}),
    ("june-2026@as-conditions", 2, 22, {"rounds": 6}),
    ("small", 60, 23, {"consent": "needed", "strategies": "linear:aim=next"}),
    ("small", 60, 24, {"consent": "quorum", "quorum": 2, "order": "rotating", "strategies": "zero_intelligence"}),
    ("small", 40, 25, {"protocol": "single_text", "consent": "needed", "order": "random"}),
    ("small", 40, 26, {"strategies": "nice_tit_for_tat", "order": "random"}),
    ("small", 40, 27, {"strategies": {"north": "tit_for_tat_relative", "west": "tit_for_tat_absolute"}}),
    ("small", 60, 28, {"strategies": "micro+ac_time", "consent": "quorum", "quorum": 3}),
]


def scenario(name: str):
    return files.from_document(minutes.load(SMALL)[0]["document"]) if name == "small" else peacetable.load(name)


def plainly(value):
    """The same whatever integer and float types a column has."""
    return None if value is None or value != value else value.item() if hasattr(value, "item") else value


def digest(name: str, tables: int, seed: int, settings: dict) -> str:
    """Of all rows to the last bit, and of every move of the first tables with the reasons given for it."""
    model = Negotiation(scenario(name), tables=tables, seed=seed, record=True, **settings).run()
    rows = {column: [plainly(v) for v in values] for column, values in model.outcomes().items()}
    told = [model.report(k)["moves"] for k in range(min(tables, 10))]
    text = json.dumps([rows, told], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


@pytest.mark.parametrize("number", range(len(BATCHES)))
def test_every_table_ends_as_it_did(number):
    assert digest(*BATCHES[number]) == json.loads(KEPT.read_text(encoding="utf-8"))[number], BATCHES[number]


if __name__ == "__main__":
    KEPT.write_text(json.dumps([digest(*batch) for batch in BATCHES], indent=0) + "\n", encoding="utf-8")
