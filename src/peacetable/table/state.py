"""What is on R tables: plain arrays with a leading table axis. All tables are at the same turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ENDINGS = ("running", "agreement", "deadline", "walk_out")
RUNNING, AGREEMENT, DEADLINE, WALKED_OUT = range(4)


@dataclass
class State:
    """R tables, P parties, I issues, L levels in all. `round` counts from 1, `step` within it from 0; `turn` is that of
    the move being made, or of the next one; `order` int64 (P,) or, where chance decides, (R, P): the party that comes
    in each place of this round.

    Public: `offers` int16 (R, P, I) each party's last proposal, where `proposals` int32 (R, P) > 0; `standing` bool
    (R, P) whether it is on the table; `signed`, `needs` int64 (R, P) who has signed it and whose signatures it takes,
    bit p for party p; `present` bool (R, P); `deadline` int32 (R,). Kept only if a strategy asks, else empty: `tally`
    int32 (R, P, L) how often each level was proposed, `changed` int32 (R, P, I) how often a proposal of the party
    changed the issue; `past` int16 (R, N, P, I) every proposal by round, -1 where none, and with it `since` int32
    (R, P, P): how many proposals the last party has made since the latest one of the first (in all, where it has none).
    `closed` bool (R, L) levels that an event took off the table. Under a single text: `draft`, `amendment` int16
    (R, I), `votes` bool (R, P), `adopted` bool (R,): whether this round's vote made the draft what the amendment says.
    Private: `reservation` float (R, P) as of now.
    Result: `ended` int8 (R,) see ENDINGS; `by` int8 (R,) the last to sign or the one who left, -1 at the deadline;
    `ended_round`, `ended_turn` int32 (R,); `agreed` int16 (R, I), -1 where none; `signatures` int64 (R,): who signed
    it, bit p for party p.
    """

    turn: int
    round: int
    step: int
    order: np.ndarray
    offers: np.ndarray
    proposals: np.ndarray
    standing: np.ndarray
    signed: np.ndarray
    needs: np.ndarray
    present: np.ndarray
    tally: np.ndarray
    past: np.ndarray
    since: np.ndarray
    changed: np.ndarray
    deadline: np.ndarray
    closed: np.ndarray
    draft: np.ndarray
    amendment: np.ndarray
    votes: np.ndarray
    adopted: np.ndarray
    reservation: np.ndarray
    ended: np.ndarray
    by: np.ndarray
    ended_round: np.ndarray
    ended_turn: np.ndarray
    agreed: np.ndarray
    signatures: np.ndarray

    @property
    def tables(self) -> int:
        return len(self.ended)

    @property
    def running(self) -> np.ndarray:
        """bool (R,): tables that have not ended."""
        return self.ended == RUNNING


def signers(bits: int, parties: int) -> list[int]:
    """The parties whose bits are set."""
    return [p for p in range(parties) if bits >> p & 1]


def start(
    tables: int,
    parties: int,
    shape: tuple[int, ...],
    rounds: int,
    reservation: np.ndarray,
    counts: bool = True,
    past_rounds: int = 0,
) -> State:
    """Empty tables before the first turn. `reservation`: float (R, P); `counts`: keep tally and changed; `past_rounds`
    N: keep the proposals of that many rounds."""
    counted, kept = tables if counts else 0, tables if past_rounds else 0
    issues, levels = len(shape), sum(shape)
    return State(
        turn=0,
        round=0,
        step=-1,
        order=np.arange(parties),
        offers=np.full((tables, parties, issues), -1, dtype=np.int16),
        proposals=np.zeros((tables, parties), dtype=np.int32),
        standing=np.zeros((tables, parties), dtype=bool),
        signed=np.zeros((tables, parties), dtype=np.int64),
        needs=np.zeros((tables, parties), dtype=np.int64),
        present=np.ones((tables, parties), dtype=bool),
        tally=np.zeros((counted, parties, levels), dtype=np.int32),
        past=np.full((kept, past_rounds, parties, issues), -1, dtype=np.int16),
        since=np.zeros((kept, parties, parties), dtype=np.int32),
        changed=np.zeros((counted, parties, issues), dtype=np.int32),
        deadline=np.full(tables, rounds, dtype=np.int32),
        closed=np.zeros((tables, levels), dtype=bool),
        draft=np.full((tables, issues), -1, dtype=np.int16),
        amendment=np.full((tables, issues), -1, dtype=np.int16),
        votes=np.zeros((tables, parties), dtype=bool),
        adopted=np.zeros(tables, dtype=bool),
        reservation=np.array(reservation, dtype=float),
        ended=np.zeros(tables, dtype=np.int8),
        by=np.full(tables, -1, dtype=np.int8),
        ended_round=np.zeros(tables, dtype=np.int32),
        ended_turn=np.zeros(tables, dtype=np.int32),
        agreed=np.full((tables, issues), -1, dtype=np.int16),
        signatures=np.zeros(tables, dtype=np.int64),
    )
