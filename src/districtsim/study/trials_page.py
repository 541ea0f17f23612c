"""Trials, page: simulated studies as Markdown and as text; it computes nothing but words."""

from __future__ import annotations

import numpy as np

from districtsim.study.trials_measures import ROLES
from districtsim.study.trials_summary import HIT, INSIDE, OUTSIDE

VERDICTS = {
    INSIDE: "within the middle 95 % of estimates",
    OUTSIDE: "**outside the middle 95 % of estimates**",
    HIT: "as published",
    "not as published": "**not as published**",
}
MINUS = "\N{MINUS SIGN}"


def figures(value):
    """A number for a table: three decimals below a tenth, two below ten, one beyond."""
    if value is None or not np.isfinite(value):
        return ""
    digits = 3 if abs(value) < 0.1 else 2 if abs(value) < 10 else 1
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", MINUS)


def percent(value):
    """A share as a whole per cent."""
    return "" if value is None else f"{100 * value:.0f} %"


def published(row):
    """The published figure of a summary row in words, '' if there is none."""
    if row.get("published") is not None:
        return figures(row["published"])
    return row.get("published_sign") or ""


def short(row):
    """A summary row for the table on the screen."""
    found = {"measure": row["measure"], "arm": row["arm"]}
    if row["size"] is not None:
        found["size"] = row["size"]
    return found | {
        "estimate": _number(row, "estimate"), "spread": _number(row, "spread"),
        "truth": _number(row, "truth"), "bias": _number(row, "bias"),
        "significant": percent(row.get("significant")), "coverage": percent(row.get("coverage")),
        "published": published(row), "role": row.get("role") or "",
        "verdict": row.get("verdict") or "",
    }  # fmt: skip


def _number(row, key):
    return figures(row.get(key))


ABOUT = """\
Each design mimics a published evaluation, or one that somebody may plan: the same arms, sample,
horizon, instruments with their errors, and estimator. A study is simulated many times, each time in
other schools with other luck and other errors. *Estimate* is the mean of what the studies would
have reported, *spread* their SD; *true* is the effect in those treated, read off the true state:
the same schools with and without treatment under the same luck. Where the effect is in SD,
estimates are in SD as measured and the truth in true SD, so that an unreliable instrument shows as
bias. *Significant* is the share of studies with p < 0.05; *covered* the share of 95 % intervals
that hold the truth; *too large* how much the significant estimates exceed the truth, and *wrong
sign* how many of them have the other; *untreated* is the true change in the comparison schools that
came of others' being treated. No number of the model was set so that a study here comes out;
figures of role C have set a number before, and agreement with them is no test.

A published value is set beside the middle 95 % of estimates. Where the sign alone was published, it
is as published if the mean estimate has it beyond the noise of simulation; "none", if fewer than
half of the simulated studies are significant."""


def page(results, about, pictures=None, powers=None):
    """The page of simulated studies as Markdown.

    results   StudyResults, in order
    about     sentences: how it was made
    pictures  {name of the study: path relative to the page, or several}
    powers    {name of the study: StudyResult with a power curve}
    """
    pictures, powers = pictures or {}, powers or {}
    parts = [
        "# Simulated field studies",
        about,
        ABOUT,
        _overview(results),
    ]
    for result in results:
        parts += _study(result, pictures.get(result.study.name, ()), powers.get(result.study.name))
    return "\n\n".join(parts) + "\n"


def _overview(results):
    heads = "study | measure | published | simulated: mean (middle 95 %) | true | role | verdict"
    lines = [f"| {heads} |", "|---|---|---|---|---|---|---|"]
    for result in results:
        for row in result.summed:
            if not published(row) or not row.get("studies"):
                continue
            said = f"{figures(row['estimate'])} ({figures(row['low'])} to {figures(row['high'])})"
            lines.append(
                f"| [{result.study.name}](#{result.study.name}) | {row['measure']} | "
                f"{published(row)} ({row['fact']}) | {said} {row['unit']} | "
                f"{figures(row['truth'])} | {row['role']} | {VERDICTS[row['verdict']]} |"
            )
    return "## Beside what was published\n\n" + "\n".join(lines)


def _study(result, pictures, power):
    study = result.study
    stop = "" if study.title.endswith("?") else "."
    parts = [f"## {study.name}", f"**{study.title}{stop}** {study.why}", _design(study)]
    parts += [f"![Estimates of {study.name}]({path})" for path in pictures]
    parts.append(table(result.summed))
    parts += [_beside(study, row) for row in result.summed if published(row)]
    missing = sum(row.get("without_estimate", 0) for row in result.summed)
    if missing:
        parts.append(f"{missing} estimates could not be computed and are left out.")
    if power is not None:
        parts.append(_power(power))
    return parts


def _design(study):
    arms = "; ".join(f"*{arm.name}*: {_arm(arm)}" for arm in study.arms)
    lines = [f"- {sentence}" for sentence in study.about]
    lines.append(f"- Sample: {sample(study)}. Assigned: {_assigned(study)}.")
    lines.append(f"- Arms: {arms}.")
    years = f"{study.years} year" + "s" * (study.years > 1)
    lines.append(f"- Horizon: {years} after a start that {study.before} came before.")
    for measure in study.measures:
        lines.append(f"- *{measure.name}*: {_measured(measure)}.")
    return "\n".join(lines)


def _arm(arm):
    policy = arm.policy
    if not policy.set:
        return "as usual"
    said = ", ".join(f"`{name}` {_word(value)}" for name, value in policy.set.items())
    if policy.starts or policy.ends is not None:
        said += (
            f" (weeks {policy.starts} to {policy.ends if policy.ends is not None else 'the end'})"
        )
    return said


def _word(value):
    return str(value).lower() if isinstance(value, bool) else f"{value}"


def sample(study):
    """Who takes part, in words."""
    given = {"districts": study.sample.districts, "schools": study.sample.schools}
    parts = [f"{number} {what}" for what, number in given.items() if number is not None]
    if study.sample.teachers is not None:
        parts.append(f"{study.sample.teachers} teachers of each")
    if study.population.eligible:
        named = study.population.eligible.items()
        parts.append("with " + ", ".join(f"{k} {a:g} to {b:g}" for k, (a, b) in named))
    return ", ".join(parts) or "all schools"


def _assigned(study):
    if len(study.arms) < 2:
        return "nobody"
    it = study.assignment
    where = "within schools" if it.unit == "teacher" else "within districts"
    ways = {
        "random": "at random", "blocks": f"at random {where}",
        "pairs": f"at random within pairs alike in {it.by}",
        "selected": f"the {'lowest' if it.lowest else 'highest'} in {it.by} more readily "
                    f"(strength {it.strength:g})",
    }  # fmt: skip
    return f"{it.unit}s, {ways[it.method]}"


def _measured(measure):
    said = f"{measure.instrument.name}, {measure.subject}" * (measure.instrument.reads in _SUBJECTS)
    said = said or measure.instrument.name
    if measure.among != "all":
        said += f", {measure.among.replace('_', ' ')} of teachers"
    if measure.group != "all":
        said += f", {measure.group.replace('_', ' ')} pupils"
    said += f", {measure.when.text}"
    if measure.baseline is not None:
        said += f" (baseline {measure.baseline.text})"
    said += f"; {measure.estimator.replace('_', ' ')}"
    if measure.per is not None:
        said += f", per {measure.per.replace('_', ' ')} of one"
    for word in ("over", "on"):
        if getattr(measure, word) is not None:
            said += f", {word} {getattr(measure, word)}"
    return said


_SUBJECTS = ("skill", "knowledge", "growth", "score", "score_low_income", "score_other")


def table(rows):
    """Summary rows as a Markdown table."""
    lines = ["| measure | arm | unit | estimate | spread | true | bias | significant | covered | "
             "wrong sign | too large | untreated |",
             "|---|---|---|---|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for row in rows:
        if not row.get("studies"):
            lines.append(f"| {row['measure']} | {row['arm']} | no study gave an estimate |")
            continue
        large = row.get("exaggeration")
        cells = [
            row["measure"], row["arm"], row["unit"],
            *(_number(row, key) for key in ("estimate", "spread", "truth", "bias")),
            percent(row["significant"]), percent(row.get("coverage")),
            percent(row.get("wrong_sign")),
            "" if large is None else f"{large:.1f} times" if large < 100 else "over 100 times",
            _number(row, "spillover"),
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _beside(study, row):
    measure = next(m for m in study.measures if m.name == row["measure"])
    figure = measure.published
    value = f"{figure.value:g}" if figure.value is not None else f"sign: {figure.sign}"
    said = (
        f"*{measure.name}*, published: {value} ({figure.unit}; {figure.source}, {figure.fact}). "
        f"Role {figure.role}: {ROLES[figure.role]}"
    )
    said += f": {figure.sets}." if figure.sets else "."
    if row.get("verdict"):
        said += f" {VERDICTS[row['verdict']].strip('*').capitalize()}."
    return f"{said} {figure.note}".strip()


def _power(result):
    size = result.study.size
    lines = [f"| measure | {size} in all | significant (95 % interval) | estimate | true |",
             "|---|---|---|---|---|"]  # fmt: skip
    for row in sorted(result.summed, key=lambda row: (row["measure"], row["size"])):
        if row.get("studies"):
            ends = f"{percent(row['significant_low'])} to {percent(row['significant_high'])}"
            lines.append(
                f"| {row['measure']} | {row['size']} | {percent(row['significant'])} ({ends}) | "
                f"{figures(row['estimate'])} | {figures(row['truth'])} |"
            )
    said = [needs(result)]
    return "### Power\n\n" + "\n".join(lines) + "\n\n" + "\n".join(said)


def needs(result):
    """How large a study must be, a sentence for each measure."""
    size, said = result.study.size, []
    for (measure, arm), number in result.needed.items():
        several = f" ({arm})" if len(result.study.arms) > 2 else ""
        if number is None:
            said.append(f"{measure}{several}: 80 % power is beyond the sizes tried.")
        else:
            said.append(f"{measure}{several}: 80 % power takes about {number:.0f} {size}.")
    return "\n".join(said)
