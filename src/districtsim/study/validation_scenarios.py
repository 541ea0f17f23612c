"""Validation, scenarios: headline outcomes under each side of what the literature disagrees on."""

import numpy as np

from districtsim.study.analysis import interval
from districtsim.study.observations import Job, pooled, quantities
from districtsim.study.runs import Run, RunFailed, run_all, run_seed
from districtsim.study.scenarios import scenarios, shown_of_each
from districtsim.world.policies import Policy

REPLICATES = 8
CARDS = "cards' values"
PRINCIPALS = "principals: student SD for a SD"


def simulated(study, watched, most=None, workers=None):
    """{scenario: {row: (mean, low, high)}}, the cards' values first.

    watched  function of a list of Jobs that yields their sums in order
    Rows: "principals" (slope of a year's gain on leadership), and "0", "1", ... for the contrasts
    """
    replicates = min(REPLICATES, most or REPLICATES)
    numbers = {CARDS: None, **{name: it.numbers for name, it in scenarios().items()}}
    found = {name: {} for name in numbers}
    for name, slopes in _slopes(study, watched, numbers, replicates).items():
        found[name]["principals"] = interval(slopes)
    for name, rows in _contrasts(study, numbers, replicates, workers).items():
        found[name].update(rows)
    return found


def _slopes(study, watched, numbers, replicates):
    arm = study.arms["status_quo"]
    jobs = [
        Job(name, district, arm.policy, arm.years, run_seed(study.seed + place, luck), changed)
        for name, changed in numbers.items()
        for luck in range(1, replicates + 1)
        for place, district in enumerate(arm.districts)
    ]
    each, sums = len(arm.districts), list(watched(jobs))
    found = {}
    for begin in range(0, len(jobs), each):
        slope = quantities(pooled(sums[begin : begin + each])).get(PRINCIPALS, np.nan)
        found.setdefault(jobs[begin].arm, []).append(slope)
    return found


def _contrasts(study, numbers, replicates, workers):
    rows, arm = shown_of_each(), study.arms["status_quo"]
    policies = list(dict.fromkeys(name for row in rows for name in (row["arm"], row["baseline"])))
    outcomes = tuple(sorted({row["outcome"] for row in rows}))
    runs = [
        Run(
            arm.districts[0], Policy.load(policy), arm.years, study.seed, luck,
            parameters=changed, outcomes=outcomes,
        )
        for changed in numbers.values()
        for policy in policies
        for luck in range(1, replicates + 1)
    ]  # fmt: skip
    last = {}
    keys = [(n, p, luck) for n in numbers for p in policies for luck in range(replicates)]
    for key, (_, history, _) in zip(keys, run_all(runs, workers=workers, progress=False)):
        if isinstance(history, RunFailed):
            raise history
        last[key] = {
            (outcome, group): values[-1, i]
            for outcome, (groups, values) in history.yearly.items()
            for i, group in enumerate(groups)
        }
    return {
        name: {
            str(place): interval([_less(last, name, row, luck) for luck in range(replicates)])
            for place, row in enumerate(rows)
        }
        for name in numbers
    }


def _less(last, name, row, luck):
    key = row["outcome"], row.get("group", "all")
    return last[name, row["arm"], luck][key] - last[name, row["baseline"], luck][key]


def section(study, found):
    """Markdown: what the scenarios are, and a table with a column for each.

    found  as `simulated` returns it
    """
    names = list(found)
    lines = [
        "## Two tensions, shown as scenarios",
        "",
        "Where the literature disagrees, the two sides are simulated apart, not averaged. Anyone",
        "can run them: `districtsim run leader_led --scenario slow_decay`, or",
        '`parameters="slow_decay"` in Python. Numbers: `src/districtsim/study/scenarios.yaml`.',
        "",
    ]
    for tension in dict.fromkeys(it.tension for it in scenarios().values()):
        lines.append(f"- **{tension}**")
        lines += [
            f"  - `{it.name}`: {it.title}. {it.why} *({it.source})*"
            for it in scenarios().values()
            if it.tension == tension
        ]
    arm = study.arms["status_quo"]
    lines += [
        "",
        f"Differences in year {arm.years} in {arm.districts[0].title}, paired by luck; the first "
        "row in all districts of the status quo. In brackets 95 % intervals.",
        "",
        f"| what | outcome | {' | '.join(names)} |",
        "|---|---|" + "---|" * len(names),
        _row("A SD of a principal's leadership", "gain in mathematics, student SD", found,
             "principals"),
    ]  # fmt: skip
    for place, row in enumerate(shown_of_each()):
        outcome = f"{row['outcome'].replace('_', ' ')}, {row['unit']}"
        lines.append(_row(row["what"], outcome, found, str(place)))
    return "\n".join(lines)


def _row(what, outcome, found, key):
    return f"| {what} | {outcome} | {' | '.join(_cell(*rows[key]) for rows in found.values())} |"


def _cell(mean, low, high):
    def figure(value):
        return f"{value + 0.0:.3f}".replace("-0.000", "0.000")

    return figure(mean) + (f" ({figure(low)} to {figure(high)})" if low == low else "")
