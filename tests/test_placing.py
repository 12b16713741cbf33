"""The geometry of the map that needs no window: places for words, lines, and which marks come when."""

from __future__ import annotations

import math
import random

import numpy as np
import pygame
import pytest

from peacetable.seat.cartography import KINDS, atlas, hundreds, wind
from peacetable.seat.linework import arrowhead, bounds, dashes, evenly, heap, heap_reach
from peacetable.seat.placing import Box, Places, beside


def test_a_box_moves_as_a_rectangle_of_the_window_does():
    rng = random.Random(4)
    for _ in range(300):
        box, room = (
            Box(*(rng.randrange(-40, 90), rng.randrange(-40, 90), *rng.choices(range(1, 70), k=2))) for _ in "ab"
        )
        assert pygame.Rect(box.within(room)) == pygame.Rect(box).clamp(room)
        places = Places((-200, -200, 600, 600), 5, rng.randrange(9))
        places.take(room)
        near = pygame.Rect(box).inflate(2 * places.gap, places.gap)
        assert places.free(box) is not bool(near.colliderect(room))


def test_words_keep_off_words_always_and_off_marks_where_they_can():
    places = Places((0, 0, 100, 40), 4, 2)
    places.marked.append(Box(0, 0, 100, 20))
    first = places.near((10, 5, 30, 10))
    assert first is not None and first.y >= 20 and places.taken == [first]
    assert (
        not places.free(first, marks=False) and not places.free((90, 30, 30, 8)) and places.crosses_mark((5, 5, 2, 2))
    )
    assert places.near((10, 2, 100, 24)) is None
    covering = places.near((10, 0, 90, 16), marks=False)
    assert covering is not None and covering.y + covering.height + places.gap // 2 <= first.y
    assert places.first([first, Box(60, 24, 20, 10)]) == Box(60, 24, 20, 10) and places.first([first]) is None


def test_places_beside_a_point_do_not_hold_it():
    for box in beside(31, 12, (50.4, 60.6), 5):
        assert not pygame.Rect(box).collidepoint(50, 61) and box[2:] == (31, 12)


def test_a_line_is_divided_by_its_length():
    corner = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]])
    points = evenly(corner, 5)
    assert (points[[0, -1]] == corner[[0, -1]]).all() and len(points) == 6
    assert np.abs(np.diff(points, axis=0)).sum(axis=1) == pytest.approx(4)
    pieces = list(dashes(corner, 4))
    assert [tuple(piece[0]) for piece in pieces] == [(0, 0), (8, 0), (10, 6)]
    assert len(pieces[1]) == 3 and tuple(pieces[1][1]) == (10, 0), "the corner stays in the dash"
    assert list(dashes(np.array([[1.0, 1.0], [1.0, 1.0]]), 4)) == []
    assert bounds([corner]) == (-2, -2, 14, 14)


def test_an_arrow_points_where_it_goes():
    tip, *feet = arrowhead(np.array([5.0, 5.0]), np.array([0.0, 3.0]), 10)
    assert tuple(tip) == (5, 15) and {tuple(foot) for foot in feet} == {(-2, 5), (12, 5)}


def test_a_heap_is_as_many_dots_as_it_stands_for_and_none_lies_outside():
    for count in (1, 7, 40):
        spots = heap(count, 3.0)
        assert len(set(spots)) == count
        assert max(math.hypot(*spot) for spot in spots) + 3 == pytest.approx(heap_reach(count, 3.0))


def test_marks_come_in_the_order_in_which_they_are_drawn():
    known = atlas()
    shown = [(issue, level) for issue, levels in reversed(known.layers.items()) for level in levels]
    kinds = [KINDS.index(mark.kind) for _, mark in known.drawn(shown)]
    assert kinds == sorted(kinds) and len(kinds) == sum(len(known.marks(*one)) for one in shown)


def test_an_army_fills_its_squares_up_to_its_limit():
    for level, marks in atlas().layers["military_caps"].items():
        for mark in marks:
            filled = math.fsum(mark.army())
            limit = mark.data["thousands"]
            assert filled == pytest.approx(limit / 10 if limit else 100), level


def test_where_cities_lie_from_kyiv():
    assert (wind((6.14, 46.2)), hundreds((6.14, 46.2))) == ("w", 1900)
    assert (wind((30.52, 60.0)), wind((51.53, 25.29))) == ("n", "se")
