"""Trials: what a study file may say, who takes part, and who comes into which arm."""

import copy
from types import SimpleNamespace

import numpy as np
import pytest
import yaml

from districtsim.study import trials_sample as sampling
from districtsim.study.trials import KEYS, Study
from districtsim.study.trials_run import repetition, usual, weeks_of
from districtsim.study.trials_watch import watch
from districtsim.world.errors import SettingError
from districtsim.world.files import find_config
from districtsim.world.yaml_files import read_yaml

GOOD = {
    "title": "A trial",
    "population": {"districts": [{"synthetic": {"schools": 8}}]},
    "sample": {"schools": 8, "teachers": 3},
    "arms": {"usual": {}, "coached": {"set": {"pd.coaching_hours": 1}}},
    "assignment": {"unit": "school", "method": "random"},
    "measures": {
        "instruction": {"instrument": "rubric", "when": 1, "estimator": "cluster_adjusted"},
    },
    "repetitions": 3,
}


def changed(path, value, base=GOOD):
    """The good study with one key changed, added, or (value ...) taken out."""
    page = copy.deepcopy(base)
    *above, last = path.split("/")
    place = page
    for key in above:
        place = place.setdefault(key, {})
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return page


ONE = "measures/instruction"
BAD = [
    ("titel", "x", "'titel' is not part of a study. Did you mean 'title'?"),
    ("title", ..., "'title' is missing"),
    ("title", 3, "it must be text"),
    ("arms", ..., "'arms' is missing"),
    ("arms", {}, "expected a line for each arm"),
    ("arms", {"usual": {}}, "compares arms and there is one only"),
    ("arms/coached", {"sets": {}}, "'sets' is not part of an arm. Did you mean 'set'?"),
    ("arms/coached/set", {"pd.coaching": 1}, "'pd.coaching' is not a lever"),
    ("arms/coached/set", {"pd.coaching_hours": 9}, "outside [0, 2]"),
    ("arms/coached/set", {"hr.screening": "light"}, "assigned by school, but hr.screening holds"),
    ("arms/coached/policy", "leader_lead", "Did you mean 'leader_led'?"),
    ("arms/coached/ends", 0, "ends (0) must come after starts (0)"),
    ("everybody", {"set": {"pd.days": 99}}, "outside [0, 15]"),
    ("assignment/unit", "class", "it takes one of district, school, principal, teacher"),
    ("assignment/method", "lottery", "it takes one of random, blocks, pairs, selected"),
    ("assignment/shares", [0.5, 0.6], "must add up to 1"),
    ("assignment/shares", [1.5, -0.5], "share of units in an arm"),
    ("assignment/by", "enrolment", "is for `method: selected or pairs`"),
    ("assignment", {"unit": "teacher"}, "pd.days"),
    ("assignment", {"unit": "district"}, "leave an arm with one only"),
    ("assignment", {"unit": "district", "method": "blocks"}, "of which each is one unit here"),
    ("assignment", {"method": "selected", "by": "fame"}, "it takes one of low_income"),
    ("population/districts", [], "expected a list"),
    ("population/districts", ["seatle"], "'seatle' is not a district. Did you mean 'seattle'?"),
    ("population/districts", [{"synthetic": {"schools": 1}}], "outside 2 to 5,000"),
    ("population/districts", [{"synthetic": {"scools": 9}}], "Did you mean 'schools'?"),
    ("population/eligible", {"poverty": [0, 1]}, "'poverty' is not part of what makes"),
    ("population/eligible", {"low_income": 0.5}, "expected [low, high]"),
    ("population/eligible", {"low_income": [1, 0]}, "low comes first"),
    ("sample/schools", 1, "a whole number, 2 to 5000"),
    ("sample/pupils", 10, "'pupils' is not part of a sample"),
    ("years", 0, "a whole number, 1 to 50"),
    ("before", 9, "a whole number, 1 to 5"),
    ("repetitions", 1, "a whole number, 2 to 10000"),
    ("seed", -1, "the root of all chance"),
    ("draws", "yes", "it takes true or false"),
    ("power", [], "expected a list"),
    ("power", [1], "a whole number, 2 to 5000"),
    ("parameters", {"feedbak": {"rate": 1}}, "Did you mean 'feedback'?"),
    ("measures", {}, "expected a line for each measure"),
    (f"{ONE}/instrument", "rubrik", "Did you mean 'rubric'?"),
    (f"{ONE}/instrument", ..., "'instrument' is missing"),
    (f"{ONE}/estimator", "anova", "it takes one of difference_in_means"),
    (f"{ONE}/estimator", "difference_in_differences", "needs a baseline"),
    (f"{ONE}/estimator", "matched_comparison", "needs a baseline"),
    (f"{ONE}/estimator", "fixed_effects", "add `per:`"),
    (f"{ONE}/estimator", "regression", "needs `on:`"),
    (f"{ONE}/when", 2, "is outside the study, which runs 1 years"),
    (f"{ONE}/when", "June", "or {week: n}"),
    (f"{ONE}/when", {"month": 3}, "'month' is not part of a time in weeks"),
    (f"{ONE}/baseline", 1, "baseline must come before when"),
    (f"{ONE}/baseline", -3, "is outside the study"),
    (f"{ONE}/subject", "history", "it takes one of mathematics, ela, science, all"),
    (f"{ONE}/per", "teacher_turnover", "since the baseline; add one"),
    (f"{ONE}/over", "tests", "over: is for `estimator: mean` only"),
    (f"{ONE}/reliability", 2, "a number, 0.05 to 1"),
    (f"{ONE}/group", "low_income", "groups of pupils are for test_scores only"),
    (f"{ONE}/published", {"value": 1, "unit": "SD"}, "'source' is missing"),
    (f"{ONE}/published", {"unit": "SD", "source": "A", "role": "V"}, "give the `value`, or its"),
    (f"{ONE}/published", {"value": 1, "unit": "SD", "source": "A", "role": "C"}, "say in `sets`"),
    ("measures/tests", {"instrument": "test_scores", "when": {"week": 5},
                        "estimator": "cluster_adjusted"}, "taken once a year"),
    ("measures/ratio", {"instrument": "rubric", "when": 1, "estimator": "mean", "over": "tests"},
     "'tests' is not another measure"),
    ("measures/slope", {"instrument": "test_scores", "when": 1, "estimator": "regression",
                        "on": "instruction"}, "take instruments of the same"),
    ("measures/va", {"instrument": "value_added", "when": 1, "years_of_data": 3,
                     "estimator": "cluster_adjusted"}, "first of 3 years of data"),
]  # fmt: skip


def test_the_good_study_is_good():
    study = Study.from_dict("good", GOOD)
    assert study.unit == "school"
    assert [arm.name for arm in study.arms] == ["usual", "coached"]
    assert weeks_of(study) == {39}


@pytest.mark.parametrize(("path", "value", "says"), BAD, ids=[f"{b[0]} {b[2][:24]}" for b in BAD])
def test_what_cannot_be_is_refused_in_three_lines_with_the_place(path, value, says, tmp_path):
    page = changed(path, value)
    if path == "assignment" and value == {"unit": "teacher"}:
        page["arms"]["coached"] = {"set": {"pd.days": 9}}
    file = tmp_path / "study.yaml"
    file.write_text(yaml.safe_dump(page, sort_keys=False), encoding="utf-8")
    with pytest.raises(SettingError) as caught:
        Study.load(file)
    said = str(caught.value)
    assert says in said
    assert said.startswith(str(file))
    assert said.count("\n") <= 2


def test_the_line_is_named(tmp_path):
    file = tmp_path / "study.yaml"
    text = yaml.safe_dump(GOOD, sort_keys=False).replace("estimator: cluster", "estimator: blister")
    file.write_text(text, encoding="utf-8")
    line = 1 + next(i for i, words in enumerate(text.splitlines()) if "estimator" in words)
    with pytest.raises(SettingError, match=f"study.yaml:{line}: measures.instruction.estimator is"):
        Study.load(file)


@pytest.mark.parametrize("name", Study.names())
def test_studies_that_ship_say_why_and_where_their_figures_come_from(name):
    study = Study.load(name)
    assert study.title
    assert study.why
    for measure in study.measures:
        figure = measure.published
        if figure is not None:
            assert figure.fact.startswith("F")
            assert figure.role in ("C", "V")
            assert figure.source


def test_the_blank_one_shows_every_key():
    page = read_yaml(find_config("studies", "blank"))
    assert set(page) == set(KEYS)


def test_all_kinds_of_study_ship():
    shipped = set(Study.names())
    assert {
        "teacher_coaching", "content_pd", "matched_peers", "replaced_teachers", "turnover_cost",
        "observed_and_reported_time", "blank", "district_reform", "principals_outside",
        "replaced_principals",
    } <= shipped  # fmt: skip


# Who takes part, and how


def drawn(study, number=1):
    """The sites of a study after its schools and teachers have been chosen and assigned."""
    sites = sampling.sites_of(study, number)
    eve = 52 * study.before - 1
    for site in sites:
        site.kept, simulation = watch(site.district, usual(study), site.seed, {eve}, eve)
        site.state, site.eve = simulation.state, site.kept[eve]
    sampling.choose_schools(study, sites)
    sampling.choose_teachers(study, sites)
    sampling.assign(study, sites)
    return sites


def of(**changes):
    page = copy.deepcopy(GOOD)
    for path, value in changes.items():
        page[path] = value
    return Study.from_dict("one", page)


def test_every_repetition_has_other_districts_and_the_same_ones_when_repeated():
    study = of()
    seeds = [sampling.sites_of(study, number)[0] for number in (1, 2, 1)]
    names = [site.district.name for site in seeds]
    assert names[0] == names[2] != names[1]
    assert seeds[0].seed == seeds[2].seed != seeds[1].seed


@pytest.mark.parametrize(("schools", "districts"), [(8, 1), (9, 2), (24, 3)])
def test_as_many_districts_as_the_sample_needs(schools, districts):
    study = of(sample={"schools": schools})
    assert len(sampling.sites_of(study, 1)) == districts


def test_a_mixture_of_districts_that_ship_and_made_up_ones():
    population = {"districts": ["pomeroy", {"synthetic": {"schools": 4, "seed": 1}},
                                {"synthetic": {"schools": 5}, "number": 2}]}  # fmt: skip
    study = of(population=population)
    sites = sampling.sites_of(study, 1)
    assert [len(site.district.schools) for site in sites][1:] == [4, 5, 5]
    assert sites[2].district.name != sites[3].district.name
    few = of(population=population, sample={"districts": 2})
    assert len(sampling.sites_of(few, 1)) == 2
    with pytest.raises(SettingError, match="9 districts are asked for and the population has 4"):
        sampling.sites_of(of(population=population, sample={"districts": 9}), 1)


def test_a_larger_sample_holds_the_smaller_one():
    population = {"districts": [{"synthetic": {"schools": 12}, "number": 2}]}
    small, large = (
        [set(site.schools) for site in drawn(of(population=population, sample={"schools": n}))]
        for n in (6, 14)
    )
    assert all(few <= many for few, many in zip(small, large))


def test_blocks_part_each_district_evenly():
    population = {"districts": [{"synthetic": {"schools": 10}, "number": 2}]}
    study = of(population=population, sample={"schools": 20}, assignment={"method": "blocks"})
    for site in drawn(study):
        assert np.bincount(site.arms).tolist() == [5, 5]


@pytest.mark.parametrize(("shares", "counts"), [([0.75, 0.25], [9, 3]), ([0.5, 0.5], [6, 6])])
def test_shares_of_arms(shares, counts):
    population = {"districts": [{"synthetic": {"schools": 12}}]}
    study = of(population=population, sample={"schools": 12}, assignment={"shares": shares})
    assert np.bincount(drawn(study)[0].arms).tolist() == counts


def test_pairs_are_alike_and_parted():
    population = {"districts": [{"synthetic": {"schools": 12}}]}
    study = of(population=population, sample={"schools": 12},
               assignment={"method": "pairs", "by": "low_income"})  # fmt: skip
    (site,) = drawn(study)
    poverty = site.state.schools.low_income[site.schools]
    for pair in range(6):
        own = site.blocks == pair
        assert sorted(site.arms[own]) == [0, 1]
    order = np.argsort(poverty)
    assert site.blocks[order].tolist() == np.repeat(np.arange(6), 2).tolist()


def test_selected_schools_are_the_lowest_if_the_pull_is_strong():
    population = {"districts": [{"synthetic": {"schools": 12}}]}
    way = {"method": "selected", "by": "low_income", "lowest": True, "strength": 100}
    study = of(population=population, sample={"schools": 12}, assignment=way)
    (site,) = drawn(study)
    poverty = site.state.schools.low_income[site.schools]
    assert poverty[site.arms == 1].max() <= poverty[site.arms == 0].min() + 0.02
    weak = of(population=population, sample={"schools": 12},
              assignment={**way, "strength": 0})  # fmt: skip
    assert (drawn(weak)[0].arms != site.arms).any()


def test_teachers_are_parted_within_their_schools():
    study = of(
        sample={"schools": 8, "teachers": 4},
        arms={"usual": {}, "one": {"set": {"pd.coaching_hours": 1}}},
        assignment={"unit": "teacher", "method": "blocks"},
    )
    (site,) = drawn(study)
    school = site.state.teachers.school[site.teachers]
    assert (np.bincount(school)[site.schools] <= 4).all()
    for each in site.schools:
        treated = site.arms[school == each].sum()
        assert treated == (school == each).sum() / 2 or (school == each).sum() % 2


def test_only_eligible_schools_take_part():
    population = {"districts": [{"synthetic": {"schools": 12}}],
                  "eligible": {"low_income": [0.5, 1.0]}}  # fmt: skip
    study = of(population=population, sample={})
    (site,) = drawn(study)
    assert (site.state.schools.low_income[site.schools] >= 0.5).all()
    assert len(site.schools) == (site.state.schools.low_income >= 0.5).sum()
    with pytest.raises(SettingError, match="12 schools are asked for and"):
        drawn(of(population=population, sample={"schools": 12}))


def test_chance_decides_who_is_treated():
    """Over repetitions every school is treated about as often as not."""
    study = of(population={"districts": ["methow_valley"]}, sample={})
    sites = [drawn(study, number)[0] for number in range(1, 21)]
    share = np.mean([site.arms for site in sites], axis=0)
    assert ((share > 0.15) & (share < 0.85)).all()


def test_a_study_with_three_arms_compares_each_with_the_first():
    page = changed("arms/paired", {"set": {"pd.peer_hours": 1}})
    page["sample"], page["population"] = {"schools": 12}, {"districts": [{"synthetic": {
        "schools": 12}}]}  # fmt: skip
    rows = repetition(Study.from_dict("three", page), 1)
    assert [row["arm"] for row in rows] == ["coached", "paired"]
    assert SimpleNamespace(**rows[0]).truth > SimpleNamespace(**rows[1]).truth > 0
