"""Calibration document: docs/calibration.md from the set that ships; it simulates nothing.

`districtsim calibrate --ship --docs docs` makes set, page and figures anew.
"""

from districtsim.study import calibrated, calibration_page


def text(order):
    """The page; the order changes nothing about it."""
    return calibration_page.page(*calibrated.load())
