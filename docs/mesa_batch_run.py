"""Sweep the August 2025 talks with Mesa's own batch runner: a data frame with one row for each run of 200 tables."""

import mesa
import pandas as pd

import peacetable

if __name__ == "__main__":
    sweep = {"scenario": "white-house-2025", "tables": 200, "rng": [1, 2], "rounds": [10, 20]}
    runs = pd.DataFrame(mesa.batch_run(peacetable.Negotiation, sweep, display_progress=False))
    print(runs[["rng", "rounds", "agreement", "walk_out", "u_ukraine", "u_russia"]].to_string())
