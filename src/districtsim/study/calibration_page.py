"""Calibration, page: docs/calibration.md and the tables of the command, from what was stored.

It computes nothing but quantiles of the kept sets, and words.
"""

import numpy as np

from districtsim.study.calibration_plan import load
from districtsim.study.validation_page import shown
from districtsim.world.parameters import uncertain

MADE_BY = "districtsim calibrate --ship --docs docs"
PRIOR_WIDTH = 0.9  # of a range lies between its 5 % and its 95 % point
CLEAR = 0.1  # narrower by a tenth, or moved by a tenth of the range: the figures say something
PICTURES = "figures/calibration"


def number_rows(made, sets):
    """A row for each number that the figures speak to, those most narrowed first."""
    rows = []
    for name, values in sets.items():
        card = uncertain().get(name)
        if card is None or not len(values):
            continue
        low, high = card.range
        q05, median, q95 = np.quantile(values, (0.05, 0.5, 0.95))
        rows.append(
            {
                "name": name,
                "unit": card.unit,
                "cards": float(card.value),
                "low": float(low),
                "high": float(high),
                "from": float(q05),
                "median": float(median),
                "to": float(q95),
                "narrowed": f"{100 * (1 - (q95 - q05) / (PRIOR_WIDTH * (high - low))):.0f} %",
                "said": _said(q05, median, q95, low, high),
                "moves": made["numbers"].get(name, []),
            }
        )
    return sorted(rows, key=lambda row: -row["said"])


def _said(q05, median, q95, low, high):
    """How much the figures say on a number: the larger of narrowing and shift, shares of range."""
    span = high - low
    return max(1 - (q95 - q05) / (PRIOR_WIDTH * span), 2 * abs(median - (low + high) / 2) / span)


def target_rows(made, plan=None):
    """A row for each target: published, simulated over the prior and over the kept sets."""
    plan = plan or load()
    rows = []
    for name, target in plan.targets.items():
        it = made["targets"].get(name)
        if it is None:
            continue
        unit = target.figure.unit
        rows.append(
            {
                "name": name,
                "quantity": target.figure.quantity,
                "fact": target.figure.fact,
                "published": _published(target),
                "error": _plus(target.error, unit),
                "discrepancy": _plus(target.discrepancy, unit),
                "why": target.why,
                "cards": shown(it["cards"], unit),
                "luck": _plus(it["luck"], unit),
                "prior": _ends(it["prior"], unit),
                "calibrated": _ends(it["calibrated"], unit),
                "median": it["calibrated"][1] if it["calibrated"] else None,
                "implausibility": it["implausibility"],
                "alone": it["alone"],
                "explained": it["explained"],
                "numbers": it["numbers"],
                "verdict": _verdict(target, it),
            }
        )
    return rows


def _verdict(target, it):
    if not it["calibrated"]:
        return ""
    return target.figure.verdict(it["calibrated"][1]).replace("*", "")


def _published(target):
    low, high = target.interval
    unit = target.figure.unit
    return shown(low, unit) if low == high else f"{shown(low, unit)} to {shown(high, unit)}"


def _plus(value, unit):
    value = round(value, 6)  # what is smaller is rounding of the machine
    return f"{100 * value:.2g} pt" if unit == "share" else f"{value:.2g}"


def _ends(ends, unit):
    return f"{shown(ends[0], unit)} to {shown(ends[2], unit)}" if ends else ""


def _percent(share):
    return f"{100 * share:.3g} %"


def ruled_out(made):
    """Share of all sets that are ruled out, by emulators and by their own simulation."""
    return 1.0 - made["space"][-1] * made["kept_of_passed"] / max(made["passed"], 1)


def in_short(made):
    """What it came to, in sentences."""
    left = ", ".join(_percent(share) for share in made["space"])
    aside = (
        f" {len(made['set_aside'])} targets are met nowhere and were set aside: "
        f"{', '.join(made['set_aside'])}."
        if made["set_aside"]
        else ""
    )
    return (
        f"{made['simulated']} sets of numbers simulated. Of all sets, {left} were not ruled out "
        f"after wave 1 to {len(made['space'])}. {made['passed']} simulated sets passed every "
        f"emulator; {made['kept_of_passed']} of them also passed by their own simulation, so about "
        f"{_percent(ruled_out(made))} of all sets are ruled out. {made['kept']} are kept.{aside}"
    )


def page(made, sets, plan=None):
    """docs/calibration.md from what calibrated.yaml and calibrated.csv hold.

    made, sets  as calibrated.load returns them; plan: calibration_plan.Plan (None: the package's)
    """
    plan = plan or load()
    numbers, targets = number_rows(made, sets), target_rows(made, plan)
    parts = [
        "# Calibration: what published figures rule out",
        f"Generated by `{MADE_BY}`; do not edit. Targets and reasons: "
        "`src/districtsim/study/calibration.yaml`.",
        _how(made, plan),
        f"## In short\n\n{in_short(made)}",
        _picture("The numbers on which the figures say most", "numbers"),
        _numbers(numbers),
        _picture("Targets: published, over the prior, over the kept sets", "targets"),
        _targets(targets),
        _picture("Share of sets not ruled out, by number and wave", "ruled_out"),
        _tensions(made, plan),
        _allowed(targets),
        _left_out(plan),
    ]
    return "\n\n".join(parts) + "\n"


def _picture(words, name):
    return f"![{words}]({PICTURES}/{name}.png)"


def _how(made, plan):
    arms = "\n".join(
        f"- **{arm.name}**: {arm.words}; {arm.years} years in "
        + ", ".join(district.name for district in arm.districts)
        for arm in plan.arms.values()
    )
    waves = " + ".join(map(str, made["points"]))
    return f"""## How it was made

History matching. Each wave simulates sets of all {len(uncertain())} uncertain numbers. For every
target a quadratic emulator is fitted to the numbers that move it, and judges a large Sobol sample.
A set is ruled out once its implausibility exceeds {made["cutoff"]:g} for any target:

    I = distance to the published figure / sqrt(error² + discrepancy² + emulator variance)

Shares are emulated as log odds, with error and discrepancy carried there. The emulator's variance
holds luck, misfit and every number it leaves out, so an emulator that knows little rules little
out. The next wave is drawn from what is left. In the end a set is kept if every emulator lets it
pass and its own simulation does too, with the variance of luck alone. What is kept is not a
posterior: no kept set is called more likely than another. Numbers that move no target keep the
ranges of their cards.

Seed {made["seed"]}; {waves} sets; luck measured by {made["luck_runs"]} runs at the cards' values;
districtsim {made["version"]}. Simulated once for each set, each with its own luck:

{arms}

Only figures of role C are targets; figures of role V never enter (a test holds it). The ledger of
findings, the studies and `study/calibrated.py` draw from the kept sets; `districtsim findings
--prior` draws from the cards' ranges instead."""


def _numbers(rows):
    clear = [row for row in rows if row["said"] >= CLEAR]
    lines = [
        f"## Numbers\n\n{len(rows)} of {len(uncertain())} uncertain numbers move a target; on "
        f"{len(clear)} of them the figures say something (the middle 90 % of the kept sets is "
        "narrower by a tenth or more, or its median moved by a tenth of half the range). The "
        "others keep their ranges, some tied to each other.\n",
        "| number | unit | card | range | kept, 5 % | median | 95 % | narrower by | moves |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        values = [f"{row[key]:.3g}" for key in ("from", "median", "to")]
        lines.append(
            f"| {row['name']} | {row['unit']} | {row['cards']:g} | {row['low']:g} to "
            f"{row['high']:g} | {' | '.join(values)} | {row['narrowed']} | "
            f"{', '.join(row['moves'])} |"
        )
    return "\n".join(lines)


def _targets(rows):
    lines = [
        "## Targets\n\nSimulated values: 5 % to 95 % over the first wave (the prior) and over the "
        "kept sets; luck included. Ruled out alone: share of all sets that this target alone would "
        "rule out. The verdict is that of docs/validation.md on the kept sets' median.\n",
        "| target | published | cards' values | prior | kept sets | implausibility (median) | "
        "ruled out alone | explained by its emulator | verdict |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        implausible = "" if row["implausibility"] is None else f"{row['implausibility']:.2f}"
        lines.append(
            f"| {row['quantity']} ({row['fact']}) | {row['published']} | {row['cards']} | "
            f"{row['prior']} | {row['calibrated']} | {implausible} | "
            f"{_percent(1 - row['alone'])} | {100 * (row['explained'] or 0):.0f} % | "
            f"{row['verdict']} |"
        )
    return "\n".join(lines)


def _tensions(made, plan):
    quantity = {name: target.figure.quantity for name, target in plan.targets.items()}
    lines = ["## Targets that pull apart\n"]
    if made["set_aside"]:
        lines.append(
            "Met by no set of numbers within the cards' ranges, and so set aside: "
            + "; ".join(quantity.get(name, name) for name in made["set_aside"])
            + ".\n"
        )
    if not made["tensions"]:
        lines.append(
            "No two targets are met together, each to a standard deviation of error and "
            "discrepancy, less than half as often as chance would have it."
        )
        return "\n".join(lines)
    lines += [
        "Pairs that are met together, each to a standard deviation of error and discrepancy, less "
        "than half as often as if they had nothing to do with each other.\n",
        "| target | and | met together | by chance |",
        "|---|---|---|---|",
    ]
    for one, other, share, chance in made["tensions"]:
        lines.append(
            f"| {quantity.get(one, one)} | {quantity.get(other, other)} | {_percent(share)} | "
            f"{_percent(chance)} |"
        )
    return "\n".join(lines)


def _allowed(rows):
    lines = [
        "## How far from each figure a simulation may lie\n\nStandard deviations.\n",
        "| target | error of the figure | luck of a run | discrepancy | why |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        lines.append(
            f"| {row['quantity']} | {row['error']} | {row['luck']} | {row['discrepancy']} | "
            f"{row['why']} |"
        )
    return "\n".join(lines)


def _left_out(plan):
    lines = ["## Figures of role C that are not targets\n", "| figure | why |", "|---|---|"]
    lines += [f"| {name} | {why.strip()} |" for name, why in plan.left_out.items()]
    return "\n".join(lines)
