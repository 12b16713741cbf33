"""Writes what this version saves into a folder of its own here, for all later versions to open.

    python tests/golden/write.py

Run once for each release, as the last change before it; files that are there already are never written again.
`tests/test_golden.py` opens the files of all releases. To add a kind of file for an earlier release too, run this with
that release on PYTHONPATH.
"""

from __future__ import annotations

import json
from pathlib import Path

import peacetable
from peacetable.abm.model import Negotiation
from peacetable.experiments import runner
from peacetable.experiments.store import Store
from peacetable.files import from_document
from peacetable.seat.session import Session
from peacetable.table import minutes
from peacetable.table.moves import Propose, Stand, WalkOut

# with these, packages stand side by side and are proposed again
STUBBORN = {"south": "hard_liner", "west": "zero_intelligence", "north": "zero_intelligence"}
# what to hold: name -> scenario (SMALL below, or a shipped one), seed, settings of the run
TALKS: dict[str, tuple[str, int, dict]] = {
    "talks": ("white-house-2025", 5, {"rounds": 5, "order": "random"}),
    "agreement": ("venue-2025", 1, {}),
    "single_text": ("venue-2025", 2, {"protocol": "single_text"}),
    "needed": ("", 7, {"consent": "needed", "order": "random"}),
    "needed_text": ("", 7, {"consent": "needed", "protocol": "single_text"}),
    "quorum": ("", 0, {"consent": "quorum", "quorum": 2, "order": "rotating"}),
    "quorum_text": ("", 0, {"consent": "quorum", "quorum": 2, "protocol": "single_text"}),
    "quorum_of_all": ("", 1, {"consent": "quorum", "quorum": 3, "order": "random", "strategies": STUBBORN}),
    "quorum_of_all_text": ("", 0, {"consent": "quorum", "quorum": 3, "protocol": "single_text"}),
}
# what a person who leaves in the last turn of the last round leaves behind
LEFT: dict[str, tuple[int, dict]] = {
    "left": (0, {"consent": "quorum", "quorum": 2, "strategies": "hard_liner"}),
    "left_text": (0, {"consent": "quorum", "quorum": 2, "protocol": "single_text"}),
}


def judged(value: float, spread: float) -> dict:
    return {"value": value, "range": [value - spread, value + spread], "reason": "Made up."}


def party(name: str, saliences: tuple, **stances: str) -> dict:
    """`stances`: issue_level -> stance."""
    positions: dict[str, dict] = {}
    for place, stance in stances.items():
        issue, level = place.split("_")
        positions.setdefault(issue, {})[level] = {"stance": stance, "basis": "stated", "sources": ["S1"]}
    return {
        "id": name, "label": name.title(), "role": "A side.", "no_agreement": "All goes on.",
        "capability": judged(50, 5), "reservation": judged(0.45, 0.05), "drift": judged(0.0, 0.0), "discount": 0.9,
        "salience": {issue: judged(s, 5) for issue, s in zip(("land", "water", "trade"), saliences, strict=True)},
        "positions": positions,
        "strategy": {"bidding": {"name": "time_dependent", "exponent": 1}},
    }  # fmt: skip


def levels(*names: str, **needs: list[str]) -> list[dict]:
    return [{"id": n, "label": n.title(), **({"needs": needs[n]} if n in needs else {})} for n in names]


SMALL = {
    "variant": "",
    "scenario": {
        "format": 1, "id": "small", "title": "Small talks", "summary": "Made up.", "anchor": "2025-01-01",
        "cutoff": "2025-01-01", "parties": ["north", "west", "south"],
        "issues": [
            {"id": "land", "label": "Land", "levels": levels("all", "half", "none", none=["north"])},
            {
                "id": "water", "label": "Water",
                "levels": levels("a", "b", "c", a=["north", "west"], b=["north"], c=["west"]),
            },
            {"id": "trade", "label": "Trade", "ordered": False, "levels": levels("free", "tax", tax=["north"])},
        ],
        "protocol": {"rounds": 8, "temperature": 0.2},
        "rules": [{"id": "r", "forbid": {"land": ["all"], "water": ["a"]}, "reason": "It makes no sense."}],
        "events": [
            {"id": "care", "label": "Care", "text": "More.", "probability": 0.2, "salience": {"west": {"land": 1.5}}},
            {"id": "shut", "label": "Shut", "text": "Shut.", "round": 3, "close": {"water": ["c"]}},
        ],
    },
    "parties": {
        "north": party("north", (35, 20, 45), land_all="demand", land_none="oppose", water_b="prefer"),
        "west": party("west", (17, 64, 30), land_all="red_line", land_none="prefer", water_a="demand"),
        "south": party("south", (50, 50, 12.5), land_half="demand", water_c="prefer", trade_tax="demand"),
    },
    "sources": {
        "S1": {"speaker": "All", "date": "2025-01-01", "stated": "Made up.", "reliability": "A"},
    },
}  # fmt: skip


def keep(folder: Path, name: str, model: Negotiation) -> None:
    """The minutes, and beside them what their replay has to report."""
    minutes.save(folder / f"{name}.jsonl", *model.minutes(0))
    report = {k: v for k, v in model.report().items() if k != "moves"}
    (folder / f"{name}.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    model.close()


def hold(folder: Path) -> None:
    """Minutes of talks among agents, and of talks that a person left."""
    for name, (scenario, seed, settings) in TALKS.items():
        if not (folder / f"{name}.jsonl").exists():
            problem = peacetable.load(scenario) if scenario else from_document(SMALL)
            keep(folder, name, Negotiation(problem, seed=seed, record=True, **settings).run())
    for name, (seed, settings) in LEFT.items():
        if not (folder / f"{name}.jsonl").exists():
            model = Negotiation(from_document(SMALL), seed=seed, human=["south"], **settings)
            while model.run().running:
                mine = model.delegations["south"].ranking.nth_best([0], [0])[0][0]
                last = model.state.round == model.state.deadline[0]
                text = Stand() if model.talks.protocol.ONE_TEXT else Propose(mine)
                model.submit("south", WalkOut() if last else text, at=model.moment)
            keep(folder, name, model)


def play(folder: Path) -> None:
    """A game that a person left half-way, with a question asked in private, and the same game with its end."""
    for name in ("unfinished_game", "finished_game"):
        if (folder / f"{name}.jsonl").exists():
            continue
        session = Session(peacetable.load("venue-2025"), seed=5, folder=folder, rounds=6)
        session.start("ukraine")
        asked = False
        while session.running:
            if not session.awaiting:
                session.step()
                continue
            seat = session.at("ukraine")
            best = session.model.delegations["ukraine"].ranking.nth_best([seat.view().round - 1], [0])[0][0]
            if not asked and seat.view().soundings:
                seat.sound("us", tuple(map(int, best)))
                asked = True
            if name == "unfinished_game" and seat.view().round == 3:
                break  # it is this person's turn
            seat.propose(tuple(map(int, best)))
        written = session.minutes_path
        session.close()
        written.rename(folder / f"{name}.jsonl")


def batch(folder: Path) -> None:
    """Twelve tables in two parts."""
    if (folder / "batch").exists():
        return
    scenario = peacetable.load("venue-2025")
    store = Store.create(folder / "batch", scenario, seed=1, tables=12, chunk=8, overrides={})
    runner.run(store, scenario)


if __name__ == "__main__":
    place = Path(__file__).parent / peacetable.__version__
    place.mkdir(exist_ok=True)
    hold(place)
    play(place)
    batch(place)
    print(*sorted(str(p.relative_to(place)) for p in place.rglob("*") if p.is_file()), sep="\n")
