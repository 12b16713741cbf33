"""How a delegation votes on an amendment under a single text: Klein, Faratin, Sayama and Bar-Yam (2003)."""

from __future__ import annotations

import numpy as np


def votes_for(
    u_draft: np.ndarray, u_amendment: np.ndarray, vetoed: np.ndarray, temperature: np.ndarray, draws: np.ndarray
) -> np.ndarray:
    """bool (n,): a hill climber (temperature 0) votes for what is no worse than the draft; an annealer also for what is
    worse, with probability exp((u_amendment - u_draft) / temperature). Nobody votes for what crosses its red lines."""
    gain = u_amendment - u_draft
    warm = temperature > 0
    chance = np.exp(np.minimum(gain, 0.0) / np.where(warm, temperature, 1.0))
    return ~vetoed & np.where(warm, draws < chance, gain >= 0)
