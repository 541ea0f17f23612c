"""State: every table and every column, on one page.

Five kinds of rows: schools, principals (one a school), teachers (sorted by school), staff (everyone
in the central office, leaders first, supervisors' desks last) and outside coaches; then the units
of the central office and one row of sums for the district. Subjects are (mathematics, ELA,
science); income groups are (low-income, other).
"""

from types import SimpleNamespace

import numpy as np

from districtsim.world.columns import Column, Posts, Table

SUBJECTS = ("mathematics", "ela", "science")
INCOME_GROUPS = ("low_income", "other")
UNITS = ("leadership", "supervision", "curriculum", "human_resources", "operations", "equity")
ROLES = (
    "superintendent", "deputy", "chief_academic_officer", "ild", "specialist", "hr_partner",
    "operations", "equity_officer",
)  # fmt: skip
IDEAS = (
    "partnerships with principals", "assistance to the partnerships", "reculturing of units",
    "stewardship", "use of evidence",
)  # fmt: skip
PRINCIPAL_TASKS = (
    "instruction", "hiring", "operations", "evaluation", "meetings", "supervision", "students",
    "other",
)  # fmt: skip
TEACHER_TASKS = ("teaching", "planning", "development", "feedback")
STAFF_TASKS = (
    "leading", "learning", "support", "travel", "evaluation", "liaison", "hiring", "meetings",
    "development", "service", "board", "joint", "design",
)  # fmt: skip
COACH_TASKS = ("building_leaders", "doing_for")
TERM_WEEKS, YEAR_WEEKS = 40, 52
INITIATIVE_MONTHS = 20  # months of four weeks that an initiative is pursued
CANDIDATES = 12  # most that are looked at for one advertisement of a vacancy
NO_STAGE, IN_HR, WITH_PRINCIPAL, OFFERED = 0, 1, 2, 3  # where a vacancy stands


class Schools(Table):
    """One row per school."""

    key = Column("-", "lasting identity of the school, for draws", 0, kind=np.uint64)
    level = Column("level", "0 primary, 1 middle, 2 high, 3 other", 0, kind=np.int64)
    enrolment = Column("pupils", "pupils")
    low_income = Column("share", "pupils from low-income families")
    students_of_color = Column("share", "pupils who are not White; NaN where unknown", np.nan)
    poverty_quartile = Column("1 to 4", "fourth of pupils by low income; 4 is poorest", 1,
                              kind=np.int64)  # fmt: skip
    posts = Column("posts", "teaching posts", 0, kind=np.int64)
    assistants = Column("people", "assistant principals")
    first = Column("row of teachers", "row of the school's first teaching post", 0, kind=np.int64)
    applicant_pull = Column("ratio", "applicants per vacancy relative to the district's mean", 1.0)
    base_score = Column("student SD", "score that pupils bring from outside school", shape=(3, 2))
    score = Column("student SD", "score of pupils by subject and income group", shape=(3, 2))
    measured_score = Column("student SD", "school mean in last June's tests", shape=(3,))
    lasting_gain = Column("student SD", "what is left of earlier years' teaching", shape=(3,))
    growth = Column("student SD a year", "this year's gain owed to teaching", shape=(3,))
    quality = Column("SD", "mean teaching pupils got this year, by subject", shape=(3,))
    decided = Column("teachers", "teachers in post when they last decided on leaving", 0.0)
    left = Column("teachers", "teachers who left the school last June", 0.0)
    lasting_response = Column("student SD", "what is left of how earlier years' teaching suited "
                              "low-income pupils and pupils of color", shape=(3,))  # fmt: skip
    behaviour = Column("SD", "teachers' equity behaviour, mean, above the old practice")
    responsiveness = Column("SD", "how much better (below 0: worse) teaching suits low-income "
                            "pupils and pupils of color than others here")  # fmt: skip
    planned_share = Column("share", "PD hours planned, by subject", 1 / 3, shape=(3,))
    plan_fit = Column("share", "use of PD as far as it fits the school's own plan, by subject", 1.0,
                      shape=(3,))  # fmt: skip
    planned_ratio = Column("ratio", "PD hours planned, relative to the district's mean", 1.0)
    believed_quality = Column("SD", "teaching quality as C&I believes it", shape=(3,))


class Principals(Posts):
    """One row per principalship, in the order of schools."""

    experience = Column("years", "years as a principal")
    leadership = Column("SD", "instructional leadership")
    own_leadership = Column("SD", "leadership the principal falls back to without support")
    rating = Column("1 to 5", "teachers' survey of the principal", 3.0)
    supervisor_rating = Column("1 to 5", "principal's survey of the supervisor", 3.0)
    supervisor = Column("row of supervisors", "which supervisor supports the principal", 0,
                        kind=np.int64)  # fmt: skip
    level_match = Column("share", "how far the supervisor knows this level of school", 1.0)
    rank = Column("count", "place in the supervisor's list", 0, kind=np.int64)
    need = Column("SD", "need for support as the supervisor assesses it")
    support = Column("h/week", "supervisor's hours with the principal, travel aside")
    network = Column("h/week", "hours in a network of principals")
    stored = Column("h/week", "absorbed support not yet turned into leadership, summed over weeks")
    outside = Column("h/week", "hours of an outside programme with the principal")
    outside_stored = Column("h/week", "the same of an outside programme's support")
    continuity = Column("share", "how fresh the last contact is", 0.5)
    fill_in = Column("h/week", "supervisor's hours on this school's staffing")
    asked = Column("h/week", "staffing hours HR leaves for somebody else to do")
    consulting = Column("h/week", "hours of being consulted by C&I")
    queue_in_hr = Column("vacancies", "vacancies waiting in HR", 0.0)
    files_left = Column("hours", "reading and interviewing that waits for the principal")
    skip_hours = Column("h/week", "supervisor's hours with the school's teachers")
    feedback = Column("h/week", "feedback a filled post of the school gets this week")
    practised = Column("hours", "useful feedback a filled post has got this month")
    sharpness = Column("share", "how much of an hour of feedback is useful detail")
    clarity = Column("ratio", "how far good teaching means the same to all, against today", 1.0)
    plan_belief = Column("share", "belief that the office uses the school's improvement plan")
    recovered = Column("h/week", "operations hours saved against the start of the run")
    hours = Column("h/week", "hours by task", shape=(len(PRINCIPAL_TASKS),))
    budget = Column("h/week", "hours of this week", 0.0)


class Teachers(Posts):
    """One row per teaching post, sorted by school."""

    school = Column("row of schools", "where the post is", 0, kind=np.int64)
    teaches = Column("share", "share of the post's teaching in each subject", shape=(3,))
    skill = Column("SD", "teaching skill by subject, experience aside", shape=(3,))
    floor = Column("SD", "skill that stays without upkeep", shape=(3,))
    fresh = Column("SD", "knowledge from PD not yet turned into practice", shape=(3,))
    experience = Column("years", "years of teaching")
    quality = Column("SD", "teaching that pupils of the post got this year, by subject",
                     shape=(3,))  # fmt: skip
    growth = Column("student SD a year", "their gain of this year owed to teaching, by subject",
                    shape=(3,))  # fmt: skip
    of_color = Column("yes/no", "teacher of color", False, kind=bool)
    late_weeks = Column("weeks", "weeks of this school year taught by a substitute", 0.0)
    leaving = Column("yes/no", "has given notice for this June", False, kind=bool)
    moving = Column("yes/no", "wants another school of the district", False, kind=bool)
    notice_week = Column("week of year", "when the vacancy becomes known; -1 none", -1,
                         kind=np.int64)  # fmt: skip
    stage = Column("stage", "0 none, 1 in HR, 2 with the principal, 3 offered", NO_STAGE,
                   kind=np.int64)  # fmt: skip
    opened = Column("week of run", "when the vacancy became known", 0, kind=np.int64)
    advertised = Column("week of run", "when it was last advertised", 0, kind=np.int64)
    work_left = Column("hours", "work left in the present stage")
    due = Column("week of run", "when the vacancy is approved, or the offer can be signed", 0,
                 kind=np.int64)  # fmt: skip
    chased = Column("hours", "hours a supervisor has spent on getting the vacancy through HR")
    applicants = Column("people", "candidates passed on, by advertisement", shape=(2,))
    ability = Column("SD", "ability of each candidate", shape=(2 * CANDIDATES,))
    view = Column("SD", "principal's view of each candidate", shape=(2 * CANDIDATES,))
    patience = Column("weeks", "weeks each candidate waits; -1 not passed on",
                      shape=(2 * CANDIDATES,))  # fmt: skip
    color = Column("yes/no", "candidate is a teacher of color", False, shape=(2 * CANDIDATES,),
                   kind=bool)  # fmt: skip
    gone = Column("people", "candidates who had withdrawn when the principal last chose")
    candidate = Column("slot", "candidate chosen; -1 none", -1, kind=np.int64)
    round = Column("count", "how often the vacancy was advertised again", 0, kind=np.int64)
    successor = Column("slot", "candidate signed for the post; -1 none", -1, kind=np.int64)
    content = Column("SD", "level of skill the PD content is made for", shape=(3,))
    believed = Column("SD", "what C&I believes of the teacher, mean over subjects")
    excused = Column("yes/no", "not sent to PD that would not fit, by subject", False, shape=(3,),
                     kind=bool)  # fmt: skip
    development = Column("h/week", "PD hours of the coming week by subject", shape=(3,))
    outside = Column("h/week", "hours with an outside coach, with a paired colleague, on a "
                     "course", shape=(3,))  # fmt: skip
    practised = Column("h/week", "hours of useful feedback, mean of last month")
    hours = Column("h/week", "hours by task", shape=(len(TEACHER_TASKS),))
    budget = Column("h/week", "hours of this week", 0.0)


class Staff(Posts):
    """One row per desk in the central office: leaders first, supervisors' desks last."""

    role = Column("role", "index into ROLES", 0, kind=np.int64)
    unit = Column("row of units", "unit of the desk", 0, kind=np.int64)
    led_by = Column("row of staff", "leader who leads this person's learning", 0, kind=np.int64)
    appropriation = Column("0 to 4", "depth of each research idea in practice", shape=(len(IDEAS),))
    leading_habit = Column("h/week", "hours a leader is used to lead own staff's learning", 0.0)
    planned_habit = Column("h/week", "leading_habit when this month was planned", 0.0)
    displaced = Column("h/week", "habitual hours of leading that have no place this month")
    willingness = Column("share", "how readily a leader takes up leading", 0.5)
    follows = Column("yes/no", "leader carries the policy of leading own staff", True, kind=bool)
    contact_leader = Column("h/week", "hours of working with the leader on the ideas")
    contact_peers = Column("h/week", "hours of working with colleagues on the ideas")
    contact_coach = Column("h/week", "hours near the outside coach")
    contact_built = Column("h/week", "coach's hours on building this leader's leading")
    contact_theory = Column("h/week", "hours of hearing or talking through the theory of action")
    contact_joint = Column("h/week", "hours of working with people of other units in the change")
    familiarity = Column("share", "how well an HR partner knows the schools served")
    exit_week = Column("week of year", "when the person leaves this year; -1 stays", -1,
                       kind=np.int64)  # fmt: skip
    skill = Column("SD", "supervisor's skill in supporting principals")
    kept = Column("share", "how much of the dedicated time is still kept", 1.0)
    backlog = Column("hours", "supervisor's evaluation work put off")
    hours = Column("h/week", "hours by task", shape=(len(STAFF_TASKS),))
    budget = Column("h/week", "hours of this week", 0.0)


class Coaches(Posts):
    """One row per outside coach under contract."""

    hours = Column("h/week", "hours by task", shape=(len(COACH_TASKS),))
    budget = Column("h/week", "hours of this week", 0.0)


class Units(Table):
    """One row per unit of the central office."""

    service = Column(
        "0 to 1", "share of requests answered well at usual hours (HR, operations)", 0.5
    )
    capacity = Column(
        "ratio", "hours for schools' requests against the usual (HR, operations)", 1.0
    )
    pressure = Column("0 to 1", "failures felt by those who can change the service")
    buffered = Column("share", "failures covered by supervisors this month")
    covered = Column("share", "unanswered requests that cross-functional teams make good")
    understanding = Column("0 to 4", "mean appropriation of the unit's staff over all ideas")
    premise = Column("0 to 1", "0 long-standing, 1 equity-centred premise", 0.1)
    behaviour = Column("SD", "staff's equity behaviour, mean, above the old practice")
    knowledge = Column("SD", "staff's knowledge of how the district's work feeds inequity")

    def answered(self, unit):
        """Share of requests that a unit (its row) answers well: min(1, service * capacity)."""
        return min(1.0, float(self.service[unit]) * float(self.capacity[unit]))


class District(Table):
    """One row: sums over the year and what the district as a whole holds."""

    inequitable_policies = Column("policies", "inequitable policies in force", 40.0)
    initiatives = Column("initiatives", "initiatives under way")
    usual_initiatives = Column("initiatives", "initiatives under way on day one, the usual number")
    launched = Column("initiatives", "initiatives launched, by month, latest first",
                      shape=(INITIATIVE_MONTHS,))  # fmt: skip
    attention = Column("ratio", "attention left for any one effort, against the usual", 1.0)
    newer = Column("initiatives", "initiatives under way that are newer than equity training")
    reorganising = Column("weeks", "weeks until the new chart has settled")
    project_age = Column("weeks", "how long the design team has worked without a break")
    project_rest = Column("weeks", "weeks until an abandoned design team may start again")
    plan_used = Column("share", "share of this year's PD plan that rested on improvement plans")
    consultations = Column("consultations", "equity officer's consultations this year", 0.0)
    caseload = Column("principals", "caseload the desks were filled for", 0.0)
    teachers_at_work = Column("teachers", "teachers who have hours this week", 0.0)
    teacher_hours = Column("h/week", "hours of all teachers by task", shape=(len(TEACHER_TASKS),))
    pd_quality = Column("share", "share of PD that finds a trainer", 1.0)
    pd_hours = Column("teacher hours", "PD hours this year", 0.0)
    pd_matched = Column("teacher hours", "PD hours that fit the teacher this year", 0.0)
    pd_wasted = Column("teacher hours", "PD hours lost to a poor fit this year", 0.0)
    opened = Column("vacancies", "vacancies opened this hiring season", 0.0)
    files = Column("files", "files that reached principals this season", 0.0)
    read = Column("vacancies", "times principals got files to read this season", 0.0)
    filled_posts = Column("vacancies", "vacancies filled this season", 0.0)
    days = Column("days", "days to fill, summed over filled vacancies", 0.0)
    offers = Column("offers", "offers made this season", 0.0)
    applied = Column("applicants", "candidates considered this season", 0.0)
    withdrew = Column("applicants", "candidates who withdrew this season", 0.0)
    late = Column("hires", "hires after the first week of school this year", 0.0)
    hires = Column("hires", "hires for this school year", 0.0)
    hires_of_color = Column("hires", "of these, teachers of color", 0.0)
    hire_quality = Column("SD", "summed quality of hires", 0.0)
    quit = Column("teachers", "teachers who left the district last June", 0.0)
    moved = Column("teachers", "teachers who changed school or district last June", 0.0)
    base = Column("teachers", "teachers in post when they decided", 0.0)
    principals_left = Column("principals", "principals who left their school this year", 0.0)
    cost = Column("US$ a year", "cost of what the levers set", 0.0)

    def further_initiatives(self):
        """Initiatives beyond the usual number; the usual hours hold meetings of the others."""
        return float(self.initiatives[0] - self.usual_initiatives[0])


class State:
    """Everything the model holds at the end of a week.

    week      week of the run, from 0
    chart     who works where: row arrays that do not change within a run
    """

    def __init__(self, schools, teachers, staff):
        self.week = 0
        self.schools = Schools(schools)
        self.principals = Principals(schools)
        self.teachers = Teachers(teachers)
        self.staff = Staff(staff)
        self.coaches = Coaches(1)
        self.units = Units(len(UNITS))
        self.district = District(1)
        self.chart = SimpleNamespace()

    @property
    def week_of_year(self):
        """0 to 51; 0 is the first week of school."""
        return self.week % YEAR_WEEKS

    @property
    def year(self):
        """School year of the run, from 0."""
        return self.week // YEAR_WEEKS

    @property
    def in_term(self):
        """True in the 40 weeks of instruction."""
        return self.week % YEAR_WEEKS < TERM_WEEKS

    def tables(self):
        """{name: table} of all tables."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Table)}


def tables():
    """{name: class} of all tables, without a district; for the printed reference."""
    kinds = (Schools, Principals, Teachers, Staff, Coaches, Units, District)
    return {kind.__name__.lower(): kind for kind in kinds}
