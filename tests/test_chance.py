"""Chance: the published answers of Philox, and the same numbers alone and in any batch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from peacetable.chance import PURPOSES, Chance, philox4x32

pytestmark = pytest.mark.quick

# kat_vectors of Random123 (Salmon et al. 2011), philox4x32-10: counter, key, answer
KNOWN = (
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
)


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_philox_gives_the_published_answers(counter, key, answer):
    counter, key = (tuple(np.array([x], dtype=np.uint64) for x in words) for words in (counter, key))
    assert tuple(int(word[0]) for word in philox4x32(counter, key)) == answer


LAST = 2**64 - 1  # of the numbers of seeds and tables


@given(st.integers(0, LAST), st.integers(0, LAST - 8), st.sampled_from(PURPOSES), st.integers(0, 1000))
@example(LAST, 2**63 - 4, PURPOSES[0], 0)  # int64 ends within these nine
@example(LAST, LAST - 8, PURPOSES[0], 0)
def test_a_table_draws_the_same_alone_and_in_a_batch(seed, first, purpose, turn):
    tables = np.uint64(first) + np.arange(9, dtype=np.uint64)
    batch = Chance(seed, tables).uniform(purpose, turn, 5)
    for k in (4, 8):
        assert (batch[k] == Chance(seed, np.array([first + k], dtype=np.uint64)).uniform(purpose, turn, 5)[0]).all()
    assert (Chance(seed, tables).uniform(purpose, turn, 3) == batch[:, :3]).all()
    assert ((batch >= 0) & (batch < 1)).all()


def test_purposes_turns_tables_and_seeds_are_independent_looking():
    draws = [
        Chance(seed, np.arange(400)).uniform(purpose, turn, 8).ravel()
        for seed in (0, 1)
        for purpose in PURPOSES[:3]
        for turn in (0, 1)
    ]
    table = np.corrcoef(np.array(draws))
    assert np.abs(table - np.eye(len(draws))).max() < 0.08
    assert abs(np.mean(draws) - 0.5) < 0.01
    assert abs(np.var(draws) - 1 / 12) < 0.005


@given(st.lists(st.text("abc_-", max_size=6), max_size=9), st.integers(0, LAST), st.integers(0, 1000))
def test_what_is_drawn_for_an_id_does_not_depend_on_the_others(ids, seed, turn):
    chance, rows = Chance(seed, np.arange(6)), np.array([1, 4])
    found = chance.of("values", ids, turn)
    assert found.shape == (6, len(ids)) and ((found >= 0) & (found < 1)).all()
    assert (chance.of("values", ids, turn, rows) == found[rows]).all()
    for k, id in enumerate(ids):
        assert (chance.uniform("values", turn, 3, id=id)[:, 0] == found[:, k]).all()
    assert len({*found[0].tolist()}) == len({*ids}), "another id, another draw"


def test_ids_are_independent_looking():
    ids = [f"{party} {issue} level-{k}" for party in ("a", "b") for issue in ("land", "term") for k in range(10)]
    for seed in (0, 1):
        table = np.corrcoef(Chance(seed, np.arange(4000)).of("values", ids).T)
        assert np.abs(table - np.eye(len(ids))).max() < 0.08


def test_a_seed_out_of_range_is_refused():
    with pytest.raises(ValueError, match="outside"):
        Chance(-1, np.arange(2))
