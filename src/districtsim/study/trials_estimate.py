"""Trials, estimate: what a study makes of what it measured, beside what is true."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from districtsim.study import estimators
from districtsim.study.instruments import instruments
from districtsim.study.trials_measures import Wave
from districtsim.study.trials_watch import by_subject


def estimate(study, measure, sites, measures):
    """Rows for one measure: one for each arm but the first; or one, for means and panels.

    sites     Sites with what was kept as assigned (`world`) and with nobody treated (`kept`)
    measures  {name: Measure} of the study
    """
    if measure.estimator == "mean":
        return [_mean(study, measure, sites, measures)]
    if measure.estimator == "fixed_effects":
        return [_panel(study, measure, sites)]
    if measure.estimator == "regression":
        return [_regressed(study, measure, sites, measures)]
    data = gather(study, measure, sites)
    return [_compared(study, measure, data, k) for k in range(1, len(study.arms))]


def gather(study, measure, sites):
    """What was measured, all districts together: a namespace of arrays, one entry for each school
    or teacher measured.

    y, before          as observed when, and at the baseline (NaN without)
    true, untreated    as it is when, as assigned and with nobody treated
    exposure, exposure_untreated  of `per`
    arm, cluster, block, low_income, pupils
    """
    parts = [_of_site(study, measure, site) for site in sites]
    return SimpleNamespace(
        **{name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    )


def _of_site(study, measure, site):
    state, instrument = site.state, measure.instrument
    start = 52 * study.before
    teachers = instrument.of == "teachers"
    rows = _teachers(study, measure, site) if teachers else site.schools
    school = state.teachers.school[rows] if teachers else rows
    keys = (state.teachers if teachers else state.schools).key[rows]
    taught = state.teachers.teaches[:, rows] if teachers else None

    def true(record):
        values = getattr(record, instrument.of)[instrument.reads][..., rows]
        return by_subject(values, measure.subject, taught)

    def seen(records, wave):
        at = replace(measure, when=wave)
        weeks = [start + wave.week - 52 * year for year in range(measure.years_back)]
        pooled = np.mean([true(records[week]) for week in weeks if week in records], axis=0)
        return instrument.observed(pooled, keys, site.draws, at, site.numbers)

    when = start + measure.when.week
    now, other = site.world[when], site.kept[when]
    before = np.full(len(rows), np.nan)
    exposure = untreated = np.zeros(len(rows))
    if measure.baseline is not None:
        at = start + measure.baseline.week
        before = seen(site.world, measure.baseline)
        if measure.per is not None:
            exposure = exposed(measure, site.world[at], now, state, rows)
            untreated = exposed(measure, site.kept[at], other, state, rows)
    place = 1_000_000 * site.place
    arm, block, unit = _assigned(study, site, rows, school, teachers)
    return {
        "y": seen(site.world, measure.when), "before": before, "true": true(now),
        "untreated": true(other), "exposure": exposure, "exposure_untreated": untreated,
        "arm": arm, "cluster": place + unit, "block": block,
        "low_income": state.schools.low_income[school],
        "pupils": np.log(state.schools.enrolment[school]),
    }  # fmt: skip


def _assigned(study, site, rows, school, teachers):
    """Arm, block and unit of each row that is measured."""
    if study.unit == "district":
        arm = int(site.arms[0]) if len(site.arms) else 0
        return (np.full(len(rows), arm), np.full(len(rows), int(site.blocks[0])),
                np.zeros(len(rows), dtype=np.int64))  # fmt: skip
    if study.unit == "teacher":
        if not teachers:  # a school of which some are treated: as most of those in the sample
            arm = np.array([_most(site.arms[site.state.teachers.school[site.teachers] == s])
                            for s in school])  # fmt: skip
            return arm, np.zeros(len(rows), dtype=np.int64), school
        place = np.searchsorted(site.teachers, rows)
        return site.arms[place], site.blocks[place], rows
    place = np.searchsorted(site.schools, school)
    return site.arms[place], site.blocks[place], school


def _most(arms):
    return int(np.bincount(arms).argmax()) if len(arms) else 0


def _teachers(study, measure, site):
    """Rows of teaching posts that are measured: in the sample, of the kind asked for, still there.

    Newcomers are whoever took over a post since the eve in both worlds, treated or not.
    With `people` those who held their post on the eve and hold it in both worlds when it is
    measured: who leaves is lost. Else whoever holds the post, and its pupils if nobody does.
    """
    state, rows, eve = site.state, site.teachers, site.eve
    when = 52 * study.before + measure.when.week
    taught = by_subject(state.teachers.teaches[:, rows], measure.subject, None) > 0.0
    rows = rows[taught]
    if measure.among == "newcomers":
        for record in (site.world[when], site.kept[when]):
            rows = rows[record.filled[rows] & (record.holder[rows] != eve.holder[rows])]
    elif measure.people:
        for record in (site.world[when], site.kept[when]):
            rows = rows[record.filled[rows] & (record.holder[rows] == eve.holder[rows])]
    if measure.among == "novices":
        rows = rows[eve.novice[rows]]
    elif measure.among in ("lowest_half", "highest_half"):
        rows = rows[_half(measure, site)[rows]]
    return rows


def _half(measure, site):
    """Teachers in the lower or upper half of their school as observed on the eve by a rubric."""
    state, rows = site.state, np.flatnonzero(site.eve.filled)
    at = replace(measure, when=Wave(-1, "the eve"), subject="all")
    skill = site.eve.teachers["skill"][:, rows].mean(axis=0)
    rubric = instruments()["rubric"]
    observed = rubric.observed(skill, state.teachers.key[rows], site.draws, at, site.numbers)
    school = state.teachers.school[rows]
    order = np.lexsort((observed, school))
    inside = school[order]
    first = np.searchsorted(inside, inside)
    size = np.searchsorted(inside, inside, side="right") - first
    place = np.arange(len(order)) - first
    lower = 2 * place < size - 1  # whoever stands in the middle is in neither half
    upper = 2 * place > size - 1
    found = np.zeros(len(state.teachers), dtype=bool)
    found[rows[order[lower if measure.among == "lowest_half" else upper]]] = True
    return found


def exposed(measure, before, now, state, rows):
    """Exposure of each row since an earlier record: of a post, 1 if somebody else or nobody holds
    it; of a school, the share of its posts; or 1 if the school has another principal."""
    if measure.per == "principal_turnover":
        school = state.teachers.school[rows] if measure.instrument.of == "teachers" else rows
        return (now.principal != before.principal)[school].astype(float)
    changed = ((now.holder != before.holder) | ~now.filled).astype(float)
    if measure.instrument.of == "teachers":
        return changed[rows]
    return (np.add.reduceat(changed, state.chart.first) / state.schools.posts)[rows]


def _compared(study, measure, data, k):
    """Row of one arm against the first."""
    own = (data.arm == k) | (data.arm == 0)
    fine = own & np.isfinite(data.y) & np.isfinite(data.true)
    d = SimpleNamespace(**{name: values[fine] for name, values in vars(data).items()})
    treated = (d.arm == k).astype(float)
    is_treated = treated > 0.5
    enough = is_treated.sum() > 1 and (~is_treated).sum() > 1
    found = _fitted(study, measure, d, treated) if enough else estimators.NOTHING
    effect, spilled = d.true - d.untreated, np.nan
    truth = np.nan
    if enough:
        truth, spilled = effect[is_treated].mean(), effect[~is_treated].mean()
        if measure.per is not None:
            moved = d.exposure - d.exposure_untreated
            apart = d.exposure[is_treated].mean() - d.exposure[~is_treated].mean()
            found = found.scaled(1.0 / apart) if abs(apart) > 1e-9 else estimators.NOTHING
            shift = moved[is_treated].mean()
            truth = truth / shift if abs(shift) > 1e-9 else np.nan
        if measure.effect == "sd":
            found = found.scaled(1.0 / d.y[~is_treated].std(ddof=1))
            spread = d.true[~is_treated].std(ddof=1)
            truth, spilled = truth / spread, spilled / spread
    return _row(measure, study.arms[k].name, found, truth, spilled, len(d.y), d.cluster)


def _fitted(study, measure, d, treated):
    blocks = d.block if study.assignment.method in ("blocks", "pairs") else None
    if measure.estimator == "difference_in_means":
        return estimators.difference_in_means(d.y, treated)
    given = {"cluster": d.cluster, "block": blocks}
    if measure.baseline is not None:
        given["baseline"] = d.before
    if measure.estimator == "matched_comparison":
        given["traits"] = (d.low_income, d.pupils)
    return estimators.COMPARE[measure.estimator](d.y, treated, **given)


def _row(measure, arm, found, truth, spilled, number, cluster):
    return {
        "measure": measure.name, "arm": arm, "estimate": float(found.value),
        "error": float(found.error), "low": float(found.low), "high": float(found.high),
        "p_value": found.p_value if np.isfinite(found.error) else np.nan, "truth": float(truth),
        "spillover": float(spilled), "measured": int(number), "clusters": len(np.unique(cluster)),
    }  # fmt: skip


def _mean(study, measure, sites, measures):
    """Row of a mean over the first arm (over all, where there are no others)."""
    data = gather(study, measure, sites)
    own = (data.arm == 0) & np.isfinite(data.y)
    y, truth = data.y[own], float(data.true[own].mean())
    found = estimators.sample_mean(y)
    if measure.over is not None:
        other = gather(study, measures[measure.over], sites)
        found, truth = estimators.ratio_of_means(y, other.y[own]), 1.0
        if measure.instrument.reads != measures[measure.over].instrument.reads:
            truth = float(data.true[own].mean() / other.true[own].mean())
    arm = study.arms[0].name
    return _row(measure, arm, found, truth, np.nan, len(y), data.cluster[own])


def _regressed(study, measure, sites, measures):
    """Row of a slope on another measure in the first arm, given low income and (log) pupils; the
    truth is the same slope in the true state, which no more than the estimate says why."""
    data, other = gather(study, measure, sites), gather(study, measures[measure.on], sites)
    own = (data.arm == 0) & np.isfinite(data.y) & np.isfinite(other.y)
    controls = [data.low_income[own], data.pupils[own]]
    sides = {}
    for kind, pair in (("seen", (data.y, other.y)), ("true", (data.true, other.true))):
        y, x = (values[own] for values in pair)
        sides[kind] = estimators.least_squares(y, [x, *controls], data.cluster[own])
        if measure.effect == "sd":
            sides[kind] = sides[kind].scaled(x.std(ddof=1) / max(y.std(ddof=1), 1e-12))
    arm = study.arms[0].name
    truth = sides["true"].value
    return _row(measure, arm, sides["seen"], truth, np.nan, own.sum(), data.cluster[own])


def _panel(study, measure, sites):
    """Row of an exposure's effect within schools over years, in the first arm's world; the truth is
    that of the assigned arm's exposure under the same luck."""
    start = 52 * study.before
    times = range(measure.baseline.week + 52, measure.when.week + 1, 52)
    columns = {name: [] for name in ("y", "exposure", "unit", "time")}
    gained = moved = 0.0
    for site in sites:
        rows, state = site.schools, site.state
        keys = state.schools.key[rows]
        for week in times:
            now, before = site.kept[start + week], site.kept[start + week - 52]
            true = by_subject(
                now.schools[measure.instrument.reads][..., rows], measure.subject, None
            )
            at = replace(measure, when=Wave(week, ""))
            y = measure.instrument.observed(true, keys, site.draws, at, site.numbers)
            columns["y"].append(y)
            columns["exposure"].append(exposed(measure, before, now, state, rows))
            columns["unit"].append(1_000_000 * site.place + rows)
            columns["time"].append(np.full(len(rows), week))
        if len(study.arms) > 1:
            more, shift = _intervened(study, measure, site, start)
            gained, moved = gained + more, moved + shift
    table = {name: np.concatenate(values) for name, values in columns.items()}
    found = estimators.fixed_effects(**table)
    truth = gained / moved if abs(moved) > 1e-9 else np.nan
    arm = study.arms[1].name if len(study.arms) > 1 else study.arms[0].name
    return _row(measure, arm, found, truth, np.nan, len(table["y"]), table["unit"])


def _intervened(study, measure, site, start):
    """True gain and added exposure of treated schools, against the same with nobody treated."""
    when, since = start + measure.when.week, start + measure.when.week - 52
    rows = site.schools
    if study.unit == "school":
        rows = rows[site.arms > 0]
    if not len(rows):
        return 0.0, 0.0

    def true(record):
        return by_subject(
            record.schools[measure.instrument.reads][..., rows], measure.subject, None
        )

    gain = true(site.world[when]) - true(site.kept[when])
    shift = exposed(measure, site.world[since], site.world[when], site.state, rows)
    shift = shift - exposed(measure, site.kept[since], site.kept[when], site.state, rows)
    return float(gain.sum()), float(shift.sum())
