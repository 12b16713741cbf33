"""The numbers of the charts: axes, ticks and where values lie."""

from __future__ import annotations

import pytest

from peacetable.seat.plots import Axis, Curves, Plane, Series


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ((), 0, 1),
        ((0.31, 0.62), 0.2, 0.8),
        ((0.4, 0.6), 0.4, 0.6),
        ((0.5,), 0.4, 0.6),
        ((0.4,), 0.4, 0.6),
        ((1,), 1, 1.2),
    ],
)
def test_an_axis_reaches_from_fifth_to_fifth(values, low, high):
    axis = Axis.around(values)
    assert (axis.low, axis.high) == pytest.approx((low, high))
    assert axis.ticks()[0] == axis.low and axis.ticks()[-1] == pytest.approx(axis.high)
    assert all(b - a == pytest.approx(0.2) for a, b in zip(axis.ticks(), axis.ticks()[1:], strict=False))


def test_a_value_lies_on_its_length_of_pixels_in_either_direction():
    axis = Axis(0.2, 0.6)
    assert axis.place(0.2, 30, 200) == 30 and axis.place(0.6, 30, 200) == pytest.approx(230)
    assert axis.place(0.3, 400, -100) == pytest.approx(375)


def test_curves_have_room_for_one_round_and_number_what_fits():
    one = Curves((Series("a", "A", ((1.0, 0.5),), 0),), 1, ())
    assert (one.x.low, one.x.high) == (1, 2) and one.walk_away() == []
    many = Curves((), 24, ((1, 0.3), (5, 0.45)))
    assert many.walk_away() == [(1, 0.3), (5, 0.45), (24, 0.45)]
    assert list(many.numbered(100)) == list(range(1, 25))
    assert list(many.numbered(8)) == list(range(1, 25, 3)) and list(many.numbered(0)) == [1]
    assert (many.y.low, many.y.high) == pytest.approx((0.2, 0.6))


def test_the_plane_holds_all_that_is_in_it_and_draws_its_two_sides_last():
    series = tuple(Series(id, id, ((0.5, 0.5),), k) for k, id in enumerate("abc"))
    plane = Plane(((0.1, 0.9, True),), ((0.95, 0.3),), series, ("a", "c"), (0.4, 0.4), None, ("x", "y", "z"))
    assert (plane.x.low, plane.x.high) == pytest.approx((0.0, 1.0))
    assert (plane.y.low, plane.y.high) == pytest.approx((0.2, 1.0))
    assert [(s.party, near) for s, near in plane.paths()] == [("b", False), ("a", True), ("c", True)]
