"""Observations of hiring: who applies, who is chosen, when they start and where."""

import numpy as np

from districtsim.world.state import CANDIDATES, NO_STAGE

YEAR, OPENS, STARTS, LAST_START = 52, 26, 51, 15  # weeks of the year
SCREEN_SLOT = 32  # slot of a candidate's screening noise in "hiring.candidates"


def before_week(watch, week):
    """Posts whose candidates are drawn this week, and posts whose successors may start."""
    teachers, week = watch.state.teachers, week % YEAR
    watch.opening = watch.starting = None
    if week == OPENS:
        watch.opening = np.flatnonzero((teachers.notice_week >= 0) & (teachers.stage == NO_STAGE))
    elif week == STARTS or week < LAST_START:
        rows = np.flatnonzero((teachers.successor >= 0) & ~teachers.filled)
        watch.starting = rows, teachers.successor[rows].copy()


def after_week(watch, week):
    """What became of them."""
    if watch.opening is not None and len(watch.opening):
        _applicants(watch)
    if watch.starting is not None and len(watch.starting[0]):
        _hires(watch)
        _screening(watch, week)


def _applicants(watch):
    """Candidates who answer the first advertisement of each vacancy (all of them pass a light
    screen)."""
    teachers, rows = watch.state.teachers, watch.opening
    there = teachers.patience[:CANDIDATES, rows] >= 0
    watch.add("hiring: individuals a vacancy", there.sum(), len(rows))
    of_color = teachers.color[:CANDIDATES, rows] & there
    watch.add("hiring: applicants of color", of_color.sum(), there.sum())


def season(watch):
    """Week 20: sums of the hiring season that staffed this year."""
    d = watch.state.district
    watch.add("hiring: files a vacancy", d.files[0], d.read[0])
    watch.add("hiring: withdrew", d.withdrew[0], d.applied[0])
    watch.add("hiring: after the first day", d.late[0], d.hires[0])
    watch.add("hiring: hires of color", d.hires_of_color[0], d.hires[0])
    watch.add("hiring: days to fill", d.days[0], d.filled_posts[0])


def _hires(watch):
    """Ability and color of those who started, by the poverty and the pupils of their school."""
    state, (rows, pick) = watch.state, watch.starting
    teachers, schools = state.teachers, state.schools
    ability, color = teachers.ability[pick, rows], teachers.color[pick, rows]
    school = teachers.school[rows]
    quartile = schools.poverty_quartile
    for q, words in ((1, "richest"), (4, "poorest")):
        there = quartile[school] == q
        watch.add(f"hires: ability, {words}", ability[there].sum(), there.sum())
        watch.add(f"hires: a hundred posts, {words}", 100 * there.sum(), 0)
    share = schools.students_of_color
    if np.isfinite(share).all():
        low, high = np.quantile(share[teachers.school], (0.25, 0.75))
        most, fewest = share[school] >= high, share[school] <= low
        watch.add("hires: of color, most pupils of color", color[most].sum(), most.sum())
        watch.add("hires: of color, fewest pupils of color", color[fewest].sum(), fewest.sum())


def _screening(watch, week):
    """HR's screening score of those who started, against ability and against their rivals'.

    The model does not keep the score: it is worked out again from its draw.
    """
    state, (rows, pick), p = watch.state, watch.starting, watch.numbers["hiring"]
    teachers = state.teachers
    first = CANDIDATES * (pick // CANDIDATES)  # of the advertisement that was answered
    slots = first + np.arange(CANDIDATES)[:, None]
    ability, color = teachers.ability[slots, rows], teachers.color[slots, rows]
    season = (teachers.opened[rows] - OPENS) // YEAR
    validity = p.screen_validity_light if p.hr.screening == "light" else p.screen_validity_task
    score = validity * ability - p.disparity * color
    noise = np.sqrt(1.0 - validity**2)
    for tick in np.unique(season):
        of = season == tick
        keys = teachers.key[rows[of]]
        draws = watch.simulation.draws.normal(
            "hiring.candidates", keys, int(tick), SCREEN_SLOT + slots[:, of]
        )
        score[:, of] += noise * draws
    column = np.arange(len(rows))
    mine, able = score[pick - first, column], ability[pick - first, column]
    for name, values in (("", mine), (" squared", mine**2), (" x ability", mine * able)):
        watch.add(f"screen{name}", values.sum(), len(rows))
    watch.add("screen: ability", able.sum(), len(rows))
    watch.add("screen: effect", watch.numbers["learning"].mathematics_effect, 1)
    listed = teachers.patience[slots, rows] >= 0
    count = np.maximum(listed.sum(axis=0), 1)
    centred = np.where(listed, score - (score * listed).sum(axis=0) / count, 0.0)
    chosen = listed & (slots == pick)
    watch.add("list: chosen", chosen.sum(), listed.sum())
    watch.add("list: spread", (centred**2).sum(), listed.sum())
    watch.add("list: score of chosen", (centred * chosen).sum(), listed.sum())


def selection(means):
    """Chance of being hired of applicants of color over that of others."""
    hired, applied = means.get("hiring: hires of color"), means.get("hiring: applicants of color")
    if hired is None or applied is None:
        return {}
    return {"hiring: selection of color": (hired / applied) / ((1 - hired) / (1 - applied))}


def by_school(means):
    """New teachers of poor against rich schools, and by how many pupils of color a school has."""
    found = {}
    poor, rich = means.get("hires: ability, poorest"), means.get("hires: ability, richest")
    if poor is not None and rich is not None:
        found["hires: ability, poorest less richest"] = poor - rich
    most = means.get("hires: of color, most pupils of color")
    fewest = means.get("hires: of color, fewest pupils of color")
    if most is not None and fewest:
        found["hires: of color, most over fewest"] = most / fewest
    return found


def screening(means):
    """What a SD of the screening score says about a hire, and how much it weighs in the choice."""
    if "screen" not in means:
        return {}
    variance = means["screen squared"] - means["screen"] ** 2
    slope = (means["screen x ability"] - means["screen"] * means["screen: ability"]) / variance
    chosen = means["list: chosen"]
    weight = means["list: score of chosen"]
    weight /= np.sqrt(means["list: spread"] * chosen * (1 - chosen))
    return {
        "screen: student SD": slope * np.sqrt(variance) * means["screen: effect"],
        "screen: weight in the choice": weight,
    }


WORKED_OUT = (selection, by_school, screening)
