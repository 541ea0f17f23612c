"""Following: engine and twin side by side, week after week, and policies of many levers."""

from dataclasses import replace

import numpy as np

from districtsim.simulation import Simulation
from districtsim.world.district import RACES, District
from districtsim.world.parameters import levers, uncertain
from districtsim.world.policies import Policy

from .columns import largest_differences
from .twin import Twin

SAME = 1e-9  # relative to the engine's value, or absolute below 1
MANY_LEVERS = Policy(
    "many levers at once",
    {
        "research_use": {
            "leader_hours": 3.0, "leader_knowledge": 2.0, "coach_days": 5.0, "coach_weeks": 61,
            "coach_quality": 0.7, "coach_builds_leaders": 0.4,
        },
        "supervision": {
            "networks": "all", "skip_principal": 0.3, "support": "by_need", "stance": "teaching",
            "ild_learning_hours": 3.0, "evaluation_by": "system", "protected_days": 1.5,
            "time_checks": True, "dedicated_share": 0.6,
        },
        "standards": {"elements": 8},
        "operations": {"scorecard": True},
        "hr": {"ild_fill_in": False, "automation": True},
        "pd": {
            "allocation": "aligned", "data": "test_scores", "consult_principals": True,
            "days": 4.5, "first_subject": "ela", "first_share": 0.4,
        },
    },
    starts=30,
)  # fmt: skip
STARS = MANY_LEVERS.replaced(
    {"supervision.networks": "stars", "supervision.support": "even",
     "pd.data": "teaching_quality", "supervision.dedicated_share": 0.9}
)  # fmt: skip
MORE_LEVERS = {
    "research_use.theory_of_action": "dialogue", "standards.joint": True,
    "office.aligned_units": 3, "office.cross_functional_teams": True,
    "office.project_management": True, "office.filter_initiatives": True,
    "office.reorganise": True, "office.budget_cut": 0.12,
    "hr.case_management": True, "hr.joint_placement": True, "hr.move_principals": True,
    "hr.screening": "performance_task", "hr.bias_training_hours": 12.0,
    "equity.training_hours": 9.0, "equity.officer": "decides", "equity.policy_review": 6.0,
    "equity.premise_hours": 1.5, "equity.research_cases": True, "equity.planning_years": 2,
    "planning.improvement_plan": "capacity",
    "pd.coaching_hours": 0.6, "pd.coaching_subject": "ela", "pd.peer_hours": 0.8,
    "pd.course_hours": 1.5, "pd.course_subject": "mathematics", "supervision.outside_hours": 1.2,
    "hr.replace_teachers": 0.15, "hr.replace_principals": 0.2, "hr.replace_by": "chance",
}  # fmt: skip
EVERY_LEVER = STARS.replaced(MORE_LEVERS)


def small(schools):
    """A synthetic district of so many schools, or one from a file by its name."""
    if isinstance(schools, int):
        return District.synthetic(schools=schools, seed=3)
    return District.load(schools) if isinstance(schools, str) else schools


def differences(twin, simulation):
    """What differs, one line each."""
    found = []
    for (table, column), gap in largest_differences(twin, simulation.state).items():
        size, place, ours, theirs = gap
        if not size <= SAME:
            where = f"{table}.{column}{list(place[:-1]) or ''}, row {place[-1]}"
            found.append(f"week {simulation.week - 1}, {where}: twin {ours!r}, engine {theirs!r}")
    return found


def both(district, policy, seed, parameters=None):
    """Engine and twin after the warm-up."""
    district = small(district)
    simulation = Simulation(district, policy, seed, parameters=parameters)
    return simulation, Twin(district, policy, seed, parameters)


def agree(simulation, twin, weeks):
    """Run both and compare them at the end of every week."""
    for _ in range(weeks):
        simulation.step()
        twin.step()
        found = differences(twin, simulation)
        assert not found, "\n".join(found)


def follow(district, policy, seed, weeks, parameters=None):
    """Compare both from the end of the warm-up on; returns the twin as it ends."""
    simulation, twin = both(district, policy, seed, parameters)
    found = differences(twin, simulation)
    assert not found, "\n".join(found)
    agree(simulation, twin, weeks)
    return twin


def odd_district(chance):
    """A district of schools of any size, level and poverty; race known for some, or unknown."""
    district = small(chance.choice([2, 3, 6, 10, 21]))
    schools = district.schools
    count = len(schools.teachers)

    def each(*values):
        return np.array([chance.choice(values) for _ in range(count)])

    enrolment, race = each(1.0, 50.0, 400.0, 9000.0), np.full((len(RACES), count), np.nan)
    if chance.random() < 0.5:
        race[:] = 0.0
        race[RACES.index("white")] = enrolment * each(0.0, 0.3, 1.0)
        race[0] = enrolment - race[RACES.index("white")]
        race[:, 0] = np.nan
    changed = replace(
        schools, teachers=each(1.0, 2.0, 3.0, 8.0, 30.0), level=each(0, 1, 2, 3),
        low_income=each(0.0, 0.2, 0.5, 1.0), enrolment=enrolment, race=race,
    )  # fmt: skip
    return replace(district, schools=changed)


def random_levers(chance):
    """About half of the levers, anywhere in their range."""
    found = {}
    for name, card in levers().items():
        if chance.random() < 0.5:
            continue
        if card.options:
            found[name] = chance.choice(card.options)
        elif card.whole:
            found[name] = chance.randint(card.range[0], min(card.range[1], 60))
        else:
            found[name] = chance.uniform(*card.range)
    return found


def random_parameters(chance):
    """About half of the uncertain parameters of mechanisms, anywhere in their range."""
    found = {}
    for card in uncertain().values():
        if card.mechanism != "population" and chance.random() < 0.5:
            found.setdefault(card.mechanism, {})[card.name] = chance.uniform(*card.range)
    return found
