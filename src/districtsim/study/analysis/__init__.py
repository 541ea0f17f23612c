"""Analysis: what tidy results say; effects, replicates needed, luck and ignorance, sensitivity.

Every function reads tables alone: the `values` of a results folder (columns policy, replicate,
year, week, outcome, group, value and whatever the design varied). Nothing here knows the model.

paired       differences from a baseline and means, with t intervals
effects      the same with bootstrap intervals, standardised effects, chance of being better,
             correction for many outcomes, equal budgets
replicates   how many are needed for a precision or a power
responses    one outcome as a table of points by replicates, with the numbers that were varied
variance     what is luck and what is ignorance
sensitivity  Sobol and Morris indices, swings of sampled and one-at-a-time designs
discovery    which numbers part success from failure, and a box in which a policy fails
"""

from districtsim.study.analysis.discovery import Box, box, regional
from districtsim.study.analysis.effects import at_equal_budget, corrected, effects
from districtsim.study.analysis.paired import (
    LEVEL,
    interval,
    means,
    paired_differences,
    paired_gain,
)
from districtsim.study.analysis.replicates import (
    for_power,
    for_precision,
    needed,
    smallest_effect,
)
from districtsim.study.analysis.responses import Response, factors_of, response
from districtsim.study.analysis.sensitivity import METHODS, sensitivity, which
from districtsim.study.analysis.variance import independent, luck_and_ignorance

__all__ = [
    "LEVEL", "METHODS", "Box", "Response", "at_equal_budget", "box", "corrected", "effects",
    "factors_of", "for_power", "for_precision", "independent", "interval", "luck_and_ignorance",
    "means", "needed", "paired_differences", "paired_gain", "regional", "response", "sensitivity",
    "smallest_effect", "which",
]  # fmt: skip
