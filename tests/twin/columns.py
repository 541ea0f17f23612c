"""Columns: the twin's agents as the columns of the engine's tables, and where the two differ."""

import numpy as np

from districtsim.world.state import PRINCIPAL_TASKS, STAFF_TASKS, TEACHER_TASKS

SCHOOLS = (
    "score", "measured_score", "lasting_gain", "growth", "quality", "planned_share",
    "planned_ratio", "believed_quality",
)  # fmt: skip
PRINCIPALS = (
    "leadership", "own_leadership", "rating", "supervisor_rating", "level_match", "rank", "need",
    "support", "network", "stored", "continuity", "fill_in", "asked", "consulting", "skip_hours",
    "recovered", "budget", "queue_in_hr", "files_left", "feedback", "practised", "sharpness",
)  # fmt: skip
TEACHERS = ("skill", "floor", "fresh", "content", "development", "practised", "budget",
            "experience", "late_weeks")  # fmt: skip
STAFF = (
    "appropriation", "leading_habit", "planned_habit", "displaced", "contact_leader",
    "contact_peers", "contact_coach", "contact_built", "skill", "kept", "backlog", "budget",
    "filled",
)  # fmt: skip
UNITS = ("service", "pressure", "buffered", "understanding", "premise")


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
    coach, pd = twin.coach, twin.pd
    found["coaches", "hours"] = np.array([[coach.building], [coach.doing_for]])
    found["coaches", "budget"] = np.array([coach.budget])
    for name, value in (
        ("pd_quality", pd.quality), ("pd_hours", pd.hours),
        ("pd_matched", pd.matched), ("pd_wasted", pd.wasted),
    ):  # fmt: skip
        found["district", name] = np.array([value])
    return found


def largest_differences(twin, state):
    """{(table, column): (largest relative difference, place in the array, twin's, engine's)}."""
    tables, found = state.tables(), {}
    for (table, name), ours in twin_columns(twin).items():
        theirs = np.asarray(getattr(tables[table], name), dtype=float)
        gap = np.abs(ours - theirs) / np.maximum(1.0, np.abs(theirs))
        place = tuple(int(i) for i in np.unravel_index(np.argmax(gap), gap.shape))
        found[table, name] = (float(gap[place]), place, float(ours[place]), float(theirs[place]))
    return found
