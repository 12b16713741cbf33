"""A round robin of strategies: how much one party gains by each, whatever the others play.

    python tests/benchmarks/round_robin.py

For every scenario and every field (all other parties play one strategy), one party plays each of the strategies in turn
at the same tables; counted is its mean gain, the utility of what was agreed less that of no agreement (0 where nothing
was agreed). Generated scenarios come from `--seed`; the default strategy was tuned on seed 0, the table in
docs/strategies.md was made with seed 1000.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "src")]

import make  # noqa: E402
from peacetable.abm.model import Negotiation  # noqa: E402
from peacetable.analysis import Yardstick  # noqa: E402
from peacetable.files import load  # noqa: E402
from peacetable.scenario import Part, Scenario, Strategy  # noqa: E402
from peacetable.strategies import read  # noqa: E402

DEFAULT = "time_dependent:exponent=5+ac_next:beta=0.05,final=1+frequency:prior=5,gamma=0.25"
BASE = Strategy(Part("time_dependent"), Part("ac_next"), Part("frequency"))
# every bidding strategy with its own defaults, ac_next and the frequency model; and the classical one without a model
FIELD = {
    "default": DEFAULT,
    "boulware": "boulware",
    "linear": "linear",
    "conceder": "conceder",
    "linear, no model": "linear+none",
    "exponential": "exponential",
    "tit_for_tat_relative": "tit_for_tat_relative",
    "tit_for_tat_absolute": "tit_for_tat_absolute",
    "tit_for_tat_averaged": "tit_for_tat_averaged",
    "mixed_tactics": "mixed_tactics",
    "nice_tit_for_tat": "nice_tit_for_tat",
    "trade_off": "trade_off",
    "micro": "micro",
    "zero_intelligence": "zero_intelligence",
    "hard_liner": "hard_liner",
}
SHIPPED = 4
NAMES = ("north", "west", "south", "east", "centre")


def generated(seed: int) -> list[Scenario]:
    """Twelve scenarios of 3 to 5 parties: six with coded positions, six where nothing is known of anybody."""
    shapes = [(5, 5, 5, 5, 5), (4, 5, 3, 4), (3, 3, 3, 3, 3), (5, 4, 5), (2, 4, 5, 3, 3), (4, 4, 4, 4)]
    result = []
    for k in range(12):
        made = make.scenario(
            seed + k, shapes[k // 2], NAMES[: 3 + k % 3], ["unanimity", "unanimity", "needed"][k // 2 % 3],
            rounds=[20, 30, 60][k // 4], events=False, red_lines=0.02,
        )  # fmt: skip
        if k % 2:
            made = replace(made, prior=(0.0, 1.0), parties=tuple(replace(p, positions={}) for p in made.parties))
        result.append(made)
    return result


def scenarios(seed: int) -> list[Scenario]:
    """Four shipped ones and twelve generated."""
    names = ("white-house-2025", "white-house-2025@alaska", "white-house-2025@no-backstop", "venue-2025")
    return [load(name) for name in names[:SHIPPED]] + generated(seed)


def gain(model: Negotiation, party: int) -> np.ndarray:
    """Utility agreed less utility of no agreement, (tables,)."""
    return model.utilities()[:, party] - model.state.reservation[:, party]


def play(scenario: Scenario, one: str, others: str, party: int, tables: int) -> Negotiation:
    """The talks in which one party plays `one` and all others play `others`."""
    strategies = dict.fromkeys(scenario.party_ids, read(others, BASE))
    strategies[scenario.party_ids[party]] = read(one, BASE)
    return Negotiation(scenario, tables=tables, seed=1, strategies=strategies, record=False).run()


def matrix(rows: dict[str, str], field: dict[str, str], worlds: list[Scenario], tables: int) -> np.ndarray:
    """Mean gain of each strategy (row) in each field (column) in each scenario, float (S, F, W); which party swaps its
    strategy goes round with scenario and field."""
    result = np.zeros((len(rows), len(field), len(worlds)))
    for w, scenario in enumerate(worlds):
        for f, others in enumerate(field.values()):
            party = (w + f) % len(scenario.parties)
            for s, one in enumerate(rows.values()):
                result[s, f, w] = gain(play(scenario, one, others, party, tables), party).mean()
    return result


def among_themselves(strategy: str, worlds: list[Scenario], tables: int) -> list[tuple[str, float, float, float]]:
    """Per scenario where all play one strategy: share agreed, mean distance to the Pareto frontier, mean gain."""
    rows = []
    for scenario in worlds:
        model = play(scenario, strategy, strategy, 0, tables)
        made = np.flatnonzero(model.state.agreed[:, 0] >= 0)
        yardstick, agreed = Yardstick(model.talks.preferences), model.state.agreed[made]
        far = yardstick.measure(agreed, made)["pareto_distance"] if len(made) else []
        gains = [gain(model, p).mean() for p in range(len(scenario.parties))]
        rows.append((scenario.name, len(made) / tables, float(np.mean(far)), float(np.mean(gains))))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=16, help="tables of each scenario, each with its own draws")
    parser.add_argument("--seed", type=int, default=1000, help="first seed of the generated scenarios")
    options = parser.parse_args()
    worlds = scenarios(options.seed)
    began = time.perf_counter()
    result = matrix(FIELD, FIELD, worlds, options.tables)
    kind = np.array(["shipped"] * SHIPPED + ["coded", "unknown"] * 6)
    print(f"{len(worlds)} scenarios, {options.tables} tables each, seed {options.seed}\n")
    print("| strategy | mean gain | behind the default | shipped | coded | unknown | against itself |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for s in np.argsort(-result.mean(axis=(1, 2))):
        parts = [result[s].mean(), *(result[s][:, kind == k].mean() for k in ("shipped", "coded", "unknown"))]
        cells = [f"{x:.4f}" for x in [*parts, result[s, s].mean()]]
        lead = (result[0] - result[s]).reshape(-1)  # the same tables, paired field by field and scenario by scenario
        cells.insert(1, f"{lead.mean():.4f} ± {lead.std(ddof=1) / len(lead) ** 0.5:.4f}" if s else "")
        print(f"| {list(FIELD)[s]} | " + " | ".join(cells) + " |")
    rows = among_themselves(DEFAULT, worlds, options.tables)
    print("\n| all play the default in | agreed | distance to the frontier | mean gain |\n| --- | --- | --- | --- |")
    for name, agreed, far, gained in rows:
        print(f"| {name} | {agreed:.0%} | {far:.4f} | {gained:.4f} |")
    print(f"\nMean distance to the frontier: {np.nanmean([r[2] for r in rows]):.4f}")
    print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
