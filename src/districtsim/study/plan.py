"""Plan: the runs of an experiment by number, each made when it is asked for, and what names them.

Run number = (replicate - 1) x cells + cell, so that every replicate of a design is complete before
the next begins: what is there at any moment is balanced, and a stopping rule only adds at the end.
A cell is a district under a policy at a point of the design (twice, with an equal budget).
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict

import numpy as np

from districtsim.study import stopping
from districtsim.study.designs import KEYS, Experiment
from districtsim.study.runs import code_version
from districtsim.world.district import District
from districtsim.world.errors import SettingError
from districtsim.world.policies import Policy

CELLS_KEPT = 4096  # as made: with an equal budget, one takes as long as drawing up a district
DISTRICTS = "districts"  # folder of a sweep with the districts it runs
_BY_CONTENT = ("districts", "policies")  # told apart by what they hold, however they were given
_POLICY = ("title", "why", "set", "starts", "ends", "where", "source")


class Plan:
    """All runs that an experiment may need.

    len(plan)  how many at most; a stopping rule may need fewer
    plan.run(number), plan.id_of(number)  a Run, and its lasting name
    """

    def __init__(self, experiment):
        self.experiment = experiment
        self.points = experiment.sampled_points()
        self.rule = stopping.rule_of(experiment.replicates)
        self.replicates = self.rule.max if self.rule else experiment.replicates
        self.budgets = 1 if experiment.equal_budget is None else 2
        shape = (len(experiment.districts), len(experiment.policies), len(self.points))
        self.shape = (*shape, self.budgets)
        self.cells = int(np.prod(self.shape))
        self._kept = OrderedDict()
        self._digests = {id(d): district_digest(d) for d in experiment.districts}

    def __len__(self):
        return self.cells * self.replicates

    def check(self):
        """Make every cell once, if one may turn out not to be allowed. Raises SettingError."""
        if self.budgets > 1:
            for cell in range(0, self.cells, self.budgets):
                self.cell(cell)

    def run(self, number):
        """The run of a number."""
        replicate, cell = divmod(number, self.cells)
        return self.experiment.run_of(self.cell(cell), replicate + 1)

    def cell(self, cell):
        """(district, policy, number of the point, all that varies) of one cell."""
        place = tuple(int(i) for i in np.unravel_index(cell, self.shape))
        if place[:3] not in self._kept:
            district, policy, point = place[:3]
            e = self.experiment
            self._kept[place[:3]] = e.cells_at(
                e.districts[district], e.policies[policy], point, self.points[point]
            )
            if len(self._kept) > CELLS_KEPT:
                self._kept.popitem(last=False)
        return self._kept[place[:3]][place[3]]

    def shard_of(self, number, shards):
        """Which of so many shards, from 0, a run belongs to; of each, for an array of numbers."""
        replicate, cell = divmod(number, self.cells)
        return (cell + replicate) % shards

    def id_of(self, number, run=None):
        """Sixteen letters that stand for everything that decides on a run's result but the code."""
        run = run or self.run(number)
        policy = run.policy
        return _digest(
            {
                "district": self._digests[id(run.district)],
                "policy": [policy.name, policy.set, policy.starts, policy.ends, policy.where],
                "years": run.years,
                "seed": run.seed,
                "replicate": run.replicate,
                "without": run.without,
                "parameters": run.parameters,
                "kept": [run.outcomes, run.weekly],
            }
        )

    def page(self):
        """Everything that decides on the runs, as experiment.json has it."""
        experiment = self.experiment
        described = {
            "name": experiment.name,
            "experiment": experiment.as_dict(),
            "policies": {p.name: _policy_page(p) for p in experiment.policies},
            "districts": {d.name: self._digests[id(d)] for d in experiment.districts},
            "points": _digest_of_points(self.points),
        }
        settings = {k: v for k, v in described["experiment"].items() if k not in _BY_CONTENT}
        return {
            "format": 1,
            "design": _digest({**described, "experiment": settings}),
            "version": code_version(),
            "runs": len(self),
            "cells": self.cells,
            "number_of_points": len(self.points),
            **json.loads(json.dumps(described, default=str)),  # policies in their order
        }


def read_plan(page, folder):
    """The Plan that a sweep's folder holds. Raises SettingError if it cannot be had again.

    page  content of its experiment.json; districts are read from the folder as well
    """
    settings = {key: page["experiment"][key] for key in KEYS if key in page["experiment"]}
    settings["districts"] = [
        District.load(folder / DISTRICTS / f"{name}.yaml") for name in page["districts"]
    ]
    settings["policies"] = [Policy(name, **said) for name, said in page["policies"].items()]
    plan = Plan(Experiment.from_dict(page["name"], settings))
    found = {d.name: district_digest(d) for d in plan.experiment.districts}
    if found != page["districts"]:
        raise SettingError(f"{folder / DISTRICTS}: is not what the sweep ran; was it changed?")
    if _digest_of_points(plan.points) != page["points"]:
        raise SettingError(
            f"{folder}: its points cannot be drawn again: SciPy or SALib sample otherwise now.\n"
            "Use the versions that it was made with."
        )
    return plan


def district_digest(district):
    """Sixteen letters that stand for all the numbers of a district."""
    schools = {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in sorted(vars(district.schools).items())
    }
    return _digest([district.name, schools, sorted(district.office.items())])


def _policy_page(policy):
    return {key: getattr(policy, key) for key in _POLICY}


def _digest_of_points(points):
    if points.sample is not None:
        return hashlib.blake2b(points.sample.tobytes(), digest_size=8).hexdigest()
    return _digest(points[:])


def _digest(thing):
    return hashlib.blake2b(_json(thing).encode(), digest_size=8).hexdigest()


def _json(thing):
    return json.dumps(thing, sort_keys=True, default=str)
