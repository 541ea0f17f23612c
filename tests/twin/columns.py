"""Columns: the twin's agents as the columns of the engine's tables, and where the two differ."""

import numpy as np

from districtsim.world.state import PRINCIPAL_TASKS, STAFF_TASKS, TEACHER_TASKS

from .twin_hiring import OFFERED

SCHOOLS = (
    "score", "measured_score", "lasting_gain", "lasting_response", "growth", "quality",
    "planned_share", "planned_ratio", "plan_fit", "believed_quality", "behaviour", "responsiveness",
    "decided", "left",
)  # fmt: skip
PRINCIPALS = (
    "leadership", "own_leadership", "rating", "supervisor_rating", "level_match", "rank", "need",
    "support", "network", "stored", "outside", "outside_stored", "continuity", "fill_in", "asked",
    "consulting", "skip_hours",
    "recovered", "budget", "queue_in_hr", "files_left", "feedback", "practised", "sharpness",
    "experience", "holder", "clarity", "plan_belief",
)  # fmt: skip
TEACHERS = (
    "quality", "growth", "outside", "skill", "floor", "fresh", "content", "development",
    "practised", "budget", "experience",
    "late_weeks", "of_color", "filled", "holder", "leaving", "moving", "notice_week", "believed",
    "excused",
)  # fmt: skip
STAFF = (
    "appropriation", "leading_habit", "planned_habit", "displaced", "willingness", "follows",
    "contact_leader", "contact_peers", "contact_coach", "contact_built", "contact_theory",
    "contact_joint", "familiarity", "exit_week", "skill", "kept", "backlog", "budget", "filled",
    "holder",
)  # fmt: skip
UNITS = (
    "service", "capacity", "pressure", "buffered", "covered", "understanding", "premise",
    "behaviour", "knowledge",
)  # fmt: skip
AGENDA = (
    "initiatives", "usual_initiatives", "launched", "attention", "newer", "reorganising",
    "project_age", "project_rest", "plan_used", "consultations", "cost",
)  # fmt: skip
# Vacancies are compared where there is one; what a post's columns hold after that, or before the
# first, is not described. `candidate` and `gone` count while an offer stands.
VACANCIES = ("opened", "advertised", "work_left", "due", "round", "chased")
CANDIDATES = {"ability": "ability", "view": "view", "patience": "patience", "color": "of_color"}
OF_VACANCIES = {
    ("teachers", name) for name in (*VACANCIES, *CANDIDATES, "candidate", "gone", "applicants")
}
# What people are who never change, and what the engine keeps for its own book-keeping.
NOT_COMPARED = {
    *(("schools", name) for name in (
        "key", "level", "enrolment", "low_income", "students_of_color", "poverty_quartile", "posts",
        "assistants", "first", "applicant_pull", "base_score",
    )),
    *(("principals", name) for name in ("key", "filled")),
    *(("teachers", name) for name in ("key", "school", "teaches")),
    *(("staff", name) for name in ("key", "role", "unit", "led_by")),
    *(("coaches", name) for name in ("key", "filled", "holder")),
    ("district", "caseload"),
}  # fmt: skip


def twin_columns(twin):
    """{(table, column): array with the engine's shape}."""
    found = {}
    for table, agents, names in (
        ("schools", twin.schools, SCHOOLS),
        ("principals", twin.principals, PRINCIPALS),
        ("teachers", twin.teachers, TEACHERS),
        ("staff", twin.office, STAFF),
        ("units", twin.units, UNITS),
    ):
        for name in names:
            found[table, name] = np.moveaxis(
                np.array([getattr(agent, name) for agent in agents], dtype=float), 0, -1
            )
    for table, agents, tasks in (
        ("principals", twin.principals, PRINCIPAL_TASKS),
        ("teachers", twin.teachers, TEACHER_TASKS),
        ("staff", twin.office, STAFF_TASKS),
    ):
        found[table, "hours"] = np.array([[a.hours[task] for a in agents] for task in tasks])
    found["principals", "supervisor"] = np.array(
        [float(twin.desks.index(principal.supervisor)) for principal in twin.principals]
    )
    coach, pd, district = twin.coach, twin.pd, {}
    found["coaches", "hours"] = np.array([[coach.building], [coach.doing_for]])
    found["coaches", "budget"] = np.array([coach.budget])
    for name in AGENDA:
        district[name] = np.array(getattr(twin.agenda, name), dtype=float)[..., None]
    district["inequitable_policies"] = np.array([twin.agenda.policies])
    for name in ("quality", "hours", "matched", "wasted"):
        district[f"pd_{name}"] = np.array([getattr(pd, name)])
    district.update({name: np.array([float(v)]) for name, v in twin.hiring.sums.items()})
    for name in ("base", "quit", "moved", "principals_left"):
        district[name] = np.array([float(getattr(twin.turnover, name))])
    at_work = sum(teacher.budget > 0 for teacher in twin.teachers)
    district["teachers_at_work"] = np.array([float(at_work)])
    district["teacher_hours"] = found["teachers", "hours"].sum(axis=1, keepdims=True)
    found.update({("district", name): value for name, value in district.items()})
    found.update({("teachers", name): value for name, value in vacancy_columns(twin).items()})
    return found


def vacancy_columns(twin):
    """Columns of vacancies, NaN where there is nothing to compare."""
    posts, nan = twin.teachers, np.nan
    stage = [post.vacancy.stage if post.vacancy else 0 for post in posts]
    slots = [post.successor_slot if post.successor else -1 for post in posts]
    found = {"stage": np.array(stage, dtype=float), "successor": np.array(slots, dtype=float)}
    for name in VACANCIES:
        found[name] = np.array(
            [getattr(post.vacancy, name) if at else nan for post, at in zip(posts, stage)],
            dtype=float,
        )
    found["candidate"], found["gone"] = np.full((2, len(posts)), nan)
    for name in CANDIDATES:
        found[name] = np.full((24, len(posts)), nan)
    found["applicants"] = np.full((2, len(posts)), nan)
    for row, post in enumerate(posts):
        vacancy = post.vacancy
        if not vacancy:
            continue
        if vacancy.stage == OFFERED:
            found["candidate"][row] = vacancy.chosen.slot
            found["gone"][row] = vacancy.withdrawn
        candidates = [each for answer in vacancy.advertisements for each in answer]
        for name, attribute in CANDIDATES.items():
            found[name][:, row] = [getattr(each, attribute) for each in candidates]
        found["applicants"][:, row] = vacancy.passed_on
    return found


def largest_differences(twin, state):
    """{(table, column): (largest relative difference, place in the array, twin's, engine's)}."""
    tables, found = state.tables(), {}
    for (table, name), ours in twin_columns(twin).items():
        theirs = np.asarray(getattr(tables[table], name), dtype=float)
        gap = np.abs(ours - theirs) / np.maximum(1.0, np.abs(theirs))
        if (table, name) in OF_VACANCIES:
            gap[np.isnan(ours)] = 0.0  # no vacancy, nothing to compare
        place = tuple(int(i) for i in np.unravel_index(np.argmax(gap), gap.shape))
        found[table, name] = (float(gap[place]), place, float(ours[place]), float(theirs[place]))
    return found
