"""Writes what this version saves into a folder of its own here, for all later versions to open.

    python tests/golden/write.py

Run once for each release, as the last change before it; what is there already is never written again.
`tests/test_golden.py` opens the files of all releases.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import peacetable
from peacetable.abm.model import Negotiation
from peacetable.experiments import runner
from peacetable.experiments.store import Store
from peacetable.game.session import Session
from peacetable.table import minutes

# what to hold: name -> scenario, seed, settings of the run
TALKS: dict[str, tuple[str, int, dict]] = {
    "talks": ("white-house-2025", 5, {"rounds": 5, "order": "random"}),
    "agreement": ("venue-2025", 1, {}),
    "single_text": ("venue-2025", 2, {"protocol": "single_text"}),
}


def hold(folder: Path) -> None:
    """Minutes of talks among agents, and beside each what its replay has to report."""
    for name, (scenario, seed, settings) in TALKS.items():
        model = Negotiation(peacetable.load(scenario), seed=seed, record=True, **settings).run()
        minutes.save(folder / f"{name}.jsonl", *model.minutes(0))
        report = {k: v for k, v in model.report().items() if k != "moves"}
        (folder / f"{name}.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        model.close()


def play(folder: Path) -> None:
    """A game that a person left half-way, with a question asked in private, and the same game with its end."""
    for name, rounds in (("unfinished_game", 3), ("finished_game", 6)):
        session = Session(peacetable.load("venue-2025"), seed=5, folder=folder, rounds=6)
        session.start("ukraine")
        asked = False
        while session.running and session.view().round <= rounds:
            if not session.awaiting:
                session.step()
                continue
            best = session.model.delegations["ukraine"].ranking.nth_best([session.view().round - 1], [0])[0][0]
            if not asked and session.view().soundings:
                session.sound("us", tuple(map(int, best)))
                asked = True
            if name == "unfinished_game" and session.view().round == rounds:
                break  # it is this person's turn
            session.propose(tuple(map(int, best)))
        written = session.minutes_path
        session.close()
        written.rename(folder / f"{name}.jsonl")


def batch(folder: Path) -> None:
    """Twelve tables in two parts."""
    scenario = peacetable.load("venue-2025")
    store = Store.create(folder / "batch", scenario, seed=1, tables=12, chunk=8, overrides={})
    runner.run(store, scenario)


if __name__ == "__main__":
    place = Path(__file__).parent / peacetable.__version__
    if place.exists():
        sys.exit(f"{place} is there already and is kept.")
    place.mkdir()
    hold(place)
    play(place)
    batch(place)
    print(*sorted(str(p.relative_to(place)) for p in place.rglob("*") if p.is_file()), sep="\n")
