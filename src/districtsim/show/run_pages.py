"""Run pages: what a results folder says about itself beside its numbers."""

import json
from pathlib import Path
from typing import NamedTuple

from districtsim.show import words
from districtsim.study import analysis

EXPERIMENT, CONFIG, STOPPING = "experiment.json", "config.json", "stopping.json"
MOST_COMBINATIONS = 400  # of a grid; more are looked at as a sample
GRID = "grid"


class RunPage(NamedTuple):
    """A results folder in words.

    name, question, why  of the experiment; question "" if none is known
    asked     the experiment as its file says it, or {}
    planned   simulations that there will be at most, None if the folder does not say
    finished  whether all have been run
    stopping  what a stopping rule has decided, or None
    sweep     whether the folder is one that a sweep can go on with
    """

    name: str
    question: str
    why: str
    asked: dict
    planned: int | None
    finished: bool
    stopping: dict | None
    sweep: bool


def read(folder, results):
    """The RunPage of a folder with its Results."""
    numbered = Path(folder).resolve()  # results/caseload/3 is the third run of caseload
    name = numbered.parent.name if numbered.name.isdigit() else numbered.name
    page = _json(Path(folder) / EXPERIMENT)
    config = _json(Path(folder) / CONFIG)
    asked = page.get("experiment") or config
    asked = asked if isinstance(asked, dict) else {}
    usual = "compare" if results.runs["policy"].nunique() > 1 else "run"
    return RunPage(
        name=page.get("name") or name,
        question=words.experiment(name).get("question")
        or asked.get("title")
        or words.experiment(usual)["question"],
        why=asked.get("why") or "",
        asked=asked,
        planned=page.get("runs"),
        finished=getattr(results, "finished", True),
        stopping=_json(Path(folder) / STOPPING) or None,
        sweep=bool(page),
    )


def reference(name, values):
    """What others are compared with, {column: value}: the experiment's, or today's of its levers.

    "Today's" are those of the caseload question, as far as its levers are varied here.
    """
    own = words.experiment(name).get("reference")
    usual = words.experiment("caseload").get("reference", {})
    return own or {key: value for key, value in usual.items() if key in values.columns} or None


def design_of(values, asked=None):
    """How the points of a tidy table were made: "" (nothing was varied), "grid" or a method."""
    factors = analysis.factors_of(values)
    if not factors:
        return ""
    if (asked or {}).get("design"):
        return asked["design"]
    sizes = [values[name].nunique() for name in factors]
    combinations = values[factors].drop_duplicates()
    product = 1
    for size in sizes:
        product *= size
    if len(combinations) == product <= MOST_COMBINATIONS:
        return GRID
    one = values["outcome"].iloc[0]
    rows = values[(values["outcome"] == one) & values["week"].isna()]
    return analysis.which(analysis.response(rows, one, rows["group"].iloc[0], factors=factors))


def _json(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
