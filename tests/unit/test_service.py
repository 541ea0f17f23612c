"""Service: pressure and what it does, worked by hand."""

from types import SimpleNamespace

import pytest

from districtsim.mechanisms.service import felt, next_service

P = SimpleNamespace(pace=0.2, untrained=0.3, decay=0.02, floor=0.2)


@pytest.mark.parametrize(
    ("service", "buffered", "expected"),
    [
        (0.5, 0.5, 0.13),  # 0.4 x 0.5 x (1 - 0.7 x 0.5)
        (0.5, 0.0, 0.2),  # nobody covers for it
        (0.5, 1.0, 0.06),  # all of it covered
        (1.0, 0.0, 0.0),  # nothing fails
    ],
)
def test_failures_felt(service, buffered, expected):
    assert felt(service, buffered, 0.4, 0.7) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("service", "pressure", "understanding", "expected"),
    [
        # able 0.3 + 0.7 / 2 = 0.65; 0.5 + 4 x (0.2 x 0.1 x 0.65 - 0.02 x 0.3) = 0.5 + 4 x 0.007
        (0.5, 0.1, 2.0, 0.528),
        (0.5, 0.0, 4.0, 0.476),  # no pressure: routines slip, 4 x 0.006
        (0.2, 0.0, 0.0, 0.2),  # the floor holds
        (0.1, 0.0, 0.0, 0.108),  # and is come back to
        (0.99, 1.0, 4.0, 1.0),  # 0.99 + 4 x (0.2 - 0.0158) is more than all
    ],
)
def test_service_one_month_on(service, pressure, understanding, expected):
    assert next_service(service, pressure, understanding, P) == pytest.approx(expected)


def test_service_is_never_below_nothing():
    p = SimpleNamespace(pace=0.2, untrained=0.3, decay=0.5, floor=0.2)
    assert next_service(0.9, 0.0, 0.0, p) == 0.0  # 0.9 - 4 x 0.5 x 0.7 is less than none
