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

DEFAULT = "time_dependent:exponent=1,window=0.1+ac_combi:final=1+frequency"
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
    shipped = [load(name) for name in ("white-house-2025", "white-house-2025@alaska", "white-house-2025@no-backstop")]
    return shipped + generated(seed)


def gain(model: Negotiation, party: int) -> np.ndarray:
    """Utility agreed less utility of no agreement, (tables,)."""
    return model.utilities()[:, party] - model.state.reservation[:, party]


def play(scenario: Scenario, one: str, others: str, party: int, tables: int, seed: int = 1) -> Negotiation:
    strategies = dict.fromkeys(scenario.party_ids, read(others, BASE))
    strategies[scenario.party_ids[party]] = read(one, BASE)
    return Negotiation(scenario, tables=tables, seed=seed, strategies=strategies, record=False).run()


def matrix(field: dict[str, str], worlds: list[Scenario], tables: int, rivals: dict[str, str] | None = None) -> np.ndarray:
    """Mean gain of each strategy (row) in each field (column) in each scenario: (S, B, W)."""
    rivals = rivals or field
    result = np.zeros((len(field), len(rivals), len(worlds)))
    for w, scenario in enumerate(worlds):
        for b, others in enumerate(rivals.values()):
            for s, one in enumerate(field.values()):
                result[s, b, w] = gain(play(scenario, one, others, (w + b) % len(scenario.parties), tables), (w + b) % len(scenario.parties)).mean()
    return result


def among_defaults(worlds: list[Scenario], tables: int, strategy: str = DEFAULT) -> list[tuple[str, float, float, float]]:
    """Per scenario where all play the default: share agreed, mean distance to the Pareto frontier, mean gain."""
    rows = []
    for scenario in worlds:
        model = play(scenario, strategy, strategy, 0, tables)
        made = np.flatnonzero(model.state.agreed[:, 0] >= 0)
        far = Yardstick(model.preferences).measure(model.state.agreed[made], made)["pareto_distance"] if len(made) else [np.nan]
        rows.append((scenario.name, len(made) / tables, float(np.mean(far)), float(np.mean([gain(model, p).mean() for p in range(len(scenario.parties))]))))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1000)
    options = parser.parse_args()
    worlds = scenarios(options.seed)
    began = time.perf_counter()
    result = matrix(FIELD, worlds, options.tables)
    order = np.argsort(-result.mean(axis=(1, 2)))
    print(f"{len(worlds)} scenarios, {options.tables} tables each, seed {options.seed}; mean gain over no agreement\n")
    print("| strategy | mean | shipped | coded | unknown | against itself |\n| --- | --- | --- | --- | --- | --- |")
    kind = np.array(["shipped"] * 3 + ["coded", "unknown"] * 6)
    for s in order:
        cells = [result[s].mean(), *(result[s][:, kind == k].mean() for k in ("shipped", "coded", "unknown")), result[s, s].mean()]
        print(f"| {list(FIELD)[s]} | " + " | ".join(f"{c:.4f}" for c in cells) + " |")
    print("\n| all play the default in | agreed | distance to the frontier | mean gain |\n| --- | --- | --- | --- |")
    rows = among_defaults(worlds, options.tables)
    for name, agreed, far, gained in rows:
        print(f"| {name} | {agreed:.0%} | {far:.4f} | {gained:.4f} |")
    print(f"\nMean distance to the frontier: {np.nanmean([r[2] for r in rows]):.4f}")
    print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
